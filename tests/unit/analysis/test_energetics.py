"""Energies of a path: the seed paper's numbers by hand, and refusals."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest

import navp_structures as navp
from navp_structures.analysis.energetics import (
    FormationEnergy,
    hop_rate_ratio,
    path_energetics,
    sodiation_energetics,
)
from navp_structures.errors import InputError
from navp_structures.show.tables import json_text, text_table

PAPER = [
    FormationEnergy(name="Na3VP", sodium=3, atoms=20, energy=-2.229),
    FormationEnergy(name="Na2VP", sodium=2, atoms=19, energy=-2.264),
    FormationEnergy(name="NaVP", sodium=1, atoms=18, energy=-2.280),
]


def test_steps_of_the_seed_paper() -> None:
    # 20 × -2.229 = -44.580, 19 × -2.264 = -43.016, 18 × -2.280 = -41.040 eV: differences of
    # 1.564 and 1.976. Half way between the ends is -42.810, and -43.016 is 0.206 below.
    path = sodiation_energetics(PAPER)
    assert [row.formation_energy for row in path.rows] == pytest.approx(
        [-44.580, -43.016, -41.040]
    )
    assert [step.energy for step in path.steps] == pytest.approx([1.564, 1.976])
    assert [step.voltage for step in path.steps] == pytest.approx([1.564, 1.976])
    assert [row.tie_line_distance for row in path.rows] == [
        None,
        pytest.approx(-0.206),
        None,
    ]


def test_order_does_not_matter() -> None:
    assert sodiation_energetics(PAPER[::-1]).rows == sodiation_energetics(PAPER).rows


def test_a_step_of_two_sodium() -> None:
    # 3.540 eV for two: 1.770 V each.
    (step,) = sodiation_energetics([PAPER[0], PAPER[2]]).steps
    assert (step.first, step.second, step.sodium) == ("Na3VP", "NaVP", 2.0)
    assert step.energy == pytest.approx(3.540)
    assert step.voltage == pytest.approx(1.770)


def test_a_composition_above_its_neighbours_line() -> None:
    # A quarter of the way from Na1 to Na3 at 1.5: -41.04 - 0.885 = -41.925; 18.5 × -2.25 is
    # -41.625, 0.300 above.
    between = FormationEnergy(name="Na1.5VP", sodium=1.5, atoms=18.5, energy=-2.25)
    path = sodiation_energetics([PAPER[0], between, PAPER[2]])
    assert path.rows[1].tie_line_distance == pytest.approx(0.300)


def test_hop_rates_of_the_seed_paper() -> None:
    # 0.160 eV over 8.617333e-5 × 300 = 0.02585200 eV is 6.189077; e to that is 487.4.
    assert hop_rate_ratio(0.298, 0.138, 300) == pytest.approx(487.4, abs=0.1)
    assert hop_rate_ratio(0.138, 0.298, 300) == pytest.approx(1 / 487.4, rel=1e-3)
    assert hop_rate_ratio(0.2, 0.2, 77) == 1.0


def test_tables() -> None:
    path = sodiation_energetics(PAPER)
    content = json.loads(json_text(path.to_dict()))
    assert content["schema"]["name"] == "navp.energetics"
    assert content["inputs"]["energies"][0]["energy"] == -2.229
    assert len(content["results"]["states"]) == 3
    assert content["results"]["steps"][1]["second"] == "NaVP"
    text = text_table(path)
    assert "-0.206" in text
    assert "Na3VP to Na2VP: 1.564 eV for 1 Na, 1.564 V" in path.notes
    assert list(path.to_dataframe()["sodium"]) == [3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("energies", "sentence"),
    [
        ([], "two compositions or more, here 0"),
        (PAPER[:1], "two compositions or more, here 1"),
        ([PAPER[0], PAPER[0]], "both have 3 sodium"),
        (["Na3VP", "NaVP"], "'Na3VP' is no FormationEnergy"),
        (
            [PAPER[0], FormationEnergy(name="NZSP", sodium=1, atoms=19, energy=-2.5)],
            "Na3VP has 17 atoms beside sodium, NZSP 18",
        ),
    ],
)
def test_refused_paths(energies: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        sodiation_energetics(energies)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sodium": -1}, "sodium of x is -1"),
        ({"atoms": 0}, "atoms of x is 0"),
        ({"energy": math.nan}, "energy of x is nan"),
        ({"energy": "-2.2"}, "energy of x is '-2.2'"),
        ({"sodium": 30}, "x has 30 sodium of 20 atoms"),
    ],
)
def test_refused_energies(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        FormationEnergy(**{"name": "x", "sodium": 3, "atoms": 20, "energy": -2.2} | change)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ((-0.1, 0.1, 300), "barrier_1 is -0.1"),
        ((0.1, math.inf, 300), "barrier_2 is inf"),
        ((0.1, 0.2, 0), "temperature is 0"),
        ((50, 0, 10), "ratio of e"),
    ],
)
def test_refused_rates(asked: tuple[float, float, float], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        hop_rate_ratio(*asked)


def test_phases_count_their_own_atoms() -> None:
    phases = [navp.load(name) for name in ("Na3VP", "Na2VP", "NaVP")]
    path = path_energetics(phases, [-2.229, -2.264, -2.280])
    assert [step.voltage for step in path.steps] == pytest.approx([1.564, 1.976])
    assert [item.atoms for item in path.given] == [20.0, 19.0, 18.0]
    assert any("navp-model is a model" in note for note in path.notes)
    with pytest.raises(InputError, match="2 energies for 3 phases"):
        path_energetics(phases, [-2.229, -2.264])
    nameless = replace(phases[0], formula=None)
    with pytest.raises(InputError, match="no formula"):
        path_energetics([nameless], [-2.229])
