"""What an HTML page says of itself out of sight (JSON-LD, OpenGraph, `meta`), and names and addresses in clean form."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from newsds.chars import CONTROL, collapse, unescape
from newsds.model import Head

_ARTICLE_TYPES: Final = re.compile(r"(?:Article|Posting|Report|Review|Recipe|WebPage)$")
_ARTICLE_TYPE_INSIDE: Final = re.compile(r"(?:Article|Posting|Report|Review|Recipe|WebPage)\"")
"""What a script holds that holds an item of such a type."""
_TITLE_SEPARATOR: Final = re.compile(r"\s+[|\-–—·•:»›<>/]+\s+|\s*[|｜»›]\s*|[_＿]")
_NO_AUTHOR: Final = re.compile(
    r"^(?:https?:|www\.|@|\d)|^(?:admin|editor|staff|webmaster|redaktion|redacción|null|undefined)$", re.IGNORECASE
)
_DIGIT: Final = re.compile(r"\d")
_PARTICLE: Final = 3
"""Letters of the words in a name that may be in lower case: `de`, `von`, `bin`."""
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)\S+|(?<!\S)@\w+")
"""What `article:author` often holds: the address of a profile."""
_BAD_URL: Final = re.compile(r"[\s\x00-\x1f\x7f<>\"{}|\\^`]")
_PLAIN_URL: Final = re.compile(
    r"https?://[a-zA-Z0-9.-]+(?:/[\w/.,~%+@=:&()'!*$-]*)?(?:\?[\w/.,~%+@=:&-]+)?(?:#[\w/-]+)?", re.ASCII
)
"""An absolute address that resolves to itself."""
_PLAIN_PATH: Final = re.compile(r"(?:/[\w,~%+@=&-][\w.,~%+@=&-]*)+/?(?:\?[\w/.,~%+@=:&-]+)?(?:#[\w/-]+)?", re.ASCII)
"""A path from the root of the site, without segments to resolve."""
_MAX_TITLE: Final = 1000
"""Characters; longer is no headline, and would be tried at each of its separators."""
MAX_KEYWORDS: Final = 100
"""Keywords a page; what lists more lists its whole site."""
MAX_KEYWORD: Final = 100
"""Characters of a keyword; what is longer is a sentence, or a list without separators."""
_KEYWORD_SEPARATOR: Final = re.compile(r"[,;，；、،؛\n]")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""What JSON's escapes can write and UTF-8 cannot."""
_MAX_DEPTH: Final = 12
"""Levels of JSON-LD looked into; real ones have five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a page declares; nothing here is seen by its reader."""

    title: str | None = None
    headlines: tuple[str, ...] = ()
    """the article's headline as JSON-LD and OpenGraph give it, where they do"""
    keywords: tuple[str, ...] = ()
    """topics, in clean form, each once"""
    sections: tuple[str, ...] = ()
    """parts of the site the article is in"""
    body: str | None = None
    """its text"""
    authors: tuple[str, ...] = ()
    published: str | None = None
    """as written"""
    modified: str | None = None
    url: str | None = None


def read_metadata(head: Head) -> Metadata:
    """Return what the head of a page declares of its article.

    >>> read_metadata(Head(meta={"og:title": "Tea", "article:published_time": "2024-05-03"})).published
    '2024-05-03'
    """
    items = [x for x in _linked_data(head.linked_data) if _ARTICLE_TYPES.search(_type(x))]
    items.sort(key=lambda x: _type(x).endswith("WebPage"))  # the article itself before the page that holds it
    meta = head.meta

    def first(name: str) -> str | None:
        return next((v for v in (_string(x.get(name)) for x in items) if v), None)

    authors = next((a for a in (tuple(_names(x.get("author"))) for x in items) if a), ())
    if not authors:
        named = meta.get("author") or meta.get("article:author") or meta.get("byl") or meta.get("dc.creator") or ""
        authors = tuple(clean_authors(named))
    headlines = tuple(h for h in (first("headline"), meta.get("og:title")) if h)
    return Metadata(
        headlines=headlines,
        keywords=clean_keywords(_keywords(items, meta)),
        sections=tuple(
            s
            for s in (
                *(s for x in items for s in _values(x.get("articleSection"))),
                *(meta[k] for k in _SECTIONS if meta.get(k)),
            )
            if s
        ),
        body=first("articleBody"),
        title=next(iter(headlines), None) or meta.get("twitter:title") or head.title,
        authors=authors,
        published=first("datePublished") or next((meta[k] for k in _PUBLISHED if meta.get(k)), None),
        modified=first("dateModified") or next((meta[k] for k in _MODIFIED if meta.get(k)), None),
        url=next((u for u in (head.canonical, meta.get("og:url")) if u and is_web_url(u)), None),
    )


