"""`build` and `validate`, from sources to exit codes."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsds import extract
from newsds.build.publish import Staging
from newsds.cli.build import MAX_WORKERS, default_workers
from newsds.layout import REJECTS, read_latest
from newsds.schema import SCHEMA, article_to_row

from .conftest import BODY, HOSTILE, PAGE, Ended, Invoke, assert_failed


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Four articles."""
    folder = tmp_path / "pages"
    folder.mkdir()
    for n in range(4):
        (folder / f"{n}.txt").write_text(PAGE.replace("headline", f"headline no {n}"), encoding="utf-8")
    return folder


def _reasons(version: Path) -> dict[str, str]:
    table = pa.concat_tables(pq.read_table(f) for f in sorted((version / REJECTS).glob("*.parquet")))
    return {row["source"]: row["reason"] for row in table.to_pylist()}


def test_a_build_ends_in_a_summary(invoke: Invoke, raw: Path, tmp_path: Path) -> None:
    result = invoke("build", raw, "--out", tmp_path / "dist")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "pages 1.0.0"
    assert re.search(r"^ +rows +4$", result.stdout, re.MULTILINE)
    assert str(tmp_path / "dist" / "pages" / "1.0.0") in result.stdout
    again = invoke("build", raw, "--out", tmp_path / "dist")
    assert again.exit_code == 0
    assert "nothing changed" in again.stdout


