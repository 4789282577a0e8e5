"""The speed of newsds beside its peers, side by side: one process, one core, repeats that take turns.

    python benchmarks/speed.py                                        # on raw/
    python benchmarks/speed.py --pages 'DIR_OR_GLOB' --dumps DIR      # on other pages
    pip install trafilatura resiliparse                               # the peers; newsds needs none of them

Times are of the processor, so that what else the machine does counts little; medians of `--repeats` rounds in which
every tool has its turn:

    newsds, batches       HTML bytes → rows: newsds.extract_batch, 64 pages at a time
    newsds, single pages  HTML bytes → newsds.extract, page by page
    resiliparse           HTML bytes → text: encoding, HTMLTree.parse, extract_plain_text(main_content=True)
    trafilatura           HTML bytes → bare_extraction with metadata
    text dumps            bytes → rows: newsds.extract_batch, 64 dumps at a time
    linearity             t(2n)/t(n) of one page made of paragraphs and lists of links: 2 is linear
    start                 in fresh processes: import newsds; import of the extractor; what the first page costs beyond
                          those after it (lexicon and model are loaded with it)
    weights               size of newsds/segment/*.npz
"""

from __future__ import annotations

import argparse
import glob
import gzip
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_IO_THREADS")
BATCH = 64
"""Pages in a batch."""
MB = 1_000_000
LARGEST_TEXT = 20.0
LARGEST_HTML = 5.0
"""Megabytes of the longest page of the linearity ladders."""
STEPS = 4
"""Times the longest page is halved."""
PAGE_SUFFIXES = (".html", ".htm", ".html.gz", ".htm.gz")
DUMP_SUFFIXES = (".txt", ".txt.gz")

Row = Sequence[str]
Task = Callable[[], object]

_START = """
import json, sys, time
def clock(f):
    t = time.process_time(); f(); return time.process_time() - t
out = [clock(lambda: __import__("newsds"))]
out.append(clock(lambda: __import__("newsds.pipeline")))
import newsds
page = "<title>A</title><h1>A</h1>" + "<p>A sentence of some length, with a comma, ends here.</p>" * 20
out += [clock(lambda: newsds.extract(page)) for _ in range(3)]
json.dump(out, sys.stdout)
"""


def pin() -> str:
    """Keep this process and its children to one core and its libraries to one thread; say what was done.

    To be called before NumPy or Arrow is imported.
    """
    for name in THREADS:
        os.environ[name] = "1"
    if not hasattr(os, "sched_setaffinity"):
        return "one thread; this system cannot pin a process to a core"
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return f"one thread, core {core}"


def read_pages(where: str, suffixes: Sequence[str]) -> list[bytes]:
    """The content of the files below a folder, or that a pattern names, in the order of their names; `.gz` unpacked.

    >>> len(read_pages(str(ROOT / "raw/html/hindi"), PAGE_SUFFIXES))
    1
    """
    path = Path(where)
    files = path.rglob("*") if path.is_dir() else (Path(p) for p in glob.iglob(where, recursive=True))  # noqa: PTH207
    chosen = sorted(p for p in files if p.is_file() and p.name.endswith(tuple(suffixes)))
    return [gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in chosen]


def batches(pages: Sequence[bytes], media_type: str | None) -> Task:
    """A run of newsds over pages, a batch at a time."""
    from newsds.model import Page
    from newsds.pipeline import extract_batch

    made = [Page(content=p, media_type=media_type) for p in pages]

    def run() -> None:
        for start in range(0, len(made), BATCH):
            extract_batch(made[start : start + BATCH])

    return run


def one_by_one(pages: Sequence[bytes]) -> Task:
    """A run of newsds over pages, each by itself."""
    from newsds.pipeline import extract

    return lambda: [extract(p, kind="html") for p in pages]


