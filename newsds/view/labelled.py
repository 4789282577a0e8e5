"""A page and the roles of its blocks → its labels, as `newsds train` and a corpus of cases hold them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, Final

from newsds.assemble import assemble, page_digest
from newsds.chars import collapse
from newsds.model import Article, Blocks, Decoded, Labels, Page, Role

_NO_NAME: Final = re.compile(r"[^0-9A-Za-z_]+")
_NAME_CHARS: Final = 60
_ID_DIGITS: Final = 12


def page_id(page: Page) -> str:
    """Return the id of a page in a labels file: something of its name, and of the digest of its bytes.

    >>> page_id(Page(content=b"Rain", source="site.zip!/2024/rain.html"))
    'rain-a6d20aa6a4c7'
    """
    stem = (page.source or "page").rpartition("/")[2].partition(".")[0]
    name = _NO_NAME.sub("-", stem).strip("-")[:_NAME_CHARS] or "page"
    return f"{name}-{page_digest(page.content)[:_ID_DIGITS]}"


def blocks_digest(page: Page, blocks: Blocks) -> str:
    """Return a digest of what labels are of: a page's bytes, and where its blocks lie."""
    places = json.dumps([blocks.kind, list(blocks.start), list(blocks.end)])
    return hashlib.sha256(f"{page_digest(page.content)} {places}".encode()).hexdigest()


def label_line(page: Page, decoded: Decoded, blocks: Blocks, roles: Sequence[Role]) -> dict[str, Any]:
    """Return the labels of a page with the page itself: an object of a file that `newsds train` reads.

    Args:
        page: as it was found.
        decoded: its text.
        blocks: of its text.
        roles: of the blocks, as somebody gave them.

    >>> from newsds.pipeline import page_blocks
    >>> page = Page(content=b"Rain\\n\\nIt rained.\\n\\n<<: Snow")
    >>> line = label_line(page, *page_blocks(page), [Role.TITLE, Role.BODY, Role.PREVIOUS])
    >>> line["title"], line["body"], line["prev"], line["text"] == page.content.decode()
    ('Rain', ['It rained.'], 'Snow', True)
    """
    article = _article(page, decoded, blocks, roles)
    head = {"id": page_id(page), "url": page.url, "language": article.language}
    rest = [collapse(blocks.text[i]) for i, r in enumerate(roles) if r in (Role.BOILERPLATE, Role.REC_HEADING)]
    return head | _labels(article, blocks, roles) | {"boilerplate": rest, blocks.kind: decoded.text}


def case_labels(page: Page, decoded: Decoded, blocks: Blocks, roles: Sequence[Role]) -> dict[str, Any]:
    """Return the content of labels.json of a case: what a careful reader says is on the page."""
    return _labels(_article(page, decoded, blocks, roles), blocks, roles)


def _article(page: Page, decoded: Decoded, blocks: Blocks, roles: Sequence[Role]) -> Article:
    return assemble(page, decoded, blocks, Labels(roles=roles, article=Role.BODY in roles))


def _labels(article: Article, blocks: Blocks, roles: Sequence[Role]) -> dict[str, Any]:
    def texts(role: Role) -> list[str]:
        return [collapse(blocks.text[i]) for i, r in enumerate(roles) if r is role]

    return {
        "title": article.title if Role.TITLE in roles else None,  # not what the page says of itself out of sight
        "subtitle": article.subtitle,
        "byline": " ".join(texts(Role.BYLINE)) or None,
        "date": " ".join(texts(Role.DATE)) or None,
        "body": [article.text[p.start : p.end] for p in article.paragraphs],
        "captions": list(article.captions),
        "tags": list(article.tags),
        "prev": article.previous.title if article.previous else None,
        "next": article.next.title if article.next else None,
        "recs": [{"title": r.title, "snippet": r.snippet} for r in article.recommendations],
        "comments": list(article.comments),
        "headings": texts(Role.REC_HEADING),
    }
