"""`schema`, `codes` and `limits`."""

from __future__ import annotations

import json

from newsds.ledger import codes_markdown
from newsds.limits import LIMITS
from newsds.model import Flag, Reason
from newsds.schema import ARTICLES, REJECTS, schema_markdown, type_name

from .conftest import Invoke


def test_markdown_is_the_page_of_the_documentation(invoke: Invoke) -> None:
    assert invoke("schema", "--markdown").stdout == schema_markdown()


def test_schema_shows_every_column(invoke: Invoke) -> None:
    lines = invoke("schema").stdout.splitlines()
    for column in (*ARTICLES, *REJECTS):
        null = ", or null" if column.nullable else ""
        assert f"  {column.name}: {type_name(column.type)}{null}" in lines


def test_codes_shows_every_code(invoke: Invoke) -> None:
    text = invoke("codes").stdout
    found = json.loads(invoke("codes", "--json").stdout)
    for name, codes in (("reasons", Reason), ("flags", Flag)):
        assert found[name] == {code.value: code.meaning for code in codes}
        assert all(f"  {code.value}\n" in text for code in codes)
    assert invoke("codes", "--markdown").stdout == codes_markdown()


def test_limits_shows_every_limit(invoke: Invoke) -> None:
    text = invoke("limits").stdout
    for limit in LIMITS:
        assert f"{limit.name}: {limit.value} {limit.unit}, code {limit.code.value}\n" in text
    assert [tuple(x.values()) for x in json.loads(invoke("limits", "--json").stdout)] == [
        (x.name, x.value, x.unit, x.code.value, x.effect) for x in LIMITS
    ]
