"""One input file → its pages, its digest, and how many of its records are no pages."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from newsds.model import Page, Reason, Rejection
from newsds.read.compression import Prefixed
from newsds.read.dispatch import BUFFER_BYTES, Reading
from newsds.read.files import STDIN, InputFile, find_files
from newsds.read.remote import is_remote, open_remote
from newsds.read.settings import ReadSettings
from newsds.read.sniff import Format

_BLOCK = 1 << 20


class InputReader(Iterable[Page | Rejection]):
    """The pages of an input file, to be iterated once; what it says of the whole holds when that is done.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.jsonl").write_text('{"text": "One"}\\n{"text": "Two"}\\n')
    ...     reader = InputReader(InputFile(source="a.jsonl", path=f"{folder}/a.jsonl"))
    ...     [page.content for page in reader], reader.pages, reader.bytes
    ([b'One', b'Two'], 2, 32)
    """

    def __init__(self, file: InputFile, settings: ReadSettings | None = None) -> None:
        self._file = file
        self._settings = settings or ReadSettings()
        self.bytes: int | None = None
        """length of the file as it is stored; None where it is not known"""
        self.sha256: str | None = None
        """of its bytes, in hex; None where it was not read to its end"""
        self.pages = 0
        """pages and rejections that were given"""
        self.skipped: Mapping[str, int] = {}
        """records that are no pages, by type"""

    def __iter__(self) -> Iterator[Page | Rejection]:
        opened = self._open()
        if isinstance(opened, Rejection):
            self.pages = 1
            yield opened
            return
        raw, size = opened
        self.bytes = size
        with raw:
            digested = _Digested(raw)
            reading = Reading(self._settings, stored=size, any_page=self._file.unnamed)
            failed = False
            for found in reading.pages(io.BufferedReader(digested, BUFFER_BYTES), self._file.source):
                self.pages += 1
                failed = isinstance(found, Rejection) and found.reason is Reason.UNREADABLE
                yield found
            self.skipped = dict(sorted(reading.skipped.items()))
            # what is no page at all is not read for its digest: it may be any file
            if not failed and (reading.format is not Format.UNKNOWN) and not self._too_large(reading, size):
                self._digest(digested)

    def _too_large(self, reading: Reading, size: int | None) -> bool:
        return reading.format is Format.PAGE and size is not None and size > self._settings.page_bytes

    def _digest(self, digested: _Digested) -> None:
        try:
            self.sha256 = digested.finish()
        except OSError:
            return
        self.bytes = digested.length

    def _open(self) -> tuple[BinaryIO, int | None] | Rejection:
        path = self._file.path
        try:
            if path == STDIN:
                return cast(BinaryIO, _StandardInput()), None
            if is_remote(path):
                return open_remote(path)
            status = Path(path).stat()
            if not stat.S_ISREG(status.st_mode):  # a pipe or device would block, or never end
                return Rejection(reason=Reason.UNREADABLE, message="not a regular file", source=self._file.source)
            return cast(BinaryIO, Path(path).open("rb", buffering=0)), status.st_size
        except OSError as error:
            what = error.strerror or ("the remote file cannot be read" if is_remote(path) else "input/output error")
            if not error.strerror and error.args:
                what = str(error.args[0])
            return Rejection(reason=Reason.UNREADABLE, message=what, source=self._file.source)


class _StandardInput(io.RawIOBase):
    """Standard input, which is not ours to close."""

    def __init__(self) -> None:
        super().__init__()
        if sys.stdin is None:
            raise OSError("standard input is closed")
        self._file: BinaryIO = sys.stdin.buffer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Digested(io.RawIOBase):
    """A file of which the digest is made while it is read, in whatever order."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._digest = hashlib.sha256()
        self._position = 0
        self.length = 0
        """bytes from the first that are in the digest"""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._file.seekable()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        count = int(self._file.readinto(buffer) or 0)  # type: ignore[attr-defined]
        end = self._position + count
        if self._position <= self.length < end:
            self._digest.update(memoryview(buffer)[self.length - self._position : count])
            self.length = end
        self._position = end
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._position = self._file.seek(offset, whence)
        return self._position

    def tell(self) -> int:
        return self._position

    def finish(self) -> str:
        """Read what was not read, and return the digest in hex."""
        if self._position != self.length:
            self.seek(self.length)
        buffer = bytearray(_BLOCK)
        while self.readinto(buffer):
            pass
        return self._digest.hexdigest()


def read_input(file: InputFile, settings: ReadSettings | None = None) -> InputReader:
    """Return the reader of an input file: what it gives, and what it is."""
    return InputReader(file, settings)


def read_stream(
    file: BinaryIO, source: str, settings: ReadSettings | None = None, *, prefix: bytes = b""
) -> Iterator[Page | Rejection]:
    """Yield the pages of a stream of any format; what is of none is a page of text.

    Args:
        file: what is left of the stream.
        source: its name.
        settings: names of fields, and limits.
        prefix: what was read of it.

    >>> [page.content for page in read_stream(io.BytesIO(b'{"text": "One"}'), "stdin")]
    [b'One']
    """
    whole = io.BufferedReader(cast(io.RawIOBase, Prefixed(prefix, file)), BUFFER_BYTES)
    return Reading(settings or ReadSettings(), any_page=True).pages(whole, source)


def read(
    source: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    include: Sequence[str] = ("**",),
    exclude: Sequence[str] = (),
    fields: Mapping[str, str] | None = None,
) -> Iterator[Page | Rejection]:
    """Yield the pages of files, folders and archives, file by file in the order of their names.

    Args:
        source: a file, folder, glob, `-` for standard input, an address that fsspec knows, or several of these.
        include: patterns of the files to read in a folder.
        exclude: patterns of those to leave out.
        fields: `text`, `url`, `date` or `language` → name of the field in JSON Lines, Parquet, Arrow and CSV; what is
            not given is found by the names that public corpora use.

    Raises:
        SourceError: a source does not exist.
        UsageError: a field that is none; a remote source whose package is not installed.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "one.txt").write_text("A title")
    ...     _ = pathlib.Path(folder, "two.xyz").write_text("?")
    ...     [(type(x).__name__, x.source) for x in read(folder)]
    [('Page', 'one.txt'), ('Rejection', 'two.xyz')]
    """
    settings = ReadSettings(fields=tuple(sorted((fields or {}).items())))
    sources = [source] if isinstance(source, str | os.PathLike) else source
    for file in find_files(sources, include=include, exclude=exclude):
        yield from read_input(file, settings)
