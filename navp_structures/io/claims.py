"""Files of claims: TOML with a paper's head, or a plain list in CSV."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path
from typing import Any, Final

from navp_structures.errors import ClaimError, InputError, nearest, shown
from navp_structures.io.claim_fields import LONGEST_TEXT, claim_of, plain_text
from navp_structures.io.claim_table import claim_rows
from navp_structures.io.files import named_file, read_text
from navp_structures.io.toml_lines import TableLines, TomlLines, excess, toml_lines
from navp_structures.model.claim import Claim, ClaimProblem, Claims
from navp_structures.model.claim_check import faults_between

SCHEMA: Final = 1

LARGEST_CLAIMS: Final = 5_000_000
"""Bytes; a claim has about 300."""

MOST_CLAIMS: Final = 2000

_MOST_UNKNOWN: Final = 20

TABLE_SUFFIXES: Final = (".csv", ".tsv")

HEAD: Final = ("title", "citation", "doi", "note")

_AT: Final = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def read_claims(
    path: str | os.PathLike[str] | Traversable,
    *,
    keep_going: bool = False,
    name: str | None = None,
) -> Claims:
    """Return the claims in a file, TOML or, with the suffix .csv or .tsv, a table.

    Parameters
    ----------
    path
        The file, at most 5 MB.
    keep_going
        Whether claims that cannot be used are left out and told in ``problems``; otherwise
        the first of them is raised.
    name
        What the file is called in messages; its path when None.

    Raises
    ------
    InputFileError
        When the file cannot be read, or is too large.
    InputError
        ``file:line: sentence``, when it is no TOML or no table, or its schema is unknown; and
        for the first claim that cannot be used, unless `keep_going`.
    """
    if isinstance(path, str | os.PathLike):
        path = named_file(path)
    elif not isinstance(path, Traversable):
        raise InputError(f"{shown(path)} is no path of a file")
    shown_name = "".join(c if c.isprintable() else "?" for c in name or str(path))
    text = read_text(path, largest=LARGEST_CLAIMS).replace("\r\n", "\n")
    is_table = Path(path.name).suffix.casefold() in TABLE_SUFFIXES
    claims = claims_of_text(text, file=shown_name, table=is_table)
    if claims.problems and not keep_going:
        raise InputError(str(claims.problems[0]))
    return claims


def claims_of_text(text: str, *, file: str = "claims", table: bool = False) -> Claims:
    """Return the claims in a text, with the problems of those that cannot be used.

    Parameters
    ----------
    file
        What it is called in messages.
    table
        Whether it is CSV rather than TOML.

    Raises
    ------
    InputError
        When nothing can be read.
    """
    reading = _Reading(file=file, table=table)
    head: Mapping[str, str] = {}
    if table:
        rows = claim_rows(text, reading.problem)
        for line, row in islice(rows, MOST_CLAIMS):
            reading.add(row, TableLines(line))
        if (more := next(rows, None)) is not None:
            reading.problem(more[0], f"it is beyond the {MOST_CLAIMS} claims that are read")
    else:
        data = _parsed(text, file)
        items = _items(data, file)
        lines = toml_lines(text, "claims")
        _check_schema(data, lines, file)
        head = _head(data, lines, reading)
        for n, item in enumerate(items):
            known = n < len(lines.tables)
            reading.add(item, lines.tables[n] if known else TableLines(1))
    reading.drop_faults()
    return reading.claims(head)


@dataclass(slots=True)
class _Reading:
    """The claims and problems of one file, as they come."""

    file: str
    table: bool = False
    good: list[Claim] = field(default_factory=list)
    problems: list[ClaimProblem] = field(default_factory=list)
    broken: dict[str, int] = field(default_factory=dict)
    tables: dict[int, TableLines] = field(default_factory=dict)

    def problem(self, line: int, sentence: str) -> None:
        self.problems.append(ClaimProblem(file=self.file, line=line, sentence=sentence))

    def add(self, item: object, table: TableLines) -> None:
        """Read a claim, or note why it cannot be used."""
        self.tables[table.line] = table
        try:
            self.good.append(claim_of(item, file=self.file, line=table.line))
        except ClaimError as error:
            self._fault(item, table, error)

    def drop_faults(self) -> None:
        """Leave out claims that do not fit the others, until those that are left do."""
        while faults := list(faults_between(self.good, broken=self.broken)):
            for claim, error in faults:
                item = {"id": claim.id} if error.key != "id" else {}
                self._fault(item, self.tables[claim.line], error)
            left_out = {id(claim) for claim, _ in faults}
            self.good = [claim for claim in self.good if id(claim) not in left_out]

    def claims(self, head: Mapping[str, str]) -> Claims:
        if not self.good and not self.problems:
            where = (
                "is a line below the headings"
                if self.table
                else "begins with a line [[claims]]"
            )
            self.problem(1, f"it holds no claims; each {where}")
        problems = sorted(self.problems, key=lambda problem: problem.line)
        return Claims(claims=tuple(self.good), file=self.file, problems=tuple(problems), **head)

    def _fault(self, item: object, table: TableLines, error: ClaimError) -> None:
        self.problem(table.keys.get(error.key, table.line), _named(item, error))
        name = item.get("id") if isinstance(item, Mapping) else None
        if isinstance(name, str):
            self.broken.setdefault(name, table.line)


def _named(item: object, error: ClaimError) -> str:
    name = item.get("id") if isinstance(item, Mapping) else None
    of = f"claim {shown(name)}: " if isinstance(name, str) and error.key != "id" else ""
    return f"{of}{error}"


def _parsed(text: str, file: str) -> dict[str, Any]:
    """Return the content of a TOML text, with decimal numbers as they are written."""
    found = excess(text)
    if found is not None:
        raise InputError(f"{file}:{found[0]}: {found[1]}")
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except ValueError as error:
        # The parser tells the line only in the end of its sentence.
        at = _AT.search(str(error))
        line = at[1] if at and at[1] else text.count("\n") + 1
        raise InputError(f"{file}:{line}: it is no TOML: {_AT.sub('', str(error))}") from None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond what even decimals hold
        return Decimal("Infinity")


def _check_schema(data: Mapping[str, Any], lines: TomlLines, file: str) -> None:
    schema = data.get("schema")
    if type(schema) is not int or schema != SCHEMA:
        line = lines.keys.get("schema", 1)
        sentence = f"schema is {shown(schema)}; this version reads {SCHEMA}"
        raise InputError(f"{file}:{line}: {sentence}")


def _head(data: Mapping[str, Any], lines: TomlLines, reading: _Reading) -> dict[str, str]:
    known = ("schema", *HEAD, "claims")
    head = {}
    unknown = [key for key in data if key not in known]
    for key in unknown[:_MOST_UNKNOWN]:
        hint = nearest(key, known) or f"; known are {', '.join(known)}"
        sentence = f"unknown key {shown(key)}{hint}"
        reading.problem(lines.keys.get(key, 1), sentence)
    for key, value in data.items():
        if key not in HEAD:
            continue
        try:
            head[key] = plain_text(value, key, LONGEST_TEXT)
        except ClaimError as error:
            reading.problem(lines.keys.get(key, 1), str(error))
    return head


def _items(data: Mapping[str, Any], file: str) -> list[Any]:
    items = data.get("claims", [])
    if not isinstance(items, list):
        raise InputError(f"{file}:1: claims must be a list of tables, each headed [[claims]]")
    if len(items) > MOST_CLAIMS:
        raise InputError(f"{file}:1: it holds {len(items)} claims, more than {MOST_CLAIMS}")
    return items
