"""What the documents say is so: commands run, figures are what their script prints, generated pages are current."""

from __future__ import annotations

import doctest
import gzip
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import compare
from newsds.card.source import BLOCKS, parse_card
from newsds.cli import EXIT_CODES, main
from newsds.config import load_config
from newsds.ledger import codes_markdown
from newsds.read.fields import NAMES
from newsds.read.sniff import MEDIA_TYPES, SUFFIXES
from newsds.schema import schema_markdown
from tests.corpus import cases
from tests.read import containers as make

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DATASET_CARD = (ROOT / "docs/dataset-card.md").read_text(encoding="utf-8")
VERSIONS = (ROOT / "docs/versions.md").read_text(encoding="utf-8")
BUILD = (ROOT / "docs/build.md").read_text(encoding="utf-8")
COMMAND_LINE = (ROOT / "docs/command-line.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """The newsds commands of the blocks in the README and in the pages on cards, versions and builds, in order."""
    blocks = re.findall(r"```bash\n(.*?)```", README + DATASET_CARD + VERSIONS + BUILD, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    parts = [part.split("#")[0].strip() for line in lines for part in line.split("&&")]
    return [shlex.split(p)[1:] for p in parts if p.startswith("newsds ")]


def test_the_commands_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "raw").symlink_to(ROOT / "raw")
    (tmp_path / "cards").symlink_to(ROOT / "cards")
    monkeypatch.chdir(tmp_path)
    assert len(commands()) >= 6
    for command in commands():
        workers = ["--workers", "1"] if command[0] == "build" else []
        result = CliRunner().invoke(main, [*command, *workers])
        assert result.exit_code == 0, (command, result.output)


def test_the_session_of_the_readme_is_what_python_answers() -> None:
    test = doctest.DocTestParser().get_doctest(README.replace("```", ""), {}, "README", "README.md", 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_ci_runs_the_readme_commands_that_install() -> None:
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "pip install . && newsds build raw --out dist" in README
    assert 'pip install -e ".[test]" && pytest' in README
    assert 'pip install -e ".[test]"' in ci


def test_the_figures_of_the_readme_are_those_of_the_benchmark() -> None:
    rows = {}
    for line in README.split("<!-- figures: benchmarks/compare.py -->")[1].splitlines():
        cells = [c.strip() for c in line.strip("|").split("|")]
        if len(cells) == 7 and cells[1] == "newsds":
            rows[cells[0]] = cells[2:]
    assert set(rows) == {"25 html", "38 text"}
    for pages, written in rows.items():
        kind = pages.split()[1]
        chosen = [c for c in cases() if c.name.startswith(kind) and c.labels["body"]]
        found = compare.measure(compare.newsds_result, chosen)
        assert pages == f"{len(chosen)} {kind}"
        assert written == [f"{found[c]:.3f}" for c in ("body", "title", "tags", "recs", "prev/next")]


def test_the_schema_page_is_current() -> None:
    assert (ROOT / "docs/schema.md").read_text(encoding="utf-8") == schema_markdown()


def test_the_page_of_rejects_is_current() -> None:
    assert (ROOT / "docs/rejects.md").read_text(encoding="utf-8") == codes_markdown()


def test_the_commands_of_the_page_of_rejects_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (ROOT / "docs/rejects.md").read_text(encoding="utf-8").splitlines()
    found = [shlex.split(line) for line in lines if line.startswith(("    newsds ", "    python "))]
    (tmp_path / "raw").symlink_to(ROOT / "raw")
    (tmp_path / "cards").symlink_to(ROOT / "cards")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    built, (_, _, shown) = found
    assert CliRunner().invoke(main, [*built[1:], "--workers", "0"]).exit_code == 0
    exec(shown, {})


SOURCES = (ROOT / "docs/sources.md").read_text(encoding="utf-8")


def test_the_commands_of_the_page_of_sources_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pages = make.pages(4)
    for name, content in {
        "dumps/c4.json.gz": gzip.compress(make.jsonl(pages)),
        "dumps/harbour/page.html": pages["page-001.html"],
        "dumps/stories.jsonl": b'{"story": {"body": "The ferry is back"}, "link": "https://a.example/1"}\n',
        "site.zip": make.zipped(pages),
    }.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content)
    lines = [line for block in re.findall(r"```bash\n(.*?)```", SOURCES, re.DOTALL) for line in block.splitlines()]
    assert len(lines) >= 7
    for line in lines:
        command = shlex.split(line.split("  #")[0])[1:]
        workers = ["--workers", "0"] if command[0] == "build" else []
        result = CliRunner().invoke(main, [*command, *workers])
        assert result.exit_code == 0, (command, result.output)


def test_the_session_of_the_page_of_sources_is_what_python_answers() -> None:
    test = doctest.DocTestParser().get_doctest(SOURCES.replace("```", ""), {}, "sources", "sources.md", 0)
    assert test.examples
    assert doctest.DocTestRunner().run(test).failed == 0


def test_the_page_of_sources_names_every_field_and_suffix() -> None:
    table = SOURCES.split("<!-- fields: newsds/read/fields.py -->")[1]
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE)
    assert {what: tuple(re.findall(r"`([^`]+)`", names)) for what, names in rows} == dict(NAMES)
    words = set(re.findall(r"\.[a-z0-9]+", SOURCES.split("## Formats")[1].split("## Fields")[0]))
    by_content = {".warc", ".wet", ".wat", ".arc", ".parquet", ".pq", ".arrow", ".feather", ".arrows", ".tar", ".zip"}
    assert {*MEDIA_TYPES, *SUFFIXES} - by_content <= words


def test_the_commands_and_the_session_of_the_page_of_reports_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (ROOT / "docs/report.md").read_text(encoding="utf-8")
    (tmp_path / "raw").symlink_to(ROOT / "raw")
    monkeypatch.chdir(tmp_path)
    lines = [line for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
    assert len(lines) >= 3
    for line in lines:
        command = shlex.split(line)[1:]
        result = CliRunner().invoke(main, [*command, *(["--workers", "1"] if command[0] == "build" else [])])
        assert result.exit_code == 0, (command, result.output)
    (tmp_path / "page.html").write_bytes(b"<h1>A title</h1>")
    (session,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(session, {})
    for name in ("page.html", "report.html", "explained.html"):
        assert (tmp_path / name).stat().st_size


def test_the_commands_of_the_page_on_scale_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pages").mkdir()
    for name, content in make.pages(4).items():
        Path("pages", name).write_bytes(content)
    (block,) = re.findall(r"```bash\n(.*?)```", (ROOT / "docs/scale.md").read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines():
        command = shlex.split(line)[1:]
        workers = ["--workers", "0"] if command[0] == "build" else []
        result = CliRunner().invoke(main, [*command, *workers])
        assert result.exit_code == 0, (command, result.output)
    assert Path("dist/pages/1.0.0/manifest.json").exists()


def test_every_command_and_exit_code_is_documented() -> None:
    assert set(re.findall(r"^\| `newsds (\w+)", COMMAND_LINE, re.MULTILINE)) == set(main.commands)
    written = dict(re.findall(r"^\| (\d+) \| (.*) \|$", COMMAND_LINE, re.MULTILINE))
    assert {int(code): meaning for code, meaning in written.items()} == EXIT_CODES


def test_the_example_configuration_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    path = tmp_path / "newsds.toml"
    path.write_text(example, encoding="utf-8")
    assert load_config(path).include == ("**/page.*",)


def test_the_page_on_cards_names_every_part_and_its_example_is_one() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", DATASET_CARD, re.DOTALL)
    assert set(parse_card(f"---\n{example}---\n").meta) == {"newsds_authors", "newsds_released", "newsds_url"}
    assert [part for part in re.findall(r"^\| `(\w+)` \|", DATASET_CARD, re.MULTILINE) if part in BLOCKS] == [*BLOCKS]


def test_links_between_documents_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)
