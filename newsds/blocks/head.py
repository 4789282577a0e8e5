"""What an HTML page says of itself out of sight, gathered as it is read."""

from __future__ import annotations

from collections.abc import Iterable

from newsds.blocks.tags import LINKED_DATA, SKIPPED, Start
from newsds.chars import collapse, unescape
from newsds.model import Head


class HeadReader:
    """What is known of a page's head so far. Of each thing the first counts, so a tag may be read twice."""

    def __init__(self) -> None:
        self._title: str | None = None
        self._language: str | None = None
        self._canonical: str | None = None
        self._meta: dict[str, str] = {}
        self._linked_data: list[str] = []

    def read(self, tag: Start) -> None:
        """Read what a tag says of the page."""
        if tag.kind.tag == "meta":
            names, content = tag.meta()
            if content:
                for name in names:
                    self._meta.setdefault(name, content)
        elif tag.kind.tag == "html":
            self._language = self._language or tag.get("lang") or None
        elif not self._canonical and "canonical" in tag.get("rel").lower().split():
            self._canonical = tag.get("href").strip() or None

    def unseen(self, part: int, raw: str) -> None:
        """Read a text that is not part of the page but speaks of it."""
        if part & LINKED_DATA:
            self._linked_data.append(raw)
        elif not part & SKIPPED:
            self._title = self._title or collapse(unescape(raw)) or None

    def head(self, times: Iterable[tuple[int, str]]) -> Head:
        """Return all of it."""
        return Head(
            title=self._title,
            language=self._language,
            canonical=self._canonical,
            meta=self._meta,
            linked_data=tuple(self._linked_data),
            times=tuple(times),
        )
