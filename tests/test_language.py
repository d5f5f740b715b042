"""What a kind may say: carriers and units of buses, roles, other assets, sizes, days, words."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass

import numpy as np
import pytest

from parkzero.components import constant, kinds
from parkzero.errors import StudyError, UnitError
from parkzero.language import fields as f
from parkzero.language.accounts import Account
from parkzero.language.block import Block
from parkzero.language.carriers import CARRIERS, RATES
from parkzero.language.component import REGISTRY, Component, component, discover
from parkzero.language.site import Bus, Site
from parkzero.planning.assemble import build_year
from parkzero.study import Study
from parkzero.units import MONEY, MW, MWH, ONE, YEAR, Quantity, T
from tests.cases.harness import DAY, compose, days, grid, load, optimum, steps

COSTS = {"capex": constant(50.0), "lifetime": Quantity(1.0, YEAR)}
HYDROGEN = T / (MWH / MW)


@pytest.fixture
def registry():
    """Kinds that a test adds are gone after it."""
    before = dict(REGISTRY)
    yield REGISTRY
    REGISTRY.clear()
    REGISTRY.update(before)


@dataclass(frozen=True, kw_only=True)
class Electrolyser(Component):
    """Hydrogen from electricity."""

    source: str = f.bus("electricity", "bus that it draws from", takes=True)
    to: str = f.bus("hydrogen", "bus that takes it", gives=True)
    use: Quantity = f.quantity(MWH / T, "electricity per hydrogen", above=0)
    power: f.Size = f.size(MW, "power of its input")

    def build(self, lp: Block) -> None:
        power, taken = lp.size("power", self.power), lp.flow("electricity")
        lp.rule("capacity", taken <= power)
        lp.inject(self.source, -taken)
        lp.inject(self.to, taken / self.use)
        lp.book(Account.CONSUMED, taken)


@dataclass(frozen=True, kw_only=True)
class Need(Component):
    """Something that must be served, of any carrier."""

    bus: str = f.bus("", "bus that it draws from", takes=True)
    load: f.Profile = f.profile(MW, "what is drawn in each step", of="bus")

    def build(self, lp: Block) -> None:
        unserved = lp.unserved(self.bus)
        lp.inject(self.bus, unserved - lp.series(self.load).expr())


@dataclass(frozen=True, kw_only=True)
class Shift(Component):
    """The load of another asset that may move within its day."""

    of: str = f.asset("electricity_demand", "demand that may move", trait="demand")
    bus: str = f.bus("electricity", "bus of that demand", gives=True, takes=True)

    def build(self, lp: Block) -> None:
        later, sooner = lp.flow("later"), lp.flow("sooner")
        lp.rule("no_more", later <= lp.series(lp.of(self.of, "load")))
        lp.rule("each_day", lp.by_day(later) == lp.by_day(sooner))
        lp.inject(self.bus, later - sooner)


def hydrogen(*loads: float, **size: object) -> Study:
    """Hydrogen that is needed in the first steps, from electricity at 20 and then 100."""
    size = {"capex": constant(240.0, MONEY / MW), "lifetime": Quantity(10.0, YEAR), **size}
    maker = Electrolyser(name="ely", source="el", to="h2", use=Quantity(50.0, MWH / T), power=f.Size(**size))
    need = Need(name="need", bus="h2", load=f.Profile(steps(*loads), HYDROGEN))
    study = compose(load(), grid(20, 100), maker, need)
    return dataclasses.replace(study, buses={**study.buses, "h2": Bus("h2", "hydrogen")})


def test_a_bus_takes_the_unit_of_its_carrier():
    """0.1 t/h need 5 MW of electrolyser (24 a year each) and 5 MWh at 20."""
    assert optimum(hydrogen(0.1)) == pytest.approx(5 * 24 + 5 * 20)


def test_what_is_unserved_of_a_carrier_costs_in_its_own_unit():
    """Nothing may be built: a tonne short costs what 33.33 megawatt-hours short do."""
    none = hydrogen(0.1, max=Quantity(0.0, MW))
    assert optimum(none) == pytest.approx(0.1 * 10_000 * CARRIERS["hydrogen"].shortage)


def test_what_flows_in_another_unit_is_refused():
    wrong = Need(name="need", bus="h2", load=f.Profile(steps(1), MW))
    study = compose(load(), grid(20), wrong)
    study = dataclasses.replace(study, buses={**study.buses, "h2": Bus("h2", "hydrogen")})
    with pytest.raises(UnitError):
        build_year(study, 2025, DAY)


def test_carriers_are_complete():
    assert {c.rate for c in CARRIERS.values()} <= set(RATES.values())
    assert all(c.vi and c.en and c.name == name for name, c in CARRIERS.items())
    assert CARRIERS["hydrogen"].price == MONEY / T
    assert CARRIERS["electricity"].amount == MWH


def test_load_moves_within_its_day_and_no_farther():
    """2 MWh are needed at 100 on each day; they move to the hour at 20, and the second day's stay there."""
    dear = np.concatenate([steps(0, 2), steps(0, 2)])
    price = np.concatenate([steps(20, 100, rest=1000), steps(50, 100, rest=1000)])
    study = compose(
        load(raw=dear), grid(raw=price), Shift(name="shift", of="load", bus="el"), timeline=days(2)
    )
    assert optimum(study) == pytest.approx(2 * 20 + 2 * 50)
    free = optimum(study, without="shift.each_day")
    assert free < 2 * 20 + 2 * 50


