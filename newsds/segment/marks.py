"""What the words of each block say: heading and marker words, dates, credits, notices. One look a distinct line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Final, NamedTuple, get_args

import numpy as np

from newsds.dates import find_date
from newsds.segment import lexicon
from newsds.segment.arrays import Ints
from newsds.segment.patterns import found, strings

CATEGORIES: Final[tuple[lexicon.Category, ...]] = get_args(lexicon.Category)
SIGNS: Final = ("ago", "date_inside", "date", "date_near", "credit", "notice", "promotion", "number")
"""What patterns find in a line: see `_signs`."""
ARROWS: Final = ("<<", ">>", "left", "right", "right_end")
"""Arrows at the edge of a line; their place here, from 1, is the column's value."""

_MARKED: Final = 64
"""Characters of a line that can be a heading or marker word alone."""
_LINE: Final = 260
"""Characters of a line that can be anything but a paragraph."""
_LEAD: Final = 48
"""Characters in which a marker and its separator stand."""
_DATED: Final = 140
_NOTICE_LENGTH: Final = 300
_PROMOTION_LENGTH: Final = 220
_CREDIT_WINDOW: Final = 90
_PREFIX: Final = 9
"""Characters of a marker in a script without blanks, at most."""
_EDGES: Final = " \t\u00a0.,:;!?…|/\\·•-–—<>‹›«»←→↑↓▶◀►◄\"'“”‘’()[]{}（）【】：，。、；！？#*+=&_~`^@％%①"
_DIGIT: Final = re.compile(r"\d")
_NUMBER: Final = re.compile(r"^\W*\d{1,4}\W*$")
_WHOLE_DATE: Final = 12
"""Characters beside a date in a line that is little more."""
_NEAR_DATE: Final = 60
_AGO: Final = re.compile(
    r"^\W*(?:vor\s+)?\d{1,3}\s*(?:min|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|minuten?|stunden?|tage?n?"
    r"|godzin\w*|dni|час\w*|минут\w*|дн\w*|घंटे|分钟前|小时前|天前|分前|時間前|日前|시간 전|분 전|일 전)\b.{0,8}$",
    re.IGNORECASE,
)
_CREDIT: Final = re.compile(
    r"(?:[.(/|—–-]\s*|^)(?:photos?|photographs?|photo by|image|foto|fotos|bild|fotografía|fot\.|fotoğraf|фото|снимка"
    r"|صورة|تصوير|फोटो|사진|写真|図版|图|图片)\s*(?:[:：/|]|by\b|de\b|di\b|von\b)?\s*(?:[^.!?。]|\b\w\.){2,60}[.)）]?$"
    r"|(?:摄|撮影|提供)[)）]?$|[.)]\s*©\s*[^\d.!?]{3,50}$",
    re.IGNORECASE,
)
"""The photographer's name at the end of a caption."""
_NOTICE: Final = (
    r"^[^\pL\pN_]*(?:©|\(c\)|copyright\b)|^.{0,40}©\s?(?:19|20)\d\d\b|all rights reserved|alle rechte vorbehalten"
    r"|tous droits réservés|derechos reservados|direitos reservados|diritti riservati|все права защищены"
    r"|всі права захищені|tüm hakları saklıdır|wszelkie prawa zastrzeżone|无断转载|無断転載|無断複製|무단전재"
    r"|版权所有|版權所有|جميع الحقوق محفوظة|सर्वाधिकार सुरक्षित"
)
_PROMOTION: Final = (
    r"newsletter|nyhetsbrev|nieuwsbrief|boletín|boletim|hírlevél|bülten|рассылк|розсилк|メールマガジン|뉴스레터|نشرتنا"
    r"|النشرة البريدية|न्यूज़लेटर|\b(?:in|to) your inbox\b|\byour (?:e-?mail|inbox)\b|posteingang|boîte mail"
    r"|bandeja de entrada|\bsign(?:ing)? up\b|\bsubscrib(?:e|ing)\b|\babonnez-vous|\bsuscríbe|\bassine\b|\biscriviti\b"
    r"|подпишитесь|підпишіться|订阅|訂閱|구독"
)
"""What boxes that ask for an e-mail address say."""
_PATTERNS: Final = {"notice": (_NOTICE, _NOTICE_LENGTH), "promotion": (_PROMOTION, _PROMOTION_LENGTH)}
"""Sign → its pattern in RE2's syntax, and characters of a block that can be one."""


