"""Tables with a fixed schema, so that an empty table has its columns too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

Schema = dict[str, type[pl.DataType] | pl.DataType]

YEARS: Schema = {"year": pl.Int32, "span": pl.Float64, "weight": pl.Float64, "hours": pl.Float64,
                 "scale": pl.Float64}  # fmt: skip
SIZES: Schema = {
    "asset": pl.String, "owner": pl.String, "kind": pl.String, "size": pl.String, "unit": pl.String,
    "year": pl.Int32, "built": pl.Float64, "standing": pl.Float64, "retired": pl.Float64,
    "existing": pl.Float64, "lifetime": pl.Float64, "there": pl.Boolean,
}  # fmt: skip
BUILDS: Schema = {
    "asset": pl.String, "size": pl.String, "unit": pl.String, "year": pl.Int32, "built": pl.Float64,
    "most": pl.Float64, "cost": pl.Float64, "reduced": pl.Float64, "cheaper": pl.Float64,
}  # fmt: skip
LEDGER: Schema = {
    "year": pl.Int32, "asset": pl.String, "owner": pl.String, "kind": pl.String, "account": pl.String,
    "label": pl.String, "amount": pl.Float64, "unit": pl.String, "payer": pl.String, "payee": pl.String,
    "bus": pl.String, "made_from": pl.String, "entry": pl.Int32,
}  # fmt: skip
ACCOUNTS: Schema = {
    "account": pl.String, "unit": pl.String, "family": pl.String, "scope": pl.String, "group": pl.String,
    "payee": pl.String, "colour": pl.String, "en": pl.String, "vi": pl.String,
}  # fmt: skip
ACTORS: Schema = {"actor": pl.String, "role": pl.String, "within": pl.Boolean, "en": pl.String,
                  "vi": pl.String}  # fmt: skip
ORIGINS: Schema = {"origin": pl.String, "family": pl.String, "colour": pl.String, "en": pl.String,
                   "vi": pl.String}  # fmt: skip
PRICES_MEAN: Schema = {"year": pl.Int32, "bus": pl.String, "carrier": pl.String, "mean": pl.Float64,
                       "low": pl.Float64, "high": pl.Float64}  # fmt: skip
POLICIES: Schema = {
    "year": pl.Int32, "policy": pl.String, "kind": pl.String, "limit": pl.Float64, "value": pl.Float64,
    "unit": pl.String, "price": pl.Float64, "binds": pl.Boolean, "rule": pl.String, "family": pl.String,
    "least": pl.Boolean,
}  # fmt: skip
BINDING: Schema = {"year": pl.Int32, "asset": pl.String, "rule": pl.String, "unit": pl.String,
                   "steps": pl.Int32, "worth": pl.Float64, "sized": pl.Boolean}  # fmt: skip
ASSUMPTIONS: Schema = {
    "path": pl.String, "value": pl.String, "file": pl.String, "sheet": pl.String, "cell": pl.String,
    "citation": pl.String, "confidence": pl.String, "synthetic": pl.String, "line": pl.Int32,
    "synthetic_vi": pl.String, "section": pl.String, "name": pl.String, "field": pl.String,
    "inner": pl.String, "form": pl.String, "entry": pl.String,
}  # fmt: skip
COMPONENTS: Schema = {
    "asset": pl.String, "owner": pl.String, "kind": pl.String, "note": pl.String, "fields": pl.String,
    "group": pl.String, "traits": pl.String, "made_from": pl.String, "colour": pl.String, "en": pl.String,
    "vi": pl.String, "words": pl.String,
}  # fmt: skip
BUSES: Schema = {
    "bus": pl.String, "carrier": pl.String, "temperature": pl.Float64, "owner": pl.String,
    "rate": pl.String, "amount": pl.String, "colour": pl.String, "en": pl.String, "vi": pl.String,
}  # fmt: skip
TENANTS: Schema = {"id": pl.String, "name": pl.String, "trade": pl.String, "first_year": pl.Int32,
                   "until": pl.Int32}  # fmt: skip
HISTORY: Schema = {"seconds": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "gap": pl.Float64,
                   "text": pl.String, "text_vi": pl.String}  # fmt: skip
AUDIT: Schema = {
    "check": pl.String, "year": pl.Int32, "residual": pl.Float64, "unit": pl.String, "tolerance": pl.Float64,
    "ok": pl.Boolean, "detail": pl.String, "detail_vi": pl.String,
}  # fmt: skip
RATES: Schema = {
    "year": pl.Int32, "asset": pl.String, "flow": pl.String, "account": pl.String, "scalar": pl.Float64,
    "series": pl.String, "label": pl.String, "of": pl.String, "entry": pl.Int32,
}  # fmt: skip
RULES: Schema = {
    "year": pl.Int32, "asset": pl.String, "rule": pl.String, "unit": pl.String, "each": pl.String,
    "of": pl.String, "flow": pl.String, "scalar": pl.Float64, "series": pl.String,
}  # fmt: skip
SAVINGS: Schema = {
    "owner": pl.String, "investment": pl.Float64, "npv": pl.Float64, "payback": pl.Float64,
    "discounted_payback": pl.Float64, "irrs": pl.List(pl.Float64), "tonnes": pl.Float64,
    "net_tonnes": pl.Float64, "tonne": pl.Float64,
}  # fmt: skip
SAVINGS_YEARLY: Schema = {"owner": pl.String, "year": pl.Int32, "saving": pl.Float64}
TECHNOLOGIES: Schema = {"kind": pl.String, "investment": pl.Float64, "levelised": pl.Float64,
                        "carrier": pl.String}  # fmt: skip
BILLS: Schema = {
    "tenant": pl.String, "connection": pl.String, "year": pl.Int32, "month": pl.Int32,
    "paid_normal": pl.Float64, "model_normal": pl.Float64, "paid_peak": pl.Float64, "model_peak": pl.Float64,
    "paid_offpeak": pl.Float64, "model_offpeak": pl.Float64, "paid_kwh": pl.Float64, "model_kwh": pl.Float64,
    "paid_cost": pl.Float64, "model_cost": pl.Float64, "paid_vat": pl.Float64, "model_vat": pl.Float64,
    "paid_kw": pl.Float64, "model_kw": pl.Float64, "growth": pl.Float64, "own": pl.Float64,
    "energy": pl.Float64, "tariff": pl.Float64, "power": pl.Float64, "prices": pl.Float64,
    "rounding": pl.Float64, "rest": pl.Float64,
}  # fmt: skip
REFERENCE, REFERENCE_SIZES = LEDGER, SIZES
VARIABLES: Schema = {"year": pl.Int32, "name": pl.String, "value": pl.Float64, "unit": pl.String}

FLEET_REPLAY: Schema = {
    "year": pl.Int32, "fleet": pl.String, "vehicles": pl.Int32, "trips": pl.Int64, "km": pl.Float64,
    "late": pl.Int32, "latest_min": pl.Float64, "breaches": pl.Int32, "deepest_kwh": pl.Float64,
    "uncovered": pl.Int32, "short_steps": pl.Int32, "rounds": pl.Int32,
}  # fmt: skip
FLEET_EVENTS: Schema = {
    "year": pl.Int32, "fleet": pl.String, "event": pl.String, "who": pl.String, "vehicle": pl.Int32,
    "at": pl.String, "amount": pl.Float64,
}  # fmt: skip
FLEET_DUTIES: Schema = {
    "year": pl.Int32, "fleet": pl.String, "duty": pl.String, "routes": pl.String, "asset": pl.String,
    "vehicles": pl.Int32, "of": pl.Int32, "km": pl.Float64,
}  # fmt: skip
FLEET_WINDOWS: Schema = {
    "fleet": pl.String, "duty": pl.String, "what": pl.String, "place": pl.String, "start": pl.Float64,
    "end": pl.Float64,
}  # fmt: skip
FLEET_EXHAUST: Schema = {
    "year": pl.Int32, "fleet": pl.String, "route": pl.String, "school": pl.String, "km": pl.Float64,
    "electric_km": pl.Float64, "nox_kg": pl.Float64, "pm25_kg": pl.Float64,
}  # fmt: skip
FLEET_COSTS: Schema = {
    "year": pl.Int32, "fleet": pl.String, "asset": pl.String, "plugged": pl.Boolean, "vehicles": pl.Float64,
    "km": pl.Float64, "energy": pl.Float64, "capital": pl.Float64, "running": pl.Float64,
    "chargers": pl.Float64, "energy_cost": pl.Float64, "per_km": pl.Float64,
}  # fmt: skip

SCHEMAS = {name.lower(): schema for name, schema in list(globals().items()) if name.isupper()}
"""The schema of each table of ``results.TABLES``: the constants above, by the names of their tables."""


def table(schema: Schema, rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows as a table; the order of a row is that of the schema."""
    return pl.DataFrame(list(rows), schema=schema, orient="row")
