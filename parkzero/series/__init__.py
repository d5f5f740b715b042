"""Series as they really come: meter files, weather files and bills, read with all that is odd about them."""

from parkzero.series.findings import Finding, Mend
from parkzero.series.meter import Metered, MeterOptions, inspect_meter, read_meter

__all__ = ["Finding", "Mend", "MeterOptions", "Metered", "inspect_meter", "read_meter"]
