"""Blocks of an HTML page, from the tokens of turbohtml (WHATWG tokenizer in C)."""

from __future__ import annotations

from turbohtml import tokenize

from newsds.blocks.builder import read_blocks
from newsds.limits import PAGE_BLOCKS
from newsds.model import Blocks


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
    return read_blocks(page, tokenize(page, capture_source=True), limit=limit)
