"""model: frozen values with a documented meaning for each field."""

from __future__ import annotations

import ast
import inspect
import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from typing import cast

import numpy as np
import pytest

from newsds import model
from newsds.model import (
    Anchor,
    Article,
    Block,
    Blocks,
    Code,
    Confidence,
    Flag,
    Labels,
    Links,
    Nodes,
    Page,
    Reason,
    Role,
)

CLASSES = [c for c in vars(model).values() if isinstance(c, type) and is_dataclass(c)]


@pytest.mark.parametrize("cls", CLASSES)
def test_values_are_frozen_slotted_and_keyword_only(cls: type) -> None:
    assert "__slots__" in vars(cls)
    assert all(f.kw_only for f in fields(cls))
    assert cls.__doc__
    assert not cls.__doc__.startswith(f"{cls.__name__}(")
    assert getattr(cls, "__dataclass_params__").frozen


def test_frozen() -> None:
    page = Page(content=b"")
    with pytest.raises(FrozenInstanceError):
        page.content = b"x"  # type: ignore[misc]


def _undocumented(node: ast.ClassDef) -> list[str]:
    nexts = [*node.body[1:], None]
    return [
        one.target.id
        for one, after in zip(node.body, nexts, strict=True)
        if isinstance(one, ast.AnnAssign)
        and isinstance(one.target, ast.Name)
        and not (isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant))
    ]


def test_fields_are_documented() -> None:
    tree = ast.parse(inspect.getsource(model))
    missing = {n.name: _undocumented(n) for n in tree.body if isinstance(n, ast.ClassDef)}
    # those whose names say it all, or whose columns docs/schema.md describes
    told = {
        "Article": set(missing["Article"]),
        "Rejection": {"source", "record", "offset", "length", "url", "message", "reason"},
    }
    told |= {
        "Span": {"role", "start", "end"},
        "Link": {"title", "url"},
        "Recommendation": {"title", "url"},
        "Paragraph": {"kind"},
    }
    told |= {
        "Blocks": {"kind", "text", "start", "end", "gap", "indent", "tag", "node", "flags"},
        "Labels": {"roles"},
        "Code": {"meaning"},
    }
    told |= {"Decoded": {"flags"}}
    assert {
        name: set(names) - told.get(name, set())
        for name, names in missing.items()
        if set(names) - told.get(name, set())
    } == {}


@pytest.mark.parametrize("code", [*Flag, *Reason])
def test_codes_carry_their_meaning(code: Code) -> None:
    assert code == code.value == str(code)
    assert code.meaning
    assert code.value == code.name.lower()
    assert type(code)(code.value) is code
    assert pickle.loads(pickle.dumps(code)) is code


def test_codes_name_one_thing_each() -> None:
    assert not {f.value for f in Flag} & {r.value for r in Reason} - {"binary", "no_article"}
    assert len({r.value for r in Role}) == len(Role) == 14


def _blocks() -> Blocks:
    return Blocks(
        kind="html", page="ab", text=["a", "b"], start=[0, 1], end=[1, 2], gap=[-1, -1], indent=[-1, -1],
        tag=["p", "li"],
        node=[1, 2],
        links=Links(block=[1], start=[0], end=[1], href=["/x"], node=[2]),
    )  # fmt: skip


def test_blocks_are_a_sequence_of_rows() -> None:
    blocks = _blocks()
    assert len(blocks) == 2
    assert blocks[1] == Block(
        text="b",
        start=1,
        end=2,
        gap=-1,
        indent=-1,
        tag="li",
        node=2,
        anchors=(Anchor(start=0, end=1, href="/x", node=2),),
    )
    assert [b.text for b in blocks] == ["a", "b"]
    with pytest.raises(IndexError):
        blocks[2]


def test_links_of_a_block() -> None:
    blocks = _blocks()
    assert [len(x) for x in blocks.anchors] == [0, 1]
    assert blocks.anchors[-1] == blocks.anchors[1] == blocks[1].anchors
    assert (list(blocks.links.of(0)), list(blocks.links.of(1))) == ([], [0])
    with pytest.raises(IndexError):
        blocks.anchors[2]


def test_blocks_are_equal_by_value() -> None:
    assert _blocks() == _blocks()
    assert pickle.loads(pickle.dumps(_blocks())) == _blocks()


def test_ancestors_end_before_the_document() -> None:
    nodes = Nodes(parent=[-1, 0, 1, 1], tag=["", "ul", "li", "li"], label=[""] * 4, hidden=[False] * 4)
    assert list(nodes.ancestors(3)) == [3, 1]
    assert list(nodes.ancestors(0)) == []


def test_confidence_is_a_plain_number_of_three_decimals() -> None:
    one = Confidence(page=cast("float", np.float32(0.87349)), title=1, body=-0.0)
    assert (one.page, one.title, str(one.body)) == (0.873, 1.0, "0.0")
    assert {type(getattr(one, f.name)) for f in fields(one)} == {float}
    assert one == Confidence(page=0.873, body=0)
    assert pickle.loads(pickle.dumps(one)) == replace(one) == one


def test_a_segmenter_that_says_nothing_else_is_sure_of_an_article() -> None:
    labels = Labels(roles=[], reasons=[])
    assert (labels.article, labels.confidence) == (True, Confidence())
    assert {getattr(labels.confidence, f.name) for f in fields(Confidence)} == {1.0}


def test_an_article_is_empty_by_default() -> None:
    article = Article(id="", kind="text", page_chars=0, charset="utf-8", charset_source="str", page_digest="")
    assert (article.text, article.paragraphs, article.spans, article.flags, article.title) == ("", (), (), (), None)
