"""What a build costs: workers, memory, and what a second build costs when little or nothing changed.

    python benchmarks/build.py                     # 100 files of 20 pages; two minutes on two cores
    python benchmarks/build.py --pages 100         # more pages a file
    python benchmarks/build.py --large 10          # memory with ten times the pages

The pages are those of raw/html and raw/text, each made another by its number, so that none is a duplicate. Every build
runs in a process of its own; its time is the clock's, from the call of `newsds.build` to its return, so run it on a
machine that does nothing else. Rows:

    one WARC              a web archive of 20 MB, with 1 worker and with N
    extract_batch         bytes → rows, all pages, one process, without reading or writing
    N workers             the first build
    of extract_batch      pages a second of the build, in parts of N times those of `extract_batch`; and the processor's
                          time of the latter in parts of the build's, which tells the same on a busy machine
    nothing changed, …    the second build, in parts of the first
    merge alone           a build of which every page is in the cache and no version is there
    memory                the most that the process, and any of its workers, had at once
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import newsds

_PARAGRAPH = re.compile(r"([^\s>]{3}[.!?。])(</p>|\n\n|\n?$)")
"""The end of a paragraph, in HTML or text."""
ROOT = Path(__file__).resolve().parent.parent
MB = 1 << 20
_BUILD = """
import json, resource, sys, time
from newsds.build import build
WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
def cpu():
    return sum(sum(resource.getrusage(who)[:2]) for who in WHO)
if __name__ == "__main__":
    source, out, workers, cache = sys.argv[1:5]
    before = cpu()
    start = time.perf_counter()
    result = build(source, out, workers=int(workers), cache=cache == "cache")
    seconds = time.perf_counter() - start
    rss = [resource.getrusage(who).ru_maxrss * 1024 for who in WHO]
    found = {"seconds": seconds, "cpu": cpu() - before, "rss": rss, "unchanged": result.unchanged}
    found |= {"rows": result.counts.rows, "pages": result.counts.pages, "digest": result.content_digest}
    print(json.dumps(found))
"""


def pages_of(count: int, first: int = 0) -> Iterator[dict[str, str]]:
    """Yield records of pages that are articles, no two alike."""
    found = sorted((ROOT / "raw").glob("*/*/page.htm*")) + sorted((ROOT / "raw/text").glob("*/page.txt"))
    texts = [(path.suffix, path.read_bytes().decode("utf-8", "replace")) for path in found]
    for number in range(first, first + count):
        suffix, text = texts[number % len(texts)]
        changed = _PARAGRAPH.sub(rf"\1 No. {number} of them.\2", text)
        site = f"site-{number % 17}.example"
        yield {"text": changed, "url": f"https://{site}/{number}", "kind": suffix}


def write(folder: Path, files: int, pages: int) -> None:
    """Write JSON Lines files of pages."""
    folder.mkdir(parents=True)
    for number in range(files):
        write_file(folder / f"{number:05d}.jsonl", pages, number * pages)


def write_file(path: Path, pages: int, first: int) -> None:
    """Write one of them."""
    with path.open("w", encoding="utf-8") as out:
        for record in pages_of(pages, first):
            out.write(json.dumps(record) + "\n")


def build(source: Path, out: Path, workers: int, *, cache: bool = True) -> dict[str, Any]:
    """Build in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "script.py")
        script.write_text(_BUILD)
        done = subprocess.run(
            [sys.executable, str(script), str(source), str(out), str(workers), "cache" if cache else "none"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "ARROW_DEFAULT_MEMORY_POOL": "system"},  # as the command has it
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def extract_alone(source: Path) -> tuple[float, float]:
    """Return the seconds, of the clock and of the processor, of `extract_batch` for all pages, without reading them."""
    pages = [page for page in newsds.read(source) if isinstance(page, newsds.Page)]
    newsds.extract_batch(pages[:64])  # lexicon and model are loaded with it
    start, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(pages), 64):
        newsds.extract_batch(pages[first : first + 64])
    return time.perf_counter() - start, time.process_time() - cpu


