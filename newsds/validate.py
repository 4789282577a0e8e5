"""Does a table keep its contract? Rows → good and broken ones; a dataset on disk → a report.

    check(batch)    the rules of a row (`newsds.rules`): used by the build, whose broken rows become rejects
    validate(path)  the same, and what holds between rows, files and manifest (`RULES_OF_A_DATASET`)

Faults of the data are values, never exceptions.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from newsds.canonical import encode_row, row_digest
from newsds.errors import DataError
from newsds.layout import (
    ARTICLES,
    LATEST,
    MANIFEST,
    REJECTS,
    STATS,
    Manifest,
    input_of,
    is_version_folder,
    published_versions,
    read_latest,
    read_manifest,
    resolve,
)
from newsds.model import Reason
from newsds.rules import RULES
from newsds.schema import REJECTS_SCHEMA, SCHEMA
from newsds.stats import STATS_FORMAT, measure
from newsds.version import is_version

RULES_OF_A_DATASET: Final = {
    "schema": "the columns are those of newsds, in name, type and order",
    "parquet": "the file can be read",
    "id_unique": "no two rows have the same `id`",
    "row_order": "rows are in the order of site, date and id",
    "reject_form": "a reject has a known reason, and a message; a duplicate names the row that was kept",
    "manifest": "manifest.json is there and can be read",
    "version_name": "a folder with the name of a version holds that version",
    "file_missing": "every file in the manifest is there",
    "file_digest": "every file has the length and SHA-256 in the manifest",
    "file_unlisted": "every file under data/ is in the manifest",
    "stats": "the figures in stats.json are those of the rows",
    "counts": "rows and rejects are as many, reason by reason, as the manifest says",
    "ledger": "pages = rows + rejected + duplicates, in all and for each input",
    "content_digest": "the digest of the rows is the one in the manifest",
    "rejects_digest": "the digest of the rejects is the one in the manifest",
    "latest": "`latest` names a version that is there",
}
"""What `validate` checks beyond the rules of a row."""
_SHOWN: Final = 5
"""Rows of a broken rule that `Report.lines` names; `Report.broken` has all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that is broken, and where."""

    rule: str
    detail: str
    """the value and what is wrong with it"""
    row: int | None = None
    """row in the batch or file, from 0; None if it is not about one"""
    id: str | None = None
    """id of that row"""
    file: str | None = None
    """path of the file, relative to the version"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A batch taken apart by the rules of a row."""

    good: pa.RecordBatch
    """rows that keep every rule, in their order"""
    broken: tuple[Broken, ...]
    """every rule that every other row breaks, ordered by row"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What `validate` found."""

    path: Path
    rows: int
    rejects: int
    broken: tuple[Broken, ...]

    @property
    def ok(self) -> bool:
        """Whether every rule holds."""
        return not self.broken

    def __bool__(self) -> bool:
        return self.ok

    def lines(self) -> list[str]:
        """Return the report for a terminal: a line, and one more for each broken rule and each of its first rows."""
        head = f"{_plain(str(self.path))}: {self.rows} rows, {self.rejects} rejects"
        if self.ok:
            return [f"{head}: every rule holds"]
        meanings = {rule.name: rule.meaning for rule in RULES} | RULES_OF_A_DATASET
        groups: dict[str, list[Broken]] = {}
        for one in self.broken:
            groups.setdefault(one.rule, []).append(one)
        lines = [f"{head}: {len(groups)} rules broken"]
        for rule, found in groups.items():
            lines.append(f"{rule}: {len(found)} times; the rule: {meanings[rule]}")
            for one in found[:_SHOWN]:
                place = [one.file or "", "" if one.row is None else f"row {one.row}", f"id {one.id}" if one.id else ""]
                lines.append("  " + _plain(": ".join(x for x in (", ".join(p for p in place if p), one.detail) if x)))
            if len(found) > _SHOWN:
                lines.append(f"  and {len(found) - _SHOWN} more")
        return lines


