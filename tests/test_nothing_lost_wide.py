"""Wide runs of what may go wrong on a disk: thousands of mutated inputs, damaged files, kills at any moment.

All of it is slow and runs with ``make test-all``; small ones of each kind are in the default suite.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
import time
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from polars.testing import assert_frame_equal

from parkzero import study
from parkzero.cli import build, main
from parkzero.errors import StudyError
from parkzero.language.component import kinds
from parkzero.planning import api, certify
from parkzero.planning.certify import certified
from parkzero.results import load
from parkzero.search_file import read_arrays, write_arrays
from parkzero.units import registry
from tests.test_cli_plan import PARK
from tests.test_hostile import CELLS, MUTATIONS, TITLES, broken_bytes, light, repack, whole
from tests.test_nothing_lost import content
from tests.test_search_file import harmed

pytestmark = pytest.mark.slow
# Processes are forked from one that has loaded this module, and what takes long to load with it.
for room in (
    "cli.plan",
    "report",
    "results.planned",
    "study.reader",
    "series",
    "planning.certify",
    "explain",
):
    importlib.import_module(f"parkzero.{room}")
build()
registry()
HANG = 10.0  # no input may keep a processor longer [s]; six times that beside other work


@contextlib.contextmanager
def in_time(what: object) -> Iterator[None]:
    """Fail where something hangs, where there are alarms."""

    def late(*_: object) -> None:
        raise AssertionError(f"{what} took more than {HANG:g} s")

    if not hasattr(signal, "setitimer"):
        yield
        return
    clocks = {signal.SIGPROF: (signal.ITIMER_PROF, HANG), signal.SIGALRM: (signal.ITIMER_REAL, 6 * HANG)}
    before = {number: signal.signal(number, late) for number in clocks}
    for clock, seconds in clocks.values():
        signal.setitimer(clock, seconds)
    try:
        yield
    finally:
        for number, (clock, _) in clocks.items():
            signal.setitimer(clock, 0)
            signal.signal(number, before[number])


def plain(folder: Path) -> None:
    """The small park with constant loads: what is mutated is its form, and thousands are read."""
    light(folder)
    file = folder / "park.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines = ['load = { value = "1 MW" }' if "bills.csv" in line else line for line in lines]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    plain(folder / "park")
    return study.to_workbook(folder / "park", folder / "park.xlsx")


# --------------------------------------------------------------------------------- mutated studies


def written(path: Path) -> Counter[str]:
    """Kinds of the assets and policies that a person who opens the study sees there, and how many of each."""
    if path.suffix != ".xlsx":
        tree = tomllib.loads((path / "park.toml").read_text(encoding="utf-8-sig"))
        parts = [one for section in ("assets", "policies") for one in tree.get(section, {}).values()]
        return Counter(str(part.get("kind")) for part in parts)
    found: Counter[str] = Counter()
    for sheet in openpyxl.load_workbook(path).worksheets:
        if sheet.title in kinds():
            rows = list(sheet.iter_rows(min_row=2, values_only=True))
            found[sheet.title] = sum(any(value is not None for value in row) for row in rows)
    return found


def mutated(seed: int, workbook: Path, folder: Path) -> Path:
    """A folder or workbook with a mutation: text, values, keys, bytes, XML, cells, sheets."""
    rng = random.Random(seed)
    if seed % 5 < 3:
        (whole if seed % 100 == 0 else light if seed % 10 == 1 else plain)(folder)
        rng.choice(MUTATIONS)(rng, folder)
        return folder
    folder.mkdir()
    target = folder / "park.xlsx"
    if seed % 5 == 3 and rng.random() < 0.3:
        target.write_bytes(broken_bytes(rng, workbook.read_bytes()))
    elif seed % 5 == 3:
        (repack if rng.random() < 0.8 else lose_a_part)(rng, workbook, target)
    else:
        odd_cells(rng, workbook, target)
    return target


def lose_a_part(rng: random.Random, source: Path, target: Path) -> None:
    """The workbook without one of its parts."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        gone = rng.choice(old.namelist())
        for name in old.namelist():
            if name != gone:
                new.writestr(name, old.read(name))


