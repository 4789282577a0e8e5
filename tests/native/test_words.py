"""Characters and words in C and in NumPy."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.native import kernels
from newsds.segment.charclass import KINDS, Kind, table
from newsds.segment.words import Words
from tests.native.pages import corpus, in_python
from tests.native.texts import CASED, lines

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

_COLUMNS = ("chars", "tokens", "capitals", "tenths", "sentences", "first", "last", "terminal", "cut", "ends", "letters")


def _columns(texts: list[str]) -> dict[str, Any]:
    words = Words(texts)
    return {name: getattr(words, name) for name in _COLUMNS} | {kind.name: words.count(kind) for kind in Kind}


def _hold(texts: list[str]) -> None:
    in_c = _columns(texts)
    with in_python():
        plain = _columns(texts)
    for name, column in plain.items():
        assert column.dtype == in_c[name].dtype, name
        assert np.array_equal(column, in_c[name]), name


@given(st.lists(lines | st.text(".…\"')»。 aA7", min_size=1, max_size=5), max_size=9))
def test_columns_are_the_same(texts: list[str]) -> None:
    _hold(texts)


def test_pages_of_the_corpus_are_the_same() -> None:
    _hold([text for page in corpus() for text in page.text])


def test_all_characters_are_the_same() -> None:
    _hold([c + end for c in CASED for end in ("", ".", " a")])
    _hold(["".join(map(chr, range(0x110000)))])


def test_all_ends_are_the_same() -> None:
    _hold(["".join(text) for length in range(1, 6) for text in product("a.” ", repeat=length)])


@pytest.mark.parametrize(
    "changed",
    [
        {"texts": ("a", "b")},
        {"texts": ["a", b"b"]},
        {"texts": ["a", ""]},
        {"texts": ["a", "b", "c"]},
        {"kinds": table()[:-1]},
        {"kinds": table().astype(np.uint16)},
        {"counts": np.zeros((KINDS, 2), np.int32)},
        {"counts": np.zeros((KINDS - 1, 2), np.int64)},
        {"counts": bytes(2 * 8 * KINDS)},
        {"numbers": np.zeros((4, 2), np.int64)},
        {"edges": np.zeros((4, 2), np.uint8)},
    ],
)
def test_what_does_not_fit_is_an_error(changed: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "texts": ["a", "b"],
        "kinds": table(),
        "counts": np.zeros((KINDS, 2), np.int64),
        "numbers": np.zeros((5, 2), np.int64),
        "edges": np.zeros((5, 2), np.uint8),
    }
    assert kernels is not None
    kernels.count_words(*good.values())
    with pytest.raises((ValueError, TypeError, BufferError)):
        kernels.count_words(*(good | changed).values())


def test_a_table_of_other_kinds_leads_nowhere() -> None:
    assert kernels is not None
    counts, numbers, edges = np.zeros((KINDS, 1), np.int64), np.zeros((5, 1), np.int64), np.zeros((5, 1), np.uint8)
    kernels.count_words(["ab c" * 9], np.full(0x110000, 255, np.uint8), counts, numbers, edges)
    assert counts.sum() == 0
