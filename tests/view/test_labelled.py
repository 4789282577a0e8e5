"""Labels that a person gave to blocks come back as the same roles when `newsds train` reads them."""

from __future__ import annotations

import json
from pathlib import Path

from newsds.decode import decode
from newsds.model import Flag, Page, Role
from newsds.pipeline import page_blocks
from newsds.segment import segment
from newsds.train.align import align
from newsds.train.pages import labelled_pages
from newsds.view.labelled import case_labels, label_line, page_id
from tests.corpus import cases


def test_lines_are_read_back_with_the_page_and_its_roles(tmp_path: Path) -> None:
    blocks_in_all = came_back = 0
    out = tmp_path / "labels.jsonl"
    for case in cases():
        page = Page(content=case.page.read_bytes(), source=case.page.name)
        decoded, blocks = page_blocks(page)
        if Flag.BINARY in decoded.flags or not len(blocks):
            continue
        roles = list(segment([blocks])[0].roles)
        out.write_text(json.dumps(label_line(page, decoded, blocks, roles)) + "\n", encoding="utf-8")
        (read,) = labelled_pages(out)
        assert (read.id, read.kind) == (page_id(page), blocks.kind)
        assert decode(read.content).text == decoded.text
        # all roles but those of headings and frame are in the labels, and what is not there is known not to be
        assert not read.page.unlabelled
        found = align(blocks, read.page)
        assert None not in found
        blocks_in_all += len(roles)
        came_back += sum(one is other for one, other in zip(roles, found, strict=True))
    # a word that is a heading here and a menu there is told apart by its place only: 5 of 2,016 when this was written
    assert blocks_in_all > 1500
    assert came_back / blocks_in_all > 0.99


def test_a_page_without_article_has_no_body() -> None:
    page = Page(content=b"Home\n\nSports\n\nWeather", url="https://paper.example/")
    decoded, blocks = page_blocks(page)
    line = label_line(page, decoded, blocks, [Role.BOILERPLATE] * len(blocks))
    assert (line["title"], line["body"], line["url"]) == (None, [], "https://paper.example/")
    assert line["boilerplate"] == ["Home", "Sports", "Weather"]


def test_a_title_out_of_sight_is_no_label() -> None:
    page = Page(content=b"<html><title>Out of sight</title><p>A paragraph that is long enough to be one.</p></html>")
    decoded, blocks = page_blocks(page)
    assert case_labels(page, decoded, blocks, [Role.BODY])["title"] is None


def test_ids_can_name_a_file() -> None:
    for source in (None, "", "../..", "a/b.html", "site.zip!/.hidden", "Ünï?.html", "x" * 300):
        one = page_id(Page(content=b"", source=source))
        assert not one.startswith(".")
        assert not set("/\\") & set(one)
        assert len(one) < 100
