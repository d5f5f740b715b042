"""The study in words: components with their fields, buses, tenants, and where each value came from."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from parkzero.language.component import Component
from parkzero.language.fields import ByYear, Profile, Size
from parkzero.language.origins import of_several
from parkzero.results import frames
from parkzero.study.study import Study
from parkzero.texts import in_words
from parkzero.timeline import Calendar
from parkzero.units import Quantity


def fields_of(component: Component) -> dict[str, Any]:
    """The component's own fields as plain values; a profile as its mean, lowest and highest value."""
    skipped = ("name", "owner", "note")
    return {
        f.name: plain(getattr(component, f.name))
        for f in dataclasses.fields(component)
        if f.name not in skipped
    }


def plain(value: object) -> object:
    """A field's value for JSON."""
    if isinstance(value, ByYear):
        if len(value.years) == 1:
            return {"value": float(value.values[0]), "unit": str(value.unit)}
        paths = {str(y): float(v) for y, v in zip(value.years, value.values, strict=True)}
        return {"years": paths, "unit": str(value.unit)}
    if isinstance(value, Profile):
        raw = value.values
        if not len(raw):
            return {"steps": 0, "unit": str(value.unit)}
        numbers = {"mean": float(np.mean(raw)), "low": float(np.min(raw)), "high": float(np.max(raw))}
        return {"steps": len(raw), **numbers, "factor": plain(value.factor), "unit": str(value.unit)}
    if isinstance(value, Quantity):
        if isinstance(value.value, np.ndarray):
            return {"value": [float(v) for v in value.value], "unit": str(value.unit)}
        return {"value": float(value.value), "unit": str(value.unit)}
    if isinstance(value, Size):
        given = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
        return {name: plain(inner) for name, inner in given.items() if inner is not None}
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def components_of(study: Study) -> pl.DataFrame:
    """Assets and policies, with what their kinds say of themselves."""
    return frames.table(frames.COMPONENTS, [_component(c) for c in study.components])


def _component(c: Component) -> tuple[str, ...]:
    return (
        c.name, c.owner, c.kind, c.note, _json(fields_of(c)), c.group, " ".join(sorted(c.traits)),
        of_several(c.makes().values()) if c.makes() else "", c.colour, c.en, c.vi, _json(c.words),
    )  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def buses_of(study: Study) -> pl.DataFrame:
    """Buses, with the units, words and colour of what they carry."""
    rows = []
    for b in study.buses.values():
        c = study.carriers[b.carrier]
        rows.append(
            (b.name, b.carrier, b.temperature, b.owner, str(c.rate), str(c.amount), c.colour, c.en, c.vi)
        )
    return frames.table(frames.BUSES, rows)


def tenants_of(study: Study) -> pl.DataFrame:
    """Tenants."""
    rows = [(t.id, t.name, t.trade, t.first_year, t.until) for t in study.tenants.values()]
    return frames.table(frames.TENANTS, rows)


def assumptions_of(study: Study) -> pl.DataFrame:
    """Where every value came from; empty for studies composed in code."""
    rows = [
        (
            path,
            s.text,
            s.place.file,
            s.place.sheet,
            s.place.cell,
            s.citation,
            s.confidence,
            s.synthetic,
            s.place.line,
            in_words(s.synthetic, "vi"),
            *(*s.keys, "", "", "", "")[:4],
            *s.taken,
        )
        for path, s in sorted(study.sources.items())
    ]
    return frames.table(frames.ASSUMPTIONS, rows)


def study_of(study: Study, calendar: Calendar) -> dict[str, Any]:
    """The study as ``study.json`` holds it: normalised units, profiles by their figures.

    Args:
        study: the study.
        calendar: the real steps that were planned.
    """
    milestones = study.milestones
    return {
        "name": study.name,
        "currency": study.currency,
        "base_year": study.base_year,
        "years": list(milestones.years),
        "rate": milestones.rate,
        "spans": list(milestones.spans),
        "weights": list(milestones.weights),
        "calendar": dataclasses.asdict(calendar),
        "penalties": dataclasses.asdict(study.penalties),
        "tenants": {t.id: {"name": t.name, "trade": t.trade} for t in study.tenants.values()},
        "buses": {
            b.name: {"carrier": b.carrier, "temperature": b.temperature, "owner": b.owner}
            for b in study.buses.values()
        },
        "components": {
            c.name: {"kind": c.kind, "owner": c.owner, "note": c.note, **fields_of(c)}
            for c in study.components
        },
        "understood": [
            {"path": f.path, "en": f.told.of("en"), "vi": f.told.of("vi"), "figures": dict(f.values)}
            for f in study.understood
        ],
    }
