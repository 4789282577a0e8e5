"""The fixture corpus in raw/: one directory a case; this shows and accepts what newsds makes of it.

    python -m tests.corpus status          every case: reviewed or not, and how it differs from its labels
    python -m tests.corpus show CASE       what changed since it was accepted, and how it differs from its labels
    python -m tests.corpus accept CASE…    show, then write expected.json (or error.json) and clear `reviewed`
    python -m tests.corpus review CASE…    set `reviewed`: somebody has read the golden

A case holds page.<ext> (byte-exact), case.json (why it is there, origin, language, licence, reviewed), labels.json
(what a careful reader says is on the page, written before newsds had read it), and expected.json (what newsds gives:
every field and span) or error.json (the reason code of a page that is no row).

A case in raw/within is a container that holds pages of other cases (`holds` in case.json names them). Its expected.json
has a line for each page and each rejection: where it lies, and what a page has of the case's that it is from.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from newsds.model import Article, Page, Rejection
from newsds.pipeline import extract_pages, rejection_of
from newsds.read import InputFile, read_input
from newsds.schema import article_to_row
from newsds.train.counts import fold

RAW = Path(__file__).resolve().parent.parent / "raw"
WITHIN = "within"
"""Folder of the cases that are containers."""
_BEGINNING = 64
"""Bytes by which a damaged page is told."""
NOT_IN_GOLDEN = frozenset(("source", "record", "offset", "length"))
"""Where the page lies in its container, which is not the page's own."""


@dataclass(frozen=True)
class Case:
    """A directory of the corpus."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(RAW).as_posix()

    @cached_property
    def meta(self) -> dict[str, Any]:
        meta: dict[str, Any] = json.loads((self.path / "case.json").read_text(encoding="utf-8"))
        return meta

    @cached_property
    def labels(self) -> dict[str, Any]:
        labels: dict[str, Any] = json.loads((self.path / "labels.json").read_text(encoding="utf-8"))
        return labels

    @property
    def page(self) -> Path:
        (page,) = self.path.glob("page.*")
        return page

    @cached_property
    def actual(self) -> Article | Rejection:
        return extract_file(self.page)

    @property
    def new_golden(self) -> Any:
        """What newsds makes of the case now."""
        return ledger_of(self) if self.is_container else golden_of(self.actual)

    @property
    def is_container(self) -> bool:
        return self.path.parent.name == WITHIN

    @property
    def golden(self) -> Any:
        for name in ("expected.json", "error.json"):
            if (self.path / name).exists():
                golden: Any = json.loads((self.path / name).read_text(encoding="utf-8"))
                return golden
        return {}


def cases() -> list[Case]:
    """All cases that are a page, in the order of their names."""
    return [c for c in _all() if not c.is_container]


def containers() -> list[Case]:
    """All cases that are a container, in the order of their names."""
    return [c for c in _all() if c.is_container]


def _all() -> list[Case]:
    return [Case(p.parent) for p in sorted(RAW.glob("*/*/case.json"))]


def extract_file(path: Path) -> Article | Rejection:
    """What a build makes of one file."""
    page = next(iter(read_input(InputFile(source=path.name, path=str(path)))))
    if isinstance(page, Rejection):
        return page
    assert isinstance(page, Page)
    (article,) = extract_pages([page])
    return rejection_of(article) or article


def golden_of(result: Article | Rejection) -> dict[str, Any]:
    """The content of expected.json, or of error.json."""
    if isinstance(result, Rejection):
        return {"reason": result.reason.value, "message": result.message}
    row = article_to_row(result)
    row["spans"] = [[s["role"], s["start"], s["end"]] for s in row["spans"]]
    row["paragraphs"] = [[p["kind"], p["start"], p["end"]] for p in row["paragraphs"]]
    return {k: v.isoformat() if isinstance(v, datetime) else v for k, v in row.items() if k not in NOT_IN_GOLDEN}


def ledger_of(case: Case) -> list[dict[str, Any]]:
    """What comes out of a container: a line a page or rejection, without what is absent."""
    held = {name: Case(RAW / name).page.read_bytes() for name in case.meta["holds"]}
    lines = []
    for one in read_input(InputFile(source=case.page.name, path=str(case.page))):
        line: dict[str, Any] = {"source": one.source, "record": one.record, "offset": one.offset, "length": one.length}
        if isinstance(one, Rejection):
            line |= {"reason": one.reason.value, "message": one.message, "url": one.url}
        else:
            begins = one.content[:_BEGINNING]
            line["page"] = next((name for name, page in held.items() if page == one.content), None)
            if line["page"] is None:
                line["part_of"] = next((name for name, page in held.items() if begins and page.startswith(begins)), "")
                line["bytes"] = len(one.content)
            line |= {"media_type": one.media_type, "url": one.url, "language": one.language}
            line["captured_at"] = one.captured_at.isoformat() if one.captured_at else None
            line["flags"] = [flag.value for flag in one.flags] or None
        lines.append({name: value for name, value in line.items() if value is not None})
    return lines


def dump(value: Any) -> str:
    """JSON, sorted and indented; short lists of scalars stay on a line."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return re.sub(r"\[\s+([^\[\]{}]{1,60}?)\s+\]", lambda m: "[" + re.sub(r"\s*\n\s*", " ", m[1]) + "]", text) + "\n"


