"""Measures: groups of assets that a plan may build or not, named by kind, by asset, or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from parkzero.abatement.points import Point
from parkzero.errors import Fault, Place, StudyError, did_you_mean
from parkzero.study.change import buildable
from parkzero.study.study import Study
from parkzero.texts import NOTHING, listed, say

OPTION = Place(field="--measures")
LEFT_OUT = frozenset({"fuel_boiler", "feeder"})
"""Kinds that are no measures of their own accord: boilers that burn, and the network. They may be named."""


def measures_of(study: Study, text: str) -> dict[str, tuple[str, ...]]:
    """The measures that a text names: ``solar,wind,heat=t1_heat_pump+t1_electric_boiler``.

    Raises:
        StudyError: with every name that is neither a kind nor an asset of which something may be built.
    """
    known = buildable(study)
    faults: list[Fault] = []
    found: dict[str, tuple[str, ...]] = {}
    for part in (p.strip() for p in text.split(",") if p.strip()):
        name, _, members = part.partition("=")
        assets: list[str] = []
        for member in (members or name).split("+"):
            own = [a for a, kind in known.items() if member.strip() in (a, kind)]
            if not own:
                faults.append(_unknown(member.strip(), known))
            assets += own
        found[name.strip()] = tuple(dict.fromkeys(assets))
    faults += _twice(found)
    if not faults and len(found) < 1:
        faults.append(Fault(OPTION, say("names no measure"), text, listed(sorted(set(known.values())))))
    if faults:
        raise StudyError(faults, say("The command"))
    return found


def _unknown(member: str, known: Mapping[str, str]) -> Fault:
    names = [*dict.fromkeys(known.values()), *known]
    what = say("is neither a kind nor an asset of which something may be built")
    return Fault(OPTION, what, member, listed(names[:30]), did_you_mean(member, names))


def _twice(found: Mapping[str, Sequence[str]]) -> list[Fault]:
    seen: dict[str, str] = {}
    faults = []
    for name, assets in found.items():
        for asset in assets:
            if asset in seen:
                what = say("belongs to {first} and to {second}", first=seen[asset], second=name)
                faults.append(Fault(OPTION, what, asset, NOTHING, say("each asset to one measure")))
            seen[asset] = name
    return faults


def usual(study: Study, plan: Point) -> dict[str, tuple[str, ...]]:
    """What a plan builds, by kind, but for boilers that burn and the network."""
    known = buildable(study)
    kinds = [k for k in plan.built if k not in LEFT_OUT]
    return {kind: own for kind in kinds if (own := tuple(a for a, k in known.items() if k == kind))}
