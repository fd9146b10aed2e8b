"""Indexing with an instrument that was calibrated on a standard."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures import calibrate
from navp_structures.errors import InputError

STANDARD = "NZSP"
SAMPLE = [(0, 1, 2), (1, 0, 4), (1, 1, 3), (2, 1, 1), (1, 1, 6)]
LINES = [(0, 1, 2), (1, 0, 4), (1, 1, 3), (2, 1, 1), (1, 1, 6), (3, 0, 0)]


def measured(name: str, hkls: list[tuple[int, int, int]], scale: float) -> list[float]:
    phase = navp.load(name)
    return [scale * phase.d(hkl) for hkl in hkls]


def scaled(scale: float = 1.03, sigma: float = 0.002) -> navp.Calibration:
    return calibrate(measured(STANDARD, LINES, scale), STANDARD, sigma=sigma, hkls=LINES)


def test_spacings_are_corrected() -> None:
    calibration = scaled()
    d = measured("Na3VP", [(0, 1, 2), (1, 1, 6)], 1.03)
    plain = navp.index_spacings(d, phases=["Na3VP"], sigma=0.002)
    assert not plain.candidates(0)
    found = navp.index_spacings(d, phases=["Na3VP"], sigma=0.002, calibration=calibration)
    assert [found.candidates(n)[0].hkl for n in (0, 1)] == [(0, 1, 2), (1, 1, 6)]
    assert found.candidates(0)[0].deviation_sigma == pytest.approx(0.0, abs=1e-9)
    assert [s.given for s in found.observed] == d
    # What is left of the scale is its su, with the drift that is given.
    su = calibration.scale_su / calibration.scale
    assert found.inputs["scale_sigma"] == pytest.approx(su)
    drifted = navp.index_spacings(d, calibration=calibration, scale_sigma=0.004)
    assert drifted.inputs["scale_sigma"] == pytest.approx(math.hypot(su, 0.004))
    assert json.loads(json.dumps(found.to_dict()))["inputs"]["calibration"]["phase"] == (
        "nzsp-300k"
    )


def pattern(scale: float) -> list[tuple[float, float]]:
    """Return six spots of Na3VP on [0 0 1]."""
    d = scale * navp.load("Na3VP").d((3, 0, 0))
    angles = np.radians([0, 60, 120])
    inner = [(math.cos(a) / d, math.sin(a) / d) for a in angles]
    root = math.sqrt(3)
    outer = [(root * math.cos(a) / d, root * math.sin(a) / d) for a in angles + np.pi / 6]
    return inner + outer


def test_spots_are_corrected() -> None:
    calibration = scaled()
    spots = pattern(1.03)
    options: dict[str, Any] = {"phases": ["Na3VP", "NaVP", "NZSP"], "sigma": 0.003}
    # 3 % too long, the net of Na3VP is that of NZSP (4.2 % longer) as well as its own.
    plain = navp.index_spots(spots, scale_sigma=0.003, **options)
    found = navp.index_spots(spots, calibration=calibration, **options)
    assert found.posteriors["na3vp-rt"] > 0.9 > plain.posteriors["na3vp-rt"]
    best = found.solutions[0]
    assert best.scale == pytest.approx(1.0, abs=0.002)
    exact = navp.index_spots(pattern(1.0), scale_sigma=found.inputs["scale_sigma"], **options)
    for name, value in exact.posteriors.items():
        assert found.posteriors[name] == pytest.approx(value, abs=1e-6)


def test_many_and_sequences_take_it_too() -> None:
    calibration = scaled()
    options: dict[str, Any] = {"phases": ["Na3VP", "NZSP"], "sigma": 0.003}
    many = navp.index_many([pattern(1.03)], workers=1, calibration=calibration, **options)
    assert many.rows[0].phase == "na3vp-rt"
    assert many.inputs["calibration"]["scale"] == pytest.approx(1.03)
    two = navp.index_many([pattern(1.03)] * 2, workers=2, chunk=1, calibration=calibration)
    assert [row.phase for row in two.rows] == ["na3vp-rt"] * 2
    sequence = navp.index_sequence(
        [pattern(1.03), pattern(1.03)], calibration=calibration, **options
    )
    assert [row.phase for row in sequence.rows] == ["na3vp-rt", "na3vp-rt"]


def lines(name: str, hkls: list[tuple[int, int, int]], zero: float, bend: float) -> list[float]:
    two_theta = [navp.load(name).two_theta(hkl, "CuKa1") for hkl in hkls]
    return [x + zero + bend * math.cos(math.radians(x / 2)) for x in two_theta]


def test_powder_lines_are_corrected() -> None:
    standard = lines(STANDARD, LINES, 0.21, -0.08)
    calibration = calibrate(
        standard, STANDARD, units="two_theta", radiation="CuKa1", sigma=0.01, hkls=LINES
    )
    sample = lines("Na3VP", SAMPLE, 0.21, -0.08)
    options: dict[str, Any] = {"radiation": "CuKa1", "sigma": 0.01}
    options["phases"] = ["Na3VP", "NaVP"]
    found = navp.index_powder(sample, calibration=calibration, **options)
    best = found.rows[0]
    assert (best.phase, best.hkls[0]) == ("na3vp-rt", (0, 1, 2))
    # The shifts that are told are those of the instrument, not what the calibration left.
    total = best.zero_shift + best.displacement * math.cos(math.radians(12))
    assert total == pytest.approx(0.21 - 0.08 * math.cos(math.radians(12)), abs=0.005)
    exact = navp.index_powder(
        lines("Na3VP", SAMPLE, 0.0, 0.0),
        zero_sigma=0.0,
        displacement_sigma=0.0,
        **options,
    )
    # Known to a few thousandths of a degree, the shifts cost next to nothing.
    names = ("na3vp-rt", "navp-model")
    odds = [math.log(r.posteriors[names[0]] / r.posteriors[names[1]]) for r in (found, exact)]
    assert odds[0] > 0.5 * odds[1] > 0
    assert found.inputs["calibration"]["zero_shift"] == pytest.approx(calibration.zero_shift)
    assert found.inputs["zero_sigma"] == pytest.approx(calibration.zero_shift_su)
    # Lines that the list misses are told where the instrument would show them.
    wide = navp.index_powder(
        sample[:-1], limits=(12.0, 33.0), calibration=calibration, **options
    )
    (missing,) = [text for text in wide.rows[0].missing if "(1 1 6)" in text]
    assert float(missing.removeprefix("na3vp-rt (1 1 6) at ")) == pytest.approx(
        sample[-1], abs=0.011
    )


def test_the_correlation_of_zero_and_displacement_is_kept() -> None:
    standard = lines(STANDARD, LINES, 0.0, 0.0)
    calibration = calibrate(
        standard, STANDARD, units="two_theta", radiation="CuKa1", sigma=0.01, hkls=LINES
    )
    # Over a short range the two are nearly opposite: each alone is worse known than their sum.
    assert calibration.found["correlation"] < -0.9
    at_20 = float(calibration.sigma_at(20.0))
    assert at_20 < 0.5 * calibration.zero_shift_su
    observed = navp.index_spacings(
        20.0, units="two_theta", radiation="CuKa1", sigma=0.01, calibration=calibration
    ).observed[0]
    # σ(d)/d = cot θ σ(θ)
    sigma = math.radians(math.hypot(0.01, at_20) / 2) / math.tan(math.radians(10.0))
    assert observed.sigma == pytest.approx(sigma, rel=1e-3)


def test_lengths_of_a_powder() -> None:
    d = measured("Na3VP", SAMPLE, 1.03)
    found = navp.index_powder(d, units="A", phases=["Na3VP", "NZSP"], calibration=scaled())
    assert found.rows[0].phase == "na3vp-rt"
    assert found.rows[0].scale == pytest.approx(1.03, abs=1e-3)


@pytest.mark.parametrize("index", [navp.index_spacings, navp.index_powder])
def test_what_does_not_fit(index: Any) -> None:
    calibration = scaled()
    with pytest.raises(InputError, match="2θ and spacings are calibrated apart"):
        index([20.0, 24.0], units="two_theta", radiation="CuKa1", calibration=calibration)
    with pytest.raises(InputError, match="must be a Calibration, from calibrate"):
        index([6.2, 4.4], units="A", calibration=1.02)
    with pytest.raises(InputError, match="both must be px"):
        navp.index_spots(
            [(100, 0), (0, 100)], units="px", camera_constant=1e3, calibration=calibration
        )
