"""Marks in C and in Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.native import kernels
from newsds.segment.lexicon import tables
from newsds.segment.marks import Marks, _masks
from tests.native.pages import corpus, in_python
from tests.property.strategies import any_str

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

_COLUMNS = ("whole", "marker", "phrase", "signs", "arrow")
_PIECES = (
    " ", "  ", "\t", "\n", "\u00a0", "\u3000", "\u2028", "\x1c", ":", "：", "|", " - ", "-", " -", "- ", "–", "→", ">>",
    "«", "(", ")", "#", "3", "12", "(12)", "٣", "３", "²", "2024", "19", "/", ".", "3 May 2024", "v", "vor 3 h",
    "2024-05-03",
    "5 Min", "_", "ß", "İ", "ı", "ſ", "ﬀ", "A", "é", "の", "漢", "\U0001d7d8", "\ud800", "©", "Photo: ",
    "x" * 40, "y" * 50,
)  # fmt: skip
_words = st.sampled_from(sorted(tables().categories)).flatmap(
    lambda w: st.sampled_from((w, w.upper(), w.title(), w[:-1]))
)
lines = st.lists(st.one_of(_words, st.sampled_from(_PIECES), any_str), min_size=1, max_size=7).map("".join).filter(len)


def _hold(texts: list[str]) -> None:
    in_c = Marks(texts)
    with in_python():
        plain = Marks(texts)
    for name in _COLUMNS:
        one, other = getattr(in_c, name), getattr(plain, name)
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist(), (name, [t for t, x, y in zip(texts, one, other, strict=True) if x != y])


@given(st.lists(lines, max_size=6))
def test_columns_are_the_same(texts: list[str]) -> None:
    _hold(texts)


@given(st.text("0123456789 -/.,vorh()年月日.Mayd٣é_\t", min_size=1, max_size=30))
def test_numbers_are_the_same(text: str) -> None:
    _hold([text])


def test_every_word_of_the_lexicon_is_the_same() -> None:
    words = sorted(tables().categories)
    _hold(
        [
            form
            for word in words
            for form in (word, word.upper(), f"12 {word} (3)", f"{word}: a", f"{word} a b", f"{word}a")
        ]
    )


def test_pages_of_the_corpus_are_the_same() -> None:
    _hold([text for blocks in corpus() for text in blocks.text])


def _good() -> list[Any]:
    return [
        ["Tags", "é: a", "»"],
        _masks(),
        *(np.zeros(n, np.uint8) for n in (1 << 13, 1 << 16)),
        *np.zeros((2, 3), np.int64),
    ]


class _Str(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "changed",
    [
        {0: ("a",)}, {0: ["a", "b", 1]}, {0: ["a", "b", _Str("c")]}, {0: ["a"] * 4}, {1: ["tags"]},
        {1: {"tags": "x"}}, {1: {"tags": -1}}, {1: {"tags": 1 << 16}}, {1: {"tags": 1 << 70}},
        {2: np.zeros(99, np.uint8)}, {3: np.zeros(99, np.uint8)}, {4: bytes(24)}, {5: np.zeros(3, np.int32)},
    ],
)  # fmt: skip
def test_what_does_not_fit_is_an_error(changed: dict[int, Any]) -> None:
    assert kernels is not None
    good = _good()
    kernels.filter_words(list(_masks()), good[2])
    kernels.read_lines(*good)
    with pytest.raises((ValueError, TypeError, BufferError, OverflowError)):
        kernels.read_lines(*[changed.get(i, argument) for i, argument in enumerate(good)])


@pytest.mark.parametrize("words", [("a",), [1]])
def test_words_of_a_filter_are_texts(words: Any) -> None:
    assert kernels is not None
    with pytest.raises(TypeError):
        kernels.filter_words(words, np.zeros(1 << 13, np.uint8))
    with pytest.raises((ValueError, TypeError, BufferError)):
        kernels.filter_words(["a"], bytes(1 << 13))