def speed_rows(source: Path, root: Path, workers: int) -> Iterator[tuple[str, str]]:
    """Yield what workers bring."""
    alone, cpu = extract_alone(source)
    one = build(source, root / "one", 1, cache=False)
    several = build(source, root / "several", workers, cache=False)
    assert one["digest"] == several["digest"]
    yield "pages", f"{one['pages']}, of which {one['rows']} are rows"
    yield "extract_batch", f"{alone:.2f} s, {one['pages'] / alone:.0f} pages/s"
    yield "1 worker", f"{one['seconds']:.2f} s, {one['pages'] / one['seconds']:.0f} pages/s"
    yield f"{workers} workers", f"{several['seconds']:.2f} s, {one['seconds'] / several['seconds']:.2f} × one worker"
    yield (
        "of extract_batch",
        f"{alone / one['seconds']:.0%} with 1, {alone / workers / several['seconds']:.0%} with {workers}; "
        f"of the processor's time {cpu / one['cpu']:.0%} and {cpu / several['cpu']:.0%}",
    )


def write_archive(path: Path, size: int) -> None:
    """Write a web archive of about so many bytes."""
    with path.open("wb") as out:
        for record in pages_of(1 << 30):
            page = record["text"].encode()
            kind = "text/html" if record["kind"].startswith(".htm") else "text/plain"
            block = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n".encode() + page
            head = f"WARC-Type: response\r\nWARC-Target-URI: {record['url']}\r\nContent-Length: {len(block)}\r\n"
            kind = "Content-Type: application/http; msgtype=response"
            out.write(f"WARC/1.0\r\n{head}{kind}\r\n\r\n".encode() + block + b"\r\n\r\n")
            if out.tell() >= size:
                return


def archive_rows(root: Path, workers: int) -> Iterator[tuple[str, str]]:
    """Yield what workers bring to one file."""
    path = root / "archive.warc"
    write_archive(path, 20 * MB)
    one = build(path, root / "archive-one", 1, cache=False)
    several = build(path, root / "archive-several", workers, cache=False)
    assert one["digest"] == several["digest"]
    seconds, cpu = one["seconds"] / several["seconds"], several["cpu"] / one["cpu"]
    yield "one WARC", f"{workers} workers {seconds:.2f} × one, with {cpu:.2f} × its processor's time"


def change_rows(source: Path, root: Path, pages: int, workers: int) -> Iterator[tuple[str, str]]:
    """Yield what builds cost after a change."""
    out, cache = root / "changes", root / "changes" / source.name
    first = build(source, out, workers)
    whole = first["seconds"]
    time.sleep(2.1)  # files that are newer than that are read for their digest
    build(source, out, workers)

    def again(name: str) -> tuple[str, str]:
        found = build(source, out, workers)
        share, cpu = found["seconds"] / whole, found["cpu"] / first["cpu"]
        said = f"{found['seconds']:.2f} s, {share:.1%} of the first, of the processor's time {cpu:.1%}"
        return name, said + ", unchanged" * found["unchanged"]

    yield "first build", f"{whole:.2f} s"
    yield again("nothing changed")
    for version in [*cache.glob("[0-9]*"), cache / "latest"]:
        shutil.rmtree(version) if version.is_dir() else version.unlink()
    yield again("merge alone")
    write_file(source / "00050.jsonl", pages, 10**6)
    yield again("1 file changed")
    write_file(source / "00050b.jsonl", pages, 2 * 10**6)
    yield again("1 file added")
    (source / "00050b.jsonl").unlink()
    yield again("1 file removed")


def memory_rows(root: Path, files: int, pages: int, times: int) -> Iterator[tuple[str, str]]:
    """Yield what memory builds take, of one size and of another."""
    most: list[list[int]] = []
    for factor in (1, times):
        source = root / f"memory-{factor}"
        write(source, files * factor, pages)
        most.append(build(source, root / f"out-{factor}", 1, cache=False)["rss"])
        shutil.rmtree(source)
        shutil.rmtree(root / f"out-{factor}")
        yield f"memory, {files * factor * pages} pages", " and ".join(f"{one / MB:.0f} MB" for one in most[-1])
    yield f"memory, {times} × the pages", " and ".join(f"{b / a:.2f} ×" for a, b in zip(*most, strict=True))


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--pages", type=int, default=20, help="a file")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--large", type=int, default=0, metavar="N", help="compare memory with N times the pages")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / "pages"
        write(source, given.files, given.pages)
        for name, value in speed_rows(source, root, given.workers):
            print(f"{name:<24}{value}", flush=True)
        for name, value in archive_rows(root, given.workers):
            print(f"{name:<24}{value}", flush=True)
        for name, value in change_rows(source, root, given.pages, given.workers):
            print(f"{name:<24}{value}", flush=True)
        shutil.rmtree(source)
        if given.large:
            for name, value in memory_rows(root, given.files, given.pages, given.large):
                print(f"{name:<24}{value}", flush=True)


if __name__ == "__main__":
    main()
