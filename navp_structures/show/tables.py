"""Results as tables: terminal, HTML, DataFrame, JSON, CSV."""

from __future__ import annotations

import csv
import html
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import numpy as np

from navp_structures._version import __version__
from navp_structures.show.numbers import rounded, signed
from navp_structures.show.text_grid import has_room
from navp_structures.show.text_grid import text_grid as text_grid

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in JSON and DataFrames, and how a terminal shows it.

    Parameters
    ----------
    key
        Attribute of the row.
    head
        Heading for people; the key when empty.
    show
        Turns a value into text; None is shown as an empty cell.
    wide
        Text that may be folded; other texts stay whole, so that a name can be copied, and
        numbers are set flush right.
    hidden
        Left out of the terminal and HTML tables; so is a column without any value.
    su
        Attribute that holds the su of the value, printed behind it in brackets.
    usual
        The column is left out too where every row has this value.
    varying
        It is left out too where all rows have one value.
    spare
        Where a terminal is too narrow, columns of 1 make room first, then those of 2; a line
        below says which. 0 for what stays.
    """

    key: str
    head: str = ""
    show: Callable[[Any], str] = str
    wide: bool = False
    hidden: bool = False
    su: str = ""
    usual: object = None
    varying: bool = False
    spare: int = 0


class TableResult(Generic[Row]):
    """Mixin of results that are a list of rows.

    A subclass has `rows`, `inputs`, `name` and `columns`; `phases` are those that it speaks
    of, each with an `id`, a `kind`, a `reason`, a `caveat` and its `provisos`; `notes` are
    sentences that belong under the table.
    """

    __slots__ = ()

    name: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]

    if TYPE_CHECKING:
        # At run time a property here would be taken for the default of a field.
        @property
        def rows(self) -> tuple[Row, ...]:
            """The rows."""

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        raise NotImplementedError

    @property
    def phases(self) -> tuple[Any, ...]:
        """The phases that the result speaks of."""
        return ()

    @property
    def provisos(self) -> tuple[str, ...]:
        """Which phases are models or computed, why, and what to mind with each."""
        return tuple(sentence for phase in self.phases for sentence in phase.provisos)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that belong under the table."""
        return self.provisos

    @property
    def toggled(self) -> frozenset[str]:
        """Keys of columns that this result shows though hidden, or hides though not."""
        return frozenset()

    @property
    def heads(self) -> Mapping[str, str]:
        """Headings that this result gives to columns, by their keys."""
        return {}

    @property
    def further(self) -> Mapping[str, Sequence[Any]]:
        """Columns whose keys depend on the data: behind the others in DataFrames and CSV."""
        return {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def __repr__(self) -> str:
        """One line: what it is, how many rows, what was asked."""
        asked = [f"{key}={value!r}" for key, value in self.inputs.items()]
        parts = [f"{len(self.rows)} rows", *asked]
        told = "; ".join([", ".join(parts), *self.provisos])
        return printable(f"<{type(self).__name__}: {told}>")

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document: schema, navp_version, inputs, results."""
        results = [
            {column.key: plain(getattr(row, column.key)) for column in self.columns}
            for row in self.rows
        ]
        content = document(self.name, self.inputs, results)
        if self.phases:
            keys = ("id", "kind", "reason", "caveat")
            content["phases"] = [{k: getattr(p, k) for k in keys} for p in self.phases]
        return content

    def to_dataframe(self) -> pd.DataFrame:
        """Return a DataFrame with the columns in their order; unknown numbers are NaN.

        The notes are in its ``attrs``.
        """
        import pandas as pd

        data = {c.key: [getattr(row, c.key) for row in self.rows] for c in self.columns}
        # A read-only view is nothing that pandas can write into a file.
        data = {
            key: [plain(value) if isinstance(value, Mapping) else value for value in values]
            for key, values in data.items()
        }
        data |= {key: list(values) for key, values in self.further.items()}
        frame = pd.DataFrame(data, columns=list(data))
        for key, values in data.items():
            known = [value for value in values if value is not None]
            if len(known) < len(values) and all(isinstance(v, int | float) for v in known):
                frame[key] = frame[key].astype("float64")
        frame.attrs["notes"] = list(self.notes)
        return frame

    def to_csv(self) -> str:
        """Return CSV text; cells that a spreadsheet would run as a formula are quoted."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        further = self.further
        heads = [*(column.key for column in self.columns), *further]
        writer.writerow(map(csv_cell, heads))
        for n, row in enumerate(self.rows):
            cells = [getattr(row, column.key) for column in self.columns]
            cells += [values[n] for values in further.values()]
            writer.writerow(map(csv_cell, cells))
        return out.getvalue()

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        return html_table(self)


def document(name: str, inputs: dict[str, Any], results: Any) -> dict[str, Any]:
    """Return a JSON document in the form that every command and result shares."""
    return {
        "schema": {"name": f"navp.{name}", "version": SCHEMA_VERSION},
        "navp_version": __version__,
        "inputs": plain(inputs),
        "results": plain(results),
    }


def json_text(content: dict[str, Any]) -> str:
    """Return a document as JSON; NaN and infinity, which JSON lacks, become null.

    What cannot be printed is escaped, so that data cannot drive a terminal.
    """
    text = json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    if all(line.isprintable() for line in text.split("\n")):
        return text
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def plain(value: Any) -> Any:
    """Return a value made of plain JSON types only."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


def printable(text: str) -> str:
    """Return a text without control characters, so that data cannot drive a terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " for c in text)


def printable_lines(text: str) -> str:
    """Return a text of several lines without other control characters."""
    return "\n".join(map(printable, text.split("\n")))


def cell_text(column: Column, row: object) -> str:
    """Return what a table shows in a cell."""
    value = getattr(row, column.key)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    spread = getattr(row, column.su) if column.su else None
    shown = column.show(value)
    if not spread:
        return printable(shown)
    # A column that shows signs shows them beside an su too.
    show = partial(signed, places=0) if shown.startswith("+") else rounded
    return printable(show(value, su=spread))


def shown_columns(result: TableResult[Any]) -> list[Column]:
    """Return the columns that a person sees: not hidden, and with something to tell.

    Each has the heading that the result gives to it.
    """

    def tells(column: Column) -> bool:
        values = [getattr(row, column.key) for row in result.rows if cell_text(column, row)]
        usual = values[0] if column.varying and values else column.usual
        return any(value != usual for value in values)

    toggled, heads = result.toggled, result.heads
    return [
        replace(c, head=heads[c.key]) if c.key in heads else c
        for c in result.columns
        if c.hidden == (c.key in toggled) and tells(c)
    ]


def csv_cell(value: Any) -> Any:
    """Return a cell for CSV: tuples as ``4 -2 6``, mappings as JSON.

    Formulas stand behind an apostrophe.
    """
    if isinstance(value, tuple | list):
        nested = any(isinstance(item, tuple | list) for item in value)
        parts = [csv_cell(item) if nested else plain(item) for item in value]
        value = ("; " if nested else " ").join(map(str, parts))
        # Signs of indices begin no formula.
        if nested or all(isinstance(part, int | float) for part in parts):
            return value
    if isinstance(value, Mapping):
        value = json.dumps(plain(value), ensure_ascii=False, allow_nan=False)
    if isinstance(value, str):
        text = printable(value)
        is_number = text.replace(" ", "").lstrip("+-").replace(".", "", 1).isdigit()
        return f"'{text}" if text[:1] in "=+-@\t\r" and text and not is_number else text
    return "" if value is None else plain(value)


def html_table(result: TableResult[Any]) -> str:
    """Return an HTML table; every text from data is escaped."""
    columns = shown_columns(result)
    head = "".join(f"<th>{html.escape(c.head or c.key)}</th>" for c in columns)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(cell_text(c, row))}</td>" for c in columns)
        + "</tr>"
        for row in result.rows
    )
    notes = "".join(f"<p>{html.escape(printable(note))}</p>" for note in result.notes)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{notes}"


def text_table(result: TableResult[Any], *, width: int | None = None) -> str:
    """Return the table as plain text for a terminal, at most `width` columns wide."""
    columns = shown_columns(result)
    dropped: list[str] = []
    while True:
        heads = [c.head or c.key for c in columns]
        rows = [[cell_text(c, row) for c in columns] for row in result.rows]
        left = [_is_text(c, result.rows) for c in columns]
        whole = [not c.wide for c in columns]
        spare = min((c.spare for c in columns if c.spare), default=0)
        if not spare or has_room(heads, rows, left, whole, width):
            break
        dropped += [c.head or c.key for c in columns if c.spare == spare]
        columns = [c for c in columns if c.spare != spare]
    grid = text_grid(heads, rows, left=left, whole=whole, width=width)
    missing = (
        f"no room for {', '.join(dropped)}; a wider terminal or --json shows it"
        if dropped
        else ""
    )
    return "\n".join([grid, missing]) if missing else grid


def _is_text(column: Column, rows: Sequence[Any]) -> bool:
    values = (getattr(row, column.key) for row in rows)
    return column.wide or any(isinstance(value, str) for value in values)
