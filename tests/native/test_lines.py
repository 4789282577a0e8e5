"""The visible lines of a text dump in C and in Python."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsds.blocks.text import _Lines, _visible_lines, text_blocks
from newsds.chars import EDGE
from newsds.decode import decode
from newsds.native import kernels
from tests.corpus import RAW
from tests.property.strategies import dirty_pages, dumps

pytestmark = pytest.mark.skipif(kernels is None, reason="the kernels were not built")

BREAKS = ("\n", "\r", "\r\n", "\n\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")
PIECES = st.sampled_from(
    (*BREAKS, *EDGE, "  ", "\x1f", "\x7f", "\x9f", "a b", "a  b", "é", "\u0378", "日本", "\ud800", "\U0001f600", "\0")
)


def in_python(page: str, limit: int) -> _Lines:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsds.blocks.text.kernels", None)
        return _visible_lines(page, limit)


def assert_same(page: str, limit: int = 1 << 20) -> None:
    assert _visible_lines(page, limit) == in_python(page, limit)


@given(st.lists(PIECES, max_size=30).map("".join), st.integers(0, 6))
@example("", 0)
@example("a\r", 1)
def test_lines_are_the_same(page: str, limit: int) -> None:
    assert_same(page, limit)
    assert_same(page)


@given(st.one_of(dumps(), dirty_pages), st.integers(1, 20))
def test_lines_of_dumps_are_the_same(page: str, limit: int) -> None:
    assert_same(page, limit)
    blocks = text_blocks(page, limit=limit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("newsds.blocks.text.kernels", None)
        assert text_blocks(page, limit=limit) == blocks


def test_each_character_is_read_the_same() -> None:
    for first in (0, 0x80, 0x100, 0x10000):  # one, two and four bytes wide
        chars = [*range(first, min(first + 0x3000, 0xD800 if first < 0xD800 else 0x20000)), 0xFEFF]
        assert_same("".join(f"a{chr(c)}a {chr(c)} \n {chr(c)}b" for c in chars))


def test_pages_are_the_same() -> None:
    for path in sorted(RAW.glob("*/*/page.*")):
        assert_same(decode(path.read_bytes()).text)


@pytest.mark.parametrize("arguments", [(b"page", EDGE, 5), ("page", None, 5), ("page", EDGE, "5"), ("page", EDGE)])
def test_what_does_not_fit_is_an_error(arguments: tuple[object, ...]) -> None:
    assert kernels is not None
    with pytest.raises(TypeError):
        kernels.visible_lines(*arguments)  # type: ignore[arg-type]
