"""`extract` and `explain`: one page in, harmless text out."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from newsds import explain, extract
from newsds.cli.explain import STYLES
from newsds.cli.page import read_page
from newsds.limits import PAGE_BYTES
from newsds.model import Role
from newsds.schema import SCHEMA, article_from_row

from .conftest import BODY, HOSTILE, PAGE, Ended, Invoke, assert_failed

ANSI = "\x1b[31mred\x1b]0;owned\x07\x9b2J"
BIDI = "\u202eevil\u202c \u2066x\u2069"
ATTACK = (
    f"A headline {ANSI} {BIDI}\n\n{BODY} {ANSI}\n\n{BODY} {BIDI} end.\n\n"
    f"Tags\n\n{BIDI} tag\n\n<<: {ANSI} {BIDI} before\n"
)
HTML_ATTACK = (
    "<html><title>t</title><article><h1>A headline &#x202e;&#x1b;[31m&#x9b;</h1>"
    + "".join(f"<p>{line} &#x202e;&#27;[2J\x9b</p>" for line in BODY.split("\n\n"))
    + '</article><a rel="tag" href="/t">&#x2066;tag</a></html>'
)
VIEWS = [
    ["extract"],
    ["extract", "--format", "table"],
    ["extract", "--format", "text"],
    ["explain"],
    ["explain", "--full"],
    ["explain", "--color", "always"],
]


def test_json_is_the_row_in_the_order_of_the_schema(invoke: Invoke, page: Path) -> None:
    result = invoke("extract", page, "--url", "https://example.org/a/b")
    assert (result.exit_code, result.stderr) == (0, "")
    row = json.loads(result.stdout)
    assert list(row) == SCHEMA.names
    article = extract(page.read_bytes(), url="https://example.org/a/b")
    assert article_from_row(row) == article
    assert article.title == "A headline about nothing"
    assert result.stdout.endswith("\n}\n")


def test_times_are_iso_8601(invoke: Invoke) -> None:
    html = f'<meta property="article:published_time" content="2024-05-06T07:08:09+02:00"><h1>A title</h1><p>{BODY}</p>'
    result = invoke("extract", "-", "--kind", "html", stdin=html.encode())
    assert json.loads(result.stdout)["published"] == "2024-05-06T05:08:09Z"


def test_json_is_readable_in_any_script(invoke: Invoke) -> None:
    result = invoke("extract", "-", stdin=f"Überschrift 标题\n\nÜberschrift 标题\n\n{BODY}".encode())
    assert '"title": "Überschrift 标题"' in result.stdout


@pytest.mark.parametrize("view", VIEWS, ids=" ".join)
@pytest.mark.parametrize("attack", [ATTACK, HTML_ATTACK], ids=["text", "html"])
def test_hostile_text_never_comes_through(view: list[str], attack: str, invoke: Invoke, tmp_path: Path) -> None:
    path = tmp_path / "attack\x1b[31m\u202e"
    path.write_text(attack, encoding="utf-8")
    for result in (invoke(*view, path), invoke(*view, "-", stdin=attack.encode())):
        assert result.exit_code == 0
        colours = re.compile("\x1b\\[[0-9]{1,2}m") if "always" in view else re.compile("(?!)")
        assert not HOSTILE.search(colours.sub("", result.stdout))
        assert "\\u202e" in result.stdout
        assert "\x1b[31m" not in result.stdout.replace(_style("comment"), "")
        assert not HOSTILE.search(result.stderr)


def _style(role: str) -> str:
    import click

    return click.style("", **STYLES[role], reset=False)


def test_text_is_title_and_body(invoke: Invoke, page: Path) -> None:
    article = extract(page.read_bytes())
    assert invoke("extract", page, "--format", "text").stdout == f"{article.title}\n\n{article.text}\n"


def test_table_shows_every_column(invoke: Invoke, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = invoke("extract", page, "--format", "table").stdout.splitlines()
    assert [line.split()[0] for line in lines if line[:1].strip()] == SCHEMA.names
    assert max(map(len, lines)) <= 64 + len("recommendations")  # digests are not broken before 60
    margin = len("confidence_recommendations") + 2
    assert "title".ljust(margin) + "A headline about nothing" in lines
    assert "subtitle".ljust(margin) + "-" in lines
    assert any(line.startswith("confidence".ljust(margin) + "0.") for line in lines)


def test_explain_gives_role_margin_and_text_of_every_block(invoke: Invoke, page: Path) -> None:
    result = invoke("explain", page)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    blocks, labels = explain(page.read_bytes())
    assert lines[0] == f"text, {len(blocks)} blocks"
    assert set(lines[1].split(", ")) == {f"{n} {role}" for role, n in Counter(labels.roles).items()}
    assert len(lines) == 3 + len(blocks)
    for line, role, margin, text in zip(lines[3:], labels.roles, labels.margins, blocks.text, strict=True):
        start = re.fullmatch(rf"{role} +{re.escape(f'{margin:+.1f}')} +(\S.*?)…?", line)
        assert start
        assert text.startswith(start[1])
    assert all(len(line) <= 120 for line in lines)
    assert sum(line.endswith("…") for line in lines) == 4


def test_explain_full_prints_whole_texts_and_reasons(invoke: Invoke, page: Path) -> None:
    shown = invoke("explain", page, "--full").stdout
    assert BODY.split("\n\n")[0].strip() in shown
    assert all(reason in shown for reason in explain(page.read_bytes())[1].reasons)


def test_explain_fits_a_narrow_terminal(invoke: Invoke, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = invoke("explain", page).stdout.splitlines()
    assert all(len(line) <= 60 for line in lines)
    assert any(line.endswith(" A headline about nothing") for line in lines)


def test_every_role_has_a_look_of_its_own() -> None:
    assert list(STYLES) == [role.value for role in Role]
    assert len({str(dict(style)) for style in STYLES.values()}) == len(Role)


@pytest.mark.parametrize(
    ("options", "terminal", "env", "coloured"),
    [
        ([], (), {}, False),
        ([], ("stdout",), {}, True),
        ([], ("stdout",), {"NO_COLOR": "1"}, False),
        ([], ("stdout",), {"NO_COLOR": ""}, True),
        ([], ("stdout",), {"TERM": "dumb"}, False),
        (["--color", "never"], ("stdout",), {}, False),
        (["--color", "always"], (), {}, True),
        (["--color", "always"], (), {"NO_COLOR": "1"}, True),
    ],
)
def test_colours(
    options: list[str],
    terminal: tuple[str, ...],
    env: dict[str, str],
    coloured: bool,
    run: Callable[..., Ended],
    page: Path,
) -> None:
    pytest.importorskip("pty")
    result = run("explain", page, *options, terminal=terminal, env=env)
    assert (result.code, result.stderr) == (0, "")
    assert ("\x1b[" in result.stdout) == coloured
    assert "A headline about nothing" in result.stdout


def test_standard_input(run: Callable[..., Ended]) -> None:
    result = run("extract", "-", stdin=PAGE.encode())
    assert result.code == 0
    assert json.loads(result.stdout)["title"] == "A headline about nothing"


@pytest.mark.parametrize(
    ("content", "flag", "note"),
    [
        (b"", "no_article", "no visible character"),
        (b"\x7fELF" + bytes(range(256)) * 20, "binary", "the bytes are not text"),
        ("Zu kurz für einen Artikel".encode("utf-16"), "no_article", "listing, an error page or a stub"),
        (f"Überschrift\n\n{BODY}".encode("cp1252"), "encoding_guessed", None),
    ],
    ids=["empty", "binary", "no article", "wrong encoding"],
)
@pytest.mark.parametrize("view", VIEWS[:3], ids=" ".join)
def test_bad_content_is_a_row_with_flags(
    content: bytes, flag: str, note: str | None, view: list[str], invoke: Invoke, tmp_path: Path
) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(content)
    result = invoke(*view, path)
    assert result.exit_code == 0
    assert not HOSTILE.search(result.stdout)
    if view[-1] != "text":
        assert flag in result.stdout
    if note is None:
        assert result.stderr == ""
    else:
        assert result.stderr == f"newsds: note: `newsds build` rejects this page: {note}\n" or note in result.stderr
        assert result.stderr.count("\n") == 1
    assert invoke("explain", path).exit_code == 0


@pytest.mark.parametrize("command", ["extract", "explain"])
class TestUnreadable:
    def test_not_there(self, command: str, invoke: Invoke, tmp_path: Path) -> None:
        assert_failed(invoke(command, tmp_path / "no\x1b[31m"), 3, "No such file", "check the path")

    def test_a_folder(self, command: str, invoke: Invoke, tmp_path: Path) -> None:
        assert_failed(invoke(command, tmp_path), 3, "newsds build")

    def test_dangling(self, command: str, invoke: Invoke, tmp_path: Path) -> None:
        link = tmp_path / "page.txt"
        link.symlink_to(tmp_path / "gone.txt")
        assert_failed(invoke(command, link), 3, "the file it links to is not there")

    def test_no_permission(self, command: str, invoke: Invoke, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # for root every file is readable
        def refuse(*args: object) -> None:
            raise PermissionError(13, "Permission denied", str(page))

        monkeypatch.setattr(Path, "open", refuse)
        assert_failed(invoke(command, page), 3, "Permission denied", "give yourself permission")

    def test_a_nul_in_the_name(self, command: str, invoke: Invoke) -> None:
        assert_failed(invoke(command, "a\0b"), 3, "a\\x00b")

    def test_standard_input_is_closed(self, command: str, invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("newsds.cli.page._standard_input", _closed)
        assert_failed(invoke(command, "-"), 3, "cannot read standard input: it is closed")


def _closed() -> io.BytesIO:
    raise OSError(9, "it is closed")


def test_of_a_200_mb_line_no_more_than_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "line.txt"
    with path.open("wb") as file:
        file.truncate(200 * 2**20)
    assert len(read_page(str(path))) == PAGE_BYTES.value + 1  # so that `extract` cuts it and says so
