"""newsds beside its peers on the labelled pages of raw/, in one process and one run.

    python benchmarks/compare.py                 # newsds and every peer that is installed
    pip install trafilatura resiliparse          # the peers; newsds needs none of them

Figures: `body` is the mean word F1 of the article's text, `title` the share of pages whose title is right, `tags`,
`recs` and `prev/next` are F1 over items after folding (newsds/train/score.py defines them); `ms` is the mean time a
page. Text dumps are read by newsds alone: no peer has a notion of them.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from newsds.train.labels import LabelledPage, labelled_page
from newsds.train.score import Answer, Figures, answer_of, figures, score_answer
from tests.corpus import Case, cases

BODY = frozenset({"body"})
"""What a tool is judged by that gives the text alone."""


COLUMNS = {"body": "body", "title": "title", "tags": "tags", "recommendations": "recs", "neighbours": "prev/next"}
"""Field → the heading of its column."""


def newsds_result(raw: bytes) -> Answer:
    """Read a page with newsds."""
    import newsds

    return answer_of(newsds.extract(raw))


def trafilatura_result(raw: bytes) -> Answer:
    """Read a page with trafilatura."""
    import trafilatura

    judged = BODY | {"title", "tags"}
    found = trafilatura.bare_extraction(raw, include_comments=False, with_metadata=True)
    if found is None:
        return Answer(judged=judged)
    d: dict[str, Any] = found.as_dict()
    tags = [*(d.get("tags") or ()), *(d.get("categories") or ())]
    return Answer(text=d.get("text") or "", title=d.get("title"), tags=tags, judged=judged)


def resiliparse_result(raw: bytes) -> Answer:
    """Read a page with Resiliparse."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    page = bytes_to_str(raw, detect_encoding(raw) or "utf-8")
    return Answer(text=extract_plain_text(page, main_content=True, alt_texts=False), judged=BODY)


TOOLS: dict[str, Callable[[bytes], Answer]] = {
    "newsds": newsds_result,
    "trafilatura": trafilatura_result,
    "resiliparse": resiliparse_result,
}


def label_of(case: Case) -> LabelledPage:
    """What the reader of a case's page says is on it."""
    return labelled_page(case.labels | {"id": case.name, "language": case.meta["language"].split("-")[0]})


def quality(tool: Callable[[bytes], Answer], chosen: Sequence[Case]) -> Figures:
    """How well a tool finds what the labels of some cases name."""
    return figures(score_answer(tool(c.page.read_bytes()), label_of(c)) for c in chosen)


def measure(tool: Callable[[bytes], Answer], chosen: Sequence[Case]) -> dict[str, float]:
    """The figures of one tool, column by column of the table."""
    pages = [c.page.read_bytes() for c in chosen]
    tool(pages[0])
    start = time.perf_counter()
    results = [tool(p) for p in pages]
    spent = time.perf_counter() - start
    found = figures(score_answer(r, label_of(c)) for r, c in zip(results, chosen, strict=True))
    return {COLUMNS[x]: f.f1 for x, f in found.items() if x in COLUMNS} | {"ms": 1e3 * spent / len(pages)}


def table() -> str:
    """The figures as a Markdown table."""
    columns = [*COLUMNS.values(), "ms"]
    lines = [f"| pages | tool | {' | '.join(columns)} |", "|" + "---|" * (len(columns) + 2)]
    for kind in ("html", "text"):
        chosen = [c for c in cases() if c.name.startswith(kind) and c.labels["body"]]
        for name, tool in TOOLS.items():
            if importlib.util.find_spec(name) is None or (kind == "text" and name != "newsds"):
                continue
            found = measure(tool, chosen)
            row = [f"{found[c]:.1f}" if c == "ms" else f"{found[c]:.3f}" if c in found else "–" for c in columns]
            lines.append(f"| {len(chosen)} {kind} | {name} | {' | '.join(row)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(table())
