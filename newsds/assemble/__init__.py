"""Blocks and their roles → an article: the fields of the record, in clean form."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date, timedelta
from itertools import accumulate, chain
from typing import Any, Final, Literal

from newsds import metadata
from newsds.assemble.neighbours import neighbours_of
from newsds.assemble.recommendations import recommendations_of
from newsds.assemble.tags import tags_of
from newsds.chars import collapse
from newsds.dates import Moment, find_date, parse_date, possible_days
from newsds.language import find_language
from newsds.model import (
    Article,
    Blocks,
    Decoded,
    Flag,
    Head,
    Labels,
    Nodes,
    Page,
    Paragraph,
    Role,
    Span,
)
from newsds.rows import Rows
from newsds.segment import lexicon

_NO_HEAD: Final = Head()
_ROLES: Final = tuple(Role)
_NOTHING_DECLARED: Final = metadata.Metadata()
_READ_AS_IT_STANDS: Final = frozenset(("utf-8", "transport", "meta"))
"""Sources of an encoding by which UTF-8 without flags is the page's bytes, all of them."""
_IDENTITY: Final = 32
"""Hex digits of an id."""
_REPEATED: Final = 60
"""Characters of a paragraph that says that text is there twice; shorter ones (refrains, notes) often are."""
_COPY: Final = 3
"""Such paragraphs in a row that make a copy of text: fewer are quoted, or stand under each of several pictures."""
PARAGRAPH_BREAK: Final = "\n\n"
"""Between two paragraphs of `Article.text`."""
_CLOCK_TAIL: Final = re.compile(r"^[\s,|·–—-]*\d{1,2}[:.h]\d\d(?:\s?[apAP][mM])?(?:\s?[A-Z]{2,4}\b)?")
_PARTS: Final = re.compile(r"\s*[|•·]\s*|\s[–—]\s")
_NEAR_TITLE: Final = 6
"""Blocks between the title and the article's date at most; on the development pages it is five."""
_SAME_DAY: Final = timedelta(days=1)
"""Days apart that time zones alone can put one moment."""
_BULLET: Final = re.compile(r"^(?:[*•‣▪●○■·–—-]|\(?\d{1,3}[.)])\s+\S")

ParagraphKind = Literal["p", "h2", "li", "quote", "pre", "table"]
_KINDS: Final[Mapping[str, ParagraphKind]] = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "h2"),
    **dict.fromkeys(("li", "dt", "dd"), "li"),
    **dict.fromkeys(("pre", "listing", "xmp", "plaintext"), "pre"),
    "blockquote": "quote",
}
"""Elements → the kind of the paragraphs in them; the innermost decides."""
_TELLING: Final = frozenset((*_KINDS, "table", "tr", "td", "th"))
"""Elements that tell of paragraphs in them."""
_Place = tuple[ParagraphKind, int, int]
"""The kind of a paragraph, the table row it is in, -1 outside of one, and the tables around it."""


def assemble(
    page: Page, decoded: Decoded, blocks: Blocks, labels: Labels, declared: metadata.Metadata | None = None
) -> Article:
    """Return the article of a page whose blocks have roles; never fails on content.

    Args:
        page: as it was found.
        decoded: its text.
        blocks: of its text.
        labels: of the blocks.
        declared: what `metadata.read_metadata` gives for `blocks.head`, where that was read already.
    """
    head = blocks.head or _NO_HEAD
    if declared is None:
        declared = metadata.read_metadata(head) if blocks.head else _NOTHING_DECLARED
    url = next((u for u in (page.url, declared.url) if u and metadata.is_web_url(u)), None)
    site = metadata.site_of(url) if url else None
    by_role: dict[Role, list[int]] = {role: [] for role in _ROLES}
    last, indices = None, by_role[Role.BOILERPLATE]
    for i, role in enumerate(labels.roles):
        if role is not last:  # most blocks have the role of the one above
            last, indices = role, by_role[role]
        indices.append(i)
    recommended = sorted((*by_role[Role.REC_TITLE], *by_role[Role.REC_SNIPPET]))

    def lines(role: Role) -> list[str]:
        return [collapse(blocks.text[i]) for i in by_role[role]]

    flags = {*page.flags, *decoded.flags, *blocks.flags}
    text, paragraphs = _body(blocks, by_role[Role.BODY] if labels.article else ())
    first_line, _, standfirst = "\n".join(blocks.text[i] for i in by_role[Role.TITLE]).partition("\n")
    title = collapse(first_line) or None
    if title is None and text and declared.title:
        title = metadata.strip_site(collapse(declared.title)) or None
    if title is None:
        flags.add(Flag.NO_TITLE)
    elif by_role[Role.TITLE] and not _is_declared(title, declared.headlines):
        flags.add(Flag.METADATA_CONFLICT)
    if not text:
        flags.add(Flag.NO_ARTICLE)
    language, guessed = find_language(
        text or decoded.text[:2000] if blocks.kind == "text" else text, head.language or page.language
    )
    if guessed and language:
        flags.add(Flag.LANGUAGE_GUESSED)
    bylines, dated = lines(Role.BYLINE), lines(Role.DATE)
    published, modified = _dates(declared, head, dated, bylines, language)
    if declared.published and published:
        shown = _shown_dates(blocks, by_role, language)
        if _contradict(shown.values(), (published, modified)):
            flags.add(Flag.METADATA_CONFLICT)
            published = _first_shown(shown, published, language)
    if any(m and not m.zone_known for m in (published, modified)):
        flags.add(Flag.TIMEZONE_ASSUMED)
    previous, following = neighbours_of(blocks, by_role[Role.PREVIOUS], by_role[Role.NEXT], url)
    digest = page_digest(page.content)
    return Article(
        id=_identity(page, decoded, digest),
        url=url,
        site=site,
        title=title,
        subtitle=" ".join(lines(Role.SUBTITLE)) or collapse(standfirst) or None,
        authors=_authors(bylines, dated, declared),
        published=published.at if published else None,
        modified=modified.at if modified else None,
        language=language,
        text=text,
        paragraphs=paragraphs,
        captions=tuple(lines(Role.CAPTION)),
        tags=tags_of(blocks, by_role[Role.TAG], title, site),
        keywords=declared.keywords,
        previous=previous,
        next=following,
        recommendations=recommendations_of(blocks, recommended, labels.roles, url),
        comments=tuple(lines(Role.COMMENT)),
        spans=Rows(Span, {"role": labels.roles, "start": blocks.start, "end": blocks.end}),
        flags=tuple(sorted(flags)),
        confidence=labels.confidence,
        kind=blocks.kind,
        page_chars=len(decoded.text),
        charset=decoded.charset,
        charset_source=decoded.charset_source,
        replaced_chars=decoded.replaced_chars,
        captured_at=page.captured_at,
        source=page.source,
        record=page.record,
        offset=page.offset,
        length=page.length,
        page_digest=digest,
    )


