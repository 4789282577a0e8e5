"""Files and folders of text and HTML pages."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from newsds.errors import SourceError
from newsds.limits import PAGE_BYTES
from newsds.model import Page, Reason, Rejection

MEDIA_TYPES: Final = {
    ".txt": "text/plain",
    ".text": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".xht": "application/xhtml+xml",
}
"""Suffixes that are read, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class InputFile:
    """A file to read, and the name it has in the dataset."""

    source: str
    """path relative to the source that was given, with `/`; the same on every machine"""
    path: str
    """where it is on this machine"""


def find_files(
    sources: Iterable[str | os.PathLike[str]], *, include: Sequence[str] = ("**",), exclude: Sequence[str] = ()
) -> list[InputFile]:
    """List the files of `sources`, in the order of their names whatever the order of the sources.

    Args:
        sources: files and folders; a folder is walked to the bottom, links to folders are not followed. The files of
            several folders are told apart by the folder's name in front.
        include: patterns of the files to list, relative to the folder; a file named itself is always listed.
        exclude: patterns of those to leave out.

    Raises:
        SourceError: a source does not exist, or two have the same name.
    """
    roots = sorted({Path(s).resolve(): None for s in sources})
    folders = [r for r in roots if r.is_dir()]
    found: list[InputFile] = []
    for root in roots:
        if root.is_dir():
            prefix = f"{root.name}/" if len(roots) > 1 else ""
            for relative in _walk(root):
                if _selected(relative, include, exclude):
                    found.append(InputFile(source=_printable(prefix + relative), path=str(root / relative)))
        elif root.exists() or root.is_symlink():
            if not any(root.is_relative_to(f) for f in folders):
                found.append(InputFile(source=_printable(root.name), path=str(root)))
        else:
            raise SourceError(f"no such file or folder: {root}", "check the path")
    found.sort()
    for one, other in zip(found, found[1:], strict=False):
        if one.source == other.source and one.path != other.path:
            raise SourceError(
                f"two sources have the same name: {one.path} and {other.path}",
                "rename one, or build the folder that holds both",
            )
    return found


def _walk(root: Path) -> Iterator[str]:
    def fail(error: OSError) -> None:
        raise SourceError(
            f"cannot list {error.filename}: {error.strerror}", "give yourself permission, or leave the folder out"
        ) from error

    for folder, folders, files in os.walk(root, onerror=fail):
        folders.sort()
        for name in files:
            yield Path(folder, name).relative_to(root).as_posix()


def _printable(name: str) -> str:
    """File names are bytes on some systems; what is not UTF-8 in them shows as `\\xNN`."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _selected(relative: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    return any(_matches(relative, p) for p in include) and not any(_matches(relative, p) for p in exclude)


def _matches(relative: str, pattern: str) -> bool:
    return _matches_parts(PurePosixPath(relative).parts, tuple(p for p in pattern.split("/") if p))


@cache
def _matches_parts(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return (len(pattern) == 1 and bool(parts)) or any(
            _matches_parts(parts[i:], pattern[1:]) for i in range(len(parts))
        )
    return bool(parts) and PurePosixPath(parts[0]).match(pattern[0]) and _matches_parts(parts[1:], pattern[1:])


def read_file(file: InputFile, *, limit: int = PAGE_BYTES.value) -> Page | Rejection:
    """Read a file as one page; what cannot be read is a rejection, never an exception."""
    media_type = MEDIA_TYPES.get(PurePosixPath(file.source).suffix.lower())
    if media_type is None:
        known = " ".join(MEDIA_TYPES)
        return Rejection(reason=Reason.UNKNOWN_FORMAT, message=f"the suffix is none of {known}", source=file.source)
    try:
        status = Path(file.path).stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or device would block, or never end
            return Rejection(reason=Reason.UNREADABLE, message="not a regular file", source=file.source)
        if status.st_size > limit:
            return Rejection(
                reason=Reason.TOO_LARGE,
                message=f"{status.st_size} bytes are more than the limit page_bytes, {limit}",
                source=file.source,
                offset=0,
                length=status.st_size,
            )
        content = Path(file.path).read_bytes()
    except OSError as error:
        return Rejection(reason=Reason.UNREADABLE, message=error.strerror or "input/output error", source=file.source)
    return Page(content=content, source=file.source, record=0, offset=0, length=len(content), media_type=media_type)


def read(
    source: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    include: Sequence[str] = ("**",),
    exclude: Sequence[str] = (),
) -> Iterator[Page | Rejection]:
    """Yield the pages of files and folders, in the order of their names.

    Args:
        source: a file or folder, or several.
        include: patterns of the files to read in a folder.
        exclude: patterns of those to leave out.

    Raises:
        SourceError: a source does not exist.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "one.txt").write_text("A title")
    ...     _ = pathlib.Path(folder, "two.xyz").write_text("?")
    ...     [(type(x).__name__, x.source) for x in read(folder)]
    [('Page', 'one.txt'), ('Rejection', 'two.xyz')]
    """
    sources = [source] if isinstance(source, str | os.PathLike) else source
    for file in find_files(sources, include=include, exclude=exclude):
        yield read_file(file)
