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
    assert "scale 1.020(5): measured spacings are off by +2.0(5) %" in found.notes[0]


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
    assert "off by -3.0(5) %" in found.notes[0]


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


MORE = [4.0 / math.sqrt(n) for n in (3, 4, 8, 11, 12, 16)]


def test_a_stray_value_is_left_out_and_told() -> None:
    found = calibrate([*MORE, 2.95], metal(), sigma=0.005)
    assert [row.hkl for row in found.rows][-1] is None
    assert found.scale == pytest.approx(1.0)
    assert "2.95: no line of metal, left out" in found.notes
    # One of a few is too much: without it the others say too little.
    with pytest.raises(InputError, match=r"2\.95: no line of metal where the others are \(1 1"):
        calibrate([*RINGS[:3], 2.95], metal(), sigma=0.005)


@pytest.mark.parametrize(
    ("values", "options"),
    [
        # Lines of a primitive cubic lattice, 4.157 Å.
        ([4.157, 2.939, 2.400, 2.078, 1.859, 1.697], {}),
        # Anything, evenly spaced.
        (np.linspace(1.2, 6.0, 20).tolist(), {}),
        # Two rings 20 % off: far beyond the prior.
        ([1.2 * RINGS[0], 1.2 * RINGS[1]], {}),
        ([3.0, 2.0], {}),
        # An elliptic pattern, by 2 % each way, read to 0.2 %.
        (
            [1.02 * RINGS[0], 0.98 * RINGS[1], 1.02 * RINGS[2], 0.98 * RINGS[3]],
            {"sigma": 0.002},
        ),
    ],
)
def test_what_is_not_the_standard_is_refused(
    values: list[float], options: dict[str, float]
) -> None:
    with pytest.raises(InputError, match="metal"):
        calibrate(values, metal(), **options)


def test_random_values_are_rarely_taken_for_lines() -> None:
    rng, taken = np.random.default_rng(11), 0
    standard = metal()
    for _ in range(60):
        values = np.exp(rng.uniform(math.log(1.1), math.log(4.0), 6))
        try:
            calibrate(values, standard, sigma=0.01)
        except InputError:
            continue
        taken += 1
    assert taken <= 3


def test_each_value_once() -> None:
    with pytest.raises(InputError, match="given twice; give each line once"):
        calibrate([RINGS[0]] * 10, metal())
    # Ten readings of one ring are no ten rings.
    with pytest.raises(InputError, match="metal"):
        calibrate([RINGS[0] * (1.0 + 1e-4 * n) for n in range(10)], metal())


def test_each_value_with_its_own_sigma() -> None:
    # 0 % with 0.5 %, +3 % with 1.5 %: weights 9 to 1, mean 0.3 %; chi² = (0.3/0.5)² +
    # (2.7/1.5)² = 3.6 with one degree of freedom.
    values = [RINGS[0], RINGS[1] * math.exp(0.03)]
    found = calibrate(values, metal(), sigma=[0.005, 0.015])
    assert math.log(found.scale) == pytest.approx(0.003)
    assert found.scatter == pytest.approx(math.sqrt(3.6))
    assert found.inputs["sigma"] == (0.005, 0.015)
    with pytest.raises(InputError, match="1 sigmas for 2 values"):
        calibrate(values, metal(), sigma=[0.01])


@pytest.mark.parametrize("prior", [1e-4, 1e-2, 0.1])
def test_a_prior_decides_and_does_not_pull(prior: float) -> None:
    # 0.3 % off with 1 % each is nothing to be told, whatever was expected.
    found = calibrate([1.003 * d for d in RINGS], metal(), sigma=0.01, scale_sigma=prior)
    assert found.scale == pytest.approx(1.003)
    assert found.posterior is not None
    assert found.posterior > 0.9


def test_far_from_what_was_expected_is_told() -> None:
    far = calibrate([1.14 * d for d in MORE], metal(), sigma=0.005)
    assert far.scale == pytest.approx(1.14)
    # ln 1.14 / 0.05
    assert any("that is 2.6 standard deviations of what was expected" in n for n in far.notes)
    named = calibrate([1.3 * d for d in RINGS], metal(), hkls=["111", "200", "220", "311"])
    assert named.scale == pytest.approx(1.3)
    assert (named.posterior, far.posterior is None) == (None, False)


