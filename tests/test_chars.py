"""chars: what shows, and the clean form of text."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from newsds.chars import BLANK, BLANKS, CONTROL, EDGE, VISIBLE, collapse, is_blank, visible_range

EVERY = [chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF]


def test_visible_and_blank_part_all_characters() -> None:
    blank = re.compile(BLANK)
    assert all((VISIBLE.match(c) is None) == (blank.match(c) is not None) for c in EVERY)


def test_edges_are_the_blank_characters() -> None:
    assert {c for c in EVERY if not VISIBLE.match(c)} == set(EDGE)


def test_white_space_is_blank() -> None:
    assert all(BLANKS.fullmatch(c) for c in EVERY if c.isspace())


def test_letters_digits_and_signs_show() -> None:
    assert all(VISIBLE.match(c) for c in EVERY if unicodedata.category(c)[0] in "LNPS")


def test_controls_are_cc_but_white_space() -> None:
    assert {c for c in EVERY if CONTROL.match(c)} == {c for c in EVERY if unicodedata.category(c) == "Cc"} - set(
        "\t\n\v\f\r\x85"
    )


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("  a \t b\r\n", "a b"),
        ("a\u00a0b\u3000c\u2028d", "a b c d"),
        ("\ufeffa\u200bb\u00adc\u2060d", "abcd"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
        ("\u200fשלום\u200e", "שלום"),
        ("a \u200b b", "a b"),
        ("\u200d \u00a0\u202a", ""),
    ],
)
def test_collapse(text: str, clean: str) -> None:
    assert collapse(text) == clean
    assert collapse(clean) == clean


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), (" \n\u00a0\u200b\u00ad\ufeff\u180e", True), ("\u200b.", False)]
)
def test_is_blank(text: str, blank: bool) -> None:
    assert is_blank(text) is blank


@pytest.mark.parametrize(
    ("text", "start", "end", "found"),
    [
        ("ab", 0, 2, (0, 2)),
        (" \u200ba b\u00a0", 0, 6, (2, 5)),
        ("x   y", 1, 4, (1, 1)),
        ("abc", 1, 1, (1, 1)),
        ("x a y", 1, 4, (2, 3)),
    ],
)
def test_visible_range(text: str, start: int, end: int, found: tuple[int, int]) -> None:
    assert visible_range(text, start, end) == found
