"""Clean UTF-8 in C and in Python."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsds.chars import CONTROL
from newsds.decode import _clean, decode
from newsds.mojibake import count_letters
from newsds.native import kernels
from tests.corpus import RAW

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

ODD = st.sampled_from(
    "\x00 \x08 \t \n \x0b \r \x0e \x1b \x1f \x7f \x80 \x84 \x85 \x86 \x9f \xa0 \xbf \xc0 \xff \u0100 \u2028 \ud7ff"
    " \ue000 \ufeff \ufffd \uffff \U00010000 \U0010ffff".split(" ")
)
MISREAD = st.text("éâ€™„дж好🙂 aÃ×Â\xa0\x85\x99").map(lambda text: text.encode().decode("windows-1252", "replace"))
"""Text that was read as windows-1252, and its beginnings and ends."""
LONG = st.integers(0, 70).map("x".__mul__)
"""Moves what follows through the pieces that are looked at together."""
BYTES = st.lists(st.one_of(st.text(max_size=9), ODD, MISREAD, LONG), max_size=9).map("".join).map(str.encode)
BROKEN = st.builds(
    lambda content, at, put: content[:at] + put + content[at:], BYTES, st.integers(0, 99), st.binary(max_size=4)
)


def in_python(content: bytes) -> tuple[str, int, int, int] | None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsds.decode.kernels", None)
        return _clean(content)


def assert_same(content: bytes) -> None:
    ours, theirs = _clean(content), in_python(content)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        assert ours == theirs
    else:
        assert ours[0].isascii() == theirs[0].isascii()
        counts = count_letters(content)
        assert ours[1:] == counts or (ours[1] == counts[0] < 3)


@given(st.one_of(BYTES, BROKEN, st.binary(max_size=80)))
@example(b"")
@example(bytes(range(32, 127)) * 3)
@example("ÿ".encode() * 40)
def test_text_and_counts_are_the_same(content: bytes) -> None:
    assert_same(content)


@pytest.mark.parametrize("lead", [b"", b"x" * 31, b"x" * 32])
def test_each_sequence_of_two_bytes(lead: bytes) -> None:
    for pair in range(1 << 16):
        content = lead + pair.to_bytes(2, "big")
        text = content.decode(errors="ignore")
        found = _clean(content)
        assert (len(text.encode()) == len(content) and CONTROL.search(text) is None) is (found is not None)
        assert found is None or found[0] == text


@pytest.mark.parametrize("first", range(0xE0, 0x100))
def test_longer_sequences(first: int) -> None:
    edges = (0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF)
    for second in range(0x70, 0xD0):
        for third in edges:
            assert_same(bytes((first, second, third)))
            for fourth in edges if first >= 0xF0 else ():
                assert_same(bytes((first, second, third, fourth)))


@given(st.lists(st.one_of(MISREAD, st.text("abÃÂâ€\xa0×éè ’™\x85", max_size=6)), max_size=40).map("".join))
def test_flags_are_the_same(page: str) -> None:
    ours = decode(page.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsds.decode.kernels", None)
        assert decode(page.encode()) == ours


def test_pages_are_the_same() -> None:
    for path in sorted(RAW.glob("*/*/page.*")):
        assert_same(path.read_bytes())


@pytest.mark.parametrize("content", ["text", None, 5, memoryview(b"abcd")[::2]])
def test_what_is_no_bytes_is_an_error(content: object) -> None:
    assert kernels is not None
    with pytest.raises((TypeError, BufferError)):
        kernels.read_utf8(content)  # type: ignore[arg-type]
