"""Mutated studies: whatever a file holds, the answer is a study or faults, and nothing is written."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from parkzero import study
from parkzero.errors import StudyError

PARK = Path(__file__).parent / "data" / "small_park"
WORDS = (
    '{ fuel = "lpg" }', '{ fuel = 7 }', '{ fuel = "lpg", gwp = 0x1' + "0" * 5000 + "}",
    '{ value = "1 MW", shifts = {} }',
    '"nan MW"', '"inf"', '"-5 %"', '"1e400 MW"', '"10"', '"10 parsecs"', "nan", "-inf", "1e308", "-1", "0",
    "true", "[]", "{}", '""', '"é\\u0000"', "2025-02-28", '"2025-02-30"', "0x" + "f" * 400,
    '"../../etc/passwd"', '"C:\\\\x.csv"', '"\\\\\\\\server\\\\x"', '"load.csv/"', '"park.toml"', '"CON"',
    '{file = "load.csv"}', '{file = "bills.csv", column = "kW"}', '{bills = "load.csv"}',
    '{bills = "bills.csv", shifts = 3}', '{book = "tariff.vat"}', '{book = 3}', '{book = "x"}',
    '{tariff = "manufacturing.22_110kV", on = 1999-01-01}', '{tariff = "x"}',
    '{weather = "load.csv", model = "pv"}',
    '{weather = "synthetic", model = "wind", hub_height = "1 km", curve = "normals.csv"}',
    '{model = "cop"}', '{model = "cop", source = "air", carnot_share = 2}', '{2025 = "1 MW"}', '{1 = 1}',
    '{growth = "900 %"}', '{start = 1, growth = {}}', '{value = "1 MW", growth = {2060 = 1}}',
    '"(1).__class__ MW"', '"9**9**9 MW"', '"1 MW/0"', '"1 " ', '"1 %%"', '"1 k"', '"1 USD/USD"', '"1 EUR"',
    '"5 min"', '"det.steam"', '"gas"', "[[[[1]]]]", "'''a\nb'''",
)  # fmt: skip
SYMBOLS = "[]{}=\"'.,#\n\\ \t0123456789-+eE%_\x00\x7fàệ\ufeff"

Mutation = Callable[[random.Random, Path], None]


LOAD = 'load = { file = "load.csv", column = "kW", growth = "3 %" }'


def light(folder: Path) -> None:
    """The small park without what takes long to read: a year of hours, and the sun's path."""
    shutil.copytree(PARK, folder, ignore=shutil.ignore_patterns("load.csv"))
    file = folder / "park.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert LOAD in lines
    lines = ["output = 0.2" if line.startswith("output = ") else line for line in lines]
    lines = [
        'load = { bills = "bills.csv", shifts = { shifts = 3 } }' if line == LOAD else line for line in lines
    ]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def whole(folder: Path) -> None:
    """The small park as it is."""
    shutil.copytree(PARK, folder)


