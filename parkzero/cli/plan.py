"""Commands plan, explain and report.

Exit codes: 0 a plan within its tolerance, 2 faults in the study, 3 no plan satisfies it, 4 stopped before the
tolerance, 1 our own fault or a failing audit.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from parkzero import texts
from parkzero.cli.plan_summary import show
from parkzero.cli.plan_words import gap_text, number, say
from parkzero.cli.screen import console, plain, say_error
from parkzero.cli.speech import LangOption, hear
from parkzero.cli.stopping import pressed
from parkzero.errors import Fault, InfeasibleError, ParkZeroError, Place, StoppedError, StudyError
from parkzero.explain.conflict_words import LANGS
from parkzero.lp.limits import StopAsked, limited
from parkzero.planning.api import GAP
from parkzero.planning.plan import Plan, Step
from parkzero.results.results import Results
from parkzero.texts import Lang, in_words, spoken

if TYPE_CHECKING:
    from parkzero.results.planned import Planned

EXIT = {"optimal": 0, "infeasible": InfeasibleError.exit_code, "stopped": StoppedError.exit_code}
EXPLAIN_SECONDS = 45.0
_MEMORY = re.compile(r"([0-9]+(?:[.,][0-9]+)?) *([kMGT]i?B)", re.IGNORECASE)
_UNITS = {f"{p}{i}b": b**n for n, p in enumerate("kmgt", 1) for i, b in (("", 1e3), ("i", 1024.0))}
# The least time that is left for a search [s].
TICK = 1e-3
SEARCH = "search.npz"


class How(StrEnum):
    """Methods of planning."""

    CERTIFIED = "certified"
    MONOLITH = "monolith"


StudyArgument = Annotated[
    Path, typer.Argument(help="Folder with park.toml, that file, or an .xlsx workbook.")
]
RunArgument = Annotated[Path, typer.Argument(help="Folder of a run, as parkzero plan --out wrote it.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print summary.json instead of a table.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to an app."""
    app.command("plan")(plan)
    app.command("explain")(explain)
    app.command("report")(report)


def plan(
    study: StudyArgument,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Folder of the results, out/STUDY without it; only an earlier run is replaced."
        ),
    ] = None,
    gap: Annotated[float, typer.Option(help="Stop when proven within this share of the best plan.")] = GAP,
    method: Annotated[How, typer.Option(help="How the plan is found.")] = How.CERTIFIED,
    time_limit: Annotated[float | None, typer.Option(help="Stop after so many seconds.")] = None,
    memory_limit: Annotated[
        str, typer.Option(help="Memory that it may take, such as '4 GB'; what is free without it.")
    ] = "",
    workers: Annotated[int | None, typer.Option(help="Years planned side by side.", min=1)] = None,
    reference: Annotated[
        bool,
        typer.Option(
            "--reference/--no-reference", help="Whether to say what is saved against today's plant."
        ),
    ] = True,
    as_json: JsonOption = False,
    lang: LangOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress and no summary.")] = False,
) -> None:
    """Plan a study: the cheapest path, its proven gap, a report and a folder of results."""
    out = out or Path("out") / (Path(os.path.abspath(study)).stem or "plan")
    with as_text_or_json(as_json), telling_how_to_go_on(out):
        check_options(gap, time_limit, memory_limit)
        limits = time_limit, bytes_of(memory_limit)
        results = _plan(study, out, gap, method, limits, workers, quiet, reference)
        if as_json:
            print_json(results.summary)
        elif not quiet:
            show(results, out, console(), spoken())
        code = EXIT[str(results.summary["status"])]
    raise typer.Exit(code)


