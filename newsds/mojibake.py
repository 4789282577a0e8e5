"""Text that was UTF-8, was read as windows-1252 and saved again: `cafÃ©`, `donâ€™t`. It is told, never mended."""

from __future__ import annotations

import re
from typing import Final

_FOLLOWING: Final = b"|".join(
    char.encode()
    for char in ["\x85", *sorted({bytes([b]).decode("windows-1252", "replace") for b in range(0x80, 0xC0)})]
)
"""The bytes 80 to BF, which follow the first of a character in UTF-8, as windows-1252 shows them; those it has no
character for are U+FFFD by now, but for the line end among them."""
_REST: Final = rb"(?:" + _FOLLOWING + rb")"
_CHARACTERS: Final = re.compile(
    rb"\xc3(?:"
    rb"(?!\x97\xc2\xa0)"  # a multiplication sign and a no-break space: a button that closes something
    rb"[\x82-\x9f]" + _REST + rb"|[\xa0-\xaf]" + _REST + rb"{2}|[\xb0-\xb4]" + _REST + rb"{3})"
)
"""The first byte of a character, C2 to F4, as windows-1252 shows it, and those that follow. Patterns that begin with
one byte are searched for quickly."""
_IN_WORDS: Final = re.compile(rb"\xc3(?<=[a-z]\xc3)(?:\x83(?!\xc2\xa0)|\xa2\xe2\x82\xac)" + _REST)
"""In the middle of, or behind, a word in small letters no language writes these."""
_FEWEST: Final = 3
"""Fewer may be a quotation, or an odd place in a script."""
_SHARE: Final = 0.8
"""Of the letters from À to ÿ, those that begin such a character: nearly all of them where the whole page was read
wrong, one in hundreds where a capital letter happens to stand before a quotation mark."""


def is_mojibake(page: str | bytes) -> bool:
    """Say whether a page, or a good part of it, is UTF-8 that was read as windows-1252, once or more often.

    Args:
        page: its text, or the same in UTF-8.

    >>> is_mojibake("Le cafÃ© fermÃ© l\u00e2\u20ac\u2122Ã©tÃ©"), is_mojibake("Le café fermé, «\xa0CAFÉ\xa0»")
    (True, False)
    """
    return not page.isascii() and reads_as_mojibake(*count_letters(page))


def count_letters(page: str | bytes) -> tuple[int, int, int]:
    """Return how many letters from À to ÿ a page has, how many of them begin a character, and how many do in words."""
    data = page.encode("utf-8", "replace") if isinstance(page, str) else page
    letters = data.count(b"\xc3")
    if letters < _FEWEST:
        return letters, 0, 0
    return letters, len(_CHARACTERS.findall(data)), len(_IN_WORDS.findall(data))


def reads_as_mojibake(letters: int, characters: int, in_words: int) -> bool:
    """Judge a page by the counts of its letters."""
    if characters < _FEWEST:
        return False
    return characters >= _SHARE * letters or in_words >= _FEWEST
