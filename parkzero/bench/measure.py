"""Running a measurement in its own process and watching what it and its children take.

Peak memory is the largest sum over the process and all its children of their share of memory (a page that
several processes share counts in parts, which add up to one), sampled up to ten times a second, and never
less than the peak that the system kept for the process itself, which a short run reaches between two samples.
Only Linux tells the memory of children.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from parkzero.bench.worker import Job
from parkzero.errors import ParkZeroError

INTERVAL = 0.1
# A process waits while its pages are counted; no more than this share of the time goes into it.
EFFORT = 0.05


class MeasurementError(ParkZeroError):
    """A measured process failed; its last words are in the message."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A finished measurement.

    Attributes:
        answer: what the process said.
        seconds: from the case's first series to the answer [s].
        wall: from the start of the process to its end, imports included [s].
        peak_mb: most memory of the process and its children together, shared pages counted once [MB].
        largest_mb: most memory of any one of them, shared pages included [MB].
    """

    answer: dict[str, Any]
    seconds: float
    wall: float
    peak_mb: float
    largest_mb: float


def measure(job: Job) -> Measured:
    """Do a job of ours in a process of its own.

    Raises:
        MeasurementError: when the process fails.
    """
    return watched([sys.executable, "-m", "parkzero.bench.worker", json.dumps(asdict(job))])


def watched(command: Sequence[str]) -> Measured:
    """Run a command whose last line is JSON with ``seconds``, and watch its memory.

    Raises:
        MeasurementError: when the command fails or says nothing that can be read.
    """
    begun = time.perf_counter()
    # UTF-8 whatever the console speaks; the output is small, so it may wait in the pipe.
    with subprocess.Popen(
        list(command),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONUTF8": "1"},
    ) as process:
        watch = Watch(process.pid)
        watch.start()
        try:
            said, complained = process.communicate()
        except BaseException:
            process.terminate()
            raise
        finally:
            watch.stop()
    wall = time.perf_counter() - begun
    lines = said.strip().splitlines()
    if process.returncode != 0 or not lines:
        raise MeasurementError(f"{command[-1][:200]} failed:\n{complained.strip()[-2000:]}")
    try:
        answer: dict[str, Any] = json.loads(lines[-1])
    except json.JSONDecodeError as error:
        raise MeasurementError(f"{command[-1][:200]} said no JSON: {lines[-1][:200]}") from error
    own = float(answer.get("peak_mb", 0.0))
    return Measured(
        answer, float(answer["seconds"]), wall, max(watch.peak_mb, own), max(watch.largest_mb, own)
    )


class Watch:
    """Samples the resident memory of a process and its children until stopped."""

    def __init__(self, pid: int) -> None:
        self.peak_mb = 0.0
        self.largest_mb = 0.0
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def start(self) -> None:
        """Begin to sample."""
        self._thread.start()

    def stop(self) -> None:
        """Stop to sample."""
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.is_set():
            begun = time.perf_counter()
            taken = [memory_mb(one) for one in family(self._pid)]
            self.peak_mb = max(self.peak_mb, sum(share for share, _ in taken))
            self.largest_mb = max(self.largest_mb, *(resident for _, resident in taken))
            self._done.wait(max(INTERVAL, (time.perf_counter() - begun) / EFFORT))


def memory_mb(pid: int) -> tuple[float, float]:
    """A process's share of memory and its resident memory [MB]; 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        found = {words[0]: float(words[1]) * 1024 / 1e6 for words in map(str.split, lines[1:])}
    except (OSError, IndexError, ValueError):
        return 0.0, 0.0
    return found.get("Pss:", 0.0), found.get("Rss:", 0.0)


def family(pid: int) -> list[int]:
    """A process and all its descendants; the process alone where the system does not tell."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The name of a program stands in brackets and may hold spaces; the parent comes after it.
            parent = int(
                (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
            )
        except (OSError, IndexError, ValueError):
            continue  # it ended between being listed and being read
        children.setdefault(parent, []).append(int(folder.name))
    found = [pid]
    for one in found:
        found.extend(children.get(one, []))
    return found
