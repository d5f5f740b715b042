"""The eco-industrial park in the report: its scorecard, its co-benefits, and what it keeps of commitments."""

from __future__ import annotations

from markupsafe import Markup

from parkzero.benefits.summary import Benefits, benefits
from parkzero.eip.commitments import Held, hold, shipped
from parkzero.eip.frameworks import framework, frameworks
from parkzero.eip.measured import of_plan
from parkzero.eip.scorecard import STATES, Answers, Scorecard, score
from parkzero.report.cobenefits import benefits_part, commitments_part, kinds_of
from parkzero.report.facts import Facts
from parkzero.report.markup import Child, table
from parkzero.report.numbers import trimmed
from parkzero.report.scorecard import SIGNS, name_of
from parkzero.report.sections.parts import note, section
from parkzero.report.words import say
from parkzero.results.case import has_reference


def told_of_park(facts: Facts) -> bool:
    """Whether the report is of the whole park, planned with a reference to compare with."""
    return not facts.summary.get("tenant") and has_reference(facts.results)


def found_benefits(facts: Facts) -> Benefits:
    """Co-benefits of the run."""
    return benefits(facts.results)


def found_commitments(facts: Facts) -> tuple[Held, ...]:
    """Commitments that ship, against the run."""
    return hold(facts.results, shipped())


def found_scorecards(facts: Facts) -> list[Scorecard]:
    """Frameworks that ship, with what the run computes of them."""
    years = facts.years
    measured = of_plan(facts.results, years[min(1, len(years) - 1)])
    return [score(framework(name), Answers({}, {}), measured) for name in frameworks()]


def cobenefits(facts: Facts) -> Markup | None:
    """Air, water, jobs, wages and land; nothing where there is no reference."""
    if not told_of_park(facts):
        return None
    return section(
        "cobenefits",
        benefits_part(found_benefits(facts), facts.years, facts.tenants, kinds_of(facts.results)),
    )


def commitments(facts: Facts) -> Markup | None:
    """The pathway against commitments; nothing where there is no reference."""
    if not told_of_park(facts):
        return None
    return section("commitments", commitments_part(found_commitments(facts), facts.results))


def scorecard(facts: Facts) -> Markup | None:
    """How many criteria of each framework the plan alone can speak of."""
    if not told_of_park(facts):
        return None
    cards = found_scorecards(facts)
    rows: list[list[Child]] = [[name_of(c.framework.name), *(f"{c.count(s)}" for s in STATES)] for c in cards]
    head = [say("score.framework_head"), *(say(f"score.state.{s}") for s in STATES)]
    told: list[list[Child]] = [
        [name_of(c.framework.name), f"{SIGNS[s.state]} {s.criterion.key}", s.criterion.text,
         "–" if s.value is None else trimmed(s.value) + f" {s.criterion.unit}".rstrip("1").rstrip(),
         ", ".join(s.computed.rows[:4]) if s.computed else ""]
        for c in cards for s in c.scored if s.computed is not None
    ]  # fmt: skip
    columns = ("score.column.state", "score.column.criterion", "score.column.value", "commitment.column.rows")
    heads = [say("score.framework_head"), *(say(f"{c}") for c in columns)]
    computed = table(heads, told, text_columns=5) if told else None
    return section("scorecard", table(head, rows), note(say("score.more")), computed)
