"""The desk at which a study is read: it collects all faults, warnings and sources until the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from parkzero.books import Entry
from parkzero.errors import Fault, StudyError, did_you_mean
from parkzero.study.document import Document, Path, Tree
from parkzero.study.study import Source
from parkzero.texts import NOTHING, Text, say

_SHOWN = 120
_MOST_UNKNOWN = 50
_TAKEN = ("book", "fuel", "tariff")  # keys by which a value names what the books hold
_SURENESS = "PSDM"  # from surest to least sure


@dataclass(slots=True)
class Desk:
    """What is being read, and what was found about it.

    Attributes:
        document: the study as written.
        faults: what forbids the study.
        warnings: what a reader should know although it is no fault.
        sources: where values came from, by field path.
        notes: how a series was read, by field path: patterns of shifts, columns not used.
        usd: worth of one USD in the study's currency; 0 where that is not known, so that no price is judged.
    """

    document: Document
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Text] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    usd: float = 0.0
    notes: dict[str, list[Text]] = field(default_factory=dict)

    def fault(
        self, path: Path, what: Text, got: object = "", needs: Text = NOTHING, hint: Text = NOTHING
    ) -> None:
        """Note a fault of the value at a path."""
        self.faults.append(Fault(self.document.place(path), what, shown(got), needs, hint))

    def absorb(self, path: Path, error: StudyError) -> None:
        """Note the faults that a reader of files raised, each with the field that named the file."""
        for fault in error.faults:
            where = fault.where
            if where.file or where.sheet:
                name = ".".join(path) + (f" ({where.field})" if where.field else "")
                place = replace(where, field=name)
            else:
                place = self.document.place(path + ((where.field,) if where.field else ()))
            self.faults.append(replace(fault, where=place))

    def warn(self, text: Text) -> None:
        """Note a warning once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def note(self, path: Path, text: Text) -> None:
        """Note how a value was understood, for the list of what was."""
        self.notes.setdefault(".".join(path), []).append(text)

    def table(self, path: Path, value: object, *, required: bool = True) -> Tree:
        """The value as a table; anything else is a fault and reads as an empty one."""
        if isinstance(value, dict):
            return value
        if value is None:
            if required:
                self.fault(path, say("is missing"), needs=say("a table [{path}]", path=".".join(path)))
        else:
            self.fault(
                path, say("is not a table"), value, say("[{path}] with keys below it", path=".".join(path))
            )
        return {}

    def known(self, path: Path, table: Mapping[str, Any], names: Iterable[str]) -> None:
        """Note every key of a table that is not one of ``names``."""
        names = tuple(names)
        absent = [n for n in names if n not in table]
        strange = [key for key in table if key not in names]
        if len(strange) > _MOST_UNKNOWN:
            got = f"{', '.join(strange[:3])} …"
            self.fault(
                path,
                say("has {count} unknown fields", count=len(strange)),
                got,
                say("fields such as {names}", names=", ".join(names[:8])),
            )
            return
        for key in strange:
            hint = did_you_mean(key, absent) or did_you_mean(key, names)
            needs = NOTHING if hint else say("one of {names}", names=", ".join(names))
            self.fault((*path, key), say("is an unknown field"), needs=needs, hint=hint)

    def source(
        self, path: Path, value: object, entries: Iterable[Entry] = (), synthetic: Text = NOTHING
    ) -> None:
        """Note where a value came from."""
        used = tuple(entries)
        citation = "; ".join(dict.fromkeys(e.citation for e in used))
        confidence = max((e.confidence for e in used), key=_SURENESS.index, default="")
        place = self.document.place(path)
        told = Source(place, shown(value), citation, confidence, synthetic, tuple(path), _taken(value))
        self.sources[".".join(path)] = told


def _taken(value: object) -> tuple[str, str]:
    """What a value names first of what is kept outside the study, and the name."""
    if not isinstance(value, dict):
        return "", ""
    for form in _TAKEN:
        if isinstance(value.get(form), str):
            return form, value[form]
    return next((found for inner in value.values() if (found := _taken(inner)) != ("", "")), ("", ""))


def shown(value: object) -> str:
    """A value as the user wrote it, cut where it is long."""
    if isinstance(value, Text):
        return value  # it is told in the reader's language
    if isinstance(value, str):
        text = value
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int) and abs(value) > 10**30:
        text = "a whole number of very many digits"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{k} = {shown(v)}" for k, v in list(value.items())[:12]) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(shown(v) for v in value[:12]) + "]"
    elif isinstance(value, dt.date | dt.time):
        text = value.isoformat()
    else:
        text = f"{value:g}" if isinstance(value, float) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
