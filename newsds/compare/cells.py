"""Columns → a number for each cell, equal where the cells are equal in canonical form (`newsds.canonical`).

Numbers of 64 bits: where cells differ they do, but for chance. Python sees each different text once, and nothing else.
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

_ODD: Final = np.uint64(0xD6E8FEB86659FD93)
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
    """Return a number for each list: the sum of its items' numbers, each times another power of an odd one."""
    offsets = column.offsets.to_numpy().astype(np.int64)
    length = np.diff(offsets)
    items = _mixed(_fold(_keys(column.values.slice(offsets[0], offsets[-1] - offsets[0]))))
    offsets -= offsets[0]
    powers = np.full(int(length.max(initial=0)) + 1, _ODD)
    powers[0] = 1
    np.cumprod(powers, out=powers)
    items *= powers[np.arange(len(items)) - np.repeat(offsets[:-1], length)]
    sums = np.append(np.uint64(0), np.cumsum(items))
    return _mixed(sums[offsets[1:]] - sums[offsets[:-1]] + _mixed(length.astype(np.uint64)))


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
    total: Numbers = numbers[:, 0] if numbers.shape[1] else np.zeros(len(numbers), dtype=np.uint64)
    for column in numbers.T[1:]:
        total = _mixed(total) + column
    return total


def _mixed(numbers: Numbers) -> Numbers:
    """Return other numbers for numbers, each bit of which depends on all of theirs (S. Vigna's splitmix64)."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _digests(values: Iterable[bytes]) -> Numbers:
    digest = hashlib.blake2b
    return np.frombuffer(bytearray(b"".join([digest(one, digest_size=8).digest() for one in values])), dtype=np.uint64)
