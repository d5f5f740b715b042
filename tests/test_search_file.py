"""Search files: any damage is found before anything is read, and nothing of a user's is taken for one."""

from __future__ import annotations

import io
import multiprocessing
import os
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from parkzero import search_file
from parkzero.errors import StudyError
from parkzero.search_file import (
    Damaged,
    copy_file,
    is_whole,
    read_arrays,
    require_ours,
    seal,
    set_aside,
    write_arrays,
)

ARRAYS = {
    "fingerprint": "a1b2",
    "upper": np.array(1.5),
    "sizes": np.arange(6.0),
    "names": np.array(["a.power[2025]", "ắc quy"]),
    "by_column": np.asfortranarray(np.arange(12.0).reshape(3, 4)),
    "nothing": np.zeros((0, 3), np.int32),
    "no_words": np.array([], dtype=np.str_),
    "words": np.array(["ab"] * 3),
    "basis": np.zeros(40, np.int8),
    "dual_rows": np.arange(5),
}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "run.search.npz"
    write_arrays(path, ARRAYS)
    return path


def test_arrays_come_back_equal_and_numpy_reads_them_too(kept: Path):
    found = read_arrays(kept)
    assert set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert np.array_equal(found[name], array)
        assert found[name].dtype == np.asarray(array).dtype or not found[name].size
        found[name][...] = found[name]  # not a view of something read-only
    with np.load(kept, allow_pickle=False) as archive:
        assert np.array_equal(archive["sizes"], ARRAYS["sizes"])
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]


def test_no_search_is_not_a_damaged_one(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "none.npz")
    assert not is_whole(tmp_path / "none.npz")


def harmed(rng: random.Random, content: bytes) -> bytes:
    """Bytes flipped, cut, doubled, replaced or added."""
    how, at = rng.randrange(6), rng.randrange(len(content))
    if how == 0:
        changed = bytearray(content)
        changed[at] ^= 1 << rng.randrange(8)
        return bytes(changed)
    if how == 1:
        changed = bytearray(content)
        for _ in range(rng.randint(2, 60)):
            changed[rng.randrange(len(content))] = rng.randrange(256)
        return content[:1] if bytes(changed) == content else bytes(changed)
    if how == 2:
        return content[:at]
    if how == 3:
        return content + rng.randbytes(rng.randint(1, 99))
    if how == 4:
        return content[:at] + bytes(max(1, len(content) - at)) if any(content[at:]) else b""
    return rng.randbytes(rng.randrange(4000))


def test_every_one_of_300_damages_is_found(kept: Path, tmp_path: Path):
    whole, rng = kept.read_bytes(), random.Random(1)
    for _ in range(300):
        content = harmed(rng, whole)
        assert content != whole
        kept.write_bytes(content)
        with pytest.raises(Damaged):
            read_arrays(kept)


