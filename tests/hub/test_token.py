"""A token is in the header of requests to the Hub, and nowhere else."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

import newsds
from newsds.errors import HubAccessError, NewsdsError, UsageError
from newsds.hub import execute
from newsds.hub.client import Hub, read_token
from tests.hub.conftest import REPO, TOKEN, Push, environment
from tests.hub.server import Fault, LoopbackHub


def test_without_a_token_nothing_is_asked(hub: LoopbackHub, push: Push) -> None:
    with pytest.raises(HubAccessError, match="there is no token"):
        push(token=None)
    assert not hub.requests


def test_the_login_of_the_client_counts(hub: LoopbackHub, push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert push(token=None).changed


@pytest.mark.parametrize(("token", "status"), [("hf_reader", 403), ("hf_unknown", 401)])
def test_a_token_without_the_right(hub: LoopbackHub, push: Push, token: str, status: int) -> None:
    push()
    with pytest.raises(HubAccessError, match=str(status)) as caught:
        push("1.1.0", token=token)
    assert token not in str(caught.value)
    assert "--token-file" in caught.value.remedy


@pytest.mark.parametrize("content", ["", "hf_a b", "hf_a\nhf_b", "hf_\u00e9", "hf_\x00", "x" * 2000])
def test_what_is_no_token_is_not_shown(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token"
    path.write_text(content)
    with pytest.raises(UsageError) as caught:
        read_token(path)
    assert "hf_" not in f"{caught.value} {caught.value.remedy}"
    with pytest.raises(UsageError) as caught:
        Hub(repo=REPO, token=content)
    assert "hf_" not in f"{caught.value} {caught.value.remedy}"


def test_a_token_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"  {TOKEN}\r\n")
    assert read_token(path) == TOKEN
    with pytest.raises(UsageError, match="cannot read"):
        read_token(tmp_path / "none")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hub",
        "ftp://hub",
        "http://hub.example.org",
        "http://10.0.0.1",
        "https://",
        "https://me:secret@hub",
        "https://[",
    ],
)
def test_it_is_not_sent_in_the_clear(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Hub(repo=REPO, token=TOKEN, endpoint=url)
    assert "secret" not in str(caught.value)


def test_endpoints_that_may_have_it() -> None:
    for url in ("https://hub.example.org/", "http://localhost:8000", "http://127.0.0.1:1", "http://[::1]:80"):
        assert Hub(repo=REPO, token=TOKEN, endpoint=url).url.endswith("/datasets/me/pages")


def test_it_is_in_no_repr() -> None:
    assert TOKEN not in repr(Hub(repo=REPO, token=TOKEN))


def test_it_goes_to_the_hub_alone_and_into_no_log(
    hub: LoopbackHub, push: Push, built: Path, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    push(private=True)
    result = newsds.pull(REPO, tmp_path / "out", token=TOKEN, endpoint=hub.endpoint)
    assert {r.token for r in hub.requests if r.origin == "hub"} == {TOKEN}
    assert {r.token for r in hub.requests if r.origin == "storage"} == {None}
    assert TOKEN not in caplog.text
    for path in [*built.rglob("*"), *result.path.rglob("*")]:
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes()


def test_no_traceback_holds_it(hub: LoopbackHub, push: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "check_loads", lambda *args: None)  # the slowest part, and no request
    for number in range(0, 20, 2):
        for fault in (Fault("status", 403), Fault("status", 500), Fault("cut")):
            hub.start_over()
            hub.repos.clear()
            hub.faults = dict.fromkeys(range(number, 1000), fault)
            try:
                push()
            except NewsdsError as error:
                shown = "".join(traceback.format_exception(error)) + repr(pickle.dumps(error))
                assert TOKEN not in shown
                assert "secret" not in shown
                assert "127.0.0.1" not in shown


@pytest.mark.slow
def test_a_command_shows_neither_token_nor_signature(hub: LoopbackHub, push: Push, built: Path, tmp_path: Path) -> None:
    push()
    token = tmp_path / "token"
    token.write_text(TOKEN)
    hub.start_over()
    hub.before = lambda seen, number: hub.faults.update({number: Fault("status", 403)} if "/put/" in seen.path else {})
    options = ["--token-file", str(token), "--endpoint", hub.endpoint]
    done = subprocess.run(
        [sys.executable, "-m", "newsds", "--debug", "push", str(built), REPO, *options],
        env=environment(hub, tmp_path) | {"HF_DEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 9, done.stderr
    assert "it answers 403" in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    assert "secret" not in done.stdout + done.stderr
