"""limits: each is in the table, is tripped by one more than it allows, and not by what it allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsds import limits
from newsds.blocks import html_blocks, text_blocks
from newsds.blocks.soup import soup_blocks
from newsds.decode import decode
from newsds.limits import LIMITS, PAGE_BLOCKS, PAGE_BYTES, Limit
from newsds.model import Flag, Page, Reason, Rejection
from newsds.read import InputFile, read_input


def test_table_is_complete() -> None:
    assert {id(x) for x in vars(limits).values() if isinstance(x, Limit)} == {id(x) for x in LIMITS}
    assert len({x.name for x in LIMITS}) == len(LIMITS)


@pytest.mark.parametrize("limit", LIMITS)
def test_limits_say_what_happens(limit: Limit) -> None:
    assert getattr(limits, limit.name.upper()) is limit
    assert limit.value > 0
    assert isinstance(limit.code, Flag | Reason)
    assert limit.name in limit.code.meaning
    assert limit.effect
    assert limit.unit


def test_page_bytes_at_the_door(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    file = InputFile(source="a.txt", path=str(path))
    with path.open("wb") as stream:
        stream.truncate(PAGE_BYTES.value)
    assert isinstance(next(iter(read_input(file))), Page)
    with path.open("ab") as stream:
        stream.truncate(PAGE_BYTES.value + 1)
    found = next(iter(read_input(file)))
    assert isinstance(found, Rejection)
    assert found.reason is PAGE_BYTES.code
    assert (found.source, found.offset, found.length) == ("a.txt", 0, PAGE_BYTES.value + 1)
    assert str(PAGE_BYTES.value) in found.message


def test_page_bytes_of_extract() -> None:
    assert Flag.TRUNCATED not in decode(b"a" * 10, limit=10).flags
    assert Flag.TRUNCATED in decode(b"a" * 11, limit=10).flags


@pytest.mark.parametrize("blocks", [text_blocks, html_blocks, soup_blocks])
def test_page_blocks(blocks: object) -> None:
    assert callable(blocks)
    page = "\n".join(f"<p>{i}</p>" for i in range(5))
    exact = blocks(page, limit=5)
    assert (len(exact), exact.flags) == (5, ())
    for allowed in (1, 2, 4):
        cut = blocks(page, limit=allowed)
        assert len(cut) == allowed
        assert cut.flags == (PAGE_BLOCKS.code,)
        assert list(cut.end[:-1]) == list(exact.end[: allowed - 1])
        assert cut.end[-1] == exact.end[-1]


def test_page_blocks_is_the_default() -> None:
    page = "x\n" * PAGE_BLOCKS.value
    assert text_blocks(page).flags == ()
    assert text_blocks(page + "x").flags == (Flag.BLOCKS_MERGED,)
