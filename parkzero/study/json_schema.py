"""The JSON Schema of ``park.toml``, made from the registry of components.

Editors and web forms use it; it says of each field its form, its unit and what it is. Whether a unit, a name
or a file is right is the reader's to check.
"""

from __future__ import annotations

import math
from typing import Any

from parkzero.language.carriers import RATES
from parkzero.language.component import Component, kinds
from parkzero.language.fields import SHARED, Field, described, size_fields
from parkzero.study.bill_series import BILL_KEYS
from parkzero.study.buses import CARRIER_KEYS, TOLD
from parkzero.study.cop_series import COP_KEYS
from parkzero.study.file_series import FILE_KEYS
from parkzero.study.fuel_values import FUEL_KEYS
from parkzero.study.migrate import FORMAT
from parkzero.study.paid import PAID_KEYS
from parkzero.study.profiles import MONTH_KEYS, VALUE_KEYS
from parkzero.study.sections import ACTOR_KEYS, NAMED_ROLES, TENANT_KEYS
from parkzero.study.settings import MONEY_KEYS, PARK_KEYS, PLANNING_KEYS, YEARS_KEYS
from parkzero.study.tariff_series import CHARGE_KEYS, TARIFF_KEYS
from parkzero.study.values import bound, spelled
from parkzero.study.weather_series import PV_KEYS, WEATHER_KEYS, WIND_KEYS
from parkzero.texts import Lang, Text, say
from parkzero.units import CURRENCIES, MW, ONE

Schema = dict[str, Any]
_MORE_FORMS = {"money/MW": ("charge",), "money/MWh": ("fuel",), "t/MWh": ("fuel",)}
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = r"^\w[\w \-]{0,59}$"
_BUS_NAME = r"^\w[\w. \-]{0,59}$"


def schema() -> Schema:
    """The schema of a study in the newest format, as a tree that ``json.dumps`` takes."""
    known = kinds()
    sections: Schema = {
        "format": {"const": FORMAT, "description": "version of the file's format"},
        "name": {"type": "string", "minLength": 1, "maxLength": 200},
        "language": {"enum": ["vi", "en"]},
        "park": _closed({k: _PARK.get(k, {}) for k in PARK_KEYS}),
        "years": _closed({k: _YEARS[k] for k in YEARS_KEYS}, ["milestones"]),
        "money": _closed({k: _MONEY.get(k, {}) for k in MONEY_KEYS}, ["discount_rate"]),
        "planning": _closed({k: {"type": "string"} for k in PLANNING_KEYS}),
        "tenants": _named(_tenant(), _NAME),
        "actors": _named(
            _closed(
                {k: {"enum": list(NAMED_ROLES)} if k == "role" else {"type": "string"} for k in ACTOR_KEYS},
                ["role"],
            ),
            _NAME,
        ),
        "carriers": _named(_carrier(), _NAME),
        "buses": _named(_bus(), _BUS_NAME),
        "assets": _named(_one_of(n for n, c in known.items() if not _is_policy(c)), _NAME),
        "policies": _named(_one_of(n for n, c in known.items() if _is_policy(c)), _NAME),
    }
    needed = ["format", "name", "park", "years", "money", "buses", "assets"]
    return {
        "$schema": DIALECT,
        "title": "ParkZero study",
        **_closed(sections, needed),
        "$defs": {**_forms(), **{f"kind.{name}": component_schema(name) for name in known}},
    }


def component_schema(kind: str) -> Schema:
    """The schema of one kind of component."""
    cls = kinds()[kind]
    fields = described(cls)
    of_all = size_fields(MW) if any(spec.kind == "size" for spec in fields.values()) else {}
    shared = {name: spec for name, spec in of_all.items() if name in SHARED and name not in fields}
    made = {
        "kind": {"const": kind},
        **{name: field_schema(spec) for name, spec in (fields | shared).items()},
    }
    needed = ["kind", *(name for name, spec in fields.items() if spec.required)]
    return {"description": first_line(cls), **_closed(made, needed)}


def _is_policy(cls: type[Component]) -> bool:
    return cls.group == "policy"


