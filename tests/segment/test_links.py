"""links: where the links of each block lead."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Blocks
from newsds.segment.arrays import Runs
from newsds.segment.links import TARGETS, Links, read_target, target
from tests.property.strategies import any_str
from tests.segment.strategies import full_pages, sites


def _kinds(address: str) -> set[str]:
    bits = np.array([read_target(address).bits])
    return {name for name in TARGETS if target(bits, name)[0]}


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("/tag/tea", {"tag"}),
        ("/thema/hafen", {"tag"}),
        ("/category/sport", {"category"}),
        ("https://x.example/author/ann", {"author"}),
        ("/news/page/2", {"pager"}),
        ("/news?page=2", {"pager"}),
        ("https://facebook.com/sharer?u=1", {"share"}),
        ("mailto:a@b.example", {"share"}),
        ("/privacy", {"legal"}),
        ("/2024/05/rain", {"dated"}),
        ("/news-1234567", {"dated"}),
        ("#top", {"here"}),
        ("/a#top", set()),
        ("javascript:void(0)", {"script"}),
        ("", {"script"}),
        ("/a", set()),
    ],
)
def test_what_an_address_shows(address: str, kinds: set[str]) -> None:
    assert _kinds(address) == kinds


def test_every_kind_of_target_is_reachable_by_one_of_the_addresses_above() -> None:
    [parameters] = [m for m in test_what_an_address_shows.pytestmark if m.name == "parametrize"]  # type: ignore[attr-defined]
    assert set().union(*(kinds for _, kinds in parameters.args[1])) == set(TARGETS)


@pytest.mark.parametrize(
    ("address", "rest"),
    [
        ("https://www.example.org/a/longer-path_here", (2, 16, 2, 0, "example.org")),
        ("//example.org", (0, 0, 0, 0, "example.org")),
        ("http://[::bad", (0, 0, 0, 0, "[::bad")),
        ("//", (0, 0, 0, 0, "")),
        ("?x", (0, 0, 0, 1, "")),
        ("/a//b/", (2, 1, 0, 0, "")),
        ("a#/b/c?d", (1, 1, 0, 1, "")),
    ],
)
def test_parts_of_an_address(address: str, rest: tuple[int, int, int, int, str]) -> None:
    assert read_target(address)[1:] == rest


@given(any_str | st.text("/?#:.-_htp@[]%\x00\ud800 ", max_size=300))
def test_no_address_is_too_odd(address: str) -> None:
    found = read_target(address)
    assert 0 <= found.bits < 1 << len(TARGETS)
    assert 0 <= found.hyphens <= found.longest <= len(address)
    assert 0 <= found.segments <= len(address)


@pytest.mark.parametrize("piece", ["/", "/tag", "a-", "1", "author", "?page", "//", "\ud800"])
def test_a_long_address_takes_no_time(piece: str) -> None:
    start = time.perf_counter()
    page = html_blocks("".join(f"<p><a href='{piece * 50_000}{i}'>x</a></p>" for i in range(9)))
    Links([page], Runs([len(page)]).offsets)
    assert time.perf_counter() - start < 1


@given(st.lists(st.one_of(sites.map(html_blocks), full_pages), max_size=3))
def test_columns_are_those_of_the_first_link_of_each_block(batch: list[Blocks]) -> None:
    of = Runs([len(b) for b in batch])
    links = Links(batch, of.offsets)
    row = 0
    for page in batch:
        first = [anchors[0].href for anchors in page.anchors if anchors]
        times = Counter(first)
        for anchors in page.anchors:
            assert links.links[row] == len(anchors)
            assert links.chars[row] == sum(a.end - a.start for a in anchors)
            assert links.node[row] == (anchors[0].node if anchors else -1)
            shown = read_target(anchors[0].href[:300]) if anchors else (0, 0, 0, 0, 0, "")
            columns = (links.bits, links.segments, links.longest, links.hyphens, links.query)
            assert tuple(int(c[row]) for c in columns) == tuple(shown[:5])
            assert links.again[row] == (times[anchors[0].href] if anchors else 0)
            row += 1
    assert row == of.rows


def test_a_foreign_target_is_on_another_host_than_most() -> None:
    hosts = ["https://a.example/1", "https://www.a.example/2", "/3", "https://b.example/4"]
    page = html_blocks("".join(f"<p><a href={h}>x</a></p>" for h in hosts))
    assert Links([page], Runs([len(page)]).offsets).foreign.tolist() == [0, 0, 0, 1]


def test_text_has_no_links() -> None:
    page = text_blocks("https://a.example/1\n\nhttps://b.example/2")
    links = Links([page], Runs([len(page)]).offsets)
    assert not links.bits.any()
    assert links.node.tolist() == [-1] * len(page)
