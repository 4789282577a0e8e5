"""`newsds view`: an address on standard output, and an end by Ctrl-C that is none of an error."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.cli.conftest import Invoke, Start, assert_failed


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_it_serves_until_ctrl_c(invoke: Invoke, start: Start, page: Path, tmp_path: Path) -> None:
    assert invoke("build", page, "--out", tmp_path / "dist", "--name", "pages", "--workers", "0").exit_code == 0
    process = start(
        *("view", tmp_path / "dist/pages", "--sources", page, "--no-open"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().decode().strip()
        with urllib.request.urlopen(url + "articles/0", timeout=30) as answer:
            assert "A headline about nothing" in answer.read().decode()
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, rest) == (0, b"")
    assert said.decode().startswith("Ctrl-C ends it.")
    assert "Traceback" not in said.decode()


def test_what_is_no_dataset_is_named(invoke: Invoke, tmp_path: Path) -> None:
    assert_failed(invoke("view", tmp_path, "--no-open"), 6, "holds no dataset")
    assert_failed(invoke("view", tmp_path, "--port", "99999"), 2, "99999")
