"""`newsds stats`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsds.cli.page import path_name
from newsds.cli.terminal import clip, display_width, put, put_json, visible

if TYPE_CHECKING:
    from newsds.stats import ColumnStats, Stats

_SHOWN = 10
_VALUE_WIDTH = 40


@click.command("stats", short_help="Show figures of a dataset.")
@click.argument("path", type=path_name)
@click.option("--version", "wanted", metavar="V", help="Which version of the dataset.  [default: the newest]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the content of stats.json.")
@click.option("--markdown", is_flag=True, help="Print Markdown tables, as in the dataset card.")
def stats_command(path: str, wanted: str | None, as_json: bool, markdown: bool) -> None:
    """Show what is in a dataset on disk: columns, languages, sites, dates, lengths, flags, reasons of rejects.

    PATH is the folder of a dataset or of one of its versions. The figures are counted anew from its Parquet files.
    """
    if as_json and markdown:
        raise click.UsageError("--json and --markdown exclude each other")
    from newsds.stats import stats

    found = stats(path, wanted)
    if as_json:
        import json

        put_json(json.loads(found.to_json()))
    elif markdown:
        from newsds.card import figures_markdown, reasons_markdown

        lines = [*figures_markdown(found), "", "## Rejects", "", *reasons_markdown(found.reasons.items())]
        put("".join(f"{one}\n" for one in lines))
    else:
        put("".join(f"{visible(one)}\n" for one in _lines(found)))


def _lines(found: Stats) -> list[str]:
    lines = [f"{found.rows} articles, {found.rejects} rejects", ""]
    columns = [["column", "nulls", "empty", "least", "5 %", "median", "95 %", "greatest", "unit"]]
    columns += [_cells(one) for one in found.articles_columns]
    lines += _table(columns)
    for name, table in found.values.items():
        shown = table.top[:_SHOWN]
        if not shown:
            continue
        of = "" if table.distinct is None or len(table.top) <= _SHOWN else f": {_SHOWN} of {table.distinct}"
        lines += ["", f"{name}{of}"]
        rows = [[clip(_plain(one.value), _VALUE_WIDTH), str(one.rows)] for one in shown]
        lines += [f"  {one}" for one in _table(rows)]
    years: dict[str, int] = {}
    for month, n in found.months.items():
        years[month[:4]] = years.get(month[:4], 0) + n
    for title, counts in (
        ("year of publication", years),
        ("characters by role", found.roles),
        ("paragraphs by kind", found.paragraph_kinds),
        ("rejects by reason", found.reasons),
    ):
        if counts:
            lines += ["", title, *(f"  {one}" for one in _table([[_plain(k), str(n)] for k, n in counts.items()]))]
    return lines


def _plain(value: str | None) -> str:
    # escaped here, so that columns are as wide as what is shown
    return "–" if value is None else visible(value)


def _cells(one: ColumnStats) -> list[str]:
    quantiles = one.quantiles or {}
    numbers = [one.min, quantiles.get("p05"), quantiles.get("p50"), quantiles.get("p95"), one.max]
    empty = "" if one.empty is None else str(one.empty)
    return [
        one.name,
        str(one.nulls),
        empty,
        *("" if n is None else str(n) if one.unit != "time" else str(n)[:10] for n in numbers),
        one.unit or "",
    ]


def _table(rows: list[list[str]]) -> list[str]:
    """Columns, the first to the left and numbers to the right."""
    widths = [max(display_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0] + " " * (widths[0] - display_width(row[0]))]
        cells += [" " * (width - display_width(cell)) + cell for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join(cells).rstrip())
    return lines
