"""Going on from an earlier search: of the same study after it was interrupted, or of a similar one.

Nothing that an earlier search claims is believed. Its sizes are tried anew, and its duals are turned into
cuts again: weak duality bounds a year from any duals, so a checkpoint that is wrong costs time. The bound
charges columns without a bound with a reach that is assumed, not proven (``bounds.renew``): keep search files
where only you can write.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parkzero.lp.solver import PRIMAL_TOLERANCE, Basis, row_violations
from parkzero.planning.assemble import Built, Design, fixed
from parkzero.planning.bounds import Cut, renew
from parkzero.planning.checkpoint import HUGE, Checkpoint, Trial, hard_as_array, hard_of
from parkzero.planning.fingerprint import fingerprint
from parkzero.planning.ownership import SHARED, owners_in
from parkzero.planning.plan import Standing, ended
from parkzero.planning.search import Search
from parkzero.units import FloatArray

MOST_DUALS = 3_000_000
# Renewed bounds that say at least this share of an earlier plan's cost are worth beginning with.
RENEWED = 0.5
CLOSE = 1e-6
NOTHING = np.zeros(0)
# Cuts that prove less of the kept operation's cost than this part of the gap asked for need no help.
TELLING = 0.1


def go_on(search: Search, kept: Checkpoint) -> FloatArray | None:
    """Take over an earlier search; return sizes to operate first, if any.

    A change of growth leaves duals feasible, so that renewed cuts are as good as new and the next lower bound
    says what to try. After a change of prices they may say little: sizes are then sought with cuts lifted to
    what the kept operation costs, or, where that is not known, the old sizes are operated first. So they are
    in a large park: everyone then goes on as before whom the change does not concern.
    """
    study = search.study
    search.features, search.count = kept.features, kept.count
    for year, hard in hard_of(study, kept.hard).items():
        search.hard[year] = dict(hard)
    search.grouping, search.basis = kept.grouping, kept.basis
    search.say("going on from an earlier search")
    search.totals, search.proof = {year: dict(found) for year, found in kept.totals.items()}, kept.proof
    similar = kept.fingerprint != fingerprint(study)
    renewed = list(_renewed(search, kept, _best_trial(kept) if similar else kept.trials))
    search.cuts = [cut for cut, _ in renewed]
    search.earlier = kept.proof if similar else None
    search.lower = _renewed_bound(search, kept)
    if not allowed(kept.sizes, search.design):
        return None
    if not similar:
        return kept.sizes
    search.before = {year: before for year, before in kept.before.items() if len(before.duals)}
    if search.lower > -np.inf or search.before:
        return kept.sizes
    # The sizes that are tried are others: where windows ended is what helps there.
    search.before = {year: ended(before.bases) for year, before in kept.before.items()}
    search.lifts = _lifts(search, kept, renewed)
    if search.lifts.any():
        search.sizes = kept.sizes
        return None
    last = {cut.year: cut.constant + float(cut.slope @ kept.sizes) for cut in search.cuts}
    if len(last) < len(study.horizon.years) or sum(last.values()) < RENEWED * kept.upper:
        return kept.sizes
    search.sizes = kept.sizes
    return None


def _renewed_bound(search: Search, kept: Checkpoint) -> float:
    """The lower bound that the duals of an earlier one prove for this study, where it says anything."""
    if kept.proof is None or len(kept.proof.cuts):
        return -np.inf  # cuts are worth more when the years were operated
    search.days = search.on_days(kept.proof)
    renewed = search.days.renewed(kept.proof)
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


def _costs(built: Built, sizes: FloatArray, before: Standing | None) -> float:
    """What a year costs if it is operated as before; infinite where that breaks a rule."""
    problem = fixed(built, sizes)
    if before is None or len(before.values) != len(problem.cost):
        return np.inf
    values = np.clip(before.values, problem.lower, problem.upper)
    if (row_violations(problem, values) > PRIMAL_TOLERANCE).any():
        return np.inf
    return float(problem.cost @ values) + problem.constant


def _best_trial(kept: Checkpoint) -> tuple[Trial, ...]:
    """The trial of the best plan: others are of sizes that were left behind. All, where that is not kept."""
    best = tuple(trial for trial in kept.trials if np.array_equal(trial[0], kept.sizes))
    return best or kept.trials


def _renewed(search: Search, kept: Checkpoint, trials: tuple[Trial, ...]) -> Iterator[tuple[Cut, float]]:
    """Cuts of this study's years from the duals of earlier trials, and how far the kept operation is above.

    Only for the trial of the best plan is that known; for others it is nothing.
    """
    for i, year in enumerate(search.study.horizon.years):
        if not trials:
            return
        built = search.years.of(year)
        for sizes, duals in trials:
            if len(duals[i]) != len(built.matrix.low) or np.abs(duals[i]).max(initial=0.0) > HUGE:
                continue
            cut = renew(built, sizes, duals[i])
            if not (abs(cut.constant) <= HUGE and np.abs(cut.slope).max(initial=0.0) <= HUGE):
                continue
            costs = cut.constant + float(cut.slope @ sizes)
            own = np.array_equal(sizes, kept.sizes)
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
    )


def _total_prices(search: Search) -> dict[int, dict[str, float]]:
    """Duals of rows over a year: where the best plan has the row, its own.

    The last lower bound's may be half as high or twice: its days are mean ones, and its sizes others.
    """
    found = {year: dict(prices) for year, prices in search.totals.items()}
    for e in search.best:
        found.setdefault(e.year, {}).update(e.totals)
    return found


def _operated(search: Search) -> dict[int, Standing]:
    """How the years of the best plan are operated.

    Duals are among those of the trials, unless some owners may go on as before when others change: then they
    are kept here.
    """
    tenants = set(owners_in(search.study)[0]) - {SHARED}
    apart = search.proof is not None and len(tenants) > 1
    return {e.year: Standing(e.values, e.duals if apart else NOTHING, e.bases) for e in search.best}


def _latest(search: Search) -> tuple[tuple[FloatArray, tuple[FloatArray, ...]], ...]:
    """The latest trials, as many as there is room for."""
    kept, count = [], 0
    for sizes, duals in reversed(search.trials):
        count += sum(len(d) for d in duals)
        if count > MOST_DUALS:
            break
        kept.append((sizes, duals))
    return tuple(reversed(kept))
