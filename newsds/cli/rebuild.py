"""`newsds rebuild`."""

from __future__ import annotations

import sys

import click

from newsds.cli.build import MAX_WORKERS, default_workers
from newsds.cli.exits import DIFFERENT
from newsds.cli.page import path_name
from newsds.cli.terminal import put, put_json, visible


@click.command("rebuild", short_help="Make a version again from its manifest, and compare.")
@click.argument("manifest", type=path_name)
@click.option(
    "--sources",
    metavar="SOURCE",
    multiple=True,
    type=path_name,
    help="Where the inputs are: what `newsds build` was given; repeatable.  [default: the current folder]",
)
@click.option("--out", metavar="DIR", type=path_name, help="Keep what is made, as DIR/NAME/VERSION.")
@click.option("--weights", metavar="FILE", type=path_name, help="Segmenter weights that the version was made with.")
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=0),
    help=f"Processes.  [default: the CPUs available, at most {MAX_WORKERS}]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def rebuild_command(
    ctx: click.Context,
    manifest: str,
    sources: tuple[str, ...],
    out: str | None,
    weights: str | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Make a version again from its manifest, and compare every byte.

    MANIFEST is a manifest.json, or the folder of a version or dataset that holds it. Inputs, settings and tools are
    checked first, and what differs is named. The exit code is 0 if every file is the same, and 11 if not.
    """
    from newsds.build import rebuild

    result = rebuild(
        manifest,
        sources or ".",
        out=out,
        weights=weights,
        workers=default_workers() if workers is None else workers,
        progress=not as_json and sys.stderr is not None and sys.stderr.isatty(),
    )
    if as_json:
        put_json(result.to_dict())
    else:
        put("".join(f"{visible(line)}\n" for line in result.lines()))
    if not result.same:
        ctx.exit(DIFFERENT)
