"""What a single block shows, before its neighbours are looked at: one column a cue, for text and HTML alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from newsds.model import Blocks
from newsds.segment import lexicon
from newsds.segment.lexicon import Category

_SPACELESS: Final = re.compile(
    r"[\u0e00-\u0edf\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_WORD: Final = re.compile(r"[^\W_]\S*")
"""From a letter or digit to the next blank: `\\w+` would break words at the vowel signs of Indic scripts."""
CLOSERS: Final = "\"'”’»)]）】」』›*\u201c\u2019\u00a0 "
_TERMINAL: Final = tuple(".!?。！？।॥؟۔։…:;：；።᠃ฯ")
SENTENCE_ENDS: Final = (".", "!", "?", "。", "！", "？", "।", "؟", "۔")
_CUT: Final = re.compile(r"(?:\.{3,}|…|\[…\]|\[\.{3}\])[\"”’»]?\s*$")
_MONTH: Final = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|fév|avr|juin|juil|aoû|déc|gen|mag|giu|lug|set|ott|"
    r"fev|out|maart|mei|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|кві|тра|чер|лип|сер|вер|жов|лис|гру|"
    r"sty|lut|kwi|maj|cze|lip|sie|wrz|paź|lis|gru|oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara|يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|"
    r"سبتمبر|أكتوبر|نوفمبر|ديسمبر|जनवरी|फरवरी|फ़रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|सितंबर|सितम्बर|अक्टूबर|नवंबर|दिसंबर|"
    r"tháng|เม\.ย|led|úno|bře|dub|kvě|črv|srp|zář|říj|pro|ιαν|φεβ|μαρ|απρ|μαΐ|ιουν|ιουλ|αυγ|σεπ|οκτ|νοε|δεκ)\w*\.?"
)
DATE: Final = re.compile(
    r"(?:\b(?:19|20)\d\d\s?[-/.年년]\s?\d{1,2}\s?[-/.月월]\s?\d{1,2}(?:日|일)?"
    r"|\b\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?(?:19|20)?\d\d\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s+(?:de\s+|di\s+|d['’])?{_MONTH},?\s+(?:de\s+|del\s+)?(?:19|20)\d\d"
    rf"|\b{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d"
    rf"|\b\d{{1,2}}[-/.\s]{_MONTH}[-/.\s](?:19|20)?\d\d\b)",
    re.IGNORECASE,
)
"""A full date, numeric or with the month's name."""
_AGO: Final = re.compile(
    r"^\W*(?:vor\s+)?\d{1,3}\s*(?:min|minutes?|mins?|hours?|hrs?|h|days?|weeks?|months?|years?|minuten?|stunden?|tage?n?|godzin\w*|dni|"
    r"час\w*|минут\w*|дн\w*|घंटे|分钟前|小时前|天前|分前|時間前|日前|시간 전|분 전|일 전)\b.{0,8}$",
    re.IGNORECASE,
)
CREDIT: Final = re.compile(
    r"(?:[.(/|—–-]\s*|^)(?:photos?|photographs?|photo by|image|foto|fotos|bild|fotografía|fot\.|fotoğraf|фото|снимка|صورة|تصوير|फोटो|사진|写真|図版|图|图片)"
    r"\s*(?:[:：/|]|by\b|de\b|di\b|von\b)?\s*[^.!?。]{2,60}[.)）]?$"
    r"|(?:摄|撮影|提供)[)）]?$",
    re.IGNORECASE,
)
"""The photographer's name at the end of a caption."""
_NOTICE: Final = re.compile(
    r"^\W*(?:©|\(c\)|copyright\b)|©\s?(?:19|20)\d\d|all rights reserved|alle rechte vorbehalten|tous droits réservés|derechos reservados"
    r"|direitos reservados|diritti riservati|все права защищены|всі права захищені|tüm hakları saklıdır|wszelkie prawa zastrzeżone"
    r"|无断转载|無断転載|無断複製|무단전재|版权所有|版權所有|جميع الحقوق محفوظة|सर्वाधिकार सुरक्षित",
    re.IGNORECASE,
)
_PROMOTION: Final = re.compile(
    r"newsletter|nyhetsbrev|nieuwsbrief|boletín|boletim|hírlevél|bülten|рассылк|розсилк|メールマガジン|뉴스레터|نشرتنا|النشرة البريدية|न्यूज़लेटर"
    r"|\b(?:in|to) your inbox\b|\byour (?:e-?mail|inbox)\b|posteingang|boîte mail|bandeja de entrada|\bsign(?:ing)? up\b|\bsubscrib(?:e|ing)\b"
    r"|\babonnez-vous|\bsuscríbe|\bassine\b|\biscriviti\b|подпишитесь|підпишіться|订阅|訂閱|구독",
    re.IGNORECASE,
)
"""What boxes that ask for an e-mail address say."""
_NUMBERED: Final = re.compile(r"^\W*\d{1,4}\W*$")
BYLINE: Final = re.compile(
    r"^(?:by|von|par|por|di|door|af|av|автор|作者|記者|记者|文|oleh|oleh|بقلم|مأت)\b", re.IGNORECASE
)

