"""What an earlier search gives this one, be it of the same study after an interruption or of a similar one.

Nothing that an earlier search claims is believed. Its sizes are tried anew, and its duals are turned into
cuts again: weak duality bounds a year from any duals, so a checkpoint that is wrong costs time. The bound
charges columns without a bound with a reach that is assumed, not proven (``bounds.renew``): keep search files
where only you can write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from parkzero.lp.solver import PRIMAL_TOLERANCE, Basis, Options, Point, row_violations
from parkzero.planning.again.as_before import as_before
from parkzero.planning.again.by_owner import Crowd, bounded_by_owner
from parkzero.planning.again.checkpoint import (
    HUGE,
    Checkpoint,
    Trial,
    hard_as_array,
    hard_of,
    save_checkpoint,
)
from parkzero.planning.again.fingerprint import fingerprint
from parkzero.planning.assemble import Built, Design, fixed
from parkzero.planning.bounds import Cut, Evaluated, renew
from parkzero.planning.laid import carried, laid_out, rows_of
from parkzero.planning.master import Master, Proof
from parkzero.planning.ownership import SHARED, owners_in
from parkzero.planning.plan import SLACK_TOLERANCE
from parkzero.planning.search import Search
from parkzero.texts import say
from parkzero.units import FloatArray

# So many duals of trials are kept, and so many of a similar study are worth being renewed.
MOST_DUALS, MOST_RENEWED = 9_000_000, 3_000_000
# Renewed bounds that say at least this share of an earlier plan's cost are worth beginning with.
RENEWED = 0.5
CLOSE = 1e-6
NOTHING = np.zeros(0)
# Cuts that prove less of the kept operation's cost than this part of the gap asked for need no help.
TELLING = 0.1
# How many times as many mean days it takes where those of an earlier search cannot close the gap.
MORE_DAYS = 1.25
# Share of the way to guessed sizes that is gone from those that an earlier search left.
FROM_GUESSED = 0.75


@dataclass(slots=True)
class Earlier:
    """What there is of an earlier search; each part is given once, and a search without one gives nothing.

    Attributes:
        file: where this search is kept for the next one; None where it is not.
        sizes: of its best plan, while they are worth beginning with.
        operation: how its years were operated, by year.
        proof: what its last bound rests on, until a bound owner by owner was sought.
        like: the same from then on, for the bound of all at once on the same days.
        lifts: by how much its operation costs more now than each cut proves, until sizes were sought with
            that [cuts].
        known: whether there was one.
        moved: whether assets came or went since then.
        asked: sizes that owners then ask for at the prices of a bound owner by owner, once.
    """

    file: Path | None = None
    sizes: FloatArray | None = None
    operation: Mapping[int, Point] = field(default_factory=dict)
    proof: Proof | None = None
    like: Proof | None = None
    lifts: FloatArray = field(default_factory=lambda: np.zeros(0))
    known: bool = False
    moved: bool = False
    asked: FloatArray | None = None
    _days: Master | None = None

    def trial(self, search: Search, options: Options) -> FloatArray | None:
        """Sizes to operate first; None where a bound comes first, which may do without the years."""
        if self.sizes is None or self.lifts.any() or self._stands(search, self.sizes, options):
            return None
        return self.sizes

    def _stands(self, search: Search, sizes: FloatArray, options: Options) -> bool:
        """Take a plan that is operated as in the earlier search, where all is still served; whether it is.

        After a change of prices the earlier operation costs hardly more than the best, but its duals prove
        little. That is no matter where a bound on all years, from mean days alone, can do without them.
        """
        milestones = search.study.milestones
        if self.proof is None or len(self.proof.cuts) or len(self.operation) < len(milestones.years):
            return False
        years: list[Evaluated] = []
        for year in milestones.years:
            found = as_before(search.years.of(year), sizes, self.operation[year], options)
            if found is None or found.short.max(initial=0.0) > SLACK_TOLERANCE:
                return False
            years.append(found)
        search.upper, search.best, search.sizes = sum(e.cost for e in years), years, sizes
        # Whatever is operated next has other sizes.
        self.operation = {e.year: ended(e) for e in years}
        search.say(say("operated as before"))
        return True

    def operated(self) -> Mapping[int, Point]:
        """How years were operated, for the first trial alone: the next sizes are others."""
        given, self.operation = self.operation, {}
        return given

    @property
    def pending(self) -> bool:
        """Whether a bound owner by owner is still to be sought."""
        return self.proof is not None

    def bounds(self, search: Search, solve: Crowd) -> bool:
        """Take a lower bound owner by owner, once; whether it closes the gap."""
        proof, self.proof = self.proof, None
        if proof is not None and (search.best or self.moved):
            search.say(say("lower bound owner by owner"))
            self.like = proof
            master, self._days = self._days or on_days(search, proof), None
            if search.told:
                master.add([e.cut for e in search.best])
            search.bounded(master.renewed(proof))
            needed = search.needed if search.best else -np.inf
            found = None if search.closed else bounded_by_owner(master, proof, solve, needed)
            if found is not None and found.most < search.needed:
                self.like = None
                search.refine(MORE_DAYS)
            if found is not None:
                search.took(found)
                self.asked = None if search.best else found.sizes
        return search.done

    def master(self, search: Search) -> Master | None:
        """The problem that closed the gap of the earlier search, once: the same mean and hard days.

        Hard days and cuts make a large problem half as long again to solve; it has them if that one had.
        """
        proof, self.like = self.like, None
        if proof is None:
            return None
        search.grouping, search.basis = proof.groups, None
        search.say(say("lower bound from {days} mean days", days=int(proof.groups.max()) + 1))
        master = on_days(search, proof)
        if len(proof.cuts):
            master.add(search.cuts)
        return master

    def guessed(self, master: Master) -> FloatArray | None:
        """Sizes that the small problem seeks where an earlier operation says what years cost, once."""
        lifts, self.lifts = self.lifts, np.zeros(0)
        guess = master.with_guesses(lifts) if lifts.any() else None
        if guess is None or self.sizes is None:
            return guess
        return FROM_GUESSED * guess + (1 - FROM_GUESSED) * self.sizes

    def keep(self, search: Search, basis: Basis | None) -> None:
        """Keep the search on disk for the next one; ``basis`` is where its last lower bound ended."""
        if self.file is not None and search.best:
            save_checkpoint(self.file, state_of(search, basis), search.study)


def taken_over(search: Search, kept: Checkpoint | None, file: Path | None = None) -> Earlier:
    """Take over days, prices and cuts of an earlier search, if any; return what it gives later on.

    A change of growth leaves duals feasible, so that renewed cuts are as good as new and the next lower bound
    says what to try. After a change of prices they may say little: sizes are then sought with cuts lifted to
    what the kept operation costs, or, where that is not known, the old sizes are operated first. So they are
    in a large park: everyone then goes on as before whom the change does not concern.
    """
    if kept is None:
        return Earlier(file)
    study, earlier = search.study, Earlier(file, known=True)
    search.features, search.count, search.peaks = kept.features, kept.count, kept.peaks
    for year, hard in hard_of(study, kept.hard).items():
        search.hard[year] = dict(hard)
    search.say(say("going on from an earlier search"))
    search.totals = {year: dict(found) for year, found in kept.totals.items()}
    if kept.names != search.design.names:
        return _of_other_assets(search, kept, earlier)
    search.grouping, search.basis, search.proof = kept.grouping, kept.basis, kept.proof
    similar = kept.fingerprint != fingerprint(study)
    renewed = list(_renewed(search, kept, _best_trial(kept) if similar else kept.trials))
    search.cuts = [cut for cut, _ in renewed]
    earlier.proof = kept.proof if similar else None
    search.lower = _renewed_bound(search, kept, earlier)
    if not allowed(kept.sizes, search.design):
        return earlier
    earlier.sizes = kept.sizes
    if not similar:
        return earlier
    earlier.operation = {year: before for year, before in kept.before.items() if len(before.duals)}
    if search.lower > -np.inf or earlier.operation:
        return earlier
    # The sizes that are tried are others: where windows ended is what helps there.
    earlier.operation = {year: ended(before) for year, before in kept.before.items()}
    earlier.lifts = _lifts(search, kept, renewed)
    last = {cut.year: cut.constant + float(cut.slope @ kept.sizes) for cut in search.cuts}
    enough = len(last) == len(study.milestones.years) and sum(last.values()) >= RENEWED * kept.upper
    if enough and not earlier.lifts.any():
        earlier.sizes = None
    return earlier


def _of_other_assets(search: Search, kept: Checkpoint, earlier: Earlier) -> Earlier:
    """What a search gives where assets came or went: prices, at which every owner says what it builds now.

    Not where a total binds: who leaves moves what all others must give to keep it, and at its price none of
    them says how much. A bound of all at once says it, with cuts.
    """
    proof = kept.proof
    if proof is None or any(any(prices.values()) for prices in kept.totals.values()):
        return _with_cuts(search, kept, earlier)
    earlier.moved, earlier._days = True, on_days(search, proof)
    was, now = proof.laid, laid_out(search.design, earlier._days.years)
    duals, begins = (carried(d, was.rows, now.rows) for d in (proof.duals, proof.begins))
    values = carried(proof.values, was.columns, now.columns)
    earlier.proof = replace(proof, values=values, duals=duals, begins=begins, laid=now)
    return earlier


def _with_cuts(search: Search, kept: Checkpoint, earlier: Earlier) -> Earlier:
    """Cuts that the duals of earlier trials give; where none is kept, those of the best plan."""
    best = [before.duals for _, before in sorted(kept.before.items())]
    trials = kept.trials or ((kept.sizes, tuple(best)),)
    if len(best) == len(search.study.milestones.years):
        search.cuts = [cut for cut, _ in _renewed(search, kept, trials)]
        search.refine(MORE_DAYS)
    return earlier


def ended(before: Point) -> Point:
    """Where windows ended alone, which is what helps a year of other sizes."""
    return Point(NOTHING, NOTHING, before.bases)


def on_days(search: Search, proof: Proof) -> Master:
    """The problem of an earlier lower bound, on the same mean and hard days, with no cuts yet."""
    return Master(search.study, search.design, proof.groups, hard=proof.hard)


def _renewed_bound(search: Search, kept: Checkpoint, earlier: Earlier) -> float:
    """The lower bound that the duals of an earlier one prove for this study, where it says anything."""
    if kept.proof is None or len(kept.proof.cuts):
        return -np.inf  # cuts are worth more when the years were operated
    days = on_days(search, kept.proof)
    if earlier.pending:
        earlier._days = days
    renewed = days.renewed(kept.proof)
    return renewed if renewed >= RENEWED * kept.upper else -np.inf


def allowed(sizes: FloatArray, design: Design) -> bool:
    """Whether sizes keep the design's bounds and rules."""
    rows = design.matrix.design @ sizes
    slack = CLOSE * np.maximum(1.0, np.abs(rows))
    bounds = (sizes >= design.lower - CLOSE).all() and (sizes <= design.upper + CLOSE).all()
    rules = (rows >= design.matrix.low - slack).all() and (rows <= design.matrix.high + slack).all()
    whole = (~design.whole | (np.abs(sizes - np.round(sizes)) <= CLOSE)).all()
    return bool(bounds and rules and whole)


