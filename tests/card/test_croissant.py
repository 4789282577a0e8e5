"""croissant.json as MLCommons' own library reads it, without a network, and its provenance as RDF."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from newsds.build import build
from newsds.card import Card
from newsds.card.citation import citation_bibtex, citation_cff, spdx
from newsds.card.croissant import croissant, description
from newsds.config import BuildConfig
from newsds.layout import read_manifest
from newsds.schema import ARTICLES, REJECTS

from .facts import CARD, FACTS

PAGE = """Ferry to stay shut until autumn

{0}

The chain ferry across the Wendle will not run again before October, the county council confirmed on Friday {0}.

It leaves about nine hundred daily passengers with a detour of twenty-three miles, twice a day, on narrow roads.

Ferries

Local government

<<:  Library hours cut again

>>:  New bus lane paint washes away in first rain
"""
META = """---
license: cc0-1.0
newsds_authors: [Ada, "Bob & Co {x}"]
newsds_released: 2024-05-31
newsds_url: https://pages.example/
---
# Pages

Some *pages*.
"""


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("croissant")
    (folder / "raw").mkdir()
    for number in range(3):
        (folder / "raw" / f"{number}.txt").write_text(PAGE.format(number), encoding="utf-8")
    (folder / "raw" / "empty.txt").touch()
    (folder / "raw" / "same.txt").write_text(PAGE.format(0), encoding="utf-8")
    (folder / "pages.md").write_text(META, encoding="utf-8")
    return build(folder / "raw", folder / "out", config=BuildConfig(card=str(folder / "pages.md"))).path


@pytest.fixture(scope="module")
def mlc() -> Any:
    with warnings.catch_warnings():  # of the packages it brings along
        warnings.simplefilter("ignore")
        return pytest.importorskip("mlcroissant", reason="in the extra `test`: pip install mlcroissant")


@pytest.fixture(scope="module")
def opened(mlc: Any, version: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mlc.Dataset(str(version / "croissant.json"))


def test_nothing_is_wrong_with_it(opened: Any) -> None:
    issues = opened.metadata.ctx.issues
    assert (sorted(issues.errors), sorted(issues.warnings)) == ([], [])
    assert opened.metadata.version == "1.0.0"
    assert opened.metadata.ctx.is_v1_1()


def test_every_column_of_both_tables(opened: Any) -> None:
    sets = {one.name: one for one in opened.metadata.record_sets}
    for name, columns in (("articles", ARTICLES), ("rejects", REJECTS)):
        assert [(f.name, f.description) for f in sets[name].fields] == [(c.name, c.meaning) for c in columns]


def plain(value: Any, form: Callable[[str], str]) -> Any:
    """A value as mlcroissant gives it, as newsds would: keys without the path, bytes as text."""
    if isinstance(value, dict):
        return {key.rsplit("/", 1)[-1]: plain(one, form) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one, form) for one in value]
    return value.decode() if isinstance(value, bytes) else value


@pytest.mark.parametrize("table", ["articles", "rejects"])
def test_records_are_the_rows(opened: Any, version: Path, table: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        records = [plain(one, str) for one in opened.records(table)]
    rows = pq.read_table(version / "data" / table).to_pylist()
    assert len(records) == len(rows) > 0
    for record, row in zip(records, rows, strict=True):
        for name, value in row.items():
            if value is None:  # a missing struct comes with its parts
                assert record[name] is None or set(record[name].values()) == {None}
            else:
                assert record[name] == value, name


def test_files_have_their_digests(version: Path) -> None:
    values = json.loads((version / "croissant.json").read_text(encoding="utf-8"))
    found = {
        one["contentUrl"]: (one["sha256"], one["contentSize"])
        for one in values["distribution"]
        if one["@type"] == "cr:FileObject"
    }
    files = [one for one in read_manifest(version).files if one.path.startswith("data/")]
    assert found == {one.path: (one.sha256, f"{one.bytes} B") for one in files}


def test_provenance_is_prov(mlc: Any, version: Path) -> None:
    rdflib = pytest.importorskip("rdflib")
    graph = rdflib.Graph()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph.parse(version / "croissant.json", format="json-ld", publicID="https://pages.example/")
        found = graph.query(
            """
            PREFIX prov: <http://www.w3.org/ns/prov#>
            PREFIX sc: <https://schema.org/>
            SELECT ?tool ?release ?digest WHERE {
              ?dataset a sc:Dataset; prov:wasGeneratedBy ?build; prov:wasDerivedFrom ?inputs.
              ?build a prov:Activity; prov:wasAssociatedWith ?agent; prov:used ?inputs.
              ?agent a prov:SoftwareAgent; sc:name ?tool; sc:softwareVersion ?release.
              ?inputs a prov:Collection; sc:sha256 ?digest.
            }"""
        )
    manifest = read_manifest(version)
    assert {str(tool): str(release) for tool, release, _ in found} == manifest.toolchain
    assert len({str(digest) for _, _, digest in found}) == 1


def test_the_description_is_the_first_paragraph() -> None:
    assert (
        description(Card(text="# T\n\n<!-- newsds:place figures -->\n\n| a |\n\nOne\ntwo.\n\nThree."), FACTS)
        == "One two."
    )
    assert description(Card(), FACTS) == "pages: articles from dumps of news pages, taken apart by newsds."


def test_what_the_card_does_not_say_is_left_out() -> None:
    found = croissant(Card(), FACTS)
    assert {"license", "url", "creator", "datePublished"}.isdisjoint(found)
    assert croissant(CARD, FACTS)["license"] == ["https://spdx.org/licenses/CC0-1.0"]


def test_citation() -> None:
    card = Card(
        meta={"newsds_authors": ["Ada", "Bob } \\input{x} & Co"], "newsds_released": "2024-05-31", "license": "mit"}
    )
    assert citation_cff(card, FACTS).startswith(
        "cff-version: 1.2.0\nmessage: If you use this dataset, please cite it as below.\ntype: dataset\ntitle: pages\n"
    )
    assert "license: MIT\ndate-released: '2024-05-31'\n" in citation_cff(card, FACTS)
    bibtex = citation_bibtex(card, FACTS)
    assert bibtex.startswith(
        "@misc{pages-1.2.0,\n  title   = {{pages}},\n  author  = {{Ada} and {Bob  inputx \\& Co}},\n"
    )
    assert bibtex.count("{") == bibtex.count("}")
    assert (spdx("apache-2.0"), spdx("odc-by"), spdx("unknown")) == ("Apache-2.0", "ODC-By-1.0", None)
