"""Labelled pages: what the parts of a page are, as a reader named them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from newsds.chars import collapse
from newsds.language import find_language

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


def read_labels(path: Path | str) -> list[LabelledPage]:
    """Read a file of labelled pages: one JSON object a line.

    Args:
        path: a file whose objects hold `id` and any of `title, subtitle, byline, date, body, captions, tags, prev,
            next, recs, comments, boilerplate, language`. A text may stand for a list, a list of texts for a text.

    Returns:
        The pages, in the order of the file.

    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "labels.jsonl"
    >>> _ = file.write_text('{"id": "a", "body": ["One.", " "], "recs": [{"title": "Two"}]}')
    >>> [(page.body, page.recommendations[0].title) for page in read_labels(file)]
    [(('One.',), 'Two')]
    """
    with Path(path).open(encoding="utf-8") as lines:
        return [_page(json.loads(line)) for line in lines if line.strip()]


def _page(data: Mapping[str, Any]) -> LabelledPage:
    body = _texts(data.get("body"))
    language = data.get("language") or find_language("\n".join(body[:_SAMPLE]), None)[0]
    return LabelledPage(
        id=data["id"],
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
