"""`newsds view` and `label`: an address on standard output, and an end by Ctrl-C that is no error."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from newsds.view import LabelBook
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


BROWSER = """
import os, pathlib, signal, sys, urllib.request

pathlib.Path(__file__).with_suffix(".html").write_bytes(urllib.request.urlopen(sys.argv[1], timeout=30).read())
os.kill(os.getppid(), signal.SIGINT)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_a_browser_that_is_waited_for_is_answered(start: Start, page: Path, tmp_path: Path) -> None:
    program = tmp_path / "browser.py"
    program.write_text(BROWSER, encoding="utf-8")
    process = start(
        *("label", page, "--out", tmp_path / "labels.jsonl"),
        env={"BROWSER": f"{sys.executable} {program} %s"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert "Pages to label" in program.with_suffix(".html").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for one process there")
def test_labels_are_kept_over_ctrl_c(start: Start, page: Path, tmp_path: Path) -> None:
    (tmp_path / "unknown.xyz").write_bytes(b"?")
    out = tmp_path / "labels.jsonl"
    for roles in ({"0": "tag"}, {"1": "date"}):
        process = start(
            *("label", page, tmp_path / "unknown.xyz", "--out", out, "--no-open"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            url = process.stdout.readline().decode().strip()
            with urllib.request.urlopen(url, timeout=30) as answer:
                (name,) = re.findall(r'href="pages/([^"]+)"', answer.read().decode())
            request = urllib.request.Request(
                url + f"pages/{name}",
                data=json.dumps({"do": "change", "roles": roles}).encode(),
                headers={"Content-Type": "application/json", "Origin": url.rsplit("/", 2)[0]},
            )
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert json.load(answer)["state"]["undo"]
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
            process.wait()
        assert process.returncode == 0
        assert said.decode().startswith("left out: unknown.xyz: ")
    with LabelBook(out) as book:
        history = book.history(name)
        assert history is not None
        assert [str(role) for role in history.roles[:2]] == ["tag", "date"]


def test_what_cannot_be_labelled_is_named(invoke: Invoke, page: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.jsonl"
    assert_failed(invoke("label", page), 2, "--out")
    assert_failed(invoke("label", tmp_path / "none", "--out", out), 3, "no such file")
    assert_failed(invoke("label", page, "--out", tmp_path / "none/labels.jsonl"), 4, "none/labels.jsonl.journal")
    (tmp_path / "empty").mkdir()
    assert_failed(invoke("label", tmp_path / "empty", "--out", out), 3, "there is no page to label")
    out.write_bytes(b"")
    out.with_name("labels.jsonl.journal").write_text("x\n", encoding="utf-8")
    assert_failed(invoke("label", page, "--out", out), 6, "labels.jsonl.journal, line 1")