def test_a_rule_of_each_day_is_a_relaxation_on_mean_days():
    raw = np.concatenate([steps(0, 2), steps(0, 6)])
    price = np.concatenate([steps(20, 100, rest=1000)] * 2)
    study = compose(
        load(raw=raw), grid(raw=price), Shift(name="shift", of="load", bus="el"), timeline=days(2)
    )
    mean = study.timeline.grouped(np.zeros(2, dtype=np.int32))
    assert optimum(study, mean) == pytest.approx(8 * 20)
    assert optimum(study, mean) <= optimum(study) + 1e-9


def test_what_is_one_for_each_day_counts_as_often_as_its_days():
    timeline = days(3, groups=[0, 0, 1])
    raw = np.zeros(3 * 24)
    study = compose(load(raw=raw), grid(raw=raw), timeline=days(3))
    built, _ = build_year(study, 2025, timeline)
    lp = Block(None, built.context, "x", "")  # type: ignore[arg-type]  # no size is asked for
    daily = lp.daily("d", MWH)
    assert daily.rows == 2
    point = np.zeros(built.context.model.operation.count)
    point[-2:] = 10.0, 100.0
    assert lp.of_days(daily).value(np.zeros(0), point)[0] == pytest.approx(2 * 10 + 100)
    assert lp.all_day(daily).value(np.zeros(0), point).tolist() == [10.0] * 24 + [100.0] * 24
    assert lp.by_day(lp.all_day(daily)).value(np.zeros(0), point) == pytest.approx([240, 2400])


def test_a_block_tells_its_buses_and_other_assets():
    study = compose(load(1), grid(20))
    study = dataclasses.replace(study, buses={**study.buses, "s": Bus("s", "steam", 180.0, "", 8.0)})
    built, _ = build_year(study, 2025, DAY)
    lp = Block(None, built.context, "x", "")  # type: ignore[arg-type]  # no size is asked for
    assert (lp.bus("s").temperature, lp.bus("s").pressure) == (180, 8)
    assert lp.other("grid").kind == "grid"
    assert lp.of_others("grid", "import").rows == 24
    for ask in (lambda: lp.bus("no"), lambda: lp.other("no"), lambda: lp.of_others("grid", "no")):
        with pytest.raises(StudyError):
            ask()


@pytest.mark.parametrize(
    ("size", "year", "built", "kept"),
    [
        (f.Size(**COSTS, fixed_om=constant(0.1)), 2025, 5, 5),
        (f.Size(**COSTS, fixed_om=constant(7.0, MONEY / MW)), 2025, 7, 7),
        (f.Size(existing=Quantity(1.0, MW), fixed_om=constant(7.0, MONEY / MW)), 2025, 7, 7),
        (f.Size(existing=Quantity(1.0, MW), fixed_om=constant(0.1)), 2025, 0, 0),
    ],
    ids=["share", "money", "money of what exists", "share of nothing"],
)  # fmt: skip
def test_upkeep_is_a_share_or_money(size: f.Size, year: int, built: float, kept: float):
    of_built, of_existing = size.upkeep(year, (2025,))
    assert (of_built.tolist(), of_existing) == ([built], kept)


