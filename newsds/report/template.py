"""Values → HTML files that need nothing else: no request leaves them, and what a page says does nothing in them.

Jinja escapes every value; before that, characters that steer a terminal or hide text become escapes that show. A file
names the digest of each of its scripts and styles in its content security policy, so that nothing else can run, and
loads nothing. Files hold no clock: the same values give the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from newsds.codes import Flag
from newsds.metadata import is_web_url
from newsds.model import Role
from newsds.report.page import PageView
from newsds.schema import ARTICLES

if TYPE_CHECKING:
    import jinja2

_PACKAGE: Final = "newsds.report"
_STEERING: Final = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls but tab and line feed; an HTML parser would change or refuse them
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, direction
    "\U000e0000-\U000e007f"  # tags: text that does not show
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # no characters
    "]"
)
"""Joiners stay: Persian, Indic scripts and emoji need them."""
_LINE_END: Final = re.compile(r"\r\n")
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_TAG: Final = re.compile(r"(</?[A-Za-z][^<>]*>)")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
_MEANINGS: Final = {column.name: column.meaning for column in ARTICLES}
SHORT_GAP: Final = 240
"""Characters of markup between two blocks that a shortened view shows."""
SHORT_BLOCK: Final = 3_000
"""Characters of a block that a shortened view shows."""
SHORT_VALUE: Final = 300
"""Characters of a value that a shortened view shows."""
SHORT_FIELD: Final = 40
"""Values of a field that a shortened view shows."""
SHORT_PAGE: Final = 16_000
"""Characters of a page that a shortened view shows."""
SHORT_BLOCKS: Final = 150
"""Blocks of a page that a shortened view shows."""


def inert(text: str) -> str:
    r"""Return text with what steers or does not show as escapes; line ends and tabs stay, CR LF is a line end.

    >>> print(inert("\x1b[31mred\u202e"))
    \x1b[31mred\u202e
    """
    return _STEERING.sub(_escaped, _LINE_END.sub("\n", text))


def _escaped(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a page: a block, or what lies between two."""

    text: str
    block: int | None = None
    """number of the block; None between two"""
    left_out: int = 0
    """characters behind `text` that are not shown"""


def pieces(view: PageView, *, shorten: bool = False) -> Iterator[Piece]:
    """Yield a page in stretches, in order; joined they are the page, unless it is shortened.

    >>> from newsds.report.page import page_view
    >>> [(p.text, p.block) for p in pieces(page_view("One\\n\\nTwo"))]
    [('One', 0), ('\\n\\n', None), ('Two', 1)]
    """
    page = view.page or ""
    at = shown = 0
    stretches: list[tuple[int, int, int | None]] = []
    for number, block in enumerate(view.blocks):
        stretches += [(at, block.start, None), (block.start, block.end, number)]
        at = block.end
    stretches.append((at, len(page), None))
    for start, end, of in stretches:
        if start == end:
            continue
        most = end - start
        if shorten:
            most = min(most, SHORT_GAP if of is None else SHORT_BLOCK, SHORT_PAGE - shown)
            most = 0 if of is not None and of >= SHORT_BLOCKS else most
        if most <= 0:
            yield Piece(text="", left_out=len(page) - start)
            return
        shown += most
        yield Piece(text=page[start : start + most], block=of, left_out=end - start - most)


def view_html(view: PageView, *, prefix: str = "p", shorten: bool = False, level: int = 2) -> str:
    """Return a page and its record as a fragment of HTML, which `document` makes a file of.

    The root is `section.view`. In it, blocks are `.b`, values of the record `.v`, and lines that say why `.w`; each has
    the numbers of the blocks it belongs to in `data-b`, and blocks have their role in `data-role`.

    Args:
        view: what to show.
        prefix: begins the ids of the fragment, so that a file can hold several.
        shorten: whether long blocks, markup and pages are cut; each cut says how much is not shown.
        level: of the headings.
    """
    roles = [str(block.role) for block in view.blocks]
    shown = list(pieces(view, shorten=shorten))
    return (
        _environment()
        .get_template("view.html")
        .render(
            view=view,
            prefix=prefix,
            shorten=shorten,
            level=level,
            pieces=shown,
            roles=roles,
            counts=[(role.value, roles.count(role)) for role in Role if role in roles],
            most_blocks=SHORT_BLOCKS if shorten else None,
            most_chars=SHORT_VALUE if shorten else None,
            most_values=SHORT_FIELD if shorten else None,
            last=max((p.block for p in shown if p.block is not None), default=-1),
        )
    )


def explain_html(view: PageView, *, name: str | None = None) -> str:
    """Return one page, explained, as a self-contained HTML file: what `newsds explain --html` writes.

    Args:
        view: what `page_view` gives.
        name: what to call the page: its file name.

    >>> from newsds.report.page import page_view
    >>> explain_html(page_view("Title of the page"))[:15]
    '<!doctype html>'
    """
    title = view.article.title or name or "page without a title"
    heading = _environment().get_template("explain.html").render(view=view, name=name, title=title)
    return document(title, heading + view_html(view))


def document(
    title: str, body: str, *, styles: Sequence[str] = (), scripts: Sequence[str] = (), served: bool = False
) -> str:
    """Return a self-contained HTML file.

    Args:
        title: of the window; escaped.
        body: content of `main`, made by `view_html` or another template; not escaped.
        styles: style sheets beside those of the view.
        scripts: scripts beside those of the view.
        served: whether it comes from a server that its forms and scripts may talk to; a file talks to nobody.
    """
    sheets = [packaged("page.css"), packaged("view.css"), *styles]
    programs = [packaged("page.js"), packaged("view.js"), *scripts]
    own = "'self'" if served else "'none'"
    policy = (
        f"default-src 'none'; style-src {_digests(sheets)}; script-src {_digests(programs)}; connect-src {own}; "
        f"form-action {own}; base-uri 'none'"
    )
    return (
        _environment()
        .get_template("document.html")
        .render(
            title=title, body=markup(body), styles=map(markup, sheets), scripts=map(markup, programs), policy=policy
        )
    )


def render(template: str, *, package: str = _PACKAGE, **values: Any) -> str:
    """Return a packaged template with its values filled in, every one escaped."""
    return _environment(package).get_template(template).render(**values)


@cache
def packaged(name: str, package: str = _PACKAGE) -> str:
    """Return the text of a file in the folder `files` of a package."""
    return files(package).joinpath("files", name).read_text(encoding="utf-8")


def _digests(texts: Sequence[str]) -> str:
    for text in texts:
        if re.search(r"</(?:script|style)|<!--", text, re.IGNORECASE):
            raise ValueError("a script or style sheet holds what would end its element")
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for t in texts)


