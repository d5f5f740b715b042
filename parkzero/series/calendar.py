"""Public holidays of Viet Nam as functions of the year.

Labour Code 45/2019/QH14, article 112: 1 January; Tết, five days; 10 March of the lunar calendar (Giỗ Tổ
Hùng Vương); 30 April; 1 May; 2 September and one day before or after it. Which days beside Tết and
2 September are free is announced each year, so both are arguments.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from parkzero.errors import Fault, Place, StudyError
from parkzero.series.lunar import lunar_to_solar
from parkzero.texts import say

TET_DAYS = 5
SOURCE = "Bộ luật Lao động 45/2019/QH14, điều 112"


def tet(year: int) -> dt.date:
    """First day of the lunar year that begins in ``year``."""
    return lunar_to_solar(year, 1, 1)


def hung_kings_day(year: int) -> dt.date:
    """Giỗ Tổ Hùng Vương: the tenth day of the third lunar month."""
    return lunar_to_solar(year, 3, 10)


def public_holidays(
    year: int, *, tet_days_before: int = 1, national_day: Literal["before", "after"] = "before"
) -> dict[dt.date, str]:
    """The eleven public holidays of a year with their names, in order.

    Args:
        year: calendar year.
        tet_days_before: how many of the five days of Tết lie before the first lunar day, 0 to 4.
        national_day: whether the second day of the National Day is 1 or 3 September.

    Returns:
        Name of each holiday by date. Where Giỗ Tổ falls on another holiday, there are ten dates.

    Raises:
        StudyError: the year is outside the lunar calendar, or the days before Tết are not 0 to 4.
    """
    if not 0 <= tet_days_before < TET_DAYS:
        fault = Fault(
            Place(field="tet_days_before"),
            say("is no number of days"),
            str(tet_days_before)[:20],
            say("0 to 4"),
        )
        raise StudyError([fault])
    first = tet(year) - dt.timedelta(days=tet_days_before)
    days = {hung_kings_day(year): "Giỗ Tổ Hùng Vương", dt.date(year, 1, 1): "Tết Dương lịch"}
    days |= {first + dt.timedelta(days=i): "Tết Nguyên đán" for i in range(TET_DAYS)}
    days |= {dt.date(year, 4, 30): "Ngày Chiến thắng", dt.date(year, 5, 1): "Ngày Quốc tế lao động"}
    days |= {dt.date(year, 9, d): "Quốc khánh" for d in ((1, 2) if national_day == "before" else (2, 3))}
    return dict(sorted(days.items()))