def test_upkeep_of_what_stood_is_a_share_of_the_first_cost_and_of_what_is_built_of_its_own():
    """Costs fall from 100 to 40: what stood before is kept at a tenth of 100 in every year."""
    falling = f.ByYear((2025, 2030), (100.0, 40.0), MONEY / MW)
    size = f.Size(capex=falling, lifetime=Quantity(10.0, YEAR), fixed_om=constant(0.1))
    for year in (2025, 2030):
        of_built, of_existing = size.upkeep(year, (2025, 2030))
        assert of_built == pytest.approx([10.0, 4.0])
        assert of_existing == pytest.approx(10.0)


def test_a_size_that_may_be_built_has_a_lifetime():
    with pytest.raises(ValueError, match="no lifetime"):
        f.Size(capex=constant(1.0, MONEY / MW))


def test_a_size_of_other_costs_is_refused():
    assert f.Size(existing=Quantity(1.0, MW)).fits(MW)
    assert not f.Size(existing=Quantity(1.0, MW), fixed_om=constant(1.0, MONEY / MWH)).fits(MW)
    assert not f.Size(capex=constant(1.0, MONEY / MWH), lifetime=Quantity(1.0, YEAR)).fits(MW)


# ---------------------------------------------------------------------------------- what a kind says


@pytest.mark.parametrize("cls", kinds().values(), ids=kinds())
def test_every_kind_says_all_of_itself(cls: type[Component]):
    assert cls.vi.strip()
    assert cls.en.strip()
    assert cls.vi != cls.en
    for name, spec in f.described(cls).items():
        if spec.kind == "bus":
            assert spec.gives or spec.takes or spec.stores, f"{name} says no role"
            assert set(spec.carriers) <= set(CARRIERS)
        assert not spec.of or f.described(cls)[spec.of].kind in ("bus", "asset")


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"vi": "", "en": "thing"}, "one language only"),
        ({"vi": "vật", "en": " "}, "one language only"),
        ({"vi": "vật", "en": "thing", "words": {"limit": ("giới hạn", "")}}, "one language only"),
        ({"vi": "vật", "en": "thing", "colour": "red"}, "no colour"),
        ({"vi": "vật", "en": "thing", "group": "stuff"}, "no known group"),
    ],
)
def test_a_kind_that_leaves_something_unsaid_is_refused(said: dict[str, object], what: str, registry: object):
    given = {"group": "power", "colour": "#112233", **said}
    with pytest.raises(ValueError, match=what):
        component("thing", **given)(Need)  # type: ignore[arg-type]
    assert "thing" not in REGISTRY


def test_two_packages_cannot_take_one_word(registry: object):
    with pytest.raises(ValueError, match=r"a kind of parkzero\.components"):
        component("battery", vi="a", en="b", group="power", colour="#112233")(Need)


def test_a_site_knows_the_unit_of_every_bus():
    site = Site(buses={"h2": Bus("h2", "hydrogen"), "el": Bus("el", "electricity")})
    assert (site.rate("h2"), site.rate("el")) == (HYDROGEN, MW)
    assert site.carrier("h2").en == "Hydrogen"
    assert ONE not in {site.rate("h2")}


PAGE = """
from dataclasses import dataclass
from parkzero.language.component import Component, component

@component("{word}", vi="thử", en="trial", group="power", colour="#112233")
@dataclass(frozen=True, kw_only=True)
class Kind(Component):
    def build(self, lp):
        ...
"""


@pytest.fixture
def pages(tmp_path, monkeypatch, registry):
    """A package of kinds with a theme, neither of which names what is in it."""
    theme = tmp_path / "some_kinds" / "theme"
    theme.mkdir(parents=True)
    for folder in (theme, theme.parent):
        (folder / "__init__.py").write_text("", encoding="utf-8")
    for word in ("second", "first"):
        (theme / f"{word}.py").write_text(PAGE.format(word=word), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield theme
    for name in [name for name in sys.modules if name.partition(".")[0] == "some_kinds"]:
        del sys.modules[name]


def test_a_kind_is_found_where_its_module_lies(pages, registry):
    before = list(registry)
    discover("some_kinds", [str(pages.parent)])
    assert list(registry) == [*before, "first", "second"]


@pytest.mark.parametrize("module", ["theme.zeroth", "theme.__init__"])
@pytest.mark.parametrize("fault", ["raise RuntimeError('half written')", "import half_written"])
def test_a_module_that_cannot_be_loaded_is_named(pages, module: str, fault: str):
    (pages.parent / (module.replace(".", "/") + ".py")).write_text(fault, encoding="utf-8")
    with pytest.raises(ImportError, match=rf"some_kinds\.{module.removesuffix('.__init__')}: .*half.written"):
        discover("some_kinds", [str(pages.parent)])