def first_line(cls: type) -> str:
    """What a component is, from its docstring."""
    return (cls.__doc__ or "").strip().splitlines()[0]


def field_schema(spec: Field) -> Schema:
    """The schema of a field, with its unit and meaning in the description."""
    described_as: Schema = {"description": describe(spec)}
    match spec.kind:
        case "quantity":
            return described_as | {"anyOf": [_plain(spec), {"$ref": "#/$defs/book"}]}
        case "by_year":
            forms = ["years", "growth", "book", *_MORE_FORMS.get(str(spec.unit), ())]
            forms += ["series"] if spec.or_series else []
            return described_as | {"anyOf": [_plain(spec), *({"$ref": f"#/$defs/{f}"} for f in forms)]}
        case "profile":
            return described_as | {"anyOf": [_plain(spec), {"$ref": "#/$defs/series"}]}
        case "size":
            inner = {name: field_schema(one) for name, one in size_fields(spec.unit).items()}
            return described_as | _closed(inner)
        case "uses":
            each: Schema = {"type": ["string", "number", "object"]}
            return described_as | {"type": "object", "additionalProperties": each}
        case "trips":
            text: Schema = {"type": "string"}
            texts: Schema = {"type": "array", "items": text}
            parts = dict.fromkeys(("file", "gtfs", "runs"), text)
            parts |= dict.fromkeys(("terms", "off", "routes"), texts)
            parts |= {"distance": {"enum": ["km", "m", "mi"]}, "tet_days_before": {"type": "integer"}}
            return described_as | _closed(parts)
        case "integer":
            return described_as | {"type": "integer", "minimum": int(spec.least), "maximum": int(spec.most)}
        case "flag":
            return described_as | {"type": "boolean"}
        case "choice":
            return described_as | {"enum": list(spec.choices)}
        case _:
            return described_as | {"type": "string"}


def describe(spec: Field, lang: Lang = "en") -> str:
    """A field's meaning with its unit and limits, in a line."""
    parts: list[Text] = []
    unit = ""
    if spec.kind in ("quantity", "by_year", "profile", "size"):
        unit = f" [{spelled(spec.unit)}]" if spec.unit != ONE else f" [{say('share or factor').of(lang)}]"
        if math.isfinite(spec.above):
            parts.append(say("more than {bound}", bound=bound(spec.above, spec.unit)))
        if math.isfinite(spec.most):
            parts.append(say("at most {bound}", bound=bound(spec.most, spec.unit)))
        if spec.of:
            parts.append(say("for a bus in MW; otherwise in the unit of {field}", field=spec.of))
    return ", ".join([say(spec.doc).of(lang) + unit, *(part.of(lang) for part in parts)])


def _plain(spec: Field) -> Schema:
    text: Schema = {"type": "string", "examples": [f"10 {spelled(spec.unit)}"]}
    return {"anyOf": [{"type": "number"}, text]} if spec.unit == ONE else text


def _closed(properties: Schema, needed: list[str] | None = None) -> Schema:
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | {"required": needed} if needed else made


def _named(one: Schema, pattern: str) -> Schema:
    return {"type": "object", "propertyNames": {"pattern": pattern}, "additionalProperties": one}


