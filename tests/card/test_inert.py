from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from newsds.card.inert import code, line, share, xml

from .facts import HOSTILE

MARKDOWN = MarkdownIt("gfm-like", {"html": True})


@given(st.text())
@example("\\")
@example("a\\|b`c")
def test_code_is_one_code_span_in_a_table(text: str) -> None:
    tokens = MARKDOWN.parse(f"| a | b |\n|---|---|\n| {code(text)} | x |\n")
    cells = [t for t in tokens if t.type == "inline"][2:]
    assert [[c.type for c in t.children or []] for t in cells] == [["code_inline"], ["text"]]
    shown = (cells[0].children or [])[0].content
    if text.isalnum():
        assert shown == text


@given(st.text())
def test_xml_is_text(text: str) -> None:
    root = ET.fromstring(f'<a b="{xml(text)}">{xml(text)}</a>')
    assert not list(root)
    assert root.text == root.get("b") or not text
    if text.isalnum():
        assert root.text == text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_one_line(text: str) -> None:
    for shown in (code(text), xml(text), line(text)):
        assert len(shown.splitlines()) <= 1
        assert "\u202e" not in shown


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_shares_are_rounded_half_up(part: int, whole: int) -> None:
    shown = share(part, whole)
    thousandths = int(shown.removesuffix(" %").replace(".", ""))
    assert abs(2 * thousandths * whole - 2000 * part) <= whole
