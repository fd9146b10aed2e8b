"""Claims as the TOML that `read_claims` reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from navp_structures.io.claims import HEAD, SCHEMA
from navp_structures.model.claim import Claim, Claims, PrintedNumber

_NUMBER: Final = re.compile(r"[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")

# In the order in which a reader wants them.
_BEFORE: Final = ("id", "quantity")
_AFTER: Final = (
    "space_group",
    "trend",
    "centre",
    "ligand",
    "unit",
    "radiation",
    "from",
    "from_radiation",
    "claims",
    "relation",
    "group",
    "standard",
    "kind",
    "temperature",
    "conditions",
    "source",
    "place",
    "text",
    "note",
)


def claims_text(claims: Claims) -> str:
    """Return claims as TOML; numbers stand as they were printed.

    Examples
    --------
    >>> claim = Claim(id="v1", quantity="barrier", phases=("Na3VP",),
    ...               number=PrintedNumber(value=0.298, text="0.298"))
    >>> print(claims_text(Claims(claims=(claim,), doi="10.1002/adv.202301490")))
    schema = 1
    doi = "10.1002/adv.202301490"
    <BLANKLINE>
    [[claims]]
    id = "v1"
    quantity = "barrier"
    phase = "Na3VP"
    value = 0.298
    unit = "eV"
    <BLANKLINE>
    """
    head = [(key, getattr(claims, key)) for key in HEAD]
    lines = [f"schema = {SCHEMA}", *(f"{k} = {_item(v)}" for k, v in head if v is not None)]
    for claim in claims:
        lines += ["", "[[claims]]", *(f"{key} = {_item(value)}" for key, value in _keys(claim))]
    return "\n".join(lines) + "\n"


def _keys(claim: Claim) -> Iterator[tuple[str, object]]:
    """Yield key and value of all that a claim says."""
    for key in _BEFORE:
        yield key, getattr(claim, key)
    if claim.material is not None:
        yield "material", claim.material
    if len(claim.phases) == 1:
        yield "phase", claim.phases[0]
    elif claim.phases:
        yield "phases", claim.phases
    if claim.labels:
        yield "hkl", claim.labels[0] if len(claim.labels) == 1 else claim.labels
    if claim.number is not None:
        yield "value", claim.number
    if claim.cell:
        yield "cell", claim.cell
    for key in _AFTER:
        value = getattr(claim, "from_number" if key == "from" else key)
        if value is not None and value != () and value is not False:
            yield key, value


def _item(value: object) -> str:
    if isinstance(value, PrintedNumber):
        text = _with_su(value)
        return text if _NUMBER.fullmatch(text) else _item(text)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return _table(value)
    if isinstance(value, tuple):
        return f"[{', '.join(_item(item) for item in value)}]"
    # What JSON escapes in a text, TOML reads.
    return json.dumps(value, ensure_ascii=False)


def _table(pairs: Iterable[tuple[str, object]]) -> str:
    return "{ " + ", ".join(f"{name} = {_item(value)}" for name, value in pairs) + " }"


def _with_su(number: PrintedNumber) -> str:
    if number.text:
        return number.text
    return f"{number.value!r}" if number.su is None else f"{number.value!r} ± {number.su!r}"
