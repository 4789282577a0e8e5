"""What a single block shows, before its neighbours are looked at: one column a cue, for text and HTML alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from newsds.dates import find_date
from newsds.model import Blocks
from newsds.segment import lexicon
from newsds.segment.elements import Places, read_places
from newsds.segment.lexicon import Category

_IDEOGRAPHS: Final = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Chinese and Japanese, written without blanks: a word is about two characters."""
_ABUGIDAS: Final = re.compile(r"[\u0e00-\u0edf\u1000-\u109f\u1780-\u17ff]")
"""Thai, Lao, Burmese and Khmer, likewise: a word is about five."""
_WORD: Final = re.compile(r"[^\W_]\S*")
"""From a letter or digit to the next blank: `\\w+` would break words at the vowel signs of Indic scripts."""
CLOSERS: Final = "\"'”’»)]）】」』›*\u201c\u2019\u00a0 "
"""What may stand behind the mark that ends a sentence."""
SENTENCE_ENDS: Final = (".", "!", "?", "。", "！", "？", "।", "؟", "۔")
_TERMINAL: Final = (*SENTENCE_ENDS, "।", "॥", "։", "…", ":", ";", "：", "；", "᠃", "ฯ")
_CUT: Final = re.compile(r"(?:\.{3,}|…|\[…\]|\[\.{3}\])[\"”’»]?\s*$")
_PROSE: Final = 9
"""Words of a sentence that reads as running text."""
_LONG: Final = 22
"""Words of a block that does without a mark at its end."""
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
_CREDIT_WINDOW: Final = 90
_NOTICE: Final = re.compile(
    r"^\W*(?:©|\(c\)|copyright\b)|^.{0,40}©\s?(?:19|20)\d\d\b|all rights reserved|alle rechte vorbehalten"
    r"|tous droits réservés|derechos reservados|direitos reservados|diritti riservati|все права защищены"
    r"|всі права захищені|tüm hakları saklıdır|wszelkie prawa zastrzeżone|无断转载|無断転載|無断複製|무단전재"
    r"|版权所有|版權所有|جميع الحقوق محفوظة|सर्वाधिकार सुरक्षित",
    re.IGNORECASE,
)
_PROMOTION: Final = re.compile(
    r"newsletter|nyhetsbrev|nieuwsbrief|boletín|boletim|hírlevél|bülten|рассылк|розсилк|メールマガジン|뉴스레터|نشرتنا"
    r"|النشرة البريدية|न्यूज़लेटर|\b(?:in|to) your inbox\b|\byour (?:e-?mail|inbox)\b|posteingang|boîte mail"
    r"|bandeja de entrada|\bsign(?:ing)? up\b|\bsubscrib(?:e|ing)\b|\babonnez-vous|\bsuscríbe|\bassine\b|\biscriviti\b"
    r"|подпишитесь|підпишіться|订阅|訂閱|구독",
    re.IGNORECASE,
)
"""What boxes that ask for an e-mail address say."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_FIGURES: Final = 200
"""Characters of a block that tell whether it is figures."""
_NUMBER: Final = re.compile(r"^\W*\d{1,4}\W*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues(Places):
    """One column a cue, one row a block; where a block stands is in the columns of `Places`."""

    key: Sequence[str]
    """folded text, for finding repeats"""
    words: Sequence[float]
    """words; of scripts written without blanks, a word every two characters"""
    ends: Sequence[bool]
    """the last character ends a sentence"""
    cut: Sequence[bool]
    """the text is cut off: `…` at its end"""
    prose: Sequence[bool]
    """reads as running text"""
    categories: Sequence[frozenset[Category]]
    """what the whole line heads or marks, by the lexicon"""
    heads_list: Sequence[bool]
    """reads as the heading of a list of other articles"""
    repeated: Sequence[int]
    """blocks of the page with this very text"""
    date: Sequence[bool]
    """little more than a date"""
    linked: Sequence[float]
    """share of its characters that are link text; 0 in text"""


def read_cues(blocks: Blocks) -> Cues:
    """Return the cues of a page's blocks."""
    texts = blocks.text
    keys = [lexicon.key(t[:300]) for t in texts]
    words = [count_words(t) for t in texts]
    ends = [t.rstrip(CLOSERS).endswith(_TERMINAL) for t in texts]
    cut = [_CUT.search(t[-8:]) is not None for t in texts]
    linked = _linked(blocks)
    sentence = [w >= _PROSE and e for w, e in zip(words, ends, strict=True)]
    prose = [
        not c and li < 0.7 and ((s and not t.endswith((":", "："))) or (w >= _LONG and li < 0.5))
        for t, w, s, c, li in zip(texts, words, sentence, cut, linked, strict=True)
    ]
    running = [w if s and li < 0.5 else 0.0 for w, s, li in zip(words, sentence, linked, strict=True)]
    places = read_places(blocks, running)
    repeats = Counter(keys)
    return Cues(
        level=places.level,
        bad=places.bad,
        framed=places.framed,
        crumb=places.crumb,
        good=places.good,
        within=places.within,
        labels=places.labels,
        hidden=places.hidden,
        key=keys,
        words=words,
        ends=ends,
        cut=cut,
        prose=prose,
        categories=[lexicon.categories(t) for t in texts],
        heads_list=[lexicon.opens_list(t) for t in texts],
        repeated=[repeats[k] for k in keys],
        date=[_is_date(t, w) for t, w in zip(texts, words, strict=True)],
        linked=linked,
    )


