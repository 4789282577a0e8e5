"""The card on the Hub: edits are kept, blocks of newsds are made anew, and what clashes is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from newsds.errors import CardError
from newsds.hub import CardConflictError
from newsds.hub.card import merge_cards
from tests.hub.conftest import REPO, Push, version_files
from tests.hub.repo import GITATTRIBUTES
from tests.hub.server import LoopbackHub

FACTS = "<!-- newsds:begin facts -->\n{0}\n<!-- newsds:end facts -->"


def card(text: str = "# Pages\n\nOne.\n\nTwo.", facts: str = "v1", license: str = "mit", more: str = "") -> str:
    front = f"license: {license}\n{more}newsds_name: pages\nsize_categories:\n- n<1K\n"
    return f"---\n{front}---\n\n{text}\n\n{FACTS.format(facts)}\n"


def test_without_edits_it_is_the_new_card() -> None:
    new = card(facts="v2")
    for base, theirs in ((None, None), (card(), card()), (card(), card().replace("\n", "\r\n")), (card(), new)):
        merged = merge_cards(base=base, theirs=theirs, ours=new)
        assert (merged.text, merged.edited) == (new, False)


def test_edits_outside_the_blocks_are_kept_and_the_blocks_are_new() -> None:
    theirs = card("# Pages\n\nOne, by hand.\n\nTwo.", more="tags:\n- news\n")
    merged = merge_cards(base=card(), theirs=theirs, ours=card(facts="v2"))
    assert merged.edited
    assert merged.text == card("# Pages\n\nOne, by hand.\n\nTwo.", facts="v2", more="tags:\n- news\n")


def test_edits_of_both_sides_in_other_places_are_both_kept() -> None:
    theirs = card("# Pages\n\nOne, by hand.\n\nTwo.", license="mit")
    ours = card("# Pages\n\nOne.\n\nTwo, anew.\n\nThree.", license="cc0-1.0", facts="v2")
    merged = merge_cards(base=card(), theirs=theirs, ours=ours)
    assert merged.text == card("# Pages\n\nOne, by hand.\n\nTwo, anew.\n\nThree.", license="cc0-1.0", facts="v2")


def test_what_clashes_is_shown_and_can_be_decided() -> None:
    theirs = card("# Pages\n\nOne, by hand.\n\nTwo.", license="gpl-3.0")
    ours = card("# Pages\n\nOne, anew.\n\nTwo.", license="cc0-1.0")
    merged = merge_cards(base=card(), theirs=theirs, ours=ours)
    assert merged.conflicts == ("-license: gpl-3.0", "+license: cc0-1.0", "-One, by hand.", "+One, anew.")
    assert merge_cards(base=card(), theirs=theirs, ours=ours, keep="local").text == ours
    assert merge_cards(base=card(), theirs=theirs, ours=ours, keep="remote").text == theirs


def test_edits_inside_a_block_do_not_last_and_a_lost_block_comes_back() -> None:
    theirs = card("# Pages\n\nOne.\n\nTwo, by hand.", facts="made up")
    assert merge_cards(base=card(), theirs=theirs, ours=card()).text == card("# Pages\n\nOne.\n\nTwo, by hand.")
    theirs = theirs[: theirs.index("<!--")]
    assert merge_cards(base=card(), theirs=theirs, ours=card()).text == card("# Pages\n\nOne.\n\nTwo, by hand.")


def test_blocks_keep_the_places_that_people_gave_them() -> None:
    def two(first: str, second: str, words: str) -> str:
        return f"# Pages\n\n<!-- newsds:begin {first} -->\n{first}\n<!-- newsds:end {first} -->\n\n{words}\n\n" + (
            f"<!-- newsds:begin {second} -->\n{second}\n<!-- newsds:end {second} -->\n"
        )

    merged = merge_cards(
        base=two("facts", "fields", "Words."),
        theirs=two("fields", "facts", "Words."),
        ours=two("facts", "fields", "Words.").replace("\nfacts\n", "\nnew facts\n"),
    )
    assert merged.text == two("fields", "facts", "Words.").replace("\nfacts\n", "\nnew facts\n")


def test_a_card_that_newsds_did_not_push() -> None:
    theirs = "---\nlicense: gpl-3.0\ntags: [a]\n---\n"
    merged = merge_cards(base=None, theirs=theirs, ours=card())
    assert merged.conflicts == ("-license: gpl-3.0", "+license: mit")
    merged = merge_cards(base=None, theirs=theirs.replace("gpl-3.0", "mit"), ours=card())
    assert yaml.safe_load(merged.text.split("---")[1])["tags"] == ["a"]
    with pytest.raises(CardError, match="on the Hub is no YAML"):
        merge_cards(base=None, theirs="---\na: [\n---\n", ours=card())


LINES = st.lists(st.sampled_from(["a", "b", "c", "", "# d"]), max_size=8).map("\n".join)


@given(base=LINES, ours=LINES, theirs=LINES)
def test_laws_of_merging(base: str, ours: str, theirs: str) -> None:
    def merge(b: str, t: str, o: str, keep: str = "merge") -> str:
        merged = merge_cards(base=card(b), theirs=card(t), ours=card(o, facts="v2"), keep=keep)  # type: ignore[arg-type]
        assert not merged.conflicts or keep == "merge"
        return merged.text

    def plain(text: str, facts: str = "v2") -> str:
        return card(text, facts).split("---\n", 2)[2].strip("\n")

    assert merge(base, base, ours) == card(ours, facts="v2")  # nothing was edited
    assert merge(base, theirs, base).split("---\n", 2)[2].strip("\n") == plain(theirs)  # nothing is new
    assert merge(base, theirs, ours, "local") == card(ours, facts="v2")
    for keep in ("merge", "remote"):
        assert FACTS.format("v2") in merge(base, theirs, ours, keep)


def test_a_push_keeps_edits_and_the_next_ones_too(hub: LoopbackHub, push: Push, built: Path) -> None:
    push()
    repo = hub.repos[REPO]
    edited = repo.files()["README.md"].replace(b"Pages of towns.", b"Pages of many towns.")
    repo.edit({"README.md": edited})
    assert not push().changed
    result = push("1.1.0")
    assert result.plan.card == "merged"
    new = version_files(built, "1.1.0")
    kept = new["README.md"].replace(b"Pages of towns.", b"Pages of many towns.")
    whole = new | {"README.md": kept, ".newsds/README.md": new["README.md"], ".gitattributes": GITATTRIBUTES}
    assert repo.files() == repo.files("v1.1.0") == whole
    assert not push("1.1.0").changed
    push("1.1.1")  # whose text is another in another place
    assert b"Pages of many towns.\n\nMuch more on them." in repo.files()["README.md"]
    assert repo.files()[".newsds/README.md"] == version_files(built, "1.1.1")["README.md"]


def test_dropped_edits_leave_nothing_behind(hub: LoopbackHub, push: Push, built: Path) -> None:
    push()
    repo = hub.repos[REPO]
    repo.edit({"README.md": repo.files()["README.md"].replace(b"towns", b"places")})
    push("1.1.0")
    push("1.1.1", card="local")
    assert repo.files() == version_files(built, "1.1.1") | {".gitattributes": GITATTRIBUTES}


def test_a_clash_stops_the_push(hub: LoopbackHub, push: Push) -> None:
    push("1.1.0")
    repo = hub.repos[REPO]
    repo.edit({"README.md": repo.files()["README.md"].replace(b"More on them.", b"Less on them.")})
    head = repo.refs["main"]
    with pytest.raises(CardConflictError) as caught:
        push("1.1.1")
    assert caught.value.conflicts == ("-Less on them.", "+Much more on them.")
    assert caught.value.exit_code == 2
    assert repo.refs["main"] == head
    push("1.1.1", card="remote")
    assert b"Less on them." in repo.files()["README.md"]


def test_edits_before_the_tag_was_set(hub: LoopbackHub, push: Push, built: Path) -> None:
    """Cut off before the tag, then edited: the tag names a commit that holds the card as built as well."""
    push()
    repo = hub.repos[REPO]
    repo.tags.clear()
    repo.edit({"README.md": repo.files()["README.md"].replace(b"towns", b"places")})
    with pytest.raises(CardConflictError):  # what was built for it cannot be told any more
        push()
    push(card="remote")
    assert repo.files("v1.0.0")[".newsds/README.md"] == version_files(built)["README.md"]