def _lifts(search: Search, kept: Checkpoint, renewed: list[tuple[Cut, float]]) -> FloatArray:
    """By how much the kept operation costs more than the renewed cuts prove [cuts]; empty where they tell.

    At other prices what was done before is still possible and hardly dearer than the best, while its duals
    may prove little. A cut lifted to its cost bounds nothing, but it says where to look.
    """
    lifts = np.array([max(lift, 0.0) for _, lift in renewed])
    if kept.basis is None or search.design.whole.any() or not (lifts <= HUGE).all():
        return np.zeros(0)
    return lifts if lifts.sum() > TELLING * search.tolerance * abs(kept.upper) else np.zeros(0)


def _costs(built: Built, sizes: FloatArray, before: Point | None) -> float:
    """What a year costs if it is operated as before; infinite where that breaks a rule."""
    problem = fixed(built, sizes)
    if before is None or len(before.values) != len(problem.cost):
        return np.inf
    values = np.clip(before.values, problem.lower, problem.upper)
    if (row_violations(problem, values) > PRIMAL_TOLERANCE).any():
        return np.inf
    return float(problem.cost @ values) + problem.constant


def _best_trial(kept: Checkpoint) -> tuple[Trial, ...]:
    """The trial of the best plan: others are of sizes that were left behind. All, where that is not kept.

    None where they are so large that going on from the kept operation is quicker.
    """
    best = tuple(trial for trial in kept.trials if np.array_equal(trial[0], kept.sizes))
    trials = best or kept.trials
    return trials if sum(len(d) for _, duals in trials for d in duals) <= MOST_RENEWED else ()