# Words of class, id, role and the like. What holds an article's own text, and what never does.
_BAD: Final = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|breadcrumb\w*|footer\w*|sidebar\w*|aside|comment\w*|disqus\w*|respond|share\w*|sharing|"
    r"social\w*|newsletter\w*|subscri\w*|signup|promo\w*|advert\w*|sponsor\w*|outbrain|taboola|cookie\w*|consent|gdpr|popup\w*|"
    r"login|related\w*|recommend\w*|recirc\w*|popular\w*|trending|most-?\w*read\w*|mostread\w*|teaser\w*|readmore|"
    r"read-?next|author-?(?:bio|box|info|card)|about-author|toolbar|pagination|pager|taglist|search\w*|visually-hidden|sr-only|"
    r"screen-reader\w*|complementary|navigation|contentinfo|toc|callout|cta|siblings?|carousel|product-?card|donat\w*|survey|poll|quiz)(?:$|[\s_-])"
    r"|(?:^|\s)(?:hidden|ads?|ad-\w*|side|print|dialog|banner|widget|bio|modal|overlay|masthead|latest|slider|price|rating)(?:$|\s)"
)
_MAIN_SHARE: Final = 0.4
"""An element with this share of the page's running text holds the article, whatever its class says."""
_FRAME: Final = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|\w*nav|menu\w*|sub-?menu|mega-?menu|dropdown\w*|breadcrumbs?|\w*footer\w*|toolbar|toc|table-of-contents|social\w*|share\w*|sharing|"
    r"cookie\w*|consent|author\w*|byline\w*|login|signin|skip\w*|cta|button|btn|categor(?:y|ies)-?list|widget_categories|widget_archive|tagcloud|lang\w*-?switch\w*)(?:$|[\s_-])"
)
"""Where a link leads to a part of the site, or off it, not to another article."""
_INLINE: Final = frozenset("a abbr b cite em font i label mark q s small span strong sub sup time u".split())
_FRAME_TAGS: Final = frozenset(("nav", "footer", "button", "form", "address", "select"))
_GOOD: Final = re.compile(
    r"(?:article-?_?(?:body|content|text|copy)|story-?_?(?:body|content|text)|post-?_?(?:body|content|text|entry)|entry-?_?content|articlebody|"
    r"body-?copy|content-?_?body|rich-?text|field-name-body|page-?content|main-?content)"
)
_BAD_TAGS: Final = frozenset(
    ("nav", "footer", "aside", "form", "button", "dialog", "menu", "header", "label", "legend", "fieldset", "search")
)
_COMMENT_LABEL: Final = re.compile(
    r"(?:^|[\s_-])(?:comments?|comment-?(?:body|content|text|list|area)|commentlist|disqus\w*|responses?|replies)(?:$|[\s_-])"
)
_TAG_LABEL: Final = re.compile(
    r"(?:^|[\s_-])(?:tags?|taglist|tag-?links?|post-?tags?|article-?tags?|entry-?tags?|topics?|keywords?|hashtags?|labels?|categor(?:y|ies)|cat-?links?|kicker|eyebrow|"
    r"rubric\w*|section-?(?:name|label|link)|tagged|themen?|schlagw\w*|etiquetas?)(?:$|\s|__?|-(?:list|links?|item|name|label|wrap\w*|container|s)\b)|article:tag"
)
_NEIGHBOUR_LABEL: Final = {
    "previous": re.compile(
        r"(?:^|[\s_-])(?:nav-?previous|prev(?:ious)?(?:-?(?:post|article|story|link))?|post-?prev(?:ious)?)(?:$|[\s_-])"
    ),
    "next": re.compile(r"(?:^|[\s_-])(?:nav-?next|next(?:-?(?:post|article|story|link))?|post-?next)(?:$|[\s_-])"),
}
_CAPTION_LABEL: Final = re.compile(
    r"(?:^|[\s_-])(?:captions?|figcaption|wp-caption(?:-text)?|image-?(?:caption|credit)|photo-?credit|credits?|legend)(?:$|[\s_-])|caption"
)
_BYLINE_LABEL: Final = re.compile(
    r"(?:^|[\s_-])(?:by-?line\w*|authors?|author-?name|writers?|contributors?|creator)(?:$|[\s_-])|byline"
)
_DATE_LABEL: Final = re.compile(
    r"(?:^|[\s_-])(?:dates?|time|timestamp|datetime|pub-?date|published|posted-?on|dateline|datepublished|datemodified)(?:$|[\s_-])"
)
_SUBTITLE_LABEL: Final = re.compile(
    r"(?:^|[\s_-])(?:sub-?title|sub-?head(?:line|ing)?|dek|deck|standfirst|lead|lede|intro|teaser-?text|summary|stand-first|excerpt|article-?(?:intro|lead|summary|description)|chapeau|sommario|entradilla|bajada|ingress)(?:$|[\s_-])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cues:
    """One column a cue, one row a block."""

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
    repeated: Sequence[int]
    """blocks of the page with this very text"""
    date: Sequence[bool]
    """little more than a date"""
    linked: Sequence[float]
    """share of its characters that are link text; 0 in text"""
    level: Sequence[int]
    """1–6 in a heading element, else 0; 0 in text"""
    bad: Sequence[int]
    """elements around it that never hold an article's text; 0 in text"""
    framed: Sequence[bool]
    """in a menu, footer, share bar or the like; False in text"""
    good: Sequence[bool]
    """an element around it is named as what holds an article's text"""
    within: Sequence[str]
    """tags of the elements around it, inside out, and all their labels; empty in text"""
    labels: Sequence[str]
    """labels of the three innermost elements around it; empty in text"""
    hidden: Sequence[bool]


def count_words(text: str) -> float:
    """Return the number of words; where a script writes no blanks, two characters make one.

    >>> count_words("Two words"), count_words("四个汉字")
    (2, 2.0)
    """
    found = _WORD.findall(text)
    if text.isascii():
        return len(found)
    spaceless = len(_SPACELESS.findall(text))
    return len(found) if not spaceless else spaceless / 2 + sum(1 for w in found if not _SPACELESS.search(w))


def read_cues(blocks: Blocks) -> Cues:
    """Return the cues of a page's blocks."""
    texts = blocks.text
    keys = [lexicon.key(t[:300]) for t in texts]
    words = [count_words(t) for t in texts]
    ends = [t.rstrip(CLOSERS).endswith(_TERMINAL) for t in texts]
    cut = [bool(_CUT.search(t[-8:])) for t in texts]
    linked = [
        sum(a.end - a.start for a in anchors) / max(1, len(t)) for t, anchors in zip(texts, blocks.anchors, strict=True)
    ]
    repeats = Counter(keys)
    level, bad, framed, good, within, labels, hidden = _place(
        blocks, [w if e and w >= 9 and li < 0.5 else 0.0 for w, e, li in zip(words, ends, linked, strict=True)]
    )
    prose = [
        not c and ((w >= 9 and e and not t.endswith((":", "："))) or (w >= 22 and li < 0.5)) and li < 0.7
        for t, w, e, c, li in zip(texts, words, ends, cut, linked, strict=True)
    ]
    return Cues(
        key=keys,
        words=words,
        ends=ends,
        cut=cut,
        prose=prose,
        categories=[lexicon.categories(t) for t in texts],
        repeated=[repeats[k] for k in keys],
        date=[_is_date(t, w) for t, w in zip(texts, words, strict=True)],
        linked=linked,
        level=level,
        bad=bad,
        framed=framed,
        good=good,
        within=within,
        labels=labels,
        hidden=hidden,
    )


def _is_date(text: str, words: float) -> bool:
    if len(text) > 140 or words > 18:
        return False
    if _AGO.match(text):
        return True
    found = DATE.search(text)
    return found is not None and len(text) - len(found[0]) <= 60


def is_notice(text: str) -> bool:
    """Say whether a block is a copyright line."""
    return len(text) < 300 and _NOTICE.search(text) is not None


def is_promotion(text: str) -> bool:
    """Say whether a block asks the reader to subscribe.

    >>> is_promotion("The best stories in your inbox every Friday")
    True
    """
    return len(text) < 220 and _PROMOTION.search(text) is not None


def is_number(text: str) -> bool:
    """Say whether a block is a number alone: a rank, a count, a page."""
    return bool(_NUMBERED.match(text))


def _place(
    blocks: Blocks, prose_words: Sequence[float]
) -> tuple[list[int], list[int], list[bool], list[bool], list[str], list[str], list[bool]]:
    n = len(blocks)
    nodes = blocks.nodes
    if nodes is None:
        return [0] * n, [0] * n, [False] * n, [False] * n, [""] * n, [""] * n, [False] * n
    # each element once, parents before children
    count = len(nodes.tag)
    bad, good, framed = [0] * count, [False] * count, [False] * count
    within: list[str] = [""] * count
    level = [0] * count
    share = [0.0] * count
    for node, w in zip(blocks.node, prose_words, strict=True):
        share[node] += w
    for i in range(count - 1, 0, -1):
        share[nodes.parent[i]] += share[i]
    most = _MAIN_SHARE * share[0]
    hidden = [False] * count
    for i in range(1, count):
        parent, tag, label = nodes.parent[i], nodes.tag[i], nodes.label[i]
        # pages that a script builds hide all their text until it has run; inline, aria-hidden is but a hint to readers
        own = (nodes.hidden[i] and not nodes.hidden[parent]) or (tag not in _INLINE and "aria-hidden" in label)
        hidden[i] = hidden[parent] or (own and not share[i] > most)
        is_root = tag in ("html", "body", "main", "article")
        is_bad = not is_root and not (share[i] > most) and (tag in _BAD_TAGS or bool(label and _BAD.search(label)))
        bad[i] = bad[parent] + is_bad
        is_frame = not is_root and not share[i] > most and (tag in _FRAME_TAGS or bool(label and _FRAME.search(label)))
        framed[i] = framed[parent] or is_frame
        good[i] = good[parent] or bool(label and _GOOD.search(label))
        level[i] = int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" else level[parent]
        within[i] = f"{tag} {within[parent]}"[:120]  # deep nesting must not cost its square
    labels = [""] * n
    for b, node in enumerate(blocks.node):
        around = [nodes.label[x] for x, _ in zip(nodes.ancestors(node), range(4), strict=False)]
        labels[b] = " ".join(x for x in around if x)
    at = list(blocks.node)
    return (
        [level[x] for x in at],
        [bad[x] for x in at],
        [framed[x] for x in at],
        [good[x] for x in at],
        [within[x] for x in at],
        labels,
        [hidden[x] for x in at],
    )


def looks_like(kind: str, labels: str) -> bool:
    """Say whether element labels name a part of the page: `tag comment caption byline date subtitle previous next`."""
    pattern = {
        "tag": _TAG_LABEL,
        "comment": _COMMENT_LABEL,
        "caption": _CAPTION_LABEL,
        "byline": _BYLINE_LABEL,
        "date": _DATE_LABEL,
        "subtitle": _SUBTITLE_LABEL,
        **_NEIGHBOUR_LABEL,
    }[kind]
    return bool(labels and pattern.search(labels))
