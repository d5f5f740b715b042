"""Accounts: where a booking goes, as records in a table that a kind from outside may extend.

What an account counts (money, energy, emissions, mass), in which unit, under which words and in which colour
stands in ``accounts.csv`` beside this module. Whoever reads bookings asks the record; the table travels with
the results, so that readers of a stored run need not know who wrote it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import ClassVar, Final, Literal, get_args

from parkzero.units import MONEY, MWH, ONE, T, Unit

Family = Literal["cost", "energy", "emission", "mass", "count"]
FAMILIES: Final = get_args(Family)
_UNITS: Final = {"money": MONEY, "MWh": MWH, "t": T, "1": ONE}


@dataclass(frozen=True, slots=True)
class Account:
    """Where a booking goes; its unit is fixed by the account.

    Attributes:
        id: the word for it in tables.
        unit: of a year's total.
        family: what it counts. The cost of a year is the sum of its accounts of cost.
        scope: "1", "2" or "3" where it is an emission that counts under that scope.
        group: what it belongs to within its family, such as "investment", "bought", "sold", "penalty".
        payee: role or actor that is usually paid, or supplies what is booked; empty where nobody is.
        colour: in which it is drawn, ``#rrggbb``.
        en, vi: its name.
    """

    id: str
    unit: Unit = field(compare=False)
    family: Family = field(compare=False)
    scope: str = field(default="", compare=False)
    group: str = field(default="", compare=False)
    payee: str = field(default="", compare=False)
    colour: str = field(default="", compare=False)
    en: str = field(default="", compare=False)
    vi: str = field(default="", compare=False)

    CAPEX: ClassVar[Account]
    FIXED_OM: ClassVar[Account]
    VARIABLE_OM: ClassVar[Account]
    ENERGY: ClassVar[Account]
    DEMAND_CHARGE: ClassVar[Account]
    POWER_FACTOR: ClassVar[Account]
    FUEL: ClassVar[Account]
    CARBON: ClassVar[Account]
    OFFSET: ClassVar[Account]
    INCENTIVE: ClassVar[Account]
    EXPORT: ClassVar[Account]
    CONTRACT: ClassVar[Account]
    CONTRACT_FEES: ClassVar[Account]
    SALES: ClassVar[Account]
    STOCK: ClassVar[Account]
    SLACK: ClassVar[Account]
    SCOPE1: ClassVar[Account]
    SCOPE2: ClassVar[Account]
    BIOGENIC: ClassVar[Account]
    OFFSET_MASS: ClassVar[Account]
    NOX: ClassVar[Account]
    PM25: ClassVar[Account]
    IMPORTED: ClassVar[Account]
    EXPORTED: ClassVar[Account]
    GENERATED: ClassVar[Account]
    HEAT_GENERATED: ClassVar[Account]
    ATTRIBUTES: ClassVar[Account]
    CONSUMED: ClassVar[Account]
    FUEL_USED: ClassVar[Account]
    HEAT_SUPPLIED: ClassVar[Account]
    UNSERVED: ClassVar[Account]

    def __str__(self) -> str:
        return self.id

    @property
    def counts(self) -> bool:
        """Whether it is an emission that policies and summaries count: scope 1 or 2."""
        return self.family == "emission" and self.scope in ("1", "2")


_REGISTRY: dict[str, Account] = {}


def register(account: Account) -> Account:
    """Add an account that ParkZero does not ship; a kind does so once, beside its class.

    Returns:
        The account, to book under.

    Raises:
        ValueError: when another account has the id, or the record lacks a name or family.
    """
    known = _REGISTRY.get(account.id)
    if known is not None and _told(known) != _told(account):
        raise ValueError(f"an account '{account.id}' exists already: {known.en} [{known.unit}]")
    if account.family not in FAMILIES:
        raise ValueError(f"account '{account.id}' is of no family: {', '.join(FAMILIES)}")
    if not (account.id and account.en and account.vi):
        raise ValueError(f"account '{account.id}' needs an id and a name in both languages")
    if account.family == "cost" and account.unit != MONEY:
        raise ValueError(f"account '{account.id}' counts cost in {account.unit}, not in money")
    return _REGISTRY.setdefault(account.id, account)


def _told(account: Account) -> tuple[object, ...]:
    return tuple(getattr(account, name) for name in account.__dataclass_fields__)


def accounts(family: Family | None = None) -> Iterator[Account]:
    """All accounts, or those of a family, in the order of the table: that in which stacks are drawn."""
    return (a for a in _REGISTRY.values() if family is None or a.family == family)


def scopes(*wanted: str) -> tuple[Account, ...]:
    """The accounts of emissions that count under some scopes."""
    return tuple(a for a in accounts("emission") if a.scope in wanted)


def _shipped() -> None:
    text = (files("parkzero.language") / "accounts.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        unit = _UNITS[row.pop("unit")]
        account = register(Account(unit=unit, **row))  # type: ignore[arg-type]  # register checks the family
        setattr(Account, account.id.upper(), account)


_shipped()
