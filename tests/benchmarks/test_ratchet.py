from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import compare, ratchet
from benchmarks.ratchet import Floors, corpus_digest, lowered, problems, raised, unreleased
from newsds.train.score import FIELDS
from tests.corpus import RAW, cases

CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n- The floor of the tags falls.\n\n## [0.1.0]\n\n- Flooring.\n"
FIGURES = {"html.body": 0.9, "html.tags": 0.5}
FLOORS = Floors(corpus="a", floors={"html.body": 0.8, "html.tags": 0.6})


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "CHANGELOG.md"
    path.write_text(CHANGELOG, encoding="utf-8")
    return path


def test_no_figure_is_below_its_floor(capsys: pytest.CaptureFixture[str]) -> None:
    """The ratchet itself: `python benchmarks/ratchet.py check`."""
    code = ratchet.main(["check"])
    assert code == 0, capsys.readouterr().err


def test_every_field_of_both_kinds_has_a_floor() -> None:
    assert set(ratchet.read_floors().floors) == {f"{kind}.{field}" for kind in ratchet.KINDS for field in FIELDS}


def test_readme_and_ratchet_score_alike() -> None:
    chosen = [c for c in cases() if c.name.startswith("html/")]
    measured = compare.measure(compare.newsds_result, chosen)
    found = dict(compare.quality(compare.newsds_result, chosen).items())
    assert {measured[head] for head in compare.COLUMNS.values()} == {found[name].f1 for name in compare.COLUMNS}


def test_problems_are_all_named() -> None:
    assert problems(FLOORS, FIGURES, "a") == ["html.tags: 0.5000 is below its floor 0.6000"]
    assert problems(FLOORS, {"html.body": 0.9, "html.tags": 0.6}, "a") == []
    named = "\n".join(problems(FLOORS, {"html.body": 0.7, "html.title": 1.0}, "b"))
    assert "html.body: 0.7000 is below" in named
    assert "html.tags: has a floor and no figure" in named
    assert "html.title: has no floor" in named
    assert "its digest is b, not a" in named


def test_raise_lifts_and_pins_and_never_lowers() -> None:
    with pytest.raises(ValueError, match=r"html\.tags: 0\.5000"):
        raised(FLOORS, FIGURES, "a")
    up = raised(FLOORS, {"html.body": 0.9, "html.tags": 0.6, "html.title": 1.0}, "b")
    assert up == Floors(corpus="b", floors={"html.body": 0.9, "html.tags": 0.6, "html.title": 1.0})


def test_lower_lowers_what_fell_and_nothing_else() -> None:
    down = lowered(FLOORS, FIGURES, "b", because=" harder pages ", changelog=CHANGELOG)
    assert down.floors == {"html.body": 0.8, "html.tags": 0.5}
    assert down.corpus == "b"
    assert down.lowered == ({"because": "harder pages", "floors": {"html.tags": {"from": 0.6, "to": 0.5}}},)
    gone = lowered(FLOORS, {"html.body": 0.9}, "a", because="x", changelog=CHANGELOG)
    assert gone.floors == {"html.body": 0.8}


@pytest.mark.parametrize(
    ("because", "changelog", "figures", "message"),
    [
        (" ", CHANGELOG, FIGURES, "for a reason"),
        ("x", CHANGELOG.replace("floor", "flour"), FIGURES, "does not mention the floor"),
        ("x", "The floor.", FIGURES, "does not mention the floor"),
        ("x", CHANGELOG, {"html.body": 0.8, "html.tags": 0.6}, "no figure is below"),
    ],
)
def test_lower_is_refused(because: str, changelog: str, figures: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lowered(FLOORS, figures, "a", because=because, changelog=changelog)


def test_unreleased_ends_at_the_next_version() -> None:
    assert "tags" in unreleased(CHANGELOG)
    assert "Flooring" not in unreleased(CHANGELOG)
    assert unreleased("## [1.0.0]\n\nThe floor.\n") == ""


def test_commands(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ratchet, "present_figures", dict)
    figures = {"html.tags": 0.5}
    monkeypatch.setattr(ratchet, "flat", lambda _: figures)
    path = tmp_path / "floors.json"

    def run(*argv: str) -> int:
        return ratchet.main(argv, path=path, changelog=log)

    assert run("check") == 1
    assert "has no floor" in capsys.readouterr().err
    assert run("raise") == 0
    assert run("check") == 0
    figures["html.tags"] = 0.4
    assert run("check") == run("raise") == 1
    assert "below its floor" in capsys.readouterr().err
    assert json.loads(path.read_text())["floors"] == {"html.tags": 0.5}
    log.write_text("## [Unreleased]\n")
    assert run("lower", "--because", "a rule went") == 1
    log.write_text(CHANGELOG)
    assert run("lower", "--because", "a rule went") == 0
    assert run("check") == 0
    assert json.loads(path.read_text())["lowered"][0]["because"] == "a rule went"
    with pytest.raises(SystemExit):
        run("lower")


def test_digest_is_of_pages_and_labels_and_their_places(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    for name in ("html/hindi", "text/french"):
        shutil.copytree(RAW / name, raw / name)
    digests = [corpus_digest(raw)]
    case = raw / "html/hindi"
    (case / "expected.json").unlink()
    (case / "case.json").write_text(json.dumps(json.loads((case / "case.json").read_text()) | {"why": "because"}))
    assert corpus_digest(raw) == digests[0]
    (case / "labels.json").write_text("{}")
    digests.append(corpus_digest(raw))
    (case / "page.html").write_bytes(b"")
    digests.append(corpus_digest(raw))
    case.rename(raw / "html/other")
    digests.append(corpus_digest(raw))
    shutil.rmtree(raw / "text/french")
    digests.append(corpus_digest(raw))
    assert len(set(digests)) == 5