def _plain(text: str) -> str:
    """Page text reaches the terminal through details: escape what could steer it."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def check(batch: pa.RecordBatch) -> Checked:
    """Hold a batch of articles against the rules of a row.

    Args:
        batch: rows of the articles' schema. With other columns no row is good, and `schema` is broken once.

    Returns:
        The good rows, and every rule that the others break. That ids are unique is for `repeated_ids`.

    >>> from newsds.model import Article
    >>> from newsds.schema import articles_to_batch
    >>> article = Article(id="x", text="Hello", kind="text", page_chars=5, charset="utf-8", charset_source="bom",
    ...                   page_digest="0" * 64)
    >>> [(one.row, one.rule) for one in check(articles_to_batch([article])).broken]
    [(0, 'id_form'), (0, 'paragraph_cover')]
    """
    wrong = _schema_difference(batch.schema, SCHEMA)
    if wrong:
        return Checked(
            good=pa.RecordBatch.from_pylist([], schema=SCHEMA), broken=(Broken(rule="schema", detail=wrong),)
        )
    found: dict[tuple[int, int], Broken] = {}
    for number, rule in enumerate(RULES):
        for row, detail in rule.check(batch):
            found.setdefault((row, number), Broken(rule=rule.name, detail=detail, row=row))
    if not found:
        return Checked(good=batch, broken=())
    ids = batch.column("id")
    good = np.ones(batch.num_rows, dtype=bool)
    good[[row for row, _ in found]] = False
    return Checked(
        good=batch.filter(pa.array(good)),
        broken=tuple(replace(found[key], id=ids[key[0]].as_py()) for key in sorted(found)),
    )


def repeated_ids(ids: Iterable[str | None], seen: set[str]) -> Iterator[tuple[int, str]]:
    """Yield number and id of those that are in `seen`, or come twice; adds all to `seen`.

    >>> seen = {"a"}
    >>> list(repeated_ids(["b", "a", "b"], seen)), sorted(seen)
    ([(1, 'a'), (2, 'b')], ['a', 'b'])
    """
    for number, one in enumerate(ids):
        if one is None:
            continue
        if one in seen:
            yield number, one
        seen.add(one)


def _schema_difference(found: pa.Schema, wanted: pa.Schema) -> str:
    """Say where two schemas differ first; empty if nowhere. Metadata does not count."""
    if found.equals(wanted, check_metadata=False):
        return ""
    if found.names != wanted.names:
        missing = [n for n in wanted.names if n not in found.names]
        extra = [n for n in found.names if n not in wanted.names]
        parts = [f"missing {', '.join(missing)}" if missing else "", f"unknown {', '.join(extra)}" if extra else ""]
        return "; ".join(p for p in parts if p) or "the columns are in another order"
    for one, other in zip(found, wanted, strict=True):
        if not one.equals(other):
            return f"{one.name} is {one.type}{_null(one)}, not {other.type}{_null(other)}"
    return "the columns differ"


def _null(one: pa.Field) -> str:
    return "" if one.nullable else " not null"


def validate(path: str | os.PathLike[str], version: str | None = None) -> Report:
    """Check a dataset on disk against every rule: rows, files, digests and the ledger.

    Args:
        path: the folder of a dataset, of one of its versions, or a Parquet file of either table.
        version: which version of the dataset; without it the one that `latest` names.

    Returns:
        A report that is true if every rule holds, and else lists what is broken. Damaged files are in it, not raised.

    Raises:
        DataError: there is no dataset at `path`.
    """
    place = Path(path)
    if place.is_file():
        if place.suffix != ".parquet":
            raise DataError(f"{place} is no Parquet file", "give the folder of a dataset, or a file of its data")
        audit = _Audit()
        if _is_rejects(place):
            audit.rejects(place, place.name)
        else:
            audit.articles(place, place.name)
        return audit.report(place)
    folder = resolve(place, version)
    audit = _Audit()
    if not is_version_folder(place):
        latest = read_latest(place)
        if latest is None or latest not in [str(v) for v in published_versions(place)]:
            audit.add("latest", f"{LATEST} names {latest or 'no version'}")
    audit.version(folder)
    return audit.report(folder)


def _is_rejects(path: Path) -> bool:
    try:
        return bool(pq.read_schema(path).names == REJECTS_SCHEMA.names)
    except (pa.ArrowException, OSError, ValueError):
        return False


@dataclass(slots=True, kw_only=True)
class _Audit:
    """Reads what is on disk, once and in pieces, and notes what is broken."""

    broken: list[Broken] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    kept: list[tuple[str, int, str]] = field(default_factory=list)
    """rows named by duplicates: file, row, id"""
    sources: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    content: Any = field(default_factory=hashlib.sha256)
    rejected: Any = field(default_factory=hashlib.sha256)
    last: tuple[str, int, str] | None = None
    n_rows: int = 0
    n_rejects: int = 0

    def add(self, rule: str, detail: str, **where: Any) -> None:
        self.broken.append(Broken(rule=rule, detail=detail, **where))

    def report(self, path: Path) -> Report:
        return Report(path=path, rows=self.n_rows, rejects=self.n_rejects, broken=tuple(self.broken))

    def version(self, folder: Path) -> None:
        manifest = None
        try:
            manifest = read_manifest(folder)
        except DataError as error:
            self.add("manifest", error.message, file=MANIFEST)
        if manifest:
            self.files(folder, manifest)
        for path in sorted((folder / ARTICLES).glob("*.parquet")):
            self.articles(path, f"{ARTICLES}/{path.name}")
        for path in sorted((folder / REJECTS).glob("*.parquet")):
            self.rejects(path, f"{REJECTS}/{path.name}")
        for file, row, one in self.kept:
            if one not in self.ids:
                self.add("reject_form", f"duplicate_of is {one}, which is no row", file=file, row=row)
        if manifest:
            self.ledger(manifest)
            if any(file.path == STATS for file in manifest.files):  # versions of an older newsds have none
                self.figures(folder)

    def figures(self, folder: Path) -> None:
        try:
            written = (folder / STATS).read_text(encoding="utf-8")
            values = json.loads(written)
            made = values["format"]
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            self.add("stats", f"cannot be read: {type(error).__name__}", file=STATS)
            return
        if made != STATS_FORMAT:  # of another newsds, whose figures this one does not know
            return
        try:
            found = measure(*(sorted((folder / table).glob("*.parquet")) for table in (ARTICLES, REJECTS))).to_json()
        except DataError:  # a rule of the rows has named the file
            return
        if found != written:
            right = json.loads(found)
            wrong = sorted(k for k in right.keys() | values.keys() if right.get(k) != values.get(k))
            self.add("stats", f"wrong: {', '.join(wrong) or 'the form'}", file=STATS)

    def files(self, folder: Path, manifest: Manifest) -> None:
        name = folder.resolve().name
        if is_version(name) and name != manifest.version:
            self.add("version_name", f"the folder is {name}, the manifest {manifest.version}")
        for file in manifest.files:
            path = folder / file.path
            if not path.is_file():
                self.add("file_missing", "no such file", file=file.path)
                continue
            try:
                with path.open("rb") as stream:
                    found = hashlib.file_digest(stream, "sha256").hexdigest()
                    length = stream.tell()
            except OSError as error:
                self.add("file_missing", error.strerror or "cannot be read", file=file.path)
                continue
            if length != file.bytes:
                self.add("file_digest", f"{length} bytes, not {file.bytes}", file=file.path)
            elif found != file.sha256:
                self.add("file_digest", f"SHA-256 is {found}, not {file.sha256}", file=file.path)
        listed = {file.path for file in manifest.files}
        for path in sorted((folder / "data").rglob("*")):
            name = path.relative_to(folder).as_posix()
            if not path.is_dir() and name not in listed:
                self.add("file_unlisted", "not in the manifest", file=name)

    def batches(self, path: Path, name: str, schema: pa.Schema) -> Iterator[tuple[int, pa.RecordBatch]]:
        """Yield batches of a file with the number of their first row; a damaged file ends early and is noted."""
        first = 0
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                wrong = _schema_difference(file.schema_arrow, schema)
                if wrong:
                    self.add("schema", wrong, file=name)
                    return
                for batch in file.iter_batches(batch_size=1024):
                    batch.validate(full=True)
                    yield first, batch.cast(schema)  # drops the metadata
                    first += batch.num_rows
        except (pa.ArrowException, OSError, ValueError) as error:
            what = (str(error) or repr(error)).splitlines()[0]
            self.add("parquet", f"after row {first}: {what}", file=name)

    def articles(self, path: Path, name: str) -> None:
        for first, batch in self.batches(path, name, SCHEMA):
            self.n_rows += batch.num_rows
            for one in check(batch).broken:
                self.broken.append(replace(one, row=first + (one.row or 0), file=name))
            ids = batch.column("id").to_pylist()
            for row, one_id in repeated_ids(ids, self.ids):
                self.add("id_unique", "the id was there before", file=name, row=first + row, id=one_id)
            self.order(batch, first, name, ids)
            self.sources.update(source or "" for source in batch.column("source").to_pylist())
            self.digest(batch, self.content)

    def order(self, batch: pa.RecordBatch, first: int, name: str, ids: Sequence[str | None]) -> None:
        sites = batch.column("site").to_pylist()
        dates = batch.column("published").cast(pa.int64()).to_pylist()
        for row, (site, date, one_id) in enumerate(zip(sites, dates, ids, strict=True)):
            key = (site or "", -(2**63) if date is None else date, one_id or "")
            if self.last is not None and key < self.last:
                self.add("row_order", "the row before it belongs after it", file=name, row=first + row, id=one_id)
            self.last = key

    def rejects(self, path: Path, name: str) -> None:
        known = {reason.value for reason in Reason}
        for first, batch in self.batches(path, name, REJECTS_SCHEMA):
            for row, reject in enumerate(batch.to_pylist(), first):
                reason, kept = reject["reason"], reject["duplicate_of"]
                if reason not in known:
                    self.add("reject_form", f"reason is {reason!r}", file=name, row=row)
                elif not reject["message"]:
                    self.add("reject_form", "no message", file=name, row=row)
                elif (reason == Reason.DUPLICATE) != (kept is not None):
                    self.add("reject_form", f"reason is {reason}, duplicate_of {kept}", file=name, row=row)
                if kept is not None:
                    self.kept.append((name, row, kept))
                self.reasons[str(reason)] += 1
                self.sources[reject["source"] or ""] += 1
                self.n_rejects += 1
            self.digest(batch, self.rejected)

    def digest(self, batch: pa.RecordBatch, total: Any) -> None:
        try:
            for row in batch.to_pylist():
                total.update(row_digest(encode_row(row)))
        except (ValueError, OverflowError):
            # a time that Python cannot hold: `time_range` has named the row, and no digest can be right
            total.update(b"unreadable")

    def ledger(self, manifest: Manifest) -> None:
        counts = manifest.counts
        duplicates = self.reasons[Reason.DUPLICATE.value]
        found = {
            "rows": (self.n_rows, counts.rows),
            "rejected": (self.n_rejects - duplicates, counts.rejected),
            "duplicates": (duplicates, counts.duplicates),
        }
        reasons = Counter(dict(manifest.reasons))
        for reason in sorted((set(self.reasons) | set(reasons)) - {Reason.DUPLICATE.value}):
            found[f"rejects of reason {reason}"] = (self.reasons[reason], reasons[reason])
        for what, (here, said) in found.items():
            if here != said:
                self.add("counts", f"{here} {what}, the manifest says {said}")
        if not counts.balanced:
            terms = f"{counts.rows} rows + {counts.rejected} rejected + {counts.duplicates} duplicates"
            self.add("ledger", f"{counts.pages} pages, but {terms}", file=MANIFEST)
        if counts.inputs != len(manifest.inputs):
            self.add("ledger", f"{len(manifest.inputs)} inputs, the count says {counts.inputs}", file=MANIFEST)
        pages = {one.source: one.pages for one in manifest.inputs}
        total = sum(pages.values())
        if counts.pages != total:
            self.add("ledger", f"{total} pages in the inputs, the count says {counts.pages}", file=MANIFEST)
        sources = Counter[str]()
        for source, number in self.sources.items():
            sources[input_of(source, pages)] += number
        for source in sorted(set(pages) | set(sources)):
            here, said = sources[source], pages.get(source, 0)
            if here != said:
                self.add("ledger", f"{source!r}: {here} rows and rejects, the manifest says {said} pages")
        for rule, total_digest, said_digest in (
            ("content_digest", self.content.hexdigest(), manifest.content_digest),
            ("rejects_digest", self.rejected.hexdigest(), manifest.rejects_digest),
        ):
            if total_digest != said_digest:
                self.add(rule, f"{total_digest}, the manifest says {said_digest}")
