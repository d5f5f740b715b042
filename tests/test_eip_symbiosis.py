"""Symbiosis: what is hidden is found, what is refused is refused for its reason, no heat flows up."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from openpyxl import load_workbook
from scipy import optimize

from parkzero.eip.hours import hours_together, months_of, week_of
from parkzero.eip.matching import RULES, Settings, discover, distances, exchanged
from parkzero.eip.network import chosen, fair, leaving, recovered
from parkzero.eip.offers import QUALITIES, Offer, limits_of, permitted, streams_of
from parkzero.eip.pictures import symbiosis_map
from parkzero.eip.pinch import targets
from parkzero.eip.questionnaire import evaporation, read_site
from parkzero.eip.symbiosis import plain, symbiosis
from parkzero.eip.template import write_template
from parkzero.errors import StudyError
from parkzero.report.symbiosis import symbiosis_page

EXAMPLE = Path("parkzero/examples/hai_phong/symbiosis")
ALWAYS, YEAR = week_of("24/7"), months_of("1-12")


def offer(key, side, medium="heat", rate=1.0, hours="24/7", months="1-12", **more):
    return Offer(key, more.pop("tenant", key), side, medium, rate, week_of(hours), months_of(months), **more)


def near(*offers):
    return distances({o.tenant: (0.0, 0.0) for o in offers})


def random_site(rng, count=8, latent=0.2):
    found = []
    for i in range(count):
        low, high = np.sort(rng.uniform(20, 250, 2))
        if rng.random() < latent:
            low = high
        side = "source" if i % 2 else "sink"
        ends = (high, low) if i % 2 else (low, high)
        found.append(
            offer(f"s{i}", side, rate=rng.uniform(0.1, 9), supply=ends[0], target=ends[1],
                  contribution=rng.uniform(0, 12), cost_now=rng.uniform(1, 9))
        )  # fmt: skip
    return found


# ------------------------------------------------------------------------------------------------- hours


def test_hours_of_shifts_seasons_and_vietnamese_days():
    assert week_of("Mon-Sat 06:00-22:00").sum() == 6 * 16
    assert (
        week_of("T2-T7 06:00-22:00; CN 08:00-12:00") == week_of("Mon-Sat 06:00-22:00; Sun 08:00-12:00")
    ).all()
    night = week_of("Sun 22:00-06:00")  # goes on into Monday, the first hours of the week
    assert night.sum() == 8
    assert night[[*range(6), 166, 167]].all()
    assert np.flatnonzero(months_of("11-3")).tolist() == [0, 1, 2, 10, 11]
    day, evening = week_of("06:00-14:00"), week_of("12:00-20:00")
    assert hours_together(day[None], YEAR[None], evening[None], YEAR[None])[0, 0] == pytest.approx(2 * 365)
    for wrong in ("Mon 6-22", "Xyz 06:00-22:00", "06:30-22:00", "06:00-25:00"):
        with pytest.raises(ValueError, match=wrong[:3]):
            week_of(wrong)


# --------------------------------------------------------------------------------------------- discovery


def test_thirty_hidden_pairs_among_sixty_tenants_are_found_and_no_other():
    """Each pair fits alone: its own hours, material or specification; all else is a decoy."""
    rng = np.random.default_rng(3)
    offers, hidden = [], set()
    for i in range(30):
        a, b = {"tenant": f"t{2 * i}"}, {"tenant": f"t{2 * i + 1}"}
        if i % 3 == 0:  # heat: pair i lies in a band of its own week hour, which no other pair shares
            day, start = ("Mon", "Tue", "Wed", "Thu", "Fri")[i // 6], 10 * (i // 3 % 2)
            when = {"hours": f"{day} {start:02d}:00-{start + 10}:00"}
            offers += [offer(f"a{i}", "source", supply=120, target=60, **when, **a),
                       offer(f"b{i}", "sink", supply=40, target=80, **when, **b)]  # fmt: skip
        elif i % 3 == 1:
            name = f"m{i}"
            offers += [
                offer(f"a{i}", "source", "material", material=name, limits=limits_of("ash=5"), **a),
                offer(f"b{i}", "sink", "material", material=name, limits=limits_of("ash<=5"), **b),
            ]
            offers.append(offer(f"c{i}", "source", "material", material=name, limits=limits_of("ash=6"), **b))
            offers.append(offer(f"w{i}", "source", "material", material=name, legal_class="hazardous",
                                limits=limits_of("ash=1"), tenant="t0"))  # fmt: skip
        else:
            limit = f"salt{i}"
            offers += [
                offer(f"a{i}", "source", "water", quality="reused", limits=limits_of(f"{limit}=1"), **a),
                offer(f"b{i}", "sink", "water", quality="reused", limits=limits_of(f"{limit}<=1"), **b),
            ]
            offers.append(offer(f"d{i}", "source", "water", quality="wastewater",
                                limits=limits_of(f"{limit}=1"), **a))  # fmt: skip
        hidden.add((f"a{i}", f"b{i}"))
    offers = [offers[k] for k in rng.permutation(len(offers))]
    found = discover(
        offers, distances({f"t{k}": (k / 100, 0.0) for k in range(60)}), Settings(least_hours=400)
    )
    assert set(found.matches.select("source", "sink").iter_rows()) == hidden
    assert {"legal_class", "quality", "specification", "hours"} <= set(found.refused["rule"])
    assert all(not permitted(r["rule"], r["got"], r["needs"]) for r in found.refused.iter_rows(named=True))


REASONS = [
    ("legal_class", {"medium": "material", "material": "ash", "legal_class": "hazardous"},
     {"medium": "material", "material": "ash"}),
    ("temperature", {"supply": 60, "target": 30}, {"supply": 80, "target": 90}),
    ("quality", {"medium": "water", "quality": "raw"}, {"medium": "water", "quality": "clean"}),
    ("specification", {"medium": "water", "quality": "raw"},
     {"medium": "water", "quality": "raw", "limits": limits_of("COD<=9 mg/L")}),
    ("hours", {"supply": 90, "target": 30, "hours": "Mon 06:00-07:00"}, {"supply": 20, "target": 50}),
    ("distance", {"supply": 90, "target": 30, "tenant": "far"}, {"supply": 20, "target": 50}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "source", "sink"), REASONS, ids=[r[0] for r in REASONS])
def test_each_rule_refuses_and_its_reason_says_so_alone(rule, source, sink):
    a, b = offer("a", "source", **source), offer("b", "sink", **sink)
    between = distances({"a": (0.0, 0.0), "b": (0.0, 0.0), "far": (0.0, 9.0)})
    found = discover([a, b], between)
    assert found.matches.is_empty()
    (row,) = found.refused.iter_rows(named=True)
    assert row["rule"] == rule
    assert not permitted(rule, row["got"], row["needs"])
    assert RULES.index(rule) >= 0


def test_a_licence_treatment_and_a_second_shift_let_it_through():
    pairs = [
        ({"medium": "material", "material": "ash", "legal_class": "hazardous"},
         {"medium": "material", "material": "ash", "licence": "hazardous"}),
        ({"medium": "water", "quality": "raw", "treated_to": "clean"},
         {"medium": "water", "quality": "clean"}),
        ({"supply": 90, "target": 30, "hours": "Mon-Sun 06:00-08:00"}, {"supply": 20, "target": 50}),
    ]  # fmt: skip
    for source, sink in pairs:
        a, b = offer("a", "source", **source), offer("b", "sink", **sink)
        assert discover([a, b], near(a, b)).matches.height == 1


def test_what_a_pair_exchanges_is_its_own_pinch_target():
    rng = np.random.default_rng(7)
    some = random_site(rng, 24)
    sources, sinks = ([o for o in some if o.side == s] for s in ("source", "sink"))
    got = exchanged(sources, sinks)
    for i, a in enumerate(sources):
        for j, b in enumerate(sinks):
            assert got[i, j] == pytest.approx(targets([a.stream(), b.stream()]).recovery, abs=1e-9)


# ------------------------------------------------------------------------------------------------ network


@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_the_network_never_recovers_more_than_the_pinch_target(count):
    """Random sites; 200 of them among the slow tests."""
    rng = np.random.default_rng(11)
    for _ in range(count):
        some = random_site(rng)
        found = discover(some, near(*some))
        most = targets(streams_of(some)).recovery
        assert recovered(chosen(some, found.matches)) <= most + 1e-7 * max(1.0, most)


def test_an_independent_transport_program_recovers_the_target():
    """The whole linear program of heat from hotter to colder pieces, written anew: it meets the cascade."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        some = [s for s in streams_of(random_site(rng, 6, latent=0.0))]
        ends = {s.name: sorted(t - (s.contribution if s.side == "hot" else -s.contribution)
                               for t in (s.supply, s.target)) for s in some}  # fmt: skip
        grid = np.unique(np.concatenate(list(ends.values())))
        heat = {side: np.zeros(len(grid) - 1) for side in ("hot", "cold")}
        for s in some:
            low, high = ends[s.name]
            inside = (grid[:-1] >= low - 1e-12) & (grid[1:] <= high + 1e-12)
            heat[s.side] += inside * np.diff(grid) / (high - low) * s.heat
        n = len(grid) - 1
        ways = [(i, j) for i in range(n) for j in range(n) if i >= j]
        rows = np.array(
            [[w[0] == k for w in ways] for k in range(n)] + [[w[1] == k for w in ways] for k in range(n)]
        )
        limit = np.concatenate([heat["hot"], heat["cold"]])
        best = optimize.linprog(-np.ones(len(ways)), A_ub=rows.astype(float), b_ub=limit, method="highs")
        assert -best.fun == pytest.approx(targets(some).recovery, abs=1e-7)


