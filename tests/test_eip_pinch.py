"""Pinch targets: examples from named sources, and what must hold for every set of streams."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from parkzero.eip.pinch import by_period, composite, targets, total_site
from parkzero.eip.streams import Stream, shifted
from parkzero.errors import StudyError


def streams(text: str, contribution: float = 5.0) -> list[Stream]:
    """Streams as 'H 170 60 330; C 20 135 230'; a fifth number is a contribution of its own."""
    found = []
    for number, part in enumerate(text.split(";")):
        side, supply, target, heat, *own = part.split()
        found.append(
            Stream(f"s{number}", "hot" if side == "H" else "cold", float(supply), float(target), float(heat),
                   float(own[0]) if own else contribution)
        )  # fmt: skip
    return found


KEMP = streams("C 20 135 230; H 170 60 330; C 80 140 240; H 150 30 180")
NINE = streams(
    "H 327 40 28700 26.23; H 220 160 9600 1; H 220 60 9600 12; H 160 45 46000 4; C 100 300 20000 4;"
    "C 35 164 9030 26.23; C 85 138 18550 2; C 60 170 6600 12; C 140 300 32000 26.23"
)
FOUR = streams("H 376.85 96.85 2800; H 316.85 96.85 4400; C 136.85 376.85 3600; C 76.85 226.85 1950", 5.33)

EXAMPLES = [
    ("Kemp 2007, four streams, at least 10 K", KEMP, 20, 60, 450, [(85, 85)]),
    ("two streams, pinch at an end", streams("C 20 200 180; H 150 50 180", 10), 70, 70, 110, [(140, 140)]),
    ("parallel curves: the pinch is a range", streams("C 20 95 225; H 95 6 267", 1), 6, 48, 219, [(94, 21)]),
    ("one latent cold stream", streams("C 100 100 40"), 40, 0, 0, [(105, 105)]),
    ("equal latent streams meet", streams("C 100 100 40; H 100 100 40", 0), 0, 0, 40, []),
    ("Linnhoff and Ahmad, contributions of their own", NINE, 23999.8, 31719.8, 62180.2, [(166.23, 166.23)]),
    ("Adjiman and others, four streams", FOUR, 459.9, 2109.9, None, [(311.52, 311.52)]),
    ("an examination, at least 25 K", streams("H 350 50 60; H 250 50 80; C 20 200 18; C 100 300 60", 12.5),
     2.5, 64.5, None, [(237.5, 237.5)]),
]  # fmt: skip


@pytest.mark.parametrize("case", EXAMPLES, ids=[c[0] for c in EXAMPLES])
def test_examples(case):
    _, found, heating, cooling, recovery, pinches = case
    got = targets(found)
    assert got.heating == pytest.approx(heating, abs=0.051)
    assert got.cooling == pytest.approx(cooling, abs=0.051)
    if recovery is not None:
        assert got.recovery == pytest.approx(recovery, abs=0.051)
    assert [p for p in got.pinches] == [pytest.approx(p, abs=0.0051) for p in pinches]


def test_the_grand_composite_of_two_streams():
    """Shifted: H 140 to 40 with 1.8 MW/K, C 30 to 210 with 1 MW/K; 70 enter at 210 and are used up at 140."""
    got = targets(streams("C 20 200 180; H 150 50 180", 10))
    assert got.levels.tolist() == [210, 210, 140, 140, 40, 40, 30, 30]
    assert got.flows.tolist() == pytest.approx([70, 70, 0, 0, 80, 80, 70, 70])


def test_composites_end_at_the_heat_of_their_side():
    heat, temperature = composite(KEMP, "hot")
    assert heat[-1] == pytest.approx(510)
    assert (temperature.min(), temperature.max()) == (30, 170)
    heat, _ = composite(KEMP, "cold", shift=True)
    assert heat[-1] == pytest.approx(470)
    assert composite([], "hot")[0].size == 0


def test_what_may_be_vented_need_not_be_cooled():
    """H 150 to 50 warms C 20 to 60; what is left of it is cooled, unless it may go as it is."""
    must = [Stream("h", "hot", 150, 50, 100), Stream("c", "cold", 20, 60, 40)]
    may = [Stream("h", "hot", 150, 50, 100, soft=True), must[1]]
    assert (targets(must).heating, targets(must).cooling, targets(must).vented) == (0, 60, 0)
    assert (targets(may).heating, targets(may).cooling, targets(may).vented) == (0, 0, 60)


def test_only_heat_that_nothing_below_needs_may_be_vented():
    """The soft stream at 150 must warm the cold one at 100; the hard stream at 40 is cooled all the same."""
    found = [
        Stream("soft", "hot", 150, 150, 50, 0, soft=True), Stream("cold", "cold", 100, 100, 30, 0),
        Stream("hard", "hot", 40, 40, 20, 0),
    ]  # fmt: skip
    got = targets(found)
    assert (got.heating, got.cooling, got.vented) == pytest.approx((0, 20, 20))


def test_periods_are_apart():
    """Day and night do not meet: what is hot by day warms nothing by night."""
    hot, cold = Stream("h", "hot", 150, 100, 50), Stream("c", "cold", 20, 60, 40)
    got = by_period({"day": [hot], "night": [cold]}, {"day": 4000, "night": 4760})
    assert (got["day"].cooling, got["night"].heating) == (50, 40)
    assert targets([hot, cold]).heating == 0
    with pytest.raises(ValueError, match="hours"):
        by_period({"day": [hot]}, {"night": 1.0})


FAULTS = [
    ("a hot stream that is heated", Stream("x", "hot", 50, 90, 1), "is hot, but is heated"),
    ("a cold stream that is cooled", Stream("x", "cold", 90, 50, 1), "is cold, but is cooled"),
    ("no heat", Stream("x", "hot", 90, 50, 0), "has no heat to exchange"),
    ("below absolute zero", Stream("x", "hot", 90, -300, 1), "is colder than absolute zero"),
    ("a negative contribution", Stream("x", "hot", 90, 50, 1, -1), "has a negative temperature contribution"),
    ("cold and vented", Stream("x", "cold", 50, 90, 1, soft=True), "is cold and may be vented"),
    ("no number", Stream("x", "hot", float("nan"), 50, 1), "has a value that is no finite number"),
]  # fmt: skip


@pytest.mark.parametrize("case", FAULTS, ids=[c[0] for c in FAULTS])
def test_streams_that_cannot_be_are_refused(case):
    _, stream, what = case
    with pytest.raises(StudyError) as caught:
        targets([stream])
    assert [f.what for f in caught.value.faults] == [what]


def test_all_faults_at_once_and_names_are_unique():
    with pytest.raises(StudyError) as caught:
        targets([Stream("a", "hot", 50, 90, 1), Stream("a", "cold", 90, 50, 1)])
    assert len(caught.value.faults) == 3


# --------------------------------------------------------------------------------------- properties

TEMPERATURES = st.integers(0, 40).map(lambda n: n * 10.0)


@st.composite
def sets(draw):
    found = []
    for i in range(draw(st.integers(1, 7))):
        a, b = draw(TEMPERATURES), draw(TEMPERATURES)
        side = draw(st.sampled_from(["hot", "cold"]))
        ends = (max(a, b), min(a, b)) if side == "hot" else (min(a, b), max(a, b))
        soft = side == "hot" and draw(st.booleans())
        found.append(
            Stream(f"s{i}", side, *ends, draw(st.floats(0.1, 100)), draw(st.sampled_from([0.0, 2.5, 10.0])),
                   soft, process=draw(st.sampled_from(["p", "q"])))
        )  # fmt: skip
    return found


def by_transport(found: list[Stream]) -> tuple[float, float]:
    """Least heating and cooling as a linear program over levels: heat may only flow down."""
    s = shifted(found)
    levels = np.unique(np.concatenate([s.high, s.low]))[::-1]
    bands = [(t, t) for t in levels] + list(itertools.pairwise(levels))
    bands.sort(key=lambda b: (-b[0] - b[1], b[0] - b[1]))

    def inside(i: int, band: tuple[float, float]) -> float:
        top, bottom = band
        if s.high[i] == s.low[i]:
            return s.heat[i] if top == bottom == s.high[i] else 0.0
        if top == bottom or top > s.high[i] or bottom < s.low[i]:
            return 0.0
        return s.heat[i] * (top - bottom) / (s.high[i] - s.low[i])

    n = len(bands)
    net = np.array([sum(inside(i, b) for i in range(len(s.heat))) for b in bands])
    soft = np.array([sum(inside(i, b) for i in range(len(s.heat)) if s.soft[i]) for b in bands])
    # heating, flows out of each band, vented in each band; least heating before least cooling
    weights = np.concatenate([[1000.0], np.zeros(n - 1), [1.0], np.zeros(n)])
    rows = np.zeros((n, 1 + n + n))
    for k in range(n):
        rows[k, 0 if k == 0 else k] = 1.0
        rows[k, 1 + k] = -1.0
        rows[k, 1 + n + k] = -1.0
    limits = [(0, None)] * (1 + n) + [(0, float(v)) for v in soft]
    done = optimize.linprog(weights, A_eq=rows, b_eq=-net, bounds=limits, method="highs")
    return float(done.x[0]), float(done.x[n])


@settings(max_examples=40)
@given(sets())
def test_targets_equal_a_linear_program(found):
    got = targets(found)
    heating, cooling = by_transport(found)
    assert got.heating == pytest.approx(heating, abs=1e-5)
    assert got.cooling == pytest.approx(cooling, abs=1e-4)


@given(sets(), st.randoms(use_true_random=False))
def test_order_and_splitting_change_nothing(found, random):
    before = targets(found)
    split = []
    for s in found:
        share = random.random() * 0.8 + 0.1
        middle = s.supply + share * (s.target - s.supply)
        args = (s.contribution, s.soft, s.tenant, s.process)
        split += [Stream(s.name + "a", s.side, s.supply, middle, s.heat * share, *args),
                  Stream(s.name + "b", s.side, middle, s.target, s.heat * (1 - share), *args)]  # fmt: skip
    random.shuffle(split)
    after = targets(split)
    for field in ("heating", "cooling", "recovery", "vented"):
        assert getattr(after, field) == pytest.approx(getattr(before, field), abs=1e-9 * 1000)


@given(sets())
def test_heat_is_neither_made_nor_lost(found):
    got = targets(found)
    gives = sum(s.heat for s in found if s.side == "hot")
    takes = sum(s.heat for s in found if s.side == "cold")
    assert gives + got.heating == pytest.approx(takes + got.cooling + got.vented, abs=1e-6)
    assert -1e-9 <= got.recovery <= min(gives, takes) + 1e-6


@settings(max_examples=40)
@given(sets())
def test_a_site_recovers_between_its_own_processes_and_all_together(found):
    """Through utilities less is recovered than by free exchange, and never less than each process alone."""
    hard = [Stream(s.name, s.side, s.supply, s.target, s.heat, s.contribution, False, "", s.process)
            for s in found]  # fmt: skip
    site, free = total_site(hard, 0.0), targets(hard)
    alone = sum(t.heating for t in site.processes.values())
    assert free.heating - 1e-6 <= site.heating <= alone + 1e-6
    assert site.indirect >= -1e-6
    gives = sum(s.heat for s in hard if s.side == "hot")
    takes = sum(s.heat for s in hard if s.side == "cold")
    assert gives + site.heating == pytest.approx(takes + site.cooling, abs=1e-6)
    assert total_site(hard, 0.0, [50.0, 150.0, 250.0]).heating >= site.heating - 1e-6


def test_a_site_by_hand():
    """P gives 100 at 200, Q takes 60 at 100 and has nothing of its own; 10 K to the utility on each side."""
    found = [Stream("h", "hot", 200, 200, 100, process="p"), Stream("c", "cold", 100, 100, 60, process="q")]
    site = total_site(found, 10.0)
    assert (site.heating, site.cooling, site.direct, site.indirect) == pytest.approx((0, 40, 0, 60))
    assert total_site(found, 10.0, [150.0]).heating == pytest.approx(0)
    assert total_site(found, 10.0, [90.0]).heating == pytest.approx(60)


def test_ten_thousand_streams_are_one_cascade():
    rng = np.random.default_rng(1)
    many = [
        Stream(f"s{i}", "hot", a + 10, a, q) if i % 2 else Stream(f"s{i}", "cold", a, a + 10, q)
        for i, (a, q) in enumerate(zip(rng.uniform(0, 400, 10_000), rng.uniform(1, 5, 10_000), strict=True))
    ]
    got = targets(many)
    assert got.heating > 0
    assert got.flows.min() == 0
