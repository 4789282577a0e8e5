"""A folder that becomes a version whole, or leaves nothing.

All is written into `out/<name>/.building-…` on the same file system and brought to the disk; one rename makes it the
version, and another moves `latest`. A reader sees the old state or the new one. One process at a time writes a dataset
(`newsds.build.lock`), and what a killed one left behind is removed by the next.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from newsds.build.lock import DatasetLock
from newsds.durable import sync_folder
from newsds.errors import DiskFullError, OutputError, VersionExistsError
from newsds.layout import LATEST, File, published_versions, read_latest
from newsds.version import Version

_BUILDING: Final = ".building-"
_TRIES: Final = 20
"""To make the folder and take its lock, while other builds fail and remove it."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_REMEDIES: Final = {
    errno.ENOSPC: "free some space on that disk, or choose another folder",
    errno.EDQUOT: "free some of your quota, or choose another folder",
    errno.EACCES: "give yourself permission to write there, or choose another folder",
    errno.EPERM: "give yourself permission to write there, or choose another folder",
    errno.EROFS: "the file system is read-only: choose another folder",
    errno.ENOTDIR: "a file is where a folder must be: move it away, or choose another folder",
    errno.EEXIST: "a file is where a folder must be: move it away, or choose another folder",
    errno.ENAMETOOLONG: "choose a folder with a shorter path",
}


@contextmanager
def output_errors(path: str | os.PathLike[str], *, needed: int | None = None) -> Iterator[None]:
    """Turn what the operating system says while writing `path` into an OutputError with a remedy.

    Args:
        path: what is written.
        needed: bytes that it takes, about, where that is known.

    >>> with output_errors("dist"):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    newsds.errors.DiskFullError: cannot write dist: No space left on device
    """
    try:
        yield
    except OSError as error:
        place = error.filename if isinstance(error.filename, str) else os.fspath(path)
        what = f"cannot write {place}: {error.strerror or error}"
        remedy = _REMEDIES.get(error.errno or 0, "check the disk; nothing was published, so simply build again")
        if error.errno in _FULL:
            raise DiskFullError(what, remedy + (f"; some {needed:,} bytes are needed" if needed else "")) from error
        raise OutputError(what, remedy) from error


class Sink:
    """A new file that knows its length and SHA-256, and is on the disk when it is closed. Arrow writes into it."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("xb")
        self._digest = hashlib.sha256()
        self.length = 0
        self.mode = "wb"

    def write(self, data: bytes | memoryview) -> int:
        """Write all of `data`."""
        self._digest.update(data)
        self._file.write(data)
        size = memoryview(data).nbytes
        self.length += size
        return size

    def tell(self) -> int:
        """Return bytes written."""
        return self.length

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        self._file.flush()

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._file.closed

    def close(self) -> None:
        """Bring the file to the disk and close it."""
        if not self._file.closed:
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
            finally:
                self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            self.close()
        else:
            with suppress(OSError):  # of a file that will be removed
                self._file.close()

    def file(self, name: str) -> File:
        """Return its line for the manifest."""
        return File(path=name, bytes=self.length, sha256=self._digest.hexdigest())


def write_file(folder: Path, name: str, text: str) -> File:
    """Write a new file into the folder of a version; a folder in its name is made."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    with Sink(folder / name) as sink:
        sink.write(text.encode())
    return sink.file(name)


class Staging(AbstractContextManager["Staging"]):
    """The place where a version is made.

    Raises:
        DatasetLockedError: another process writes `dataset`.
        OutputError: nothing can be written to it.
    """

    def __init__(self, dataset: Path) -> None:
        self.dataset = dataset
        """folder of the dataset, which gets the version"""
        self._made: list[Path] = []
        self._lock = DatasetLock(dataset)
        self._temporary: Path | None = None

    def __enter__(self) -> Self:
        try:
            with output_errors(self.dataset):
                self._take_dataset()
                for dead in sorted(self.dataset.glob(f"{_BUILDING}*")):
                    shutil.rmtree(dead, ignore_errors=True)
                self._temporary = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=self.dataset))
                self.version.mkdir()
                self.parts.mkdir()
        except BaseException:
            self._clean()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._clean()

    @property
    def _place(self) -> Path:
        if self._temporary is None:
            raise ValueError("not entered")
        return self._temporary

    @property
    def version(self) -> Path:
        """The folder that becomes the version."""
        return self._place / "version"

    @property
    def parts(self) -> Path:
        """A folder for what is only needed meanwhile."""
        return self._place / "parts"

    def publish(self, version: Version) -> Path:
        """Make the folder the version, and let `latest` name the newest.

        Raises:
            VersionExistsError: it is there already.
            OutputError: the disk fails; then nothing is published.
        """
        target = self.dataset / str(version)
        with output_errors(target):
            for folder, _, _ in os.walk(self.version, topdown=False):
                sync_folder(Path(folder))
            # rename would take the place of an empty folder
            refuse_published(target)
            try:
                self.version.rename(target)
            except OSError as error:
                if os.path.lexists(target):
                    raise _exists(target) from error
                raise
            try:
                sync_folder(self.dataset)
                self._move_latest()
            except BaseException:
                # what is said to have failed must not be there
                with suppress(OSError):
                    target.rename(self.version)
                raise
        return target

    def mend_latest(self) -> None:
        """Let `latest` name the newest version, if a build was killed before it did."""
        with output_errors(self.dataset / LATEST):
            self._move_latest()

    def _move_latest(self) -> None:
        newest = str(published_versions(self.dataset)[-1])
        if read_latest(self.dataset) == newest:
            return
        new = self._place / LATEST
        new.unlink(missing_ok=True)
        with Sink(new) as sink:
            sink.write(f"{newest}\n".encode())
        new.replace(self.dataset / LATEST)
        # all names are in place; if the disk loses this one after all, readers take the newest version instead
        with suppress(OSError):
            sync_folder(self.dataset)

    def _take_dataset(self) -> None:
        for left in reversed(range(_TRIES)):
            try:
                self._make(self.dataset)
                self._lock.__enter__()
            except FileNotFoundError:  # another build failed, and removed the folder that it had made
                if not left:
                    raise
            else:
                return

    def _make(self, folder: Path) -> None:
        missing = [f for f in (folder, *folder.parents) if not f.exists()]
        for one in reversed(missing):
            with suppress(FileExistsError):  # another build was quicker
                one.mkdir()
                self._made.append(one)
        if os.path.lexists(folder) and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))

    def _clean(self) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)
        self._lock.__exit__(None, None, None)
        for folder in reversed(self._made):
            with suppress(OSError):  # something was published in it
                folder.rmdir()


def refuse_published(target: Path) -> None:
    """Refuse a version that is there.

    Raises:
        VersionExistsError: it is.
    """
    if os.path.lexists(target):
        raise _exists(target)


def _exists(target: Path) -> VersionExistsError:
    return VersionExistsError(
        f"{target} exists, and a published version does not change",
        "give another --version, or leave it out to get the next",
    )
