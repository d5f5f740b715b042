"""What the readers of fields share while one study is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from parkzero.books import Entry
from parkzero.errors import StudyError
from parkzero.language.actors import Actor
from parkzero.language.carriers import CARRIERS, Carrier
from parkzero.language.component import Component
from parkzero.language.site import Bus
from parkzero.study.clock import Clock
from parkzero.study.desk import Desk
from parkzero.study.document import Path
from parkzero.study.files import Files
from parkzero.study.paths import Years
from parkzero.study.study import Tenant
from parkzero.study.values import Money
from parkzero.texts import NOTHING, Both, Text, say
from parkzero.units import Unit

_MEND = re.compile(r"Mend\(([^()]*)\)")
_ARGUMENT = re.compile(r"\b(\w+)='([^']*)'")
T = TypeVar("T")


@dataclass(slots=True)
class Context:
    """What the readers of fields share.

    Attributes:
        desk: where faults, warnings and sources go.
        files: the study's folder.
        clock: calendar and step.
        years: milestone years.
        money: currency, rates, base year.
        latitude, longitude: of the park [deg], None where not given.
        buses, tenants, actors: those that were read without a fault.
        bus_names: names of all buses, faulty ones included, so that a use of one is not a second fault.
        carriers: those of the study's own included.
        shortage: price of what is unserved of the study's own carriers [money/amount], where given.
        half: assets and policies of which some field has a fault; None for one of which nothing is known.
    """

    desk: Desk
    files: Files
    clock: Clock
    years: Years
    money: Money
    latitude: float | None = None
    longitude: float | None = None
    buses: dict[str, Bus] = field(default_factory=dict)
    tenants: dict[str, Tenant] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    bus_names: frozenset[str] = frozenset()
    carriers: dict[str, Carrier] = field(default_factory=lambda: dict(CARRIERS))
    shortage: dict[str, float] = field(default_factory=dict)
    half: dict[str, Component | None] = field(default_factory=dict)
    _kept: dict[object, object] = field(default_factory=dict)

    def opened(self, path: Path, key: object, read: Callable[[], T]) -> T | None:
        """What ``read`` returns, kept for the next use of the same key; its faults are noted at ``path``.

        A file that several fields name is read once, and its faults are noted once.
        """
        if key not in self._kept:
            try:
                self._kept[key] = read()
            except StudyError as error:
                self._kept[key] = None
                self.desk.absorb(path, _located(self.files, error))
        return self._kept[key]  # type: ignore[return-value]  # the key decides which reader filled it

    def rate_of(self, named: object) -> Unit | None:
        """Unit of what flows at a bus, or at the bus of an asset; None where none is known by that name."""
        bus = self.buses.get(str(named))
        if bus is None:
            assets = self.desk.document.tree.get("assets")
            table = assets.get(str(named)) if isinstance(assets, dict) else None
            bus = self.buses.get(str(table.get("bus"))) if isinstance(table, dict) else None
        return None if bus is None else self.carriers[bus.carrier].rate

    def absorb(self, path: Path, error: StudyError) -> None:
        """Note the faults of a series whose values came from a file, each in the words of the study."""
        self.desk.absorb(path, _located(self.files, error))

    def source(
        self, path: Path, value: object, entries: Iterable[Entry] = (), synthetic: Text = NOTHING
    ) -> None:
        """Note where a value came from."""
        self.desk.source(path, value, entries, synthetic)


def _located(files: Files, error: StudyError) -> StudyError:
    """The error in the words of the study: sheets where files came out of a workbook, hints in TOML."""
    faults = []
    for fault in error.faults:
        file, _, column = fault.where.file.partition(", ")  # readers name a series "file, column"
        where = replace(fault.where, file=file, field=fault.where.field or column)
        faults.append(replace(fault, where=files.place(where), hint=as_toml(fault.hint)))
    return StudyError(faults, error.title)


def as_toml(hint: Text) -> Text:
    """What readers suggest as arguments of Python, as the options of a study file."""
    return say("{hint}", hint=Both(vi=_as_toml(hint.of("vi")), en=_as_toml(hint.of("en")))) if hint else hint


def _as_toml(hint: str) -> str:
    hint = _MEND.sub(lambda found: f"mend = {{{found[1]}}}", hint)
    return _ARGUMENT.sub(r'\1 = "\2"', hint).replace("=True", " = true")