def test_one_source_serves_whom_it_serves_best():
    """1 MW and two sinks of 1 MW: the dearer one is served; if it leaves, the other is."""
    source = offer("a", "source", supply=150, target=100, tenant="t1")
    dear = offer("b", "sink", supply=20, target=80, tenant="t2", cost_now=50.0)
    cheap = offer("c", "sink", supply=20, target=80, tenant="t3", cost_now=30.0)
    all_ = [source, dear, cheap]
    costs = Settings().costs
    asked = Settings(costs=type(costs)(pipe={"heat": 0.0}, exchanger={}))
    found = discover(all_, near(*all_), asked)
    picked = chosen(all_, found.matches)
    assert picked.select("sink", "benefit").rows() == [("b", pytest.approx(50 * 8760))]
    gone = leaving(all_, found.matches, picked)
    lost = dict(gone.select("tenant", "lost").iter_rows())
    assert lost == {"t1": pytest.approx(50 * 8760), "t2": pytest.approx(20 * 8760)}
    shares = fair(all_, found.matches)
    # A market of one seller and two buyers: only t1 and t2 trade, and t1 gets at least what t3 would pay.
    assert shares is None or sum(shares.split.shares.values()) == pytest.approx(50 * 8760)


def test_prices_between_which_both_gain():
    """Link 4 a MWh, disposal 3, supply 10: the giver takes at least 1, the taker pays at most 10."""
    source = offer("a", "source", supply=150, target=100, tenant="t1", cost_now=3.0)
    sink = offer("b", "sink", supply=20, target=80, tenant="t2", cost_now=10.0)
    costs = type(Settings().costs)(
        pipe={"heat": 0.0}, exchanger={"heat": 4 * 8760.0}, upkeep=0.0, rate=0.0, life=1
    )
    (row,) = discover([source, sink], near(source, sink), Settings(costs=costs)).matches.iter_rows(named=True)
    assert (row["price_low"], row["price_high"]) == (pytest.approx(1.0), 10.0)
    assert row["benefit"] == pytest.approx((13 - 4) * 8760)


