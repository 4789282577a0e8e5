"""The files of a version on disk, read once: held against the manifest, with the digests that the Hub names them by."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

from newsds.errors import DataError
from newsds.hub.plan import BUILT_CARD, DATA, LocalFile
from newsds.layout import CARD, MANIFEST, Manifest

_CHUNK: Final = 1 << 20


def read_files(folder: Path, manifest: Manifest) -> dict[str, LocalFile]:
    """Return the files of a version, by path, each held against the manifest.

    Raises:
        DataError: a file is missing, differs from the manifest, or lies in data/ without being named there.
    """
    files = {one.path: _read_file(folder, one.path) for one in manifest.files}
    for one in manifest.files:
        if (files[one.path].size, files[one.path].sha256) != (one.bytes, one.sha256):
            raise _damaged(folder, f"{one.path} is not what the manifest says")
    if CARD not in files or BUILT_CARD in files:
        raise _damaged(folder, f"the manifest does not name {CARD}, or names {BUILT_CARD}")
    for path in sorted((folder / DATA).rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_dir() and name not in files:
            raise _damaged(folder, f"{name} is not in the manifest")
    return files | {MANIFEST: _read_file(folder, MANIFEST)}


def _read_file(folder: Path, name: str) -> LocalFile:
    sha256, sha1, size = hashlib.sha256(), hashlib.sha1(usedforsecurity=False), 0
    try:
        with (folder / name).open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            sha1.update(f"blob {length}\0".encode())
            while chunk := file.read(_CHUNK):
                sha256.update(chunk)
                sha1.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise _damaged(folder, f"cannot read {name}: {error.strerror}") from error
    return LocalFile(path=name, size=size, sha256=sha256.hexdigest(), git_sha1=sha1.hexdigest(), content=folder / name)


def in_memory(path: str, content: bytes) -> LocalFile:
    """Return a file that is on no disk.

    >>> in_memory("empty", b"").git_sha1
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    sha1 = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return LocalFile(
        path=path,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        git_sha1=sha1.hexdigest(),
        content=content,
    )


def content_of(file: LocalFile) -> bytes:
    """Return what a file holds; for small ones."""
    return file.content if isinstance(file.content, bytes) else file.content.read_bytes()


def _damaged(folder: Path, what: str) -> DataError:
    return DataError(f"{folder} is damaged: {what}", f"see what is wrong: newsds validate {folder}")
