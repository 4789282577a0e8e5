"""arrays: columns of small whole numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.segment.arrays import NONE, Runs, capped, logged, share, summed
from tests.segment.strategies import runs

columns = runs().flatmap(lambda r: st.tuples(st.just(r), st.lists(st.integers(0, 9), min_size=r.rows, max_size=r.rows)))
"""pages, and a number for each of their rows"""


def _pages(of: Runs, x: list[int]) -> list[list[int]]:
    return [x[a:b] for a, b in zip(of.offsets.tolist(), of.offsets[1:].tolist())]


@given(columns, st.integers(-9, 9))
def test_shifted_looks_beyond_a_row_but_not_beyond_its_page(drawn: tuple[Runs, list[int]], by: int) -> None:
    of, x = drawn
    expected = [page[i + by] if 0 <= i + by < len(page) else 0 for page in _pages(of, x) for i in range(len(page))]
    assert of.shifted(np.array(x, np.int64), by).tolist() == expected


@given(columns, st.integers(0, 9), st.integers(0, 9))
def test_a_window_is_the_rows_around_one_in_its_page(drawn: tuple[Runs, list[int]], before: int, after: int) -> None:
    of, x = drawn
    a, b = of.window(before, after)
    expected = [page[max(0, i - before) : i + after + 1] for page in _pages(of, x) for i in range(len(page))]
    assert [x[i:j] for i, j in zip(a.tolist(), b.tolist(), strict=True)] == expected


@given(columns)
def test_since_and_until_are_the_distances_to_the_nearest_marked_rows(drawn: tuple[Runs, list[int]]) -> None:
    of, x = drawn
    marked = np.array(x, np.int64) > 6
    since, until = list[int](), list[int]()
    for page in _pages(of, x):
        at = [i for i, n in enumerate(page) if n > 6]
        since += [min((i - k for k in at if k <= i), default=NONE) for i in range(len(page))]
        until += [min((k - i for k in at if k >= i), default=NONE) for i in range(len(page))]
    assert of.since(marked).tolist() == since
    assert of.until(marked).tolist() == until


def test_a_distance_is_never_mistaken_for_none() -> None:
    of = Runs([1000])
    marked = np.zeros(1000, np.bool_)
    marked[0] = True
    assert of.since(marked)[NONE:].tolist() == [NONE - 1] * (1000 - NONE)
    assert of.until(marked[::-1])[0] == NONE - 1


@given(columns)
def test_total_is_the_sum_over_the_page(drawn: tuple[Runs, list[int]]) -> None:
    of, x = drawn
    assert of.total(np.array(x, np.int64)).tolist() == [sum(p) for p in _pages(of, x) for _ in p]


@given(st.lists(st.integers(-9, 9)), st.data())
def test_differences_of_running_sums_are_sums(x: list[int], data: st.DataObject) -> None:
    a = data.draw(st.integers(0, len(x)))
    b = data.draw(st.integers(a, len(x)))
    sums = summed(np.array(x, np.int64))
    assert sums[b] - sums[a] == sum(x[a:b])


@given(st.lists(st.integers(-(2**40), 2**40)))
def test_capped_is_the_number_or_the_nearest_byte(x: list[int]) -> None:
    assert capped(np.array(x, np.int64)).tolist() == [min(255, max(0, n)) for n in x]


@given(st.lists(st.integers(0, 2**40)))
def test_logged_is_sixteen_steps_a_doubling_and_rises(x: list[int]) -> None:
    found = logged(np.array(sorted(x), np.int64)).tolist()
    assert found == sorted(found)
    for n, value in zip(sorted(x), found, strict=True):
        assert value == min(255, round(16 * math.log2(1 + min(n, 65535))))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6))))
def test_a_share_is_a_byte_and_nothing_of_nothing_is_none(x: list[tuple[int, int]]) -> None:
    part, whole = np.array(x, np.int64).reshape(-1, 2).T
    expected = [min(255, 255 * a // b) if b else 0 for a, b in x]
    assert share(part, whole).tolist() == pytest.approx(expected, abs=1)  # a quotient may round up to the next whole
