"""Parquet files as text tables, so that they are read like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from parkzero.errors import Fault, Place, StudyError
from parkzero.tables import MAX_COLUMNS, MAX_TEXT_ROWS
from parkzero.texts import NOTHING, Text, say

_MAX_PARQUET_BYTES = 200_000_000


def parquet_as_text(path: Path) -> str:
    """A Parquet file as comma-separated text.

    Raises:
        StudyError: when it is none, or holds more than a study needs.
    """
    try:
        if path.stat().st_size > _MAX_PARQUET_BYTES:
            raise _parquet(
                path,
                say("is too large"),
                say("at most {max_parquet_bytes:g} MB", max_parquet_bytes=_MAX_PARQUET_BYTES / 1e6),
            )
        meta = pq.read_metadata(path)
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if meta.num_rows > MAX_TEXT_ROWS or meta.num_columns > MAX_COLUMNS or size > 4 * _MAX_PARQUET_BYTES:
            raise _parquet(
                path,
                say("holds more than a study needs"),
                say(
                    "at most {max_text_rows} rows, {max_columns} columns",
                    max_text_rows=MAX_TEXT_ROWS,
                    max_columns=MAX_COLUMNS,
                ),
            )
        frame = pq.read_table(path)
        columns = [_texts(frame.column(i)) for i in range(frame.num_columns)]
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        OverflowError,
        TypeError,
        KeyError,
        UnicodeError,
    ) as error:
        raise _parquet(path, say("is not a readable Parquet file"), got=type(error).__name__) from None
    heading = ",".join(_quoted(name) for name in frame.column_names)
    return "\n".join([heading, *(",".join(row) for row in zip(*columns, strict=True))]) + "\n"


def _parquet(path: Path, what: Text, needs: Text = NOTHING, got: str = "") -> StudyError:
    return StudyError(
        [Fault(Place(path.name), what, got, needs, say("save it again, or as CSV"))], title=path.name
    )


def _texts(column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_timestamp(column.type):
        stamps = column.cast(pa.timestamp("s"), safe=False).to_numpy()
        return [str(np.datetime_as_string(s)).replace("T", " ") if not np.isnat(s) else "" for s in stamps]
    return [
        "" if v is None else _quoted(repr(v) if isinstance(v, float) else str(v)) for v in column.to_pylist()
    ]


def _quoted(text: str) -> str:
    plain = text.replace("\n", " ").replace("\r", " ")
    return '"' + plain.replace('"', '""') + '"' if any(c in plain for c in ',";') else plain
