"""How much memory a process has taken."""

from __future__ import annotations

import sys


def peak_memory_mb() -> float:
    """Most memory that this process has taken [MB]; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    import resource  # does not exist on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
