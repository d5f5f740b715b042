"""Endurance: limits, interrupts, bounds on random studies, and a soak that kills and corrupts what it plans.

    python -m benchmarks.endurance limits 20 --seconds 2 10 60  time from limit to end
    python -m benchmarks.endurance interrupts 100               Ctrl-C and SIGTERM at random moments
    python -m benchmarks.endurance bounds 300                   loose and tight gaps against one problem
    python -m benchmarks.endurance soak --minutes 60            plan, kill, corrupt, fill the disk, plan again

Each prints a table and ends with 1 where something was lost. Not part of any test: it takes as long as asked.
Every line is written at once, so that a run that is cut short has told what it saw.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.random_studies import Shape, shape_of, study_of_kinds, write_study

PROGRAM = (sys.executable, "-m", "parkzero")
# The program, which also says when its search ended.
TIMED = (sys.executable, "-c", """
import sys, time
begun = time.perf_counter()
from parkzero.__main__ import _leave
from parkzero.cli import main
from parkzero.cli.stopping import Pressed
from parkzero.planning import api
search = api.plan
def timed(*words, **given):
    try:
        return search(*words, **given)
    finally:
        print(f"search ended {time.perf_counter() - begun:.2f}", file=sys.stderr)
api.plan = timed
_leave(main(sys.argv[1:], Pressed(begun)))
""")  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent


@dataclass(slots=True)
class Ended:
    """How a command ended."""

    code: int
    seconds: float
    said: str
    left: list[int] = field(default_factory=list)


def begin(
    words: list[str], file_limit: int | None = None, program: tuple[str, ...] = PROGRAM
) -> subprocess.Popen[str]:
    """Begin a command in a session of its own, so that whatever it leaves behind can be found."""

    def limit() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if file_limit is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    return subprocess.Popen(
        [*program, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True, preexec_fn=limit, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def finish(begun: subprocess.Popen[str], since: float, patience: float = 1800.0) -> Ended:
    """Wait for a command; what is left of its session a second later is left behind."""
    try:
        said, _ = begun.communicate(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(begun.pid, signal.SIGKILL)
        said, _ = begun.communicate()
        said += "\n(never ended)"
    seconds = time.monotonic() - since
    for _ in range(20):
        left = session(begun.pid)
        if not left:
            break
        time.sleep(0.1)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return Ended(begun.returncode, seconds, said, left)


def session(number: int) -> list[int]:
    """Processes of a session that are still at work."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == number and fields[0] != "Z":
            found.append(int(path.parent.name))
    return found


def whole(run: Path) -> bool:
    """Whether a run is whole: its manifest's digests, and its audit."""
    from parkzero.results import load

    try:
        return bool(load(run).summary["audit_ok"])
    except Exception as error:
        print(f"    {run}: {error}", flush=True)
        return False


def sentences(said: str) -> bool:
    """Whether something was said, and no traceback."""
    return bool(said.strip()) and "Traceback" not in said


# --------------------------------------------------------------------------------------------- limits


def large(seed: int) -> Shape:
    """Shapes from a few days to a year, so that some are far from done when time is up."""
    rng = random.Random(f"large {seed}")
    small = shape_of(seed)
    days = rng.choice([5, 14, 60, 0])
    return Shape(days, small.years, small.owners, small.step if days else 60, small.scale, seed % 3 == 0)


def limits(count: int, seconds: list[float], folder: Path) -> int:
    """Time from the limit to the end of the search and of the command, and whether there was a plan."""
    print("study limit   code  search-limit  end-limit  plan  rule  shape")
    lost = 0
    for seed in range(count):
        study = write_study(folder / f"s{seed}", seed, large(seed))
        for limit in seconds:
            out = folder / "out"
            since = time.monotonic()
            words = ["plan", str(study), "--out", str(out), "--time-limit", str(limit), "--lang", "en"]
            ended = finish(begin(words, program=TIMED), since)
            plan = (out / "summary.json").exists()
            told = re.search(r"search ended ([0-9.]+)", ended.said)
            search = float(told[1]) - limit if told else float("nan")
            rule = max(2.0, 0.05 * limit)
            late = (search if told else ended.seconds - limit) > rule
            bad = late or ended.code not in (0, 3, 4) or not sentences(ended.said) or bool(ended.left)
            lost += bad
            print(f"{seed:5d} {limit:5.0f} {ended.code:6d} {search:13.2f} {ended.seconds - limit:10.2f}  "
                  f"{'yes' if plan else 'no ':4s} {'LATE' if late else 'ok':4s}  {large(seed)}"
                  f"{'  ' + ended.said[-200:] if bad else ''}", flush=True)  # fmt: skip
            shutil.rmtree(out, ignore_errors=True)
            out.with_name("out.search.npz").unlink(missing_ok=True)
    return lost