_PUBLISHED: Final = (
    "article:published_time datepublished date pubdate publishdate publish-date publish_date dc.date.issued dc.date"
    " dcterms.created sailthru.date parsely-pub-date article.published cxenseparse:recs:publishtime og:published_time"
    " article:publication_date citation_publication_date article_date_original originalpublicationdate"
).split()
_KEYWORDS: Final = ("keywords", "news_keywords", "article:tag", "parsely-tags", "sailthru.tags")
"""Names of `meta`, microdata's `itemprop=keywords` among them; of one that repeats, the values stand on lines."""
_SECTIONS: Final = ("article:section", "section")
_MODIFIED: Final = ("article:modified_time datemodified og:updated_time last-modified lastmod dcterms.modified").split()


def _linked_data(scripts: Sequence[str]) -> Iterator[dict[str, Any]]:
    for script in scripts:
        if not _ARTICLE_TYPE_INSIDE.search(script):
            continue
        try:
            data = json.loads(script.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):
            continue  # a page's own broken script; the visible page decides anyway
        todo = [(data, 0)]
        while todo:
            item, depth = todo.pop(0)
            if isinstance(item, list):
                todo.extend((x, depth + 1) for x in item if depth < _MAX_DEPTH)
            elif isinstance(item, dict):
                yield item
                for key in ("@graph", "mainEntity", "mainEntityOfPage"):
                    if key in item and depth < _MAX_DEPTH:
                        todo.append((item[key], depth + 1))


def _type(item: dict[str, Any]) -> str:
    kind = item.get("@type")
    if isinstance(kind, list):
        kind = next((k for k in kind if isinstance(k, str)), "")
    return kind if isinstance(kind, str) else ""


