"""What newsds finds in pages of a language whose words it does not know: the lexicon without that language's entries.

    python benchmarks/languages.py                      # the labelled pages of raw/
    python benchmarks/languages.py gold/gold.jsonl      # those of a labels file

A row a language: figures with all words, and how much of each is lost without the words of that language. The weights
have seen the words, so this is what a missing entry costs, not what a language costs that nobody labelled.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.compare import COLUMNS, label_of
from newsds.pipeline import extract
from newsds.segment import lexicon, marks
from newsds.train.labels import LabelledPage
from newsds.train.pages import labelled_pages
from newsds.train.score import Figures, answer_of, figures, score_answer
from tests.corpus import cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A page and what is on it."""

    content: bytes
    label: LabelledPage


def pages(files: Sequence[Path]) -> list[Labelled]:
    """The pages of labels files; without any, those of raw/ that have labels."""
    if files:
        return [Labelled(content=s.content, label=s.page) for file in files for s in labelled_pages(file)]
    found = [c for c in cases() if c.labels and c.name.startswith(("html/", "text/"))]
    return [Labelled(content=c.page.read_bytes(), label=label_of(c)) for c in found]


@contextmanager
def without(language: str) -> Iterator[None]:
    """Take the words of a language out of the lexicon, for as long as the context lasts."""
    whole, rest = lexicon.tables, lexicon.load(frozenset({language}))
    lexicon.tables = lambda: rest  # type: ignore[assignment]
    _forget()
    try:
        yield
    finally:
        lexicon.tables = whole
        _forget()


def _forget() -> None:
    marks._masks.cache_clear()
    marks._said.cache_clear()


def found(chosen: Sequence[Labelled]) -> Figures:
    """The figures of newsds on some pages."""
    return figures(score_answer(answer_of(extract(p.content)), p.label) for p in chosen)


def losses(chosen: Sequence[Labelled]) -> Mapping[str, tuple[int, Figures, Figures]]:
    """Language → how many pages, their figures with all words, and those without the words of the language."""
    by_language: dict[str, list[Labelled]] = {}
    for page in chosen:
        by_language.setdefault(page.label.language or "und", []).append(page)
    out = {}
    for language, of in sorted(by_language.items()):
        whole = found(of)
        with without(language):
            out[language] = (len(of), whole, found(of))
    return out


def table(measured: Mapping[str, tuple[int, Figures, Figures]]) -> str:
    """Say it."""
    lines = [f"{'':6}{'pages':>6}" + "".join(f"{heading:>16}" for heading in COLUMNS.values())]
    for language, (n, whole, rest) in measured.items():
        cells = [(getattr(whole, field), getattr(rest, field)) for field in COLUMNS]
        row = [f"{a.f1:.3f} {b.f1 - a.f1:+.3f}" if a and b else "" for a, b in cells]
        lines.append(f"{language:6}{n:6}" + "".join(f"{cell:>16}" for cell in row))
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", nargs="*", type=Path, help="labels files; without any, raw/")
    print(table(losses(pages(parser.parse_args().labels))))
