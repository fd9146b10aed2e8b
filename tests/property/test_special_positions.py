"""Near a special position: the operations that keep a site are always a group."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.analysis.composition import element_counts
from navp_structures.kernels import orbit

SYMBOLS = ["R -3 c:H", "F m -3 m", "P 63/m m c", "I 41/a m d:2", "P 1 21/c 1", "F d -3 m:2"]
offsets = st.tuples(*[st.floats(-0.06, 0.06)] * 3)


def _metric(group: SpaceGroup) -> np.ndarray:
    seed = np.array([[64.0, -3, -4], [-3, 81, -5], [-4, -5, 100]])
    turned = np.einsum("rji,jk,rkl->ril", group.rotations, seed, group.rotations)
    return np.asarray(turned.mean(axis=0))


@given(st.sampled_from(SYMBOLS), st.sampled_from([0, 1 / 3, 0.25, 1 / 8]), offsets)
@settings(max_examples=300, deadline=None)
def test_stabiliser_is_a_group(symbol: str, base: float, offset: tuple[float, ...]) -> None:
    group = SpaceGroup.from_name(symbol)
    metric = _metric(group)
    # Offsets in Å along the axes, across and beyond the tolerance.
    fract = np.array([base, base, base / 2]) + np.array(offset) / np.sqrt(np.diag(metric))
    kept, ideal = orbit.stabiliser(fract, group.rotations, group.translations, metric)
    assert len(group.operations) % len(kept) == 0
    images = group.rotations[kept] @ ideal + group.translations[kept] - ideal
    assert np.abs(images - np.rint(images)).max() < 1e-6
    moved = ideal - fract
    assert np.sqrt(moved @ metric @ moved) <= orbit.SPECIAL_POSITION_TOLERANCE
    points = orbit.orbit(ideal, group.rotations, group.translations, kept)
    assert len(points) * len(kept) == len(group.operations)


@pytest.mark.parametrize("off", [0.0, 0.001, 0.0033, 0.0045, 0.006, 0.01])
def test_every_view_of_a_phase_counts_the_same_atoms(off: float) -> None:
    sodium = Species(symbol="Na", label="Na1", occupancy=0.8)
    phase = Phase(
        id="x",
        cell=UnitCell(a=8.7288, b=8.7288, c=21.8042, gamma=120),
        space_group=SpaceGroup.from_name("R -3 c:H"),
        sites=(Site(label="Na1", species=(sodium,), fract=(1 / 3 + off, 2 / 3, 1 / 6)),),
        formula_units=1,
    )
    counted = element_counts(phase)[0].from_sites
    assert phase.structure.composition["Na"] == pytest.approx(counted)
    small = phase.to_gemmi()
    assert sum(site.occ * 36 for site in small.sites) == pytest.approx(counted)
    assert counted / 0.8 == pytest.approx(round(counted / 0.8))
    assert round(counted / 0.8) in (6, 12, 18, 36)


def test_no_two_images_of_a_site_nearer_than_the_tolerance_on_a_mirror_axis() -> None:
    # 0.035 Å off a twofold axis where two mirrors meet; only some images are within 0.05 Å.
    group = SpaceGroup.from_name("P m m 2")
    metric = np.diag([64.0, 81.0, 100.0])
    fract = np.array([0.50309, -0.0026, 0.30206])
    kept, ideal = orbit.stabiliser(fract, group.rotations, group.translations, metric)
    assert len(kept) == 4
    assert ideal == pytest.approx([0.5, 0.0, 0.30206])
