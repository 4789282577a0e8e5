"""Page → article: the stages from bytes to row, in order, as one pure function."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, Literal

import pyarrow as pa

from newsds.assemble import assemble, page_digest
from newsds.blocks import html_blocks, text_blocks
from newsds.chars import is_blank
from newsds.decode import decode
from newsds.metadata import read_metadata
from newsds.model import Article, Blocks, Decoded, Flag, Head, Kind, Labels, Page, Reason, Rejection, Role
from newsds.schema import articles_to_batch
from newsds.segment import explain as explain_blocks
from newsds.segment import segment

_MARKUP: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_ELEMENT: Final = re.compile(r"</(?:a|p|div|li|h[1-6]|span|td|title|article|section)\s*>", re.IGNORECASE)
_LIKELY: Final = 0.5
"""Probability from which a page rather holds an article than not."""
_BATCH: Final = 64
"""Pages in one pass: enough that the cost of a pass is shared, few enough that their columns stay in the cache."""
_SNIFFED: Final = 1 << 16
"""Characters looked at to tell HTML from text."""
_NOTHING_DECLARED: Final = read_metadata(Head())
"""What a dump declares."""


def sniff_kind(text: str, media_type: str | None = None) -> Kind:
    """Say whether a decoded page is HTML or text.

    What is declared HTML is HTML. Other pages are if they begin like an HTML document or, where nothing is declared,
    if they hold end tags of three elements or more.

    >>> sniff_kind("<!DOCTYPE html><title>x</title>"), sniff_kind("5 < 6"), sniff_kind("text", "text/html")
    ('html', 'text', 'html')
    """
    if media_type in ("text/html", "application/xhtml+xml"):
        return "html"
    head = text[:_SNIFFED].lstrip("\ufeff")
    if _MARKUP.match(head):
        return "html"
    return "html" if media_type is None and len(_ELEMENT.findall(head)) >= 3 else "text"


def page_blocks(
    page: Page, kind: Literal["auto", "text", "html"] = "auto", *, html: Callable[[str], Blocks] = html_blocks
) -> tuple[Decoded, Blocks]:
    """Decode a page and cut it into blocks, by the parser `html` if it is HTML."""
    decoded = decode(page.content, charset=page.charset)
    return decoded, _blocks(decoded, page.media_type, kind, html)


def _blocks(
    decoded: Decoded,
    media_type: str | None,
    kind: Literal["auto", "text", "html"],
    html: Callable[[str], Blocks] = html_blocks,
) -> Blocks:
    if kind == "auto":
        kind = sniff_kind(decoded.text, media_type)
    return html(decoded.text) if kind == "html" else text_blocks(decoded.text)


def extract(
    raw: bytes | str,
    *,
    kind: Literal["auto", "text", "html"] = "auto",
    url: str | None = None,
    weights: str | None = None,
) -> Article:
    """Take a page apart.

    Args:
        raw: the page: bytes in any encoding, or a string. Any content is accepted; what is wrong with it is in `flags`.
        kind: what the page is written in; `auto` looks.
        url: its address, against which the links on it are resolved.
        weights: a file that `newsds train` wrote, to be used instead of the weights of newsds.

    Returns:
        The article. A page without one has no text and the flag `no_article`.

    >>> day = "On day {} the mayor said that the bridge would not be open before autumn."
    >>> days = "\\n\\n".join(map(day.format, range(5)))
    >>> article = extract("The bridge stays shut until autumn\\n\\n" + days)
    >>> article.title, article.flags
    ('The bridge stays shut until autumn', (<Flag.LANGUAGE_GUESSED: 'language_guessed'>,))
    """
    if isinstance(raw, str):
        decoded = decode(raw)
        page = Page(content=raw.encode("utf-8", "surrogatepass"), url=url)
    else:
        page = Page(content=raw, url=url)
        decoded = decode(raw)
    blocks = _blocks(decoded, None, kind)
    return _articles([(page, decoded, blocks)], weights)[0]


def extract_pages(
    pages: Iterable[Page],
    *,
    kind: Literal["auto", "text", "html"] = "auto",
    weights: str | None = None,
    html: Callable[[str], Blocks] = html_blocks,
) -> list[Article]:
    """Take pages apart, many in one pass of the segmenter.

    Args:
        pages: a page is asked for when the one before is parsed.
        kind: what they are written in; `auto` looks at each.
        weights: a file that `newsds train` wrote, to be used instead of the weights of newsds.
        html: the parser of HTML.
    """
    articles: list[Article] = []
    pages = iter(pages)
    while parts := [(page, *page_blocks(page, kind, html=html)) for page in islice(pages, _BATCH)]:
        articles += _articles(parts, weights)
    return articles


def _articles(parts: Sequence[tuple[Page, Decoded, Blocks]], weights: str | None) -> list[Article]:
    """Label and assemble pages; what is no text is not looked at."""
    declared = [read_metadata(blocks.head) if blocks.head else _NOTHING_DECLARED for _, _, blocks in parts]
    texts = [i for i, (_, decoded, _) in enumerate(parts) if Flag.BINARY not in decoded.flags]
    labels = segment([parts[i][2] for i in texts], [declared[i] for i in texts], weights=weights)
    found = dict(zip(texts, labels, strict=True))
    return [
        assemble(page, decoded, blocks, found.get(i) or _not_text(blocks), declared[i])
        for i, (page, decoded, blocks) in enumerate(parts)
    ]


def _not_text(blocks: Blocks) -> Labels:
    return Labels(
        roles=[Role.BOILERPLATE] * len(blocks),
        reasons=["the page is not text"] * len(blocks),
        margins=[0.0] * len(blocks),
        article=False,
    )


def extract_batch(pages: Iterable[Page], *, weights: str | None = None) -> pa.RecordBatch:
    """Take pages apart, into a record batch of the articles' schema, a row a page, in the order given.

    >>> extract_batch([Page(content=b"One"), Page(content=b"Two")]).num_rows
    2
    """
    return articles_to_batch(extract_pages(pages, weights=weights))


def explain(
    raw: bytes | str, *, kind: Literal["auto", "text", "html"] = "auto", weights: str | None = None
) -> tuple[Blocks, Labels]:
    """Return a page's blocks and what the segmenter says of each: its role, by what margin, and why.

    >>> blocks, labels = explain("Title of the page\\n\\n<<:  The one before")
    >>> [(b.text, str(role)) for b, role in zip(blocks, labels.roles)][1]
    ('<<: The one before', 'previous')
    """
    decoded = decode(raw)
    blocks = _blocks(decoded, None, kind)
    return blocks, _explained(decoded, blocks, weights)


def explain_page(
    page: Page, *, kind: Literal["auto", "text", "html"] = "auto", weights: str | None = None
) -> tuple[Blocks, Labels, Article]:
    """Return what `explain` does of a page, and the article that `extract_pages` makes of it.

    >>> blocks, labels, article = explain_page(Page(content=b"Title of the page", url="https://a.example/"))
    >>> len(blocks), article.site
    (1, 'a.example')
    """
    decoded, blocks = page_blocks(page, kind)
    labels = _explained(decoded, blocks, weights)
    return blocks, labels, assemble(page, decoded, blocks, labels)


def _explained(decoded: Decoded, blocks: Blocks, weights: str | None) -> Labels:
    if Flag.BINARY in decoded.flags:
        return _not_text(blocks)
    return explain_blocks(blocks, weights)


def rejection_of(article: Article) -> Rejection | None:
    """Return why an article is no row of a dataset, None if it is one."""
    if Flag.BINARY in article.flags:
        reason, message = Reason.BINARY, "the bytes are not text"
    elif not article.spans:
        reason, message = Reason.EMPTY, "no visible character"
    elif is_blank(article.text):
        reason, message = Reason.NO_ARTICLE, _no_article(article)
    else:
        return None
    return reject(article, reason, message)


def _no_article(article: Article) -> str:
    """Why there is no text: the segmenter found none, or the page as a whole reads as no article."""
    sure = article.confidence.page
    if sure >= _LIKELY and not any(span.role is Role.BODY for span in article.spans):
        return "no article body was found on the page"
    probability = f": the segmenter gives an article a probability of {sure}" if sure < 1 else ""
    return f"the page reads as a listing, an error page or a stub{probability}"


def reject(of: Page | Article, reason: Reason, message: str) -> Rejection:
    """Return the rejection of a page, or of the article it gave."""
    return Rejection(
        reason=reason,
        message=message,
        source=of.source,
        record=of.record,
        offset=of.offset,
        length=of.length,
        url=of.url,
        page_digest=of.page_digest if isinstance(of, Article) else page_digest(of.content),
    )
