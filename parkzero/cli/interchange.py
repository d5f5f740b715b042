"""Command export: a study for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from parkzero.cli.screen import console
from parkzero.cli.speech import LangOption, hear
from parkzero.texts import say


class Form(StrEnum):
    """What a study can be exported as."""

    MPS = "mps"
    PYPSA = "pypsa"


def register(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command("export")(export)


def export(
    study: Annotated[
        Path, typer.Argument(help="Folder with park.toml, that file, or an .xlsx workbook.", metavar="STUDY")
    ],
    out: Annotated[Path, typer.Option(help="File (.mps, .mps.gz) or new folder (pypsa) to write.")],
    form: Annotated[Form, typer.Option("--format", help="Solver model, or PyPSA's CSV folder.")] = Form.MPS,
    lang: LangOption = None,
) -> None:
    """Write the solver model as MPS, or the park as a PyPSA network, so that others can check the plan.

    PyPSA has no word for monthly peaks, shares, offsets and a few others; a study with them is refused, and
    the refusal lists them all.

    Examples:
        parkzero export my-park --format mps --out my-park.mps.gz

        parkzero export my-park --format pypsa --out my-park-pypsa
    """
    from parkzero.interchange import to_pypsa, write_mps  # loads the solver, which help need not wait for
    from parkzero.study import read

    found = read(study)
    told = hear(found.language)
    if form is Form.MPS:
        unit = write_mps(found, out)
        console().print(say("Wrote {path}; its objective is in {unit}", path=out, unit=unit).of(told))
    else:
        to_pypsa(found, out)
        console().print(say("Wrote {path}", path=out).of(told))
