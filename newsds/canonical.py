"""The canonical form of rows, and digests of it: the identity of a dataset's content.

A row is written as one JSON object: UTF-8, keys sorted, no blank after `,` and `:`, no character escaped but those
that JSON must escape, times as `2024-05-31T08:00:00.000Z`, confidences rounded to three decimals (`0.5`, `1.0`), absent
values as null. Its digest is the SHA-256 of that.
The digest of rows is the SHA-256 of their digests, one after the other. So both can be computed again in any
language, row digests in parallel, and neither depends on Arrow or Parquet.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import pyarrow as pa

from newsds.model import CONFIDENCE_DECIMALS

_FORM: Final = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def encode_row(row: Mapping[str, Any]) -> bytes:
    """Return the canonical form of a row.

    >>> encode_row({"title": "é", "at": datetime(2024, 5, 31, 8, tzinfo=UTC), "none": None})
    b'{"at":"2024-05-31T08:00:00.000Z","none":null,"title":"\\xc3\\xa9"}'
    >>> encode_row({"confidence": 0.8730000257492065})  # as a float32 reads
    b'{"confidence":0.873}'
    """
    plain = {key: _rounded(value) if isinstance(value, float) else value for key, value in row.items()}
    return orjson.dumps(plain, default=_instant, option=_FORM)


def _rounded(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"no canonical form for {value}")
    return round(value, CONFIDENCE_DECIMALS)


def _instant(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"no canonical form for {type(value).__name__}")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def encode_rows(batch: pa.RecordBatch | pa.Table) -> Iterator[bytes]:
    """Yield the canonical form of each row of a batch."""
    for row in batch.to_pylist():
        yield encode_row(row)


def digest_of(row_digests: Iterable[bytes]) -> str:
    """Return the digest of rows, in hex, from the SHA-256 (32 bytes) of each.

    >>> digest_of([]) == hashlib.sha256().hexdigest()
    True
    """
    total = hashlib.sha256()
    for digest in row_digests:
        total.update(digest)
    return total.hexdigest()


def row_digest(encoded: bytes) -> bytes:
    """Return the SHA-256 (32 bytes) of a row in its canonical form."""
    return hashlib.sha256(encoded).digest()