def _plan(
    study: Path, out: Path, gap: float, method: How, limits: tuple[float | None, float | None],
    workers: int | None, quiet: bool, reference: bool,
) -> Results:  # fmt: skip
    heard, (time_limit, memory_limit) = pressed(), limits
    with heard.noted():  # what is loaded half is of no use
        from parkzero.planning.aside import aside
        from parkzero.results import check_target
        from parkzero.results.planned import plan as planned
        from parkzero.results.target import recover
        from parkzero.search_file import require_ours
        from parkzero.study.reader import read

    heard.check()
    recover(out)
    check_target(out)
    require_ours(beside(out))
    lang = spoken()
    with Watch(lang, quiet) as watch, heard.noted():
        watch.say(say("reading", lang, study=study))
        with limited(_left(time_limit), heard.heard) as here:  # reading counts, too
            asked = aside(partial(read, study), here)
        lang = watch.lang = hear(asked.language)
        search = search_file(out, lang)
        found = planned(
            asked, method=method.value, gap=gap, time_limit=None if time_limit is None else _left(time_limit),
            workers=workers, progress=watch.step, resume=search, stop=heard.heard, reference=reference,
            memory_limit=memory_limit,
        )  # fmt: skip
        _require_plan(found)
        stored = _written(found, out, search, watch)
    if not stored.summary["audit_ok"]:
        from parkzero.results.auditor import AuditError

        raise AuditError(stored.audit)
    if reference and found.reference is None and found.status != "infeasible":
        say_error(say("no_savings", lang))
    if found.status == "stopped":
        say_error(say("goes_on", lang, gap=gap_text(found.gap, lang)))
    elif heard.heard():
        say_error(say("done_already", lang))
    return stored


def _require_plan(found: Planned) -> None:
    """A trial that leaves something unserved is no plan yet, though the search goes on from it.

    Raises:
        StoppedError: when it was stopped at such a one.
    """
    from parkzero.planning.plan import SLACK_TOLERANCE, slack_of

    short = found.status == "stopped" and any(slack_of(o, found.sizes) > SLACK_TOLERANCE for o in found.years)
    if short:
        raise StoppedError(texts.say("stopped before any plan was found"))


def _left(limit: float | None) -> float:
    """What is left of a time limit since the program began [s]; never nothing at all."""
    return math.inf if limit is None else max(limit - (time.perf_counter() - pressed().begun), TICK)


def _written(found: Planned, out: Path, search: Path, watch: Watch) -> Results:
    """The results of a plan, stored; what there is no time for is left out."""
    from parkzero.planning.aside import aside
    from parkzero.results import save
    from parkzero.results.planned import time_left
    from parkzero.search_file import drop

    lang, stop = watch.lang, None if found.status == "stopped" else pressed().heard
    with suppress(StopAsked), limited(time_left(found), stop) as limits:
        found = aside(partial(found.priced, watch.step), limits)
    made = found.unpriced().results
    if found.status == "infeasible":
        watch.say(say("searching", lang))
        with suppress(StopAsked), limited(math.inf, stop) as limits:
            made = aside(partial(with_conflict, made, found), limits)
    watch.say(say("writing", lang))
    stored = save(made, out, Finish(lang, search))
    if found.status != "stopped":
        drop(search)
    return stored


@contextmanager
def telling_how_to_go_on(out: Path) -> Iterator[None]:
    """Whoever stops a plan is told how to go on.

    Raises:
        StoppedError: when it was stopped, with that sentence.
    """
    try:
        yield
    except (KeyboardInterrupt, StoppedError, StopAsked) as why:
        kept = beside(out)
        if kept.is_file():
            told = texts.say(
                "Stopped; what was found is kept in {path}: the same command goes on from there", path=kept
            )
        else:
            told = texts.say(
                "Stopped before any plan was found: the same command begins anew; a longer --time-limit,"
                " fewer days or a coarser step give one"
            )
        raise StoppedError(told) from why


def bytes_of(text: str) -> float | None:
    """Memory as it is written [bytes]; None for what is none, and for nothing."""
    found = _MEMORY.fullmatch(text.strip())
    return float(found[1].replace(",", ".")) * _UNITS[found[2].lower()] if found else None


def _memory_fault(text: str) -> Fault | None:
    from parkzero.planning.memory import SMALLEST

    place, size = Place(field="--memory-limit"), bytes_of(text)
    hint = texts.data("--memory-limit '4 GB'")
    if size is None:
        return Fault(
            place, texts.say("is no amount of memory"), text, texts.say("a number with MB or GB"), hint
        )
    if size < SMALLEST:
        needs = texts.say("at least {size:g} MB", size=SMALLEST / 1e6)
        return Fault(place, texts.say("is less than the smallest plan takes"), text, needs, hint)
    return None


