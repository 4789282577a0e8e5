"""text: a line is a block, unless the page is hard-wrapped."""

from __future__ import annotations

import textwrap
import unicodedata

import pytest

from newsds.blocks import text_blocks
from newsds.blocks.text import _WIDE, _width
from newsds.model import Flag

PARAGRAPHS = [
    "The mayor said on Monday that the old bridge over the river would not open again before the autumn, because the "
    "steel for the southern arch had arrived late and twice in the wrong length.",
    "A short one.",
    "People who live on the island have waited for two years now, and many of them take the first ferry at five in the "
    "morning to reach their work; the last one back leaves before the theatres close, so that evenings end early.",
    "The council meets again on Thursday to hear from the builders.",
]


def _texts(page: str) -> list[str]:
    return [b.text for b in text_blocks(page)]


@pytest.mark.parametrize(
    "newline", ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
)
def test_every_line_break_parts_blocks(newline: str) -> None:
    page = f"One{newline}two three{newline}{newline}four{newline}"
    blocks = text_blocks(page)
    assert [b.text for b in blocks] == ["One", "two three", "four"]
    assert [page[b.start : b.end] for b in blocks] == ["One", "two three", "four"]
    assert [b.gap for b in blocks] == [0, 0, 1]


def test_columns_of_a_text() -> None:
    page = "\ufeff  \u00a0Tea\u200b \n\u00a0\n\u200b\r\n   ships  "
    blocks = text_blocks(page)
    assert [(b.text, page[b.start : b.end], b.gap, b.indent) for b in blocks] == [
        ("Tea", "Tea", 0, 4),
        ("ships", "ships", 2, 3),
    ]
    assert (blocks.kind, blocks.page, blocks.nodes, blocks.head, blocks.flags) == ("text", page, None, None, ())
    assert all((b.tag, b.node, b.anchors) == ("", -1, ()) for b in blocks)


@pytest.mark.parametrize("page", ["", " ", "\n\r\n\u2028", "\u00a0\n\u200b", "\ufeff"])
def test_nothing_visible(page: str) -> None:
    assert len(text_blocks(page)) == 0


def test_text_is_clean() -> None:
    assert _texts("so\u00adme\u00a0 \t text\u200b") == ["some text"]


@pytest.mark.parametrize("column", [60, 72, 80, 100, 132])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", ["", "    "])
def test_hard_wrapped_paragraphs_are_put_together(column: int, newline: str, indent: str) -> None:
    texts = PARAGRAPHS * 3
    page = "\n\n".join(
        "\n".join(textwrap.wrap(p, column, initial_indent=indent, subsequent_indent=indent)) for p in texts
    )
    blocks = text_blocks(page.replace("\n", newline))
    assert [b.text for b in blocks] == texts
    assert all(b.indent == len(indent) for b in blocks)


def test_wrapped_without_blank_lines() -> None:
    texts = [PARAGRAPHS[2], PARAGRAPHS[2] + " So it is.", PARAGRAPHS[2]]
    assert _texts("\n".join("\n".join(textwrap.wrap(p, 72)) for p in texts)) == texts


def test_wrapped_list_items_stay_apart() -> None:
    items = [f"{mark} {PARAGRAPHS[0]}" for mark in ("-", "•", "3)", "(4)", "b.")]
    page = "\n".join("\n".join(textwrap.wrap(p, 72)) for p in items)
    assert _texts(page) == items


def test_wrapped_chinese_is_joined_without_blanks() -> None:
    text = "市长星期一表示河上的大桥要到秋天才能重新开放居民们已经等了很久许多人每天绕路上班" * 6
    lines = [text[i : i + 36] for i in range(0, len(text), 36)]
    assert _texts("\n".join(lines)) == [text]


def test_wrapped_korean_is_joined_with_blanks() -> None:
    text = " ".join(["시장은 월요일 강 위의 다리가 가을까지 다시 열리지 않을 것이라고 말했다"] * 8)
    lines = textwrap.wrap(text, 34)
    assert _texts("\n".join(lines)) == [text]


@pytest.mark.parametrize(
    "lines",
    [
        PARAGRAPHS * 3,
        [
            "Mayor says bridge over the river opens later than was planned",
            "Ferry to the island is to run at night",
            "Steel came late",
        ]
        * 10,
        [*textwrap.wrap(PARAGRAPHS[0], 72), "x" * 133],
        ["Tags", "Tea", "Ships", "Share"],
    ],
)
def test_lines_that_are_not_wrapped_stay_apart(lines: list[str]) -> None:
    assert _texts("\n".join(lines)) == lines


def test_limit_merges_the_rest_into_the_last_block() -> None:
    page = "a\nb\n c\n\nd \n"
    blocks = text_blocks(page, limit=2)
    assert [(b.start, b.end) for b in blocks] == [(0, 1), (2, 9)]
    assert blocks[1].text == "b c d"
    assert blocks.flags == (Flag.BLOCKS_MERGED,)
    assert text_blocks(page, limit=4).flags == ()


def test_the_width_of_each_character() -> None:
    for char in map(chr, range(0x20000)):
        assert _width(char) == (0 if unicodedata.combining(char) else 2 if _WIDE.match(char) else 1)
        assert _width(f"{char}日a\u0301") == _width(char) + 3
