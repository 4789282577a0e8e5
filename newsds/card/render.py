"""Card and facts → the files of a version that are for people and for other programs.

Page text is among the facts (languages, sites, tags), and cards are shown on web pages: see `newsds.card.inert`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Final

from newsds.card.croissant import croissant_json
from newsds.card.facts import Facts
from newsds.card.front import front_matter
from newsds.card.plots import plots
from newsds.card.sections import sections
from newsds.card.source import PLACE, Card
from newsds.layout import CARD, CROISSANT, STATS
from newsds.stats import empty_stats

_FORMAT: Final = 1
"""Goes up when the same facts give other plots, another stats.json or croissant.json: that is a version of the card."""
_TITLE: Final = re.compile(r"\A\s*# [^\n]*(?:\n\s*|\Z)")


def render_card(card: Card, facts: Facts) -> str:
    """Return README.md of a version: front matter, the author's text word for word, and the parts that newsds writes.

    A part stands where the author's text has a line `<!-- newsds:place PART -->`; the summary else below the title, the
    others at the end. What newsds writes stands between markers, and `parse_card` takes it out again.

    >>> from newsds.layout import Counts
    >>> counts = Counts(inputs=1, pages=1, rows=1, rejected=0, duplicates=0)
    >>> facts = Facts(name="pages", version="1.0.0", counts=counts, reasons={}, content_digest="0" * 64,
    ...               row_bytes={"articles": 900, "rejects": 0}, rejects_digest="0" * 64, schema_digest="0" * 64)
    >>> card = Card(meta={"license": "cc0-1.0", "language": "en", "tags": ["news"], "pretty_name": "Pages"})
    >>> print(render_card(card, facts).split("configs")[0], end="")
    ---
    license: cc0-1.0
    language: en
    tags:
    - news
    pretty_name: Pages
    newsds_name: pages
    size_categories:
    - n<1K
    """
    text = (card.text.strip("\n") or f"# {facts.name}") + "\n"
    parts = sections(card, facts, [found[1] for found in PLACE.finditer(text)])
    blocks = {
        part: f"<!-- newsds:begin {part} -->\n{content}\n<!-- newsds:end {part} -->\n"
        for part, content in parts.items()
    }
    written: set[str] = set()

    def place(found: re.Match[str]) -> str:
        written.add(found[1])
        line = found[0] if found[0].endswith("\n") else found[0] + "\n"
        return f"{line}{blocks[found[1]]}\n"

    text = PLACE.sub(place, text)
    title = _TITLE.match(text)
    if "summary" not in written and title and title.end() < len(text):
        text = f"{text[: title.end()]}{blocks['summary']}\n{text[title.end() :]}"
        written.add("summary")
    rest = [block for part, block in blocks.items() if part not in written]
    return f"---\n{front_matter(card, facts)}---\n\n" + "\n".join([text.rstrip("\n") + "\n", *rest])


def card_files(card: Card, facts: Facts) -> dict[str, str]:
    """Return the files of a version that are made from its figures: path → content, in the order of the paths."""
    files = {
        CARD: render_card(card, facts),
        CROISSANT: croissant_json(card, facts),
        STATS: facts.stats.to_json(),
        **plots(facts.stats),
    }
    return dict(sorted(files.items()))


def card_digest(card: Card, facts: Facts) -> str:
    """Return the SHA-256 of what a card says besides figures: if it changes and no row does, a version is a patch."""
    bare = replace(facts, version="", stats=empty_stats(), releases=())
    return hashlib.sha256(f"{_FORMAT}\n{render_card(card, bare)}".encode()).hexdigest()
