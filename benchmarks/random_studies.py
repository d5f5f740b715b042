"""Random studies for endurance tests: one to six owners, kilowatts to gigawatts, steps of 15 to 60 minutes.

A seed gives one study, always the same. All numbers are made up.
"""

from __future__ import annotations

import dataclasses
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks.every_kind import THEMES, every_kind
from parkzero.language.component import Component
from parkzero.language.values import ByYear, Size
from parkzero.study import Study

HEAD = """format = 1
name = "random {seed}"

[park]
currency = "VND"
calendar_year = 2025
step = "{step} min"
days = {days}
latitude = 20.8
longitude = 106.6

[years]
milestones = {years}
last_span = 5

[money]
discount_rate = "8 %"
base_year = 2025
rates = [
  {{ on = "2024-12-31", from = "USD", value = "25400 VND", source = "made up" }},
  {{ on = "2025-06-30", from = "USD", value = "26000 VND", source = "made up" }},
  {{ on = "2025-06-30", from = "EUR", value = "30000 VND", source = "made up" }},
]

[planning]
unserved_price = "200 MVND/MWh"
excess_price = "50 MVND/tCO2"
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a study is.

    Attributes:
        days: days of the calendar; 0 for a whole year.
        years: milestone years.
        owners: tenants.
        step: length of a step [min].
        scale: mean load of a tenant [kW].
        whole: whether turbines stand in whole units.
    """

    days: int
    years: tuple[int, ...]
    owners: int
    step: int
    scale: float
    whole: bool


def shape_of(seed: int, days: tuple[int, ...] = (2, 3, 5)) -> Shape:
    """The shape that a seed gives, small enough to be planned in seconds."""
    rng = random.Random(f"shape {seed}")
    years = rng.choice([(2025, 2030), (2025, 2030, 2040), (2026, 2035)])
    owners, step = rng.randint(1, 6), rng.choice([15, 30, 60, 60])
    scale = 10 ** rng.uniform(0.5, 5.7)
    return Shape(rng.choice(days), years, owners, step, scale, rng.random() < 0.3)


def study_of_kinds(seed: int) -> Study:
    """Some themes of the park with every kind, for some days and years, at investments of other heights.

    ``text_of`` draws the usual kinds at all scales and steps; this draws all others.
    """
    rng = random.Random(f"kinds {seed}")
    years = rng.choice([(2025, 2030), (2025, 2035, 2050), (2030, 2045)])
    study = every_kind(rng.choice([1, 2, 3]), years, rng.sample(THEMES, rng.randint(1, 4)))
    return dataclasses.replace(study, components=tuple(_dearer(part, rng) for part in study.components))


def _dearer(part: Component, rng: random.Random) -> Component:
    """The same asset with investments that are up to three times as high or as low."""
    changed: dict[str, Size] = {}
    for field in dataclasses.fields(part):
        size = getattr(part, field.name)
        if isinstance(size, Size) and size.capex is not None:
            factor = 3 ** rng.uniform(-1, 1)
            values = tuple(value * factor for value in size.capex.values)
            changed[field.name] = dataclasses.replace(
                size, capex=ByYear(size.capex.years, values, size.capex.unit, size.capex.steps)
            )
    return dataclasses.replace(part, **changed) if changed else part