def _string(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    return (collapse(_sound(unescape(value))) or None) if isinstance(value, str) else None


def _sound(text: str) -> str:
    """What JSON's escapes can write and no page can hold becomes U+FFFD, as it does in pages."""
    return text if text.isprintable() else _LONE_SURROGATE.sub("\ufffd", CONTROL.sub("\ufffd", text))


def _names(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = _string(item.get("name")) if isinstance(item, dict) else _string(item)
        if name:
            yield from clean_authors(name)


def _keywords(items: Sequence[dict[str, Any]], meta: Mapping[str, str]) -> Iterator[str]:
    """Yield what is declared, as written: JSON-LD of the first item that has some, then `meta`."""
    for item in items:
        found = list(_values(item.get("keywords")))
        if found:
            yield from _split(found)
            break
    for name in _KEYWORDS:
        values = meta.get(name, "").split("\n")
        yield from _split(values) if name == "article:tag" else (x for v in values for x in _split([v]))


def _values(value: object) -> Iterator[str]:
    """Strings, or the names of DefinedTerm objects; one or a list of them."""
    for item in value if isinstance(value, list) else [value]:
        text = item.get("name") if isinstance(item, dict) else item
        if isinstance(text, str) and text.strip():
            yield text


def _split(values: Sequence[str]) -> Iterator[str]:
    """A list of several is one already, and a comma in it is part of a name; one alone is a list in writing."""
    for value in values:
        text = _sound(unescape(value))
        yield from _KEYWORD_SEPARATOR.split(text) if len(values) == 1 else (text,)


def clean_keywords(found: Iterable[str]) -> tuple[str, ...]:
    """Return keywords in clean form: each once, whatever its case, in their order, no more or longer than the limits.

    >>> clean_keywords([" #Tea", "tea ", "-", "Green  tea", "green-tea"])
    ('Tea', 'Green tea')
    """
    kept: dict[str, str] = {}
    for text in found:
        word = collapse(text).strip(' "').lstrip("#＃ ")
        if len(word) <= MAX_KEYWORD and any(map(str.isalnum, word)):
            key = word.lower() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()
            kept.setdefault(key.replace("-", " ").replace("_", " "), word)  # a name, and it in an address
            if len(kept) == MAX_KEYWORDS:
                break
    return tuple(kept.values())


def clean_authors(text: str) -> list[str]:
    """Return the names in a line of authors, without what is none.

    >>> clean_authors("Marta Quill, Owen Tansley and Dai Rees")
    ['Marta Quill', 'Owen Tansley', 'Dai Rees']
    """
    text = _ADDRESS.sub("", text)
    parts = re.split(r"\s*(?:[,;/|•·、，&]|\s[–—-]\s|\s(?:and|und|et|y|e|i|en|og|och|ja|и|і|та|ve|și|és|و)\s)\s*", text)
    names = [collapse(p).strip(" .:-–—@") for p in parts]
    names = [n for n in dict.fromkeys(names) if 1 < len(n) <= 60 and not _NO_AUTHOR.search(n) and not _DIGIT.search(n)]
    return [n for n in names if _is_name(n)] or names[:1]


def _is_name(text: str) -> bool:
    """In scripts with capitals, names have them throughout, but for particles: `Community editor` is an office."""
    return not any(w[0].islower() for w in text.split() if len(w) > _PARTICLE)


def strip_site(title: str, headings: Sequence[str] = ()) -> str:
    """Return a document title without the name of the site at its end (or beginning).

    Args:
        title: text of the `title` element or its like.
        headings: lines of the page; a part of the title that stands there alone is the headline.

    >>> strip_site("Ferry to stay shut until autumn | Harrow Vale Courier")
    'Ferry to stay shut until autumn'
    """
    seen = {h.casefold() for h in headings}
    if len(title) > _MAX_TITLE or title.casefold() in seen:
        return title
    cuts = [(m.start(), m.end()) for m in _TITLE_SEPARATOR.finditer(title)]
    parts = [title[:a] for a, _ in reversed(cuts)] + [title[b:] for _, b in cuts]
    for part in parts:
        if part.casefold() in seen:
            return part
    if not cuts:
        return title
    head, tail = title[: cuts[-1][0]], title[cuts[-1][1] :]
    return head if len(head) >= len(tail) and head.strip() else title


def is_web_url(url: str) -> bool:
    """Say whether a string is a well-formed absolute http or https address.

    >>> is_web_url("https://news.example/a?b=1"), is_web_url("/a"), is_web_url("http://[::bad")
    (True, False, False)
    """
    if _BAD_URL.search(url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def link_url(href: str, base: str | None) -> str | None:
    """Return a link's target in full where `base` is known, as written where it is not, None where it leads nowhere.

    >>> link_url("../b#top", "https://news.example/x/a"), link_url("/b", None), link_url("javascript:void(0)", None)
    ('https://news.example/b#top', '/b', None)
    """
    if _PLAIN_URL.fullmatch(href):
        return href
    if _PLAIN_PATH.fullmatch(href):
        return (_origin(base) + href) if base else href
    href = re.sub(r"[\t\n\r]", "", href.strip()).replace(" ", "%20")
    if not href or href.startswith("#") or _BAD_URL.search(href):
        return None
    try:
        url = urljoin(base, href) if base else href
        scheme = urlsplit(url).scheme.lower()
        _ = urlsplit(url).port
    except ValueError:
        return None
    return url if scheme in ("", "http", "https") else None


@lru_cache(maxsize=64)
def _origin(url: str) -> str:
    """Scheme and host of an address, as `urljoin` puts them before a path from the root."""
    return urljoin(url, "/").removesuffix("/")


def site_of(url: str) -> str | None:
    """Return the host of an address in lower case, without `www.`.

    >>> site_of("https://WWW.News.example:8080/a")
    'news.example'
    """
    host = urlsplit(url).hostname
    return host.lower().removeprefix("www.") if host else None
