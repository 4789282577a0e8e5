"""Blocks of tags → the tags: what one line of a page, or a run of links in it, names one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import Final

from newsds.chars import collapse
from newsds.dates import find_date
from newsds.model import Blocks
from newsds.segment import lexicon

_TAG_SEPARATOR: Final = re.compile(r"\s*[,;|·•、，；،؛]\s*|\s+[-–—]\s+|\n|(?<=\S)\s*[#＃]\s+")
_CRUMB: Final = re.compile(r"\s+[/>»›→]\s+|\s*[»›]\s*")
"""Between the steps of a path through the site; a slash inside words is part of a name."""
_CRUMB_GAP: Final = re.compile(r"\s*[/>»›→]\s*")
_HASHTAG: Final = re.compile(r"[#＃]([^\s#＃,，、،]+)")
_SPACED_HASH: Final = re.compile(r"[#＃]\s+\S")
_BRACKETED: Final = re.compile(r"[\[【]([^\[\]【】]{1,60})[\]】]")
_LEAD: Final = re.compile(r"([^:：,;|]{2,40})[:：]\s+(?=\S)")
"""What may lead in to a list: `Published under: Tea, Ships`."""
_EDGE: Final = " #＃,;،|·•:<>/›»▼"
_LONGEST: Final = 80
"""Characters of a tag at most; on the development pages the longest has 50."""
_SENTENCE: Final = 40
"""Characters from which a text that ends like a sentence is one."""
_LINK_SHARE: Final = 0.6
"""Of a block's characters: where one link holds fewer, the block is not the link alone."""
_JOINED: Final = 5
"""Words from which a line without separators is several tags; on the development pages two tags of 800 are as long."""
_JOINED_NEAR: Final = 4
"""Words from which it is, if a part of it is a tag on a line of its own elsewhere on the page."""
_SURELY_JOINED: Final = 10
"""Words from which it is, if most of them begin in lower case, as those of a single long tag do."""
_LITTLE: Final = 3
"""Letters."""
_MOST_JOINED: Final = 60
"""Words; a longer line is no list of tags."""
_GLUED: Final = re.compile(r"\(|[&+/]$|\d+$")
"""Words that belong to the one before."""
_GLUED_NEXT: Final = re.compile(r"[&+/]|\d+\.")
"""Words that the next one belongs to."""
_AROUND: Final[Set[lexicon.Category]] = frozenset(("tags", "more", "related", "inline_related"))
"""Categories of what stands around a tag to lead to its page: `More in Ships`, `Ships category`."""
_NO_TAG: Final[Set[lexicon.Category]] = frozenset(("tags", "more", "inline_related", "comments"))
"""Categories of what stands among tags and is none: headings of lists, counts of comments."""
HOME: Final = frozenset(
    "home|homepage|home page|startseite|start|inicio|portada|página inicial|página principal|início|accueil|à la une"
    "|главная|главная страница|на главную|головна|начало|начална страница|почетна|naslovnica|naslovna|početna|domov"
    "|domů|úvod|úvodní stránka|strona główna|kezdőlap|főoldal|címlap|acasă|prima pagină|etusivu|hem|startsida|hjem"
    "|forside|forsiden|heim|voorpagina|thuis|ana sayfa|anasayfa|αρχική|αρχική σελίδα|الرئيسية|الصفحة الرئيسية|خانه"
    "|صفحه اصلی|דף הבית|ראשי|होम|मुख्य पृष्ठ|trang chủ|beranda|laman utama|หน้าแรก|首页|首頁|主页|主頁|ホーム|トップ"
    "|トップページ|홈|pradžia|pagrindinis|sākums|esileht|avaleht|inici|portada|hasiera|principal|pagina principale|tuis"
    "|nyumbani|ikhaya|hafan|baile|ballina|faqja kryesore|ana səhifə|bosh sahifa|басты бет|მთავარი|գլխավոր".split("|")
)
"""First steps of paths through a site, as pages call them."""
_PLAINLY_HOME: Final = HOME - frozenset(
    "home|start|hem|heim|hjem|thuis|tuis|baile|principal|portada|inicio|início|inici|начало|úvod|ראשי|トップ".split("|")
)
"""Those that begin no name: `Home Safety` is one."""


