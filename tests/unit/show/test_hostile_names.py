"""Names of files and phases cannot drive a terminal, wherever they are shown."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

import navp_structures as navp

SPOTS = [(0.0, 0.278), (0.322, 0.185), (0.322, -0.093)]
HOSTILE = "a\x1b[31mred\u202e"
SHOWN = "a [31mred "


@pytest.mark.skipif(os.name == "nt", reason="no such file names")
def test_the_id_from_a_file_name_is_printable(checkout: Path, tmp_path: Path) -> None:
    file = tmp_path / f"{HOSTILE}.cif"
    shutil.copy(checkout / "cifs" / "na3vp-rt.cif", file)
    assert navp.read_cif(file).id == SHOWN


@pytest.fixture(scope="module")
def phase() -> navp.Phase:
    return dataclasses.replace(navp.load("Na3VP"), id=HOSTILE)


def test_a_report_is_printable(phase: navp.Phase) -> None:
    report = navp.check_symmetry(phase)
    for text in (report.to_text(), report.to_line(), report._repr_html_()):
        assert SHOWN in text
        assert all(line.isprintable() for line in text.split("\n"))


def test_a_heading_and_its_cells_have_one_name(phase: navp.Phase) -> None:
    head, row = navp.index_many([SPOTS], phases=[phase]).to_csv().splitlines()
    assert f"posterior_{SHOWN}" in head.split(",")
    assert SHOWN in row.split(",")
    assert (head + row).isprintable()
