"""Transformer: oil or cast resin, from a 110/22 kV substation down to a tenant's own.

Symbols:
    p0, k       losses without load, and copper losses at full load, as shares of the rating
    i0, uk      current without load, and short-circuit voltage, as shares

Rules:
    power       s[t] >= f[t] + b[t]
    capacity    s[t] <= loading S + over[t]
    copper.1    l[t] >= k (2 u s[t] - u^2 S)    at a loading u of 0.2
    copper.2    the same at 0.5
    copper.3    the same at 0.85
    reactive    q[t] = what is drawn below it, and its own        (these only within a distribution)
    voltage     v[t] = what the node before it has, less the drop
    tilted.1    s[t] >= (f[t] + b[t]) cos a + q[t] sin a    at an angle a of 15 deg
    tilted.2    the same at 30 deg
    tilted.3    the same at -15 deg
    tilted.4    the same at -30 deg

It takes p0 S at its source in every step, loaded or not: that is what a transformer of twice the size costs.
Units of one kind stand side by side. What all branches share stands in the theme's own page; voltages, taps
and reactive power come with a ``distribution``, whose root lies on the side of ``source``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from parkzero.components.networks import BRANCH, WORDS, Branch
from parkzero.language import fields as f
from parkzero.language.block import Block
from parkzero.language.component import component
from parkzero.language.site import Finding, Site
from parkzero.lp.expr import Expr
from parkzero.texts import say
from parkzero.units import KV, MW, ONE, Quantity


@component("transformer", vi="máy biến áp", en="transformer", group="network", colour="#997700",
           traits=BRANCH, words=WORDS)  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Transformer(Branch):
    """A transformer, or several of one kind side by side."""

    no_load_loss: Quantity = f.quantity(
        ONE, "losses without load, as a share of the rating", most=0.1, usual=(2e-4, 0.01)
    )
    load_loss: Quantity = f.quantity(
        ONE, "copper losses at full load, as a share of the rating", above=0, most=0.1, usual=(0.002, 0.03)
    )
    short_circuit: Quantity = f.quantity(
        ONE, "short-circuit voltage, as a share", above=0, most=0.5, usual=(0.03, 0.2)
    )
    no_load_current: Quantity = f.quantity(
        ONE, "current without load, as a share", most=0.2, usual=(0.0, 0.05), default=Quantity(0.0)
    )
    high: Quantity = f.quantity(KV, "rated voltage of its source side", above=0)
    low: Quantity = f.quantity(KV, "rated voltage of its other side", above=0)
    unit_rating: Quantity = f.quantity(
        MW, "rating of one transformer [MVA], to which the shares belong", above=0
    )
    tap: Quantity = f.quantity(
        ONE, "fixed tap: by how much the voltage behind it is raised", least=-0.2, most=0.2,
        usual=(-0.075, 0.075), default=Quantity(0.0),
    )  # fmt: skip
    tap_range: Quantity = f.quantity(
        ONE, "largest change of that voltage by tapping under load, either way", most=0.3,
        default=Quantity(0.0),
    )  # fmt: skip
    tap_step: Quantity = f.quantity(
        ONE, "change of voltage by one tap", above=0, most=0.1, default=Quantity(0.0125)
    )

    def check(self, site: Site) -> Iterator[Finding]:
        """Its copper losses are a part of its short-circuit voltage."""
        yield from super().check(site)
        if float(self.load_loss.value) >= float(self.short_circuit.value):
            needs = say("more than load_loss, {loss}", loss=str(self.load_loss))
            yield Finding("short_circuit", say("leaves no reactance"), str(self.short_circuit), needs)

    def copper(self) -> float:
        """Copper losses at full load, as a share of the rating."""
        return float(self.load_loss.value)

    def reactive_part(self) -> float:
        """Reactive losses for a megawatt of copper losses."""
        r, x = self.drop(0.0)
        return x / r

    def drop(self, stands: float) -> tuple[float, float]:
        """Resistance and reactance per unit on one MVA, where so much stands [MVA]; 0: one transformer."""
        r, z = float(self.load_loss.value), float(self.short_circuit.value)
        rating = max(stands, float(self.unit_rating.value))
        return r / rating, math.sqrt(z**2 - r**2) / rating

    def magnetising(self) -> float:
        """Reactive power that it takes without load, for each MVA of its rating."""
        loss, current = float(self.no_load_loss.value), float(self.no_load_current.value)
        return math.sqrt(max(0.0, current**2 - loss**2))

    def idle(self, lp: Block, rating: Expr) -> None:
        """Take the losses without load where it is fed; where nothing feeds it, they are unserved."""
        if float(self.no_load_loss.value) > 0:
            lp.inject(self.source, lp.unserved(self.source, "dead") - rating * self.no_load_loss)
