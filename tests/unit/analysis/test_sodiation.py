"""The sodiation path: the paper's numbers, warnings with their size, refusals."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

import navp_structures as navp
from navp_structures.analysis.sodiation.comparable import same_temperature, volume_warning
from navp_structures.errors import InputError
from navp_structures.show.tables import json_text, text_table

PAPER = ("na3vp-gamma", "Na2VP", "NaVP")


def test_volume_changes_of_printed_volumes() -> None:
    # 227.159 / 241.277 = 0.941486, 220.105 / 227.159 = 0.968947, together 0.912250.
    steps, total = navp.volume_changes([241.277, 227.159, 220.105])
    assert steps == pytest.approx((-5.8514, -3.1053), abs=1e-4)
    assert total == pytest.approx(-8.7750, abs=1e-4)
    # Steps multiply; their sum is off by the product of the two.
    assert sum(steps) - total == pytest.approx(-steps[0] * steps[1] / 100)


def test_path_of_the_paper() -> None:
    path = navp.sodiation_path(PAPER)
    assert [row.phase for row in path] == ["na3vp-gamma", "na2vp-a", "navp-model"]
    assert path.rows[0].volume_change is path.rows[0].total_change is None
    changes = [row.volume_change for row in path.rows[1:]]
    # The curated NaVP has 220.108, its edges being rounded: 0.001 % from the printed one.
    assert changes == pytest.approx([-5.85, -3.105], abs=0.005)
    assert path.rows[-1].total_change == pytest.approx(-8.77, abs=0.005)
    assert [row.charge_valence for row in path] == pytest.approx([3.0, 3.5, 4.0], abs=0.002)
    assert [row.bond_valence_sum for row in path] == pytest.approx([3.0, 3.5, 4.0], abs=0.1)
    assert [row.ions for row in path] == pytest.approx([2.998, 2.0, 1.0])


def test_paper_mixes_temperatures_and_is_told_how_much() -> None:
    step, total = navp.sodiation_path(PAPER).warnings
    assert (step.first, step.second) == ("na3vp-gamma", "na2vp-a")
    # Against the room-temperature cells: 241.278, 239.789 (293 K), 237.786 (alpha) → 220.108.
    by_first = {pair.first: pair.change for pair in total.others}
    assert total.change == pytest.approx(-8.77, abs=0.01)
    assert by_first["na3vp-rt"] == pytest.approx(-8.2, abs=0.05)
    assert by_first["na3vp-alpha"] == pytest.approx(-7.4, abs=0.05)
    assert {pair.first: round(pair.change, 1) for pair in step.others} == {
        "na3vp-rt": -5.3,
        "na3vp-alpha": -4.5,
    }
    assert "high temperature" in step.text
    assert "-5.27 % with na3vp-rt (measured, 293 K)" in step.text


def test_room_temperature_path_has_no_warning() -> None:
    path = navp.sodiation_path()
    assert path.warnings == ()
    assert path.rows[0].conditions == "measured, 293 K"
    assert path.rows[-1].total_change == pytest.approx(-8.21, abs=0.005)


def test_computed_cell_against_others() -> None:
    path = navp.sodiation_path(["na3vp-ordered", "Na2VP"])
    (warning,) = path.warnings
    assert "a computed cell against a model one" in warning.reason
    assert warning.change == pytest.approx(100 * (227.159 / 248.698 - 1), abs=0.002)
    # What it would be with the other cells of Na3V2(PO4)3, none of them computed.
    assert {pair.first for pair in warning.others} == {"na3vp-rt", "na3vp-alpha", "na3vp-gamma"}


def test_atoms_computed_in_a_model_cell_do_not_make_its_volume_a_computed_one() -> None:
    # The cells of these two hold the measured V/Z of na2vp-a and navp-model.
    assert navp.sodiation_path(["na3vp-rt", "na2vp-computed", "navp-computed"]).warnings == ()
    (warning,) = navp.sodiation_path(["na3vp-ordered", "na2vp-computed"]).warnings
    assert "a computed cell against a model one" in warning.reason
    assert {pair.other for pair in warning.others} == {"na3vp-rt", "na3vp-alpha", "na3vp-gamma"}


def test_the_kind_of_a_cell_is_the_phases_where_nothing_else_is_said() -> None:
    computed = replace(navp.load("na2vp-computed"), cell_kind=None)
    warning = volume_warning(navp.load("na3vp-rt"), computed, "Na")
    assert warning is not None
    assert "a measured cell against a computed one" in warning.reason


def test_two_cells_of_one_composition_need_no_others() -> None:
    warning = volume_warning(navp.load("na3vp-rt"), navp.load("na3vp-gamma"), "Na")
    assert warning is not None
    assert warning.others == ()
    assert "their composition is the same" in warning.text


def test_which_temperatures_are_one() -> None:
    room = navp.load("na3vp-rt")
    nominal = navp.load("na2vp-a")
    assert same_temperature(room, nominal)
    assert same_temperature(room, replace(room, temperature=300.0))
    assert not same_temperature(room, replace(room, temperature=320.0))
    assert not same_temperature(room, navp.load("na3vp-gamma"))
    assert not same_temperature(room, navp.load("na3vp-alpha"))
    assert not same_temperature(nominal, replace(room, temperature=None))
    assert same_temperature(room, replace(nominal, temperature_note="RT"))
    for words in (
        "not at room temperature",
        "room-temperature cell expanded to 500 K",
        "150 degrees above room temperature",
        "cooled from room temperature",
    ):
        assert not same_temperature(room, replace(nominal, temperature_note=words))


def test_means_weigh_the_centres_and_their_errors_together() -> None:
    (row,) = navp.sodiation_path(["na2vp-a"]).rows
    one, two = navp.polyhedra("na2vp-a").rows
    assert one.volume is not None
    assert two.volume is not None
    assert row.polyhedron_volume == pytest.approx((one.volume + two.volume) / 2)
    assert row.mean_bond == pytest.approx((one.mean_bond + two.mean_bond) / 2)
    # Twelve different oxygen atoms: independent but for the cell.
    assert one.volume_su is not None
    assert two.volume_su is not None
    expected = math.hypot(one.volume_su, two.volume_su) / 2
    assert row.polyhedron_volume_su == pytest.approx(expected, rel=1e-3)


def test_su_of_a_volume_change() -> None:
    # NaVP: 2 × 0.02 / 8.4262 − 0.05 / 21.478 = 0.24191 %, Na3VP: 0.0056 %; 0.91792 × 0.24197.
    path = navp.sodiation_path()
    first, middle, last = path.rows
    assert first.volume_per_formula_unit_su == pytest.approx(0.0134, abs=1e-4)
    assert last.total_change_su == pytest.approx(0.22211, abs=2e-5)
    # V/Z of Na2VP is printed without su, and its cell was fitted to that.
    assert middle.volume_per_formula_unit_su is None
    assert middle.volume_change_su is last.volume_change_su is None


def test_valence_of_labelled_centres_and_of_mixtures() -> None:
    phase = navp.load("na2vp-a")
    (row,) = navp.sodiation_path([phase], centre="V1").rows
    assert (row.charged_element, row.charge_valence) == ("V", pytest.approx(3.5))
    assert row.assumed_valence == 3.0
    (phosphorus,) = navp.sodiation_path([phase], centre="P").rows
    assert phosphorus.charge_valence is None
    iron = navp.Species(symbol="Fe", label="V2")
    mixed = replace(
        phase,
        id="mixed",
        formula=None,
        sites=tuple(
            replace(site, species=(iron,)) if site.label == "V2" else site
            for site in phase.sites
        ),
    )
    path = navp.sodiation_path([mixed], centre=["V", "Fe"])
    assert path.rows[0].charge_valence is None
    assert path.rows[0].mixed_valences == ("V", "Fe")
    assert any("for V and Fe both vary" in note for note in path.notes)


def test_vacancies_of_the_host_change_no_volume() -> None:
    phase = navp.load("Na3VP")
    sites = tuple(
        replace(site, species=tuple(replace(s, occupancy=0.985) for s in site.species))
        if site.label.startswith("O")
        else site
        for site in phase.sites
    )
    row = navp.sodiation_path([phase, replace(phase, id="vacant", sites=sites)]).rows[1]
    assert row.volume_change == pytest.approx(0.0, abs=1e-9)
    assert row.ions == pytest.approx(2.998)


def test_an_element_that_is_not_there_has_no_valence() -> None:
    phase = navp.load("na3vp-alpha")
    empty = replace(phase, formula="V0 O6 P2 Na1", formula_units=12)
    (row,) = navp.sodiation_path([empty]).rows
    assert row.charge_valence is None


def test_an_unusual_valence_is_said_to_be_one() -> None:
    phase = replace(navp.load("na3vp-alpha"), formula="VO6", formula_units=12)
    path = navp.sodiation_path([phase])
    assert not path.rows[0].is_plausible
    assert any("V 12.00+ by charge balance, which is not usual" in note for note in path.notes)


def test_unknown_z_counts_the_cell() -> None:
    phase = replace(navp.load("Na3VP"), formula_units=None, formula=None)
    path = navp.sodiation_path([phase, "Na2VP"])
    assert any("Na 18 per cell of na3vp-rt" in note for note in path.notes)
    assert "V / Å³" in text_table(path)


def test_conditions_name_the_kind_of_the_cell() -> None:
    row = navp.sodiation_path(["na2vp-computed"]).rows[0]
    assert row.cell_kind == "model"
    assert row.conditions.startswith("computed in a model cell, 0 K")


def test_the_kind_of_a_cell_outlives_the_export(tmp_path: Path) -> None:
    target = tmp_path / "copy.cif"
    navp.export("na2vp-computed", target)
    copy = navp.read_cif(target)
    assert (copy.kind, copy.cell_kind) == ("computed", "model")
    assert copy.reason == navp.load("na2vp-computed").reason


def test_fillings() -> None:
    (row,) = navp.sodiation_path(["Na3VP"]).rows
    assert [(f.site, f.occupancy, f.number) for f in row.fillings] == [
        ("Na1", 0.805, 1.0),
        ("Na2", 0.731, 3.0),
    ]
    assert row.fillings[0].occupancy_su == 0.018


def test_cell_only_phase_has_its_volume() -> None:
    path = navp.sodiation_path(["na3vp-alpha", "NaVP"])
    first = path.rows[0]
    assert first.mean_bond is first.polyhedron_volume is first.bond_valence_sum is None
    assert first.charge_valence == pytest.approx(3.0)
    assert first.fillings == ()
    assert any("a cell without sites" in note for note in path.notes)


def test_another_formula_unit_is_brought_to_the_first() -> None:
    phase = navp.load("Na3VP")
    half = replace(phase, id="half", formula="Na1.5V(PO4)1.5", formula_units=12)
    path = navp.sodiation_path([phase, half])
    assert path.rows[1].volume_change == pytest.approx(0.0, abs=1e-9)
    assert path.rows[1].ions == pytest.approx(2.998)
    assert sum(f.number * f.occupancy for f in path.rows[1].fillings) == pytest.approx(2.998)


@pytest.mark.parametrize(
    ("phases", "arguments", "message"),
    [
        (["Na3VP", "NZSP"], {}, "na3vp-rt and nzsp-300k have no common host"),
        (["Na3VP", "NaVP"], {"centre": "Zr"}, "no centre 'Zr'"),
        (["Na3VP", "NaVP"], {"ion": "V"}, "no common host"),
        (["Na3VP", "NaVP"], {"ion": "Sodium"}, "ion is 'Sodium'; it must be the symbol"),
        (["Na3VP", "NaVP"], {"ion": 11}, "ion is 11; it must be the symbol"),
        ([], {}, "no phase is given"),
    ],
)
def test_refusals(phases: list[str], arguments: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        navp.sodiation_path(phases, **arguments)  # type: ignore[arg-type]


def test_one_phase_by_two_names_is_one() -> None:
    path = navp.sodiation_path(["Na3VP", "na3vp-rt"])
    assert len(path) == 1
    assert path.warnings == ()


@pytest.mark.parametrize("volumes", [[241.0], [241.0, -1.0], [241.0, math.nan], 5, "ab"])
def test_what_are_no_volumes(volumes: object) -> None:
    with pytest.raises(InputError, match="volume"):
        navp.volume_changes(volumes)  # type: ignore[arg-type]


def test_documents() -> None:
    path = navp.sodiation_path(PAPER)
    content = json.loads(json_text(path.to_dict()))
    assert content["schema"] == {"name": "navp.path", "version": 1}
    keys = ["phase", "kind", "temperature", "volume_per_formula_unit", "volume_change",
            "mean_bond", "polyhedron_volume", "bond_valence_sum"]  # fmt: skip
    assert list(content["results"][0])[:8] == keys
    assert content["results"][0]["fillings"][1] == {
        "site": "Na2", "occupancy": 0.731, "occupancy_su": None, "number": 3.0,
    }  # fmt: skip
    assert len(content["warnings"]) == 2
    assert path.to_dataframe()["kind"].to_list() == ["model"] * 3
    assert "-5.85" in path.to_csv()
    assert max(map(len, text_table(path, width=80).splitlines())) <= 80
