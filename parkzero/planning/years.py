"""The years of a study as arrays, each built once where it is not large."""

from __future__ import annotations

from parkzero.planning.assemble import Built, build_year
from parkzero.study.study import Study

# Years of more columns than this are built anew each time: that is quick, and keeping them takes memory.
MOST_KEPT = 1_000_000


class Years:
    """Builds the years of a study, and keeps those that are not large."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._built: dict[int, Built] = {}

    def of(self, year: int) -> Built:
        """The year at full resolution."""
        built = self._built.get(year) or build_year(self._study, year, self._study.timeline)[0]
        self.keep(built)
        return built

    def keep(self, built: Built) -> None:
        """Keep a year that is built already, where it is not large."""
        if len(built.matrix.cost) <= MOST_KEPT:
            self._built[built.year] = built