def check_options(gap: float, time_limit: float | None, memory_limit: str = "") -> None:
    """Refuse a gap, a time limit or a memory limit that means nothing.

    Raises:
        StudyError: with all of them.
    """
    faults = []
    if not 0 < gap < 1:
        faults.append(
            Fault(
                Place(field="--gap"),
                texts.say("is no share"),
                str(gap),
                texts.say("a number above 0 and below 1"),
                texts.say("--gap 0.001"),
            )
        )
    if time_limit is not None and not 0 < time_limit < float("inf"):
        faults.append(
            Fault(
                Place(field="--time-limit"),
                texts.say("is no time"),
                str(time_limit),
                texts.say("seconds above 0"),
            )
        )
    if memory_limit and (fault := _memory_fault(memory_limit)):
        faults.append(fault)
    if faults:
        raise StudyError(faults, title=texts.say("The command"))


def with_conflict(results: Results, found: Plan) -> Results:
    """Results of a study without a plan: what can be reached, and the rules that cannot hold together."""
    from parkzero.explain.infeasible import explain_infeasible
    from parkzero.explain.reach import reach, told_in

    misses = reach(found.study, found)
    told = explain_infeasible(found.study, found, EXPLAIN_SECONDS)
    rules = {lang: told.lines(lang) if told is not None else [] for lang in LANGS}
    first = told_in(found.study, misses)
    conflict = {
        "missed": [miss.values() for miss in misses], "reach": first["en"], "reach_vi": first["vi"],
        "conflict": rules["en"], "conflict_vi": rules["vi"],
    }  # fmt: skip
    return dataclasses.replace(results, summary={**results.summary, **conflict})


@dataclass(frozen=True, slots=True)
class Finish:
    """Writes what else belongs into a finished folder; nothing is claimed where the audit failed.

    Attributes:
        lang: language of the report.
        search: file of the search, kept so that a similar study starts from it.
    """

    lang: Lang
    search: Path

    def __call__(self, results: Results, folder: Path) -> None:
        """Write the reports unless the audit failed, and keep the search."""
        if results.summary["audit_ok"]:
            write_reports(results, folder, self.lang)
        if self.search.exists():
            shutil.copyfile(self.search, folder / SEARCH)


def write_reports(results: Results, folder: Path, lang: Lang) -> list[Path]:
    """Write the page and, beside it, the workbook of which the page speaks.

    Raises:
        StudyError: when one of them cannot be written.
    """
    from parkzero.report import write_excel, write_report

    return [
        write_report(results, folder / "report.html", lang),
        write_excel(results, folder / "report.xlsx", lang),
    ]


def beside(out: Path) -> Path:
    """The file beside the results in which a search is kept."""
    place = Path(os.path.abspath(out))
    return place.with_name(f"{place.name}.{SEARCH}")


def search_file(out: Path, lang: Lang) -> Path:
    """The file in which a search is kept; begun from that of an earlier run.

    What is damaged is set aside, with one sentence.
    """
    from parkzero.search_file import copy_file, is_whole, set_aside

    kept, earlier = beside(out), out / SEARCH
    for file in (kept, earlier):
        if file.is_file() and not is_whole(file):
            aside = set_aside(file, kept)
            told = say("damaged_search", lang, path=file, aside=aside.name)
            console(error=True).print(plain(told), markup=False)
    if not kept.exists() and earlier.is_file():
        copy_file(earlier, kept)
    return kept


def explain(
    target: Annotated[Path, typer.Argument(help="Folder of a run, or a study.")],
    rule: Annotated[
        str, typer.Argument(help="A rule, such as grid.import_limit; all reasons without it.")
    ] = "",
    step: Annotated[str, typer.Option(help="Start of a step, such as '2030-03-14 18:00'.")] = "",
    year: Annotated[int | None, typer.Option(help="Milestone year; the first by default.")] = None,
    lang: LangOption = None,
) -> None:
    """Say why a plan is as it is, what a rule says, or why a study has no plan."""
    from parkzero.results.reading import is_run

    explained = _explain_run if is_run(target) else _explain_study
    for line in explained(target, rule, step, year):
        print(plain(line))