def test_options_reach_the_build(invoke: Invoke, raw: Path, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text("---\nlicense: cc0-1.0\n---\n# Pages\n\nText of the card.\n", encoding="utf-8")
    config = tmp_path / "some.toml"
    config.write_text('include = ["none"]\nname = "from-file"\n', encoding="utf-8")
    out = tmp_path / "dist"
    options = ["--name", "mine", "--version", "2.0.0-rc.1", "--card", str(card), "--config", str(config)]
    options += ["--include", "[01].txt", "--include", "3.*", "--exclude", "1.txt", "--workers", "2"]
    result = invoke("build", raw, "--out", out, *options)
    assert result.exit_code == 0, result.stderr
    version = out / "mine" / "2.0.0-rc.1"
    assert "Text of the card." in (version / "README.md").read_text(encoding="utf-8")
    rows = pa.concat_tables(pq.read_table(f) for f in (version / "data" / "articles").glob("*.parquet"))
    assert sorted(rows["source"].to_pylist()) == ["0.txt", "3.txt"]


def test_the_configuration_in_the_source_counts(invoke: Invoke, raw: Path, tmp_path: Path) -> None:
    (raw / "newsds.toml").write_text('name = "from-source"\n', encoding="utf-8")
    assert invoke("build", raw, "--out", tmp_path / "dist").exit_code == 0
    assert read_latest(tmp_path / "dist" / "from-source") == "1.0.0"


def test_quiet_prints_nothing(run: Callable[..., Ended], raw: Path, tmp_path: Path) -> None:
    pytest.importorskip("pty")
    result = run("build", raw, "--out", tmp_path / "dist", "--quiet", terminal=("stderr",))
    assert result == Ended(code=0, stdout="", stderr="")


def test_progress_is_drawn_on_a_terminal_only(run: Callable[..., Ended], raw: Path, tmp_path: Path) -> None:
    pytest.importorskip("pty")
    piped = run("build", raw, "--out", tmp_path / "a", terminal=("stdout",))
    assert (piped.code, piped.stderr) == (0, "")
    drawn = run("build", raw, "--out", tmp_path / "b", terminal=("stderr",))
    assert drawn.code == 0
    assert "0/4 files" in drawn.stderr
    assert drawn.stdout.startswith("pages 1.0.0\n")


def test_workers_by_default() -> None:
    assert 1 <= default_workers() <= min(MAX_WORKERS, os.cpu_count() or 1)


def test_every_bad_input_is_a_reject(invoke: Invoke, raw: Path, tmp_path: Path) -> None:
    (raw / "empty.txt").touch()
    (raw / "blank.txt").write_bytes(b" \n\xc2\xa0\n")
    (raw / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    (raw / "wrong-encoding.html").write_bytes(
        b'<meta charset="utf-8"><h1>A headline in Latin \xe9\xe8</h1>' + f"<p>{BODY}</p>".encode()
    )
    (raw / "page.xyz").write_text(PAGE, encoding="utf-8")
    (raw / "dangling.txt").symlink_to("nowhere")
    with (raw / "line.txt").open("wb") as file:
        file.truncate(200 * 2**20)
    result = invoke("build", raw, "--out", tmp_path / "dist")
    assert (result.exit_code, result.stderr) == (0, "")
    version = tmp_path / "dist" / "pages" / "1.0.0"
    assert _reasons(version) == {
        "empty.txt": "empty",
        "blank.txt": "empty",
        "binary.txt": "binary",
        "page.xyz": "unknown_format",
        "dangling.txt": "unreadable",
        "line.txt": "too_large",
    }
    assert re.search(r"^ +rows +5$", result.stdout, re.MULTILINE)
    checked = invoke("validate", version)
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert "5 rows, 6 rejects: every rule holds" in checked.stdout


class TestFailures:
    """Each with its exit code, and nothing half-written."""

    def test_no_source(self, invoke: Invoke, tmp_path: Path) -> None:
        assert_failed(invoke("build", tmp_path / "gone", "--out", tmp_path / "dist"), 3, "gone", "check the path")
        assert not (tmp_path / "dist").exists()

    def test_nothing_in_the_source(self, invoke: Invoke, tmp_path: Path) -> None:
        (tmp_path / "pages").mkdir()
        assert_failed(invoke("build", tmp_path / "pages", "--out", tmp_path / "dist"), 3, "no file to read")
        assert not (tmp_path / "dist").exists()

    def test_the_version_exists(self, invoke: Invoke, raw: Path, tmp_path: Path) -> None:
        call = ("build", raw, "--out", tmp_path / "dist", "--version", "1.0.0")
        assert invoke(*call).exit_code == 0
        before = _tree(tmp_path / "dist")
        assert_failed(invoke(*call), 5, "1.0.0 exists", "--version")
        assert _tree(tmp_path / "dist") == before

    def test_a_file_is_in_the_way(self, invoke: Invoke, raw: Path, tmp_path: Path) -> None:
        (tmp_path / "dist").write_text("mine", encoding="utf-8")
        assert_failed(invoke("build", raw, "--out", tmp_path / "dist"), 4, "dist")
        assert (tmp_path / "dist").read_text(encoding="utf-8") == "mine"

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
    def test_out_is_read_only(self, invoke: Invoke, raw: Path, tmp_path: Path) -> None:
        out = tmp_path / "dist"
        out.mkdir(mode=0o555)
        assert_failed(invoke("build", raw, "--out", out), 4, "Permission denied")
        assert not list(out.iterdir())

    def test_too_many_rejects(self, invoke: Invoke, raw: Path, tmp_path: Path) -> None:
        (raw / "empty.txt").touch()
        assert_failed(invoke("build", raw, "--out", tmp_path / "dist", "--max-rejects", "19%"), 8, "1 of 5", "1 empty")
        assert [p.name for p in (tmp_path / "dist/pages").iterdir()] == [".cache"]
        result = invoke("build", raw, "--out", tmp_path / "dist", "--max-rejects", "20%")
        assert result.exit_code == 0
        assert re.search(r"^ +rejected +1 \(1 empty\)$", result.stdout, re.MULTILINE)

    @pytest.mark.parametrize("given", ["", "x", "-1", "1.5", "101%", "%", "1e3", "٣"])
    def test_max_rejects_that_is_no_number(self, invoke: Invoke, raw: Path, tmp_path: Path, given: str) -> None:
        assert_failed(invoke("build", raw, "--out", tmp_path / "dist", "--max-rejects", given), 2, "max_rejects")

    def test_no_version(self, invoke: Invoke, raw: Path, tmp_path: Path) -> None:
        assert_failed(invoke("build", raw, "--out", tmp_path / "dist", "--version", "1.0"), 2, "'1.0'")

    def test_no_card(self, invoke: Invoke, raw: Path, tmp_path: Path) -> None:
        assert_failed(invoke("build", raw, "--out", tmp_path / "dist", "--card", "gone.md"), 2, "gone.md")

    def test_no_config(self, invoke: Invoke, raw: Path, tmp_path: Path) -> None:
        assert_failed(invoke("build", raw, "--out", tmp_path / "dist", "--config", "gone.toml"), 2, "gone.toml")

    def test_a_wrong_name(self, invoke: Invoke, raw: Path, tmp_path: Path) -> None:
        assert_failed(invoke("build", raw, "--out", tmp_path / "dist", "--name", "a/b\x1b"), 2, "no dataset name")


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_hostile_paths_are_escaped(invoke: Invoke, raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "di\x1b[31m\u202est"
    result = invoke("build", raw, "--out", out)
    assert result.exit_code == 0
    assert "di\\x1b[31m\\u202est" in result.stdout
    checked = invoke("validate", out / "pages")
    assert checked.exit_code == 0
    assert not HOSTILE.search(result.stdout + checked.stdout)


def test_a_broken_rule_is_exit_code_7(invoke: Invoke, raw: Path, tmp_path: Path) -> None:
    assert invoke("build", raw, "--out", tmp_path / "dist").exit_code == 0
    version = tmp_path / "dist" / "pages" / "1.0.0"
    (version / "README.md").write_text("changed", encoding="utf-8")
    result = invoke("validate", version)
    assert (result.exit_code, result.stderr) == (7, "")
    assert "file_digest: 1 times" in result.stdout
    assert "README.md" in result.stdout


def test_a_report_shows_hostile_values_escaped(invoke: Invoke, tmp_path: Path) -> None:
    row = article_to_row(extract(PAGE)) | {"id": "\x1b[31m\u202e", "url": "\x9b2J\u2066", "language": "\x1b]0;x\x07"}
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist([row], schema=SCHEMA), path)
    result = invoke("validate", path)
    assert result.exit_code == 7
    assert "id_form" in result.stdout
    assert not HOSTILE.search(result.stdout)


@pytest.mark.parametrize("name", ["", "gone"])
def test_validate_without_a_dataset(name: str, invoke: Invoke, tmp_path: Path) -> None:
    assert_failed(invoke("validate", tmp_path / name), 6)


def test_a_dataset_that_another_process_writes(invoke: Invoke, page: Path, tmp_path: Path) -> None:
    with Staging(tmp_path / "out/page"):
        start = time.monotonic()
        assert_failed(invoke("build", page, "--out", tmp_path / "out"), 10, f"process {os.getpid()}")
        assert time.monotonic() - start < 1
    assert invoke("build", page, "--out", tmp_path / "out", "--workers", "0").exit_code == 0


def test_a_version_that_contradicts_what_changed(invoke: Invoke, page: Path, tmp_path: Path) -> None:
    command = ["build", page, "--out", tmp_path / "out", "--workers", "0", "--version"]
    assert invoke(*command, "1.0.0").exit_code == 0
    assert_failed(invoke(*command, "1.0.1"), 2, "would hold the same as 1.0.0", "--force")
    assert invoke(*command, "1.0.1", "--force").exit_code == 0
