"""Coefficient of performance (COP) of heat pumps and chillers from temperatures.

The best that any machine can do between two temperatures is Carnot's ``T_hot / (T_hot - T_cold)``, and
where source and sink change their temperature (glide) Lorenz's, with the logarithmic means of both. Real
machines reach a share of it, given by the caller with its source; nothing is assumed here.

Sources: Carnot (1824); Lorenz, Z. VDI 38 (1894) 62; both as in Jensen et al., Int. J. Refrig. 86 (2018) 275.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import say
from parkzero.units import FloatArray

KELVIN = 273.15
_LEAST_LIFT = 0.1  # [K]; below it the formula means nothing and the upper limit holds


def carnot_cop(source: npt.ArrayLike, sink: npt.ArrayLike) -> FloatArray:
    """Carnot's COP for heating.

    Args:
        source: temperature at which heat is taken up [degC], scalar or (n,).
        sink: temperature at which heat is given off [degC], scalar or (n,).

    Returns:
        COP, unlimited (inf) where the source is as warm as the sink.

    Raises:
        StudyError: a temperature is not finite or below absolute zero.
    """
    cold, hot = _kelvin("source", source), _kelvin("sink", sink)
    lift = hot - cold
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(lift < _LEAST_LIFT, np.inf, hot / lift))


def mean_temperature(inlet: npt.ArrayLike, outlet: npt.ArrayLike) -> FloatArray:
    """Logarithmic mean of two temperatures, taken in kelvin [degC]; Lorenz's temperature of a glide."""
    one, two = np.broadcast_arrays(_kelvin("inlet", inlet), _kelvin("outlet", outlet))
    change = two - one
    small = np.abs(change) < 1e-6
    ratio = np.where(small, 1.0, np.log(np.where(small, np.e, two / one)))
    return np.asarray(np.where(small, one, change / ratio) - KELVIN)


def heat_pump_cop(
    source: npt.ArrayLike,
    sink: npt.ArrayLike,
    share: float,
    *,
    source_out: npt.ArrayLike | None = None,
    sink_in: npt.ArrayLike | None = None,
    approach: float = 0.0,
    lowest: float = 1.0,
    highest: float = 10.0,
) -> FloatArray:
    """COP of a heat pump: a share of Carnot's, or of Lorenz's where a glide is given.

    Args:
        source: temperature of the source, entering the machine [degC], scalar or (n,).
        sink: temperature of the heat that is needed, leaving the machine [degC], scalar or (n,).
        share: COP reached over the ideal COP, above 0 to 1; from a data sheet or a cited study.
        source_out: temperature at which the source leaves [degC]; equal to ``source`` when None.
        sink_in: temperature at which the heated medium comes back [degC]; equal to ``sink`` when None.
        approach: temperature difference over each heat exchanger [K].
        lowest: least COP; at 1 the machine is a resistance heater.
        highest: largest COP; the ideal one grows without limit as the lift goes to zero.

    Returns:
        COP for heating, (n,) or scalar array, within ``lowest`` to ``highest``.

    Raises:
        StudyError: a temperature or share is impossible.
    """
    faults = []
    if not (np.isfinite(share) and 0 < share <= 1):
        faults.append(
            Fault(
                Place(field="share"),
                say("is no share of the ideal COP"),
                f"{share:g}",
                say("above 0, at most 1"),
            )
        )
    if not (np.isfinite(approach) and 0 <= approach <= 50):
        faults.append(
            Fault(Place(field="approach"), say("is out of range"), f"{approach:g}", say("0 to 50 K"))
        )
    if not (0 < lowest <= highest < 100):
        faults.append(
            Fault(Place(field="lowest"), say("does not go with highest"), f"{lowest:g}, {highest:g}")
        )
    if faults:
        raise StudyError(faults, title=say("The heat pump"))
    cold = np.asarray(source, dtype=float) if source_out is None else mean_temperature(source, source_out)
    hot = np.asarray(sink, dtype=float) if sink_in is None else mean_temperature(sink_in, sink)
    ideal = carnot_cop(cold - approach, hot + approach)
    return np.asarray(np.clip(share * ideal, lowest, highest))


def chiller_cop(
    cold: npt.ArrayLike,
    outdoor: npt.ArrayLike,
    share: float,
    *,
    approach: float = 0.0,
    lowest: float = 0.1,
    highest: float = 10.0,
) -> FloatArray:
    """COP of a chiller: a share of Carnot's for cooling, ``T_cold / (T_hot - T_cold)``.

    Args:
        cold: temperature of the cold that is needed [degC], scalar or (n,).
        outdoor: temperature at which heat is given off [degC], scalar or (n,).
        share: COP reached over the ideal COP, above 0 to 1.
        approach: temperature difference over each exchanger [K].
        lowest: least COP.
        highest: largest COP.

    Returns:
        Cooling per electricity, (n,) or scalar array, within ``lowest`` to ``highest``.

    Raises:
        StudyError: a temperature is impossible.
    """
    ideal = carnot_cop(np.asarray(cold, dtype=float) - approach, np.asarray(outdoor, dtype=float) + approach)
    return np.asarray(np.clip(share * (ideal - 1.0), lowest, highest))


def _kelvin(name: str, celsius: npt.ArrayLike) -> FloatArray:
    values = np.asarray(celsius, dtype=float) + KELVIN
    if not np.isfinite(values).all() or (values <= 0).any() or (values > 3000).any():
        raise StudyError(
            [Fault(Place(field=name), say("is no temperature"), needs=say("above -273.15 degC, finite"))]
        )
    return values
