"""`newsds diff`."""

from __future__ import annotations

import click

from newsds.cli.exits import DIFFERENT
from newsds.cli.hub import hub_options, prepare_client
from newsds.cli.page import path_name
from newsds.cli.terminal import put, put_json, visible


@click.command("diff", short_help="Show what differs between two versions.")
@click.argument("old", type=path_name)
@click.argument("new", type=path_name)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--examples",
    metavar="N",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Rows of each kind to show, at most.",
)
@hub_options
@click.pass_context
def diff_command(
    ctx: click.Context,
    old: str,
    new: str,
    as_json: bool,
    examples: int,
    token_file: str | None,
    endpoint: str | None,
) -> None:
    """Compare two versions of a dataset: columns first, then row by row.

    OLD and NEW are each the folder of a version; the folder of a dataset, whose newest version is taken, or another
    with @VERSION behind; a Parquet file of articles; or a version on the Hub, such as hf://user/name@v1.0.0. The exit
    code is 0 if both hold the same and 11 if they differ.
    """
    from newsds.diff import diff, is_on_hub

    token = prepare_client(token_file) if is_on_hub(old) or is_on_hub(new) else None
    found = diff(old, new, examples=examples, token=token, endpoint=endpoint)
    if as_json:
        put_json(found.to_dict())
    else:
        put("".join(f"{visible(line)}\n" for line in found.lines()))
    if not found.same:
        ctx.exit(DIFFERENT)