# ----------------------------------------------------------------------------------------- interrupts


def interrupts(count: int, folder: Path, seed: int = 0) -> int:
    """A signal at a random moment: 4 or 0, a sentence, a plan wherever one existed, no process left."""
    rng = random.Random(seed)
    studies = [write_study(folder / f"s{i}", i, large(i) if i % 2 else shape_of(i)) for i in range(10)]
    kept = folder / "out.search.npz"
    codes: dict[tuple[int, bool], int] = {}
    lost = 0
    for turn in range(count):
        study, out = studies[turn % len(studies)], folder / "out"
        number = rng.choice([signal.SIGINT, signal.SIGTERM])
        wait = rng.uniform(0.1, 10.0)
        workers = rng.choice(["1", "2", "3"])
        since = time.monotonic()
        begun = begin(
            ["plan", str(study), "--out", str(out), "--workers", workers, "--gap", "0.0001", "--lang", "en"]
        )
        until = since + 300.0  # every other time it waits for the first plan
        while turn % 2 and not kept.exists() and begun.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        try:
            begun.wait(wait)
        except subprocess.TimeoutExpired:
            os.kill(begun.pid, number)
        pressed = time.monotonic()
        ended = finish(begun, since)
        plan = (out / "summary.json").exists()
        good = ended.code in (0, 3, 4) and sentences(ended.said) and not ended.left
        good = good and (plan or not kept.exists())
        good = good and (not plan or whole(out)) and not list(folder.glob("out.partial-*"))
        lost += not good
        codes[ended.code, plan] = codes.get((ended.code, plan), 0) + 1
        after = time.monotonic() - pressed
        at = pressed - since
        print(f"{turn:4d} {number.name} at {at:5.1f} s: code {ended.code}, plan {'yes' if plan else 'no'}, "
              f"{after:5.1f} s later, left {len(ended.left)} {'' if good else 'LOST ' + ended.said[-300:]}",
              flush=True)  # fmt: skip
        shutil.rmtree(out, ignore_errors=True)
        kept.unlink(missing_ok=True)
    for (code, plan), n in sorted(codes.items()):
        print(f"code {code}, {'a plan' if plan else 'no plan'}: {n}")
    return lost


# --------------------------------------------------------------------------------------------- bounds


def bounds(count: int, folder: Path, first: int = 0, minutes: float = float("inf")) -> int:
    """Certified loose and tight against one problem: neither bound may pass the optimum.

    Every other study is of the kinds that the usual random studies do not draw.
    """
    from parkzero.errors import ParkZeroError
    from parkzero.lp.solver import Options
    from parkzero.planning.certify import certified
    from parkzero.planning.monolith import monolith
    from parkzero.study.reader import read

    until, tally, broken = time.monotonic() + 60 * minutes, {"studies": 0, "plans": 0, "skipped": 0}, 0
    for seed in range(first, first + count):
        if time.monotonic() > until:
            break
        shape = shape_of(seed) if seed % 2 == 0 else None
        study = read(write_study(folder / f"s{seed}", seed, shape)) if shape else study_of_kinds(seed)
        try:
            options = Options(method="choose", gap=1e-7, threads=1, seconds=120.0)
            best = monolith(study, options)
        except ParkZeroError as error:
            tally["skipped"] += 1
            print(f"{seed:4d} skipped: {error}", flush=True)
            continue
        tally["studies"] += 1
        close = 2e-6 * max(1.0, abs(best.objective))
        for gap in (0.02, 1e-4):
            try:
                plan = certified(study, gap, 1, 120.0, small=0, first_days=2)
            except ParkZeroError as error:
                if "stopped before" not in str(error):
                    broken += 1
                    print(f"{seed:4d} FAILED {gap}: {error} {shape}", flush=True)
                continue
            tally["plans"] += 1
            tally[plan.status] = tally.get(plan.status, 0) + 1
            low = plan.lower_bound <= best.objective + close
            high = plan.objective >= best.lower_bound - close
            near = plan.status != "optimal" or plan.objective <= best.objective * (1 + gap) + close
            if not (low and high and near):
                broken += 1
                print(
                    f"{seed:4d} BROKEN {gap}: {plan.lower_bound} {best.objective} {plan.objective} {shape}",
                    flush=True,
                )
        shutil.rmtree(folder / f"s{seed}", ignore_errors=True)
        if seed % 20 == 19:
            print(f"{tally} broken {broken}", flush=True)
    print(f"{tally} broken {broken}")
    return broken


