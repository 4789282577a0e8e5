"""Columns → a number for each cell, equal where the cells are equal in canonical form (`newsds.canonical`).

Python sees each different text and each list once, and nothing of numbers and times.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from newsds.model import CONFIDENCE_DECIMALS

Numbers = npt.NDArray[np.uint64]

_NULL: Final = np.uint64(1 << 63)
"""No value: as a number it is the least there is, as a time 300 million years ago, as a digest as unlikely as any."""


def row_digests(batch: pa.RecordBatch) -> Numbers:
    """Return a number for each row, equal where all cells are.

    >>> batch = pa.record_batch({"a": ["x", "x", None], "b": [[1], [1], []]})
    >>> one, same, other = row_digests(batch)
    >>> bool(one == same), bool(one == other)
    (True, False)
    """
    return _fold(cell_digests(batch))


def cell_digests(batch: pa.RecordBatch) -> Numbers:
    """Return a number for each cell: an array of rows and columns. Columns of equal types can be held together."""
    columns = [_fold(_keys(column)) for column in batch.columns]
    return np.stack(columns, axis=1) if columns else np.zeros((batch.num_rows, 0), dtype=np.uint64)


def _keys(column: pa.Array) -> Numbers:
    """Return what tells the values of a column apart: an array of values and as many numbers as they need."""
    kind = column.type
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_struct(kind):
        fields = [_keys(column.field(i)) for i in range(kind.num_fields)]
        keys = np.concatenate([valid[:, None].astype(np.uint64), *fields], axis=1)
        keys[~valid, 1:] = 0  # what lies under a null may be anything
        return keys
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        numbers = _list_keys(column)
    elif pa.types.is_integer(kind) or pa.types.is_timestamp(kind):
        whole = column.cast(pa.int64(), safe=False)
        numbers = pc.fill_null(whole, 0).to_numpy(zero_copy_only=False).view(np.uint64).copy()
    else:
        numbers = _coded_keys(column)
    numbers[~valid] = _NULL
    return numbers[:, None]


def _list_keys(column: pa.Array) -> Numbers:
    offsets = column.offsets.to_numpy()
    inner = _keys(column.values.slice(offsets[0], offsets[-1] - offsets[0]))
    width = inner.shape[1] * 8
    bounds = ((offsets - offsets[0]) * width).tolist()
    data = inner.tobytes()
    return _digests(data[first:stop] for first, stop in zip(bounds, bounds[1:], strict=False))


def _coded_keys(column: pa.Array) -> Numbers:
    if not _is_plain(column.type):
        return _digests(repr(one).encode() for one in column.to_pylist())
    coded = column.dictionary_encode()
    numbers = np.append(_digests(_encoded(coded.dictionary)), _NULL)
    rows: Numbers = numbers[pc.fill_null(coded.indices, len(numbers) - 1).to_numpy(zero_copy_only=False)]
    return rows


def _is_plain(kind: pa.DataType) -> bool:
    return _is_text(kind) or bool(pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind))


def _encoded(values: pa.Array) -> Iterable[bytes]:
    if _is_text(values.type):
        found: list[bytes] = values.cast(pa.large_binary()).to_pylist()
        return found
    if pa.types.is_floating(values.type):
        return [repr(round(one, CONFIDENCE_DECIMALS)).encode() for one in values.to_pylist()]
    return [repr(one).encode() for one in values.to_pylist()]


def _fold(numbers: Numbers) -> Numbers:
    """Return one number for each row of an array."""
    if numbers.shape[1] == 1:
        return numbers[:, 0]
    width = numbers.shape[1] * 8
    data = numbers.tobytes()
    return _digests(data[first * width : (first + 1) * width] for first in range(len(numbers)))


def _digests(values: Iterable[bytes]) -> Numbers:
    digest = hashlib.blake2b
    return np.frombuffer(bytearray(b"".join([digest(one, digest_size=8).digest() for one in values])), dtype=np.uint64)
