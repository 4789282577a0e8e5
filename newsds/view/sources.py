"""A row of a version → the page it was made from, in the sources that the version was built from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from os import PathLike
from types import MappingProxyType
from typing import Any, Final

from newsds.assemble import page_digest
from newsds.layout import input_of
from newsds.model import Page
from newsds.read import InputFile, ReadSettings, find_files, read_input

_KEPT: Final = 32
"""Pages that are not read again when somebody goes back to them."""


class Sources:
    """The files a version was built from.

    Args:
        sources: files and folders, given as they were to `newsds build`.
        config: the version's configuration, as in its manifest: which files of a folder, names of fields.

    Raises:
        SourceError: one does not exist.

    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = pathlib.Path(folder, "a.txt").write_text("A title")
    ...     Sources([folder]).page({"source": "a.txt", "record": 0, "page_digest": page_digest(b"A title")}).content
    b'A title'
    """

    def __init__(
        self, sources: Iterable[str | PathLike[str]] = (), config: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        found = find_files(sources, include=config.get("include", ("**",)), exclude=config.get("exclude", ()))
        self._files: dict[str, InputFile] = {file.source: file for file in found}
        self._settings = ReadSettings(fields=tuple(sorted(config.get("fields", {}).items())))
        self._pages: OrderedDict[tuple[str, int | None, str | None], Page] = OrderedDict()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._files)

    def page(self, row: Mapping[str, Any]) -> Page | None:
        """Return the page of a row of articles or rejects; None if it is not there, or is another than it was.

        A container is read from its beginning up to the page.
        """
        key = (row["source"] or "", row["record"], row["page_digest"])
        file = self._files.get(input_of(key[0], self._files))
        if file is None or key[2] is None:
            return None
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return self._pages[key]
        for found in read_input(file, self._settings):
            if (
                isinstance(found, Page)
                and (found.source, found.record) == key[:2]
                and page_digest(found.content) == key[2]
            ):
                with self._lock:
                    self._pages[key] = found
                    if len(self._pages) > _KEPT:
                        self._pages.popitem(last=False)
                return found
        return None
