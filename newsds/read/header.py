"""Headers of WARC records and HTTP messages: lines `Name: value`, and a blank one behind them."""

from __future__ import annotations

import re
from typing import Final

from newsds.native import kernels

BLANK_LINE: Final = re.compile(rb"\n\r?\n")
STATUS: Final = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")


def read_header(buffer: bytes, at: int, end: int, names: tuple[bytes, ...]) -> tuple[dict[bytes, bytes], int] | None:
    r"""Return the fields of a header, and where it ends, behind the blank line; None if it does not.

    Of a name that comes again, the last value counts. Lines that are no fields are passed over.

    Args:
        buffer: holds it.
        at: where it begins.
        end: where it ends at the latest.
        names: the fields that are wanted, in lower case.

    >>> read_header(b"A: 1\r\nb-C :  2\n more\r\nD: 4\nA: 3\r\n\r\nTea", 0, 99, (b"a", b"b-c"))
    ({b'a': b'3', b'b-c': b'2 more'}, 35)
    """
    if kernels is not None:
        return kernels.read_header(buffer, at, end, names)
    blank = BLANK_LINE.search(buffer, at, end)
    if blank is None:
        return None
    head = buffer[at : blank.start()]
    if b"\n " in head or b"\n\t" in head:
        head = _FOLD.sub(b" ", head)
    fields: dict[bytes, bytes] = {}
    for line in head.split(b"\n"):  # a third of what a regular expression takes
        name, colon, value = line.partition(b":")
        if colon and (name := name.rstrip().lower()) in names:
            fields[name] = value.strip()
    return fields, blank.end()


def read_response(
    buffer: bytes, at: int, end: int, names: tuple[bytes, ...]
) -> tuple[int, dict[bytes, bytes] | None, int] | None:
    r"""Return status, fields and end of the header of an HTTP response; None if it has no status.

    The fields are None if the header does not end. The arguments are those of `read_header`.

    >>> read_response(b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\nTea", 0, 99, (b"a",)), read_response(b"Tea", 0, 3, ())
    ((200, {b'a': b'1'}, 25), None)
    """
    if kernels is not None:
        return kernels.read_response(buffer, at, end, names)
    status = STATUS.match(buffer, at, end)
    if status is None:
        return None
    fields, head_end = read_header(buffer, at, end, names) or (None, min(end, len(buffer)))
    return int(status[1]), fields, head_end
