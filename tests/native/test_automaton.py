"""Automata find what their patterns find, or say that the patterns are to be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsds.native import kernels
from newsds.segment import links, places
from newsds.segment.automaton import ASKED, WORD, Automaton, automaton
from tests.native.pages import corpus, in_python
from tests.native.written import written
from tests.property.strategies import any_str
from tools.automata import joined

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

_PATTERNS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "labels": places.LABELS,
    "addresses": {name: links.TARGETS[name] for name in links.SEARCHED},
}
_WRITTEN = {kind: {name: written(pattern.pattern) for name, pattern in of.items()} for kind, of in _PATTERNS.items()}


def _expected(patterns: Mapping[str, re.Pattern[str]], text: str) -> int:
    return sum(1 << i for i, pattern in enumerate(patterns.values()) if pattern.search(text))


def _hold(kind: str, texts: list[str], *, least: float = 0) -> None:
    found = automaton(kind).find(texts).tolist()
    for text, bits in zip(texts, found, strict=True):
        assert bits in (ASKED, _expected(_PATTERNS[kind], text)), text
    assert sum(bits != ASKED for bits in found) >= least * len(texts)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, of in _PATTERNS.items() for name in of])
def test_all_that_a_pattern_may_be_is_found(kind: str, name: str) -> None:
    texts = _WRITTEN[kind][name]
    texts = texts[:: 1 + len(texts) // 500]
    around = ["{}", "x{}", "{}x", "-{}_", "x-{}-x", "x {} x", "_{}.", "{0}{0}", "/{}/", "{}\n"]
    _hold(
        kind,
        [around[i % 10].format(text.upper() if i % 3 == 2 else text) for i, text in enumerate(texts * 3)],
        least=0.8,
    )


@pytest.mark.parametrize("kind", _PATTERNS)
@given(st.data())
def test_what_is_mixed_of_them_is_found(kind: str, data: st.DataObject) -> None:
    pieces = st.sampled_from(list(_WRITTEN[kind].values())).flatmap(st.sampled_from)
    ends = st.sampled_from(
        ["", "-", "_", "__", " ", "/", ".", "s", "S", "x" * (WORD - 3), "\n", "\t", "\x1c", "é", "\u2003"]
    )
    _hold(kind, data.draw(st.lists(st.lists(pieces | ends, max_size=9).map("".join) | any_str, max_size=6)))


@pytest.mark.parametrize("kind", _PATTERNS)
def test_characters_of_the_patterns_in_any_order_are_read(kind: str) -> None:
    draw = Random(7)
    pieces = [text[a : a + 4] for of in _WRITTEN[kind].values() for text in of for a in range(0, len(text), 3)]
    texts = ["".join(draw.choices(pieces, k=draw.randint(1, 6))) for _ in range(3000)]
    _hold(kind, texts, least=0.9)


def test_labels_of_words_are_read_as_their_words_are() -> None:
    blanks = ["\t", "\n", "\v", "\f", "\r", "\x1c", "\x1d", "\x1e", "\x1f", " ", "\x85", "\xa0", "\u2003", "\u3000"]
    words = ["nav", "side", "entry-tags", "hidden", "x", "post", "categories-s"]
    labels = ["".join(of) for of in product(words, blanks, words)]
    expected = [_expected(places.LABELS, a) | _expected(places.LABELS, b) for a, _, b in product(words, blanks, words)]
    assert places._label_bits(labels).tolist() == expected


@pytest.mark.parametrize("length", [WORD - 5, WORD - 4, WORD - 3, WORD, WORD + 1, 3 * WORD])
@pytest.mark.parametrize(
    "said", ["{}nav", "{}footerx", "lang{}switch", "most{}read", "x most-{}read-x", "{}-nav", "{}"]
)
def test_words_that_are_too_long_are_asked_of_the_patterns(length: int, said: str) -> None:
    text = said.format("x" * length)
    _hold("labels", [text])
    assert places._label_bits([text]).tolist() == [_expected(places.LABELS, text)]


def test_few_texts_of_the_corpus_are_asked_of_the_patterns() -> None:
    pages = [blocks for blocks in corpus() if blocks.nodes is not None]
    labels = {label for blocks in pages if blocks.nodes is not None for label in blocks.nodes.label}
    _hold("labels", sorted(labels), least=0.99)
    _hold("addresses", sorted({href[: links._LENGTH] for blocks in pages for href in blocks.links.href}), least=0.9)


@given(st.lists(st.text("navsideog-_ é\x1c", max_size=9) | any_str, max_size=5))
@example(["é" * 9, "x" * 5000, "nav", "é nav"])
def test_labels_are_the_same_without_kernels(labels: list[str]) -> None:
    in_c = places._label_bits(labels)
    with in_python():
        places._known.clear()
        plain = places._label_bits(labels)
    assert in_c.dtype == plain.dtype == np.int64
    assert in_c.tolist() == plain.tolist()


@given(st.lists(st.sampled_from(_WRITTEN["labels"]["tag"]) | any_str, max_size=5))
def test_few_words_are_read_as_many_are(drawn: list[str]) -> None:
    words = [word for text in drawn for word in text.split()]
    for pattern in places.LABELS.values():
        many = places._found([*words, *["x"] * 50], pattern)
        assert places._found(words, pattern).tolist() == many[: len(words)].tolist()


def test_only_the_first_characters_are_looked_at() -> None:
    texts = ["/page/", "x/page/", "é/page/", "/pag\n", "/page\n"]
    at = 1 << links.SEARCHED.index("pager")
    assert automaton("addresses").find(texts, longest=6).tolist() == [at, 0, ASKED, ASKED, ASKED]
    assert automaton("addresses").find(texts[:2], longest=0).tolist() == [0, 0]


def test_without_kernels_the_patterns_are_asked() -> None:
    with in_python():
        assert automaton("labels").find(["", "nav"]).tolist() == [ASKED, ASKED]


@given(st.lists(st.text("ab- _.", max_size=8), max_size=9))
def test_any_patterns_will_do(texts: list[str]) -> None:
    every = {
        "a": r"^(?:a|b\w)",
        "b": r"a-?b$",
        "c": r"(?:^|[\s_-])a{2,3}b*(?:$|_)",
        "d": r"a\b|b",
        "e": r"[a_]\w{0,64}-b",
    }
    patterns = {name: re.compile(pattern, re.ASCII) for name, pattern in every.items()}
    parts = _OF_ANY.setdefault("", joined([{i: of} for i, of in enumerate(patterns.values())], "\n"))
    assert Automaton(**parts).find(texts).tolist() == [_expected(patterns, text) for text in texts]


_OF_ANY: dict[str, Any] = {}


@pytest.mark.parametrize(
    "changed",
    [
        {0: ("a",)},
        {0: [1]},
        {0: ["a", "b"]},
        {1: "x"},
        {2: "x"},
        {3: "x"},
        {4: ()},
        {5: np.zeros(1, np.int32)},
        {5: bytes(8)},
    ],
)
def test_what_does_not_fit_is_an_error(changed: dict[int, Any]) -> None:
    _fails(changed, {})


@pytest.mark.parametrize(
    "changed",
    [
        {0: np.zeros(127, np.uint8)},
        {0: np.full(128, 2, np.uint8)},
        {1: np.full(4, 2, np.uint16)},
        {1: np.zeros(1, np.uint16)},
        {1: np.zeros(4, np.uint8)},
        {2: np.zeros(0, np.uint64)},
        {3: np.zeros(1, np.uint64)},
        {4: np.zeros(0, np.uint16)},
        {4: np.zeros(7, np.uint16)},
        {4: np.full(1, 2, np.uint16)},
    ],
)
def test_columns_that_are_of_no_automaton_are_an_error(changed: dict[int, Any]) -> None:
    _fails({}, changed)


def _fails(changed: dict[int, Any], changed_columns: dict[int, Any]) -> None:
    columns: list[Any] = [
        np.zeros(128, np.uint8),
        np.zeros(4, np.uint16),
        *np.zeros((2, 2), np.uint64),
        np.zeros(1, np.uint16),
    ]
    good: list[Any] = [["abc"], -1, 64, 0, tuple(columns), np.zeros(1, np.int64)]
    assert kernels is not None
    kernels.find_patterns(*good)
    good[4] = tuple(changed_columns.get(i, column) for i, column in enumerate(columns))
    with pytest.raises((ValueError, TypeError, BufferError, OverflowError)):
        kernels.find_patterns(*[changed.get(i, argument) for i, argument in enumerate(good)])
