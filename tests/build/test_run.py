"""The build as a whole: what is read, what becomes of it, and which version it makes."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest

from newsds import pipeline
from newsds.blocks import html_blocks
from newsds.build import BuildResult, build, worker
from newsds.config import BuildConfig
from newsds.errors import DataError, OutputError, SourceError, TooManyRejectsError, UsageError, VersionExistsError
from newsds.layout import Manifest, read_manifest
from newsds.load import load
from newsds.model import Article, Flag, Page
from newsds.schema import REJECTS_SCHEMA, SCHEMA
from newsds.stats import stats
from newsds.validate import validate

Make = Callable[..., Path]


def files(folder: Path) -> dict[str, bytes]:
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and not {".cache", ".lock"} & {*p.parts})
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def rejects(result: BuildResult) -> dict[str, dict[str, Any]]:
    table = pq.read_table(result.path / "data/rejects")
    assert table.schema.equals(REJECTS_SCHEMA)
    return {row["source"]: row for row in table.to_pylist()}


def test_layout(make_pages: Make, tmp_path: Path) -> None:
    result = build(make_pages(3), tmp_path / "out")
    assert (result.name, result.version, result.unchanged) == ("pages", "1.0.0", False)
    assert result.path == tmp_path / "out/pages/1.0.0"
    assert sorted(files(tmp_path / "out")) == [
        "pages/1.0.0/README.md",
        "pages/1.0.0/croissant.json",
        "pages/1.0.0/data/articles/train-00000-of-00001.parquet",
        "pages/1.0.0/data/rejects/train-00000-of-00001.parquet",
        "pages/1.0.0/manifest.json",
        "pages/1.0.0/plots/dates.svg",
        "pages/1.0.0/plots/languages.svg",
        "pages/1.0.0/plots/lengths.svg",
        "pages/1.0.0/stats.json",
        "pages/latest",
    ]
    assert (tmp_path / "out/pages/latest").read_text() == "1.0.0\n"
    assert sorted(p.name for p in (tmp_path / "out/pages").iterdir()) == [".cache", "1.0.0", "latest"]
    assert validate(result.path)
    assert stats(result.path).to_json() == (result.path / "stats.json").read_text(encoding="utf-8")
    assert (
        result.bytes
        == sum(p.stat().st_size for p in result.path.rglob("*") if p.is_file())
        - (result.path / "manifest.json").stat().st_size
    )


def test_parquet(make_pages: Make, tmp_path: Path) -> None:
    result = build(make_pages(3), tmp_path / "out")
    path = result.path / "data/articles/train-00000-of-00001.parquet"
    file = pq.ParquetFile(path)
    assert file.schema_arrow.equals(SCHEMA, check_metadata=True)
    assert file.metadata.metadata.keys() == {b"ARROW:schema"}
    column = file.metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"
    assert column.has_offset_index
    assert column.has_column_index
    assert file.read()["title"].to_pylist()


def test_no_path_clock_or_host(make_pages: Make, tmp_path: Path) -> None:
    result = build(make_pages(2, broken_dot_xyz=b"?"), tmp_path / "out")
    manifest = (result.path / "manifest.json").read_text(encoding="utf-8")
    for path in result.path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(tmp_path).encode() not in content
            assert os.uname().nodename.encode() not in content
    assert sorted(json.loads(manifest)["toolchain"]) == ["newsds", "numpy", "pyarrow", "python", "turbohtml"]
    assert list(json.loads(manifest)) == sorted(json.loads(manifest))


def test_ledger(make_pages: Make, tmp_path: Path) -> None:
    again = (make_pages(4) / "page-001.txt").read_text()
    folder = make_pages(
        4,
        z_same_dot_txt=again,
        z_spaced_dot_txt=again.replace(" said", "  said"),
        empty_dot_txt=b"",
        blank_dot_txt="\u200b \n",
        binary_dot_txt=bytes(range(256)) * 20,
        listing_dot_txt="Home\n\nNews",
        picture_dot_png=b"\x89PNG",
        deep__page_dot_html=b"<p>Hi</p>",
    )
    os.mkfifo(folder / "pipe.txt")
    (folder / "dangling.txt").symlink_to("nowhere")
    with (folder / "huge.txt").open("wb") as huge:
        huge.truncate(200 * 2**20)
    result = build(folder, tmp_path / "out")
    found = rejects(result)
    assert {source: row["reason"] for source, row in found.items()} == {
        "binary.txt": "binary",
        "blank.txt": "empty",
        "dangling.txt": "unreadable",
        "deep/page.html": "no_article",
        "empty.txt": "empty",
        "huge.txt": "too_large",
        "listing.txt": "no_article",
        "picture.png": "unknown_format",
        "pipe.txt": "unreadable",
        "z_same.txt": "duplicate",
        "z_spaced.txt": "duplicate",
    }
    assert list(found) == sorted(found)
    kept = {r["source"]: r["id"] for r in pq.read_table(result.path / "data/articles").to_pylist()}
    assert found["z_same.txt"]["duplicate_of"] == found["z_spaced.txt"]["duplicate_of"] == kept["page-001.txt"]
    assert found["z_same.txt"]["message"] == "the same page as page-001.txt"
    assert found["z_spaced.txt"]["message"] == "the same title and text as page-001.txt"
    assert found["z_same.txt"]["length"] == len(again)
    assert result.counts.pages == result.counts.inputs == 15
    assert (result.counts.rows, result.counts.rejected, result.counts.duplicates) == (4, 9, 2)
    assert result.reasons == {
        "binary": 1, "empty": 2, "no_article": 2, "too_large": 1, "unknown_format": 1, "unreadable": 2,
    }  # fmt: skip
    inputs = {one.source: one for one in read_manifest(result.path).inputs}
    assert (inputs["huge.txt"].bytes, inputs["huge.txt"].sha256) == (200 * 2**20, None)
    assert (inputs["pipe.txt"].bytes, inputs["dangling.txt"].bytes) == (None, None)
    assert inputs["picture.png"].bytes == 4
    assert inputs["page-000.txt"].sha256
    assert validate(result.path)
    assert any("9 (2 empty, 2 no_article, 2 unreadable, 1 binary" in line for line in result.summary())


def test_a_dataset_without_rows(make_pages: Make, tmp_path: Path, offline: None) -> None:
    result = build(make_pages(0, empty_dot_txt=b""), tmp_path / "out")
    assert result.counts.rows == 0
    assert validate(result.path)
    loaded = load(result.path)
    assert (loaded.num_rows, loaded.split) == (0, "train")
    assert loaded.features == datasets.Features.from_arrow_schema(SCHEMA)
    streamed = datasets.load_dataset(str(result.path), split="train", streaming=True)
    assert (list(streamed), streamed.features) == ([], loaded.features)
    assert datasets.load_dataset(str(result.path), "rejects", split="train")["reason"][:] == ["empty"]


@pytest.mark.xfail(strict=True, reason="https://github.com/huggingface/datasets/pull/8401", raises=ValueError)
def test_datasets_opens_a_table_without_rows(make_pages: Make, tmp_path: Path, offline: None) -> None:
    result = build(make_pages(0, empty_dot_txt=b""), tmp_path / "out")
    assert datasets.load_dataset(str(result.path), split="train").num_rows == 0


def test_datasets_of_one_version_and_size_are_told_apart(make_pages: Make, tmp_path: Path, offline: None) -> None:
    found = []
    for name in ("one", "two"):
        folder = make_pages(1, folder=name)
        path = folder / "page-000.txt"
        path.write_text(path.read_text().replace("harbour", "gardens" if name == "one" else "markets"))
        result = build(folder, tmp_path / "out")
        found.append(datasets.load_dataset(str(result.path), split="train")["text"][0])
        assert load(result.path)["text"][0] == found[-1]
    assert found[0] == found[1].replace("markets", "gardens") != found[1]


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)


def test_load(make_pages: Make, tmp_path: Path, offline: None, caplog: pytest.LogCaptureFixture) -> None:
    result = build(make_pages(3, empty_dot_txt=b""), tmp_path / "out")
    by_default = datasets.load_dataset(str(result.path))
    assert {split: rows.num_rows for split, rows in by_default.items()} == {"train": 3}
    assert by_default["train"].features == datasets.Features.from_arrow_schema(SCHEMA)
    found = datasets.load_dataset(str(result.path), "rejects", split="train")
    assert found["reason"][:] == ["empty"]
    assert "dataset card" not in caplog.text  # nothing of the card was ignored
    build(make_pages(4), tmp_path / "out")
    dataset = tmp_path / "out/pages"
    assert [load(path, version).num_rows for path, version in (
        (dataset, None), (dataset, "1.0.0"), (result.path, None), (str(result.path), "1.0.0"),
    )] == [4, 3, 3, 3]  # fmt: skip
    with pytest.raises(DataError, match=r"no version 3\.0\.0") as error:
        load(dataset, "3.0.0")
    assert error.value.remedy == "versions there: 1.0.0, 1.1.0"
    with pytest.raises(DataError, match="is one version"):
        load(result.path, "1.1.0")
    for content in (b"PAR1", b""):
        next((result.path / "data/articles").iterdir()).write_bytes(content)
        with pytest.raises(DataError) as damaged:
            load(result.path)
        assert "newsds validate" in damaged.value.remedy
    next((result.path / "data/articles").iterdir()).unlink()
    with pytest.raises(DataError, match="holds no Parquet file"):
        load(result.path)


def test_invalid_rows_are_rejected(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pipeline.extract_pages

    def odd(pages: Iterable[Page], **options: Any) -> list[Article]:
        found = real(pages, **options)
        return [replace(a, language="?", tags=("x", "x")) if "2" in (a.title or "") else a for a in found]

    monkeypatch.setattr(worker, "extract_pages", odd)
    result = build(make_pages(4), tmp_path / "out")
    (row,) = rejects(result).values()
    assert (row["source"], row["reason"]) == ("page-002.txt", "invalid")
    assert row["message"] == "tags_once: tags has 'x' again; language_form: language is '?'"
    assert row["page_digest"]
    assert validate(result.path)


def test_a_crash_costs_one_page(make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pipeline.extract_pages

    def odd(pages: Iterable[Page], **options: Any) -> list[Article]:
        pages = list(pages)
        if any(p.source == "page-002.txt" for p in pages):
            raise ValueError(f"no {object()}\ud800")
        return real(pages, **options)

    monkeypatch.setattr(worker, "extract_pages", odd)
    result = build(make_pages(5), tmp_path / "out")
    (row,) = rejects(result).values()
    assert (row["source"], row["reason"]) == ("page-002.txt", "crashed")
    assert row["message"] == "ValueError: no <object object at 0x…>\\ud800"
    assert result.counts.rows == 4


def test_a_page_that_the_fast_parser_fails_on(
    make_pages: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = pipeline.extract_pages
    article = f"<h1>Town 2 opens it</h1><p>{(make_pages(3) / 'page-002.txt').read_text()}</p>"

    def odd(pages: Iterable[Page], **options: Any) -> list[Article]:
        pages = list(pages)
        if options["html"] is html_blocks and any(p.source == "a.html" for p in pages):
            raise ValueError("odd")
        return real(pages, **options)

    monkeypatch.setattr(worker, "extract_pages", odd)
    result = build(make_pages(1, a_dot_html=article), tmp_path / "out")
    rows = {row["source"]: row for row in pq.read_table(result.path / "data/articles").to_pylist()}
    monkeypatch.undo()
    undisturbed = build(make_pages(1), tmp_path / "more")
    for row in pq.read_table(undisturbed.path / "data/articles").to_pylist():
        flags = [*row["flags"], *([Flag.REFERENCE_PARSER.value] if row["source"] == "a.html" else [])]
        assert rows[row["source"]] == row | {"flags": sorted(flags)}


def test_rows_are_ordered(make_pages: Make, tmp_path: Path) -> None:
    sentence = "A sentence that is long enough to be part of the body of an article. "
    article = "".join(f"<p>{sentence * n}</p>" for n in (3, 2, 4))
    more = {}
    for name, site, day in (
        ("a", "b.example", "2024-05-02"), ("b", "a.example", "2024-05-03"), ("c", "b.example", "2024-05-01"),
        ("d", "a.example", ""),
    ):  # fmt: skip
        more[f"{name}_dot_html"] = (
            f'<html lang=en><head><link rel=canonical href="https://{site}/{name}"><title>Title {name}</title>'
            f'<meta property="article:published_time" content="{day}"></head>'
            f"<body><article><h1>Title {name}</h1>{article}<p>{sentence}{name * 40}.</p></article></body></html>"
        )
    result = build(make_pages(2, **more), tmp_path / "out")
    rows = pq.read_table(result.path / "data/articles").to_pylist()
    assert [r["source"] for r in rows[2:]] == ["d.html", "b.html", "c.html", "a.html"]
    assert [r["id"] for r in rows[:2]] == sorted(r["id"] for r in rows[:2])


# --- versions --------------------------------------------------------------------------------------------------------


def test_versions_follow_what_changed(make_pages: Make, tmp_path: Path) -> None:
    folder, out = make_pages(3), tmp_path / "out"
    card = tmp_path / "pages.md"
    card.write_text("---\nlicense: mit\n---\n# Pages\n")
    config = BuildConfig(card=str(card))

    def run() -> tuple[str, bool]:
        result = build(folder, out, config=config)
        assert result.path == out / "pages" / result.version
        assert (out / "pages/latest").read_text().strip() == result.version
        assert validate(out / "pages")
        return result.version, result.unchanged

    assert run() == ("1.0.0", False)
    before = files(out)
    assert run() == ("1.0.0", True)
    assert files(out) == before
    card.write_text("---\nlicense: mit\n---\n# All pages\n")
    assert run() == ("1.0.1", False)
    (folder / "empty.txt").touch()
    assert run() == ("1.0.2", False)
    make_pages(4)
    assert run() == ("1.1.0", False)
    assert run() == ("1.1.0", True)
    make_pages(5)
    build(folder, out, config=config, version="2.0.0-rc.1")
    make_pages(6)
    assert run() == ("2.0.0", False)
    build(folder, out, config=config, version="1.5.0")  # older than the newest
    assert (out / "pages/latest").read_text() == "2.0.0\n"
    assert {k: v for k, v in files(out).items() if k in before and k != "pages/latest"} == {
        k: v for k, v in before.items() if k != "pages/latest"
    }


def test_another_schema_is_a_major_step(make_pages: Make, tmp_path: Path) -> None:
    folder, out = make_pages(2), tmp_path / "out"
    path = build(folder, out).path / "manifest.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | {"schema_digest": "0" * 64}), encoding="utf-8")
    assert build(folder, out).version == "2.0.0"


def test_version_exists(make_pages: Make, tmp_path: Path) -> None:
    folder, out = make_pages(2), tmp_path / "out"
    build(folder, out, version="1.0.0")
    before = files(out)
    with pytest.raises(VersionExistsError) as error:
        build(make_pages(3), out, version="1.0.0")
    assert "--version" in error.value.remedy
    assert files(out) == before
    assert pickle.loads(pickle.dumps(error.value)).remedy == error.value.remedy


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "../1.0.0", "1.0.0+x"])
def test_version_is_none(make_pages: Make, tmp_path: Path, version: str) -> None:
    with pytest.raises(UsageError, match="is no version"):
        build(make_pages(1), tmp_path / "out", version=version)
    assert not (tmp_path / "out").exists()


def test_damaged_newest_version(make_pages: Make, tmp_path: Path) -> None:
    folder, out = make_pages(1), tmp_path / "out"
    (build(folder, out).path / "manifest.json").write_text("{}")
    with pytest.raises(DataError, match=r"manifest\.json is damaged"):
        build(folder, out)
    assert build(folder, out, version="1.1.0").version == "1.1.0"


def test_latest_is_mended(make_pages: Make, tmp_path: Path) -> None:
    folder, out = make_pages(1), tmp_path / "out"
    build(folder, out)
    (out / "pages/latest").unlink()  # as if a build had been killed between its two renames
    assert build(folder, out).unchanged
    assert (out / "pages/latest").read_text() == "1.0.0\n"


# --- sources and names -----------------------------------------------------------------------------------------------


def test_newsds_toml_of_a_source(make_pages: Make, tmp_path: Path) -> None:
    folder = make_pages(
        2,
        newsds_dot_toml='include = ["**/*.txt"]\ncard = "../card.md"\n',
        notes_dot_md="# not a page",
    )
    (tmp_path / "card.md").write_text("---\nnewsds_name: my-pages\nlicense: mit\n---\n# Mine\n")
    result = build(folder, tmp_path / "out")
    assert (result.name, result.counts.pages) == ("my-pages", 2)
    assert "# Mine" in (result.path / "README.md").read_text()
    explicit = build(folder, tmp_path / "out", config=BuildConfig())
    assert (explicit.name, explicit.counts.pages) == ("pages", 3)  # all but newsds.toml, which is no page


@pytest.mark.parametrize(
    ("config", "name"), [(None, "page-000"), (BuildConfig(name="given"), "given")], ids=["file", "config"]
)
def test_names(make_pages: Make, tmp_path: Path, config: BuildConfig | None, name: str) -> None:
    assert build(make_pages(1) / "page-000.txt", tmp_path / "out", config=config).name == name


def test_several_sources(make_pages: Make, tmp_path: Path) -> None:
    folders = [make_pages(2), make_pages(1, folder="more", other_dot_txt="x")]
    result = build(iter(folders), tmp_path / "out")
    assert result.name == "dataset"
    sources = {one.source for one in read_manifest(result.path).inputs}
    assert sources == {"pages/page-000.txt", "pages/page-001.txt", "more/page-000.txt", "more/other.txt"}


def test_output_inside_the_source(make_pages: Make) -> None:
    folder = make_pages(2)
    first = build(folder, folder / "dist")
    assert first.counts.inputs == 2
    assert build(folder, folder / "dist").unchanged
    with pytest.raises(UsageError, match="lies in the dataset to write"):
        build(first.path, folder / "dist", config=BuildConfig(name="pages"))


def test_nothing_to_read(make_pages: Make, tmp_path: Path) -> None:
    for sources in ([make_pages(0)], [tmp_path / "missing"], []):
        with pytest.raises(SourceError) as error:
            build(sources, tmp_path / "out")
        assert error.value.remedy
    with pytest.raises(SourceError, match="no file to read"):
        build(make_pages(2), tmp_path / "out", config=BuildConfig(include=("*.html",)))
    assert not (tmp_path / "out").exists()


def test_workers(make_pages: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="workers is -1"):
        build(make_pages(1), tmp_path / "out", workers=-1)
    assert not (tmp_path / "out").exists()


def test_nothing_is_printed(make_pages: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build(make_pages(2), tmp_path / "out")
    assert capfd.readouterr() == ("", "")


def test_manifest_can_be_read(make_pages: Make, tmp_path: Path) -> None:
    path = build(make_pages(1), tmp_path / "out").path / "manifest.json"
    text = path.read_text(encoding="utf-8")
    assert Manifest.from_json(text).to_json() == text


def test_output_that_cannot_be_a_folder(make_pages: Make, tmp_path: Path) -> None:
    folder = make_pages(1)
    (tmp_path / "file").write_text("x")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/pages").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file/deeper", tmp_path / "out"):
        with pytest.raises(OutputError) as error:
            build(folder, out)
        assert str(tmp_path) in str(error.value)
        assert "a file is where a folder must be" in error.value.remedy
    assert (tmp_path / "out/pages").read_text() == "x"


# --- rejects ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [2, "2", "40%", "40.0%", "100%", None])
def test_rejects_that_are_allowed(make_pages: Make, tmp_path: Path, allowed: int | str | None) -> None:
    folder = make_pages(3, a_dot_txt=b"", b_dot_xyz=b"")
    result = build(folder, tmp_path / "out", config=BuildConfig(max_rejects=allowed))
    assert (result.counts.rejected, result.counts.pages) == (2, 5)
    assert build(folder, tmp_path / "out").unchanged  # it decides no row


@pytest.mark.parametrize("allowed", [0, 1, "0", "39.9%", "0%"])
def test_too_many_rejects(make_pages: Make, tmp_path: Path, allowed: int | str) -> None:
    page = (make_pages(3) / "page-000.txt").read_text()
    folder = make_pages(2, a_dot_txt=b"", again_dot_txt=page)
    out = tmp_path / "out"
    before = files(build(folder, out).path)
    make_pages(3, z_dot_xyz=b"")
    (folder / "again.txt").unlink()
    with pytest.raises(TooManyRejectsError) as error:
        build(folder, out, config=BuildConfig(max_rejects=allowed))
    assert "2 of 5 pages" in str(error.value)
    assert str(allowed) in str(error.value)
    assert "1 empty, 1 unknown_format; the first of the most frequent: a.txt: no visible character" in str(error.value)
    assert sorted(p.name for p in (out / "pages").iterdir()) == [".cache", "1.0.0", "latest"]
    assert files(out / "pages/1.0.0") == before


def test_duplicates_are_no_rejects(make_pages: Make, tmp_path: Path) -> None:
    page = (make_pages(3) / "page-000.txt").read_text()
    result = build(make_pages(3, again_dot_txt=page), tmp_path / "out", config=BuildConfig(max_rejects=0))
    assert result.counts.duplicates == 1
