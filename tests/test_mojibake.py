"""mojibake: text that was read as windows-1252 is told from text that was not."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsds.decode import decode
from newsds.model import Flag
from newsds.mojibake import is_mojibake

TEXTS = {
    "english": "It’s the mayor’s bridge — “not before autumn”, they said. ",
    "french": "Le café fermé à l’été, où l’évêque dîne. ",
    "german": "Die Brücke über den Fluss öffne später, heißt es in Österreich. ",
    "polish": "Zażółć gęślą jaźń. Wójt powiedział. ",
    "russian": "Мэр города сообщил, что новый мост откроют осенью. ",
    "greek": "Ο δήμαρχος είπε ότι η γέφυρα θα ανοίξει. ",
    "hebrew": "ראש העיר אמר כי הגשר ייפתח בסתיו. ",
    "arabic": "قال رئيس البلدية إن الجسر سيفتح في الخريف. ",
    "hindi": "महापौर ने कहा कि पुल शरद ऋतु में खुलेगा। ",
    "japanese": "市長は新しい橋が秋に開通すると発表した。",
    "chinese": "市长表示，新桥将于秋季通车。",
    "korean": "시장은 새 다리가 가을에 개통된다고 말했다. ",
    "emoji": "🎉 🎊 🥳 ",
}


def misread(text: str, times: int, codec: str) -> str:
    for _ in range(times):
        text = "".join(_character(byte, codec) for byte in text.encode())
    return text


def _character(byte: int, codec: str) -> str:
    try:
        return bytes([byte]).decode(codec)
    except UnicodeDecodeError:
        return chr(byte)  # as the standard has it, and browsers do


@pytest.mark.parametrize("codec", ["windows-1252", "latin-1"])
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("name", TEXTS)
def test_misread(name: str, times: int, codec: str) -> None:
    wrong = misread(TEXTS[name] * 3, times, codec)
    for page in (decode(wrong), decode(wrong.encode()), decode(f"<p>plain text</p>{wrong}".encode())):
        assert Flag.MOJIBAKE in page.flags
    assert decode(wrong.replace("\x00", "")).text.startswith(wrong[0])  # it is not mended


@pytest.mark.parametrize("name", TEXTS)
def test_read_rightly(name: str) -> None:
    assert not is_mojibake(TEXTS[name] * 9)


@pytest.mark.parametrize(
    "text",
    [
        "Nescafé, «\xa0CAFÉ\xa0», NESCAFÉ® NESCAFÉ® NESCAFÉ® et un café à l’été, déjà, là, où, ça",
        "3 ×\xa0 4 ×\xa0 5 ×\xa0",
        "Spaß“, sagte er. „Großer Spaß“, sagte sie. „Spaß“. Über öde Brücken",
        "MANHÃ\xa0 de sol, não à toa, são João, avó, é",
        "café — naïve",
        "",
        "\xc3\xa9",  # once is a slip, or an example
    ],
)
def test_what_looks_like_it(text: str) -> None:
    assert not is_mojibake(text)


def test_a_page_that_is_misread_in_part() -> None:
    page = "Un café à l’été, déjà là. " * 20 + misread("Un commentaire fermé, déjà publié à côté. ", 1, "windows-1252")
    assert is_mojibake(page)


@given(st.text(st.characters(min_codepoint=0xA0, exclude_categories=["Cs", "Cn", "Co"]), min_size=3, max_size=30))
def test_any_text_misread_is_told(text: str) -> None:
    assert is_mojibake(decode(misread("a " + text + " b", 1, "windows-1252")).text)


@given(st.text(max_size=300))
def test_it_takes_any_text(text: str) -> None:
    is_mojibake(text)


def test_the_table_is_that_of_the_standard() -> None:
    for byte in range(0x80, 0x100):
        assert codecs.decode(bytes([byte]), "whatwg-windows-1252") == _character(byte, "windows-1252")
