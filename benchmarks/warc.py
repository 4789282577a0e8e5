"""Reading of WARC files beside FastWARC, and the memory that it takes.

    python benchmarks/warc.py                      # throughput, plain, gzip and zstd
    NEWSDS_PURE=1 python benchmarks/warc.py        # without the kernels in C
    python benchmarks/warc.py --memory             # peak, and slope over the number of pages
    python benchmarks/warc.py --memory --bytes 1GB # the same over a big file
    pip install fastwarc                           # the peer; newsds needs none of it

Both read a generated file of responses, in one process: address, date, HTTP header and the body's bytes of each. The
least CPU time of several runs counts. newsds checks digests where the file states them; `--digests` writes such a
file, and has FastWARC check them too. Figures: pages a second, and MB of unpacked archive a second; docs/sources.md
says how the two compare.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from newsds.model import Page
from newsds.read.decoders import zstd
from newsds.read.settings import ReadSettings
from newsds.read.warc import read_warc
from tests.read.damage import response, sha1, url_of, warc_record

WORDS = (
    "the council of port said on Monday that boats would leave earlier than in past years because of low water and "
    "wind from north while engineers repair bridges roads schools houses markets for people who live near river"
).split()
_UNITS = {"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}


def page(number: int) -> bytes:
    """Return a page of about 25 KB, of which a third is text."""
    state = number * 2654435761 % 2**32
    parts = [f"<!DOCTYPE html><html lang=en><head><title>Report {number}</title></head><body>"]
    for n in range(80):
        words = []
        for _ in range(22):
            state = (state * 1103515245 + 12345) % 2**31
            words.append(WORDS[(state >> 8) % len(WORDS)])
        parts.append(f'<div class="row-{n % 7}"><a href="/news/{state % 997}/{n}"><span>{n}</span></a></div>')
        parts.append(f'<p class="text" id="p{state % 9973}">{" ".join(words)} {state}.</p>')
    return "\n".join([*parts, "</body></html>"]).encode()


def records(size: int, *, digests: bool) -> Iterator[bytes]:
    """Yield records up to `size` bytes; 200 pages are made, and named anew when they come again."""
    pages = [page(n) for n in range(200)]
    blocks = [response(p, f"Content-Length: {len(p)}") for p in pages]
    fields = [[f"WARC-Block-Digest: {sha1(b)}"] if digests else [] for b in blocks]
    number = written = 0
    while written < size:
        which = number % len(blocks)
        record = warc_record("response", blocks[which], *fields[which], url=url_of(number))
        written += len(record)
        number += 1
        yield record


def write(path: Path, size: int, packing: str, *, digests: bool = False) -> int:
    """Write an archive of `size` unpacked bytes; return their number."""
    pack: Callable[[bytes], bytes] = {
        "plain": lambda data: data,
        "gzip": lambda data: gzip.compress(data, 6, mtime=0),
        "zstd": zstd.compress,
    }[packing]
    total = 0
    with path.open("wb") as file:
        for record in records(size, digests=digests):
            file.write(pack(record))
            total += len(record)
    return total


def read_newsds(path: Path) -> tuple[int, int]:
    """Return the number of pages, and of their bytes."""
    count = size = 0
    with path.open("rb") as file:
        for found in read_warc(file, path.name, ReadSettings()):
            assert isinstance(found, Page), found
            count += 1
            size += len(found.content)
    return count, size


def read_fastwarc(path: Path, *, digests: bool = False) -> tuple[int, int]:
    """Return the number of pages, and of their bytes."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    count = size = 0
    with path.open("rb") as file:
        options: dict[str, Any] = {"record_types": WarcRecordType.response, "parse_http": not digests}
        for found in ArchiveIterator(file, **options):
            if digests:
                assert found.verify_block_digest()
                found.parse_http()
            body = found.reader.read()
            _ = (found.headers["WARC-Target-URI"], found.record_date, found.http_headers, found.http_content_type)
            count += 1
            size += len(body)
    return count, size


def best(read: Callable[[Path], tuple[int, int]], path: Path, runs: int) -> tuple[float, tuple[int, int]]:
    """Return the shortest time, in seconds, and what was read."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        found = read(path)
        times.append(time.process_time() - start)
    return min(times), found


def throughput(folder: Path, size: int, *, digests: bool, runs: int) -> None:
    """Print a line a packing and reader."""
    peers: dict[str, Callable[[Path], tuple[int, int]]] = {"newsds": read_newsds}
    if importlib.util.find_spec("fastwarc"):
        peers["FastWARC"] = lambda path: read_fastwarc(path, digests=digests)
    print("| file | reader | pages/s | MB/s | time, of FastWARC's |")
    print("|---|---|---|---|---|")
    for packing in ("plain", "gzip", "zstd"):
        path = folder / f"{packing}.warc"
        total = write(path, size, packing, digests=digests)
        seconds, read_by = {}, {}
        for name, read in peers.items():
            try:
                seconds[name], read_by[name] = best(read, path, runs)
            except Exception as error:  # noqa: BLE001 - a peer that cannot read the file
                print(f"| {packing} | {name} | {type(error).__name__}: {str(error)[:40]} | | |")
        if len(set(read_by.values())) > 1:
            raise SystemExit(f"the readers do not agree on {packing}: {read_by}")
        count = read_by["newsds"][0]
        for name, taken in seconds.items():
            share = f"{taken / seconds['FastWARC']:.2f}" if "FastWARC" in seconds else ""
            print(f"| {packing} | {name} | {count / taken:,.0f} | {total / taken / 1e6:,.0f} | {share} |")
        path.unlink()


def memory(folder: Path, size: int) -> None:
    """Print the peak of this process, and how it grew over the last three quarters of the pages."""
    for packing in ("gzip", "plain"):
        path = folder / f"{packing}.warc"
        write(path, size, packing)
        marks: list[tuple[int, int]] = []
        with path.open("rb") as file:
            count = 0
            for count, _ in enumerate(read_warc(file, path.name, ReadSettings()), 1):
                if count % 500 == 0:
                    marks.append((count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
        path.unlink()
        first, last = marks[len(marks) // 4], marks[-1]
        slope = (last[1] - first[1]) / 1024 / max(last[0] - first[0], 1) * 100_000
        print(f"{packing}: {count} pages, {size >> 20} MiB, peak {last[1] / 1024:.0f} MiB, ", end="")
        print(f"slope {slope:.2f} MiB per 100,000 pages")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bytes", default="64MB", help="unpacked size of the files: 64MB, 1GB")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--digests", action="store_true", help="write and check block digests")
    parser.add_argument("--memory", action="store_true", help="measure memory, and not time")
    options = parser.parse_args()
    size = int(options.bytes[:-2]) * _UNITS[options.bytes[-2:].upper()]
    with tempfile.TemporaryDirectory() as folder:
        if options.memory:
            memory(Path(folder), size)
        else:
            throughput(Path(folder), size, digests=options.digests, runs=options.runs)


if __name__ == "__main__":
    main()
