"""The reference pathway; it lives in ``parkzero.bench.cases``, where an installed command line finds it."""

from __future__ import annotations

from parkzero.bench.cases import BASE, CAP, GRID_FACTOR, GROWTH, YEARS, reference_study
from parkzero.bench.synthetic import reference_series as series

__all__ = ["BASE", "CAP", "GRID_FACTOR", "GROWTH", "YEARS", "reference_study", "series"]
