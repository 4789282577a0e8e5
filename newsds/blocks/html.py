"""Blocks of an HTML page.

Without the kernels turbohtml (WHATWG tokenizer in C) finds the tokens, and `builder.py` reads them. With them
`newsds/native/scan.c` finds the tokens, by the same standard, as ranges of the page; turbohtml then reads the tags of
the head and those whose attributes are not plain, and is what the kernel is held against in tests.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from html.entities import html5
from typing import Final

from turbohtml import tokenize

from newsds.blocks.builder import read_blocks, read_text
from newsds.blocks.head import HeadReader
from newsds.blocks.tags import ATTRIBUTES, IMPLIED, KINDS, NEVER_HIDDEN, ROOT, TEXT_ONLY, Kind, Start, read_start
from newsds.limits import PAGE_BLOCKS
from newsds.model import Blocks, Flag, Links, Nodes
from newsds.native import kernels


def _marks(kind: Kind) -> int:
    """Return what holds of a kind, as bits."""
    tag = kind.tag
    marks = (
        kind.breaks,
        kind.void,
        kind.head,
        kind.apart,
        kind.beside,
        tag == "br",
        tag in IMPLIED,
        tag == "a",
        tag == "time",
        tag == "script",
        tag in NEVER_HIDDEN,
        tag in TEXT_ONLY,
        tag == "plaintext",
    )
    return sum(mark << i for i, mark in enumerate(marks))


_KINDS: Final = (ROOT.kind, *KINDS.values())
_NAMES: Final = {kind.tag: i for i, kind in enumerate(_KINDS)}
"""Kinds by name; the document is the first."""
_ENDED: Final = {tag: 1 << i for i, tag in enumerate(sorted(frozenset().union(*(kind.ends for kind in _KINDS))))}
"""A bit for each kind that others end unsaid."""
_TABLE: Final = array(
    "I",
    [
        x
        for kind in _KINDS
        for x in (
            _marks(kind),
            kind.unseen,
            kind.pre,
            _ENDED.get(kind.tag, 0),
            sum(_ENDED[tag] for tag in kind.ends),
        )
    ],
)
"""What the kernel is told of each kind."""
_ATTRIBUTES: Final = {
    name: ("label", "hidden", "style", "aria-hidden").index(meaning) for name, meaning in ATTRIBUTES.items()
}


def html_blocks(page: str, *, limit: int = PAGE_BLOCKS.value) -> Blocks:
    """Cut an HTML page into blocks.

    Args:
        page: the decoded page.
        limit: blocks at most; what follows belongs to the last, and the flag `blocks_merged` says so.

    Returns:
        Blocks in source order; `page[start:end]`, stripped of tags and decoded, is the text of each.

    >>> blocks = html_blocks("<h1>Tea</h1><p>One &amp; <a href='/b'>two</a>.")
    >>> [(b.tag, b.text, b.start, b.end) for b in blocks]
    [('h1', 'Tea', 4, 7), ('p', 'One & two.', 15, 46)]
    """
    if kernels is None:
        return read_blocks(page, tokenize(page, capture_source=True), limit=limit)
    (
        text, start, end, tag, node,
        link_block, link_start, link_end, link_href, link_node,
        parent, name, label, hidden,
        unseen, times, said, merged,
    ) = kernels.read_blocks(
        page, limit, _NAMES, _TABLE, _ATTRIBUTES, html5, read_text, _read_tag
    )  # fmt: skip
    head = HeadReader()
    for tag_said in _read_starts("".join(said)):
        head.read(tag_said)
    for part, first, last in unseen:
        head.unseen(part, page[first:last])
    n = len(text)
    return Blocks(
        kind="html",
        page=page,
        text=text,
        start=start,
        end=end,
        gap=[-1] * n,
        indent=[-1] * n,
        tag=tag,
        node=node,
        links=Links(block=link_block, start=link_start, end=link_end, href=link_href, node=link_node),
        nodes=Nodes(parent=parent, tag=name, label=label, hidden=hidden),
        head=head.head(times),
        flags=(Flag.BLOCKS_MERGED,) if merged else (),
    )


def _read_starts(source: str) -> Iterator[Start]:
    """Read start tags, one behind the other."""
    return (read_start(token.tag or "", token) for token in tokenize(source))


def _read_tag(source: str) -> tuple[str | None, str | None, int, str, bool]:
    """Return what a start tag says: target, time, part of the page, name of the element, and whether it is hidden."""
    (start,) = _read_starts(source)
    label = start.read_label()
    return start.href, start.when, start.unseen, label, start.hides