def against_labels(case: Case) -> Iterator[str]:
    """How the result differs from what a reader says, a line a difference."""
    labels, got = case.labels, case.actual
    if isinstance(got, Rejection):
        if case.meta.get("reject") != got.reason.value:
            yield f"rejected as {got.reason.value}, labels say {case.meta.get('reject')}"
        return
    if case.meta.get("reject"):
        yield f"a row, labels say rejected as {case.meta['reject']}"
        return
    body = [fold(got.text[p.start : p.end]) for p in got.paragraphs]
    pairs = [
        ("title", [fold(got.title)], [fold(labels["title"])]),
        ("subtitle", [fold(got.subtitle)], [fold(labels["subtitle"])]),
        ("body", body, [fold(x) for x in labels["body"]]),
        ("tags", [fold(x) for x in got.tags], [fold(x) for x in labels["tags"]]),
        ("previous", [fold(got.previous.title if got.previous else "")], [fold(labels["prev"])]),
        ("next", [fold(got.next.title if got.next else "")], [fold(labels["next"])]),
        ("recs", [fold(r.title) for r in got.recommendations], [fold(r["title"]) for r in labels["recs"]]),
        ("snippets", [fold(r.snippet) for r in got.recommendations], [fold(r["snippet"]) for r in labels["recs"]]),
        ("captions", [fold(x) for x in got.captions], [fold(x) for x in labels["captions"]]),
        ("comments", [fold(x) for x in got.comments], [fold(x) for x in labels["comments"]]),
    ]
    for field, one, other in pairs:
        for line in difflib.ndiff(other, one):
            if line[0] in "+-":
                yield f"{field}: {line[:160]}"


def main(argv: list[str]) -> int:
    command, names = (argv or ["status"])[0], argv[1:]
    chosen = [c for c in _all() if not names or c.name in names or c.path.name in names or "all" in names]
    for case in chosen:
        differences = [] if case.is_container else list(against_labels(case))
        new = dump(case.new_golden)
        old = dump(case.golden) if case.golden else ""
        state = "" if case.meta["reviewed"] else "not reviewed"
        state += "" if old == new else " changed" if old else " no golden"
        print(f"{case.name}: {state.strip() or 'ok'}; {len(differences)} differences from the labels")
        if command in ("show", "accept"):
            print("\n".join(f"    {d}" for d in differences))
            if old:
                print("".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), "accepted", "now", n=1)))
        if command == "accept" and old != new:
            for name in ("expected.json", "error.json"):
                (case.path / name).unlink(missing_ok=True)
            rejected = not case.is_container and isinstance(case.actual, Rejection)
            name = "error.json" if rejected else "expected.json"
            (case.path / name).write_text(new, encoding="utf-8")
        if command == "review" or (command == "accept" and old != new):
            (case.path / "case.json").write_text(
                json.dumps(case.meta | {"reviewed": command == "review"}, ensure_ascii=False, indent=1) + "\n",
                encoding="utf-8",
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
