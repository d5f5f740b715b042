"""What a component may say: size, flow, level, peak, yearly, rule, inject, book.

A ``Block`` is one asset in one operating year. It knows the year, the timeline and the shared design, so
that the component does not have to: a size is the sum of all cohorts that still stand, a series is averaged
where the timeline averages, a booking of a rate is integrated over the year by whoever reads it.

Rules:
    standing    of each size: what stands = what existed + the cohorts that still live
    most        of each size with a largest one: what stands <= the largest, in each milestone year
    least       of each size with a least one: a milestone builds at least the least, if it builds
    nothing     of each size with a least one: what is built <= the largest, if it builds, else 0
    circle      of each level, on mean days: what some days end with is what the days after them start with
    closing     of each level whose start or end is told: what it closes with = what its last step ends with
    end         of each level whose start or end is told: what it closes with >= what is told
    usable      of each size that fades: what can be used = what stands, less what its years have taken
    pace        of each size with a largest roll-out: a milestone builds no more than the years since the last
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from scipy import sparse

from parkzero.errors import Fault, Place, StudyError, UnitError
from parkzero.language.accounts import Account, Family
from parkzero.language.carriers import CARRIERS
from parkzero.language.fields import ByYear, Profile, Size
from parkzero.language.ledger import OWN, Entry, Ledger, Limit
from parkzero.language.site import Asset, Bus, Site
from parkzero.language.values import FIRST_YEAR, LAST_YEAR
from parkzero.lp.expr import OPERATION, Each, Expr, Relation, Term, add_all, as_expr, below_one_another
from parkzero.lp.model import Model, rows_of
from parkzero.lp.series import Series
from parkzero.texts import Text, say
from parkzero.timeline import Timeline
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, H, Quantity, Unit

Known = TypeVar("Known")

Stay = tuple[int, int]
"""First year in which somebody is there, and the first in which they are there no more."""
ALWAYS: Stay = (FIRST_YEAR, LAST_YEAR)

# The rule of a size that no more than its largest stands, within its asset: ``size.most``.
MOST = "most"


@dataclass(frozen=True, slots=True)
class Milestones:
    """The milestone years of a plan.

    Attributes:
        years: milestone years, ascending.
        rate: real discount rate per year.
        spans: years for which each milestone stands.
        weights: discounted sum of the years that each milestone stands for.
    """

    years: tuple[int, ...]
    rate: float
    spans: tuple[float, ...]
    weights: tuple[float, ...]

    def annuity(self, lifetime: float) -> float:
        """Yearly share of an investment that pays it back over its life at the discount rate."""
        if self.rate == 0:
            return 1 / lifetime
        grown: float = (1 + self.rate) ** lifetime
        return self.rate * grown / (grown - 1)


@dataclass(frozen=True, slots=True)
class Cohorts:
    """What may be built of one size, for the tables of results.

    Attributes:
        asset, name: whose size it is.
        unit: its unit.
        builds: name of its block of design columns, one column for each milestone year.
        unit_size: size of one unit where only whole units are built, else 1.
        lifetime: years.
        existing: what stands already.
        existing_until: year in which that is retired.
        prices: investment in each milestone year [money / unit].
        stays: first year in which its owner is there, and the first in which it is there no more.
    """

    asset: str
    owner: str
    name: str
    unit: Unit
    builds: str
    unit_size: float
    lifetime: float
    existing: float
    existing_until: int
    prices: tuple[float, ...] = ()
    stays: Stay = ALWAYS

    def lives(self, built: int, year: int) -> bool:
        """Whether what one year builds stands in another."""
        return built <= year < built + self.lifetime and self.stays[0] <= year < self.stays[1]

    def old(self, year: int) -> float:
        """What stands in a year of what there is already."""
        there = year < self.existing_until and self.stays[0] <= year < self.stays[1]
        return self.existing if there else 0.0


@dataclass(frozen=True, slots=True)
class Penalties:
    """Prices of what a valid plan must not contain.

    Attributes:
        unserved: [money/MWh].
        excess: [money/t].
    """

    unserved: float
    excess: float


@dataclass(slots=True)
class Shared:
    """What all years of a plan share: the design model and the record of sizes."""

    milestones: Milestones
    penalties: Penalties
    design: Model
    cohorts: dict[str, Cohorts] = field(default_factory=dict)


@dataclass(slots=True)
class Year:
    """One operating year while it is being built."""

    year: int
    timeline: Timeline
    model: Model
    ledger: Ledger = field(default_factory=Ledger)
    injections: dict[str, list[tuple[str, Expr]]] = field(default_factory=dict)
    flows: list[tuple[str, str, Unit]] = field(default_factory=list)
    unknown: dict[str, Fault] = field(default_factory=dict)
    site: Site = field(default_factory=Site)
    gone: set[str] = field(default_factory=set)
    absent: Year | None = None
    """The same year as those see it who are not there in it: their sizes are of the same design."""


@dataclass(frozen=True, slots=True)
class Level:
    """A stored amount: at the end of each step, before it, and wherever it must keep within limits."""

    end: Expr
    before: Expr
    everywhere: Expr


@dataclass(frozen=True, slots=True)
class Turn:
    """What a level holds where the calendar begins and ends.

    Attributes:
        begin: before the first step; None where it is what it ends with.
        end: at least, after the last step.
        shortage: price of what is missing at the end, in prices of unserved electricity.
    """

    begin: Expr | None
    end: Expr
    shortage: float = 1.0


@dataclass(slots=True)
class Block:
    """One asset in one year."""

    shared: Shared
    context: Year
    asset: str
    owner: str
    payee: str = ""
    stays: Stay = ALWAYS

    @property
    def step(self) -> Quantity:
        """Length of a step [h]."""
        return Quantity(self.context.timeline.hours, H)

    def at(self, path: ByYear | Quantity) -> Quantity:
        """The value of a path in this year."""
        return path.at(self.context.year) if isinstance(path, ByYear) else path

    def series(self, profile: Profile) -> Series:
        """A profile over this year's steps.

        Raises:
            StudyError: when it has not one finite number for each real step.
        """
        raw = profile.at(self.context.year)
        values = np.asarray(raw.value, dtype=np.float64)
        steps = self.context.timeline.calendar.steps
        where = Place(field=self.asset)
        if values.shape != (steps,):
            raise StudyError(
                [
                    Fault(
                        where,
                        say("has a series of another length"),
                        say("{size} values", size=values.size),
                        say("{steps}", steps=steps),
                    )
                ]
            )
        if not np.isfinite(values).all():
            first = int(np.argmin(np.isfinite(values)))
            what = say("has a series with a value that is no number")
            raise StudyError(
                [
                    Fault(
                        where,
                        what,
                        say("{values} in step {first}", values=values[first], first=first + 1),
                        say("finite numbers"),
                    )
                ]
            )
        return self._series(values, raw.unit)

    def priced(self, flow: Expr, price: ByYear | Profile) -> Expr:
        """A flow times its price, one for the year or one for each step."""
        return flow * self.at(price) if isinstance(price, ByYear) else self.series(price).times(flow)

    def _series(self, raw: FloatArray, unit: Unit) -> Series:
        mean, low, high = self.context.timeline.averaged(raw)
        model = self.context.model
        excess = self.context.timeline.excess(raw, mean)
        product = partial(model.enclose, of=self.asset)
        return Series(mean, low, high, excess, unit, product, model.multipliers)

    def flow(self, name: str, unit: Unit = MW, upper: float = np.inf, lower: float = 0.0) -> Expr:
        """A variable for each step, of zero or more unless it may be lower."""
        timeline = self.context.timeline
        self.context.flows.append((self.asset, name, unit))
        return self._columns(name, timeline.steps, unit, Each.STEP, lower=lower, upper=upper)

    def switch(self, name: str) -> Expr:
        """A yes or no for each step; relaxed to between 0 and 1 on mean days."""
        timeline = self.context.timeline
        self.context.flows.append((self.asset, name, ONE))
        return self._columns(name, timeline.steps, ONE, Each.STEP, upper=1.0, whole=not timeline.relaxed)

    def _columns(
        self,
        name: str,
        count: int,
        unit: Unit,
        each: Each,
        *,
        lower: float | FloatArray = 0.0,
        upper: float | FloatArray = np.inf,
        whole: bool = False,
    ) -> Expr:
        """A block of the asset's columns in this year."""
        space = self.context.model.operation
        return space.add(name, count, unit, lower, upper, whole, asset=self.asset, each=each)

    def level(self, name: str, unit: Unit = MWH, turn: Turn | None = None) -> Level:
        """A stored amount of zero or more; the year is a circle, unless its start or end is told.

        On mean days each chain of steps starts at a free level, and what some chains end with is what those
        that follow them start with, summed over their days (see ``Timeline.passages``). Where the level was
        measured before the first step, it starts at that, and what it ends with counts at its worth.
        """
        timeline = self.context.timeline
        stock = self._told(name, say("its level, measured at the beginning"), timeline.stock)
        free, count = timeline.starts, timeline.steps + timeline.starts
        self.context.flows.append((self.asset, name, unit))
        low, high = np.zeros(count), np.full(count, np.inf)
        if stock is not None:
            low[timeline.lasts], low[-1], high[-1] = stock.least, stock.start, stock.start
        each = Each.LEVEL if free else Each.STEP
        columns = self._columns(name, count, unit, each, lower=low, upper=high)
        (term,) = columns.terms
        ends, befores = term.cols[: timeline.steps], term.cols[timeline.before]
        end = Expr(timeline.steps, (Term(OPERATION, ends, 1.0),), unit, each=Each.STEP)
        before = Expr(timeline.steps, (Term(OPERATION, befores, 1.0),), unit, each=Each.STEP)
        # What is measured wins over what the year was planned to begin with.
        known = turn if timeline.complete else None
        closing = self._closing(name, end, known) if known is not None else None
        begin = known.begin if known is not None else None
        if begin is not None and not free:
            before = _with_first(before, begin)
        if stock is not None and stock.value:
            used = Expr(1, (Term(OPERATION, term.cols[timeline.lasts], -1.0),), unit)
            used += Quantity(stock.start, unit)
            self.book(Account.STOCK, used * Quantity(stock.value, MONEY / unit), name)
        if timeline.passages is not None:
            cols = np.concatenate([term.cols[timeline.lasts], term.cols[timeline.steps :]])
            coef = np.concatenate([timeline.sizes, -timeline.sizes])
            passages, into, out_of = timeline.passages
            rows = np.concatenate([into, out_of])
            gained = Expr(passages, (Term(OPERATION, cols, coef, rows),), unit, each=Each.PASSAGE)
            if begin is not None and closing is not None:
                gained -= _in_row(closing - begin, timeline.turn, passages)
            self.rule(f"{name}.circle", gained == Quantity(0.0, unit), defines=True)
        return Level(end, before, columns)

    def _closing(self, name: str, end: Expr, turn: Turn) -> Expr:
        """What a level ends the calendar with: at least what is told, or it counts as unserved.

        On days apart from one another it is known only through the passages; that leaves a bound true.
        """
        unit, timeline = end.unit, self.context.timeline
        closing, short = self.yearly(f"{name}.closing", unit), self.yearly("short", unit)
        price = Quantity(self.penalties.unserved * turn.shortage, MONEY / unit)
        self.book(Account.SLACK, short * price, "short")
        if not timeline.starts:
            last = rows_of(end, timeline.lasts)
            self.rule(f"{name}.closing", closing == Expr(1, last.terms, unit), defines=True)
        self.rule(f"{name}.end", closing + short >= turn.end)
        return closing

    def turn(self, size: Expr, start: Quantity | None, end: Quantity | None, bus: str) -> Turn | None:
        """What a store holds when the calendar begins, and when it ends: shares of a size; None where untold.

        With a start alone it ends with at least that; with an end alone the year stays a circle.
        """
        least = start if end is None else end
        if least is None:
            return None
        shortage = self.context.site.carrier(bus).shortage if bus in self.context.site.buses else 1.0
        return Turn(None if start is None else size * start, size * least, shortage)

    def _told(self, name: str, what: Text, ask: Callable[[str], Known]) -> Known | None:
        """What the timeline knows of something of this asset; a fault of the year where it had to know."""
        key = f"{self.asset}.{name}"
        try:
            return ask(key)
        except LookupError:
            fault = Fault(Place(field=key), say("is not known at the beginning"), needs=what)
            self.context.unknown[key] = fault
            return None

    def yearly(self, name: str, unit: Unit, upper: float = np.inf) -> Expr:
        """One variable of zero or more for the year."""
        return self._columns(name, 1, unit, Each.YEAR, upper=upper)

    def peak(self, name: str, flow: Expr, minutes: int) -> Expr:
        """The highest mean of ``flow`` over intervals of ``minutes`` in each billing month, shape [months].

        Where steps are longer than the interval, the step's mean is the best there is (and lower than the
        meter's). A mean day may not exceed the mean of its months' peaks (``peak.mean``).

        Raises:
            StudyError: when the interval is longer than a step, but not a number of whole steps.
        """
        timeline = self.context.timeline
        step = timeline.calendar.minutes
        if minutes > step and minutes % step:
            where, needs = Place(field=self.asset), say("an interval of whole steps of {step} min", step=step)
            raise StudyError(
                [
                    Fault(
                        where,
                        say("meters its peak over a part of a step"),
                        say("{minutes} min", minutes=minutes),
                        needs,
                    )
                ]
            )
        least = self.measured(name)
        peak = self._columns(name, len(timeline.months), flow.unit, Each.MONTH, lower=least)
        window = max(1, minutes // step)
        measured, shares = windowed(flow, window), timeline.month_shares[::window]
        most = _in_shares(peak, shares)
        if shares.nnz > shares.shape[0]:
            # One column for a mean day: else each of its steps would name all of its months.
            days, per_day = self._days, timeline.calendar.per_day
            mean = self._columns(f"{name}.mean", days, flow.unit, Each.DAY)
            by_day = _in_shares(peak, timeline.month_shares[::per_day])
            of_days = Expr(days, by_day.terms, flow.unit, each=Each.DAY)
            self.rule(f"{name}.mean", mean <= of_days)
            whose = sparse.eye_array(days, format="csr")[np.repeat(np.arange(days), per_day // window)]
            most = _in_shares(mean, sparse.csr_array(whose))
        self.rule(f"{name}.measured", measured <= most)
        return peak

    def measured(self, peak: str) -> FloatArray:
        """What each month had measured of a peak before the first step, shape [months]; usually nothing."""
        told = self._told(peak, say("its highest power of the month so far"), self.context.timeline.billed)
        return np.zeros(len(self.context.timeline.months)) if told is None else told

    def monthly(self, name: str, unit: Unit) -> Expr:
        """One variable of zero or more for each billing month, shape [months]."""
        months = len(self.context.timeline.months)
        return self._columns(name, months, unit, Each.MONTH)

    def daily(self, name: str, unit: Unit, upper: float = np.inf) -> Expr:
        """One variable of zero or more for each day, shape [days]; on mean days one for each of these."""
        return self._columns(name, self._days, unit, Each.DAY, upper=upper)

    @property
    def days(self) -> float:
        """Days of a year that the timeline stands for: also where a part of one stands for it."""
        timeline = self.context.timeline
        return float(timeline.weights.sum() * timeline.hours / 24)

    @property
    def _days(self) -> int:
        timeline = self.context.timeline
        return timeline.steps // timeline.calendar.per_day

    def by_day(self, rate: Expr) -> Expr:
        """Each day's total of a rate, shape [days]; of mean days, the mean of their days' totals."""
        timeline = self.context.timeline
        hours = Quantity(timeline.calendar.per_day * timeline.hours, H)
        found = windowed(rate.spread(timeline.steps, Each.STEP), timeline.calendar.per_day) * hours
        return Expr(found.rows, found.terms, found.unit, found.constant, Each.DAY)

    def all_day(self, daily: Expr) -> Expr:
        """What is one for each day in each of its steps, shape [steps]."""
        per_day, terms = self.context.timeline.calendar.per_day, []
        within = np.arange(per_day, dtype=np.int32)
        for term in daily.terms:
            days = np.arange(daily.rows, dtype=np.int32) if term.rows is None else term.rows
            rows = np.add.outer(days * np.int32(per_day), within).ravel()
            terms.append(
                Term(term.stage, np.repeat(term.cols, per_day), np.repeat(term.values(), per_day), rows)
            )
        constant = np.repeat(np.broadcast_to(daily.constant, (daily.rows,)), per_day)
        return Expr(self.context.timeline.steps, tuple(terms), daily.unit, constant, Each.STEP)

    def of_days(self, daily: Expr) -> Expr:
        """The year's sum of what is one for each day."""
        weights = self.context.timeline.weights[:: self.context.timeline.calendar.per_day]
        return daily.total(weights, daily.unit)

    def each_step(self, monthly: FloatArray, unit: Unit = ONE) -> Series:
        """Twelve monthly values as a series over the steps."""
        calendar = self.context.timeline.calendar
        return self._series(np.repeat(monthly[calendar.day_months], calendar.per_day), unit)

    def months(self, monthly: FloatArray) -> FloatArray:
        """Of twelve monthly values those of the billing months that occur, times the bills each stands for.

        A part of a year that stands for all of it stands for twelve bills, however few days it has.
        """
        timeline = self.context.timeline
        return monthly[timeline.months] * timeline.bills

    def rule(self, name: str, relation: Relation, *, defines: bool = False) -> None:
        """Rows that must hold; ``defines`` says that they only define what others speak of."""
        self.context.model.rule(name, relation, asset=self.asset, defines=defines)

    def limit(
        self,
        name: str,
        value: Expr,
        limit: Expr | Quantity,
        family: Family,
        *,
        least: bool = False,
        short: Expr | None = None,
    ) -> None:
        """A limit on the year: the rule, and both sides of it for whoever tells of it.

        Where the timeline does not stand for a year, what is left of the limit takes its place: the limit
        less what was reached before the first step. A limit that moves with what happens goes on moving.

        Args:
            name: of the rule.
            value: what is limited, as a scalar of the year.
            limit: its limit.
            family: what it counts.
            least: whether the value must not be below the limit.
            short: what of the limit may be broken, at a price that no valid plan pays.
        """
        bound = as_expr(limit, value.unit)
        timeline = self.context.timeline
        if not timeline.complete:
            what = say("what is left of it in the year [{unit}]", unit=value.unit)
            left = self._told(name, what, timeline.left) or 0.0
            moving = tuple(term for term in bound.terms if term.stage == OPERATION)
            bound = Expr(bound.rows, moving, bound.unit, left)
        self.context.ledger.limits.append(Limit(self.asset, name, family, value, bound, least))
        if least:
            self.rule(name, (value if short is None else value + short) >= bound)
        else:
            self.rule(name, (value if short is None else value - short) <= bound)

    def tell(self, value: Expr, family: Family, price: Quantity | None = None) -> None:
        """Tell what is reached of something that has no limit, or that has a price."""
        self.context.ledger.limits.append(Limit(self.asset, "", family, value, price=price))

    def bus(self, name: str) -> Bus:
        """A bus: its carrier, temperature [degC] and pressure [bar].

        Raises:
            StudyError: when there is none of that name.
        """
        if name not in self.context.site.buses:
            raise StudyError([Fault(Place(field=self.asset), say("names a bus that does not exist"), name)])
        return self.context.site.buses[name]

    def rate(self, bus: str) -> Unit:
        """Unit of what flows into a bus, such as MW, t/h or m³/h."""
        return self.context.site.rate(bus)

    def other(self, name: str) -> Asset:
        """Another asset, by the name that a field holds.

        Raises:
            StudyError: when there is none of that name.
        """
        if name not in self.context.site.assets:
            raise StudyError(
                [Fault(Place(field=self.asset), say("names an asset that does not exist"), name)]
            )
        return self.context.site.assets[name]

    def others(self, trait: str) -> list[Asset]:
        """All assets of kinds with a trait, in the order of the study."""
        return [asset for asset in self.context.site.assets.values() if trait in asset.traits]

    def on_behalf_of(self, asset: str) -> Block:
        """The block of another asset in the same year, for what says rules over several at once."""
        other = self.other(asset)
        return replace(self, asset=other.name, owner=other.owner)

    def of(self, asset: str, field: str) -> Any:  # noqa: ANN401  fields of another kind have any type
        """A field of another asset, such as the ``load`` of a demand."""
        return getattr(self.other(asset), field)

    def of_others(self, asset: str, name: str) -> Expr:
        """A flow, level or other variable of another asset, for ``settle``; of a size what stands of it.

        Raises:
            StudyError: when that asset has no variable of that name.
        """
        blocks = self.context.model.operation.blocks
        for known in (f"{asset}.{name}.standing", f"{asset}.{name}"):
            if known in blocks:
                return self.context.model.operation.expr(known)
            if self.context.absent is not None and known in self.context.absent.model.operation.blocks:
                there = self.context.absent.model.operation.expr(known)
                return Expr(there.rows, (), there.unit, each=there.each)  # nobody is there to use it
        raise StudyError(
            [
                Fault(
                    Place(field=self.asset),
                    say("asks for {name}, which {asset} does not have", name=name, asset=asset),
                )
            ]
        )

    def inject(self, bus: str, expr: Expr) -> None:
        """What flows into a bus, in the unit of its carrier's rate."""
        if expr.unit != self.rate(bus):
            raise UnitError(f"{self.asset} injects {expr.unit} into {bus}, which takes {self.rate(bus)}")
        spread = expr.spread(self.context.timeline.steps, Each.STEP)
        self.context.injections.setdefault(bus, []).append((self.asset, spread))

    def book(
        self,
        account: Account,
        expr: Expr,
        label: str = "",
        *,
        bus: str = "",
        payee: str = "",
        made_from: str = "",
        owner: str | None = None,
    ) -> None:
        """Book a rate over the steps (unit per hour) or a scalar for the year under an account.

        What is paid to an actor within the plan is booked to it as well, and leaves the sum of all alone; so
        do green attributes, which go the other way.

        Args:
            account: where it goes.
            expr: what is paid, generated, emitted.
            label: what it is for, within the asset.
            bus: the bus that it concerns.
            payee: the actor that is paid; by default the one that the account usually goes to.
            made_from: what it is made from, where it is generated or bought.
            owner: who bears it, where that is not the asset's own.
        """
        hourly = expr.rows > 1 or expr.unit == account.unit / H
        if hourly:
            expr = expr.spread(self.context.timeline.steps, Each.STEP)
        usual = self.payee if self.payee and account.payee and account != Account.SLACK else account.payee
        entry = Entry(
            self.asset, self.owner if owner is None else owner, account, label or account.id, expr, hourly,
            payee or usual, bus, made_from,
        )  # fmt: skip
        self.context.ledger.book(entry)
        handed_on = account.family == "cost" or account == Account.ATTRIBUTES
        if handed_on and self.context.site.within(entry.payee):
            self.context.ledger.book(entry.seen_by_payee())

    def constant(self, value: Quantity) -> Expr:
        """A number as a scalar of the year."""
        return Expr(1, (), value.unit, float(value.value))

    def injected(self, asset: str, bus: str) -> Expr:
        """What another asset gives to a bus, less what it takes there, for ``settle``."""
        timeline = self.context.timeline
        parts = [expr for name, expr in self.context.injections.get(bus, []) if name == asset]
        return add_all(parts, timeline.steps, self.rate(bus), Each.STEP)

    def is_there(self, asset: str) -> bool:
        """Whether another asset is there in this year; it comes and goes with its owner."""
        return asset not in self.context.gone

    def existing(self, name: str) -> float:
        """What stands in this year of what there is already of one of its sizes, in that size's unit."""
        return self.shared.cohorts[f"{self.asset}.{name}"].old(self.context.year)

    def books(self, account: Account, asset: str) -> bool:
        """Whether an asset has booked a rate under an account."""
        return any(e.asset == asset and e.hourly for e in self.context.ledger.under(account))

    def booked(self, account: Account, owner: str | None = None, asset: str | None = None) -> Expr:
        """What has been booked under an account as a rate over the steps, for ``settle``."""
        timeline = self.context.timeline
        parts = [
            e.expr
            for e in self.context.ledger.under(account)
            if e.hourly and (owner is None or e.owner == owner) and (asset is None or e.asset == asset)
        ]
        return add_all(parts, timeline.steps, account.unit / H, Each.STEP)

    def renewable(self, owner: str | None = None) -> Expr:
        """Electricity that is generated from what is renewable, as a rate over the steps, for ``settle``."""
        found = self.context.ledger.renewable()
        parts = [e.expr for e in found if e.hourly and (owner is None or e.owner == owner)]
        return add_all(parts, self.context.timeline.steps, MW, Each.STEP)

    def traded_attributes(self) -> Expr:
        """Green attributes that contracts bring, less those that go, as a rate, for ``settle``."""
        traded = (e for e in self.context.ledger.under(Account.ATTRIBUTES) if e.hourly and e.label != OWN)
        parts = [entry.expr for entry in traded]
        return add_all(parts, self.context.timeline.steps, MW, Each.STEP)

    def made_from(self, bus: str) -> str:
        """What the fuel of a bus is made from, as those who feed it say; "other" where nobody does."""
        return self.context.site.made_from(bus)

    def shortfall(self, name: str, unit: Unit, price: float) -> Expr:
        """What a valid plan leaves at zero: unserved demand (for each step) or an excess over a limit.

        It keeps every trial plan operable, at a price that no valid plan pays; results with any of it are
        reported as infeasible, with place and time.
        """
        hourly = unit == MW
        amount = self.flow(name) if hourly else self.yearly(name, unit)
        charge = Quantity(price, MONEY / (MWH if hourly else unit))
        self.book(Account.SLACK, amount * charge, name)
        return amount

    def unserved(self, bus: str, name: str = "unserved") -> Expr:
        """What of a demand at a bus is not served, for each step; zero in every valid plan."""
        known = bus in self.context.site.buses  # the assembly refuses one that is not
        carrier = self.context.site.carrier(bus) if known else CARRIERS["electricity"]
        if not carrier.unserved:
            return Expr(self.context.timeline.steps, (), carrier.rate, 0.0, Each.STEP)
        amount = self.flow(name, carrier.rate)
        price = self.penalties.unserved * carrier.shortage
        self.book(Account.SLACK, amount * Quantity(price, carrier.price), name, bus=bus)
        return amount

    @property
    def penalties(self) -> Penalties:
        """Prices of what a valid plan must not contain."""
        return self.shared.penalties

    def allowance(self, name: str, unit: Unit, total: Quantity) -> Expr:
        """This year's part of a total over all years; how it is shared out is a decision of the design.

        Each milestone year counts as many times as the years for which it stands.
        """
        milestones, key = self.shared.milestones, f"{self.asset}.{name}"
        if key not in self.shared.design.design.blocks:
            parts = self.shared.design.design.add(name, len(milestones.years), unit, asset=self.asset)
            spent = parts.total(np.array(milestones.spans), unit)
            self.shared.design.rule(f"{name}.total", spent <= total, asset=self.asset, each=Each.ONCE)
        picked = np.array([float(y == self.context.year) for y in milestones.years])
        return self.shared.design.design.expr(key).total(picked, unit)

    def usable(self, name: str, fade: float) -> Expr:
        """What of a size can be used in this year, where each cohort loses a share of itself every year.

        A cohort has lost ``fade`` times its age, halfway through the years that this one stands for; what
        exists is told as it is now, and fades from the first milestone on.
        """
        key, year, milestones = f"{self.asset}.{name}", self.context.year, self.shared.milestones
        cohorts = self.shared.cohorts[key]
        halfway = (
            (milestones.spans[milestones.years.index(year)] - 1.0) / 2 if year in milestones.years else 0.0
        )
        ages = np.array([max(year - v, 0) + halfway for v in milestones.years])
        left = np.maximum(0.0, 1.0 - fade * ages)
        builds = self.shared.design.design.expr(key)
        stands = cohorts.existing * left[0] if year < cohorts.existing_until else 0.0
        made = builds.total(self._alive(key, year) * cohorts.unit_size * left, cohorts.unit)
        column = self._columns(f"{name}.usable", 1, cohorts.unit, Each.YEAR, lower=-np.inf)
        self.rule(f"{name}.usable", column == made + Quantity(stands, cohorts.unit), defines=True)
        return column

    def pace(self, name: str, most: Quantity) -> None:
        """A milestone builds no more of a size than so much a year times the years since the last.

        The first milestone builds what one year does.
        """
        key, rule = f"{self.asset}.{name}", f"{name}.pace"
        years, cohorts = self.shared.milestones.years, self.shared.cohorts[key]
        if f"{self.asset}.{rule}" in self.shared.design.rules:
            return
        gaps = np.diff(np.array(years, dtype=np.float64), prepend=years[0] - 1.0)
        built = self.shared.design.design.expr(key) * cohorts.unit_size
        allowed = Expr(len(years), (), cohorts.unit, gaps * float(most.value))
        self.shared.design.rule(
            rule, Expr(built.rows, built.terms, cohorts.unit) <= allowed, asset=self.asset
        )

    def covered(self, path: ByYear) -> bool:
        """Whether a path that need not cover all years has a value for this one."""
        return path.covers(self.context.year)

    def yearly_booked(self, account: Account, asset: str | None = None) -> Expr:
        """What has been booked under an account as scalars for the year, for ``settle``."""
        found = [
            e.expr
            for e in self.context.ledger.under(account)
            if not e.hourly and (asset is None or e.asset == asset)
        ]
        return add_all(found, 1, account.unit)

    def total(self, rate: Expr) -> Expr:
        """The year's total of a rate: MW become MWh."""
        return integrate(rate, self.context.timeline)

    def size(self, name: str, size: Size, unit: Unit = MW) -> Expr:
        """What stands of a size in this year, as a scalar; its yearly cost is booked here.

        Each milestone year may build a cohort; a cohort built in year v stands while
        ``v <= year < v + lifetime``. Vintages are pooled: they share the hourly variables of the asset.
        The yearly cost of a cohort is ``capex(v) * annuity + upkeep`` while it stands.

        Raises:
            UnitError: when its costs are those of another unit.
            ValueError: when a milestone in which it may be built has no cost.
        """
        key = f"{self.asset}.{name}"
        if not size.fits(unit):
            raise UnitError(f"{key} costs {size.cost_unit()}, but its size is in {unit}")
        if key not in self.shared.cohorts:
            self._design(name, size, unit)
        # One column for what stands keeps hourly rows free of cohorts: sparser, and one dual prices the size.
        standing = self._columns(f"{name}.standing", 1, unit, Each.YEAR, lower=-np.inf)
        self.rule(f"{name}.standing", standing == self._standing(key, self.context.year), defines=True)
        self._book_size(key, name, size)
        return standing

    def largest(self, name: str, size: Size) -> Quantity:
        """The largest that can ever stand of a size, for a switch, which would forbid nothing without one.

        Raises:
            StudyError: when nothing limits it.
        """
        if size.largest is None:
            where, needs = Place(field=f"{self.asset}.{name}.max"), say("the largest that may stand")
            raise StudyError([Fault(where, say("is missing, but a switch cuts what stands"), needs=needs)])
        return size.largest

    def _design(self, name: str, size: Size, unit: Unit) -> None:
        """The design's columns of a size: what each milestone year may build."""
        years, key = self.shared.milestones.years, f"{self.asset}.{name}"
        whole = size.unit is not None
        unit_size = 1.0 if size.unit is None else float(size.unit.value)
        begin, end = max(size.first, self.stays[0]), self.stays[1]
        allowed = np.array([np.inf if begin <= y < end else 0.0 for y in years])
        for most in (size.max_each, size.max):
            if most is not None:
                allowed = np.minimum(allowed, float(most.value))
        upper = np.floor(allowed / unit_size + 1e-9) if whole else allowed
        lower = np.zeros(len(years))
        if size.decided is not None:
            lower = upper = np.minimum([size.decided.get(y, 0.0) for y in years], upper)
        free = whole and size.decided is None
        self.shared.design.design.add(name, len(years), unit, lower, upper, free, asset=self.asset)
        kept = 0.0 if size.existing is None else float(size.existing.value)
        self.shared.cohorts[key] = Cohorts(
            self.asset, self.owner, name, unit, key, unit_size, size.years_of_life, kept, size.existing_until,
            tuple(size.price(years).tolist()), self.stays,
        )  # fmt: skip
        if size.max is not None:
            self._at_most(name, size.max)
        if size.min is not None:
            self._at_least(name, size, allowed, unit_size)

    def _at_least(self, name: str, size: Size, allowed: FloatArray, unit_size: float) -> None:
        """A milestone builds at least the smallest size that is sensible, or nothing.

        Raises:
            StudyError: when nothing limits the size: then "nothing" could not be told.
        """
        if np.isinf(allowed).any() or size.min is None:
            where, needs = Place(field=f"{self.asset}.{name}.max"), say("the largest that may stand")
            raise StudyError([Fault(where, say("is missing beside min"), needs=needs)])
        design, least = self.shared.design.design, float(size.min.value)
        built = design.expr(f"{self.asset}.{name}")
        may = (allowed >= least).astype(np.float64)
        chosen = design.add(f"{name}.chosen", len(may), ONE, 0.0, may, True, asset=self.asset)
        amount, unit = built * unit_size, built.unit
        self.shared.design.rule(f"{name}.least", amount >= chosen * Quantity(least, unit), asset=self.asset)
        limited = amount <= chosen.scaled(np.where(may > 0, allowed, 0.0), unit)
        self.shared.design.rule(f"{name}.nothing", limited, asset=self.asset)

    def _alive(self, key: str, year: int) -> FloatArray:
        cohorts = self.shared.cohorts[key]
        return np.array([float(cohorts.lives(v, year)) for v in self.shared.milestones.years])

    def standing(self, size: str, year: int, asset: str = "") -> Expr:
        """What stands of a size in a milestone year, of this asset or of another that is built."""
        return self._standing(f"{asset or self.asset}.{size}", year)

    def _standing(self, key: str, year: int) -> Expr:
        cohorts = self.shared.cohorts[key]
        builds = self.shared.design.design.expr(key)
        stands = cohorts.old(year)
        built = builds.total(self._alive(key, year) * cohorts.unit_size, cohorts.unit)
        return built + Quantity(stands, cohorts.unit)

    def stands_together(self, name: str, uses: Mapping[str, Quantity], most: ByYear) -> None:
        """A limit on what several sizes of other assets take together, in the years that it covers.

        Args:
            name: of the rule, which is one of the design.
            uses: what a unit of each size ``asset.size`` takes.
            most: the limit.
        """

        def taken(year: int) -> Expr:
            return add_all([self._standing(key, year) * use for key, use in uses.items()], 1, most.unit)

        self._each_milestone(name, taken, most)

    def invests_together(self, name: str, most: ByYear, owner: str | None = None) -> None:
        """A limit on the investment of each milestone year that it covers, of all owners or of one."""
        years = self.shared.milestones.years
        kept = [c for c in self.shared.cohorts.values() if owner is None or c.owner == owner]

        def invested(year: int) -> Expr:
            now = np.array([float(v == year) for v in years])
            parts = [
                self.shared.design.design.expr(c.builds).total(now * np.array(c.prices) * c.unit_size, MONEY)
                for c in kept
            ]
            return add_all(parts, 1, MONEY)

        self._each_milestone(name, invested, most)

    def decided(self, name: str, unit: Unit, most: float, whole: bool = True) -> Expr:
        """What the design decides for each milestone year, this year's as a scalar.

        Such as how many vehicles of a kind do a duty: operation then has no whole numbers, and years can be
        operated apart. So is what all hours name: a column of the year in their rows would tie them all.
        """
        years, design = self.shared.milestones.years, self.shared.design.design
        if f"{self.asset}.{name}" not in design.blocks:
            there = np.array([float(self.stays[0] <= y < self.stays[1]) for y in years])
            upper = (np.floor(most + 1e-9) if whole else most) * there
            design.add(name, len(years), unit, 0.0, upper, whole, asset=self.asset)
        return self.decided_in(self.context.year, name)

    def decided_in(self, year: int, name: str, asset: str = "") -> Expr:
        """What the design decides for a milestone year, of this asset or another that was built before."""
        picked = np.array([float(y == year) for y in self.shared.milestones.years])
        block = self.shared.design.design.expr(f"{asset or self.asset}.{name}")
        return block.total(picked, block.unit)

    def rule_of_design(self, name: str, left_over: Callable[[int], Expr]) -> None:
        """A rule of the design: in each milestone year that it is there, zero or more is left over."""
        if f"{self.asset}.{name}" in self.shared.design.rules:
            return
        parts = [left_over(year) for year in self.shared.milestones.years]
        away = [not self.stays[0] <= year < self.stays[1] for year in self.shared.milestones.years]
        parts = [Expr(1, (), part.unit) if gone else part for part, gone in zip(parts, away, strict=True)]
        rows = below_one_another(parts, parts[0].unit, Each.YEAR)
        self.shared.design.rule(name, rows >= Quantity(0.0, parts[0].unit), asset=self.asset)

    def _each_milestone(self, name: str, taken: Callable[[int], Expr], most: ByYear) -> None:
        parts = [
            taken(year) - most.at(year) if most.covers(year) else Expr(1, (), most.unit)
            for year in self.shared.milestones.years
        ]
        limited = below_one_another(parts, most.unit, Each.YEAR) <= 0
        self.shared.design.rule(name, limited, asset=self.asset)

    def once_per_unit(self, asset: str, size: str, price: ByYear) -> Expr:
        """Yearly share of what is paid once for each unit of another's size that is built [money].

        It is spread over the life of what is built, as the investment is; years that the price does not cover
        are paid nothing.
        """
        key, years = f"{asset}.{size}", self.shared.milestones.years
        cohorts = self.shared.cohorts[key]
        paid = np.array([float(price.at(v).value) if price.covers(v) else 0.0 for v in years])
        share = self._alive(key, self.context.year) * cohorts.unit_size * paid
        return self.shared.design.design.expr(key).total(
            share * self.shared.milestones.annuity(cohorts.lifetime), MONEY
        )

    @property
    def complete(self) -> bool:
        """Whether what is modelled stands for a year, so that yearly payments count."""
        return self.context.timeline.complete

    def _at_most(self, name: str, most: Quantity) -> None:
        stands = [self._standing(f"{self.asset}.{name}", year) for year in self.shared.milestones.years]
        limited = below_one_another(stands, stands[0].unit, Each.YEAR) <= most
        self.shared.design.rule(f"{name}.{MOST}", limited, asset=self.asset)

    def _book_size(self, key: str, name: str, size: Size) -> None:
        if not self.context.timeline.complete:
            return  # what stands is paid, whatever is done with it
        shared, cohorts, year = self.shared, self.shared.cohorts[key], self.context.year
        builds = shared.design.design.expr(key)
        alive = self._alive(key, year) * cohorts.unit_size
        if size.lifetime is not None:
            capital = (
                alive * size.price(shared.milestones.years) * shared.milestones.annuity(cohorts.lifetime)
            )
            self.book(Account.CAPEX, builds.total(capital, MONEY), name)
        of_built, of_existing = size.upkeep(year, shared.milestones.years)
        stands = cohorts.old(year)
        if of_built.any() or of_existing:
            kept = Quantity(stands * of_existing, MONEY)
            self.book(Account.FIXED_OM, builds.total(alive * of_built, MONEY) + kept, name)


def _with_first(before: Expr, begin: Expr) -> Expr:
    """The level before each step, where the first step begins with what is told."""
    (term,) = before.terms
    later = np.arange(1, before.rows, dtype=np.int32)
    kept = Term(term.stage, term.cols[1:], 1.0, later)
    return Expr(before.rows, (kept,), before.unit, each=before.each) + _in_row(begin, 0, before.rows)


def _in_row(value: Expr, row: int, rows: int) -> Expr:
    """A scalar in one of some rows."""
    terms = tuple(
        Term(t.stage, t.cols, t.coef, np.full(len(t.cols), row, dtype=np.int32)) for t in value.terms
    )
    constant = np.zeros(rows)
    constant[row] = float(np.ravel(value.constant)[0])
    return Expr(rows, terms, value.unit, constant)


def integrate(rate: Expr, timeline: Timeline) -> Expr:
    """The year's total of a rate over the steps, as a scalar [unit x h]."""
    return rate.spread(timeline.steps, Each.STEP).total(timeline.weights * timeline.hours, rate.unit * H)


def _in_shares(columns: Expr, shares: sparse.csr_array) -> Expr:
    """Mixtures of the rows of a block of columns; shares has shape [rows x rows of the block]."""
    table, (term,) = sparse.coo_array(shares), columns.terms
    mixed = Term(term.stage, term.cols[table.col], table.data, table.row.astype(np.int32))
    return Expr(shares.shape[0], (mixed,), columns.unit)


def windowed(flow: Expr, window: int) -> Expr:
    """Means over ``window`` consecutive rows, shape [rows / window]."""
    if window == 1:
        return flow
    rows = flow.rows // window
    terms = []
    for term in flow.terms:
        where = np.arange(flow.rows, dtype=np.int32) if term.rows is None else term.rows
        terms.append(Term(term.stage, term.cols, term.values() / window, where // np.int32(window)))
    constant = np.broadcast_to(flow.constant, (flow.rows,)).reshape(rows, window).mean(axis=1)
    return Expr(rows, tuple(terms), flow.unit, constant, Each.INTERVAL)
