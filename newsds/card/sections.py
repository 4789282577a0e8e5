"""The parts of a card that newsds writes: the sections of the Hub's template that follow from figures.

A part that people usually write (personal data, biases, limits, licence, citation) is left out where the card has a
heading of its own for it. What newsds says there holds for every dataset that it makes, with the figures of this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from newsds.card.citation import authors, citation_bibtex, citation_cff, licences, released, spdx
from newsds.card.facts import Facts, change
from newsds.card.inert import code, number, share
from newsds.card.source import BLOCKS, Card
from newsds.layout import SPLIT
from newsds.model import Flag, Reason
from newsds.schema import ARTICLES, REJECTS, Column, type_name
from newsds.stats import ColumnStats, Stats, ValueTable

_LEFT_TO_PEOPLE: Final = {
    "personal": re.compile(r"personal|privacy|sensitive", re.IGNORECASE),
    "biases": re.compile(r"\bbias", re.IGNORECASE),
    "limitations": re.compile(r"\blimit", re.IGNORECASE),
    "licensing": re.compile(r"\blicen[cs]", re.IGNORECASE),
    "citation": re.compile(r"\bcit(e|ing|ation)", re.IGNORECASE),
}
"""Part → words of a heading that says that the card's author wrote it."""
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(.*)")
_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")
_SHOWN: Final = 20
_SIZES: Final = ("title", "subtitle", "text", "page_chars")
_LISTS: Final = ("authors", "paragraphs", "captions", "tags", "keywords", "recommendations", "comments")
_CONFIDENCES: Final = (
    "confidence",
    "confidence_title",
    "confidence_body",
    "confidence_tags",
    "confidence_neighbours",
    "confidence_recommendations",
)
_PLOTS: Final = (
    ("plots/languages.svg", "Articles by language; the numbers are in the table below"),
    ("plots/lengths.svg", "Articles by length of the text"),
    ("plots/dates.svg", "Articles by date of publication"),
)


def sections(card: Card, facts: Facts, placed: Iterable[str] = ()) -> dict[str, str]:
    """Return the parts of a card, in their order, as Markdown.

    Args:
        card: what its author says; of a part with a heading of its own there, newsds writes none.
        facts: of the version.
        placed: parts that the author asks for by a line of their own.
    """
    headings = list(_headings(card.text))
    asked = set(placed)
    left_out = {
        part for part, words in _LEFT_TO_PEOPLE.items() if part not in asked and any(map(words.search, headings))
    }
    return {part: "\n".join(_PARTS[part](card, facts)) for part in BLOCKS if part not in left_out}


def _headings(text: str) -> Iterable[str]:
    """Headings outside code."""
    fence = ""
    for one in text.split("\n"):
        found = _FENCE.match(one)
        if found and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
        elif not fence and (heading := _HEADING.match(one)):
            yield heading[1]


def _summary(card: Card, facts: Facts) -> list[str]:
    counts, stats = facts.counts, facts.stats
    languages = len([one for one in stats.language_chars if one])
    parts = [
        f"**{_many(counts.rows, 'article')}** from {_many(counts.pages, 'page')} in {_many(counts.inputs, 'file')}"
    ]
    if languages:
        parts.append(f"in {_many(languages, 'language')}")
    dated = stats.column("published")
    if dated.min is not None:
        parts.append(f"published from {str(dated.min)[:10]} to {str(dated.max)[:10]} where a date is known")
    day = released(card)
    return [
        f"{', '.join(parts)}. Version {facts.version}{f', {day}' if day else ''}.",
        "Every page is a row of `articles` or a line of `rejects`, with the reason and its place in the input.",
    ]


def _structure(card: Card, facts: Facts) -> list[str]:
    counts, stats = facts.counts, facts.stats
    return [
        "## Dataset structure",
        "",
        "| configuration | rows | a row is |",
        "|---|---:|---|",
        f"| `articles` (default) | {number(counts.rows)} | an article, taken apart |",
        f"| `rejects` | {number(counts.rejected + counts.duplicates)} | an input that is no article, and why |",
        "",
        f"Both have one split, `{SPLIT}`. In the folder that holds this card:",
        "",
        "```python",
        "import datasets",
        "",
        f'articles = datasets.load_dataset(".", split="{SPLIT}")',
        f'rejects = datasets.load_dataset(".", "rejects", split="{SPLIT}")',
        "```",
        "",
        "### Fields of `articles`",
        "",
        "Filled: rows with a value, of lists those with an item.",
        "",
        *_fields(ARTICLES, stats.articles_columns, counts.rows),
        "",
        "### Fields of `rejects`",
        "",
        *_fields(REJECTS, stats.rejects_columns, stats.rejects),
    ]


def _fields(columns: Sequence[Column], figures: Sequence[ColumnStats], rows: int) -> list[str]:
    lines = ["| column | type | null | filled | meaning |", "|---|---|---|---:|---|"]
    for column, found in zip(columns, figures, strict=True):
        null = "yes" if column.nullable else "no"
        filled = share(rows - found.nulls - (found.empty or 0), rows)
        lines.append(f"| `{column.name}` | `{type_name(column.type)}` | {null} | {filled} | {column.meaning} |")
    return lines


