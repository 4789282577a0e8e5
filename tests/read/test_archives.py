"""tar, zip, mime, and compressed files: damage costs what it hits, and names are data."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.limits import LIMITS
from newsds.model import Flag, Page, Reason, Rejection
from newsds.read import ReadSettings
from newsds.read.decoders import zstd
from newsds.read.dispatch import Reading
from tests.read import containers as make

PAGES = make.pages(6)
ALL = list(PAGES.values())
NAMES = list(PAGES)


class _Pipe(io.RawIOBase):
    """A stream that cannot be sought in."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._file.readinto(buffer)


def _read(content: bytes, name: str, *, pipe: bool = False, **limits: Any) -> list[Page | Rejection]:
    reading = Reading(ReadSettings(**limits), stored=len(content))
    return list(reading.pages(io.BufferedReader(_Pipe(content)) if pipe else io.BytesIO(content), name))


def _pages(found: list[Page | Rejection]) -> list[bytes]:
    return [one.content for one in found if isinstance(one, Page)]


ARCHIVES = {
    "a.tar": make.tar(PAGES),
    "gnu.tar": make.tar(PAGES, tarfile.GNU_FORMAT),
    "ustar.tar": make.tar(PAGES, tarfile.USTAR_FORMAT),
    "a.zip": make.zipped(PAGES),
    "stored.zip": make.zipped(PAGES, zipfile.ZIP_STORED),
    "streamed.zip": make.streamed_zip(PAGES),
}


@pytest.mark.parametrize("pipe", [False, True])
@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_as_files_and_as_streams(name: str, pipe: bool) -> None:
    found = _read(ARCHIVES[name], name, pipe=pipe)
    assert [(one.source, one.content) for one in found if isinstance(one, Page)] == [
        (f"{name}!/pages/{page}", content) for page, content in PAGES.items()
    ]
    assert all(isinstance(one, Page) for one in found)


@pytest.mark.parametrize("pipe", [False, True])
@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_is_cut_off_gives_what_is_there(name: str, pipe: bool) -> None:
    whole = ARCHIVES[name]
    last = 0
    for cut in range(512, len(whole), 97):
        found = _read(whole[:cut], name, pipe=pipe)
        sound = [one.content for one in found if isinstance(one, Page) and Flag.TRUNCATED not in one.flags]
        assert sound == ALL[: len(sound)]
        assert len(sound) >= last
        last = len(sound)
        partly = [one for one in found if isinstance(one, Page) and Flag.TRUNCATED in one.flags]
        assert len(partly) <= 1
        for one in partly:
            assert ALL[len(sound)].startswith(one.content)
    assert last >= 5


@pytest.mark.parametrize("name", ARCHIVES)
def test_a_damaged_member_costs_itself(name: str) -> None:
    whole = ARCHIVES[name]
    for number in range(6):
        members = [one for one in _read(whole, name) if isinstance(one, Page)]
        content = bytearray(whole)
        start = (members[number].offset or 0) + (700 if name.endswith("tar") else 60)
        content[start : start + 8] = b"\xff" * 8
        found = _read(bytes(content), name)
        sound = [one.content for one in found if isinstance(one, Page) and not one.flags]
        assert [x for x in sound if x in ALL] == [x for i, x in enumerate(ALL) if i != number]


@pytest.mark.parametrize("name", ["a.tar", "gnu.tar", "ustar.tar"])
def test_a_damaged_header_of_a_tar_costs_its_member(name: str) -> None:
    whole = ARCHIVES[name]
    for number in range(6):
        members = [one for one in _read(whole, name) if isinstance(one, Page)]
        content = bytearray(whole)
        start = members[number].offset or 0
        content[start + 100 : start + 140] = b"\xff" * 40
        found = _read(bytes(content), name)
        assert _pages(found) == [x for i, x in enumerate(ALL) if i != number]
        (fault,) = [one for one in found if isinstance(one, Rejection)]
        assert (fault.reason, fault.offset) == (Reason.DAMAGED, start)


@pytest.mark.parametrize("name", ["a.zip", "stored.zip"])
def test_a_zip_without_its_directory(name: str) -> None:
    whole = ARCHIVES[name]
    found = _read(whole[: whole.index(b"PK\1\2")], name)
    assert _pages(found) == ALL


