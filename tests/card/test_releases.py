from __future__ import annotations

import re
from pathlib import Path

from newsds.build import build
from newsds.card.facts import change
from newsds.config import BuildConfig
from newsds.layout import read_manifest

from ..build.conftest import page


def test_a_card_names_the_versions_before_it(tmp_path: Path) -> None:
    raw, out = tmp_path / "pages", tmp_path / "out"
    raw.mkdir()
    (raw / "0.txt").write_text(page(0))
    first = build(raw, out)
    (raw / "empty.txt").touch()
    second = build(raw, out)
    (raw / "1.txt").write_text(page(1))
    third = build(raw, out)
    (out / "pages/1.0.0/manifest.json").write_text("{")  # a fault elsewhere
    (raw / "0.txt").unlink()
    fourth = build(raw, out)
    tables = [re.findall(r"^\| (\d.*) \|$", (one.path / "README.md").read_text(), re.MULTILINE)
              for one in (first, second, third, fourth)]  # fmt: skip
    assert tables == [
        ["1.0.0 | 1 | the first that is known here"],
        ["1.0.1 | 1 | other rejects", "1.0.0 | 1 | the first that is known here"],
        [
            "1.1.0 | 2 | other rows: 1 more",
            "1.0.1 | 1 | other rejects",
            "1.0.0 | 1 | the first that is known here",
        ],
        [
            "1.2.0 | 1 | other rows: 1 fewer",
            "1.1.0 | 2 | other rows: 1 more",
            "1.0.1 | 1 | the first that is known here",
        ],
    ]
    card = tmp_path / "pages.md"
    card.write_text("# The pages\n")
    fifth = build(raw, out, config=BuildConfig(card=str(card)))
    assert "| 1.2.1 | 1 | the card alone |" in (fifth.path / "README.md").read_text()
    same = read_manifest(fourth.path)
    assert change(same, same) == "nothing but the number"
    # what came before is no change: nothing is written
    assert build(raw, out, config=BuildConfig(card=str(card))).unchanged