def _renewed(search: Search, kept: Checkpoint, trials: tuple[Trial, ...]) -> Iterator[tuple[Cut, float]]:
    """Cuts of this study's years from the duals of earlier trials, and how far the kept operation is above.

    Only for the trial of the best plan is that known; for others it is nothing. Sizes and duals go with the
    names of what they belong to.
    """
    place = {name: i for i, name in enumerate(kept.names)}
    at = np.array([place.get(name, -1) for name in search.design.names])
    for i, year in enumerate(search.study.milestones.years):
        if not trials:
            return
        built = search.years.of(year)
        was = tuple(block for block in kept.rows if block[0].split(" ")[0] == str(year))
        for before, duals in trials:
            sizes = np.where(at >= 0, before[at], 0.0).clip(search.design.lower, search.design.upper)
            moved = carried(duals[i], was, rows_of(built))
            if len(moved) != len(built.matrix.low) or np.abs(moved).max(initial=0.0) > HUGE:
                continue
            cut = renew(built, sizes, moved)
            if not (abs(cut.constant) <= HUGE and np.abs(cut.slope).max(initial=0.0) <= HUGE):
                continue
            costs = cut.constant + float(cut.slope @ sizes)
            own = np.array_equal(before, kept.sizes)
            yield cut, _costs(built, sizes, kept.before.get(year)) - costs if own else 0.0


