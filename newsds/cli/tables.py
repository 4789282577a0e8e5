"""`newsds schema`, `newsds codes` and `newsds limits`: what newsds knows of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from newsds.cli.terminal import output_width, put, put_json, wrap

if TYPE_CHECKING:
    from newsds.model import Code
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


@click.command("codes")
@click.option("--markdown", is_flag=True, help="Print docs/rejects.md.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def codes_command(markdown: bool, as_json: bool) -> None:
    """Show every reason code of a reject and every flag of a row."""
    from newsds.ledger import codes_markdown
    from newsds.model import Flag, Reason

    if markdown:
        put(codes_markdown())
        return
    tables: dict[str, list[Code]] = {"reasons": list(Reason), "flags": list(Flag)}
    if as_json:
        put_json({name: {code.value: code.meaning for code in codes} for name, codes in tables.items()})
        return
    width = output_width()
    lines: list[str] = []
    for name, codes in tables.items():
        lines += ["", name] if lines else [name]
        for code in codes:
            lines += [f"  {code.value}", *(f"      {line}" for line in wrap(code.meaning, width - 6))]
    put("".join(f"{line}\n" for line in lines))


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
