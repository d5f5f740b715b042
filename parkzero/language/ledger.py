"""The ledger: what is booked once, as expressions, and read everywhere.

A component books each cost, each megawatt-hour and each tonne as an expression under an account. Objective,
caps, result tables, inventory and reports read the same entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from parkzero.errors import UnitError
from parkzero.lp.expr import Expr, add_all
from parkzero.units import MONEY, MWH, H, T, Unit


class Account(StrEnum):
    """Where a booking goes; its unit is fixed by the account."""

    CAPEX = "capex"
    FIXED_OM = "fixed_om"
    VARIABLE_OM = "variable_om"
    ENERGY = "energy"
    DEMAND_CHARGE = "demand_charge"
    POWER_FACTOR = "power_factor"
    FUEL = "fuel"
    EXPORT = "export"
    CARBON = "carbon"
    OFFSET = "offset"
    SLACK = "slack"
    SCOPE1 = "scope1"
    SCOPE2 = "scope2"
    BIOGENIC = "biogenic"
    OFFSET_MASS = "offset_mass"
    IMPORTED = "imported"
    EXPORTED = "exported"
    RENEWABLE = "renewable"
    CONSUMED = "consumed"
    FUEL_USED = "fuel_used"
    HEAT_SUPPLIED = "heat_supplied"
    UNSERVED = "unserved"

    @property
    def unit(self) -> Unit:
        """Unit of a year's total."""
        if self in COSTS:
            return MONEY
        return T if self in (*EMISSIONS, Account.BIOGENIC, Account.OFFSET_MASS) else MWH


COSTS = (
    Account.CAPEX, Account.FIXED_OM, Account.VARIABLE_OM, Account.ENERGY, Account.DEMAND_CHARGE,
    Account.POWER_FACTOR, Account.FUEL, Account.EXPORT, Account.CARBON, Account.OFFSET, Account.SLACK,
)  # fmt: skip
"""Accounts whose sum is the cost of a year; SLACK is the price of what a valid plan must not contain."""

EMISSIONS = (Account.SCOPE1, Account.SCOPE2)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One booking.

    Attributes:
        asset: who booked it.
        owner: the tenant (or the park) that bears it.
        account: where it goes.
        label: what it is for, within the asset.
        expr: rates over the steps [account unit / h], or a scalar [account unit].
        hourly: whether ``expr`` is a rate over the steps.
    """

    asset: str
    owner: str
    account: Account
    label: str
    expr: Expr
    hourly: bool


@dataclass(slots=True)
class Ledger:
    """The bookings of one year, in the order in which they were made."""

    entries: list[Entry] = field(default_factory=list)

    def book(self, entry: Entry) -> None:
        """Add a booking.

        Raises:
            UnitError: when the expression's unit is not the account's.
        """
        needed = entry.account.unit / H if entry.hourly else entry.account.unit
        if entry.expr.unit != needed:
            raise UnitError(
                f"{entry.asset} books {entry.expr.unit} under {entry.account.value}, which takes {needed}"
            )
        self.entries.append(entry)

    def under(self, *accounts: Account) -> Iterator[Entry]:
        """Bookings under any of these accounts."""
        return (entry for entry in self.entries if entry.account in accounts)

    def total(
        self, accounts: tuple[Account, ...], integrate: Callable[[Expr], Expr], owner: str | None = None
    ) -> Expr:
        """The year's sum of some accounts as a scalar; ``integrate`` turns a rate into a total."""
        parts = [
            integrate(e.expr) if e.hourly else e.expr
            for e in self.under(*accounts)
            if owner is None or e.owner == owner
        ]
        return add_all(parts, 1, accounts[0].unit)