def tags_of(blocks: Blocks, indices: Sequence[int], title: str | None, site: str | None) -> tuple[str, ...]:
    """Return the tags in blocks, in page order, each once.

    Args:
        blocks: of the page.
        indices: the blocks that hold tags.
        title: the page's headline, which is none.
        site: its host, which is none.
    """
    if not indices:
        return ()
    found: list[str] = []
    alone: set[str] | None = None
    for i in indices:
        parts = _linked(blocks, i)
        if parts is None:
            parts = split_tags(blocks.text[i])
            if len(parts) == 1 and parts[0].count(" ") >= _JOINED_NEAR - 1 and not _line_each(blocks, i, indices):
                if alone is None:
                    alone = {lexicon.key(blocks.text[k]) for k in indices if len(blocks.text[k]) <= _LONGEST}
                parts = _apart(parts[0], blocks, blocks.text[i], alone - {lexicon.key(parts[0])})
        found += parts
    none = {lexicon.key(name) for name in (title, site) if name}
    kept: dict[str, str] = {}
    for tag in found:
        tag = collapse(tag).strip(_EDGE)
        if _is_tag(tag, title):
            kept.setdefault(lexicon.key(tag), tag)
    return tuple(tag for key, tag in kept.items() if key and key not in none and not _leads_to(key, kept))


def _is_tag(tag: str, title: str | None) -> bool:
    """Say whether it may be one: no sentence, headline, date, or count of comments."""
    if len(tag) > _LONGEST or (len(tag) >= _SENTENCE and tag[-1] in ".!…。！"):
        return False
    if title and len(title) >= _SENTENCE // 2 and title in tag:
        return False
    return not (tag[-1:].isdigit() and find_date(tag)) and not lexicon.categories(tag) & _NO_TAG


def _leads_to(key: str, keys: dict[str, str]) -> bool:
    """Say whether it is another tag with words around that lead to its page."""
    words = key.split()
    for n in range(1, min(3, len(words))):
        if " ".join(words[n:]) in keys and lexicon.categories(" ".join(words[:n])) & _AROUND:
            return True
        if " ".join(words[:-n]) in keys and lexicon.categories(" ".join(words[-n:])) & _AROUND:
            return True
    return False


def _linked(blocks: Blocks, i: int) -> list[str] | None:
    """The tags of a block that is made of links; None if it is not."""
    links, text = blocks.links, blocks.text[i]
    spans = [(a, b) for k in links.of(i) if (a := links.start[k]) < (b := links.end[k])] if links.block else []
    if not spans:
        return None
    parts = [text[a:b] for a, b in spans]
    if len(parts) == 1:
        a, b = spans[0]
        if b - a < _LINK_SHARE * len(text) and (b < len(text) or not lexicon.categories(text[:a])):
            return None
        return parts
    gaps = [text[b:c] for (_, b), (c, _) in zip(spans, spans[1:], strict=False)]
    if lexicon.key(parts[0]) in HOME or (not spans[0][0] and all(map(_CRUMB_GAP.fullmatch, gaps))):
        return parts[-1:]
    return parts


def split_tags(line: str) -> list[str]:
    """Return the tags in a line.

    >>> split_tags("Tagged hand planes, rust"), split_tags("#zeytin #tarım"), split_tags("标签： 君子兰 烂根")
    (['hand planes', 'rust'], ['zeytin', 'tarım'], ['君子兰', '烂根'])
    >>> split_tags("Home > World > Asia"), split_tags("Technik/Hardware")
    (['Asia'], ['Technik/Hardware'])
    """
    start = lexicon.split_marker(line, "tags")
    if start is None:
        start = lexicon.split_phrase(line, "tags")
        if start is not None and not _TAG_SEPARATOR.search(line) and len(line[:start].split()) < 2:
            start = None  # one word, and no list behind it, may be the tag's own
    rest = line[start or 0 :].strip()
    if start is None and (lead := _LEAD.match(rest)) and _TAG_SEPARATOR.search(rest, lead.end()):
        rest = rest[lead.end() :]
    undated = _without_dates(rest)
    if undated != rest:  # a line about the article, in which slashes set apart
        rest = re.sub(r"\s+/\s+", " | ", undated)
    if _SPACED_HASH.search(rest):
        return [p for p in re.split(r"\s*[#＃]\s*", rest) if p and lexicon.key(p) not in lexicon.tables().words["tags"]]
    hashtags = _HASHTAG.findall(rest)
    if hashtags:
        parts = re.split(r"\s*[,，、،]\s*", rest)
        if len(parts) == len(hashtags) and all(p[:1] in "#＃" for p in parts):
            return parts  # commas set them apart, so a tag may have blanks
        if len(hashtags) == 1 and rest[0] in "#＃" and not _TAG_SEPARATOR.search(rest):
            return [rest.replace("_", " ")]
        return [h.replace("_", " ") for h in hashtags]
    bracketed = _BRACKETED.findall(rest)
    if len(bracketed) > 1:
        return bracketed
    parts = [p for p in _TAG_SEPARATOR.split(rest) if p]
    if len(parts) == 1:
        parts = _step(rest)
    if len(parts) == 1 and start and not rest.isascii() and all(len(p) <= 8 for p in rest.split()):
        parts = rest.split()  # scripts without blanks inside words set tags apart by blanks
    return [p for part in parts for p in _without_marker(part)] if len(parts) > 1 else parts


