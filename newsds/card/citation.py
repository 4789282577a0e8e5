"""Who made a dataset, under which licence, and how to cite it: what its card's author says, for programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from newsds.card.facts import Facts
from newsds.card.front import dump_yaml
from newsds.card.inert import line
from newsds.card.source import Card

_SPDX: Final[Mapping[str, str]] = {
    one.lower(): one
    for one in (
        "AFL-3.0 AGPL-3.0 Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 "
        "CC-BY-NC-2.0 CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-3.0 "
        "CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0 "
        "CDLA-Sharing-1.0 EUPL-1.1 EUPL-1.2 GFDL-1.3 GPL-2.0 GPL-3.0 ISC LGPL-3.0 MIT MPL-2.0 ODbL-1.0 ODC-By-1.0 "
        "PDDL-1.0 Unlicense WTFPL Zlib"
    ).split()
} | {"gfdl": "GFDL-1.3", "odbl": "ODbL-1.0", "odc-by": "ODC-By-1.0", "pddl": "PDDL-1.0", "etalab-2.0": "etalab-2.0"}
"""The Hub's name of a licence (https://huggingface.co/docs/hub/repositories-licenses) → that of SPDX."""


def spdx(license_id: str) -> str | None:
    """Return the SPDX identifier of a licence that the Hub knows.

    >>> spdx("cc0-1.0"), spdx("other")
    ('CC0-1.0', None)
    """
    return _SPDX.get(license_id.lower())


def licences(card: Card) -> list[str]:
    """Return the licences that a card names, as it writes them."""
    named = card.meta.get("license", [])
    return [line(one) for one in ([named] if isinstance(named, str) else named)]


def authors(card: Card) -> list[str]:
    """Return the authors that a card names: a name each."""
    named = card.meta.get("newsds_authors", [])
    return [line(one) for one in ([named] if isinstance(named, str) else named)]


def title(card: Card, facts: Facts) -> str:
    """Return the name of the dataset for people."""
    return line(str(card.meta.get("pretty_name") or facts.name))


def released(card: Card) -> str | None:
    """Return the day of release that a card names: newsds knows no clock."""
    day = card.meta.get("newsds_released")
    return None if day is None else str(day)


def citation_cff(card: Card, facts: Facts) -> str:
    """Return the citation in the Citation File Format 1.2.0 (https://citation-file-format.github.io)."""
    values: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": title(card, facts),
        # the format asks for an author
        "authors": [{"name": name} for name in authors(card) or [f"The makers of {title(card, facts)}"]],
        "version": facts.version,
    }
    known = [one for one in map(spdx, licences(card)) if one]
    if known:
        values["license"] = known[0] if len(known) == 1 else known
    if day := released(card):
        values["date-released"] = day
    if url := card.meta.get("newsds_url"):
        values["url"] = line(str(url))
    values["identifiers"] = [
        {"type": "other", "value": f"sha256:{facts.content_digest}", "description": "content digest of the rows"}
    ]
    return dump_yaml(values)


def citation_bibtex(card: Card, facts: Facts) -> str:
    """Return the citation as a BibTeX entry."""
    fields = {
        "title": f"{{{_tex(title(card, facts))}}}",
        "author": " and ".join(f"{{{_tex(name)}}}" for name in authors(card)),
        "year": (released(card) or "")[:4],
        "version": facts.version,
        "url": _tex(line(str(card.meta.get("newsds_url") or ""))),
        "note": f"Content digest sha256:{facts.content_digest}",
    }
    lines = [f"  {key:<8}= {{{value}}}," for key, value in fields.items() if value]
    return "\n".join([f"@misc{{{re.sub('[^a-z0-9]+', '-', facts.name.lower())}-{facts.version},", *lines, "}"])


def _tex(text: str) -> str:
    """Braces and backslashes are how an entry would end early; the rest of TeX's signs are escaped."""
    return re.sub(r"[#$%&_]", lambda m: f"\\{m[0]}", re.sub(r"[\\{}^~]", "", text))
