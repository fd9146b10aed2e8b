"""Misfit by a correspondence that is given: round trips, many cells, other hosts, unknown Z."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

import navp_structures as navp
from navp_structures import Phase, SpaceGroup, UnitCell
from navp_structures.analysis.misfit.misfit import lattice_misfit
from navp_structures.analysis.misfit.result import LatticeMisfit
from navp_structures.errors import InputError
from navp_structures.show.tables import json_text

IDENTITY = "1 0 0; 0 1 0; 0 0 1"


def box(name: str, *edges: float, units: int | None = 1, angle: float = 90.0) -> Phase:
    """Return a cell without atoms."""
    a, b, c = edges
    return Phase(
        id=name,
        cell=UnitCell(a=a, b=b, c=c, gamma=angle),
        space_group=SpaceGroup.from_name("P 1"),
        formula="NaV2P3O12",
        formula_units=units,
    )


# ------------------------------------------------------------------------- round trips


def thirteenths() -> LatticeMisfit:
    """Return the misfit of 13 cells and one, whose lengths leave the whole multiples open."""
    return lattice_misfit(box("one", 5, 6, 7), box("many", 5.1, 78.3, 6.9, units=13))


def pairs() -> Iterator[LatticeMisfit]:
    yield lattice_misfit("Na3VP", "Na2VP")
    yield lattice_misfit("na2vp-a", "navp-model")
    yield lattice_misfit("na3vp-rt", "navp-model", max_multiple=4)
    yield thirteenths()


def test_what_is_found_and_shown_can_be_given() -> None:
    largest = 0
    for found in (misfit for pair in pairs() for misfit in (pair, pair.inverse())):
        ids = found.first, found.second
        rows = json.loads(json_text(found.to_dict()))["results"]["correspondences"]
        for item, row in zip(found.candidates, rows, strict=True):
            largest = max(largest, *(abs(round(1 / v)) for r in item.matrix for v in r if v))
            decimals = [[float(f"{value:.7f}") for value in r] for r in row["matrix"]]
            for given in (str(item), json.dumps(row["matrix"]), row["matrix"], decimals, item):
                again = lattice_misfit(*ids, correspondence=given).correspondence
                assert again.matrix == item.matrix
                assert again.score == pytest.approx(item.score, abs=1e-9)
                assert again.primitive_cells == item.primitive_cells
    assert largest >= 13


def test_rounded_decimals_are_no_fractions() -> None:
    # 0.34 is 17/50: no matrix of few cells, and a bad third.
    for value in (0.34, 0.33, 0.3333):
        rows = [[1, 0, value], [0, 1, 0], [0, 0, 1]]
        with pytest.raises(InputError, match=f"{value} in the correspondence is no fraction"):
            lattice_misfit("na3vp-rt", "navp-model", correspondence=rows)


def test_text_that_is_no_matrix() -> None:
    with pytest.raises(InputError, match=r"'1 x' has no rows of numbers; write '1 0 0; 0 1 0"):
        lattice_misfit("na3vp-rt", "navp-model", correspondence="1 x")


# ----------------------------------------------------------------------- too many cells


def test_too_many_cells_for_a_shuffle() -> None:
    # [1 0 0] reads [1 0 1/12], which is whole after 12 steps; with thirds of R 36 cells.
    misfit = lattice_misfit(
        "na3vp-rt",
        "navp-model",
        correspondence="1 0 0; 0 1 0; 1/12 0 1",
        planes=["3 0 0"],
    )
    best = misfit.correspondence
    assert best.primitive_cells == (36, 36)
    assert best.shuffle is None
    assert best.unmoved == (
        "the smallest cell that both share holds 36 primitive cells of na3vp-rt and 36 of "
        "navp-model, more than 24"
    )
    assert f"no shuffle, since {best.unmoved}" in " ".join(misfit.notes)
    # (3 0 0) C⁻¹.
    assert misfit.planes[0].reads_as == (3, 0, 0)
    # The stretches are those of F, whose determinant is that of the plain correspondence.
    plain = lattice_misfit("na3vp-rt", "navp-model").volume_ratio
    assert np.linalg.det(misfit.deformation_gradient) == pytest.approx(plain)
    values = np.linalg.svd(misfit.deformation_gradient, compute_uv=False)[::-1]
    assert [row.stretch for row in misfit] == pytest.approx(values)
    assert misfit.inverse().correspondence.unmoved == best.unmoved


def test_a_matrix_of_odd_fractions_has_families() -> None:
    # 539 divides some denominators of its inverse.
    misfit = lattice_misfit(
        "na3vp-rt", "NZSP", correspondence="7/12 0 1/11; 0 1 0; 0 5/7 1", planes=["1 1 6"]
    )
    (plane,) = misfit.planes
    assert len(plane.family) == 6
    images = np.array([1, 1, 6]) @ misfit.first.space_group.laue_rotations
    turns = misfit.second.space_group.laue_rotations
    for member in plane.family:
        back = np.array(member) @ turns @ misfit.correspondence.array
        assert np.abs(back[:, np.newaxis] - images).max(axis=2).min() < 1e-9
    with pytest.raises(InputError, match="unwieldy fractions in nzsp-300k"):
        lattice_misfit(
            "na3vp-rt",
            "NZSP",
            correspondence="95/11 99/12 94/7; 99/7 98/11 97/12; 89/12 91/11 97/9",
            planes=["1 1 6"],
        )


# ------------------------------------------------------------------------- other hosts


def test_an_electrolyte_on_an_electrode() -> None:
    misfit = lattice_misfit("na3vp-rt", "NZSP", correspondence=IDENTITY, planes=["3 0 0"])
    one, two = navp.load("na3vp-rt").cell, navp.load("NZSP").cell
    values = sorted([two.a / one.a, two.a / one.a, two.c / one.c])
    assert [row.stretch for row in misfit] == pytest.approx(values)
    assert misfit.planes[0].reads_as == (3, 0, 0)
    best = misfit.correspondence
    assert (best.shuffle, best.score) == (None, None)
    notes = " ".join(misfit.notes)
    assert "no shuffle, since na3vp-rt and nzsp-300k have no common host" in notes
    assert "formula units" not in notes
    content = json.loads(json_text(misfit.to_dict()))
    assert content["results"]["correspondences"][0]["score"] is None
    assert misfit.inverse().correspondence.score is None


def test_a_matrix_of_other_hosts_conserves_nothing() -> None:
    misfit = lattice_misfit("na3vp-rt", "NZSP", correspondence="1 0 0; 0 1 0; 0 0 2")
    assert misfit.correspondence.determinant == 2


def test_a_host_that_nothing_tells() -> None:
    bare = replace(navp.load("na3vp-alpha"), id="bare", formula=None, formula_units=None)
    misfit = lattice_misfit(bare, "na3vp-alpha", correspondence=IDENTITY)
    assert [row.stretch for row in misfit] == pytest.approx([1.0] * 3)
    assert "no shuffle, since bare has neither sites nor formula" in " ".join(misfit.notes)


def test_other_hosts_need_a_correspondence() -> None:
    with pytest.raises(InputError, match=r"no common host: .*give the correspondence"):
        lattice_misfit("Na3VP", "NZSP", max_strain=0.2)


# --------------------------------------------------------------------------- unknown Z


def test_unknown_z_is_said() -> None:
    one, two = box("one", 5, 6, 7, units=None), box("two", 5.1, 6.1, 7.1, units=None)
    notes = " ".join(lattice_misfit(one, two).notes)
    assert "Z of one and two is unknown: one formula unit in a cell was assumed" in notes
    known = replace(two, formula_units=1)
    there = lattice_misfit(one, known)
    assert "Z of one is unknown: one" in " ".join(there.notes)
    assert "Z of one is unknown: one" in " ".join(there.inverse().notes)
    # With atoms the cell's content is known.
    phase = replace(navp.load("na3vp-rt"), formula_units=None)
    assert "Z of" not in " ".join(lattice_misfit(phase, "navp-model").notes)


def test_unknown_z_refuses_no_matrix() -> None:
    one, two = box("one", 5, 6, 7, units=None), box("two", 5.1, 6.1, 14.1)
    misfit = lattice_misfit(one, two, correspondence="1 0 0; 0 1 0; 0 0 1/2")
    assert misfit.volume_ratio == pytest.approx(5.1 * 6.1 * 14.1 / 2 / 210)
    assert misfit.correspondence.score is None
    assert "Z of one is unknown, and so is whether formula units are conserved" in misfit.notes
    with pytest.raises(InputError, match="its determinant must be 1"):
        lattice_misfit(
            replace(one, formula_units=1), two, correspondence="1 0 0; 0 1 0; 0 0 1/2"
        )


# ---------------------------------------------------------------------- what is shown


def test_a_search_ends_at_its_limits() -> None:
    one, two = box("one", 5, 6, 7), box("two", 10.1, 18.3, 21.2, units=18)
    best = lattice_misfit(one, two)
    beyond = lattice_misfit(one, two, max_multiple=2)
    assert beyond.rows == best.rows
    assert not any("max_multiple" in note for note in best.notes)
    assert (
        "max_multiple 2 is more than the search can do: it went up to 1 (its limits: 4 times "
        "the smallest common cell, and 24 primitive cells)"
    ) in beyond.notes
    assert beyond.inputs["max_multiple"] == 2
    many = lattice_misfit("na3vp-rt", "navp-model", max_multiple=99)
    assert (
        many.candidates == lattice_misfit("na3vp-rt", "navp-model", max_multiple=4).candidates
    )
    assert "it went up to 4 (" in " ".join(many.notes)


def test_stretches_have_one_shape() -> None:
    def of_key(content: object, key: str) -> Iterator[object]:
        if isinstance(content, dict):
            yield from (value for name, value in content.items() if name == key)
            content = list(content.values())
        if isinstance(content, list):
            for item in content:
                yield from of_key(item, key)

    for misfit in (lattice_misfit("Na3VP", "Na2VP"), thirteenths()):
        content = json.loads(json_text(misfit.to_dict()))
        (stretches,) = of_key(content, "stretches")
        assert isinstance(stretches, list)
        assert [row["number"] for row in stretches] == [1, 2, 3]
        values = [row["stretch"] for row in stretches]
        first = next(of_key(content, "principal_stretches"))
        assert first == pytest.approx(values)


def test_extinct_in_the_first_phase() -> None:
    phase = navp.load("na2vp-a")
    assert phase.absence("0 1 0") is not None
    # (0 1 0) of na2vp-a is (-1 2 0) of the parent, which centring allows.
    misfit = lattice_misfit("na2vp-a", "na3vp-rt", planes=["0 1 0"])
    (plane,) = misfit.planes
    reason = phase.absence("0 1 0").reason  # type: ignore[union-attr]
    assert plane.note is not None
    assert plane.note.startswith(f"extinct in na2vp-a by {reason}")
    assert plane.note in plane.text
    # Of a phase as itself once is enough.
    itself = lattice_misfit("na2vp-a", "na2vp-a", planes=["0 1 0"]).planes[0]
    assert itself.note == f"extinct in na2vp-a by {reason}"


def test_open_directions_are_said() -> None:
    def tilted(name: str, angle: float) -> Phase:
        cell = UnitCell(a=8, b=8, c=9, gamma=angle, a_su=0.02, b_su=0.02, c_su=0.02)
        cell = replace(cell, alpha_su=0.05, beta_su=0.05, gamma_su=0.05)
        return replace(box(name, 8, 8, 9), cell=cell)

    # Stretches of ±0.0009 by the shear, with su of 0.0025.
    misfit = lattice_misfit(tilted("one", 90), tilted("two", 90.1), correspondence=IDENTITY)
    assert max(row.direction_su or 0 for row in misfit) > 15
    assert any(note.startswith("directions of λ1 and λ") for note in misfit.notes)
    plain = lattice_misfit("Na3VP", "Na2VP")
    assert not any(note.startswith("directions of") for note in plain.notes)
