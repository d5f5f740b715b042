"""Series of the twin parks: deterministic, from NumPy alone, read by both sides of each twin."""

from __future__ import annotations

import numpy as np

HALF_HOURS, DAYS_A = 48, 36
HOURS, DAYS_B = 24, 6
DAYS_D = 2


def bell(of_day, centre, width):
    return np.exp(-(((of_day - centre) / width) ** 2))


def sun(of_day, rng, per_day):
    days = len(of_day) // per_day
    clear = np.repeat(rng.uniform(0.2, 0.95, days), per_day)
    return np.clip(np.sin(np.pi * (of_day - 6) / 12), 0, None) * clear


def park_a():
    """Two tenants, half-hours, 36 days of January and February; prices in USD/MWh."""
    rng = np.random.default_rng(11)
    step = np.arange(DAYS_A * HALF_HOURS)
    of_day, weekday = (step % HALF_HOURS) / 2, (step // HALF_HOURS) % 7
    work = np.where(weekday < 6, 1.0, 0.4)
    night = (of_day >= 22) | (of_day < 4)

    def noisy(values):
        return values * work * (1 + rng.normal(0, 0.05, len(step)))

    def dear(hours):
        return np.isin(np.floor(of_day), hours) & (weekday < 6)

    return {
        "load_1": noisy(3.0 + 2.0 * bell(of_day, 10, 4)),
        "load_2": noisy(2.0 + 1.5 * bell(of_day, 19, 3)),
        "heat_1": noisy(2.5 + 1.0 * bell(of_day, 11, 5)),
        "sun": sun(of_day, rng, HALF_HOURS),
        "price": np.where(dear([9, 10, 17, 18, 19]), 124.0, np.where(night, 45.0, 68.0)),
        "price_2030": np.where(dear([17, 18, 19, 20, 21]), 131.5, np.where(night, 47.0, 70.5)),
        "price_2": np.full(len(step), 92.0),
    }


def park_b():
    """One site, hours, six days, with a COP that follows the air's temperature."""
    rng = np.random.default_rng(12)
    step = np.arange(DAYS_B * HOURS)
    of_day = step % HOURS
    air = 22 + 7 * np.sin(np.pi * (of_day - 8) / 12) + np.repeat(rng.normal(0, 3, DAYS_B), HOURS)
    return {
        "load": (8 + 4 * bell(of_day, 14, 5)) * (1 + rng.normal(0, 0.04, len(step))),
        "heat": (6 + 2 * bell(of_day, 9, 4)) * (1 + rng.normal(0, 0.04, len(step))),
        "sun": sun(of_day, rng, HOURS),
        "wind": np.clip(0.35 + 0.25 * np.sin(2 * np.pi * step / 61) + rng.normal(0, 0.1, len(step)), 0, 1),
        "price": np.where((of_day >= 17) & (of_day < 21), 130.0, np.where(of_day < 5, 48.0, 72.0)),
        "cop": 0.5 * (110 + 273.15) / (110 - air),
    }


def park_d():
    """One site, two days, with hours at which electricity has a negative price."""
    rng = np.random.default_rng(13)
    step = np.arange(DAYS_D * HOURS)
    of_day = step % HOURS
    return {
        "load": 4 + 2 * bell(of_day, 18, 3) + rng.uniform(0, 0.3, len(step)),
        "heat": 2 + bell(of_day, 8, 3),
        "sun": sun(of_day, rng, HOURS),
        "price": np.where((of_day >= 11) & (of_day < 14), -35.0, 60.0 + 50 * bell(of_day, 19, 2)),
    }


STEPS_L = 72
LEVERS = {
    "heat_and_cold": {
        "el": (1, 3), "price": (40, 160), "steam": (2, 6), "hot": (1, 3), "warm": (0.2, 1), "cold": (0.5, 2),
        "air": (1e3, 4e3), "stream": (0, 4), "outside": (22, 38),
    },
    "demand_side": {"el": (4, 10), "price": (20, 200), "work": (0, 2)},
    "contracts": {
        "el": (4, 8), "far": (1, 2), "price": (60, 140), "sunny": (0, 1), "windy": (0, 1),
        "market": (-20, 150), "roof": (0, 1),
    },
    "molecules": {"el": (2, 5), "price": (40, 160), "hot": (3, 6), "h2": (300, 3000)},
    "goods": {
        "el": (1, 3), "price": (30, 170), "hot": (3, 6), "cold": (0.5, 2), "h2": (0.02, 0.06),
        "due": (0.2, 0.8), "sun": (0, 1), "wind": (0, 1),
    },
}  # fmt: skip


def levers(park, seed):
    """Three days of weather, loads and prices: each between its bounds, drawn in the order above."""
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(low, high, STEPS_L) for name, (low, high) in LEVERS[park].items()}
