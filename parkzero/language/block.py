"""What a component may say: size, flow, level, peak, yearly, rule, inject, book.

A ``Block`` is one asset in one operating year. It knows the year, the timeline and the shared design, so
that the component does not have to: a size is the sum of all cohorts that still stand, a series is averaged
where the timeline averages, a booking of a rate is integrated over the year by whoever reads it.

Rules:
    standing    of each size: what stands = what existed + the cohorts that still live
    most        of each size with a largest one: what stands <= the largest, in each milestone year
    circle      of each level, on mean days: what some days end with is what the days after them start with
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from parkzero.errors import Fault, Place, StudyError, UnitError
from parkzero.language.accounts import Account
from parkzero.language.fields import ByYear, Profile
from parkzero.language.ledger import Entry, Ledger
from parkzero.lp.expr import OPERATION, Each, Expr, Relation, Term, add_all, below_one_another
from parkzero.lp.model import Model
from parkzero.lp.series import Series
from parkzero.timeline import MONTHS, Timeline
from parkzero.units import MONEY, MW, MWH, ONE, FloatArray, H, Quantity, Unit

# The rule of a size that no more than its largest stands, within its asset: ``size.most``.
MOST = "most"


@dataclass(frozen=True, slots=True)
class Horizon:
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
class Park:
    """What all years of a plan share: the design model and the record of sizes."""

    horizon: Horizon
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


@dataclass(frozen=True, slots=True)
class Level:
    """A stored amount: at the end of each step, before it, and wherever it must keep within limits."""

    end: Expr
    before: Expr
    everywhere: Expr


@dataclass(slots=True)
class Block:
    """One asset in one year."""

    park: Park
    context: Year
    asset: str
    owner: str

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
                [Fault(where, "has a series of another length", f"{values.size} values", f"{steps}")]
            )
        if not np.isfinite(values).all():
            first = int(np.argmin(np.isfinite(values)))
            what = "has a series with a value that is no number"
            raise StudyError([Fault(where, what, f"{values[first]} in step {first + 1}", "finite numbers")])
        return self._series(values, raw.unit)

    def _series(self, raw: FloatArray, unit: Unit) -> Series:
        mean, low, high = self.context.timeline.averaged(raw)
        model = self.context.model
        excess = self.context.timeline.excess(raw, mean)
        return Series(mean, low, high, excess, unit, model.enclose, model.multipliers)

    def flow(self, name: str, unit: Unit = MW, upper: float = np.inf) -> Expr:
        """A variable of zero or more for each step."""
        timeline = self.context.timeline
        self.context.flows.append((self.asset, name, unit))
        return self._columns(name, timeline.steps, unit, Each.STEP, upper=upper)

    def switch(self, name: str) -> Expr:
        """A yes or no for each step; relaxed to between 0 and 1 on mean days."""
        timeline = self.context.timeline
        self.context.flows.append((self.asset, name, ONE))
        return self._columns(name, timeline.steps, ONE, Each.STEP, upper=1.0, whole=timeline.whole)

    def _columns(
        self,
        name: str,
        count: int,
        unit: Unit,
        each: Each,
        *,
        lower: float = 0.0,
        upper: float = np.inf,
        whole: bool = False,
    ) -> Expr:
        """A block of the asset's columns in this year."""
        space = self.context.model.operation
        return space.add(name, count, unit, lower, upper, whole, asset=self.asset, each=each)

    def level(self, name: str, unit: Unit = MWH) -> Level:
        """A stored amount of zero or more; the year is a circle.

        On mean days each chain of steps starts at a free level, and what some chains end with is what those
        that follow them start with, summed over their days (see ``Timeline.passages``).
        """
        timeline = self.context.timeline
        free = 0 if timeline.whole else timeline.chains
        self.context.flows.append((self.asset, name, unit))
        columns = self._columns(name, timeline.steps + free, unit, Each.LEVEL if free else Each.STEP)
        (term,) = columns.terms
        ends, befores = term.cols[: timeline.steps], term.cols[timeline.before]
        end = Expr(timeline.steps, (Term(OPERATION, ends, 1.0),), unit, each=Each.STEP)
        before = Expr(timeline.steps, (Term(OPERATION, befores, 1.0),), unit, each=Each.STEP)
        if free:
            cols = np.concatenate([term.cols[timeline.lasts], term.cols[timeline.steps :]])
            coef = np.concatenate([timeline.sizes, -timeline.sizes])
            passages, into, out_of = timeline.passages
            rows = np.concatenate([into, out_of])
            gained = Expr(passages, (Term(OPERATION, cols, coef, rows),), unit, each=Each.PASSAGE)
            self.rule(f"{name}.circle", gained == Quantity(0.0, unit), defines=True)
        return Level(end, before, columns)

    def yearly(self, name: str, unit: Unit, upper: float = np.inf) -> Expr:
        """One variable of zero or more for the year."""
        return self._columns(name, 1, unit, Each.YEAR, upper=upper)

    def peak(self, name: str, flow: Expr, minutes: int) -> Expr:
        """The highest mean of ``flow`` over intervals of ``minutes`` in each billing month, shape [months].

        Where steps are longer than the interval, the step's mean is the best there is (and lower than the
        meter's). A mean day may not exceed the mean of its months' peaks.

        Raises:
            StudyError: when the interval is longer than a step, but not a number of whole steps.
        """
        timeline = self.context.timeline
        step = timeline.calendar.minutes
        if minutes > step and minutes % step:
            where, needs = Place(field=self.asset), f"an interval of whole steps of {step} min"
            raise StudyError([Fault(where, "meters its peak over a part of a step", f"{minutes} min", needs)])
        shares = timeline.month_shares
        peak = self._columns(name, len(timeline.months), flow.unit, Each.MONTH)
        window = max(1, minutes // step)
        measured = windowed(flow, window)
        table = shares[::window].tocoo()
        (columns,) = peak.terms
        above = Term(OPERATION, columns.cols[table.col], -table.data, table.row.astype(np.int32))
        self.rule(f"{name}.measured", measured + Expr(measured.rows, (above,), flow.unit) <= 0)
        return peak

    def monthly(self, name: str, unit: Unit) -> Expr:
        """One variable of zero or more for each billing month, shape [months]."""
        months = len(self.context.timeline.months)
        return self._columns(name, months, unit, Each.MONTH)

    def each_step(self, monthly: FloatArray, unit: Unit = ONE) -> Series:
        """Twelve monthly values as a series over the steps."""
        calendar = self.context.timeline.calendar
        return self._series(np.repeat(monthly[calendar.day_months], calendar.per_day), unit)

    def months(self, monthly: FloatArray) -> FloatArray:
        """Of twelve monthly values those of the billing months that occur, times the bills each stands for.

        A part of a year that stands for all of it stands for twelve bills, however few days it has.
        """
        timeline = self.context.timeline
        bills: FloatArray = monthly[timeline.months] * min(timeline.scale, MONTHS / len(timeline.months))
        return bills

    def rule(self, name: str, relation: Relation, *, defines: bool = False) -> None:
        """Rows that must hold; ``defines`` says that they only define what others speak of."""
        self.context.model.rule(name, relation, asset=self.asset, defines=defines)

    def inject(self, bus: str, expr: Expr) -> None:
        """Power that flows into a bus [MW]."""
        if expr.unit != MW:
            raise UnitError(f"{self.asset} injects {expr.unit} into {bus}, which takes MW")
        spread = expr.spread(self.context.timeline.steps, Each.STEP)
        self.context.injections.setdefault(bus, []).append((self.asset, spread))

    def book(self, account: Account, expr: Expr, label: str = "") -> None:
        """Book a rate over the steps (unit per hour) or a scalar for the year under an account."""
        hourly = expr.rows > 1 or expr.unit == account.unit / H
        if hourly:
            expr = expr.spread(self.context.timeline.steps, Each.STEP)
        self.context.ledger.book(Entry(self.asset, self.owner, account, label or account.id, expr, hourly))

    def booked(self, account: Account, owner: str | None = None, asset: str | None = None) -> Expr:
        """What has been booked under an account as a rate over the steps, for ``settle``."""
        timeline = self.context.timeline
        parts = [
            e.expr
            for e in self.context.ledger.under(account)
            if e.hourly and (owner is None or e.owner == owner) and (asset is None or e.asset == asset)
        ]
        return add_all(parts, timeline.steps, account.unit / H, Each.STEP)

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

    @property
    def penalties(self) -> Penalties:
        """Prices of what a valid plan must not contain."""
        return self.park.penalties

    def allowance(self, name: str, unit: Unit, total: Quantity) -> Expr:
        """This year's part of a total over all years; how it is shared out is a decision of the design.

        Each milestone year counts as many times as the years for which it stands.
        """
        horizon, key = self.park.horizon, f"{self.asset}.{name}"
        if key not in self.park.design.design.blocks:
            parts = self.park.design.design.add(name, len(horizon.years), unit, asset=self.asset)
            spent = parts.total(np.array(horizon.spans), unit)
            self.park.design.rule(f"{name}.total", spent <= total, asset=self.asset, each=Each.ONCE)
        picked = np.array([float(y == self.context.year) for y in horizon.years])
        return self.park.design.design.expr(key).total(picked, unit)

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

    def size(
        self,
        name: str,
        unit: Unit,
        *,
        cost: ByYear,
        lifetime: Quantity,
        fixed_om: ByYear | None = None,
        most: Quantity | None = None,
        most_each: Quantity | None = None,
        existing: Quantity | None = None,
        existing_until: int = 2300,
        first_year: int = 1900,
        whole: Quantity | None = None,
    ) -> Expr:
        """What stands of a size in this year, as a scalar; its yearly cost is booked here.

        Each milestone year may build a cohort; a cohort built in year v stands while
        ``v <= year < v + lifetime``. Vintages are pooled: they share the hourly variables of the asset.
        The yearly cost of a cohort is ``cost(v) * (annuity + fixed O&M)`` while it stands.

        Args:
            name: name of the size within the asset.
            unit: MW or MWh.
            cost: investment by year of building [money / unit], from ``first_year`` on.
            lifetime: [years].
            fixed_om: share of the investment that operation and maintenance cost a year.
            most: largest size that may stand.
            most_each: largest size built in one milestone year.
            existing: what stands already; its fixed O&M is a share of the first investment cost given.
            existing_until: year from which it no longer stands.
            first_year: no cohort before this year.
            whole: size of one unit, where only whole units can be built.

        Raises:
            ValueError: when a milestone in which it may be built has no cost.
        """
        horizon, key = self.park.horizon, f"{self.asset}.{name}"
        life = float(lifetime.value)
        kept = existing or Quantity(0.0, unit)
        unit_size = 1.0 if whole is None else float(whole.value)
        if key not in self.park.cohorts:
            allowed = np.array([np.inf if y >= first_year else 0.0 for y in horizon.years])
            if most_each is not None:
                allowed = np.minimum(allowed, float(most_each.value))
            if most is not None:
                allowed = np.minimum(allowed, float(most.value))
            self.park.design.design.add(
                name,
                len(horizon.years),
                unit,
                0.0,
                np.floor(allowed / unit_size + 1e-9) if whole else allowed,
                whole is not None,
                asset=self.asset,
            )
            self.park.cohorts[key] = Cohorts(
                self.asset, self.owner, name, unit, key, unit_size, life, float(kept.value), existing_until
            )
            if most is not None:
                self._limit(name, most)
        # One column for what stands keeps hourly rows free of cohorts: sparser, and one dual prices the size.
        standing = self._columns(f"{name}.standing", 1, unit, Each.YEAR, lower=-np.inf)
        self.rule(f"{name}.standing", standing == self._standing(key, self.context.year), defines=True)
        self._book_size(key, name, cost, fixed_om, first_year)
        return standing

    def _alive(self, key: str, year: int) -> FloatArray:
        cohorts = self.park.cohorts[key]
        return np.array([float(v <= year < v + cohorts.lifetime) for v in self.park.horizon.years])

    def _standing(self, key: str, year: int) -> Expr:
        cohorts = self.park.cohorts[key]
        builds = self.park.design.design.expr(key)
        stands = cohorts.existing if year < cohorts.existing_until else 0.0
        built = builds.total(self._alive(key, year) * cohorts.unit_size, cohorts.unit)
        return built + Quantity(stands, cohorts.unit)

    def _limit(self, name: str, most: Quantity) -> None:
        stands = [self._standing(f"{self.asset}.{name}", year) for year in self.park.horizon.years]
        limited = below_one_another(stands, stands[0].unit, Each.YEAR) <= most
        self.park.design.rule(f"{name}.{MOST}", limited, asset=self.asset)

    def _book_size(self, key: str, name: str, cost: ByYear, fixed_om: ByYear | None, first_year: int) -> None:
        park, cohorts, year = self.park, self.park.cohorts[key], self.context.year
        if cost.unit * cohorts.unit != MONEY:
            raise UnitError(f"{key} costs {cost.unit}, but its size is in {cohorts.unit}")
        builds = park.design.design.expr(key)
        # A milestone in which nothing may be built needs no price.
        price = np.array([float(cost.at(v).value) if v >= first_year else 0.0 for v in park.horizon.years])
        alive = self._alive(key, year) * cohorts.unit_size
        capital = alive * price * park.horizon.annuity(cohorts.lifetime)
        self.book(Account.CAPEX, builds.total(capital, MONEY), name)
        if fixed_om is None:
            return
        share = float(fixed_om.at(year).value)
        stands = cohorts.existing if year < cohorts.existing_until else 0.0
        begins = park.horizon.years[0] if cost.covers(park.horizon.years[0]) else cost.years[0]
        kept = stands * float(cost.at(begins).value) * share
        if share:
            self.book(
                Account.FIXED_OM, builds.total(alive * price * share, MONEY) + Quantity(kept, MONEY), name
            )


def integrate(rate: Expr, timeline: Timeline) -> Expr:
    """The year's total of a rate over the steps, as a scalar [unit x h]."""
    return rate.spread(timeline.steps, Each.STEP).total(timeline.weights * timeline.hours, rate.unit * H)


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