def page_digest(content: bytes) -> str:
    """Return the SHA-256 of a page's bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def _identity(page: Page, decoded: Decoded, digest: str) -> str:
    """The article's id: of the text in UTF-8, which most pages are written in, and then it is that of the bytes."""
    if decoded.charset_source in _READ_AS_IT_STANDS and decoded.charset == "utf-8" and not decoded.flags:
        ends = decoded.text[:_IDENTITY].encode(), decoded.text[-_IDENTITY:].encode()
        if page.content.startswith(ends[0]) and page.content.endswith(ends[1]):  # and they are that page's
            return digest[:_IDENTITY]
    return page_digest(decoded.text.encode())[:_IDENTITY]


def _body(blocks: Blocks, indices: Sequence[int]) -> tuple[str, Sequence[Paragraph]]:
    texts = [blocks.text[i] for i in indices]
    copies = _copies(texts)
    if copies:
        indices = [i for k, i in enumerate(indices) if k not in copies]
        texts = [blocks.text[i] for i in indices]
    if blocks.nodes is None:
        kinds = list(map(_kind_of_line, texts))
    else:
        places: dict[int, _Place] = {0: ("p", -1, 0)}
        found = [
            places.get(node) or _place(blocks.nodes, node, places) for node in map(blocks.node.__getitem__, indices)
        ]
        kinds = [kind for kind, _, _ in found]
        if "table" in kinds:
            kinds, texts = _in_rows(found, texts)
    ends = list(accumulate(map(len, texts), lambda end, length: end + len(PARAGRAPH_BREAK) + length))
    columns: dict[str, Sequence[Any]] = {
        "kind": kinds,
        "start": [0, *(end + len(PARAGRAPH_BREAK) for end in ends[:-1])][: len(ends)],
        "end": ends,
    }
    return PARAGRAPH_BREAK.join(texts), Rows(Paragraph, columns)


def _in_rows(places: Sequence[_Place], texts: Sequence[str]) -> tuple[list[ParagraphKind], list[str]]:
    """Join the cells of each table row."""
    kinds: list[ParagraphKind] = []
    joined: list[str] = []
    last_row = -1  # the table row that the last paragraph is of
    for (kind, row, _), text in zip(places, texts, strict=True):
        if kind == "table" and row == last_row >= 0:
            joined[-1] += " " + text
        else:
            kinds.append(kind)
            joined.append(text)
        last_row = row if kind == "table" else -1
    return kinds, joined


def _copies(texts: Sequence[str]) -> Set[int]:
    """Paragraphs that repeat a stretch of text above: some pages hold it twice, for wide and for narrow screens."""
    long = [t for t in texts if len(t) >= _REPEATED]
    if len(long) - len(set(long)) < _COPY:
        return frozenset()
    found: set[int] = set()
    first: dict[str, int] = {}
    k = 0
    while k < len(texts):
        at = first.setdefault(texts[k], k) if len(texts[k]) >= _REPEATED else k
        n = 0
        while at < k and k + n < len(texts) and at + n < k and texts[at + n] == texts[k + n]:
            n += 1
        if sum(len(t) >= _REPEATED for t in texts[k : k + n]) >= _COPY:
            found.update(range(k, k + n))
        k += max(n, 1)
    return found


