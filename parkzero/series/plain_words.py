"""Names in Vietnamese and English brought to one plain form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def plain_words(text: str) -> str:
    """Lower case without diacritics and marks: "Thấp điểm (kWh)" is "thap diem kwh"."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", " ", "".join(c for c in bare if not unicodedata.combining(c))).strip()
