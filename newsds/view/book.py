"""Labels on disk: a file that `newsds train` reads, and beside it a journal of every change.

    labels.jsonl            the labels of the pages that are done: replaced as a whole, by a rename
    labels.jsonl.journal    every change to every page, a line each: on the disk before it is shown

So what is on the screen is saved, and a program, browser or machine that dies in between loses nothing. A last line of
the journal that is not whole was never shown; the next start cuts it off.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from newsds.durable import replace_file, sync_folder
from newsds.errors import DataError, OutputError, UsageError
from newsds.model import Role
from newsds.view.history import Change, History

try:
    import fcntl
except ImportError:  # not on Windows: nobody keeps two from writing at once there
    fcntl = None  # type: ignore[assignment]

JOURNAL: Final = ".journal"
"""Behind the name of the labels file."""


class LabelBook:
    """The labels of some pages; a context manager. Its methods may be called from several threads.

    Args:
        out: the labels file; it and its journal are made when there is something to write.

    Raises:
        DataError: the journal is damaged, or labels are there that no journal is of.
        OutputError: nothing can be written there.
        UsageError: another program writes to it.

    >>> import tempfile
    >>> out = Path(tempfile.mkdtemp(), "labels.jsonl")
    >>> with LabelBook(out) as book:
    ...     _ = book.open("a", "0" * 64, [Role.BODY])
    ...     _ = book.change("a", {0: Role.TITLE})
    >>> with LabelBook(out) as book:
    ...     [str(role) for role in book.open("a", "0" * 64, [Role.BODY]).roles]
    ['title']
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self._lock = threading.RLock()
        self._pages: dict[str, tuple[str, History]] = {}
        journal = out.with_name(out.name + JOURNAL)
        with _output_errors(journal):
            self._file = os.open(journal, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
            sync_folder(journal.parent)
        try:
            if fcntl is not None:
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise UsageError(
                        f"another newsds label writes to {out}", "end it first, or give another --out"
                    ) from None
                except OSError:  # a file system without locks
                    pass
            with _output_errors(journal):
                self._length = self._replay(journal)
        except BaseException:
            os.close(self._file)
            raise

    def __enter__(self) -> LabelBook:
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:  # a change that is being written is written to its end
            os.close(self._file)

    def __contains__(self, page: str) -> bool:
        return page in self._pages

    def open(self, page: str, digest: str, roles: Sequence[Role]) -> History:
        """Return the roles of a page as they were left; a page nobody has opened begins with those given.

        Args:
            page: its id in the labels file.
            digest: of its content and of where its blocks lie.
            roles: of its blocks, before anybody changed them.

        Raises:
            DataError: its blocks are not those that were labelled, or it has labels already that are not from here.
            OutputError: it cannot be written down.
        """
        with self._lock:
            if page in self._pages:
                known, history = self._pages[page]
                if known != digest:
                    raise DataError(
                        f"the blocks of {page} are not those that were labelled in {self.out}",
                        "go on with the version of newsds they were labelled with, or give another --out",
                    )
                return history
            if page in self._lines():
                raise DataError(
                    f"{self.out} has labels of {page} already, and no journal of them",
                    "give another --out",
                )
            self._append({"page": page, "do": "open", "digest": digest, "roles": list(roles)})
            self._pages[page] = digest, History.begin(roles)
            return self._pages[page][1]

    def history(self, page: str) -> History | None:
        """Return the roles of a page; None if nobody has opened it."""
        return self._pages[page][1] if page in self._pages else None

    def change(self, page: str, roles: Change) -> History:
        """Give blocks of a page other roles.

        Raises:
            OutputError: it cannot be written down; then it did not happen.
            ValueError: the page has no such block.
        """
        return self._step(page, {"do": "change", "roles": {str(b): r for b, r in roles.items()}})

    def undo(self, page: str) -> History:
        """Take the last change to a page back."""
        return self._step(page, {"do": "undo"})

    def redo(self, page: str) -> History:
        """Make the change again that was last taken back."""
        return self._step(page, {"do": "redo"})

    def finish(self, page: str, line: Mapping[str, Any]) -> History:
        """Declare a page done, and put its line in the labels file, in the place of an older one.

        Raises:
            OutputError: it cannot be written; then the page is not done.
        """
        with self._lock:
            lines = self._lines()
            lines[page] = json.dumps(line, ensure_ascii=False).encode("utf-8", "surrogatepass")
            self._replace(b"".join(one + b"\n" for one in lines.values()))
            return self._step(page, {"do": "finish"})

    def _step(self, page: str, step: Mapping[str, Any]) -> History:
        with self._lock:
            digest, history = self._pages[page]
            after = _STEPS[step["do"]](history, step)
            self._append({"page": page, **step})
            self._pages[page] = digest, after
            return after

    def _append(self, step: Mapping[str, Any]) -> None:
        """Bring a line to the disk, whole or not at all."""
        line = json.dumps(step, ensure_ascii=False).encode() + b"\n"
        with _output_errors(self.out.with_name(self.out.name + JOURNAL)):
            try:
                os.ftruncate(self._file, self._length)  # what a failure left that could not be taken back at once
                os.lseek(self._file, self._length, os.SEEK_SET)
                rest = memoryview(line)
                while rest:
                    rest = rest[os.write(self._file, rest) :]
                os.fsync(self._file)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(self._file, self._length)
                raise
            self._length += len(line)

    def _replay(self, journal: Path) -> int:
        """Take every step again, and return the length of the journal up to the last whole line."""
        with os.fdopen(os.dup(self._file), "rb") as file:
            content = file.read()
        whole = content.rfind(b"\n") + 1
        for number, line in enumerate(content[:whole].splitlines(), 1):
            try:
                step = json.loads(line)
                if step["do"] == "open":
                    self._pages[step["page"]] = str(step["digest"]), History.begin(step["roles"])
                else:
                    digest, history = self._pages[step["page"]]
                    self._pages[step["page"]] = digest, _STEPS[step["do"]](history, step)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                raise DataError(
                    f"{journal}, line {number}: no step of newsds label",
                    "restore the file, or move it away together with the labels and begin anew",
                ) from error
        os.ftruncate(self._file, whole)
        return whole

    def _lines(self) -> dict[str, bytes]:
        """Return the lines of the labels file by the id of their page, as they are."""
        try:
            content = self.out.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise OutputError(f"cannot read {self.out}: {error.strerror}", "check the path and the disk") from error
        lines = {}
        for number, line in enumerate(content.split(b"\n"), 1):
            if not line.strip():
                continue
            try:
                lines[str(json.loads(line)["id"])] = line.rstrip(b"\r")
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise DataError(
                    f"{self.out}, line {number}: no labels of a page", "mend the line, or give another --out"
                ) from error
        return lines

    def _replace(self, content: bytes) -> None:
        with _output_errors(self.out):
            mode = self.out.stat().st_mode & 0o777 if self.out.exists() else 0o644
            replace_file(self.out, content, mode=mode)
            sync_folder(self.out.parent)


def _changed(history: History, step: Mapping[str, Any]) -> History:
    return history.change({int(block): Role(role) for block, role in step["roles"].items()})


_STEPS: Final[Mapping[str, Callable[[History, Mapping[str, Any]], History]]] = {
    "change": _changed,
    "undo": lambda history, _: history.undo(),
    "redo": lambda history, _: history.redo(),
    "finish": lambda history, _: history.finish(),
}


@contextmanager
def _output_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"cannot write {path}: {error.strerror or error}",
            "make room or give yourself permission there; nothing was changed",
        ) from error
