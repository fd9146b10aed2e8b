"""|F|² and intensities of the spots of SAED patterns against cctbx.

cctbx runs in its own process and gets the operations and the sites as they are printed; it
moves sites and U_ij onto special positions by itself.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import navp_structures as navp
from navp_structures.model.phase import Phase

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(
        importlib.util.find_spec("cctbx") is None, reason="cctbx is missing: extra 'oracle'"
    ),
]

Json = dict[str, Any]
Ask = Callable[[list[Json]], list[Json]]
Crystals = Callable[[], dict[str, Phase]]
Floats = npt.NDArray[np.float64]
HKL = tuple[int, ...]

ZONES = ((0, 0, 1), (1, 0, 0), (0, 1, 0), (1, 1, 0), (2, 1, 0), (1, -2, 1), (3, 1, -2))
SETTINGS: Json = {"d_min": 1.0, "max_excitation_error": 0.02}

# Both hold the table of electrons in double precision and add up the same atoms; the worst
# found is 1.1e-11, navp-computed. The issue asks for 1e-5.
RELATIVE = 1e-9
# Of the strongest |F|²: below it atoms cancel.
SEEN = 1e-8


def question(phase: Phase, hkl: list[HKL]) -> Json:
    return {
        "cell": phase.cell.parameters,
        "operations": phase.space_group.operations,
        "table": "electron",
        "hkl": hkl,
        "sites": [
            {
                "element": species.element,
                "fract": list(site.fract),
                "occupancy": species.occupancy,
                "u_iso": site.u_iso or 0.0,
                "u_cif": None if site.u_aniso is None else list(site.u_aniso),
            }
            for site in phase.sites
            for species in site.species
        ],
    }


def spots_of(phase: Phase) -> dict[HKL, list[Any]]:
    """Return the allowed spots of each zone axis."""
    patterns = {zone: navp.saed_pattern(phase, zone_axis=zone, **SETTINGS) for zone in ZONES}
    return {
        zone: [spot for spot in pattern if spot.reason != "double_diffraction"]
        for zone, pattern in patterns.items()
    }


@pytest.fixture(scope="module")
def theirs(crystals: Crystals, ask_cctbx: Ask) -> Callable[[Phase], dict[HKL, float]]:
    """Return what cctbx says of all spots of a phase; it is asked once about all phases."""
    kept: dict[str, dict[HKL, float]] = {}

    def of(phase: Phase) -> dict[HKL, float]:
        if not kept:
            phases = [p for p in crystals().values() if p.provider == "navp"]
            asked = [hkl_of(p) for p in phases]
            found = ask_cctbx([question(p, h) for p, h in zip(phases, asked, strict=True)])
            for one, hkl, answer in zip(phases, asked, found, strict=True):
                assert not any(answer["absent"])
                kept[one.id] = dict(zip(hkl, answer["f_squared"], strict=True))
        return kept[phase.id]

    return of


def hkl_of(phase: Phase) -> list[HKL]:
    return sorted({spot.hkl for spots in spots_of(phase).values() for spot in spots})


def worst(ours: Floats, wanted: Floats) -> float:
    """Return the largest relative difference of what can be seen."""
    seen = wanted > SEEN * wanted.max()
    assert seen.sum() > 10
    return float(np.abs(ours[seen] / wanted[seen] - 1.0).max())


def misfit(phase: Phase, wanted: dict[HKL, float]) -> float:
    found = {spot.hkl: spot.f_squared for spots in spots_of(phase).values() for spot in spots}
    return worst(np.array([found[h] for h in wanted]), np.array(list(wanted.values())))


def test_f_squared(phase: Phase, theirs: Callable[[Phase], dict[HKL, float]]) -> None:
    assert misfit(phase, theirs(phase)) < RELATIVE


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_intensities(
    phase: Phase, zone: HKL, theirs: Callable[[Phase], dict[HKL, float]]
) -> None:
    # Without a thickness every spot counts fully.
    spots = spots_of(phase)[zone]
    heights = np.array([theirs(phase)[spot.hkl] for spot in spots])
    intensities = [spot.intensity for spot in spots]
    np.testing.assert_allclose(
        intensities, 100.0 * heights / heights.max(), rtol=0.0, atol=100.0 * RELATIVE
    )
    assert max(intensities) == pytest.approx(100.0, abs=1e-12)


# A change of the first site of na3vp-rt (V) that nobody sees in a drawing.
CHANGES: dict[str, Callable[[Json], None]] = {
    "occupancy": lambda site: site.update(occupancy=0.9999),
    "U": lambda site: site.update(u_cif=[u + 1e-6 * (n < 3) for n, u in enumerate(U)]),
}
U = (0.0064334, 0.0064334, 0.00784, 0.0032167, 0.0, 0.0)


@pytest.mark.parametrize("what", CHANGES)
def test_comparison_notices_another(what: str, crystals: Crystals, ask_cctbx: Ask) -> None:
    phase = crystals()["na3vp-rt"]
    hkl = hkl_of(phase)
    wrong = question(phase, hkl)
    CHANGES[what](wrong["sites"][0])
    (answer,) = ask_cctbx([wrong])
    found = misfit(phase, dict(zip(hkl, answer["f_squared"], strict=True)))
    assert found > 1e-5