def state_of(search: Search, ended: Basis | None) -> Checkpoint:
    """What is kept of a search on disk; ``ended`` is the basis of its last lower bound."""
    return Checkpoint(
        fingerprint(search.study),
        search.upper,
        search.sizes,
        search.features,
        search.count,
        hard_as_array(search.study, search.hard),
        search.design.names,
        search.grouping if ended is not None else None,
        ended,
        _latest(search),
        _total_prices(search),
        search.proof,
        _operated(search),
        search.peaks,
        sum((e.rows for e in search.best), ()),
    )


def _total_prices(search: Search) -> dict[int, dict[str, float]]:
    """Duals of rows over a year: where the best plan has the row, its own.

    The last lower bound's may be half as high or twice: its days are mean ones, and its sizes others.
    """
    found = {year: dict(prices) for year, prices in search.totals.items()}
    for e in search.best:
        found.setdefault(e.year, {}).update(e.totals)
    return found


def _operated(search: Search) -> dict[int, Point]:
    """How the years of the best plan are operated.

    Duals are among those of the trials, unless some owners may go on as before when others change: then they
    are kept here.
    """
    tenants = set(owners_in(search.study)[0]) - {SHARED}
    owned = search.proof is not None and len(tenants) > 1
    return {e.year: Point(e.values, e.duals if owned else NOTHING, e.bases) for e in search.best}


def _latest(search: Search) -> tuple[tuple[FloatArray, tuple[FloatArray, ...]], ...]:
    """The latest trials, as many as there is room for."""
    kept, count = [], 0
    for sizes, duals in reversed(search.trials):
        count += sum(len(d) for d in duals)
        if count > MOST_DUALS:
            break
        kept.append((sizes, duals))
    return tuple(reversed(kept))
