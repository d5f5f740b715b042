"""The report of a run: one HTML file in Vietnamese and English, and one Excel file."""

from parkzero.report.excel import write_excel
from parkzero.report.html import write_report

__all__ = ["write_excel", "write_report"]
