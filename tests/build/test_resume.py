"""Whatever stops a build, and wherever: no version is harmed, and the next build ends in the same bytes."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from newsds.build import build, plan, run, worker
from newsds.errors import DiskFullError, NewsdsError, OutputError
from newsds.pipeline import extract_pages
from newsds.validate import validate
from tests.build import faults

Make = Callable[..., Path]
ROOT = Path(__file__).parents[2]
FAULTS = {"full": faults.full, "broken": faults.broken, "short": faults.short}


def tree(folder: Path) -> dict[str, bytes]:
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not {".cache", ".lock"} & {*p.parts})
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several parts of few pages, and a fast disk."""
    monkeypatch.setattr(plan, "TASK_FILES", 2)
    monkeypatch.setattr(os, "fsync", lambda _: None)


def failure(folder: Path, out: Path) -> OutputError | None:
    """Build; return why it could not be."""
    try:
        build(folder, out)
    except OutputError as error:
        return error
    return None


def assert_nothing_half(out: Path, whole: dict[str, bytes]) -> bool:
    """Say whether the version is there; what is there is whole."""
    version = out / "pages/1.0.0"
    if version.exists():
        assert tree(version) == {k.removeprefix("pages/1.0.0/"): v for k, v in whole.items() if "1.0.0" in k}
    assert not (out / "pages/latest").exists() or version.exists()
    return version.exists()


# --- what fails -------------------------------------------------------------------------------------------------------


FAST = [(fault, operations, step) for fault in FAULTS for operations, step in ((faults.NAMES, 2), (("write",), 1))]
SLOW = [("broken", faults.NAMES, 1000), ("full", faults.NAMES, 6), ("short", faults.NAMES, 6), ("short", ("write",), 6)]


@pytest.mark.parametrize(
    ("fault", "operations", "step"), [*FAST, *(pytest.param(*one, marks=pytest.mark.slow) for one in SLOW)]
)
def test_an_operation_that_fails(
    make_pages: Make, tmp_path: Path, small_tasks: None, fault: str, operations: Sequence[str], step: int
) -> None:
    """One operation after the other fails, once; after it, and after the next build, all is as it should be."""
    folder, out = make_pages(5, empty_dot_txt=b""), tmp_path / "out"
    build(folder, tmp_path / "whole")
    whole = tree(tmp_path / "whole")
    number, failed = 0, 0
    while True:
        number += 1 + number // step
        with pytest.MonkeyPatch.context() as patch:
            calls = faults.inject(patch, number, FAULTS[fault], once=True, operations=operations)
            error = failure(folder, out)
        failed += error is not None
        assert error is None or isinstance(error, DiskFullError) == (fault == "full")
        done = calls() < number
        assert assert_nothing_half(out, whole) or error is not None
        if error is not None:
            build(folder, out)  # on what the other left in the cache
        assert tree(out) == whole
        assert not list(out.rglob(".building-*"))
        shutil.rmtree(out)
        if done:
            break
    assert failed > 4


def test_a_disk_that_stays_full(make_pages: Make, tmp_path: Path, small_tasks: None) -> None:
    """Every build gets some operations further than the last, from which it takes what it can."""
    folder, out = make_pages(5), tmp_path / "out"
    build(folder, tmp_path / "whole")
    whole = tree(tmp_path / "whole")
    failed = 0
    while True:
        with pytest.MonkeyPatch.context() as patch:
            faults.inject(patch, 1 + 23 * failed, faults.full)
            error = failure(folder, out)
        if error is None:
            break
        failed += 1
        assert isinstance(error, DiskFullError)
        assert error.remedy.startswith("free some space")
        assert not assert_nothing_half(out, whole)
    assert tree(out) == whole
    assert failed > 5


