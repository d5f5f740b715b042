"""Fields of a component: each says its unit, its range and what it is, in one line.

The same metadata serve the reader of studies, the JSON Schema, the manual's pages and the web form. Kinds
import the module itself, ``from parkzero.language import fields as f``: a field may then be called as its
maker is (``bus: str = f.bus(…)``).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Container
from dataclasses import dataclass
from typing import Any, Literal

from parkzero.language.values import FIRST_YEAR, LAST_YEAR, ByYear, Profile, Size, constant
from parkzero.units import MONEY, MW, ONE, YEAR, Quantity, Unit

__all__ = ["ByYear", "Field", "Profile", "Quantity", "Size", "constant", "described", "size_fields"]

Kind = Literal[
    "quantity", "by_year", "profile", "size", "bus", "asset", "actor", "text", "integer", "flag",
    "choice", "uses", "trips",
]  # fmt: skip
KEY = "parkzero"
SHARED = ("lifetime", "fixed_om", "existing_until", "first_year")
"""Fields of a size that may be given once on the asset, for all of its sizes that do not say their own."""


@dataclass(frozen=True, slots=True)
class Field:
    """What the border needs to know about a field.

    Attributes:
        kind: which reader it needs.
        doc: what it is, in a sentence.
        unit: unit of a quantity, path, profile or size.
        least, most: smallest and largest value allowed, in ``unit``.
        above: a value that it must exceed (efficiencies are more than zero).
        usual: from where to where it usually lies, in ``unit``; what lies outside is told, not refused.
        of: field with a bus whose carrier the unit follows; ``unit`` is then written as for MW.
        per: whether it is energy for an amount at that bus: MWh per MWh, per t or per m³.
        or_unit: another unit in which it may be given.
        carriers: carriers that a bus may have; empty for any.
        gives, takes: whether the component gives to the bus, or takes from it.
        stores: whether it only keeps for later what others give.
        kinds, trait: which assets an asset may be: of one of these kinds, or of any kind with this trait.
        choices: allowed words.
        required: whether a study must give it.
        partial: whether a path may leave years out (a policy then does not apply in them).
        limits: fields of which one holds the limit that a table of assets takes from.
        relative: field with an amount of which a path may be told as a change, such as "-30 %".
        or_series: whether a path may be a series of the steps instead.
    """

    kind: Kind
    doc: str
    unit: Unit = ONE
    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf
    usual: tuple[float, float] | None = None
    of: str = ""
    per: bool = False
    or_unit: Unit | None = None
    carriers: tuple[str, ...] = ()
    gives: bool = False
    takes: bool = False
    stores: bool = False
    kinds: tuple[str, ...] = ()
    trait: str = ""
    choices: tuple[str, ...] = ()
    required: bool = True
    partial: bool = False
    or_series: bool = False
    relative: str = ""
    limits: tuple[str, ...] = ()

    def takes_carrier(self, carrier: str, shipped: Container[str]) -> bool:
        """Whether a bus may have a carrier; a study's own go where products go."""
        own = "product" in self.carriers and carrier not in shipped
        return not self.carriers or carrier in self.carriers or own

    def in_rate(self, rate: Unit) -> Field:
        """The field for a bus whose carrier flows in ``rate``."""
        unit = self.unit * MW / rate if self.per else self.unit.for_rate(rate)
        return dataclasses.replace(self, unit=unit)


def _field(meta: Field, default: Any) -> Any:
    if default is dataclasses.MISSING:
        return dataclasses.field(metadata={KEY: meta})
    return dataclasses.field(default=default, metadata={KEY: dataclasses.replace(meta, required=False)})


def quantity(
    unit: Unit, doc: str, *, least: float = 0.0, most: float = math.inf, above: float = -math.inf,
    usual: tuple[float, float] | None = None, of: str = "", per: bool = False,
    default: Any = dataclasses.MISSING,
) -> Any:  # fmt: skip
    """A number with a unit; of zero or more unless ``least`` says otherwise.

    With ``per`` it is energy for an amount at the bus ``of``, written in ``ONE`` as for a bus in MW.
    """
    return _field(Field("quantity", doc, unit, least, most, above, usual, of, per), default)


def efficiency(
    doc: str, *, most: float = 1.0, usual: tuple[float, float] | None = None,
    default: Any = dataclasses.MISSING,
) -> Any:  # fmt: skip
    """A ratio above zero."""
    return _field(Field("quantity", doc, ONE, 0.0, most, 0.0, usual), default)


def by_year(
    unit: Unit, doc: str, *, least: float = 0.0, most: float = math.inf, partial: bool = False,
    or_series: bool = False, relative: str = "", of: str = "", default: Any = dataclasses.MISSING,
) -> Any:  # fmt: skip
    """One number for all years, or a path over the years.

    With ``or_series`` it may be a series of the steps; with ``relative`` a change of what that field holds.
    """
    meta = Field(
        "by_year", doc, unit, least, most, of=of, partial=partial, or_series=or_series, relative=relative
    )
    return _field(meta, default)


