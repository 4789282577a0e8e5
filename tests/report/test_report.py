"""The report: one file, the same for the same rows, that shows what the dataset holds and does nothing of it."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import newsds
from newsds.errors import DataError, SourceError
from newsds.layout import ARTICLES
from newsds.model import Article, Flag
from newsds.report import Origin, Sources, report, report_name
from newsds.report.dataset import SAMPLES
from newsds.report.samples import UNSURE, rejects_by_reason, sample
from newsds.schema import SCHEMA, articles_from_batch, articles_to_batch

from .payloads import ADDRESSES, MARKUP, look

LINES = [f"On day {n} the mayor said that the old bridge would stay shut for now." for n in range(6)]
BODY = "\n\n".join(LINES)


def written(folder: Path, pages: dict[str, str]) -> Path:
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return folder


def hostile_pages() -> dict[str, str]:
    pages = {"twice/one.txt": f"One\n\n{BODY}", "twice/two.txt": f"One\n\n{BODY}", "none.txt": "", "x.xyz": "\x01\x02?"}
    for n, payload in enumerate(MARKUP):
        text = f"{payload} a title {n}\n\n{BODY}\n\nTags\n\n{payload}\n\n<<: {payload}\n"
        pages[f"<img src=x onerror=alert({n})>.txt".replace("/", "")] = text
        head = f'<link rel=canonical href="{ADDRESSES[n % len(ADDRESSES)]}"><meta name=keywords content="{payload}">'
        article = "".join(f"<p>{line}</p>" for line in LINES)
        pages[f"page-{n}.html"] = (
            f"<html lang='{payload}'>{head}<h1>{payload} {n}</h1>{article}<a rel=tag>{payload}</a>"
        )
    return pages


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("sources"), hostile_pages())


@pytest.fixture(scope="module")
def dataset(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return newsds.build(sources, tmp_path_factory.mktemp("dist"), config=newsds.BuildConfig(name="hostile")).path


def files_of(dataset: Path) -> list[Path]:
    return sorted((dataset / ARTICLES).glob("*.parquet"))


def test_the_report_of_a_hostile_dataset_is_inert(dataset: Path, sources: Path) -> None:
    alone, whole = report(dataset), report(dataset, sources=[sources])
    for page in (alone, whole):
        seen = look(page)
        assert len(seen.scripts) == len(seen.styles) == 3
        assert len(page.encode()) < 2_000_000
    assert alone != whole


def test_the_same_version_gives_the_same_bytes(dataset: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = report(dataset, sources=[sources])
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("LC_ALL", "tr_TR.UTF-8")
    assert report(dataset.parent, dataset.name, sources=[sources]) == first


def test_figures_rejects_and_duplicates_are_in_it(dataset: Path) -> None:
    words = re.sub(r"\s+", " ", " ".join(look(report(dataset)).text))
    found = newsds.stats(dataset)
    assert f"{found.rows:,} articles from" in words
    for reason, count in found.reasons.items():
        assert reason in words
        if reason != "duplicate":
            assert f"{reason}: {min(5, count)} of {count:,}" in words
    assert f"The first {min(5, found.reasons['duplicate'])} left out kept" in words
    for name in SCHEMA.names:
        assert name in words


def test_a_duplicate_names_the_article_that_was_kept(tmp_path: Path) -> None:
    folder = written(tmp_path / "raw", {"one.txt": f"One\n\n{BODY}", "two.txt": f"One\n\n{BODY}"})
    dataset = newsds.build(folder, tmp_path / "dist").path
    (article,) = articles_from_batch(pq.read_table(files_of(dataset)[0]))
    (section,) = re.findall(r'id="duplicates".*?</section>', report(dataset), re.DOTALL)
    assert f"<bdi>two.txt</bdi>, record 0</td><td><code>{article.id}</code>" in section


def test_every_id_that_the_sections_name_is_there(dataset: Path) -> None:
    page = report(dataset)
    ids = set(look(page).ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_samples_show_the_page_where_it_is_found(dataset: Path, sources: Path) -> None:
    whole, alone = report(dataset, sources=[sources]), report(dataset)
    assert whole.count('class="sample"') == alone.count('class="sample"') == SAMPLES
    assert "The page itself is not in the dataset" not in whole
    assert alone.count("The page itself is not in the dataset") == SAMPLES
    assert "another record" not in whole


def test_a_page_that_changed_since_is_not_shown(tmp_path: Path) -> None:
    folder = written(tmp_path / "raw", {"a.txt": f"One\n\n{BODY} a", "b.txt": f"Two\n\n{BODY} b"})
    dataset = newsds.build(folder, tmp_path / "dist").path
    (folder / "a.txt").write_text(f"Three\n\n{BODY} c")
    assert "2 of 2 articles" in report(dataset, sources=[folder])
    assert report(dataset, sources=[folder]).count("The page itself is not in the dataset") == 1


def test_a_sample_says_where_this_newsds_makes_another_record_of_its_page(tmp_path: Path) -> None:
    folder = written(tmp_path / "raw", {"a.txt": f"One\n\n{BODY} a", "b.txt": f"Two\n\n{BODY} b"})
    dataset = newsds.build(folder, tmp_path / "dist").path
    assert "another record" not in report(dataset, sources=[folder])
    (path,) = files_of(dataset)
    one, other = articles_from_batch(pq.read_table(path))
    changed = [replace(one, title="Another", tags=("Tea",)), other]
    pq.write_table(pa.Table.from_batches([articles_to_batch(changed)]), path)
    page = report(dataset, sources=[folder])
    assert page.count("another record") == 1
    assert "what differs: title, tags." in page


def test_pages_in_archives_are_found(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"Title {n}\n\n{BODY} {n}", "url": f"https://a.example/{n}"}) for n in range(5)]
    folder = written(tmp_path / "raw", {"pages.jsonl": "\n".join(lines), "one.txt": f"One\n\n{BODY}"})
    dataset = newsds.build(folder, tmp_path / "dist").path
    articles = [a for path in files_of(dataset) for a in articles_from_batch(pq.read_table(path))]
    origins = [Origin(a.source, a.record, a.page_digest) for a in articles]
    found = Sources([folder]).pages(origins)
    assert list(found) != []
    assert set(found) == set(origins)
    assert all(sha256(page.content).hexdigest() == origin.page_digest for origin, page in found.items())
    one_by_one = Sources([folder])
    assert {origin: one_by_one.page(origin) for origin in (*origins, *origins)} == found
    others = [origin._replace(page_digest="0" * 64) for origin in origins]  # changed since
    others += [origin._replace(record=99) for origin in origins] + [
        Origin("none", 0, "0" * 64),
        Origin(None, None, None),
    ]
    assert Sources([folder]).pages(others) == Sources().pages(origins) == {}
    assert report(dataset, sources=[folder]).count("The page itself") == 0


def rows(count: int) -> list[Article]:
    (article,) = newsds.extract_batch([newsds.Page(content=f"A title\n\n{BODY}".encode())]).to_pylist()
    one = next(articles_from_batch(pa.Table.from_pylist([article], schema=SCHEMA)))
    languages = ("en", "en", "de", "fr", None)
    flags = [(), (Flag.NO_TITLE,), (Flag.TRUNCATED, Flag.NO_TITLE)]
    return [
        replace(one, id=f"{(n * 7919) % 10007:032x}", language=languages[n % 5], flags=flags[n % 50 // 48])
        for n in range(count)
    ]


def in_files(folder: Path, articles: list[Article], per_file: int, per_group: int) -> list[Path]:
    folder.mkdir()
    paths = []
    for at in range(0, len(articles), per_file):
        paths.append(folder / f"{at:06d}.parquet")
        pq.write_table(
            pa.Table.from_batches([articles_to_batch(articles[at : at + per_file])]),
            paths[-1],
            row_group_size=per_group,
        )
    return paths


def test_the_rows_alone_decide_the_sample(tmp_path: Path) -> None:
    articles = rows(500)
    one = sample(in_files(tmp_path / "one", articles, 500, 500), 20)
    other = sample(in_files(tmp_path / "other", articles[::-1], 70, 9), 20)
    assert one == other
    assert len({article.id for article, _ in one}) == 20
    told = ", ".join(why for _, why in one)
    for trait in ("flag no_title", "language de", "language en", "language fr", "text page", "drawn by lot"):
        assert trait in told
    assert told.count("unsure") == UNSURE
    lot = [article.id for article, why in one if why == "drawn by lot"]
    others = {article.id for article, why in one if why != "drawn by lot"}
    assert lot == sorted(a.id for a in articles if a.id not in others)[: len(lot)]


def test_a_small_dataset_is_its_own_sample(tmp_path: Path) -> None:
    articles = rows(3)
    assert sorted(a.id for a, _ in sample(in_files(tmp_path / "x", articles, 2, 1), 20)) == sorted(
        a.id for a in articles
    )
    assert sample([], 20) == []
    assert rejects_by_reason([], 5) == {}


def test_a_dataset_without_articles_has_a_report(tmp_path: Path) -> None:
    dataset = newsds.build(written(tmp_path / "raw", {"none.txt": ""}), tmp_path / "dist").path
    words = " ".join(look(report(dataset)).text)
    assert "0 of 0 articles" in words
    assert "No page was there twice" in words


def test_what_changed_since_an_older_version(tmp_path: Path) -> None:
    folder = written(tmp_path / "raw", {f"{n}.txt": f"Title {n}\n\n{BODY} {n}" for n in range(4)})
    old = newsds.build(folder, tmp_path / "dist").path
    (folder / "0.txt").unlink()
    (folder / "1.txt").write_text(f"{MARKUP[0]} new\n\n{BODY} 1")
    (folder / "2.txt").write_text("")
    written(folder, {"5.txt": f"{MARKUP[1]} five\n\n{BODY} 5", "6.txt": f"Six\n\n{BODY} 6"})
    new = newsds.build(folder, tmp_path / "dist").path
    page = report(new, compare=old)
    words = re.sub(r"\s+", " ", " ".join(look(page).text))
    found = newsds.diff(old, new)
    assert f"Changes since {old.name}" in words
    assert "The difference is minor" in words
    assert f"4 articles became 4: {found.rows.phrase()}" in words
    assert "Input files: 2 added, 1 removed, 2 changed" in words
    assert f"{len(found.examples)} articles that differ" in words
    for column in found.rows.columns:
        assert f" {column} " in words
    assert "Both versions hold the same" in report(new, compare=new)
    assert "Changes since" not in report(new)


def test_a_hostile_difference_is_inert(dataset: Path, tmp_path: Path) -> None:
    pages = {name: text.replace("On day 3", "On day three") for name, text in hostile_pages().items()}
    pages = dict(list(pages.items())[: -len(pages) // 4])
    other = newsds.build(written(tmp_path / "raw", pages), tmp_path / "dist").path
    page = report(other, compare=dataset)
    look(page)
    assert page == report(other, compare=dataset)


def test_faults_are_named(tmp_path: Path, dataset: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        report(tmp_path / "no")
    with pytest.raises(SourceError, match="no such file"):
        report(dataset, sources=[tmp_path / "no"])
    with pytest.raises(DataError, match="does not exist"):
        report(dataset, compare=tmp_path / "no")
    broken = tmp_path / "x.parquet"
    broken.write_bytes(b"PAR1 no")
    with pytest.raises(DataError, match=r"cannot read .*x\.parquet"):
        sample([broken], 5)


def test_the_name_of_a_report_is_no_path(tmp_path: Path, dataset: Path) -> None:
    assert report_name(dataset) == "hostile-1.0.0.html"
    copy = tmp_path / "1.0.0"
    copy.mkdir()
    manifest = json.loads((dataset / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "name": "../../etc/<x>"}))
    assert report_name(copy) == ".._.._etc_x_-1.0.0.html"


@pytest.mark.parametrize(
    ("column", "value", "readable"),
    [
        ("confidence_body", math.nan, True),
        ("confidence_body", math.inf, True),
        ("language", "<b>", True),
        ("paragraphs", [{"kind": "p", "start": 9, "end": 10**9}], True),
        ("spans", [{"role": "body", "start": 9, "end": -5}], True),
        ("spans", [{"role": "nothing", "start": 0, "end": 5}], False),
        ("flags", ["nothing"], False),
        ("published", 2**62, False),
    ],
)
def test_rows_that_newsds_would_not_write(tmp_path: Path, column: str, value: object, readable: bool) -> None:
    folder = written(tmp_path / "raw", {"a.txt": f"One\n\n{BODY} a"})
    dataset = newsds.build(folder, tmp_path / "dist").path
    (path,) = files_of(dataset)
    table = pq.read_table(path)
    number = table.schema.get_field_index(column)
    field = SCHEMA.field(column)
    changed = pa.array([value], pa.int64()).cast(field.type) if column == "published" else pa.array([value], field.type)
    pq.write_table(table.set_column(number, field, changed).cast(SCHEMA), path)
    if readable:
        look(report(dataset))
    else:
        with pytest.raises(DataError, match="cannot read"):
            report(dataset)


@pytest.mark.slow
def test_a_hundred_thousand_rows_fit_into_two_megabytes(tmp_path: Path, dataset: Path, sources: Path) -> None:
    """Sites, tags and flags of full length, in as many values as there are rows."""
    big = tmp_path / "big"
    (big / ARTICLES).mkdir(parents=True)
    (big / "manifest.json").write_bytes((dataset / "manifest.json").read_bytes())
    (article,) = rows(1)
    long = "\u202e<&" * 400
    with pq.ParquetWriter(big / ARTICLES / "train-00000-of-00001.parquet", SCHEMA) as writer:
        for at in range(0, 100_000, 5_000):
            made = [
                replace(article, id=f"{n:032x}", site=f"{n}{long}", tags=(f"{n}{long}",), title=long, source=long)
                for n in range(at, at + 5_000)
            ]
            writer.write_batch(articles_to_batch(made))
    page = report(big)
    assert len(page.encode()) < 2_000_000
    look(page)
