"""run: labelled pages in, weights and figures out."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest

from newsds.blocks import html_blocks, text_blocks
from newsds.errors import SourceError
from newsds.model import Role
from newsds.segment.labelling import label_scored, look
from newsds.segment.weights import parse
from newsds.train import Trained, train, write
from tests.train import made

pytest.importorskip("catboost")


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.write(tmp_path_factory.mktemp("labels"))


@pytest.fixture(scope="module")
def trained(labels: Path) -> Trained:
    return train([labels], html=made.TINY, text=made.TINY, layouts=1)


def test_the_table_has_a_row_for_each_kind_of_page(trained: Trained) -> None:
    said = str(trained)
    assert "html" in trained.figures
    assert "text" in trained.figures
    assert "body" in said
    assert all(f"\n{group} " in said for group in trained.figures)
    assert "expected calibration error" in said


def test_the_same_labels_give_the_same_file(trained: Trained, labels: Path, tmp_path: Path) -> None:
    write(trained, tmp_path / "one.npz")
    for workers in (1, 2):
        write(train([labels], html=made.TINY, text=made.TINY, layouts=1, workers=workers), tmp_path / "two.npz")
        assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_what_was_fitted_says_what_it_was_made_from(trained: Trained) -> None:
    provenance = trained.weights.provenance
    assert provenance["data"]["pages"] == {"html": 12, "text": 12}
    assert provenance["data"]["publishers"] == 12
    assert len(provenance["data"]["sha256"]) == 64
    assert provenance["settings"]["html"]["first_trees"] == made.TINY.first_trees
    assert set(provenance["cross_validated"]) == set(trained.figures)
    assert json.loads(json.dumps(provenance)) == provenance
    assert "/" not in json.dumps(provenance)  # no place on the machine it was made on


def test_what_was_fitted_labels_pages(trained: Trained, tmp_path: Path) -> None:
    write(trained, tmp_path / "weights.npz")
    read = parse(BytesIO((tmp_path / "weights.npz").read_bytes()))
    for kind, page in (("html", html_blocks(made.html_page(5))), ("text", text_blocks(made.text_page(5)))):
        fitted = read.kinds[kind]  # type: ignore[index]
        seen = look([page], fitted)
        [found] = label_scored(seen.columns.table, seen.second, fitted.curves)
        right = sum(a is b for a, b in zip(found.roles, made.roles(5), strict=True))
        assert right >= 0.6 * len(page)
        assert Role.BODY in found.roles
        assert 0 < found.confidence.body < 1


def test_fields_that_nobody_labelled_are_not_calibrated(trained: Trained) -> None:
    for fitted in trained.weights.kinds.values():
        assert "tags" not in fitted.curves
        assert {"page", "title", "body", "neighbours", "recommendations"} == set(fitted.curves)


def test_a_share_of_the_publishers_is_fitted_to_and_all_are_judged(trained: Trained, labels: Path) -> None:
    half = train([labels], html=made.TINY, text=made.TINY, layouts=1, share=0.5)
    assert half.weights.provenance["data"] == {**trained.weights.provenance["data"], "share": 0.5}
    assert half.figures.keys() == trained.figures.keys()
    assert half.figures != trained.figures
    everything = train([labels], html=made.TINY, text=made.TINY, layouts=1, share=1.0)
    assert everything.weights.provenance == trained.weights.provenance


def test_pages_of_both_kinds_and_of_several_publishers_are_asked_for(tmp_path: Path) -> None:
    line = {**made.label(0), "html": made.html_page(0)}
    (tmp_path / "gold.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(SourceError, match="no labelled html page"):
        train([], html=made.TINY, text=made.TINY)
    with pytest.raises(SourceError, match="of one publisher"):
        train([tmp_path / "gold.jsonl"], html=made.TINY, text=made.TINY)