def profile(
    unit: Unit, doc: str, *, least: float = 0.0, most: float = math.inf, above: float = -math.inf,
    of: str = "", default: Any = dataclasses.MISSING,
) -> Any:  # fmt: skip
    """A value for every step."""
    return _field(Field("profile", doc, unit, least, most, above, of=of), default)


def size(unit: Unit, doc: str, *, of: str = "", default: Any = dataclasses.MISSING) -> Any:
    """A size that may stand and be built; in a file a table of capex, max, existing and so on."""
    return _field(Field("size", doc, unit, of=of), default)


def start_level() -> Any:
    """What a store holds when the calendar begins, for ``Block.turn``."""
    what = "share of its size that it holds when the year, or the part of it, begins; else what it ends with"
    return quantity(ONE, what, most=1, default=None)


def end_level() -> Any:
    """What a store holds when the calendar ends, for ``Block.turn``."""
    what = "least share of its size that it holds when the year, or the part of it, ends; else start_level"
    return quantity(ONE, what, most=1, default=None)


def bus(
    carriers: str, doc: str, *, gives: bool = False, takes: bool = False, stores: bool = False,
    default: Any = dataclasses.MISSING,
) -> Any:  # fmt: skip
    """A bus, of one of some carriers (``"heat steam"``) or of any (``""``), and what is done at it."""
    meta = Field("bus", doc, carriers=tuple(carriers.split()), gives=gives, takes=takes, stores=stores)
    return _field(meta, default)


def asset(kinds: str, doc: str, *, trait: str = "", default: Any = dataclasses.MISSING) -> Any:
    """The name of another asset: of one of some kinds (``"solar wind"``), or of any kind with a trait."""
    return _field(Field("asset", doc, kinds=tuple(kinds.split()), trait=trait), default)


def uses(doc: str, *, of: str) -> Any:
    """What a unit of each of several sizes takes, by ``asset.size``, of the limit in one of some fields."""
    return _field(Field("uses", doc, limits=tuple(of.split())), dataclasses.MISSING)


def trips(doc: str) -> Any:
    """A timetable of trips; in a file a table that names its files."""
    return _field(Field("trips", doc), dataclasses.MISSING)


def text(doc: str, default: Any = dataclasses.MISSING) -> Any:
    """Free text."""
    return _field(Field("text", doc), default)


def actor(doc: str, default: Any = dataclasses.MISSING) -> Any:
    """Someone who pays or is paid, by id."""
    return _field(Field("actor", doc), default)


def integer(doc: str, *, least: float, most: float, default: Any = dataclasses.MISSING) -> Any:
    """A whole number, such as a calendar year."""
    return _field(Field("integer", doc, ONE, least, most), default)


def flag(doc: str, default: Any = dataclasses.MISSING) -> Any:
    """True or false."""
    return _field(Field("flag", doc), default)


def choice(choices: tuple[str, ...], doc: str, default: Any = dataclasses.MISSING) -> Any:
    """One of some words."""
    return _field(Field("choice", doc, choices=choices), default)


def described(kind: type) -> dict[str, Field]:
    """The described fields of a component, by name, in the order in which they are written."""
    return {f.name: f.metadata[KEY] for f in dataclasses.fields(kind) if KEY in f.metadata}


def size_fields(unit: Unit) -> dict[str, Field]:
    """The fields of a size in ``unit``, by name, in the order in which they are written."""
    each = MONEY / unit

    def amount(doc: str, above: float = -math.inf) -> Field:
        return Field("quantity", doc, unit, 0.0, above=above, required=False)

    def year(doc: str) -> Field:
        return Field("integer", doc, ONE, FIRST_YEAR, LAST_YEAR, required=False)

    upkeep = "fixed operation and maintenance per year, as a share of the investment or as money per unit"
    least = "least that is sensible: in a milestone year at least this is built, or nothing"
    life = "years from building to retirement"
    return {
        "capex": Field("by_year", "investment, by year of building", each, 0.0, required=False),
        "lifetime": Field("quantity", life, YEAR, 0.0, 100.0, 0.0, required=False),
        "fixed_om": Field("by_year", upkeep, ONE, 0.0, 1.0, or_unit=each, required=False),
        "max": amount("largest that may stand"),
        "max_each": amount("largest built in one milestone year"),
        "min": amount(least, 0.0),
        "unit": amount("size of one unit, where only whole units are built", 0.0),
        "module": amount("size of what is sold; the report rounds to it, the plan is not bound to it", 0.0),
        "existing": amount("what stands already"),
        "existing_until": year("year in which what exists retires (it no longer stands in that year)"),
        "first_year": year("first year in which it may be built"),
    }
