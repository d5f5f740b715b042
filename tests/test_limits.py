"""Limits that hold: every solve gets what is left of the time, whoever stops gets the best plan so far."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import highspy
import numpy as np
import pytest
from scipy import sparse

from benchmarks.random_studies import shape_of, write_study
from parkzero.__main__ import Early
from parkzero.cli import main
from parkzero.cli.plan import bytes_of
from parkzero.cli.stopping import Pressed, listening
from parkzero.errors import MemoryShortError, SolverError, StoppedError, StudyError
from parkzero.lp import interior, proximal, solver
from parkzero.lp.anew import Anew
from parkzero.lp.limits import NONE, Limits, StopAsked, Stopping, TimeUp, limited, standing
from parkzero.lp.solver import Options, Problem, Solution, solve, solve_once
from parkzero.planning import api, memory, workers
from parkzero.planning import aside as aside_module
from parkzero.planning import monolith as monolith_module
from parkzero.planning.aside import aside, left_behind
from parkzero.planning.assemble import build_year
from parkzero.planning.certify import certified
from parkzero.planning.memory import Extent, extent, require_memory
from parkzero.planning.monolith import monolith
from parkzero.planning.plan import Step
from parkzero.results import planned as planned_module
from parkzero.study.reader import read
from tests.cases.harness import mw
from tests.test_certify import park, turbines

ROOT = Path(__file__).resolve().parent.parent


def shop(whole: bool = False) -> Problem:
    """Buy at least 7 of two goods that cost 2 and 3: the first alone is bought, up to 5 of it."""
    matrix = sparse.csr_array(np.array([[1.0, 1.0]]))
    return Problem(
        matrix, np.array([2.0, 3.0]), np.array([7.0]), np.array([np.inf]), np.zeros(2), np.array([5.0, 9.0]),
        np.full(2, whole),
    )  # fmt: skip


# ------------------------------------------------------------------------------------ what is left


def test_limits_are_no_wider_than_those_around_them():
    with limited(100.0) as outer:
        with limited(1000.0) as inner:
            assert inner.until == outer.until
            assert inner.stopping is outer.stopping
        with limited(1.0) as inner:
            assert inner.until < outer.until
    assert standing() is NONE


@pytest.mark.parametrize("method", ["simplex", "ipx", "hipo"])
def test_a_solve_gets_what_is_left_of_the_time(method: solver.Method, monkeypatch: pytest.MonkeyPatch):
    """The time limit that HiGHS is given is what is left, or the solve's own where that is less."""
    given: list[float] = []
    monkeypatch.setattr(solver, "quiet", lambda: Watched(given))
    with limited(50.0):
        solve_once(shop(), Options(method=method))
        solve_once(shop(), Options(method=method, seconds=3.0))
    assert 49.0 < given[0] <= 50.0
    assert given[1] == 3.0


class Watched:
    """HiGHS, whose time limits are noted."""

    def __init__(self, given: list[float]) -> None:
        self._highs, self._given = highspy._core._Highs(), given
        self._highs.setOptionValue("output_flag", False)

    def __getattr__(self, name: str) -> object:
        return getattr(self._highs, name)

    def setOptionValue(self, name: str, value: object) -> object:
        if name == "time_limit" and isinstance(value, float):
            self._given.append(value)
        return self._highs.setOptionValue(name, value)


@pytest.mark.parametrize(
    "begin",
    [
        lambda: solve(shop(), Options(method="simplex")),
        lambda: solve(shop(whole=True)),
        lambda: interior.solve_interior(shop(), Options()),
        lambda: Anew(shop(), Options()).solve(),
        lambda: proximal.solve_proximal(shop(), Options()),
        lambda: proximal.solve_curved(shop(), np.zeros(2), Options()),
        lambda: build_year(park(), 2030, park().timeline),
    ],
    ids=["linear", "whole", "interior", "anew", "one owner", "curved", "assembly"],
)
def test_nothing_begins_when_no_time_is_left_or_somebody_asked(begin):
    with limited(0.0), pytest.raises(TimeUp):
        begin()
    with limited(stop=lambda: True), pytest.raises(StopAsked) as why:
        begin()
    assert not isinstance(why.value, TimeUp)


