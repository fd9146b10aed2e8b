"""Energies of a path: the seed paper's numbers by hand, and refusals."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis.energetics import (
    FormationEnergy,
    path_energetics,
    sodiation_energetics,
)
from navp_structures.errors import InputError
from navp_structures.show.tables import json_text, text_table

PAPER = [
    FormationEnergy(name="Na3VP", ions=3, atoms=20, energy=-2.229),
    FormationEnergy(name="Na2VP", ions=2, atoms=19, energy=-2.264),
    FormationEnergy(name="NaVP", ions=1, atoms=18, energy=-2.280),
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


def test_a_step_of_two_ions() -> None:
    # 3.540 eV for two: 1.770 V each.
    (step,) = sodiation_energetics([PAPER[0], PAPER[2]]).steps
    assert (step.first, step.second, step.ions) == ("Na3VP", "NaVP", 2.0)
    assert step.energy == pytest.approx(3.540)
    assert step.voltage == pytest.approx(1.770)


def test_a_composition_above_its_neighbours_line() -> None:
    # A quarter of the way from Na1 to Na3 at 1.5: -41.04 - 0.885 = -41.925; 18.5 × -2.25 is
    # -41.625, 0.300 above.
    between = FormationEnergy(name="Na1.5VP", ions=1.5, atoms=18.5, energy=-2.25)
    path = sodiation_energetics([PAPER[0], between, PAPER[2]])
    assert path.rows[1].tie_line_distance == pytest.approx(0.300)
    # 300 meV over 18.5 atoms is 16.2.
    assert (
        "Na1.5VP lies 0.300 eV per formula unit (16.2 meV per atom) above the tie line between "
        "Na3VP and NaVP: it can decay into them"
    ) in path.notes


def test_the_side_of_the_tie_line_is_said() -> None:
    # 206 meV over 19 atoms is 10.84; -42.810 over 19 is on the line.
    assert (
        "Na2VP lies 0.206 eV per formula unit (10.8 meV per atom) below the tie line between "
        "Na3VP and NaVP: it does not decay into them"
    ) in sodiation_energetics(PAPER).notes
    between = FormationEnergy(name="x", ions=2, atoms=19, energy=-42.810 / 19)
    notes = sodiation_energetics([PAPER[0], between, PAPER[2]]).notes
    assert (
        "x lies on the tie line between Na3VP and NaVP, within 0.001 eV per formula unit"
    ) in notes
    assert not [n for n in sodiation_energetics(PAPER[:2]).notes if "tie line" in n]


def test_lithium() -> None:
    # 7 × -2.50 = -17.50, 6 × -2.35 = -14.10: 3.40 eV for one Li.
    energies = [
        FormationEnergy(name="LiFePO4", ions=1, atoms=7, energy=-2.50),
        FormationEnergy(name="FePO4", ions=0, atoms=6, energy=-2.35),
    ]
    path = sodiation_energetics(energies, ion="Li")
    assert path.ion == path.inputs["ion"] == "Li"
    assert path.steps[0].voltage == pytest.approx(3.40)
    assert path.notes == (
        "LiFePO4 to FePO4: 3.400 eV for 1 Li, 3.400 V",
        "voltages are means against Li metal, 1 electron for each Li",
        "energies are those of a formula unit at 0 K from the elements, so that Li metal "
        "has 0; without entropy and volume",
    )
    assert text_table(path).split()[1] == "Li"
    with pytest.raises(InputError, match="both have 1 Li"):
        sodiation_energetics([energies[0], energies[0]], ion="Li")


def test_magnesium_takes_two_electrons() -> None:
    # 7 × -1.50 = -10.50, 6 × -1.25 = -7.50: 3.00 eV for one Mg of charge 2.
    path = sodiation_energetics(
        [
            FormationEnergy(name="MgTi2S4", ions=1, atoms=7, energy=-1.50),
            FormationEnergy(name="Ti2S4", ions=0, atoms=6, energy=-1.25),
        ],
        ion="Mg",
    )
    assert path.steps[0].energy == pytest.approx(3.00)
    assert path.steps[0].voltage == pytest.approx(1.50)
    assert path.notes[0] == "MgTi2S4 to Ti2S4: 3.000 eV for 1 Mg, 1.500 V"
    assert "voltages are means against Mg metal, 2 electrons for each Mg" in path.notes


@pytest.mark.parametrize("ion", ["O", "Cu", "Xx", "na", 11, None])
def test_refused_ions(ion: Any) -> None:
    with pytest.raises(InputError, match=r"^ion is "):
        sodiation_energetics(PAPER, ion=ion)
    with pytest.raises(InputError, match=r"^ion is "):
        path_energetics(["Na3VP", "NaVP"], [-2.2, -2.3], ion=ion)


def test_tables() -> None:
    path = sodiation_energetics(PAPER)
    content = json.loads(json_text(path.to_dict()))
    assert content["schema"]["name"] == "navp.energetics"
    assert content["inputs"]["ion"] == "Na"
    assert content["inputs"]["energies"][0]["energy"] == -2.229
    assert len(content["results"]["states"]) == 3
    assert content["results"]["steps"][1]["second"] == "NaVP"
    assert content["results"]["states"][1]["atoms"] == 19.0
    text = text_table(path)
    assert text.split()[:2] == ["phase", "Na"]
    assert "-0.206" in text
    assert "<th>Na</th>" in path._repr_html_()
    assert "Na3VP to Na2VP: 1.564 eV for 1 Na, 1.564 V" in path.notes
    assert list(path.to_dataframe()["ions"]) == [3.0, 2.0, 1.0]


@pytest.mark.parametrize(
    ("energies", "sentence"),
    [
        ([], "two compositions or more; none is given"),
        (PAPER[:1], "two compositions or more; only one is given"),
        ([PAPER[0], PAPER[0]], "Na3VP and Na3VP both have 3 Na"),
        (["Na3VP", "NaVP"], "'Na3VP' is no FormationEnergy"),
        (
            [PAPER[0], FormationEnergy(name="NZSP", ions=1, atoms=19, energy=-2.5)],
            "Na3VP has 17 atoms beside Na, NZSP 18",
        ),
        (
            [
                FormationEnergy(name="NaCl", ions=1, atoms=2, energy=-2.1),
                FormationEnergy(name="Cl2", ions=0, atoms=2, energy=0),
            ],
            "NaCl has 1 atom beside Na, Cl2 2",
        ),
        (5, "energies is 5; give a list of FormationEnergy"),
        ("Na3VP", "energies is 'Na3VP'; give a list"),
        (PAPER[0], "energies is FormationEnergy"),
    ],
)
def test_refused_paths(energies: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        sodiation_energetics(energies)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ions": -1}, "ions of x is -1"),
        ({"atoms": 0}, "atoms of x is 0"),
        ({"energy": math.nan}, "energy of x is nan"),
        ({"energy": "-2.2"}, "energy of x is '-2.2'"),
        ({"ions": 30}, "x has 30 ions of 20 atoms; the ions count"),
        ({"ions": 3, "atoms": 1}, "x has 3 ions of 1 atom;"),
    ],
)
def test_refused_energies(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        FormationEnergy(**{"name": "x", "ions": 3, "atoms": 20, "energy": -2.2} | change)


PATH = ("Na3VP", "Na2VP", "NaVP")
ENERGIES = (-2.229, -2.264, -2.280)


def cell_only(formula: str) -> navp.Phase:
    return navp.Phase(
        id=formula,
        cell=navp.UnitCell(a=8, b=8, c=8),
        space_group=navp.SpaceGroup.from_name("P 1"),
        formula=formula,
        formula_units=1,
    )


@pytest.mark.parametrize("phases", [PATH, [navp.load(name) for name in PATH]])
def test_phases_tell_what_they_hold(phases: Any) -> None:
    path = path_energetics(phases, ENERGIES)
    assert [step.voltage for step in path.steps] == pytest.approx([1.564, 1.976])
    # The sites of na3vp-rt give 2.998 Na, the formula that was computed has 3.
    assert [item.atoms for item in path.given] == [20.0, 19.0, 18.0]
    assert any("navp-model is a model" in note for note in path.notes)
    assert any("of the formula unit of na3vp-rt at 0 K" in note for note in path.notes)


def test_phases_keep_their_energies_in_any_order() -> None:
    path = path_energetics(iter(PATH[::-1]), np.array(ENERGIES[::-1]))
    assert [phase.id for phase in path.phases] == ["navp-model", "na2vp-a", "na3vp-rt"]
    assert [item.energy for item in path.given] == [-2.280, -2.264, -2.229]
    assert [step.voltage for step in path.steps] == pytest.approx([1.564, 1.976])


def test_another_size_of_the_formula_unit() -> None:
    formulas = ("Na3V2(PO4)3", "Na4V4(PO4)6", "Na3V6(PO4)9")
    path = path_energetics([cell_only(text) for text in formulas], ENERGIES)
    assert [row.ions for row in path.rows] == pytest.approx([3.0, 2.0, 1.0])
    assert [step.energy for step in path.steps] == pytest.approx([1.564, 1.976])
    assert path.rows[1].tie_line_distance == pytest.approx(-0.206)
    # With Na6V4(PO4)6 first, twice as much of all but the voltage.
    path = path_energetics([cell_only("Na6V4(PO4)6"), *PATH[1:]], ENERGIES)
    assert [step.ions for step in path.steps] == pytest.approx([2.0, 2.0])
    assert [step.energy for step in path.steps] == pytest.approx([3.128, 3.952])
    assert [step.voltage for step in path.steps] == pytest.approx([1.564, 1.976])
    assert path.rows[1].tie_line_distance == pytest.approx(-0.412)


def test_sites_without_formula_or_z() -> None:
    phases = [navp.load(name) for name in PATH]
    # 19.998 × -2.229 = -44.575542: 1.559542 eV for 0.998 Na.
    nameless = replace(phases[0], formula=None)
    path = path_energetics([nameless, *phases[1:]], ENERGIES)
    assert path.steps[0].energy == pytest.approx(1.559542)
    assert path.steps[0].voltage == pytest.approx(1.559542 / 0.998)
    path = path_energetics([replace(phases[0], formula_units=None), *phases[1:]], ENERGIES)
    assert [step.energy for step in path.steps] == pytest.approx([1.564, 1.976])


@pytest.mark.parametrize(
    ("phases", "energies", "sentence"),
    [
        (PATH, ENERGIES[:2], "2 energies for 3 phases"),
        (PATH, ENERGIES[:1], "1 energy for 3 phases"),
        (PATH[:1], ENERGIES[:2], "2 energies for 1 phase;"),
        (PATH, [], "0 energies for 3 phases"),
        (PATH[:1], ENERGIES[:1], "two compositions or more; only one is given"),
        (PATH, -2.2, "energies is -2.2; give a list of numbers"),
        (PATH, "-2.2", "energies is '-2.2'; give a list of numbers"),
        (PATH, None, "energies is None"),
        (PATH, np.array(-2.2), "energies is array"),
        (PATH, set(ENERGIES), "energies is {"),
        (PATH, dict.fromkeys(PATH, -2.2), "energies is {"),
        (PATH, ["a", "b", "c"], "energy of na3vp-rt is 'a'; it must be -100 to 100"),
        (PATH, [math.nan, -2, -2], "energy of na3vp-rt is nan"),
        (3, ENERGIES, "phases is 3; give a list of phases"),
        (None, ENERGIES, "phases is None"),
        ([], [], "phases is \\[\\]; give a list"),
        ("Na3VP", [-2.2], "phases is 'Na3VP'; give a list"),
        (set(PATH), ENERGIES, "phases is {"),
        (np.array(1), [1], "phases is array"),
        ([1, 2, 3], ENERGIES, "1 is no phase"),
        (["Na3VP", "na3vp-rt", "NaVP"], ENERGIES, "na3vp-rt is given twice"),
        (["Na3VP", "NZSP"], ENERGIES[:2], "no common host"),
        (["Na3VP", "na3vp-ordered"], ENERGIES[:2], "both have 3 Na"),
    ],
)
def test_refused_phases(phases: Any, energies: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        path_energetics(phases, energies)


def test_a_cell_that_tells_no_content() -> None:
    nameless = replace(cell_only("Na3V2(PO4)3"), formula=None)
    with pytest.raises(InputError, match="neither sites nor formula"):
        path_energetics([nameless, "NaVP"], ENERGIES[:2])
