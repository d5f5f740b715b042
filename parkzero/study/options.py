"""Options of a series, each read once with its unit or its words; faults go to the desk."""

from __future__ import annotations

import dataclasses
import typing
from typing import Any, Literal

from parkzero.language.fields import Field
from parkzero.series import Mend
from parkzero.study import values
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.texts import NOTHING, Text, say
from parkzero.units import Unit


@dataclasses.dataclass(slots=True)
class Options:
    """The table of one series.

    Attributes:
        context: the study being read.
        path: of the series.
        table: as written.
        ok: False once an option had a fault.
    """

    context: Context
    path: Path
    table: Tree
    ok: bool = True

    def number(
        self, name: str, unit: Unit, default: float | None, least: float = -1e12, most: float = 1e12
    ) -> float | None:
        """A quantity; ``default`` when it is not given."""
        if name not in self.table:
            return default
        where, written, desk = (*self.path, name), self.table[name], self.context.desk
        read = values.quantity(desk, where, written, unit, self.context.money)
        spec = Field("quantity", name, unit, least, most)
        if read is None or not values.in_range(desk, where, read, spec, written):
            self.ok = False
            return default
        return read

    def required(self, name: str, unit: Unit, least: float = -1e12, most: float = 1e12) -> float:
        """A quantity that must be given."""
        if name not in self.table:
            self.miss(name)
        return self.number(name, unit, None, least, most) or 0.0

    def miss(self, name: str, needs: Text = NOTHING) -> None:
        """Note that an option is missing."""
        self.ok = False
        self.context.desk.fault((*self.path, name), say("is missing"), needs=needs)

    def words(self, name: str, choices: tuple[str, ...], default: str | None) -> str | None:
        """One of some words."""
        if name not in self.table:
            return default
        read = values.word(self.context.desk, (*self.path, name), self.table[name], choices)
        self.ok = self.ok and read is not None
        return read

    def text(self, name: str, default: str | None) -> str | None:
        """Free text."""
        if name not in self.table:
            return default
        read = values.text(self.context.desk, (*self.path, name), self.table[name], 300)
        self.ok = self.ok and read is not None
        return read

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        if name not in self.table:
            return default
        read = values.flag(self.context.desk, (*self.path, name), self.table[name])
        self.ok = self.ok and read is not None
        return bool(read)

    def year(self, name: str, default: int | None) -> int | None:
        """A calendar year."""
        if name not in self.table:
            return default
        spec = Field("integer", name, least=1971, most=2199)
        read = values.integer(self.context.desk, (*self.path, name), self.table[name], spec)
        self.ok = self.ok and read is not None
        return read

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number."""
        if name not in self.table:
            return default
        spec = Field("integer", name, least=least, most=most)
        read = values.integer(self.context.desk, (*self.path, name), self.table[name], spec)
        self.ok = self.ok and read is not None
        return default if read is None else read

    def mend(self) -> Mend:
        """The mends that the user named for a file."""
        hints = typing.get_type_hints(Mend)
        desk, where = self.context.desk, (*self.path, "mend")
        table = desk.table(where, self.table.get("mend", {}))
        desk.known(where, table, hints)
        made: dict[str, Any] = {}
        for name, written in table.items():
            if name in hints:
                made[name] = self._mend_option((*where, name), hints[name], written)
        self.ok = self.ok and all(v is not None for v in made.values()) and set(table) <= set(hints)
        return Mend(**made) if self.ok else Mend()

    def _mend_option(self, where: Path, hint: object, written: object) -> object:
        desk = self.context.desk
        if hint is bool:
            return values.flag(desk, where, written)
        choices = [c for part in typing.get_args(hint) if typing.get_origin(part) is Literal
                   for c in typing.get_args(part)]  # fmt: skip
        if choices:
            return values.word(desk, where, written, tuple(choices))
        read = values.number(written)
        low, high = (-14.0, 14.0) if where[-1] == "utc_offset_hours" else (0.0, 8784.0)
        if read is None or not low <= read <= high:
            desk.fault(
                where,
                say("is not a number of hours"),
                written,
                say("{low:g} to {high:g}", low=low, high=high),
            )
            return None
        return read