def resiliparse(pages: Sequence[bytes]) -> Task:
    """A run of Resiliparse over pages."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree

    def read(page: bytes) -> object:
        tree = HTMLTree.parse(bytes_to_str(page, detect_encoding(page) or "utf-8"))
        return extract_plain_text(tree, main_content=True)

    return lambda: [read(p) for p in pages]


def trafilatura(pages: Sequence[bytes]) -> Task:
    """A run of trafilatura over pages."""
    from trafilatura import bare_extraction

    return lambda: [bare_extraction(p, with_metadata=True) for p in pages]


def median_times(tasks: Mapping[str, Task], repeats: int, *, warm: bool = True) -> dict[str, float]:
    """CPU seconds of each task: the median of repeats in which all take turns.

    Args:
        tasks: name → what is timed.
        repeats: how many rounds count.
        warm: one round goes before that does not count.

    >>> sorted(median_times({"a": lambda: None, "b": lambda: None}, repeats=3))
    ['a', 'b']
    """
    spent: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(-int(warm), repeats):
        order = list(tasks) if turn % 2 else list(tasks)[::-1]
        for name in order:
            start = time.process_time()
            tasks[name]()
            if turn >= 0:
                spent[name].append(time.process_time() - start)
    return {name: statistics.median(times) for name, times in spent.items()}


def html_rows(pages: Sequence[bytes], repeats: int) -> Iterator[Row]:
    """The rows of the table of HTML pages; peers that are not installed get a row that says so."""
    tasks = {"newsds, batches": batches(pages, "text/html"), "newsds, single pages": one_by_one(pages)}
    missing = []
    for name, make in (("resiliparse", resiliparse), ("trafilatura", trafilatura)):
        if importlib.util.find_spec(name):
            tasks[name] = make(pages)
        else:
            missing.append(name)
    times = median_times(tasks, repeats)
    base = times["newsds, batches"]
    size = sum(map(len, pages)) / MB
    yield ("HTML", "ms/page", "pages/s", "MB/s", "time / newsds")
    for name, spent in times.items():
        each = spent / len(pages)
        yield (name, f"{1e3 * each:.2f}", f"{1 / each:.0f}", f"{size / spent:.2f}", f"{spent / base:.2f}")
    for name in missing:
        yield (name, "not installed")


def text_rows(dumps: Sequence[bytes], repeats: int) -> Iterator[Row]:
    """The rows of the table of text dumps."""
    (spent,) = median_times({"newsds, batches": batches(dumps, "text/plain")}, repeats).values()
    size = sum(map(len, dumps)) / MB
    yield ("text dumps", "ms/page", "pages/s", "MB/s")
    each = spent / len(dumps)
    yield ("newsds, batches", f"{1e3 * each:.2f}", f"{1 / each:.0f}", f"{size / spent:.2f}")


def long_page(size: int, *, html: bool) -> bytes:
    """One page of about `size` bytes: paragraphs, and after every eighth a list of links under a heading.

    >>> 0.95 < len(long_page(100_000, html=True)) / 100_000 <= 1.0
    True
    """
    parts = [
        "<!DOCTYPE html><title>The long one</title><h1>The long one</h1>" if html else "The long one\n\nThe long one"
    ]
    left, i = size - len(parts[0]), 0
    while True:
        text = (
            f"Paragraph {i} is about the ferry, the pier and {i % 97} kites; nobody counted them, said the warden. " * 4
        )
        piece = f"\n<p>{text}</p>" if html else f"\n\n{text}"
        if i % 8 == 7:
            titles = [f"What happened to kite number {i * 8 + k} of the fair" for k in range(6)]
            items = "".join(f'<li><a href="/{i}/{k}">{t}</a></li>' for k, t in enumerate(titles))
            piece += f"\n<h3>Read also</h3><ul>{items}</ul>" if html else "\n\nRead also\n\n" + "\n\n".join(titles)
        left -= len(piece)
        if left < 0:
            return "".join(parts).encode()
        parts.append(piece)
        i += 1


def linearity_rows(name: str, largest: float, *, html: bool, repeats: int) -> Iterator[Row]:
    """The rows of a ladder of pages, each twice as long as the one before."""
    sizes = [int(largest * MB) >> step for step in range(STEPS, -1, -1)]
    media_type = "text/html" if html else "text/plain"
    yield (name, "seconds", "MB/s", "t(2n)/t(n)")
    tasks = {str(size): batches([long_page(size, html=html)], media_type) for size in sizes}
    times = median_times(tasks, repeats, warm=False)
    before: float | None = None
    for size in sizes:
        spent = times[str(size)]
        ratio = f"{spent / before:.2f}" if before else "–"
        yield (f"{size / MB:.2f} MB", f"{spent:.3f}", f"{size / MB / spent:.2f}", ratio)
        before = spent


def start_rows(repeats: int) -> Iterator[Row]:
    """The rows of the table of what it costs to begin, measured in fresh processes."""
    runs = []
    for _ in range(repeats):
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))}
        done = subprocess.run([sys.executable, "-c", _START], capture_output=True, check=True, text=True, env=env)
        package, extractor, first, *later = json.loads(done.stdout)
        runs.append((package, extractor, max(0.0, first - min(later))))
    yield ("start", "ms")
    for name, times in zip(
        ("import newsds", "import newsds.pipeline", "first page: lexicon, model"), zip(*runs, strict=True), strict=True
    ):
        yield (name, f"{1e3 * statistics.median(times):.1f}")


def weight_rows(folder: Path = ROOT / "newsds/segment") -> Iterator[Row]:
    """The rows of the table of weights files."""
    yield ("weights", "kB")
    files = sorted(folder.glob("*.npz"))
    for file in files:
        yield (file.name, f"{file.stat().st_size / 1000:.1f}")
    if not files:
        yield ("none", "–")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print the tables as they are ready."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--pages", default=str(ROOT / "raw/html"), help="folder or pattern of HTML files, gzipped or not"
    )
    parser.add_argument("--dumps", default=str(ROOT / "raw/text"), help="folder of text files")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--largest-text", type=float, default=LARGEST_TEXT, help="MB of the longest text page")
    parser.add_argument("--largest-html", type=float, default=LARGEST_HTML, help="MB of the longest HTML page")
    options = parser.parse_args(argv)
    if options.repeats < 1:
        parser.error("--repeats: at least 1")
    pages, dumps = read_pages(options.pages, PAGE_SUFFIXES), read_pages(options.dumps, DUMP_SUFFIXES)
    if not pages or not dumps:
        parser.error(
            f"no {'HTML files' if not pages else 'text dumps'}: {options.pages if not pages else options.dumps}"
        )
    few = min(2, options.repeats)  # the ladders are long
    print(f"{pin()}; {len(pages)} pages, {len(dumps)} dumps, {options.repeats} repeats")
    sys.path.insert(0, str(ROOT))
    from newsds.train.tables import align

    for rows in (
        html_rows(pages, options.repeats),
        text_rows(dumps, options.repeats),
        linearity_rows("one text page", options.largest_text, html=False, repeats=few),
        linearity_rows("one HTML page", options.largest_html, html=True, repeats=few),
        start_rows(options.repeats),
        weight_rows(),
    ):
        print(f"\n{align(list(rows))}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
