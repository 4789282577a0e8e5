"""The view of a page: its record is that of `extract`, and every value has the blocks it is from."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.model import Page, Role
from newsds.pipeline import extract_pages
from newsds.report import PageView, page_view, row_view
from newsds.report.template import pieces
from tests.corpus import Case, cases

CASES = list(cases())
SHOWN = {Role.SUBTITLE, Role.CAPTION, Role.PREVIOUS, Role.NEXT, Role.REC_TITLE, Role.COMMENT}
"""Roles of blocks each of which gives a value."""


def folded(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


@cache
def view_of(case: Case) -> PageView:
    return page_view(case.page.read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_record_is_that_of_extract(case: Case) -> None:
    (article,) = extract_pages([Page(content=case.page.read_bytes())])
    assert view_of(case).article == article


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_pieces_are_the_page(case: Case) -> None:
    view = view_of(case)
    found = list(pieces(view))
    assert "".join(piece.text for piece in found) == view.page
    assert [piece.block for piece in found if piece.block is not None] == [
        i for i, block in enumerate(view.blocks) if block.start < block.end
    ]
    assert not any(piece.left_out for piece in found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_value_has_its_source_and_every_block_its_value(case: Case) -> None:
    view = view_of(case)
    page = view.page or ""
    used: set[int] = set()
    for field in view.fields:
        for value in field.values:
            used.update(value.blocks)
            assert list(value.blocks) == sorted(set(value.blocks))
            if field.name in ("text", "captions", "comments", "recommendations", "previous", "next"):
                assert value.blocks, (field.name, value.text)
            if field.name in ("text", "captions", "comments") and view.article.kind == "text":
                source = "".join(page[view.blocks[i].start : view.blocks[i].end] for i in value.blocks)
                assert folded(value.text) in folded(source)
    for number, block in enumerate(view.blocks):
        if block.role in SHOWN or (block.role is Role.BODY and view.article.text):
            assert number in used, (block.role, page[block.start : block.end][:80])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_record_alone_tells_the_roles_of_its_spans(case: Case) -> None:
    article = view_of(case).article
    view = row_view(article)
    assert [(b.role, b.start, b.end) for b in view.blocks] == [(s.role, s.start, s.end) for s in article.spans]
    assert view.page is None
    for field in view.fields:
        for value in field.values:
            assert all(0 <= i < len(view.blocks) for i in value.blocks)
            if field.name in ("captions", "comments"):
                assert value.blocks


def test_a_paragraph_that_the_page_repeats_has_both_sources() -> None:
    lines = [f"On day {n} the mayor of the town said that the old bridge would stay shut for now." for n in range(9)]
    html = "<h1>The bridge stays shut</h1>" + "".join(f"<p>{line}</p>" for line in [*lines, *lines])
    view = page_view(html, kind="html")
    (text,) = (field for field in view.fields if field.name == "text")
    assert [value.text for value in text.values] == lines
    assert all(len(value.blocks) == 2 for value in text.values)


def test_what_no_block_shows_is_said_to_be_declared() -> None:
    lines = "".join(f"<p>On day {n} the mayor said that the old bridge would stay shut for now.</p>" for n in range(9))
    head = '<meta property="article:published_time" content="2024-05-06T07:08:09Z"><meta name="keywords" content="Tea">'
    view = page_view(f"<html><head>{head}</head><body><h1>The bridge stays shut</h1>{lines}", kind="html")
    notes = {field.name: field.note for field in view.fields}
    assert notes["published"]
    assert notes["keywords"]
    assert not notes["title"]


@given(st.text(max_size=400) | st.binary(max_size=400), st.sampled_from(["auto", "text", "html"]))
def test_any_content_has_a_view(raw: str | bytes, kind: str) -> None:
    view = page_view(raw, kind=kind)  # type: ignore[arg-type]
    assert "".join(piece.text for piece in pieces(view)) == view.page
    assert {field.name for field in view.fields} >= {"confidence", "kind", "page_chars", "id", "page_digest"}
