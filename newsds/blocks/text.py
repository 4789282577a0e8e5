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
    after = 0
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
    begins = [i for i, continues in enumerate(_continued(page, start, end, gap, indent)) if not continues]
    end = [end[i - 1] for i in begins[1:]] + end[-1:]
    start, gap, indent = ([column[i] for i in begins] for column in (start, gap, indent))
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
            out += x if out and _is_spaceless(out[-1]) and _is_spaceless(x[0]) else f" {x}"
    return out


def _is_spaceless(char: str) -> bool:
    """A wide character of a script that writes no blanks, which is all but Hangul."""
    return _WIDE.match(char) is not None and not "\uac00" <= char <= "\ud7a3"


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if _WIDE.match(c) else 1 for c in text)


def _first_word(line: str) -> int:
    """Columns that the next line's first unbreakable piece would have taken."""
    return 2 if _is_spaceless(line[0]) else 1 + _width(line.split(None, 1)[0])


def _continued(page: str, start: list[int], end: list[int], gap: list[int], indent: list[int]) -> list[bool]:
    """For each line whether it goes on with the paragraph of the one before; nowhere if the page is not wrapped."""
    no = [False] * len(start)
    if len(start) < 4 or max(map(int.__sub__, end, start)) > _MAX_COLUMN:
        return no
    lines = [page[a:b] for a, b in zip(start, end, strict=True)]
    widths = [d + _width(line) for line, d in zip(lines, indent, strict=True)]
    column = max(widths)
    if not _MIN_COLUMN <= column <= _MAX_COLUMN:
        return no
    # lines behind another without a gap that are no new item; and those of them that had no room in the line before
    near = [i for i in range(1, len(lines)) if gap[i] == 0 and not _BULLET.match(lines[i])]
    full = {i for i in near if widths[i - 1] + _first_word(lines[i]) > column}
    # Prose runs over several lines, so below its long lines nearly all are full; in a list of headlines, few are.
    prose = [i for i in near if widths[i - 1] > 0.6 * column]
    if len(prose) < 4 or sum(i in full for i in prose) < _WRAPPED_SHARE * len(prose):
        return no
    return [
        i in full and _LETTER.search(lines[i - 1]) is not None and _LETTER.search(lines[i]) is not None
        for i in range(len(lines))
    ]
