"""Sentences that planning, the audit and the reading of a study leave in English have their Vietnamese."""

from __future__ import annotations

import ast
import itertools
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkzero.language.accounts import accounts
from parkzero.report.sentences import sentence, table
from parkzero.report.words import Both, both
from tests.conftest import ROOT

SOURCE = ROOT / "parkzero"
# Texts that only join other texts: nothing in them is English.
PLAIN = {"7", "7: 7", "7.7", "7, 7", "7, 77"}

NAMES = tuple((account.id, account.vi) for account in accounts())


def written(scope: ast.AST, node: ast.expr) -> Iterator[str]:
    """Texts that an expression may give; data filled in reads as 7, which is a name and a number."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts = [[str(p.value)] if isinstance(p, ast.Constant) else filled(scope, p) for p in node.values]
        yield from ("".join(texts) for texts in itertools.product(*parts))
    elif isinstance(node, ast.IfExp):
        yield from written(scope, node.body)
        yield from written(scope, node.orelse)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        pairs = itertools.product(written(scope, node.left), written(scope, node.right))
        yield from (left + right for left, right in pairs)
    elif isinstance(node, ast.Name):
        for one in ast.walk(scope):
            if isinstance(one, ast.Assign) and [t for t in one.targets if getattr(t, "id", "") == node.id]:
                yield from written(scope, one.value)


def filled(scope: ast.AST, part: ast.expr) -> list[str]:
    """What may be filled into a text: words that the same function assigns, or data."""
    return list(written(scope, part.value) if isinstance(part, ast.FormattedValue) else ()) or ["7"]


def called(files: list[Path], name: str, place: int) -> set[str]:
    """Texts given to the calls of a name at a place among their arguments."""
    found: set[str] = set()
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for scope in scopes or [tree]:
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and len(node.args) > place:
                    function = node.func
                    called_as = (
                        function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
                    )
                    found |= set(written(scope, node.args[place])) if called_as == name else set()
    return {text for text in found if text not in PLAIN}


def untold(texts: set[str]) -> list[str]:
    return sorted(
        text for text in texts if any(c.isalpha() for c in text) and sentence(text, NAMES).vi == text
    )


def test_every_detail_of_the_audit_has_its_vietnamese():
    files = [SOURCE / "results" / f"{name}.py" for name in ("checks", "auditor")]
    details = called(files, "Finding", 5) | called(files, "add", 2)
    assert {"bus 7, step 7", "windowed peaks", "no lower bound is known"} <= details
    assert untold(details) == []


def test_a_forgotten_sentence_would_be_seen(tmp_path: Path):
    path = tmp_path / "one.py"
    path.write_text('search.say(f"counting {n} sheep")\nx = "a" if y else f"b {z}"\nsearch.say(x)\n')
    assert called([path], "say", 0) == {"counting 7 sheep", "a", "b 7"}
    assert untold({"counting 7 sheep"}) == ["counting 7 sheep"]


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("lower bound from 14 mean days", "tính cận dưới từ 14 ngày trung bình"),
        (
            "solving 1,234,567 columns and 89 rows as one problem",
            "đang giải 1.234.567 biến và 89 ràng buộc như một bài toán",
        ),
        ("bus t1.heat, step 33", "nút t1.heat, bước 33"),
        ("boiler, fuel (gas)", "boiler, Nhiên liệu (gas)"),
        ("load, heat_supplied", "load, Nhiệt đã cấp"),
        ("park_pv.power", "park_pv.power"),
        (
            "a.csv: 3 rows repeat the stamp of another row (line 5: 01/02; line 9: 03/04) [mended]",
            "a.csv: 3 dòng trùng nhãn thời gian với dòng khác (dòng 5: 01/02; dòng 9: 03/04) [đã sửa]",
        ),
        ("Nobody wrote this: ever", "Nobody wrote this: ever"),
        ("grid, whatever", "grid, whatever"),
    ],
)
def test_sentences_read_as_they_should(english: str, vietnamese: str):
    assert sentence(english, NAMES) == Both(vietnamese, english)


def test_the_table_fills_only_what_it_finds():
    for pattern, vietnamese in table():
        wanted = {name for _, name, _, _ in string.Formatter().parse(vietnamese) if name}
        assert wanted == set(pattern.groupindex)


@given(st.text())
def test_any_text_comes_through(text: str):
    assert sentence(text).en == text


def test_hostile_texts_end_soon():
    """Nested a thousand times, or long: shown as they are."""
    for text in ("a: " * 190 + "solved", "a: " * 5000, "x, energy (" * 5000):
        assert sentence(text) == both(text)