def test_what_the_values_do_not_decide() -> None:
    # One ring may be (1 1 1) 7 % too short or (2 0 0) 7 % too long.
    value = math.sqrt(RINGS[0] * RINGS[1])
    with pytest.raises(InputError, match="do not decide which lines of metal they are") as got:
        calibrate(value, metal(), scale_sigma=0.1)
    assert "(1 1 1) (scale 0.931, probability 0.4" in str(got.value)
    assert "(2 0 0) (scale 1.075, probability 0.4" in str(got.value)
    named = calibrate(value, metal(), scale_sigma=0.1, hkls=["1 1 1"])
    assert named.scale == pytest.approx(math.sqrt(math.sqrt(3) / 2))


def test_named_families() -> None:
    found = calibrate(RINGS, metal(), hkls=[(1, -1, 1), "0 0 2", (2, 0, -2), "3 1 1"])
    assert [row.hkl for row in found.rows] == [(1, 1, 1), (2, 0, 0), (2, 2, 0), (3, 1, 1)]
    for hkls, match in (
        (["1 1 1"], "1 hkls for 4 values"),
        (["1 1 1", "2 0 0", "2 1 1", "3 1 1"], r"\(2 1 1\) of metal is extinct: F: h \+ k"),
        (
            ["1 1 1", "2 0 0", "2 2 0", "9 9 9"],
            "the values scatter .* not these hkls",
        ),
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


def test_what_is_no_standard() -> None:
    with pytest.raises(InputError, match=r"lines of metal with a probability of 0\.\d\d only"):
        calibrate([2.7, 2.63, 1.8], metal(), sigma=0.002)
    with pytest.raises(InputError, match="scale_sigma goes with spacings"):
        calibrate(40.0, metal(), units="two_theta", radiation=CU, scale_sigma=0.1)
    with pytest.raises(InputError, match="zero_sigma and displacement_sigma go with two_theta"):
        calibrate(RINGS, metal(), zero_sigma=0.1)
    for wrong, match in (
        ({"hkls": 5}, "hkls is 5; give a list"),
        ({"camera_constant": "x"}, "a camera constant is used with px only|is 'x'"),
        ({"sigma": -1.0}, "sigma is -1"),
        ({"scale_sigma": 0.5}, "scale_sigma is 0.5"),
    ):
        with pytest.raises(InputError, match=match):
            calibrate(RINGS, metal(), **wrong)
    for values in (b"2.3", "2.3", [10**400], [-1.0], [], [math.nan], None):
        with pytest.raises(InputError):
            calibrate(values, metal())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="2θ needs a radiation"):
        calibrate(40.0, metal(), units="two_theta")
    with pytest.raises(InputError, match="501 values are given; a standard has at most 200"):
        calibrate([2.0] * 501, metal())
    with pytest.raises(InputError, match="metal has no line near 9; is it the standard"):
        calibrate(9.0, metal())


@pytest.mark.parametrize("seed", range(3))
def test_the_su_is_what_repeated_measurements_scatter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pulls, refused = [], 0
    standard = metal()
    for _ in range(100):
        scale = 1.0 + 0.03 * rng.standard_normal()
        values = scale * np.array(RINGS) * np.exp(0.005 * rng.standard_normal(4))
        try:
            found = calibrate(values, standard, sigma=0.005)
        except InputError:
            refused += 1
            continue
        pulls.append((found.scale - scale) / (scale * 0.0025))
    assert refused <= 3  # one value of 2,000 is 3.5 sigma off, which looks like a stray one
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
    with pytest.raises(InputError, match="no positive finite number"):
        lengths.corrected([1.0, math.nan])
    assert replace(lengths, units="nm").corrected(0.2) == pytest.approx(0.2)


@pytest.mark.parametrize("sigma", [1e-200, 1e-30, [1e-8] * 4])
def test_a_sigma_that_nothing_is_measured_to_is_refused(sigma: float | list[float]) -> None:
    with pytest.raises(InputError, match=r"sigma is 1e-\d+; it must be 1e-06"):
        navp.calibrate([6.337, 4.452, 3.816, 2.849], "Na3VP", sigma=sigma)
