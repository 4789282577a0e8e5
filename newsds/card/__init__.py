"""The dataset card: README.md of a version, and what lies beside it, from a card source and the facts of the build.

    source.py      cards/<name>.md → Card
    facts.py       what a build knows of a version, and of those before it
    render.py      Card + Facts → README.md, and all files
    front.py         its front matter
    sections.py      the parts that newsds writes
    plots.py         plots, as SVG
    citation.py      licence and citation
    croissant.py   Card + Facts → croissant.json
    inert.py       text of pages, which must do nothing in any of them

The card lies inside the version that the build publishes, so the build calls this package; it knows nothing of builds.
"""

from __future__ import annotations

from newsds.card.facts import Facts, change
from newsds.card.front import features_yaml
from newsds.card.plots import inline_plots
from newsds.card.render import card_digest, card_files, render_card
from newsds.card.sections import figures_markdown, reasons_markdown
from newsds.card.source import Card, parse_card, read_card, source_text

__all__ = [
    "Card",
    "Facts",
    "card_digest",
    "card_files",
    "change",
    "features_yaml",
    "figures_markdown",
    "inline_plots",
    "parse_card",
    "read_card",
    "reasons_markdown",
    "render_card",
    "source_text",
]
