"""Labelled pages: what the parts of a page are, as a reader named them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from newsds.chars import collapse
from newsds.language import find_language
from newsds.train.folds import fold_of, publisher

_SAMPLE: Final = 30
"""Paragraphs looked at for the language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledRecommendation:
    """Another article that the page offers."""

    title: str
    snippet: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPage:
    """The content of one page, part by part; a line of the labels file."""

    id: str
    url: str | None = None
    """its address, where the file names one"""
    language: str | None = None
    """primary subtag of BCP 47; `read_labels` finds it where the file names none"""
    title: str | None = None
    subtitle: str | None = None
    byline: str | None = None
    date: str | None = None
    body: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    previous: str | None = None
    next: str | None = None
    recommendations: tuple[LabelledRecommendation, ...] = ()
    comments: tuple[str, ...] = ()
    boilerplate: tuple[str, ...] = ()
    unlabelled: frozenset[str] = frozenset()
    """names of the fields above that nobody looked for: that they are empty says nothing of the page"""

    @property
    def publisher(self) -> str:
        """Who published the page, as far as its address and id tell.

        >>> LabelledPage(id="news-at-DerStandard_2024_05_03").publisher
        'at-DerStandard'
        """
        return publisher(self.id, self.url)

    def fold(self, folds: int = 5) -> int:
        """Return the fold, from 0, that this page, its copies and the other pages of its publisher are in.

        >>> LabelledPage(id="wcxb-0006").fold() == LabelledPage(id="0006").fold()
        True
        """
        return fold_of(self.publisher, folds)


_KEYS: Final[Mapping[str, str]] = {
    **{name: name for name in "title subtitle byline date body captions tags next comments boilerplate".split()},
    "previous": "prev",
    "recommendations": "recs",
}
"""Field → its name in files."""


def read_labels(path: Path | str) -> list[LabelledPage]:
    """Read a file of labelled pages: one JSON object a line.

    Args:
        path: a file whose objects hold `id` and any of `title, subtitle, byline, date, body, captions, tags, prev,
            next, recs, comments, boilerplate, language, url`. A text may stand for a list, a list of texts for a text.
            What an object does not name is `unlabelled`; null and `[]` say that the page has none.

    Returns:
        The pages, in the order of the file.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "labels.jsonl"
    >>> _ = file.write_text('{"id": "a", "body": ["One.", " "], "recs": [{"title": "Two"}]}')
    >>> [(page.body, page.recommendations[0].title) for page in read_labels(file)]
    [(('One.',), 'Two')]
    """
    with Path(path).open(encoding="utf-8") as lines:
        return [labelled_page(json.loads(line)) for line in lines if line.strip()]


def labelled_page(data: Mapping[str, Any]) -> LabelledPage:
    """Return the page that one object of a labels file describes.

    >>> page = labelled_page({"id": "a", "title": "Rain", "prev": None, "language": "en"})
    >>> page.title, "previous" in page.unlabelled, "next" in page.unlabelled
    ('Rain', False, True)
    """
    body = _texts(data.get("body"))
    language = data.get("language") or find_language("\n".join(body[:_SAMPLE]), None)[0]
    return LabelledPage(
        id=data["id"],
        url=_text(data.get("url")),
        language=language,
        title=_text(data.get("title")),
        subtitle=_text(data.get("subtitle")),
        byline=_text(data.get("byline")),
        date=_text(data.get("date")),
        body=body,
        captions=_texts(data.get("captions")),
        tags=_texts(data.get("tags")),
        previous=_text(data.get("prev")),
        next=_text(data.get("next")),
        recommendations=tuple(_recommendations(data.get("recs") or ())),
        comments=_texts(data.get("comments")),
        boilerplate=_texts(data.get("boilerplate")),
        unlabelled=frozenset(field for field, key in _KEYS.items() if key not in data),
    )


def _recommendations(items: Sequence[Mapping[str, Any] | str]) -> list[LabelledRecommendation]:
    out = []
    for item in items:
        fields: Mapping[str, Any] = {"title": item} if isinstance(item, str) else item
        title = _text(fields.get("title"))
        if title:
            out.append(LabelledRecommendation(title=title, snippet=_text(fields.get("snippet")), url=fields.get("url")))
    return out


def _text(value: Any) -> str | None:
    """Return a label's text on one line; None where there is none."""
    return (collapse(" ".join(value) if isinstance(value, list) else str(value)) or None) if value else None


def _texts(value: Any) -> tuple[str, ...]:
    """Return the texts of a label, a line each."""
    texts = [value] if isinstance(value, str) else value or ()
    return tuple(clean for text in texts for line in str(text).splitlines() if (clean := collapse(line)))
