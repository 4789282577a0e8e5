"""The language of an article."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from turbohtml.detect import detect_language

_TAG: Final = re.compile(r"^([a-z]{2,3})(?:[-_][\w-]+)?$", re.IGNORECASE)
_SAMPLE: Final = 600
"""Characters looked at; on the development pages 500 tell as much as 4,000."""
_AGREES: Final = 400
"""Characters that are enough where they are in the language that the page declares."""
_SURE: Final = 1500
"""Characters looked at before a page's declaration is set aside."""
_SHORTEST: Final = 40
"""Fewer characters tell nothing about a language, but for its script."""
_ISO_639_1: Final[Mapping[str, str]] = {
    "afr": "af", "aka": "ak", "amh": "am", "ara": "ar", "aze": "az", "bel": "be", "ben": "bn", "bul": "bg",
    "cat": "ca", "ces": "cs", "cmn": "zh", "cym": "cy", "dan": "da", "deu": "de", "ell": "el", "eng": "en",
    "epo": "eo", "est": "et", "fin": "fi", "fra": "fr", "guj": "gu", "heb": "he", "hin": "hi", "hrv": "hr",
    "hun": "hu", "hye": "hy", "ind": "id", "ita": "it", "jav": "jv", "jpn": "ja", "kan": "kn", "kat": "ka",
    "khm": "km", "kor": "ko", "lat": "la", "lav": "lv", "lit": "lt", "mal": "ml", "mar": "mr", "mkd": "mk",
    "mya": "my", "nep": "ne", "nld": "nl", "nob": "no", "ori": "or", "pan": "pa", "pes": "fa", "pol": "pl",
    "por": "pt", "ron": "ro", "rus": "ru", "sin": "si", "slk": "sk", "slv": "sl", "sna": "sn", "spa": "es",
    "srp": "sr", "swe": "sv", "tam": "ta", "tel": "te", "tgl": "tl", "tha": "th", "tuk": "tk", "tur": "tr",
    "ukr": "uk", "urd": "ur", "uzb": "uz", "vie": "vi", "yid": "yi", "zul": "zu",
}  # fmt: skip
"""The detector's ISO 639-3 codes → the two-letter codes that BCP 47 asks for where there is one."""


def find_language(text: str, declared: str | None) -> tuple[str | None, bool]:
    """Return the language of a text and whether it was guessed.

    Args:
        text: the article.
        declared: what the page declares; it holds unless the text is surely written in another language, which is
            common where a template names the language of its author.

    Returns:
        The primary subtag of BCP 47 (`en`), and True where the page declares none.

    >>> find_language("Das ist ein kurzer Text über Bücher und ihre Leser im Norden", None)
    ('de', True)
    """
    tag = _TAG.match(declared.strip()) if declared else None
    named = _ISO_639_1.get(tag[1].lower(), tag[1].lower()) if tag else None
    if named == "nb" or named == "nn":
        named = "no"
    sample = text[: _AGREES if named else _SAMPLE]
    if len(sample) < _SHORTEST and (named or sample.isascii()):
        return named, False
    found = detect_language(sample)
    if named and _ISO_639_1.get(found.language or "") != named and len(text) > len(sample):
        found = detect_language(text[:_SURE])
    if found.language is None:
        return named, False
    detected = _ISO_639_1.get(found.language, found.language)
    if named is None:
        return detected, True
    return (detected if found.confidence >= 1.0 and len(sample) >= 10 * _SHORTEST else named), False
