"""Compressed streams: any number of members, cut or damaged anywhere."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
from collections.abc import Callable
from typing import BinaryIO, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.limits import EXPANDED_BYTES, EXPANSION_RATIO
from newsds.model import Reason
from newsds.read.compression import Compression, Unpacked, compression_of
from newsds.read.decoders import zstd
from newsds.read.members import Fault, Members, Piece

PACK: dict[Compression, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zstd": lambda data: zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1}),
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
ALL: list[Compression] = ["gzip", "zstd", "bz2", "xz"]


def words(seed: int, count: int) -> bytes:
    rng = random.Random(seed)
    return b" ".join(rng.choice((b"tea", b"boats", b"%d" % rng.randrange(10**6))) for _ in range(count))


class Dribble(io.RawIOBase):
    """Gives one to three bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        size = min(1 + self._at % 3, size) if size >= 0 else len(self._data)
        part = self._data[self._at : self._at + size]
        self._at += len(part)
        return part


@pytest.mark.parametrize("name", ALL)
@given(parts=st.lists(st.binary(max_size=300), max_size=5), zeros=st.booleans())
def test_members_read_on(name: Compression, parts: list[bytes], zeros: bool) -> None:
    packed = b"".join(PACK[name](p) for p in parts)
    packed += bytes(-len(packed) % 512 if zeros and parts else 0)
    stream = Unpacked(io.BytesIO(packed), name)
    assert (stream.read(), stream.fault) == (b"".join(parts), None)
    slow = Unpacked(Dribble(packed), name)  # type: ignore[arg-type]
    assert (b"".join(iter(lambda: slow.read(7), b"")), slow.fault) == (b"".join(parts), None)


@pytest.mark.parametrize("name", ALL)
def test_kind_is_told_from_the_first_bytes(name: Compression) -> None:
    for content in (b"", b"abc"):
        assert compression_of(PACK[name](content)[:10]) == name
    assert compression_of(b"") is None
    assert Unpacked(io.BytesIO(b"plain")).read() == b"plain"
    assert Unpacked(io.BytesIO(b"")).read() == b""
    stream = io.TextIOWrapper(cast(BinaryIO, Unpacked(io.BytesIO(PACK[name](b"one\ntwo")))))
    assert list(stream) == ["one\n", "two"]


@pytest.mark.parametrize("name", ALL)
def test_a_cut_stream_gives_what_is_there_and_says_so(name: Compression) -> None:
    parts = [words(n, 400) for n in range(3)]
    packed = [PACK[name](p) for p in parts]
    ends = {sum(map(len, packed[:n])) for n in range(4)}
    whole = b"".join(packed)
    for cut in range(12, len(whole) + 1, 61):
        stream = Unpacked(io.BytesIO(whole[:cut]), name)
        got = stream.read()
        assert b"".join(parts).startswith(got)
        assert len(got) >= sum(len(p) for p, end in zip(parts, sorted(ends)[1:], strict=True) if end <= cut)
        if cut in ends:
            assert stream.fault is None
        else:
            assert stream.fault is not None
            assert stream.reason is Reason.DAMAGED
            assert stream.fault_offset is not None
            assert 0 <= stream.fault_offset <= cut


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("what", ["flip", "zeros", "cut", "insert"])
def test_a_damaged_member_costs_itself(name: Compression, what: str) -> None:
    parts = [words(n, 400) for n in range(4)]
    packed = [PACK[name](p) for p in parts]
    start = len(packed[0])
    for at in range(0, len(packed[1]), 37):
        bad = packed[1]
        match what:
            case "flip":
                bad = bad[:at] + bytes([bad[at] ^ 0x10]) + bad[at + 1 :]
            case "zeros":
                bad = bad[:at] + bytes(50) + bad[at + 50 :]
            case "cut":
                bad = bad[:at]
            case "insert":
                bad = bad[:at] + b"\x55" * 9 + bad[at:]
        whole = packed[0] + bad + packed[2] + packed[3]
        found: dict[int, bytes] = {}
        faults = 0
        for piece in Members(io.BytesIO(whole), name).pieces():
            if isinstance(piece, Piece):
                found[piece.member] = found.get(piece.member, b"") + piece.data
                faults += not piece.sound
            else:
                assert start <= piece.offset <= piece.resume
                faults += 1
        assert [found.pop(n) for n in (0, start + len(bad), start + len(bad) + len(packed[2]))] == [
            parts[0],
            parts[2],
            parts[3],
        ]
        assert faults or set(found.values()) <= {parts[1]}