@pytest.mark.parametrize("pipe", [False, True])
def test_a_streamed_zip_that_is_not_compressed(pipe: bool) -> None:
    found = _read(make.streamed_zip(PAGES, zipfile.ZIP_STORED), "a.zip", pipe=pipe)
    if pipe:  # where a member ends is said only behind it
        assert [one.reason for one in found if isinstance(one, Rejection)] == [Reason.UNKNOWN_FORMAT] * 6
    else:
        assert _pages(found) == ALL


def test_a_zip_behind_something_else() -> None:
    found = _read(b"PK00PK\3\4"[:4] + ARCHIVES["a.zip"], "a.zip")
    assert _pages(found) == ALL
    found = _read(b"#!/bin/sh\n" + ARCHIVES["a.zip"], "a.zip")
    assert _pages(found) == ALL


HOSTILE = [
    "../../etc/passwd.html",
    "/etc/passwd.html",
    "C:\\windows\\a.html",
    "a\x00b.html",
    "a\nb.html",
    "\udcff.html",
    "x" * 300 + ".html",
    "same.html",
    "same.html",
]


def test_names_are_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
        for name in HOSTILE:
            info = tarfile.TarInfo(name.replace("\0", ""))
            info.size = 4
            archive.addfile(info, io.BytesIO(b"<p>x"))
    found = _read(out.getvalue(), "a.tar")
    assert len(_pages(found)) == len(HOSTILE)
    sources = [one.source or "" for one in found]
    assert sources[0] == "a.tar!/../../etc/passwd.html"
    assert sources[4] == "a.tar!/a\\x0ab.html"
    assert sources[5] == "a.tar!/\\xff.html"
    for one in sources:
        one.encode()
    assert len({(one.source, one.record) for one in found}) == len(HOSTILE)
    assert list(tmp_path.iterdir()) == []


def test_members_that_are_no_files() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo("a.html")
            info.type, info.linkname = kind, "b.html"
            archive.addfile(info)
    reading = Reading(ReadSettings())
    assert list(reading.pages(io.BytesIO(out.getvalue()), "a.tar")) == []
    assert reading.skipped == {"folder": 1, "link": 2, "device": 2}


def test_a_zip_with_an_encrypted_member_and_one_of_an_unknown_method() -> None:
    content = bytearray(make.zipped(PAGES, zipfile.ZIP_STORED))
    starts = [i for i in range(len(content)) if content[i : i + 4] == b"PK\1\2"]
    content[starts[1] + 8] |= 1
    struct.pack_into("<H", content, starts[2] + 10, 99)
    found = _read(bytes(content), "a.zip")
    assert [one.reason if isinstance(one, Rejection) else None for one in found] == [
        None,
        Reason.ENCRYPTED,
        Reason.UNKNOWN_FORMAT,
        None,
        None,
        None,
    ]
    assert found[1].source == f"a.zip!/pages/{NAMES[1]}"


def test_a_checksum_that_is_wrong_is_a_flag() -> None:
    content = bytearray(make.zipped(PAGES, zipfile.ZIP_STORED))
    at = content.index(b"harbour")
    content[at] ^= 1
    first, *rest = _read(bytes(content), "a.zip")
    assert isinstance(first, Page)
    assert first.flags == (Flag.DIGEST_MISMATCH,)
    assert _pages(list(rest)) == ALL[1:]


def test_an_office_document_is_no_archive_of_pages() -> None:
    for inside in ("[Content_Types].xml", "mimetype"):
        (found,) = _read(make.zipped({"x": b""}).replace(b"pages/x", inside.encode()[:7].ljust(7)), "a.docx")
        assert isinstance(found, Rejection)
        assert found.reason is Reason.UNKNOWN_FORMAT


