"""JSON Lines: a record a line, its page in a field."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from newsds.model import Page, Reason, Rejection
from newsds.read.fields import Place, page_of, rejection
from newsds.read.lines import read_lines
from newsds.read.settings import ReadSettings


def read_jsonl(file: BinaryIO, source: str, settings: ReadSettings) -> Iterator[Page | Rejection]:
    r"""Yield the page of each line. A bad line is one rejection; a blank one is no record.

    Bytes that are not UTF-8 stay in the text as they are, so that the page is decoded like any other.

    Args:
        file: the lines, without compression.
        source: its name.
        settings: names of fields, and limits.

    >>> import io
    >>> found = read_jsonl(io.BytesIO(b'{"text": "One"}\n{"text": \n'), "a.jsonl", ReadSettings())
    >>> [getattr(x, "content", None) or x.message for x in found]
    [b'One', 'line 2 is no JSON: Expecting value']
    """
    record = -1
    for number, line in enumerate(read_lines(file, settings.line_bytes), 1):
        if line.content is not None and not line.content.strip():
            continue
        record += 1
        place = Place(source=source, record=record, offset=line.offset, length=line.length)
        if line.content is None:
            message = f"line {number} of {line.length} bytes is longer than the limit line_bytes, {settings.line_bytes}"
            yield rejection(place, Reason.MALFORMED, message)
            continue
        value = _parse(line.content.removeprefix(codecs.BOM_UTF8) if number == 1 else line.content)
        if isinstance(value, dict):
            yield page_of(value, place, settings)
        else:
            yield rejection(place, Reason.MALFORMED, f"line {number} is no JSON{value}")


def _parse(line: bytes) -> dict[str, Any] | str:
    """Return the object in a line, or what is wrong."""
    try:
        value = json.loads(line.decode("utf-8", "surrogateescape"))
    except json.JSONDecodeError as error:
        return f": {error.msg}"
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, brackets nested 1,000 deep
        return f" that can be read: {type(error).__name__}"
    return value if isinstance(value, dict) else f" object but a {type(value).__name__}"
