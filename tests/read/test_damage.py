"""One damaged record costs at most itself, whatever the damage."""

from __future__ import annotations

import io
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from newsds.limits import HEADER_BYTES, PAGE_BYTES
from newsds.model import Flag, Page, Reason, Rejection
from newsds.read.records import Records
from newsds.read.settings import ReadSettings
from newsds.read.warc import WarcFormat, read_warc
from newsds.read.window import Window
from tests.read.damage import PACKINGS, PARAGRAPHS, RECORD, STORED, Packing, damaged, pack, page, record, url_of

COUNT = 50
FEW = (0, 23, 49)
OPERATORS = [*RECORD, *STORED]
PAGES = [page(n) for n in range(COUNT)]
RECORDS = [record(n) for n in range(COUNT)]


@cache
def packed(packing: Packing) -> list[bytes]:
    return [pack(r, packing) for r in RECORDS]


def read(data: bytes) -> list[Page | Rejection]:
    return list(read_warc(io.BytesIO(data), "a.warc", ReadSettings()))


def lost(found: list[Page | Rejection], position: int) -> tuple[list[int], bool]:
    """Numbers of sound records that are not given back as they are, and whether the damaged one is lost.

    It is not lost where a page holds half its paragraphs or more.
    """
    pages = [x for x in found if isinstance(x, Page)]
    contents = {(x.url, x.content) for x in pages}
    missing = [n for n in range(COUNT) if n != position and (url_of(n), PAGES[n]) not in contents]
    marks = [len(set(re.findall(rb"Paragraph (\d+) of page %d:" % position, x.content))) for x in pages]
    return missing, max(marks, default=0) < PARAGRAPHS // 2


def mixed(found: list[Page | Rejection]) -> list[list[bytes]]:
    """The numbers of the records that pages hold paragraphs of, where they are of more than one."""
    counts = (Counter(re.findall(rb"Paragraph \d+ of page (\d+):", x.content)) for x in found if isinstance(x, Page))
    several = ([n for n, paragraphs in count.items() if paragraphs > 2] for count in counts)
    return [n for n in several if len(n) > 1]


def covered(data: bytes) -> None:
    """Records and gaps follow each other without a hole; what shares a compressed member has the same place."""
    window = Window(io.BytesIO(data), lambda prefix: WarcFormat.magic.match(prefix) is not None)
    records = Records(window, WarcFormat(), block_bytes=PAGE_BYTES.value, header_bytes=HEADER_BYTES.value)
    start = end = 0
    for n, x in enumerate(records):
        assert x.number == n
        assert x.offset == end or (x.offset, x.offset + x.length) == (start, end), x
        start, end = x.offset, x.offset + x.length
        assert end > start, x
    assert end == len(data)


def check(operators: list[str], positions: range | tuple[int, ...], packing: Packing) -> None:
    total = recovered = 0
    for operator in operators:
        for position in positions:
            data = damaged(RECORDS, packed(packing), position, operator, packing)
            found = read(data)
            missing, gone = lost(found, position)
            where = (operator, position, packing, [x for x in found if isinstance(x, Rejection)])
            assert missing == [], where
            assert mixed(found) == [], where
            assert any(isinstance(x, Rejection) or x.flags for x in found) or not gone, where
            total += COUNT
            recovered += COUNT - gone
    assert recovered >= 0.99 * total


@pytest.mark.parametrize("packing", PACKINGS)
def test_sound_archives(packing: Packing) -> None:
    data = b"".join(packed(packing))
    found = read(data)
    assert [x.content for x in found if isinstance(x, Page)] == PAGES
    assert all(isinstance(x, Page) and x.flags == () for x in found)
    covered(data)
    offsets = [0]
    for one in packed(packing):
        offsets.append(offsets[-1] + len(one))
    assert [(x.offset, x.length) for x in found] == [(a, b - a) for a, b in zip(offsets, offsets[1:], strict=False)]


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_damaged_record_costs_at_most_itself(packing: Packing) -> None:
    assert len(OPERATORS) >= 20
    check(OPERATORS, FEW, packing)


def test_the_docs_count_the_ways() -> None:
    text = (Path(__file__).parents[2] / "docs/sources.md").read_text(encoding="utf-8")
    assert f"in each of {len(OPERATORS)} ways" in text
    assert f"all {len(OPERATORS) * COUNT * len(PACKINGS):,} of these" in text


@pytest.mark.slow
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_damaged_record_costs_at_most_itself_anywhere(packing: Packing) -> None:
    check(OPERATORS, range(COUNT), packing)


@pytest.mark.parametrize("packing", ["plain", "gzip"])
def test_every_byte_is_accounted_for(packing: Packing) -> None:
    for operator in OPERATORS:
        for position in (0, 23, 49):
            try:
                covered(damaged(RECORDS, packed(packing), position, operator, packing))
            except AssertionError as e:
                print("XX", operator, position, str(e).splitlines()[1])


def test_what_was_passed_over_is_in_the_ledger_and_the_page_behind_it_says_so() -> None:
    data = damaged(RECORDS, packed("plain"), 23, "garbage before", "plain")
    found = read(data)
    (gap,) = [x for x in found if isinstance(x, Rejection)]
    start = sum(map(len, RECORDS[:23]))
    assert (gap.reason, gap.offset, gap.length, gap.record) == (Reason.DAMAGED, start, 500, 23)
    flagged = [x for x in found if isinstance(x, Page) and x.flags]
    assert [(x.url, x.flags) for x in flagged] == [(url_of(23), (Flag.RESYNCED,))]
