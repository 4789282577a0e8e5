"""What a page says of its article in C and in Python."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from newsds.metadata import Metadata, read_metadata
from newsds.model import Blocks, Head
from newsds.native import kernels
from newsds.segment.arrays import Runs
from newsds.segment.evidence import Evidence
from tests.native.pages import corpus, in_python
from tests.native.texts import CASED, lines
from tests.segment.strategies import page_of

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

_Pages = list[tuple[Blocks, Metadata]]


def _hold(pages: _Pages) -> None:
    batch, declared = [page for page, _ in pages], [said for _, said in pages]
    texts = [text for page in batch for text in page.text]
    offsets = Runs([len(page) for page in batch]).offsets
    in_c = vars(Evidence(batch, declared, texts, offsets))
    with in_python():
        plain = vars(Evidence(batch, declared, texts, offsets))
    for name, column in plain.items():
        assert column.dtype == in_c[name].dtype, name
        assert np.array_equal(column, in_c[name]), name


def _page(texts: list[str], head: Head | None = None) -> Blocks:
    return replace(page_of([-1], [0] * len(texts), text=texts), head=head)


@st.composite
def _pages(draw: DrawFn) -> tuple[Blocks, Metadata]:
    texts = draw(st.lists(lines, min_size=1, max_size=14))
    some = st.sampled_from(texts) | lines | st.tuples(st.sampled_from(texts), lines).map(" | ".join)
    texts += draw(st.lists(some | some.map(lambda t: t[: len(t) // 2 + 1]) | some.map("#{}#".format), max_size=8))
    if draw(st.booleans()):
        return _page(texts), Metadata()
    few = st.lists(some, max_size=3).map(tuple)
    names = ("og:title", "twitter:title", "og:description", "description")
    meta = draw(st.dictionaries(st.sampled_from(names), some, max_size=4))
    declared = Metadata(
        title=draw(st.none() | some),
        keywords=draw(few),
        sections=draw(few),
        authors=draw(few),
        body=draw(st.none() | st.lists(some, max_size=5).map(" ".join)),
    )
    return _page(texts, Head(title=draw(st.none() | some), meta=meta)), declared


@given(st.lists(_pages(), max_size=4))
def test_columns_are_the_same(pages: _Pages) -> None:
    _hold(pages)


def test_pages_of_the_corpus_are_the_same() -> None:
    _hold([(page, read_metadata(page.head or Head())) for page in corpus()])


def test_letters_are_folded_as_python_folds() -> None:
    repeated = _page([f"{c}x{form}" for c in CASED for form in (c, c.casefold(), c.upper())])
    folded = _page([c.casefold() + "x" + c.casefold() for c in CASED])
    both = _page([*repeated.text, *folded.text])
    _hold([(page, Metadata()) for page in (repeated, folded, both)])
    _hold([(_page(["".join(CASED[i : i + 130])] * 2), Metadata()) for i in range(0, len(CASED), 130)])
    assert set(Evidence([both], [Metadata()], list(both.text), Runs([len(both)]).offsets).same.tolist()) - {1}


def test_lines_that_are_just_long_enough() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 130)))
    page = _page([text[:length] for length in range(1, 130)], Head(meta={"description": text}))
    said = Metadata(
        title=f"A {text}", authors=(text[:2],), sections=(text[:119], text[:120]), body=text[:60] + " and more"
    )
    _hold([(page, said), (replace(page, text=[f"#{t}" for t in page.text]), replace(said, keywords=tuple(page.text)))])
    _hold(
        [
            (_page([text[start:end] for start in (0, 1) for end in (2, 5, 6, 11, 12, 119, 120)][::step]), said)
            for step in (1, -1)
        ]
    )
    _hold([(_page([f"{text[:20]} {end}" for end in ("a", "b", "ab", "abc", "abcd", text[:99])]), said)])


def test_lines_that_begin_alike_are_numbered_from_above() -> None:
    begins = "It rained over the hills"
    texts = [begins + end for end in (" z", "", " b", " z", "", " b", " a")]
    found = Evidence([_page(texts)], [Metadata()], texts, Runs([7]).offsets)
    assert found.same.tolist() == [2, 2, 2, 2, 2, 2, 1]
    assert found.before.tolist() == [0, 0, 0, 1, 1, 1, 0]
    assert found.openings.tolist() == [7] * 7
    assert found.openings_before.tolist() == list(range(7))


@pytest.mark.parametrize(
    "changed",
    [
        {"texts": ("a", "b")},
        {"texts": ["a", 1]},
        {"start": -1},
        {"end": 3},
        {"start": 2, "end": 1},
        {"declared": ()},
        {"declared": []},
        {"declared": (["a"], [], [], [], [], [])},
        {"declared": (["a"], [], [], [], [], [], b"")},
        {"declared": (["a"], [], [], [], [], (), "")},
        {"declared": (["a"], [None], [], [], [], [], "")},
        {"columns": np.zeros((11, 1), np.int64)},
        {"columns": np.zeros((11, 2), np.int32)},
        {"columns": bytes(11 * 2 * 8)},
    ],
)
def test_what_does_not_fit_is_an_error(changed: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "texts": ["a", "b"],
        "start": 0,
        "end": 2,
        "declared": (["a"], ["a"], ["b"], [], [], [""], "some words"),
        "columns": np.zeros((11, 2), np.int64),
    }
    assert kernels is not None
    kernels.page_evidence(*good.values())
    with pytest.raises((ValueError, TypeError, BufferError)):
        kernels.page_evidence(*(good | changed).values())
