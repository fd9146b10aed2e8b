"""A powder pattern does not know which symmetry its structure is written in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.kernels import orbit
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site
from navp_structures.model.spacegroup import SpaceGroup


def images(site: Site, phase: Phase) -> list[Site]:
    """Return every atom of a site in the cell, its displacement tensor turned with it."""
    group, lengths = phase.space_group, phase.cell.reciprocal_lengths
    kept, ideal = standard.stabiliser(site, phase.cell, group)
    scale = np.outer(lengths, lengths)
    u = standard.u_aniso(site, phase.cell, group)
    atoms = []
    chosen = orbit.orbit_operations(ideal, group.rotations, group.translations, kept)
    for n, operation in enumerate(chosen):
        rotation = group.rotations[operation]
        x, y, z = ((rotation @ ideal + group.translations[operation]) % 1.0).tolist()
        turned = None
        if u is not None:
            tensor = rotation @ (orbit.u_matrix(u) * scale) @ rotation.T / scale
            turned = tuple(float(tensor[i, j]) for i, j in orbit.U_ORDER)
        atoms.append(
            replace(
                site,
                label=f"{site.label}_{n}",
                fract=(x, y, z),
                fract_su=(None, None, None),
                u_aniso=turned,
                u_aniso_su=None,
                wyckoff=None,
                multiplicity=None,
            )
        )
    return atoms


@pytest.mark.parametrize("name", ["na3vp-rt", "na2vp-a", "nzsp-300k", "nzsp-monoclinic"])
def test_every_atom_written_out_gives_the_same_curve(name: str) -> None:
    phase = navp.load(name)
    sites = tuple(atom for site in phase.sites for atom in images(site, phase))
    bare = replace(phase, id="bare", space_group=SpaceGroup.from_name("P 1"), sites=sites)
    x = np.arange(5, 90, 0.02)
    with_symmetry, without = (navp.powder_pattern(p) for p in (phase, bare))
    # Multiplicities, absences and equivalents are then all found by the sum over atoms.
    assert len(without) > 1.9 * len(with_symmetry)
    one, other = with_symmetry.profile(x), without.profile(x)
    assert one / one.max() == pytest.approx(other / other.max(), abs=1e-12)
