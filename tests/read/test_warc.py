"""WARC files: each kind of record, each packing, limits, and bytes of any kind."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import io
import lzma
import pickle
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.limits import EXPANDED_BYTES, HEADER_BYTES, PAGE_BYTES
from newsds.model import Flag, Page, Reason, Rejection
from newsds.pipeline import extract_pages
from newsds.read.decoders import zstd
from newsds.read.settings import ReadSettings
from newsds.read.warc import _from_base32, read_warc
from tests.read.damage import page, record, response, sha1, url_of, warc_record

SETTINGS = ReadSettings()
PAGES = [page(n) for n in range(12)]
RECORDS = [record(n) for n in range(12)]
INFO = warc_record("warcinfo", b"software: none\r\n", content_type="application/warc-fields")


def read(data: bytes, settings: ReadSettings = SETTINGS, skipped: Counter[str] | None = None) -> list[Page | Rejection]:
    return list(read_warc(io.BytesIO(data), "a.warc", settings, skipped))


def only(data: bytes, settings: ReadSettings = SETTINGS) -> Page | Rejection:
    (found,) = read(data, settings)
    return found


def zstd_with_dictionary(records: list[bytes]) -> bytes:
    dictionary = zstd.train_dict([record(n) for n in range(200, 400)], 8192)
    content = zstd.compress(dictionary.dict_content)
    frames = [zstd.compress(r, zstd_dict=dictionary) for r in records]
    return b"".join([b"\x5d\x2a\x4d\x18", len(content).to_bytes(4, "little"), content, *frames])


PACKINGS: dict[str, Callable[[list[bytes]], bytes]] = {
    "plain": b"".join,
    "gzip": lambda records: b"".join(map(gzip.compress, records)),
    "gzip as a whole": lambda records: gzip.compress(b"".join(records)),
    "gzip in blocks": lambda records: b"".join(
        gzip.compress(b"".join(records)[n : n + 5000]) for n in range(0, sum(map(len, records)), 5000)
    ),
    "zstd": lambda records: b"".join(map(zstd.compress, records)),
    "zstd as a whole": lambda records: zstd.compress(b"".join(records)),
    "zstd with dictionary": zstd_with_dictionary,
    "bz2": lambda records: bz2.compress(b"".join(records)),
    "xz": lambda records: lzma.compress(b"".join(records)),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_every_packing_gives_the_same_pages(packing: str) -> None:
    skipped: Counter[str] = Counter()
    found = read(PACKINGS[packing]([INFO, *RECORDS]), skipped=skipped)
    assert [(x.url, x.content) for x in found if isinstance(x, Page)] == [(url_of(n), p) for n, p in enumerate(PAGES)]
    assert [x.record for x in found] == list(range(1, 13))
    assert all(isinstance(x, Page) and x.flags == () for x in found)
    assert skipped == {"warcinfo": 1}


@pytest.mark.parametrize("packing", [p for p in PACKINGS if "whole" in p or "blocks" in p])
def test_records_in_one_stream_are_found_in_what_it_unpacks_to(packing: str) -> None:
    found = read(PACKINGS[packing](RECORDS))
    offsets = [sum(map(len, RECORDS[:n])) for n in range(12)]
    assert [(x.offset, x.length) for x in found] == list(zip(offsets, map(len, RECORDS), strict=True))


@pytest.mark.parametrize("version", ["0.17", "0.18", "1.0", "1.1"])
def test_what_a_page_knows(version: str) -> None:
    data = RECORDS[0].replace(b"WARC/1.0", f"WARC/{version}".encode(), 1)
    assert only(data) == Page(
        content=PAGES[0],
        source="a.warc",
        record=0,
        offset=0,
        length=len(data),
        url=url_of(0),
        captured_at=datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC),
        media_type="text/html",
        charset="utf-8",
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2024-02-03T04:05:06.123456Z", datetime(2024, 2, 3, 4, 5, 6, 123456, tzinfo=UTC)),
        ("2024-02-03T06:05:06+02:00", datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2024-02-03", datetime(2024, 2, 3, tzinfo=UTC)),
        ("soon", None),
    ],
)
def test_dates(stated: str, expected: datetime | None) -> None:
    found = only(RECORDS[0].replace(b"2024-02-03T04:05:06Z", stated.encode(), 1))
    assert isinstance(found, Page)
    assert found.captured_at == expected


def test_text_of_wet() -> None:
    text = b"Der Rat tagt am Montag."
    data = warc_record(
        "conversion",
        text,
        "WARC-Identified-Content-Language: deu,eng",
        f"WARC-Block-Digest: {sha1(text)}",
        url="<https://a.example/ü>",
        content_type="text/plain",
    )
    found = only(gzip.compress(data))
    assert isinstance(found, Page)
    assert (found.content, found.url, found.media_type, found.language, found.flags) == (
        text,
        "https://a.example/ü",
        "text/plain",
        "deu",
        (),
    )
    assert extract_pages([found])[0].language == "de"
    assert extract_pages([replace(found, language=None, content=b"Rat")])[0].language is None


def test_records_of_other_kinds_are_counted_and_are_no_inputs() -> None:
    wat = warc_record("metadata", b'{"Envelope": {}}', url="https://a.example/", content_type="application/json")
    log = warc_record("resource", b"log", url="metadata://gnu.org/software/wget/wget.log", content_type="text/plain")
    dns = warc_record("response", b"a.example. 1 IN A 192.0.2.1", url="dns:a.example", content_type="text/dns")
    request = warc_record("request", b"GET / HTTP/1.1\r\n\r\n", content_type="application/http; msgtype=request")
    skipped: Counter[str] = Counter()
    assert read(INFO + wat + log + dns + request, skipped=skipped) == []
    assert skipped == {"warcinfo": 1, "metadata": 2, "dns": 1, "request": 1}


def test_what_claims_to_be_a_page_and_is_not_used_is_in_the_ledger() -> None:
    url = "https://a.example/"
    records = [
        warc_record("revisit", response(b""), url=url),
        warc_record("response", response(b"gone", status="404 Not Found"), url=url),
        warc_record("response", response(b"there", status="301 Moved"), url=url),
        warc_record("response", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n\x89PNG", url=url),
        warc_record("resource", b"abc", url=url, content_type="application/pdf"),
        warc_record("continuation", b"rest of it", url=url, content_type="application/octet-stream"),
        warc_record("sermon", b"some text", url=url, content_type="text/plain"),
    ]
    found = read(b"".join(records))
    assert [x.reason for x in found if isinstance(x, Rejection)] == [
        Reason.REVISIT,
        Reason.HTTP_STATUS,
        Reason.HTTP_STATUS,
        Reason.MEDIA_TYPE,
        Reason.MEDIA_TYPE,
        Reason.UNKNOWN_FORMAT,
        Reason.UNKNOWN_FORMAT,
    ]
    assert [(x.url, x.record, x.offset, x.length) for x in found] == [
        (url, n, sum(map(len, records[:n])), len(r)) for n, r in enumerate(records)
    ]


def test_resources_are_pages() -> None:
    found = only(warc_record("resource", b"<p>Tea", url="https://a.example/", content_type="text/html; charset=koi8-r"))
    assert isinstance(found, Page)
    assert (found.content, found.media_type, found.charset) == (b"<p>Tea", "text/html", "koi8-r")


@pytest.mark.parametrize("algorithm", ["sha1", "SHA-256", "md5", "sha512"])
@pytest.mark.parametrize("field", ["WARC-Block-Digest", "WARC-Payload-Digest"])
@pytest.mark.parametrize("form", ["hex", "base32"])
def test_digests(algorithm: str, field: str, form: str) -> None:
    body = b"<p>Tea</p>"
    block = response(body)
    data = hashlib.new(algorithm.lower().replace("-", ""), block if "Block" in field else body).digest()
    digest = data.hex() if form == "hex" else base64.b32encode(data).decode().rstrip("=")
    made = warc_record("response", block, f"{field}: {algorithm}:{digest}", url="https://a.example/")
    found = only(made)
    assert isinstance(found, Page)
    assert found.flags == ()
    changed = only(made.replace(b"<p>Tea", b"<p>Ale"))
    assert isinstance(changed, Page)
    assert (changed.content, changed.flags) == (b"<p>Ale</p>", (Flag.DIGEST_MISMATCH,))


@given(st.binary(max_size=40) | st.lists(st.sampled_from([*b"AZaz27=_+ 019\xc0"]), max_size=40).map(bytes))
def test_base32(digest: bytes) -> None:
    def decoded(decode: Callable[[bytes], bytes], data: bytes) -> bytes | None:
        try:
            return decode(data)
        except ValueError:
            return None

    for data in (digest, base64.b32encode(digest), base64.b32encode(digest).lower().rstrip(b"=")):
        padded = data.upper() + b"=" * (-len(data) % 8)
        assert decoded(_from_base32, data) == decoded(base64.b32decode, padded)


def test_digests_that_cannot_be_checked() -> None:
    for value in ("sha1:?", "crc32:abcd", "none", "sha1:" + "é" * 40):
        found = only(warc_record("resource", b"Tea", f"WARC-Block-Digest: {value}", content_type="text/plain"))
        assert isinstance(found, Page)
        assert found.flags == ()


def test_pages_that_the_crawler_cut() -> None:
    found = only(warc_record("response", response(b"Tea"), "WARC-Truncated: length"))
    assert isinstance(found, Page)
    assert found.flags == (Flag.TRUNCATED,)


def test_a_page_that_shows_records_is_not_split() -> None:
    shown = RECORDS[1] + RECORDS[2]
    data = RECORDS[0] + warc_record("resource", shown, content_type="text/plain") + RECORDS[3]
    for packed in (
        data,
        gzip.compress(data),
        b"".join(map(gzip.compress, (data[: len(RECORDS[0])], data[len(RECORDS[0]) :]))),
    ):
        found = read(packed)
        assert [x.content for x in found if isinstance(x, Page)] == [PAGES[0], shown, PAGES[3]]
        assert len(found) == 3


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_page_bytes(packed: Callable[[bytes], bytes]) -> None:
    settings = replace(SETTINGS, page_bytes=1000)
    for kind in ("response", "conversion"):
        for size in (1000, 1001, 200_000):
            block = response(b"x" * size) if kind == "response" else b"x" * size
            data = warc_record(kind, block, url="https://a.example/", content_type="text/plain")
            found = read(packed(data) + packed(RECORDS[0][:0] + record(1)), replace(settings, page_bytes=1000))
            assert isinstance(found[0], Page) == (size == 1000)
            if size > 1000:
                assert isinstance(found[0], Rejection)
                assert (found[0].reason, found[0].offset) == (PAGE_BYTES.code, 0)
                assert "1000" in found[0].message or str(size)[:3] in found[0].message
                assert found[0].url == "https://a.example/"


def test_a_record_too_long_to_keep_does_not_break_the_chain() -> None:
    settings = replace(SETTINGS, page_bytes=10_000)
    long = warc_record("resource", b"long " * 400_000, url="https://a.example/", content_type="text/plain")
    for data in (RECORDS[0] + long + RECORDS[1], gzip.compress(RECORDS[0] + long + RECORDS[1])):
        found = read(data, settings)
        assert [getattr(x, "content", None) for x in found] == [PAGES[0], None, PAGES[1]]
        assert (found[1].offset, found[1].length) == (len(RECORDS[0]), len(long))
        assert isinstance(found[2], Page)
        assert found[2].flags == ()


def test_header_bytes() -> None:
    for extra, sound in ((-1, True), (0, True), (1, False)):
        base = RECORDS[0].index(b"\r\n\r\n") + 4 + len("X: \r\n")
        line = b"X: " + b"y" * (HEADER_BYTES.value - base + extra) + b"\r\n"
        found = read(RECORDS[0].replace(b"WARC-Date", line + b"WARC-Date", 1) + RECORDS[1])
        assert isinstance(found[0], Page) == sound
        assert isinstance(found[-1], Page)
        assert found[-1].content == PAGES[1]
        if not sound:
            assert isinstance(found[0], Rejection)
            assert found[0].reason is HEADER_BYTES.code


def test_expanded_bytes() -> None:
    data = b"".join(map(gzip.compress, RECORDS))
    total = sum(map(len, RECORDS))
    assert len(read(data, replace(SETTINGS, expanded_bytes=total))) == 12
    found = read(data, replace(SETTINGS, expanded_bytes=total // 2))
    last = found[-1]
    assert isinstance(last, Rejection)
    assert last.reason is EXPANDED_BYTES.code
    assert last.offset is not None
    assert last.length is not None
    assert last.offset + last.length == len(data)


def test_empty_files() -> None:
    assert read(b"") == []
    assert read(gzip.compress(b"")) == []
    assert [x.reason for x in read(b"no archive at all") if isinstance(x, Rejection)] == [Reason.DAMAGED]


@given(cut=st.integers(0, 30_000), packing=st.sampled_from(["plain", "gzip", "gzip as a whole", "zstd"]))
def test_cut_anywhere(cut: int, packing: str) -> None:
    data = PACKINGS[packing](RECORDS[:6])
    cut %= len(data)
    found = read(data[:cut])
    whole = [x.content for x in found if isinstance(x, Page) and Flag.TRUNCATED not in x.flags]
    assert whole == PAGES[: len(whole)]
    if packing in ("plain", "gzip"):
        stored = [len(r) if packing == "plain" else len(gzip.compress(r)) for r in RECORDS]
        complete = sum(sum(stored[: n + 1]) <= cut for n in range(6))
        assert len(whole) >= complete
        assert len(found) >= complete + (sum(stored[:complete]) < cut - 4)


_PIECES = st.sampled_from(
    [
        *RECORDS[:4],
        INFO,
        *(gzip.compress(r) for r in RECORDS[:3]),
        zstd.compress(RECORDS[1]),
        b"WARC/1.0\r\n",
        b"\r\n\r\n",
    ]
)


@given(
    st.lists(
        st.one_of(
            _PIECES, st.binary(max_size=60), _PIECES.flatmap(lambda p: st.integers(0, len(p)).map(lambda n: p[n:]))
        ),
        max_size=8,
    )
)
def test_any_bytes_are_read_to_the_end_and_accounted_for(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    found = read(data)
    assert [x.record for x in found] == sorted({x.record for x in found if x.record is not None})
    for x in found:
        assert x.offset is not None
        assert x.length is not None
        assert x.length > 0
    if data.strip(b"\r\n\0") and not any(p in data for p in (b"warcinfo",)):
        assert found or not data.strip(b"\r\n")


def test_pages_are_like_any_other() -> None:
    found = only(RECORDS[0])
    assert isinstance(found, Page)
    assert found == replace(found)
    assert hash(found) == hash(replace(found))
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(FrozenInstanceError):
        found.url = ""  # type: ignore[misc]


def test_time_is_linear_in_what_is_damaged() -> None:
    rng = random.Random(0)
    hostile = [
        rng.randbytes(60_000),
        b"WARC/1.0\r\n" * 6_000,
        b"WARC/1.0\r\nContent-Length: 9\r\n" * 2_000,
        (b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 30000000\r\n\r\n") * 1_000,
        b"\r\n" * 30_000,
        b"\x1f\x8b\x08\x00" * 5_000,
        b"\x1f\x8b\x08\x00" + bytes(60_000),
    ]
    for data in hostile:
        times = []
        for copies in (1, 4):
            start = time.process_time()
            read(data * copies)
            times.append(time.process_time() - start)
        assert times[1] < 12 * times[0] + 0.2, data[:40]
