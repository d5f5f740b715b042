"""Texts: one catalogue for all rooms, complete in both languages, told late and never steered by data."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import io
import pickle
import re
import string
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

import parkzero
from parkzero.cli import build
from parkzero.cli.helped import paragraphs
from parkzero.cli.helped import words as help_words
from parkzero.errors import Fault, ParkZeroError, Place, StudyError
from parkzero.language.accounts import accounts
from parkzero.language.component import kinds
from parkzero.language.fields import described, size_fields
from parkzero.study.json_schema import first_line
from parkzero.texts import NOTHING, Both, chosen, counted, joined, listed, of_error, say, speak
from parkzero.texts.catalogue import catalogue, catalogue_files, entries
from parkzero.units import MW

PACKAGE = Path(parkzero.__file__).parent
SPEAKERS = ("parkzero.texts", "parkzero.report.words")
LETTERS = re.compile(r"[^\W\d_]")


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """The package's modules outside this layer, parsed."""
    paths = (p for p in sorted(PACKAGE.rglob("*.py")) if p.parent.name != "texts")
    return tuple((str(p.relative_to(PACKAGE)), ast.parse(p.read_text(encoding="utf-8"))) for p in paths)


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call of ``say`` or ``counted`` in the package: where, the call, and its name."""
    for path, tree in trees():
        froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        ours = {a.name for node in froms if node.module in SPEAKERS for a in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                by_module = (
                    isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "texts"
                )
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in ("say", "counted", "known") and (by_module or name in ours):
                    yield f"{path}:{node.lineno}", node, name


def constants(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def patterns(node: ast.expr) -> Iterator[str]:
    """The ids that an f-string may make, as a pattern; words are looked up so."""
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"[\w.]+" for p in node.values]
        if re.match(r"\w+\\\.", parts[0]):  # begins with the name of a table
            yield "".join(parts)
    elif isinstance(node, ast.IfExp):
        yield from patterns(node.body)
        yield from patterns(node.orelse)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def ids() -> dict[str, tuple[str, ast.Call]]:
    """Each id that the code names, with where it is said."""
    found: dict[str, tuple[str, ast.Call]] = {}
    for where, call, name in calls():
        said = [*constants(call.args[0])]
        if name == "counted":
            one = next((k.value for k in call.keywords if k.arg == "one"), None)
            said += [*constants(one)] if one is not None else [f"{key}_one" for key in said]
        for key in said:
            found.setdefault(key, (where, call))
    return found


IDS = ids()
# Sentences of this layer's own, which is not searched.
OWN = {"{one} or {other}"}
SENTENCES = {key for key in IDS if " " in key or not re.fullmatch(r"[\w.]+", key)}
WORDY = {key for key in SENTENCES if LETTERS.search(re.sub(r"\{[^{}]*\}", "", key))}


def test_the_code_says_enough_for_these_tests_to_mean_something():
    assert len(WORDY) > 400


def test_every_sentence_of_the_code_exists_in_vietnamese():
    assert sorted(f"{IDS[key][0]}: {key}" for key in WORDY - set(catalogue("vi"))) == []
    assert set(catalogue("vi")) >= OWN


def test_every_short_id_exists_in_both_languages():
    keyed = {key for key in IDS if key not in SENTENCES and "." in key}
    for lang in ("vi", "en"):
        assert sorted(f"{IDS[key][0]}: {key}" for key in keyed - set(catalogue(lang))) == []


def test_short_ids_are_the_same_in_both_languages():
    short = {key for key in catalogue("vi") if " " not in key and "." in key and key not in SENTENCES}
    assert short == set(catalogue("en"))


def test_no_entry_is_unused():
    """What nobody says is struck from the catalogue; words are said by patterns such as ``block.{name}``."""
    strings = (node for _, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.JoinedStr))
    said = [re.compile(p) for p in dict.fromkeys(p for node in strings for p in patterns(node))]
    named = IDS.keys() | words() | helped() | meanings() | OWN
    left = [key for key in catalogue("vi") if not {key, key.removesuffix("_one")} & named]
    assert [key for key in left if not any(p.fullmatch(key) for p in said)] == []


def helped() -> set[str]:
    """Every text of help, from docstrings and options: the English that ``--help`` looks up."""
    found: set[str] = set()
    commands = [typer.main.get_command(build())]
    for command in commands:
        commands += getattr(command, "commands", {}).values()
        for one in (command, *command.params):
            texts = [t for name in ("help", "short_help") if isinstance(t := getattr(one, name, None), str)]
            found |= {word for text in texts for p in paragraphs(text) for word in help_words(p) if word}
    return found


def meanings() -> set[str]:
    """What each kind of component and each of its fields means, in English."""
    fields = [described(cls) for cls in kinds().values()] + [size_fields(MW)]
    return {spec.doc for each in fields for spec in each.values()} | set(map(first_line, kinds().values()))


def test_what_kinds_and_fields_mean_is_complete_in_vietnamese():
    assert len(meanings()) > 400
    assert sorted(meanings() - set(catalogue("vi"))) == []


def test_help_is_complete_in_vietnamese():
    assert len(helped()) > 40
    assert sorted(helped() - set(catalogue("vi"))) == []


def words() -> set[str]:
    """Every literal of the package that has the form of a short id: it may be said by way of a variable."""
    found = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
                found.add(node.value)
    return found


def test_places_are_the_same_in_code_and_in_both_languages():
    wrong = []
    for key, vi in catalogue("vi").items():
        filled = key in IDS and any(k.arg != "one" for k in IDS[key][1].keywords)
        en = catalogue("en").get(key, key)
        if (filled or key in catalogue("en")) and places(vi) != places(en):
            wrong.append((key, places(vi), places(en)))
    assert wrong == []


def test_every_call_gives_the_places_of_its_text():
    wrong = []
    for where, call, name in calls():
        if name == "known" or any(k.arg is None for k in call.keywords):
            continue
        given = {k.arg for k in call.keywords if k.arg != "one"}
        for key in constants(call.args[0]):
            text = catalogue("en").get(key, key)
            needed = places(text) if given or name == "counted" or key in catalogue("en") else set()
            if needed - ({"count"} if name == "counted" else set()) != given - {"count"} | (
                {"count"} & given if name == "say" else set()
            ):
                wrong.append((where, key, needed, given))
    assert wrong == []


def test_no_two_files_hold_the_same_id():
    seen: dict[str, str] = {}
    for file in catalogue_files("vi"):
        for key in entries(file):
            assert key not in seen, f"{key} stands in {seen.get(key)} and {file.name}"
            seen[key] = file.name


def test_an_id_that_stands_twice_is_refused(monkeypatch, tmp_path):
    for name in ("a.vi.toml", "b.vi.toml"):
        (tmp_path / name).write_text('"is blue" = "màu xanh"\n', encoding="utf-8")
    monkeypatch.setattr("parkzero.texts.catalogue.files", lambda package: tmp_path)
    catalogue.cache_clear()
    try:
        with pytest.raises(ValueError, match="another file"):
            catalogue("vi")
    finally:
        monkeypatch.undo()
        catalogue.cache_clear()


def test_vietnamese_is_vietnamese():
    """A sentence of the code is never left in English; only code and units may read alike."""
    same = [
        k
        for k in WORDY
        if catalogue("vi").get(k) == k and not re.search(r"[=()\[\]{}/'.]|^\d|kvar|before, after", k)
    ]
    assert same == []


# ---------------------------------------------------------------------- faults are said on this mechanism


SINKS = {
    "Fault": {1: "what", 3: "needs", 4: "hint"},
    "fault": {1: "what", 3: "needs", 4: "hint"},
    "warn": {0: "text"},
}


def test_no_fault_is_written_as_a_literal():
    """Literals and f-strings in faults, warnings and hints are no texts: they would stay English."""
    wrong = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name not in SINKS or (name != "Fault" and not isinstance(node.func, ast.Attribute)):
                continue
            given = [a for i, a in enumerate(node.args) if i in SINKS[name]]
            given += [k.value for k in node.keywords if k.arg in ("what", "needs", "hint")]
            wrong += [
                f"{path}:{a.lineno}"
                for a in given
                if isinstance(a, ast.JoinedStr) or (isinstance(a, ast.Constant) and isinstance(a.value, str))
            ]
    assert wrong == []


FAULT = Fault(
    Place("park.toml", line=3, field="assets.pv.bus"),
    say("is not a bus of the study"),
    "ell",
    say("one of {names}", names=["el", "heat"]),
    say("Did you mean {word}?", word="el"),
)


def test_a_fault_reads_in_english_unless_a_language_is_set():
    english = (
        "park.toml, line 3, assets.pv.bus: is not a bus of the study (got ell); needs one of el, heat."
        " Try: Did you mean el?"
    )
    assert str(FAULT) == english == FAULT.text().of("en")
    speak("vi")
    try:
        assert str(FAULT) == (
            "park.toml, dòng 3, assets.pv.bus: không phải là nút trong hồ sơ (đã nhận ell); cần một trong el,"
            " heat. Cách sửa: Có phải ý bạn là el?"
        )
        assert str(StudyError([FAULT])).startswith("Hồ sơ tính toán có 1 lỗi\n  park.toml")
    finally:
        speak("en")
    assert str(StudyError([FAULT, FAULT])).startswith("The study has 2 faults\n")


def test_an_error_keeps_its_text():
    error = ParkZeroError(say("is not a table"))
    assert (str(error), error.of("vi"), of_error(error).of("vi")) == (
        "is not a table",
        *["không phải là bảng"] * 2,
    )
    assert of_error(ValueError("a plain word")).of("vi") == "a plain word"


# ----------------------------------------------------------------------------------------- how texts are told


def test_a_text_is_its_english():
    text = say("at least {needed:g} degC", needed=60.5)
    assert text == "at least 60.5 degC"
    assert isinstance(text, str)
    assert text.of("vi") == "ít nhất 60,5 °C"
    assert text.both() == Both(vi="ít nhất 60,5 °C", en="at least 60.5 degC")


def test_numbers_and_days_read_as_each_language_writes_them():
    text = say(
        "{a:,.1f} on {b}, in {c}, {d:%Y-%m-%d}, {e}",
        a=1234.5,
        b=dt.date(2030, 4, 2),
        c=2030,
        d=dt.date(2030, 4, 2),
        e="1.5",
    )
    assert text == "1,234.5 on 2030-04-02, in 2030, 2030-04-02, 1.5"
    assert text.of("vi") == "1.234,5 on 02/04/2030, in 2030, 2030-04-02, 1.5"


def test_texts_within_texts_read_in_the_same_language():
    inner = joined([say("is empty"), Both(vi="một", en="one"), "data"], "; ")
    assert say("{name}: {finding}", name="f", finding=inner).of("vi") == "f: để trống; một; data"
    assert inner == "is empty; one; data"


def test_a_list_and_nothing():
    assert listed([]) == NOTHING == ""
    assert listed(["a", "b"]).of("vi") == "a, b"
    assert joined(["{a}", "b"], "{}").of("vi") == "{a}{}b"


def test_counts_have_a_singular_in_english():
    told = [counted("{title} has {count} faults", n, one="{title} has 1 fault", title="It") for n in (1, 2)]
    assert told == ["It has 1 fault", "It has 2 faults"]
    assert [t.of("vi") for t in told] == ["It có 1 lỗi", "It có 2 lỗi"]


def test_a_text_survives_pickling():
    text = pickle.loads(pickle.dumps(say("line {number}", number=3)))
    assert (text, text.of("vi")) == ("line 3", "dòng 3")


@given(st.text(max_size=40))
def test_data_never_steer_a_text(hostile):
    """Braces, attributes and widths in data are data."""
    told = say("line {number}: {text}", number=1, text=hostile)
    assert told == f"line 1: {hostile}"
    assert told.of("vi") == f"dòng 1: {hostile}"


@pytest.mark.parametrize("template", ["{x.__class__} y", "{x[0]} y", "{0} y"])
def test_places_are_plain_names(template):
    with pytest.raises((KeyError, IndexError)):
        say(template, x="a")


def test_a_place_that_is_not_given_is_our_fault():
    with pytest.raises(KeyError):
        say("line {number}: {text}", number=1)


# ------------------------------------------------------------------------------------------- which language


@pytest.mark.parametrize(
    ("asked", "study", "environment", "spoken"),
    [
        ("en", "vi", {"LANG": "vi_VN.UTF-8"}, "en"),
        (None, "vi", {"LANG": "en_US.UTF-8"}, "vi"),
        (None, None, {"LANG": "en_US.UTF-8"}, "en"),
        (None, None, {"LANG": "vi_VN.UTF-8"}, "vi"),
        (None, None, {"LANG": "C.UTF-8"}, "vi"),
        (None, None, {}, "vi"),
        (None, None, {"LANG": "de_DE.UTF-8", "LANGUAGE": "de:en"}, "en"),
        (None, None, {"LC_ALL": "vi", "LANG": "en_US"}, "vi"),
        (None, None, {"PARKZERO_LANG": "en", "LC_ALL": "vi"}, "en"),
        (None, "klingon", {"LANG": "en_GB"}, "en"),
        (None, 7, {}, "vi"),
        (None, None, {"LANG": "English_United States.1252"}, "en"),
    ],
)  # fmt: skip
def test_the_language_asked_for_then_the_studys_then_the_systems_then_vietnamese(
    asked, study, environment, spoken
):
    assert chosen(asked, study, environment) == spoken


def test_texts_load_nothing_before_they_are_told():
    """An English sentence needs no catalogue, so importing the package reads none."""
    import subprocess
    import sys

    code = (
        "import parkzero.texts as t; from parkzero.texts.catalogue import catalogue as c;"
        "t.say('line {number}', number=1); print(c.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_catalogues_are_shipped():
    assert {f.name for f in files("parkzero.texts").iterdir()} >= {
        "common.vi.toml",
        "report.vi.toml",
        "report.en.toml",
    }


# ----------------------------------------------------------------------------------------------- its terms


def glossary() -> list[dict[str, str]]:
    text = (files("parkzero.texts") / "glossary.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_glossary_says_where_each_term_is_used():
    rows = glossary()
    assert len(rows) > 70
    assert all(row["vi"] and row["source"] and row["confidence"] in "PSDM" for row in rows)


def test_texts_use_the_terms_of_the_glossary():
    """A word that the glossary replaces stands in no text, in no record of words and in no chart."""
    avoided = {word: row["vi"] for row in glossary() for word in row["avoid"].split("|") if word}
    assert len(avoided) > 20
    told = {f"{key}: {text}" for key, text in catalogue("vi").items()}
    told |= {account.vi for account in accounts()} | {str(account) for account in accounts()}
    told |= {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [(word, text) for word in avoided for text in told if word.lower() in text.lower()] == []
