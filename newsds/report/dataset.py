"""The report of a dataset: figures, rejects with examples, sample rows to look into; one HTML file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from newsds.card import inline_plots
from newsds.codes import Flag, Reason
from newsds.layout import ARTICLES, REJECTS, read_manifest, resolve
from newsds.model import Article, Page
from newsds.report.page import PageView, page_view, row_view
from newsds.report.samples import rejects_by_reason, sample
from newsds.report.sources import Origin, Sources
from newsds.report.template import document, markup, packaged, render, view_html
from newsds.schema import CONFIDENCES
from newsds.stats import ColumnStats, Count, Stats, stats

SAMPLES: Final = 40
"""Sample rows at most."""
SAMPLE_BYTES: Final = 1_500_000
"""Bytes of all samples together, so that the file stays below 2 MB; those that no longer fit are left out."""
EXAMPLES: Final = 5
"""Examples of each reason for which pages are rejected."""
CHANGES: Final = 20
"""Examples of rows added, removed and changed, of each kind."""
TOP: Final = 20
"""Values of a column that are named."""
_MOST: Final = 200
"""Characters of a value in a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A line of a table of counts."""

    value: str | None
    meaning: str
    rows: int
    of: int
    """what is a hundred percent"""

    @property
    def share(self) -> str:
        """In percent, half rounded up; computed in whole numbers."""
        if not self.of:
            return "–"
        thousandths = (2000 * self.rows + self.of) // (2 * self.of)
        return f"{thousandths // 10}.{thousandths % 10} %"

    @property
    def width(self) -> int:
        """Of 100, at least 1."""
        return max(1, self.rows * 100 // self.of) if self.of else 1


def report(
    path: str | os.PathLike[str],
    version: str | None = None,
    *,
    sources: Iterable[str | os.PathLike[str]] = (),
    compare: str | os.PathLike[str] | None = None,
    weights: str | None = None,
) -> str:
    """Return a report of a dataset on disk as a self-contained HTML file.

    It holds figures, rejects by reason with examples, and up to 40 sample rows, each with its record, and, where its
    page is found, the page beside it, explained. The same version (and sources) gives the same bytes.

    Args:
        path: the folder of a dataset, or of one of its versions.
        version: which version of the dataset; without it the one that `latest` names.
        sources: what the dataset was built from. A dataset does not hold its pages, so that without them a sample shows
            the record and the places of its blocks only. A page that has changed since is not shown.
        compare: an older version, as `diff` takes it; the report then begins with what changed since.
        weights: a file that `newsds train` wrote, if the dataset was built with it.

    Raises:
        DataError: there is no dataset at `path` or `compare`, or a file of it is damaged.
        SourceError: a source does not exist.

    >>> import tempfile
    >>> import newsds
    >>> days = "\\n\\n".join(f"On day {n} the mayor said that the bridge would stay shut." for n in range(9))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = Path(folder, "page.txt")
    ...     _ = page.write_text("The bridge stays shut\\n\\n" + days)
    ...     html = report(newsds.build(page, Path(folder, "dist")).path, sources=[page])
    >>> html[:15], "The bridge stays shut" in html
    ('<!doctype html>', True)
    """
    folder = resolve(Path(path), version)
    manifest = read_manifest(folder)
    found = stats(folder)
    articles = sorted((folder / ARTICLES).glob("*.parquet"))
    rejects = rejects_by_reason(sorted((folder / REJECTS).glob("*.parquet")), EXAMPLES)
    chosen = sample(articles, SAMPLES)
    given = list(sources)
    found_pages = Sources(given, manifest.config).pages(Origin(a.source, a.record, a.page_digest) for a, _ in chosen)
    samples = _samples(chosen, {origin.page_digest: page for origin, page in found_pages.items()}, weights)
    changes = None if compare is None else _changes(compare, folder)
    body = render(
        "report.html",
        manifest=manifest,
        stats=found,
        plots={name: markup(svg) for name, svg in inline_plots(found).items()},
        tables=_tables(found),
        reasons=_reasons(found),
        examples=rejects,
        columns=[_cells(one) for one in found.articles_columns],
        confidences=[_cells(found.column(name)) for name in CONFIDENCES],
        samples=samples,
        changes=changes,
        left_out=len(chosen) - len(samples),
        given=bool(given),
        most=_MOST,
    )
    title = f"{manifest.name} {manifest.version}"
    return document(title, body, styles=[packaged("report.css")], scripts=[packaged("report.js")])


def _changes(old: str | os.PathLike[str], new: Path) -> dict[str, Any]:
    """Return what the template shows of the difference to an older version."""
    from newsds.diff import diff  # it knows the Hub, which takes long to import

    found = diff(old, new, examples=CHANGES)
    changed = found.rows.changed
    columns = sorted(found.rows.columns.items(), key=lambda one: (-one[1], one[0]))
    return {"found": found, "columns": [Bar(value=name, meaning="", rows=n, of=changed) for name, n in columns]}


def report_name(path: str | os.PathLike[str], version: str | None = None) -> str:
    """Return what to call the report of a dataset: its name and version.

    Raises:
        DataError: there is no dataset at `path`.
    """
    manifest = read_manifest(resolve(Path(path), version))
    # a manifest from elsewhere must not say where to write
    return re.sub(r"[^A-Za-z0-9._-]+", "_", f"{manifest.name}-{manifest.version}.html")


def _samples(
    chosen: Sequence[tuple[Article, str]], pages: Mapping[str | None, Page], weights: str | None
) -> list[dict[str, Any]]:
    """Return what the template shows of each row, in order, as far as they fit."""
    made = []
    left = SAMPLE_BYTES
    for number, (article, why) in enumerate(chosen):
        view, differs = _view(article, pages.get(article.page_digest), weights)
        html = view_html(view, prefix=f"s{number}", shorten=True, level=3)
        size = len(html.encode())
        if size > left:
            continue
        left -= size
        made.append({"article": article, "why": why, "view": markup(html), "differs": differs})
    return made


def _view(article: Article, page: Page | None, weights: str | None) -> tuple[PageView, list[str]]:
    """Return the view of a row, and the fields in which what this newsds makes of its page differs from it."""
    if page is None:
        return row_view(article), []
    view = page_view(page, weights=weights)
    names = (field.name for field in fields(Article))
    return view, [name for name in names if getattr(view.article, name) != getattr(article, name)]


def _tables(found: Stats) -> list[tuple[str, str, list[Bar], int]]:
    """Title, what is counted, the lines, and how many values there are beside them."""
    tables = []
    for title, name in (
        ("Sites", "site"),
        ("Languages", "language"),
        ("Flags", "flags"),
        ("Tags", "tags"),
        ("Encodings", "charset"),
        ("Kinds of page", "kind"),
    ):
        table = found.values[name]
        bars = [_bar(one, found.rows, name) for one in table.top[:TOP]]
        if bars:
            others = max(0, (table.distinct or 0) - sum(1 for one in bars if one.value is not None))
            tables.append((title, "articles", bars, others))
    for title, unit, counts in (
        ("Roles", "characters of the pages", found.roles),
        ("Paragraphs", "paragraphs", found.paragraph_kinds),
    ):
        total = sum(counts.values())
        ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        bars = [Bar(value=value, meaning="", rows=n, of=total) for value, n in ordered]
        if bars:
            tables.append((title, unit, bars, 0))
    return tables


def _bar(count: Count, of: int, column: str) -> Bar:
    meaning = Flag(count.value).meaning if column == "flags" and count.value in list(Flag) else ""
    return Bar(value=count.value, meaning=meaning, rows=count.rows, of=of)


def _reasons(found: Stats) -> list[Bar]:
    known = {reason.value: reason.meaning for reason in Reason}
    ordered = sorted(found.reasons.items(), key=lambda one: (-one[1], one[0]))
    return [Bar(value=value, meaning=known.get(value, ""), rows=n, of=found.rejects) for value, n in ordered]


def _cells(one: ColumnStats) -> list[str]:
    quantiles = one.quantiles or {}
    numbers = (one.min, *(quantiles.get(name) for name in ("p05", "p50", "p95")), one.max)
    cells = ["" if n is None else n if isinstance(n, str) else _figure(n, one.unit) for n in numbers]
    empty = "" if one.empty is None else f"{one.empty:,}"
    return [one.name, f"{one.nulls:,}", empty, *(c[:10] if one.unit == "time" else c for c in cells), one.unit or ""]


def _figure(n: int, unit: str | None) -> str:
    return f"{n // 1000}.{n % 1000:03d}" if unit == "thousandths" else f"{n:,}"
