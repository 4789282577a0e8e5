"""How much of what a reader labelled on a page an extractor found: one definition of each figure, for every script.

    score(article, label)  one page → counts, field by field
    figures(scores)        many pages → precision, recall, F1, field by field
    table(…)               figures → text

What counts as found, after folding (`fold`: NFKC, lower case, words alone):

    body              the words of the text as a bag; of scripts written without blanks, the characters.
                      The figures are means over pages; of all other fields they are over all items (micro)
    title             equal; no title is right where none is labelled. Every page counts: F1 is the share that is right
    tags              an item equal to a labelled one
    recommendations, snippets, captions, comments
                      an item equal to a labelled one or, from 12 characters on, one of them beginning with the other
                      or, from 20 on, lying inside the other
    neighbours        previous and next, each on its side: one lies inside the other
    subtitle          one begins with the other
    byline            every author given occurs in the labelled line
    date              published or modified on the day that the labelled line names. Pages on which no date is labelled
                      are not judged: many name theirs out of sight only; nor are those whose line names no whole date
    no_article        the page is said to hold no article, and no text is labelled

Word F1 as in WCXB; the rest as the project's own labels need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final, Generic, TypeVar

from newsds.dates import parse_date
from newsds.model import Article, Flag
from newsds.train.calibration import expected_calibration_error, reliability, reliability_table
from newsds.train.counts import Counts, count_one, count_words, distinct, fold, match_items, sum_counts, words
from newsds.train.labels import LabelledPage
from newsds.train.tables import align

__all__ = [
    "FIELDS",
    "Answer",
    "Counts",
    "Fields",
    "Figure",
    "Figures",
    "PageScore",
    "answer_of",
    "count_words",
    "expected_calibration_error",
    "figures",
    "fold",
    "match_items",
    "reliability",
    "reliability_table",
    "score",
    "score_answer",
    "sum_counts",
    "table",
    "words",
]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How well one field is found over many pages."""

    precision: float
    recall: float
    f1: float
    right: float
    """share of pages on which everything was found and nothing else; where nothing is to be found, nothing given"""
    pages: int
    """pages judged"""
    items: int
    """what was given and wanted there, together; of the body, words. 0: the figures are 1, and say nothing"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields(Generic[T]):
    """A value for each field of an article; None where the field is not judged."""

    body: T | None = None
    title: T | None = None
    tags: T | None = None
    recommendations: T | None = None
    neighbours: T | None = None
    subtitle: T | None = None
    byline: T | None = None
    date: T | None = None
    captions: T | None = None
    comments: T | None = None
    snippets: T | None = None
    no_article: T | None = None

    def items(self) -> Iterator[tuple[str, T]]:
        """Yield name and value of the fields that are judged.

        >>> list(Fields(title=1, tags=0).items())
        [('title', 1), ('tags', 0)]
        """
        for name in FIELDS:
            value: T | None = getattr(self, name)
            if value is not None:
                yield name, value


FIELDS: Final = tuple(f.name for f in fields(Fields))
"""Their names, in the order of the tables."""


class PageScore(Fields[Counts]):
    """How one page fared."""

    __slots__ = ()


class Figures(Fields[Figure]):
    """How many pages fared."""

    __slots__ = ()


_HEADS: Final = {"recommendations": "recs", "neighbours": "prev/next"}
_FIRST: Final = ("body", "title", "tags", "recommendations", "neighbours")
"""The fields of the first table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an extractor, newsds or another, says is on a page."""

    text: str = ""
    title: str | None = None
    tags: Sequence[str] = ()
    recommendations: Sequence[str] = ()
    """headlines"""
    snippets: Sequence[str] = ()
    previous: str | None = None
    next: str | None = None
    subtitle: str | None = None
    authors: Sequence[str] = ()
    dates: Sequence[datetime] = ()
    """when published and when modified"""
    captions: Sequence[str] = ()
    comments: Sequence[str] = ()
    no_article: bool = False
    judged: frozenset[str] = frozenset(FIELDS)
    """the fields, named as in `Fields`, that the extractor has a notion of"""


def answer_of(article: Article) -> Answer:
    """Return what newsds says of a page, as it is scored."""
    return Answer(
        text=article.text,
        title=article.title,
        tags=article.tags,
        recommendations=[r.title for r in article.recommendations],
        snippets=[r.snippet for r in article.recommendations if r.snippet],
        previous=article.previous.title if article.previous else None,
        next=article.next.title if article.next else None,
        subtitle=article.subtitle,
        authors=article.authors,
        dates=[at for at in (article.published, article.modified) if at],
        captions=article.captions,
        comments=article.comments,
        no_article=Flag.NO_ARTICLE in article.flags,
    )


def score(article: Article, label: LabelledPage) -> PageScore:
    """Compare an article with what a reader labelled on its page.

    >>> from newsds import extract
    >>> day = "On day {} the mayor said that the bridge would not be open before autumn."
    >>> days = "\\n\\n".join(map(day.format, range(5)))
    >>> article = extract("The bridge stays shut until autumn\\n\\n" + days)
    >>> page = score(article, LabelledPage(id="a", title="The bridge stays shut until Autumn!", tags=("Kites",)))
    >>> page.title.right, page.tags, page.no_article
    (True, Counts(matched=0, given=0, wanted=1), Counts(matched=0, given=0, wanted=1))
    """
    return score_answer(answer_of(article), label)


def score_answer(answer: Answer, label: LabelledPage) -> PageScore:
    """Compare what any extractor says of a page with what a reader labelled on it.

    >>> score_answer(Answer(text="Rain, rain.", judged=frozenset({"body"})), LabelledPage(id="a", body=("Rain.",)))
    ... # doctest: +ELLIPSIS
    PageScore(body=Counts(matched=1, given=2, wanted=1), title=None, ...)
    """
    recommended = label.recommendations
    sides = (_neighbour(answer.previous, label.previous), _neighbour(answer.next, label.next))
    empty = not label.body
    counts = {
        "body": count_words(answer.text, "\n".join(label.body)),
        "title": count_one(fold(answer.title) == fold(label.title), given=True, wanted=True),
        "tags": match_items(answer.tags, label.tags),
        "recommendations": match_items(answer.recommendations, [r.title for r in recommended], loose=True),
        "snippets": match_items(answer.snippets, [r.snippet for r in recommended if r.snippet], loose=True),
        "neighbours": sum_counts(sides),
        "subtitle": _subtitle(answer.subtitle, label.subtitle),
        "byline": _byline(answer.authors, label.byline),
        "date": _date(answer.dates, label),
        "captions": match_items(answer.captions, label.captions, loose=True),
        "comments": match_items(answer.comments, label.comments, loose=True),
        "no_article": count_one(answer.no_article and empty, given=answer.no_article, wanted=empty),
    }
    blind = {x for name, needed in _NEEDS.items() for x in needed if name in label.unlabelled}
    return PageScore(**{name: counts[name] for name in FIELDS if name in answer.judged and name not in blind})


_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "body": ("body", "no_article"),
    "title": ("title",),
    "tags": ("tags",),
    "recommendations": ("recommendations", "snippets"),
    "previous": ("neighbours",),
    "next": ("neighbours",),
    "subtitle": ("subtitle",),
    "byline": ("byline",),
    "date": ("date",),
    "captions": ("captions",),
    "comments": ("comments",),
}
"""Field of a labelled page → what cannot be judged without it."""


def figures(scores: Iterable[PageScore]) -> Figures:
    """Return the figures over many pages: of the body means over pages, of other fields over all their items.

    >>> one = PageScore(body=Counts(matched=1, given=1, wanted=1), tags=Counts(matched=1, given=1, wanted=3))
    >>> other = PageScore(body=Counts(matched=0, given=1, wanted=9), tags=Counts(matched=0, given=0, wanted=0))
    >>> found = figures([one, other])
    >>> found.body.f1, found.tags.recall, found.tags.right, found.title
    (0.5, 0.3333333333333333, 0.5, None)
    """
    scores = list(scores)
    found: dict[str, Figure] = {}
    for name in FIELDS:
        counts: list[Counts] = [c for c in (getattr(s, name) for s in scores) if c is not None]
        if not counts:
            continue
        total = sum_counts(counts)
        over: Sequence[Counts] = counts if name == "body" else [total]
        found[name] = Figure(
            precision=sum(c.precision for c in over) / len(over),
            recall=sum(c.recall for c in over) / len(over),
            f1=sum(c.f1 for c in over) / len(over),
            right=sum(c.right for c in counts) / len(counts),
            pages=len(counts),
            items=total.given + total.wanted,
        )
    return Figures(**found)


def table(figures: Mapping[str, Figures]) -> str:
    """Return figures as text: F1, then precision and recall; of the title, the share of pages that is right.

    Args:
        figures: name of a set of pages → its figures, a row each.

    >>> half = Counts(matched=1, given=2, wanted=2)
    >>> full = Counts(matched=1, given=1, wanted=1)
    >>> print(table({"two pages": figures([PageScore(title=half), PageScore(title=full, comments=half)])}))
    pages      n  body  title  tags  recs  prev/next
    two pages  2     –   .500     –     –          –
    <BLANKLINE>
    pages      subtitle  byline  date  captions        comments  snippets  no_article
    two pages         –       –     –         –  .500 .500/.500         –           –
    """
    rest = [name for name in FIELDS if name not in _FIRST]
    first = [["pages", "n", *(_HEADS.get(name, name) for name in _FIRST)]]
    second = [["pages", *rest]]
    for name, found in figures.items():
        pages = max((f.pages for _, f in found.items()), default=0)
        first.append([name, str(pages), *(_cell(found, x) for x in _FIRST)])
        second.append([name, *(_cell(found, x) for x in rest)])
    return f"{align(first)}\n\n{align(second)}"


def _neighbour(given: str | None, wanted: str | None) -> Counts:
    one, other = fold(given), fold(wanted)
    found = bool(one and other) and (one in other or other in one)
    return count_one(found, given=bool(one), wanted=bool(other))


def _subtitle(given: str | None, wanted: str | None) -> Counts:
    one, other = fold(given), fold(wanted)
    found = bool(one and other) and (one.startswith(other) or other.startswith(one))
    return count_one(found, given=bool(one), wanted=bool(other))


def _byline(given: Iterable[str], wanted: str | None) -> Counts:
    names, line = distinct(given), fold(wanted)
    return count_one(bool(names) and all(n in line for n in names), given=bool(names), wanted=bool(line))


def _date(given: Sequence[datetime], label: LabelledPage) -> Counts | None:
    day = parse_date(label.date, language=label.language) if label.date else None
    if day is None:
        return None
    return count_one(any(at.date() == day.at.date() for at in given), given=bool(given), wanted=True)


def _cell(found: Figures, name: str) -> str:
    figure: Figure | None = getattr(found, name)
    if figure is None or not figure.items:
        return "–"
    if name == "title":
        return _short(figure.right)
    return f"{_short(figure.f1)} {_short(figure.precision)}/{_short(figure.recall)}"


def _short(share: float) -> str:
    return f"{share:.3f}".removeprefix("0")