def test_gzip_gives_what_comes_before_the_fault_and_what_a_wrong_checksum_covers() -> None:
    text = words(1, 4000)
    packed = PACK["gzip"](text)
    members = Members(io.BytesIO(packed[:-5] + b"?" + packed[-4:]), "gzip")
    assert list(members.pieces()) == [Piece(text, 0, len(packed), sound=False)]
    half = len(packed) // 2
    stream = Unpacked(io.BytesIO(packed[:half] + b"\xff" * 64 + packed[half:]))
    got = stream.read()
    assert text.startswith(got[: len(text) // 3])
    assert stream.fault_offset is not None
    assert half <= stream.fault_offset


def test_zeros_are_padding_at_the_end_and_a_loss_elsewhere() -> None:
    one, two = PACK["gzip"](b"one"), PACK["gzip"](b"two")
    assert Unpacked(io.BytesIO(one + bytes(1 << 16))).fault is None
    faults = {}
    for packed in (one + bytes((1 << 16) + 1), one + bytes(9) + two):
        faults[packed] = [f for f in Members(io.BytesIO(packed), "gzip").pieces() if isinstance(f, Fault)]
    assert [(f.offset, f.resume) for x in faults.values() for f in x] == [
        (len(one), len(one) + (1 << 16) + 1),
        (len(one), len(one) + 9),
    ]


def test_gzip_header_with_every_field() -> None:
    head = b"\x1f\x8b\x08\x1f" + bytes(6) + b"\x04\0abcd" + b"name\0" + b"comment\0" + b"\0\0"
    packed = head + PACK["gzip"](b"text")[10:]
    assert Unpacked(io.BytesIO(packed)).read() == b"text"
    assert Unpacked(Dribble(packed), "gzip").read() == b"text"  # type: ignore[arg-type]


@pytest.mark.parametrize("packed_dictionary", [False, True])
def test_zstd_dictionary_in_the_first_frame(packed_dictionary: bool) -> None:
    samples = [words(n, 60) for n in range(300)]
    dictionary = zstd.train_dict(samples, 4096)
    content = dictionary.dict_content
    stored = zstd.compress(content) if packed_dictionary else content
    frames = [zstd.compress(s, zstd_dict=dictionary) for s in samples[:3]]
    packed = b"\x5d\x2a\x4d\x18" + len(stored).to_bytes(4, "little") + stored + b"".join(frames)
    stream = Unpacked(io.BytesIO(packed))
    assert (stream.read(), stream.fault) == (b"".join(samples[:3]), None)
    assert Unpacked(io.BytesIO(packed[:20] + b"???" + packed[23:])).read() != b"".join(samples[:3])


def test_skippable_frames_are_skipped() -> None:
    skipped = b"\x50\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"12345"
    assert Unpacked(io.BytesIO(skipped + PACK["zstd"](b"a") + skipped + PACK["zstd"](b"b"))).read() == b"ab"
    assert "skippable" in str(list(Members(io.BytesIO(skipped[:-1]), "zstd").pieces()))


def test_expanded_bytes() -> None:
    parts = [bytes(1000)] * 3
    packed = b"".join(map(PACK["gzip"], parts))
    stream = Unpacked(io.BytesIO(packed), expanded_bytes=3000)
    assert (len(stream.read()), stream.fault) == (3000, None)
    stream = Unpacked(io.BytesIO(packed), expanded_bytes=2999)
    stream.read()
    assert stream.reason is EXPANDED_BYTES.code
    assert "expanded_bytes" in str(stream.fault)


@pytest.mark.parametrize("name", ALL)
def test_expansion_ratio(name: Compression) -> None:
    size = (1 << 26) + (1 << 22)
    bomb = PACK[name](bytes(size))
    ratio = size // len(bomb)
    stream = Unpacked(io.BytesIO(bomb), expansion_ratio=ratio + size // 4096)
    assert sum(len(part) for part in iter(lambda: stream.read(1 << 20), b"")) == size
    assert stream.fault is None
    found = list(Members(io.BytesIO(bomb + PACK[name](b"next")), name, expansion_ratio=ratio // 8).pieces())
    assert found[-1].data == b"next"  # type: ignore[union-attr]
    (fault,) = [f for f in found if isinstance(f, Fault)]
    assert fault.reason is EXPANSION_RATIO.code
    assert fault.resume == len(bomb)