def write_study(folder: Path, seed: int, shape: Shape | None = None) -> Path:
    """Write the study of a seed into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "park.toml"
    path.write_text(text_of(seed, shape or shape_of(seed)), encoding="utf-8")
    return folder


def text_of(seed: int, shape: Shape) -> str:
    """The study of a seed."""
    rng = random.Random(seed)
    head = HEAD.format(seed=seed, step=shape.step, days=shape.days, years=list(shape.years))
    if not shape.days:
        head = head.replace("days = 0\n", "")
    parts = [head]
    for owner in range(shape.owners):
        parts += _tenant(rng, f"t{owner}", shape.scale * rng.uniform(0.4, 2.0), shape)
    for owner in range(1, shape.owners):
        if rng.random() < 0.6:
            parts.append(_feeder(owner, shape.scale))
    parts += _policies(rng, shape)
    return "\n".join(parts) + "\n"


def _kw(value: float) -> str:
    return f"{value:.4f} kW"


def _asset(name: str, kind: str, **fields: str) -> str:
    lines = [f"{key.replace('__', '.')} = {value}" for key, value in fields.items()]
    return "\n".join([f"[assets.{name}]", f'kind = "{kind}"', *lines, ""])


def _q(text: str) -> str:
    return f'"{text}"'


def _tenant(rng: random.Random, name: str, mean: float, shape: Shape) -> list[str]:
    own, bus = {"owner": _q(name)}, {"bus": _q(f"{name}.el")}
    shifts = f"{{ shifts = {rng.choice([1, 2])}, base_share = {_q(f'{rng.choice([10, 20, 40])} %')} }}"
    load = f"{{ value = {_q(_kw(mean))}, growth = {_q(f'{rng.choice([0, 2, 4])} %')}, shifts = {shifts} }}"
    parts = [
        f'[tenants.{name}]\nname = "{name}"\ntrade = "made up"\n',
        f'[buses."{name}.el"]\ncarrier = "electricity"\ntenant = "{name}"\n',
        _asset(f"{name}_load", "electricity_demand", **own, **bus, load=load),
        _asset(f"{name}_grid", "grid", **own, **bus, **_grid(rng, mean)),
    ]
    if rng.random() < 0.8:
        parts.append(_sun(rng, name, mean))
    if rng.random() < 0.4 or shape.whole:
        unit = {"unit_size": _q(_kw(mean / rng.choice([2, 3])))} if shape.whole else {}
        parts.append(
            _asset(
                f"{name}_wind", "wind", **own, **bus, output=f"{rng.uniform(0.2, 0.45):.3f}",
                capex=_q("1500 USD/kW"), fixed_om=_q("3 %/year"), lifetime=_q("25 years"),
                power_max=_q(_kw(2 * mean)), **unit,
            )
        )  # fmt: skip
    if rng.random() < 0.6:
        parts.append(
            _asset(
                f"{name}_bat", "battery", **own, **bus, capex_power=_q("120 USD/kW"),
                capex_energy=_q(f"{rng.choice([90, 150, 250])} USD/kWh"), efficiency_in=_q("95 %"),
                efficiency_out=_q("95 %"), lifetime=_q("15 years"), fixed_om=_q("1 %/year"),
                energy_max=_q(f"{8 * mean:.4f} kWh"),
            )
        )  # fmt: skip
    if rng.random() < 0.25:
        parts.append(
            _asset(
                f"{name}_flex", "curtailable_load", demand=_q(f"{name}_load"), share=_q("20 %"),
                price=_q("3 MVND/MWh"), hours=_q("200 h"),
            )
        )  # fmt: skip
    if rng.random() < 0.5:
        parts += _heat(rng, name, mean)
    return parts


def _grid(rng: random.Random, mean: float) -> dict[str, str]:
    price = rng.choice(
        [
            _q(f"{rng.randint(1200, 2600)} VND/kWh"),
            '{ tariff = "manufacturing.22_110kV", schedule = "auto", escalation = "1 %" }',
        ]
    )
    found = {"price": price, "emission_factor": '{ 2025 = "0.66 tCO2/MWh", 2050 = "0.2 tCO2/MWh" }'}
    if rng.random() < 0.6:
        found["import_limit"] = _q(_kw(4 * mean))
    if rng.random() < 0.5:
        found |= {"export_limit": _q(_kw(mean)), "export_price": _q("671 VND/kWh")}
        if rng.random() < 0.4:
            found["export_share"] = _q("20 %")
    if rng.random() < 0.25:
        found["demand_charge"] = _q(f"{rng.randint(50, 250)} kVND/kW")
    return found


def _sun(rng: random.Random, name: str, mean: float) -> str:
    output = f"{rng.uniform(0.12, 0.22):.3f}"
    there = {"power_existing": _q(_kw(0.1 * mean)), "existing_until": "2034"} if rng.random() < 0.3 else {}
    return _asset(
        f"{name}_pv", "solar", owner=_q(name), bus=_q(f"{name}.el"), output=output,
        capex='{ 2025 = "650 USD/kW", 2050 = "350 USD/kW" }', fixed_om=_q("2 %/year"),
        lifetime=_q("25 years"), power_max=_q(_kw(3 * mean)), **there,
    )  # fmt: skip


def _heat(rng: random.Random, name: str, mean: float) -> list[str]:
    own, to = {"owner": _q(name)}, {"to": _q(f"{name}.heat")}
    size = {"lifetime": _q("20 years")}
    found = [
        f'[buses."{name}.heat"]\ncarrier = "heat"\ntemperature = "90 degC"\ntenant = "{name}"\n',
        f'[buses."{name}.gas"]\ncarrier = "fuel"\n',
        _asset(f"{name}_heat", "heat_demand", **own, bus=_q(f"{name}.heat"),
               load=f"{{ value = {_q(_kw(0.6 * mean))}, growth = \"1 %\" }}"),
        _asset(f"{name}_boiler", "fuel_boiler", **own, source=_q(f"{name}.gas"), **to, efficiency=_q("88 %"),
               capex=_q("60 USD/kW"), lifetime=_q("25 years"), power_existing=_q(_kw(0.7 * mean)),
               existing_until="2042"),
        _asset(f"{name}_lpg", "fuel", **own, bus=_q(f"{name}.gas"),
               price='{ start = "60 USD/MWh", growth = "1.5 %" }', emission_factor=_q("227 kgCO2e/MWh")),
    ]  # fmt: skip
    if rng.random() < 0.6:
        found.append(
            _asset(f"{name}_pump", "heat_pump", **own, source=_q(f"{name}.el"), **to, **size,
                   cop=f"{rng.uniform(2.5, 4.0):.2f}", capex=_q("700 USD/kW"))
        )  # fmt: skip
    if rng.random() < 0.4:
        found.append(
            _asset(f"{name}_kettle", "electric_boiler", **own, source=_q(f"{name}.el"), **to, **size,
                   efficiency=_q("98 %"), capex=_q("90 USD/kW"))
        )  # fmt: skip
    if rng.random() < 0.4:
        found.append(
            _asset(f"{name}_tank", "thermal_store", **own, bus=_q(f"{name}.heat"), **size,
                   loss=_q("0.5 %/h"), rate=_q("25 %/h"), energy__capex=_q("25 USD/kWh"))
        )  # fmt: skip
    return found


def _feeder(owner: int, scale: float) -> str:
    return _asset(
        f"tie{owner}", "feeder", source=_q(f"t{owner - 1}.el"), to=_q(f"t{owner}.el"),
        capex=_q("200 kUSD/MW"), lifetime=_q("40 years"), power_max=_q(_kw(scale)),
    )  # fmt: skip


def _policies(rng: random.Random, shape: Shape) -> list[str]:
    last, found = shape.years[-1], []
    if rng.random() < 0.5:
        tonnes = shape.scale * shape.owners * 8.76 * rng.uniform(0.2, 0.6)
        found.append(f'[policies.cap]\nkind = "emission_cap"\nlimit = {{ {last} = "{tonnes:.4f} tCO2" }}\n')
    if rng.random() < 0.5:
        price = f'{{ {last} = "{rng.randint(5, 60)} USD/tCO2" }}'
        found.append(f'[policies.carbon]\nkind = "carbon_price"\nprice = {price}\n')
    if rng.random() < 0.3:
        share = f'{{ {last} = "{rng.randint(5, 30)} %" }}'
        found.append(f'[policies.green]\nkind = "renewable_share"\nshare = {share}\n')
    return found