def _explain_run(target: Path, rule: str, step: str, year: int | None) -> list[str]:
    from parkzero.explain.rows import text_of
    from parkzero.results import load
    from parkzero.results.reasons import reasons
    from parkzero.results.stored_rows import stored_row

    results = load(target)
    lang = hear(results.summary.get("language"))
    return text_of(stored_row(results, rule, year, step)) if rule else reasons(results, lang)


def _explain_study(target: Path, rule: str, step: str, year: int | None) -> list[str]:
    from parkzero.explain.infeasible import explain_infeasible
    from parkzero.explain.reach import reach, told_in
    from parkzero.explain.rows import row_of, text_of
    from parkzero.study.reader import read

    study = read(target)
    lang = hear(study.language)
    if rule:
        return text_of(row_of(study, rule, year, step))
    told = explain_infeasible(study, seconds=EXPLAIN_SECONDS)
    if told is None:
        return [say("no_conflict", lang)]
    title, *rules = told.lines(lang)
    first = told_in(study, reach(study))[lang]
    return [*first, *([""] if first else []), title, *(f"  {i}. {text}" for i, text in enumerate(rules, 1))]


def report(
    run: RunArgument,
    tenant: Annotated[
        str, typer.Option(help="One tenant's own report: its figures and the park's totals.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of a tenant's report; RUN-TENANT.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Write the report of a stored run anew, the page and the workbook; or one tenant's own.

    Examples:
        parkzero report out/my-park

        parkzero report out/my-park --tenant t1
    """
    from parkzero.results import audit, load
    from parkzero.results.auditor import AuditError
    from parkzero.results.store import renew

    results = load(run)
    hear(results.summary.get("language"))
    findings = audit(results)
    if not findings["ok"].all():
        raise AuditError(findings)
    if tenant:
        from parkzero.results.tenant import of_tenant

        own = of_tenant(results, tenant)
        folder = out or Path(f"{os.path.abspath(run)}-{tenant}")
        folder.mkdir(parents=True, exist_ok=True)
        for path in write_reports(own, folder, spoken()):
            print(say("report", spoken(), path=path))
        return
    for path in renew(run, lambda folder: write_reports(results, folder, spoken())):
        print(say("report", spoken(), path=path))


class Watch:
    """What a person sees while a plan is sought: both bounds and the gap as they close."""

    def __init__(self, lang: Lang, quiet: bool) -> None:
        self.lang = lang
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self.progress = Progress(*columns, console=console(error=True), transient=True, disable=quiet)
        self.task = self.progress.add_task("", total=None)

    def __enter__(self) -> Watch:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def say(self, text: str) -> None:
        """Show what is being done."""
        self.progress.update(self.task, description=text.replace("[", "\\["))

    def step(self, step: Step) -> None:
        """Show the bounds of a step."""
        parts = [
            f"{say(key, self.lang)} {number(value, self.lang)}"
            for key, value in (("lower", step.lower), ("upper", step.upper))
            if abs(value) < float("inf")
        ]
        if step.gap < float("inf"):
            parts.append(f"{say('gap_word', self.lang)} {gap_text(step.gap, self.lang)}")
        self.say("; ".join([in_words(step.text, self.lang), *parts]))


@contextmanager
def as_text_or_json(as_json: bool) -> Iterator[None]:
    """With ``--json``, an error that is meant for people is an object on the output too."""
    try:
        yield
    except ParkZeroError as error:
        if not as_json:
            raise
        faults = [str(fault) for fault in getattr(error, "faults", ())]
        print_json({"status": "error", "error": str(error), "faults": faults, "exit": error.exit_code})
        raise typer.Exit(error.exit_code) from None


def print_json(value: dict[str, object]) -> None:
    """Print an object as JSON."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=str)
    print(text.encode("utf-8", "backslashreplace").decode())  # a name on the disk need not be UTF-8
