"""Text dumps: nothing is lost, nothing comes twice, wrapped paragraphs come back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import text_blocks
from newsds.chars import VISIBLE, collapse, is_blank, visible_range
from tests.property import strategies as some

pages = st.one_of(some.dirty_pages, some.dumps(), some.any_str, some.wrapped().map(lambda x: x[1]))


@given(pages)
def test_blocks_hold_every_visible_character_once_in_order(page: str) -> None:
    left, at = [], 0
    for block in text_blocks(page):
        assert at <= block.start < block.end
        left.append(page[at : block.start])
        at = block.end
    left.append(page[at:])
    assert at <= len(page)
    assert not any(VISIBLE.search(piece) for piece in left)


@given(pages)
def test_blocks_begin_and_end_with_what_shows(page: str) -> None:
    for block in text_blocks(page):
        assert VISIBLE.match(page[block.start])
        assert VISIBLE.match(page[block.end - 1])
        assert block.gap >= 0
        assert is_blank(page[block.start - block.indent : block.start])


@given(pages)
def test_text_of_a_block_is_its_piece_of_the_page(page: str) -> None:
    for block in text_blocks(page):
        piece = page[block.start : block.end]
        if len(piece.splitlines()) == 1:
            assert block.text == collapse(piece)
        else:  # joined lines: of scripts without blanks, without one
            assert block.text.replace(" ", "") == "".join(map(collapse, piece.splitlines())).replace(" ", "")


@given(some.wrapped())
def test_wrapped_paragraphs_come_back(case: tuple[list[str], str]) -> None:
    paragraphs, page = case
    assert [b.text for b in text_blocks(page)] == paragraphs


@given(pages, st.integers(1, 5))
def test_a_limit_loses_nothing(page: str, limit: int) -> None:
    whole, cut = text_blocks(page), text_blocks(page, limit=limit)
    assert len(cut) <= limit
    if len(whole):
        assert (cut.start[0], cut.end[-1]) == (whole.start[0], whole.end[-1])


@given(some.any_str)
def test_collapse_is_done_once(text: str) -> None:
    once = collapse(text)
    assert collapse(once) == once
    assert [c for c in once if VISIBLE.match(c)] == [c for c in text if VISIBLE.match(c)]


@given(some.dirty_pages, st.integers(0, 40), st.integers(0, 40))
def test_visible_range_cuts_blanks_only(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    a, b = visible_range(text, start, end)
    assert start <= a <= b <= end
    assert is_blank(text[start:a])
    assert is_blank(text[b:end])
    assert a == b or (VISIBLE.match(text[a]) and VISIBLE.match(text[b - 1]))