def odd_cells(rng: random.Random, source: Path, target: Path) -> None:
    """The workbook with other cells, or with a sheet renamed or removed or its rows cut."""
    book = openpyxl.load_workbook(source)
    sheet = rng.choice(book.worksheets)
    for _ in range(rng.randint(1, 4)):
        cell = sheet.cell(rng.randint(1, sheet.max_row + 1), rng.randint(1, sheet.max_column + 1))
        cell.value = rng.choice(CELLS)
    if rng.random() < 0.1:
        rng.choice(book.worksheets).title = rng.choice(TITLES)
    if rng.random() < 0.1:
        book.remove(rng.choice(book.worksheets))
    if rng.random() < 0.1:
        rng.choice(book.worksheets).delete_rows(rng.randint(1, 2), rng.randint(1, 3))
    book.save(target)


def fate(path: Path, there: Counter[str] | None = None) -> str:
    """How reading ended; anything but a study with all that is written in it, or faults, is raised.

    Args:
        path: the study.
        there: what must be there, where it is known; else what is written.
    """
    try:
        found = study.read(path)
    except StudyError as error:
        return "faults" if error.faults and all(fault.what for fault in error.faults) else "empty"
    read = Counter(component.kind for component in found.components)
    assert (there or written(path)) == read, f"{path}: something is missing without a word"
    return "read"


def test_5000_mutated_studies_in_one_process(workbook: Path, tmp_path: Path):
    """No traceback, no hang, nothing missing without a word; and nothing written into the study."""
    fates: Counter[str] = Counter()
    whole(tmp_path / "whole")
    study.read(tmp_path / "whole")  # what takes long to load is loaded
    base, fewer = written(workbook), []
    for seed in range(5000):
        folder = tmp_path / "case"
        path = mutated(seed, workbook, folder)
        before = content(folder)
        with in_time(seed):
            # Broken XML may be read in two ways, but nothing in it takes an asset away without a word.
            ended = fate(path, base if seed % 5 == 3 else None)
        if ended == "read" and seed % 5 != 3 and written(path).total() < base.total():
            fewer.append(seed)  # struck from the text, as a person may
        assert ended != "empty"
        fates[ended] += 1
        assert content(folder) == before
        shutil.rmtree(folder)
    print(f"\n5,000 mutated studies and workbooks: {dict(fates)}; written with fewer parts: {fewer}")


def test_500_mutated_studies_through_the_command(workbook: Path, tmp_path: Path):
    codes: Counter[int] = Counter()
    for seed in range(10_000, 10_500):
        path = mutated(seed, workbook, tmp_path / "case")
        code = command(tmp_path / "said", "check", path)
        said = (tmp_path / "said").read_text(encoding="utf-8")
        assert code in (0, 2), said
        assert "Traceback" not in said
        codes[code] += 1
        shutil.rmtree(tmp_path / "case")
    print(f"\n500 mutated studies and workbooks through the command: exit codes {dict(codes)}")


FORKS = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
if hasattr(os, "fork"):
    FORKS.set_forkserver_preload(["tests.test_nothing_lost_wide"])  # so that a command begins at once


def given(words: list[str], said: str, with_a_search: bool) -> None:
    """Give a command in a process of its own; a small park is then searched as a large one is."""
    with open(said, "wb") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    if with_a_search:
        certify.certified = functools.partial(certified, small=0)
    sys.exit(main(words))


def started(said: Path, *words: object, with_a_search: bool = False) -> BaseProcess:
    process = FORKS.Process(target=given, args=([str(word) for word in words], str(said), with_a_search))
    process.start()
    return process


