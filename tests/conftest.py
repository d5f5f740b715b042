"""What all tests share: Hypothesis profiles, and what is skipped where its means are missing."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from parkzero.planning.assemble import Design
    from parkzero.planning.master import Proof

ROOT = Path(__file__).resolve().parent.parent
_PYTHON = "Scripts/python.exe" if sys.platform == "win32" else "bin/python"
TWIN_PYTHON, AC_PYTHON = ROOT / ".venv-twin" / _PYTHON, ROOT / ".venv-ac" / _PYTHON

# Commands speak the system's language, which differs from machine to machine.
os.environ["PARKZERO_LANG"] = "en"
# Nor do screens: the width is that of the tests, in whatever process they run.
os.environ["COLUMNS"] = "100"

# Two shared cores say nothing about the code's speed, so no example has a deadline.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.register_profile("fuzz", settings.get_profile("dev"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


def _shared_folder() -> Path | None:
    named = os.environ.get("PARKZERO_SHARED", "")
    return Path(named) if named and Path(named).is_dir() else None


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return next((path for path in map(shutil.which, names) if path), None)


def _missing() -> dict[str, str]:
    """For each marker whose means are missing here, why its tests are skipped."""
    missing = {}
    if _shared_folder() is None:
        missing["shared"] = "PARKZERO_SHARED names no folder of measured data"
    if not TWIN_PYTHON.exists():
        missing["twin"] = "no .venv-twin; make twin-env creates it"
    if not AC_PYTHON.exists():
        missing["oracle"] = "no .venv-ac; make ac-env creates it"
    if not (_chromium() and shutil.which("chromedriver")):
        missing["browser"] = "no Chromium with chromedriver; apt-get install chromium chromium-driver"
    return missing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = _missing()
    for item in items:
        for marker, why in missing.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=why))


EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>'


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are specified but not rendered: for tests of what a page says around them."""
    monkeypatch.setattr("parkzero.charts.draw._drawn", lambda text: EMPTY)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small parks are bounded like large ones."""
    monkeypatch.setattr("parkzero.planning.master.SIMPLEX_SIZES", 0)


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a search does, in the order in which it is done, whatever its progress says."""
    from parkzero.planning import certify
    from parkzero.planning.again import earlier
    from parkzero.planning.master import Master

    done: list[str] = []

    def spy(home: Any, name: str, word: str, counts: Callable[[Any], bool] = lambda found: True) -> None:
        real = getattr(home, name)

        def spied(*given: Any, **more: Any) -> Any:
            found = real(*given, **more)
            days = f" on {given[0].groups.max() + 1} days" if home is Master else ""
            done.extend([word + days] * counts(found))
            return found

        monkeypatch.setattr(home, name, spied)

    spy(certify, "load_checkpoint", "went on", lambda kept: kept is not None)
    spy(certify, "_look_ahead", "looked ahead")
    spy(certify, "_harder", "asked harder")
    spy(certify, "_mended", "mended", lambda sizes: sizes is not None)
    spy(certify.Rounds, "_operate", "operated")
    spy(Master, "solve", "bounded")
    spy(earlier.Earlier, "_stands", "as before", bool)
    spy(earlier, "bounded_by_owner", "bounded by owner", lambda found: found is not None)
    return done


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished search of the park."""
    from parkzero.planning.certify import certified
    from tests.tenant_park import GAP, park

    path = tmp_path_factory.mktemp("again") / "search.npz"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("parkzero.planning.master.SIMPLEX_SIZES", 0)
        certified(park(), gap=GAP, workers=1, small=0, resume=path)
    return path


@pytest.fixture
def first(large: None, kept: Path) -> tuple[Proof, Design]:
    """What the first search's bound rests on."""
    from parkzero.planning.again.checkpoint import load_checkpoint
    from parkzero.planning.assemble import build_year
    from tests.tenant_park import park

    study = park()
    _, design = build_year(study, 2040, study.timeline)
    found = load_checkpoint(kept, study, design)
    assert found is not None
    assert found.proof is not None
    return found.proof, design


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of measured data; for tests marked ``shared``."""
    folder = _shared_folder()
    assert folder is not None, "mark tests that use this fixture with pytest.mark.shared"
    return folder


@pytest.fixture(scope="session")
def twin_python() -> Path:
    """The Python of .venv-twin, in which PyPSA is installed; for tests marked ``twin``."""
    assert TWIN_PYTHON.exists(), "mark tests that use this fixture with pytest.mark.twin"
    return TWIN_PYTHON


@pytest.fixture(scope="session")
def ac_python() -> Path:
    """The Python of .venv-ac, in which pandapower is installed; for tests marked ``oracle``."""
    assert AC_PYTHON.exists(), "mark tests that use this fixture with pytest.mark.oracle"
    return AC_PYTHON


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    """Headless Chromium that asks nothing of the network; for tests marked ``browser``."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = _chromium() or ""
    quiet = ("background-networking", "component-update", "sync", "gpu", "quic", "dev-shm-usage")
    for argument in (
        "headless=new",
        "no-sandbox",
        "no-first-run",
        "window-size=1280,1600",
        *(f"disable-{q}" for q in quiet),
    ):
        options.add_argument(f"--{argument}")
    options.add_argument(f"--user-data-dir={tmp_path / 'chromium'}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()
