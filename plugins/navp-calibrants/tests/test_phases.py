"""Every phase passes the checks, and is what its source says."""

from __future__ import annotations

import pytest

import navp_structures as navp
from navp_structures.testing import check_phases

NAMES = {
    "Si": "si-srm640f",
    "SRM 640f": "si-srm640f",
    "LaB6": "lab6-srm660c",
    "SRM 660c": "lab6-srm660c",
    "CeO2": "ceo2-srm674b",
    "ceria": "ceo2-srm674b",
    "Al2O3": "al2o3-srm676a",
    "corundum": "al2o3-srm676a",
    "SRM 676a": "al2o3-srm676a",
    "Au": "au-nbs539",
    "gold": "au-nbs539",
    "Pt": "pt-nbs539",
    "platinum": "pt-nbs539",
}


def test_checks() -> None:
    reports = check_phases("calibrants")
    assert {report.phase for report in reports} == set(NAMES.values())


@pytest.mark.parametrize("name", NAMES)
def test_names(name: str) -> None:
    # A curated phase or another plugin of that name would be a warning or an error.
    phase = navp.load(name)
    assert (phase.id, phase.provider, phase.kind) == (NAMES[name], "calibrants", "measured")


@pytest.mark.parametrize(
    ("name", "edge", "expanded"),
    [  # Å; the uncertainties that the certificates print, k = 2
        ("Si", 5.431144, 0.00008),
        ("LaB6", 4.156826, 0.00008),
        ("Al2O3", 4.759355, 0.00008),
    ],
)
def test_su_is_half_the_expanded_uncertainty(name: str, edge: float, expanded: float) -> None:
    cell = navp.load(name).cell
    assert cell.a == edge
    assert cell.a_su == pytest.approx(expanded / 2, rel=1e-9)


def test_c_of_corundum() -> None:
    cell = navp.load("Al2O3").cell
    assert (cell.c, cell.c_su) == (12.99231, pytest.approx(0.00015 / 2, rel=1e-9))


@pytest.mark.parametrize("name", ["CeO2", "Au", "Pt"])
def test_an_uncertainty_that_was_not_seen_is_absent(name: str) -> None:
    phase = navp.load(name)
    assert phase.cell.a_su is None
    assert phase.caveat


@pytest.mark.parametrize(
    ("name", "axis", "other", "tolerance"),
    [
        # Other samples and temperatures: Si at 300 K is 4 K warmer, 2.6e-6 per K.
        ("Si", "a", 5.431302, 5e-5),  # IUCrJ 8 (2021) 387, 300 K
        ("LaB6", "a", 4.156780, 2e-5),  # NIST mds2-2315, SRM 660c at 20.85 °C
        # A refinement without an internal standard.
        ("Al2O3", "a", 4.76050, 3e-4),  # J. Appl. Cryst. 23 (1990) 246
        ("Al2O3", "c", 12.9956, 3e-4),
        # Metals of other origin; the last digit printed is 25 ppm.
        ("Au", "a", 4.0782, 1.2e-4),  # Can. J. Phys. 42 (1964) 2364
        ("Pt", "a", 3.9236, 1.5e-4),  # Platinum Metals Rev. 41 (1997) 12
    ],
)
def test_other_measurements_of_the_cell(
    name: str, axis: str, other: float, tolerance: float
) -> None:
    assert getattr(navp.load(name).cell, axis) == pytest.approx(other, rel=tolerance)


@pytest.mark.parametrize(("name", "density"), [("Au", 19.32), ("Pt", 21.45)])
def test_density(name: str, density: float) -> None:
    # Particle Data Group, Atomic and Nuclear Properties of Materials (2024): densities of
    # the bulk metal in g/cm³.
    (report,) = check_phases([navp.load(name)])
    assert report.density == pytest.approx(density, rel=0.003)
