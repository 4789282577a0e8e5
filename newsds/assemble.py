"""Blocks and their roles → an article: the fields of the record, in clean form."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, Literal

from newsds import metadata
from newsds.chars import collapse
from newsds.dates import Moment, find_date, parse_date, possible_days
from newsds.language import find_language
from newsds.model import (
    Anchor,
    Article,
    Blocks,
    Decoded,
    Flag,
    Head,
    Labels,
    Link,
    Nodes,
    Page,
    Paragraph,
    Recommendation,
    Role,
    Span,
)
from newsds.segment import lexicon

PARAGRAPH_BREAK: Final = "\n\n"
"""Between two paragraphs of `Article.text`."""
_TAG_SEPARATOR: Final = re.compile(r"\s*[,;|·•、，；،/]\s*|\s+[-–—>]\s+|\n")
_HASHTAG: Final = re.compile(r"[#＃]([^\s#＃,，、]+)")
_BRACKETED: Final = re.compile(r"[\[【]([^\[\]【】]{1,60})[\]】]")
_ARROWS: Final = re.compile(r"^[\s<>«»‹›←→⟵⟶◀▶◄►❮❯⇐⇒↑↓＜＞|:：-]+|[\s<>«»‹›←→⟵⟶◀▶◄►❮❯⇐⇒↑↓＜＞|]+$")
_RANK: Final = re.compile(r"^(?:\d{1,2}(?:[.):]\s+|[위位]\s*)|[*•‣▪▸►»›·–-]+\s+)")
_LEADING_NUMBER: Final = re.compile(r"^(\d{1,2})\s+(?=\S)")
_COUNT: Final = re.compile(r"\s*[(–—|·-]?\s*\d{1,5}\s+([^\W\d]+)\)?$")
"""A number of comments behind a headline."""
_CLOCK_TAIL: Final = re.compile(r"^[\s,|·–—-]*\d{1,2}[:.h]\d\d(?:\s?[apAP][mM])?(?:\s?[A-Z]{2,4}\b)?")
_PARTS: Final = re.compile(r"\s*[|•·]\s*|\s[–—]\s")
_CLOCK: Final = 8
"""Characters of a time of day behind a date."""
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


def assemble(page: Page, decoded: Decoded, blocks: Blocks, labels: Labels) -> Article:
    """Return the article of a page whose blocks have roles; never fails on content."""
    head = blocks.head or Head()
    declared = metadata.read_metadata(head)
    url = next((u for u in (page.url, declared.url) if u and metadata.is_web_url(u)), None)
    by_role: dict[Role, list[int]] = {role: [] for role in Role}
    for i, role in enumerate(labels.roles):
        by_role[role].append(i)

    def lines(role: Role) -> list[str]:
        return [collapse(blocks.text[i]) for i in by_role[role]]

    flags = {*decoded.flags, *blocks.flags}
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
    language, guessed = find_language(text or decoded.text[:2000] if blocks.kind == "text" else text, head.language)
    if guessed and language:
        flags.add(Flag.LANGUAGE_GUESSED)
    published, modified = _dates(declared, head, lines(Role.DATE), lines(Role.BYLINE), language)
    if declared.published and published:
        shown = _shown_dates(blocks, by_role, language)
        if _contradict(shown, (published, modified), language):
            flags.add(Flag.METADATA_CONFLICT)
            published = _first_shown(shown, published, language)
    if any(m and not m.zone_known for m in (published, modified)):
        flags.add(Flag.TIMEZONE_ASSUMED)
    return Article(
        id=hashlib.sha256(decoded.text.encode()).hexdigest()[:32],
        url=url,
        site=metadata.site_of(url) if url else None,
        title=title,
        subtitle=" ".join(lines(Role.SUBTITLE)) or collapse(standfirst) or None,
        authors=_authors(lines(Role.BYLINE), lines(Role.DATE), declared),
        published=published.at if published else None,
        modified=modified.at if modified else None,
        language=language,
        text=text,
        paragraphs=paragraphs,
        captions=tuple(lines(Role.CAPTION)),
        tags=_tags(blocks, by_role[Role.TAG]),
        keywords=declared.keywords,
        previous=_neighbour(blocks, by_role[Role.PREVIOUS], "previous", url),
        next=_neighbour(blocks, by_role[Role.NEXT], "next", url),
        recommendations=_without_ranks(list(_recommendations(blocks, labels.roles, url))),
        comments=tuple(lines(Role.COMMENT)),
        spans=tuple(
            Span(role=r, start=a, end=b) for r, a, b in zip(labels.roles, blocks.start, blocks.end, strict=True)
        ),
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
        page_digest=page_digest(page.content),
    )


def page_digest(content: bytes) -> str:
    """Return the SHA-256 of a page's bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def _body(blocks: Blocks, indices: Sequence[int]) -> tuple[str, tuple[Paragraph, ...]]:
    places = None if blocks.nodes is None else _places(blocks.nodes)
    pieces: list[tuple[ParagraphKind, list[str]]] = []
    last_row = -1  # the table row that the last piece is of
    for i in indices:
        text = blocks.text[i]
        kind, row = _kind_of_line(text) if places is None else places[blocks.node[i]]
        if kind == "table" and row == last_row >= 0:
            pieces[-1][1].append(text)
        else:
            pieces.append((kind, [text]))
        last_row = row if kind == "table" else -1
    at = 0
    texts, paragraphs = [], []
    for kind, cells in pieces:
        text = " ".join(cells)
        texts.append(text)
        paragraphs.append(Paragraph(kind=kind, start=at, end=at + len(text)))
        at += len(text) + len(PARAGRAPH_BREAK)
    return PARAGRAPH_BREAK.join(texts), tuple(paragraphs)


