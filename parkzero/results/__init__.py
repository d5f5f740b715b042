"""Results: a plan as typed tables and hourly cubes, stored, reloaded, queried and audited."""

from parkzero.results.auditor import audit
from parkzero.results.extract import results_of
from parkzero.results.reading import connect, load
from parkzero.results.results import Results
from parkzero.results.store import save
from parkzero.results.target import check_target

__all__ = ["Results", "audit", "check_target", "connect", "load", "results_of", "save"]
