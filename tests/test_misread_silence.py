"""No false warning: the example and the studies of the tests say nothing of what is usual."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkzero import study

EXAMPLES = sorted((Path(study.__file__).parent.parent / "examples").glob("*/park.toml"))
PARKS = [*EXAMPLES, Path(__file__).parent / "data" / "small_park" / "park.toml"]
SIGNS = ("outside the usual", "usual of its kind", "no place yields", "companies draw", "not in Viet Nam")


@pytest.mark.parametrize("park", PARKS, ids=lambda p: p.parent.name)
def test_a_sound_study_has_no_warning_of_what_is_usual(park):
    told = [str(w) for w in study.read(park.parent).warnings]
    assert [w for w in told if any(sign in w for sign in SIGNS)] == []
