"""Accounts of Viet Nam's emission trading by facility, in whole tonnes: Decree 06/2022 art. 19 as amended.

Only direct emissions count. Allowances are allocated by year, traded, borrowed from the next period, carried
over, surrendered; credits offset a share. What is short at the deadline is deducted from the next allocation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from parkzero import books
from parkzero.carbon.credits import Credits
from parkzero.carbon.rules import limit, quoted, refuse, whole, word
from parkzero.texts import say


@dataclass(slots=True)
class Account:
    """One facility in one period.

    Attributes:
        allocated: by year [t].
        direct: direct emissions by year [t].
        held: allowances that may be traded or surrendered [t].
        borrowed: of the next period; may only be surrendered [t].
        offset: by credits [t].
        surrendered: allowances handed in [t].
        carried: into the next period [t].
        cancelled: what was left after the deadline [t].
        short: what lacked at the close; deducted from the next allocation [t].
        owed: borrowed or short before, still to be deducted [t].
    """

    allocated: dict[int, int] = field(default_factory=dict)
    direct: dict[int, int] = field(default_factory=dict)
    held: int = 0
    borrowed: int = 0
    offset: int = 0
    surrendered: int = 0
    carried: int = 0
    cancelled: int = 0
    short: int = 0
    owed: int = 0

    @property
    def allocation(self) -> int:
        """Of the period [t]."""
        return sum(self.allocated.values())

    @property
    def due(self) -> int:
        """Direct emissions less what was surrendered and offset [t]."""
        return sum(self.direct.values()) - self.surrendered - self.offset


@dataclass(slots=True)
class Ets:
    """The register of allowances.

    Attributes:
        credits: where offsets come from.
        accounts: of the running period, by facility.
        past: of periods that were closed, with their facilities.
        allocated: all that was ever allocated, net of deductions [t].
        borrowed: all that was ever borrowed and not given back [t].
    """

    credits: Credits
    accounts: dict[str, Account] = field(default_factory=dict)
    past: list[tuple[str, Account]] = field(default_factory=list)
    allocated: int = 0
    borrowed: int = 0

    def allocate(self, fields: dict[str, Any], on: date) -> None:
        """Allowances of a year; what a facility owes is deducted."""
        account = self._open(fields)
        year, tonnes = whole(fields, "year", 2025), whole(fields, "tonnes")
        if year in account.allocated:
            raise refuse("year", say("is allocated already"), year)
        account.allocated[year] = tonnes
        deducted = min(account.owed, tonnes)
        account.owed -= deducted
        account.held += tonnes - deducted
        self.allocated += tonnes - deducted

    def emissions(self, fields: dict[str, Any], on: date) -> None:
        """Verified direct emissions of a year; indirect ones may be told and do not count."""
        account = self._open(fields)
        year = whole(fields, "year", 2025)
        if fields.get("scope", 1) != 1:
            raise refuse(
                "scope",
                say("is not counted: only direct emissions are"),
                fields["scope"],
                rule=quoted("ets.scope", on),
            )
        if year in account.direct and not fields.get("corrects"):
            raise refuse("year", say("is reported already: say corrects = true with a reason"), year)
        if fields.get("corrects"):
            word(fields, "reason")
        account.direct[year] = whole(fields, "direct", 0)

    def transfer(self, fields: dict[str, Any], on: date) -> None:
        """Allowances to another facility; borrowed ones stay."""
        account, tonnes = self._open(fields), whole(fields, "tonnes")
        other = self.accounts.setdefault(word(fields, "to"), Account())
        if tonnes > account.held:
            what = say("is more than the facility may trade")
            rule = (
                quoted("ets.borrowed_tradable", on)
                if account.borrowed
                else say("what is not held is not sold")
            )
            raise refuse("tonnes", what, tonnes, say("at most {most:g}", most=account.held), rule)
        account.held -= tonnes
        other.held += tonnes

    def borrow(self, fields: dict[str, Any], on: date) -> None:
        """Allowances of the next period, up to a share of this one's."""
        account, tonnes = self._open(fields), whole(fields, "tonnes")
        share, rule = limit("ets.borrow_limit", on)
        most = int(account.allocation * share / 100 + 1e-9)
        if account.borrowed + tonnes > most:
            raise refuse(
                "tonnes",
                say("is more than may be borrowed"),
                tonnes,
                say("at most {most:g}", most=most - account.borrowed),
                rule,
            )
        account.borrowed += tonnes
        account.owed += tonnes
        self.borrowed += tonnes

    def offset(self, fields: dict[str, Any], on: date) -> None:
        """A batch of credits against emissions: of an allowed vintage, up to a share of the allocation."""
        account, batch = self._open(fields), self.credits.held(fields, on)
        share, rule = limit("ets.offset_limit", on)
        most = int(account.allocation * share / 100 + 1e-9)
        first = date.fromisoformat(quoted_day("ets.offset_vintage", on))
        if batch.first < first:
            raise refuse(
                "batch",
                say("is of a vintage that does not count"),
                batch.first,
                rule=quoted("ets.offset_vintage", on),
            )
        if batch.owner != word(fields, "facility"):
            raise refuse("batch", say("is not the facility's own"), batch.owner)
        if account.offset + batch.tonnes > most:
            raise refuse(
                "batch",
                say("is more than may be offset"),
                batch.tonnes,
                say("at most {most:g}", most=most - account.offset),
                rule,
            )
        if batch.tonnes > account.due:
            raise refuse(
                "batch",
                say("is more than is due"),
                batch.tonnes,
                say("at most {most:g}", most=max(account.due, 0)),
            )
        self.credits.retire({"batch": fields["batch"], "purpose": "ets"}, on)
        account.offset += batch.tonnes

    def surrender(self, fields: dict[str, Any], on: date) -> None:
        """Hand in allowances: borrowed ones first, since they are good for nothing else."""
        account, tonnes = self._open(fields), whole(fields, "tonnes")
        if tonnes > account.held + account.borrowed:
            raise refuse(
                "tonnes",
                say("is more than the facility holds"),
                tonnes,
                say("at most {most:g}", most=account.held + account.borrowed),
            )
        if tonnes > account.due:
            raise refuse(
                "tonnes",
                say("is more than is due"),
                tonnes,
                say("at most {most:g}", most=max(account.due, 0)),
            )
        from_borrowed = min(tonnes, account.borrowed)
        account.borrowed -= from_borrowed
        account.held -= tonnes - from_borrowed
        account.surrendered += tonnes

    def carry_over(self, fields: dict[str, Any], on: date) -> None:
        """Keep allowances that are not needed; asked for until some days after the deadline."""
        account, tonnes = self._open(fields), whole(fields, "tonnes")
        if on > self.last_day(on):
            raise refuse(
                "day", say("is too late: what was left is cancelled"), on, rule=quoted("ets.carry_over", on)
            )
        if account.due > 0:
            raise refuse("tonnes", say("is due first"), account.due, rule=quoted("ets.shortfall", on))
        if tonnes > account.held:
            raise refuse(
                "tonnes",
                say("is more than the facility holds"),
                tonnes,
                say("at most {most:g}", most=account.held),
            )
        account.held -= tonnes
        account.carried += tonnes

    def close(self, fields: dict[str, Any], on: date) -> None:
        """The end of a period: what is short is owed, what is left is cancelled, what is carried goes on."""
        account = self._open(fields)
        if on <= self.last_day(on):
            raise refuse(
                "day", say("is before the end of the period"), on, say("after {day}", day=self.last_day(on))
            )
        account.short = max(account.due, 0)
        account.cancelled += account.held
        account.owed -= account.borrowed  # what was borrowed and not used goes back
        self.borrowed -= account.borrowed
        account.held = account.borrowed = 0
        name = word(fields, "facility")
        self.past.append((name, account))
        self.accounts[name] = Account(held=account.carried, owed=account.owed + account.short)

    @staticmethod
    def last_day(on: date) -> date:
        """Last day on which allowances may be carried over: some days after the deadline of surrender."""
        rows = books.shipped().statements["ets.surrender_deadline"]
        deadline = date.fromisoformat(rows[-1].text)
        days = books.find("ets.cancellation_days", min(max(on, date(2025, 8, 1)), date(2030, 12, 31)))
        return deadline + timedelta(days=int(days.value))

    def _open(self, fields: dict[str, Any]) -> Account:
        return self.accounts.setdefault(word(fields, "facility"), Account())

    def lost(self) -> int:
        """What accounts do not account for [t]: allocated and borrowed less what became of it; always 0."""
        running = sum(a.held + a.borrowed + a.carried for a in self.accounts.values())
        every = [*self.accounts.values(), *(account for _, account in self.past)]
        kept = running + sum(a.surrendered + a.cancelled for a in every)
        return self.allocated + self.borrowed - kept


def quoted_day(key: str, on: date) -> str:
    """The day that a rule in words names."""
    return books.statement(key, min(max(on, date(2025, 8, 1)), date(2030, 12, 31))).text.rsplit(" ", 1)[-1]
