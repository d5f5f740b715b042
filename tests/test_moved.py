"""After a partner left or came owners are asked at the prices that the park had; the plan keeps its proof."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from parkzero.components import EmissionCap, WasteHeat
from parkzero.language.fields import Profile, Size, constant
from parkzero.planning.again import earlier
from parkzero.planning.again.checkpoint import Checkpoint, load_checkpoint
from parkzero.planning.again.earlier import taken_over
from parkzero.planning.assemble import build_year
from parkzero.planning.bounds import evaluate
from parkzero.planning.certify import YEAR as OPERATED
from parkzero.planning.certify import _begin, certified
from parkzero.planning.laid import carried, laid_out
from parkzero.planning.master import Master
from parkzero.planning.search import Search
from parkzero.study import Study
from parkzero.units import CELSIUS, MONEY, MW, YEAR, Quantity
from tests.tenant_park import GAP, assert_proven, best_of, park, planned
from tests.test_certify import changed

LINK = "symbiosis_t1_t2"
pytestmark = pytest.mark.usefixtures("large")


def linked() -> Study:
    """The park, where the first tenant's waste heat may serve the second."""
    study = park()
    available = Profile(np.where(np.arange(56 * 24) % 24 < 12, 2.0, 0.5), MW)
    size = Size(capex=constant(150e3, MONEY / MW), lifetime=Quantity(20.0, YEAR), max=Quantity(2.0, MW))
    link = WasteHeat(
        name=LINK, owner="t2", to="t2.heat", available=available, temperature=Quantity(140.0, CELSIUS),
        coldest=Quantity(60.0, CELSIUS), approach=Quantity(10.0, CELSIUS), power=size,
    )  # fmt: skip
    rest = tuple(c for c in study.components if not isinstance(c, EmissionCap))
    return dataclasses.replace(study, components=(*rest, link))


def alone(study: Study, whole: bool = False) -> Study:
    """The study without the link; without all that the first tenant has, if asked."""
    staying = tuple(c for c in study.components if c.name != LINK and not (whole and c.owner == "t1"))
    buses = {name: bus for name, bus in study.buses.items() if not (whole and bus.owner == "t1")}
    return dataclasses.replace(study, components=staying, buses=buses)


@pytest.fixture(scope="module")
def kept_linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return searched(linked(), tmp_path_factory.mktemp("linked"))


