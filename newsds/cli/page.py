"""FILE or standard input → the bytes of a page."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Final, Literal, TypeVar, cast

import click

from newsds.errors import SourceError, UsageError

if TYPE_CHECKING:
    from newsds.model import Page, Rejection

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


def _fields(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    pairs = []
    for one in value:
        what, equals, name = one.partition("=")
        if not equals:
            raise click.BadParameter(f"{one!r} is not WHAT=NAME")
        pairs.append((what.strip(), name.strip()))
    return tuple(sorted(pairs))


def field_option(command: F) -> F:
    """Give a command the option --field."""
    option = click.option(
        "--field",
        "fields",
        metavar="WHAT=NAME",
        multiple=True,
        callback=_fields,
        help="Name of the field that holds the text, url, date or language of a record; repeatable.  "
        "[default: those of public corpora]",
    )
    return option(command)


def open_page(name: str, fields: tuple[tuple[str, str], ...] = ()) -> bytes | Iterator[Page | Rejection]:
    """Read a file, or standard input for `-`: a page as it is, a container as its pages.

    A page is read up to one byte past the limit, which `extract` cuts and flags.

    Raises:
        SourceError: it cannot be read.
    """
    from newsds.read import InputFile, ReadSettings, is_remote, read_input, read_stream
    from newsds.read.compression import read_up_to
    from newsds.read.sniff import PREFIX_BYTES, Format, sniff

    settings = ReadSettings(fields=fields)
    if is_remote(name):
        return iter(read_input(InputFile(source=name.rpartition("/")[2] or name, path=name), settings))
    with _source_errors(name):
        file = _standard_input() if name == "-" else Path(name).open("rb")  # noqa: SIM115 - may be read on later
        try:
            prefix = read_up_to(file, PREFIX_BYTES)
            if sniff(prefix, "" if name == "-" else name) not in (Format.PAGE, Format.UNKNOWN):
                if name == "-" or not Path(name).is_file():
                    source = "stdin" if name == "-" else Path(name).name
                    return read_stream(cast(BinaryIO, file), source, settings, prefix=prefix)
                return iter(read_input(InputFile(source=Path(name).name, path=name), settings))
            return prefix + read_up_to(file, _page_bytes() + 1 - len(prefix))
        finally:
            if name != "-" and file.seekable():
                file.close()


def read_page(name: str) -> bytes:
    """Read a file, or standard input for `-`: one byte past the limit at most, which is cut and flagged.

    Raises:
        SourceError: it cannot be read.
    """
    with _source_errors(name):
        if name == "-":
            return _standard_input().read(_page_bytes() + 1)
        with Path(name).open("rb") as file:
            return file.read(_page_bytes() + 1)


def _page_bytes() -> int:
    from newsds.limits import PAGE_BYTES

    return PAGE_BYTES.value


@contextmanager
def _source_errors(name: str) -> Iterator[None]:
    try:
        yield
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
