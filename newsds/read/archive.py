"""What readers of archives share: a member as a stream of its own, bounds on what an input may hold, reading ahead."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO, Final

from newsds.codes import Flag, Reason
from newsds.read.settings import ReadSettings

CHUNK: Final = 1 << 16
_FREE: Final = 64 * 2**20
"""Bytes an input may expand to whatever its length."""


class LimitReachedError(Exception):
    """An input is past a limit that ends its reading; it never leaves `newsds.read`."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


class Allowance:
    """What one input may still hold, however its archives and compressions are nested.

    Args:
        settings: the limits.
        stored: bytes of the input; None if it has no end that is known.
    """

    def __init__(self, settings: ReadSettings, stored: int | None) -> None:
        self._settings = settings
        self._stored = stored
        self._expanded = self._members = 0

    def expand(self, size: int) -> None:
        """Count bytes that were unpacked.

        Raises:
            LimitReachedError: there are too many.
        """
        self._expanded += size
        limit = self._settings.expanded_bytes
        if self._expanded > limit:
            raise LimitReachedError(Reason.EXPANDED, f"it unpacks to more than the limit expanded_bytes, {limit}")
        ratio = self._settings.expansion_ratio
        # twice: once for the archive that is unpacked, and once for what is unpacked of its members
        if self._stored is not None and self._expanded > max(_FREE, 2 * ratio * self._stored):
            message = f"{self._stored} bytes unpack to more than the limit expansion_ratio, {ratio}, allows"
            raise LimitReachedError(Reason.EXPANDED, message)

    def member(self) -> None:
        """Count a member of an archive.

        Raises:
            LimitReachedError: there are too many.
        """
        self._members += 1
        if self._members > self._settings.members:
            message = f"it holds more members than the limit members, {self._settings.members}"
            raise LimitReachedError(Reason.TOO_MANY, message)


class Window:
    """A stream that can be read ahead of, and that knows where it is."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._ahead = b""
        self.position = 0
        """bytes handed out"""

    def read(self, size: int) -> bytes:
        """Return `size` bytes; fewer only at the end."""
        while len(self._ahead) < size and (more := self._file.read(max(CHUNK, size - len(self._ahead)))):
            self._ahead = self._ahead + more if self._ahead else more
        out, self._ahead = self._ahead[:size], self._ahead[size:]
        self.position += len(out)
        return out

    def some(self, size: int) -> bytes:
        """Return `size` bytes at most; nothing only at the end."""
        if not self._ahead:
            self._ahead = self._file.read(CHUNK)
        out, self._ahead = self._ahead[:size], self._ahead[size:]
        self.position += len(out)
        return out

    def unread(self, data: bytes) -> None:
        """Put back what was read last."""
        self._ahead = data + self._ahead
        self.position -= len(data)

    def skip_to(self, mark: bytes) -> bool:
        """Read on to the next `mark`, and say whether there is one; it is read next."""
        while data := self.read(CHUNK):
            found = data.find(mark)
            if found >= 0:
                self.unread(data[found:])
                return True
            if len(data) < CHUNK:
                return False
            self.unread(data[len(data) - len(mark) + 1 :])
        return False


class MemberStream(io.RawIOBase):
    """The content of a member, to be read once, from its first byte on."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: str | None = None
        """why it ended before its end, or is not what its archive says"""
        self.flag: Flag = Flag.TRUNCATED
        """what that makes of a page"""

    def readable(self) -> bool:
        """Say yes."""
        return True

    def some(self, size: int) -> bytes:
        """Return `size` bytes at most; nothing only at the end."""
        raise NotImplementedError

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into a buffer."""
        data = self.some(len(buffer))
        buffer[: len(data)] = data
        return len(data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file in an archive."""

    name: str
    """as it stands there: data, never a path on this machine"""
    stream: MemberStream
    record: int
    """its number among the members, from 0"""
    offset: int
    """first byte of its entry in the archive"""
    length: int | None
    """bytes from there to the end of its content, where that is known beforehand"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """A member that is no file: a folder, a link, a device."""

    kind: str
