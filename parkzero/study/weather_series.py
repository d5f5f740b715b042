"""Output of photovoltaics and wind from a weather file, or from weather made up from monthly normals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np

from parkzero.errors import Fault, Place, StudyError
from parkzero.language.fields import Field, Profile, constant
from parkzero.series import (
    MonthlyNormals,
    PvPlant,
    Weather,
    WindTurbine,
    pv_capacity_factor,
    read_epw,
    read_nasa_power,
    read_pvgis,
    sample,
    synthetic_weather,
    wind_capacity_factor,
)
from parkzero.series.figures import parse_column
from parkzero.study.context import Context
from parkzero.study.document import Path, Tree
from parkzero.study.options import Options
from parkzero.study.usual import far_from_viet_nam
from parkzero.tables import TextTable, read_bytes_safely, read_csv_safely
from parkzero.texts import NOTHING, data, say
from parkzero.units import CELSIUS, DEGREE, ONE, FloatArray, H, M

WEATHER_KEYS = (
    "weather", "fill", "max_gap", "utc_offset", "normals", "normals_source", "altitude", "seed",
    "derive", "clock",
)  # fmt: skip
PV_KEYS = (
    "model", "tilt", "azimuth", "dc_ac", "losses", "temperature_coefficient", "inverter_efficiency", "albedo",
    "u0", "u1",
)  # fmt: skip
WIND_KEYS = (
    "model", "hub_height", "curve", "shear", "roughness", "losses", "density_correction", "speed_column",
    "power_column",
)  # fmt: skip
_TOLD = ("open_closure", "derived_dni", "utc")
_FAR = 1.5  # [deg]
_NORMALS = ("temperature", "temperature_min", "temperature_max", "ghi", "wind_speed")


def from_weather(context: Context, path: Path, table: Tree, spec: Field) -> Profile | None:
    """Output per standing power of a plant in each step."""
    desk = context.desk
    options = Options(context, path, table)
    if table.get("model") == "temperature" and spec.unit == CELSIUS:
        return _of_air(context, path, table)
    model = options.words("model", ("pv", "wind", "cop", "temperature"), None)
    if "model" not in table:
        options.miss("model", say("'pv', 'wind', 'cop' or 'temperature'"))
    if spec.unit != ONE:
        desk.fault(path, say("cannot come from weather"), needs=say("a series in {unit}", unit=spec.unit))
        return None
    if model == "temperature":
        desk.fault(path, say("cannot come from weather"), needs=say("a series in {unit}", unit=spec.unit))
    if model is None or model == "temperature":
        return None
    desk.known(path, table, (*WEATHER_KEYS, *(PV_KEYS if model == "pv" else WIND_KEYS)))
    if "weather" not in table:
        options.miss("weather", say("a weather file, or 'synthetic' with normals"))
        return None
    weather = weather_of(context, path, table)
    try:
        plant = _pv(options) if model == "pv" else _turbine(context, options)
    except StudyError as error:
        desk.absorb(path, error)
        return None
    if weather is None or plant is None or not options.ok:
        return None
    values = _output(context, path, weather, plant)
    if values is None:
        return None
    context.source(path, table, synthetic=data(weather.source) if weather.synthetic else NOTHING)
    return Profile(values, spec.unit, constant(1.0))


def _of_air(context: Context, path: Path, table: Tree) -> Profile | None:
    """The temperature of the outdoor air in each step [degC]."""
    context.desk.known(path, table, ("model", *WEATHER_KEYS))
    weather = weather_of(context, path, table) if "weather" in table else None
    if "weather" not in table:
        Options(context, path, table).miss("weather", say("a weather file, or 'synthetic' with normals"))
    if weather is None:
        return None
    context.source(path, table, synthetic=data(weather.source) if weather.synthetic else NOTHING)
    minutes = context.clock.minutes
    return Profile(context.clock.fit(sample(weather, minutes).temperature, minutes), CELSIUS, constant(1.0))


def _output(
    context: Context, path: Path, weather: Weather, plant: PvPlant | WindTurbine
) -> FloatArray | None:
    minutes = context.clock.minutes
    try:
        if isinstance(plant, PvPlant):
            return context.clock.fit(pv_capacity_factor(weather, plant, minutes), minutes)
        return context.clock.fit(wind_capacity_factor(weather, plant, minutes), minutes)
    except StudyError as error:
        context.desk.absorb(path, error)
        return None


def _pv(options: Options) -> PvPlant:
    usual = PvPlant()
    chosen: dict[str, Any] = {
        "tilt": options.number("tilt", DEGREE, usual.tilt),
        "azimuth": options.number("azimuth", DEGREE, usual.azimuth),
        **{
            name: options.number(name, ONE, getattr(usual, name))
            for name in (
                "dc_ac",
                "losses",
                "temperature_coefficient",
                "inverter_efficiency",
                "albedo",
                "u0",
                "u1",
            )
        },
    }
    return PvPlant(**chosen)


def _turbine(context: Context, options: Options) -> WindTurbine | None:
    height = options.required("hub_height", M)
    usual = WindTurbine((0, 1), (0, 1), 100.0)
    chosen: dict[str, Any] = {
        "hub_height": height,
        "shear": options.number("shear", ONE, usual.shear),
        "roughness": options.number("roughness", M, None),
        "losses": options.number("losses", ONE, usual.losses),
        "density_correction": options.flag("density_correction", True),
    }
    if "curve" not in options.table:
        options.miss("curve", say("a file with wind speeds [m/s] and powers"))
    if not options.ok:
        return None
    names = (options.text("speed_column", "speed") or "", options.text("power_column", "power") or "")
    file = options.table["curve"]
    curve = context.opened(
        (*options.path, "curve"), ("curve", str(file), names), lambda: _columns(context, file, names)
    )
    return None if curve is None else WindTurbine(curve[0], curve[1], **chosen)


def _columns(context: Context, file: object, names: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
    """Columns of numbers of a small table, complete."""
    table = read_csv_safely(context.files.table(file), max_rows=2000)
    faults: list[Fault] = []
    made = [_column(table, name, faults) for name in names]
    if faults:
        raise StudyError(faults, title=table.file)
    return tuple(made)


def _column(table: TextTable, name: str, faults: list[Fault]) -> tuple[float, ...]:
    if name not in table.columns:
        needs = say("a column {name}", name=name)
        faults.append(
            Fault(Place(table.file), say("has no such column"), ", ".join(list(table.columns)[:12]), needs)
        )
        return ()
    figures = parse_column(table.columns[name], table.lines, table.file, name)
    faults += figures.faults
    for i in np.flatnonzero(~np.isfinite(figures.values))[:5]:
        place = Place(table.file, line=table.lines[int(i)], field=name)
        faults.append(Fault(place, say("is not a number"), table.columns[name][int(i)][:40]))
    return tuple(figures.values.tolist())


def weather_of(context: Context, path: Path, table: Tree) -> Weather | None:
    """The weather that a table names, read once for all fields that name it alike."""
    options = Options(context, path, table)
    fill = options.words("fill", ("refuse", "interpolate"), "refuse")
    gap = options.number("max_gap", H, 6.0, 0, 8760)
    offset = options.number("utc_offset", H, None, -12, 14)
    derive = options.flag("derive", False)
    clock = options.words("clock", ("local", "utc"), None)
    if table["weather"] == "synthetic":
        for extra in (n for n in ("fill", "max_gap", "derive", "clock") if n in table):
            hint = say("leave {option} out", option=extra)
            context.desk.fault((*path, extra), say("is for weather files only"), table[extra], hint=hint)
            options.ok = False
        return _synthetic(context, path, options)
    for name in ("normals", "normals_source", "altitude", "seed"):
        if name in table:
            context.desk.fault((*path, name), say("is for weather = 'synthetic' only"), table[name])
            options.ok = False
    if not options.ok:
        return None
    fills: dict[str, Any] = {"fill": fill, "max_gap_hours": gap, "derive": derive}
    key = ("weather", str(table["weather"]), fill, gap, offset, derive, clock)
    weather = context.opened(path, key, lambda: _file(context, table["weather"], fills, offset, clock))
    for finding in weather.findings if weather else ():
        if finding.mended or finding.severity != "note" or finding.kind in _TOLD:
            context.desk.warn(say("{name}: {finding}", name=table["weather"], finding=finding.text()))
    if weather is not None:
        _far(context, str(table["weather"]), weather)
    return weather


def _far(context: Context, name: str, weather: Weather) -> None:
    """Warn where weather is from another region than the park."""
    if context.latitude is None or context.longitude is None:
        return
    apart = max(abs(weather.latitude - context.latitude), abs(weather.longitude - context.longitude))
    if apart > _FAR:
        where = f"{weather.latitude:g}, {weather.longitude:g}"
        here = f"{context.latitude:g}, {context.longitude:g}"
        told = say(
            "{name}: the weather is of {where}, the park lies at {here}", name=name, where=where, here=here
        )
        context.desk.warn(told)


def _file(
    context: Context, name: object, fills: dict[str, Any], offset: float | None, clock: str | None
) -> Weather:
    found = context.files.locate(name)
    if found.name.lower().endswith((".epw", ".epw.gz")):
        if offset is not None:
            what = say("is for files without an offset of their own")
            hint = say("leave {option} out", option="utc_offset")
            raise StudyError([Fault(Place(field="utc_offset"), what, f"{offset:g} h", hint=hint)])
        return read_epw(found, **fills, clock="utc" if clock == "utc" else "local")
    if clock is not None:
        what, hint = (
            say("is for EPW files, whose header names the zone of their hours"),
            say("leave {option} out", option="clock"),
        )
        raise StudyError([Fault(Place(field="clock"), what, clock, hint=hint)])
    head = read_bytes_safely(found)[:20_000].upper()
    if b"YEAR,MO,DY,HR" in head:
        return read_nasa_power(found, utc_offset=offset, **fills)
    if b"LATITUDE" in head[:400]:
        return read_pvgis(found, utc_offset=offset, **fills)
    needs = say("an EPW file (.epw), a PVGIS or a NASA POWER hourly file (.csv)")
    raise StudyError([Fault(Place(found.name), say("is not a weather file"), needs=needs)], title=found.name)


def _synthetic(context: Context, path: Path, options: Options) -> Weather | None:
    for name, value in (("latitude", context.latitude), ("longitude", context.longitude)):
        if value is None:
            context.desk.fault(
                ("park", name), say("is missing"), needs=say("the place, for weather = 'synthetic'")
            )
            options.ok = False
    source = options.text("normals_source", None)
    if not source:
        options.miss("normals_source", say("a citation of the monthly normals"))
    if "normals" not in options.table:
        options.miss("normals", say("a file with the columns {names} and 12 rows", names=", ".join(_NORMALS)))
    altitude = options.number("altitude", M, 0.0)
    seed = options.whole("seed", 0, 0, 2**31)
    offset = options.number("utc_offset", H, 7.0, -12, 14)
    if not options.ok:
        return None
    file = options.table["normals"]
    place = (context.latitude, context.longitude, altitude, offset)
    key = ("synthetic", str(file), source, place, seed)

    def made() -> Weather:
        columns = dict(zip(_NORMALS, _columns(context, file, _NORMALS), strict=True))
        normals = MonthlyNormals(
            columns["temperature"], columns["temperature_min"], columns["temperature_max"], columns["ghi"],
            columns["wind_speed"], source or "",
        )  # fmt: skip
        where = cast(tuple[float, float, float, float], place)
        try:
            return synthetic_weather(
                normals,
                latitude=where[0],
                longitude=where[1],
                altitude=where[2],
                utc_offset=where[3],
                seed=seed,
            )
        except StudyError as error:
            told = far_from_viet_nam(context.latitude, context.longitude, context.money.currency)
            raise StudyError([replace(f, hint=told[0]) if told else f for f in error.faults]) from None

    return context.opened(path, key, made)
