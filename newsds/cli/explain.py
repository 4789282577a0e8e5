"""`newsds explain`: a page, block by block, coloured by role: in the terminal, or as HTML beside its record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import click

from newsds.cli.output import write_output
from newsds.cli.page import Kind, page_options, path_name, read_page
from newsds.cli.terminal import When, clip, output_width, put, use_color, visible

if TYPE_CHECKING:
    from newsds.model import Blocks, Labels

STYLES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "title": {"fg": "green", "bold": True},
        "subtitle": {"fg": "green"},
        "byline": {"fg": "cyan"},
        "date": {"fg": "bright_cyan"},
        "body": {"bold": True},  # no colour: it shows on dark and on light
        "caption": {"fg": "bright_green"},
        "tag": {"fg": "magenta"},
        "previous": {"fg": "yellow"},
        "next": {"fg": "bright_yellow"},
        "rec_heading": {"fg": "blue", "bold": True},
        "rec_title": {"fg": "blue"},
        "rec_snippet": {"fg": "bright_blue"},
        "comment": {"fg": "red"},
        "boilerplate": {"fg": "bright_black"},
    }
)
"""Role → its look in a terminal, arguments of `click.style`."""
_NARROW: Final = 20
"""Columns of text that are shown at least."""
_MARGIN: Final = 9
"""Columns of the margin, and of the blanks around it."""


@click.command("explain", short_help="Show the role of each block of one page, and why.")
@page_options
@click.option("--full", is_flag=True, help="Print the whole text of each block, and the features that decided.")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="`auto` colours on a terminal, unless NO_COLOR is set.",
)
@click.option("--html", is_flag=True, help="Write one self-contained HTML file: the page beside its record.")
@click.option(
    "--out", metavar="HTML", type=path_name, help="With --html, the file to write.  [default: standard output]"
)
def explain_command(
    file: str, kind: Kind, weights: str | None, full: bool, color: When, html: bool, out: str | None
) -> None:
    """Show the blocks of one page: the role of each, by what margin over the next best, and its text.

    FILE is a page of text or HTML; `-` is standard input. Characters that steer a terminal are printed as escapes.

    With --html the page is shown beside its record: pointing at a value of the record shows where on the page it is
    from, and the other way round.
    """
    if out is not None and not html:
        raise click.UsageError("--out is for --html")
    content = read_page(file)
    if html:
        from newsds.report import explain_html, page_view

        name = None if file == "-" else Path(file).name
        write_output(out or "-", explain_html(page_view(content, kind=kind, weights=weights), name=name))
        return
    from newsds.pipeline import explain

    blocks, labels = explain(content, kind=kind, weights=weights)
    lines = explain_lines(blocks, labels, color=use_color(color), width=None if full else output_width())
    put("".join(f"{line}\n" for line in lines))


def explain_lines(blocks: Blocks, labels: Labels, *, color: bool, width: int | None) -> Iterator[str]:
    """Yield the lines of the view: a legend, then each block.

    Args:
        blocks: the blocks of a page.
        labels: the role and reason of each.
        color: whether to colour them by role.
        width: columns there are; None prints every text whole, role, margin and reason above it.
    """

    def paint(text: str, role: str) -> str:
        return click.style(text, **STYLES[role]) if color else text

    def dim(text: str) -> str:
        return click.style(text, dim=True) if color else text

    counts = Counter(str(role) for role in labels.roles)
    yield f"{blocks.kind}, {len(blocks)} blocks"
    if counts:
        yield ", ".join(f"{counts[role]} {paint(role, role)}" for role in STYLES if role in counts)
    if blocks.flags:
        yield f"flags: {', '.join(blocks.flags)}"
    yield ""
    role_width = max(map(len, STYLES))
    rows = zip(map(str, labels.roles), labels.margins, labels.reasons, blocks.text, strict=True)
    for role, margin, reason, text in rows:
        label = f"{paint(f'{role:<{role_width}}', role)}  {dim(f'{margin:+5.1f}')}"
        shown = visible(text)
        if width is None:
            yield f"{label}  {dim(visible(reason))}"
            yield f"    {paint(shown, role)}"
        else:
            yield f"{label}  {paint(clip(shown, max(_NARROW, width - role_width - _MARGIN)), role)}"
