"""Phases: forward questions with the numbers of the issue, and refusals."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

import navp_structures as navp
from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.errors import CellError, InputError, NoSitesError, SiteError

CUBIC = UnitCell(a=4.0, b=4.0, c=4.0, a_su=0.001)


@pytest.fixture
def na3vp() -> Phase:
    return navp.load("Na3VP")


@pytest.mark.parametrize(
    ("hkl", "d"),
    [((0, 1, 2), 6.2121), ((3, 0, 0), 2.5198), ((1, 1, 6), 2.7927), ((4, -2, 6), 1.8708),
     ((1, -4, 5), 1.8896), ((1, -3, 5), 2.3899)],
)  # fmt: skip
def test_spacings_of_na3vp(na3vp: Phase, hkl: tuple[int, int, int], d: float) -> None:
    assert na3vp.d(hkl) == pytest.approx(d, abs=5e-5)


def test_angles_of_na3vp(na3vp: Phase) -> None:
    assert na3vp.angle((3, 0, 0), (1, 1, 6)) == pytest.approx(56.35, abs=5e-3)
    assert na3vp.angle((3, 0, 0), (1, -2, 6)) == pytest.approx(90.0)
    assert na3vp.angle("4 -2 6", "1 -4 5") == pytest.approx(65.88, abs=5e-3)
    assert na3vp.zone_axis("4 -2 6", "1 -4 5") == (1, -1, -1)


def test_absences_of_na3vp(na3vp: Phase) -> None:
    assert na3vp.absence((0, 1, 2)) is None
    assert na3vp.absence((1, 0, 2)) is not None
    assert na3vp.absence("1 -3 5") is not None


def test_bragg_angle(na3vp: Phase) -> None:
    # sin θ = 1.5405929 / (2 · 6.21211)
    assert na3vp.two_theta((0, 1, 2), "CuKa1") == pytest.approx(14.246, abs=1e-3)
    assert na3vp.two_theta((0, 1, 2), 1.5405929) == na3vp.two_theta((0, 1, 2), "CuKa1")
    with pytest.raises(InputError, match="it cannot diffract"):
        na3vp.two_theta((10, 10, 10), 5.0)


def test_su_of_a_spacing(na3vp: Phase) -> None:
    # d(0 0 6) = c/6, so its su is 0.0007/6; d(3 0 0) = a √3/6
    assert na3vp.d_su((0, 0, 6)) == pytest.approx(0.0007 / 6)
    assert na3vp.d_su((3, 0, 0)) == pytest.approx(0.0002 * 3**0.5 / 6)
    assert (
        replace(na3vp, cell=UnitCell(a=8.7, b=8.7, c=21.8, gamma=120)).d_su((0, 0, 6)) is None
    )


def test_symmetry_ties_edges_and_fixes_angles() -> None:
    phase = Phase(id="x", cell=CUBIC, space_group=SpaceGroup.from_name("P m -3 m"))
    assert phase.cell.su == (0.001, 0.001, 0.001, 0.0, 0.0, 0.0)
    # V = a³: su/V = 3 su(a)/a
    assert phase.cell.volume_su == pytest.approx(64 * 3 * 0.001 / 4)


def test_monoclinic_cell_keeps_beta_free() -> None:
    cell = UnitCell(a=5, b=6, c=7, beta=100, a_su=0.01, beta_su=0.1)
    phase = Phase(id="x", cell=cell, space_group=SpaceGroup.from_name("P 1 21/c 1"))
    assert phase.cell.su == (0.01, None, None, 0.0, 0.1, 0.0)
    assert phase.cell.correlation is None


def test_rhombohedral_axes_tie_all_angles() -> None:
    cell = UnitCell(a=5, b=5, c=5, alpha=58, beta=58, gamma=58, a_su=0.01, alpha_su=0.1)
    phase = Phase(id="x", cell=cell, space_group=SpaceGroup.from_name("R -3 c:R"))
    matrix = phase.cell.correlation
    assert matrix is not None
    assert matrix[0][2] == matrix[3][5] == 1.0
    assert matrix[0][3] == 0.0


def test_special_coordinates_are_exact(na3vp: Phase) -> None:
    by_label = {site.label: site for site in na3vp.sites}
    assert by_label["V1"].fract_su == (0.0, 0.0, 1.3e-5)
    assert by_label["Na1"].fract_su == (0.0, 0.0, 0.0)
    assert by_label["O1"].fract_su == (0.00013, 0.00014, 5e-5)


def test_cell_only_phase() -> None:
    alpha = navp.load("na3vp-alpha")
    assert not alpha.has_sites
    assert alpha.d((0, 0, 2)) > 10
    for question in (lambda: alpha.structure, alpha.to_gemmi, alpha.to_ase):
        with pytest.raises(NoSitesError, match="na3vp-alpha is a cell without atom sites"):
            question()


def test_models_always_say_so() -> None:
    phase = navp.load("Na2VP")
    assert "model: " in repr(phase)
    assert phase.reason is not None
    assert phase.reason in repr(phase)
    assert "na2vp-a is a model: " in phase.kind_sentence


def test_phases_are_frozen_hashable_and_compare_by_content(na3vp: Phase) -> None:
    with pytest.raises(FrozenInstanceError):
        na3vp.id = "other"  # type: ignore[misc]
    again = replace(na3vp)
    assert again == na3vp
    assert hash(again) == hash(na3vp)
    assert replace(na3vp, id="other") != na3vp


def test_phases_can_be_pickled(na3vp: Phase) -> None:
    assert pickle.loads(pickle.dumps(na3vp)) == na3vp


def test_parallel_planes_have_no_zone_axis(na3vp: Phase) -> None:
    with pytest.raises(InputError, match="are parallel"):
        na3vp.zone_axis((1, 1, 0), (-2, -2, 0))


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"kind": "guessed"}, InputError, "none of measured, computed, model"),
        ({"formula_units": 0}, InputError, "it must be 1 or more"),
        ({"space_group": SpaceGroup.from_name("P 3")}, CellError, "contradicts the symmetry"),
    ],
)
def test_refusals(change: dict, error: type[Exception], sentence: str) -> None:
    fields = {"id": "x", "cell": CUBIC, "space_group": SpaceGroup.from_name("P 1")}
    with pytest.raises(error, match=sentence):
        Phase(**(fields | change))


def test_two_sites_on_one_place_cannot_hold_two_atoms() -> None:
    sites = tuple(
        Site(label=n, species=(Species(symbol="V", label=n, occupancy=0.7),),
             fract=(0.0, 0.0, z), u_iso=u)
        for n, z, u in (("V1", 0.0, 0.01), ("V2", 1.0, 0.02))
    )  # fmt: skip
    with pytest.raises(SiteError, match="it cannot be above 1"):
        Phase(id="x", cell=CUBIC, space_group=SpaceGroup.from_name("P 1"), sites=sites)


def test_dictionary_is_plain_json(na3vp: Phase) -> None:
    import json

    content = json.loads(json.dumps(na3vp.to_dict()))
    assert content["cell"]["a_su"] == 0.0002
    assert content["sites"][0]["multiplicity"] == 12
    assert content["provenance"]["doi"] == "10.1107/S1600536810002801"


def test_four_indices_are_of_hexagonal_axes(na3vp: Phase) -> None:
    assert na3vp.d("1 0 -1 4") == na3vp.d((1, 0, 4))
    monoclinic = navp.load("Na2VP")
    for label in ("1 0 -1 4", (1, 0, -1, 4)):
        for ask in (monoclinic.d, monoclinic.absence, lambda x: monoclinic.angle(x, (0, 1, 0))):
            with pytest.raises(InputError, match="the axes are not hexagonal"):
                ask(label)
