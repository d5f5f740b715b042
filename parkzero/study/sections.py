"""Sections of a study whose entries have names; tenants, and who belongs to one."""

from __future__ import annotations

from collections.abc import Iterable

from parkzero.errors import did_you_mean
from parkzero.study import values
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.study import Tenant
from parkzero.texts import NOTHING, Text, say

_MOST = 5000


def tenants(context: Context, tree: Tree) -> None:
    """Read the tenants into the context."""
    desk = context.desk
    for id_, table in tables(context, tree, "tenants"):
        path = ("tenants", id_)
        desk.known(path, table, ("name", "trade"))
        name = values.text(desk, (*path, "name"), table.get("name", id_), 200)
        trade = values.text(desk, (*path, "trade"), table.get("trade", ""), 200)
        context.tenants[id_] = Tenant(id_, name or id_, trade or "")


def tables(context: Context, tree: Tree, section: str, dots: bool = False) -> list[tuple[str, Tree]]:
    """The tables of a section with usable names."""
    desk = context.desk
    whole = desk.table((section,), tree.get(section, {}))
    if len(whole) > _MOST:
        desk.fault((section,), say("has too many entries"), len(whole), say("at most {most}", most=_MOST))
        return []
    found = []
    for name, value in whole.items():
        usable = values.plain_name(desk, (section, name), name, dots)
        table = desk.table((section, name), value)
        if usable and isinstance(value, dict):
            found.append((name, table))
    return found


def tenant_of(context: Context, path: Path, value: object) -> str | None:
    """A tenant that exists, or none."""
    if value == "":
        return ""
    known = context.desk.table(("tenants",), context.desk.document.tree.get("tenants", {}))
    if isinstance(value, str) and value in known:
        return value
    hint = did_you_mean(value, known) if isinstance(value, str) else NOTHING
    context.desk.fault(path, say("is not a tenant of the study"), value, one_of(known), hint)
    return None


def one_of(names: Iterable[str]) -> Text:
    """Some names, as what is needed; empty where there are none."""
    shown = list(names)[:12]
    return say("one of {names}", names=shown) if shown else NOTHING
