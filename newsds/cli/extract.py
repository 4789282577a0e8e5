"""`newsds extract`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from newsds.cli.page import Kind, field_option, open_page, page_options
from newsds.cli.terminal import output_width, put, put_json, visible, wrap

if TYPE_CHECKING:
    from newsds.model import Article, Rejection

_BREAKS: Final = "\n\t"
"""What stays of the controls where text is shown with its lines."""


@click.command("extract", short_help="Take one page apart, or each of a container, and print its row.")
@page_options
@field_option
@click.option("--url", metavar="URL", help="Address of the page, against which its links are resolved.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "table", "text"]),
    default="json",
    show_default=True,
    help="The row as JSON, the row for reading, or title and text alone.",
)
def extract_command(
    file: str,
    kind: Kind,
    weights: str | None,
    fields: tuple[tuple[str, str], ...],
    url: str | None,
    form: Literal["json", "table", "text"],
) -> None:
    """Take a page, or each page of a container, apart and print its row.

    FILE is a page of text or HTML, or what holds pages: a web archive, JSON Lines, Parquet, Arrow, CSV, a saved page or
    mail, a tar or zip archive, compressed or not; or the address of one; `-` is standard input. Characters that steer a
    terminal are printed as escapes.
    """
    found = open_page(file, fields)
    from newsds.model import Rejection
    from newsds.pipeline import extract, extract_pages, rejection_of

    if isinstance(found, bytes):
        article = extract(found, kind=kind, url=url, weights=weights)
        _put(article, form)
        rejection = rejection_of(article)
        if rejection:
            click.echo(f"newsds: note: `newsds build` rejects this page: {rejection.message}", err=True)
        return
    printed = False
    for one in found:
        if isinstance(one, Rejection):
            _note(one)
            continue
        page = replace(one, url=url) if url and not one.url else one
        (article,) = extract_pages([page], kind=kind, weights=weights)
        if printed and form != "json":
            put("\n")
        _put(article, form)
        printed = True
        rejection = rejection_of(article)
        if rejection:
            _note(rejection)


def _put(article: Article, form: Literal["json", "table", "text"]) -> None:
    if form == "json":
        put_json(row_for_json(article))
    elif form == "table":
        put("".join(f"{line}\n" for line in table_lines(article, output_width())))
    else:
        parts = [p for p in (article.title, article.text) if p]
        put(visible("".join(f"{p}\n\n" for p in parts)[:-1], keep=_BREAKS))


def _note(rejection: Rejection) -> None:
    place = f"{rejection.source}, record {rejection.record}"
    click.echo(
        visible(f"newsds: note: `newsds build` rejects {place}: {rejection.reason}: {rejection.message}"), err=True
    )


def row_for_json(article: Article) -> dict[str, Any]:
    """Return the row, keys in the order of the schema, times in ISO 8601."""
    from newsds.schema import SCHEMA, article_to_row

    row = article_to_row(article)
    return {name: _iso(row[name]) if isinstance(row[name], datetime) else row[name] for name in SCHEMA.names}


def _iso(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


def table_lines(article: Article, width: int) -> Iterator[str]:
    """Yield the row in two columns: a name, and what it holds, in as many lines as it takes."""
    cells = {name: list(_cell(name, value)) for name, value in row_for_json(article).items()}
    margin = max(map(len, cells)) + 2
    for name, lines in cells.items():
        label = name
        for line in lines or ["-"]:
            indent = line[: len(line) - len(line.lstrip(" "))]
            for piece in wrap(line[len(indent) :], max(20, width - margin - len(indent))):
                yield f"{label:<{margin}}{indent}{piece}".rstrip(" ")
                label = ""


def _cell(name: str, value: Any) -> Iterator[str]:
    """Yield the lines of a cell, harmless to print."""
    if name == "paragraphs":
        yield from _tally(p["kind"] for p in value)
    elif name == "spans":
        yield from _tally(s["role"] for s in value)
    elif name == "recommendations":
        for one in value:
            yield visible(one["title"])
            yield from (f"  {visible(x)}" for x in (one["snippet"], one["url"]) if x)
    elif isinstance(value, dict):
        yield from (visible(x) for x in value.values() if x)
    elif isinstance(value, list):
        yield from map(visible, value)
    elif value is not None and value != "":
        yield from (visible(line) for line in str(value).split("\n"))


def _tally(names: Iterable[str]) -> Iterator[str]:
    counts = Counter(names)
    if counts:
        yield f"{counts.total()}: " + ", ".join(f"{n} {name}" for name, n in counts.most_common())
