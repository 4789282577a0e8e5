"""Writes `newsds/segment/charclass.npz`: the kind of each code point, as runs of equal kinds, and small letters.

    python -m tools.charclass

Kinds come from the Unicode data of the Python that runs this, so that they are the same for every Python that reads
them; punctuation that means something on a page is listed by hand.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Final

import numpy as np

from newsds.segment.charclass import Kind

BY_HAND: Final = {
    Kind.STOP: ".!?。！？।؟۔॥։｡",
    Kind.COMMA: ",;、，；،؛",
    Kind.COLON: ":：",
    Kind.QUOTE: "\"'“”‘’„‟「」『』`´",
    Kind.OPENING: "([{（［【〔《〈",
    Kind.CLOSING: ")]}）］】〕》〉",
    Kind.DASH: "-–—‐‑−―",
    Kind.BAR: "|/\\·•｜・／∙⋅",
    Kind.ARROW: "<>‹›←→⟵⟶◀▶◄►❮❯⇐⇒↑↓＜＞",
    Kind.GUILLEMET: "«»",
    Kind.HASH: "#＃",
    Kind.AT: "@＠",
    Kind.COPYRIGHT: "©®™",
    Kind.AMOUNT: "%٪％",
    Kind.ELLIPSIS: "…",
}
_KINDS: Final = {c: kind for kind, chars in BY_HAND.items() for c in chars}
_IDEOGRAPHS: Final = (
    (0x3041, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_SPACELESS: Final = ((0x0E00, 0x0EDF), (0x1000, 0x109F), (0x1780, 0x17FF))
_SURROGATES: Final = range(0xD800, 0xE000)


def kind_of(char: str) -> Kind:
    """Return the kind of a character."""
    if char in _KINDS:
        return _KINDS[char]
    code, category = ord(char), unicodedata.category(char)
    if code in _SURROGATES:
        return Kind.OTHER
    if char.isspace():
        return Kind.SPACE
    if any(a <= code <= b for a, b in _IDEOGRAPHS):
        return Kind.IDEOGRAPH
    if category[0] in "LM" and any(a <= code <= b for a, b in _SPACELESS):
        return Kind.SPACELESS
    exact = {"Ll": Kind.LOWER, "Lu": Kind.UPPER, "Lt": Kind.UPPER, "Sc": Kind.AMOUNT}
    broad = {
        "L": Kind.LETTER,
        "N": Kind.DIGIT,
        "M": Kind.MARK,
        "P": Kind.PUNCTUATION,
        "S": Kind.SYMBOL,
        "Z": Kind.SPACE,
    }
    return exact.get(category) or broad.get(category[0], Kind.OTHER)


def main() -> None:
    """Write the file."""
    kinds = np.fromiter((kind_of(chr(code)) for code in range(0x110000)), np.uint8, 0x110000)
    starts = np.flatnonzero(np.diff(kinds, prepend=255))
    out = Path(__file__).parent.parent / "newsds" / "segment" / "charclass.npz"
    capitals = [code for code in range(0x110000) if chr(code).lower() != chr(code) and len(chr(code).lower()) == 1]
    np.savez_compressed(
        out,
        kind=kinds[starts],
        length=np.diff(starts, append=0x110000).astype(np.uint32),
        capital=np.array(capitals, np.uint32),
        small=np.array([ord(chr(code).lower()) for code in capitals], np.uint32),
    )


if __name__ == "__main__":
    main()