def command(said: Path, *words: object, with_a_search: bool = False) -> int:
    """The exit code of a command in a process of its own."""
    process = started(said, *words, with_a_search=with_a_search)
    process.join(120)
    assert process.exitcode is not None, f"{words} did not end"
    return process.exitcode


# ----------------------------------------------------------------------------------- damaged files


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small park, its run and the search that found it."""
    folder = tmp_path_factory.mktemp("searched")
    (folder / "park").mkdir()
    (folder / "park" / "park.toml").write_text(PARK, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certify, "certified", functools.partial(certified, small=0))
        assert main(["plan", str(folder / "park"), "--out", str(folder / "run"), "--quiet"]) == 0
    assert (folder / "run" / "search.npz").stat().st_size > 1000
    return folder


def altered(rng: random.Random, path: Path) -> None:
    """A search whose digest is right and whose arrays are not: as somebody would make it on purpose."""
    arrays = read_arrays(path)
    with np.errstate(all="ignore"):  # numbers beyond their type are what is tried
        for name in rng.sample(sorted(arrays), rng.randint(1, 3)):
            array = arrays[name]
            how = rng.randrange(5)
            if how == 0:
                arrays[name] = array[..., :-1] if array.ndim else array
            elif how == 1:
                arrays[name] = array.astype("U3") if array.dtype.kind != "U" else np.zeros(3, "u1")
            elif how == 2 and array.dtype.kind in "fi":
                arrays[name] = (array * rng.choice((-1, 0, 7, 1e9))).astype(array.dtype)
            elif how == 3 and array.dtype.kind == "f":
                arrays[name] = array + rng.choice((float("nan"), float("inf"), 1e300))
            else:
                del arrays[name]
    write_arrays(path, arrays)


def test_1000_damaged_search_files(searched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    """In the run or beside it; every tenth is planned for real. None ends with a fault of ours or is lost."""
    codes: Counter[int] = Counter()
    good = (searched / "run" / "search.npz").read_bytes()
    plans: list[object] = []

    def quickly(*words: object, **options: object) -> object:
        path = options["resume"]
        if not plans or seed % 10 == 0:
            plans[:] = [certified(words[0], 0.001, 1, float("inf"), None, path, small=0)]
        else:
            from parkzero.planning.again.checkpoint import load_checkpoint
            from parkzero.planning.assemble import build_year

            park = words[0]
            load_checkpoint(path, park, build_year(park, park.milestones.years[0], park.timeline)[1])
        return plans[0]

    monkeypatch.setattr(api, "plan", quickly)
    monkeypatch.setattr("parkzero.cli.plan.write_reports", lambda *words: [])
    for seed in range(1000):
        rng = random.Random(seed)
        case = tmp_path / "case"
        shutil.copytree(searched, case)
        target = case / "run" / "search.npz" if rng.random() < 0.5 else case / "run.search.npz"
        if seed % 5 == 0:
            target.write_bytes(good)
            altered(rng, target)
        else:
            target.write_bytes(harmed(rng, good))
        damage = target.read_bytes()
        codes[main(["plan", str(case / "park"), "--out", str(case / "run"), "--quiet"])] += 1
        kept = [path.read_bytes() for path in case.glob("run.search.npz*")]
        ours = seed % 5 == 0 and damage not in kept
        assert ours or damage in kept, f"seed {seed}: the damaged file is gone"
        load(case / "run")
        shutil.rmtree(case)
    capsys.readouterr()
    with capsys.disabled():
        print(f"\n1,000 damaged search files: exit codes {dict(codes)}")
    assert set(codes) <= {0, 2}  # 2 where nothing shows that the file beside the run was a search


def test_300_damaged_result_files(searched: Path, tmp_path: Path, capsys):
    """Whatever became of a file, it is named (exit 2), and nothing but what ParkZero wrote is replaced."""
    codes: Counter[str] = Counter()
    for seed in range(300):
        rng = random.Random(seed)
        case = tmp_path / "case"
        shutil.copytree(searched, case)
        run = case / "run"
        file = rng.choice(sorted(path for path in run.rglob("*") if path.is_file()))
        others = sorted(path for path in run.rglob(f"*{file.suffix}") if path != file)
        if rng.random() < 0.15 and others:
            shutil.copyfile(rng.choice(others), file)
        elif rng.random() < 0.1:
            file.unlink()
        else:
            file.write_bytes(harmed(rng, file.read_bytes()))
        before = content(case)
        read = {word: main([word, str(run)]) for word in ("report", "explain")}
        codes.update(f"{word} {code}" for word, code in read.items())
        assert set(read.values()) <= {0, 2}, f"seed {seed}: {file}"
        read_by = file.suffix in (".parquet", ".json")
        assert not read_by or read == {"report": 2, "explain": 2}, f"seed {seed}: {file}"
        if read["report"] == 2:
            assert content(case) == before
        shutil.rmtree(case)
    capsys.readouterr()
    with capsys.disabled():
        print(f"\n300 damaged result files: {dict(sorted(codes.items()))}")


# ------------------------------------------------------------------------------------------- kills

KILLS = {"plan": 28, "plan with a search": 28, "report": 28, "check": 16}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes that begin at once are forked")
@pytest.mark.parametrize("which", KILLS)
def test_100_kills_at_random_moments(which: str, searched: Path, tmp_path: Path):
    """Nothing of the user's is lost, nothing is half written, and the command given again ends the same."""
    rng, ended, case, said = random.Random(which), Counter[str](), tmp_path / "case", tmp_path / "said"
    shutil.copytree(searched, case)
    words = {"report": ["report", case / "run"], "check": ["check", case / "park"]}.get(
        which, ["plan", case / "park", "--out", case / "run", "--quiet"]
    )
    searching = which == "plan with a search"
    (case / "notes.txt").write_text("mine", encoding="utf-8")
    assert command(said, *words, with_a_search=searching) == 0  # what takes long to load is loaded
    begun = time.perf_counter()
    assert command(said, *words, with_a_search=searching) == 0
    length, wanted = time.perf_counter() - begun, load(case / "run")
    for _ in range(KILLS[which]):
        theirs = {name: found for name, found in content(case).items() if re.match("park|notes", name)}
        process = started(said, *words, with_a_search=searching)
        time.sleep(rng.uniform(0.0, 1.1 * length))
        process.kill()
        process.join()
        ended["killed" if process.exitcode == -signal.SIGKILL else "done"] += 1
        now = content(case)
        assert {name: found for name, found in now.items() if re.match("park|notes", name)} == theirs
        assert load(case / "run").summary["audit_ok"]  # the earlier run or the new one, whole
        assert command(said, *words, with_a_search=searching) == 0, said.read_text(encoding="utf-8")
        same(load(case / "run"), wanted, exactly=not searching)
    left = Counter(re.sub(r"-[-\d\w]*$", "-…", path.name) for path in case.iterdir())
    print(f"\n{KILLS[which]} kills of {which} within {length:.1f} s: {dict(ended)}; there are: {dict(left)}")


def same(found: object, wanted: object, exactly: bool) -> None:
    """Results are equal: all tables but the clock's; of a search that went on, the cost within its gap."""
    assert found.summary["status"] == wanted.summary["status"] == "optimal"
    assert found.summary["objective"] == pytest.approx(wanted.summary["objective"], rel=1e-3)
    if not exactly:
        return
    for name, frame in wanted.tables.items():
        if name not in ("history", "audit", "variables"):
            assert_frame_equal(found.tables[name], frame)
    for year in wanted.year_list:
        assert_frame_equal(found.frame("flows", year), wanted.frame("flows", year))
    assert json.dumps(dict(found.study)) == json.dumps(dict(wanted.study))
