"""What differs between runs: in their studies, their sizes, their cost, their emissions, their savings.

Only what differs is listed. Where runs are of different parks, years or money, that is said first, and what
can still be compared is: a value that a run does not have stays open and is never taken as zero.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import polars as pl

from parkzero.errors import Fault, Place, StudyError
from parkzero.results.labels import labels_of, sized
from parkzero.results.results import Results
from parkzero.texts import Both, Text, data, listed, say

Group = Literal["study", "sizes", "cost", "emissions", "savings", "proof"]
GROUPS: Final[tuple[Group, ...]] = ("proof", "cost", "savings", "emissions", "sizes", "study")
Value = float | str | None
CLOSE = 1e-6
"""Numbers whose relative difference is below this are alike."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        group: what it belongs to.
        what: its name: a field of the study, a size, an account.
        unit: of its numbers; empty for words.
        values: of each run, in their order; None where a run does not have it.
        source: documents behind the values of a study, where they are named.
        year: milestone year, or 0.
    """

    group: Group
    what: str
    unit: str
    values: tuple[Value, ...]
    source: str = ""
    year: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between runs.

    Attributes:
        names: of the runs.
        notes: what a reader must know before comparing: other parks, years, money, no proof.
        differences: all that differs, group by group.
        words: what people call accounts, assets and sizes, by the ids that differences name.
    """

    names: tuple[str, ...]
    notes: tuple[Text, ...]
    differences: tuple[Difference, ...]
    words: Mapping[str, Both] = field(default_factory=dict)

    def of(self, group: Group) -> list[Difference]:
        """The differences of a group."""
        return [d for d in self.differences if d.group == group]


def compare(runs: Mapping[str, Results]) -> Comparison:
    """Compare runs by name.

    Raises:
        StudyError: with fewer than two runs.
    """
    if len(runs) < 2:
        where, needs = Place(field="RUNS"), say("at least two runs")
        raise StudyError([Fault(where, say("cannot be compared"), str(len(runs)), needs)], say("The command"))
    found = list(runs.values())
    money = len({r.summary["currency"] for r in found}) == 1
    parts = [*_proof(found), *_cost(found), *_savings(found)] if money else []
    parts += [*_emissions(found), *_sizes(found), *_study(found)]
    return Comparison(tuple(runs), tuple(_notes(runs, money)), tuple(parts), _words(found))


def _words(found: Sequence[Results]) -> dict[str, Both]:
    """What people call accounts, assets and sizes; the first run's word where they differ."""
    words: dict[str, Both] = {}
    for run in reversed(found):
        words |= {r["account"]: Both(r["vi"], r["en"]) for r in run.accounts.to_dicts()}
        labels = labels_of(run)
        words |= labels | sized(labels, run)
    return words


def _notes(runs: Mapping[str, Results], money: bool) -> Iterable[Text]:
    found = list(runs.values())
    assets = [set(r.components["asset"]) for r in found]
    if not set.intersection(*assets):
        yield say("these are runs of different parks: no asset of one is in another; totals are compared")
    elif any(set(r.tenants["id"]) != set(found[0].tenants["id"]) for r in found):
        yield say("the runs do not have the same tenants; what they share is compared")
    if len({tuple(r.year_list) for r in found}) > 1:
        common = sorted(set.intersection(*(set(r.year_list) for r in found)))
        yield say("the runs plan different years; compared are {years}", years=listed(map(str, common)))
    if not money:
        told = listed(f"{n}: {r.summary['currency']}" for n, r in runs.items())
        yield say("the runs count different money ({money}): cost and savings are not compared", money=told)
    elif len({r.study.get("base_year") for r in found}) > 1:
        yield say("the runs count money of different years")
    if len({r.study.get("rate") for r in found}) > 1:
        yield say("the runs discount at different rates, so their costs are not of one kind")
    for name, run in runs.items():
        if run.summary["status"] != "optimal":
            yield say("{name} is not proven: its status is {status}", name=data(name),
                      status=data(run.summary["status"]))  # fmt: skip


def _alike(values: Sequence[Value]) -> bool:
    first = values[0]
    for other in values[1:]:
        if isinstance(first, float) and isinstance(other, float):
            if not math.isclose(first, other, rel_tol=CLOSE, abs_tol=1e-9):
                return False
        elif first != other:
            return False
    return True


def _rows(
    group: Group,
    unit: str,
    found: Sequence[Mapping[Any, Value]],
    named: Callable[[Any], tuple[str, str, int]],
) -> list[Difference]:
    """Differences between tables of one shape; a key's name, unit and year are told by ``named``."""
    keys = list(dict.fromkeys(k for table in found for k in table))
    rows = []
    for key in keys:
        values = tuple(table.get(key) for table in found)
        if not _alike(values):
            what, own, year = named(key)
            rows.append(Difference(group, what, own or unit, values, year=year))
    return rows


