"""The catalogues: what each id reads in each language, from ``<room>.<lang>.toml`` beside this file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from parkzero.texts.language import Lang


@lru_cache(maxsize=2)
def catalogue(lang: Lang) -> dict[str, str]:
    """All texts of a language by id; tables of a file join their keys by dots.

    Raises:
        ValueError: when a value is no text, or two files hold the same id.
    """
    flat: dict[str, str] = {}
    for file in catalogue_files(lang):
        for key, text in entries(file).items():
            if key in flat:
                raise ValueError(f"{file.name}: {key!r} stands in another file too")
            flat[key] = text
    return flat


def catalogue_files(lang: Lang) -> list[Traversable]:
    """The files of a language, by room."""
    folder = files("parkzero.texts")
    return sorted((f for f in folder.iterdir() if f.name.endswith(f".{lang}.toml")), key=lambda f: f.name)


def entries(file: Traversable) -> dict[str, str]:
    """The texts of one file by id.

    Raises:
        ValueError: when a value is no text.
    """
    flat: dict[str, str] = {}
    stack: list[tuple[str, object]] = [("", tomllib.loads(file.read_text(encoding="utf-8")))]
    while stack:
        prefix, value = stack.pop()
        if isinstance(value, dict):
            stack.extend((f"{prefix}.{key}" if prefix else key, inner) for key, inner in value.items())
        elif isinstance(value, str):
            flat[prefix] = value.strip("\n")
        else:
            raise ValueError(f"{file.name}: {prefix} is no text")
    return flat


def template(key: str, lang: Lang) -> str:
    """The text of an id with its places unfilled.

    An id with a space is a sentence, which is its own English; where Vietnamese is missing, English is told.
    """
    if lang == "vi" and (found := catalogue("vi").get(key)) is not None:
        return found
    return key if " " in key or not key else catalogue("en").get(key, key)
