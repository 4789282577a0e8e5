"""language: what an article is written in, and whether the page said so."""

from __future__ import annotations

import re

import pytest

from newsds.language import _ISO_639_1, find_language

GERMAN = "Der Bürgermeister sagte am Montag, die Brücke über den Fluss werde erst im Herbst wieder geöffnet. "
ENGLISH = "The mayor said on Monday that the bridge over the river would not open again before the autumn. "


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, "de"),
        (ENGLISH, "en"),
        ("Мэр города сообщил в понедельник, что мост через реку откроют только осенью этого года.", "ru"),
        (
            "市長は月曜日、川にかかる橋は秋まで開通しないと述べた。住民は長い間待っている。多くの人が困っているという。",
            "ja",
        ),
        ("市长星期一表示，河上的大桥要到秋天才能重新开放。居民们已经等了很久，许多人每天绕路上班。", "zh"),
        ("시장은 월요일 강 위의 다리가 가을까지 다시 열리지 않을 것이라고 말했다. 주민들은 오래 기다렸다.", "ko"),
        ("قال رئيس البلدية يوم الاثنين إن الجسر فوق النهر لن يفتح مرة أخرى قبل الخريف المقبل.", "ar"),
        ("महापौर ने सोमवार को कहा कि नदी पर बना पुल शरद ऋतु से पहले फिर से नहीं खुलेगा।", "hi"),
    ],
)
def test_detected(text: str, language: str) -> None:
    assert find_language(text, None) == (language, True)


@pytest.mark.parametrize(
    ("declared", "language"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("pt_BR", "pt"),
        (" de ", "de"),
        ("zho", "zho"),
        ("deu", "de"),
        ("nb-NO", "no"),
        ("nn", "no"),
    ],
)
def test_declared(declared: str, language: str) -> None:
    assert find_language("Too short.", declared) == (language, False)


@pytest.mark.parametrize("declared", ["", "{{ lang }}", "english", "x", "1", None])
def test_what_is_no_tag_declares_nothing(declared: str | None) -> None:
    assert find_language(GERMAN, declared) == ("de", True)


def test_a_long_text_overrules_what_is_declared() -> None:
    assert find_language(GERMAN * 8, "en") == ("de", False)


def test_a_short_text_does_not() -> None:
    assert find_language(GERMAN, "en") == ("en", False)


@pytest.mark.parametrize("text", ["", "Tea", "12345 67890 " * 10])
def test_nothing_to_go_by(text: str) -> None:
    language, guessed = find_language(text, None)
    assert (language is None) == (not guessed)
    assert find_language(text[:30], None) == (None, False)


def test_table_maps_three_letters_to_two() -> None:
    assert all(re.fullmatch("[a-z]{3}", k) and re.fullmatch("[a-z]{2}", v) for k, v in _ISO_639_1.items())
