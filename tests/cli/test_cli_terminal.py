"""Nothing that steers a terminal comes through, and nothing else is lost."""

from __future__ import annotations

import io
import json
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsds.cli import terminal
from newsds.cli.terminal import clip, display_width, json_text, visible, wrap
from newsds.errors import OutputError

from .conftest import HOSTILE

TEXT = st.text(st.one_of(st.characters(), st.sampled_from("\x1b\x9b\u202e\u2066\r\n \u0301日👩\u200d\\")))


@given(TEXT)
@example("\x1b]0;title\x07\x9b31m\u202e\ud800\U000e0041\x85\u2028")
def test_visible_leaves_nothing_hostile_and_everything_else(text: str) -> None:
    shown = visible(text)
    assert not HOSTILE.search(shown)
    assert "\n" not in shown
    shown.encode("utf-8")
    assert visible(shown) == shown
    if not HOSTILE.search(text) and text.isprintable():
        assert shown == text


@given(st.recursive(TEXT, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=8))
def test_json_means_the_same_and_holds_nothing_hostile(value: object) -> None:
    text = json_text(value)
    assert json.loads(text) == value
    assert not HOSTILE.search(text)
    assert json_text(value, ascii_only=True).isascii()


@given(TEXT, st.integers(1, 30))
def test_clip_keeps_to_the_width(text: str, width: int) -> None:
    shown = visible(text)
    short = clip(shown, width)
    assert display_width(short) <= max(width, 1)
    assert short == shown or (short.endswith("…") and shown.startswith(short[:-1]) and display_width(shown) > width)


@given(TEXT, st.integers(2, 30))
def test_wrap_keeps_to_the_width_and_loses_only_blanks(text: str, width: int) -> None:
    shown = visible(text)
    lines = list(wrap(shown, width))
    assert all(display_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == shown.replace(" ", "")


class FullDisk(io.TextIOWrapper):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_an_output_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", FullDisk(io.BytesIO()))
    with pytest.raises(OutputError, match="No space left"):
        terminal.put("x")


def test_a_closed_output_is_an_output_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match="closed"):
        terminal.put("x")


def test_what_the_output_has_no_code_for_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    terminal.put("é\n")
    terminal.put_json("é")
    sys.stdout.flush()
    assert raw.getvalue() == b'\\xe9\n"' + "é".encode() + b'"\n'


def test_json_to_a_terminal_of_another_encoding_is_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    monkeypatch.setattr(stream, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.put_json("一")
    stream.flush()
    assert raw.getvalue() == b'"\\u4e00"\n'
