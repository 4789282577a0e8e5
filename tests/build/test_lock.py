"""One writer at a time, whoever dies; the others are told who it is."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from newsds.build import lock
from newsds.build.lock import DatasetLock, Holder
from newsds.build.publish import Staging
from newsds.errors import DatasetLockedError

HAS_FLOCK = find_spec("fcntl") is not None
KINDS = ["by system", "by name"] if HAS_FLOCK else ["by name"]

CONTENDER = """
import sys
from pathlib import Path
from newsds.build import lock
from newsds.errors import DatasetLockedError

if sys.argv[2] == "by name":
    lock.fcntl = None
for _ in sys.stdin:
    held = lock.DatasetLock(Path(sys.argv[1]))
    try:
        held.__enter__()
    except DatasetLockedError as error:
        print(error, flush=True)
        sys.stdin.readline()
    else:
        print("won", flush=True)
        sys.stdin.readline()
        held.__exit__(None, None, None)
    print("done", flush=True)
"""


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "by name":
        monkeypatch.setattr(lock, "fcntl", None)
    return str(request.param)


class Contender:
    """A process that takes the lock when told."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CONTENDER, str(folder), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def say(self, what: str = "go") -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{what}\n")

    def answer(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def __enter__(self) -> Contender:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def test_a_second_writer_is_refused_at_once_and_told_who_writes(kind: str, tmp_path: Path) -> None:
    with DatasetLock(tmp_path):
        before = time.monotonic()
        with pytest.raises(DatasetLockedError) as error, DatasetLock(tmp_path):
            pass
        assert time.monotonic() - before < 1
    assert error.value.message == f"process {os.getpid()} on this machine writes {tmp_path}"
    assert error.value.exit_code == 10
    assert ("remove" in error.value.remedy) == (kind == "by name")
    assert [*tmp_path.iterdir()] == []
    with DatasetLock(tmp_path):
        pass


def test_a_killed_writer_leaves_no_lock(kind: str, tmp_path: Path) -> None:
    with Contender(tmp_path, kind) as other:
        other.say()
        assert other.answer() == "won"
        with pytest.raises(DatasetLockedError, match=f"process {other.process.pid} on this machine"):
            Staging(tmp_path).__enter__()
        other.process.kill()
        other.process.wait()
        left = [p.name for p in tmp_path.iterdir()]
        assert len(left) == 1
        with Staging(tmp_path):
            pass
    assert [*tmp_path.iterdir()] == []


def test_a_number_that_was_given_again_is_no_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    me = Holder.me()
    assert me.started is not None
    (tmp_path / ".lock.pid").write_bytes(replace(me, started=me.started - 60).content())
    with DatasetLock(tmp_path):
        pass
    (tmp_path / ".lock.pid").write_bytes(replace(me, started=None).content())
    with pytest.raises(DatasetLockedError), DatasetLock(tmp_path):
        pass


@pytest.mark.parametrize("left", [b"", b"{}", b"nothing", b'{"pid": "1", "host": "a", "started": null}'])
def test_a_lock_that_names_nobody_stays_and_says_how_to_remove_it(
    left: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    (tmp_path / ".lock.pid").write_bytes(left)
    with pytest.raises(DatasetLockedError, match="another process") as error, DatasetLock(tmp_path):
        pass
    assert str(tmp_path / ".lock.pid") in error.value.remedy
    assert (tmp_path / ".lock.pid").read_bytes() == left


def test_a_process_of_another_machine_is_believed_to_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    other = Holder(pid=2**22 + 1, host="elsewhere.example", started=1.0)
    (tmp_path / ".lock.pid").write_bytes(other.content())
    with pytest.raises(DatasetLockedError, match="on elsewhere") as error, DatasetLock(tmp_path):
        pass
    assert "remove" in error.value.remedy


@pytest.mark.skipif(not HAS_FLOCK, reason="the system has no flock")
def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(*_: Any) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", no_locks)
    with DatasetLock(tmp_path):
        assert [p.name for p in tmp_path.iterdir()] == [".lock.pid"]
        with pytest.raises(DatasetLockedError), DatasetLock(tmp_path):
            pass
    assert [*tmp_path.iterdir()] == []


@pytest.mark.skipif(not HAS_FLOCK, reason="the system has no flock")
def test_what_the_file_says_does_not_matter_where_the_system_has_locks(tmp_path: Path) -> None:
    living = Holder.me()
    (tmp_path / ".lock").write_bytes(living.content())
    with DatasetLock(tmp_path):
        assert json.loads((tmp_path / ".lock").read_text())["pid"] == os.getpid()


def test_a_full_disk_leaves_no_lock(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="No space left"), DatasetLock(tmp_path):
            pass
    assert [*tmp_path.iterdir()] == []
    with DatasetLock(tmp_path):
        pass


@pytest.mark.skipif(not HAS_FLOCK, reason="the system has no flock")
def test_a_file_that_its_holder_removed_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    real = fcntl.flock
    calls = 0

    def released_just_before(number: int, how: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            (tmp_path / ".lock").unlink()
        real(number, how)

    monkeypatch.setattr("fcntl.flock", released_just_before)
    with DatasetLock(tmp_path):
        assert (tmp_path / ".lock").exists()
        with pytest.raises(DatasetLockedError), DatasetLock(tmp_path):
            pass


def test_there_is_never_more_than_one_holder(kind: str, tmp_path: Path) -> None:
    holders: list[int] = []
    most: list[int] = []

    def contend(number: int) -> int:
        won = 0
        for _ in range(150):
            try:
                with DatasetLock(tmp_path):
                    holders.append(number)
                    time.sleep(0)
                    most.append(len(holders))
                    holders.remove(number)
                    won += 1
            except DatasetLockedError:
                pass
        return won

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(contend, range(4)))
    assert set(most) == {1}
    assert len(most) == sum(won) > 0
    assert [*tmp_path.iterdir()] == []


@pytest.mark.slow
def test_of_eight_that_race_one_wins(kind: str, tmp_path: Path) -> None:
    name = ".lock.pid" if kind == "by name" else ".lock"
    with ExitStack() as stack:
        contenders = [stack.enter_context(Contender(tmp_path, kind)) for _ in range(8)]
        for round_number in range(50):
            if round_number % 2:
                dead = Holder(pid=2**22 + 1, host=Holder.me().host, started=float(round_number))
                (tmp_path / name).write_bytes(dead.content())
            for one in contenders:
                one.say()
            answers = [one.answer() for one in contenders]
            winner = contenders[answers.index("won")].process.pid
            assert answers.count("won") == 1
            others = [answer for answer in answers if answer != "won"]
            expected = f"process {winner} on this machine writes {tmp_path}"
            unknown = f"another process writes {tmp_path}"
            assert set(others) <= ({expected, unknown} if kind == "by name" else {expected})
            for one in contenders:
                one.say()
            assert {one.answer() for one in contenders} == {"done"}
            assert [*tmp_path.iterdir()] == []
