"""Calibrating on a standard: numbers worked out by hand, and what is left undecided."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import navp_structures as navp
from navp_structures import Phase, Radiation, Site, SpaceGroup, Species, UnitCell, calibrate
from navp_structures.analysis.calibration_result import check_calibration
from navp_structures.errors import InputError


def metal(a: float = 4.0, su: float | None = None, element: str = "Au") -> Phase:
    """Return a face-centred cubic metal; made up, so that its spacings are round."""
    lengths = {"a": a, "b": a, "c": a}
    known = {f"{name}_su": su for name in lengths} if su else {}
    return Phase(
        id="metal",
        cell=UnitCell(**lengths, **known),
        space_group=SpaceGroup.from_name("F m -3 m"),
        sites=(
            Site(label="M", species=(Species(symbol=element, label="M"),), fract=(0, 0, 0)),
        ),
        formula=element,
        formula_units=4,
        kind="model",
        reason="made up for a test",
    )


# a / sqrt(h² + k² + l²) for a = 4.
RINGS = [4.0 / math.sqrt(n) for n in (3, 4, 8, 11)]
CU = 1.5405929


def test_scale_by_hand() -> None:
    values = [1.02 * d for d in RINGS]
    found = calibrate(values, metal(), sigma=0.01)
    assert [row.hkl for row in found.rows] == [(1, 1, 1), (2, 0, 0), (2, 2, 0), (3, 1, 1)]
    assert [row.multiplicity for row in found.rows] == [8, 6, 12, 24]
    assert found.scale == pytest.approx(1.02, rel=1e-12)
    # Four values of 1 % each: 1 % / sqrt(4), of a scale of 1.02.
    assert found.scale_su == pytest.approx(1.02 * 0.005, rel=1e-12)
    assert found.scatter == pytest.approx(0.0, abs=1e-10)
    assert found.corrected(values) == pytest.approx(RINGS)
    assert "scale 1.020(5): measured spacings are 2.00 % too large" in found.notes[0]


def test_the_mean_of_two_that_disagree() -> None:
    # Deviations +1 % and +3 % in ln d, sigma 1 %: mean 2 %, chi² = 2 with one degree of
    # freedom, so the su of 1 % / sqrt(2) is widened by sqrt(2) to 1 %.
    values = [RINGS[0] * math.exp(0.01), RINGS[1] * math.exp(0.03)]
    found = calibrate(values, metal(), sigma=0.01)
    assert math.log(found.scale) == pytest.approx(0.02)
    assert found.scatter == pytest.approx(math.sqrt(2.0))
    assert found.scale_su / found.scale == pytest.approx(0.01)
    assert [row.deviation_sigma for row in found.rows] == pytest.approx([-1.0, 1.0])


def test_the_cell_of_the_standard_is_off_for_all_lines_at_once() -> None:
    found = calibrate(RINGS, metal(su=0.012), sigma=0.004)
    # The su of a cubic cell, 0.3 %, does not average out; 0.4 % / sqrt(4) = 0.2 % does.
    assert found.scale_su == pytest.approx(math.hypot(0.002, 0.003))


@pytest.mark.parametrize(
    ("units", "factor", "power"),
    [("A", 1.0, 1), ("nm", 0.1, 1), ("1/A", 1.0, -1), ("1/nm", 10.0, -1), ("q", 2 * np.pi, -1)],
)
def test_units(units: str, factor: float, power: int) -> None:
    true = [factor * d**power for d in RINGS]
    measured = [factor * (0.97 * d) ** power for d in RINGS]
    found = calibrate(measured, metal(), units=units)
    assert found.scale == pytest.approx(0.97)
    assert found.corrected(measured) == pytest.approx(true)
    assert "3.00 % too small" in found.notes[0]


def test_pixels_and_the_camera_constant() -> None:
    # The true camera constant is 980 px Å; the nominal one, 1000, makes d 1/0.98 too long.
    pixels = [980.0 / d for d in RINGS]
    found = calibrate(pixels, metal(), units="px", camera_constant=1000.0)
    assert found.scale == pytest.approx(1.0 / 0.98)
    assert found.calibrated_camera_constant == pytest.approx(980.0)
    assert found.to_dict()["results"]["camera_constant"] == pytest.approx(980.0)
    assert "camera constant 980(5) px Å" in found.notes[0]


def two_theta(d: float, zero: float = 0.0, displacement: float = 0.0) -> float:
    theta = math.asin(CU / (2 * d))
    return math.degrees(2 * theta) + zero + displacement * math.cos(theta)


def test_zero_and_displacement() -> None:
    d = [4.0 / math.sqrt(n) for n in (3, 4, 8, 11, 12, 16, 19, 20, 24)]
    lines = [two_theta(x, zero=0.06, displacement=-0.15) for x in d]
    found = calibrate(lines, metal(), units="two_theta", radiation=CU, sigma=0.005)
    assert found.zero_shift == pytest.approx(0.06, abs=2e-3)
    assert found.displacement == pytest.approx(-0.15, abs=3e-3)
    assert found.corrected(lines) == pytest.approx([two_theta(x) for x in d], abs=5e-4)
    assert (found.scale, found.scale_su) == (None, None)
    # Least squares redone with numpy, the prior as two more equations.
    rows = [[1.0, math.cos(math.radians(x / 2))] for x in lines]
    matrix = np.array(rows) / 0.005
    matrix = np.vstack([matrix, np.diag([1 / 0.1, 1 / 0.2])])
    away = np.array([x - two_theta(y) for x, y in zip(lines, d, strict=True)]) / 0.005
    away = np.append(away, [0.0, 0.0])
    expected, *_ = np.linalg.lstsq(matrix, away, rcond=None)
    assert [found.zero_shift, found.displacement] == pytest.approx(expected.tolist(), abs=1e-9)
    spread = np.sqrt(np.diag(np.linalg.inv(matrix.T @ matrix)))
    su = [found.zero_shift_su, found.displacement_su]
    assert su == pytest.approx(spread.tolist(), rel=1e-6)


def test_a_stray_value_is_left_out_and_told() -> None:
    found = calibrate([*RINGS, 2.95], metal(), sigma=0.005)
    assert [row.hkl for row in found.rows][-1] is None
    assert found.scale == pytest.approx(1.0)
    assert "2.95: no line of metal, left out" in found.notes


def test_what_the_values_do_not_decide() -> None:
    # One ring may be (1 1 1) 7 % too short or (2 0 0) 7 % too long.
    value = math.sqrt(RINGS[0] * RINGS[1])
    with pytest.raises(InputError, match="do not decide which lines of metal they are") as got:
        calibrate(value, metal(), scale_sigma=0.1)
    assert "(1 1 1) (scale 0.931)" in str(got.value)
    # ln 1.0746 = 0.0719; against a prior of 10 % a value of 1 % keeps 100/101 of it.
    assert "(2 0 0) (scale 1.074)" in str(got.value)
    named = calibrate(value, metal(), scale_sigma=0.1, hkls=["1 1 1"])
    assert named.scale == pytest.approx(math.sqrt(math.sqrt(3) / 2))


def test_named_families() -> None:
    found = calibrate(RINGS, metal(), hkls=[(1, -1, 1), "0 0 2", (2, 0, -2), "3 1 1"])
    assert [row.hkl for row in found.rows] == [(1, 1, 1), (2, 0, 0), (2, 2, 0), (3, 1, 1)]
    for hkls, match in (
        (["1 1 1"], "1 hkls for 4 values"),
        (["1 1 1", "2 0 0", "2 1 1", "3 1 1"], r"\(2 1 1\) of metal is extinct: F: h \+ k"),
        (["1 1 1", "2 0 0", "2 2 0", "9 9 9"], r"1.20605 is no \(9 9 9\) of metal"),
    ):
        with pytest.raises(InputError, match=match):
            calibrate(RINGS, metal(), hkls=hkls)


def test_a_weak_family_may_be_named() -> None:
    # CsI with Cs and I alike: of h + k + l odd only a ten thousandth of |F|² is left.
    sites = tuple(
        Site(label=f"{n}", species=(Species(symbol="Au", label=f"{n}", occupancy=o),), fract=f)
        for n, o, f in (("A", 1.0, (0, 0, 0)), ("B", 0.985, (0.5, 0.5, 0.5)))
    )
    nearly = replace(metal(), space_group=SpaceGroup.from_name("P m -3 m"),
                                 sites=sites)  # fmt: skip
    table = navp.reflections(nearly, d_min=1.5)
    ratio = {row.hkl: row.f_squared * row.multiplicity for row in table.rows}
    assert ratio[1, 0, 0] < 1e-4 * max(ratio.values())
    # a = 4: d(100) is 4 Å, d(110) is 2.8284 Å; 1 % more of each.
    found = calibrate([4.04, 2.8567], nearly, sigma=0.001, hkls=["1 0 0", "1 1 0"])
    assert found.scale == pytest.approx(1.01, abs=1e-5)
    # Without names it is none of the lines that a standard shows.
    assert calibrate([4.04, 2.8567, 2.02], nearly, sigma=0.001).rows[0].hkl is None


def test_what_is_no_standard() -> None:
    with pytest.raises(InputError, match="fewer than half of the 3 values are lines of metal"):
        calibrate([2.7, 2.63, 1.8], metal(), sigma=0.002)
    with pytest.raises(InputError, match="scale_sigma goes with spacings"):
        calibrate(40.0, metal(), units="two_theta", radiation=CU, scale_sigma=0.1)
    with pytest.raises(InputError, match="zero_sigma and displacement_sigma go with two_theta"):
        calibrate(RINGS, metal(), zero_sigma=0.1)
    with pytest.raises(InputError, match="2θ needs a radiation"):
        calibrate(40.0, metal(), units="two_theta")
    with pytest.raises(InputError, match="501 values"):
        calibrate([2.0] * 501, metal())
    with pytest.raises(InputError, match="metal has no line as far out as 9 Å"):
        calibrate(9.0, metal())


@pytest.mark.parametrize("seed", range(3))
def test_the_su_is_what_repeated_measurements_scatter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pulls = []
    standard = metal()
    for _ in range(100):
        scale = 1.0 + 0.03 * rng.standard_normal()
        values = scale * np.array(RINGS) * np.exp(0.005 * rng.standard_normal(4))
        found = calibrate(values, standard, sigma=0.005)
        pulls.append((found.scale - scale) / (scale * 0.0025))
    # The mean of 100 is good to 0.1, their standard deviation to 0.07.
    assert abs(np.mean(pulls)) < 0.35
    assert np.std(pulls) == pytest.approx(1.0, abs=0.25)


def test_a_measured_standard_says_so_and_a_model_too() -> None:
    found = calibrate(RINGS, metal())
    assert found.notes[-1] == "metal is a model: made up for a test"
    content = json.loads(json.dumps(found.to_dict()))
    assert content["schema"] == {"name": "navp.calibration", "version": 1}
    assert content["results"]["scale_su"] == pytest.approx(0.005)
    assert content["results"]["lines"][0]["hkl"] == [1, 1, 1]
    assert content["inputs"]["phase"] == "metal"
    assert "Calibration" in repr(found)


def test_use_is_checked() -> None:
    lengths = calibrate(RINGS, metal())
    check_calibration(lengths, "1/nm")
    with pytest.raises(InputError, match="calibrated apart"):
        check_calibration(lengths, "two_theta")
    with pytest.raises(InputError, match="both must be px"):
        check_calibration(lengths, "px", camera_constant=100.0)
    pixels = calibrate([1000 / d for d in RINGS], metal(), units="px", camera_constant=1000.0)
    check_calibration(pixels, "px", camera_constant=1000.0)
    with pytest.raises(
        InputError, match="camera constant is 900, that of the calibration 1000"
    ):
        check_calibration(pixels, "px", camera_constant=900.0)
    degrees = calibrate(
        [two_theta(d) for d in RINGS], metal(), units="two_theta", radiation="CuKa1"
    )
    with pytest.raises(InputError, match=r"wavelength is 0.709317, that of the calib"):
        check_calibration(degrees, "two_theta", radiation=navp.radiation("MoKa1"))
    lone = Radiation(name="x", probe="xray", lines=((1.5405929, 1.0),), source="a test")
    check_calibration(degrees, "two_theta", radiation=lone)
    with pytest.raises(InputError, match="no finite number"):
        lengths.corrected([1.0, math.nan])
    assert replace(lengths, units="nm").corrected(0.2) == pytest.approx(0.2)
