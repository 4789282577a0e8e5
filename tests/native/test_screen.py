"""Screens: no pattern is found in a text that is said not to be worth the search."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.native import kernels
from newsds.segment import marks
from newsds.segment.patterns import found, strings
from newsds.segment.screen import Screen
from tests.native.pages import corpus, in_python
from tests.native.written import written
from tests.property.strategies import any_str

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

_LINES = marks._SCREEN
_TWISTS = {"i": "iIİ", "s": "sSſ", "k": "kK\u212a", "ı": "ıI", "в": "вВ\u1c80", "о": "оО\u1c82", "с": "сС\u1c83"}
"""Letters that some take for others, whatever the case."""


_ALL: Any = {"credit": marks._CREDIT.pattern}
_ALL |= {name: pattern for name, (pattern, _) in marks._PATTERNS.items()}
_ALL |= {"owned": marks._OWNED, "owned since": marks._OWNED_SINCE.pattern}


def _is_found(name: str, text: str) -> bool:
    if name == "credit":
        return text != "" and marks._credited(text)
    if name in marks._PATTERNS:
        pattern, longest = marks._PATTERNS[name]
        return len(text) <= longest and bool(found(strings([text]), pattern, ignore_case=True)[0])
    return len(text) <= marks._NOTICE_LENGTH and bool(marks._owned([text])[0])


def _worth(name: str, texts: list[str]) -> list[bool]:
    at = _LINES.names.index("notice" if name.startswith("owned") else name)
    return [bool(bits >> at & 1) for bits in _LINES.worth(texts, longest=300, from_end=True).tolist()]


@pytest.mark.parametrize("name", _ALL)
def test_all_that_a_pattern_may_be_is_worth_the_search(name: str) -> None:
    texts = sorted(set(written(re.sub(r"\\p[LN]", "a-z", _ALL[name]))))
    if len(texts) > 3000:
        texts = texts[:: len(texts) // 3000]
    texts = [t for text in texts for t in (text, text.upper(), f"a. {text} b") if _is_found(name, t)]
    assert texts
    assert all(_worth(name, texts))


@pytest.mark.parametrize("name", _ALL)
def test_all_that_a_pattern_is_found_in_is_worth_the_search(name: str) -> None:
    pattern = re.sub(r"\\p[LN]", "a-z", _ALL[name]).replace("\\b", "").replace("^", "")
    texts = st.from_regex(re.compile(pattern, re.IGNORECASE), fullmatch=True)

    @given(st.text("a. ", max_size=9), texts, st.text("a. ", max_size=9), st.randoms(use_true_random=False))
    def law(before: str, text: str, behind: str, draw: Random) -> None:
        text = before + "".join(draw.choice(_TWISTS.get(c, c + c.upper() + c.lower())) for c in text[:200]) + behind
        assert not _is_found(name, text) or _worth(name, [text])[0]

    law()


def test_a_piece_is_found_in_any_case_of_its_letters() -> None:
    pieces = _LINES._pieces.tolist()
    letters = sorted({chr(piece >> 21 * at & 0x1FFFFF) for piece in pieces for at in range(3)} - {"\0"})
    any_letter = f"[{re.escape(''.join(letters))}]"
    every = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    alike = re.findall(any_letter, "".join(every), re.IGNORECASE)
    alike += [every[i] for i in np.flatnonzero(found(strings(every), any_letter, ignore_case=True)).tolist()]
    for letter in letters:
        assert letter.lower() == letter != "ı"
        same = [c for c in alike if re.match(re.escape(letter), c, re.IGNORECASE)]
        same += [c for c, is_same in zip(alike, found(strings(alike), re.escape(letter), ignore_case=True)) if is_same]
        assert Screen({"it": letter * 3}).worth([c * 3 for c in same], longest=3).all(), letter
        assert letter.isascii() or Screen({"it": letter}).worth(same, longest=1).all(), letter


@given(
    st.lists(any_str | st.text("aAbBßſıİéÉ\u1c80漢字\U00010400", max_size=20), max_size=8),
    st.integers(0, 9),
    st.booleans(),
)
def test_pieces_are_found_where_they_stand(texts: list[str], longest: int, from_end: bool) -> None:
    screen = Screen({"ab": "aba|bab", "é": "é", "字": "字|aaé", "other": "漢字漢"})
    found = screen.worth(texts, longest=longest, from_end=from_end).tolist()
    for text, bits in zip(texts, found, strict=True):
        part = text[max(0, len(text) - longest) :] if from_end else text[:longest]
        folded = part.replace("ı", "i").replace("ſ", "s").lower().replace("i̇", "i")
        if "\0" in part or re.search("[\u1c80-\u1c8f]", part):
            assert bits & 15 == 15
        else:
            pieces = (("aba", "bab"), ("é",), ("字", "aaé"), ("漢字漢",))
            assert bits == sum(1 << i for i, of in enumerate(pieces) if any(p in folded for p in of))


def test_without_kernels_everything_is_worth_the_search() -> None:
    with in_python():
        assert Screen({"a": "abc", "b": "def"}).worth(["", "x"], longest=9).tolist() == [3, 3]


@pytest.mark.parametrize(
    "changed",
    [{0: ("a",)}, {0: [1]}, {1: np.zeros(9, np.uint8)}, {2: np.zeros(1, np.uint32)}, {3: np.zeros(0, np.uint64)},
     {6: np.zeros(0, np.uint64)}, {6: bytes(8)}],
)  # fmt: skip
def test_what_does_not_fit_is_an_error(changed: dict[int, Any]) -> None:
    good: list[Any] = [["abc"], np.zeros(32768, np.uint8), np.zeros(1, np.uint64), np.zeros(1, np.uint64), 3, False]
    good.append(np.zeros(1, np.uint64))
    assert kernels is not None
    kernels.screen(*good)
    with pytest.raises((ValueError, TypeError, BufferError)):
        kernels.screen(*[changed.get(i, argument) for i, argument in enumerate(good)])


def test_pages_of_the_corpus_pass_the_screen_where_patterns_are_found() -> None:
    for blocks in corpus():
        for text, bits in zip(
            blocks.text, _LINES.worth(list(blocks.text), longest=300, from_end=True).tolist(), strict=True
        ):
            assert bits & 1 or not marks._credited(text)
