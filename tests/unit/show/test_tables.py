"""Tables: aligned, nothing lost, nothing that data could smuggle in."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.show import text_grid as grids
from navp_structures.show.tables import (
    Column,
    TableResult,
    csv_cell,
    json_text,
    plain,
    text_grid,
    text_table,
)


@dataclass(frozen=True)
class Row:
    name: str
    hkl: tuple[int, int, int]
    d: float | None
    d_su: float | None = None
    empty: float | None = None


@dataclass(frozen=True, repr=False)
class Table(TableResult[Row]):
    rows: tuple[Row, ...]

    name = "test"
    columns = (
        Column("name"),
        Column("hkl", show=str),
        Column("d", show="{:.4f}".format, su="d_su"),
        Column("empty"),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        return {"x": np.float64(1.5)}


TABLE = Table((Row("a", (1, 0, 2), 2.5), Row("[red]b", (4, -2, 6), 1.25, 0.0012)))


def test_text_has_markup_as_text_and_no_empty_column() -> None:
    lines = text_table(TABLE).splitlines()
    assert lines[0].split() == ["name", "hkl", "d"]
    assert "[red]b" in lines[3]
    assert lines[3].endswith("1.2500(12)")


def test_no_cell_is_folded_while_there_is_room() -> None:
    rows = [["Na2-Si1", "2.6689"], ["O-O", "2.4967"]]
    text = text_grid(["sites", "d"], rows, left=[True, False], width=80)
    assert "Na2-Si1  2.6689" in text


def test_narrow_terminals_lose_nothing() -> None:
    rows = [["a long name that must fold", "1.2345"]]
    text = text_grid(["name", "d"], rows, left=[True, False], width=16)
    assert "1.2345" in text
    assert text.replace("\n", "").count("o") == 2


def test_a_folded_table_does_not_know_where_it_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from rich import console

    heads, rows = ["id", "what"], [["a", "many words " * 12], ["b", "x"]]
    expected = text_grid(heads, rows, left=[True, True], width=40)
    assert expected.count("many") == 12
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.setenv(name, "1")
    assert text_grid(heads, rows, left=[True, True], width=40) == expected
    # In a notebook Rich shows what it prints, whatever file it was given.
    monkeypatch.setattr(console, "_is_jupyter", lambda: True)
    assert text_grid(heads, rows, left=[True, True], width=40) == expected


def test_html_is_escaped() -> None:
    html = Table((Row("<script>", (1, 1, 1), 1.0),))._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_data_frame_has_numbers_and_nan() -> None:
    frame = Table((Row("a", (1, 1, 1), None), Row("b", (1, 1, 1), 2.0))).to_dataframe()
    assert list(frame.columns) == ["name", "hkl", "d", "empty"]
    assert frame["d"].dtype == np.float64
    assert math.isnan(frame["d"][0])
    assert frame["hkl"][0] == (1, 1, 1)


def test_json_document() -> None:
    content = json.loads(json_text(TABLE.to_dict()))
    assert content["schema"] == {"name": "navp.test", "version": 1}
    assert content["inputs"] == {"x": 1.5}
    assert content["results"][1] == {
        "name": "[red]b", "hkl": [4, -2, 6], "d": 1.25, "empty": None,
    }  # fmt: skip


def test_nan_is_null_in_json() -> None:
    assert json.loads(json_text({"a": math.nan, "b": [np.inf, 1]})) == {
        "a": None,
        "b": [None, 1],
    }
    assert plain(np.arange(3)) == [0, 1, 2]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-x", "'-x"),
        ("-1.5", "-1.5"),
        ((-4, 2, 6), "-4 2 6"),
        ((-4, -2, 6), "-4 -2 6"),
        (((-4, -2, 6), (4, 2, -3)), "-4 -2 6; 4 2 -3"),
        (("=1", "+x"), "'=1 +x"),
        ((("=1",), ("+x",)), "'=1; '+x"),
        (None, ""),
        (1.5, 1.5),
        ("a\nb", "a b"),
    ],
)
def test_csv_cells(value: object, cell: object) -> None:
    assert csv_cell(value) == cell


def test_csv_reads_back() -> None:
    rows = list(csv.DictReader(io.StringIO(TABLE.to_csv())))
    assert rows[1]["hkl"] == "4 -2 6"
    assert float(rows[0]["d"]) == 2.5


def test_repr_is_one_line() -> None:
    assert repr(TABLE) == "<Table: 2 rows, x=np.float64(1.5)>"
    assert len(TABLE) == 2


def test_the_quick_table_is_the_one_that_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    heads = ["name", "2θ / °", "|F|²", ""]
    rows = [
        ["[bold]x", "14.246", "8396", "a note"],
        ["", "7.1", "", ""],
        ["Å…", "100", "1", "b"],
    ]
    left = [True, False, False, True]
    quick = text_grid(heads, rows, left=left, width=80)
    asked = []

    def fold(*arguments: Any) -> str:
        asked.append(arguments)
        return folded(*arguments)

    folded = grids._folded_grid
    monkeypatch.setattr(grids, "_folded_grid", fold)
    assert folded(heads, rows, left, [False] * 4, 80) == quick
    assert not asked
    # Too narrow, or with letters of two columns, only the careful way will do.
    text_grid(heads, rows, left=left, width=20)
    text_grid(heads, [["磷酸钒钠", "1", "2", ""]], left=left, width=80)
    text_grid(heads, [["e\u0301", "1", "2", ""]], left=left, width=80)
    assert len(asked) == 3


def test_a_column_that_does_not_vary_can_be_left_out() -> None:
    @dataclass(frozen=True, repr=False)
    class Varying(Table):
        columns = (Column("name"), Column("d", varying=True))

    first, second = (Row("a", (1, 0, 0), 1.5), Row("b", (1, 0, 0), 1.5))
    assert "d" not in text_table(Varying(rows=(first, second))).splitlines()[0]
    third = Row("c", (1, 0, 0), 2.5)
    assert "d" in text_table(Varying(rows=(first, third))).splitlines()[0]


def test_a_result_gives_headings() -> None:
    class Headed(Table):
        @property
        def heads(self) -> dict[str, str]:
            return {"d": "d / Å"}

    headed = Headed(TABLE.rows)
    assert text_table(headed).splitlines()[0].split() == ["name", "hkl", "d", "/", "Å"]
    assert "<th>d / Å</th>" in headed._repr_html_()
    assert headed.to_dataframe().columns[2] == "d"


def test_a_repr_cannot_drive_a_terminal() -> None:
    said = "made up\x1b[31m \u202e red"
    phase = replace(navp.load("NaVP"), id="red", reason=said, caveat=said)
    results = [
        phase,
        navp.check_symmetry(phase, checks=[]),
        navp.reflections(phase, d_min=4.0),
        navp.powder_pattern(phase, radiation="CuKa1", two_theta=(10, 20)),
        navp.saed_pattern(phase, (0, 0, 1)),
        navp.ring_pattern(phase),
        navp.polyhedra(phase),
    ]
    for result in results:
        assert repr(result).isprintable(), type(result)
        assert "made up" in repr(result)
    assert all(sentence.isprintable() for sentence in phase.provisos)


def test_whole_texts_fold_last() -> None:
    heads, rows = ["id", "formula"], [["na3vp-ordered-1", "Na3.4Zr2Si2.4P0.6O12"]]
    grid = text_grid(heads, rows, left=[True, True], whole=[True, False], width=32)
    assert "na3vp-ordered-1 " in grid
    assert "P0.6O12" not in grid.splitlines()[2]
    # Where even that is not enough, nothing is left out.
    grid = text_grid(heads, rows, left=[True, True], whole=[True, False], width=20)
    assert max(map(len, grid.splitlines())) <= 20
    assert "".join(line[:9].strip() for line in grid.splitlines()[2:]) == "na3vp-ordered-1"
