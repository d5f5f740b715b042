"""Texts for people, in Vietnamese and English: one mechanism for command line, faults, report and workbook.

``say("has {count} unknown fields", count=3)`` makes a ``Text``: it reads as its English wherever a ``str``
is wanted, and ``of("vi")`` tells it in Vietnamese. What fills the places is data, formatted by the language
that is asked and never read as a text of its own. A sentence said in passing is its own id; texts of pages
and words of tables have short ids. Both stand in the catalogues beside this file, one for each room and
language.
"""

from parkzero.texts.language import LANGS, Lang, chosen, speak, spoken
from parkzero.texts.text import (
    NOTHING,
    Both,
    Speakable,
    Text,
    both,
    counted,
    data,
    either,
    in_words,
    joined,
    known,
    listed,
    of_error,
    say,
)

__all__ = [
    "LANGS",
    "NOTHING",
    "Both",
    "Lang",
    "Speakable",
    "Text",
    "both",
    "chosen",
    "counted",
    "data",
    "either",
    "in_words",
    "joined",
    "known",
    "listed",
    "of_error",
    "say",
    "speak",
    "spoken",
]