def _kind_of_line(text: str) -> ParagraphKind:
    if not text[0].isalpha() and _BULLET.match(text):
        return "li"
    return "h2" if len(text) <= 80 and text[-1].isalnum() else "p"


def _place(nodes: Nodes, node: int, places: dict[int, _Place]) -> _Place:
    """The place of a paragraph in an element.

    A table inside another lays out the page; one by itself holds data.

    Args:
        nodes: of the page.
        node: the element.
        places: what is known of elements; added to.
    """
    path = []
    while (place := places.get(node)) is None:
        path.append(node)
        node = nodes.parent[node]
    for node in reversed(path):
        tag = nodes.tag[node]
        if tag in _TELLING:
            kind, row, tables = place
            if tag == "table":
                tables += 1
            elif tag in ("td", "th"):
                kind = "table" if tables <= 1 else "p"
            elif tag == "tr":
                row = node
            place = _KINDS.get(tag, kind), row, tables
        places[node] = place
    return place


def _is_declared(title: str, headlines: Sequence[str]) -> bool:
    """Say whether a declared headline names the title, or none is declared.

    Letters and digits alone count, and one may hold the other: declared headlines are cut off, or have the site's name.
    """
    if not headlines or title in headlines:
        return True
    shown = _folded(title)
    if not shown:
        return True
    return any(shown in _folded(h) or _folded(metadata.strip_site(h)) in shown for h in headlines)


def _folded(text: str) -> str:
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded))


def _authors(bylines: Sequence[str], dated: Sequence[str], declared: metadata.Metadata) -> tuple[str, ...]:
    """What the page declares, else names from the bylines, else from lines that hold a date and a byline."""
    if declared.authors:  # spelt for machines: whole names, without offices
        return declared.authors
    names = [name for line in bylines for name in metadata.clean_authors(_without_lead(line) or _without_date(line))]
    if not names:
        for line in dated:
            for part in _PARTS.split(_without_date(line)):
                names += metadata.clean_authors(_without_lead(part) or "")
    return tuple(dict.fromkeys(names))


def _without_lead(line: str) -> str | None:
    """What follows `By` or its like; None if nothing does."""
    line = _without_date(line)
    start = lexicon.split_marker(line, "byline")
    if start is None:
        start = lexicon.split_phrase(line, "byline")
    return line[start:] if start is not None else None


def _without_date(line: str) -> str:
    """The line with its date, and the word that leads in to it, as a break."""
    date = find_date(line)
    if date is None:
        return line
    before = line[: date[0]].rstrip()
    lead = before.rsplit(None, 1)[-1] if before else ""
    if "date" in lexicon.categories(lead):
        before = before[: -len(lead)]
    return f"{before} | {_CLOCK_TAIL.sub('', line[date[1] :])}"


def _dates(
    declared: metadata.Metadata, head: Head, lines: Sequence[str], bylines: Sequence[str], language: str | None
) -> tuple[Moment | None, Moment | None]:
    published = parse_date(declared.published, language=language) if declared.published else None
    modified = parse_date(declared.modified, language=language) if declared.modified else None
    if published is None:
        stated = (*lines, *bylines, *(x for _, x in head.times))
        published = next((d for d in (parse_date(x, language=language) for x in stated) if d), None)
    return published, modified


def _shown_dates(
    blocks: Blocks, by_role: Mapping[Role, Sequence[int]], language: str | None
) -> dict[str, frozenset[date]]:
    """Lines near the title and above the text that hold a full date, and the days that it may be.

    It is the article's, not that of a teaser or comment.
    """
    body = min(by_role[Role.BODY], default=len(blocks))
    titles = by_role[Role.TITLE]
    near = [
        blocks.text[i]
        for i in sorted((*by_role[Role.DATE], *by_role[Role.BYLINE]))
        if i < body and any(abs(i - t) <= _NEAR_TITLE for t in titles)
    ]
    return {line: days for line in near if (days := possible_days(line, language=language))}


def _contradict(shown: Iterable[Iterable[date]], declared: Iterable[Moment | None]) -> bool:
    """Say whether days are shown, and none of them is a declared one."""
    days = set(chain.from_iterable(shown))
    return bool(days) and not any(abs(day - m.at.date()) <= _SAME_DAY for m in declared if m for day in days)


def _first_shown(shown: Iterable[str], declared: Moment, language: str | None) -> Moment:
    """The earliest date shown, if it is before the declared one; else that one.

    A later date is as likely that of an update, or of the day on which the page was fetched: in no language do words
    tell for sure.
    """
    moments = [m for m in (parse_date(line, language=language) for line in shown) if m]
    return min((*moments, declared), key=lambda m: m.at)