def sealed(**entries: bytes) -> bytes:
    """An archive under a digest that is right, as somebody would make it on purpose."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(f"{name}.npy", content)
    seal(file)
    return file.getvalue()


def header(shape: str, kind: str = "'<f8'", more: str = "") -> bytes:
    text = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, {more}}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


HOSTILE = {
    "a header that asks for all memory": sealed(x=header("(10**15,)") + bytes(8)),
    "a length beyond all numbers": sealed(x=header("(9999999999999999999999,)") + bytes(8)),
    "a length below nothing": sealed(x=header("(-1,)") + bytes(8)),
    "a product that overflows": sealed(x=header("(4294967296, 4294967296)") + bytes(8)),
    "fewer bytes than it says": sealed(x=header("(3,)") + bytes(8)),
    "more bytes than it says": sealed(x=header("(1,)") + bytes(99)),
    "a pickled object": sealed(x=header("(1,)", "'|O'") + b"cos\nsystem\n(S'true'\ntR."),
    "named columns": sealed(x=header("(1,)", "[('a', '<f8')]") + bytes(8)),
    "texts of no length": sealed(x=header("(10,)", "'<U0'")),
    "a header of brackets": sealed(x=header("(" * 40)),
    "a header that calls": sealed(x=header("__import__('os').getcwd()")),
    "no array": sealed(x=b"hello"),
    "nothing": sealed(x=b""),
    "too many arrays": sealed(**{f"x{i}": b"" for i in range(200)}),
    "only a seal": search_file._TAG + b"0" * 64,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_has_a_right_digest_is_not_believed_either(name: str, tmp_path: Path):
    path = tmp_path / "run.search.npz"
    path.write_bytes(HOSTILE[name])
    with pytest.raises(Damaged):
        read_arrays(path)


def test_a_packed_archive_is_refused_before_it_unpacks(tmp_path: Path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", header("(1000000,)") + bytes(8_000_000))
    seal(file)
    (tmp_path / "packed.npz").write_bytes(file.getvalue())
    with pytest.raises(Damaged, match="packed"):
        read_arrays(tmp_path / "packed.npz")


def test_a_file_larger_than_any_search_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "run.search.npz"
    write_arrays(path, ARRAYS)
    monkeypatch.setattr(search_file, "MOST_BYTES", path.stat().st_size - 1)
    with pytest.raises(Damaged, match="size"):
        read_arrays(path)


def test_what_is_no_file_is_damage_and_does_not_wait(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(Damaged):
        read_arrays(tmp_path / "folder")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(Damaged):
            read_arrays(tmp_path / "pipe")


def test_what_is_set_aside_is_all_there(kept: Path):
    kept.write_bytes(b"harm")
    first = set_aside(kept)
    assert first.read_bytes() == b"harm"
    assert not kept.exists()
    kept.write_bytes(b"more harm")
    assert set_aside(kept) != first
    assert first.read_bytes() == b"harm"


def test_a_write_that_fails_leaves_the_last_whole_file(kept: Path):
    before = kept.read_bytes()
    with pytest.raises(ValueError, match="pickle"):
        write_arrays(kept, {"x": np.array([object()])})
    assert kept.read_bytes() == before
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]


def test_a_search_is_ours_whole_and_damaged_and_a_letter_is_not(kept: Path, tmp_path: Path):
    whole = kept.read_bytes()
    require_ours(tmp_path / "none.npz")
    for content in (whole, whole[:300], whole[-200:], whole + b"x", b""):
        kept.write_bytes(content)
        require_ours(kept)
    for content in (b"my thesis", b"PK\x03\x04" + bytes(100), os.urandom(3000)):
        kept.write_bytes(content)
        with pytest.raises(StudyError, match="is no search file of ParkZero"):
            require_ours(kept)
        assert kept.read_bytes() == content
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(kept)
    for name in ("folder", "link"):
        with pytest.raises(StudyError, match="is no file of ParkZero"):
            require_ours(tmp_path / name)


def test_a_copy_is_put_in_place_at_once(kept: Path, tmp_path: Path):
    copy_file(kept, tmp_path / "copy.npz")
    assert is_whole(tmp_path / "copy.npz")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["copy.npz", kept.name]


def save_often(path: Path, found: multiprocessing.Queue[tuple[int, int]]) -> None:
    torn = failed = 0
    for i in range(60):
        try:
            write_arrays(path, {**ARRAYS, "sizes": np.full(20_000, float(i))})
        except OSError:
            failed += 1
        torn += not is_whole(path)
    found.put((torn, failed))


def test_processes_that_keep_one_search_do_not_disturb_one_another(tmp_path: Path):
    """With one name for all parts, 25 of 80 saves failed and 6 of 80 reads were torn."""
    path, start = tmp_path / "run.search.npz", multiprocessing.get_context("spawn")
    found = start.Queue()
    both = [start.Process(target=save_often, args=(path, found)) for _ in range(2)]
    for process in both:
        process.start()
    assert [found.get(timeout=60) for _ in both] == [(0, 0), (0, 0)]
    for process in both:
        process.join()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
