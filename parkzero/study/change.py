"""Changes to a study that ask what another park would do: limits, prices, and what may not be built.

A changed study has the same columns as the one it comes from, so that a search of one goes on from another's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import cast

from parkzero.language.component import TARGET, Component, kinds
from parkzero.language.fields import ByYear, Profile, Size, constant, described
from parkzero.language.values import LAST_YEAR
from parkzero.study.study import Study, milestones
from parkzero.units import MONEY, T

CAP, PRICE = "abatement_cap", "abatement_price"
BUYS = "offset"
LOOSE = 1e9
"""A limit that no park reaches [t]."""


def sizes_of(component: Component) -> dict[str, Size]:
    """The sizes of an asset that may be built, by name."""
    found = {}
    for name, spec in described(type(component)).items():
        size = getattr(component, name) if spec.kind == "size" else None
        if isinstance(size, Size) and size.capex is not None:
            found[name] = size
    return found


def buildable(study: Study) -> dict[str, str]:
    """Kind of each asset of which the study may build something, by name."""
    last = study.milestones.years[-1]
    return {
        c.name: c.kind for c in study.components if any(size.first <= last for size in sizes_of(c).values())
    }


def without(study: Study, assets: Collection[str]) -> Study:
    """The study in which nothing more of some assets is built; what stands of them stays."""

    def changed(component: Component) -> Component:
        if component.name not in assets:
            return component
        never = {
            name: dataclasses.replace(size, first_year=LAST_YEAR, min=None)
            for name, size in sizes_of(component).items()
        }
        return dataclasses.replace(component, **never)  # type: ignore[arg-type]  # sizes of its own fields

    return dataclasses.replace(study, components=tuple(changed(c) for c in study.components))


def untargeted(study: Study) -> Study:
    """The study without caps, budgets and shares; offsets may still be bought."""
    kept = tuple(c for c in study.components if TARGET not in c.traits or c.kind == BUYS)
    return dataclasses.replace(study, components=kept)


def capped(study: Study, limits: Mapping[int, float]) -> Study:
    """The study under a yearly limit on net emissions [t]; years without one have a limit out of reach."""
    years = study.milestones.years
    limit = ByYear(years, tuple(float(limits.get(y, LOOSE)) for y in years), T, steps=True)
    cap = kinds()["emission_cap"](name=CAP, limit=limit)  # type: ignore[call-arg]  # fields of its kind
    return dataclasses.replace(study, components=(*study.components, cap))


def priced(study: Study, price: float) -> Study:
    """The study in which each tonne of scope 1 and 2 has a price beside those that it has [money/t]."""
    charge = kinds()["carbon_price"](name=PRICE, price=constant(price, MONEY / T))  # type: ignore[call-arg]
    return dataclasses.replace(study, components=(*study.components, charge))


def limits_of(study: Study) -> dict[int, float]:
    """The study's own yearly limits on emissions of both scopes, the lowest of each year [t]."""
    found: dict[int, float] = {}
    for component in study.components:
        limit = getattr(component, "limit", None)
        if component.kind != "emission_cap" or not isinstance(limit, ByYear):
            continue
        if getattr(component, "scopes", "1+2") != "1+2":
            continue
        for year in study.milestones.years:
            if limit.covers(year):
                found[year] = min(found.get(year, LOOSE), float(limit.at(year).value))
    return found


def at_years(study: Study, years: tuple[int, ...]) -> Study:
    """The study planned for some of its milestone years only; each stands for the years until the next.

    Raises:
        ValueError: when a year is none of the study's milestones.
    """
    own = study.milestones
    if not years or set(years) - set(own.years):
        raise ValueError(f"{years} are not among the milestones {own.years}")
    chosen = tuple(sorted(set(years)))
    end = own.years[-1] + own.spans[-1]
    return dataclasses.replace(study, milestones=milestones(chosen, own.rate, end - chosen[-1]))


