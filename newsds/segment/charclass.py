"""What kind a character is, looked up for all characters of a batch at once."""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import numpy.typing as npt


class Kind(IntEnum):
    """Kinds of characters; `tools/charclass.py` says which character is of which."""

    SPACE = 0
    LOWER = 1
    UPPER = 2
    LETTER = 3
    """of a script without case"""
    IDEOGRAPH = 4
    """Chinese and Japanese: written without blanks, a word is about two"""
    SPACELESS = 5
    """letter or vowel sign of Thai, Lao, Burmese, Khmer: a word is about five"""
    DIGIT = 6
    MARK = 7
    STOP = 8
    """ends a sentence"""
    COMMA = 9
    COLON = 10
    QUOTE = 11
    OPENING = 12
    CLOSING = 13
    DASH = 14
    BAR = 15
    """sets items apart: bar, slash, middle dot, bullet"""
    ARROW = 16
    GUILLEMET = 17
    HASH = 18
    AT = 19
    COPYRIGHT = 20
    AMOUNT = 21
    """currency, per cent"""
    ELLIPSIS = 22
    PUNCTUATION = 23
    SYMBOL = 24
    OTHER = 25


KINDS: Final = len(Kind)


@cache
def table() -> npt.NDArray[np.uint8]:
    """Return the kind of each code point, one byte each.

    >>> [Kind(int(table()[ord(c)])).name for c in "aÄ四3…"]
    ['LOWER', 'UPPER', 'IDEOGRAPH', 'DIGIT', 'ELLIPSIS']
    """
    with files("newsds.segment").joinpath("charclass.npz").open("rb") as file, np.load(file) as data:
        return np.repeat(data["kind"], data["length"])


@cache
def small() -> npt.NDArray[np.uint32]:
    """Return the small letter of each code point; itself where there is none, or more than one.

    >>> "".join(chr(small()[ord(c)]) for c in "Größe ЩУКА 3")
    'größe щука 3'
    """
    with files("newsds.segment").joinpath("charclass.npz").open("rb") as file, np.load(file) as data:
        letters = np.arange(0x110000, dtype=np.uint32)
        letters[data["capital"]] = data["small"]
        return letters