def test_what_is_not_known_is_not_invented():
    a, b = offer("a", "source", "water", quality="clean"), offer("b", "sink", "water", quality="raw")
    (row,) = discover([a, b], near(a, b)).matches.iter_rows(named=True)
    assert [row[k] for k in ("benefit", "saving", "tco2e", "price_low", "capex")] == [None] * 5


# ------------------------------------------------------------------------------------------ questionnaire


HEAD = (
    "id,tenant,side,medium,amount,unit,supply_degC,target_degC,cp_kJ_per_kgK,material,waste_code,"
    "legal_class,hours"
)
FAULTY = [
    ("a hot stream that is heated", "a,t,source,heat,1,MW,40,90,,,,,", "is hot, but is heated"),
    ("no heat capacity", "a,t,source,heat,1,t/h,90,40,0,,,,", "has no heat capacity"),
    ("below absolute zero", "a,t,source,heat,1,MW,-300,-310,,,,,", "is colder than absolute zero"),
    ("hazardous waste offered as a by-product", "a,t,source,material,1,t/h,,,,ash,EU 10 02 07*,by_product,",
     "is hazardous waste by its code"),
    ("the same by the code of Viet Nam", "a,t,source,material,1,t/h,,,,ash,VN 05 02 07 NH,by_product,",
     "is hazardous waste by its code"),
    ("no code", "a,t,source,material,1,t/h,,,,ash,EU 1,by_product,", "has no waste code"),
    ("no amount", "a,t,source,heat,,MW,90,40,,,,,", "is missing"),
    ("nothing flows", "a,t,source,heat,0,MW,90,40,,,,,", "has no amount"),
    ("unknown medium", "a,t,source,heet,1,MW,90,40,,,,,", "is not known"),
    ("hours that are none", "a,t,source,heat,1,MW,90,40,,,,,06:30-07:00", "is not understood"),
    ("a thousand or a decimal", 'a,t,source,heat,"1.234",MW,90,40,,,,,', "is no number"),
    ("a column of another sheet", None, "is no column of the sheet"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "what"), [f[1:] for f in FAULTY], ids=[f[0] for f in FAULTY])
def test_bad_input_is_one_clear_fault(tmp_path, row, what):
    file = tmp_path / "streams.csv"
    text = f"{HEAD}\n{row}\n" if row else "id,tenant,side,medium,amount,unit,pH\na,t,source,heat,1,MW,7\n"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_site(file)
    (fault,) = caught.value.faults
    assert what in fault.what


