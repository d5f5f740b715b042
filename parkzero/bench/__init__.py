"""The yardstick: known cases, measured here and in PyPSA in one run, each in a process of its own."""

from parkzero.bench.cases import YEARS, reference_study, tenants_study
from parkzero.bench.suite import Bench, run

__all__ = ["YEARS", "Bench", "reference_study", "run", "tenants_study"]
