"""What lines share with the running text of their page in C and in Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.native import kernels
from newsds.segment.arrays import Bools, Runs
from newsds.segment.charclass import small, table
from newsds.segment.table import Table
from newsds.segment.topic import Topic
from newsds.segment.words import Words
from tests.native.pages import corpus, in_python
from tests.native.texts import CASED, lines
from tests.segment.strategies import page_of

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")


def _hold(texts: list[str], sizes: list[int], prose: Bools) -> None:
    pages = Runs(sizes)
    in_c = vars(Topic(texts, Words(texts), prose, pages))
    with in_python():
        plain = vars(Topic(texts, Words(texts), prose, pages))
    for name, column in plain.items():
        assert column.dtype == in_c[name].dtype, name
        assert np.array_equal(column, in_c[name]), name


@given(st.data(), st.lists(st.lists(lines, max_size=12), max_size=4))
def test_columns_are_the_same(data: st.DataObject, batch: list[list[str]]) -> None:
    texts = [text for page in batch for text in page]
    prose = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    _hold(texts, [len(page) for page in batch], np.array(prose, np.bool_))


@given(st.text("ab", min_size=60, max_size=400), st.lists(st.integers(0, 350), min_size=1, max_size=9))
def test_lines_that_overlap_themselves_are_counted_once(text: str, starts: list[int]) -> None:
    told = f"{text} aaaa aaaa baba"
    texts = [told, told, *(f"{told[start : start + 1 + start % 40]} aaaa"[-50:] for start in starts)]
    _hold(texts, [len(texts)], np.arange(len(texts)) < 2)


def test_pages_of_the_corpus_are_the_same() -> None:
    batch = list(corpus())
    found = Table(batch)
    assert (found.topic.times > 0).any()
    assert found.topic.inside.any()
    _hold(found.texts, [len(page) for page in batch], found.prose)


def test_small_letters_are_those_of_python() -> None:
    pages = [
        [f"bridge {c} {c}x{c}. bridge {c.lower()}", f"bridge {c}", f"Bridge {c.lower()}", f"bridge {c}x{c.upper()}."]
        for c in CASED
    ]
    _hold(
        [text for page in pages for text in page], [4] * len(pages), np.array([True, False, False, False] * len(pages))
    )


def test_the_end_of_a_word_and_of_the_text_is_where_it_is() -> None:
    told = "The bridge ΟΔΟΣ is shut, ΟΔΟΣΑ is not until autumn"
    lines = ["bridge οδος", "bridge οδοσ", "shut, οδοσα", "autumn", "autumn\n", "until\n", told.swapcase()]
    _hold([told, *lines], [8], np.arange(8) < 1)
    _hold([told, *lines, told], [9], np.arange(9) % 8 < 1)


def test_lines_that_just_stand_in_one_near_them() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 310)))
    pages = [
        [text[:long], *["x"] * apart, text[start : start + short]]
        for short in (11, 12, 13, 150)
        for long in (short, short + 1, 2 * short - 1, 2 * short, 2 * short + 1, 300, 301)
        for start in (0, 1, long - short)
        for apart in range(4)
    ]
    texts = [line for page in pages for line in page]
    _hold(texts, [len(page) for page in pages], np.zeros(len(texts), np.bool_))
    assert Table([page_of([-1], [0] * 2, text=[text[:24], text[12:24]])]).topic.inside.tolist() == [1, 2]


def test_crowded_pages_are_left_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    page = [f"bridge {i}" for i in range(40)] + ["The bridge 7 and the bridge 39 are shut."] * 2
    for work in (0, 1, 100, 1000, 2000, 1 << 28):
        monkeypatch.setattr("newsds.segment.topic._WORK", work)
        told = [i in (40, 41, 87, 88) for i in range(89)]
        _hold(page + page[:5] + page, [42, 5, 42], np.array(told))


def test_words_that_crowd_the_table_are_found() -> None:
    """Words whose numbers end alike."""
    letters = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", np.uint8).astype(np.uint64)
    odd, mix = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)
    stems = np.zeros(1, np.uint64)
    for _ in range(4):
        stems = ((stems[:, None] ^ (letters + odd)) * mix).ravel()
        stems ^= stems >> np.uint64(32)
    crowd = np.flatnonzero(stems % np.uint64(2048) == 0)
    assert len(crowd) > 100
    words = ["".join(chr(97 + at // 26**place % 26) for place in (3, 2, 1, 0)) for at in crowd.tolist()]
    text = " ".join(words)
    _hold([text, text, words[0], "zzzz"], [4], np.array([True, True, False, False]))


def test_what_does_not_fit_is_an_error() -> None:
    assert kernels is not None
    one: dict[str, Any] = {
        "texts": ["a", "b"],
        "offsets": np.array([0, 2]),
        "prose": np.zeros(2, np.bool_),
        "kinds": table(),
        "small": small(),
        "words": np.zeros(2, np.int64),
        "told": np.zeros(2, np.int64),
    }
    other: dict[str, Any] = {
        "texts": ["a", "b"],
        "offsets": np.array([0, 2]),
        "short": np.zeros(2, np.bool_),
        "prose": np.zeros(2, np.bool_),
        "times": np.zeros(2, np.int64),
        "inside": np.zeros(2, np.int64),
    }
    wrong: list[dict[str, Any]] = [
        {"texts": ("a", "b")},
        {"texts": ["a"]},
        {"texts": ["a", None]},
        {"offsets": np.array([0, 3])},
        {"offsets": np.array([0, 2, 1])},
        {"offsets": np.array([-1, 2])},
        {"offsets": np.array([0, 2], np.int32)},
        {"offsets": np.array([], np.int64)},
        {"prose": np.zeros(1, np.bool_)},
        {"short": np.zeros(1, np.bool_)},
        {"kinds": table()[1:]},
        {"small": small()[1:]},
        {"words": np.zeros(1, np.int64)},
        {"told": bytes(16)},
        {"times": np.zeros(2, np.int32)},
        {"inside": bytes(16)},
    ]
    for call, good in ((kernels.told_words, one), (kernels.hold_lines, other)):
        call(*good.values())
        for changed in wrong:
            if changed.keys() <= good.keys():
                with pytest.raises((ValueError, TypeError, BufferError)):
                    call(*(good | changed).values())
