"""Sources → pages: one module a container.

files.py      sources → the files to read; remote.py those that are not on this machine
inputs.py     a file → its pages, and its digest
dispatch.py   a stream → pages, through archives and compressions; sniff.py tells what it is
warc.py arc.py   web archives; records.py finds what of a damaged one is sound, captures.py and http.py read it
jsonl.py delimited.py columnar.py   records with fields (JSON Lines; CSV, TSV; Parquet, Arrow), which fields.py names
mime.py       MHTML, EML
tar.py zip.py archives; archive.py what they share
compression.py   gzip, zstd, bz2, xz: members.py one after the other, decoders.py each
"""

from __future__ import annotations

from newsds.read.files import STDIN, InputFile, find_files
from newsds.read.inputs import InputReader, read, read_input, read_stream
from newsds.read.remote import is_remote
from newsds.read.settings import ReadSettings

__all__ = [
    "STDIN",
    "InputFile",
    "InputReader",
    "ReadSettings",
    "find_files",
    "is_remote",
    "read",
    "read_input",
    "read_stream",
]
