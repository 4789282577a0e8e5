"""A row of a version → the page it was made from, in the sources that the version was built from."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from os import PathLike
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from newsds.assemble import page_digest
from newsds.layout import input_of
from newsds.model import Page
from newsds.read import InputFile, ReadSettings, find_files, read_input

_KEPT: Final = 32
"""Pages that are not read again when somebody goes back to them."""


class Origin(NamedTuple):
    """Where a page is from: columns of articles and rejects."""

    source: str | None
    record: int | None
    page_digest: str | None


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
    ...     Sources([folder]).page(Origin("a.txt", 0, page_digest(b"A title"))).content
    b'A title'
    """

    def __init__(
        self, sources: Iterable[str | PathLike[str]] = (), config: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        found = find_files(sources, include=config.get("include", ("**",)), exclude=config.get("exclude", ()))
        self._files: dict[str, InputFile] = {file.source: file for file in found}
        self._settings = ReadSettings(fields=tuple(sorted(config.get("fields", {}).items())))
        self._kept: OrderedDict[Origin, Page] = OrderedDict()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        return bool(self._files)

    def page(self, origin: Origin) -> Page | None:
        """Return the page of a row; None if it is not there, or is another than it was.

        A container is read from its beginning up to the page. May be called from several threads.
        """
        with self._lock:
            if origin in self._kept:
                self._kept.move_to_end(origin)
                return self._kept[origin]
        page = self.pages([origin]).get(origin)
        if page is not None:
            with self._lock:
                self._kept[origin] = page
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return page

    def pages(self, origins: Iterable[Origin]) -> dict[Origin, Page]:
        """Return the pages of several rows; what is not there, or is another than it was, is left out.

        Each file is read once, up to the last page that is wanted of it.
        """
        wanted: dict[str, dict[tuple[str | None, int | None], Origin]] = {}
        for one in origins:
            if one.source is not None and one.page_digest is not None:
                wanted.setdefault(input_of(one.source, self._files), {})[one.source, one.record] = one
        found: dict[Origin, Page] = {}
        for name, left in wanted.items():
            for page in read_input(self._files[name], self._settings) if name in self._files else ():
                origin = left.pop((page.source, page.record), None)
                if origin is not None and isinstance(page, Page) and page_digest(page.content) == origin.page_digest:
                    found[origin] = page
                if not left:
                    break
        return found
