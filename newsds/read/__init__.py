"""Sources → pages: one module a container.

files.py  files and folders of text and HTML
"""

from __future__ import annotations

from newsds.read.files import InputFile, find_files, read, read_file

__all__ = ["InputFile", "find_files", "read", "read_file"]