PRICED = {
    "energy": {"grid": ("price",), "purchase": ("price",)},
    "fuel": {"fuel": ("price",)},
    "export": {"grid": ("export_price",)},
    "demand_charge": {"grid": ("demand_charge",)},
    "carbon": {"carbon_price": ("price",)},
    "offset": {"offset": ("price",)},
}
"""Fields that hold the prices of an account, by kind."""


def scaled(study: Study, account: str, factor: float) -> Study | None:
    """The study with the prices behind an account of cost (or the investment) multiplied; None for others."""
    if account != "investment" and account not in PRICED:
        return None

    def changed(component: Component) -> Component:
        if account == "investment":
            found: dict[str, object] = {
                name: dataclasses.replace(size, capex=cast(ByYear, _times(size.capex, factor)))
                for name, size in sizes_of(component).items()
            }
        else:
            names = PRICED[account].get(component.kind, ())
            given = {name: getattr(component, name) for name in names}
            found = {name: _times(value, factor) for name, value in given.items() if value is not None}
        return dataclasses.replace(component, **found)  # type: ignore[arg-type]  # fields differ by kind

    return dataclasses.replace(study, components=tuple(changed(c) for c in study.components))


def _times(value: object, factor: float) -> object:
    if isinstance(value, ByYear):
        return dataclasses.replace(value, values=tuple(factor * v for v in value.values))
    if isinstance(value, Profile):
        years = {year: factor * held for year, held in value.years.items()}
        return dataclasses.replace(value, values=factor * value.values, years=years)
    return value


def granted(
    study: Study, kinds_: Collection[str], owner: str, parts: Mapping[int, float], name: str
) -> Study:
    """The study in which the state pays a share of an owner's investments, by year of building.

    Args:
        study: what is asked.
        kinds_: kinds of assets that it is paid for; any where empty.
        owner: whose assets; empty for the park's.
        parts: share of the investment by milestone year.
        name: of the policies that pay it.
    """
    years, more = study.milestones.years, list[Component]()
    for component in study.components:
        size = sizes_of(component).get("power")
        mine = component.owner == owner and (not kinds_ or component.kind in kinds_)
        if size is None or size.capex is None or not mine:
            continue
        costs = size.price(years)
        grant = ByYear(years, tuple(parts.get(y, 0.0) * float(c) for y, c in zip(years, costs, strict=True)),
                       size.capex.unit, steps=True)  # fmt: skip
        if any(grant.values):
            label = f"{name}_{component.name}"
            paid = kinds()["incentive"](name=label, asset=component.name, grant=grant)  # type: ignore[call-arg]
            more.append(paid)
    return dataclasses.replace(study, components=(*study.components, *more))


def of_owners(study: Study, owners: Collection[str]) -> Study:
    """The park with some of its tenants only: what belongs to others, or stands at their buses, is left out.

    What is the park's own stays, and so do policies that are no targets: a cap of the whole park says nothing
    of a part of it.
    """
    gone = {
        name for name, bus in study.buses.items() if bus.owner in study.tenants and bus.owner not in owners
    }
    left = {c.name for c in study.components if c.owner in study.tenants and c.owner not in owners}
    found = list(study.components)
    while True:
        out = {c.name for c in found if c.name in left or _refers(c, gone, left)}
        found = [c for c in found if c.name not in out]
        if not out - left:
            break
        left |= out
    tenants = {name: tenant for name, tenant in study.tenants.items() if name in owners}
    buses = {name: bus for name, bus in study.buses.items() if name not in gone}
    return untargeted(dataclasses.replace(study, components=tuple(found), buses=buses, tenants=tenants))


def _refers(component: Component, buses: Collection[str], assets: Collection[str]) -> bool:
    """Whether a component names a bus or an asset that is not there."""
    for name, spec in described(type(component)).items():
        value = getattr(component, name)
        if (spec.kind == "bus" and value in buses) or (spec.kind == "asset" and value in assets):
            return True
    return False
