"""decode: which encoding, who named it, what was replaced."""

from __future__ import annotations

import codecs

import pytest

from newsds.decode import canonical_charset, decode
from newsds.limits import PAGE_BYTES
from newsds.model import Flag

POLISH = "Zażółć gęślą jaźń. Wójt powiedział, że most zostanie otwarty jesienią. "
RUSSIAN = "Мэр города сообщил, что новый мост через реку откроют осенью этого года. "
JAPANESE = "市長は新しい橋が秋に開通すると発表した。住民は長い間待っていた。"
CHINESE = "市长表示，新桥将于秋季通车，居民们等待已久。一座桥一条路。\u3000\u3000"
KOREAN = "시장은 새 다리가 가을에 개통된다고 말했다. 주민들은 오래 기다렸다. "
GERMAN = "Der Bürgermeister sagte, die Brücke über den Fluss öffne später. "


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("latin1", "windows-1252"),
        ("iso-8859-1", "windows-1252"),
        ("us-ascii", "windows-1252"),
        ("GB2312", "gbk"),
        ("x-sjis", "shift_jis"),
        ("ks_c_5601-1987", "euc-kr"),
        ("iso_8859-2:1987", "iso-8859-2"),
        (" KOI8-R ", "koi8-r"),
        ("utf-16", "utf-16le"),
        ("UTF-16BE", "utf-16be"),
        ("latin-one", None),
        ("klingon", None),
        ("", None),
        ("é", None),
        ("base64", None),
        ("rot13", None),
        ("idna", None),
        ("../utf-8", None),
        ("u" * 41, None),
    ],
)
def test_canonical_charset(label: str, name: str | None) -> None:
    assert canonical_charset(label) == name


@pytest.mark.parametrize(
    ("mark", "codec"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_byte_order_mark_wins(mark: bytes, codec: str) -> None:
    page = decode(mark + RUSSIAN.encode(codec), charset="windows-1251")
    assert page.text == RUSSIAN
    assert (page.charset.replace("-", ""), page.charset_source, page.flags) == (codec.replace("-", ""), "bom", ())


def test_undeclared_utf8() -> None:
    page = decode(RUSSIAN.encode())
    assert (page.text, page.charset, page.charset_source, page.flags) == (RUSSIAN, "utf-8", "utf-8", ())


def test_transport_before_meta() -> None:
    content = b'<meta charset="windows-1252">' + RUSSIAN.encode("windows-1251")
    page = decode(content, charset="cp1251")
    assert page.text.endswith(RUSSIAN)
    assert (page.charset, page.charset_source, page.flags) == ("windows-1251", "transport", ())


@pytest.mark.parametrize(
    "meta",
    [
        b'<meta charset="iso-8859-2">',
        b"<META CHARSET=iso-8859-2>",
        b"<meta http-equiv='Content-Type' content='text/html; charset=iso-8859-2'>",
        b"<!doctype html>" + b" " * 3000 + b"<meta charset = 'iso-8859-2' />",
    ],
)
def test_meta(meta: bytes) -> None:
    page = decode(meta + POLISH.encode("iso-8859-2"))
    assert page.text.endswith(POLISH)
    assert (page.charset, page.charset_source, page.flags) == ("iso-8859-2", "meta", ())


def test_meta_beyond_the_window_is_not_read() -> None:
    page = decode(b" " * 5000 + b'<meta charset="iso-8859-2">' + GERMAN.encode("windows-1252"))
    assert page.charset_source == "detector"


@pytest.mark.parametrize("label", ["iso-8859-1", "latin1", "us-ascii"])
def test_latin_1_is_windows_1252(label: str) -> None:
    page = decode("“Ça coûte 5 €”, dit-il…".encode("windows-1252"), charset=label)
    assert (page.text, page.charset, page.flags) == ("“Ça coûte 5 €”, dit-il…", "windows-1252", ())


@pytest.mark.parametrize("label", ["gb2312", "gbk", "gb18030"])
def test_chinese_labels_mean_what_pages_hold(label: str) -> None:
    text = "“镕”𠮷€ – " + CHINESE
    assert decode(text.encode("gb18030").replace(b"\xa2\xe3", b"\x80"), charset=label).text == text


def test_utf8_is_not_hidden_by_another_declaration() -> None:
    page = decode(b'<meta charset="windows-1252">' + RUSSIAN.encode())
    assert page.text.endswith(RUSSIAN)
    assert (page.charset, page.flags) == ("utf-8", (Flag.CHARSET_CONFLICT,))


def test_declared_utf8_that_is_none() -> None:
    page = decode(b'<meta charset="utf-8">' + GERMAN.encode("windows-1252") * 4)
    assert page.text.endswith(GERMAN)
    assert set(page.flags) == {Flag.CHARSET_CONFLICT, Flag.ENCODING_GUESSED}


def test_meta_naming_utf16_is_read_as_utf8() -> None:
    page = decode(b'<meta charset="utf-16">' + RUSSIAN.encode())
    assert page.text.endswith(RUSSIAN)
    assert page.charset == "utf-8"


def test_ascii_under_any_declaration_is_no_conflict() -> None:
    assert decode(b"plain", charset="windows-1252").flags == ()


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (KOREAN, "euc-kr"),
        (CHINESE, "gbk"),
        (GERMAN, "windows-1252"),
    ],
)
def test_detector(text: str, charset: str) -> None:
    page = decode((text * 6).encode(charset))
    assert page.text == text * 6
    assert (page.charset_source, page.flags) == ("detector", (Flag.ENCODING_GUESSED,))


