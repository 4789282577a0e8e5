"""What the words of each block say: heading and marker words, dates, credits, notices. One look a distinct line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final, get_args

import numpy as np

from newsds.dates import find_date
from newsds.native import kernels
from newsds.segment import lexicon
from newsds.segment.arrays import Bools, Bytes, Ints
from newsds.segment.patterns import found, strings
from newsds.segment.screen import Screen

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
_DATE_LINE: Final = 140
"""Characters of a line that can be dated."""
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
    r"all rights reserved|alle rechte vorbehalten"
    r"|tous droits réservés|derechos reservados|direitos reservados|diritti riservati|все права защищены"
    r"|всі права захищені|tüm hakları saklıdır|wszelkie prawa zastrzeżone|无断转载|無断転載|無断複製|무단전재"
    r"|版权所有|版權所有|جميع الحقوق محفوظة|सर्वाधिकार सुरक्षित"
)
_OWNED: Final = r"^[^\pL\pN_]*(?:©|\(c\)|copyright\b)"
"""A notice that begins with its sign, in RE2's syntax."""
_MAYBE_OWNED: Final = re.compile(r"\W*(?:©|\(c\)|copyright\b)", re.ASCII | re.IGNORECASE)
_SURELY_OWNED: Final = re.compile(
    r"(?:[^\w\x80-\U0010ffff]|[\xa0•·–—«»])*(?:©|\(c\)|copyright\b)", re.ASCII | re.IGNORECASE
)
"""Both leave little to RE2, which takes long to make ready for all letters and digits there are."""
_OWNED_SINCE: Final = re.compile(r".{0,40}©[\t\n\f\r ]?(?:19|20)\d\d\b", re.ASCII)
_PROMOTION: Final = (
    r"newsletter|nyhetsbrev|nieuwsbrief|boletín|boletim|hírlevél|bülten|рассылк|розсилк|メールマガジン|뉴스레터|نشرتنا"
    r"|النشرة البريدية|न्यूज़लेटर|\b(?:in|to) your inbox\b|\byour (?:e-?mail|inbox)\b|posteingang|boîte mail"
    r"|bandeja de entrada|\bsign(?:ing)? up\b|\bsubscrib(?:e|ing)\b|\babonnez-vous|\bsuscríbe|\bassine\b|\biscriviti\b"
    r"|подпишитесь|підпишіться|订阅|訂閱|구독"
)
"""What boxes that ask for an e-mail address say."""
_PATTERNS: Final = {"notice": (_NOTICE, _NOTICE_LENGTH), "promotion": (_PROMOTION, _PROMOTION_LENGTH)}
"""Sign → its pattern in RE2's syntax, and characters of a block that can be one."""


_SCREEN: Final = Screen(
    {
        "credit": "oto|mag|bil|fot|фот|имк|ورة|صوي|ोटो|진|真|図|图|摄|撮|供|©|▲",
        "notice": "©|(c)|yri|hts|rbe|rvé|rva|щищ|хищ|akl|wsz|无断转|断転載|断複製|무단전|版权所|版權所|حفو|वाध",
        "promotion": "wsl|tsb|wsb|bol|hír|bül|сыл|зси|マガジ|스레터|شرت|بري|लेट|nbo|ema|e-m|tei|oît|dej|gn |gni|bsc|z-v"
        "|crí|ssi|vit|дпи|ідп|阅|閱|독",
    }
)
"""Pieces of the patterns; of the notices that begin with their sign, too."""
_CREDIT_BIT: Final = 1 << _SCREEN.names.index("credit")
_COUNTED: Final = 1
_DATED: Final = 2
_POINTS: Final = 4
"""What is left to be asked of a line: whether it is a word with a number, whether it is dated, which arrow it has."""
_PART: Final = 16
"""Bits of each of the three things that words say."""


class Marks:
    """Columns of bits, one row a block: one bit a category of the lexicon, or a sign."""

    def __init__(self, texts: Sequence[str]) -> None:
        texts = list(texts)
        said, asked = _read_lines(texts)
        for i in np.flatnonzero(asked & _COUNTED).tolist():
            said[i] |= _counted(texts[i])
        self.whole: Ints = said & (1 << _PART) - 1
        """the line is a heading or marker word"""
        self.marker: Ints = said >> _PART & (1 << _PART) - 1
        """it begins with one and a separator"""
        self.phrase: Ints = said >> 2 * _PART
        """it begins with one"""
        self.signs: Ints = np.zeros(len(texts), np.int64)
        for i in np.flatnonzero(asked & _DATED).tolist():
            self.signs[i] = _dated(texts[i])
        worth = _SCREEN.worth(texts, longest=_NOTICE_LENGTH, from_end=True)
        for i in np.flatnonzero(worth & _CREDIT_BIT).tolist():
            if _credited(texts[i]):
                self.signs[i] |= 1 << SIGNS.index("credit")
        for name, (pattern, longest) in _PATTERNS.items():
            rows = np.flatnonzero(worth >> _SCREEN.names.index(name) & 1).tolist()
            rows = [i for i in rows if len(texts[i]) <= longest]
            if rows:
                of_rows = [texts[i] for i in rows]
                hit = found(strings(of_rows), pattern, ignore_case=True)
                if name == "notice":
                    hit |= _owned(of_rows)
                self.signs[rows] |= hit.astype(np.int64) << SIGNS.index(name)
        self.arrow: Ints = np.zeros(len(texts), np.int64)
        for i in np.flatnonzero(asked & _POINTS).tolist():
            self.arrow[i] = _arrow(texts[i])


