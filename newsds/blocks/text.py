"""Blocks of a text dump.

A line is a block, unless the page is hard-wrapped at a column: then the lines of a paragraph are one block.
A wrapped line is one that could not have taken the next line's first word without crossing the column, so a page is
wrapped if nearly all neighbouring lines of prose are; a short line that had room for more ends its paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import Final

from newsds.chars import EDGE, collapse, visible_range
from newsds.limits import PAGE_BLOCKS
from newsds.model import Blocks, Flag
from newsds.native import kernels

_LINE: Final = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
"""A line: what `str.splitlines` says one is."""
_WIDE: Final = re.compile(
    r"[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]"
)
_ODD_WIDTH: Final = re.compile("[\u0300-\u036f\u0483-\u0487\u0591-\u1fff\u20d0-\U0010ffff]")
"""What may be wider or narrower than a column."""
_PLAINLY_WIDE: Final = re.compile(
    "[\u3000-\u3029\u3041-\u3096\u30a0-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff00-\uff60]+"
)
"""Wide characters that are no marks on others."""
_BULLET: Final = re.compile(r"(?:[*•‣▪●○■□◦·–—-]|\(?\d{1,3}[.)]|[a-z][.)])\s+\S")
_LETTER: Final = re.compile(r"\w")
"""A line without letter or digit is a rule drawn across the page, not a part of a paragraph."""
_MAX_COLUMN: Final = 132
"""Nothing wraps beyond it: the widest of printers and terminals. Lines of unwrapped prose are longer."""
_MIN_COLUMN: Final = 40
_WRAPPED_SHARE: Final = 0.9
"""Neighbouring long lines that must be wrapped for the page to count as wrapped; exact wrapping gives 1.0."""
_Lines = tuple[list[str], list[int], list[int], list[int], list[int], list[int], bool]
"""The lines that show, as columns, and whether there are more than were asked for. The columns: text without blanks at
the ends, first character and one past the last, blank lines before, indent; and the rows that are not in clean form."""


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
    pieces, start, end, gap, indent, odd, more = _visible_lines(page, limit)
    flags: tuple[Flag, ...] = ()
    if more:
        end[-1] = visible_range(page, start[-1], len(page))[1]
        pieces[-1] = page[start[-1] : end[-1]]
        flags = (Flag.BLOCKS_MERGED,)
    continued = _continued(pieces, gap, indent)
    if continued:
        begins = [i for i in range(len(pieces)) if i not in continued]
        end = [end[i - 1] for i in begins[1:]] + end[-1:]
        start, gap, indent = ([column[i] for i in begins] for column in (start, gap, indent))
        pieces = [page[a:b] for a, b in zip(start, end, strict=True)]
    if continued or flags:
        text = list(map(_joined, pieces))
    else:
        text = pieces
        for i in odd:
            text[i] = collapse(text[i])
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
        flags=flags,
    )


def _visible_lines(page: str, limit: int) -> _Lines:
    if kernels is not None:
        return kernels.visible_lines(page, EDGE, limit)
    pieces: list[str] = []
    start: list[int] = []
    end: list[int] = []
    gap: list[int] = []
    indent: list[int] = []
    odd: list[int] = []
    before = -1
    lines = page.splitlines(keepends=True)
    for i, (line, at) in enumerate(zip(lines, accumulate(map(len, lines), initial=0), strict=False)):
        piece = line.strip()
        if not piece:
            continue
        first = 0
        if piece[0] != line[0] or not (piece[0].isprintable() and piece[-1].isprintable()):
            first, last = visible_range(line, 0, len(line))
            if first == last:
                continue
            piece = line[first:last]
        if len(pieces) == limit:
            return pieces, start, end, gap, indent, odd, True
        if not piece.isprintable() or "  " in piece:
            odd.append(len(pieces))
        pieces.append(piece)
        start.append(at + first)
        end.append(at + first + len(piece))
        gap.append(i - before - 1 if before >= 0 else 0)
        indent.append(first)
        before = i
    return pieces, start, end, gap, indent, odd, False


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
    if text.isascii() or _ODD_WIDTH.search(text) is None:
        return len(text)
    rest = _PLAINLY_WIDE.sub("", text)
    if _ODD_WIDTH.search(rest) is None:
        return 2 * len(text) - len(rest)
    if any(map(unicodedata.combining, text)):
        return sum(0 if unicodedata.combining(c) else 2 if _WIDE.match(c) else 1 for c in text)
    return len(text) + len(_WIDE.findall(text))


def _first_word(line: str) -> int:
    """Columns that the next line's first unbreakable piece would have taken."""
    if line[0].isascii() or not _is_spaceless(line[0]):
        return 1 + _width(line.split(None, 1)[0])
    return 2


def _continued(lines: list[str], gap: list[int], indent: list[int]) -> set[int]:
    """Lines that go on with the paragraph of the one before; none if the page is not wrapped."""
    if len(lines) < 4 or max(map(len, lines)) > _MAX_COLUMN:
        return set()
    widths = [d + _width(line) for line, d in zip(lines, indent, strict=True)]
    column = max(widths)
    if not _MIN_COLUMN <= column <= _MAX_COLUMN:
        return set()
    # lines behind another without a gap that are no new item
    near = [i for i in range(1, len(lines)) if gap[i] == 0 and not _BULLET.match(lines[i])]
    prose = {i for i in near if widths[i - 1] > 0.6 * column}
    if len(prose) < 4:
        return set()
    # Those of them that had no room in the line before. Prose runs over several lines, so below its long lines nearly
    # all are full; in a list of headlines, few are.
    full = [i for i in near if widths[i - 1] + _first_word(lines[i]) > column]
    if sum(i in prose for i in full) < _WRAPPED_SHARE * len(prose):
        return set()
    return {i for i in full if _LETTER.search(lines[i - 1]) is not None and _LETTER.search(lines[i]) is not None}
