"""Blocks of an HTML page, from the tokens of turbohtml (WHATWG tokenizer in C)."""

from __future__ import annotations

import re
from typing import Final

from turbohtml import TokenType, tokenize

from newsds.blocks.builder import IMPLIES_START, VOID, BlockBuilder
from newsds.limits import PAGE_BLOCKS
from newsds.model import Blocks

_NEWLINE: Final = re.compile(r"\r\n?|\n")


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
    builder = BlockBuilder(page, limit=limit)
    lines = [0, 0, *(m.end() for m in _NEWLINE.finditer(page))]  # offset of each line; the first has number 1
    opened: list[str] = []
    count: dict[str, int] = {}
    text_from = -1
    start_tag, end_tag, text = TokenType.START_TAG, TokenType.END_TAG, TokenType.TEXT
    for token in tokenize(page):
        kind = token.type
        at = lines[token.line] + token.col
        if text_from >= 0:
            builder.text(text_from, at)
            text_from = -1
        if kind is text:
            text_from = at
        elif kind is start_tag:
            tag = token.tag or ""
            builder.open(tag, token.attrs or ())
            if tag in VOID:
                builder.close()
            else:
                opened.append(tag)
                count[tag] = count.get(tag, 0) + 1
        elif kind is end_tag:
            tag = token.tag or ""
            if count.get(tag):
                while True:
                    last = opened.pop()
                    count[last] -= 1
                    builder.close()
                    if last == tag:
                        break
            elif tag in IMPLIES_START:
                builder.open(tag, ())
                builder.close()
    if text_from >= 0:
        builder.text(text_from, len(page))
    return builder.finish()
