"""SAED patterns against pymatgen's TEMCalculator, as far as that goes.

pymatgen reads our CIF with its own parser. It knows indices from -10 to 11 and the zero layer
alone; it takes every site for full and every atom for one at rest, and lists what is extinct.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from pymatgen.core.structure import Structure
from pymatgen.io.cif import CifParser

import navp_structures as navp
from navp_structures.io.cif_write import cif_text
from navp_structures.model.phase import Phase

HKL = tuple[int, ...]
Floats = npt.NDArray[np.float64]

# The largest index that pymatgen has on both sides.
LARGEST = 10
ZONES = ((0, 0, 1), (1, 0, 0), (0, 1, 0), (2, 1, 0), (-1, 2, 1))


def read_by_pymatgen(phase: Phase) -> Structure:
    with warnings.catch_warnings():
        # It reports fractions that it rounds to thirds, and missing numbers.
        warnings.simplefilter("ignore")
        parser = CifParser.from_str(cif_text(phase))
        return parser.parse_structures(primitive=False)[0]


def calculated(phase: Phase, zone: Sequence[int]) -> dict[HKL, dict[str, Any]]:
    """Return the rows of pymatgen's table by hkl."""
    structure = read_by_pymatgen(phase)
    with warnings.catch_warnings():
        # It warns of what other packages deprecate, and of arc cosines of 1 and a bit.
        warnings.simplefilter("ignore")
        from pymatgen.analysis.diffraction.tem import TEMCalculator

        calculator = TEMCalculator(beam_direction=tuple(zone), voltage=200)
        table = calculator.get_pattern(structure)
    return {tuple(row["(hkl)"]): row for row in table.to_dict("records")}


def smallest(phase: Phase) -> float:
    """Return a d (Å) down to which no index is above LARGEST: h is at most a / d."""
    return max(1.0, max(phase.cell.parameters[:3]) / (LARGEST + 0.5))


def zero_layer(phase: Phase, zone: Sequence[int], d_min: float) -> dict[HKL, Any]:
    pattern = navp.saed_pattern(phase, zone_axis=zone, d_min=d_min)
    return {
        spot.hkl: spot
        for spot in pattern
        if spot.layer == 0 and spot.reason != "double_diffraction"
    }


def compare(phase: Phase, zone: Sequence[int], d_min: float) -> int:
    """Compare indices, d and positions; return the number of spots."""
    theirs = calculated(phase, zone)
    ours = zero_layer(phase, zone, d_min)
    group = phase.space_group.gemmi
    kept = {
        hkl
        for hkl, row in theirs.items()
        if row["Interplanar Spacing"] >= d_min and not group.is_systematically_absent(list(hkl))
    }
    assert set(ours) == kept
    spots = list(ours.values())
    d = np.array([theirs[spot.hkl]["Interplanar Spacing"] for spot in spots])
    np.testing.assert_allclose([spot.d for spot in spots], d, rtol=1e-12)
    here = np.array([(spot.x, spot.y) for spot in spots])
    there = np.array([theirs[spot.hkl]["Position"] for spot in spots])
    assert similarity(here, there) < 1e-9
    return len(spots)


def similarity(here: Floats, there: Floats) -> float:
    """Return how far (Å⁻¹) one figure is from the other, turned, turned over and scaled."""
    matrix, *_ = np.linalg.lstsq(there, here, rcond=None)
    stretched = matrix.T @ matrix
    scale = np.trace(stretched) / 2
    # Of a multiple of an orthogonal matrix M, M^T M is that square times the identity.
    assert np.abs(stretched / scale - np.eye(2)).max() < 1e-9
    return float(np.abs(there @ matrix - here).max())


def test_na3vp_along_c() -> None:
    phase = navp.load("na3vp-rt")
    assert phase.cell.a / 1.0 < LARGEST
    # hk0 has -h + k = 3n and no more to obey, and h² + hk + k² <= 3 a² / 4 = 57.1: six spots
    # with 3, 9, 12, 27, 36 and 48 each, twelve with 21, 39 and 57.
    assert compare(phase, (0, 0, 1), 1.0) == 6 * 6 + 3 * 12 == 72


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_zero_layers(phase: Phase, zone: Sequence[int]) -> None:
    # Oblique axes are no matter: it places two spots by lengths and angle, the others by sums.
    assert compare(phase, zone, smallest(phase)) > 3


def test_comparison_notices_a_wrong_edge() -> None:
    phase = navp.load("na2vp-a")
    theirs = calculated(phase, (0, 0, 1))
    longer = replace(phase, cell=replace(phase.cell, b=phase.cell.b * 1.0001))
    ours = zero_layer(longer, (0, 0, 1), smallest(phase))
    here = np.array([(spot.x, spot.y) for spot in ours.values()])
    there = np.array([theirs[hkl]["Position"] for hkl in ours])
    with pytest.raises(AssertionError):
        assert similarity(here, there) < 1e-9


# Its factors (De Graef & McHenry) are another fit than International Tables C, 4.3.2.2; the
# worst R is 0.43 %.
OTHER_TABLE = 0.01


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_intensities_of_full_sites_at_rest(zone: Sequence[int]) -> None:
    phase = navp.load("navp-model")
    assert all(site.species[0].occupancy == 1.0 for site in phase.sites)
    still = replace(
        phase, sites=tuple(replace(site, u_iso=None, u_aniso=None) for site in phase.sites)
    )
    theirs = calculated(phase, zone)
    ours = zero_layer(still, zone, smallest(phase))
    heights = np.array([theirs[hkl]["Intensity (norm)"] for hkl in ours])
    here = np.array([spot.intensity for spot in ours.values()])
    assert r_factor(here, heights) < OTHER_TABLE
    # With the assumed displacements it is far off, which is what pymatgen's pattern leaves out.
    moving = np.array([s.intensity for s in zero_layer(phase, zone, smallest(phase)).values()])
    assert r_factor(moving, heights) > 2 * r_factor(here, heights)


def r_factor(one: Floats, other: Floats) -> float:
    """Return the sum of all differences, each pattern having the sum 1."""
    return float(np.abs(one / one.sum() - other / other.sum()).sum())