def searched(study: Study, folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("parkzero.planning.master.SIMPLEX_SIZES", 0)
        certified(study, gap=GAP, workers=1, small=0, resume=folder / "search.npz")
    return folder / "search.npz"


@pytest.mark.parametrize("whole", [False, True], ids=["its link alone", "with all that it has"])
def test_where_a_partner_leaves_nobody_is_bounded_together_again(
    whole: bool, kept_linked: Path, tmp_path: Path, deeds: list[str]
):
    study = alone(linked(), whole)
    plan = planned(study, kept_linked, tmp_path)
    assert_proven(plan, study)
    assert not any(deed.startswith("bounded on") for deed in deeds)
    assert deeds.count("operated") == 1


def test_where_a_partner_comes_the_plan_keeps_its_proof(tmp_path: Path, deeds: list[str]):
    kept = searched(alone(linked()), tmp_path)
    deeds.clear()
    plan = planned(linked(), kept, tmp_path)
    assert "went on" in deeds
    assert_proven(plan, linked())


@pytest.fixture
def capped(kept_linked: Path, tmp_path: Path) -> Path:
    """The same search, where a cap bound."""
    path = tmp_path / "bound.npz"
    cap = {"total_years": np.array([2040], np.int32), "total_names": np.array(["cap.limit"])}
    path.write_bytes(changed(kept_linked, **cap, total_prices=np.array([-5.0])))
    return path


def test_where_a_total_bound_all_are_bounded_together_first(capped: Path, tmp_path: Path, deeds: list[str]):
    """Who leaves moves what all others must give to keep a cap. More mean days spare another round."""
    study = alone(linked())
    days = build_and_load(capped, study).count
    plan = planned(study, capped, tmp_path)
    assert deeds[:2] == ["went on", f"bounded on {round(1.25 * days)} days"]
    assert_proven(plan, study)


@pytest.mark.parametrize("whole", [False, True], ids=["its link alone", "with all that it has"])
@pytest.mark.parametrize("of_trials", [True, False], ids=["of its trials", "of its best plan alone"])
def test_cuts_of_the_park_with_a_partner_hold_for_the_one_without(
    whole: bool, of_trials: bool, capped: Path, tmp_path: Path
):
    """Weak duality holds for any duals; what the link gave is gone, and prices tell nearly as much."""
    study, path = alone(linked(), whole), tmp_path / "kept.npz"
    none = {"trial_sizes": np.zeros((0, len(build_and_load(capped, linked()).sizes)))}
    none |= {"duals": np.zeros(0), "dual_rows": np.zeros(0, np.int64)}
    path.write_bytes(changed(capped, **({} if of_trials else none)))
    search = begun(study, path)
    plan = certified(study, gap=GAP, workers=1, small=0)
    year = search.years.of(2040)
    assert search.cuts
    for cut in search.cuts:
        for sizes in (plan.sizes, 0.5 * plan.sizes):
            cost = evaluate(year, sizes, OPERATED).cost
            assert cut.constant + float(cut.slope @ sizes) <= cost * (1 + 1e-9)
    told = max(cut.constant + float(cut.slope @ plan.sizes) for cut in search.cuts)
    assert told > 0.95 * evaluate(year, plan.sizes, OPERATED).cost


def test_a_similar_study_renews_no_trials_that_are_large(kept_linked: Path, monkeypatch: pytest.MonkeyPatch):
    """Going on from the kept operation is quicker there."""
    found = build_and_load(kept_linked, linked())
    assert earlier._best_trial(found)
    monkeypatch.setattr(earlier, "MOST_RENEWED", len(found.trials[-1][1][0]) - 1)
    assert earlier._best_trial(found) == ()


def begun(study: Study, path: Path) -> Search:
    """The search of a study when it has taken over what is kept."""
    found = build_and_load(path, study)
    first, design = build_year(study, 2040, study.timeline)
    search = _begin(study, first, design, GAP, 8, 0.0, None, found)
    taken_over(search, found)
    return search


def build_and_load(path: Path, study: Study) -> Checkpoint:
    """What a file keeps for a study."""
    found = load_checkpoint(path, study, build_year(study, 2040, study.timeline)[1])
    assert found is not None
    return found


def test_prices_of_the_park_with_a_partner_bound_the_one_without(kept_linked: Path):
    """They prove at least what they did with it: the link only served. Numbers go with their names."""
    before, study = linked(), alone(linked())
    found = load_checkpoint(kept_linked, study, build_year(study, 2040, study.timeline)[1])
    assert found is not None
    assert found.proof is not None
    proof = found.proof
    design = build_year(study, 2040, study.timeline)[1]
    days = Master(study, design, proof.groups, hard=proof.hard)
    now = laid_out(design, days.years)
    moved = dataclasses.replace(proof, duals=carried(proof.duals, proof.laid.rows, now.rows))
    lower = days.renewed(moved)
    was = Master(before, build_year(before, 2040, before.timeline)[1], proof.groups, hard=proof.hard)
    assert was.renewed(proof) * (1 - 1e-6) <= lower <= best_of(study) * (1 + 1e-6)
    assert lower > 0.98 * best_of(study)


def test_numbers_go_with_the_names_of_their_blocks():
    was, now = (("a", 1), ("b", 2), ("c", 1)), (("c", 1), ("new", 2), ("b", 2), ("a", 3))
    found = carried(np.array([1.0, 2.0, 3.0, 4.0, 9.0]), was, now)
    assert found.tolist() == [4.0, 0.0, 0.0, 2.0, 3.0, 0.0, 0.0, 0.0, 9.0]
    assert not len(carried(np.ones(3), was, now))


def test_hard_days_stay_with_their_owner(kept_linked: Path, tmp_path: Path):
    """The second tenant is the third owner before, and the second where the first has left."""
    path = tmp_path / "search.npz"
    path.write_bytes(changed(kept_linked, hard=np.array([[2040, 1, 4], [2040, 2, 5]], dtype=np.int32)))
    study = alone(linked(), whole=True)
    found = load_checkpoint(path, study, build_year(study, 2040, study.timeline)[1])
    assert found is not None
    assert found.hard.tolist() == [[2040, 1, 5]]


@pytest.mark.parametrize("text", ["no count", "-1 a", "1 t1.pv", "\xff", "9" * 5000 + " a"])
def test_blocks_that_make_no_sense_do_no_harm(text: str, kept_linked: Path, tmp_path: Path):
    blocks = np.frombuffer(text.encode("latin-1"), dtype=np.uint8)
    path = tmp_path / "hostile.npz"
    path.write_bytes(changed(kept_linked, proof_rows=blocks, proof_columns=blocks, rows=blocks))
    study = alone(linked())
    assert_proven(planned(study, path, tmp_path), study)