def test_iso_2022_jp_is_not_taken_for_ascii() -> None:
    page = decode((JAPANESE * 3).encode("iso-2022-jp"), charset="iso-2022-jp")
    assert (page.text, page.flags) == (JAPANESE * 3, ())


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_mark(codec: str) -> None:
    page = decode(("<p>" + GERMAN * 3).encode(codec))
    assert page.text == "<p>" + GERMAN * 3
    assert page.flags == (Flag.ENCODING_GUESSED,)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [RUSSIAN, JAPANESE, CHINESE, KOREAN, "ראש העיר אמר כי הגשר ייפתח בסתיו"])
def test_utf16_without_mark_in_any_script(text: str, codec: str) -> None:
    text = f"{text}\n\n{text} 2024\n" * 3
    page = decode(text.encode(codec))
    assert (page.text, page.charset_source, page.flags) == (text, "detector", (Flag.ENCODING_GUESSED,))


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_numbers_are_no_utf16(codec: str) -> None:
    numbers = b"".join(n.to_bytes(2, "little" if codec.endswith("le") else "big") for n in range(0, 60000, 7))
    assert Flag.BINARY in decode(numbers).flags


@pytest.mark.parametrize(("codec", "name"), [("utf-16-le", "utf-16le"), ("utf-16-be", "utf-16be")])
@pytest.mark.parametrize("text", [RUSSIAN, f"{JAPANESE}\n{JAPANESE}"])
def test_utf16_declared_by_transport(codec: str, name: str, text: str) -> None:
    page = decode(text.encode(codec), charset=name)
    assert (page.text, page.charset, page.charset_source, page.flags) == (text, name, "transport", ())


def test_declared_utf16_that_is_none() -> None:
    page = decode(GERMAN.encode("windows-1252") * 4, charset="utf-16")
    assert page.text == GERMAN * 4
    assert set(page.flags) == {Flag.CHARSET_CONFLICT, Flag.ENCODING_GUESSED}


def test_damaged_utf8_stays_utf8() -> None:
    content = RUSSIAN.encode() * 3
    page = decode(content[:49] + b"\xff" + content[49:])
    assert len(page.text) == len(RUSSIAN * 3) + 1
    assert (page.charset, page.replaced_chars, page.flags) == ("utf-8", 1, (Flag.CHARACTERS_REPLACED,))


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-8"])
def test_replacement_characters_of_the_page_are_not_counted(codec: str) -> None:
    page = decode("a\ufffdé".encode(codec))
    assert (page.text, page.replaced_chars, page.flags) == ("a\ufffdé", 0, ())


def test_binary() -> None:
    page = decode(bytes(range(256)) * 8)
    assert Flag.BINARY in page.flags
    assert not any(c in page.text for c in "\x00\x01\x1f")


def test_control_characters() -> None:
    page = decode(b"a\x00b\x1b" + b" plain text" * 50)
    assert page.text.startswith("a\ufffdb\ufffd ")
    assert (page.replaced_chars, page.flags) == (2, (Flag.CONTROL_CHARACTERS,))


def test_string() -> None:
    page = decode("\ufeffa\ud800\x01")
    assert (page.text, page.charset, page.charset_source, page.replaced_chars) == ("a\ufffd\ufffd", "utf-8", "str", 2)
    assert set(page.flags) == {Flag.CHARACTERS_REPLACED, Flag.CONTROL_CHARACTERS}


@pytest.mark.parametrize("content", [b"", ""])
def test_empty(content: bytes | str) -> None:
    assert (decode(content).text, decode(content).flags) == ("", ())


@pytest.mark.parametrize(
    ("content", "cut"), [(b"abcd", "abc"), ("abcd", "abc"), (b"abc", None), ("ab\u00e9".encode(), "ab")]
)
def test_limit(content: bytes | str, cut: str | None) -> None:
    page = decode(content, limit=3)
    assert (Flag.TRUNCATED in page.flags) == (cut is not None)
    assert page.text.rstrip("\ufffd") == (cut or content.decode() if isinstance(content, bytes) else cut)


def test_limit_of_a_page_is_the_default() -> None:
    assert Flag.TRUNCATED not in decode("a" * PAGE_BYTES.value).flags
    page = decode("a" * (PAGE_BYTES.value + 1))
    assert Flag.TRUNCATED in page.flags
    assert len(page.text) == PAGE_BYTES.value


def test_unknown_charset_is_ignored() -> None:
    page = decode(RUSSIAN.encode(), charset="klingon")
    assert (page.text, page.flags) == (RUSSIAN, ())
