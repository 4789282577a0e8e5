"""The command line: a skin over the API.

    exits.py      errors → two lines and an exit code
    terminal.py   page text, made harmless, to a terminal
    output.py     a file that a command writes, whole or not at all
    page.py       FILE or standard input → the bytes of a page
    build.py merge.py rebuild.py extract.py explain.py validate.py stats.py diff.py report.py view.py label.py
    train.py hub.py tables.py
                  the commands

Modules here import only click and each other at their head; what a command needs it imports when it runs, so that
`newsds --help` and a mistyped option answer at once.
"""

from __future__ import annotations

import os

import click

from newsds.cli.build import build_command
from newsds.cli.cache import cache_group
from newsds.cli.diff import diff_command
from newsds.cli.exits import EXIT_CODES, ErrorGroup, exit_codes_text
from newsds.cli.explain import explain_command
from newsds.cli.extract import extract_command
from newsds.cli.hub import pull_command, push_command
from newsds.cli.label import label_command
from newsds.cli.merge import merge_command
from newsds.cli.rebuild import rebuild_command
from newsds.cli.report import report_command
from newsds.cli.stats import stats_command
from newsds.cli.tables import codes_command, limits_command, schema_command
from newsds.cli.terminal import put
from newsds.cli.train import train_command
from newsds.cli.validate import validate_command
from newsds.cli.view import view_command

__all__ = ["EXIT_CODES", "main"]


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        import newsds

        put(f"newsds {newsds.__version__}\n")
        ctx.exit()


@click.group(
    "newsds",
    cls=ErrorGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExit codes:\n" + exit_codes_text(),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Print the version and leave.",
)
@click.option("--debug", is_flag=True, help="Show where in newsds an error is from.")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Turn raw page dumps into a versioned, validated, reproducible Parquet dataset."""
    # before Arrow is imported, here or in a worker: its own allocators keep some 100 MB that is not needed any more
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(2)


for _command in (
    build_command,
    merge_command,
    extract_command,
    explain_command,
    validate_command,
    stats_command,
    diff_command,
    rebuild_command,
    view_command,
    report_command,
    label_command,
    train_command,
    push_command,
    pull_command,
    cache_group,
    schema_command,
    codes_command,
    limits_command,
):
    main.add_command(_command)
