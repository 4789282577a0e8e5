"""Sources → the files to read: files, folders, globs, standard input, remote addresses."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from newsds.errors import SourceError
from newsds.read.remote import is_remote, list_remote

STDIN: Final = "-"
"""Standard input, as a source."""
STDIN_NAME: Final = "stdin"
"""What it is called in the dataset."""
_GLOB: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class InputFile:
    """A file to read, and the name it has in the dataset."""

    source: str
    """path relative to the source that was given, with `/`; the same on every machine"""
    path: str
    """where it is: a path on this machine, an address with `://`, or `-` for standard input"""
    unnamed: bool = False
    """whether its name tells nothing, so that what is of no known format is a page of text"""


def find_files(
    sources: Iterable[str | os.PathLike[str]], *, include: Sequence[str] = ("**",), exclude: Sequence[str] = ()
) -> list[InputFile]:
    """List the files of `sources`, in the order of their names whatever the order of the sources.

    Args:
        sources: files, folders, globs (`dumps/*/page.html`), `-` for standard input, and addresses that fsspec knows
            (`s3://bucket/folder`). A folder is walked to the bottom, links to folders are not followed. The files of
            several folders are told apart by the folder's name in front.
        include: patterns of the files to list, relative to the folder; a file named itself is always listed.
        exclude: patterns of those to leave out.

    Raises:
        SourceError: a source does not exist or cannot be listed, or two have the same name.
        UsageError: what a remote source needs is not installed.
    """
    given = [os.fspath(source) for source in sources]
    remote = sorted({one for one in given if is_remote(one)})
    local = [one for one in given if one != STDIN and not is_remote(one)]
    found = [InputFile(source=STDIN_NAME, path=STDIN, unnamed=True)] if STDIN in given else []
    roots = _roots(local)
    several = len(roots) + len(remote) + len(found) > 1
    folders = [root for root, patterns in roots.items() if patterns is None and root.is_dir()]
    for root, patterns in sorted(roots.items()):
        if root.is_dir():
            prefix = f"{root.name}/" if several else ""
            listed = 0
            for relative in _walk(root):
                named = patterns is None or any(_matches(relative, one) for one in patterns)
                listed += named
                if named and _selected(relative, include, exclude):
                    found.append(InputFile(source=_printable(prefix + relative), path=str(root / relative)))
            if patterns is not None and not listed:
                raise SourceError(f"no file matches {root}/{patterns[0]}", "check the pattern")
        elif root.exists() or root.is_symlink():
            if not any(root.is_relative_to(f) for f in folders):
                found.append(InputFile(source=_printable(root.name), path=str(root)))
        else:
            raise SourceError(f"no such file or folder: {root}", "check the path")
    for address in remote:
        base = address.rstrip("/").rpartition("/")[2]
        for name, path in list_remote(address):
            if name is None:
                found.append(InputFile(source=_printable(base), path=path))
            elif _selected(name, include, exclude):
                found.append(InputFile(source=_printable(f"{base}/{name}" if several else name), path=path))
    found.sort(key=lambda one: (one.source, one.path))
    for one, other in zip(found, found[1:], strict=False):
        if one.source == other.source and one.path != other.path:
            raise SourceError(
                f"two sources have the same name: {one.path} and {other.path}",
                "rename one, or build the folder that holds both",
            )
    return [one for one, last in zip(found, [None, *found], strict=False) if one != last]


def _roots(sources: Iterable[str]) -> dict[Path, list[str] | None]:
    """Return files and folders, and of those that a glob begins with, the patterns for what is in them."""
    roots: dict[Path, list[str] | None] = {}
    for source in sources:
        path = Path(source)
        if not _GLOB.intersection(source) or path.exists() or path.is_symlink():
            roots[path.resolve()] = None
            continue
        parts = path.parts
        first = next(i for i, part in enumerate(parts) if _GLOB.intersection(part))
        root = Path(*parts[:first]).resolve()
        if not root.is_dir():
            raise SourceError(f"no such folder: {root}", "check the path before the pattern")
        pattern = "/".join(parts[first:])
        patterns = roots.setdefault(root, [])
        if patterns is not None:
            patterns += [pattern, f"{pattern}/**"]
    return roots


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
