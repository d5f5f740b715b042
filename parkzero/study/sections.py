"""Sections of a study whose entries have names; tenants and other actors, and who belongs to one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from parkzero.errors import did_you_mean
from parkzero.language.actors import ROLES, USUAL, Actor, Role
from parkzero.language.fields import Field
from parkzero.language.values import FIRST_YEAR, LAST_YEAR
from parkzero.study import values
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.study import Tenant
from parkzero.texts import NOTHING, Text, data, say

_MOST = 5000
TENANT_KEYS = ("name", "name_en", "trade", "from", "until", "paid")
ACTOR_KEYS = ("role", "name", "name_en")
NAMED_ROLES = tuple(role for role in ROLES if role not in ("tenant", "park"))


def tenants(context: Context, tree: Tree) -> None:
    """Read the tenants into the context."""
    desk = context.desk
    for id_, table in tables(context, tree, "tenants"):
        path = ("tenants", id_)
        desk.known(path, table, TENANT_KEYS)
        name = values.text(desk, (*path, "name"), table.get("name", id_), 200)
        trade = values.text(desk, (*path, "trade"), table.get("trade", ""), 200)
        other = values.text(desk, (*path, "name_en"), table.get("name_en", ""), 200)
        first, until = _years_there(context, path, table)
        context.tenants[id_] = Tenant(id_, name or id_, trade or "", other or "", first, until)


def _years_there(context: Context, path: Path, table: Tree) -> tuple[int, int]:
    """First year in which a tenant is there, and the first in which it is there no more."""
    desk, spec = context.desk, Field("integer", "", least=FIRST_YEAR, most=LAST_YEAR)
    read = {
        key: values.integer(desk, (*path, key), table[key], spec) for key in ("from", "until") if key in table
    }
    first, until = read.get("from") or FIRST_YEAR, read.get("until") or LAST_YEAR
    if until <= first:
        needs = say("a year after {first}", first=data(first))
        desk.fault((*path, "until"), say("is not after the year in which the tenant comes"), until, needs)
    elif not any(first <= year < until for year in context.years.milestones):
        desk.warn(say("{path}: is there in no milestone year", path=".".join(path)))
    return first, until


def actors(context: Context, tree: Tree) -> None:
    """Read the actors that the study names beside the usual ones; after the tenants."""
    desk = context.desk
    for taken in sorted(set(context.tenants) & set(USUAL)):
        desk.fault(("tenants", taken), say("is called as one of the usual actors"), taken, say("another id"))
    for id_, table in tables(context, tree, "actors"):
        path = ("actors", id_)
        desk.known(path, table, ACTOR_KEYS)
        if id_ in USUAL or id_ in context.tenants:
            desk.fault(path, say("is the id of another actor"), id_, say("another id"))
            continue
        role = values.word(desk, (*path, "role"), table.get("role", ""), NAMED_ROLES)
        name = values.text(desk, (*path, "name"), table.get("name", id_), 200) or id_
        other = values.text(desk, (*path, "name_en"), table.get("name_en", name), 200) or name
        if role is not None:
            context.actors[id_] = Actor(id_, cast(Role, role), other, name)


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


def owner_of(context: Context, path: Path, value: object) -> str | None:
    """Who bears the cost of an asset: a tenant, an investor, or the park company when empty."""
    investors = [a.id for a in (*USUAL.values(), *context.actors.values()) if a.role == "investor"]
    return value if isinstance(value, str) and value in investors else tenant_of(context, path, value)


def actor_of(context: Context, path: Path, value: object) -> str | None:
    """Someone who pays or is paid, or nobody."""
    known = [*USUAL, *context.actors, *context.tenants]
    if isinstance(value, str) and (value == "" or value in known):
        return value
    hint = did_you_mean(value, known) if isinstance(value, str) else NOTHING
    context.desk.fault(path, say("is no actor of the study"), value, one_of(known), hint)
    return None


def one_of(names: Iterable[str]) -> Text:
    """Some names, as what is needed; empty where there are none."""
    shown = list(names)[:12]
    return say("one of {names}", names=shown) if shown else NOTHING
