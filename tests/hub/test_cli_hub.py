"""`newsds push` and `newsds pull`, as docs/hub.md shows them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsds.cli import main
from tests.cli.conftest import assert_failed
from tests.hub.conftest import REPO, TOKEN, Push, version_files
from tests.hub.repo import GITATTRIBUTES
from tests.hub.server import LoopbackHub

DOCS = (Path(__file__).parents[2] / "docs/hub.md").read_text(encoding="utf-8")
Run = Callable[..., Result]


@pytest.fixture
def run(hub: LoopbackHub, tmp_path: Path) -> Run:
    token = tmp_path / "token.txt"
    token.write_text(f"{TOKEN}\n")

    def invoke(*args: str | Path, token_file: bool = True) -> Result:
        more = ["--endpoint", hub.endpoint, *(["--token-file", str(token)] if token_file else [])]
        return CliRunner().invoke(main, [*map(str, args), *more])

    return invoke


def test_push_and_pull(hub: LoopbackHub, run: Run, built: Path, tmp_path: Path) -> None:
    done = run("push", built, REPO, "--version", "1.0.0", "--dry-run", token_file=False)
    assert done.exit_code == 0, done.output
    assert "create the repository" in done.output
    assert "dry run: nothing was sent" in done.output
    done = run("push", built, REPO, "--version", "1.0.0", "--private")
    assert done.exit_code == 0, done.output
    assert hub.repos[REPO].files() == version_files(built) | {".gitattributes": GITATTRIBUTES}
    assert f"commit  {hub.repos[REPO].refs['main']}, digests read back" in done.output
    assert "nothing to do" in run("push", built, REPO, "--version", "1.0.0").output
    done = run("pull", f"{REPO}@1.0.0", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert version_files(tmp_path / "out/pages") == version_files(built)


def test_json(run: Run, built: Path, tmp_path: Path) -> None:
    plan = json.loads(run("push", built, REPO, "--dry-run", "--json").output)["plan"]
    assert (plan["version"], plan["create"], plan["staged"]) == ("1.1.1", True, False)
    pushed = json.loads(run("push", built, REPO, "--json").output)
    assert (pushed["tag"], pushed["changed"]) == ("v1.1.1", True)
    pulled = json.loads(run("pull", REPO, "--out", tmp_path / "out", "--json").output)
    assert (pulled["version"], pulled["unchanged"]) == ("1.1.1", False)


def test_errors_are_two_lines(hub: LoopbackHub, run: Run, built: Path, tmp_path: Path) -> None:
    assert_failed(run("push", built, REPO, token_file=False), 9, "there is no token", "--token-file")
    assert_failed(run("push", built, "no name"), 2, "user/name")
    assert_failed(run("push", tmp_path, REPO), 6, "holds no dataset")
    assert_failed(run("pull", "me/nothing", "--out", tmp_path), 9, "no such dataset")
    hub.users.pop(TOKEN)
    try:
        assert_failed(run("push", built, REPO), 9, "it answers 401")
    finally:
        hub.users[TOKEN] = "me"


def test_a_clash_is_shown(hub: LoopbackHub, run: Run, push: Push, built: Path) -> None:
    push("1.1.0")
    repo = hub.repos[REPO]
    edit = b"Less on them.\x1b[31m"
    repo.edit({"README.md": repo.files()["README.md"].replace(b"More on them.", edit)})
    done = run("push", built, REPO)
    assert done.exit_code == 2
    assert done.stdout == "-Less on them.\\x1b[31m\n+Much more on them.\n"
    assert "--card local" in done.stderr
    done = run("push", built, REPO, "--json")
    assert json.loads(done.stdout)["conflicts"] == ["-Less on them.\x1b[31m", "+Much more on them."]
    assert run("push", built, REPO, "--card", "local").exit_code == 0


def test_a_token_is_no_option() -> None:
    for command in ("push", "pull"):
        names = {name for param in main.commands[command].params for name in param.opts}
        assert "--token" not in names
        assert "--token-file" in names


def test_the_commands_of_the_page_run(run: Run, built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").symlink_to(built.parent)
    lines = [line for block in re.findall(r"```bash\n(.*?)```", DOCS, re.DOTALL) for line in block.splitlines()]
    commands = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("newsds ")]
    assert {command[0] for command in commands} == {"push", "pull"}
    assert len(commands) >= 5
    for command in commands:
        done = run(*command)
        assert done.exit_code == 0, (command, done.output)


def test_the_page_names_every_option() -> None:
    for command in ("push", "pull"):
        for param in main.commands[command].params:
            for name in param.opts:
                assert not name.startswith("--") or name == "--help" or f"`{name}" in DOCS or f" {name}" in DOCS, name
