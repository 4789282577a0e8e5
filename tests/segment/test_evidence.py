"""evidence: what a page says of its article out of sight, held against each block."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import html_blocks, text_blocks
from newsds.metadata import read_metadata
from newsds.model import Blocks, Head
from newsds.segment.arrays import Runs
from newsds.segment.evidence import Evidence
from newsds.segment.table import Table
from tests.segment.strategies import full_pages

TITLE = "Bridge stays shut until autumn"
ABOUT = "The mayor said that the bridge over the river will not open before October."
BODY = "It rained over the hills, and then it rained again."


def _evidence(*pages: Blocks) -> Evidence:
    texts = [t for b in pages for t in b.text]
    declared = [read_metadata(b.head or Head()) for b in pages]
    return Evidence(pages, declared, texts, Runs([len(b) for b in pages]).offsets)


def _column(name: str, head: str, *lines: str) -> list[int]:
    page = html_blocks(f"<head>{head}</head><body>{''.join(f'<p>{line}</p>' for line in lines)}</body>")
    assert list(page.text) == list(lines)
    column: np.ndarray[tuple[int], np.dtype[np.int64]] = getattr(_evidence(page), name)
    return column.tolist()


@pytest.mark.parametrize(
    "head",
    [
        f"<title>{TITLE}</title>",
        f"<title>{TITLE} - Harrow Vale Courier</title>",
        f"<meta property=og:title content='{TITLE.upper()}'>",
        f"<meta name=twitter:title content='{TITLE}'>",
    ],
)
def test_a_line_may_be_the_declared_title_in_it_or_neither(head: str) -> None:
    assert _column("title", head, TITLE, TITLE.upper(), "shut until autumn", "autumn", "tum", "Spring") == [
        3, 3, 2, 1, 0, 0
    ]  # fmt: skip


def test_words_in_common_with_the_title_are_a_share_of_the_longer() -> None:
    found = _column("title_words", f"<title>{TITLE}</title>", TITLE, "Bridge until autumn", "Bridge it is", "Rain")
    assert found == [255, 255 * 3 // 5, 255 // 5, 0]


def test_keywords_sections_authors() -> None:
    head = (
        "<meta name=keywords content='Tea, Harbours'><meta name=author content='Ann Lee'>"
        "<meta property=article:section content='World News'>"
    )
    lines = ("tea", "#Harbours", "tea and cake", "By Ann Lee", "Ann", "World News")
    assert _column("keyword", head, *lines) == [1, 1, 0, 0, 0, 0]
    assert _column("author", head, *lines) == [0, 0, 0, 1, 0, 0]
    assert _column("section", head, *lines) == [0, 0, 0, 0, 0, 1]


def test_the_standfirst_begins_as_the_description() -> None:
    head = f"<meta name=description content='{ABOUT}'>"
    assert _column("description", head, ABOUT, ABOUT[:59] + "…", ABOUT[:19], BODY) == [1, 1, 0, 0]


def test_the_declared_body_holds_its_paragraphs_and_says_so_of_others() -> None:
    declared = f'{{"@type": "NewsArticle", "headline": "{TITLE}", "articleBody": "{BODY} {ABOUT}"}}'
    head = f"<script type='application/ld+json'>{declared}</script>"
    assert _column("body", head, BODY, ABOUT, "A line from another place", "Menu") == [2, 2, 1, 0]
    assert _column("body", "", BODY) == [0]


@given(st.lists(full_pages, max_size=3))
def test_repeats_are_counted_within_the_page(batch: list[Blocks]) -> None:
    found = _evidence(*batch)
    same, before, openings, openings_before = list[int](), list[int](), list[int](), list[int]()
    for page in batch:
        keys = [t[:120].casefold() for t in page.text]
        short = [k[:16] if len(k) >= 16 else None for k in keys]
        same += [Counter(keys)[k] for k in keys]
        before += [keys[:i].count(k) for i, k in enumerate(keys)]
        openings += [short.count(k) if k else 0 for k in short]
        openings_before += [short[:i].count(k) if k else 0 for i, k in enumerate(short)]
    assert found.same.tolist() == same
    assert found.before.tolist() == before
    assert found.openings.tolist() == openings
    assert found.openings_before.tolist() == openings_before


def test_the_first_lines_of_a_dump_play_the_part_of_its_head() -> None:
    lines = [f"{TITLE} | Courier", "Menu", TITLE, BODY, ABOUT, "World", "until autumn", "Spring"]
    found = _evidence(text_blocks("\n\n".join(lines)))
    assert found.title.tolist() == [4, 0, 2, 0, 0, 0, 2, 0]
    assert found.title_words.tolist() == [255, 0, 255 * 5 // 7, 0, 255 // 14, 0, 255 * 2 // 7, 0]


@given(full_pages)
def test_what_the_caller_has_read_already_is_what_is_read(page: Blocks) -> None:
    read = read_metadata(page.head or Head())
    one, other = Table([page]).evidence, Table([page], [read]).evidence
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in vars(one))
