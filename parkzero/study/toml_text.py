"""Trees of studies as TOML text, tables for sections and everything deeper in one line."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from parkzero.errors import Fault, Place, StudyError
from parkzero.study.document import SECTIONS
from parkzero.texts import say

BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def to_toml(tree: Mapping[str, Any]) -> str:
    """The text of a tree: sections as tables, everything deeper in one line."""
    ordered = [s for s in SECTIONS if s in tree] + [s for s in tree if s not in SECTIONS]
    lines = [f"{_key(k)} = {inline(tree[k])}" for k in ordered if not isinstance(tree[k], Mapping)]
    for section in (s for s in ordered if isinstance(tree[s], Mapping)):
        value = tree[section]
        if section in ("tenants", "actors", "carriers", "buses", "assets", "policies") and all(
            isinstance(v, Mapping) for v in value.values()
        ):
            for name, table in value.items():
                lines += ["", f"[{_key(section)}.{_key(name)}]", *_pairs(table)]
            if not value:
                lines += ["", f"[{_key(section)}]"]
        else:
            lines += ["", f"[{_key(section)}]", *_pairs(value)]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(k)} = {inline(v)}" for k, v in table.items()]


def _key(name: str) -> str:
    return name if BARE.match(name) else json.dumps(name, ensure_ascii=False)


def inline(value: Any) -> str:  # noqa: ANN401  a value of a study file may be of any TOML type
    """A value in one line of TOML.

    Raises:
        StudyError: when TOML has no such value.
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case int():
            return str(value)
        case float() if math.isfinite(value):
            return repr(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case list() | tuple():
            return "[" + ", ".join(inline(v) for v in value) + "]"
        case Mapping():
            return "{" + ", ".join(f"{_key(str(k))} = {inline(v)}" for k, v in value.items()) + "}"
    fault = Fault(
        Place(),
        say("cannot stand in a study file"),
        str(value)[:60],
        say("text, a number, a list or a table"),
    )
    raise StudyError([fault])
