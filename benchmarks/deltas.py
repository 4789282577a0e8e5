"""What a new version costs to upload: bytes that the Hub's store does not have yet, as its own client counts them.

    python benchmarks/deltas.py                # 20,000 articles of 20 sites: about two minutes on two cores
    python benchmarks/deltas.py --articles 5000

Versions are built from generated dumps, and their files uploaded with `hf_xet` into a store in a folder, which keeps
content-defined chunks once as the Hub's does. Each row changes the first version in one way:

    added together     1 % more articles, all of one site and month in the middle of the dataset
    appended           1 % more articles, the newest of the last site
    strewn             1 % more articles, each of another site and day (no target: this is what ordering cannot help)
    taken down         ten articles removed, at random

The last line compares the size of the tables with that of the same rows in one plain Parquet file of large row groups.
Network: none; the store is a folder.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from newsds.build import build

SITES: Final = 20
FIRST: Final = date(2020, 1, 1)
DAYS: Final = 1500
SYLLABLES: Final = "ba ko ri tan mel dor si va lun ger pol tra wen hos ka le min ost rud fen".split()


def words(rng: random.Random, count: int) -> str:
    """Return so many words that compress about as English does: some common, many rare."""
    out = []
    for _ in range(count):
        syllables = 1 if rng.random() < 0.4 else rng.randint(2, 4)
        out.append("".join(rng.choice(SYLLABLES[: 5 if syllables == 1 else 20]) for _ in range(syllables)))
    return " ".join(out)


def article(number: int, site: int, day: int) -> str:
    """Return a line of JSON Lines: a dump of an article."""
    rng = random.Random(number)
    title = words(rng, 8).capitalize()
    when = FIRST + timedelta(days=day)
    body = [f"{words(rng, rng.randint(20, 60)).capitalize()}. {words(rng, 20).capitalize()}." for _ in range(8)]
    text = "\n\n".join([title, when.strftime("%-d %B %Y"), *body])
    return json.dumps({"url": f"https://site-{site:02d}.example/{number}", "text": text})


def write_pages(folder: Path, pages: Iterable[tuple[int, int, int]]) -> None:
    """Write the dumps, a file a site and quarter, so that a change is one of few files."""
    files: dict[str, list[str]] = {}
    for number, site, day in pages:
        files.setdefault(f"site-{site:02d}/{day // 90:03d}.jsonl", []).append(article(number, site, day))
    for name, lines in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line}\n" for line in lines)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
    for path in folder.rglob("*.jsonl"):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()


def upload(files: Sequence[Path], store: Path) -> tuple[int, int]:
    """Upload files; return how many bytes went to the store, and how many the files have."""
    import hf_xet

    commit = hf_xet.XetSession().new_upload_commit(endpoint=f"local://{store}")
    for path in files:
        commit.start_upload_file(str(path))
    metrics = commit.wait_to_finish().dedup_metrics
    return metrics.total_bytes_uploaded, sum(path.stat().st_size for path in files)


def tables(version: Path) -> list[Path]:
    """Return the Parquet files of a version."""
    return sorted(version.glob("data/*/*.parquet"))


def plain_size(version: Path, folder: Path) -> int:
    """Return the bytes of all articles in one Parquet file, written as other tools do."""
    rows = pa.concat_tables([pq.read_table(path) for path in sorted(version.glob("data/articles/*.parquet"))])
    path = folder / "plain.parquet"
    pq.write_table(rows, path, compression="zstd", compression_level=3)
    return path.stat().st_size


def main(argv: Sequence[str] | None = None) -> None:
    """Build, upload, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(argv)
    count = options.articles
    percent = count // 100
    rng = random.Random("deltas")
    base = [(number, number % SITES, rng.randrange(DAYS)) for number in range(count)]
    gone = set(rng.sample(range(count), 10))
    more = range(count, count + percent)
    changes = {
        "added together": [*base, *((number, SITES // 2, DAYS // 2 + number % 30) for number in more)],
        "appended": [*base, *((number, SITES - 1, DAYS + number % 30) for number in more)],
        "strewn": [*base, *((number, number % SITES, rng.randrange(DAYS)) for number in more)],
        "taken down": [one for one in base if one[0] not in gone],
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pages = folder / "pages"
        write_pages(pages, base)
        first = build(pages, folder / "out", workers=options.workers)
        sent, size = upload(tables(first.path), folder / "store")
        print("| change | rows | tables, MB | uploaded, MB | share |\n|---|---|---|---|---|")
        print(f"| first version | {first.counts.rows} | {size / 1e6:.1f} | {sent / 1e6:.1f} | {sent / size:.1%} |")
        for change, wanted in changes.items():
            write_pages(pages, wanted)
            made = build(pages, folder / "out", workers=options.workers)
            store = folder / "again"
            shutil.copytree(folder / "store", store)  # each is told from the first version alone
            sent, size = upload(tables(made.path), store)
            shutil.rmtree(store)
            print(
                f"| {change} | {made.counts.rows} | {size / 1e6:.1f} | {sent / 1e6:.2f} | {sent / size:.1%} |",
                flush=True,
            )
        articles = sum(path.stat().st_size for path in first.path.glob("data/articles/*.parquet"))
        plain = plain_size(first.path, folder)
        print(f"\nprice in size: {articles / plain - 1:+.1%} ({articles / 1e6:.1f} MB; plain {plain / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
