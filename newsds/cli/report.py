"""`newsds report`."""

from __future__ import annotations

import click

from newsds.cli.output import write_output
from newsds.cli.page import path_name
from newsds.cli.terminal import visible


@click.command("report", short_help="Write a dataset's figures, rejects and sample rows as one HTML file.")
@click.argument("path", type=path_name)
@click.option("--version", "wanted", metavar="V", help="Which version of the dataset.  [default: the newest]")
@click.option(
    "--out",
    metavar="HTML",
    type=path_name,
    help="File to write; `-` is standard output.  [default: NAME-VERSION.html in the current folder]",
)
@click.option(
    "--sources",
    metavar="SOURCE",
    multiple=True,
    type=path_name,
    help="What the dataset was built from, to show the pages of the sample rows; repeatable.",
)
@click.option(
    "--compare",
    metavar="OLD",
    type=path_name,
    help="An older version, as `newsds diff` takes it: the report begins with what changed since.",
)
@click.option(
    "--weights", metavar="FILE", type=path_name, help="Weights of the segmenter, if the build was given some."
)
def report_command(
    path: str,
    wanted: str | None,
    out: str | None,
    sources: tuple[str, ...],
    compare: str | None,
    weights: str | None,
) -> None:
    """Write a report of a dataset on disk: one HTML file that needs no network.

    PATH is the folder of a dataset or of one of its versions. The report holds figures, rejects with examples, and
    sample rows, each of which opens beside its page if --sources finds that.
    """
    from newsds.report import report, report_name

    name = out or report_name(path, wanted)
    write_output(name, report(path, wanted, sources=sources, compare=compare, weights=weights))
    if name != "-":
        click.echo(f"newsds: wrote {visible(name)}", err=True)
