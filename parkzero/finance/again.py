"""Plans sought anew for a finance case: with grants that change sizes, and at the ends of a tornado.

A grant of a share of the investment makes more of it worth building, and another price of electricity another
plan. Each plan begins where the search of the base case ended. What tax holidays and credits
for what is generated or made would change is not in the plan: they are reckoned on the plan that is found.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from parkzero.cash.split import coalitions
from parkzero.finance.claims import rules_of
from parkzero.finance.payments import PARK
from parkzero.finance.statement import Statement, statement
from parkzero.finance.terms import Case, Game
from parkzero.finance.tornado import Swung, swung, value_of
from parkzero.results.planned import plan
from parkzero.study.change import granted, of_owners, scaled
from parkzero.study.study import Study

BASE = "base"


@dataclass(slots=True)
class Again:
    """Plans a study again and again.

    Attributes:
        study: the one behind the run.
        case: the terms.
        folder: where searches are kept.
        gap: relative gap at which to stop.
        said: told what is planned next.
        search: that of the base case, once there is one.
    """

    study: Study
    case: Case
    folder: Path
    gap: float
    said: Callable[[str], None] = lambda _: None
    search: Path | None = None
    made: dict[str, Statement] = field(default_factory=dict)

    def base(self) -> Statement:
        """The case with grants inside the plan."""
        return self._stated(BASE, self.with_grants(self.study))

    def with_grants(self, study: Study) -> Study:
        """The study with every grant that the terms claim, as far as the plan can hold it."""
        for claim in self.case.claims:
            rules = rules_of(claim)
            if rules.form != "grant":
                continue
            owner = "" if claim.actor == PARK else claim.actor
            parts = {y: rules.amount * rules.part(y) for y in study.milestones.years}
            study = granted(study, rules.kinds, owner, parts, claim.name)
        return study

    def _stated(self, name: str, study: Study) -> Statement:
        self.said(name)
        path = self.folder / f"search-{len(self.made)}.npz"
        if self.search is not None and self.search.exists():
            shutil.copyfile(self.search, path)
        found = plan(study, gap=self.gap, resume=path)
        self.search = self.search or path
        # Grants are booked by the plan now; claims that remain are those that it does not hold.
        rest = tuple(c for c in self.case.claims if rules_of(c).form != "grant")
        self.made[name] = statement(found.results, dataclasses.replace(self.case, claims=rest))
        return self.made[name]

    def game(self, game: Game) -> Game:
        """The game with what each coalition of tenants gains: the savings of its own park's plan.

        Each coalition has the park's own assets to itself, and no targets.
        """
        worth: dict[frozenset[str], float] = {frozenset(): 0.0}
        for members in coalitions(game.players)[1:]:
            self.said("+".join(sorted(members)))
            found = plan(of_owners(self.study, members), gap=self.gap)
            worth[members] = float(found.results.summary["npv"])
        return Game(game.players, worth)

    def tornado(self) -> tuple[Swung, ...]:
        """All inputs of the terms: prices with the plan sought anew, terms with that of the base case."""
        base = self.made.get(BASE) or self.base()
        swings = []
        for one in self.case.inputs:
            ends = []
            for value in (one.low, one.high):
                changed = (
                    scaled(self.with_grants(self.study), one.account, 1 + value) if one.account else None
                )
                if changed is None:
                    break
                ends.append(value_of(self._stated(f"{one.name} {value:+.0%}", changed)))
            if len(ends) == 2:
                swings.append(Swung(one.name, one.low, one.high, ends[0], ends[1], replanned=True))
            else:
                swings.append(swung(base, base.case or self.case, one))
        return tuple(sorted(swings, key=lambda s: -s.width))
