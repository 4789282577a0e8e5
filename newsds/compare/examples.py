"""A few rows of each kind, with what changed in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from newsds.canonical import encode_row
from newsds.compare.difference import Example, Kind
from newsds.compare.match import Pairs
from newsds.compare.version import Positions, Table

_SHOWN: Final = 80
"""Characters of a value that are shown."""
_BEFORE: Final = 20
"""Of them, up to so many that both values have."""
_NAMES: Final = ("id", "title", "url", "source")
Row = dict[str, Any]


def examples_of(kind: Kind, table: Table, rows: Positions) -> list[Example]:
    """Return rows that one version has alone."""
    found = _fetch(table, rows, [name for name in _NAMES if name in table.schema.names])
    return [_example(kind, found[number], {}) for number in rows.tolist()]


def changed_examples(old: Table, new: Table, pairs: Pairs, columns: Sequence[str]) -> list[Example]:
    """Return rows that both versions have.

    Args:
        old: articles of the one version.
        new: articles of the other.
        pairs: which rows.
        columns: those that are compared.
    """
    before = _fetch(old, pairs[0], columns)
    after = _fetch(new, pairs[1], list(dict.fromkeys([*columns, *(n for n in _NAMES if n in new.schema.names)])))
    examples = []
    for one, other in zip(*(side.tolist() for side in pairs), strict=True):
        values = {
            name: _part(_text(before[one][name]), _text(after[other][name]))
            for name in columns
            if _canonical(before[one][name]) != _canonical(after[other][name])
        }
        examples.append(_example("changed", after[other], values))
    return examples


def _fetch(table: Table, rows: Positions, columns: Sequence[str]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for numbers, batch in table.at(np.sort(rows), columns):
        found.update(zip(numbers.tolist(), batch.to_pylist(), strict=True))
    return found


def _example(kind: Kind, row: Row, columns: dict[str, tuple[str | None, str | None]]) -> Example:
    names = {name: None if row.get(name) is None else _cut(str(row[name]), 0) for name in _NAMES}
    return Example(kind=kind, columns=columns, **names)


def _canonical(value: Any) -> bytes:
    return encode_row({"": value})


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    told = json.loads(_canonical(value))[""]
    return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)


def _part(old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """Cut both values to where they part."""
    start = 0
    if old is not None and new is not None:
        parted = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        start = max(0, parted - _BEFORE)
    return (None if old is None else _cut(old, start), None if new is None else _cut(new, start))


def _cut(text: str, start: int) -> str:
    """Return a piece of a text, with an ellipsis at an end that was cut.

    >>> _cut("abc", 0), _cut("abc", 1)
    ('abc', '…bc')
    """
    piece = text[start : start + _SHOWN]
    return ("…" if start else "") + piece + ("…" if start + _SHOWN < len(text) else "")
