"""Credits by project and vintage, in whole tonnes: issued once, for what no rule demands, and used once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from parkzero.carbon.rules import day_of, quoted, refuse, whole, word
from parkzero.texts import listed, say

PURPOSES = ("voluntary", "ets", "transfer_abroad")
State = Literal["held", "split", "retired"]


@dataclass(slots=True)
class Project:
    """What reduces emissions.

    Attributes:
        method, baseline, additionality: by what, against what, and why it would not happen without credits.
        until: last day issued for.
    """

    method: str
    baseline: str
    additionality: str
    until: date | None = None


@dataclass(slots=True)
class Batch:
    """Credits of one project and vintage.

    Attributes:
        project: of which.
        first, last: days on which the reductions happened.
        owner: whose they are.
        tonnes: how many [t].
        state: held, split or retired.
        purpose: of the use.
    """

    project: str
    first: date
    last: date
    owner: str
    tonnes: int
    state: State = "held"
    purpose: str = ""


@dataclass(slots=True)
class Credits:
    """The register of credits.

    Attributes:
        projects: by id.
        batches: by id.
        issued: all that was ever issued [t].
    """

    projects: dict[str, Project] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    issued: int = 0

    def project(self, fields: dict[str, Any], on: date) -> None:
        """A project with method, baseline and additionality; one that a rule demands is refused."""
        name = word(fields, "project")
        if name in self.projects:
            raise refuse("project", say("is registered already"), name)
        if fields.get("mandated") not in (True, False):
            raise refuse(
                "mandated",
                say("must be said: whether a law, a quota or a permit demands the measure"),
                fields.get("mandated", ""),
                listed(["true", "false"]),
            )
        if fields["mandated"]:
            raise refuse(
                "mandated",
                say("is a measure that a rule demands: it earns no credit"),
                name,
                rule=quoted("credits.additionality", on),
            )
        method = word(fields, "method")
        if method.lower().startswith("vn:") and on < date.fromisoformat(_text("credits.own_methods_from")):
            raise refuse(
                "method",
                say("is a national method that is not in force yet"),
                method,
                rule=quoted("credits.own_methods_from", on),
            )
        self.projects[name] = Project(method, word(fields, "baseline"), word(fields, "additionality"))

    def issue(self, fields: dict[str, Any], on: date) -> None:
        """Credits for days not issued for yet: at most baseline less what was emitted and leaked [t]."""
        name = word(fields, "project")
        if name not in self.projects:
            raise refuse("project", say("is not registered"), name)
        project, first, last = self.projects[name], day_of(fields, "first"), day_of(fields, "last")
        if last < first or last > on:
            raise refuse("last", say("is no period that has passed"), f"{first} – {last}")
        if project.until is not None and first <= project.until:
            raise refuse(
                "first",
                say("was issued for already"),
                first,
                say("after {day}", day=project.until),
                quoted("credits.vintage_once", on),
            )
        most = whole(fields, "baseline_t", 0) - whole(fields, "emitted_t", 0) - whole(fields, "leaked_t", 0)
        tonnes = whole(fields, "tonnes")
        if tonnes > most:
            raise refuse(
                "tonnes", say("is more than was reduced"), tonnes, say("at most {most:g}", most=most)
            )
        self._new(fields, "batch")
        self.batches[fields["batch"]] = Batch(name, first, last, word(fields, "owner"), tonnes)
        project.until = last
        self.issued += tonnes

    def split(self, fields: dict[str, Any], on: date) -> None:
        """A batch into two: ``tonnes`` under the id ``first``, the rest under ``second``."""
        batch, tonnes = self.held(fields, on), whole(fields, "tonnes")
        if tonnes >= batch.tonnes:
            raise refuse("tonnes", say("is not less than the batch"), tonnes)
        if fields.get("first") == fields.get("second"):
            raise refuse("first", say("is no new id"), fields.get("first", ""))
        for name in ("first", "second"):
            self._new(fields, name)
        batch.state = "split"
        for name, amount in (("first", tonnes), ("second", batch.tonnes - tonnes)):
            self.batches[fields[name]] = Batch(batch.project, batch.first, batch.last, batch.owner, amount)

    def transfer(self, fields: dict[str, Any], on: date) -> None:
        """A batch to another owner; abroad only with an approval."""
        batch = self.held(fields, on)
        if fields.get("abroad") and not fields.get("approval"):
            raise refuse(
                "approval",
                say("lacks: a transfer abroad needs it"),
                "",
                rule=quoted("credits.international_transfer", on),
            )
        batch.owner = word(fields, "to")

    def retire(self, fields: dict[str, Any], on: date) -> None:
        """Use a batch for good."""
        batch, purpose = self.held(fields, on), word(fields, "purpose")
        if purpose not in PURPOSES:
            raise refuse("purpose", say("is not known"), purpose, listed(PURPOSES))
        batch.state, batch.purpose = "retired", purpose

    def held(self, fields: dict[str, Any], on: date) -> Batch:
        """A batch that can still be used.

        Raises:
            StudyError: when there is none, or it was used.
        """
        name = word(fields, "batch")
        batch = self.batches.get(name)
        if batch is None:
            raise refuse("batch", say("is not registered"), name)
        if batch.state != "held":
            raise refuse(
                "batch",
                say("is {state} and is not moved again", state=say(f"register.states.{batch.state}")),
                name,
                rule=quoted("credits.voluntary_retrade", on),
            )
        return batch

    def _new(self, fields: dict[str, Any], name: str) -> None:
        if word(fields, name) in self.batches:
            raise refuse(name, say("is no new id"), fields[name])

    def lost(self) -> int:
        """What batches do not account for [t]; always 0."""
        return self.issued - sum(b.tonnes for b in self.batches.values() if b.state != "split")


def _text(key: str) -> str:
    from parkzero import books

    return books.shipped().statements[key][-1].text