@pytest.mark.parametrize("suffix", make.COMPRESSIONS)
def test_a_compressed_file_that_is_cut_off(suffix: str, tmp_path: Path) -> None:
    lines = make.jsonl(make.pages(400))
    packed = make.COMPRESSIONS[suffix](lines)
    found = _read(packed[: len(packed) * 3 // 4], f"a.jsonl{suffix}")
    texts = _pages(found)
    assert texts == list(make.pages(400).values())[: len(texts)]
    assert isinstance(found[-1], Rejection)
    assert found[-1].reason is Reason.DAMAGED
    page = ALL[1]
    packed = make.COMPRESSIONS[suffix](page)
    (one,) = _read(packed[:-12], f"a.html{suffix}")
    if isinstance(one, Page):
        assert page.startswith(one.content)
        assert one.flags == (Flag.TRUNCATED,)
        assert one.media_type == "text/html"
    else:
        assert one.reason is Reason.DAMAGED


def _nested(depth: int) -> bytes:
    content = b"<p>deep"
    for _ in range(depth):
        content = gzip.compress(content)
    return content


def test_limit_nesting() -> None:
    assert _pages(_read(_nested(3), "a.html.gz.gz.gz", nesting=3)) == [b"<p>deep"]
    (found,) = _read(_nested(4), "a.html.gz.gz.gz.gz", nesting=3)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.TOO_DEEP
    inner = make.tar({"in.zip": make.zipped({"a.html": b"<p>deep"})})
    assert _pages(_read(inner, "a.tar", nesting=2)) == [b"<p>deep"]
    (found,) = _read(inner, "a.tar", nesting=1)
    assert isinstance(found, Rejection)
    assert (found.reason, found.source) == (Reason.TOO_DEEP, "a.tar!/pages/in.zip")


@pytest.mark.parametrize("name", ["a.zip", "ustar.tar"])
def test_limit_members(name: str) -> None:
    there = 6 if name == "a.zip" else 8
    assert len(_pages(_read(ARCHIVES[name], name, members=there))) == 6
    found = _read(ARCHIVES[name], name, members=there - 1)
    assert isinstance(found[-1], Rejection)
    assert found[-1].reason is Reason.TOO_MANY
    assert len(_pages(found)) >= 5


def test_limit_expanded_bytes_counts_all_layers() -> None:
    total = sum(map(len, ALL))
    assert len(_pages(_read(ARCHIVES["a.zip"], "a.zip", expanded_bytes=total))) == 6
    found = _read(ARCHIVES["a.zip"], "a.zip", expanded_bytes=total - 1)
    assert isinstance(found[-1], Rejection)
    assert found[-1].reason is Reason.EXPANDED


def test_a_zip_bomb_ends() -> None:
    layer = zstd.compress(bytes(32 * 2**20 - 100))
    bomb = make.zipped({f"{n}.html.zst": layer for n in range(64)})
    found = _read(bomb, "a.zip")
    assert isinstance(found[-1], Rejection)
    assert found[-1].reason is Reason.EXPANDED
    assert len(found) < 64


def test_limit_buffered_bytes() -> None:
    table = make.parquet(PAGES)
    whole = make.tar({"a.parquet": table})
    assert len(_pages(_read(whole, "a.tar", buffered_bytes=len(table)))) == 6
    (found,) = _read(whole, "a.tar", buffered_bytes=len(table) - 1)
    assert isinstance(found, Rejection)
    assert found.reason is Reason.TOO_LARGE
    assert len(_pages(_read(table, "a.parquet", buffered_bytes=1))) == 6


@pytest.mark.parametrize(("size", "fits"), [(9, True), (10, True), (11, False)])
def test_limit_page_bytes_in_containers(size: int, fits: bool) -> None:
    pages = {"a.html": b"<p>" + b"x" * (size - 3)}
    cases = {
        "a.tar": make.tar(pages),
        "a.zip": make.zipped(pages),
        "a.html.gz": gzip.compress(pages["a.html"]),
        "a.mhtml": make.mhtml("a.html", pages["a.html"]),
    }
    for name, content in cases.items():
        (found,) = _read(content, name, page_bytes=10)
        assert isinstance(found, Page if fits else Rejection), name
        if isinstance(found, Rejection):
            assert found.reason is Reason.TOO_LARGE


def test_limits_of_readers_are_those_of_the_table() -> None:
    settings = ReadSettings()
    named = {limit.name: limit.value for limit in LIMITS}
    for name in ReadSettings.__slots__:
        if name != "fields":
            assert getattr(settings, name) == named[name]


SAVED = b"""From: <Saved by Blink>
Snapshot-Content-Location: https://a.example/1
Subject: =?utf-8?Q?Caf=C3=A9?=
Date: Thu, 25 Apr 2019 14:57:54 +0200
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--x----"


------MultipartBoundary--x----
Content-Type: text/html
Content-ID: <frame-1@mhtml.blink>
Content-Transfer-Encoding: quoted-printable
Content-Location: https://a.example/1

<!DOCTYPE html><meta charset=3D"utf-8"><p>Caf=C3=A9=
 au lait
------MultipartBoundary--x----
Content-Type: text/css
Content-Location: cid:css-1@mhtml.blink

p { color: red }
------MultipartBoundary--x----
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: binary
Content-Location: https://a.example/frame

<p>frame
------MultipartBoundary--x------
"""


@pytest.mark.parametrize("name", ["a.mhtml", "a", "a.html"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_page_that_a_browser_saved(name: str, end: bytes) -> None:
    (page,) = _read(SAVED.replace(b"\n", end), name)
    assert isinstance(page, Page)
    assert page.content.decode() == '<!DOCTYPE html><meta charset="utf-8"><p>Café au lait'
    assert (page.url, page.media_type, page.charset, page.flags) == ("https://a.example/1", "text/html", None, ())
    assert page.captured_at is not None
    assert page.captured_at.isoformat() == "2019-04-25T12:57:54+00:00"


def test_a_saved_page_that_is_cut_off() -> None:
    whole = SAVED.index(b" au lait") + 3
    (page,) = _read(SAVED[:whole], "a.mhtml")
    assert isinstance(page, Page)
    assert page.flags == (Flag.TRUNCATED,)
    assert page.content.endswith("Café au".encode())
    (none,) = _read(SAVED[: SAVED.index(b"------Multi")], "a.mhtml")
    assert isinstance(none, Rejection)
    assert none.reason is Reason.NO_TEXT


def test_of_a_mail_html_comes_before_text_and_attachments_after_nothing() -> None:
    mail = b"""MIME-Version: 1.0
Date: Thu, 25 Apr 2019 14:57:54 +0200
Content-Type: multipart/mixed; boundary=o

--o
Content-Type: multipart/alternative; boundary=i

--i
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: base64

Y2Fm6Q==
--i
Content-Type: text/html; charset=windows-1252

<p>caf\xe9
--i--
--o
Content-Type: text/html
Content-Disposition: attachment; filename=a.html

<p>attached
--o--
"""
    (page,) = _read(mail, "a.eml")
    assert isinstance(page, Page)
    assert (page.content, page.charset, page.captured_at) == (b"<p>caf\xe9", "windows-1252", None)
    plain = mail.replace(b"text/html; charset=windows-1252", b"image/png")
    (page,) = _read(plain, "a.eml")
    assert isinstance(page, Page)
    assert (page.content, page.charset) == (b"caf\xe9", "iso-8859-1")


SEEDS = [*ARCHIVES.items(), ("a.mhtml", SAVED), ("a.jsonl", make.jsonl(PAGES)), ("a.csv", make.delimited(PAGES))]
SEEDS += [(f"a.tar{suffix}", pack(ARCHIVES["a.tar"])) for suffix, pack in make.COMPRESSIONS.items()]


@given(st.data())
def test_nothing_raises_whatever_the_bytes(data: st.DataObject) -> None:
    name, whole = data.draw(st.sampled_from(SEEDS))
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        new = data.draw(st.binary(max_size=24))
        content[at : at + data.draw(st.integers(0, 600))] = new
    pipe = data.draw(st.booleans())
    found = _read(bytes(content), name, pipe=pipe)
    assert found or len(content) < 2000 or name.endswith(("tar", ".zip"))
    for one in found:
        assert one.source is not None
        one.source.encode()
        if isinstance(one, Rejection):
            one.message.encode()


@given(
    st.binary(max_size=600), st.sampled_from(["a", "a.tar", "a.zip", "a.eml", "a.csv", "a.jsonl", "a.parquet", "a.gz"])
)
def test_nothing_raises_on_noise(content: bytes, name: str) -> None:
    _read(content, name)
