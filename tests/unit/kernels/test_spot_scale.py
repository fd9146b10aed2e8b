"""The scale in closed form: against the fit that has it as an unknown, and by numbers."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.analysis.indexing.spot_settings import SpotSettings
from navp_structures.analysis.indexing.spots import Searched, searched
from navp_structures.kernels.lattice import Floats
from navp_structures.kernels.spot_match import Nets, Placements, PolarSpots, fit
from navp_structures.kernels.spot_scale import ScaleEvidence, scale_evidence

SPOTS = [(0.2766, 0.2304), (-0.2766, 0.2304), (0.5532, 0.0), (0.1383, 0.2290)]


@pytest.fixture(scope="module", params=[0.0, 0.004])
def found_spots(request: pytest.FixtureRequest) -> Searched:
    settings = SpotSettings.of(
        phases=["Na3VP", "NZSP"], sigma=0.01, angle_sigma=1.0, scale_sigma=0.02, units="1/A",
        camera_constant=None, distortion_sigma=request.param, longest_zone=30.0, g_max=None,
    )  # fmt: skip
    return searched(SPOTS, None, settings)


def response(found_spots: Searched) -> ScaleEvidence:
    placed, library = found_spots.posterior.placed, found_spots.library
    spread = library.total_spread(0.0, found_spots.errors.distortion)[placed.zone]
    return scale_evidence(placed, found_spots.polar, library.nets, spread)


def test_a_prior_of_the_scale_gives_what_the_fit_has(found_spots: Searched) -> None:
    found = response(found_spots)
    placed, library = found_spots.posterior.placed, found_spots.library
    assert len(placed.zone) > 10
    for sigma in (0.0, 0.002, 0.02):
        spread = library.total_spread(sigma, found_spots.errors.distortion)[placed.zone]
        expected = fit(placed, found_spots.polar, library.nets, spread).log_evidence
        assert found.with_prior(0.0, sigma) == pytest.approx(expected, abs=1e-8)


def test_the_integral_over_the_scale_by_numbers(found_spots: Searched) -> None:
    found, mean, sigma = response(found_spots), 0.004, 0.015
    scales = np.linspace(mean - 8 * sigma, mean + 8 * sigma, 4001)
    prior = np.exp(-0.5 * ((scales - mean) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
    # A prior of no width is the evidence at one scale.
    each = np.exp(found.with_prior(scales[:, np.newaxis], 0.0) - found.log_peak)
    total = (each * prior[:, np.newaxis]).sum(axis=0) * (scales[1] - scales[0])
    assert found.with_prior(mean, sigma) - found.log_peak == pytest.approx(
        np.log(total), abs=1e-9
    )


def test_two_lengths_by_hand() -> None:
    """Lengths 1 % and 3 % too long, sigma 1 % and 2 %, and angles that fit.

    w = 1/0.01² + 1/0.02² = 12500; the mean is (0.01/0.01² + 0.03/0.02²)/12500 = 0.014.
    """
    nets = Nets(
        inverse=np.eye(2)[np.newaxis], start=np.array([0]), half=np.array([[1, 1]]),
        grid=np.arange(9), log_g=np.array([0.0, 0.0]), angle=np.array([0.0, np.pi / 2]),
    )  # fmt: skip
    spots = PolarSpots(
        log_r=np.array([0.01, 0.03]), angle=np.array([0.0, np.pi / 2]),
        sigma=np.array([0.01, 0.02]), sigma_angle=np.array([0.01, 0.01]),
        log_spurious=np.zeros(2),
    )  # fmt: skip
    found = scale_evidence(_both(np.array([[0, 1]])), spots, nets, np.zeros((1, 3, 3)))
    assert found.precision == pytest.approx([12500.0])
    assert found.best == pytest.approx([0.014])
    assert found.turn_su == pytest.approx([0.01 / np.sqrt(2)])
    # Behind a further error of 1 %: 1 / (1/12500 + 0.0001).
    assert found.known_within(0.01) == pytest.approx([1 / 1.8e-4])


def test_without_a_match_no_scale() -> None:
    nets = Nets(
        inverse=np.eye(2)[np.newaxis], start=np.array([0]), half=np.array([[1, 1]]),
        grid=np.arange(9), log_g=np.zeros(1), angle=np.zeros(1),
    )  # fmt: skip
    ones = np.ones(2)
    spots = PolarSpots(
        log_r=ones, angle=ones, sigma=ones, sigma_angle=ones, log_spurious=np.zeros(2)
    )
    found = scale_evidence(_both(np.array([[-1, -1]])), spots, nets, np.zeros((1, 3, 3)))
    assert found.precision == found.best == 0.0
    assert found.with_prior(0.3, 0.1) == pytest.approx(found.log_peak)


def _both(match: np.ndarray) -> Placements:
    def number(value: float) -> Floats:
        return np.array([value])

    return Placements(
        zone=np.array([0]), mirror=number(1.0), turn=number(0.0), scale=number(0.0), match=match
    )
