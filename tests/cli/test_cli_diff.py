"""Versions by every name they have; the command line says what the API says, and nothing hostile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import newsds
from newsds.errors import DataError, HubError

from .conftest import HOSTILE, Invoke, assert_failed

TITLE = "A bridge \x1b[31mopens\u202e `today`"
DAYS = "\n\n".join(f"On day {n} the mayor said that the bridge would stay shut." for n in range(9))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Versions 1.0.0 and 1.1.0; one page is another, one is new, one is gone."""
    root = tmp_path_factory.mktemp("diff")
    pages = root / "pages"
    pages.mkdir()
    for name in ("one", "two"):
        (pages / f"{name}.txt").write_text(f"The bridge of {name} stays shut\n\n{DAYS.replace('day', name)}")
    newsds.build(pages, root / "dist")
    (pages / "one.txt").write_text(f"{TITLE}\n\n{DAYS.replace('day', 'one')}")
    (pages / "two.txt").rename(pages / "three.txt")
    (pages / "three.txt").write_text(f"The bridge of three stays shut\n\n{DAYS.replace('day', 'three')}")
    (pages / "empty.txt").touch()
    assert newsds.build(pages, root / "dist").version == "1.1.0"
    return root / "dist/pages"


def test_names_of_versions(dataset: Path) -> None:
    (file,) = (dataset / "1.1.0").rglob("articles/*.parquet")
    for new in (dataset, dataset / "1.1.0", f"{dataset}@1.1.0", f"{dataset}@v1.1.0", file, str(file)):
        found = newsds.diff(f"{dataset}@1.0.0", new)
        assert found.level == "minor"
        assert found.rows == newsds.diff(dataset / "1.0.0", dataset).rows
    assert newsds.diff(dataset, f"{dataset}@1.1.0").same


def test_what_differs_and_why(dataset: Path) -> None:
    found = newsds.diff(dataset / "1.0.0", dataset)
    assert (found.old.name, found.old.version, found.new.version) == ("pages", "1.0.0", "1.1.0")
    assert (found.rows.added, found.rows.removed, found.rows.changed) == (1, 1, 1)
    assert {"id", "title", "page_digest"} <= set(found.rows.columns)
    assert found.rejects == {"empty": (1, 0)}
    assert found.inputs == (2, 1, 1)
    assert not found.card
    assert (found.toolchain, found.settings) == ({}, ())


@pytest.mark.parametrize(
    ("name", "what"),
    [("no/such", "does not exist"), ("no/such/folder@1.0.0", "does not exist"), ("{}@9.9.9", "no version 9.9.9"),
     ("{}/latest", "no Parquet file")],
)  # fmt: skip
def test_names_of_nothing(dataset: Path, name: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises((DataError, HubError)) as error:
        newsds.diff(dataset, name.format(dataset))
    assert what in error.value.message or "on the Hub" in error.value.message
    if name != "no/such":
        assert isinstance(error.value, DataError)


def test_table(invoke: Invoke, dataset: Path) -> None:
    result = invoke("diff", dataset / "1.0.0", dataset / "1.1.0")
    assert result.exit_code == 11
    assert not HOSTILE.search(result.stdout)
    lines = result.stdout.splitlines()
    assert lines[0] == "pages 1.0.0 → pages 1.1.0: minor"
    assert "  rows        2 → 2: 1 added, 1 removed, 1 changed" in lines
    assert "  rejects     empty: 1 added, 0 removed" in lines
    assert any("\\u202e" in line for line in lines)
    assert invoke("diff", dataset / "1.0.0", dataset / "1.1.0", "--examples", "0").stdout.count("bridge") == 0


def test_the_same(invoke: Invoke, dataset: Path) -> None:
    result = invoke("diff", dataset, dataset / "1.1.0")
    assert (result.exit_code, result.stdout.splitlines()[0].rpartition(": ")[2]) == (0, "the same")


def test_json(invoke: Invoke, dataset: Path) -> None:
    result = invoke("diff", f"{dataset}@1.0.0", dataset, "--json", "--examples", "1")
    assert result.exit_code == 11
    assert not HOSTILE.search(result.stdout)
    found = json.loads(result.stdout)
    assert found["level"] == "minor"
    assert found["rows"]["columns"]["title"] == 1
    assert found["rejects"] == {"empty": {"added": 1, "removed": 0}}
    assert [one["kind"] for one in found["examples"]] == ["added", "removed", "changed"]
    assert found["examples"][2]["columns"]["title"][1].startswith("A bridge")


def test_errors(invoke: Invoke, dataset: Path) -> None:
    assert_failed(invoke("diff", dataset, dataset / "no"), 6)
    assert_failed(invoke("diff", dataset), 2)
    assert_failed(invoke("diff", dataset, dataset, "--examples", "-1"), 2)