def _without_dates(line: str) -> str:
    """The line with a bar in place of each date: what stands before and behind one are two things."""
    date = find_date(line)
    while date:
        line = f"{line[: date[0]].rstrip()} | {line[date[1] :].lstrip(_EDGE)}".strip(_EDGE)
        date = find_date(line)
    return line


def _step(line: str) -> list[str]:
    """The last step of a path through the site, or the line itself."""
    steps = [s for s in _CRUMB.split(line) if s]
    if len(steps) > 1:
        return steps[-1:]
    first, _, rest = line.partition(" ")
    return [rest] if rest and lexicon.key(first) in _PLAINLY_HOME else [line]


def _without_marker(part: str) -> list[str]:
    """A part of a list, cut at the heading of a second list in its midst: `Planes Tags rust`."""
    words = part.split()
    for i in range(1, len(words) - 1):
        if words[i][0].isupper() and lexicon.key(words[i]) in lexicon.tables().words["tags"]:
            return [" ".join(words[:i]), " ".join(words[i + 1 :])]
    return [part]


def _apart(line: str, blocks: Blocks, whole: str, alone: Set[str]) -> list[str]:
    """The tags of a line that sets them apart by nothing but blanks, as far as the page tells.

    Two words belong together where they stand together elsewhere on the page, or the second is in lower case in a line
    of capitals.
    """
    words = line.split()
    if len(words) > _MOST_JOINED:
        return [line]
    rest = "\n".join(text for text in blocks.text if text != whole).casefold()
    capitals = words[0][0].isupper() and 2 * sum(not w[0].islower() for w in words) >= len(words)
    keys = [w.casefold() for w in words]
    glued = [
        i > 0
        and (
            _GLUED.match(words[i]) is not None
            or _GLUED_NEXT.fullmatch(words[i - 1]) is not None
            or (capitals and words[i][0].islower())
            or _stands(rest, f"{keys[i - 1]} {keys[i]}")
        )
        for i in range(len(words))
    ]
    starts, ends = set(), set()
    for i in range(len(words)):
        n = next((n for n in range(4, 0, -1) if lexicon.key(" ".join(words[i : i + n])) in alone), 0)
        glued[i + 1 : i + n] = [True] * len(glued[i + 1 : i + n])
        starts.update([i] if n else [])
        ends.update([i + n] if n else [])
    parts: list[list[str]] = []
    for i, word in enumerate(words):
        if glued[i] and not (i in starts and i in ends):
            parts[-1].append(word)
        else:
            parts.append([word])
    near = any(lexicon.key(" ".join(p)) in alone for p in parts)
    list_like = capitals or len(words) >= _SURELY_JOINED
    if not near and (len(words) < _JOINED or not list_like or any(map(_is_little, parts))):
        return [line]
    return [" ".join(p) for p in parts]


def _is_little(part: Sequence[str]) -> bool:
    """Say whether it is a short word in lower case, as sentences have and lists of tags have not: `of`, `und`, `по`."""
    return len(part) == 1 and len(part[0]) <= _LITTLE and part[0].islower()


def _line_each(blocks: Blocks, i: int, indices: Sequence[int]) -> bool:
    """Say whether the tags next to a line are on lines of their own, of several words too."""
    beside = (blocks.text[k] for k in (i - 1, i + 1) if k in indices)
    return any(" " in text and not _TAG_SEPARATOR.search(text) for text in beside)


def _stands(text: str, words: str) -> bool:
    """Say whether words stand in a text, not inside longer ones."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if not (text[at - 1 : at].isalnum() or text[end : end + 1].isalnum()):
            return True
        at = text.find(words, end)
    return False
