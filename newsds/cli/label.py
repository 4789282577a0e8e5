"""`newsds label`."""

from __future__ import annotations

import click

from newsds.cli.page import field_option, path_name
from newsds.cli.terminal import visible
from newsds.cli.view import serve, server_options


@click.command("label", short_help="Label pages in the browser.")
@click.argument("pages", nargs=-1, required=True, metavar="PAGE...", type=path_name)
@click.option("--out", required=True, metavar="FILE", type=path_name, help="Labels file, which `newsds train` reads.")
@click.option("--corpus", metavar="DIR", type=path_name, help="Folder of cases that a page can be added to.")
@field_option
@server_options
def label_command(
    pages: tuple[str, ...],
    out: str,
    corpus: str | None,
    fields: tuple[tuple[str, str], ...],
    port: int,
    no_open: bool,
) -> None:
    """Correct the roles of blocks in the browser, with the keyboard.

    PAGE is a page, or a folder or container of pages. Every change is on the disk before it is shown: in FILE.journal,
    and in FILE when a page is done. Start again with the same --out to go on.
    """
    from pathlib import Path

    from newsds.errors import SourceError
    from newsds.model import Page
    from newsds.read import read
    from newsds.view import LabelBook, label

    found: list[Page] = []
    for one in read(pages, fields=dict(fields)):
        if isinstance(one, Page):
            found.append(one)
        else:
            click.echo(visible(f"left out: {one.source}: {one.message}"), err=True)
    if not found:
        raise SourceError("there is no page to label", "give files of text or HTML, or a folder of them")
    with LabelBook(Path(out)) as book:
        serve(label(found, book, corpus=Path(corpus) if corpus else None), port=port, no_open=no_open)
