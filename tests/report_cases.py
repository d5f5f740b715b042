"""Results made by plain arithmetic, for the tests of the report: a year of hours in a moment, no solver."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from parkzero.language.accounts import accounts as known_accounts
from parkzero.language.actors import USUAL, Actor
from parkzero.language.carriers import CARRIERS
from parkzero.language.component import kinds
from parkzero.language.values import FIRST_YEAR, LAST_YEAR
from parkzero.results import frames
from parkzero.results.money import accounts_of, actors_of, origins_of
from parkzero.results.results import Kind, Results

HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=2">\'"&{}'
YEARS = (2025, 2030, 2035, 2040, 2045, 2050)
RATE = 0.08
ALWAYS = (FIRST_YEAR, LAST_YEAR)  # years in which a tenant is there
COST = {"pv": (0.6e6, 25), "battery": (0.25e6, 15), "heat_pump": (0.8e6, 20), "gas_boiler": (0.1e6, 20)}


@dataclass(frozen=True)
class MadeHours:
    """Hourly values held in memory."""

    frames: dict[tuple[Kind, int], pl.DataFrame]

    def frame(self, kind: Kind, year: int) -> pl.DataFrame:
        return self.frames[kind, year]


def table(schema: frames.Schema, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    """Rows that give the first columns of a schema; the others are empty."""
    missing = len(schema) - len(rows[0]) if rows else 0
    return frames.table(schema, [(*row, *(None,) * missing) for row in rows])


def annuity(life: float) -> float:
    return RATE * (1 + RATE) ** life / ((1 + RATE) ** life - 1)


def built(asset: str, i: int, years: int) -> float:
    """What a milestone builds: photovoltaics and batteries grow, the gas boiler stands already."""
    grows = {"pv": 12.0 + 4 * i, "battery": 0.0 if i == 0 else 6.0 * i, "heat_pump": 0.0 if i == 0 else 3.0}
    return 0.0 if i >= years else grows.get(asset, 0.0)


def dispatch(days: int, i: int, count: int) -> dict[str, np.ndarray]:
    """Flows by hour that balance at every bus [MW]."""
    rng = np.random.default_rng(1)
    hour, day = np.arange(days * 24) % 24, np.arange(days * 24) // 24
    work = np.where((day + 2) % 7 < 6, 1.0, 0.45)
    load = (
        (22 + 10 * np.exp(-(((hour - 10) / 4) ** 2)) + 8 * np.exp(-(((hour - 15) / 3) ** 2)))
        * work
        * (1 + 0.18 * i)
    )
    load = load * (1 + 0.12 * np.cos(2 * np.pi * (day - 200) / 365))
    heat = (9 + 4 * np.exp(-(((hour - 11) / 5) ** 2))) * work * (1 + 0.1 * i)
    sun = np.clip(np.sin(np.pi * (hour - 5.5) / 13), 0, 1) * np.repeat(rng.uniform(0.25, 1, days), 24)
    pv = sun * sum(built("pv", k, count) for k in range(i + 1)) * 1.4
    pump = np.minimum(heat / 2.5, sum(built("heat_pump", k, count) for k in range(i + 1)))
    gas = (heat - 2.5 * pump) / 0.9
    power = sum(built("battery", k, count) for k in range(i + 1))
    charge = np.where((hour >= 10) & (hour < 14), power * 0.8, 0.0)
    discharge = np.where((hour >= 18) & (hour < 21), power * 0.8 * 4 / 3 * 0.9, 0.0)
    stored = np.cumsum(charge * 0.95 - discharge / 0.9475)
    net = load + pump + charge - discharge - pv
    return {
        "load": load,
        "heat": heat,
        "pv": pv,
        "pump": pump,
        "gas": gas,
        "charge": charge,
        "discharge": discharge,
        "stored": stored - stored.min(),
        "import": np.maximum(net, 0),
        "export": np.maximum(-net, 0),
    }


def hourly(days: int, years: tuple[int, ...]) -> dict[tuple[Kind, int], pl.DataFrame]:
    starts = np.datetime64("2025-01-01T00", "ms") + np.arange(days * 24) * np.timedelta64(3600_000, "ms")
    made: dict[tuple[Kind, int], pl.DataFrame] = {}
    for i, year in enumerate(years):
        f = dispatch(days, i, len(years))
        made["injections", year] = pl.DataFrame(
            {
                "start": starts,
                "el|load": -f["load"],
                "el|grid": f["import"] - f["export"],
                "el|pv": f["pv"],
                "el|battery": f["discharge"] - f["charge"],
                "el|heat_pump": -f["pump"],
                "steam|heat_pump": 2.5 * f["pump"],
                "steam|gas_boiler": 0.9 * f["gas"],
                "gas|gas_boiler": -f["gas"],
                "gas|natural_gas": f["gas"],
                "steam|steam_load": -f["heat"],
            }
        )
        made["flows", year] = pl.DataFrame(
            {
                "start": starts,
                "grid.import": f["import"],
                "grid.export": f["export"],
                "pv.output": f["pv"],
                "battery.charge": f["charge"],
                "battery.discharge": f["discharge"],
                "battery.stored": f["stored"],
            }
        )
        made["prices", year] = pl.DataFrame({"start": starts, "el": 60 + 10 * np.sin(np.arange(days * 24))})
        made["rates", year] = pl.DataFrame({"start": starts})
    return made


PAYEES = {account.id: account.payee for account in known_accounts()}
TWO = "Dệt may Đồ Sơn"
KINDS = {
    "load": ("", "electricity_demand"),
    "steam_load": ("t1", "heat_demand"),
    "grid": ("", "grid"),
    "pv": ("t1", "solar"),
    "battery": ("t2", "battery"),
    "heat_pump": ("t1", "heat_pump"),
    "gas_boiler": ("t1", "fuel_boiler"),
    "natural_gas": ("t1", "fuel"),
    "cap": ("", "emission_cap"),
}


def component(asset: str, owner: str, kind: str) -> tuple[Any, ...]:
    """An asset with what its kind says of itself; a fuel is made from what its name says."""
    cls = kinds()[kind]
    origin = asset if kind == "fuel" else ""
    told = (cls.group, " ".join(cls.traits), origin, cls.colour, cls.en, cls.vi, json.dumps(cls.words))
    return asset, owner, kind, "", json.dumps({"kind": kind}), *told


def bus(name: str, carrier: str, temperature: float | None, owner: str) -> tuple[Any, ...]:
    """A bus with what its carrier says of itself."""
    c = CARRIERS[carrier]
    return name, carrier, temperature, owner, str(c.rate), str(c.amount), c.colour, c.en, c.vi


def tables(
    days: int, years: tuple[int, ...], money: float, name: str, synthetic: str
) -> dict[str, pl.DataFrame]:
    last = years[-1]
    spans = [float(b - a) for a, b in pairwise(years)] + [5.0]
    weights = [
        sum((1 + RATE) ** -(y - years[0] + k) for k in range(int(s)))
        for y, s in zip(years, spans, strict=True)
    ]
    sizes: list[tuple[Any, ...]] = []
    ledger: list[tuple[Any, ...]] = []
    policies: list[tuple[Any, ...]] = []
    for i, year in enumerate(years):
        f = {k: float(v.sum()) * 365 / days for k, v in dispatch(days, i, len(years)).items()}
        for asset, (cost, life) in COST.items():
            owner, kind = KINDS[asset]
            existing = 15.0 if asset == "gas_boiler" else 0.0
            alive = [k for k in range(i + 1) if year < years[k] + life]
            stands = existing + sum(built(asset, k, len(years)) for k in alive)
            gone = sum(
                built(asset, k, len(years))
                for k in range(i + 1)
                if k not in alive and years[i - 1] < years[k] + life
            )
            for size, unit, times in (("power", "MW", 1.0), ("energy", "MWh", 4.0)):
                if size == "energy" and asset != "battery":
                    continue
                row = (
                    asset,
                    owner,
                    kind,
                    size,
                    unit,
                    year,
                    times * built(asset, i, len(years)),
                    times * stands,
                    times * gone,
                    times * existing,
                    float(life),
                )
                sizes.append(row)
                paid_by = (owner or "park", "supplier", "", "")
                paid = times * sum(built(asset, k, len(years)) for k in alive) * cost * money
                for account, share in (("capex", annuity(life)), ("fixed_om", 0.02)):
                    booked = (year, asset, owner, kind, account, size, share * paid, "VND")
                    ledger.append((*booked, *paid_by, len(ledger)))
        factor = 0.66 * (1 - i / len(years))
        for asset, account, amount, unit in (
            ("grid", "energy", f["import"] * 72 * money, "VND"),
            ("grid", "demand_charge", 3e5 * money, "VND"),
            ("grid", "export", -f["export"] * 25 * money, "VND"),
            ("natural_gas", "fuel", f["gas"] * 45 * money, "VND"),
            ("grid", "scope2", f["import"] * factor, "t"),
            ("natural_gas", "scope1", f["gas"] * 0.202, "t"),
            ("grid", "imported", f["import"], "MWh"),
            ("grid", "exported", f["export"], "MWh"),
            ("pv", "generated", f["pv"], "MWh"),
            ("load", "consumed", f["load"], "MWh"),
            ("heat_pump", "consumed", f["pump"], "MWh"),
            ("steam_load", "heat_supplied", f["heat"], "MWh"),
        ):
            origin = {"pv": "solar", "natural_gas": "natural_gas"}.get(asset, "")
            payee = PAYEES.get(account, "")
            owner = KINDS[asset][0]
            row = (year, asset, owner, KINDS[asset][1], account, account, amount, unit)
            ledger.append((*row, owner or "park", payee, "", origin, len(ledger)))
        if i:
            net = f["import"] * factor + f["gas"] * 0.202
            policies.append(
                (
                    year,
                    "cap",
                    "emission_cap",
                    net * (1.0 if i > 2 else 1.2),
                    net,
                    "t",
                    45.0 * money,
                    i > 2,
                    "cap",
                    "emission",
                    False,
                )
            )
    return {
        "years": table(
            frames.YEARS, [(y, s, w, 1.0, 365 / days) for y, s, w in zip(years, spans, weights, strict=True)]
        ),
        "sizes": table(frames.SIZES, sizes),
        "builds": table(frames.BUILDS, []),
        "accounts": accounts_of("VND"),
        "actors": actors_of(
            [*USUAL.values(), Actor("t1", "tenant", name, name), Actor("t2", "tenant", "T2", "T2")]
        ),
        "origins": origins_of(),
        "ledger": table(frames.LEDGER, ledger),
        "prices_mean": table(
            frames.PRICES_MEAN,
            [
                (y, bus, carrier, (base + 3 * i) * money, base * 0.5 * money, base * 2 * money)
                for i, y in enumerate(years)
                for bus, carrier, base in (
                    ("el", "electricity", 72.0),
                    ("steam", "heat", 52.0),
                    ("gas", "fuel", 45.0),
                )
            ],
        ),
        "policies": table(frames.POLICIES, policies),
        "binding": table(
            frames.BINDING,
            [
                (y, a, r, "MW", n, w * money)
                for y in years
                for a, r, n, w in (
                    ("pv", "power.max_each", 1, 15200.0),
                    ("grid", "import_limit", 31, 1200.0),
                    ("battery", "filling", 902, 310.0),
                )
            ],
        ),
        "assumptions": table(
            frames.ASSUMPTIONS,
            [
                (
                    "assets.pv.capex",
                    "650 USD/kW",
                    "park.toml",
                    "",
                    "",
                    "Danish Energy Agency 2025",
                    "P",
                    "",
                    41,
                    "",
                    *("assets", "pv", "capex", "", "", ""),
                ),
                (
                    "assets.pv.output",
                    "weather.csv",
                    "park.toml",
                    "",
                    "",
                    "",
                    "",
                    synthetic,
                    44,
                    "",
                    *("assets", "pv", "output", "", "", ""),
                ),
                (
                    "assets.battery.power.capex",
                    "120 USD/kW",
                    "park.xlsx",
                    "Pin",
                    "B7",
                    "NREL ATB",
                    "S",
                    "",
                    0,
                    "",
                    *("assets", "battery", "power", "capex", "", ""),
                ),
                (
                    "assets.battery.lifetime",
                    "15 a",
                    "park.xlsx",
                    "Pin",
                    "B9",
                    "",
                    "M",
                    "",
                    0,
                    "",
                    *("assets", "battery", "lifetime", "", "", ""),
                ),
                (
                    f"tenants.{name}.trade",
                    name,
                    f"{name}.csv",
                    name,
                    "A1",
                    name,
                    "D",
                    "",
                    3,
                    "",
                    *("tenants", name, "trade", "", "", ""),
                ),
            ],
        ),
        "components": table(frames.COMPONENTS, [component(a, o, k) for a, (o, k) in KINDS.items()]),
        "buses": table(
            frames.BUSES,
            [
                bus("el", "electricity", None, ""),
                bus("steam", "heat", 170.0, "t1"),
                bus("gas", "fuel", None, "t1"),
            ],
        ),
        "tenants": table(frames.TENANTS, [("t1", name, "thép", *ALWAYS), ("t2", TWO, "dệt", *ALWAYS)]),
        "history": table(
            frames.HISTORY,
            [
                (1.0, -np.inf, np.inf, np.inf, "start", ""),
                *(
                    (
                        2.0 * k,
                        1e9 * (1 - 0.3 / k**2) * money,
                        1e9 * (1 + 0.2 / k**2) * money,
                        0.5 / k**2,
                        f"round {k}",
                        "",
                    )
                    for k in range(1, 12)
                ),
            ],
        ),
        "audit": table(
            frames.AUDIT,
            [
                (c, y, r, u, 1e-5, True, "", "")
                for y in years
                for c, r, u in (("bus balance", 3e-11, "MW"), ("money", 1e-7, "VND"), ("emissions", 0.0, "t"))
            ]
            + [("objective", None, 2e-6, "VND", 1e-3, True, "", "")],
        ),
        "rates": table(frames.RATES, []),
        "rules": table(frames.RULES, []),
        "variables": table(frames.VARIABLES, [(last, "grid.peak[0]", 41.0, "MW")]),
        **{
            name: table(getattr(frames, name.upper()), [])
            for name in ("reference", "reference_sizes", "savings", "savings_yearly", "technologies", "bills")
        },
    }


UNDERSTOOD = [
    {"path": "money.rates.0", "en": "rate used: 26000 VND", "vi": "tỷ giá dùng: 26000 VND", "figures": {}},
    {
        "path": "assets.steel.load",
        "en": "2025: 38 GWh, peak 8 MW",
        "vi": "2025: 38 GWh, đỉnh 8 MW",
        "figures": {},
    },
]


def made(
    status: str = "optimal",
    gap: float | None = 0.0008,
    *,
    days: int = 14,
    years: tuple[int, ...] = YEARS,
    currency: str = "VND",
    name: str = "Thép Hải Phòng",
    title: str = "Khu công nghiệp Tràng Duệ (ví dụ)",
    synthetic: str = "thời tiết dựng từ trung bình tháng",
    unserved: list[dict[str, Any]] | None = None,
) -> Results:
    """Results of a small park; what varies between tests is an argument."""
    money = 26_000.0 if currency == "VND" else 1.0
    frames_of = tables(days, years, money, name, synthetic)
    weights = dict(zip(frames_of["years"]["year"], frames_of["years"]["weight"], strict=True))
    costs = frames_of["ledger"].filter(pl.col("unit") == "VND").group_by("year").agg(pl.col("amount").sum())
    cost = {str(y): float(v) for y, v in costs.iter_rows()}
    total = sum(weights[int(y)] * v for y, v in cost.items())
    summary = {
        "format": 2,
        "parkzero_version": "0.1.0",
        "name": title,
        "status": status,
        "method": "certified",
        "objective": total,
        "lower_bound": None if gap is None else total * (1 - gap),
        "gap": gap,
        "tolerance": 0.001,
        "currency": currency,
        "seconds": 41.2,
        "peak_memory_mb": 812.0,
        "solver": "HiGHS 1.15.1 (HiPO)",
        "years": list(years),
        "cost": cost,
        "emissions_t": {str(y): 1.0 for y in years},
        "unserved_mwh": 0.0,
        "unserved": unserved or [],
        "synthetic": [f"{synthetic} (assets.pv.output)"] if synthetic else [],
        "warnings": [],
        "audit": {},
        "audit_ok": True,
    }
    return Results(
        summary,
        frames_of,
        MadeHours(hourly(days, years)),
        {"rate": RATE, "base_year": 2025, "understood": UNDERSTOOD},
    )


SHORT = [
    {
        "year": 2030,
        "asset": "load",
        "owner": "t1",
        "bus": "el",
        "amount": 0.8,
        "unit": "MW",
        "total": 1.6,
        "start": "2025-03-14T18:00:00",
        "end": "2025-03-14T20:00:00",
        "text": "",
    },
    {
        "year": 2050,
        "asset": "cap",
        "owner": "",
        "bus": "",
        "amount": 1200.0,
        "unit": "t",
        "total": 0.0,
        "start": "",
        "end": "",
        "text": "",
    },
]
