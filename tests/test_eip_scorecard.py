"""Scorecards: nothing is assumed, nothing planned is called met, every criterion has its source."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from parkzero.eip.frameworks import framework, frameworks, newest
from parkzero.eip.measured import Measured, Option, of_inventory, of_symbiosis
from parkzero.eip.questionnaire import read_site
from parkzero.eip.scorecard import Answers, cheapest, plain, read_answers, score
from parkzero.eip.symbiosis import symbiosis
from parkzero.errors import StudyError
from parkzero.inventory import calculate, read_given
from parkzero.report.pages import write_application, write_scorecard
from parkzero.report.scorecard import application_part

NOTHING = Answers({}, {})


def test_shipped_frameworks_are_whole_and_cited():
    counts = {name: len(framework(name).criteria) for name in frameworks()}
    assert counts == {"eip_framework_v2": 51, "vn_decree_35": 8, "vn_eco_enterprise": 1, "vn_form_a5": 18}
    for name in frameworks():
        for c in framework(name).criteria:
            assert c.text.vi != c.text.en
            assert c.source
            assert c.confidence in "PSDM"
            assert newest(c.row) is not None


def test_thresholds_are_those_of_the_books_and_memory_is_said():
    decree = {c.key: c for c in framework("vn_decree_35").criteria}
    assert (decree["land"].threshold, decree["recp"].threshold, decree["links"].threshold) == (25, 20, 1)
    assert decree["land"].unverified
    assert not decree["compliance"].unverified


def test_unknown_planned_short_and_met():
    one = framework("vn_decree_35")
    states = {s.criterion.key: s.state for s in score(one, NOTHING, {}).scored}
    assert set(states.values()) == {"unknown"}
    measured = {"symbiosis_links": Measured(1.0, ("row",)), "symbiosis_firms": Measured(9.0, ("row",))}
    states = {s.criterion.key: s for s in score(one, NOTHING, measured).scored}
    assert (states["links"].state, states["link_firms"].state) == ("planned", "short")
    assert states["link_firms"].gap == pytest.approx(1.0)


def answers(tmp_path: Path, text: str, options: str = "") -> Path:
    path = tmp_path / "answers.csv"
    path.write_text("framework,id,value,threshold,evidence,date,by\n" + text, encoding="utf-8")
    if options:
        (tmp_path / "options.csv").write_text("framework,id,option,gain,cost\n" + options, encoding="utf-8")
    return path


def test_what_is_entered_with_evidence_is_met_and_gaps_have_their_cheapest_way(tmp_path):
    known = [framework("vn_decree_35")]
    path = answers(
        tmp_path, "vn_decree_35,services,có,,hợp đồng,2026-01-05,Ban\nvn_decree_35,land,22,,quy hoạch,,\n",
        "vn_decree_35,land,park A,2,5\nvn_decree_35,land,park B,3,9\nvn_decree_35,land,roof,1,3\n",
    )  # fmt: skip
    card = score(known[0], read_answers(path, known), {})
    found = {s.criterion.key: s for s in card.scored}
    assert found["services"].state == "met"
    land = found["land"]  # 3 % are missing: A and the roof for 8 are cheaper than B for 9
    assert (land.state, land.gap, land.closing, land.cost) == ("short", 3, ("park A", "roof"), 8)
    assert cheapest(9, [Option("a", 4, 1), Option("b", 4, 1)]) is None
    told = json.loads(json.dumps(plain([card], "VND")))
    assert all(c["source"] and c["row"] for c in told[0]["criteria"])
    write_scorecard([card], "Khu", "VND", tmp_path / "s.html", "vi")
    write_application(card, "Khu", tmp_path / "a.html", "vi")
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert page.count("wording unverified") >= sum(c.unverified for c in known[0].criteria)
    application = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "1/8 tiêu chí" in application
    # Days stand as each language writes them.
    assert " [28/05/2022–…]</span>" in page
    assert " [2022-05-28–…]</span>" in page
    assert application.count("☐") == 7


FAULTY = [
    ("x,services,yes,,e,,", "is no criterion of these frameworks"),
    ("vn_decree_35,services,maybe,,e,,", "is neither yes nor no"),
    ("vn_decree_35,land,120,,e,,", "is no percentage"),
    ("vn_decree_35,land,30,,,,", "has a value without evidence"),
]


@pytest.mark.parametrize(("row", "what"), FAULTY, ids=[f[1] for f in FAULTY])
def test_bad_answers_are_one_clear_fault(tmp_path, row, what):
    with pytest.raises(StudyError) as caught:
        read_answers(answers(tmp_path, row + "\n"), [framework("vn_decree_35")])
    (fault,) = caught.value.faults
    assert what in fault.what


def test_a_criterion_without_a_source_is_one_fault_and_a_new_framework_a_file(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("id,test,threshold,unit,en\nbees,>=,3,hives,Bee hives\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        framework(str(path))
    (fault,) = caught.value.faults
    assert "without a source" in fault.what
    text = "id,test,threshold,unit,en,document,confidence\nbees,>=,3,hives,Bee hives,Our charter (2026),P\n"
    path.write_text(text, encoding="utf-8")
    ours = framework(str(path))
    entered = read_answers(answers(tmp_path, "ours,bees,4,,photo,,\n"), [ours])
    assert score(ours, entered, {}).count("met") == 1


def test_the_symbiosis_of_the_example_counts_and_names_its_links():
    found = symbiosis(read_site(Path("parkzero/examples/hai_phong/symbiosis")))
    got = of_symbiosis(found)
    assert got["symbiosis_links"].value == found.picked.height == len(got["symbiosis_links"].rows)
    water = found.picked.filter(pl.col("medium") == "water")["amount"].sum()
    there = next(o for o in found.site.offers if o.key == "dye_water")
    assert got["wastewater_reused"].value == pytest.approx(100 * water / (there.rate * there.hours))


def test_an_inventory_is_evidence_of_metering_and_of_emissions_that_fall(tmp_path):
    """900 of 1,000 MWh of the last year are read from meters; one year alone says nothing of reduction."""
    head = "facility,year,month,source,item,amount,unit,quality,document\n"
    last = "f1,2023,,electricity,,900,MWh,measured,m\nf1,2023,,electricity,,100,MWh,estimated,e\n"
    before = "f1,2022,,electricity,,2000,MWh,invoiced,b\n"
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "settings.csv").write_text("key,value\ngwp,AR5\n", encoding="utf-8")
    found = {}
    for name, text in (("one", last), ("two", before + last)):
        (folder / "activities.csv").write_text(head + text, encoding="utf-8")
        found[name] = of_inventory(calculate(read_given(folder)))
    assert set(found["one"]) == {"energy_metered"}
    assert found["two"]["energy_metered"].value == pytest.approx(90)
    card = score(framework("eip_framework_v2"), Answers({}, {}), found["two"])
    (metered,) = (s for s in card.scored if s.criterion.key == "env.energy_metering")
    assert (metered.state, metered.threshold) == ("met", 90)
    assert "90.0 % of 154 TOE" in metered.evidence
    form = score(framework("vn_form_a5"), Answers({}, {}), found["two"])
    assert [s.criterion.key for s in form.scored if s.state == "met"] == ["ENV.4"]
    assert "kiểm kê given" in application_part(form).unescape()
