"""Pages, trees and scores that the segmenter's laws are tried on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from hypothesis.strategies import DrawFn, SearchStrategy

from newsds.blocks import html_blocks, text_blocks
from newsds.model import Blocks, Head, Links, Nodes
from newsds.segment.arrays import Runs
from newsds.segment.context import ROLES
from newsds.segment.forest import Forest, Scores
from tests.property.strategies import dirty_pages, dumps, html_pages, sentences

# --- pages -----------------------------------------------------------------------------------------------------------

_ELEMENTS = (
    ("p", ""), ("p", 'class="article-body"'), ("div", ""), ("div", 'class="related-posts"'), ("ul", 'class="tags"'),
    ("li", ""), ("h1", 'itemprop="headline"'), ("h2", ""), ("nav", 'id="menu"'), ("article", ""), ("footer", ""),
    ("figure", ""), ("span", 'class="byline"'), ("td", ""), ("a", 'href="/tag/tea" rel="tag"'),
    ("a", 'href="https://news.example/2024/05/rain-over-the-hills"'), ("a", 'href="#top"'), ("div", "hidden"),
    ("a", 'href="https://other.example/author/ann?x=1"'), ("time", 'datetime="2024-05-03"'),
)  # fmt: skip
_LINES = ("3 May 2024", "By Ann Lee", "Tags", "Related articles", "Next »", "© 2024 Courier", "Rain over the hills…")


@st.composite
def _element(draw: DrawFn, children: SearchStrategy[str]) -> str:
    name, attributes = draw(st.sampled_from(_ELEMENTS))
    return f"<{name} {attributes}>{''.join(draw(st.lists(children, max_size=5)))}</{name}>"


_head = st.sampled_from(
    (
        "",
        '<title>Rain over the hills – Courier</title><meta name="author" content="Ann Lee">'
        '<meta name="keywords" content="tea, harbours">',
    )
)
_body: SearchStrategy[str] = st.lists(
    st.recursive(st.one_of(sentences(), st.sampled_from(_LINES)), _element, max_leaves=12), min_size=1, max_size=6
).map("".join)
sites: SearchStrategy[str] = st.tuples(_head, _body).map("".join)
"""HTML of a news page's elements, labels and links"""
pages: SearchStrategy[Blocks] = st.one_of(
    dumps().map(text_blocks), dirty_pages.map(text_blocks), sites.map(html_blocks), html_pages.map(html_blocks)
)
full_pages: SearchStrategy[Blocks] = pages.filter(len)
text_pages: SearchStrategy[Blocks] = dumps().map(text_blocks).filter(len)


# --- trees -----------------------------------------------------------------------------------------------------------


def page_of(
    parent: Sequence[int],
    node: Sequence[int],
    *,
    tag: Sequence[str] | None = None,
    label: Sequence[str] | None = None,
    hidden: Sequence[bool] | None = None,
    text: Sequence[str] | None = None,
    links: Links = Links(),
) -> Blocks:
    """Return an HTML page whose elements have these parents, and whose blocks stand in these elements."""
    count, rows = len(parent), len(node)
    return Blocks(
        kind="html",
        page="",
        text=text or ["word"] * rows,
        start=[0] * rows,
        end=[0] * rows,
        gap=[-1] * rows,
        indent=[-1] * rows,
        tag=["p"] * rows,
        node=node,
        links=links,
        nodes=Nodes(
            parent=parent, tag=tag or ["div"] * count, label=label or [""] * count, hidden=hidden or [False] * count
        ),
        head=Head(),
    )


@dataclass(frozen=True)
class Tree:
    """A page, and how much each of its blocks weighs."""

    page: Blocks
    weight: list[int]

    @property
    def nodes(self) -> Nodes:
        assert self.page.nodes is not None
        return self.page.nodes

    def up(self, node: int) -> list[int]:
        """What is around an element, from itself to the document."""
        out = [node]
        while self.nodes.parent[out[-1]] >= 0:
            out.append(self.nodes.parent[out[-1]])
        return out

    def held(self, node: int) -> list[int]:
        """The blocks in an element."""
        return [i for i, n in enumerate(self.page.node) if node in self.up(n)]


@st.composite
def trees(draw: DrawFn) -> Tree:
    """Elements and blocks in the order of a document."""
    parent, node, path = [-1], list[int](), [0]
    for event in draw(st.lists(st.sampled_from(("open", "open", "close", "block", "block")), max_size=25)):
        if event == "open":
            parent.append(path[-1])
            path.append(len(parent) - 1)
        elif event == "close":
            path = path[:-1] or [0]
        else:
            node.append(path[-1])
    count = len(parent) - 1
    tags = draw(st.lists(st.sampled_from(("div", "p", "nav", "h1", "x-card")), min_size=count, max_size=count))
    labels = draw(st.lists(st.sampled_from(("", "menu", "tags", "byline share")), min_size=count, max_size=count))
    hidden = draw(st.lists(st.integers(0, 5).map(lambda n: n == 0), min_size=count, max_size=count))
    weight = draw(st.lists(st.integers(0, 9), min_size=len(node), max_size=len(node)))
    page = page_of(parent, node, tag=["", *tags], label=["", *labels], hidden=[False, *hidden])
    return Tree(page=page, weight=weight)


# --- numbers ---------------------------------------------------------------------------------------------------------


@st.composite
def runs(draw: DrawFn, most: int = 7) -> Runs:
    """Pages of some blocks or none."""
    return Runs(draw(st.lists(st.integers(0, most), max_size=5)))


def scores(rows: int) -> SearchStrategy[Scores]:
    """Scores of blocks: certain, doubtful, equal."""
    values = st.sampled_from((-900, -300, -64, -10, 0, 0, 10, 64, 300, 900))
    found: SearchStrategy[Any] = arrays(np.int32, (rows, len(ROLES)), elements=values, fill=st.just(0))
    return found


@st.composite
def scored(draw: DrawFn, most: int = 7) -> tuple[Runs, Scores]:
    """Pages and the scores of their blocks."""
    found = draw(runs(most))
    return found, draw(scores(found.rows))


@st.composite
def forests(draw: DrawFn, features: Sequence[str] | None = None, roles: int | None = None) -> Forest:
    """Trees with anything in them."""
    names = draw(st.integers(1, 4).map(lambda n: [f"f{i}" for i in range(n)])) if features is None else features
    count, depth = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    width = draw(st.integers(1, 7)) if roles is None else roles
    return Forest(
        features=tuple(names),
        feature=draw(arrays(np.int64, (count, depth), elements=st.integers(0, len(names) - 1))),
        border=draw(arrays(np.uint8, (count, depth))),
        leaves=draw(arrays(np.int8, (count, 1 << depth, width), elements=st.integers(-127, 127))),
        bias=draw(arrays(np.int32, width, elements=st.integers(-9999, 9999))),
    )
