"""Who pays whom, what is generated from what, and what is booked by the hour."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkzero import study as files
from parkzero.errors import StudyError
from parkzero.language import origins
from parkzero.language.accounts import Account, accounts
from parkzero.language.actors import PARK, ROLES, USUAL, Actor
from parkzero.language.block import Block
from parkzero.language.component import Component
from parkzero.language.origins import Origin, family_of, of_several
from parkzero.planning.monolith import monolith
from parkzero.results import Results, results_of
from parkzero.study import Study, Tenant
from parkzero.units import MONEY, MW, MWH, T
from tests.cases.electric import sun
from tests.cases.harness import compose, fuel, grid, load, optimum, per
from tests.cases.strategies import studies
from tests.results_cases import plain_study

WHO = (PARK, "a", "b", "utility", "investors")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fee(Component):
    """A charge on what is consumed, paid to whom one likes: no kind that is shipped."""

    payee: str
    price: float

    def build(self, lp: Block) -> None:
        """Nothing of its own."""

    def settle(self, lp: Block) -> None:
        """Book the charge."""
        charge = lp.booked(Account.IMPORTED) * per(self.price, MONEY / MWH).at(2025)
        lp.book(Account.VARIABLE_OM, charge, "fee", payee=self.payee)


def with_tenants(study: Study, *more: Component) -> Study:
    tenants = {name: Tenant(name, name.upper()) for name in ("a", "b")}
    return dataclasses.replace(study, tenants=tenants, components=(*study.components, *more))


def money(results: Results, *, inside: bool | None = None) -> float:
    rows = results.by_actor()
    roles = [a.id for a in USUAL.values() if a.within] + ["a", "b"]
    if inside is not None:
        rows = rows.filter(pl.col("actor").is_in(roles) == inside)
    return float(rows["amount"].sum())


# ---------------------------------------------------------------------------------- who pays whom


@settings(max_examples=15)
@given(
    study=studies(days=1),
    payees=st.lists(st.sampled_from(WHO), min_size=2, max_size=2),
    seed=st.integers(0, 9),
)
def test_money_between_actors_adds_to_zero_in_every_random_study(
    study: Study, payees: tuple[str, str], seed: int
):
    """Whoever owns what and whoever is paid: what one pays is what another gets."""
    owners = np.random.default_rng(seed).choice(["", "a", "b"], len(study.components))
    owned = tuple(dataclasses.replace(c, owner=str(o)) for c, o in zip(study.components, owners, strict=True))
    fees = [Fee(name=f"fee{i}", owner=("a", "")[i], payee=p, price=3.0) for i, p in enumerate(payees)]
    results = results_of(monolith(with_tenants(dataclasses.replace(study, components=owned), *fees)))
    size = float(results.by_actor()["amount"].abs().sum())
    assert money(results) == pytest.approx(0, abs=1e-9 * max(1.0, size))
    cost = sum(results.summary["cost"].values())
    assert money(results, inside=True) == pytest.approx(cost, rel=1e-9, abs=1e-9 * max(1.0, size))
    between = results.ledger.filter(
        pl.col("account").is_in(results.under("cost")) & pl.col("payee").is_in(["a", "b", PARK, "investors"])
    )
    assert float(between["amount"].sum()) == pytest.approx(0, abs=1e-9 * max(1.0, size))


def test_a_fee_to_the_park_costs_nobody_in_sum_and_one_to_the_utility_does():
    """10 MWh bought at 20 with a fee of 3: the utility's fee is a cost, the park's only changes hands."""
    study = compose(load(10), grid(20))
    assert optimum(study) == pytest.approx(200)
    for payee, cost in (("utility", 230), (PARK, 200), ("b", 200), ("investors", 200), ("world", 230)):
        assert optimum(
            with_tenants(study, Fee(name="fee", owner="a", payee=payee, price=3.0))
        ) == pytest.approx(cost)
    results = results_of(monolith(with_tenants(study, Fee(name="fee", owner="a", payee="b", price=3.0))))
    paid = dict(results.by_actor().group_by("actor").agg(pl.col("amount").sum()).iter_rows())
    assert paid == pytest.approx({"a": 30, "b": -30, PARK: 200, "utility": -200})


def test_every_account_of_cost_goes_to_an_actor_that_every_study_has():
    assert {a.payee for a in accounts("cost")} <= set(USUAL)
    assert all(a.payee for a in accounts("cost"))
    assert {a.role for a in USUAL.values()} == set(ROLES) - {"tenant"}
    usual = {a.id: a.payee for a in accounts("cost")}
    assert usual["energy"] == "utility"
    assert usual["fuel"] == usual["capex"] == "supplier"
    assert usual["carbon"] == "state"
    assert usual["offset"] == "world"


def test_bookings_name_payer_payee_and_bus():
    results = results_of(monolith(plain_study()))
    rows = {(r["asset"], r["account"]): r for r in results.ledger.iter_rows(named=True)}
    bought = rows["t1.grid", "energy"]
    assert (bought["payer"], bought["payee"], bought["bus"]) == ("t1", "utility", "t1.electricity")
    assert rows["t1.pv", "capex"]["payee"] == "supplier"
    assert rows["t1.grid", "imported"]["made_from"] == "grid"
    actors = results.tables["actors"]
    assert dict(actors.select("actor", "role").iter_rows())["t1"] == "tenant"
    assert actors.filter(pl.col("actor") == "t1")["vi"][0] == "Tenant One"


def test_a_study_may_name_actors():
    npc = Actor("npc", "utility", "Northern Power", "Điện lực miền Bắc")
    study = dataclasses.replace(compose(load(1), grid(20)), actors={"npc": npc})
    assert npc in study.everyone
    assert not npc.within


NAMED = """
format = 1
name = "Who"
[park]
currency = "USD"
days = 1
[years]
milestones = [2025]
[money]
discount_rate = "0 %"
base_year = 2025
[tenants.a]
[actors.npc]
role = "utility"
name = "Điện lực miền Bắc"
name_en = "Northern Power"
[actors.fund]
role = "investor"
[buses.el]
carrier = "electricity"
[assets.load]
kind = "electricity_demand"
bus = "el"
owner = "a"
load = "1 MW"
[assets.grid]
kind = "grid"
bus = "el"
owner = "fund"
payee = "npc"
price = "100 USD/MWh"
emission_factor = "0 t/MWh"
"""


def written(folder: Path, *edits: tuple[str, str]) -> Path:
    text = NAMED
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    (folder / "park.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_file_names_actors_and_assets_name_them(tmp_path: Path):
    """The grid belongs to a fund and is paid to a utility of a name: 24 MWh a day at 100."""
    read_study = files.read(written(tmp_path))
    results = results_of(monolith(read_study))
    paid = dict(results.by_actor().group_by("actor").agg(pl.col("amount").sum()).iter_rows())
    assert paid == pytest.approx({"fund": 2400 * 365, "npc": -2400 * 365})
    names = {r["actor"]: (r["vi"], r["en"]) for r in results.tables["actors"].iter_rows(named=True)}
    assert names["npc"] == ("Điện lực miền Bắc", "Northern Power")
    assert names["fund"] == ("fund", "fund")
    assert results.hourly("energy", "npc").values[0] == pytest.approx([-100] * 24)
    files.to_workbook(tmp_path, tmp_path / "who.xlsx")
    assert files.read(tmp_path / "who.xlsx").actors == read_study.actors


@pytest.mark.parametrize(
    ("edit", "field", "what"),
    [
        (('payee = "npc"', 'payee = "ncp"'), "assets.grid.payee", "is no actor of the study"),
        (('owner = "fund"', 'owner = "npc"'), "assets.grid.owner", "is not a tenant of the study"),
        (("[actors.fund]", "[actors.a]"), "actors.a", "is the id of another actor"),
        (("[actors.fund]", "[actors.state]"), "actors.state", "is the id of another actor"),
        (('role = "investor"', 'role = "tenant"'), "actors.fund.role", "is not one of the choices"),
        (
            ("[tenants.a]", "[tenants.park]\n[tenants.a]"),
            "tenants.park",
            "is called as one of the usual actors",
        ),
        (('role = "investor"', 'role = "investor"\nrole_en = "x"'), "actors.fund.role_en", "unknown"),
    ],
)
def test_actors_that_are_none_are_faults(tmp_path: Path, edit: tuple[str, str], field: str, what: str):
    with pytest.raises(StudyError) as told:
        files.read(written(tmp_path, edit))
    found = {fault.where.field: str(fault.what) for fault in told.value.faults}
    assert what in found[field]


# ------------------------------------------------------------------------------ made from what


def test_what_a_fuel_is_made_from_is_as_said_or_as_its_factors_tell():
    def made(fossil: float, biogenic: float = 0.0, **more: str) -> str:
        supply = fuel(10, factor=fossil, biogenic_factor=per(biogenic, T / MWH), **more)
        return supply.origin

    assert made(0.2) == "fossil_fuels"
    assert made(0.01, 0.4) == "biomass"  # methane and nitrous oxide of burning wood count as fossil
    assert made(0.0) == "other"
    assert made(0.2, made_from="natural_gas") == "natural_gas"


@pytest.mark.parametrize(
    ("fed", "found"),
    [
        ([], "other"),
        (["biogas"], "biogas"),
        (["biogas", "biogas"], "biogas"),
        (["biogas", "biomass"], "renewable_fuels"),
        (["coal", "oil"], "fossil_fuels"),
        (["biogas", "natural_gas"], "mixed"),
        (["waste", "other"], "mixed"),
    ],
)
def test_a_mixture_is_renewable_only_where_all_of_it_is(fed: list[str], found: str):
    assert of_several(fed) == found


def test_families_tell_renewable_fossil_and_bought_apart():
    assert [family_of(o) for o in ("solar", "coal", "grid", "ambient", "nobody knows")] == [
        "renewable", "fossil", "bought", "other", "other",
    ]  # fmt: skip
    told = [(o.en, o.vi) for o in origins.origins()]
    assert len(set(told)) == len(told)


def test_another_package_may_add_origins_but_not_change_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(origins, "_REGISTRY", dict(origins._REGISTRY))
    tide = Origin("tide", "renewable", "#0072b2", "Tide", "Thủy triều")
    assert origins.register(tide) is tide
    assert family_of("tide") == "renewable"
    with pytest.raises(ValueError, match="exists already"):
        origins.register(Origin("tide", "fossil", "#0072b2", "Tide", "Thủy triều"))
    with pytest.raises(ValueError, match="is of no family"):
        origins.register(Origin("moon", "lunar", "#0072b2", "Moon", "Trăng"))  # type: ignore[arg-type]  # the point
    assert family_of("moon") == "other"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Burner(Component):
    """Electricity from a fuel, half of it lost: no kind that is shipped."""

    fuel: str
    bus: str

    def build(self, lp: Block) -> None:
        burnt = lp.flow("burnt")
        lp.inject(self.fuel, -burnt)
        lp.inject(self.bus, burnt * 0.5)
        lp.book(Account.GENERATED, burnt * 0.5, bus=self.bus, made_from=lp.made_from(self.fuel))


@pytest.mark.parametrize(("origin", "sold"), [("biogas", 72.0), ("natural_gas", 0.0)])
def test_what_a_burner_makes_is_renewable_where_its_fuel_is(origin: str, sold: float):
    """Export pays 100 and fuel for it costs 40; only what is renewable may be sold. 6 MW of fuel."""
    study = compose(
        load(0),
        Burner(name="engine", fuel="gas", bus="el"),
        fuel(20, bus="gas", limit=per(6, MW), made_from=origin),
        grid(200, export_limit=per(9, MW), export_price=per(100, MONEY / MWH)),
    )
    results = results_of(monolith(study))
    rows = results.ledger.filter(pl.col("account") == "exported")
    assert float(rows["amount"].sum()) == pytest.approx(sold, abs=1e-5)


# --------------------------------------------------------------------------------- by the hour


def test_hours_of_an_account_are_rates_over_the_steps():
    """2 of 3 MW from the sun in the first hour, none in the second; the grid costs 20 and 30."""
    study = compose(load(3, 1.5), sun(2, 1, 0), grid(20, 30, emission_factor=per(0.5, T / MWH)))
    results = results_of(monolith(study))
    made = results.hourly("generated")
    assert made.dims == ("year", "start")
    assert made.sel(year=2025).values[:2] == pytest.approx([2, 0], abs=1e-6)
    assert results.hourly("generated", made_from="renewable").values == pytest.approx(made.values)
    assert results.hourly("generated", made_from=["fossil", "wind"]).values.any() == False  # noqa: E712
    assert results.hourly("imported", made_from="bought").values[0, :2] == pytest.approx([1, 1.5], abs=1e-6)
    assert results.hourly("energy").values[0, :2] == pytest.approx([20, 45], rel=1e-6)
    assert results.hourly("energy", PARK).values[0, :2] == pytest.approx([20, 45], rel=1e-6)
    assert results.hourly("energy", "utility").values[0, :2] == pytest.approx([-20, -45], rel=1e-6)
    assert not results.hourly("energy", "state").values.any()
    assert not results.hourly("capex").values.any()  # is spread over no hours
    assert results.hourly("scope2", years=[2025]).sum() == pytest.approx(1.25, rel=1e-6)


def test_hours_of_what_one_actor_pays_another_are_seen_from_both_sides():
    study = with_tenants(compose(load(10), grid(20)), Fee(name="fee", owner="a", payee="b", price=3.0))
    results = results_of(monolith(study))
    assert results.hourly("variable_om", "a").values[0, :2] == pytest.approx([30, 0])
    assert results.hourly("variable_om", "b").values[0, :2] == pytest.approx([-30, 0])
    assert results.hourly("variable_om").values[0, :2] == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("enrgy",), "is no account of this run .*Did you mean energy"),
        (("energy", "utilty"), "is no actor of this run .*Did you mean utility"),
    ],
)
def test_asking_for_what_is_not_there_is_told(asked: tuple[str, ...], told: str):
    results = results_of(monolith(plain_study()))
    with pytest.raises(StudyError, match=told):
        results.hourly(*asked)
    with pytest.raises(StudyError, match="is no origin of this run"):
        results.hourly("generated", made_from=["solar", "sunshine"])


def test_the_hours_of_the_year_add_up_to_the_ledger():
    results = results_of(monolith(plain_study()))
    scale = float(results.years["hours"][0] * results.years["scale"][0])
    for account in ("energy", "generated", "consumed", "scope2"):
        total = float(results.ledger.filter(pl.col("account") == account)["amount"].sum())
        assert float(results.hourly(account).sum()) * scale == pytest.approx(total, rel=1e-9)
