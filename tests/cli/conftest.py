"""What the tests of the command line share: a runner in this process, and one that starts newsds for real."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsds.cli import main

if sys.platform != "win32":
    import termios

ROOT = Path(__file__).parents[2]
HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
BODY = "\n\n".join(
    f"Sentence number {n} of this article says little, at some length, and ends here. " * 3 for n in range(4)
)
PAGE = (
    f"A headline about nothing\n\nA headline about nothing\n\n{BODY}\n\n"
    "Tags\n\nNothing\n\n<<: The page before this one\n\n>>: The page after it\n"
)

Invoke = Callable[..., Result]


@pytest.fixture
def invoke(monkeypatch: pytest.MonkeyPatch) -> Invoke:
    for name in ("NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def run(*args: str | Path, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(a) for a in args], input=stdin)

    return run


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(PAGE, encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a process ended."""

    code: int
    stdout: str
    stderr: str


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start() -> Start:
    """Start newsds in a process of its own."""

    def popen(*args: str | Path, env: Mapping[str, str] | None = None, **options: object) -> subprocess.Popen[bytes]:
        clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "TERM", "PYTHONIOENCODING")}
        clean |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "TERM": "xterm", **(env or {})}
        command = [sys.executable, "-W", "error", "-m", "newsds", *map(str, args)]
        before = signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # it is ignored where tests run behind a shell
        try:
            return subprocess.Popen(command, env=clean, **options)  # type: ignore[call-overload, no-any-return]
        finally:
            signal.signal(signal.SIGINT, before)

    return popen


@pytest.fixture
def run(start: Start) -> Callable[..., Ended]:
    """Run newsds in a process of its own, output into pipes or, where asked, into a terminal."""

    def to_end(
        *args: str | Path, terminal: tuple[str, ...] = (), stdin: bytes = b"", env: Mapping[str, str] | None = None
    ) -> Ended:
        ends = {name: os.openpty() if name in terminal else os.pipe() for name in ("stdout", "stderr")}
        for name in terminal:
            termios.tcsetwinsize(ends[name][0], (24, 100))
        # a terminal has its far end second, as a pipe has the one to write to
        process = start(*args, env=env, stdin=subprocess.PIPE, stdout=ends["stdout"][1], stderr=ends["stderr"][1])
        assert process.stdin is not None
        try:
            for _, far in ends.values():
                os.close(far)
            with process.stdin:
                process.stdin.write(stdin)
            seen = _drain({near: name for name, (near, _) in ends.items()})
            return Ended(code=process.wait(), **seen)
        finally:
            process.kill()
            process.wait()
            for near, _ in ends.values():
                os.close(near)

    return to_end


def _drain(names: Mapping[int, str]) -> dict[str, str]:
    """Read all to the end, each as it comes: a stream nobody reads fills up and stops its writer."""
    seen = dict.fromkeys(names.values(), b"")
    with selectors.DefaultSelector() as selector:
        for number in names:
            selector.register(number, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                try:
                    part = os.read(key.fd, 1 << 16)
                except OSError:  # how Linux says that the far end of a terminal is closed
                    part = b""
                if part:
                    seen[names[key.fd]] += part
                else:
                    selector.unregister(key.fd)
    return {name: text.decode("utf-8") for name, text in seen.items()}


def assert_failed(result: Result | Ended, code: int, *parts: str) -> None:
    """An error is two lines on standard error, what is wrong and what to do, nothing on standard output."""
    stderr = result.stderr
    status = result.exit_code if isinstance(result, Result) else result.code
    assert status == code, stderr
    lines = stderr.split("\n")
    assert len(lines) == 3, stderr
    assert lines[0].startswith("newsds: ")
    assert lines[1].startswith("  → ")
    assert lines[2] == ""
    assert not result.stdout
    assert not HOSTILE.search(stderr)
    for part in parts:
        assert part in stderr
