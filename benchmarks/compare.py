"""newsds beside its peers on the labelled pages of raw/, in one process and one run.

    python benchmarks/compare.py                 # newsds and every peer that is installed
    pip install trafilatura resiliparse          # the peers; newsds needs none of them

Figures: `body` is the mean word F1 of the article's text; `title`, `tags`, `recs` and `prev/next` are F1 over items
after folding; `ms` is the mean time a page. Text dumps are read by newsds alone: no peer has a notion of them.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.corpus import Case, cases, norm


@dataclass(frozen=True)
class Result:
    """What a tool gives for one page; None where it has no such field."""

    body: str
    title: str | None = None
    tags: Sequence[str] | None = None
    recs: Sequence[str] | None = None
    neighbours: Sequence[str | None] | None = None


def newsds_result(raw: bytes) -> Result:
    """Read a page with newsds."""
    import newsds

    a = newsds.extract(raw)
    return Result(
        body=a.text,
        title=a.title,
        tags=a.tags,
        recs=[r.title for r in a.recommendations],
        neighbours=[link.title if link else None for link in (a.previous, a.next)],
    )


def trafilatura_result(raw: bytes) -> Result:
    """Read a page with trafilatura."""
    import trafilatura

    found = trafilatura.bare_extraction(raw, include_comments=False, with_metadata=True)
    if found is None:
        return Result(body="", title=None, tags=())
    d: dict[str, Any] = found.as_dict()
    return Result(
        body=d.get("text") or "", title=d.get("title"), tags=[*(d.get("tags") or ()), *(d.get("categories") or ())]
    )


def resiliparse_result(raw: bytes) -> Result:
    """Read a page with Resiliparse."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    page = bytes_to_str(raw, detect_encoding(raw) or "utf-8")
    return Result(body=extract_plain_text(page, main_content=True, alt_texts=False))


TOOLS: dict[str, Callable[[bytes], Result]] = {
    "newsds": newsds_result,
    "trafilatura": trafilatura_result,
    "resiliparse": resiliparse_result,
}


def f1(matched: float, given: float, wanted: float) -> float:
    """F1 of counts; 1 where there was nothing to find and nothing was given."""
    return 2 * matched / (given + wanted) if given + wanted else 1.0


def words_f1(given: str, wanted: str) -> float:
    """F1 of the bags of words of two texts; of scripts without blanks, of characters."""
    one, other = (
        Counter("".join(f" {c} " if ord(c) > 0x2E7F else c for c in norm(t)).split()) for t in (given, wanted)
    )
    return f1(sum((one & other).values()), sum(one.values()), sum(other.values()))


def items_f1(pairs: Sequence[tuple[Sequence[str | None], Sequence[str | None]]]) -> float:
    """Micro F1 over the items of all pages."""
    matched = given = wanted = 0
    for one, other in pairs:
        a, b = ({norm(x) for x in xs if x} - {""} for xs in (one, other))
        matched, given, wanted = matched + len(a & b), given + len(a), wanted + len(b)
    return f1(matched, given, wanted)


def measure(tool: Callable[[bytes], Result], chosen: Sequence[Case]) -> dict[str, float]:
    """The figures of one tool."""
    pages = [c.page.read_bytes() for c in chosen]
    tool(pages[0])
    start = time.perf_counter()
    results = [tool(p) for p in pages]
    spent = time.perf_counter() - start
    labels = [c.labels for c in chosen]
    out = {
        "body": statistics.mean(words_f1(r.body, "\n".join(g["body"])) for r, g in zip(results, labels, strict=True))
    }
    if any(r.title for r in results):
        out["title"] = items_f1([([r.title], [g["title"]]) for r, g in zip(results, labels, strict=True)])
    wanted = {
        "tags": [g["tags"] for g in labels],
        "recs": [[x["title"] for x in g["recs"]] for g in labels],
        "neighbours": [[g["prev"], g["next"]] for g in labels],
    }
    for field, items in wanted.items():
        given = [getattr(r, field) for r in results]
        if None not in given:
            out["prev/next" if field == "neighbours" else field] = items_f1(list(zip(given, items, strict=True)))
    return out | {"ms": 1e3 * spent / len(pages)}


def table() -> str:
    """The figures as a Markdown table."""
    columns = ["body", "title", "tags", "recs", "prev/next", "ms"]
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