def _linked(blocks: Blocks) -> list[float]:
    """The share of each block's characters that are link text."""
    chars = [0] * len(blocks.text)
    links = blocks.links
    for i, start, end in zip(links.block, links.start, links.end, strict=True):
        chars[i] += end - start
    return [n / max(1, len(t)) for n, t in zip(chars, blocks.text, strict=True)]


def count_words(text: str) -> float:
    """Return the number of words, estimated from the characters where a script writes no blanks.

    >>> count_words("Two words"), count_words("四个汉字")
    (2, 2.0)
    """
    found = _WORD.findall(text)
    if text.isascii():
        return len(found)
    ideographs, abugidas = len(_IDEOGRAPHS.findall(text)), len(_ABUGIDAS.findall(text))
    if not ideographs and not abugidas:
        return len(found)
    spaced = sum(1 for w in found if not _IDEOGRAPHS.search(w) and not _ABUGIDAS.search(w))
    return spaced + ideographs / 2 + abugidas / 5


def is_notice(text: str) -> bool:
    """Say whether a block is a copyright line.

    >>> is_notice("© 2024 Harbour News"), is_notice("The copyright case goes on")
    (True, False)
    """
    return len(text) < 300 and _NOTICE.search(text) is not None


def is_promotion(text: str) -> bool:
    """Say whether a block asks the reader to subscribe.

    >>> is_promotion("The best stories in your inbox every Friday")
    True
    """
    return len(text) < 220 and _PROMOTION.search(text) is not None


def is_number(text: str) -> bool:
    """Say whether a block is a number alone: a rank, a count, a page."""
    return _NUMBER.match(text) is not None


def is_figures(text: str) -> bool:
    """Say whether most words of a block are numbers: a pager, a score, prices; or if it has no words at all.

    >>> is_figures("Page 1 of 2 1 2 Last"), is_figures("Online trade to grow 25% in 2020-2021")
    (True, False)
    """
    words = _WORD.findall(text[:_FIGURES])
    return 2 * sum(1 for w in words if _LETTER.search(w) is None) > len(words) if words else True


def is_credited(text: str) -> bool:
    """Say whether a block ends with the photographer's name.

    >>> is_credited("The ferry at the quay on Thursday. Photograph: Dilys Crane")
    True
    """
    return text.startswith("▲") or _CREDIT.search(text[-_CREDIT_WINDOW:]) is not None


def _is_date(text: str, words: float) -> bool:
    if len(text) > 140 or words > 18:
        return False
    if _AGO.match(text):
        return True
    found = find_date(text)
    return found is not None and len(text) - (found[1] - found[0]) <= 60
