"""How much memory a process has taken."""

from __future__ import annotations

import re
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")
_MOST = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


def peak_memory_mb() -> float:
    """Most memory that this process has taken [MB]; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    # What the system counts for a process on Linux begins with what the one that started it had taken.
    if STATUS.exists() and (told := _MOST.search(STATUS.read_text())) is not None:
        return float(told[1]) * 1024 / 1e6
    import resource  # does not exist on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
