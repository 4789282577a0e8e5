"""Labels on disk: what was said to be saved is there, whatever happens then."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from newsds.errors import DataError, OutputError, UsageError
from newsds.model import Role
from newsds.view.book import JOURNAL, LabelBook

DIGEST = "0" * 64
FIRST = [Role.BODY] * 5
ROOT = Path(__file__).parents[2]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "labels.jsonl"


def journal(out: Path) -> Path:
    return out.with_name(out.name + JOURNAL)


def roles(out: Path, page: str = "a") -> list[str]:
    with LabelBook(out) as book:
        history = book.history(page)
        return [str(role) for role in history.roles] if history else []


def test_a_page_is_as_it_was_left(out: Path) -> None:
    with LabelBook(out) as book:
        book.open("a", DIGEST, FIRST)
        book.change("a", {1: Role.TAG, 2: Role.TITLE})
        book.change("a", {3: Role.DATE})
        left = book.undo("a")
        book.open("b", DIGEST, [Role.NEXT])
    with LabelBook(out) as book:
        assert book.open("a", DIGEST, [Role.BOILERPLATE] * 5) == left  # what a newer model says does not count
        assert book.redo("a").roles[3] is Role.DATE
        assert book.open("b", DIGEST, []).roles == (Role.NEXT,)


def test_a_torn_journal_is_whole_up_to_the_last_line_that_was_shown(out: Path) -> None:
    shown = []
    with LabelBook(out) as book:
        for step in range(4):
            history = book.change("a", {step: Role.TAG}) if step else book.open("a", DIGEST, FIRST)
            shown.append((journal(out).stat().st_size, [str(role) for role in history.roles]))
    content = journal(out).read_bytes()
    for size in range(len(content) + 1):
        journal(out).write_bytes(content[:size])
        assert roles(out) == ([seen for length, seen in shown if length <= size] or [[]])[-1], size
    with LabelBook(out) as book:  # and it goes on
        book.change("a", {0: Role.TITLE})
    assert roles(out)[0] == "title"


@pytest.mark.parametrize("written", [0, 1, 20])
def test_a_full_disk_changes_nothing(out: Path, monkeypatch: pytest.MonkeyPatch, written: int) -> None:
    write = os.write

    def full(file: int, data: bytes) -> int:
        if left[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        count = write(file, data[: left[0]])
        left[0] -= count
        return count

    with LabelBook(out) as book:
        book.open("a", DIGEST, FIRST)
        before = book.change("a", {0: Role.TAG})
        left = [written]
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full)
            with pytest.raises(OutputError, match="No space left"):
                book.change("a", {1: Role.TAG})
        assert book.history("a") == before
        book.change("a", {2: Role.TITLE})
    assert roles(out) == ["tag", "body", "title", "body", "body"]


def test_labels_are_replaced_as_a_whole(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = b'{"id":  "from elsewhere", "text": "\\u00e9"}'
    out.write_bytes(strange)  # without a line end
    with LabelBook(out) as book:
        book.open("a", DIGEST, FIRST)
        assert book.finish("a", {"id": "a", "title": "One"}).finished
        book.change("a", {0: Role.TAG})
        before = out.read_bytes()
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "Input/output error")))
            with pytest.raises(OutputError, match="Input/output error"):
                book.finish("a", {"id": "a", "title": "Two"})
        assert out.read_bytes() == before
        assert not book.open("a", DIGEST, FIRST).finished
        book.finish("a", {"id": "a", "title": "Three"})
    assert [p.name for p in sorted(out.parent.iterdir())] == ["labels.jsonl", "labels.jsonl.journal"]
    first, second = out.read_bytes().splitlines()
    assert first == strange
    assert json.loads(second) == {"id": "a", "title": "Three"}


def test_labels_from_elsewhere_are_not_touched(out: Path) -> None:
    out.write_text('{"id": "a"}\n', encoding="utf-8")
    with LabelBook(out) as book, pytest.raises(DataError, match="labels of a already"):
        book.open("a", DIGEST, FIRST)


def test_other_blocks_are_not_given_old_roles(out: Path) -> None:
    with LabelBook(out) as book:
        book.open("a", DIGEST, FIRST)
        with pytest.raises(DataError, match="not those that were labelled"):
            book.open("a", "1" * 64, FIRST)


@pytest.mark.parametrize(
    "line", ["x", "[]", '{"page": "b", "do": "undo"}', '{"page": "a", "do": "change", "roles": {"9": "tag"}}']
)
def test_a_damaged_journal_is_named(out: Path, line: str) -> None:
    with LabelBook(out) as book:
        book.open("a", DIGEST, FIRST)
    with journal(out).open("a") as file:
        file.write(line + "\n")
    content = journal(out).read_bytes()
    with pytest.raises(DataError, match=r"journal, line 2"):
        LabelBook(out)
    assert journal(out).read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_two_do_not_write_at_once(out: Path) -> None:
    with LabelBook(out) as book:
        book.open("a", DIGEST, FIRST)
        with pytest.raises(UsageError, match="another newsds label"):
            LabelBook(out)
    assert roles(out) == ["body"] * 5


PROGRAM = """
import sys
from pathlib import Path
from newsds.model import Role
from newsds.view.book import LabelBook

book = LabelBook(Path(sys.argv[1]))
book.open("a", "0" * 64, [Role.BODY] * 1000)
for n in range(1000):
    book.change("a", {n: Role.TAG})
    print(n, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")
@pytest.mark.parametrize("after", [0, 7, 40])
def test_what_was_saved_before_a_kill_is_there(out: Path, after: int) -> None:
    command = [sys.executable, "-c", PROGRAM, str(out)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == after:
                process.send_signal(signal.SIGKILL)
                break
        said = [after, *map(int, process.stdout.read().split())]
    found = roles(out)
    count = found.count("tag")
    assert found[:count] == ["tag"] * count
    assert max(said) + 1 <= count <= max(said) + 2
