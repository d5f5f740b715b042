"""The questionnaire as an empty workbook: a sheet for each part, and one that explains every column."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from parkzero.eip.offers import CLASSES, LICENCES, MEDIA, QUALITIES
from parkzero.eip.questionnaire import COLUMNS, NEEDED, SETTINGS
from parkzero.eip.trades import trades
from parkzero.errors import Fault, Place, StudyError
from parkzero.texts import Lang, Text, joined, say

_HELP: dict[str, Text] = {
    "id": say("a name of its own, without blanks"),
    "name": say("how it is called"),
    "trade": say("one of the sheet trades; its usual temperatures fill what is left empty"),
    "x_km": say("where it stands, east of any point [km]"),
    "y_km": say("where it stands, north of it [km]"),
    "tenant": say("id of the tenant"),
    "side": say("source gives, sink needs"),
    "medium": joined((*MEDIA, "wastewater")),
    "amount": say("what flows while it is there"),
    "unit": joined(("kW", "MW", "MWh/year", "t/h", "kg/h", "m3/h", "L/s", "m3/year", "t/year")),
    "supply_degC": say("temperature at which it comes"),
    "target_degC": say("temperature to which it is brought; the same where it is latent"),
    "contribution_K": say("its part of the least temperature difference; 5 K without it"),
    "cp_kJ_per_kgK": say("heat capacity, where the amount of heat is given as a mass"),
    "vent": say("yes where a hot source need not be cooled"),
    "quality": joined(QUALITIES),
    "treated_to": say("quality that a source can be treated to"),
    "treatment_cost": say("of that treatment, money per m3"),
    "material": say("name of a by-product or waste, the same at source and sink"),
    "waste_code": say("EU 10 02 07* or VN 05 02 07 NH"),
    "legal_class": joined(CLASSES),
    "licence": say("what the receiver is licensed for: {names}", names=joined(LICENCES)),
    "specification": say("source: COD=80 mg/L; sink: COD<=100 mg/L; parted by semicolons"),
    "hours": say("such as Mon-Sat 06:00-22:00; Sun 08:00-12:00"),
    "months": say("such as 1-12 or 11-3"),
    "reliability_percent": say("share of these hours in which it is really there"),
    "cost_now": say("what disposal or supply costs today, money per MWh, m3 or t"),
    "emissions_t_per_unit": say("what today's disposal or supply emits, tCO2e per MWh, m3 or t"),
    "bus": say("its bus in a study, to put chosen links into the plan"),
    "confidence": say("P measured or documented, S told, D derived, M from memory"),
    "from": say("id of a tenant"),
    "to": say("id of another tenant"),
    "km": say("distance along the way of a pipe [km]"),
    "key": joined(SETTINGS),
    "value": say("its value; money of currency, per_usd money for a dollar"),
}


def write_template(path: Path, lang: Lang) -> Path:
    """Write the empty questionnaire.

    Raises:
        StudyError: when a file of that name is there already, or it cannot be written.
    """
    if path.exists():
        hint = say("name another file")
        raise StudyError(
            [Fault(Place(file=str(path)), say("is there already"), hint=hint)], title=say("The template")
        )
    book = Workbook()
    book.remove(book.active)
    for name, columns in COLUMNS.items():
        sheet = book.create_sheet(name)
        sheet.append(list(columns))
        for i, column in enumerate(columns, 1):
            sheet.cell(1, i).font = Font(bold=column in NEEDED[name])
            sheet.column_dimensions[get_column_letter(i)].width = max(12, len(column) + 2)
        sheet.freeze_panes = "A2"
    helped = book.create_sheet("help")
    for column, text in _HELP.items():
        helped.append([column, text.of(lang)])
    helped.column_dimensions["A"].width, helped.column_dimensions["B"].width = 24, 90
    usual = book.create_sheet("trades")
    for trade in trades().values():
        for (side, medium), (supply, target) in trade.usual.items():
            usual.append([trade.key, trade.vi if lang == "vi" else trade.en, side, medium, supply, target,
                          trade.sources[side, medium], "M"])  # fmt: skip
    content = io.BytesIO()
    book.save(content)
    try:
        path.write_bytes(content.getvalue())
    except OSError as fault:
        told = Fault(Place(file=str(path)), say("cannot be written"), fault.strerror or "")
        raise StudyError([told], title=say("The template")) from fault
    return path
