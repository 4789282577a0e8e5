"""decode: what was encoded and declared comes back; nothing unprintable is left; nothing raises."""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import cache

from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from newsds.chars import CONTROL
from newsds.decode import canonical_charset, decode
from newsds.model import Flag
from tests.property import strategies as some

_ALPHABETS = {
    "utf-8": "aé漢😀",
    "windows-1250": "ěščřžýáíéąęłż€„”",
    "windows-1251": "абвгдеёжіїєґ«»—№",
    "windows-1252": "éàüñß€“”…œ",
    "windows-1253": "αβγδάέό",
    "windows-1254": "ğışçöüİ",
    "windows-1255": "אבגדהשת",
    "windows-1256": "ابتثجحپچ",
    "windows-1257": "āčēģīķļņšūž",
    "windows-1258": "ăâđêôơư",
    "iso-8859-2": "ěščřžłą",
    "iso-8859-5": "абвгд",
    "iso-8859-7": "αβγδ",
    "iso-8859-15": "éàü€œ",
    "koi8-r": "абвгдё",
    "koi8-u": "абвгіїє",
    "shift_jis": "あいうアイウ漢字日本語、。",
    "euc-jp": "あいうアイウ漢字日本語、。",
    "iso-2022-jp": "あいうアイウ漢字日本語、。",
    "gbk": "的一是了我不人中国，。",
    "gb18030": "的一是了我不人中国，。é𠀀",
    "big5": "的一是不人中國，。",
    "euc-kr": "가나다라마바사한국어",
}


@st.composite
def _encoded(draw: DrawFn) -> tuple[str, str, bytes]:
    charset = draw(st.sampled_from(sorted(_ALPHABETS)))
    text = draw(st.text(_ALPHABETS[charset] + "ab <>&;\n"))
    return charset, text, text.encode(charset)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not content.isascii()


@given(_encoded())
def test_declared_text_comes_back(case: tuple[str, str, bytes]) -> None:
    charset, text, content = case
    assume(charset == "utf-8" or not _is_utf8(content))  # bytes that are sound UTF-8 are UTF-8 whatever is declared
    page = decode(content, charset=charset)
    assert page.text == text
    assert page.replaced_chars == 0
    assert Flag.ENCODING_GUESSED not in page.flags


@cache
def _alphabet(charset: str) -> str:
    """Every character of the basic plane that comes back through an encoding's own decoder."""
    codec = "utf-8" if charset == "utf-8" else f"whatwg-{canonical_charset(charset)}"
    characters = [chr(c) for c in range(0x20, 0x10000) if unicodedata.category(chr(c)) not in ("Cs", "Cc", "Cn", "Co")]
    return "".join(c for c in characters if (code := c.encode(charset, "ignore")) and code.decode(codec) == c)


@st.composite
def _any_encoded(draw: DrawFn) -> tuple[str, str, bytes]:
    charset = draw(st.sampled_from(sorted(_ALPHABETS)))
    text = draw(st.text(_alphabet(charset)))
    return charset, text, text.encode(charset)


@given(_any_encoded())
def test_any_declared_text_comes_back(case: tuple[str, str, bytes]) -> None:
    charset, text, content = case
    assume(charset == "utf-8" or not _is_utf8(content))
    for page in (decode(content, charset=charset), decode(f'<meta charset="{charset}">'.encode() + content)):
        assert page.text.endswith(text)
        assert (page.charset, page.replaced_chars) == (canonical_charset(charset), 0) or content.isascii()


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.sampled_from(("utf-16le", "utf-16be")))
def test_text_declared_utf16_by_the_transport_comes_back(text: str, charset: str) -> None:
    page = decode(f"{text}\n".encode(charset), charset=charset)
    assume(not text.startswith(("\ufeff", "\ufffe")))
    assert page.text == f"{text}\n"


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.sampled_from(("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")),
)
def test_marked_text_comes_back(text: str, codec: str) -> None:
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(codec, b"")
    page = decode(mark + text.encode(codec))
    assert (page.text, page.charset_source, page.replaced_chars, page.flags) == (text, "bom", 0, ())


@given(
    st.one_of(some.contents, some.any_str),
    st.sampled_from((None, "utf-8", "utf-16", "shift_jis", "x-user-defined", "replacement", "klingon")),
)
def test_anything_gives_clean_text(content: bytes | str, charset: str | None) -> None:
    page = decode(content, charset=charset)
    assert not re.search("[\ud800-\udfff]", page.text)
    assert not CONTROL.search(page.text)
    assert page.text.count("\ufffd") >= page.replaced_chars
    assert page.flags == tuple(sorted(set(page.flags)))
    assert canonical_charset(page.charset) == page.charset


@given(st.text(max_size=50))
def test_any_label_is_an_encoding_or_none(label: str) -> None:
    name = canonical_charset(label)
    assert name is None or canonical_charset(name) == name


@given(st.binary(max_size=100), st.integers(0, 100))
def test_a_limit_is_kept(content: bytes, limit: int) -> None:
    page = decode(content, limit=limit)
    assert len(page.text) <= max(limit, 0) + 1
    assert (Flag.TRUNCATED in page.flags) == (len(content) > limit)