def _figures(card: Card, facts: Facts) -> list[str]:
    lines = ["## Figures", ""]
    for path, told in _PLOTS:
        lines += [f"![{told}]({path})", ""]
    return [*lines, *figures_markdown(facts.stats, level=3)]


def figures_markdown(stats: Stats, *, level: int = 2) -> list[str]:
    """Return figures as Markdown tables; text of pages stands in code spans.

    Args:
        stats: the figures.
        level: of the headings.
    """
    head = "#" * level
    lines = [f"{head} Languages", "", "| language | articles | share | characters of text |", "|---|---:|---:|---:|"]
    for one in stats.values["language"].top[:_SHOWN]:
        chars = number(stats.language_chars.get(one.value or "", 0))
        lines.append(f"| {code(one.value)} | {number(one.rows)} | {share(one.rows, stats.rows)} | {chars} |")
    lines += _rest(stats.values["language"])
    lines += ["", f"{head} Sites", "", "| site | articles | share |", "|---|---:|---:|"]
    for one in stats.values["site"].top[:_SHOWN]:
        lines.append(f"| {code(one.value)} | {number(one.rows)} | {share(one.rows, stats.rows)} |")
    lines += _rest(stats.values["site"])
    lines += ["", f"{head} Tags", "", "| tag | articles |", "|---|---:|"]
    lines += [f"| {code(one.value)} | {number(one.rows)} |" for one in stats.values["tags"].top[:_SHOWN]]
    lines += _rest(stats.values["tags"])
    lines += ["", f"{head} Sizes", "", "| column | unit | least | 5 % | median | 95 % | greatest |"]
    lines.append("|---|---|---:|---:|---:|---:|---:|")
    for name in (*_SIZES, *_LISTS, *_CONFIDENCES):
        found = stats.column(name)
        if found.quantiles:
            cells = [found.min, found.quantiles["p05"], found.quantiles["p50"], found.quantiles["p95"], found.max]
            shown = [_thousandths(int(x or 0)) if found.unit == "thousandths" else number(int(x or 0)) for x in cells]
            unit = "probability" if found.unit == "thousandths" else found.unit
            lines.append(f"| `{name}` | {unit} | {' | '.join(shown)} |")
    pages = sum(stats.roles.values())
    lines += ["", f"{head} What the pages hold", "", "| role | characters | share |", "|---|---:|---:|"]
    for role, held in sorted(stats.roles.items(), key=lambda one: (-one[1], one[0])):
        lines.append(f"| {code(role)} | {number(held)} | {share(held, pages)} |")
    meanings = {flag.value: flag.meaning for flag in Flag}
    lines += ["", f"{head} Flags", "", "| flag | articles | meaning |", "|---|---:|---|"]
    for one in stats.values["flags"].top:
        lines.append(f"| {code(one.value)} | {number(one.rows)} | {meanings.get(one.value or '', '')} |")
    lines += ["", f"{head} Encodings", "", "| encoding | articles |", "|---|---:|"]
    lines += [f"| {code(one.value)} | {number(one.rows)} |" for one in stats.values["charset"].top[:_SHOWN]]
    return lines


def _rest(table: ValueTable) -> list[str]:
    left = len(table.top) - _SHOWN if table.distinct is None else table.distinct - _SHOWN
    if table.error:
        return ["", f"More follow; no count is too high, and none too low by more than {number(table.error)}."]
    return ["", f"And {number(left)} more."] if left > 0 else []


def reasons_markdown(reasons: Iterable[tuple[str, int]]) -> list[str]:
    """Return a table of rejects by reason."""
    meanings = {reason.value: reason.meaning for reason in Reason}
    lines = ["| reason | pages | meaning |", "|---|---:|---|"]
    return lines + [f"| {code(x)} | {number(n)} | {meanings.get(x, '')} |" for x, n in sorted(reasons)]


def _creation(card: Card, facts: Facts) -> list[str]:
    counts = facts.counts
    lines = [
        "## Dataset creation",
        "",
        "### Source data",
        "",
        f"Read: {_many(counts.inputs, 'file')} with {_many(counts.pages, 'page')}. "
        f"Rows: {number(counts.rows)}; rejected: {number(counts.rejected)}; duplicates of a row (the same page, or the "
        f"same title and text): {number(counts.duplicates)}. "
        "`manifest.json` names every file with its digest.",
        "",
    ]
    ledger = [*facts.reasons.items(), *([("duplicate", counts.duplicates)] if counts.duplicates else [])]
    if ledger:
        lines += [*reasons_markdown(ledger), ""]
    return [
        *lines,
        "### Processing",
        "",
        "newsds decoded each page, cut it into blocks, gave each block a role with a sequence model, and put the row "
        "together from the roles. No text was rewritten, translated or generated; `spans` says of every piece of the "
        "page what it was taken for, and `flags` what was done to it. The roles are a machine's, and so are its "
        "mistakes: the columns `confidence…` are the model's own probabilities of being right.",
        "",
        "The same inputs, configuration and versions of the tools give the same bytes. Every file of this version, its "
        "digest, the configuration and the tools are in `manifest.json`; `croissant.json` says the same in terms of "
        "Croissant and PROV.",
        "",
        "| digest (SHA-256) | |",
        "|---|---|",
        f"| rows of `articles` | `{facts.content_digest}` |",
        f"| lines of `rejects` | `{facts.rejects_digest}` |",
        f"| columns | `{facts.schema_digest}` |",
    ]


