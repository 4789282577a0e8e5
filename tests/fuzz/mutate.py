"""Damage of every kind, done to bytes: a pure function of a random number generator's state."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from typing import Final

MOST: Final = 1 << 20
"""Bytes of a mutant: enough for what is not linear to show, little enough to try many."""
TOKENS: Final = (
    *(b"\x00", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"\xf0\x9f", b"\x1b$B", b"\x85"),
    *(b"\r", b"\r\n\r\n", b"\n\n", b"\xe2\x80\xa8", b"\xc2\xa0", b"\xe2\x80\x8b", b"\xcc\x81"),
    *(b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?", b"<!doctype html>", b"<html", b"<plaintext>"),
    *(b"<script>", b"</script >", b"<style>", b"<textarea>", b"<title>", b"<template>", b"<svg>", b"<math>"),
    *(b"<table>", b"<td>", b"<p>", b"<li>", b"<a href='", b"<br>", b"<pre>", b"<frameset>", b"<base href=//x>"),
    *(b"&", b"&#", b"&#x110000;", b"&#0;", b"&notit;", b"&#xd800;", b'"', b"'", b"=", b"`"),
    *(b"<meta charset=utf-16>", b"<meta charset=shift_jis>", b"<meta http-equiv=content-type content='a;charset="),
    *(b'<script type="application/ld+json">', b'{"@graph":[', b'"\\ud800\\u0000"', b"1e999", b"NaN", b"-0", b"[[[["),
    *(b"Tags: a, b", b"<<: ", b">>: ", b"Related articles", b"By A and B", b"31 February 2024", b"0000-00-00T99:99Z"),
    *(b"WARC/1.0\r\n", b"Content-Length: 99999999999999999999\r\n", b"Content-Length: -1\r\n", b"HTTP/1.1 200 OK\r\n"),
    *(b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd", b"BZh9", b"\xfd7zXZ\x00", b"PAR1"),
    *(b"ustar", b"MIME-Version: 1.0\r\n", b"--boundary\r\n", b"=?utf-8?q?=00?=", b"../../etc/passwd", b"!/", b"%00"),
)  # fmt: skip
_CODECS: Final = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "shift_jis", "gb18030", "cp1252", "utf-7")
_TAG: Final = re.compile(rb"<[a-zA-Z]+")

Chance = random.Random
Mutation = Callable[[Chance, bytes, bytes], bytes]


def _range(chance: Chance, data: bytes, longest: int = 4096) -> tuple[int, int]:
    start = chance.randrange(len(data) + 1)
    return start, min(len(data), start + int(longest ** chance.random()))


def _flip(chance: Chance, data: bytes, other: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20)) if data else 0):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _overwrite(chance: Chance, data: bytes, other: bytes) -> bytes:
    start, end = _range(chance, data, 64)
    return data[:start] + chance.randbytes(end - start) + data[end:]


def _truncate(chance: Chance, data: bytes, other: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _behead(chance: Chance, data: bytes, other: bytes) -> bytes:
    return data[chance.randrange(len(data) + 1) :]


def _remove(chance: Chance, data: bytes, other: bytes) -> bytes:
    start, end = _range(chance, data)
    return data[:start] + data[end:]


def _repeat(chance: Chance, data: bytes, other: bytes) -> bytes:
    start, end = _range(chance, data, 256)
    return data[:start] + data[start:end] * chance.choice((2, 5, 300, 20_000)) + data[end:]


def _splice(chance: Chance, data: bytes, other: bytes) -> bytes:
    start, end = _range(chance, data)
    first, last = _range(chance, other, 1 << 16)
    return data[:start] + other[first:last] + data[end:]


def _join(chance: Chance, data: bytes, other: bytes) -> bytes:
    return data + other


def _insert(chance: Chance, data: bytes, other: bytes) -> bytes:
    for _ in range(chance.choice((1, 2, 8))):
        at = chance.randrange(len(data) + 1)
        data = data[:at] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 3, 5000)) + data[at:]
    return data


def _nest(chance: Chance, data: bytes, other: bytes) -> bytes:
    start, end = _range(chance, data)
    depth = chance.choice((10, 1000, 20_000))
    tag = chance.choice((b"div", b"b", b"table><tr><td", b"ul><li", b"span class=tag", b"a href=/x", b"p"))
    close = b"</" + tag.split(b">")[0].split()[0] + b">"
    return data[:start] + (b"<" + tag + b">") * depth + data[start:end] + close * chance.choice((0, depth)) + data[end:]


def _attributes(chance: Chance, data: bytes, other: bytes) -> bytes:
    tags = list(_TAG.finditer(data))
    at = chance.choice(tags).end() if tags else len(data)
    number = chance.choice((3, 1000, 100_000))
    made = b" class=b" * number if chance.random() < 0.5 else b"".join(b" a%d=1" % n for n in range(number))
    return data[:at] + made + data[at:]


def _unbreak(chance: Chance, data: bytes, other: bytes) -> bytes:
    return data.replace(b"\n", chance.choice((b"", b" ", b"\r", b"\x0b", b"\xc2\x85")))


def _stretch(chance: Chance, data: bytes, other: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice((b"x", b" ", b"\n", b"-", b"1", b"\xc3\xa9", b"word ")) * 100_000 + data[at:]


def _transcode(chance: Chance, data: bytes, other: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(chance.choice(_CODECS), "replace")


def _misread(chance: Chance, data: bytes, other: bytes) -> bytes:
    return data.decode("cp1252", "replace").encode()


def _renumber(chance: Chance, data: bytes, other: bytes) -> bytes:
    numbers = list(re.finditer(rb"[0-9]+", data))
    if not numbers:
        return data
    found = chance.choice(numbers)
    made = chance.choice((b"", b"0", b"-1", b"1" + found[0], found[0][:-1], b"9" * 30, b"1e5", b"0x10"))
    return data[: found.start()] + made + data[found.end() :]


def _shuffle(chance: Chance, data: bytes, other: bytes) -> bytes:
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


MUTATIONS: Final[tuple[Mutation, ...]] = (
    *(_flip, _overwrite, _truncate, _behead, _remove, _repeat, _splice, _join, _insert, _nest, _attributes),
    *(_unbreak, _stretch, _transcode, _misread, _renumber, _shuffle),
)  # fmt: skip


def mutant(chance: Chance, seeds: Sequence[bytes]) -> bytes:
    """Return one of the seeds with one to four kinds of damage done to it."""
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = chance.choice(MUTATIONS)(chance, data, chance.choice(seeds))[:MOST]
    return data
