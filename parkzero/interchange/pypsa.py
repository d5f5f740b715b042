"""A study as a PyPSA network: a folder of CSV files, written without PyPSA.

Whoever has PyPSA loads the folder, optimises, and finds ParkZero's cost. What PyPSA's tables cannot say
(monthly peaks, ratchets, offsets, shares, switches) is refused, all of it at once.
"""

from __future__ import annotations

from pathlib import Path

from parkzero.errors import StudyError
from parkzero.interchange.refusals import refusals
from parkzero.interchange.sheets import Sheets
from parkzero.interchange.translate import TRANSLATE
from parkzero.study.study import Study
from parkzero.texts import say


def to_pypsa(study: Study, folder: Path) -> Path:
    """Write a study as a folder that ``pypsa.Network(folder)`` reads.

    Args:
        study: the study.
        folder: a folder that does not exist yet, or an empty one.

    Returns:
        The folder.

    Raises:
        StudyError: with everything that PyPSA's tables cannot say, or when the folder cannot be written.
    """
    faults = refusals(study)
    if faults:
        raise StudyError(faults, say("The PyPSA export of this study"))
    sheets = Sheets(study)
    for bus in study.buses.values():
        sheets.add("buses", bus.name)
    for component in study.components:
        TRANSLATE[type(component)](sheets, component)
    sheets.write(folder)
    return folder