def test_bytes_needed(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = make_pages(3), tmp_path / "out"

    def stop(*_: object) -> None:
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    monkeypatch.setattr(run, "write_articles", stop)
    with pytest.raises(DiskFullError) as error:
        build(folder, out)
    (part,) = (out / "pages/.cache").glob("*/*.part")
    assert error.value.exit_code == 12
    assert f"some {part.stat().st_size:,} bytes are needed" in error.value.remedy


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system of Linux")
def test_a_file_system_that_is_full(make_pages: Make, tmp_path: Path) -> None:
    folder, small = make_pages(40), tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        with pytest.raises(DiskFullError) as error:
            build(folder, small)
        assert error.value.remedy.startswith("free some space")
        assert not (small / "pages/1.0.0").exists()
        subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
        assert validate(build(folder, small).path)
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_ctrl_c(make_pages: Make, tmp_path: Path, small_tasks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = make_pages(6), tmp_path / "out"
    build(folder, tmp_path / "whole")
    real, done = extract_pages, 0

    def extract(*args: object, **options: object) -> object:
        nonlocal done
        done += 1
        if done == 3:
            raise KeyboardInterrupt
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "extract_pages", extract)
    with pytest.raises(KeyboardInterrupt):
        build(folder, out)
    build(folder, out)
    assert done == 4  # three tasks, of which one was begun twice
    assert tree(out) == tree(tmp_path / "whole")


# --- what kills -------------------------------------------------------------------------------------------------------

SCRIPT = """
import os, random, signal, sys, time
import pytest
from newsds.build import build, plan, run, worker
from newsds.build import run
from tests.build import faults
import newsds.card, newsds.blocks.html  # so that a child begins at once
plan.TASK_FILES = 2
source, out, first, step, count = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])

def child(number, cache):
    patch = pytest.MonkeyPatch()
    calls = faults.inject(patch, number, faults.killed)
    build(source, out, cache=cache)
    os._exit(0 if calls() < number else 1)

number = first
for _ in range(count):
    pid = os.fork()
    if not pid:
        try:
            child(number, sys.argv[6] == "cache")
        finally:
            os._exit(3)
    status = os.waitpid(pid, 0)[1]
    print(number, -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)
    assert sys.stdin.readline(), "the test has looked at it"
    number += step
"""


def killed_at(folder: Path, out: Path, whole: dict[str, bytes], first: int, step: int, *, fresh: bool) -> int:
    """Kill builds at one operation after the other until one lives; after each, look, and build to the end."""
    script = out.parent / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(folder), str(out), str(first), str(step), "100000", "cache"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    deaths = 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        assert process.stdin
        while line := process.stdout.readline():
            number, code = map(int, line.split())
            assert code in (0, -signal.SIGKILL), (number, code)
            published = assert_nothing_half(out, whole)
            if code == 0:
                process.kill()
                break
            deaths += 1
            if fresh:
                if deaths % 5 == 1 or published:
                    build(folder, out)
                    assert tree(out) == whole, number
                shutil.rmtree(out, ignore_errors=True)
            process.stdin.write("\n")
            process.stdin.flush()
    assert code == 0
    assert tree(out) == whole
    return deaths


@pytest.fixture
def pages(make_pages: Make, tmp_path: Path, small_tasks: None) -> tuple[Path, Path, dict[str, bytes]]:
    folder = make_pages(5, empty_dot_txt=b"")
    build(folder, tmp_path / "whole")
    return folder, tmp_path / "out", tree(tmp_path / "whole")


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")


@forks
def test_killed_again_and_again(pages: tuple[Path, Path, dict[str, bytes]]) -> None:
    """Each build is killed some operations later than the last, and goes on with what that left."""
    assert killed_at(*pages, first=1, step=60, fresh=False) > 2


@forks
@pytest.mark.slow
def test_killed_at_one_operation_after_the_other(pages: tuple[Path, Path, dict[str, bytes]]) -> None:
    assert killed_at(*pages, first=1, step=9, fresh=True) > 20


RANDOM = """
import os, sys
from newsds.build import build, plan
plan.TASK_FILES = 2
if __name__ == "__main__":
    print("ready", flush=True)
    build(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]))
"""
FORKED = """
import os, random, signal, sys, time
from newsds.build import build, plan
import newsds.card, newsds.blocks.html
plan.TASK_FILES = 2
chance = random.Random(int(sys.argv[3]))
seconds, deaths = 0.2, 0
while deaths < int(sys.argv[4]):
    pid = os.fork()
    if not pid:
        try:
            build(sys.argv[1], sys.argv[2])
            os._exit(0)
        finally:
            os._exit(3)
    began = time.monotonic()
    time.sleep(chance.uniform(0, seconds))
    os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    lived = not os.WIFSIGNALED(status)
    if lived:
        assert os.WEXITSTATUS(status) == 0, status
        seconds = 0.9 * seconds  # too late
    else:
        deaths += 1
        seconds = min(2.0, 1.05 * seconds)
    print(int(lived), flush=True)
    assert sys.stdin.readline()
"""


@forks
@pytest.mark.slow
def test_killed_at_a_hundred_random_moments(pages: tuple[Path, Path, dict[str, bytes]]) -> None:
    folder, out, whole = pages
    script = out.parent / "script.py"
    script.write_text(FORKED)
    command = [sys.executable, str(script), str(folder), str(out), "7", "100"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    moments = 0
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout
        assert process.stdin
        while line := process.stdout.readline():
            moments += line == "0\n"
            if assert_nothing_half(out, whole):
                shutil.rmtree(out)
            elif moments % 10 == 0:
                build(folder, out)
                assert tree(out) == whole
                shutil.rmtree(out)
            process.stdin.write("\n")
            process.stdin.flush()
    assert process.returncode == 0
    assert moments == 100


@pytest.mark.slow
def test_workers_killed_with_their_parent(pages: tuple[Path, Path, dict[str, bytes]]) -> None:
    folder, out, whole = pages
    script = out.parent / "script.py"
    script.write_text(RANDOM)
    chance = random.Random(3)
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, str(script), str(folder), str(out), "2"],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(chance.uniform(0.5, 3))
            process.kill()
        assert_nothing_half(out, whole)
    until = time.monotonic() + 20
    while True:
        try:
            build(folder, out, workers=2)
            break
        except NewsdsError:  # the workers hold the lock for a moment longer
            if time.monotonic() > until:
                raise
    assert tree(out) == whole