def test_an_interior_point_is_asked_after_each_step():
    """It ends at its next step, and not as if it had an answer."""
    calls: list[bool] = []

    def stop() -> bool:
        calls.append(True)
        return len(calls) > 3

    with limited(stop=stop), pytest.raises(StopAsked):
        interior.solve_interior(shop_of(200), Options())


def shop_of(count: int) -> Problem:
    """A shop that folding does not empty."""
    rng = np.random.default_rng(0)
    matrix = sparse.csr_array(rng.random((count, count)))
    return Problem(
        matrix, 1 + rng.random(count), np.full(count, 7.0), np.full(count, np.inf), np.zeros(count),
        np.full(count, 50.0), np.zeros(count, dtype=bool),
    )  # fmt: skip


def test_problems_that_cannot_be_stopped_are_left_alone_where_little_time_is_left(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(proximal, "_solved", lambda *given: pytest.fail("nobody could stop it"))
    with limited(proximal.SOON / 2):
        assert proximal.solve_proximal(shop(), Options()).status == "optimal"
        assert proximal.solve_curved(shop(), np.zeros(2), Options()).status == "unknown"


def test_whole_numbers_that_are_found_when_time_is_up_are_not_lost(monkeypatch: pytest.MonkeyPatch):
    """A linear solve that ends late has nothing; branch and bound has its best, and a bound."""
    late = highspy.HighsModelStatus.kTimeLimit
    monkeypatch.setattr(Watched, "getModelStatus", lambda self: late, raising=False)
    monkeypatch.setattr(solver, "quiet", lambda: Watched([]))
    with limited(50.0):
        found = solve_once(shop(whole=True), Options())
        assert (found.status, found.objective) == ("time_limit", 16.0)
        with pytest.raises(TimeUp):
            solve_once(shop(), Options())


# --------------------------------------------------------------------------------- work that is deaf


def deaf(may_end: threading.Event) -> str:
    """Work that hears nothing."""
    may_end.wait(30)
    return "late"


@pytest.fixture
def may_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Ends deaf work, which is given up at once."""
    event = threading.Event()
    monkeypatch.setattr(aside_module, "PATIENCE", 0.05)
    monkeypatch.setattr(aside_module, "LISTENS", 0.01)
    yield event
    event.set()
    for thread in aside_module._given_up:
        thread.join(10)
    assert not left_behind()


def test_what_hears_nothing_is_given_up(may_end: threading.Event):
    ended: list[bool] = []
    with limited(0.01) as limits:
        limits.stopping.ends.append(lambda: ended.append(True))
        with pytest.raises(TimeUp):
            aside(lambda: deaf(may_end), limits)
    assert ended == [True]
    assert left_behind()


def test_what_ends_in_time_is_taken_and_its_errors_are_told():
    with limited(60.0) as limits:
        assert aside(lambda: standing().until, limits) == limits.until  # limits stand there, too
        with pytest.raises(SolverError, match="mine"):
            aside(lambda: (_ for _ in ()).throw(SolverError("mine")), limits)
        with pytest.raises(KeyboardInterrupt):
            aside(lambda: (_ for _ in ()).throw(KeyboardInterrupt), limits)
        with pytest.raises(TimeoutError):
            aside(lambda: (_ for _ in ()).throw(TimeoutError), limits)


def test_ctrl_c_is_heard_while_the_work_hears_nothing(may_end: threading.Event):
    def press() -> None:
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with limited() as limits:
            threading.Thread(target=press).start()
            with pytest.raises(StopAsked):
                aside(lambda: deaf(may_end), limits)
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_solver_that_looks_at_its_time_limit_is_told_to_hurry():
    told: list[tuple[str, float]] = []

    class Handle:
        def setOptionValue(self, name: str, value: float) -> None:
            told.append((name, value))

    limits = Limits(stopping=Stopping(asked=True))
    with limits.running(Handle()):
        limits.hurry()
    limits.hurry()
    assert told == [("time_limit", 0.0)]


# ---------------------------------------------------------------------------------------- the search


def test_a_search_whose_solver_hears_nothing_gives_the_plan_that_was_there(
    monkeypatch: pytest.MonkeyPatch, may_end: threading.Event
):
    """The second time that a year is operated, it hangs: the first plan is given, with its gap."""
    operate, steps = workers.Yard.operate, list[Step]()

    def hangs(self: workers.Yard, *given: object) -> object:
        if any(step.text == "operated every year" for step in steps):
            deaf(may_end)
        return operate(self, *given)

    monkeypatch.setattr(workers.Yard, "operate", hangs)
    plan = certified(
        park(), 1e-5, 1, small=0, first_days=3, progress=steps.append,
        stop=lambda: any(step.text == "operated every year" for step in steps),
    )  # fmt: skip
    assert plan.status == "stopped"
    assert plan.history[-1].text == "stopped by the user"
    assert 0 < plan.gap < 1
    told = len(steps)
    may_end.set()
    for thread in aside_module._given_up:
        thread.join(30)
    assert len(steps) == told  # what was given up says nothing more


def test_one_problem_that_hears_nothing_is_no_plan(monkeypatch: pytest.MonkeyPatch, may_end: threading.Event):
    monkeypatch.setattr(monolith_module, "solve", lambda *given: deaf(may_end))
    with pytest.raises(StoppedError, match="before the one problem was solved"):
        api.plan(park(days=3), method="monolith", time_limit=0.5)
    with pytest.raises(StoppedError, match="before any plan"):
        api.plan(park(days=3), method="monolith", stop=lambda: True)


@pytest.mark.parametrize("whole", [True, False])
def test_one_problem_with_whole_numbers_gives_its_best_when_time_is_up(
    whole: bool, monkeypatch: pytest.MonkeyPatch
):
    """A linear problem that is half solved has no values."""
    study = park(turbines(days=3, **({"unit": mw(1)} if whole else {})), years=(2025,), days=3)
    real = solver.solve

    def late(problem: Problem, options: Options) -> Solution:
        return replace(real(problem, options), status="time_limit")

    best = monolith(study)
    monkeypatch.setattr(monolith_module, "solve", late)
    if not whole:
        with pytest.raises(SolverError, match="time_limit"):
            monolith(study)
        return
    plan = monolith(study)
    assert (plan.status, plan.objective) == ("stopped", pytest.approx(best.objective, rel=1e-9))


# ------------------------------------------------------------------------------------- after the search


def test_there_is_no_more_time_for_what_follows_than_the_limit_allows(monkeypatch: pytest.MonkeyPatch):
    class Found:
        status = "optimal"

    now = time.perf_counter()
    left = planned_module.time_left
    grace = planned_module.GRACE - aside_module.PATIENCE
    assert left(Found) == float("inf")  # type: ignore[arg-type]
    assert left(Found, now, 1000.0) == pytest.approx(1000.0 + 50.0 - aside_module.PATIENCE, abs=5.0)  # type: ignore[arg-type]
    Found.status = "stopped"
    assert left(Found) == grace  # type: ignore[arg-type]
    assert left(Found, now - 100.0, 99.0) <= 0.05 * 99.0  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------- the program


def test_the_first_press_is_noted_and_the_second_ends(monkeypatch: pytest.MonkeyPatch):
    with listening(Pressed()) as pressed:
        with pressed.noted():
            pressed.hear(signal.SIGINT, None)
            pressed.hear(signal.SIGINT, None)  # the same press, told twice
            assert pressed.heard()
            pressed.last = -100.0
            with pytest.raises(KeyboardInterrupt):
                pressed.hear(signal.SIGTERM, None)
        with pytest.raises(KeyboardInterrupt):
            pressed.check()
    with pytest.raises(KeyboardInterrupt):
        Pressed().hear(signal.SIGTERM, None)


@pytest.mark.parametrize("limit", ["0", "-1", "nan", "inf"])
def test_a_limit_that_is_none_is_refused(limit: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["plan", str(tmp_path), "--time-limit", limit, "--lang", "en"]) == 2
    assert "is no time" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("limit", "told"),
    [("1 MB", "less than the smallest plan"), ("4", "no amount of memory"), ("-4 GB", "no amount"),
     ("4 GW", "no amount"), ("0 GB", "less than")],
)  # fmt: skip
@pytest.mark.parametrize("lang", ["en", "vi"])
def test_a_memory_limit_that_is_none_is_refused(limit, told, lang, tmp_path, capsys):
    assert main(["plan", str(tmp_path), "--memory-limit", limit, "--lang", lang]) == 2
    said = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert "--memory-limit" in said
    assert (told in said) == (lang == "en")


def test_memory_is_written_in_any_unit():
    assert bytes_of("4 GB") == 4e9
    assert bytes_of("1,5 gib") == 1.5 * 1024**3
    assert bytes_of("512MB") == 512e6
    assert bytes_of("4") is None


# --------------------------------------------------------------------------------------------- memory


def test_more_of_anything_takes_more_memory():
    one = Extent(1e5, 3e5, 3, 2, False, False)
    for more in (
        Extent(2e5, 3e5, 3, 2, False, False), Extent(1e5, 6e5, 3, 2, False, False),
        Extent(1e5, 3e5, 6, 2, False, False), Extent(1e5, 3e5, 3, 2, True, False),
        Extent(1e5, 3e5, 3, 2, False, True),
    ):  # fmt: skip
        assert more.takes > one.takes
    assert Extent(1e5, 3e5, 3, 3, True, False).takes > Extent(1e5, 3e5, 3, 2, True, False).takes


@pytest.mark.parametrize(
    ("columns", "years", "measured"),
    [(157_696, 1, 201e6), (157_697, 6, 470e6), (280_349, 6, 618e6), (648_311, 6, 1281e6),
     (1_261_581, 6, 2097e6), (2_488_121, 6, 4155e6)],
)  # fmt: skip
def test_the_estimate_is_between_what_was_measured_and_twice_that(columns, years, measured):
    """Peaks of benchmarks/results, of two and a half nonzeros a column."""
    takes = Extent(columns, 2.5 * columns, years, 2, False, False).takes
    assert measured < takes < 2 * measured


def test_a_study_is_as_large_as_it_is_built():
    study = park(days=6)
    built, _ = build_year(study, study.milestones.years[0], study.timeline)
    found = extent(study, 2, whole=False)
    assert found.columns == pytest.approx(len(built.matrix.cost), rel=0.2)
    assert found.nonzeros == pytest.approx(built.matrix.operation.nnz, rel=0.2)


def test_a_plan_that_does_not_fit_is_refused_with_what_would_lower_it():
    with pytest.raises(MemoryShortError) as why:
        require_memory(park(), 2, whole=False, limit=1e6)
    told = why.value.of("en")
    for part in ("GB of memory", "columns", "may be used", "--workers 1 takes about", "half as many days"):
        assert part in told
    assert "bộ nhớ" in why.value.of("vi")
    assert why.value.exit_code == 1
    require_memory(park(), 2, whole=False)


def test_a_machine_without_memory_is_told_before_anything_is_solved(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "free", lambda: 0.0)
    monkeypatch.setattr(memory, "used", lambda: 1e6)
    with pytest.raises(MemoryShortError):
        api.plan(park(days=3))


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_too_few_addresses_are_told_before_a_library_asks_for_them(lang, tmp_path, monkeypatch, capsys):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda which: (1_200_000_000, 1_200_000_000))
    assert main(["plan", str(tmp_path), "--lang", lang]) == 1
    assert "ulimit -v" in capsys.readouterr().err


def test_no_memory_ends_with_a_sentence(tmp_path, monkeypatch, capsys):
    write_study(tmp_path / "park", 3, shape_of(3))

    def nothing(*words: object, **given: object) -> None:
        raise MemoryError

    monkeypatch.setattr(api, "plan", nothing)
    assert main(["plan", str(tmp_path / "park"), "--out", str(tmp_path / "run"), "--lang", "en"]) == 1
    assert "not enough memory" in capsys.readouterr().err


# ------------------------------------------------------------------------------- the program and who watches


def hearing() -> None:
    """A job in the background ignores Ctrl-C, and so would what it begins."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def program(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "parkzero", *words], cwd=ROOT, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=hearing,
    )  # fmt: skip


