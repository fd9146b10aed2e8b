"""The TOML half of a phase: what CIF has no tag for."""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from navp_structures.errors import InputError, PhaseDataError, nearest, shown
from navp_structures.io.files import read_text
from navp_structures.model.cell import Correlation
from navp_structures.model.expected import Expected, ExpectedBond, ExpectedSpacing
from navp_structures.model.formula import check_element
from navp_structures.model.hkl import as_hkl
from navp_structures.model.phase import KINDS, Change

SCHEMA = 1

LARGEST_TOML = 1_000_000

_NO_PHASE = "none."
"""How the answers of indexing begin that are no phase: ``none.random``, ``none.lattice``."""

MOST_PARTS = 50
"""Of a key with dots; those of this schema have two."""

_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*"|'[^'\n]*')[ \t]*+\.[ \t]*+"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}){{{MOST_PARTS - 1}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseNotes:
    """The checked content of a phase's TOML file."""

    kind: str
    cell_kind: str | None = None
    aliases: tuple[str, ...] = ()
    reason: str | None = None
    temperature_note: str | None = None
    caveat: str | None = None
    superseded_by: str | None = None
    licence: str | None = None
    site_error: Mapping[str, float] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    correlation: Correlation | None = None
    expected: Expected = field(default_factory=Expected)


def read_phase_toml(path: Path | Traversable) -> PhaseNotes:
    """Return the notes of a phase.

    Raises
    ------
    PhaseDataError
        When the file is no TOML, a key is unknown, or a value is not what it should be.
    """
    return notes_in(read_text(path, largest=LARGEST_TOML), path)


def notes_in(text: str, path: Path | Traversable) -> PhaseNotes:
    """Return the notes in a text, as `read_phase_toml`; the path is for messages."""
    # tomllib takes minutes over a key of some hundred thousand parts.
    if _LONG_KEY.search(text) is not None:
        raise PhaseDataError(f"{path} has a key of {MOST_PARTS} parts or more")
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # A whole number of thousands of digits is a plain ValueError.
        raise PhaseDataError(f"{path} is no TOML: {str(error)[:200]}") from None
    try:
        return _notes(data)
    except (PhaseDataError, InputError) as error:
        raise PhaseDataError(f"{path}: {error}") from None


def _notes(data: dict[str, Any]) -> PhaseNotes:
    _known(
        data, ("schema", "kind", "change", "cell", "expected", "site_error", *_TEXTS, "aliases")
    )
    schema = data.get("schema")
    if schema != SCHEMA or not isinstance(schema, int) or isinstance(schema, bool):
        raise PhaseDataError(f"schema is {shown(schema)}; this version reads {SCHEMA}")
    kind = _kind(data, "kind")
    if kind != "measured" and not data.get("reason"):
        raise PhaseDataError(f"a {kind} phase needs a reason: why, and how it was derived")
    cell = _table(data, "cell")
    _known(cell, ("kind", "correlation"), "cell.")
    return PhaseNotes(
        kind=kind,
        cell_kind=_kind(cell, "kind", "cell.") if "kind" in cell else None,
        aliases=tuple(_each(data, "aliases", check_alias)),
        site_error=_site_error(_table(data, "site_error")),
        changes=tuple(_each(data, "change", _change)),
        correlation=_correlation(cell.get("correlation")),
        expected=_expected(_table(data, "expected")),
        **{name: _text(data, name) for name in _TEXTS if name in data},
    )


_TEXTS = ("reason", "temperature_note", "caveat", "superseded_by", "licence")


def _kind(data: dict[str, Any], name: str, prefix: str = "") -> str:
    kind = data.get(name)
    if kind not in KINDS:
        raise PhaseDataError(
            f"{prefix}{name} is {shown(kind)}; it must be one of {', '.join(KINDS)}"
        )
    return str(kind)


def _expected(data: dict[str, Any]) -> Expected:
    names = ("space_group", "volume_per_formula_unit", "density", "d", "bond")
    _known(data, names, "expected.")
    numbers = ("volume_per_formula_unit", "density")
    return Expected(
        space_group=_text(data, "space_group"),
        **{name: _positive(data[name], name) for name in numbers if name in data},
        d=tuple(_each(data, "d", _spacing)),
        bonds=tuple(_each(data, "bond", _bond)),
    )


def _spacing(item: object) -> ExpectedSpacing:
    row = _row(item, ("hkl", "d"), "expected.d")
    return ExpectedSpacing(hkl=as_hkl(row["hkl"]), d=_positive(row["d"], "d"))


def _bond(item: object) -> ExpectedBond:
    row = _row(item, ("sites", "distance"), "expected.bond", optional=("distance_su",))
    pair = row["sites"]
    if not (
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(s, str) for s in pair)
    ):
        raise PhaseDataError(f"expected.bond.sites is {shown(pair)}; it must be two labels")
    su = row.get("distance_su")
    return ExpectedBond(
        sites=(pair[0], pair[1]),
        distance=_positive(row["distance"], "distance"),
        distance_su=None if su is None else _positive(su, "distance_su"),
    )


def _change(item: object) -> Change:
    row = _row(item, ("what", "why"), "change")
    return Change(what=_text(row, "what"), why=_text(row, "why"))


def check_alias(item: object) -> str:
    """Return another name of a phase, or raise PhaseDataError where it can be none."""
    if (
        not isinstance(item, str)
        or not item.strip()
        or len(item) > 64
        or not item.isprintable()
    ):
        raise PhaseDataError(
            f"alias {shown(item)} must be a printable text of at most 64 characters"
        )
    if ":" in item or "/" in item or "\\" in item:
        raise PhaseDataError(f"alias {shown(item)} must not hold ':', '/' or '\\'")
    # A text that ends so is a path wherever a phase is asked for.
    if item.casefold().endswith(".cif") or item.startswith("-"):
        raise PhaseDataError(f"alias {shown(item)} would be read as a file or as an option")
    if item.casefold().startswith(_NO_PHASE):
        raise PhaseDataError(
            f"alias {shown(item)} would be read as 'no phase': names that begin with "
            f"{shown(_NO_PHASE)} "
            "stand for it in the results of indexing"
        )
    if item.casefold() == "all":
        raise PhaseDataError(f"alias {shown(item)} stands for every phase and can name none")
    return item


def _site_error(data: dict[str, Any]) -> dict[str, float]:
    return {
        check_element(element, "a key of site_error"): _positive(value, f"site_error.{element}")
        for element, value in data.items()
    }


def _correlation(value: object) -> Correlation | None:
    if value is None:
        return None
    rows = value if isinstance(value, list) else []
    if len(rows) != 6 or not all(isinstance(row, list) and len(row) == 6 for row in rows):
        raise PhaseDataError("cell.correlation must be six rows of six numbers")
    return tuple(tuple(_finite(x, "cell.correlation") for x in row) for row in rows)


def _known(data: Mapping[str, Any], names: tuple[str, ...], prefix: str = "") -> None:
    for key in data:
        if key not in names:
            raise PhaseDataError(f"unknown key {shown(prefix + key)}{nearest(key[:64], names)}")


def _row(
    item: object, needed: tuple[str, ...], where: str, optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise PhaseDataError(f"{where} must be a table with {', '.join(needed)}")
    _known(item, (*needed, *optional), f"{where}.")
    for name in needed:
        if name not in item:
            raise PhaseDataError(f"{where} lacks {name}")
    return item


def _each(data: Mapping[str, Any], name: str, read: Callable[[object], Any]) -> list[Any]:
    value = data.get(name, [])
    if not isinstance(value, list):
        raise PhaseDataError(f"{name} must be a list, it is {shown(value)}")
    return [read(item) for item in value]


def _table(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise PhaseDataError(f"{name} must be a table, it is {shown(value)}")
    return value


def _text(data: Mapping[str, Any], name: str) -> Any:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise PhaseDataError(f"{name} must be a text, it is {shown(value)}")
    # As nearly all are; what is left takes a look at each character.
    if value is None or value.isprintable():
        return value
    if not all(map(_can_be_printed, value)):
        raise PhaseDataError(f"{name} holds characters that cannot be printed: {shown(value)}")
    return value


def _can_be_printed(character: str) -> bool:
    """Whether it is a letter, sign or space, or the end of a line."""
    space = unicodedata.category(character) == "Zs"
    return character.isprintable() or space or character in "\t\n\r"


def _finite(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PhaseDataError(f"{name} must be a number, it is {shown(value)}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise PhaseDataError(f"{name} must be finite, it is {shown(value)}")
    return number


def _positive(value: object, name: str) -> float:
    number = _finite(value, name)
    if number <= 0:
        raise PhaseDataError(f"{name} must be positive, it is {shown(value)}")
    return number
