"""The coefficient of performance of a heat pump from the temperatures of its source and sink."""

from __future__ import annotations

import numpy as np

from parkzero.errors import StudyError
from parkzero.language.fields import Field, Profile, constant
from parkzero.series import heat_pump_cop, sample
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.options import Options
from parkzero.study.values import quantity
from parkzero.study.weather_series import WEATHER_KEYS, weather_of
from parkzero.texts import NOTHING, data, say
from parkzero.units import CELSIUS, ONE, FloatArray

HOTTEST = 200.0  # degC; no heat pump on the market delivers hotter
COP_KEYS = (
    "model",
    "source",
    "sink",
    "carnot_share",
    "source_out",
    "sink_in",
    "lowest",
    "highest",
    *WEATHER_KEYS,
)


def from_temperatures(context: Context, path: Path, table: Tree, spec: Field, sink: str) -> Profile | None:
    """Heat per electricity in each step."""
    desk = context.desk
    desk.known(path, table, COP_KEYS)
    if spec.unit != ONE:
        desk.fault(
            path,
            say("cannot be a coefficient of performance"),
            needs=say("a series in {unit}", unit=spec.unit),
        )
        return None
    options = Options(context, path, table)
    share = options.required("carnot_share", ONE, 0, 1)
    hot = _sink(context, path, options, sink)
    cold = _source(context, path, options)
    lowest, highest = options.number("lowest", ONE, 1.0, 0.5, 20), options.number("highest", ONE, 10.0, 1, 20)
    glide = [options.number(name, CELSIUS, None, -50, 300) for name in ("source_out", "sink_in")]
    if not options.ok or hot is None or cold is None or lowest is None or highest is None:
        return None
    if hot <= float(np.min(cold)):
        got = say("{hot:g} degC from {least:g} degC", hot=hot, least=np.min(cold))
        desk.fault(path, say("gives off heat no warmer than its source"), got, say("a sink that is warmer"))
        return None
    try:
        cop = heat_pump_cop(
            cold, hot, share, source_out=glide[0], sink_in=glide[1], lowest=lowest, highest=highest
        )
    except StudyError as error:
        desk.absorb(path, error)
        return None
    values = np.array(np.broadcast_to(cop, context.clock.timeline.steps))
    if (values <= lowest).all():
        desk.warn(
            say(
                "{path}: the heat pump is at its lowest COP of {lowest:g} in every step",
                path=".".join(path),
                lowest=lowest,
            )
        )
    return Profile(values, spec.unit, constant(1.0))


def _sink(context: Context, path: Path, options: Options, sink: str) -> float | None:
    """Temperature at which heat is given off [degC]: that of the bus unless another is given."""
    bus, desk = context.buses.get(sink), context.desk
    needed = bus.temperature if bus is not None else None
    written = options.table.get("sink", "bus")
    if written == "bus":
        hot = needed
        if hot is None and bus is not None and context.carriers[bus.carrier].temperature != "no":
            desk.fault((*path, "sink"), say("asks for the temperature of a bus that has none"), sink)
    else:
        hot = quantity(desk, (*path, "sink"), written, CELSIUS, context.money)
    if hot is None:
        return None
    if needed is not None and hot < needed - 1e-9:
        got = say("{hot:g} degC", hot=hot)
        desk.fault(
            (*path, "sink"),
            say("is colder than the bus {sink} needs", sink=sink),
            got,
            say("at least {needed:g} degC", needed=needed),
        )
        return None
    if not 0 < hot <= HOTTEST:
        what, got = say("is no temperature that a heat pump delivers"), say("{hot:g} degC", hot=hot)
        needs = say("above 0, at most {hottest:g} degC", hottest=HOTTEST)
        desk.fault((*path, "sink"), what, got, needs, say("an electric boiler reaches higher"))
        return None
    return hot


def _source(context: Context, path: Path, options: Options) -> FloatArray | None:
    """Temperature of the source in each step [degC]."""
    table, desk = options.table, context.desk
    steps = context.clock.timeline.steps
    if "source" not in table:
        options.miss("source", say("'air' with weather, or a temperature such as '30 degC'"))
        return None
    if table["source"] != "air":
        cold = options.number("source", CELSIUS, None, -50, 150)
        if cold is not None:
            context.source(path, table)
        return None if cold is None else np.full(steps, cold)
    if "weather" not in table:
        options.miss("weather", say("a weather file, because the source is the air"))
        return None
    weather = weather_of(context, path, table)
    if weather is None:
        return None
    desk.source(path, table, synthetic=data(weather.source) if weather.synthetic else NOTHING)
    minutes = context.clock.minutes
    return context.clock.fit(sample(weather, minutes).temperature, minutes)
