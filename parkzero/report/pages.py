"""Pages of the eco-industrial park that stand alone: scorecards, applications, benefits, commitments."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup

from parkzero.eip.scorecard import Scorecard
from parkzero.report.html import framed, speakers, write_safely
from parkzero.report.markup import Child, tag
from parkzero.report.scorecard import application_part, scorecard_section, states
from parkzero.report.words import Both, Lang, say


def heading(title: Both, name: str, lang: Lang) -> Markup:
    """The head of a page."""
    inner = tag("div", speakers(lang), tag("h1", title), tag("p", name, class_="soft"), class_="inner")
    return tag("header", inner)


def write_page(
    title: Both, parts: Sequence[Child], name: str, path: Path, lang: Lang, window: Both | None = None
) -> Path:  # fmt: skip
    """Write parts as a page of their own, or as a Word document where the file ends with .docx.

    Raises:
        StudyError: when it cannot be written.
    """
    body = [heading(title, name, lang), tag("main", *parts)]
    if path.suffix.lower() == ".docx":
        from parkzero.report.word import word_of  # a page needs none of it

        write_safely(path, word_of(f"{title.of(lang)} · {name}", body, lang))
    else:
        write_safely(path, framed(window or title, body, lang).encode("utf-8"))
    return path


def write_scorecard(cards: Sequence[Scorecard], name: str, currency: str, path: Path, lang: Lang) -> Path:
    """Write the scorecards as one page.

    Raises:
        StudyError: when it cannot be written.
    """
    parts = [states(), *(scorecard_section(card, currency) for card in cards)]
    return write_page(say("score.title"), parts, name, path, lang)


def write_application(card: Scorecard, name: str, path: Path, lang: Lang) -> Path:
    """Write the application file for a certificate.

    Raises:
        StudyError: when it cannot be written.
    """
    return write_page(say("score.application"), [application_part(card)], name, path, lang)
