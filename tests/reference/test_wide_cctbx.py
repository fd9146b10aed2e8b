"""Random structures of all 230 groups against cctbx, which gets operations and printed sites.

cctbx runs once, in its own process, for all of them. It moves sites and U_ij onto special
positions by itself and holds its own tables.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import gemmi
import numpy as np
import pytest

from navp_structures.analysis.composition import element_counts
from navp_structures.analysis.reflections import families
from navp_structures.analysis.spglib_symmetry import wyckoff_letters
from navp_structures.kernels import orbit
from navp_structures.model import standard
from navp_structures.model.phase import Phase

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        importlib.util.find_spec("cctbx") is None, reason="cctbx is missing: extra 'oracle'"
    ),
]

Json = dict[str, Any]
Made = Any
Answers = dict[str, list[Json]]

TABLES = {"xray": "it1992", "electron": "electron", "neutron": "neutron"}
GEMMI_TABLES = {"xray": "it92", "electron": "c4322", "neutron": "neutron92"}

# As in test_cctbx, of all scattering lengths of the cell: single precision of the tables of
# X-rays and neutrons. The worst found are 2**-25.5, 2**-25.0 and, for electrons, 2**-49.3.
TOLERANCE = {"xray": 2.0**-24, "neutron": 2.0**-24, "electron": 2.0**-46}


def question(m: Made, probe: str) -> Json:
    """Return what cctbx is asked: sites as printed, and U as the site symmetry has them."""
    found: Json = {
        "cell": m.phase.cell.parameters,
        "operations": m.phase.space_group.operations,
        "table": TABLES[probe],
        "hkl": families(m.phase, m.d_min, probe).hkl.tolist(),
        "sites": [
            {
                "element": species.element,
                "fract": list(site.fract),
                "occupancy": species.occupancy,
                "u_iso": site.u_iso or 0.0,
                "u_cif": None if site.u_aniso is None else list(site.u_aniso),
            }
            for site in m.phase.sites
            for species in site.species
        ],
    }
    return found | ({"d_min": m.d_min} if probe == "xray" else {})


@pytest.fixture(scope="module")
def answers(
    made: tuple[Made, ...],
    special_positions: tuple[Phase, ...],
    ask_cctbx: Callable[[list[Json]], list[Json]],
) -> Answers:
    """Return the answers of one process about all structures, by probe, and the letters."""
    asked = {probe: [question(m, probe) for m in made] for probe in TABLES}
    asked["letters"] = [letters_asked(phase) for phase in special_positions]
    found = iter(ask_cctbx([one for questions in asked.values() for one in questions]))
    return {name: [next(found) for _ in questions] for name, questions in asked.items()}


def forward(m: Made, probe: str) -> float:
    """Return the scattering lengths of the cell added up: no |F| is above."""
    return sum(
        species.occupancy
        * n
        * abs(getattr(gemmi.Element(species.element), GEMMI_TABLES[probe]).calculate_sf(0.0))
        for site, n in zip(m.phase.sites, m.multiplicities, strict=True)
        for species in site.species
    )


@pytest.mark.parametrize("probe", TABLES)
def test_structure_factors(made: tuple[Made, ...], answers: Answers, probe: str) -> None:
    errors = []
    for m, answer in zip(made, answers[probe], strict=True):
        ours = families(m.phase, m.d_min, probe)
        difference = np.sqrt(answer["f_squared"]) - np.sqrt(ours.f_squared)
        # cctbx sums over primitive cells: for absences by centring that is not F.
        errors.append(float(np.abs(difference[~ours.absent]).max()) / forward(m, probe))
    worst = int(np.argmax(errors))
    assert errors[worst] < TOLERANCE[probe], made[worst].entry.xhm()


def test_lists(made: tuple[Made, ...], answers: Answers) -> None:
    for m, answer in zip(made, answers["xray"], strict=True):
        ours = families(m.phase, m.d_min, "xray")
        name = m.entry.xhm()
        assert answer["space_group_number"] == m.entry.number, name
        assert ours.absent.tolist() == answer["absent"], name
        assert ours.multiplicity.tolist() == answer["multiplicity"], name
        assert (answer["missing"], answer["extra"]) == (0, 0), name
        # Exact formulas in double precision, of cells that are not flat.
        np.testing.assert_allclose(ours.d, answer["d"], rtol=1e-12, err_msg=name)


def test_sites(made: tuple[Made, ...], answers: Answers) -> None:
    for m, answer in zip(made, answers["xray"], strict=True):
        cell, group = m.phase.cell, m.phase.space_group
        told = iter(answer["sites"])
        for site, exact in zip(m.phase.sites, m.multiplicities, strict=True):
            kept, ideal = standard.stabiliser(site, cell, group)
            for _ in site.species:
                theirs = next(told)
                assert theirs["multiplicity"] == exact == len(group.operations) // len(kept)
                # Both are projections in double precision.
                np.testing.assert_allclose(ideal, theirs["fract"], rtol=0.0, atol=1e-12)
                if site.u_aniso is not None:
                    tensor = orbit.project_u(
                        np.array(site.u_aniso), group.rotations[kept], cell.reciprocal_lengths
                    )
                    np.testing.assert_allclose(tensor, theirs["u_cif"], rtol=0.0, atol=1e-12)


def test_content(made: tuple[Made, ...], answers: Answers) -> None:
    for m, answer in zip(made, answers["xray"], strict=True):
        ours = {count.element: count.from_sites for count in element_counts(m.phase)}
        assert ours == pytest.approx(answer["content"], rel=1e-9), m.entry.xhm()


def test_wyckoff_letters(special_positions: tuple[Phase, ...], answers: Answers) -> None:
    compared = set()
    for phase, answer in zip(special_positions, answers["letters"], strict=True):
        # The 27th letter of P m m m is printed α; spglib writes A, cctbx @.
        theirs = tuple(letter.replace("@", "A") for letter in answer["letters"])
        assert wyckoff_letters(phase) == theirs, str(phase.space_group)
        compared |= {(str(phase.space_group), letter) for letter in theirs}
    assert len({group for group, _ in compared}) == 230
    assert len(compared) > 650


def letters_asked(phase: Phase) -> Json:
    sites = [
        {
            "element": "V",
            "fract": list(site.fract),
            "occupancy": site.occupancy,
            "u_iso": 0.0,
            "u_cif": None,
        }
        for site in phase.sites
    ]
    return {
        "cell": phase.cell.parameters,
        "operations": phase.space_group.operations,
        "table": "it1992",
        "hkl": [[1, 2, 3]],
        "sites": sites,
        "letters": True,
    }
