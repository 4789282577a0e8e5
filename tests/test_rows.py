"""Rows: columns seen as a sequence of objects."""

from __future__ import annotations

import pickle

import pytest

from newsds.model import Role, Span
from newsds.rows import Rows

SPANS = (Span(role=Role.TITLE, start=0, end=3), Span(role=Role.BODY, start=5, end=9))
ROWS = Rows(Span, {"role": [Role.TITLE, Role.BODY], "start": [0, 5], "end": [3, 9]})


def test_it_is_the_tuple_of_its_rows() -> None:
    assert tuple(ROWS) == SPANS
    assert ROWS == SPANS
    assert SPANS == ROWS
    assert SPANS[:1] != ROWS
    assert list(SPANS) != ROWS
    assert Rows(Span, dict(ROWS.columns)) == ROWS
    assert hash(ROWS) == hash(SPANS)
    assert repr(ROWS) == repr(SPANS)


def test_indices_and_slices() -> None:
    assert (ROWS[0], ROWS[-1], ROWS[1:]) == (SPANS[0], SPANS[1], SPANS[1:])
    assert len(ROWS) == 2
    with pytest.raises(IndexError):
        ROWS[2]


def test_none_is_the_empty_tuple() -> None:
    assert not Rows(Span, {"role": []})
    assert Rows(Span, {"role": []}) == ()


def test_it_crosses_processes() -> None:
    assert pickle.loads(pickle.dumps(ROWS)) == SPANS