class Said(NamedTuple):
    """What the words of one line say, as bits: one a category of the lexicon, one a sign."""

    whole: int
    """the line is a heading or marker word"""
    marker: int
    """it begins with one and a separator"""
    phrase: int
    """it begins with one"""
    signs: int


_NOTHING: Final = Said(0, 0, 0, 0)
_CREDITED: Final = Said(0, 0, 0, 1 << SIGNS.index("credit"))


class Marks:
    """Columns of bits, one row a block: the bits of `Said`."""

    def __init__(self, texts: Sequence[str]) -> None:
        said = np.array([_said(t) if len(t) <= _LINE else _said_by_paragraph(t) for t in texts], np.int64)
        self.whole: Ints
        self.marker: Ints
        self.phrase: Ints
        self.signs: Ints
        self.whole, self.marker, self.phrase, self.signs = said.reshape(-1, 4).T
        for name, (pattern, longest) in _PATTERNS.items():
            short = strings([t if len(t) <= longest else "" for t in texts])
            self.signs = self.signs | (found(short, pattern, ignore_case=True).astype(np.int64) << SIGNS.index(name))
        self.arrow: Ints = np.fromiter(map(_arrow, texts), np.int64, len(texts))


def bit(column: Ints, category: lexicon.Category) -> Ints:
    """Return the bit of a category."""
    return (column >> CATEGORIES.index(category)) & 1


def sign(column: Ints, name: str) -> Ints:
    """Return the bit of a sign."""
    return (column >> SIGNS.index(name)) & 1


@cache
def _masks() -> Mapping[str, int]:
    """Word → bits of its categories."""
    out: dict[str, int] = {}
    words = lexicon.tables().words
    for i, category in enumerate(CATEGORIES):
        for word in words[category]:
            out[word] = out.get(word, 0) | 1 << i
    return out


@lru_cache(maxsize=1 << 15)  # menus, footers and dates stand on many pages of a site
def _said(line: str) -> Said:
    masks = _masks()
    folded = " ".join(line.casefold().strip(_EDGES).split())
    whole = marker = phrase = 0
    if len(line) <= _MARKED:
        whole = masks.get(folded, 0)
        if not whole and _DIGIT.search(folded):
            whole = masks.get(lexicon.COUNT.sub("", folded).strip(_EDGES), 0)
    separator = lexicon.SEPARATOR.search(line, 0, _LEAD)
    if separator is not None and separator.end() < len(line):
        marker = masks.get(line[: separator.start()].casefold().strip(_EDGES), 0)
    words = folded.split(None, lexicon.PHRASE)
    for n in range(1, min(len(words), lexicon.PHRASE + 1)):
        phrase |= masks.get(" ".join(words[:n]), 0)
    if len(words) == 1 and not line.isascii():
        for n in range(2, min(_PREFIX, len(folded))):
            phrase |= masks.get(folded[:n], 0)
    return Said(whole, marker, phrase, _signs(line))


def _said_by_paragraph(text: str) -> Said:
    return _CREDITED if _CREDIT.search(text[-_CREDIT_WINDOW:]) else _NOTHING


def _signs(line: str) -> int:
    found = set()
    if len(line) <= _DATED and _DIGIT.search(line):
        if _NUMBER.match(line):
            found.add("number")
        if _AGO.match(line):
            found.add("ago")
        elif (date := find_date(line)) is not None:
            found.add("date_inside")
            beside = len(line) - (date[1] - date[0])
            if beside <= _NEAR_DATE:
                found.add("date" if beside <= _WHOLE_DATE else "date_near")
    if line.startswith("▲") or _CREDIT.search(line[-_CREDIT_WINDOW:]):
        found.add("credit")
    return sum(1 << i for i, name in enumerate(SIGNS) if name in found) if found else 0


_LEFT: Final = frozenset("«‹←⟵◀◄❮⇐＜<")
_RIGHT: Final = frozenset("»›→⟶▶►❯⇒＞>")


def _arrow(line: str) -> int:
    """Number of the arrow at the edge of a line in `ARROWS`, from 1; 0 for none."""
    head = line[0]
    if head in _LEFT:
        return 1 if line.startswith("<<") else 3
    if head in _RIGHT:
        return 2 if line.startswith(">>") else 4
    return 5 if line[-1] in _RIGHT else 0
