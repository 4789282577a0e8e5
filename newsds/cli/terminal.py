"""Text for people: what a page holds is hostile, and a terminal obeys what it is sent.

Everything a command prints of a page, a path or a configuration goes through `visible` or `json_text`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any, Final, Literal

import click

from newsds.errors import OutputError

When = Literal["auto", "always", "never"]

_HOSTILE: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # controls (Cc): escape sequences, bells, backspaces, carriage returns
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # Bidi_Control: text that shows in another order than it has
    "\u2028\u2029"  # line and paragraph separator
    "\u206a-\u206f\ufff9-\ufffb"  # deprecated format characters, interlinear annotation
    "\U000e0000-\U000e007f"  # tags: text that does not show
    "\ud800-\udfff"  # half characters, in file names that are not UTF-8
    "]"
)
"""Characters that steer a terminal or deceive a reader. Joiners stay: Persian, Indic scripts and emoji need them."""

_PIPE_WIDTH: Final = 120
"""Columns where there is no terminal to ask, and COLUMNS is not set."""
_MIN_WIDTH: Final = 40


def visible(text: str, *, keep: str = "") -> str:
    r"""Return `text` with every hostile character as an escape; those in `keep` stay.

    >>> print(visible("\x1b[31mred\u202e"))
    \x1b[31mred\u202e
    >>> print(visible("one\ntwo", keep="\n"))
    one
    two
    """
    return _HOSTILE.sub(lambda m: m[0] if m[0] in keep else ascii(m[0])[1:-1], text)


def json_text(value: Any, *, ascii_only: bool = False) -> str:
    r"""Return `value` as JSON for people and programs: indented, readable in any script, hostile characters as escapes.

    >>> print(json_text(["é", "\x9b\u202e"]))
    [
      "é",
      "\u009b\u202e"
    ]
    """
    text = json.dumps(value, indent=2, ensure_ascii=ascii_only)
    return _HOSTILE.sub(lambda m: m[0] if m[0] == "\n" else json.dumps(m[0])[1:-1], text)


def put(text: str) -> None:
    """Write to standard output; characters it has no code for are written as escapes.

    Raises:
        OutputError: it cannot be written to.
        BrokenPipeError: nobody reads it.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"  # a replaced stdout may have none
    _write(text.encode(encoding, "backslashreplace").decode(encoding))


def put_json(value: Any) -> None:
    """Write to standard output as JSON, in UTF-8 whatever the locale, as RFC 8259 asks.

    Raises:
        OutputError: it cannot be written to.
        BrokenPipeError: nobody reads it.
    """
    # to a terminal of another encoding, bytes of UTF-8 could be controls
    foreign = _on_terminal() and re.sub("[_-]", "", sys.stdout.encoding or "").lower() != "utf8"
    _write(json_text(value, ascii_only=foreign).encode() + b"\n")


def put_bytes(data: bytes) -> None:
    """Write to standard output what is no text for a terminal: a file.

    Raises:
        OutputError: it cannot be written to.
        BrokenPipeError: nobody reads it.
    """
    _write(data)


def _write(data: str | bytes) -> None:
    if _closed():
        raise OutputError("cannot write to standard output: it is closed", "check where the output is sent to")
    try:
        click.echo(data, nl=False, color=True)  # colours were decided before
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"cannot write to standard output: {error.strerror or error}", "check where the output is sent to"
        ) from error


def _closed() -> bool:
    return sys.stdout is None


def _on_terminal() -> bool:
    return not _closed() and sys.stdout.isatty()


def use_color(when: When) -> bool:
    """Say whether to colour standard output: on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    if when != "auto":
        return when == "always"
    return _on_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def output_width() -> int:
    """Return the columns of standard output."""
    fallback = (_PIPE_WIDTH, 24)
    if _on_terminal() or os.environ.get("COLUMNS", "").isdigit():
        return max(_MIN_WIDTH, shutil.get_terminal_size(fallback).columns)
    return _PIPE_WIDTH


def display_width(text: str) -> int:
    """Return the columns `text` takes.

    >>> display_width("abc"), display_width("日本"), display_width("e\\u0301")
    (3, 4, 1)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def clip(text: str, width: int) -> str:
    """Return `text` cut to `width` columns, with an ellipsis if it was.

    >>> clip("a long line", 7), clip("a line", 7), clip("日本語", 5)
    ('a long…', 'a line', '日本…')
    """
    used = end = 0
    for i, char in enumerate(text):
        used += _columns(char)
        if used > width:
            return text[:end] + "…"
        if used < width:  # there is room for the ellipsis
            end = i + 1
    return text


def wrap(text: str, width: int) -> Iterator[str]:
    """Yield the lines of `text` in `width` columns, broken at blanks where there are any.

    >>> list(wrap("one two three", 8)), list(wrap("日本語", 4)), list(wrap("", 8))
    (['one two', 'three'], ['日本', '語'], [''])
    """
    start = used = 0
    blank = -1
    for i, char in enumerate(text):
        columns = _columns(char)
        if char == " ":
            blank = i
        elif used + columns > width and i > start:
            end = blank if blank > start else i
            yield text[start:end].rstrip(" ")
            start = end + (blank == end)
            used = display_width(text[start:i])
            blank = -1
        used += columns
    yield text[start:].rstrip(" ")