def _one_of(names: Any) -> Schema:  # noqa: ANN401  an iterable of names
    """The component that ``kind`` names; if-then keeps messages about that kind alone."""
    known = list(names)
    rules = [
        {
            "if": {"properties": {"kind": {"const": n}}, "required": ["kind"]},
            "then": {"$ref": f"#/$defs/kind.{n}"},
        }
        for n in known
    ]
    return {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": known}}, "allOf": rules}


def _tenant() -> Schema:
    paid = _closed({key: {} for key in PAID_KEYS}, ["bills"])
    year: Schema = {"type": "integer"}
    forms: Schema = {"paid": {"anyOf": [paid, {"type": "array", "items": paid}]}, "from": year, "until": year}
    return _closed({key: forms.get(key, {"type": "string"}) for key in TENANT_KEYS})


def _bus() -> Schema:
    fields = {
        "carrier": {"type": "string", "pattern": _NAME},
        "temperature": {"type": "string"},
        "pressure": {"type": "string"},
        "tenant": {"type": "string"},
    }
    return _closed(fields, ["carrier"])


def _carrier() -> Schema:
    """A carrier of the study's own."""
    made: Schema = {key: {"type": "string"} for key in CARRIER_KEYS}
    told: Schema = {"enum": list(TOLD)}
    units: Schema = {"enum": [*RATES, "m3/h"]}
    return _closed(
        made | {"unit": units, "temperature": told, "pressure": told, "unserved": {"type": "boolean"}},
        ["unit"],
    )


def _modelled(model: str, keys: tuple[str, ...], *needed: str) -> Schema:
    """A series that a model makes."""
    return _closed({**{key: {} for key in keys}, "model": {"const": model}}, ["model", *needed])


def _forms() -> Schema:
    single: Schema = {"type": ["string", "number"]}
    anything: Schema = {}
    per_year = {"type": "object", "patternProperties": {r"^\d{4}$": single}, "additionalProperties": False}
    growth = {"anyOf": [single, per_year]}
    years = {
        "type": "object",
        "patternProperties": {r"^\d{4}$": single},
        "properties": {"how": {"enum": ["linear", "steps"]}, "money": {"enum": ["real", "nominal"]}},
        "additionalProperties": False,
    }
    series = [
        _closed(dict.fromkeys(VALUE_KEYS, anything), ["value"]),
        _closed(dict.fromkeys(MONTH_KEYS, anything), ["months"]),
        _closed(dict.fromkeys(FILE_KEYS, anything), ["file"]),
        _closed(dict.fromkeys(BILL_KEYS, anything), ["bills"]),
        _closed(dict.fromkeys(TARIFF_KEYS, anything), ["tariff"]),
        _modelled("pv", (*WEATHER_KEYS, *PV_KEYS), "weather"),
        _modelled("wind", (*WEATHER_KEYS, *WIND_KEYS), "weather", "hub_height", "curve"),
        _modelled("temperature", WEATHER_KEYS, "weather"),
        _modelled("cop", COP_KEYS, "source", "carnot_share"),
    ]
    return {
        "years": years,
        "growth": _closed({"start": single, "growth": growth, "from": {}, "money": {}}, ["growth"]),
        "book": _closed(
            {"book": {"type": "string"}, "scale": {"type": "number"}, "hold": {"type": "boolean"}, "on": {}},
            ["book"],
        ),
        "charge": _closed(dict.fromkeys(CHARGE_KEYS, anything), ["tariff"]),
        "fuel": _closed(dict.fromkeys(FUEL_KEYS, anything), ["fuel"]),
        "series": {"oneOf": series},
    }


_RATE = _closed({"on": {}, "from": {"enum": list(CURRENCIES)}, "value": {"type": "string"}, "source": {}},
                ["on", "from", "value"])  # fmt: skip
_PARK: Schema = {
    "currency": {"enum": list(CURRENCIES)},
    "calendar_year": {"type": "integer", "description": "year behind all series"},
    "year_begins": {
        "type": "string",
        "pattern": r"^\d\d-\d\d$",
        "description": "month and day with which the year of the study begins, such as 07-01",
    },
    "step": {"type": "string", "examples": ["30 min"]},
    "leap_day": {"enum": ["keep", "drop"]},
    "days": {"type": "integer", "minimum": 0, "description": "plan the first days only, scaled to the year"},
}
_YEARS: Schema = {
    "milestones": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
    "last_span": {
        "type": "integer",
        "minimum": 1,
        "description": "years for which the last milestone stands",
    },
}
_MONEY: Schema = {
    "discount_rate": {"type": ["string", "number"]},
    "basis": {"enum": ["real", "nominal"]},
    "inflation": {"type": ["string", "number"]},
    "base_year": {"type": "integer", "description": "year in whose money all prices are"},
    "rates": {"type": "array", "items": _RATE},
    "rate_date": {
        "description": "the day whose rates, tariffs and prices count; the end of base_year by default"
    },
}
