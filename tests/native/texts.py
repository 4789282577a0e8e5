"""Lines that share words, begin alike and hold one another, in scripts whose small letters are no matter of course."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.property.strategies import any_str, cjk, sentences

_PIECES = (
    "Bridge", "bridges", "BRIDGE", "shut", "until", "autumn", "Straße", "STRASSE", "Istanbul", "İstanbul", "ılık",
    "ΣΙΣΥΦΟΣ", "Σίσυφος", "σισυφοσ", "Мост", "МОСТЫ", "ŁÓDŹ", "łódź", "Tiếng Việt", "TIẾNG VIỆT", "ﬁsh", "ǅemal",
    "漢字", "大桥关闭", "跨河大桥", "ภาษาไทย", "한국어", "القاهرة", "नमस्ते", "Ⴀⴀ", "𐐀𐐨", "a", "7", "e\u0301", "'",
    " ", "  ", ".", "。", "…", "!", "#", " | ", "\u00a0", "\n", "\x1f", "\u3000", "\ud800", "\U0001f600",
)  # fmt: skip
lines: SearchStrategy[str] = st.one_of(
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=9).map(" ".join),
    st.lists(st.sampled_from(_PIECES), min_size=1, max_size=30).map("".join),
    st.text("ab ", min_size=1, max_size=40),
    sentences(),
    cjk,
    any_str.filter(bool),
)
"""none empty"""

CASED = [
    c
    for c in map(chr, range(0x110000))
    if not c == c.lower() == c.upper() == c.casefold() or not ord(c) % 97 or c.isspace()
]
"""All letters that have another case, all blanks, and some of what else there is."""
