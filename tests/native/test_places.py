"""Places in C and in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Blocks
from newsds.native import kernels
from newsds.segment.arrays import Runs, numbered
from newsds.segment.places import Places
from tests.native.pages import corpus, in_python
from tests.property.strategies import any_str
from tests.segment.strategies import page_of, pages, runs, trees

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

_COLUMNS = (
    "offsets", "is_html", "parent", "node", "tag", "labels", "around", "hidden", "near_labels", "all_labels", "depth",
    "path", "tag_path", "first", "end",
)  # fmt: skip


def _columns(batch: list[Blocks], weight: int) -> dict[str, Any]:
    places = Places(batch, Runs([len(b) for b in batch]).offsets)
    found = {name: getattr(places, name) for name in _COLUMNS}
    for percent in (0, 1, 50, 80, 100):
        main = places.main((np.arange(len(places.node)) * weight) % 7, percent)
        found |= {f"main {percent}": main, f"common {percent}": places.common_depth(main)}
    return found


def _hold(batch: list[Blocks], weight: int = 5) -> None:
    in_c = _columns(batch, weight)
    with in_python():
        plain = _columns(batch, weight)
    for name, column in plain.items():
        assert column.dtype == in_c[name].dtype, name
        assert np.array_equal(column, in_c[name]), name


@given(st.lists(trees().map(lambda t: t.page) | pages, min_size=1, max_size=4), st.integers(0, 6))
def test_columns_are_the_same(batch: list[Blocks], weight: int) -> None:
    _hold(batch, weight)


@given(st.data())
def test_children_may_stand_before_their_parents(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    parent = [-1, *(data.draw(st.integers(-1, i - 1)) for i in range(1, count))]
    turned = [0, *data.draw(st.permutations(range(1, count)))]
    moved = dict(sorted(zip(turned, (p if p < 0 else turned[p] for p in parent), strict=True)))
    node = data.draw(st.lists(st.integers(0, count - 1), max_size=6))
    _hold([page_of(list(moved.values()), node)])


def test_pages_of_the_corpus_are_the_same() -> None:
    _hold(list(corpus()))


@given(st.lists(any_str | st.sampled_from(("", "a", "b", "ab", "é", "漢", "\ud800", "a" * 70)), max_size=40))
def test_equal_texts_have_equal_numbers(texts: list[str]) -> None:
    assert kernels is not None
    texts = [text + "" for text in texts]
    numbers = np.empty(len(texts), np.int64)
    once = kernels.number_strings(texts, numbers)
    assert once == list(dict.fromkeys(texts))
    assert [once[i] for i in numbers.tolist()] == texts


@given(runs(most=30), st.data())
def test_equal_keys_of_a_page_have_equal_numbers(of: Runs, data: st.DataObject) -> None:
    keys = st.sampled_from((0, 1, 2, 2**32, 2**63, 2**64 - 1, 0x9E3779B97F4A7C15))
    drawn = np.array(data.draw(st.lists(keys, min_size=of.rows, max_size=of.rows)), np.uint64)
    in_c = numbered(drawn, of)
    with in_python():
        plain = numbered(drawn, of)
    assert [x.tolist() for x in in_c] == [x.tolist() for x in plain]


def _ints(*numbers: int) -> Any:
    return np.array(numbers, np.int64)


def _two() -> tuple[Any, ...]:
    """A document, and an element of it that holds one block."""
    return tuple(_ints(1) if i == 4 else _ints(0, 0) for i in range(14))


_MAIN = (_ints(0, 1), _ints(0, 2), _ints(0, 1), _ints(0, 0), _ints(1, 1), _ints(0))
_COMMON = (_ints(1), _ints(0, 2), _ints(0, 0), _ints(0, 1), _ints(0, 0), _ints(1, 1), _ints(0, 0))


def _with(columns: tuple[Any, ...], at: int, column: Any) -> tuple[Any, ...]:
    return (*columns[:at], column, *columns[at + 1 :])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("number_strings", ((), _ints())),
        ("number_strings", (["a", 1], _ints(0, 0))),
        ("number_strings", (["a", "b"], _ints(0))),
        ("number_strings", (["a"], bytes(8))),
        ("number_groups", (_ints(1, 2), _ints(0, 1), _ints(0, 0), _ints(0, 0))),
        ("number_groups", (_ints(1, 2), _ints(1, 2), _ints(0, 0), _ints(0, 0))),
        ("number_groups", (_ints(1, 2), _ints(0, 3, 2), _ints(0, 0), _ints(0, 0))),
        ("number_groups", (_ints(1, 2), _ints(0, -1, 2), _ints(0, 0), _ints(0, 0))),
        ("number_groups", (_ints(1, 2), _ints(), _ints(0, 0), _ints(0, 0))),
        ("number_groups", (_ints(1, 2), _ints(0, 2), _ints(0), _ints(0, 0))),
        ("number_groups", (_ints(1, 2), _ints(0, 2), _ints(0, 0), bytes(16))),
        ("inherit", (_two()[:-1], 2, 1)),
        ("inherit", (_two(), 3, 1)),
        ("inherit", (_two(), 2, 2)),
        ("inherit", (_two(), 2**62, 1)),
        ("inherit", (_with(_two(), 4, _ints(2)), 2, 1)),
        ("inherit", (_with(_two(), 4, _ints(-1)), 2, 1)),
        ("inherit", (_with(_two(), 5, bytes(16)), 2, 1)),
        ("inherit", (_with(_two(), 0, np.zeros(2, np.int32)), 2, 1)),
        ("find_main", (_MAIN, 1, 3, 1, 50)),
        ("find_main", (_MAIN, 2, 2, 1, 50)),
        ("find_main", (_MAIN, 1, 2, 2, 50)),
        ("find_main", (_MAIN, -1, 2, 1, 50)),
        ("find_main", (_MAIN, 1, 2, 1, -1)),
        ("find_main", (_with(_MAIN, 1, _ints(0, 3)), 1, 2, 1, 50)),
        ("find_main", (_with(_MAIN, 1, _ints(0, 0)), 1, 2, 1, 50)),
        ("find_main", (_with(_MAIN, 3, _ints(0, -1)), 1, 2, 1, 50)),
        ("find_main", (_with(_MAIN, 4, _ints(0, 2)), 1, 2, 1, 50)),
        ("common_depth", (_COMMON, 2, 2)),
        ("common_depth", (_COMMON, 1, 3)),
        ("common_depth", (_COMMON, 2**63 - 1, 2)),
        ("common_depth", (_with(_COMMON, 0, _ints(2)), 1, 2)),
        ("common_depth", (_with(_COMMON, 1, _ints(0, 3)), 1, 2)),
        ("common_depth", (_with(_COMMON, 6, bytes(16)), 1, 2)),
    ],
)
def test_what_does_not_fit_is_an_error(name: str, arguments: tuple[Any, ...]) -> None:
    with pytest.raises((ValueError, TypeError, BufferError, OverflowError)):
        getattr(kernels, name)(*arguments)


def test_what_fits_is_none() -> None:
    assert kernels is not None
    assert kernels.inherit(_two(), 2, 1) is True
    assert kernels.inherit(_with(_two(), 0, _ints(1, 1)), 2, 1) is False
    kernels.find_main(_MAIN, 1, 2, 1, 50)
    assert kernels.common_depth(_COMMON, 1, 2) is True
