"""`newsds view`: the articles and rejects of a version, page by page, each with the page it was made from."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from newsds.layout import ARTICLES, REJECTS, STATS, read_manifest, resolve
from newsds.model import Flag, Reason
from newsds.report import Origin, PageView, Sources, document, page_view, row_view, view_html
from newsds.report.template import packaged, render
from newsds.schema import CONFIDENCES, article_from_row, article_to_row
from newsds.view.server import App, Request, Response, bad_request, html_response, not_found
from newsds.view.table import Query, Table

PACKAGE: Final = "newsds.view"
ROWS: Final = 50
"""Of a page."""
_LISTED: Final = ("title", "url", "site", "published", "language", "flags", *CONFIDENCES)
_SHOWN: Final = (
    *("title", "subtitle", "authors", "published", "modified", "language", "text", "captions", "tags", "keywords"),
    *("previous", "next", "recommendations", "comments", "spans"),
)
"""Columns of an article in which a page read again may differ from its row."""
_SUGGESTED: Final = ("language", "site")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page of a list, or a row in it: what the address says beside the path."""

    values: Mapping[str, str]
    """what was filled in, by the name of the field"""
    query: Query
    first: int = 0
    """rows before the first that is shown"""

    def address(self, path: str = "", **changed: int | None) -> str:
        """Return a relative address with the same search.

        >>> Place(values={"words": "rain"}, query=Query()).address("articles/3", first=50)
        'articles/3?words=rain&first=50'
        """
        values = {**self.values, **{name: str(v) for name, v in changed.items() if v}}
        return f"{path or '.'}?{urlencode(values)}" if values else path or "."


def browse(
    path: str | PathLike[str], version: str | None = None, *, sources: Iterable[str | PathLike[str]] = ()
) -> App:
    """Return what answers the requests of `newsds view`.

    Args:
        path: the folder of a dataset, or of one of its versions.
        version: which version of the dataset; without it the newest.
        sources: what the version was built from; without it records are shown without their pages.

    Raises:
        DataError: there is no dataset at `path`, or it is damaged.
        SourceError: a source does not exist.
    """
    return _Browser(resolve(Path(path), version), sources)


class _Browser:
    def __init__(self, folder: Path, sources: Iterable[str | PathLike[str]]) -> None:
        manifest = read_manifest(folder)
        self._name = f"{manifest.name} {manifest.version}"
        self._articles = Table(sorted((folder / ARTICLES).glob("*.parquet")), ("title", "text"))
        self._rejects = Table(sorted((folder / REJECTS).glob("*.parquet")), ("message", "source", "url"))
        self._sources = Sources(sources, manifest.config)
        self._known = _known_values(folder)

    def __call__(self, request: Request) -> Response:
        """Answer a request."""
        table, slash, row = request.path.partition("/")
        if request.method != "GET" or table not in (("articles", "rejects") if slash else ("", "rejects")):
            raise not_found("there is no such page")
        place = _place(request.query, _REJECT_FIELDS if table == "rejects" else _ARTICLE_FIELDS)
        if slash:
            return self._row(table, row, place)
        return self._list(table == "rejects", place)

    def _list(self, rejects: bool, place: Place) -> Response:
        table = self._rejects if rejects else self._articles
        found = table.find(place.query, place.first, ROWS)
        columns = ("reason", "message", "source", "record", "url") if rejects else _LISTED
        rows = [
            row | {"href": place.address(f"{'rejects' if rejects else 'articles'}/{n}"), "least": _least(row)}
            for n, row in zip(found.rows, table.read(found.rows, columns), strict=True)
        ]
        body = render(
            "list.html",
            package=PACKAGE,
            name=self._name,
            rejects=rejects,
            counts=(len(self._articles), len(self._rejects)),
            values=dict.fromkeys((*_ARTICLE_FIELDS, *_REJECT_FIELDS), "") | dict(place.values),
            searched=bool(place.values),
            known=self._known,
            confidences=CONFIDENCES,
            rows=rows,
            found=found,
            back=place.address("rejects" if rejects else "", first=found.first - ROWS) if found.first else None,
            on=place.address("rejects" if rejects else "", first=found.first + ROWS) if found.more else None,
        )
        return _page(f"{'Rejects' if rejects else 'Articles'} of {self._name}", body)

    def _row(self, name: str, number: str, place: Place) -> Response:
        table = self._rejects if name == "rejects" else self._articles
        # more digits than any table has rows for would take Python long
        if not (number.isascii() and number.isdigit() and len(number) < 16 and int(number) < len(table)):
            raise not_found(f"there is no row {number[:20]}")
        row = table.row(int(number))
        before, after = table.beside(place.query, int(number))
        page = self._sources.page(Origin(row["source"], row["record"], row["page_digest"]))
        view = page_view(page) if page else None if name == "rejects" else row_view(article_from_row(row))
        body = render(
            "row.html",
            package=PACKAGE,
            name=self._name,
            rejects=name == "rejects",
            row=row,
            number=int(number),
            view=view,
            differs=_differs(row, view) if page and view and name != "rejects" else (),
            has_sources=bool(self._sources),
            kept=self._kept(row) if name == "rejects" else None,
            list=place.address("../rejects" if name == "rejects" else "../"),
            before=None if before is None else place.address(str(before)),
            after=None if after is None else place.address(str(after)),
        )
        title = row.get("title") or row["url"] or row["source"] or f"row {number}"
        return _page(title, body + (view_html(view) if view else ""))

    def _kept(self, row: Mapping[str, Any]) -> int | None:
        """The row that was kept instead of a duplicate."""
        if row["duplicate_of"] is None:
            return None
        found = self._articles.find(Query(equal=(("id", row["duplicate_of"]),)), 0, 1)
        return found.rows[0] if found.rows else None


