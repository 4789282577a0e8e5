"""Blocks of a text dump.

A line is a block, unless the page is hard-wrapped at a column: then the lines of a paragraph are one block.
A wrapped line is one that could not have taken the next line's first word without crossing the column, so a page is
wrapped if nearly all neighbouring lines of prose are; a short line that had room for more ends its paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from newsds.chars import collapse, visible_range
from newsds.limits import PAGE_BLOCKS
from newsds.model import Blocks, Flag

_LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
"""A line: what `str.splitlines` says one is."""
_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_WIDE: Final = re.compile(
    r"[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]"
)
_BULLET: Final = re.compile(r"(?:[*•‣▪●○■□◦·–—-]|\(?\d{1,3}[.)]|[a-z][.)])\s+\S")
_LETTER: Final = re.compile(r"\w")
"""A line without letter or digit is a rule drawn across the page, not a part of a paragraph."""
_MAX_COLUMN: Final = 132
"""Nothing wraps beyond it: the widest of printers and terminals. Lines of unwrapped prose are longer."""
_MIN_COLUMN: Final = 40
_WRAPPED_SHARE: Final = 0.9
"""Neighbouring long lines that must be wrapped for the page to count as wrapped; exact wrapping gives 1.0."""


def text_blocks(page: str, *, limit: int = PAGE_BLOCKS.value) -> Blocks:
    """Cut a text dump into blocks.

    Args:
        page: the decoded page.
        limit: blocks at most; what follows is one last block, and the flag `blocks_merged` says so.

    Returns:
        Blocks that cover every visible character of `page` once, in order.

    >>> page = "A title\\n\\n\\nFirst line.\\r\\nSecond line."
    >>> [(b.text, b.gap, page[b.start : b.end] == b.text) for b in text_blocks(page)]
    [('A title', 0, True), ('First line.', 2, True), ('Second line.', 0, True)]
    """
    start: list[int] = []
    end: list[int] = []
    gap: list[int] = []
    indent: list[int] = []
    blank, after = 0, 0
    flags: tuple[Flag, ...] = ()
    for line in _LINE.finditer(page):
        a, b = visible_range(page, line.start(), line.end())
        if a == b:
            continue
        # line breaks between the last visible character and this one, less the one that ends a line
        blank = len(_BREAK.findall(page, after, line.start())) - 1 if after else 0
        if len(start) == limit:
            end[-1] = visible_range(page, start[-1], len(page))[1]
            flags = (Flag.BLOCKS_MERGED,)
            break
        start.append(a)
        end.append(b)
        gap.append(max(0, blank))
        indent.append(a - line.start())
        after = line.end()
    column = _wrap_column(page, start, end, gap, indent)
    if column:
        start, end, gap, indent = _join(page, start, end, gap, indent, column)
    text = [_joined(page[a:b]) for a, b in zip(start, end, strict=True)]
    n = len(text)
    return Blocks(
        kind="text",
        page=page,
        text=text,
        start=start,
        end=end,
        gap=gap,
        indent=indent,
        tag=[""] * n,
        node=[-1] * n,
        anchors=[()] * n,
        flags=flags,
    )


def _joined(piece: str) -> str:
    """Clean text of a block; lines of scripts written without blanks join without one."""
    lines = [collapse(x) for x in _LINE.findall(piece)]
    out = lines[0]
    for x in lines[1:]:
        if x:
            glue = (
                "" if out and _WIDE.match(out[-1]) and _WIDE.match(x[0]) and not "\uac00" <= x[0] <= "\ud7a3" else " "
            )
            out += glue + x
    return out


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if _WIDE.match(c) else 1 for c in text)


def _first_word(line: str) -> int:
    """Columns that the next line's first unbreakable piece would have taken."""
    if _WIDE.match(line[0]) and not "\uac00" <= line[0] <= "\ud7a3":
        return 2
    return 1 + _width(line.split(None, 1)[0])


def _wrap_column(page: str, start: list[int], end: list[int], gap: list[int], indent: list[int]) -> int:
    """The column the page is wrapped at, 0 if it is not."""
    if len(start) < 4:
        return 0
    longest = max(map(int.__sub__, end, start))
    if longest > _MAX_COLUMN:
        return 0
    widths = [d + _width(page[a:b]) for a, b, d in zip(start, end, indent, strict=True)]
    column = max(widths)
    if not _MIN_COLUMN <= column <= _MAX_COLUMN:
        return 0
    # pairs of neighbours of which the first is long enough to be prose, and the second is no new item
    pairs = [
        i
        for i in range(1, len(start))
        if gap[i] == 0 and widths[i - 1] > 0.6 * column and not _BULLET.match(page, start[i])
    ]
    wrapped = sum(widths[i - 1] + _first_word(page[start[i] : end[i]]) > column for i in pairs)
    # prose runs over several lines; a list of headlines has no two full lines in a row by anything but chance
    return column if len(pairs) >= 4 and wrapped >= _WRAPPED_SHARE * len(pairs) else 0


def _join(
    page: str, start: list[int], end: list[int], gap: list[int], indent: list[int], column: int
) -> tuple[list[int], list[int], list[int], list[int]]:
    s, e, g, d = [start[0]], [end[0]], [gap[0]], [indent[0]]
    for i in range(1, len(start)):
        last, line = page[start[i - 1] : end[i - 1]], page[start[i] : end[i]]
        full = indent[i - 1] + _width(last) + _first_word(line) > column
        if gap[i] == 0 and full and not _BULLET.match(line) and _LETTER.search(last) and _LETTER.search(line):
            e[-1] = end[i]
        else:
            s.append(start[i])
            e.append(end[i])
            g.append(gap[i])
            d.append(indent[i])
    return s, e, g, d
