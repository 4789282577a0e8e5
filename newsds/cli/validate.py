"""`newsds validate`."""

from __future__ import annotations

import click

from newsds.cli.exits import BROKEN_RULE
from newsds.cli.page import path_name
from newsds.cli.terminal import put, visible


@click.command("validate", short_help="Check a dataset against every rule.")
@click.argument("path", type=path_name)
@click.pass_context
def validate_command(ctx: click.Context, path: str) -> None:
    """Check a dataset on disk against every rule, and name each that is broken.

    PATH is the folder of a dataset, of one of its versions, or one Parquet file. The exit code is 0 if every rule
    holds and 7 if one is broken.
    """
    from newsds.validate import validate

    report = validate(path)
    put("".join(f"{visible(line)}\n" for line in report.lines()))
    if not report.ok:
        ctx.exit(BROKEN_RULE)
