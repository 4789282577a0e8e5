"""ARC files: both versions, packed as archives are, sound and damaged."""

from __future__ import annotations

import io
import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from newsds.model import Flag, Page, Reason, Rejection
from newsds.read.arc import read_arc
from newsds.read.settings import ReadSettings
from tests.read.damage import PACKINGS, STORED, Packing, pack, page, response, url_of

COUNT = 20
PAGES = [page(n) for n in range(COUNT)]


def header(version: int, name: str = "a.arc") -> bytes:
    fields = "URL IP-address Archive-date Content-type Archive-length"
    if version == 2:
        fields = "URL IP-address Archive-date Content-type Result-code Checksum Location Offset Filename Archive-length"
    body = f"{version} 0 Maker\n{fields}\n".encode()
    more = "200 - - 0 a.arc " if version == 2 else ""
    return f"filedesc://{name} 0.0.0.0 20240203040506 text/plain {more}{len(body)}\n".encode() + body + b"\n"


def record(number: int, version: int = 1, body: bytes | None = None, url: str | None = None) -> bytes:
    block = response(PAGES[number] if body is None else body)
    more = "200 abc - 99 a.arc " if version == 2 else ""
    line = f"{url or url_of(number)} 192.0.2.{number} 20240203040506 text/html {more}{len(block)}\n"
    return line.encode() + block + b"\n"


def read(data: bytes, skipped: Counter[str] | None = None) -> list[Page | Rejection]:
    return list(read_arc(io.BytesIO(data), "a.arc", ReadSettings(), skipped))


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("version", [1, 2])
def test_sound_files(version: int, packing: Packing) -> None:
    skipped: Counter[str] = Counter()
    records = [header(version), *(record(n, version) for n in range(COUNT))]
    found = read(b"".join(pack(r, packing) for r in records), skipped)
    assert [(x.url, x.content) for x in found if isinstance(x, Page)] == [(url_of(n), PAGES[n]) for n in range(COUNT)]
    assert all(isinstance(x, Page) and not x.flags for x in found)
    assert skipped == {"filedesc": 1}
    first = found[0]
    assert isinstance(first, Page)
    assert (first.record, first.offset, first.captured_at, first.media_type, first.charset) == (
        1,
        len(pack(records[0], packing)),
        datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC),
        "text/html",
        "utf-8",
    )


def test_what_is_no_page() -> None:
    data = header(1) + record(0, body=b"x", url="dns:news.example").replace(b"text/html", b"text/dns")
    data += record(1).replace(b"HTTP/1.1 200", b"HTTP/1.1 404")
    data += b"https://a.example/i.png 192.0.2.1 20240203040506 image/png 4\nabcd\n"
    data += b"https://a.example/no 192.0.2.1 20240203040506 no-type 0\n\n"
    data += record(2, url="https://a.example/a b c")
    skipped: Counter[str] = Counter()
    found = read(data, skipped)
    assert [x.reason for x in found if isinstance(x, Rejection)] == [
        Reason.HTTP_STATUS,
        Reason.MEDIA_TYPE,
        Reason.EMPTY,
    ]
    assert [x.url for x in found if isinstance(x, Page)] == ["https://a.example/a b c"]
    assert skipped == {"filedesc": 1, "dns": 1}


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("position", [0, 1, 9, COUNT - 1])
def test_a_damaged_record_costs_at_most_itself(position: int, packing: Packing) -> None:
    records = [record(n) for n in range(COUNT)]
    for name, operator in STORED.items():
        stored = [pack(r, packing) for r in records]
        stored[position] = operator(stored[position], random.Random(f"{name} {position}"))
        found = read(b"".join(stored))
        contents = {(x.url, x.content) for x in found if isinstance(x, Page)}
        missing = [n for n in range(COUNT) if n != position and (url_of(n), PAGES[n]) not in contents]
        assert missing == [], (name, [x for x in found if isinstance(x, Rejection)])


@pytest.mark.parametrize("more", [900, -900, 10**9])
def test_a_wrong_length_costs_nothing(more: int) -> None:
    records = [record(n) for n in range(5)]
    size = len(response(PAGES[2]))
    records[2] = records[2].replace(b" %d\n" % size, b" %d\n" % (size + more), 1)
    found = read(b"".join(records))
    assert [x.content for x in found if isinstance(x, Page)] == PAGES[:5]
    assert [x.flags for x in found if isinstance(x, Page)][2:] == [(Flag.DIGEST_MISMATCH,), (Flag.RESYNCED,), ()]
    assert len(found) == 5
