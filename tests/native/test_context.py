"""Columns of the second look, and distances, in C and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Blocks
from newsds.native import kernels
from newsds.segment.arrays import Runs
from newsds.segment.context import ROLES, Context, context_features
from newsds.segment.features import columns_of
from newsds.segment.forest import Scores
from newsds.segment.table import Table
from tests.native.pages import corpus, in_python
from tests.segment.strategies import pages, runs, scores

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

_looked = st.lists(pages, min_size=1, max_size=3).flatmap(lambda b: st.tuples(st.just(b), scores(sum(map(len, b)))))


def _columns(batch: list[Blocks], of: Scores) -> dict[str, list[int]]:
    context = Context(columns_of(Table(batch)), of)
    return {f"{name} of {role}": context[f"{name} of {role}"].tolist() for name in context_features() for role in ROLES}


def _hold(batch: list[Blocks], of: Scores) -> None:
    in_c = _columns(batch, of)
    with in_python():
        assert in_c == _columns(batch, of)


@given(_looked)
def test_columns_are_the_same(drawn: tuple[list[Blocks], Scores]) -> None:
    _hold(*drawn)


def test_pages_of_the_corpus_are_the_same() -> None:
    batch = list(corpus())
    rows = sum(map(len, batch))
    _hold(batch, np.random.default_rng(3).integers(-300, 300, (rows, len(ROLES)), np.int32))


@given(runs(most=300), st.randoms(use_true_random=False))
def test_distances_are_the_same(of: Runs, draw: Any) -> None:
    marked = np.array([draw.random() < 0.01 for _ in range(of.rows)], np.bool_)
    in_c = [of.since(marked), of.until(marked)]
    with in_python():
        plain = [of.since(marked), of.until(marked)]
    assert [x.tolist() for x in in_c] == [x.tolist() for x in plain]


@pytest.mark.parametrize("rows", [1, 3, 4_112, 4_113, 65_535, 65_536, 65_537, 70_000])
@pytest.mark.parametrize("value", [0, 1, 254, 255])
def test_sums_however_large_are_the_same(rows: int, value: int) -> None:
    bytes_ = np.full((2, rows), value, np.uint8)
    bytes_[1, :: rows // 2 + 1] ^= 1
    sums = np.zeros((2, rows + 1), np.int64)
    np.cumsum(bytes_, axis=1, out=sums[:, 1:])
    row, first, end = np.arange(rows), np.zeros(rows, np.int64), np.arange(1, rows + 1)
    found = np.empty((2, rows), np.uint8)
    assert kernels is not None
    kernels.mean_between(sums, first, end, 2, found)
    assert np.array_equal(found, sums[:, 1:] // end)
    kernels.mean_between(sums, row, row, 2, found)
    assert not found.any()
    kernels.mean_alike(bytes_, first, 1, 2, found)
    assert np.array_equal(found, np.repeat(sums[:, -1:] // rows, rows, axis=1))
    kernels.share_so_far(bytes_, np.array([0, rows]), 2, found)
    assert np.array_equal(found, 255 * sums[:, :-1] // np.maximum(sums[:, -1:], 1))


_GOOD: dict[str, tuple[Any, ...]] = {
    "mean_between": (
        np.zeros((2, 4), np.int64),
        np.zeros(3, np.int64),
        np.zeros(3, np.int64),
        2,
        np.zeros(6, np.uint8),
    ),
    "mean_alike": (np.zeros((2, 3), np.uint8), np.zeros(3, np.int64), 1, 2, np.zeros(6, np.uint8)),
    "share_so_far": (np.zeros((2, 3), np.uint8), np.array([0, 1, 3]), 2, np.zeros(6, np.uint8)),
    "distances": (np.zeros(3, np.bool_), np.array([0, 1, 3]), True, np.zeros(3, np.uint8)),
}


@pytest.mark.parametrize(
    ("name", "at", "changed"),
    [
        ("mean_between", 0, np.zeros((2, 3), np.int64)), ("mean_between", 1, np.array([0, 4, 0])),
        ("mean_between", 1, np.array([0, -1, 0])), ("mean_between", 2, np.array([0, 0, 4])),
        ("mean_between", 2, np.array([0, -1, 0])), ("mean_between", 2, np.array([0, 0])), ("mean_between", 3, 0),
        ("mean_between", 3, 65), ("mean_between", 4, np.zeros(5, np.uint8)), ("mean_between", 4, bytes(6)),
        ("mean_alike", 0, np.zeros(5, np.uint8)), ("mean_alike", 1, np.array([0, 1, 0])),
        ("mean_alike", 1, np.array([0, -1, 0])), ("mean_alike", 2, -1), ("mean_alike", 2, 2**62), ("mean_alike", 3, 3),
        ("mean_alike", 4, np.zeros(5, np.uint8)), ("share_so_far", 0, np.zeros(5, np.uint8)),
        ("share_so_far", 1, np.array([0, 4, 3])), ("share_so_far", 1, np.array([-1, 3])),
        ("share_so_far", 1, np.zeros(0, np.int64)), ("share_so_far", 1, np.array([0, 2**62])), ("share_so_far", 2, 3),
        ("share_so_far", 3, np.zeros(5, np.uint8)), ("distances", 0, np.zeros(2, np.bool_)),
        ("distances", 1, np.array([0, 2, 1])), ("distances", 1, np.array([0, 4])),
        ("distances", 3, np.zeros(2, np.uint8)),
        ("distances", 3, bytes(3)),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_an_error(name: str, at: int, changed: Any) -> None:
    good = _GOOD[name]
    getattr(kernels, name)(*good)
    with pytest.raises((ValueError, TypeError, BufferError)):
        getattr(kernels, name)(*good[:at], changed, *good[at + 1 :])
