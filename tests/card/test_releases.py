from __future__ import annotations

import re
import shutil
from pathlib import Path

from newsds.build import build
from newsds.card import change
from newsds.config import BuildConfig
from newsds.layout import Release, read_manifest

from ..build.conftest import page


def changelog(version: Path) -> list[str]:
    return re.findall(r"^\| (\d+\..*) \|$", (version / "README.md").read_text(), re.MULTILINE)


def test_a_card_has_an_entry_for_each_version(tmp_path: Path) -> None:
    raw, out = tmp_path / "pages", tmp_path / "out"
    raw.mkdir()
    (raw / "0.txt").write_text(page(0))
    first = build(raw, out)
    (raw / "empty.txt").touch()
    second = build(raw, out)
    (raw / "1.txt").write_text(page(1))
    third = build(raw, out)
    shutil.rmtree(first.path)
    (raw / "0.txt").unlink()
    (raw / "1.txt").write_text(page(1).replace("Town 1", "Village 1"))
    fourth = build(raw, out)
    entries = [
        "1.0.0 | 1 | the first that is known here",
        "1.0.1 | 1 | other rejects",
        "1.1.0 | 2 | 1 added",
    ]
    assert [changelog(one.path) for one in (second, third)] == [entries[1::-1], entries[::-1]]
    newest, *rest = changelog(fourth.path)
    assert rest == entries[::-1]  # that of 1.0.0 stays although its folder is gone
    assert re.fullmatch(
        r"1\.2\.0 \| 1 \| 1 removed, 1 changed \(`id` 1, `title` 1, `\w+` 1, `\w+` 1, `\w+` 1(, …)?\)", newest
    )
    written = read_manifest(fourth.path).releases
    assert [one.version for one in written] == ["1.2.0", "1.1.0", "1.0.1", "1.0.0"]
    assert (written[0].since, written[0].added, written[0].removed, written[0].changed) == ("1.1.0", 0, 1, 1)
    card = tmp_path / "pages.md"
    card.write_text("# The pages\n")
    fifth = build(raw, out, config=BuildConfig(card=str(card)))
    assert changelog(fifth.path)[0] == "1.2.1 | 1 | the card alone"
    # what came before is no change: nothing is written
    assert build(raw, out, config=BuildConfig(card=str(card))).unchanged


def test_a_damaged_version_is_not_counted_and_stops_nothing(tmp_path: Path) -> None:
    raw, out = tmp_path / "pages", tmp_path / "out"
    raw.mkdir()
    (raw / "0.txt").write_text(page(0))
    first = build(raw, out)
    (file,) = first.path.rglob("articles/*.parquet")
    file.write_bytes(b"damage")
    (raw / "1.txt").write_text(page(1))
    second = build(raw, out)
    assert changelog(second.path)[0] == "1.1.0 | 2 | other rows"
    (second.path / "manifest.json").write_text("{")
    (raw / "2.txt").write_text(page(2))
    third = build(raw, out, version="1.2.0")
    assert changelog(third.path) == ["1.2.0 | 3 | the first that is known here"]


def test_a_changelog_does_not_grow_for_ever(tmp_path: Path) -> None:
    raw, out = tmp_path / "pages", tmp_path / "out"
    raw.mkdir()
    (raw / "0.txt").write_text(page(0))
    for number in range(22):
        last = build(raw, out, version=f"1.0.{number}", force=True, cache=True)
    assert [line.split()[0] for line in changelog(last.path)] == [f"1.0.{n}" for n in range(21, 1, -1)]
    assert changelog(last.path)[0].endswith("| nothing but the number")


def test_the_words_of_a_change() -> None:
    columns = {f"column{n}": n for n in range(1, 8)}
    one = Release(
        version="2.0.0", rows=9, since="1.0.0", schema=True, articles=True, added=1000, removed=0, changed=7,
        columns=columns, rejects=True,
    )  # fmt: skip
    assert change(one) == (
        "other columns; 1,000 added, 7 changed (`column7` 7, `column6` 6, `column5` 5, `column4` 4, `column3` 3, …); "
        "other rejects"
    )
    assert change(Release(version="1.0.1", rows=9, since="1.0.0", articles=True)) == "other rows"
