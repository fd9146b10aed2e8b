"""Shared corners, edges and faces: rutile, perovskite and nickel arsenide by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import navp_structures as navp
from navp_structures.show.tables import json_text


def structure(symbol: str, cell: tuple[float, ...], **atoms: tuple[float, ...]) -> navp.Phase:
    keys = ("a", "b", "c", "alpha", "beta", "gamma")
    sites = tuple(
        navp.Site(
            label=label,
            species=(navp.Species(symbol=label.rstrip("0123456789"), label=label),),
            fract=(fract[0], fract[1], fract[2]),
        )
        for label, fract in atoms.items()
    )
    return navp.Phase(
        id="x",
        cell=navp.UnitCell(**dict(zip(keys, cell, strict=False))),
        space_group=navp.SpaceGroup.from_name(symbol),
        sites=sites,
    )


def shared(phase: navp.Phase, *centres: str, ligand: str = "O") -> dict[str, int]:
    rows = navp.polyhedra(phase, centres, ligand).shared().rows
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.kind] = counts.get(row.kind, 0) + row.number
    return counts


def test_perovskite_shares_corners() -> None:
    # Each octahedron has six neighbours at a corner, a along each axis, in a straight line.
    phase = structure("P m -3 m", (4, 4, 4), Ti=(0, 0, 0), O=(0.5, 0, 0))
    (row,) = navp.polyhedra(phase, "Ti").shared().rows
    assert (row.kind, row.number, row.distance) == ("corner", 6, pytest.approx(4.0))
    assert row.angle == pytest.approx(180.0)


def test_rutile_shares_two_edges_and_eight_corners() -> None:
    phase = structure("P 42/m n m", (4.6, 4.6, 2.95), Ti=(0, 0, 0), O=(0.305, 0.305, 0))
    assert shared(phase, "Ti") == {"corner": 8, "edge": 2}


def test_nickel_arsenide_shares_faces_edges_and_corners() -> None:
    # Octahedra: 2 faces along c, 6 edges in the layer, 12 corners to the next layers.
    phase = structure(
        "P 63/m m c", (3.6, 3.6, 5.8, 90, 90, 120), Ni=(0, 0, 0), O=(1 / 3, 2 / 3, 0.25)
    )
    assert shared(phase, "Ni") == {"face": 2, "edge": 6, "corner": 12}


def test_rock_salt_of_one_atom_in_the_primitive_cell() -> None:
    # Twelve edges and six corners, though all octahedra are translations of one.
    phase = structure("F m -3 m", (4.2, 4.2, 4.2), Mg=(0, 0, 0), O=(0.5, 0.5, 0.5))
    assert shared(phase, "Mg") == {"edge": 12, "corner": 6}


@pytest.mark.parametrize(
    ("name", "centres", "number", "distance"),
    [
        ("na3vp-rt", ["V", "P"], 6, 4.484),
        ("na2vp-a", ["V", "P"], 4, 4.561),
        ("na2vp-b", ["V", "P", "Na"], 4, 4.560),
        ("navp-model", ["V", "P"], 6, 2 * (0.25 - 0.14536) * 21.478),
        ("nzsp-300k", ["Zr", "Si", "P"], 6, 4.649),
        ("nzsp-monoclinic", ["Zr", "Si", "P"], 4, 4.793),
    ],
)
def test_one_lantern_for_each_formula_unit(
    name: str, centres: list[str], number: int, distance: float
) -> None:
    result = navp.polyhedra(name, centres).shared()
    (lantern,) = result.lanterns
    assert (lantern.number, lantern.per_formula_unit) == (number, 1.0)
    assert lantern.distance == pytest.approx(distance, abs=1e-3)
    assert len(lantern.bridges) == 3
    assert any("1 per formula unit" in note for note in result.notes)


def test_lantern_axis_of_na3vp_by_hand() -> None:
    # V at z 0.019498 on the axis through the inversion centre at z = 1/6 − 1/4 of Na1... the
    # twofold axes at z = 1/12 + n/6: V to V is 2 (1/12 + ... ) by hand: 2 (0.019498 + 1/12) c.
    (lantern,) = navp.polyhedra("Na3VP", ["V", "P"]).shared().lanterns
    assert lantern.distance == pytest.approx(2 * (0.019498 + 1 / 12) * 21.8042, abs=1e-3)


def test_lanterns_of_na3vp_point_along_c() -> None:
    result = navp.polyhedra("Na3VP", ["V", "P"]).shared()
    (lantern,), (network,) = result.lanterns, result.networks
    assert len(lantern.pairs) == 6
    for one, two, shift in lantern.pairs:
        apart = network.fract[two] + shift - network.fract[one]
        # 2 (0.019498 + 1/12) of c, as above.
        assert abs(apart[2]) == pytest.approx(2 * (0.019498 + 1 / 12), abs=1e-9)
        assert apart[:2] == pytest.approx([0.0, 0.0], abs=1e-6)


def test_octahedra_of_nasicon_share_no_vertex_with_each_other() -> None:
    assert shared(navp.load("Na3VP"), "V") == {}
    rows = navp.polyhedra("Na3VP", ["V", "P"]).shared().rows
    assert {(row.centre, row.other, row.kind, row.number) for row in rows} == {
        ("V1", "P1", "corner", 3),
        ("P1", "V1", "corner", 2),
    }
    # P–O–V angles of the article: 145.95(7) and 151.38(10).
    assert sorted({round(row.angle, 2) for row in rows}) == [145.95, 151.38]


def test_alternatives_of_one_atom_share_nothing() -> None:
    def half(label: str, x: float) -> navp.Site:
        kind = navp.Species(symbol="Na", label=label, occupancy=0.5)
        return navp.Site(label=label, species=(kind,), fract=(x, 0.5, 0.5))

    oxygen = [
        navp.Site(
            label=f"O{n}",
            species=(navp.Species(symbol="O", label=f"O{n}"),),
            fract=(0.5 + x / 12, 0.5 + y / 12, 0.5 + z / 12),
        )
        for n, (x, y, z) in enumerate(
            [(2.3, 0, 0), (-2.3, 0, 0), (0, 2.3, 0), (0, -2.3, 0), (0, 0, 2.3), (0, 0, -2.3)]
        )
    ]
    phase = navp.Phase(
        id="x",
        cell=navp.UnitCell(a=12, b=12, c=12),
        space_group=navp.SpaceGroup.from_name("P 1"),
        sites=(half("Na1", 0.5 - 0.4 / 12), half("Na2", 0.5 + 0.4 / 12), *oxygen),
    )
    result = navp.polyhedra(phase, "Na", cutoff=3.0).shared()
    assert len(navp.polyhedra(phase, "Na", cutoff=3.0)) == 2
    assert result.rows == ()
    assert result.remarks == (
        "x: Na1 and Na2 0.80 Å apart are taken as alternatives; what their polyhedra have in "
        "common is left out",
    )
    assert "no two of these polyhedra share a vertex" in result.notes
    assert result.to_dict()["remarks"][0] == result.remarks[0]


def test_alternatives_are_told_from_neighbours() -> None:
    # NZSP: Na1–Na3 1.94 and Na2–Na3 1.71 Å cannot both be there; Na3–Na3 2.16 Å may.
    result = navp.polyhedra("NZSP", "Na").shared()
    assert [remark.split(" Å")[0] for remark in result.remarks] == [
        "nzsp-300k: Na1 and Na3 1.94",
        "nzsp-300k: Na2 and Na3 1.71",
    ]
    nearest = min(row.distance for row in result.rows)
    assert nearest == pytest.approx(2.16, abs=0.01)
    assert min(row.occupancy for row in result.rows) == pytest.approx(0.093)


def test_half_filled_antifluorite_keeps_its_neighbours() -> None:
    # Li–Li of Li2O, a / 2 = 2.31 Å: six of them share an edge, filled or not.
    phase = structure("F m -3 m", (4.62, 4.62, 4.62), O=(0, 0, 0))
    lithium = navp.Species(symbol="Li", label="Li1", occupancy=0.5)
    site = navp.Site(label="Li1", species=(lithium,), fract=(0.25, 0.25, 0.25))
    rows = navp.polyhedra(replace(phase, sites=(*phase.sites, site)), "Li").shared().rows
    edges = [row for row in rows if row.kind == "edge"]
    assert [(row.number, round(row.distance, 2)) for row in edges] == [(6, 2.31)]


@pytest.mark.parametrize("label", ["V1", "P1"])
def test_a_split_atom_leaves_the_number_of_lanterns(label: str) -> None:
    phase = navp.load("Na3VP")
    sites = []
    for site in phase.sites:
        if site.label != label:
            sites.append(site)
            continue
        element = site.elements[0]
        free = 2 if label == "V1" else 0
        for n, step in enumerate((-0.004, 0.004)):
            kind = navp.Species(symbol=element, label=f"{element}{n}a", occupancy=0.5)
            fract = list(site.fract)
            fract[free] += step
            x, y, z = fract
            sites.append(navp.Site(label=f"{element}{n}a", species=(kind,), fract=(x, y, z)))
    result = navp.polyhedra(replace(phase, id="x", sites=tuple(sites)), ["V", "P"]).shared()
    assert sum(lantern.number for lantern in result.lanterns) == pytest.approx(6.0)


def test_network_tells_the_translations() -> None:
    # Perovskite: the one octahedron touches itself, moved by ±a, ±b and ±c.
    phase = structure("P m -3 m", (4, 4, 4), Ti=(0, 0, 0), O=(0.5, 0, 0))
    (network,) = navp.polyhedra(phase, "Ti").shared().networks
    assert {contact.shift for contact in network.contacts} == {
        (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1),
    }  # fmt: skip
    first, second = navp.polyhedra(["Na3VP", "navp-model"], "V").shared().networks
    assert (len(first.kind), len(second.kind)) == (12, 12)
    assert (first.contacts, second.contacts) == ((), ())


def test_document() -> None:
    content = json.loads(json_text(navp.polyhedra("Na3VP", ["V", "P"]).shared().to_dict()))
    assert content["schema"]["name"] == "navp.shared_polyhedra"
    assert content["results"]["lanterns"][0]["centres"] == ["V1", "V1"]
    assert "pairs" not in content["results"]["lanterns"][0]
    assert content["results"]["shared"][0]["kind"] == "corner"
