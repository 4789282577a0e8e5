"""Remote files, through fsspec: only those that the caller names, never one that a page names."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from newsds.errors import NewsdsError, SourceError, UsageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_ONE_FILE: Final = ("http", "https")
"""Schemes without folders: what looks like a listing there is a page, and its links are not followed."""
_BLOCK: Final = 4 * 2**20
"""Bytes that are fetched at once."""


def is_remote(source: str) -> bool:
    """Say whether a source is an address.

    >>> is_remote("s3://bucket/pages"), is_remote("C:/pages"), is_remote("pages")
    (True, False, False)
    """
    return _SCHEME.match(source) is not None


def list_remote(address: str) -> list[tuple[str | None, str]]:
    """List the files at an address, in the order of their names.

    Args:
        address: of a file or folder, or with `*`, `?` or `[…]` for several. For `https` it is one file, always.

    Returns:
        Of each its name relative to the folder, None if it is the file at the address itself; and its own address.

    Raises:
        UsageError: fsspec, or what it needs for the scheme, is not installed.
        SourceError: there is nothing, or it cannot be listed.
    """
    scheme = _scheme(address)
    if scheme in _ONE_FILE:
        _file_system(address)
        return [(None, address)]
    with _errors(address):
        system, path = _file_system(address)
        pattern = re.search(r"[*?\[]", path)
        if pattern:
            names = [name for name in system.glob(path) if system.isfile(name)]
            folder = path[: pattern.start()].rpartition("/")[0]
        elif system.isdir(path):
            names, folder = list(system.find(path)), path
        elif system.exists(path):
            return [(None, address)]
        else:
            names, folder = [], path
    if not names:
        raise SourceError(f"no file at {_shown(address)}", "check the address, and that you may read it")
    folder = folder.strip("/")
    found: list[tuple[str | None, str]] = []
    for name in sorted(names):
        relative = name.strip("/")
        relative = relative[len(folder) + 1 :] if folder and relative.startswith(f"{folder}/") else relative
        found.append((relative, str(system.unstrip_protocol(name))))
    return found


def open_remote(address: str) -> tuple[BinaryIO, int | None]:
    """Open a remote file; return it, and its length where that is known.

    Raises:
        OSError: it cannot be opened. What goes wrong in reading it is an OSError too.
    """
    system, path = _file_system(address)
    with _as_os_errors():
        size = system.info(path).get("size")
        file = system.open(path, "rb", block_size=_BLOCK)
    return io.BufferedReader(_Remote(file), 1 << 18), size if isinstance(size, int) else None


class _Remote(io.RawIOBase):
    """A file of fsspec; every error is an OSError."""

    def __init__(self, file: Any) -> None:
        super().__init__()
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        with _as_os_errors():
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        with _as_os_errors():
            return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        self._file.close()
        super().close()


def _scheme(address: str) -> str:
    found = _SCHEME.match(address)
    return found[1].lower() if found else ""


def _file_system(address: str) -> tuple[AbstractFileSystem, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise UsageError(
            f"{_shown(address)} is a remote source, for which fsspec is needed", "pip install 'newsds[remote]'"
        ) from error
    if "::" in address:
        raise UsageError(
            f"{_shown(address)} chains file systems", "give the address of the archive: newsds looks into it by itself"
        )
    scheme = _scheme(address)
    try:
        system, path = url_to_fs(address)
    except ImportError as error:
        remedy = f"install what the message names: {' '.join(str(error).split())}"
        raise UsageError(f"a package that {scheme}:// needs is not installed", remedy) from error
    except ValueError as error:
        raise UsageError(f"{scheme}:// is no scheme that fsspec knows", "check the address") from error
    return system, str(path)


@contextmanager
def _errors(address: str) -> Iterator[None]:
    try:
        yield
    except NewsdsError:
        raise
    except Exception as error:
        what = " ".join(str(error).split())[:200] or type(error).__name__
        raise SourceError(
            f"cannot list {_shown(address)}: {what}", "check the address, and that you may read it"
        ) from error


@contextmanager
def _as_os_errors() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise OSError(" ".join(str(error).split())[:200] or type(error).__name__) from error


def _shown(address: str) -> str:
    """Return an address without what may be secret in it: user, password and query."""
    return re.sub(r"(?<=://)[^/@]*@", "", address.partition("?")[0])
