"""One writer of a dataset at a time.

The lock is one of the operating system (`flock`) on the file `.lock` in the dataset's folder. It ends with the process
that holds it, however that dies, so none is ever left behind; the file names the holder for those who are refused.

Where the file system has no such locks (some network mounts, Windows) the existence of `.lock.pid` is the lock. What a
process that was killed left behind is found by its number and start time, and taken over; of a process on another
machine nobody here can tell whether it lives, so such a lock stays until it is removed by hand.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

import psutil

from newsds.errors import DatasetLockedError

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

_BY_SYSTEM: Final = ".lock"
_BY_NAME: Final = ".lock.pid"
_PATIENCE: Final = 0.5
"""Seconds that a holder has to write down who it is."""
_START_TOLERANCE: Final = 2.0
"""Seconds by which the start of one process differs when it is asked for again: the clock may have been set."""
_REFUSED: Final = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A process that writes a dataset."""

    pid: int
    host: str
    started: float | None
    """when it began, in seconds since 1970; tells it from a later process with its number. None where it is not told"""

    @classmethod
    def me(cls) -> Self:
        """Return this process."""
        return cls(pid=os.getpid(), host=platform.node(), started=_started(os.getpid()))

    @classmethod
    def read(cls, content: bytes) -> Self | None:
        """Return the holder that a lock names; None if it names none."""
        try:
            values = json.loads(content)
            pid, host, started = values["pid"], values["host"], values["started"]
        except (ValueError, TypeError, KeyError, RecursionError):
            return None
        if type(pid) is not int or not isinstance(host, str) or not isinstance(started, float | None):
            return None
        return cls(pid=pid, host=host, started=started)

    def content(self) -> bytes:
        """Return what a lock says of it."""
        return json.dumps(asdict(self)).encode()

    @property
    def here(self) -> bool:
        """Whether it is a process of this machine."""
        return self.host == platform.node()

    @property
    def dead(self) -> bool:
        """Whether it is known to be no more."""
        if not self.here:
            return False
        started = _started(self.pid)
        if started is None:
            return not psutil.pid_exists(self.pid)
        return self.started is not None and abs(started - self.started) > _START_TOLERANCE


def _started(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except (psutil.Error, OSError, ValueError, OverflowError):
        return None


class DatasetLock:
    """Holds the lock on a dataset's folder, which exists.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with DatasetLock(Path(folder)), DatasetLock(Path(folder)):  # doctest: +ELLIPSIS
    ...         pass
    Traceback (most recent call last):
    newsds.errors.DatasetLockedError: process ... writes ...
    """

    def __init__(self, dataset: Path) -> None:
        self._dataset = dataset
        self._number: int | None = None
        self._path: Path | None = None

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            DatasetLockedError: another process has it. It is told at once, and named.
            OSError: there can be no file in the folder.
        """
        until = time.monotonic() + _PATIENCE
        while True:
            refused, holder = self._take()
            if not refused:
                return self
            if holder is not None or time.monotonic() > until:
                raise _locked(self._dataset, refused, holder)
            time.sleep(0.01)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._path is not None:
            with suppress(OSError):  # gone with the folder
                self._path.unlink()
            self._path = None
        if self._number is not None:
            with suppress(OSError):
                fcntl.flock(self._number, fcntl.LOCK_UN)  # a child may have the file open, too
            os.close(self._number)
            self._number = None

    def _take(self) -> tuple[Path | None, Holder | None]:
        """Try once; return the file that another process holds, and that process if the file names it."""
        path = self._dataset / _BY_SYSTEM
        if fcntl is None:
            return self._take_by_name()
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _is(number, path):  # its holder removed it before we had it
                os.close(number)
                return path, None
        except OSError as error:
            held = error.errno in _REFUSED
            holder = Holder.read(os.pread(number, 4096, 0)) if held else None
            os.close(number)
            if held:
                # the name of a dead process: the new holder has not written its own yet
                return path, None if holder is None or holder.dead else holder
            with suppress(OSError):
                path.unlink()
            return self._take_by_name()
        self._number, self._path = number, path
        try:
            os.ftruncate(number, 0)
            os.pwrite(number, Holder.me().content(), 0)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return None, None

    def _take_by_name(self) -> tuple[Path | None, Holder | None]:
        path = self._dataset / _BY_NAME
        if self._create(path):
            return None, None
        try:
            content = path.read_bytes()
        except OSError:  # released meanwhile
            return path, None
        holder = Holder.read(content)
        if holder is None or not holder.dead:
            return path, holder
        # Only who makes this file may remove the dead process's lock, and it looks again before it does: between two
        # looks of its own, another process may have taken over and be at work.
        claim = path.with_name(f"{_BY_NAME}.{hashlib.sha256(content).hexdigest()[:16]}")
        try:
            os.close(os.open(claim, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            return claim, None
        try:
            if path.read_bytes() == content:
                path.unlink()
                if self._create(path):
                    return None, None
        except FileNotFoundError:
            pass
        finally:
            claim.unlink()
        return path, None

    def _create(self, path: Path) -> bool:
        try:
            number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        except FileExistsError:
            return False
        self._path = path
        try:
            os.write(number, Holder.me().content())
        except BaseException:
            self.__exit__(None, None, None)
            raise
        finally:
            os.close(number)
        return True


def _is(number: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(number), path.stat())
    except FileNotFoundError:
        return False


def _locked(dataset: Path, path: Path, holder: Holder | None) -> DatasetLockedError:
    who = "another process"
    if holder is not None:
        who = f"process {holder.pid} on {holder.host}" if not holder.here else f"process {holder.pid} on this machine"
    remedy = "wait until it is done, or end it"
    if path.name != _BY_SYSTEM:
        remedy += f"; if it is no more, remove {path}"
    return DatasetLockedError(f"{who} writes {dataset}", remedy)
