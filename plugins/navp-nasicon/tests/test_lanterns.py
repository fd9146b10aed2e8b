"""Lantern units counted by a loop over atoms that knows nothing of navp_structures."""

from __future__ import annotations

from importlib.resources import files
from itertools import combinations, product
from pathlib import Path

import gemmi
import pytest
from navp_nasicon import nasicon

import navp_structures as navp

FOLDER = Path(str(files("navp_nasicon") / "phases"))
CELLS = list(product((-1, 0, 1), repeat=3))
Atom = tuple[int, tuple[int, int, int]]


def lanterns(path: Path, metal: float, former: float) -> tuple[int, int, int]:
    """Return lanterns, octahedra and tetrahedra in the cell.

    An O atom nearer than `metal` Å to Zr, Mo, Ti, Fe belongs to it, one nearer than
    `former` to P, Si. Two octahedra are a lantern when three tetrahedra have an O in common
    with both.
    """
    block = gemmi.cif.read(str(path)).sole_block()
    crystal = gemmi.make_small_structure_from_block(block)
    atoms = [
        (site.element.name, site.fract.wrap_to_unit())
        for site in crystal.get_all_unit_cell_sites()
        # Of the mixed position one atom is enough.
        if site.element.name not in {"Na", "Mn"}
    ]
    oxygens = [n for n, (name, _) in enumerate(atoms) if name == "O"]
    owners: dict[int, list[Atom]] = {n: [] for n in oxygens}
    for n, (name, place) in enumerate(atoms):
        if name == "O":
            continue
        reach = former if name in {"P", "Si"} else metal
        for m, shift in product(oxygens, CELLS):
            image = gemmi.Fractional(*(x + s for x, s in zip(place, shift, strict=True)))
            apart = crystal.cell.orthogonalize(image).dist(
                crystal.cell.orthogonalize(atoms[m][1])
            )
            if apart < reach:
                owners[m].append((n, shift))
    tetrahedra = {n for n, (name, _) in enumerate(atoms) if name in {"P", "Si"}}
    around: dict[int, set[Atom]] = {n: set() for n in tetrahedra}
    for found in owners.values():
        # Every O joins one octahedron and one tetrahedron.
        assert len(found) == 2
        (t, t_shift), (m, m_shift) = sorted(found, key=lambda atom: atom[0] not in tetrahedra)
        a, b, c = (x - y for x, y in zip(m_shift, t_shift, strict=True))
        around[t].add((m, (a, b, c)))
    joined: dict[tuple[int, int, tuple[int, ...]], int] = {}
    for neighbours in around.values():
        assert len(neighbours) == 4
        for one, two in combinations(sorted(neighbours), 2):
            shift = tuple(y - x for x, y in zip(one[1], two[1], strict=True))
            back = tuple(-s for s in shift)
            key = min((one[0], two[0], shift), (two[0], one[0], back))
            joined[key] = joined.get(key, 0) + 1
    octahedra = len(atoms) - len(oxygens) - len(tetrahedra)
    return sum(count == 3 for count in joined.values()), octahedra, len(tetrahedra)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nazr2p3o12", (6, 12, 18)),
        ("namo2p3o12", (6, 12, 18)),
        ("namnfep3o12-293k", (6, 12, 18)),
        ("nzsp-ordered", (4, 8, 12)),
    ],
)
def test_the_loop_finds_what_the_check_says(name: str, expected: tuple[int, int, int]) -> None:
    path = FOLDER / f"{name}.cif"
    assert lanterns(path, metal=2.4, former=1.8) == expected
    (finding,) = nasicon(navp.read_cif(path))
    assert f"{expected[0]} lantern units in the cell, 1 per formula unit" in finding.message
