"""words: what the characters of a block show."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.segment.charclass import Kind, table
from newsds.segment.words import Words
from tests.property.strategies import any_str, cjk, dirty_pages, sentences, visible

texts = st.lists(st.one_of(visible, sentences(), cjk, dirty_pages.filter(bool), any_str.filter(bool)), max_size=6)
_CLOSING = {Kind.QUOTE, Kind.CLOSING, Kind.GUILLEMET}
_LETTERS = {Kind.LOWER, Kind.UPPER, Kind.LETTER, Kind.IDEOGRAPH, Kind.SPACELESS, Kind.MARK}
_SPACED = {Kind.LOWER, Kind.UPPER, Kind.LETTER, Kind.DIGIT}


def _kinds(text: str) -> list[Kind]:
    return [Kind(int(table()[ord(c)])) for c in text]


def _tokens(text: str) -> list[list[Kind]]:
    joined = "".join(" " if k is Kind.SPACE else "x" for k in _kinds(text))
    return [_kinds(text)[m.start() : m.end()] for m in re.finditer("x+", joined)]


@given(texts)
def test_counts_are_those_of_plain_python_whatever_stands_beside(drawn: list[str]) -> None:
    words = Words(drawn)
    assert words.chars.tolist() == [len(t) for t in drawn]
    assert words.tokens.tolist() == [len(_tokens(t)) for t in drawn]
    assert words.capitals.tolist() == [sum(k[0] is Kind.UPPER for k in _tokens(t)) for t in drawn]
    assert words.letters.tolist() == [sum(k in _LETTERS for k in _kinds(t)) for t in drawn]
    for kind in set(Kind) - {Kind.SPACE}:
        assert words.count(kind).tolist() == [_kinds(t).count(kind) for t in drawn]


@given(texts)
def test_words_are_tokens_half_ideographs_and_fifth_letters_of_spaceless_scripts(drawn: list[str]) -> None:
    assert Words(drawn).tenths.tolist() == [
        10 * sum(k[0] in _SPACED for k in _tokens(t))
        + 5 * _kinds(t).count(Kind.IDEOGRAPH)
        + 2 * _kinds(t).count(Kind.SPACELESS)
        for t in drawn
    ]


@given(texts)
def test_sentences_end_with_a_stop_before_a_blank_or_of_a_script_without(drawn: list[str]) -> None:
    expected = []
    for t in drawn:
        kinds = [*_kinds(t), Kind.SPACE]
        expected.append(
            sum(k is Kind.STOP and (kinds[i + 1] is Kind.SPACE or ord(t[i]) > 0x2E7F) for i, k in enumerate(kinds[:-1]))
        )
    assert Words(drawn).sentences.tolist() == expected


@given(texts)
def test_the_terminal_is_the_last_character_but_for_two_closing_ones(drawn: list[str]) -> None:
    words = Words(drawn)
    expected = []
    for t in drawn:
        kinds = _kinds(t)
        first = kinds[0]
        back = 0
        while back < 2 and kinds[-1 - back] in _CLOSING and len(kinds) > back + 1:
            back += 1
        expected.append((first, kinds[-1], kinds[-1 - back]))
    assert list(zip(words.first.tolist(), words.last.tolist(), words.terminal.tolist(), strict=True)) == expected


@pytest.mark.parametrize(
    ("text", "tenths"),
    [
        ("海港的茶", 20),
        ("海港的茶 tea", 30),
        ("ミナト", 15),
        ("ภาษาไทย", 14),
        ("a b-c 3", 30),
        ("— ! —", 0),
        ("नमस्ते", 10),
    ],
)
def test_words_of_scripts_with_and_without_blanks(text: str, tenths: int) -> None:
    assert Words([text]).tenths.tolist() == [tenths]


@pytest.mark.parametrize(
    ("text", "cut", "ends"),
    [
        ("It rained.", False, True),
        ("It rained", False, False),
        ("It rained…", True, True),
        ("It rained...", True, True),
        ("It rained..", True, True),
        ("..", False, True),
        ("“It rained…”", True, True),
        ("(It rained.)", False, True),
        ("“(It rained?)”", False, True),
        ("下雨了。", False, True),
        ("बारिश हुई।", False, True),
        ("It rained. »", False, False),
        ("”", False, False),
    ],
)
def test_what_ends_a_sentence_and_what_cuts_it_off(text: str, cut: bool, ends: bool) -> None:
    words = Words([text])
    assert (words.cut.tolist(), words.ends.tolist()) == ([cut], [ends])


@given(texts)
def test_what_is_link_or_cut_off_is_no_running_text(drawn: list[str]) -> None:
    words = Words(drawn)
    assert not words.prose(words.chars).any()
    assert not (words.prose(0 * words.chars) & words.cut).any()
    assert not (words.prose(words.chars // 2) & ~words.prose(0 * words.chars)).any()
