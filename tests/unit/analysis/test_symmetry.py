"""The symmetry check: what passes, and that it objects to what is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import navp_structures as navp
from navp_structures import Phase, Site, SpaceGroup, Species, SymmetryReport, UnitCell
from navp_structures.analysis import distances, spglib_symmetry, symmetry
from navp_structures.model.expected import Expected, ExpectedBond, ExpectedSpacing


def messages(report: SymmetryReport, level: str) -> str:
    return "; ".join(f.message for f in report.findings if f.level == level)


@pytest.fixture
def na3vp() -> Phase:
    return navp.load("Na3VP")


def test_na3vp_in_full(na3vp: Phase) -> None:
    report = navp.check_symmetry(na3vp)
    assert report.passed
    assert report.window == (1e-4, 0.3)
    assert [(s.label, s.multiplicity, s.letter) for s in report.sites] == [
        ("V1", 12, "c"), ("Na1", 6, "b"), ("Na2", 18, "e"), ("P1", 18, "e"), ("O1", 36, "f"),
        ("O2", 36, "f"),
    ]  # fmt: skip
    assert report.charge is not None
    # (24 - 15 - 2.998)/2
    assert report.charge.valence == pytest.approx(3.001, abs=5e-4)
    assert report.density == pytest.approx(3.156, abs=2e-3)
    shortest = {pair.elements: pair.distance for pair in report.shortest}
    assert shortest["O", "V"] == pytest.approx(1.9693, abs=1.5e-3)
    assert shortest["O", "P"] == pytest.approx(1.5227, abs=1.5e-3)


def test_a_superstructure_is_not_its_parent() -> None:
    # Relaxed Na2VP is C2/c within 0.25 Å, but its atoms are those of P2_1/c.
    report = navp.check_symmetry("na2vp-computed")
    assert report.passed
    assert report.window == (1e-4, 0.2)
    assert (report.parent, report.parent_symprec) == ("C2/c", 0.25)
    assert (
        "holds up to 0.2 Å; from 0.25 Å on a loose tolerance shows the higher C2/c"
        in messages(report, "note")
    )


def test_a_parent_is_not_a_superstructure(na3vp: Phase) -> None:
    # The same atoms declared in a subgroup: spglib sees more at every tolerance.
    small = SpaceGroup.from_name("R -3:H")
    full = na3vp.space_group
    sites = []
    for site in na3vp.sites:
        sites.append(replace(site, wyckoff=None))
        if site.label in ("V1", "Na1", "O1", "O2"):
            x, y, z = site.fract
            # the twofold axis that R -3 lacks: y, x, -z + 1/2
            sites.append(replace(site, wyckoff=None, fract=(y, x, 0.5 - z)))
    phase = replace(na3vp, space_group=small, sites=tuple(sites), expected=Expected())
    report = navp.check_symmetry(phase)
    assert not report.passed
    assert report.window is None
    assert "at no tolerance the operations of the declared R -3:H" in messages(report, "error")
    assert report.scan[0].symbol == "R-3c"
    assert full.number == 167


def test_a_wrong_origin_is_seen(na3vp: Phase) -> None:
    moved = tuple(
        replace(s, fract=(s.fract[0], s.fract[1], s.fract[2] + 0.05), wyckoff=None)
        for s in na3vp.sites
    )
    report = navp.check_symmetry(replace(na3vp, sites=moved, expected=Expected()))
    assert not report.passed


def test_rounded_coordinates_open_the_window_later() -> None:
    cell = UnitCell(a=5.0, b=5.0, c=5.0)
    sites = (
        Site(label="Fe1", species=(Species(symbol="Fe", label="Fe1"),), fract=(0, 0, 0)),
        Site(label="S1", species=(Species(symbol="S", label="S1"),), fract=(0.5, 0.5, 0.501)),
    )
    group = SpaceGroup.from_name("P 4/m m m")
    # 0.501 is 0.005 Å off the mirror plane, and is idealised onto it.
    phase = Phase(id="x", cell=cell, space_group=group, sites=sites, formula="FeS")
    report = navp.check_symmetry(phase)
    assert report.scan[0].relation == "higher"
    assert not report.passed


def test_wrong_wyckoff_letter_is_a_warning(na3vp: Phase) -> None:
    sites = (replace(na3vp.sites[0], wyckoff="d"), *na3vp.sites[1:])
    report = navp.check_symmetry(replace(na3vp, sites=sites))
    assert report.passed
    assert "Wyckoff letter of V1 is declared d" in messages(report, "warning")


def test_formula_and_charge(na3vp: Phase) -> None:
    report = navp.check_symmetry(replace(na3vp, formula="NaV2(PO4)3"))
    assert (
        "the sites hold 2.998 Na per formula unit, the formula NaV2(PO4)3 says 1"
        in messages(report, "error")
    )
    empty = tuple(s for s in na3vp.sites if s.label != "P1")
    report = navp.check_symmetry(replace(na3vp, sites=empty, expected=Expected()))
    assert "charge balance needs V of valence +10.50" in messages(report, "warning")


def test_atoms_on_top_of_each_other(na3vp: Phase) -> None:
    near = replace(na3vp.sites[4], label="O9", fract=(0.16, 0.49, 0.08))
    report = navp.check_symmetry(replace(na3vp, sites=(*na3vp.sites, near)))
    assert "apart and both filled" in messages(report, "error")


def test_tensors_that_break_their_site_symmetry(na3vp: Phase) -> None:
    v1 = replace(na3vp.sites[0], u_aniso=(0.006, 0.009, 0.008, 0.003, 0.001, 0.0))
    assert max(su or 0 for su in v1.u_aniso_su or ()) < 0.001
    report = navp.check_symmetry(replace(na3vp, sites=(v1, *na3vp.sites[1:])))
    assert "U_ij of V1 miss their site symmetry" in messages(report, "warning")
    v1 = replace(na3vp.sites[0], u_aniso=(-0.006, -0.006, 0.008, -0.003, 0.0, 0.0))
    report = navp.check_symmetry(replace(na3vp, sites=(v1, *na3vp.sites[1:])))
    assert "U_ij of V1 are not positive definite" in messages(report, "warning")


@pytest.mark.parametrize(
    ("expected", "sentence"),
    [
        (Expected(space_group="R -3 m:H"), "the space group is R -3 c:H, expected R -3 m:H"),
        (Expected(space_group="nonsense"), "unknown space group"),
        (Expected(volume_per_formula_unit=240.0), "V/Z is 239.7887, expected 240"),
        (Expected(density=3.0), "density is 3.15"),
        (Expected(d=(ExpectedSpacing(hkl=(0, 1, 2), d=6.0),)), "d\\(0 1 2\\) is 6.2121 Å"),
        (Expected(bonds=(ExpectedBond(sites=("V1", "O1"), distance=2.2),)),
         "no distance V1-O1 of 2.2000 Å: 2.0271 Å is the nearest"),
        (Expected(bonds=(ExpectedBond(sites=("V1", "X9"), distance=2.2),)), "there is none"),
    ],
)  # fmt: skip
def test_expected_values_are_checked(na3vp: Phase, expected: Expected, sentence: str) -> None:
    report = navp.check_symmetry(replace(na3vp, expected=expected))
    assert not report.passed
    import re

    assert re.search(sentence, messages(report, "error"))


def test_cell_only_phase() -> None:
    report = navp.check_symmetry("na3vp-alpha")
    assert report.passed
    assert report.scan == ()
    assert "cell only" in messages(report, "note")
    alpha = navp.load("na3vp-alpha")
    broken = replace(alpha, expected=Expected(volume_per_formula_unit=1.0))
    assert not navp.check_symmetry(broken).passed


def test_json_and_text() -> None:
    report = navp.check_symmetry("NZSP")
    content = report.to_dict()
    assert content["schema"] == {"name": "navp.check", "version": 1}
    assert content["results"]["passed"] is True
    assert content["results"]["window"] == [1e-4, 0.3]
    text = report.to_text()
    assert text.splitlines()[0] == "nzsp-300k: measured"
    assert text.endswith("passed")
    assert "<pre>" in report._repr_html_()


def test_models_say_so_in_the_report() -> None:
    report = navp.check_symmetry("NaVP")
    assert "model: no cell edges" in repr(report)
    assert report.to_text().startswith("navp-model: model: ")
    assert report.to_line().startswith("navp-model        model ")


def test_metals_and_alloys_get_no_charge_balance() -> None:
    site = Site(label="Pt1", species=(Species(symbol="Pt", label="Pt1"),), fract=(0, 0, 0))
    cell = UnitCell(a=3.92, b=3.92, c=3.92)
    group = SpaceGroup.from_name("F m -3 m")
    phase = Phase(
        id="pt", cell=cell, space_group=group, sites=(site,), formula="Pt", formula_units=4
    )
    report = navp.check_symmetry(phase)
    assert report.charge is None
    assert report.findings == ()


def test_rounded_tensors_are_no_warning(na3vp: Phase) -> None:
    # As printed, to five decimals: U12 misses U11/2 by half a unit.
    printed = (0.00643, 0.00643, 0.00784, 0.00321, 0.0, 0.0)
    for su in (None, (7e-5, 7e-5, 1e-4, 4e-5, None, None)):
        v1 = replace(na3vp.sites[0], u_aniso=printed, u_aniso_su=su)
        report = navp.check_symmetry(replace(na3vp, sites=(v1, *na3vp.sites[1:])))
        assert report.findings == ()


def test_a_shifted_structure_of_general_positions_is_caught() -> None:
    phase = navp.load("Na2VP")
    moved = tuple(
        replace(
            s, fract=(s.fract[0] + 0.05, s.fract[1] + 0.05, s.fract[2] + 0.05), wyckoff=None
        )
        for s in phase.sites
        if not s.label.startswith("Na1")
    )
    report = navp.check_symmetry(replace(phase, sites=moved, formula=None))
    assert "their covalent radii add up to" in messages(report, "error")


def test_a_declared_multiplicity_is_compared(na3vp: Phase) -> None:
    off = replace(na3vp.sites[1], fract=(0.33, 0.67, 0.17))
    sites = (na3vp.sites[0], off, *na3vp.sites[2:])
    report = navp.check_symmetry(replace(na3vp, sites=sites))
    assert "Na1 has 36 positions, the source says 6" in messages(report, "error")


def test_a_formula_that_cannot_be_read_is_said(na3vp: Phase) -> None:
    report = navp.check_symmetry(replace(na3vp, formula="Na3V2(PO4)3 . x H2O"))
    assert "were not compared with the formula Na3V2(PO4)3 . x H2O" in messages(report, "note")
    report = navp.check_symmetry(replace(na3vp, formula_units=None, expected=Expected()))
    assert report.passed


def test_negative_displacement_is_a_warning(na3vp: Phase) -> None:
    sites = (replace(na3vp.sites[0], u_iso=-0.01), *na3vp.sites[1:])
    assert "U_iso of V1 is negative" in messages(
        navp.check_symmetry(replace(na3vp, sites=sites)), "warning"
    )


def scattered(count: int, group: str = "P 1") -> Phase:
    """Return a phase with sites on general positions of a large cell, two kinds of them."""
    rng = np.random.default_rng(5)
    species = [
        (
            Species(symbol="Na", label="Na", occupancy=0.5),
            Species(symbol="K", label="K", occupancy=0.2),
        ),
        (Species(symbol="O", label="O"),),
        (Species(symbol="O", label="O", occupancy=0.4),),
    ]
    sites = tuple(
        Site(label=f"x{n}", species=species[n % 3], fract=tuple(place.tolist()))
        for n, place in enumerate(rng.uniform(0.05, 0.45, (count, 3)))
    )
    cell = UnitCell(a=21.0, b=23.0, c=25.0)
    return Phase(id="x", cell=cell, space_group=SpaceGroup.from_name(group), sites=sites)


def test_general_positions_are_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    find = spglib_symmetry.find_symmetry
    monkeypatch.setattr(
        spglib_symmetry, "find_symmetry", lambda *a: calls.append(a) or find(*a)
    )
    assert spglib_symmetry.wyckoff_letters(scattered(40, "P 2/m")) == ("o",) * 40
    assert len(calls) == 1


def test_special_positions_are_searched_each(na3vp: Phase) -> None:
    letters = spglib_symmetry.wyckoff_letters(na3vp)
    assert letters == ("c", "b", "e", "e", "f", "f")


def test_shortest_distances_are_those_of_all_pairs() -> None:
    phase = scattered(60)
    pairs = distances.neighbours(phase, 5.0)
    best: dict[tuple[str, ...], tuple[bool, float]] = {}
    for centre, other, distance in zip(pairs.centre, pairs.other, pairs.distance, strict=True):
        one, two = phase.sites[centre], phase.sites[other]
        together = one.occupancy + two.occupancy > 1.0 + 1e-6
        for a in one.elements:
            for b in two.elements:
                key = tuple(sorted((a, b)))
                found = (not together, float(distance))
                best[key] = min(best.get(key, found), found)
    found = {
        d.elements: (not d.together, d.distance) for d in distances.shortest_distances(phase)
    }
    assert found == best
    assert len(found) == 6


def test_very_many_atoms_are_told_not_to_be_searched(
    na3vp: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(symmetry, "LARGEST_SEARCH", 125)
    # 6 + 18 + 12 + 18 + 36 + 36 = 126 positions
    report = navp.check_symmetry(na3vp)
    assert report.scan == ()
    assert "their symmetry was not searched" in messages(report, "note")
    assert len(report.sites) == 6
    monkeypatch.setattr(symmetry, "LARGEST_SEARCH", 126)
    assert navp.check_symmetry(na3vp).window is not None
