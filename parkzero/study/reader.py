"""Read a study: a folder, its ``park.toml``, or one workbook, into a frozen ``Study``.

All faults are found before any is raised. Nothing is written into the study's folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from parkzero.errors import StudyError
from parkzero.language.carriers import Carrier
from parkzero.language.component import POLICY, Component
from parkzero.language.statement import Connection
from parkzero.series.paid_bills import Paid
from parkzero.study import assets
from parkzero.study.buses import buses, carriers
from parkzero.study.checks import check
from parkzero.study.context import Context
from parkzero.study.defeated import defeated
from parkzero.study.desk import Desk
from parkzero.study.document import MAX_TOML_CHARACTERS, SECTIONS, Document, parse_toml
from parkzero.study.files import Files
from parkzero.study.migrate import migrated
from parkzero.study.paid import doubts as differing
from parkzero.study.paid import import_without_solving, paid_bills, rows_of
from parkzero.study.paths import Years
from parkzero.study.sections import actors, tenants
from parkzero.study.settings import Settings, settings
from parkzero.study.study import Study
from parkzero.study.understood import Fact, understood
from parkzero.study.usual import doubts, far_from_viet_nam
from parkzero.study.workbook import unpack
from parkzero.tables import decode_safely, read_bytes_safely, refuse
from parkzero.texts import Text, say

TOML = "park.toml"
BOOKS = (".xlsx", ".xlsm", ".xls")


@dataclass(frozen=True, slots=True)
class Written:
    """A study as written, with its files.

    Attributes:
        document: in the newest format.
        files: where the files lie that it names.
        notes: what was changed to bring it to the newest format, and sheets that nothing names.
    """

    document: Document
    files: Files
    notes: tuple[Text, ...] = ()


def read(path: Path | str) -> Study:
    """Read a study.

    Args:
        path: a folder with ``park.toml``, that file itself, or an .xlsx workbook.

    Returns:
        The study, with its warnings and the source of every value.

    Raises:
        StudyError: with every fault, its place and how to mend it.
    """
    with opened(path) as written:
        return compose(written, str(path))


@contextmanager
def opened(path: Path | str) -> Iterator[Written]:
    """The study as written; what was taken out of a workbook is thrown away afterwards.

    Raises:
        StudyError: when there is no study, or its text or workbook cannot be read.
    """
    with _unpacked(Path(path)) as (document, files):
        found, notes = migrated(document)
        try:
            yield Written(found, files, notes)
        finally:
            files.close()


@contextmanager
def _unpacked(path: Path) -> Iterator[tuple[Document, Files]]:
    try:
        is_folder, there = path.is_dir(), path.exists()
    except (OSError, ValueError):
        is_folder, there = False, False
    if not there:
        raise refuse(
            path.name[:80],
            say("is not there"),
            str(path)[:200],
            say("a folder with park.toml, or a workbook (.xlsx)"),
        )
    if path.suffix.lower() in BOOKS and not is_folder:
        with unpack(path) as unpacked:
            yield unpacked
        return
    file = path / TOML if is_folder else path
    if is_folder and not file.is_file():
        books = sorted(p.name for p in path.glob("*.xlsx"))
        hint = (
            say("name the workbook itself: {books}", books=books[0])
            if books
            else say("parkzero init makes a study to start from")
        )
        raise refuse(TOML, say("is not there"), str(path)[:200], say("a park.toml in the folder"), hint)
    if file.suffix.lower() != ".toml":
        raise refuse(
            file.name,
            say("is neither park.toml nor a workbook"),
            needs=say("a .toml or .xlsx file, or a folder"),
        )
    text, _ = decode_safely(read_bytes_safely(file, 4 * MAX_TOML_CHARACTERS), file.name)
    yield parse_toml(text, file.name), Files(file.parent)


def compose(written: Written, folder: str) -> Study:
    """Make the study from what was written.

    Raises:
        StudyError: with every fault.
    """
    desk = Desk(written.document)
    for note in (*written.notes, *written.files.ignored):
        desk.warn(note)
    desk.known((), written.document.tree, SECTIONS)
    general = settings(desk)
    years = general.milestones.years
    context = Context(
        desk, written.files, general.clock, Years(years, min(general.money.base_year, years[0])),
        general.money, general.latitude, general.longitude,
    )  # fmt: skip
    tree = written.document.tree
    tenants(context, tree)
    actors(context, tree)
    carriers(context, tree)
    buses(context, tree)
    sound = not desk.faults
    components = assets.components(context, tree)
    paid = paid_bills(context, tree, components)
    half = [one for one in context.half.values() if one is not None]
    if sound and len(half) == len(context.half):
        check(context, [*components, *half], tree)
    if desk.faults:
        in_order = sorted(desk.faults, key=lambda f: (f.where.file != desk.document.file, f.where.line))
        raise StudyError(
            in_order, title=written.document.file, language=written.document.tree.get("language")
        )
    return _frozen(context, general, components, folder, paid)


def _told_of_bills(context: Context, components: list[Component], paid: tuple[Paid, ...]) -> None:
    """Warn where bills that were paid are far from what the model will use, known without solving."""
    made = {c.name: c for c in components}
    years, calendar = context.years.milestones, context.clock.timeline.calendar
    for one in paid:
        imported, connection = import_without_solving(one, components, years), made[one.connection]
        if imported is not None and isinstance(connection, Connection):
            for doubt in differing(one, rows_of(one, connection, imported, calendar, years[0])):
                context.desk.warn(doubt)


def _facts(context: Context, general: Settings, components: list[Component]) -> tuple[Fact, ...]:
    """What was understood; figures outside what is usual become warnings."""
    currency, years = general.money.currency, general.milestones.years
    facts = understood(components, general.clock.timeline, currency, years)
    told = doubts(components, facts, years, context.desk.usd, general.milestones.rate)
    settings = general.penalties, context.desk.usd, general.money.base_year
    told += defeated(components, facts, years, *settings)
    for doubt in (*told, *far_from_viet_nam(general.latitude, general.longitude, currency)):
        context.desk.warn(doubt)
    notes = [Fact(path, note) for path, held in context.desk.notes.items() for note in held]
    rates = [
        Fact(path, say("rate used: {rate}", rate=source.text))
        for path, source in context.desk.sources.items()
        if path.startswith("money.rates.")
    ]
    # What is said of one asset stands together, in the order of the study.
    places = {
        f"{'policies' if c.group == POLICY else 'assets'}.{c.name}": i for i, c in enumerate(components)
    }
    held = [*facts, *notes]
    held.sort(key=lambda f: next((i for n, i in places.items() if f.path.startswith(f"{n}.")), len(places)))
    return (*rates, *held)


def _priced(context: Context, general: Settings) -> dict[str, Carrier]:
    """The carriers, those whose shortage has a price of its own with that."""
    usual = general.penalties.unserved
    own = {n: replace(context.carriers[n], shortage=price / usual) for n, price in context.shortage.items()
           if n in context.carriers}  # fmt: skip
    return {**context.carriers, **own}


def _frozen(
    context: Context, general: Settings, components: list[Component], folder: str, paid: tuple[Paid, ...]
) -> Study:
    facts = _facts(context, general, components)  # first: it warns
    _told_of_bills(context, components, paid)
    return Study(
        name=general.name,
        language=general.language,
        currency=general.money.currency,
        milestones=general.milestones,
        timeline=general.clock.timeline,
        components=tuple(components),
        buses=dict(context.buses),
        tenants=dict(context.tenants),
        actors=dict(context.actors),
        penalties=general.penalties,
        sources=dict(context.desk.sources),
        warnings=tuple(context.desk.warnings),
        base_year=general.money.base_year,
        folder=folder,
        understood=facts,
        carriers=_priced(context, general),
        paid=paid,
    )