def edit_text(rng: random.Random, text: str) -> str:
    """A few characters or lines struck, doubled, swapped or replaced."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        how = rng.randrange(4)
        if how == 0:
            text = text[:at] + rng.choice(SYMBOLS) + text[at:]
        elif how == 1:
            text = text[:at] + text[at + rng.randint(1, 12) :]
        elif how == 2:
            lines = text.splitlines(keepends=True) or [""]
            line = rng.randrange(len(lines))
            lines[line : line + 1] = rng.choice(([], [lines[line]] * 2, [rng.choice(lines)]))
            text = "".join(lines)
        else:
            text = text[:at] + rng.choice(SYMBOLS) * rng.randint(1, 30) + text[at + 1 :]
    return text


def toml_text(rng: random.Random, folder: Path) -> None:
    file = folder / "park.toml"
    text = edit_text(rng, file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8", newline="")


def toml_value(rng: random.Random, folder: Path) -> None:
    file = folder / "park.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    for _ in range(rng.randint(1, 3)):
        at = rng.choice([i for i, line in enumerate(lines) if " = " in line and not line.startswith(" ")])
        lines[at] = lines[at].split(" = ")[0] + " = " + rng.choice(WORDS)
    file.write_text("\n".join(lines), encoding="utf-8")


def toml_key(rng: random.Random, folder: Path) -> None:
    file = folder / "park.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = rng.choice([i for i, line in enumerate(lines) if " = " in line])
    other = rng.choice([line for line in lines if " = " in line])
    lines[at] = other.split(" = ")[0] + " = " + lines[at].split(" = ", 1)[1]
    file.write_text("\n".join(lines), encoding="utf-8")


def file_text(rng: random.Random, folder: Path) -> None:
    file = rng.choice(sorted(folder.glob("*.csv")))
    text = file.read_text(encoding="utf-8")
    head, tail = text[:400], text[400:]
    file.write_text(edit_text(rng, head) + tail, encoding="utf-8", newline="")


def file_bytes(rng: random.Random, folder: Path) -> None:
    file = rng.choice(sorted(folder.iterdir()))
    file.write_bytes(broken_bytes(rng, file.read_bytes()))


def broken_bytes(rng: random.Random, content: bytes) -> bytes:
    how = rng.randrange(5)
    if how == 0:
        return content[: rng.randrange(len(content))]
    if how == 1:
        return rng.randbytes(rng.randrange(2000))
    if how == 2:
        return rng.choice((b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xff\xfe", b"\xd0\xcf\x11\xe0")) + content
    changed = bytearray(content)
    for _ in range(rng.randint(1, 20)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


MUTATIONS: tuple[Mutation, ...] = (toml_text, toml_value, toml_value, toml_key, file_text, file_bytes)


def fate(path: Path) -> str:
    """What reading ended with; anything but a study or faults is raised."""
    try:
        study.read(path)
    except StudyError as error:
        whats = [fault.what for fault in error.faults]
        str(error).encode("utf-8", errors="strict")
        return "faults" if whats and all(whats) else "empty"
    return "read"


def folder_round(seed: int, folder: Path, start: Callable[[Path], None]) -> str:
    rng = random.Random(seed)
    start(folder)
    rng.choice(MUTATIONS)(rng, folder)
    before = sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in folder.iterdir())
    ended = fate(folder)
    assert sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in folder.iterdir()) == before
    shutil.rmtree(folder)
    return ended


def test_160_mutated_folders_end_in_a_study_or_in_faults(tmp_path: Path) -> None:
    fates = [folder_round(seed, tmp_path / str(seed), whole if seed < 12 else light) for seed in range(160)]
    assert set(fates) == {"faults", "read"}


@pytest.mark.slow
def test_1600_mutated_folders_end_in_a_study_or_in_faults(tmp_path: Path) -> None:
    for seed in range(1000, 2600):
        start = light if seed % 8 else whole
        assert folder_round(seed, tmp_path / str(seed), start) != "empty"


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("book")
    light(folder / "park")
    return study.to_workbook(folder / "park", folder / "park.xlsx")


def workbook_round(seed: int, workbook: Path, folder: Path) -> str:
    """Bytes broken anywhere, or inside one part of the archive, packed again."""
    rng = random.Random(seed)
    folder.mkdir()
    target = folder / "park.xlsx"
    if rng.random() < 0.4:
        target.write_bytes(broken_bytes(rng, workbook.read_bytes()))
    else:
        repack(rng, workbook, target)
    ended = fate(target)
    assert [p.name for p in folder.iterdir()] == ["park.xlsx"]
    shutil.rmtree(folder)
    return ended


def repack(rng: random.Random, source: Path, target: Path) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        small = [n for n in names if old.getinfo(n).file_size < 40_000]
        chosen = rng.choice(small)
        for name in names:
            content = old.read(name)
            if name == chosen:
                text = content.decode("utf-8")
                content = edit_text(rng, text).encode("utf-8")
            new.writestr(name, content)


def test_40_mutated_workbooks_end_in_a_study_or_in_faults(workbook: Path, tmp_path: Path) -> None:
    fates = [workbook_round(seed, workbook, tmp_path / str(seed)) for seed in range(40)]
    assert set(fates) <= {"faults", "read"}
    assert "faults" in fates


CELLS = (
    None, -1, 0, 1e300, 10**20, True, dt.datetime(2025, 1, 1), dt.time(1), "x", "{", "[1, 2]", "=1", "",
    "{a.b.c = 1}",
    "a.b.c", "format", "1 MW", "kind", "2025", "\t", "{value = '1 MW'}", "[" * 12 + "]" * 12,
)  # fmt: skip
TITLES = ("x", "park2", "a.csv", "CON.csv", "solr", "load.csv ")


def cells_round(seed: int, workbook: Path, folder: Path) -> str:
    """Cells with values of other kinds, sheets renamed or missing."""
    rng = random.Random(seed)
    folder.mkdir()
    book = openpyxl.load_workbook(workbook)
    for _ in range(rng.randint(1, 5)):
        sheet = rng.choice(book.worksheets)
        row, column = rng.randint(1, sheet.max_row + 1), rng.randint(1, sheet.max_column + 1)
        sheet.cell(row, column).value = rng.choice(CELLS)
    if rng.random() < 0.2:
        rng.choice(book.worksheets).title = rng.choice(TITLES)
    if rng.random() < 0.1:
        book.remove(rng.choice(book.worksheets))
    book.save(folder / "park.xlsx")
    ended = fate(folder / "park.xlsx")
    shutil.rmtree(folder)
    return ended


def test_20_workbooks_with_odd_cells_end_in_a_study_or_in_faults(workbook: Path, tmp_path: Path) -> None:
    fates = [cells_round(seed, workbook, tmp_path / str(seed)) for seed in range(20)]
    assert set(fates) <= {"faults", "read"}


@pytest.mark.slow
def test_200_workbooks_with_odd_cells_end_in_a_study_or_in_faults(workbook: Path, tmp_path: Path) -> None:
    for seed in range(1000, 1200):
        assert cells_round(seed, workbook, tmp_path / str(seed)) != "empty"


@pytest.mark.slow
def test_400_mutated_workbooks_end_in_a_study_or_in_faults(workbook: Path, tmp_path: Path) -> None:
    for seed in range(1000, 1400):
        assert workbook_round(seed, workbook, tmp_path / str(seed)) != "empty"
