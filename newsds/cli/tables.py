"""`newsds schema` and `newsds limits`: what newsds knows of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from newsds.cli.terminal import output_width, put, put_json, wrap

if TYPE_CHECKING:
    from newsds.schema import Column


@click.command("schema")
@click.option("--markdown", is_flag=True, help="Print docs/schema.md.")
def schema_command(markdown: bool) -> None:
    """Show the columns of a dataset: name, type and meaning."""
    from newsds.schema import ARTICLES, REJECTS, schema_markdown

    if markdown:
        put(schema_markdown())
        return
    width = output_width()
    lines = [*_table("articles", ARTICLES, width), "", *_table("rejects", REJECTS, width)]
    put("".join(f"{line}\n" for line in lines))


def _table(title: str, columns: tuple[Column, ...], width: int) -> Iterator[str]:
    from newsds.schema import type_name

    yield title
    for column in columns:
        yield f"  {column.name}: {type_name(column.type)}{', or null' if column.nullable else ''}"
        yield from (f"      {line}" for line in wrap(column.meaning, width - 6))


@click.command("limits")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def limits_command(as_json: bool) -> None:
    """Show every limit: its value, and what happens past it."""
    from newsds.limits import LIMITS

    if as_json:
        put_json(
            [
                {
                    "name": limit.name,
                    "value": limit.value,
                    "unit": limit.unit,
                    "code": limit.code.value,
                    "effect": limit.effect,
                }
                for limit in LIMITS
            ]
        )
        return
    width = output_width()
    lines: list[str] = []
    for limit in LIMITS:
        lines.append(f"{limit.name}: {limit.value} {limit.unit}, code {limit.code.value}")
        lines += [f"    {line}" for line in wrap(limit.effect, width - 4)]
    put("".join(f"{line}\n" for line in lines))
