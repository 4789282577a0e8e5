"""`newsds train`."""

from __future__ import annotations

from pathlib import Path

import click

from newsds.cli.page import path_name
from newsds.cli.terminal import put, visible


@click.command("train", short_help="Fit the segmenter to labelled pages.")
@click.argument("labels", nargs=-1, required=True, metavar="LABELS...", type=path_name)
@click.option("--out", metavar="FILE", type=path_name, help="Weights file to write.  [default: only print the figures]")
@click.option(
    "--layouts",
    metavar="N",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Text pages made of the content of each labelled page, in layouts drawn at random.",
)
@click.option(
    "--workers",
    metavar="N",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Processes: with 2, HTML and text are fitted side by side.",
)
@click.option("--quiet", is_flag=True, help="Print the figures only.")
def train_command(labels: tuple[str, ...], out: str | None, layouts: int, workers: int, quiet: bool) -> None:
    """Fit the segmenter's weights to labelled pages, and print cross-validated figures.

    LABELS are JSON-lines files, one page a line, with the pages beside them (`pages/ID.html`, `dumps/STYLE/ID.txt`), or
    folders of `ID.txt` and `ID.json`. Pages of one publisher are never on both sides of the cross-validation. The same
    pages give the same file.

    Needs the extra: pip install 'newsds[train]'.
    """
    from newsds.train import train, write

    tell = (lambda _: None) if quiet else _tell
    trained = train([Path(x) for x in labels], layouts=layouts, workers=workers, tell=tell)
    if out:
        write(trained, Path(out))
    put(visible(str(trained), keep="\n") + "\n")


def _tell(line: str) -> None:
    click.echo(line, err=True)
