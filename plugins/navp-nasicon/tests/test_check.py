"""The check on NASICON phases, on other frameworks, on broken ones, and on unrelated phases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from navp_nasicon import axes, framework, nasicon, navp_checks

import navp_structures as navp
from navp_structures import Finding, Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.io.phase_folder import phase_sources

FOLDER = Path(str(files("navp_nasicon") / "phases"))
RELATIVES = {source.id: source for source in phase_sources(FOLDER)}
# Lantern units in the cell, who ends them, who joins them, and along which row they are.
NASICONS = {
    "na3vp-rt": (6, "V1–V1 joined by 3 P1", "[0 0 1]"),
    "na3vp-gamma": (6, "V1–V1 joined by 3 P1", "[0 0 1]"),
    "na3vp-ordered": (4, "V2–V2 joined by 2 P3, P4", "[1 0 3]"),
    "na2vp-a": (4, "V1–V2 joined by P1, P2, P3", "[-1 0 1]"),
    "na2vp-b": (4, "V1–V2 joined by P1, P2, P3", "[-1 0 1]"),
    "na2vp-computed": (4, "V1–V2 joined by P1, P2, P3", "[-1 0 1]"),
    "navp-model": (6, "V1–V1 joined by 3 P1", "[0 0 1]"),
    "navp-computed": (6, "V1–V1 joined by 3 P1", "[0 0 1]"),
    "nzsp-300k": (6, "Zr1–Zr1 joined by 3 Si1/P1", "[0 0 1]"),
    "nzsp-monoclinic": (4, "Zr1–Zr1 joined by P1, 2 Si1", "[1 0 3]"),
    "nazr2p3o12": (6, "Zr1–Zr1 joined by 3 P1", "[0 0 1]"),
    "nati2p3o12-25c": (6, "Ti1–Ti1 joined by 3 P1", "[0 0 1]"),
    "namo2p3o12": (6, "Mo1–Mo1 joined by 3 P1", "[0 0 1]"),
    "na4fe2p3o12-293k": (6, "Fe1–Fe1 joined by 3 P1", "[0 0 1]"),
    "namnfep3o12-293k": (6, "Fe1/Mn1–Fe1/Mn1 joined by 3 P1", "[0 0 1]"),
    "nzsp-ordered": (4, "Zr1–Zr1 joined by P1, 2 Si1", "[1 0 3]"),
}


def load(name: str) -> Phase:
    return RELATIVES[name].load() if name in RELATIVES else navp.load(name)


def crystal(symbol: str, cell: tuple[float, ...], **atoms: tuple[float, ...]) -> Phase:
    keys = ("a", "b", "c", "alpha", "beta", "gamma")
    sites = tuple(
        Site(
            label=label,
            species=(Species(symbol=label.rstrip("0123456789"), label=label),),
            fract=(fract[0], fract[1], fract[2]),
        )
        for label, fract in atoms.items()
    )
    return Phase(
        id="x",
        cell=UnitCell(**dict(zip(keys, cell, strict=False))),
        space_group=SpaceGroup.from_name(symbol),
        sites=sites,
    )


def one(phase: Phase) -> Finding:
    (finding,) = nasicon(phase)
    return finding


def is_nasicon(finding: Finding) -> bool:
    """Return what a finding says of the framework; there is no third answer."""
    yes = finding.message.startswith("NASICON framework: ")
    assert yes or finding.message.startswith("no NASICON framework: "), finding.message
    assert finding.level == "note"
    return yes


def without(phase: Phase, label: str) -> Phase:
    kept = tuple(site for site in phase.sites if site.label != label)
    assert len(kept) == len(phase.sites) - 1
    return replace(phase, sites=kept)


def changed(phase: Phase, label: str, change: Callable[[Site], Site]) -> Phase:
    assert label in {site.label for site in phase.sites}
    sites = tuple(change(site) if site.label == label else site for site in phase.sites)
    return replace(phase, sites=sites)


def with_element(symbol: str) -> Callable[[Site], Site]:
    return lambda site: replace(site, species=(replace(site.species[0], symbol=symbol),))


def in_p1(phase: Phase) -> Phase:
    """Return the phase with every atom of the cell as a site of its own."""
    sites = tuple(
        Site(
            label=atom.label,
            species=(Species(symbol=atom.element.name, label=atom.label),),
            fract=tuple(atom.fract.tolist()),
        )
        for atom in phase.to_gemmi().get_all_unit_cell_sites()
    )
    return replace(phase, space_group=SpaceGroup.from_name("P 1"), sites=sites)


@pytest.mark.parametrize("name", NASICONS)
def test_every_nasicon_is_recognised(name: str) -> None:
    number, units, row = NASICONS[name]
    finding = one(load(name))
    assert finding.level == "note"
    start = (
        f"NASICON framework: {number} lantern units in the cell, 1 per formula unit ({units})"
    )
    assert finding.message.startswith(start)
    assert finding.message.endswith(row)
    assert finding.value == 1.0


def test_all_phases_with_sites_are_among_them() -> None:
    core = {row.id for row in navp.phases() if row.provider == "navp"}
    with_sites = {name for name in core if navp.load(name).has_sites}
    assert with_sites | set(RELATIVES) == set(NASICONS)
    assert core - with_sites == {"na3vp-alpha"}


def test_the_answer_is_the_same_each_time() -> None:
    assert one(load("na2vp-a")) == one(load("na2vp-a"))


def test_lanterns_of_a_distorted_phase_are_parallel_within_a_little() -> None:
    assert "all parallel within 0.2°, 0.4° from [-1 0 1]" in one(load("na2vp-a")).message
    assert one(load("na3vp-rt")).message.endswith("all along [0 0 1]")


def test_without_formula_units_lanterns_are_those_of_the_cell() -> None:
    finding = one(replace(load("na3vp-rt"), formula_units=None))
    assert "6 lantern units in the cell (V1" in finding.message
    assert finding.value == 6.0


def test_what_fills_the_cavities_is_nobody_s_business() -> None:
    assert is_nasicon(one(without(load("na3vp-rt"), "Na1")))
    # Na1 shares faces with Fe1. NaO6 of this phase is an octahedron by its elongation (1.10),
    # so another element there is told from Fe by the faces alone.
    phase = load("na4fe2p3o12-293k")
    assert is_nasicon(one(changed(phase, "Na1", with_element("La"))))
    assert is_nasicon(one(changed(phase, "Na1", with_element("Mg"))))


def test_the_description_does_not_matter() -> None:
    # All 108 atoms in P 1: labels come back twelve times, what they mean does not.
    finding = one(in_p1(without(without(load("na3vp-rt"), "Na1"), "Na2")))
    assert finding.level == "note"
    assert finding.message.startswith("NASICON framework: 6 lantern units in the cell")
    assert finding.message.endswith("all along [0 0 1]")


def test_garnet_has_the_corners_but_no_lantern() -> None:
    # Grossular, Hazen & Finger, Am. Mineral. 63 (1978) 297. Al on 16a: six corners with SiO4,
    # each SiO4 four with AlO6, as in NASICON.
    finding = one(
        crystal(
            "I a -3 d",
            (11.864, 11.864, 11.864),
            Ca=(0.125, 0, 0.25),
            Al=(0, 0, 0),
            Si=(0.375, 0, 0.25),
            O=(0.038, 0.045, 0.6518),
        )
    )
    assert (finding.level, finding.value, finding.expected) == ("note", 0, 8)
    assert finding.message == (
        "no NASICON framework: 16 of 16 octahedra in the cell end no lantern unit (Al)"
    )


def test_olivine_shares_edges() -> None:
    # Forsterite, Hazen, Am. Mineral. 61 (1976) 1280.
    finding = one(
        crystal(
            "P b n m",
            (4.752, 10.193, 5.977),
            Si=(0.4262, 0.0940, 0.25),
            Mg1=(0, 0, 0),
            Mg2=(0.9915, 0.2774, 0.25),
            O1=(0.7657, 0.0913, 0.25),
            O2=(0.2215, 0.4474, 0.25),
            O3=(0.2777, 0.1628, 0.0331),
        )
    )
    assert not is_nasicon(finding)
    assert "Si shares an edge with Mg1" in finding.message
    assert finding.message.endswith("more")


def test_lanterns_in_several_directions_are_no_nasicon() -> None:
    # Made up: regular octahedra and tetrahedra that share corners, found by computer with the
    # symmetry of langbeinite. Its lanterns are on the four threefold axes: 70.5° apart.
    cubic = crystal(
        "P 21 3",
        (9.918, 9.918, 9.918),
        Mg1=(0.3591, 0.3591, 0.3591),
        Mg2=(0.0965, 0.0965, 0.0965),
        S1=(0.2886, 0.3675, 0.0412),
        O1=(0.2532, 0.5936, 0.6941),
        O2=(0.7280, 0.4974, 0.7842),
        O3=(0.4461, 0.2699, 0.5152),
        O4=(0.9474, 0.1503, 0.9713),
    )
    finding = one(cubic)
    assert (finding.level, finding.value, finding.expected) == ("note", 4, 4)
    assert finding.message == (
        "no NASICON framework: its lantern units point in 4 directions up to 71° apart, those "
        "of NASICON are parallel"
    )


def test_lanterns_in_a_zigzag_are_no_nasicon() -> None:
    # Made up in the same way, with the symmetry of Sc2(WO4)3: lanterns inclined by turns in two
    # directions, as in the monoclinic ("anti-NASICON") phosphates of Li.
    finding = one(
        crystal(
            "P b c n",
            (9.170, 11.864, 9.603),
            Sc1=(0.8430, 0.3736, 0.4289),
            P1=(0, 0.6029, 0.25),
            P2=(0.2612, 0.1292, 0.9013),
            O1=(0.1936, 0.1534, 0.7490),
            O2=(0.4380, 0.1396, 0.8770),
            O3=(0.7353, 0.4958, 0.5592),
            O4=(0.0650, 0.6726, 0.3761),
            O5=(0.8702, 0.5224, 0.3111),
            O6=(0.7280, 0.2965, 0.9619),
        )
    )
    assert (finding.level, finding.value, finding.expected) == ("note", 4, 4)
    assert "lantern units point in 2 directions" in finding.message


@pytest.mark.parametrize(
    ("name", "label", "sentence"),
    [
        # A V has two corners with P4 and four with P3: in C2/c a lantern is 2 P3 and P4.
        ("na3vp-ordered", "P4", "V2 shares 4 corners with tetrahedra, not 6"),
        ("na3vp-ordered", "P3", "V2 shares 2 corners with tetrahedra, not 6"),
        ("na3vp-ordered", "P3", "it extends in 1 dimension, not in 3"),
        ("na3vp-ordered", "P4", "8 of 8 octahedra in the cell end no lantern unit (V2)"),
        # Each V2 is the other end of a lantern of V1.
        ("na2vp-a", "V1", "P2 shares 1 corner with octahedra, not 4"),
        # O12 is one of six around V1 and of four around P2: neither is a polyhedron any more.
        ("na2vp-a", "O12", "V2 shares 5 corners with tetrahedra, not 6"),
        ("na2vp-a", "O12", "it extends in 2 dimensions, not in 3"),
    ],
)
def test_a_missing_atom_breaks_it(name: str, label: str, sentence: str) -> None:
    finding = one(without(load(name), label))
    assert not is_nasicon(finding)
    missing = list_of_missing(without(load(name), label))
    assert any(sentence in text for text in missing), missing


def list_of_missing(phase: Phase) -> list[str]:
    from navp_nasicon.check import _missing

    found = framework.framework_of(phase)
    assert found is not None
    return list(_missing(found))


def test_a_tetrahedron_of_another_kind_breaks_it() -> None:
    # Na on a position of P: three of four PO4 around V1 and V2 remain.
    finding = one(changed(load("na2vp-a"), "P1", with_element("Na")))
    assert not is_nasicon(finding)
    assert "end no lantern unit (V1, V2)" in finding.message


def test_a_displaced_atom_breaks_it() -> None:
    def moved(site: Site) -> Site:
        x, y, z = site.fract
        return replace(site, fract=(x + 0.05, y + 0.12, z + 0.10))

    finding = one(changed(load("na2vp-a"), "O1", moved))
    assert finding.message.startswith("no NASICON framework: ")


def test_a_long_list_is_cut() -> None:
    finding = one(without(load("na2vp-a"), "V1"))
    assert finding.message.count(";") == 3
    assert finding.message.endswith("; and 2 more")


UNRELATED = {
    "rock salt": crystal("F m -3 m", (4.2, 4.2, 4.2), Mg=(0, 0, 0), O=(0.5, 0.5, 0.5)),
    "perovskite": crystal(
        "P m -3 m", (4.0, 4.0, 4.0), Ti=(0, 0, 0), Sr=(0.5, 0.5, 0.5), O=(0.5, 0, 0)
    ),
    "rutile": crystal("P 42/m n m", (4.6, 4.6, 2.95), V=(0, 0, 0), O=(0.305, 0.305, 0)),
    "diamond type": crystal("F d -3 m", (5.4, 5.4, 5.4), Si=(0.125, 0.125, 0.125)),
    "gold": crystal("F m -3 m", (4.1, 4.1, 4.1), Au=(0, 0, 0)),
    "LaB6": crystal("P m -3 m", (4.2, 4.2, 4.2), La=(0, 0, 0), B=(0.2, 0.5, 0.5)),
    "cristobalite": crystal("F d -3 m", (7.2, 7.2, 7.2), Si=(0.125, 0.125, 0.125), O=(0, 0, 0)),
}


@pytest.mark.parametrize("name", UNRELATED)
def test_nothing_is_said_of_unrelated_phases(name: str) -> None:
    assert list(nasicon(UNRELATED[name])) == []


def test_nothing_is_said_of_a_cell_without_sites() -> None:
    assert list(nasicon(navp.load("na3vp-alpha"))) == []


def test_nothing_is_said_where_octahedra_or_tetrahedra_are_missing() -> None:
    phase = load("na3vp-rt")
    for label in ("V1", "P1", "O1"):
        assert list(nasicon(without(phase, label))) == []


def test_a_phase_that_cannot_be_judged_is_a_note() -> None:
    # P has no O within reach: 100 Å away is the next one.
    far = crystal("P 1", (100, 100, 100), V=(0, 0, 0), P=(0.5, 0.5, 0.5), O=(0.02, 0, 0))
    finding = one(far)
    assert finding.level == "note"
    assert finding.message.startswith("not compared with a NASICON framework: ")


def test_too_many_sites_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framework, "MOST_SITES", 1)
    finding = one(load("na3vp-rt"))
    assert finding.level == "note"
    assert finding.message.endswith("2 sites to look at are more than 1")


def test_the_finding_joins_those_of_the_package() -> None:
    (check,) = navp_checks()
    assert check.name == "nasicon"
    report = navp.check_symmetry("Na3VP", checks=[check])
    assert report.passed
    (finding,) = (found for found in report.findings if found.check == "nasicon")
    assert finding.level == "note"


def test_axes_have_no_sense() -> None:
    x, y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 2.0, 0.0])
    assert axes.angle_between(x, -x) == 0.0
    assert axes.angle_between(x, y) == 90.0
    assert axes.spread([x, -x, x + y / 2]) == pytest.approx(45.0)
    assert axes.spread([x]) == 0.0
    assert len(axes.directions([x, -x, y, x + y / 2], 20.0)) == 3


def test_rows_of_the_lattice_by_hand() -> None:
    # a = 4, c = 2: [1 0 2] is at 45° from a.
    matrix = np.diag([4.0, 4.0, 2.0])
    assert axes.lattice_direction(np.array([-1.0, 0.0, -1.0]), matrix) == (1, 0, 2)
    assert axes.lattice_direction(np.array([0.0, -3.0, 0.0]), matrix) == (0, 1, 0)
    assert axes.lattice_direction(np.array([1.0, 0.1, 9.0]), matrix) is None