def markup(text: str) -> Any:
    """Return text that this package made as it is, for a template not to escape it."""
    from markupsafe import Markup

    return Markup(text)


@cache
def _environment(package: str = _PACKAGE) -> jinja2.Environment:
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FunctionLoader(partial(packaged, package=package)),
        finalize=lambda value: inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = lambda n: f"{n:,}"
    environment.filters["cut"] = _cut
    environment.filters["apart"] = _apart
    environment.tests["web"] = lambda url: isinstance(url, str) and is_web_url(url) and inert(url) == url
    environment.tests["language"] = lambda tag: isinstance(tag, str) and bool(_LANGUAGE.fullmatch(tag))
    environment.globals["meanings"] = _MEANINGS
    environment.globals["flag_meanings"] = {flag.value: flag.meaning for flag in Flag}
    return environment


def _apart(text: str) -> Any:
    """Return source text in which tags do not run together with words that go from right to left."""
    from markupsafe import Markup, escape

    parts = _TAG.split(inert(text)) if _RIGHT_TO_LEFT.search(text) else [inert(text)]
    return Markup("").join(Markup("<bdi>{}</bdi>").format(x) if i % 2 else escape(x) for i, x in enumerate(parts))


def _cut(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= most else f"{text[:most]} … ({len(text) - most:,} characters more)"
