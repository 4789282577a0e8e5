"""croissant.json: the dataset for programs, as MLCommons Croissant 1.1, and where it is from, as W3C PROV.

Provenance is PROV inside this file, not an RO-Crate beside it: Croissant 1.1 names PROV-O for it, search engines and
loaders read the file already, and a crate would list the same files and digests a second time.
Specification: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pyarrow as pa

from newsds.card.citation import authors, citation_bibtex, licences, released, spdx, title
from newsds.card.facts import Facts
from newsds.card.front import languages
from newsds.card.inert import line
from newsds.card.source import PLACE, Card
from newsds.layout import CONFIGS, MANIFEST, SPLIT
from newsds.schema import ARTICLES, REJECTS, Column

CONFORMS_TO: Final = "http://mlcommons.org/croissant/1.1"
_PARQUET: Final = "application/vnd.apache.parquet"
"""Registered with IANA; `application/x-parquet`, which older readers look for, stands beside it."""
_FORMATS: Final = ["application/x-parquet", _PARQUET]
_TABLES: Final = {
    "articles": (ARTICLES, "An article a row, taken apart."),
    "rejects": (REJECTS, "An input a row that is no article: reason, and place in the source."),
}
_TERMS: Final = (
    "annotation arrayShape citeAs column containedIn equivalentProperty excludes extract field fileProperty fileObject "
    "fileSet format includes isArray isLiveDataset jsonPath key md5 parentField path recordSet references regex "
    "readLines repeated replace samplingRate sdVersion separator source subField transform unArchive value"
).split()
CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in _TERMS},
}
"""The context of the specification's first appendix, and PROV."""


def croissant_json(card: Card, facts: Facts) -> str:
    """Return the content of croissant.json; keys in the order in which the specification tells them."""
    return json.dumps(croissant(card, facts), indent=1, ensure_ascii=False) + "\n"


def croissant(card: Card, facts: Facts) -> dict[str, Any]:
    """Return a Croissant description of a version as JSON-LD.

    It names every Parquet file with its digest, and every column of both tables with type and meaning.
    """
    known = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": facts.name,
        "alternateName": title(card, facts),
        "conformsTo": CONFORMS_TO,
        "description": description(card, facts),
        "version": facts.version,
        "license": [f"https://spdx.org/licenses/{spdx(one)}" if spdx(one) else one for one in licences(card)],
        "url": line(str(card.meta.get("newsds_url") or "")),
        "creator": [{"@type": "sc:Organization", "name": name} for name in authors(card)],
        "datePublished": released(card),
        "citeAs": citation_bibtex(card, facts),
        "inLanguage": languages(facts),
        "keywords": _strings(card.meta.get("tags")),
        "isLiveDataset": False,
        **_provenance(facts),
        "distribution": _distribution(facts),
        "recordSet": [_record_set(name) for name in _TABLES],
    }
    return {key: value for key, value in known.items() if value not in (None, "", [])}


def description(card: Card, facts: Facts) -> str:
    """Return the first paragraph of the author's text, on a line; without one a sentence on the dataset."""
    for part in re.split(r"\n[ \t]*\n", PLACE.sub("\n", card.text)):
        text = line(part)
        if text and not re.match(r"[#<|`~]|-{3}", text):
            return text
    return f"{title(card, facts)}: articles from dumps of news pages, taken apart by newsds."


def _strings(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _provenance(facts: Facts) -> dict[str, Any]:
    """Which activity made it, with which tools, out of what. No time: the same inputs give the same file."""
    tools = [
        {
            "@type": ["prov:SoftwareAgent", "sc:SoftwareApplication"],
            "@id": f"tool/{name}",
            "name": name,
            "softwareVersion": release,
        }
        for name, release in sorted(facts.toolchain.items())
    ]
    sources = {
        "@type": ["prov:Entity", "prov:Collection"],
        "@id": "inputs",
        "name": "inputs",
        "description": f"The input files, {facts.counts.inputs} with {facts.counts.pages} pages: `inputs` in "
        f"{MANIFEST}. The digest is that of a line for each, SHA-256, two blanks and name, in the order of the names.",
        "sha256": facts.inputs_digest,
    }
    used = [{"@id": "inputs"}]
    used += [
        {"@type": "prov:Entity", "@id": key, "name": key, "sha256": digest}
        for key, digest in (("configuration", facts.config_digest), ("weights", facts.weights_digest))
        if digest
    ]
    return {
        "prov:wasDerivedFrom": sources,
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "@id": "build",
            "prov:label": "newsds build",
            "prov:used": used,
            "prov:wasAssociatedWith": tools,
        },
    }


def _distribution(facts: Facts) -> list[dict[str, Any]]:
    files = [
        {
            "@type": "cr:FileObject",
            "@id": one.path,
            "name": one.path.rsplit("/", 1)[-1],
            "contentUrl": one.path,
            "contentSize": f"{one.bytes} B",
            "encodingFormat": _FORMATS,
            "sha256": one.sha256,
        }
        for one in facts.files
    ]
    sets = [
        {
            "@type": "cr:FileSet",
            "@id": f"{name}-files",
            "name": f"{name}-files",
            "description": f"The Parquet files of the table {name}.",
            "encodingFormat": _FORMATS,
            "includes": f"{folder}/{SPLIT}-*.parquet",
        }
        for name, folder in CONFIGS.items()
    ]
    return [*files, *sets]


def _record_set(name: str) -> dict[str, Any]:
    columns, meaning = _TABLES[name]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": meaning,
        **({"key": {"@id": "articles/id"}} if name == "articles" else {}),
        "field": [_column(name, column) for column in columns],
    }


def _column(table: str, column: Column) -> dict[str, Any]:
    place = f"{table}/{column.name}"
    field: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": place,
        "name": column.name,
        "description": column.meaning,
    }
    kind = column.type
    if pa.types.is_list(kind):
        field |= {"isArray": True, "arrayShape": "-1"}
        kind = kind.value_type
    source = {"fileSet": {"@id": f"{table}-files"}, "extract": {"column": column.name}}
    if pa.types.is_struct(kind):
        field["subField"] = [
            {
                "@type": "cr:Field",
                "@id": f"{place}/{part.name}",
                "name": part.name,
                "dataType": _type(part.type),
                "source": source | {"transform": {"jsonPath": part.name}},
            }
            for part in kind
        ]
        return field
    field |= {"dataType": _type(kind), "source": source}
    if place == "rejects/duplicate_of":
        field["references"] = {"field": {"@id": "articles/id"}}
    return field


def _type(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "sc:DateTime"
    if pa.types.is_floating(kind):
        return "sc:Float"
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    return "sc:Integer" if pa.types.is_integer(kind) else "sc:Text"