# ----------------------------------------------------------------------------------------------- soak


def soak(minutes: float, folder: Path, seed: int = 0) -> int:
    """Plan, kill, corrupt, fill the disk and plan again; whatever of the user's changes is lost."""
    rng, until, begun = random.Random(seed), time.monotonic() + 60 * minutes, time.monotonic()
    table: dict[str, list[int]] = {}
    while time.monotonic() < until:
        number = rng.randrange(40)
        study = write_study(folder / f"s{number}", number, shape_of(number, (2, 3)))
        out = folder / f"run{number}"
        (folder / "notes.txt").write_text("the user's own\n", encoding="utf-8")
        before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
        act = rng.choice(list(ACTS))
        good, note = ACTS[act](rng, study, out)
        good = good and (folder / "notes.txt").read_text(encoding="utf-8") == "the user's own\n"
        good = good and all(path.read_bytes() == content for path, content in before.items())
        # An earlier run that was whole is whole still, or one that follows it; a further plan ends well.
        if out.exists() and not act.startswith("corrupt"):
            good = good and whole(out)
        counts = table.setdefault(act, [0, 0])
        counts[0] += 1
        counts[1] += not good
        if not good:
            print(f"LOST {act} of study {number}: {note}", flush=True)
        if rng.random() < 0.2:
            shutil.rmtree(out, ignore_errors=True)
            out.with_name(f"{out.name}.search.npz").unlink(missing_ok=True)
        for left in folder.glob("run*.partial-*"):  # what a kill leaves, as the manual says
            shutil.rmtree(left, ignore_errors=True)
    print(f"soaked for {(time.monotonic() - begun) / 60:.1f} min")
    print("what was done                          times   lost")
    for act, (times, lost) in sorted(table.items()):
        print(f"{act:38s} {times:5d}  {lost:5d}")
    return sum(lost for _, lost in table.values())


def _plan(study: Path, out: Path, *more: str) -> list[str]:
    return ["plan", str(study), "--out", str(out), "--quiet", "--lang", "en", *more]


def _run(words: list[str], file_limit: int | None = None) -> Ended:
    since = time.monotonic()
    return finish(begin(words, file_limit), since, 600.0)


def _well(ended: Ended) -> tuple[bool, str]:
    return ended.code in (
        0,
        3,
        4,
    ) and "Traceback" not in ended.said and not ended.left, f"{ended.code} {ended.said[-300:]}"


def planned(rng: random.Random, study: Path, out: Path) -> tuple[bool, str]:
    """Plan to the end."""
    return _well(_run(_plan(study, out)))


def limited(rng: random.Random, study: Path, out: Path) -> tuple[bool, str]:
    """Plan with a limit, and again from there."""
    good, note = _well(_run(_plan(study, out, "--time-limit", str(rng.choice([1, 2, 4])), "--gap", "1e-5")))
    again, more = _well(_run(_plan(study, out)))
    return good and again, note + more


def killed(rng: random.Random, study: Path, out: Path) -> tuple[bool, str]:
    """Kill the whole session at a random moment, and plan again."""
    begun = begin(_plan(study, out))
    try:
        begun.wait(rng.uniform(0.2, 8.0))
    except subprocess.TimeoutExpired:
        os.killpg(begun.pid, signal.SIGKILL)
    finish(begun, 0.0)
    return _well(_run(_plan(study, out)))


