"""`newsds label`: pages explained, with roles that a key changes, and every change on the disk before it shows."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from newsds.assemble import assemble
from newsds.model import Blocks, Decoded, Flag, Labels, Page, Role
from newsds.pipeline import explain_page, page_blocks
from newsds.report import document, labels_view, view_html
from newsds.report.template import packaged, render
from newsds.view.book import LabelBook
from newsds.view.case import write_case
from newsds.view.history import History
from newsds.view.labelled import blocks_digest, label_line, page_id
from newsds.view.server import App, Request, Response, bad_request, html_response, json_response, not_found

PACKAGE: Final = "newsds.view"
KEYS: Final[Mapping[str, Role]] = {
    "t": Role.TITLE,
    "s": Role.SUBTITLE,
    "a": Role.BYLINE,  # author
    "d": Role.DATE,
    "b": Role.BODY,
    "c": Role.CAPTION,
    "g": Role.TAG,
    "p": Role.PREVIOUS,
    "n": Role.NEXT,
    "h": Role.REC_HEADING,
    "r": Role.REC_TITLE,
    "e": Role.REC_SNIPPET,  # excerpt
    "o": Role.COMMENT,  # opinion
    "x": Role.BOILERPLATE,
}
"""Key → the role that it gives."""
_ABOUT: Final = ("why", "origin", "language", "licence")
_ABOUT_CHARS: Final = 2_000
_KEPT: Final = 8
"""Pages that are not taken apart again at every key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A page taken apart."""

    page: Page
    decoded: Decoded
    blocks: Blocks
    labels: Labels
    """what newsds says of it"""


def label(pages: Iterable[Page], book: LabelBook, *, corpus: Path | None = None) -> App:
    """Return what answers the requests of `newsds label`.

    Args:
        pages: to be labelled; the same page twice counts once.
        book: takes the labels.
        corpus: a folder of cases that a labelled page can be added to.
    """
    return _Labeller(pages, book, corpus)


class _Labeller:
    def __init__(self, pages: Iterable[Page], book: LabelBook, corpus: Path | None) -> None:
        self._pages = {page_id(page): page for page in pages}
        self._ids = list(self._pages)
        self._book = book
        self._corpus = corpus
        self._opened: OrderedDict[str, _Opened] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Response:
        """Answer a request."""
        folder, slash, name = request.path.partition("/")
        if not slash and not folder and request.method == "GET":
            return self._list()
        if folder != "pages" or name not in self._pages:
            raise not_found("there is no such page")
        with self._lock:  # one change after the other
            opened = self._open(name)
            history = self._book.open(name, blocks_digest(opened.page, opened.blocks), opened.labels.roles)
            if request.method == "GET":
                return self._show(name, opened, history)
            return self._step(name, opened, request.body)

    def _list(self) -> Response:
        rows = [(f"pages/{one}", self._pages[one], self._book.history(one)) for one in self._ids]
        done = sum(history is not None and history.finished for _, _, history in rows)
        body = render("pages.html", package=PACKAGE, rows=rows, done=done, out=str(self._book.out))
        return html_response(document("Pages to label", body, styles=[packaged("browse.css", PACKAGE)], served=True))

    def _open(self, name: str) -> _Opened:
        if name not in self._opened:
            page = self._pages[name]
            decoded, _ = page_blocks(page)
            blocks, labels, _ = explain_page(page)
            if Flag.BINARY in decoded.flags or not len(blocks):
                raise not_found("this page holds no text")
            self._opened[name] = _Opened(page=page, decoded=decoded, blocks=blocks, labels=labels)
            if len(self._opened) > _KEPT:
                self._opened.popitem(last=False)
        return self._opened[name]

    def _fragment(self, opened: _Opened, history: History) -> str:
        """The page and its record, by the roles it has now."""
        given = opened.labels
        reasons, margins = list(given.reasons), list(given.margins)
        for i, (now, was) in enumerate(zip(history.roles, given.roles, strict=True)):
            if now is not was:
                reasons[i] = f"set by hand; newsds says {was} ({margins[i]:+.1f}), {reasons[i]}"
                margins[i] = math.inf
        labels = replace(
            given, roles=history.roles, reasons=reasons, margins=margins, article=Role.BODY in history.roles
        )
        article = assemble(opened.page, opened.decoded, opened.blocks, labels)
        return view_html(labels_view(opened.blocks, labels, article))

    def _show(self, name: str, opened: _Opened, history: History) -> Response:
        at = self._ids.index(name)
        body = render(
            "label.html",
            package=PACKAGE,
            page=opened.page,
            name=name,
            keys=KEYS,
            state=_state(history),
            before=self._ids[at - 1] if at else None,
            after=self._ids[at + 1] if at + 1 < len(self._ids) else None,
            corpus=self._corpus and str(self._corpus),
            language=assemble(opened.page, opened.decoded, opened.blocks, opened.labels).language,
        )
        return html_response(
            document(
                name,
                body + self._fragment(opened, history),
                styles=[packaged("browse.css", PACKAGE), packaged("label.css", PACKAGE)],
                scripts=[packaged("label.js", PACKAGE)],
                served=True,
            )
        )

    def _step(self, name: str, opened: _Opened, step: Any) -> Response:
        do = step.get("do") if isinstance(step, dict) else None
        if do == "change":
            history = self._book.change(name, _roles(step.get("roles"), len(opened.blocks)))
        elif do == "undo":
            history = self._book.undo(name)
        elif do == "redo":
            history = self._book.redo(name)
        elif do == "finish":
            roles = self._roles_of(name)
            history = self._book.finish(name, label_line(opened.page, opened.decoded, opened.blocks, roles))
        elif do == "case" and self._corpus is not None:
            return json_response({"case": self._case(name, opened, step)})
        else:
            raise bad_request("no step of a labeller")
        answer = {"state": _state(history), "view": self._fragment(opened, history), "next": self._next(name)}
        return json_response(answer)

    def _case(self, name: str, opened: _Opened, step: Mapping[str, Any]) -> str:
        about = {field: step.get(field) for field in _ABOUT}
        slug = step.get("name")
        texts = {field: text for field, text in about.items() if isinstance(text, str) and len(text) <= _ABOUT_CHARS}
        if len(texts) < len(about) or not isinstance(slug, str) or not texts["why"].strip():
            raise bad_request("a case has a name, and says why it is there")
        assert self._corpus is not None
        return str(
            write_case(self._corpus, slug, texts, opened.page, opened.decoded, opened.blocks, self._roles_of(name))
        )

    def _roles_of(self, name: str) -> tuple[Role, ...]:
        history = self._book.history(name)
        assert history is not None
        return history.roles

    def _next(self, name: str) -> str | None:
        """The next page that is not done, from the first again behind the last."""
        at = self._ids.index(name)
        for one in self._ids[at + 1 :] + self._ids[:at]:
            history = self._book.history(one)
            if history is None or not history.finished:
                return one
        return None


def _state(history: History) -> dict[str, Any]:
    return {"undo": history.can_undo, "redo": history.can_redo, "done": history.finished}


def _roles(given: Any, blocks: int) -> dict[int, Role]:
    """The blocks and roles of a change, as a page sends them."""
    try:
        roles = {int(block): Role(role) for block, role in given.items() if len(block) < 10}
    except (AttributeError, TypeError, ValueError) as error:
        raise bad_request("a change names blocks and their roles") from error
    if not roles or len(roles) != len(given) or not all(0 <= block < blocks for block in roles):
        raise bad_request("a change names blocks of the page")
    return roles