def _number(value: object) -> Value:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _proof(found: list[Results]) -> list[Difference]:
    tables: list[dict[str, Value]] = [
        {"objective": _number(r.summary["objective"]), "lower_bound": _number(r.summary["lower_bound"])}
        for r in found
    ]
    return _rows("proof", str(found[0].summary["currency"]), tables, lambda key: (str(key), "", 0))


def _common(found: list[Results]) -> list[int]:
    return sorted(set.intersection(*(set(r.year_list) for r in found)))


def _by_account(run: Results, family: str, years: list[int]) -> dict[tuple[str, int], Value]:
    table = run.accounts.filter((pl.col("family") == family) & (pl.col("group") != "penalty"))
    rows = run.ledger.filter(
        pl.col("account").is_in(table["account"].to_list()) & pl.col("year").is_in(years)
    )
    sums = rows.group_by("account", "year", maintain_order=True).agg(pl.col("amount").sum())
    return {(account, year): float(amount) for account, year, amount in sums.iter_rows()}


def _cost(found: list[Results]) -> list[Difference]:
    years, unit = _common(found), str(found[0].summary["currency"])
    return _accounts("cost", "cost", unit, found, years)


def _emissions(found: list[Results]) -> list[Difference]:
    return _accounts("emissions", "emission", "t", found, _common(found))


def _accounts(
    group: Group, family: str, unit: str, found: list[Results], years: list[int]
) -> list[Difference]:
    tables = [_by_account(r, family, years) for r in found]
    # An account that a run never books is zero in it, as long as the run has the year.
    keys = {key for table in tables for key in table}
    whole: list[dict[tuple[str, int], Value]] = [
        {key: table.get(key, 0.0) for key in keys} for table in tables
    ]
    rows = _rows(group, unit, whole, lambda key: (key[0], "", key[1]))
    return sorted(rows, key=lambda d: (d.what, d.year))


def _savings(found: list[Results]) -> list[Difference]:
    tables: list[dict[str, Value]] = []
    for run in found:
        own = run.summary.get("savings") or {}
        named = {
            "npv": run.summary.get("npv"), "payback": run.summary.get("payback"),
            "investment": own.get("investment"), "tonnes": own.get("tonnes"),
            "cost_per_tonne": own.get("cost_per_tonne"),
        }  # fmt: skip
        tables.append({key: _number(value) for key, value in named.items()})
    units = {"payback": "a", "tonnes": "t", "cost_per_tonne": f"{found[0].summary['currency']}/t"}
    currency = str(found[0].summary["currency"])
    return _rows("savings", currency, tables, lambda key: (str(key), units.get(str(key), ""), 0))


def _sizes(found: list[Results]) -> list[Difference]:
    years = _common(found)
    tables: list[dict[tuple[str, str, str, int], Value]] = []
    for run in found:
        rows = run.sizes.filter(pl.col("year").is_in(years)).select(
            "asset", "size", "unit", "year", "standing"
        )
        tables.append({(a, s, u, y): float(v) for a, s, u, y, v in rows.iter_rows()})
    found_rows = _rows("sizes", "", tables, lambda key: (f"{key[0]}.{key[1]}", key[2], key[3]))
    return [
        d for d in found_rows if max((abs(v) for v in d.values if isinstance(v, float)), default=0.0) > 1e-3
    ]


def _study(found: list[Results]) -> list[Difference]:
    """Fields of the study that were written or filled differently, with their documents."""
    tables = [_fields(run) for run in found]
    rows = []
    for row in _rows(
        "study", "", [{k: v for k, (v, _) in t.items()} for t in tables], lambda k: (str(k), "", 0)
    ):
        sources = [t[row.what][1] for t in tables if row.what in t and t[row.what][1]]
        told = "; ".join(dict.fromkeys(sources))
        rows.append(Difference("study", row.what, "", row.values, told))
    return sorted(rows, key=lambda d: d.what)


def _fields(run: Results) -> dict[str, tuple[Value, str]]:
    """Each field with its value as text: as it was written, else as the study holds it."""
    fields: dict[str, tuple[Value, str]] = {}
    for asset, kind, text in run.components.select("asset", "kind", "fields").iter_rows():
        fields[f"{asset}.kind"] = (kind, "")
        for name, value in json.loads(text).items():
            if value not in (None, "", {}, []):
                fields[f"{asset}.{name}"] = (json.dumps(value, ensure_ascii=False, sort_keys=True), "")
    told = run.assumptions.select("path", "section", "value", "citation")
    for path, section, value, citation in told.iter_rows():
        key = path.removeprefix(f"{section}.") if section in ("assets", "policies") else path
        fields[key] = (value, citation or "")
    for key in ("rate", "base_year"):
        fields[f"money.{key}"] = (str(run.study.get(key)), "")
    return fields
