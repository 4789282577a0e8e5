"""charclass: the kind of each code point."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tools.charclass as tool
from newsds.segment.charclass import KINDS, Kind, table

COMMITTED = Path(tool.__file__).parent.parent / "newsds" / "segment" / "charclass.npz"
same_unicode = pytest.mark.skipif(
    unicodedata.unidata_version != "14.0.0", reason="the file was made with the Unicode data of Python 3.11"
)


def test_every_code_point_has_a_kind_and_every_kind_a_character() -> None:
    assert len(table()) == 0x110000
    assert set(np.unique(table()).tolist()) == set(range(KINDS)) == {int(k) for k in Kind}


@same_unicode
@given(st.characters() | st.sampled_from("".join(tool.BY_HAND.values())))
def test_the_table_says_what_the_tool_says(char: str) -> None:
    assert table()[ord(char)] == tool.kind_of(char)


def test_what_is_listed_by_hand_is_of_one_kind() -> None:
    listed = "".join(tool.BY_HAND.values())
    assert len(set(listed)) == len(listed)
    assert all(table()[ord(c)] == kind for kind, chars in tool.BY_HAND.items() for c in chars)


@same_unicode
def test_the_tool_writes_the_committed_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "newsds" / "segment").mkdir(parents=True)
    monkeypatch.setattr(tool, "__file__", str(tmp_path / "tools" / "charclass.py"))
    tool.main()
    with np.load(tmp_path / "newsds" / "segment" / "charclass.npz") as made, np.load(COMMITTED) as kept:
        assert set(made) == set(kept)
        assert all(np.array_equal(made[name], kept[name]) and made[name].dtype == kept[name].dtype for name in kept)
