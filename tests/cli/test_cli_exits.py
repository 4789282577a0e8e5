"""Every way a command ends."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import newsds.pipeline
from newsds import errors
from newsds.cli import EXIT_CODES, main

from .conftest import HOSTILE, Ended, Invoke, Start, assert_failed


def _all_errors(base: type[errors.NewsdsError]) -> Iterator[type[errors.NewsdsError]]:
    yield base
    for one in base.__subclasses__():
        yield from _all_errors(one)


ERRORS = list(_all_errors(errors.NewsdsError))


def test_every_error_has_a_documented_exit_code(invoke: Invoke) -> None:
    assert {one.exit_code for one in ERRORS} <= set(EXIT_CODES)
    text = invoke("--help").stdout
    for code, meaning in EXIT_CODES.items():
        assert f"{code:<4} {meaning}" in text


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_two_lines_and_its_code(
    error: type[errors.NewsdsError], invoke: Invoke, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = error("one \x1b[31m\n  line", "do\u202e this\nand that")

    def fail(*args: object, **options: object) -> None:
        raise pickle.loads(pickle.dumps(raised))

    monkeypatch.setattr(newsds.pipeline, "extract", fail)
    result = invoke("extract", page)
    assert_failed(result, error.exit_code, "newsds: one \\x1b[31m line\n", "  → do\\u202e this and that\n")
    debug = invoke("--debug", "extract", page)
    assert "Traceback" in debug.stderr
    assert debug.exit_code == error.exit_code


def test_a_defect_asks_to_be_reported(invoke: Invoke, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise KeyError("\x1b[2J")

    monkeypatch.setattr(newsds.pipeline, "extract", fail)
    assert_failed(invoke("extract", page), 1, "unexpected KeyError", "report it", "newsds --debug")
    debug = invoke("--debug", "extract", page)
    assert debug.exit_code == 1
    assert "Traceback" in debug.stderr
    assert "in fail" in debug.stderr


def test_ctrl_c_is_one_line(invoke: Invoke, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(newsds.pipeline, "extract", fail)
    result = invoke("extract", page)
    assert (result.exit_code, result.stderr, result.stdout) == (130, "newsds: interrupted\n", "")


def test_ctrl_c_in_a_process(start: Start) -> None:
    with start("extract", "-", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"x" * 2**18)  # more than a pipe holds: when it is written, newsds is reading
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()  # closes the pipe: a signal between two reads counts as well
    assert (process.returncode, stdout, stderr) == (130, b"", b"newsds: interrupted\n")


@pytest.mark.parametrize("args", [["schema"], ["limits", "--json"]])
def test_a_closed_pipe_is_silent(args: list[str], start: Start) -> None:
    near, far = os.pipe()
    os.close(near)
    with start(*args, stdout=far, stderr=subprocess.PIPE) as process:
        os.close(far)
        _, stderr = process.communicate()
    assert (process.returncode, stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_standard_output(start: Start) -> None:
    with open("/dev/full", "wb") as full, start("schema", stdout=full, stderr=subprocess.PIPE) as process:  # noqa: PTH123
        _, stderr = process.communicate()
    assert_failed(Ended(code=process.returncode, stdout="", stderr=stderr.decode()), 4, "No space left")


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        (["exract"], ["no such command 'exract'", "newsds --help"]),
        (["extract"], ["missing argument 'FILE'", "newsds extract --help"]),
        (["extract", ""], ["the path is empty", "newsds extract --help"]),
        (["extract", "a", "b"], ["one FILE, not 2", "newsds build"]),
        (["explain", "a", "b"], ["explain takes one FILE"]),
        (["extract", "a", "--kind", "pdf"], ["'pdf'", "newsds extract --help"]),
        (["extract", "a", "--fromat", "json"], ["--fromat"]),
        (["build", "a"], ["missing option '--out'", "newsds build --help"]),
        (["build", "--out", "d"], ["missing argument 'SOURCE...'"]),
        (["build", "", "--out", "d"], ["the path is empty"]),
        (["build", "a", "--out", ""], ["the path is empty"]),
        (["build", "a", "--out", "d", "--workers", "-1"], ["--workers"]),
        (["validate", "a", "b"], ["unexpected extra argument"]),
        (["--nonsense"], ["--nonsense", "newsds --help"]),
        (["exract\x1b[31m"], ["\\x1b[31m"]),
    ],
)
def test_a_wrong_call(args: list[str], parts: list[str], invoke: Invoke) -> None:
    assert_failed(invoke(*args), 2, *parts)


def test_no_command_prints_the_help(invoke: Invoke) -> None:
    result = invoke()
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == invoke("--help").stdout


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_has_help(command: str, invoke: Invoke) -> None:
    result = invoke(command, "-h")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: newsds {command} ")
    assert "..." not in main.commands[command].get_short_help_str(60)
    for option in main.commands[command].params:
        if option.param_type_name == "option":
            assert getattr(option, "help", None), option


def test_version(run: Callable[..., Ended]) -> None:
    import newsds

    assert run("--version") == Ended(code=0, stdout=f"newsds {newsds.__version__}\n", stderr="")


def test_a_wrong_call_in_a_process(run: Callable[..., Ended]) -> None:
    result = run("extract", "no\u202e such file")
    assert_failed(result, 3, "\\u202e", "check the path")
    assert not HOSTILE.search(result.stderr)
