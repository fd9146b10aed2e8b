"""Powder patterns: rows, curves, refusals."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import navp_structures as navp
from navp_structures import Radiation, SpaceGroup, UnitCell
from navp_structures.analysis import allowed as table
from navp_structures.errors import (
    InputError,
    NoSitesError,
    UnknownPhaseError,
    UnknownRadiationError,
)
from navp_structures.show.tables import json_text, text_table

CU1, CU2 = 1.5405929, 1.5444274


def angles(pattern: navp.PowderPattern) -> np.ndarray:
    return np.array([row.two_theta for row in pattern])


def test_columns_of_the_design_come_first() -> None:
    frame = navp.powder_pattern("Na3VP").to_dataframe()
    assert list(frame.columns[:7]) == [
        "phase", "hkl", "multiplicity", "d", "two_theta", "f_squared", "intensity"
    ]  # fmt: skip
    assert frame["two_theta"].is_monotonic_increasing
    assert frame["intensity"].max() == 100.0
    assert len(frame) == 130


def test_row_by_hand() -> None:
    # (0 1 2): 2θ from Bragg's law; I from the row's own |F|² and the textbook factors.
    pattern = navp.powder_pattern("Na3VP", two_theta=(5, 40))
    first = pattern.rows[0]
    theta = math.asin(CU1 / 2 / navp.load("Na3VP").d("0 1 2"))
    assert first.two_theta == pytest.approx(2 * math.degrees(theta), abs=1e-12)
    assert first.q == pytest.approx(4 * math.pi * math.sin(theta) / CU1)

    def strength(row: object) -> float:
        t = math.radians(row.two_theta / 2)  # type: ignore[attr-defined]
        lp = (1 + math.cos(2 * t) ** 2) / 2 / (math.sin(t) ** 2 * math.cos(t))
        return row.multiplicity * row.f_squared * lp  # type: ignore[attr-defined, no-any-return]

    strongest = max(pattern, key=strength)
    assert strongest.hkl == (1, 1, 6)
    for row in pattern:
        assert row.intensity == pytest.approx(100 * strength(row) / strength(strongest))


def test_doublet_gives_each_family_two_lines() -> None:
    single = navp.powder_pattern("Na3VP", two_theta=(5, 60))
    double = navp.powder_pattern("Na3VP", radiation="CuKa12", two_theta=(5, 60))
    of_two = [row for row in double if row.wavelength == CU2]
    of_one = [row for row in double if row.wavelength == CU1]
    assert [row.hkl for row in of_one] == [row.hkl for row in single]
    assert len(of_two) in (len(of_one), len(of_one) - 1)
    assert np.all(np.diff(angles(double)) >= 0)
    for row in of_two:
        assert row.two_theta == pytest.approx(2 * math.degrees(math.asin(CU2 / 2 / row.d)))
    # Half as strong but for the small change of the trigonometric factors and f'.
    twin = next(row for row in of_two if row.hkl == (1, 1, 6))
    assert twin.intensity == pytest.approx(50.0, rel=0.02)


def test_weighted_mean_lies_between() -> None:
    first = [navp.powder_pattern("Na3VP", radiation=r, two_theta=(5, 30)).rows[0].two_theta
             for r in ("CuKa1", "CuKa", "CuKa2")]  # fmt: skip
    assert first[0] < first[1] < first[2]
    assert (first[1] - first[0]) / (first[2] - first[0]) == pytest.approx(1 / 3, abs=1e-3)


def test_energy_and_wavelength_are_one() -> None:
    by_energy = navp.powder_pattern("Na3VP", radiation="8047.8 eV")
    by_length = navp.powder_pattern("Na3VP", radiation=12398.419843320026 / 8047.8)
    assert angles(by_energy) == pytest.approx(angles(by_length), abs=1e-10)


def test_neutrons_and_electrons() -> None:
    neutron = navp.powder_pattern("Na3VP", radiation=1.5405929, probe="neutron")
    xray = navp.powder_pattern("Na3VP", radiation=1.5405929)
    assert angles(neutron) == pytest.approx(angles(xray))
    assert neutron.rows[0].intensity != pytest.approx(xray.rows[0].intensity, rel=0.1)
    # No polarisation: I / (m |F|²) is the Lorentz factor.
    row = neutron.rows[3]
    theta = math.radians(row.two_theta / 2)
    lorentz = 1 / (math.sin(theta) ** 2 * math.cos(theta))
    other = max(neutron, key=lambda line: line.intensity)
    phi = math.radians(other.two_theta / 2)
    reference = other.multiplicity * other.f_squared / (math.sin(phi) ** 2 * math.cos(phi))
    assert row.intensity == pytest.approx(
        100 * row.multiplicity * row.f_squared * lorentz / reference
    )
    electron = navp.powder_pattern("Na3VP", radiation="200 kV")
    # By default the spacings that Cu Kα1 shows from 5 to 90°.
    assert {line.hkl for line in electron} == {line.hkl for line in xray}
    assert angles(electron).max() < 2.0
    # The width is as much of the range: 0.1° × 1.62 / 85.
    assert electron.rows[0].fwhm == pytest.approx(0.0015, abs=1e-4)


def test_dispersion_can_be_left_out() -> None:
    plain = navp.powder_pattern("Na3VP", dispersion=False)
    families = table.allowed(navp.load("Na3VP"), 1.0).f_squared("xray")
    assert plain.lines.f_squared == pytest.approx(families[: len(plain)])
    with_it = navp.powder_pattern("Na3VP")
    assert not np.allclose(with_it.lines.f_squared, plain.lines.f_squared, rtol=1e-3)


def test_monochromator_lowers_high_angles_less() -> None:
    free = navp.powder_pattern("Na3VP")
    graphite = navp.powder_pattern("Na3VP", monochromator=26.6)
    ratio = graphite.lines.intensity / free.lines.intensity
    # At 2θ = 90° by (1 / 1.79952) / 0.5; relative to the strongest line at 32.02°, where
    # (1 + 0.79952 × 0.71888) / 1.79952 = 0.87510 stands against 0.85944.
    high = np.argmax(free.lines.two_theta)
    angle = math.radians(free.lines.two_theta[high])
    share = math.cos(math.radians(26.6)) ** 2

    def factor(a: float, two_theta: float) -> float:
        return (1 + a * math.cos(two_theta) ** 2) / (1 + a)

    strongest = math.radians(free.lines.two_theta[np.argmax(free.lines.intensity)])
    expected = factor(share, angle) / factor(1, angle) / factor(share, strongest)
    assert ratio[high] == pytest.approx(expected * factor(1, strongest))
    assert ratio[high] > 1


def test_preferred_orientation_lifts_its_own_plane() -> None:
    free = {row.hkl: row.intensity for row in navp.powder_pattern("Na3VP")}
    plates = navp.powder_pattern("Na3VP", preferred_orientation=((0, 0, 6), 0.7))
    textured = {row.hkl: row.intensity for row in plates}
    # (0 0 6) is along the axis: weight r^-3 = 2.915; (3 0 0) across it: r^1.5 = 0.5857.
    ratio = (textured[0, 0, 6] / free[0, 0, 6]) / (textured[3, 0, 0] / free[3, 0, 0])
    assert ratio == pytest.approx(0.7**-4.5)
    assert plates.inputs["preferred_orientation"] == {"hkl": (0, 0, 6), "r": 0.7}


def test_zero_shift_and_displacement_move_lines_but_not_d() -> None:
    true = navp.powder_pattern("Na3VP", two_theta=(5, 60))
    moved = navp.powder_pattern(
        "Na3VP", two_theta=(5, 60), zero_shift=0.05, displacement=-0.1, radius=200
    )
    n = min(len(true), len(moved))
    shift = angles(moved)[:n] - angles(true)[:n]
    expected = 0.05 - np.degrees(2 * 0.1 / 200) * np.cos(np.radians(angles(true)[:n] / 2))
    assert shift == pytest.approx(expected, abs=1e-12)
    assert [row.d for row in moved][:n] == [row.d for row in true][:n]


def test_a_line_that_a_shift_brings_into_the_range_is_listed() -> None:
    # (0 1 2) at 14.246° is read at 14.346°.
    pattern = navp.powder_pattern("Na3VP", two_theta=(14.3, 16), zero_shift=0.1)
    assert [row.hkl for row in pattern] == [(0, 1, 2)]
    high = navp.powder_pattern("Na3VP", two_theta=(10, 14.2), zero_shift=-0.1)
    assert [row.hkl for row in high] == [(0, 1, 2)]


def test_near_families_keep_their_rows() -> None:
    pattern = navp.powder_pattern("Na2VP", tolerance=0.05)
    peaks: dict[int, list[navp.PowderPattern]] = {}
    for row in pattern:
        peaks.setdefault(row.peak, []).append(row)
    crowded = [rows for rows in peaks.values() if len(rows) > 1]
    assert crowded
    for rows in crowded:
        assert len({row.hkl for row in rows}) == len(rows)
        assert np.all(np.diff([row.two_theta for row in rows]) <= 0.05)
    ordered = [rows for _, rows in sorted(peaks.items())]
    for one, next_ in pairwise(ordered):
        assert next_[0].two_theta - one[-1].two_theta > 0.05


def test_equal_positions_keep_separate_rows() -> None:
    # (3 3 3) and (5 1 1) of a cubic crystal have one d and are not equivalent.
    cubic = replace(
        navp.load("Na3VP"),
        id="cubic",
        cell=UnitCell(a=8.0, b=8.0, c=8.0),
        space_group=SpaceGroup.from_name("P m -3 m"),
        sites=(replace(navp.load("Na3VP").sites[0], fract=(0, 0, 0), u_aniso=None),),
        formula_units=None,
    )
    rows = [r for r in navp.powder_pattern(cubic) if sum(i * i for i in r.hkl) == 27]
    assert {row.hkl for row in rows} == {(3, 3, 3), (5, 1, 1)}
    assert [row.multiplicity for row in sorted(rows, key=lambda r: r.hkl)] == [8, 24]
    assert len({row.peak for row in rows}) == 1


def test_profile_adds_up_the_lines() -> None:
    pattern = navp.powder_pattern("Na3VP", caglioti=(0, 0, 0.01), mixing=0.0)
    x = np.linspace(5, 90, 42_501)
    area = np.trapezoid(pattern.profile(x), x)
    # The last line, of 0.42, lies 0.13° from the end: a thousandth of it is cut off.
    assert area == pytest.approx(pattern.lines.intensity.sum(), rel=2e-6)
    # A line alone: its height is 2 √(ln 2 / π) / FWHM times its intensity.
    first = pattern.rows[0]
    assert pattern.profile([first.two_theta]) == pytest.approx([first.intensity * 9.394373])


def test_profile_takes_points_in_any_order_and_on_any_axis() -> None:
    pattern = navp.powder_pattern("Na3VP", radiation="CuKa12")
    x = np.array([40.0, 10.0, 20.3, 20.07])
    curve = pattern.profile(x)
    assert curve[[1, 3, 2, 0]] == pytest.approx(pattern.profile(np.sort(x)))
    q = 4 * np.pi * np.sin(np.radians(x / 2)) / CU1
    assert pattern.profile(q, axis="q") == pytest.approx(curve)
    assert pattern.profile(2 * np.pi / q, axis="d") == pytest.approx(curve)


def test_widths_of_size_and_strain() -> None:
    # Lorentzian instrument: widths add up. W = 0.0001: 0.01°; 0.9 λ / (L cos θ) in degrees.
    pattern = navp.powder_pattern(
        "Na3VP", caglioti=(0, 0, 1e-4), mixing=1.0, size=400, strain=5e-4, two_theta=(20, 21)
    )
    for row in pattern:
        theta = math.radians(row.two_theta / 2)
        size = math.degrees(0.9 * CU1 / (400 * math.cos(theta)))
        strain = math.degrees(4 * 5e-4 * math.tan(theta))
        assert row.fwhm == pytest.approx(0.01 + size + strain, rel=1e-9)


def test_measurable_width_is_the_width_stated() -> None:
    pattern = navp.powder_pattern("Na3VP", two_theta=(13, 15.5), size=300)
    row = pattern.rows[0]
    x = np.linspace(13, 15.5, 25_001)
    curve = pattern.profile(x)
    above = x[curve > curve.max() / 2]
    assert above[-1] - above[0] == pytest.approx(row.fwhm, abs=3e-4)


def test_second_pattern_reuses_what_does_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    original = table.element_sums

    def count(*arguments: object) -> object:
        made.append(arguments)
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(table, "element_sums", count)
    phase = replace(navp.load("Na3VP"), id="fresh-for-this-test")
    navp.powder_pattern(phase, radiation="CuKa1")
    assert len(made) == 1
    # A longer wavelength needs fewer families, other widths none at all.
    navp.powder_pattern(phase, radiation="CoKa12", size=200)
    navp.powder_pattern(phase, radiation="CuKa2", monochromator=26.6)
    navp.powder_pattern(phase, radiation=1.6, probe="neutron")
    navp.reflections(phase, d_min=1.5)
    assert len(made) == 1
    navp.powder_pattern(phase, radiation="MoKa1")
    assert len(made) == 2


def test_cached_pieces_give_what_a_fresh_start_gives() -> None:
    phase = replace(navp.load("Na2VP"), id="fresh-a")
    navp.powder_pattern(phase, radiation="MoKa1", two_theta=(5, 50))
    reused = navp.powder_pattern(phase, radiation="CuKa1")
    fresh = navp.powder_pattern(replace(phase, id="fresh-b"), radiation="CuKa1")
    assert [r.hkl for r in reused] == [r.hkl for r in fresh]
    assert reused.lines.intensity == pytest.approx(fresh.lines.intensity, rel=1e-12)


def test_arrays_are_read_only() -> None:
    lines = navp.powder_pattern("Na3VP").lines
    with pytest.raises(ValueError, match="read-only"):
        lines.intensity[0] = 1.0


def test_result_shows_itself() -> None:
    pattern = navp.powder_pattern("Na2VP", two_theta=(10, 20))
    assert repr(pattern).startswith("<PowderPattern: na2vp-a, ")
    assert "CuKa1, 1.5405929 Å" in repr(pattern)
    assert "is a model" in repr(pattern)
    assert "1.5405929 Å" in pattern.notes[0]
    assert "FWHM 0.1°" in pattern.notes[0]
    assert "is a model" in pattern._repr_html_()
    document = json.loads(json_text(pattern.to_dict()))
    assert document["schema"] == {"name": "navp.powder", "version": 1}
    assert document["inputs"]["lines"] == [{"wavelength": CU1, "weight": 1.0}]
    assert document["inputs"]["two_theta"] == [10.0, 20.0]
    assert document["inputs"]["caglioti"] == [0.0, 0.0, 0.01]
    assert document["phases"][0]["kind"] == "model"
    assert document["results"][0]["hkl"] == list(pattern.rows[0].hkl)
    read = list(csv.DictReader(io.StringIO(pattern.to_csv())))
    assert len(read) == len(pattern)
    assert float(read[0]["two_theta"]) == pattern.rows[0].two_theta


def test_table_fits_a_terminal() -> None:
    for result in (navp.powder_pattern("Na3VP"), navp.powder_patterns(["Na3VP", "Na2VP"])):
        assert max(map(len, text_table(result, width=80).splitlines())) <= 80


def test_several_phases() -> None:
    both = navp.powder_patterns(["Na3VP", "NaVP"], two_theta=(10, 40))
    assert [p.of.id for p in both] == ["na3vp-rt", "navp-model"]
    assert len(both) == len(both.patterns) == 2
    assert len(both.rows) == sum(len(p) for p in both)
    assert both[1] is both["navp-model"] is both.patterns[1]
    with pytest.raises(UnknownPhaseError, match="no pattern of 'navp-modle'; nearest: navp-mo"):
        both["navp-modle"]
    assert {row.phase for row in both.rows} == {"na3vp-rt", "navp-model"}
    for pattern in both:
        assert pattern.lines.intensity.max() == 100.0
    assert both.inputs["phases"] == ["na3vp-rt", "navp-model"]
    assert "navp-model is a model" in " ".join(both.notes)
    assert len(navp.powder_patterns().patterns) == 4


def test_a_range_without_lines() -> None:
    pattern = navp.powder_pattern("Na3VP", two_theta=(5, 6))
    assert len(pattern) == 0
    assert pattern.rows == ()
    assert "no line of na3vp-rt lies between 2θ 5° and 6°" in pattern.notes
    assert not pattern.profile([5.5]).any()
    assert pattern.to_dict()["results"] == []


def test_a_line_straight_back_is_no_line() -> None:
    d = navp.load("Na3VP").d("0 1 2")
    pattern = navp.powder_pattern("Na3VP", radiation=2 * d, two_theta=(5, 180))
    assert np.isfinite(pattern.lines.intensity).all()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"two_theta": (-5, 90)}, "two_theta is -5 to 90; it must lie between 0 and 180"),
        ({"two_theta": (5, 181)}, "it must lie between 0 and 180"),
        ({"two_theta": (90, 5)}, "the first angle must be below the second"),
        ({"two_theta": (20, 20)}, "the first angle must be below the second"),
        ({"two_theta": (5, math.nan)}, "both must be finite"),
        ({"two_theta": 5}, "it must be two angles"),
        ({"two_theta": (1, 2, 3)}, "it must be two angles"),
        ({"radiation": 0.0}, "the wavelength 0.0 must be a positive number"),
        ({"radiation": -1.54}, "must be a positive number"),
        ({"radiation": math.inf}, "must be a positive number"),
        (
            {"radiation": 20.0},
            "too long: the largest spacing of na3vp-rt",
        ),
        ({"radiation": 0.02, "two_theta": (5, 90)}, "it may go up to 9.08"),
        ({"radiation": 1e-120}, "the wavelength 1e-120 Å is outside 0.0001 to 10000 Å"),
        ({"radiation": 1e300}, "is outside 0.0001 to 10000 Å"),
        ({"radiation": 10**400}, "must be a positive number"),
        ({"radiation": "0.01 kV"}, "0.01 kV is outside 0.1 to 10000 kV"),
        ({"radiation": "1e300 eV"}, "is outside 10 to 1e\\+08 eV"),
        ({"two_theta": "59"}, "two_theta is '59'; it must be two angles"),
        ({"two_theta": (False, True)}, "it must be two angles"),
        ({"two_theta": np.ones((2, 2))}, "it must be two angles"),
        ({"two_theta": (5, 10**400)}, "both must be finite"),
        ({"caglioti": "123"}, "three numbers U, V, W"),
        ({"caglioti": (0, 0, 10**400)}, "three numbers U, V, W"),
        ({"caglioti": (1e308, 1e308, 1e308)}, "each at most 10000"),
        ({"zero_shift": 10**400}, "zero_shift is"),
        ({"zero_shift": None}, "zero_shift is None"),
        ({"displacement": None, "radius": 100.0}, "displacement is None"),
        ({"mixing": None}, "mixing is None"),
        ({"scherrer_constant": None, "size": 100.0}, "scherrer_constant is None"),
        ({"dispersion": "no"}, "dispersion is 'no'; it must be True or False"),
        ({"radiation": "CuKa1", "probe": "neutron"}, "of the probe xray, not neutron"),
        ({"radiation": 1.5, "probe": "muon"}, "unknown probe 'muon'"),
        ({"radiation": "0 eV"}, "0 eV is no energy or voltage"),
        ({"monochromator": 200.0}, "monochromator is 200.0; it must be 0 to 180"),
        (
            {"radiation": 1.5, "probe": "neutron", "monochromator": 26.6},
            "polarises X-rays, not the probe neutron",
        ),
        ({"preferred_orientation": ((0, 0, 6), 0.0)}, "r of preferred_orientation is 0.0"),
        ({"preferred_orientation": 0.8}, "it must be a plane and r"),
        ({"preferred_orientation": ((0, 0, 0), 0.8)}, "0 0 0"),
        ({"displacement": 0.1}, "needs the radius"),
        ({"displacement": 5.0, "radius": 50.0}, "it must be at most 2.5 mm"),
        ({"caglioti": (0, 0, 0)}, "a squared width of 0"),
        ({"caglioti": (0.0, -0.1, 0.05)}, "it must be at least 1e-12 over the range"),
        ({"caglioti": (0.1, -0.1, 0.01)}, "a squared width of -0.015"),
        ({"caglioti": (1, 2)}, "three numbers U, V, W"),
        ({"mixing": 1.5}, "mixing is 1.5; it must be 0 to 1"),
        ({"size": 0.0}, "size is 0.0; it must be 5 to 1e\\+07"),
        ({"size": True}, "size is True"),
        ({"strain": -1e-3}, "strain is -0.001"),
        ({"scherrer_constant": 9.0}, "scherrer_constant is 9.0"),
        ({"zero_shift": "much"}, "zero_shift is 'much'"),
        ({"tolerance": -1.0}, "tolerance is -1.0"),
    ],
)
def test_refusals(settings: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        navp.powder_pattern("Na3VP", **settings)


def test_a_number_with_an_underscore_is_no_wavelength() -> None:
    with pytest.raises(UnknownRadiationError, match="unknown radiation '1_5'"):
        navp.powder_pattern("Na3VP", radiation="1_5")


def test_unknown_radiation_names_the_nearest() -> None:
    sentence = "unknown radiation 'CuKb1'; nearest: CuKa1"
    with pytest.raises(UnknownRadiationError, match=sentence):
        navp.powder_pattern("Na3VP", radiation="CuKb1")


def test_cell_only_phases_have_no_pattern() -> None:
    with pytest.raises(NoSitesError, match="a powder pattern needs atoms"):
        navp.powder_pattern("na3vp-alpha")


@pytest.mark.parametrize(
    ("x", "axis", "sentence"),
    [
        ([4.0], "two_theta", "2θ 4 is outside the pattern, which holds 2θ 5 to 90"),
        ([10.0, math.nan], "two_theta", "x holds nan; it must be finite"),
        ([[10.0]], "two_theta", "its shape is \\(1, 1\\)"),
        (["a"], "two_theta", "an array of numbers"),
        ([9.0], "q", "q 9 is outside"),
        ([0.0], "d", "d 0 is outside"),
        ([10.0], "theta", "unknown axis 'theta'; nearest: two_theta"),
        ([10.0], ["q"], "unknown axis"),
        ([-5.0], "d", "d -5 is outside"),
    ],
)
def test_profile_refusals(x: list, axis: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        navp.powder_pattern("Na3VP").profile(x, axis=axis)


def test_profiles_refusals() -> None:
    x, sodium = np.linspace(10, 20, 11), navp.load("Na3VP")
    good = [sodium.cell.parameters]
    for arguments, sentence in (
        ({}, "nothing is varied"),
        ({"cells": [[1, 2, 3]]}, "shape \\(m, 6\\)"),
        ({"cells": "no"}, "rows of six numbers"),
        ({"cells": [[8, 9, 21, 90, 90, 120]]}, "contradicts R -3 c:H of na3vp-rt"),
        ({"cells": [[8, 8, -21, 90, 90, 120]]}, "must be a positive number"),
        ({"cells": good, "occupancies": {"Na1": [0.5, 0.6]}}, "differ in number: 1 and 2"),
        ({"occupancies": {"Na9": [0.5]}}, "has no atoms 'Na9'; nearest: Na2, Na1"),
        ({"occupancies": {"Na1": [1.5]}}, "numbers from 0 to 1"),
        ({"occupancies": {"Na1": []}}, "numbers from 0 to 1"),
        ({"occupancies": [0.5]}, "it must give values by label"),
        ({"occupancies": {1: [0.5]}}, "has no atoms 1"),
        ({"occupancies": {"Na1": [0.5], "Na2": [0.5, 0.6]}}, "1 to 2 values"),
    ):
        with pytest.raises(navp.NavpError, match=sentence):
            navp.powder_profiles(sodium, x, **arguments)


def test_occupancies_of_one_position_hold_at_most_one_atom() -> None:
    x = np.linspace(10, 20, 11)
    sentence = r"Si1 \+ P1 add up to 1.2167; one position holds at most 1"
    with pytest.raises(InputError, match=sentence):
        navp.powder_profiles("NZSP", x, occupancies={"Si1": [1.0]})


def test_radiation_object() -> None:
    beam = Radiation(name="ours", probe="xray", lines=((1.2, 1.0),), source="calibrated")
    pattern = navp.powder_pattern("Na3VP", radiation=beam)
    assert pattern.inputs["radiation"] == "ours"
    assert pattern.inputs["source"] == "calibrated"


def test_corrections_are_told() -> None:
    plain = navp.powder_pattern("Na3VP").notes[0]
    told = navp.powder_pattern(
        "Na3VP", preferred_orientation=("0 0 6", 0.5), zero_shift=1.0, dispersion=False,
        monochromator=26.6, displacement=-0.1, radius=200, size=500, strain=0.001,
    ).notes[0]  # fmt: skip
    for words in ("preferred orientation (0 0 6) r 0.5", "zero shift 1°", "without f' and f''",
                  "monochromator at 2θ 26.6°", "sample -0.1 mm high at a radius of 200 mm",
                  "crystallites of 500 Å", "microstrain 0.001"):  # fmt: skip
        assert words in told
        assert words not in plain
    assert "neutrons" in navp.powder_pattern("Na3VP", radiation=1.8, probe="neutron").notes[0]


def test_lorentz_factor_is_that_of_the_true_angle() -> None:
    # A zero shift moves lines; it changes no intensity.
    plain = navp.powder_pattern("Na3VP", two_theta=(10, 60))
    shifted = navp.powder_pattern("Na3VP", two_theta=(10, 60), zero_shift=2.0)
    heights = {row.hkl: row.intensity for row in plain}
    common = [row for row in shifted if row.hkl in heights]
    assert len(common) > 30
    assert [row.intensity for row in common] == pytest.approx([heights[r.hkl] for r in common])


def test_a_family_at_180_degrees_is_left_out() -> None:
    d = navp.load("Na3VP").d("0 1 2")
    pattern = navp.powder_pattern("Na3VP", radiation=2 * d, two_theta=(5, 180))
    assert (0, 1, 2) not in {row.hkl for row in pattern}
    assert len(navp.powder_pattern("Na3VP", radiation=1.999 * d, two_theta=(5, 180))) == 1


def test_short_wavelengths_get_a_range_that_shows_a_pattern() -> None:
    synchrotron = navp.powder_pattern("Na3VP", radiation=0.1)
    assert {row.hkl for row in synchrotron} == {row.hkl for row in navp.powder_pattern("Na3VP")}
    assert synchrotron.settings.tolerance == pytest.approx(0.02 * 4.94 / 85, rel=0.01)
    assert navp.powder_pattern("Na3VP", radiation="AgKa1").settings.two_theta == (5.0, 90.0)


def test_kilo_electronvolts_of_electrons() -> None:
    by_energy = navp.powder_pattern("Na3VP", radiation="200 keV", probe="electron")
    by_voltage = navp.powder_pattern("Na3VP", radiation="200 kV")
    assert angles(by_energy) == pytest.approx(angles(by_voltage))
    assert navp.powder_pattern("Na3VP", radiation="20 keV").inputs["probe"] == "xray"


def test_elements_without_scattering_data_are_refused() -> None:
    from navp_structures import Phase, Site, Species

    def of(symbol: str) -> Phase:
        site = Site(label="A", species=(Species(symbol=symbol, label="A"),), fract=(0, 0, 0))
        group = SpaceGroup.from_name("F m -3 m")
        return Phase(
            id="a", cell=UnitCell(a=4.9, b=4.9, c=4.9), space_group=group, sites=(site,)
        )

    with pytest.raises(InputError, match="no neutron scattering factor of Pu is tabulated"):
        navp.powder_pattern(of("Pu"), radiation=1.5, probe="neutron")
    with pytest.raises(InputError, match="no f' and f'' of Pu are tabulated"):
        navp.powder_pattern(of("Pu"))
    assert len(navp.powder_pattern(of("Pu"), dispersion=False)) > 5
    assert len(navp.powder_pattern(of("U"))) > 5


def test_common_scale_keeps_what_an_occupancy_does() -> None:
    x = np.linspace(10, 40, 301)
    phase = navp.load("Na3VP")
    filled = {"Na2": [site.species[0].occupancy for site in phase.sites if site.label == "Na2"]}
    same = navp.powder_profiles(phase, x, occupancies=filled, common_scale=True)
    own = navp.powder_pattern(phase).profile(x)
    assert same[0] == pytest.approx(own)
    rows = navp.powder_profiles(phase, x, occupancies={"Na2": [0.2, 0.8]}, common_scale=True)
    own_scale = navp.powder_profiles(phase, x, occupancies={"Na2": [0.2, 0.8]})
    ratio = rows / own_scale
    # One factor for each variant, and not the same.
    assert ratio[0] == pytest.approx(np.full(301, ratio[0, 0]))
    assert abs(ratio[0, 0] / ratio[1, 0] - 1) > 0.05


def test_phases_of_one_name_cannot_be_told_apart() -> None:
    twin = replace(navp.load("Na3VP"), formula="another")
    with pytest.raises(InputError, match="two phases are called 'na3vp-rt'"):
        navp.powder_patterns(["Na3VP", twin])


@pytest.mark.parametrize("width", [0.1, 0.003])
def test_the_drawn_curve_reaches_every_line(width: float) -> None:
    from matplotlib.figure import Figure

    pattern = navp.powder_pattern("Na3VP", caglioti=(0, 0, width**2))
    ax = pattern.plot(Figure().add_subplot())
    (curve,) = (line for line in ax.lines if line.get_gid() == "profile")
    x, y = (np.asarray(part) for part in (curve.get_xdata(), curve.get_ydata()))
    for row in pattern:
        near = np.abs(x - row.two_theta) < width
        # Neighbours add to a line, so its own height is the least.
        assert y[near].max() > 0.98 * row.intensity * (1 if width < 0.05 else 0.9)


@pytest.mark.parametrize("axis", ["two_theta", "q", "d"])
def test_plots_from_zero_degrees(axis: str) -> None:
    from matplotlib.figure import Figure

    x, counts = np.linspace(-1, 60, 601), np.ones(601)
    measured = navp.MeasuredPattern(name="scan", x=x, intensity=counts + np.arange(601))
    pattern = navp.powder_pattern("Na3VP", radiation="CuKa12", two_theta=(0, 60))
    ax = pattern.plot(Figure(figsize=(12, 5)).add_subplot(), axis=axis, measured=measured)
    assert np.isfinite(ax.get_xlim()).all()
    if axis == "d":
        assert ax.get_xlim()[1] < 7.2
    labels = [text.get_text() for text in ax.texts if text.get_gid() == "hkl"]
    # One label for both lines of a doublet.
    assert labels.count("(1 1 3)") == 1
    assert not any("(1 1 3) + (1 1 3)" in label for label in labels)


def test_plot_refusals() -> None:
    pattern = navp.powder_pattern("Na3VP")
    with pytest.raises(InputError, match="measured is list; it must be a file"):
        pattern.plot(measured=[1, 2])  # type: ignore[arg-type]
    with pytest.raises(InputError, match="unknown axis 'energy'"):
        pattern.plot(axis="energy")


def test_lines_of_a_radiation_in_any_order() -> None:
    leak = Radiation(
        name="leak", probe="xray", lines=((1.39222, 0.005), (CU1, 1.0)), source="a filter"
    )
    from matplotlib.figure import Figure

    pattern = navp.powder_pattern("Na3VP", radiation=leak, two_theta=(10, 40))
    ax = pattern.plot(Figure(figsize=(12, 5)).add_subplot(), axis="d")
    labels = [text.get_text() for text in ax.texts if text.get_gid() == "hkl"]
    assert "(1 1 6)" in labels
    d = navp.load("Na3VP").d("1 1 6")
    strongest = max(pattern, key=lambda row: row.intensity)
    assert (strongest.hkl, strongest.wavelength) == ((1, 1, 6), CU1)
    # On the d axis the strong line stands at its own spacing.
    beside = pattern.profile([d * 0.99, d, d * 1.01], axis="d")
    assert beside[1] > 3 * max(beside[0], beside[2])


def test_a_low_sample_brings_lines_into_the_range() -> None:
    # 2 mm at 200 mm: lines are read 1.146° × cos θ lower.
    phase = navp.load("Na3VP")
    pattern = navp.powder_pattern(phase, two_theta=(25, 31), displacement=-2.0, radius=200.0)
    wider = navp.powder_pattern(phase, two_theta=(5, 60), displacement=-2.0, radius=200.0)
    assert [row.hkl for row in pattern] == [
        row.hkl for row in wider if 25 <= row.two_theta <= 31
    ]
    assert (1, 1, 6) in {row.hkl for row in pattern}


def test_wrong_kinds_of_phases() -> None:
    for wrong in (5, b"Na3VP"):
        with pytest.raises(InputError, match="is no phase"):
            navp.powder_patterns(wrong)  # type: ignore[arg-type]
        with pytest.raises(InputError, match="is no path of a file"):
            navp.read_pattern(wrong)  # type: ignore[arg-type]


def test_cells_that_are_too_large() -> None:
    x = np.linspace(10, 20, 11)
    with pytest.raises(InputError, match="a cell is too large for the range of two_theta"):
        navp.powder_profiles("Na3VP", x, cells=[[1000, 1000, 1000, 90, 90, 120]])
    with pytest.raises(navp.NavpError, match="a cell edge is 1e\\+300 Å"):
        navp.powder_profiles("Na3VP", x, cells=[[1e300, 1e300, 1e300, 90, 90, 120]])


@pytest.mark.parametrize("hkl", [(4, 1, 3), (1, 4, 3)])
def test_lines_at_the_ends_of_the_range_are_in(hkl: tuple[int, int, int]) -> None:
    # The two families of NZSP have one spacing, but for the last digit of a float.
    angle = navp.load("NZSP").two_theta(hkl, "CuKa1")
    for reach in ((5.0, angle), (angle, 90.0)):
        lines = navp.powder_pattern("NZSP", radiation="CuKa1", two_theta=reach).lines
        assert {(4, 1, 3), (1, 4, 3)} <= {tuple(row) for row in lines.hkl.tolist()}