def below(pid: int) -> list[int]:
    """Processes of the same session, but for the first."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == pid and fields[0] != "Z" and int(path.parent.name) != pid:
            found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
def test_whoever_watches_tells_that_the_command_line_was_killed(tmp_path: Path):
    """As the system does for want of memory; and nothing is left when the one who watches is killed."""
    begun = program("plan", str(tmp_path / "no such study"), "--lang", "en")
    while not below(begun.pid):
        time.sleep(0.01)
    for pid in below(begun.pid):
        os.kill(pid, signal.SIGKILL)
    said, _ = begun.communicate(timeout=120)
    assert begun.returncode == 1
    assert "ended by the system (SIGKILL)" in " ".join(said.split())
    begun = program("plan", str(tmp_path / "no such study"), "--lang", "en")
    while not below(begun.pid):
        time.sleep(0.01)
    begun.kill()
    begun.communicate(timeout=60)
    ends = time.monotonic() + 60
    while below(begun.pid):
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_before_anything_is_loaded_ends_with_4_and_a_sentence(number: int, tmp_path: Path):
    write_study(tmp_path / "park", 5, shape_of(5))
    begun = program("plan", str(tmp_path / "park"), "--out", str(tmp_path / "run"), "--lang", "en")
    while not below(begun.pid):
        time.sleep(0.01)
    os.kill(begun.pid, number)
    said, _ = begun.communicate(timeout=120)
    assert begun.returncode == 4, said
    assert "topped" in said
    assert "Traceback" not in said
    assert not below(begun.pid)
    assert not (tmp_path / "run").exists()


def test_a_signal_before_handlers_stand_is_told_to_whoever_hears_after():
    """It came between two handlers, and was forgotten."""
    early, pressed = Early(), Pressed()
    early.hear(signal.SIGINT, None)
    assert early.heard
    early.told = pressed
    early.hear(signal.SIGTERM, None)
    assert pressed.heard()


def test_a_plan_whose_fleets_were_driven_stays_one_when_the_next_is_stopped(monkeypatch: pytest.MonkeyPatch):
    """A replay found something, and there was no time for a plan with tighter limits."""
    first = SimpleNamespace(status="optimal", history=[])
    plans = iter([first])

    def once(study: Any) -> Any:
        found = next(plans, None)
        if found is None:
            raise StoppedError("stopped before any plan was found")
        return found

    driven = SimpleNamespace(clean=False, rounds=1)
    monkeypatch.setattr(planned_module, "fleets", lambda study: ["one"])
    monkeypatch.setattr(planned_module, "replay", lambda plan: driven)
    monkeypatch.setattr(planned_module, "tightened", lambda study, driven: study)
    study: Any = SimpleNamespace()
    assert planned_module._driven(study, once, None) == (first, driven)


# ----------------------------------------------------------------------------------- random studies


@pytest.mark.parametrize("seed", [1, 4, *(pytest.param(s, marks=pytest.mark.slow) for s in range(10, 40))])
def test_no_bound_of_a_random_study_is_broken(seed: int, tmp_path: Path):
    """Certified with a loose and a tight gap, against one problem (the whole: ``benchmarks.endurance``)."""
    study = read(write_study(tmp_path, seed, shape_of(seed, (2,))))
    best = monolith(study, Options(method="choose", gap=1e-7, threads=1))
    close = 2e-6 * max(1.0, abs(best.objective))
    for gap in (0.02, 1e-4):
        plan = certified(study, gap, 1, small=0, first_days=2)
        assert plan.lower_bound <= best.objective + close
        assert plan.objective >= best.lower_bound - close


def test_a_study_of_a_seed_is_always_the_same(tmp_path: Path):
    one, other = write_study(tmp_path / "a", 7), write_study(tmp_path / "b", 7)
    assert (one / "park.toml").read_bytes() == (other / "park.toml").read_bytes()
    with pytest.raises(StudyError):
        read(tmp_path / "none")