def _personal(card: Card, facts: Facts) -> list[str]:
    stats, rows = facts.stats, facts.counts.rows
    named, discussed = (rows - (stats.column(name).empty or 0) for name in ("authors", "comments"))
    return [
        "## Personal and sensitive information",
        "",
        "News names people. Rows keep what the pages show: nothing was removed, replaced or made anonymous. "
        f"{_many(named, 'article')} ({share(named, rows)}) name their authors in `authors`; {number(discussed)} "
        f"({share(discussed, rows)}) hold what readers wrote in `comments`, with whatever they say of themselves and "
        "others. Drop these two columns where they are not needed.",
    ]


def _biases(card: Card, facts: Facts) -> list[str]:
    stats, rows = facts.stats, facts.counts.rows
    lines = [
        "## Biases",
        "",
        "The rows are what the sources held, not a sample of the news: languages, sites and years stand in it as often "
        "as someone collected them.",
    ]
    top = [one for one in stats.values["language"].top if one.value]
    if top:
        lines[-1] += (
            f" The most frequent language, {code(top[0].value)}, is that of {share(top[0].rows, rows)} of them."
        )
    sites = [one for one in stats.values["site"].top if one.value]
    if sites:
        lines[-1] += f" The most frequent site, {code(sites[0].value)}, has {share(sites[0].rows, rows)}."
    return [
        *lines,
        "The model that gave the roles knows some languages and layouts better than others, so what it misses is not "
        "spread evenly: compare `confidence…` by language and site before you compare contents.",
    ]


def _limitations(card: Card, facts: Facts) -> list[str]:
    stats, rows = facts.stats, facts.counts.rows
    dated = rows - stats.column("published").nulls
    flags = {one.value: one.rows for one in stats.values["flags"].top}
    guessed = flags.get(Flag.LANGUAGE_GUESSED.value, 0)
    broken = flags.get(Flag.CHARACTERS_REPLACED.value, 0)
    found = stats.column("confidence_body").quantiles
    return [
        "## Limitations",
        "",
        f"- {_many(dated, 'article')} ({share(dated, rows)}) have a date; the others give none that can be trusted.",
        f"- The language of {number(guessed)} ({share(guessed, rows)}) was told from the text by a detector.",
        f"- {number(broken)} ({share(broken, rows)}) hold characters that could not be read, each as U+FFFD.",
        *(
            [
                "- By the model's own estimate, one article in twenty has its text right with a probability below "
                f"{_thousandths(found['p05'])}, and half of them with {_thousandths(found['p50'])} or more."
            ]
            if found
            else []
        ),
        "- Near duplicates, such as one agency report on two sites, are rows of their own.",
    ]


def _licensing(card: Card, facts: Facts) -> list[str]:
    named = licences(card)
    known = ", ".join(f"{code(one)} ({spdx(one)})" if spdx(one) else code(one) for one in named)
    return [
        "## Licensing",
        "",
        f"Licence: {known}." if named else "The makers of this dataset name no licence.",
        "The rights in each article stay with whoever wrote and published it; newsds reads no licence from pages.",
    ]


def _citation(card: Card, facts: Facts) -> list[str]:
    return [
        "## Citation",
        "",
        *([] if authors(card) else ["The card names no authors (`newsds_authors` in its front matter).", ""]),
        "As `CITATION.cff`:",
        "",
        "```yaml",
        citation_cff(card, facts).rstrip("\n"),
        "```",
        "",
        "BibTeX:",
        "",
        "```bibtex",
        citation_bibtex(card, facts),
        "```",
    ]


def _versions(card: Card, facts: Facts) -> list[str]:
    return [
        "## Versions",
        "",
        "Numbers are semantic: other columns raise the first, other rows the second, rejects or card alone the third.",
        "",
        "| version | articles | change |",
        "|---|---:|---|",
        *(f"| {one.version} | {number(one.rows)} | {change(one)} |" for one in facts.releases),
    ]


_PARTS: Final[dict[str, Callable[[Card, Facts], list[str]]]] = {
    "summary": _summary,
    "structure": _structure,
    "figures": _figures,
    "creation": _creation,
    "personal": _personal,
    "biases": _biases,
    "limitations": _limitations,
    "licensing": _licensing,
    "citation": _citation,
    "versions": _versions,
}


def _many(n: int, what: str) -> str:
    """Return a number of things.

    >>> _many(1, "page"), _many(2000, "page")
    ('1 page', '2,000 pages')
    """
    return f"{number(n)} {what}{'' if n == 1 else 's'}"


def _thousandths(n: int) -> str:
    """Return thousandths as a fraction.

    >>> _thousandths(870), _thousandths(1000)
    ('0.870', '1.000')
    """
    return f"{n // 1000}.{n % 1000:03d}"