def bit(column: Ints, category: lexicon.Category) -> Ints:
    """Return the bit of a category."""
    return (column >> CATEGORIES.index(category)) & 1


def sign(column: Ints, name: str) -> Ints:
    """Return the bit of a sign."""
    return (column >> SIGNS.index(name)) & 1


@cache
def _masks() -> dict[str, int]:
    """Word → bits of its categories."""
    out: dict[str, int] = {}
    words = lexicon.tables().words
    for i, category in enumerate(CATEGORIES):
        for word in words[category]:
            out[word] = out.get(word, 0) | 1 << i
    return out


def _read_lines(texts: list[str]) -> tuple[Ints, Ints]:
    """Return what the words of lines say, and what is left to be asked of them."""
    if kernels is None:
        said = [_said(text) if len(text) <= _LINE else 0 for text in texts]
        asked = [(_DATED if len(text) <= _DATE_LINE else 0) | _POINTS for text in texts]
        return np.array(said, np.int64), np.array(asked, np.int64)
    said, asked = np.empty(len(texts), np.int64), np.empty(len(texts), np.int64)
    kernels.read_lines(texts, _masks(), *_filters(), said, asked)
    return said, asked


@cache
def _filters() -> tuple[Bytes, Bytes]:
    """Return which words there may be, and the classes of characters, as the kernel has them."""
    words, classes = np.zeros(1 << 13, np.uint8), np.zeros(1 << 16, np.uint8)
    kernels.filter_words(list(_masks()), words)
    for i, of in enumerate((_EDGES, lexicon.SEPARATORS, "".join(_LEFT | _RIGHT))):
        classes[list(map(ord, of))] |= 1 << i
    return words, classes


@lru_cache(maxsize=1 << 15)  # menus, footers and dates stand on many pages of a site
def _said(line: str) -> int:
    masks = _masks()
    folded = _folded(line)
    whole = marker = phrase = 0
    if len(line) <= _MARKED:
        whole = masks.get(folded, 0) or _counted(line)
    separator = lexicon.SEPARATOR.search(line, 0, _LEAD)
    if separator is not None and separator.end() < len(line):
        marker = masks.get(line[: separator.start()].casefold().strip(_EDGES), 0)
    words = folded.split(None, lexicon.PHRASE)
    for n in range(1, min(len(words), lexicon.PHRASE + 1)):
        phrase |= masks.get(" ".join(words[:n]), 0)
    if len(words) == 1 and not line.isascii():
        for n in range(2, min(_PREFIX, len(folded))):
            phrase |= masks.get(folded[:n], 0)
    return whole | marker << _PART | phrase << 2 * _PART


def _folded(line: str) -> str:
    return " ".join(line.casefold().strip(_EDGES).split())


@lru_cache(maxsize=1 << 15)
def _counted(line: str) -> int:
    """Bits of a word with a number before or behind it."""
    folded = _folded(line)
    return _masks().get(lexicon.COUNT.sub("", folded).strip(_EDGES), 0) if _DIGIT.search(folded) else 0


@lru_cache(maxsize=1 << 15)
def _credited(text: str) -> bool:
    return (len(text) <= _LINE and text.startswith("▲")) or _CREDIT.search(text[-_CREDIT_WINDOW:]) is not None


@lru_cache(maxsize=1 << 15)
def _dated(line: str) -> int:
    """Bits of the signs that are made of numbers."""
    if not _DIGIT.search(line):
        return 0
    signs = set()
    if _NUMBER.match(line):
        signs.add("number")
    if _AGO.match(line):
        signs.add("ago")
    elif (date := find_date(line)) is not None:
        signs.add("date_inside")
        beside = len(line) - (date[1] - date[0])
        if beside <= _NEAR_DATE:
            signs.add("date" if beside <= _WHOLE_DATE else "date_near")
    return sum(1 << SIGNS.index(name) for name in signs)


def _owned(texts: list[str]) -> Bools:
    """Return which texts begin as a notice, or with a few words before a sign and year."""
    maybe = [_MAYBE_OWNED.match(text) is not None for text in texts]
    found_ = np.array([_OWNED_SINCE.match(text) is not None for text in texts])
    found_ |= [of and _SURELY_OWNED.match(text) is not None for of, text in zip(maybe, texts, strict=True)]
    left = np.flatnonzero(np.array(maybe) & ~found_).tolist()
    if left:
        found_[left] = found(strings([texts[i] for i in left]), _OWNED, ignore_case=True)
    return found_


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
