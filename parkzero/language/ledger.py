"""The ledger: what is booked once, as expressions, and read everywhere.

A component books each cost, each megawatt-hour and each tonne as an expression under an account. Objective,
caps, result tables, inventory and reports read the same entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from parkzero.errors import UnitError
from parkzero.language.accounts import Account, Family
from parkzero.language.actors import PARK, payer_of
from parkzero.language.origins import family_of
from parkzero.lp.expr import Expr, add_all
from parkzero.units import H, Quantity

OWN = "own"
"""Label of the attributes of own generation, which the generation itself tells already."""


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
        payee: the actor that is paid; empty where nobody is.
        bus: the bus that it concerns; empty where it concerns none.
        made_from: what is generated or bought is made from (see ``origins``); empty elsewhere.
    """

    asset: str
    owner: str
    account: Account
    label: str
    expr: Expr
    hourly: bool
    payee: str = ""
    bus: str = ""
    made_from: str = ""

    @property
    def payer(self) -> str:
        """The actor that pays: the owner, or the park company."""
        return payer_of(self.owner)

    def seen_by_payee(self) -> Entry:
        """The same payment as the payee books it: what it is paid is a cost below zero."""
        owner = "" if self.payee == PARK else self.payee
        return replace(self, owner=owner, payee=self.payer, expr=-self.expr)


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """A limit on the year, or a price on something of it, as whoever sets it tells it.

    Attributes:
        asset: who sets it.
        rule: name of its rule within the asset; empty where it is a price without a rule.
        family: what it counts, as accounts do.
        value: what is limited or priced, as a scalar of the year.
        limit: its limit; None where there is none.
        least: whether the value must not be below the limit.
        price: of a unit of the value, where it is a price.
    """

    asset: str
    rule: str
    family: Family
    value: Expr
    limit: Expr | None = None
    least: bool = False
    price: Quantity | None = None


@dataclass(slots=True)
class Ledger:
    """The bookings of one year and the limits on it, in the order in which they were made."""

    entries: list[Entry] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)

    def book(self, entry: Entry) -> None:
        """Add a booking.

        Raises:
            UnitError: when the expression's unit is not the account's.
        """
        needed = entry.account.unit / H if entry.hourly else entry.account.unit
        if entry.expr.unit != needed:
            raise UnitError(
                f"{entry.asset} books {entry.expr.unit} under {entry.account.id}, which takes {needed}"
            )
        self.entries.append(entry)

    def under(self, *accounts: Account) -> Iterator[Entry]:
        """Bookings under any of these accounts."""
        return (entry for entry in self.entries if entry.account in accounts)

    def of(self, family: Family) -> Iterator[Entry]:
        """Bookings under the accounts of a family."""
        return (entry for entry in self.entries if entry.account.family == family)

    def renewable(self) -> Iterator[Entry]:
        """Electricity generated from what is renewable."""
        return (e for e in self.under(Account.GENERATED) if family_of(e.made_from) == "renewable")

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
