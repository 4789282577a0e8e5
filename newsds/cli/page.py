"""FILE or standard input → the bytes of a page."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final, Literal, TypeVar

import click

from newsds.errors import SourceError, UsageError

Kind = Literal["auto", "text", "html"]
F = TypeVar("F", bound=Callable[..., Any])

_REMEDIES: Final = {
    errno.ENOENT: "check the path",
    errno.ENOTDIR: "check the path",
    errno.EACCES: "give yourself permission to read it",
    errno.EISDIR: "give one file; a folder is for `newsds build`",
}


def path_name(value: str) -> str:
    """Refuse the empty path, which an unset shell variable leaves, and which would mean the current folder."""
    if not value:
        raise click.BadParameter("the path is empty")
    return value


def _only_one(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> str:
    if len(value) > 1:
        raise UsageError(
            f"{ctx.info_name} takes one FILE, not {len(value)}",
            "run it once for each file, or make a dataset of them: newsds build FILE… --out DIR",
        )
    return value[0]


def page_options(command: F) -> F:
    """Give a command the argument FILE and the options --kind and --weights."""
    # all that is there is taken, so that the message about too many can say what to do
    argument = click.argument("file", nargs=-1, required=True, metavar="FILE", type=path_name, callback=_only_one)
    kind = click.option(
        "--kind",
        type=click.Choice(["auto", "text", "html"]),
        default="auto",
        show_default=True,
        help="What the page is written in; `auto` looks.",
    )
    weights = click.option(
        "--weights",
        metavar="WEIGHTS",
        type=path_name,
        help="Weights that `newsds train` wrote, instead of those of newsds.",
    )
    return argument(kind(weights(command)))


def read_page(name: str) -> bytes:
    """Read a file, or standard input for `-`: one byte past the limit at most, which `extract` cuts and flags.

    Raises:
        SourceError: it cannot be read.
    """
    from newsds.limits import PAGE_BYTES

    try:
        if name == "-":
            return _standard_input().read(PAGE_BYTES.value + 1)
        with Path(name).open("rb") as file:
            return file.read(PAGE_BYTES.value + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        number = error.errno if isinstance(error, OSError) else None
        what = error.strerror if isinstance(error, OSError) else None
        if number == errno.ENOENT and Path(name).is_symlink():
            what = "the file it links to is not there"
        place = "standard input" if name == "-" else name
        remedy = _REMEDIES.get(number or 0, "check the path and the disk")
        raise SourceError(f"cannot read {place}: {what or error}", remedy) from error


def _standard_input() -> IO[bytes]:
    if sys.stdin is None:
        raise OSError(errno.EBADF, "it is closed")
    return sys.stdin.buffer