def child_killed(rng: random.Random, study: Path, out: Path) -> tuple[bool, str]:
    """Kill the process that plans, as the system does for want of memory: whoever watches says so."""
    begun = begin(_plan(study, out, "--gap", "1e-6"))
    done = False
    try:
        begun.wait(rng.uniform(0.5, 5.0))
        done = True
    except subprocess.TimeoutExpired:
        below = [pid for pid in session(begun.pid) if pid != begun.pid]
        for pid in below:
            os.kill(pid, signal.SIGKILL)
        done = not below
    ended = finish(begun, 0.0)
    told = (
        done or ended.code == 0 or (ended.code == 1 and "ended by the system" in " ".join(ended.said.split()))
    )
    return told and not ended.left, f"{ended.code} {ended.said[-300:]}"


def corrupt_search(rng: random.Random, study: Path, out: Path) -> tuple[bool, str]:
    """Bytes of the search file change: it is set aside with a sentence, and the plan is found."""
    _run(_plan(study, out, "--time-limit", "3", "--gap", "1e-6"))
    kept = out.with_name(f"{out.name}.search.npz")
    if kept.is_file():
        content = bytearray(kept.read_bytes())
        for _ in range(20):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        kept.write_bytes(bytes(content[: rng.randrange(1, len(content))] if rng.random() < 0.3 else content))
    good, note = _well(_run(_plan(study, out)))
    for aside in out.parent.glob(f"{out.name}.search*damaged*"):
        aside.unlink()
    return good, note


def corrupt_run(rng: random.Random, study: Path, out: Path) -> tuple[bool, str]:
    """A file of a run changes: it counts as the user's, and planning over it is refused."""
    good, note = _well(_run(_plan(study, out)))
    files = [path for path in out.rglob("*") if path.is_file() and path.stat().st_size]
    if not files:
        return good, note
    path = rng.choice(files)
    changed = path.read_bytes() + b" "
    path.write_bytes(changed)
    refused = _run(_plan(study, out))
    kept = path.read_bytes() == changed
    shutil.rmtree(out)
    return good and refused.code == 2 and kept, f"{note} {refused.code} {path} {refused.said[-200:]}"


def full_disk(rng: random.Random, study: Path, out: Path) -> tuple[bool, str]:
    """No file may grow beyond some size, as on a full disk: a sentence, and what stood there stays."""
    ended = _run(_plan(study, out), rng.choice([0, 500, 5_000, 50_000, 200_000]))
    told = sentences(ended.said) or ended.code == 0
    return told and ended.code in (0, 1, 2, 3, 4) and not ended.left, f"{ended.code} {ended.said[-300:]}"


def two_at_once(rng: random.Random, study: Path, out: Path) -> tuple[bool, str]:
    """Two commands plan into one place: each ends well, or says that the other was there."""
    one, other = begin(_plan(study, out)), begin(_plan(study, out))
    ends = finish(one, 0.0), finish(other, 0.0)
    good = all(e.code in (0, 2, 3, 4) and "Traceback" not in e.said and not e.left for e in ends)
    return good, " ".join(f"{e.code} {e.said[-200:]}" for e in ends)


ACTS = {
    "plan": planned,
    "plan with a limit, and on": limited,
    "kill everything, and plan": killed,
    "kill the process that plans": child_killed,
    "corrupt the search, and plan": corrupt_search,
    "corrupt the run, and plan": corrupt_run,
    "fill the disk": full_disk,
    "two at once": two_at_once,
}


def main() -> int:
    """Run what is asked for; return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", choices=("limits", "interrupts", "bounds", "soak"))
    asked.add_argument("count", nargs="?", type=int, default=20)
    asked.add_argument("--seconds", nargs="+", type=float, default=[2.0, 10.0, 60.0])
    asked.add_argument("--minutes", type=float, default=60.0)
    asked.add_argument("--first", type=int, default=0, help="First seed.")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if given.what == "limits":
            lost = limits(given.count, given.seconds, folder)
        elif given.what == "interrupts":
            lost = interrupts(given.count, folder, given.first)
        elif given.what == "bounds":
            lost = bounds(given.count, folder, given.first, given.minutes)
        else:
            lost = soak(given.minutes, folder, given.first)
    print(f"{lost} lost" if lost else "nothing was lost")
    return int(bool(lost))


if __name__ == "__main__":
    sys.exit(main())