def test_distances_that_break_the_triangle_are_one_fault(tmp_path):
    rows = [f"s{t},{t},source,heat,1,MW,90,40,,,,," for t in "abc"]
    (tmp_path / "streams.csv").write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    (tmp_path / "tenants.csv").write_text("id,name\na,A\nb,B\nc,C\n", encoding="utf-8")
    (tmp_path / "distances.csv").write_text("from,to,km\na,b,9\nb,c,1\na,c,2\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_site(tmp_path)
    (fault,) = caught.value.faults
    assert "than by a third tenant" in fault.what
    assert "3 km by c" in fault.got
    (tmp_path / "distances.csv").write_text("from,to,km\na,b,3\nb,c,1\na,c,2\n", encoding="utf-8")
    assert read_site(tmp_path).between.km[0, 1] == 3


def test_a_template_comes_back_with_what_was_entered(tmp_path):
    path = write_template(tmp_path / "q.xlsx", "vi")
    book = load_workbook(path)
    book["tenants"].append(["t1", "Một", "textile_dyeing", 0, 0])
    book["tenants"].append(["t2", "Hai", None, 0.5, 0])
    heads = [c.value for c in book["streams"][1]]
    for cells in ({"id": "a", "tenant": "t1", "side": "source", "medium": "heat", "amount": 2, "unit": "MW"},
                  {"id": "b", "tenant": "t2", "side": "sink", "medium": "steam", "amount": 3.6, "unit": "t/h",
                   "supply_degC": 100, "target_degC": 100}):  # fmt: skip
        book["streams"].append([cells.get(h) for h in heads])
    book.save(path)
    site = read_site(path)
    usual, steam = site.offers
    assert (usual.supply, usual.target, usual.confidence) == (70, 35, "M")  # from the trade, and marked so
    assert steam.rate == pytest.approx(2.2564)  # 1 kg/s condensing at 100 degC
    assert evaporation(180.0) == pytest.approx(2014, rel=0.02)  # steam tables: 2014 kJ/kg


def test_the_example_and_its_page():
    found = symbiosis(read_site(EXAMPLE))
    told = json.loads(json.dumps(plain(found), allow_nan=False))
    assert {r["rule"] for r in told["refused"]} >= {"legal_class", "quality", "temperature"}
    assert found.picked["benefit"].sum() == pytest.approx(sum(found.fair.split.shares.values()), rel=1e-6)
    assert 0 < found.picked["energy_mwh"].sum() <= found.target_mwh
    page = symbiosis_page(found)
    assert all(key in page for key in told["rows"])
    assert page.count("<figure") == 5
    assert page.count("bảng câu hỏi symbiosis") == 5  # each picture names its source
    # The Shapley split lies outside a core that is not empty: nobody lacks anything with the other split.
    assert not found.fair.inside
    assert found.fair.excess <= 1e-6
    assert "lies in the core: with it no group does better alone" in page
    assert "đồng/kWh" in page
    assert "theo trí nhớ of" not in page
    assert "%/year" not in re.sub(r'<span class="l" lang="en">.*?</span>', "", page)


def test_tenants_without_coordinates_stand_on_no_map(tmp_path):
    folder = shutil.copytree(EXAMPLE, tmp_path / "streams")
    tenants = pl.read_csv(folder / "tenants.csv").with_columns(
        pl.lit(None).alias("x_km"), pl.lit(None).alias("y_km")
    )
    tenants.write_csv(folder / "tenants.csv")
    ids = tenants["id"].to_list()
    pairs = [f"{a},{b},1" for i, a in enumerate(ids) for b in ids[i + 1 :]]
    (folder / "distances.csv").write_text("\n".join(["from,to,km", *pairs]), encoding="utf-8")
    found = symbiosis(read_site(folder))
    assert symbiosis_map(found) is None
    assert symbiosis_page(found).count("<figure") == 4


def test_permuting_and_splitting_offers_changes_nothing():
    rng = np.random.default_rng(2)
    some = random_site(rng, 10)
    whole = targets(streams_of(some))
    halves = [
        Offer(**{**{n: getattr(o, n) for n in Offer.__slots__}, "key": f"{o.key}.{k}", "rate": o.rate / 2})
        for o in some
        for k in (1, 2)
    ]
    for other in ([some[k] for k in rng.permutation(10)], halves):
        again = targets(streams_of(other))
        assert again.heating == pytest.approx(whole.heating, abs=1e-9)
        assert again.recovery == pytest.approx(whole.recovery, abs=1e-9)
    first = discover(some, near(*some)).matches.select(pl.col("rate").sum()).item()
    turned = discover(some[::-1], near(*some)).matches.select(pl.col("rate").sum()).item()
    assert first == pytest.approx(turned, abs=1e-9)
    assert len(QUALITIES) == 5