_ARTICLE_FIELDS: Final = ("words", "language", "site", "flag", "unsure", "below")
_REJECT_FIELDS: Final = ("words", "reason")


def _place(given: Mapping[str, str], fields: Iterable[str]) -> Place:
    values = {name: given[name] for name in fields if given.get(name)}
    if "below" not in values:
        values.pop("unsure", None)  # the form sends what it is about with every search
    first = given.get("first", "0")
    if not (first.isascii() and first.isdigit() and len(first) < 16):
        raise bad_request(f"first={first[:20]} is no number")
    unsure = values.get("unsure", "confidence")
    if unsure not in CONFIDENCES:
        raise bad_request(f"there is no confidence {unsure[:40]}")
    equal = [(name, values[name]) for name in ("language", "site", "reason") if name in values]
    return Place(
        values=values,
        first=int(first),
        query=Query(
            words=values.get("words", ""),
            equal=tuple(equal),
            among=(("flags", values["flag"]),) if "flag" in values else (),
            below=((unsure, _number(values["below"])),) if "below" in values else (),
        ),
    )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise bad_request(f"{text[:20]} is no number")
    return value


def _known_values(folder: Path) -> dict[str, list[str]]:
    """What the fields of the search suggest, the most frequent first."""
    try:
        values = json.loads((folder / STATS).read_bytes())["values"]
        found = {name: [one["value"] for one in values[name]["top"] if one["value"]] for name in _SUGGESTED}
    except (OSError, ValueError, KeyError, TypeError):  # the search works without
        found = {name: [] for name in _SUGGESTED}
    return found | {"flag": list(Flag), "reason": list(Reason)}


def _least(row: Mapping[str, Any]) -> tuple[str, float] | None:
    """What newsds is least sure of in a row, and how sure."""
    if "confidence" not in row:
        return None
    return min(((part, row[column]) for column, part in CONFIDENCES.items()), key=lambda one: one[1])


def _differs(row: Mapping[str, Any], view: PageView) -> list[str]:
    """Columns in which a page that was read again is not as its row: another newsds, or other weights, made that."""
    now = article_to_row(view.article)
    return [name for name in _SHOWN if now[name] != row[name]]


def _page(title: str, body: str) -> Response:
    return html_response(
        document(
            title,
            body,
            styles=[packaged("browse.css", PACKAGE)],
            scripts=[packaged("browse.js", PACKAGE)],
            served=True,
        )
    )
