"""A build beside datatrove, on the same web archive: WARC in, Parquet out.

    python -m venv /tmp/peer && /tmp/peer/bin/pip install "datatrove[io,processing]" lxml_html_clean
    python benchmarks/datatrove.py --peer /tmp/peer/bin/python                          # pages of raw/, repeated
    python benchmarks/datatrove.py --peer /tmp/peer/bin/python --pages 'DIR_OR_GLOB'    # other pages

    newsds build          all of it: roles, tags, neighbours, checks, ledger, order, card
    datatrove             WarcReader → Trafilatura extractor, as it is set by itself, with time enough → ParquetWriter
    datatrove, copy       JsonlReader → ParquetWriter, of the text that was extracted: the least that a pipeline costs

Each runs in fresh processes with one worker, start included. Times are of the processor, of all processes together, so
what else the machine does counts little; the time on the wall stands beside them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.speed import PAGE_SUFFIXES, ROOT, THREADS, read_pages
from newsds.train.tables import align
from tests.read.damage import response, warc_record

_EXTRACT = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import JsonlReader, WarcReader
from datatrove.pipeline.writers import JsonlWriter, ParquetWriter
source, out, copy = sys.argv[1:]
if __name__ == "__main__":
    steps = [JsonlReader(source)] if copy == "copy" else [WarcReader(source), Trafilatura(timeout=60)]
    steps.append(JsonlWriter(out) if copy == "jsonl" else ParquetWriter(out))
    LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=out + "-log").run()
"""
_COUNT = (
    "import sys, glob, pyarrow.parquet as p; print(sum(p.read_metadata(f).num_rows for f in glob.glob(sys.argv[1])))"
)


def write_archive(path: Path, pages: Sequence[bytes], count: int) -> None:
    """Write a web archive of `count` pages; a page that comes again says which one it is, and is no duplicate."""
    with path.open("wb") as file:
        for number in range(count):
            body = pages[number % len(pages)].replace(b"</p>", f" ({number})</p>".encode())
            record = warc_record(
                "response",
                response(body, f"Content-Length: {len(body)}", "Content-Type: text/html"),
                f"WARC-Record-ID: <urn:newsds:{number}>",
                "WARC-Identified-Payload-Type: text/html",  # else datatrove would have to look for it
                url=f"https://news.example/{number % 50}/{number}.html",
            )
            file.write(gzip.compress(record, 6, mtime=0))


def run(command: Sequence[str]) -> tuple[float, float]:
    """Run a command; return its seconds of the processor, with all its children, and on the wall."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, env={**os.environ, **dict.fromkeys(THREADS, "1")}, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])} …: {done.stderr.decode()[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - start


def main() -> None:
    """Print a table, a line a tool."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", required=True, help="Python that has datatrove")
    parser.add_argument("--pages", default=str(ROOT / "raw/html"), help="folder or pattern of HTML pages")
    parser.add_argument("--count", type=int, default=1000, help="pages in the archive")
    options = parser.parse_args()
    pages = read_pages(options.pages, PAGE_SUFFIXES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        (folder / "extract.py").write_text(_EXTRACT, encoding="utf-8")
        archive = folder / "in/pages.warc.gz"
        write_archive(archive, pages, options.count)
        peer = [options.peer, str(folder / "extract.py")]
        run([*peer, str(folder / "in"), str(folder / "text"), "jsonl"])  # warm, and what is copied later
        commands = {
            "newsds build": [
                sys.executable, "-m", "newsds", "build", str(archive), "--out", str(folder / "dist"), "--workers", "1"
            ],
            "datatrove": [*peer, str(folder / "in"), str(folder / "peer"), "parquet"],
            "datatrove, copy": [*peer, str(folder / "text"), str(folder / "copy"), "copy"],
        }  # fmt: skip
        times = {tool: run(command) for tool, command in commands.items()}
        outputs = {
            "newsds build": "dist/*/*/data/articles/*.parquet",
            "datatrove": "peer/*.parquet",
            "datatrove, copy": "copy/*.parquet",
        }
        rows = [("tool", "rows", "processor", "wall", "pages/s of processor", "newsds is faster")]
        least = times["newsds build"][0]
        for tool, (processor, wall) in times.items():
            count = subprocess.run(
                [sys.executable, "-c", _COUNT, str(folder / outputs[tool])], capture_output=True, check=True, text=True
            )
            speed = f"{options.count / processor:,.0f}"
            times_ = f"{processor / least:.1f} ×"
            rows.append((tool, count.stdout.strip(), f"{processor:.1f} s", f"{wall:.1f} s", speed, times_))
        size = archive.stat().st_size / 1e6
        print(
            f"{options.count} pages, {size:.1f} MB of WARC, {sum(map(len, pages)) / len(pages) / 1e3:.0f} kB a page\n"
        )
        print(align(rows))
        manifest = next((folder / "dist").glob("*/*/manifest.json"))
        print(json.dumps(json.loads(manifest.read_text(encoding="utf-8"))["counts"]))


if __name__ == "__main__":
    main()
