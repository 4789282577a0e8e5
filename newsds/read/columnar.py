"""Parquet and Arrow IPC: a record a row, its page in a column; read a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from newsds.model import Page, Reason, Rejection
from newsds.read.fields import NAMES, Place, names_of, page_of, rejection
from newsds.read.settings import ReadSettings

_BATCH_BYTES: Final = 8 * 2**20
_BATCH_ROWS: Final = 1024
_FAULTS: Final = (pa.ArrowException, ValueError, OSError, OverflowError, RecursionError)
"""What Arrow raises on bytes that are not what they should be: of `OSError` it has made its own."""


def read_parquet(file: BinaryIO, source: str, settings: ReadSettings) -> Iterator[Page | Rejection]:
    """Yield the page of each row, row group by row group; of a damaged one the rest is one rejection.

    Only columns that are needed are read.

    Args:
        file: a file that can be sought in.
        source: its name.
        settings: names of columns, and the limit of a page.

    >>> import io
    >>> stream = io.BytesIO()
    >>> pq.write_table(pa.table({"text": ["One", None]}), stream)
    >>> [getattr(x, "content", None) or x.message for x in read_parquet(stream, "a.parquet", ReadSettings())]
    [b'One', 'the field text is null, not a string']
    """
    try:
        parquet = pq.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)
        columns = _columns(parquet.schema_arrow, settings)
        groups = [parquet.metadata.row_group(n) for n in range(parquet.num_row_groups)]
        sizes = [(group.num_rows, group.total_byte_size) for group in groups]
    except _FAULTS as error:
        yield rejection(
            Place(source=source, record=0), Reason.DAMAGED, f"the file's footer cannot be read: {_say(error)}"
        )
        return
    first = 0
    for number, (rows, size) in enumerate(sizes):
        batch_rows = max(1, min(_BATCH_ROWS, _BATCH_BYTES * rows // max(size, 1)))
        done = 0
        try:
            for batch in parquet.iter_batches(batch_rows, row_groups=[number], columns=columns, use_threads=False):
                yield from _pages(batch, source, first + done, settings)
                done += batch.num_rows
        except _FAULTS as error:
            yield _lost(source, first + done, rows - done, f"row group {number}", error)
        first += rows


def read_arrow(file: BinaryIO, source: str, settings: ReadSettings) -> Iterator[Page | Rejection]:
    """Yield the page of each row of an Arrow IPC file, batch by batch; a damaged batch is one rejection.

    Args:
        file: a file that can be sought in.
        source: its name.
        settings: names of columns, and the limit of a page.
    """
    try:
        reader = pa.ipc.open_file(file)
        count = reader.num_record_batches
    except _FAULTS as error:
        yield rejection(
            Place(source=source, record=0), Reason.DAMAGED, f"the file's footer cannot be read: {_say(error)}"
        )
        return
    first = 0
    for number in range(count):
        try:
            batch = reader.get_batch(number)
            batch.validate(full=True)
        except _FAULTS as error:
            yield rejection(Place(source=source, record=first), Reason.DAMAGED, f"batch {number}: {_say(error)}")
            first += 1
            continue
        yield from _pages(_selected(batch, settings), source, first, settings)
        first += batch.num_rows


def read_arrow_stream(file: BinaryIO, source: str, settings: ReadSettings) -> Iterator[Page | Rejection]:
    """Yield the page of each row of an Arrow IPC stream, batch by batch; what follows a damaged one is one rejection.

    Args:
        file: a stream.
        source: its name.
        settings: names of columns, and the limit of a page.
    """
    first = 0
    try:
        reader = pa.ipc.open_stream(file)
        for batch in reader:
            batch.validate(full=True)
            yield from _pages(_selected(batch, settings), source, first, settings)
            first += batch.num_rows
    except _FAULTS as error:
        yield rejection(Place(source=source, record=first), Reason.DAMAGED, f"the stream ends here: {_say(error)}")


def _columns(schema: pa.Schema, settings: ReadSettings) -> list[str]:
    """Return the columns that can be needed: those known by name, and those that hold a known field."""
    wanted = {name for what in NAMES for name in names_of(what, settings)}
    wanted |= {name.partition(".")[0] for name in wanted} | {"date", "dump"}
    found = [name for name in schema.names if name in wanted]
    return found or list(schema.names)[:1]


def _selected(batch: pa.RecordBatch, settings: ReadSettings) -> pa.RecordBatch:
    return batch.select(_columns(batch.schema, settings)) if batch.num_columns else batch


def _pages(batch: pa.RecordBatch, source: str, first: int, settings: ReadSettings) -> Iterator[Page | Rejection]:
    names, columns = batch.schema.names, batch.columns
    for row in range(batch.num_rows):
        place = Place(source=source, record=first + row)
        try:
            record: dict[str, Any] = {name: column[row].as_py() for name, column in zip(names, columns, strict=True)}
        except _FAULTS as error:
            yield rejection(place, Reason.MALFORMED, f"the row cannot be read: {_say(error)}")
        else:
            yield page_of(record, place, settings)


def _lost(source: str, first: int, rows: int, where: str, error: BaseException) -> Rejection:
    message = f"{where}: rows {first} to {first + rows - 1} cannot be read: {_say(error)}"
    return rejection(Place(source=source, record=first), Reason.DAMAGED, message)


def _say(error: BaseException) -> str:
    """Return the first sentence of what Arrow says; what follows names its source code."""
    return str(error).strip().split("\n")[0].split(". Detail:")[0][:200] or type(error).__name__
