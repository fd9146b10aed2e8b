"""Whatever stands in a file of claims, it is read or refused in a sentence with its line."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from navp_structures.errors import InputError
from navp_structures.io.claim_fields import KEYS
from navp_structures.io.claims import claims_of_text
from navp_structures.io.claims_write import claims_text
from navp_structures.io.toml_lines import excess, toml_lines
from navp_structures.model.claim_quantities import QUANTITIES

plain = st.text(
    st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=12
)
FRAGMENTS = """[[claims]] [claims.cell] id " ' \"\"\" ''' \\ # = [ ] { } , . 1.88 nan é"""
fragments = st.sampled_from(
    [*FRAGMENTS.split(), "\n", " ", "schema = 1\n", 'quantity = "spacing"']
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3),
    max_leaves=6,
)


def checked(text: str, *, table: bool = False) -> None:
    """Read a text; every problem must be one line within the file."""
    lines = text.count("\n") + 1
    try:
        claims = claims_of_text(text, file="f", table=table)
    except InputError as error:
        sentences = [str(error)]
    else:
        sentences = [str(problem) for problem in claims.problems]
        assert all(1 <= claim.line <= lines for claim in claims)
    for sentence in sentences:
        assert "\n" not in sentence
        name, line, rest = sentence.split(":", 2)
        assert (name, rest[0]) == ("f", " ")
        assert 1 <= int(line) <= lines


@settings(max_examples=200, deadline=None)
@given(st.lists(fragments, max_size=25).map("".join))
@example('schema = 1\n[[claims]]\nid = """\n[[claims]]"""\nquantity = "spacing"')
def test_any_text(text: str) -> None:
    checked(text)
    checked(text, table=True)


def written(value: Any) -> str:
    """Return a value as TOML; None is left to the caller."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        pairs = (f"{written(key)} = {written(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    return json.dumps("" if value is None else value, ensure_ascii=False)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(list(QUANTITIES)),
    st.dictionaries(st.sampled_from([*KEYS, "other"]), values, max_size=5),
)
def test_any_value_of_any_key(quantity: str, item: dict[str, Any]) -> None:
    item = {"id": "x", "quantity": quantity} | item
    body = "\n".join(f"{key} = {written(value)}" for key, value in item.items())
    checked(f"schema = 1\n\n[[claims]]\n{body}\n")


TRAPS = ["''", '""', "'[[claims]]'", '"""\n[[claims]]\n"""', "'''\n# '\n'''", '"\\""']
HEADERS = ["[[claims]]", "  [[ claims ]] # [[x]]", '[["claims"]]', "[['claims']]"]

strings = st.sampled_from(TRAPS) | plain.map(lambda text: written(text))
lists = st.lists(strings, min_size=1, max_size=3).map(
    lambda items: "[\n " + ",\n # [\n".join(items) + "]"
)
pairs_of_keys = st.lists(
    st.tuples(st.sampled_from("abcdef"), strings | lists), unique_by=lambda pair: pair[0]
)
tables = st.tuples(st.sampled_from(HEADERS), pairs_of_keys)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(tables, max_size=5), st.lists(st.just("# [[claims]]") | st.just(""), max_size=3)
)
def test_lines_of_tables_and_keys(
    items: list[tuple[str, list[tuple[str, str]]]], between: list[str]
) -> None:
    text, expected = "schema = 1\n", []
    for header, pairs in items:
        text += "".join(f"{line}\n" for line in between)
        line, keys = text.count("\n") + 1, {}
        text += header + "\n"
        for key, value in pairs:
            keys[key] = text.count("\n") + 1
            text += f"{key} = {value}\n"
        expected.append((line, keys))
    assert len(tomllib.loads(text).get("claims", [])) == len(items)
    assert excess(text) is None
    assert [(table.line, table.keys) for table in toml_lines(text, "claims").tables] == expected


numbers = st.decimals("0.5", "90", places=3)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"quantity": st.just("spacing"), "phase": plain, "value": numbers.map(str)},
            optional={
                "hkl": st.sampled_from(["4 -2 6", "(1-35)", "602"]),
                "unit": st.sampled_from(["A", "nm", "pm"]),
                "group": plain,
                "note": plain,
                "kind": st.sampled_from(["measured", "computed"]),
                "temperature": st.integers(0, 5000),
            },
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_comes_back(items: list[dict[str, Any]]) -> None:
    text = "schema = 1\n"
    for n, item in enumerate(items):
        body = "\n".join(f"{key} = {written(value)}" for key, value in item.items())
        text += f'[[claims]]\nid = "c{n}"\n{body}\n'
    claims = claims_of_text(text)
    again = claims_of_text(claims_text(claims))
    assert again == claims
    assert len(claims) + len(claims.problems) >= len(items)
