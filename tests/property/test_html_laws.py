"""HTML: two parsers, the same blocks; a block's range of the source is its text."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from newsds.blocks import html_blocks
from newsds.blocks.soup import soup_blocks
from newsds.chars import BLANKS, VISIBLE, is_blank
from newsds.decode import decode
from tests.property import strategies as some

_TAG = re.compile(r"""<!--.*?-->|</?[a-zA-Z](?:[^"'>]|"[^"]*"|'[^']*')*>""", re.DOTALL)


_LINES_KEPT = re.compile("<(?:pre|xmp)", re.IGNORECASE)


@given(some.html_pages)
def test_both_parsers_give_the_same_blocks(page: str) -> None:
    assert html_blocks(page) == soup_blocks(page)


@pytest.mark.slow
@settings(max_examples=2_000)
@given(some.html_pages)
def test_both_parsers_give_the_same_blocks_at_length(page: str) -> None:
    assert html_blocks(page) == soup_blocks(page)


@given(some.sound_html_pages, st.integers(1, 60))
def test_both_parsers_agree_on_pages_that_are_cut_off(page: str, cut: int) -> None:
    page = page[:-cut]
    assume(not re.search(r"""=\s*["'][^"'=]*>[^>]*$""", page))  # see soup.py: a value with ">" in it, cut off
    assert html_blocks(page) == soup_blocks(page)


@given(some.html_pages, st.integers(1, 4))
def test_both_parsers_agree_on_a_limit(page: str, limit: int) -> None:
    assert html_blocks(page, limit=limit) == soup_blocks(page, limit=limit)


@given(some.sound_html_pages)
def test_source_of_a_block_without_tags_is_its_text(page: str) -> None:
    for block in html_blocks(page):
        source = page[block.start : block.end]
        stripped = "".join(html.unescape(piece) for piece in _TAG.split(source))
        assert BLANKS.sub("", stripped) == BLANKS.sub("", block.text)


@given(some.sound_html_pages)
def test_between_blocks_is_nothing_but_tags(page: str) -> None:
    blocks = html_blocks(page)
    edges = zip([0, *blocks.end], [*blocks.start, len(page)], strict=True)
    for piece in (page[a:b] for a, b in edges):
        assert is_blank("".join(html.unescape(x) for x in _TAG.split(piece)))


@given(st.one_of(some.html_pages, some.soup))
def test_columns_fit_together(page: str) -> None:
    blocks = html_blocks(page)
    nodes = blocks.nodes
    assert nodes is not None
    assert all(0 <= a < b <= len(page) for a, b in zip(blocks.start, blocks.end, strict=True))
    assert all(a <= b for a, b in zip(blocks.end, blocks.start[1:], strict=False))
    assert all(parent < i for i, parent in enumerate(nodes.parent))
    assert len(nodes.parent) == len(nodes.tag) == len(nodes.label) == len(nodes.hidden)
    for block in blocks:
        assert VISIBLE.search(block.text)
        assert block.text == block.text.strip(" \r\n") or _LINES_KEPT.search(page)
        assert 0 <= block.node < len(nodes.tag)
        assert all(0 <= a.start < a.end <= len(block.text) for a in block.anchors)
        assert all(a.end <= b.start for a, b in zip(block.anchors, block.anchors[1:], strict=False))
        assert all(nodes.tag[a.node] == "a" for a in block.anchors)


@given(some.soup)
def test_both_parsers_read_any_signs(page: str) -> None:
    page = decode(page).text
    for blocks in (html_blocks(page), soup_blocks(page)):
        assert all(0 <= a < b <= len(page) for a, b in zip(blocks.start, blocks.end, strict=True))
