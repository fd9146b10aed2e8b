"""Polyhedra of phases: hand-made ones with known numbers, disorder, refusals."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

import pytest

import navp_structures as navp
from navp_structures.errors import InputError, NoSitesError, UnknownPhaseError
from navp_structures.show.tables import json_text

P1 = navp.SpaceGroup.from_name("P 1")
BOX = navp.UnitCell(
    a=12, b=12, c=12, a_su=0.0, b_su=0.0, c_su=0.012, alpha_su=0, beta_su=0, gamma_su=0
)


def atom(
    label: str,
    place: tuple[float, float, float],
    *species: tuple[str, float],
    su: float | None = None,
) -> navp.Site:
    """Return a site at a position in Å from the middle of the box."""
    kinds = species or ((label.rstrip("0123456789"), 1.0),)
    return navp.Site(
        label=label,
        species=tuple(
            navp.Species(symbol=symbol, label=f"{symbol}x" if len(kinds) > 1 else label,
                         occupancy=occupancy)
            for symbol, occupancy in kinds
        ),
        fract=(0.5 + place[0] / 12, 0.5 + place[1] / 12, 0.5 + place[2] / 12),
        fract_su=(None if su is None else su / 12,) * 3,
    )  # fmt: skip


def phase(*sites: navp.Site, name: str = "x", cell: navp.UnitCell = BOX) -> navp.Phase:
    return navp.Phase(id=name, cell=cell, space_group=P1, sites=sites)


ALONG = [(2, 0, 0), (-2, 0, 0), (0, 2, 0), (0, -2, 0), (0, 0, 2.4), (0, 0, -2.4)]
OCTAHEDRON = tuple(atom(f"O{n}", place) for n, place in enumerate(ALONG))  # type: ignore[arg-type]
V = atom("V1", (0, 0, 0))


def test_elongated_octahedron_by_hand() -> None:
    # Bonds 2.0 × 4 and 2.4 × 2: mean 12.8 / 6. Volume 4/3 × 2 × 2 × 2.4 = 12.8.
    # Baur: (4 × 0.1333 + 2 × 0.2667) / 6 / 2.1333 = 1/12.
    # l0 = (12.8 × 3/4)^(1/3) = 9.6^(1/3); λ = (4 × 4 + 2 × 5.76) / 6 / 9.6^(2/3).
    (row,) = navp.polyhedra(phase(V, *OCTAHEDRON)).rows
    assert row.coordination == row.by_gap == row.by_solid_angle == 6
    assert row.mean_bond == pytest.approx(12.8 / 6)
    assert row.volume == pytest.approx(12.8)
    assert row.distortion_index == pytest.approx(1 / 12)
    assert row.quadratic_elongation == pytest.approx(27.52 / 6 / 9.6 ** (2 / 3))
    assert row.bond_angle_variance == pytest.approx(0.0, abs=1e-9)
    assert row.centre_offset == pytest.approx(0.0, abs=1e-9)
    assert row.centroid_offset == pytest.approx(0.0, abs=1e-9)
    assert [(bond.multiplicity, bond.ligand) for bond in row.bonds] == [(1, f"O{n}") for n in
                                                                        range(6)]  # fmt: skip


def test_su_by_hand() -> None:
    # Every coordinate ± 0.01 Å, c ± 0.012 of 12 Å: 0.001 relative.
    # A bond in the plane: centre and ligand, 0.01 √2. Along c: also 2.4 × 0.001.
    # Mean: the centre cancels by symmetry; six ligands of 0.01, and c: 4.8 × 0.001 / 6.
    # Volume: gradient by a ligand in the plane 12.8 / 3 / (2 × 2) each way... each pair of
    # axes: V = 4/3 a b c with half-axes, dV/da = 12.8 / 2, shared by two ligands.
    sites = [replace(site, fract_su=(0.01 / 12,) * 3) for site in (V, *OCTAHEDRON)]
    (row,) = navp.polyhedra(phase(*sites)).rows
    flat = 0.01 * math.sqrt(2)
    assert row.bonds[0].length_su == pytest.approx(flat)
    assert row.bonds[-1].length_su == pytest.approx(math.hypot(flat, 0.0024))
    assert row.mean_bond_su == pytest.approx(math.hypot(0.01 / math.sqrt(6), 0.0008))
    # Half-axes a, b, c of su 0.01 / √2 each (two ligands), c also of 0.0024.
    half = 0.01 / math.sqrt(2)
    by_axis = [12.8 / 2 * half, 12.8 / 2 * half, 12.8 / 2.4 * math.hypot(half, 0.0024)]
    assert row.volume_su == pytest.approx(math.hypot(*by_axis))


def test_without_su_there_is_none_and_a_sentence_says_so() -> None:
    result = navp.polyhedra(phase(V, *OCTAHEDRON))
    (row,) = result.rows
    assert row.volume_su is row.mean_bond_su is row.bonds[0].length_su is None
    assert any("no su" in note for note in result.notes)
    rough = replace(phase(V, *OCTAHEDRON), site_error={"V": 0.1, "O": 0.1})
    result = navp.polyhedra(rough)
    assert result.rows[0].bonds[0].length_su == pytest.approx(0.1 * math.sqrt(2))
    assert any("expected errors" in note for note in result.notes)


def test_na3vp_of_the_issue() -> None:
    (row,) = navp.polyhedra("Na3VP", centre="V", ligand="O").rows
    assert row.volume == pytest.approx(10.55, abs=0.01)
    assert row.mean_bond == pytest.approx(1.998, abs=5e-4)
    assert row.multiplicity == 12
    assert row.bond_valence_sum == pytest.approx(3.0, abs=0.1)
    assert row.valence == 3.0


def test_every_curated_structure_with_each_table() -> None:
    for summary in navp.phases():
        if not navp.load(summary.id).has_sites:
            continue
        elements = navp.load(summary.id).structure.composition.chemical_system.split("-")
        centres = [element for element in elements if element != "O"]
        for table in ("gagne-hawthorne-2015", "brown-altermatt-1985", "brese-okeeffe-1991"):
            for row in navp.polyhedra(summary.id, centres, table=table):
                assert row.bond_valence_sum is not None
                if row.centre[0] in "VZPS":
                    assert row.coordination == (4 if row.centre[0] in "PS" else 6)
                    assert row.by_gap == row.by_solid_angle
                    # The Si–O of Hong's proposed sites, 1.54 to 1.59 Å, are too short.
                    slack = 0.26 if summary.id == "nzsp-monoclinic" else 0.13
                    assert row.bond_valence_sum == pytest.approx(row.valence, rel=slack)


def test_mixed_site_is_one_polyhedron_with_mean_valence() -> None:
    (row,) = navp.polyhedra("NZSP", "Si").rows
    assert row.centre == "Si1/P1"
    assert row.occupancy == pytest.approx(0.7833)
    # 0.7833 × 4 + 0.2167 × 5.
    assert row.valence == pytest.approx(4.2167)
    (same,) = navp.polyhedra("NZSP", ["Si", "P"]).rows
    assert same.volume == row.volume
    assert same.occupancy == pytest.approx(1.0)


def test_oxidation_states_choose_the_parameters() -> None:
    first, second = navp.polyhedra("na2vp-a").rows
    assert (first.valence, second.valence) == (3.0, 4.0)
    forced = navp.polyhedra("na2vp-a", valences={"V": 5, "V2": 3}).rows
    assert [row.valence for row in forced] == [5.0, 3.0]
    assert {(item.cation, item.valence) for item in forced[0].parameters} == {("V", 5)}


def test_charge_of_the_cif_chooses_too() -> None:
    charged = replace(V, species=(navp.Species(symbol="V4+", label="V1"),))
    (row,) = navp.polyhedra(phase(charged, *OCTAHEDRON)).rows
    assert row.valence == 4.0


def test_a_pair_that_no_table_has_leaves_the_rest() -> None:
    sulfur = [replace(s, species=(navp.Species(symbol="S", label=s.label),))
              for s in OCTAHEDRON]  # fmt: skip
    result = navp.polyhedra(phase(V, *sulfur), ligand="S")
    (row,) = result.rows
    assert row.volume == pytest.approx(12.8)
    assert row.bond_valence_sum is row.valence is None
    assert any(
        "no bond-valence sum, the table" in note and "has no V with S" in note
        for note in result.notes
    )


def test_split_ligand_is_one_vertex_at_its_mean() -> None:
    halves = [atom("O8", (0.3, 0, 2.4), ("O", 0.5)), atom("O9", (-0.3, 0, 2.4), ("O", 0.5))]
    result = navp.polyhedra(phase(V, *OCTAHEDRON[:4], OCTAHEDRON[5], *halves))
    (row,) = result.rows
    assert row.coordination == 6
    assert row.volume == pytest.approx(12.8)
    assert any("split ligand, up to 0.60 Å apart" in note for note in result.notes)
    # The bond is as long as both are, not as short as the way to the middle, 2.4 Å.
    assert row.bonds[-1].ligand == "O8/O9"
    assert row.bonds[-1].length == pytest.approx(math.hypot(0.3, 2.4))
    assert row.mean_bond == pytest.approx((4 * 2.0 + 2.4 + math.hypot(0.3, 2.4)) / 6)
    # Each half counts half in the sum, at its own distance.
    lengths = [2.0] * 4 + [2.4] + [math.hypot(0.3, 2.4)]
    parameter = row.parameters[0]
    assert row.bond_valence_sum == pytest.approx(
        sum(math.exp((parameter.r0 - length) / parameter.b) for length in lengths)
    )


def test_su_of_a_split_bond_by_hand() -> None:
    # Half of each alternative's direction, and for the centre their sum, along z alone:
    # 0.01 sqrt(1/4 + 1/4 + (2.4 / 2.41868)²).
    halves = [atom(f"O{n}", (x, 0, 2.4), ("O", 0.5), su=0.01) for n, x in ((8, 0.3), (9, -0.3))]
    rest = [atom(f"O{n}", place, su=0.01) for n, place in enumerate(ALONG)]  # type: ignore[arg-type]
    centre = atom("V1", (0, 0, 0), su=0.01)
    still = replace(BOX, c_su=0.0, a_su=0.012)
    (row,) = navp.polyhedra(phase(centre, *rest[:4], rest[5], *halves, cell=still)).rows
    along_z = 0.01 * math.sqrt(0.5 + (2.4 / math.hypot(0.3, 2.4)) ** 2)
    # a ± 0.001 relative moves both by x² / length.
    assert row.bonds[-1].length_su == pytest.approx(
        math.hypot(along_z, 0.001 * 0.3**2 / math.hypot(0.3, 2.4))
    )


def test_alternatives_that_may_be_joined_otherwise_are_said_to_be() -> None:
    # A square of four half atoms, 0.8 Å apart: two and two, but which?
    square = [
        atom(f"O{n}", (x, y, 2.4), ("O", 0.5))
        for n, (x, y) in enumerate([(0.4, 0.4), (0.4, -0.4), (-0.4, -0.4), (-0.4, 0.4)], 6)
    ]
    result = navp.polyhedra(phase(V, *OCTAHEDRON[:4], OCTAHEDRON[5], *square))
    assert any("belong together is not told" in note for note in result.notes)
    pair = navp.polyhedra(phase(V, *OCTAHEDRON[:4], OCTAHEDRON[5], *square[:2]))
    assert not any("belong together" in note for note in pair.notes)


def test_the_coordinate_that_fixes_the_origin_is_exact() -> None:
    # P 1: one atom has no su at all. The bonds have those of their ligands.
    rest = [atom(f"O{n}", place, su=0.01) for n, place in enumerate(ALONG)]  # type: ignore[arg-type]
    exact = replace(BOX, a_su=1e-9, c_su=0.0)
    result = navp.polyhedra(phase(V, *rest, cell=exact))
    assert result.rows[0].bonds[0].length_su == pytest.approx(0.01)
    assert "x: x, y, z of V1 fixes the origin and counts as exact" in result.notes
    # Two without su: either might be, and neither is known.
    two = navp.polyhedra(phase(V, OCTAHEDRON[0], *rest[1:], cell=exact))
    assert two.rows[0].bonds[0].length_su is None
    assert two.rows[0].bonds[-1].length_su is None


def test_riding_hydrogen_is_no_origin() -> None:
    rest = [atom(f"O{n}", place, su=0.01) for n, place in enumerate(ALONG)]  # type: ignore[arg-type]
    exact = replace(BOX, a_su=1e-9, c_su=0.0)
    hydrogen = atom("H1", (2.9, 0, 0))
    refined = navp.polyhedra(phase(replace(V, fract_su=(0.01 / 12,) * 3), *rest, hydrogen,
                                   cell=exact), "H", cutoff=1.5)  # fmt: skip
    assert refined.rows[0].bonds[0].length_su is None
    assert not any("origin" in note for note in refined.notes)
    # Beside it the vanadium that is without su is still the origin.
    held = navp.polyhedra(phase(V, *rest, hydrogen, cell=exact))
    assert held.rows[0].bonds[0].length_su == pytest.approx(0.01)


def test_an_origin_along_one_axis() -> None:
    # P 1 21 1: y alone is free to choose; V has su along x and z.
    group = navp.SpaceGroup.from_name("P 1 21 1")
    cell = navp.UnitCell(a=12, b=12, c=12, beta=90, a_su=1e-9, b_su=1e-9, c_su=1e-9,
                         beta_su=1e-9)  # fmt: skip
    rest = [atom(f"O{n}", place, su=0.01) for n, place in enumerate(ALONG)]  # type: ignore[arg-type]
    centre = replace(V, fract_su=(0.01 / 12, None, 0.01 / 12))
    found = navp.polyhedra(
        navp.Phase(id="x", cell=cell, space_group=group, sites=(centre, *rest))
    )
    along_y = next(bond for bond in found.rows[0].bonds if bond.ligand == "O2")
    along_x = next(bond for bond in found.rows[0].bonds if bond.ligand == "O0")
    assert along_y.length_su == pytest.approx(0.01, rel=1e-6)
    assert along_x.length_su == pytest.approx(0.01 * math.sqrt(2), rel=1e-6)
    # Along x nothing is free to choose: what is missing there is unknown.
    fixed = navp.SpaceGroup.from_name("P 1 2 1")
    unknown = replace(centre, fract_su=(None, 0.01 / 12, 0.01 / 12))
    moved = tuple(
        replace(site, fract=(site.fract[0] - 0.2, site.fract[1], site.fract[2] - 0.2))
        for site in (unknown, *rest)
    )
    other = navp.Phase(id="x", cell=cell, space_group=fixed, sites=moved)
    bond = next(b for b in navp.polyhedra(other).rows[0].bonds if b.ligand == "O0")
    assert bond.length_su is None


def test_a_mixed_ligand_is_named_after_its_atoms() -> None:
    mixed = atom("O0", ALONG[0], ("O", 0.7), ("F", 0.3))  # type: ignore[arg-type]
    result = navp.polyhedra(phase(V, mixed, *OCTAHEDRON[1:]), ligand=["O", "F"])
    assert result.rows[0].bonds[0].ligand == "Ox/Fx"
    assert result.rows[0].bonds[0].occupancy == pytest.approx(1.0)


def test_half_empty_ligand_is_a_vertex_and_half_a_bond() -> None:
    half = atom("O8", (0, 0, 2.4), ("O", 0.5))
    result = navp.polyhedra(phase(V, *OCTAHEDRON[:4], OCTAHEDRON[5], half))
    assert result.rows[0].coordination == 6
    assert result.rows[0].bonds[-1].occupancy == 0.5
    assert any("filled to 0.5" in note for note in result.notes)


def test_three_ligands_and_flat_ones_have_no_volume() -> None:
    flat = navp.polyhedra(phase(V, *OCTAHEDRON[:4]), cutoff=2.1)
    assert flat.rows[0].coordination == 4
    assert flat.rows[0].volume is flat.rows[0].volume_su is None
    assert flat.rows[0].bond_angle_variance is None
    assert any("4 ligands lie in one plane" in note for note in flat.notes)
    three = navp.polyhedra(phase(V, *OCTAHEDRON[:3]), cutoff=2.1)
    assert three.rows[0].volume is None
    assert any("3 ligands enclose no volume" in note for note in three.notes)
    one = navp.polyhedra(phase(V, OCTAHEDRON[0]), cutoff=2.1)
    assert any("1 ligand encloses no volume" in note for note in one.notes)


def test_an_anion_as_centre_has_no_sum() -> None:
    result = navp.polyhedra("Na3VP", "O1", ["V", "P", "Na"], cutoff=2.6)
    assert result.rows[0].coordination == 5
    assert result.rows[0].volume is not None
    assert any("O is an anion" in note for note in result.notes)


def test_an_empty_site_is_nobody() -> None:
    empty = atom("O9", (0, 0, 1.0), ("O", 0.0))
    (row,) = navp.polyhedra(phase(V, *OCTAHEDRON, empty)).rows
    assert row.coordination == 6
    nobody = atom("V2", (3, 3, 3), ("V", 0.0))
    assert len(navp.polyhedra(phase(V, nobody, *OCTAHEDRON))) == 1
    with pytest.raises(InputError, match="no centre 'V2'"):
        navp.polyhedra(phase(V, nobody, *OCTAHEDRON), "V2")


def test_criteria_that_differ_say_so() -> None:
    by_angle = navp.polyhedra("Na3VP", "Na2")
    by_gap = navp.polyhedra("Na3VP", "Na2", shell="gap")
    assert (by_angle.rows[0].coordination, by_gap.rows[0].coordination) == (8, 10)
    for result in (by_angle, by_gap):
        assert any("coordination 10 by the gap, 8 by solid angle" in n for n in result.notes)
    by_cutoff = navp.polyhedra("Na3VP", "Na2", cutoff=2.5)
    assert by_cutoff.rows[0].coordination == 4
    assert by_cutoff.inputs["shell"] == "cutoff"


@pytest.mark.parametrize(
    ("phase_", "arguments", "message"),
    [
        (
            "Na3VP",
            {"centre": "Zr"},
            "na3vp-rt has no centre 'Zr'; its elements are V, Na, P, O",
        ),
        ("Na3VP", {"ligand": "F"}, "na3vp-rt has no ligand 'F'"),
        ([], {}, "no phase is given; give at least one: a Phase, a name or the path of a CIF"),
        ("Na3VP", {"centre": "V11"}, "no centre 'V11'; nearest: V1"),
        ("Na3VP", {"centre": ""}, "centre is ''"),
        ("Na3VP", {"centre": 5}, "centre is 5"),
        ("Na3VP", {"shell": "voronoi"}, "shell is 'voronoi'"),
        ("Na3VP", {"cutoff": -1}, "cutoff is -1"),
        ("Na3VP", {"cutoff": math.nan}, "cutoff is nan"),
        ("Na3VP", {"cutoff": 1.0}, "V1 of na3vp-rt has no O within 1 Å"),
        ("Na3VP", {"cutoff": 16}, "858 ligands, more than the 60"),
        ("Na3VP", {"table": "brown"}, "'brown' is no table"),
        ("Na3VP", {"valences": {"V": 3.5}}, "the valence of 'V' is 3.5"),
        ("Na3VP", {"valences": {"W": 3}}, "valences names 'W', which is no centre"),
        ("Na3VP", {"valences": "V3"}, "valences is 'V3'"),
    ],
)
def test_refusals(phase_: str | list[str], arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        navp.polyhedra(phase_, **arguments)  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_unknown_phase_and_cell_without_sites() -> None:
    with pytest.raises(NoSitesError, match="needs atoms"):
        navp.polyhedra("na3vp-alpha")
    with pytest.raises(UnknownPhaseError):
        navp.polyhedra("Na5VP")


def test_documents() -> None:
    result = navp.polyhedra(["Na3VP", "NaVP"])
    keys = ["phase", "centre", "coordination", "mean_bond", "volume", "volume_su",
            "distortion_index", "quadratic_elongation", "bond_angle_variance",
            "effective_coordination", "bond_valence_sum"]  # fmt: skip
    content = json.loads(json_text(result.to_dict()))
    assert content["schema"] == {"name": "navp.polyhedra", "version": 1}
    assert list(content["results"][0])[:11] == keys
    assert content["results"][0]["bonds"][0]["length"] == pytest.approx(1.9693, abs=1e-4)
    assert content["results"][0]["parameters"][0]["source"].startswith("Gagné")
    assert [item["kind"] for item in content["phases"]] == ["measured", "model"]
    assert result.to_dataframe().columns[:11].to_list() == keys
    rows = list(csv.DictReader(io.StringIO(result.to_csv())))
    assert float(rows[0]["volume"]) == pytest.approx(10.553, abs=1e-3)
    bonds = list(csv.DictReader(io.StringIO(result.bonds.to_csv())))
    assert [row["multiplicity"] for row in bonds[:2]] == ["3", "3"]
    assert "<table>" in result._repr_html_()
    assert "navp-model is a model" in repr(result)


def test_a_ring_of_alternatives_is_one_vertex_on_the_axis() -> None:
    # On the fourfold axis of P 4; the ends of the ring are 1.38 Å apart, neighbours 0.98 Å.
    group = navp.SpaceGroup.from_name("P 4")
    sites = (V, OCTAHEDRON[0], atom("O5", (0, 0, 2)), atom("O6", (0.69, 0, -2), ("O", 0.25)))
    ring = navp.Phase(id="x", cell=BOX, space_group=group, sites=sites)
    result = navp.polyhedra(ring)
    (row,) = result.rows
    assert row.coordination == 6
    assert row.volume == pytest.approx(4 / 3 * 8)
    assert not any("filled to" in note for note in result.notes)


def test_a_chain_of_alternatives_is_one_vertex() -> None:
    thirds = [
        atom(f"O{n}", (0, 0, z), ("O", 1 / 3)) for n, z in ((7, -1.9), (8, -2.7), (9, -3.5))
    ]
    (row,) = navp.polyhedra(phase(V, *OCTAHEDRON[:5], *thirds)).rows
    assert (row.coordination, row.by_gap) == (6, 6)
    assert row.bonds[-1].length == pytest.approx(2.7)
    assert row.bonds[-1].occupancy == pytest.approx(1.0)


def test_two_sites_on_one_position_are_one_centre() -> None:
    both = [atom("Si1", (0, 0, 0), ("Si", 0.6)), atom("P1", (0, 0, 0), ("P", 0.4))]
    tetrahedron = [
        atom(f"O{n}", (0.9 * x, 0.9 * y, 0.9 * z))
        for n, (x, y, z) in enumerate([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)])
    ]
    (row,) = navp.polyhedra(phase(*both, *tetrahedron), "Si").rows
    assert (row.centre, row.occupancy) == ("Si1/P1", 0.6)
    assert row.valence == pytest.approx(4.4)


def test_a_lone_ligand_far_from_its_images_is_the_only_one() -> None:
    (row,) = navp.polyhedra(phase(V, OCTAHEDRON[0])).rows
    assert row.coordination == 1
    assert row.mean_bond == pytest.approx(2.0)


def test_filling_is_told() -> None:
    notes = navp.polyhedra("NZSP", "Na").notes
    assert "nzsp-300k: filled are Na1 to 0.49, Na2 to 0.773, Na3 to 0.093" in notes
    # Silicon has its share of a position that is full.
    assert not any("filled are" in note for note in navp.polyhedra("NZSP", "Si").notes)


def test_large_errors_are_told_to_be_of_first_order() -> None:
    # Bonds ± sqrt(0.1² + 0.2²) = 0.2236 Å, B 0.412 or 0.364 Å: x = (0.2236 / 0.364)² = 0.3774,
    # sqrt(x / (e^x (e^x − 1))) = sqrt(0.3774 / (1.4585 × 0.4585)) = 0.7513.
    assert any("by up to 25 %" in note for note in navp.polyhedra("na2vp-a").notes)
    assert not any("first order" in note for note in navp.polyhedra("Na3VP").notes)


def test_without_an_expected_error_there_is_no_su() -> None:
    result = navp.polyhedra("na2vp-a", ["V", "Na2A"])
    assert any("no su of" in note and "Na2A" in note for note in result.notes)
    assert any("expected errors" in note for note in result.notes)