def _kind_of_line(text: str) -> tuple[ParagraphKind, int]:
    if _BULLET.match(text):
        return "li", -1
    return ("h2" if len(text) <= 80 and text[-1].isalnum() else "p"), -1


def _places(nodes: Nodes) -> list[tuple[ParagraphKind, int]]:
    """For each element the kind of a paragraph in it, and the table row it is in, -1 outside of one.

    A table inside another lays out the page; one by itself holds data.
    """
    places: list[tuple[ParagraphKind, int]] = [("p", -1)]
    tables = [0]
    for node in range(1, len(nodes.tag)):  # parents first, so each element once
        tag, parent = nodes.tag[node], nodes.parent[node]
        kind, row = places[parent]
        tables.append(tables[parent] + (tag == "table"))
        if tag in ("td", "th"):
            kind = "table" if tables[node] <= 1 else "p"
        elif tag == "tr":
            row = node
        places.append((_KINDS.get(tag, kind), row))
    return places


def _is_declared(title: str, headlines: Sequence[str]) -> bool:
    """Say whether a declared headline names the title, or none is declared.

    Letters and digits alone count, and one may hold the other: declared headlines are cut off, or have the site's name.
    """
    shown = _folded(title)
    if not headlines or not shown:
        return True
    return any(shown in _folded(h) or _folded(metadata.strip_site(h)) in shown for h in headlines)


