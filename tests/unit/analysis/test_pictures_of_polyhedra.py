"""Pictures of polyhedra and paths: what an analysis hands to the drawing of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

import navp_structures as navp

UNSTATED = """data_unstated
_cell_length_a 4.2
_cell_length_b 4.3
_cell_length_c 4.4
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
loop_
_space_group_symop_operation_xyz
x,y,z
-x,-y,-z
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
V$_1$/a V 0.5 0.5 0.5 1
O1 O 0.5 0.5 0 0.6
F1 F 0.5 0.5 0 0.4
O_2^a O 0.5 0 0.5 1
O\\3 O 0 0.5 0.5 1
"""


def drawn(tmp_path: Path) -> Axes:
    """Draw the bonds of a crystal that does not say of what kind it is, and check the file."""
    file = tmp_path / "unstated.cif"
    file.write_text(UNSTATED)
    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = navp.polyhedra(str(file), ligand=["O", "F"], valences={"V": 4}).plot(
        figure.add_subplot()
    )
    figure.savefig(tmp_path / "out.png")
    return axes


def test_a_kind_that_is_not_stated_is_not_called_measured(tmp_path: Path) -> None:
    axes = drawn(tmp_path)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["kind not stated", "mean"]


def test_a_path_tells_the_kinds_of_its_phases() -> None:
    rich, poor = navp.load("na3vp-rt"), navp.load("navp-model")
    path = navp.sodiation_path([replace(rich, kind=None, reason=None), poor])
    axes = path.plot(Figure().add_subplot())
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["model", "kind not stated"]


def test_ligands_are_named_with_all_their_atoms_as_they_are_written(tmp_path: Path) -> None:
    axes = drawn(tmp_path)
    labels = {text.get_text() for text in axes.texts if text.get_gid() == "ligand"}
    assert labels == {r"O\3 ×2", "O_2^a ×2", "O1/F1 ×2"}
    assert [t.get_text() for t in axes.texts if t.get_gid() == "name"] == ["unstated V$_1$/a"]
