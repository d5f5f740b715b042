"""Tables of the books for readers: what a table holds on a day, and a technology's figures by year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from parkzero.books.entry import BookError, Entry, Statement
from parkzero.books.library import TABLES, Library, shelf
from parkzero.books.paths import trace
from parkzero.errors import did_you_mean
from parkzero.texts import say

_TECH = "tech."
_BOUNDS = ("low", "middle", "high")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the books.

    Attributes:
        name: such as ``technologies``.
        library: its entries, by key and date.
    """

    name: str
    library: Library

    def __iter__(self) -> Iterator[Entry]:
        for held in self.library.by_key.values():
            yield from held

    def __len__(self) -> int:
        return sum(len(held) for held in self.library.by_key.values())

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys, in order."""
        return tuple(self.library.by_key)

    def on(self, day: date, prefix: str = "") -> dict[str, Entry]:
        """What holds on a day, by key.

        Args:
            day: the day.
            prefix: only keys that are this or stand below it.
        """
        return {entry.key: entry for entry in self.library.entries(prefix) if entry.covers(day)}

    def statements(self, day: date, prefix: str = "") -> dict[str, Statement]:
        """Statements that hold on a day, by key; only the table ``statements`` has any.

        Args:
            day: the day.
            prefix: only keys that are this or stand below it.
        """
        return {held.key: held for held in self.library.all_statements(prefix) if held.covers(day)}

    def find(self, key: str, day: date) -> Entry:
        """The entry of a key that holds on a day.

        Raises:
            BookError: if the table has no such key, or no value on that day; says which there are.
        """
        return self.library.find(key, day)


def tables() -> tuple[str, ...]:
    """Names of the shipped tables."""
    return tuple(TABLES)


def table(name: str) -> Table:
    """A shipped table by name.

    Raises:
        BookError: if there is none of that name; says which there are.
    """
    if name not in tables():
        hint = did_you_mean(name, tables()) or say("There are {names}", names=list(tables()))
        raise BookError(say("the books have no table {name!r}. {hint}", name=name, hint=hint))
    return Table(name, shelf(name))


@dataclass(frozen=True, slots=True)
class Technology:
    """A technology of one family: its costs, lifetime and efficiency by year.

    Attributes:
        name: family and technology, such as ``dea.battery_energy`` or ``vn_market.pv_ground.north``.
        parameters: names of what is known of it, such as ``investment`` or ``FOM``.
    """

    name: str
    parameters: tuple[str, ...]

    def entries(self, parameter: str) -> tuple[Entry, ...]:
        """The dated entries of a parameter, in order of date.

        Raises:
            BookError: if it has no such parameter; says which there are.
        """
        if parameter not in self.parameters:
            hint = did_you_mean(parameter, self.parameters) or say(
                "It has {names}", names=list(self.parameters)
            )
            raise BookError(
                say(
                    "the books have no {parameter!r} of {name}. {hint}",
                    parameter=parameter,
                    name=self.name,
                    hint=hint,
                )
            )
        return shelf("technologies").series(f"{_TECH}{self.name}.{parameter}")

    def at(self, parameter: str, year: float, *, hold: bool = False) -> tuple[float, tuple[Entry, ...]]:
        """A parameter in a year, on straight lines between the dated years, with the entries used.

        Args:
            parameter: one of ``parameters``.
            year: calendar year [year].
            hold: keep the first or last value outside the dated years instead of refusing.

        Returns:
            The value in the unit of the entries, and the entries.

        Raises:
            BookError: as :meth:`entries`, or if the year lies outside the dated ones.
        """
        self.entries(parameter)
        key = f"{_TECH}{self.name}.{parameter}"
        values, used = trace(key, [year], hold=hold, library=shelf("technologies"))
        return float(values[0]), used


def _split(key: str) -> tuple[str, str]:
    """Name and parameter; of ``…investment.low`` the parameter is ``investment.low``."""
    name, _, parameter = key.rpartition(".")
    if parameter in _BOUNDS:
        name, _, of = name.rpartition(".")
        parameter = f"{of}.{parameter}"
    return name, parameter


@lru_cache(maxsize=1)
def _technologies() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key in shelf("technologies").by_key:
        name, parameter = _split(key.removeprefix(_TECH))
        found.setdefault(name, []).append(parameter)
    return {name: tuple(parameters) for name, parameters in found.items()}


def technologies() -> tuple[str, ...]:
    """Names of all technologies, such as ``dea.battery_energy``."""
    return tuple(_technologies())


def technology(name: str) -> Technology:
    """A technology by name.

    Raises:
        BookError: if the books have none of that name; says what may have been meant.
    """
    held = _technologies()
    if name not in held:
        hint = did_you_mean(name, held) or say("parkzero.books.technologies() lists them")
        raise BookError(say("the books have no technology {name!r}. {hint}", name=name, hint=hint))
    return Technology(name, held[name])