def _folded(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


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


def _shown_dates(blocks: Blocks, by_role: Mapping[Role, Sequence[int]], language: str | None) -> list[str]:
    """Lines near the title and above the text that hold a full date: the article's, not that of a teaser or comment."""
    body = min(by_role[Role.BODY], default=len(blocks))
    return [
        blocks.text[i]
        for i in sorted((*by_role[Role.DATE], *by_role[Role.BYLINE]))
        if i < body
        and any(abs(i - t) <= _NEAR_TITLE for t in by_role[Role.TITLE])
        and possible_days(blocks.text[i], language=language)
    ]


def _contradict(shown: Sequence[str], declared: Iterable[Moment | None], language: str | None) -> bool:
    """Say whether dates are shown, and none of them is a declared one."""
    days = {day for line in shown for day in possible_days(line, language=language)}
    return bool(days) and not any(abs(day - m.at.date()) <= _SAME_DAY for m in declared if m for day in days)


def _first_shown(shown: Sequence[str], declared: Moment, language: str | None) -> Moment:
    """The earliest date shown, if it is before the declared one; else that one.

    A later date is as likely that of an update, or of the day on which the page was fetched: in no language do words
    tell for sure.
    """
    moments = [m for m in (parse_date(line, language=language) for line in shown) if m]
    return min((*moments, declared), key=lambda m: m.at)


def _tags(blocks: Blocks, indices: Iterable[int]) -> tuple[str, ...]:
    found: list[str] = []
    for i in indices:
        text, anchors = blocks.text[i], blocks.anchors[i]
        if anchors and (len(anchors) > 1 or anchors[0].end - anchors[0].start >= 0.6 * len(text)):
            found += [text[a.start : a.end] for a in anchors]
        else:
            found += split_tags(text)
    clean = (collapse(t).strip(" #＃,;|·•:") for t in found)
    kept: dict[str, str] = {}
    for tag in clean:
        kept.setdefault(lexicon.key(tag), tag)
    return tuple(tag for key, tag in kept.items() if key)


def split_tags(line: str) -> list[str]:
    """Return the tags in a line.

    >>> split_tags("Tagged hand planes, rust"), split_tags("#zeytin #tarım"), split_tags("标签： 君子兰 烂根")
    (['hand planes', 'rust'], ['zeytin', 'tarım'], ['君子兰', '烂根'])
    """
    start = lexicon.split_marker(line, "tags")
    if start is None:
        start = lexicon.split_phrase(line, "tags") if _TAG_SEPARATOR.search(line) else None
    rest = line[start or 0 :].strip()
    hashtags = _HASHTAG.findall(rest)
    if hashtags:
        parts = re.split(r"\s*[,，、]\s*", rest)
        if len(parts) == len(hashtags) and all(p[:1] in "#＃" for p in parts):
            return parts  # commas set them apart, so a tag may have blanks
        return [h.replace("_", " ") for h in hashtags]
    bracketed = _BRACKETED.findall(rest)
    if len(bracketed) > 1:
        return bracketed
    parts = [p for p in _TAG_SEPARATOR.split(rest) if p]
    if len(parts) == 1 and start and not rest.isascii() and all(len(p) <= 8 for p in rest.split()):
        parts = rest.split()  # scripts without blanks inside words set tags apart by blanks
    return parts


def _neighbour(
    blocks: Blocks, indices: Sequence[int], side: Literal["previous", "next"], base: str | None
) -> Link | None:
    titles, url = [], None
    for i in indices:
        title = strip_marker(blocks.text[i], side)
        while blocks.kind == "html" and (start := lexicon.split_phrase(title, side)):
            title = title[start:]  # the element names the side, so a first word that does is no part of the title
        if title:
            titles.append(title)
        if url is None and blocks.anchors[i]:
            url = metadata.link_url(blocks.anchors[i][0].href, base)
    return Link(title=" ".join(titles), url=url) if titles else None


def strip_marker(line: str, side: Literal["previous", "next"]) -> str:
    """Return a neighbour's title without arrows and marker words.

    >>> strip_marker("<<:  Breaking news!", "previous"), strip_marker("Next article: The show →", "next")
    ('Breaking news!', 'The show')
    """
    line = _ARROWS.sub("", collapse(line))
    start = lexicon.split_marker(line, side)
    if start is None:
        start = lexicon.split_phrase(line, side) if lexicon.key(line) else None
        words = line[: start or 0].split()
        if start is not None and len(words) < 2 and line[:start].strip().isascii() and "\n" not in line:
            start = None  # one common word is as likely the title's own: "Next stop: Mars"
    rest = _ARROWS.sub("", line[start or 0 :])
    return "" if side in lexicon.categories(rest) else rest


def _recommendations(blocks: Blocks, roles: Sequence[Role], base: str | None) -> Iterable[Recommendation]:
    title: str | None = None
    url: str | None = None
    snippet: list[str] = []
    for i, role in enumerate(roles):
        if role is Role.REC_SNIPPET and title is not None:
            snippet.append(collapse(blocks.text[i]))
            url = url or _first_url(blocks.anchors[i], base)
            continue
        if role is Role.REC_TITLE:
            if title is not None:
                yield Recommendation(title=title, snippet=" ".join(snippet) or None, url=url)
            title, snippet, url = None, [], None
            for title_, url_ in _titles(blocks, i, base):
                if title is not None:
                    yield Recommendation(title=title, snippet=None, url=url)
                title, url = title_, url_
    if title is not None:
        yield Recommendation(title=title, snippet=" ".join(snippet) or None, url=url)


def _without_ranks(found: list[Recommendation]) -> tuple[Recommendation, ...]:
    """Three headlines in a row that begin with 1, 2, 3 are ranked; one that begins with a number is not."""
    numbers = [int(m[1]) if (m := _LEADING_NUMBER.match(r.title)) else 0 for r in found]
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and numbers[end] == end - start + 1:
            end += 1
        if end - start >= 3:
            for i in range(start, end):
                found[i] = replace(found[i], title=_LEADING_NUMBER.sub("", found[i].title))
        start = max(end, start + 1)
    return tuple(found)


def _titles(blocks: Blocks, i: int, base: str | None) -> Iterable[tuple[str, str | None]]:
    """Headlines in one block: its links if it is a run of several, else the block itself."""
    text, anchors = blocks.text[i], blocks.anchors[i]
    long = [a for a in anchors if a.end - a.start >= 15]
    if len(long) > 1:
        for a in long:
            yield clean_title(text[a.start : a.end]), metadata.link_url(a.href, base)
        return
    title = clean_title(text)
    if title:
        yield title, _first_url(anchors, base)


def clean_title(text: str) -> str:
    """Return a recommended headline without rank, bullet and lead-in.

    >>> clean_title("3. Bin collections to move"), clean_title("Read more: Divers find a hole")
    ('Bin collections to move', 'Divers find a hole')
    """
    text = _RANK.sub("", collapse(text))
    start = lexicon.split_marker(text, "inline_related")
    text = text[start or 0 :]
    date = find_date(text)
    if date and date[0] >= len(text) // 2 and len(text) - date[1] <= _CLOCK:
        text = text[: date[0]]  # a card's date, in the same link
    count = _COUNT.search(text)
    if count and "comments" in lexicon.categories(count[1]):
        text = text[: count.start()]
    return _ARROWS.sub("", text)


def _first_url(anchors: Sequence[Anchor], base: str | None) -> str | None:
    return next((u for u in (metadata.link_url(a.href, base) for a in anchors) if u), None)
