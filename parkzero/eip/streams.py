"""Streams of heat: what must be cooled or heated, and how near it may come to what it exchanges with.

A hot stream gives heat as it cools from its supply to its target temperature; a cold one takes heat as it is
warmed. A latent one gives or takes its heat at one temperature. Each brings a contribution of its own to the
least temperature difference: two streams may exchange where hot - cold >= the sum of both contributions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import say
from parkzero.units import FloatArray

ABSOLUTE_ZERO = -273.15
Side = Literal["hot", "cold"]


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream.

    Attributes:
        name: unique within its site.
        side: ``hot`` gives heat, ``cold`` takes it.
        supply, target: temperatures [degC]; equal for a latent stream.
        heat: given or taken between them [MW].
        contribution: its part of the least temperature difference [K].
        soft: whether a hot stream may be vented as it is, so that nothing need cool it.
        tenant: whose it is.
        process: unit within the tenant whose streams are integrated first (total site).
    """

    name: str
    side: Side
    supply: float
    target: float
    heat: float
    contribution: float = 5.0
    soft: bool = False
    tenant: str = ""
    process: str = ""

    @property
    def latent(self) -> bool:
        """Whether it changes its phase at one temperature."""
        return self.supply == self.target


def faults_of(streams: Sequence[Stream], place: Place | None = None) -> list[Fault]:
    """What is wrong with streams; all of it at once."""
    found: list[Fault] = []
    names: set[str] = set()
    for s in streams:
        where = place or Place(field=f"streams.{s.name}")
        numbers = (s.supply, s.target, s.heat, s.contribution)
        if not np.isfinite(numbers).all():
            found.append(
                Fault(where, say("has a value that is no finite number"), str(numbers), say("finite numbers"))
            )
            continue
        if s.name in names:
            found.append(
                Fault(where, say("has a name that another stream has"), s.name, say("a name of its own"))
            )
        names.add(s.name)
        found += _physics(s, where)
    return found


def _physics(s: Stream, where: Place) -> list[Fault]:
    found: list[Fault] = []
    if s.side == "hot" and s.target > s.supply:
        got, needs = (
            say("{supply:g} to {target:g} degC", supply=s.supply, target=s.target),
            say("a hot stream that cools"),
        )
        found.append(
            Fault(
                where, say("is hot, but is heated"), got, needs, say("call it cold, or turn its temperatures")
            )
        )
    if s.side == "cold" and s.target < s.supply:
        got, needs = (
            say("{supply:g} to {target:g} degC", supply=s.supply, target=s.target),
            say("a cold stream that is warmed"),
        )
        found.append(
            Fault(
                where, say("is cold, but is cooled"), got, needs, say("call it hot, or turn its temperatures")
            )
        )
    if s.heat <= 0:
        hint = say("give the heat between both temperatures, or leave the stream out")
        found.append(
            Fault(where, say("has no heat to exchange"), f"{s.heat:g} MW", say("more than 0 MW"), hint)
        )
    low = min(s.supply, s.target)
    if low < ABSOLUTE_ZERO:
        found.append(
            Fault(
                where,
                say("is colder than absolute zero"),
                say("{low:g} degC", low=low),
                say("{absolute_zero} degC or more", absolute_zero=ABSOLUTE_ZERO),
            )
        )
    if s.contribution < 0:
        needs = say("0 K or more")
        found.append(
            Fault(where, say("has a negative temperature contribution"), f"{s.contribution:g} K", needs)
        )
    if s.soft and s.side == "cold":
        found.append(
            Fault(
                where, say("is cold and may be vented"), needs=say("a hot stream: only what is hot is vented")
            )
        )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Shifted:
    """Streams as arrays over their own number, at shifted temperatures: hot - contribution, cold + it.

    Attributes:
        high, low: shifted temperatures [degC].
        heat: positive where given, negative where taken [MW].
        soft: which may be vented.
    """

    high: FloatArray
    low: FloatArray
    heat: FloatArray
    soft: npt.NDArray[np.bool_]


def shifted(streams: Sequence[Stream]) -> Shifted:
    """Streams at shifted temperatures.

    Raises:
        StudyError: with every fault of every stream.
    """
    if found := faults_of(streams):
        raise StudyError(found)
    sign = np.array([1.0 if s.side == "hot" else -1.0 for s in streams])
    ends = np.array([(s.supply, s.target) for s in streams]).reshape(-1, 2)
    ends = ends - (sign * np.array([s.contribution for s in streams]))[:, None]
    heat = sign * np.array([s.heat for s in streams])
    soft = np.array([s.soft for s in streams], dtype=np.bool_)
    return Shifted(ends.max(axis=1, initial=-np.inf), ends.min(axis=1, initial=np.inf), heat, soft)
