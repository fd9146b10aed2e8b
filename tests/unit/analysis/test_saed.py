"""Electron diffraction patterns: geometry, reasons, weights, refusals."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis import allowed, structure_factors
from navp_structures.analysis.saed.camera import Camera
from navp_structures.analysis.sphere import _spheres
from navp_structures.errors import InputError, NoSitesError, UnknownPhaseError
from navp_structures.show.tables import json_text, text_table

LAMBDA = 0.0250793  # Å, 200 kV


def by_hkl(pattern: Any) -> dict[tuple[int, int, int], Any]:
    return {spot.hkl: spot for spot in pattern}


def residual(one: Any, two: Any) -> float:
    """Return Σ|I - I'| / ΣI of two patterns with the same spots, each with the sum 1."""
    assert [spot.hkl for spot in one] == [spot.hkl for spot in two]
    first, second = (p.spots.intensity / p.spots.intensity.sum() for p in (one, two))
    return float(np.abs(first - second).sum())


def test_columns_of_the_design_come_first() -> None:
    frame = navp.saed_pattern("Na3VP", (0, 0, 1)).to_dataframe()
    assert list(frame.columns[:9]) == [
        "phase", "hkl", "x", "y", "d", "excitation_error", "f_squared", "intensity", "reason"
    ]  # fmt: skip
    assert frame["intensity"].max() == 100.0
    assert set(frame["layer"]) == {0}


def test_spot_by_hand() -> None:
    # (1 1 0) of a = 8.7288 Å: d = a/2 = 4.3644, g = 0.2291266; with R = 39.87352 Å⁻¹ the
    # sphere lies R - √(R² - g²) = 0.00065833 above it.
    spot = by_hkl(navp.saed_pattern("Na3VP", (0, 0, 1)))[1, 1, 0]
    assert (spot.x, spot.y) == pytest.approx((0.2291266, 0.0), abs=1e-7)
    assert spot.d == pytest.approx(4.3644)
    assert spot.g == pytest.approx(0.2291266, abs=1e-7)
    assert spot.excitation_error == pytest.approx(-0.00065833, abs=1e-8)
    assert spot.hkil == (1, 1, -2, 0)
    assert (spot.layer, spot.reason, spot.azimuth) == (0, "allowed", 0.0)
    # The next of the six is 60 degrees on, anticlockwise: (-1 2 0).
    other = by_hkl(navp.saed_pattern("Na3VP", (0, 0, 1)))[-1, 2, 0]
    assert other.azimuth == pytest.approx(60.0)
    assert other.y == pytest.approx(0.2291266 * math.sin(math.radians(60)), abs=1e-7)


def test_intensity_is_f_squared_of_the_strongest() -> None:
    pattern = navp.saed_pattern("NZSP", (1, 0, 0))
    strongest = max(spot.f_squared for spot in pattern)
    for spot in pattern:
        assert spot.intensity == pytest.approx(100.0 * spot.f_squared / strongest)
    hkl = np.array([spot.hkl for spot in pattern if spot.reason == "allowed"])
    squares = structure_factors.f_squared(navp.load("NZSP"), hkl, "electron")
    listed = [spot.f_squared for spot in pattern if spot.reason == "allowed"]
    assert listed == pytest.approx(squares, rel=1e-9, abs=1e-9)


def test_glide_extinct_spots_of_the_seed_zone() -> None:
    pattern = navp.saed_pattern("Na3VP", (2, 1, 0))
    spots = by_hkl(pattern)
    for hkl in ((0, 0, 3), (0, 0, -3), (0, 0, 9), (0, 0, -9)):
        spot = spots[hkl]
        assert spot.reason == "double_diffraction"
        assert spot.intensity == spot.f_squared == 0.0
        assert spot.rule == "glide, 0 k l: l = 2n"
        one, two = spot.route
        assert tuple(a + b for a, b in zip(one, two, strict=True)) == hkl
        phase = navp.load("Na3VP")
        assert phase.absence(one) is None
        assert phase.absence(two) is None
        assert spots[one].reason == "allowed"
    assert spots[0, 0, 6].rule is None
    assert spots[0, 0, 6].route is None
    drawn = by_hkl(navp.saed_pattern("Na3VP", (2, 1, 0), double_diffraction=True))
    assert drawn[0, 0, 3].intensity == 1.0
    assert drawn[0, 0, 3].f_squared == 0.0
    assert {h: s.intensity for h, s in drawn.items() if s.rule is None} == {
        h: s.intensity for h, s in spots.items() if s.rule is None
    }


def test_centring_extinct_spots_are_never_there() -> None:
    for axis in ((0, 0, 1), (2, 1, 0), (1, -1, -1)):
        for h, k, m in by_hkl(navp.saed_pattern("Na3VP", axis, double_diffraction=True)):
            assert (-h + k + m) % 3 == 0


def test_no_route_no_spot() -> None:
    # P2_1/c along [0 1 0]: only (h 0 l) with l even, whose sums have l even.
    pattern = navp.saed_pattern("Na2VP", (0, 1, 0))
    assert {spot.hkl[2] % 2 for spot in pattern} == {0}
    # Along [0 0 1] (h k 0) goes on to (0 k 0) with k odd.
    flagged = {s.hkl for s in navp.saed_pattern("Na2VP", (0, 0, 1)) if s.rule is not None}
    assert (0, 1, 0) in flagged
    assert all(h == m == 0 and k % 2 for h, k, m in flagged)


def test_routes_go_through_the_zero_layer_where_they_can() -> None:
    pattern = navp.saed_pattern("Na2VP", (2, 3, 6))
    assert "holz" in {spot.reason for spot in pattern}
    for spot in pattern:
        if spot.layer == 0 and spot.route is not None:
            assert np.dot(spot.route[0], (2, 3, 6)) == 0


def test_reasons_do_not_depend_on_what_was_asked_before() -> None:
    _spheres.clear()
    alone = navp.saed_pattern("Na2VP", (1, 1, 2), d_min=1.3).to_dict()
    navp.saed_pattern("Na2VP", (1, 1, 2), d_min=0.7)
    again = navp.saed_pattern("Na2VP", (1, 1, 2), d_min=1.3).to_dict()
    assert alone == again


def test_superlattice_spots() -> None:
    # na2vp-a is C2/c but for its sodium: h + k odd is of the superlattice.
    for spot in navp.saed_pattern("Na2VP", (0, 0, 1)):
        assert spot.superlattice == bool((spot.hkl[0] + spot.hkl[1]) % 2)
        if spot.rule is None:
            assert spot.reason == ("superlattice" if spot.superlattice else "allowed")
    shares = navp.saed_pattern("Na2VP", (0, 1, 0)).to_dataframe().groupby("reason")
    sums = shares["intensity"].sum()
    assert 0.0 < sums["superlattice"] < 0.05 * sums["allowed"]
    assert "superlattice" not in {s.reason for s in navp.saed_pattern("Na3VP", (2, 1, 0))}


@pytest.mark.parametrize("name", ["Na3VP", "Na2VP", "NaVP", "NZSP"])
def test_friedel_mates(name: str) -> None:
    for axis in ((0, 0, 1), (1, 1, 1), (2, 1, 0)):
        level = by_hkl(navp.saed_pattern(name, axis, max_excitation_error=0.02))
        level = {hkl: spot for hkl, spot in level.items() if spot.layer == 0}
        assert level
        for hkl, spot in level.items():
            mate = level[tuple(-n for n in hkl)]
            assert (mate.x, mate.y) == pytest.approx((-spot.x, -spot.y), abs=1e-12)
            assert mate.intensity == pytest.approx(spot.intensity)
            assert mate.reason == spot.reason


def test_layers_by_hand() -> None:
    # c = 21.8042 Å along [0 0 1]: the first layer is 0.04586 Å⁻¹ up. At 200 kV the sphere
    # reaches it at g = √(2 × 0.04586 × 39.87 - 0.04586²) = 1.9118 Å⁻¹, d = 0.523 Å.
    pattern = navp.saed_pattern("Na3VP", (0, 0, 1), d_min=0.5, max_excitation_error=0.001)
    ring = [spot for spot in pattern if spot.layer == 1]
    assert ring
    for spot in ring:
        assert spot.reason in ("holz", "double_diffraction")
        assert math.hypot(spot.x, spot.y) == pytest.approx(1.9118, abs=0.022)
    assert {spot.layer for spot in pattern} == {0, 1}
    # A reflection of the first layer lies inside the sphere near the beam: s = l/c - depth.
    assert {spot.layer for spot in navp.saed_pattern("Na3VP", (0, 0, 1), d_min=0.5)} == {0, 1}
    near = navp.saed_pattern("Na3VP", (0, 0, 1), max_excitation_error=0.1)
    spot = by_hkl(near)[1, 0, 1]
    across = 1.0 / 8.7288 / math.sin(math.radians(60))
    depth = 39.873520 - math.sqrt(39.873520**2 - across**2)
    assert spot.layer == 1
    assert spot.excitation_error == pytest.approx(1 / 21.8042 - depth, abs=1e-6)


def test_order_of_the_spots() -> None:
    # The zero layer, then those next to it on either side, each with d descending.
    pattern = navp.saed_pattern("Na3VP", (1, -1, -1), max_excitation_error=0.3)
    keys = [(abs(spot.layer), -round(spot.d, 9)) for spot in pattern]
    assert keys == sorted(keys)
    assert {spot.layer for spot in pattern if abs(spot.layer) == 1} == {-1, 1}
    assert "582 of higher-order Laue zones (1, 2)" in pattern.notes


def test_layers_of_a_centred_axis_are_counted_one_by_one() -> None:
    # [1 -1 -1] is three lattice vectors of R-3c: h - k - l comes in threes.
    pattern = navp.saed_pattern("Na3VP", (1, -1, -1), max_excitation_error=0.3)
    layers = {spot.layer for spot in pattern}
    assert {-2, -1, 0, 1, 2} <= layers
    for spot in pattern:
        assert spot.layer == (spot.hkl[0] - spot.hkl[1] - spot.hkl[2]) / 3


def test_two_spots_define_a_zone() -> None:
    pattern = navp.saed_pattern("Na3VP", spots=("4 -2 6", "1 -4 5"))
    assert pattern.zone_axis == (1, -1, -1)
    spots = by_hkl(pattern)
    assert spots[4, -2, 6].azimuth == pytest.approx(0.0)
    # Anticlockwise from the first to the second, seen with [uvw] to the viewer.
    assert spots[1, -4, 5].azimuth == pytest.approx(65.88, abs=0.005)
    assert pattern.angle("4 -2 6", "1 -4 5") == pytest.approx(65.88, abs=0.005)
    assert "(4 -2 6) ^ (1 -4 5): 65.88°, zone axis [1 -1 -1]" in pattern.notes
    turned = navp.saed_pattern("Na3VP", spots=("1 -4 5", "4 -2 6"))
    assert turned.zone_axis == (-1, 1, 1)
    assert by_hkl(turned)[4, -2, 6].azimuth == pytest.approx(65.88, abs=0.005)


def test_precession_weighs_alike_for_every_d_min() -> None:
    fine, coarse = (
        by_hkl(navp.saed_pattern("Na3VP", (2, 1, 0), precession=20, d_min=d_min))
        for d_min in (0.6, 1.0)
    )
    for hkl, spot in coarse.items():
        assert fine[hkl].intensity == pytest.approx(spot.intensity, rel=1e-9)
    notes = " ".join(navp.saed_pattern("Na3VP", (2, 1, 0), precession=20).notes)
    assert "cancel where" not in notes


def test_several_phases_with_a_camera_fit_a_terminal() -> None:
    for asked in (
        {"camera_length": 500},
        {"camera_constant": 1000, "centre": (1024, 1024)},
    ):
        both = navp.saed_patterns(["Na3VP", "Na2VP"], (2, 1, 0), **asked)
        lines = text_table(both, width=80).splitlines()
        assert max(map(len, lines)) <= 80
        assert len(lines) == 2 + len(both.rows)


def test_arrays_without_axes_and_pairs_of_several_phases() -> None:
    flat = np.array(1)
    for call in (
        lambda: navp.saed_pattern("Na3VP", spots=flat),
        lambda: navp.saed_patterns(["Na3VP", "NaVP"], flat),
        lambda: navp.saed_series("Na3VP", flat),
    ):
        with pytest.raises(InputError):
            call()
    pair = np.array([[4, -2, 6], [1, -4, 5]])
    both = navp.saed_patterns(["Na3VP", "NaVP"], spots=pair)
    assert {pattern.zone_axis for pattern in both} == {(1, -1, -1)}


def test_two_spots_as_an_array() -> None:
    pattern = navp.saed_pattern("Na3VP", spots=np.array([[4, -2, 6], [1, -4, 5]]))
    assert pattern.orientation.spots == ((4, -2, 6), (1, -4, 5))


def test_a_zone_of_spots_that_are_extinct_says_so() -> None:
    pattern = navp.saed_pattern("Na3VP", spots=("1 -3 5", "4 -2 6"))
    assert (1, -3, 5) not in by_hkl(pattern)
    assert any(note.startswith("(1 -3 5) is extinct by centring") for note in pattern.notes)


@pytest.mark.parametrize(
    ("name", "axis", "one", "two", "angle"),
    [
        # β* = 180° - 128.208° between a* and c*; [0 1 0] is normal to both.
        ("Na2VP", (0, 1, 0), (0, 0, 1), (1, 0, 0), 51.792),
        # γ* = 60°.
        ("Na3VP", (0, 0, 1), (3, 0, 0), (0, 3, 0), 60.0),
    ],
)
def test_angles_in_the_plane(name: str, axis: Any, one: Any, two: Any, angle: float) -> None:
    pattern = navp.saed_pattern(name, axis, horizontal=one, max_excitation_error=0.05)
    assert pattern.angle(one, two) == pytest.approx(angle, abs=1e-3)
    cartesian = np.array([one, two]) @ pattern.orientation.matrix
    azimuths = np.degrees(np.arctan2(cartesian[:, 1], cartesian[:, 0]))
    assert azimuths == pytest.approx([0.0, angle], abs=1e-3)
    assert cartesian[:, 2] == pytest.approx([0.0, 0.0], abs=1e-12)


def test_rhombohedral_axes_are_direct_axes_too(tmp_path: Any) -> None:
    # [1 1 1] of rhombohedral axes is [0 0 1] of hexagonal ones, obverse.
    group = navp.SpaceGroup.from_name("R -3 c:R")
    a, c = 8.7288, 21.8042
    edge = math.sqrt(3 * a**2 + c**2) / 3
    alpha = math.degrees(2 * math.asin(1.5 / math.sqrt(3 + (c / a) ** 2)))
    cell = navp.UnitCell(a=edge, b=edge, c=edge, alpha=alpha, beta=alpha, gamma=alpha)
    phase = navp.load("Na3VP")
    to_rhombohedral = np.array([[1, 0, 1], [-1, 1, 1], [0, -1, 1]])
    sites = tuple(
        replace(
            site,
            fract=tuple((to_rhombohedral @ np.array(site.fract)).tolist()),
            u_aniso=None,
            u_iso=0.01,
        )
        for site in phase.sites
    )
    rhombohedral = navp.Phase(id="rhombohedral", cell=cell, space_group=group, sites=sites)
    plain = replace(
        phase, sites=tuple(replace(s, u_aniso=None, u_iso=0.01) for s in phase.sites)
    )
    ours = navp.saed_pattern(rhombohedral, (1, 1, 1))
    theirs = navp.saed_pattern(plain, (0, 0, 1))
    assert ours.rows[0].hkil is None
    key = [sorted(zip(p.spots.d.round(6), p.spots.intensity.round(5), strict=True))
           for p in (ours, theirs)]  # fmt: skip
    assert np.array(key[0]) == pytest.approx(np.array(key[1]), abs=2e-5)


def test_horizontal_and_rotation() -> None:
    level = navp.saed_pattern("Na3VP", (0, 0, 1), horizontal=(3, 0, 0))
    assert by_hkl(level)[3, 0, 0].azimuth == pytest.approx(0.0)
    turned = navp.saed_pattern("Na3VP", (0, 0, 1), horizontal=(3, 0, 0), rotation=-20)
    assert by_hkl(turned)[3, 0, 0].azimuth == pytest.approx(-20.0)
    # One that leaves the zone puts its part across the beam to the right.
    part = navp.saed_pattern("Na3VP", (0, 0, 1), horizontal=(3, 0, 6))
    assert by_hkl(part)[3, 0, 0].azimuth == pytest.approx(0.0)


def test_tilts_by_hand() -> None:
    # About x by 1°: what points up moves towards the gun by g sin 1°, inside the sphere.
    flat = by_hkl(navp.saed_pattern("Na3VP", (2, 1, 0), max_excitation_error=0.05))
    tilted = navp.saed_pattern("Na3VP", (2, 1, 0), tilt=(1, 0), max_excitation_error=0.05)
    spots = by_hkl(tilted)
    up = (2, -4, 0)
    g = 1 / navp.load("Na3VP").d(up)
    rise = g * math.sin(math.radians(1))
    across = g * math.cos(math.radians(1))
    depth = 39.87352 - math.sqrt(39.87352**2 - across**2)
    assert flat[up].azimuth == pytest.approx(90.0)
    assert spots[up].excitation_error == pytest.approx(rise - depth, abs=1e-7)
    assert spots[up].y == pytest.approx(across)
    assert spots[-2, 4, 0].excitation_error == pytest.approx(-rise - depth, abs=1e-7)
    assert spots[0, 0, 6].excitation_error == pytest.approx(flat[0, 0, 6].excitation_error)
    # About y by 1°: what points right moves away from the gun.
    about_y = by_hkl(
        navp.saed_pattern("Na3VP", (2, 1, 0), tilt=(0, 1), max_excitation_error=0.05)
    )
    assert about_y[0, 0, 6].excitation_error < flat[0, 0, 6].excitation_error


def test_direction_is_the_tilt_that_leads_there() -> None:
    # [2 1 0] to [2 1 0.05] in Na3VP: by atan(0.05 c / √3 a) about the horizontal line across.
    tilted = navp.saed_pattern("Na3VP", (2, 1, 0), direction=(2, 1, 0.05))
    c, along = 21.8042 * 0.05, 8.7288 * math.sqrt(3)
    angle = math.degrees(math.atan2(c, along))
    # (0 0 3) lies to the right; turning c away from the viewer about y is positive.
    same = navp.saed_pattern("Na3VP", (2, 1, 0), tilt=(0, -angle))
    other = navp.saed_pattern("Na3VP", (2, 1, 0), tilt=(0, angle))
    matrices = [p.orientation.matrix for p in (tilted, same, other)]
    near = [np.abs(matrices[0] - m).max() for m in matrices[1:]]
    assert min(near) < 1e-12
    assert max(near) > 1e-3
    # The direction itself points to the gun.
    phase = navp.load("Na3VP")
    cartesian = tilted.orientation.matrix.T @ phase.cell.metric_tensor @ [2, 1, 0.05]
    assert cartesian[:2] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert cartesian[2] > 0
    unmoved = navp.saed_pattern("Na3VP", (2, 1, 0), direction=(4, 2, 0))
    level = navp.saed_pattern("Na3VP", (2, 1, 0))
    assert unmoved.orientation.matrix == pytest.approx(level.orientation.matrix, abs=1e-14)


def test_higher_zones_must_be_nearer_by_default() -> None:
    # [7 3 -2] is long, and its layers lie close: nothing of them far off the sphere.
    pattern = navp.saed_pattern("Na3VP", (7, 3, -2), d_min=0.6)
    assert max(abs(s.excitation_error) for s in pattern if s.layer) <= 0.01
    assert max(abs(s.excitation_error) for s in pattern if not s.layer) > 0.03
    assert "(0.01 in higher Laue zones)" in pattern.notes[0]
    # A thin foil reaches further than the zero layer does: 1 nm, 1/t = 0.1 Å⁻¹.
    thin = navp.saed_pattern("Na3VP", (0, 0, 1), thickness=1)
    assert thin.settings.limit == thin.settings.holz_limit == pytest.approx(0.1)
    assert {spot.layer for spot in thin} == {-2, -1, 0, 1, 2}
    one = navp.saed_pattern("Na3VP", (7, 3, -2), d_min=0.6, max_excitation_error=0.02)
    assert max(abs(s.excitation_error) for s in one if s.layer) > 0.015


def test_a_larger_d_min_shows_less_of_the_same() -> None:
    fine = by_hkl(navp.saed_pattern("Na3VP", (2, 1, 0)))
    for d_min in (2.0, 4.0, 7.0):
        coarse = by_hkl(navp.saed_pattern("Na3VP", (2, 1, 0), d_min=d_min))
        assert coarse.keys() == {hkl for hkl, spot in fine.items() if spot.d >= d_min}
        assert {h: s.reason for h, s in coarse.items()} == {h: fine[h].reason for h in coarse}
    assert coarse.keys() == {(0, 0, 3), (0, 0, -3)}


def test_which_routes_cancel_along_the_axis() -> None:
    # The glide plane normal to b holds [2 1 0]: (0 0 3) is dark in an exact pattern.
    notes = " ".join(navp.saed_pattern("Na3VP", (2, 1, 0)).notes)
    assert "all of them cancel where the beam is exactly along the zone axis" in notes
    # [1 -1 -1]: the planes of (h 0 l) hold a and c, the others are turned by 120° about c;
    # none of them holds it.
    notes = " ".join(navp.saed_pattern("Na3VP", (1, -1, -1)).notes)
    assert "extinct but reachable" in notes
    assert "cancel where" not in notes
    tilted = " ".join(navp.saed_pattern("Na3VP", (2, 1, 0), tilt=(0.5, 0)).notes)
    assert "cancel where" not in tilted
    # Along a, P2_1/c: the screw axis b lies across the beam, (0 1 0) cancels.
    screw = " ".join(navp.saed_pattern("Na2VP", (1, 0, 0)).notes)
    assert "all of them cancel" in screw


def test_default_limit_is_what_the_zero_layer_needs() -> None:
    for voltage, d_min in ((80, 1.0), (200, 0.8), (300, 1.2)):
        pattern = navp.saed_pattern("NaVP", (0, 0, 1), voltage=voltage, d_min=d_min)
        count = sum(1 for spot in pattern if spot.layer == 0)
        wide = navp.saed_pattern(
            "NaVP", (0, 0, 1), voltage=voltage, d_min=d_min, max_excitation_error=0.2
        )
        assert count == sum(1 for spot in wide if spot.layer == 0) > 20


def test_foil_weighs_by_its_thickness() -> None:
    # 20 nm: sin² / x² of π × 200 Å × s.
    plain = navp.saed_pattern("Na3VP", (0, 0, 1))
    foil = navp.saed_pattern("Na3VP", (0, 0, 1), thickness=20)
    weights = []
    for spot in plain:
        x = math.pi * 200.0 * spot.excitation_error
        weights.append(spot.f_squared * (math.sin(x) / x) ** 2)
    strongest = max(weights)
    assert foil.spots.intensity == pytest.approx(np.array(weights) * (100 / strongest))
    assert foil.spots.f_squared.tolist() == plain.spots.f_squared.tolist()


def test_precession_brings_spots_in_and_evens_them_out() -> None:
    still = navp.saed_pattern("Na3VP", (2, 1, 0), max_excitation_error=0.01, thickness=50)
    moving = navp.saed_pattern(
        "Na3VP", (2, 1, 0), max_excitation_error=0.01, thickness=50, precession=20
    )
    assert {s.hkl for s in still} < {s.hkl for s in moving}
    share = navp.saed_pattern(
        "Na3VP", (2, 1, 0), max_excitation_error=0.01, precession=20
    ).spots.weight
    assert 0.0 < share.min() < share.max() <= 1.0
    none = navp.saed_pattern("Na3VP", (2, 1, 0), precession=0.0)
    assert np.all(none.spots.weight == 1.0)


@pytest.mark.parametrize("name", ["na3vp-rt", "nzsp-300k"])
def test_occupancy_and_displacement_change_the_pattern(name: str) -> None:
    phase = navp.load(name)
    filled = replace(
        phase,
        sites=tuple(
            replace(
                site,
                species=tuple(
                    replace(s, occupancy=1.0 / len(site.species)) for s in site.species
                ),
            )
            for site in phase.sites
        ),
    )
    still = replace(
        phase, sites=tuple(replace(site, u_iso=None, u_aniso=None) for site in phase.sites)
    )
    for axis in ((0, 0, 1), (2, 1, 0)):
        found = navp.saed_pattern(phase, axis)
        for other in (filled, still):
            assert residual(found, navp.saed_pattern(other, axis)) > 0.05


def test_positions_on_a_detector_by_hand() -> None:
    # (1 1 0): L tan of the angle whose sine is λ g = 0.0250793 × 0.2291266 = 0.00574635:
    # 500 × 0.00574635 / √(1 - 0.00574635²) = 2.873175 × 1.0000165 = 2.87322 mm.
    pattern = navp.saed_pattern(
        "Na3VP", (0, 0, 1), camera_length=500, pixel=14, centre=(1024, 1000.5)
    )
    spots = by_hkl(pattern)
    right, up = spots[1, 1, 0], spots[-1, 2, 0]
    assert right.x_mm == pytest.approx(2.87322, abs=1e-5)
    assert right.y_mm == pytest.approx(0.0, abs=1e-12)
    assert right.column == pytest.approx(1024 + 2873.22 / 14, abs=2e-3)
    assert right.row == pytest.approx(1000.5)
    assert up.row == pytest.approx(1000.5 - 2873.22 / 14 * math.sin(math.radians(60)), abs=2e-3)
    note = "camera length 500 mm, camera constant 12.54 mm Å or 895.69 px Å, pixels of 14 µm"
    assert any(n.startswith(note) for n in pattern.notes)
    # The table shows what it knows, in 80 columns.
    heads = text_table(pattern, width=80).splitlines()[0].split()
    assert heads[-2:] == ["column", "row"]
    assert "hkil" not in heads
    without = navp.saed_pattern("Na3VP", (0, 0, 1)).rows[0]
    assert without.x_mm is without.y_mm is without.column is without.row is None
    only_mm = navp.saed_pattern("Na3VP", (0, 0, 1), camera_length=500).rows[0]
    assert only_mm.x_mm is not None
    assert only_mm.column is None
    heads = text_table(navp.saed_pattern("Na3VP", (0, 0, 1), camera_length=500)).splitlines()
    assert heads[0].split()[-2:] == ["x/mm", "y/mm"]
    # At right angles to the beam there is no detector.
    camera = Camera(camera_length=500.0)
    x, _ = camera.millimetres(np.array([2.0, 1.0]), np.zeros(2), 1.0)
    assert np.isnan(x).all()


def test_camera_constant_is_linear() -> None:
    pattern = navp.saed_pattern("Na3VP", (0, 0, 1), camera_constant=800, pixel=10)
    for spot in pattern:
        assert spot.column == pytest.approx(800 * spot.x)
        assert spot.row == pytest.approx(-800 * spot.y)
        assert spot.x_mm == pytest.approx(8 * spot.x)
    assert navp.saed_pattern("Na3VP", (0, 0, 1), camera_constant=800).rows[0].x_mm is None


def test_reduced_basis() -> None:
    basis = navp.saed_pattern("Na3VP", (2, 1, 0)).basis
    assert (basis.hkl_1, basis.hkl_2) == ((0, 0, 3), (1, -2, 0))
    assert (basis.g_1, basis.g_2) == pytest.approx((0.1375882, 0.2291266), abs=1e-7)
    assert basis.angle == pytest.approx(90.0)


def test_all_angles() -> None:
    pattern = navp.saed_pattern("Na2VP", (1, 1, 1))
    angles = pattern.angles()
    assert angles.shape == (len(pattern), len(pattern))
    rows = pattern.rows
    for i, j in ((0, 1), (3, 7), (10, 2)):
        assert angles[i, j] == pytest.approx(pattern.angle(rows[i].hkl, rows[j].hkl))
    level = [n for n, row in enumerate(rows) if row.layer == 0]
    difference = (rows[level[2]].azimuth - rows[level[9]].azimuth + 180) % 360 - 180
    assert angles[level[2], level[9]] == pytest.approx(abs(difference))


def test_json_and_csv() -> None:
    pattern = navp.saed_pattern("Na3VP", "2 1 0", thickness=30, camera_length=400)
    content = json.loads(json_text(pattern.to_dict()))
    assert content["schema"] == {"name": "navp.saed", "version": 1}
    assert content["inputs"]["zone_axis"] == [2, 1, 0]
    assert content["inputs"]["horizontal"] == [0, 0, 3]
    assert content["inputs"]["wavelength"] == pytest.approx(LAMBDA, abs=1e-7)
    assert content["inputs"]["max_excitation_error"] == pytest.approx(0.0125416, abs=1e-7)
    assert content["inputs"]["max_excitation_error_holz"] == 0.01
    assert content["inputs"]["thickness"] == 30
    (geometry,) = content["geometry"]
    assert geometry["basis"] == [[0, 0, 3], [1, -2, 0]]
    axes = np.array(geometry["reciprocal_axes"])
    first = content["results"][0]
    assert np.array(first["hkl"]) @ axes == pytest.approx([first["x"], first["y"], 0.0])
    assert len(first["route"]) == 2
    rows = list(csv.DictReader(io.StringIO(pattern.to_csv())))
    assert len(rows) == len(pattern)
    assert rows[0]["hkl"] == "0 0 3"
    assert rows[0]["hkil"] == "0 0 0 3"
    one, two = ([int(n) for n in part.split()] for part in rows[0]["route"].split("; "))
    assert [a + b for a, b in zip(one, two, strict=True)] == [0, 0, 3]


def test_text_fits_a_terminal() -> None:
    text = text_table(navp.saed_pattern("Na3VP", (2, 1, 0)), width=80)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) == 2 + len(navp.saed_pattern("Na3VP", (2, 1, 0)))
    assert "double diff." in text
    assert "-0.000 " not in text
    html = navp.saed_pattern("Na2VP", (0, 1, 0))._repr_html_()
    assert "superlattice" in html
    assert "is a model" in html


def test_it_says_what_it_is() -> None:
    notes = " ".join(navp.saed_pattern("Na2VP", (0, 0, 1)).notes)
    assert "200 kV, 0.0250793 Å" in notes
    assert "kinematic: single scattering" in notes
    assert "(1/2 1/2 0) would be a lattice translation" in notes
    assert "na2vp-a is a model" in notes
    assert "na2vp-a is a model" in repr(navp.saed_pattern("Na2VP", (0, 0, 1)))


def test_a_picture_leaves_out_what_it_shows() -> None:
    level = navp.saed_pattern("Na3VP", (2, 1, 0))
    assert any("reduced basis" in note for note in level.notes)
    assert not any("reduced basis" in note for note in level.picture_notes)
    assert set(level.picture_notes) < set(level.notes)
    # How a crystal is tilted cannot be seen, nor what was to the right before.
    tilted = navp.saed_pattern("Na3VP", (2, 1, 0), tilt=(2, 0))
    assert any("tilted by 2° about x" in note for note in tilted.picture_notes)
    assert any("(0 0 3) to the right before tilting" in note for note in tilted.notes)
    part = navp.saed_pattern("Na3VP", (0, 0, 1), horizontal=(1, 1, 6), rotation=10)
    assert any(
        "the part across the beam of (1 1 6) 10° anticlockwise from the right" in note
        for note in part.notes
    )


def test_zone_axes_as_people_write_them() -> None:
    for given in ("2 1 0", "[2 1 0]", "210", (2, 1, 0), [4, 2, 0], np.array([2, 1, 0])):
        assert navp.saed_pattern("Na3VP", given).zone_axis == (2, 1, 0)
    # [1 0 -1 0] = [u - t, v - t, w].
    assert navp.saed_pattern("Na3VP", "1 0 -1 0").zone_axis == (2, 1, 0)
    assert navp.saed_pattern("Na3VP", "1 -1 0 1").zone_axis == (1, -1, 1)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"zone_axis": (0, 0, 0)}, r"\[0 0 0\] is no zone axis"),
        ({"zone_axis": (0.5, 1, 0)}, r"\(0.5, 1, 0\) is no zone axis: give three integers"),
        ({"zone_axis": "2 1"}, "'2 1' is no zone axis"),
        ({"zone_axis": (10_000, 1, 0)}, "beyond the largest index"),
        ({"zone_axis": (1, 0, 0, 1)}, "u \\+ v \\+ t must be 0"),
        ({}, "either zone_axis, such as"),
        ({"zone_axis": (0, 0, 1), "spots": ("1 1 0", "3 0 0")}, "either zone_axis"),
        ({"spots": ("1 1 0", "2 2 0")}, r"\(1 1 0\) and \(2 2 0\) are parallel"),
        ({"spots": ("1 1 0", "0 0 0")}, "direct beam"),
        ({"spots": "110"}, "it must be two reflections"),
        ({"zone_axis": (0, 0, 1), "voltage": 0}, "voltage is 0; it must be 1 to 10000"),
        ({"zone_axis": (0, 0, 1), "voltage": -200}, "voltage is -200"),
        ({"zone_axis": (0, 0, 1), "voltage": math.nan}, "voltage is nan"),
        ({"zone_axis": (0, 0, 1), "voltage": "200"}, "voltage is '200'"),
        ({"zone_axis": (0, 0, 1), "thickness": -5}, "thickness is -5; it must be 0.1"),
        ({"zone_axis": (0, 0, 1), "thickness": 0}, "thickness is 0"),
        ({"zone_axis": (0, 0, 1), "precession": -1}, "precession is -1"),
        ({"zone_axis": (0, 0, 1), "precession": 101}, "it must be 0 to 100 \\(mrad\\)"),
        ({"zone_axis": (0, 0, 1), "d_min": 10**400}, "d_min is 1000"),
        ({"zone_axis": (0, 0, 1), "d_min": 1e308}, "d_min is 1e\\+308 Å.* at most 10000 Å"),
        ({"zone_axis": (0, 0, 1), "d_min": True}, "d_min is True"),
        ({"zone_axis": (0, 0, 1), "tilt": np.array(3.0)}, "it must be two angles"),
        ({"zone_axis": {0, 1, 2}}, "is no zone axis"),
        ({"zone_axis": (0, 0, 1), "d_min": 0}, "d_min is 0; it must be a positive number"),
        ({"zone_axis": (0, 0, 1), "d_min": 0.01}, "more than 3e\\+06 reflections"),
        ({"zone_axis": (0, 0, 1), "max_excitation_error": 0}, "max_excitation_error is 0"),
        ({"zone_axis": (0, 0, 1), "double_diffraction": "yes"}, "must be True or False"),
        ({"zone_axis": (0, 0, 1), "tilt": list(range(1000))}, "^.{,200}$"),
        ({"zone_axis": (0, 0, 1), "horizontal": (0, 0, 6)}, "is parallel to the beam"),
        ({"zone_axis": (0, 0, 1), "rotation": math.inf}, "rotation is inf"),
        ({"zone_axis": (0, 0, 1), "tilt": 3}, "tilt is 3; it must be two angles"),
        ({"zone_axis": (0, 0, 1), "tilt": (1, 500)}, "it must be two angles"),
        ({"zone_axis": (0, 0, 1), "direction": (0, 0, 0)}, "three numbers u v w"),
        ({"zone_axis": (0, 0, 1), "direction": (0, 0, -1)}, "opposite to the zone axis"),
        (
            {"zone_axis": (0, 0, 1), "direction": (0, 0, 1), "tilt": (1, 0)},
            "give one of them",
        ),
        ({"zone_axis": (0, 0, 1), "camera_length": 0}, "camera_length is 0"),
        ({"zone_axis": (0, 0, 1), "pixel": 14}, "a pixel needs camera_length"),
        (
            {"zone_axis": (0, 0, 1), "camera_length": 500, "camera_constant": 800},
            "give one of them",
        ),
        ({"zone_axis": (0, 0, 1), "centre": (5, 5)}, "a centre in pixels needs"),
        (
            {"zone_axis": (0, 0, 1), "camera_constant": 800, "centre": 5},
            "column and row of the direct beam",
        ),
    ],
)
def test_refusals(asked: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as error:
        navp.saed_pattern("Na3VP", **asked)
    assert "\n" not in str(error.value)


def test_a_cell_alone_has_no_pattern() -> None:
    with pytest.raises(NoSitesError, match="na3vp-alpha is a cell without atom sites"):
        navp.saed_pattern("na3vp-alpha", (0, 0, 1))


def test_four_indices_need_hexagonal_axes() -> None:
    with pytest.raises(InputError, match="the axes are not hexagonal"):
        navp.saed_pattern("Na2VP", (1, 0, -1, 0))
    assert navp.saed_pattern("Na2VP", (1, 0, 0)).rows[0].hkil is None


def test_nothing_in_range() -> None:
    pattern = navp.saed_pattern("Na3VP", (7, 5, 3), d_min=4.0)
    assert len(pattern) == 0
    assert "no spot lies in this range" in pattern.notes
    assert pattern.angles().shape == (0, 0)
    assert pattern.image((33, 33))[16, 16] == pytest.approx(1.0)  # the direct beam
    assert text_table(pattern).startswith("")


def test_slow_electrons() -> None:
    # 1 kV: R = 2.5797 Å⁻¹; the sphere does not reach beyond.
    asked: dict[str, Any] = {"voltage": 1.0, "d_min": 0.36, "max_excitation_error": 3.0}
    pattern = navp.saed_pattern("NaVP", (0, 0, 1), **asked, camera_length=50)
    assert 2.5 < max(math.hypot(s.x, s.y) for s in pattern) <= 2.5798
    assert all(spot.x_mm is not None for spot in pattern)
    for more in ({}, {"thickness": 1}):
        wide = navp.saed_pattern("NaVP", (0, 0, 1), **asked, precession=100, **more)
        assert np.all(np.isfinite(wide.spots.intensity))
        assert np.all((wide.spots.weight >= 0.0) & (wide.spots.weight <= 1.0))


def test_several_phases_in_one_frame() -> None:
    both = navp.saed_patterns(["Na3VP", "Na2VP"], [(0, 0, 1), (-1, 0, 0)], voltage=300)
    assert [pattern.of.id for pattern in both] == ["na3vp-rt", "na2vp-a"]
    assert both["na2vp-a"].zone_axis == (-1, 0, 0)
    assert both[0].settings.voltage == both.settings.voltage == 300
    assert {row.phase for row in both.rows} == {"na3vp-rt", "na2vp-a"}
    alone = navp.saed_pattern("Na2VP", (-1, 0, 0), voltage=300)
    assert [r for r in both.rows if r.phase == "na2vp-a"] == list(alone.rows)
    content = both.to_dict()
    assert [p["zone_axis"] for p in content["inputs"]["patterns"]] == [[0, 0, 1], [-1, 0, 0]]
    assert len(content["geometry"]) == 2
    with pytest.raises(UnknownPhaseError, match="no pattern of 'navp'"):
        both["navp"]
    generated = navp.saed_patterns(["Na3VP", "NaVP"], (n for n in ((2, 1, 0), (0, 0, 1))))
    assert [p.zone_axis for p in generated] == [(2, 1, 0), (0, 0, 1)]
    one_for_all = navp.saed_patterns(["Na3VP", "NaVP"], "2 1 0", horizontal=(0, 0, 6))
    assert {p.zone_axis for p in one_for_all} == {(2, 1, 0)}
    pairs = navp.saed_patterns(
        ["Na3VP", "NaVP"], spots=[("1 1 0", "0 0 6"), ("0 0 6", "1 1 0")]
    )
    assert [p.zone_axis for p in pairs] == [(1, -1, 0), (-1, 1, 0)]
    same = navp.saed_patterns(["Na3VP", "NaVP"], spots=("1 1 0", "0 0 6"))
    assert [p.zone_axis for p in same] == [(1, -1, 0), (1, -1, 0)]


def test_refusals_of_several_phases() -> None:
    with pytest.raises(InputError, match="zone_axis names 3, of different phases there are 2"):
        navp.saed_patterns(["Na3VP", "NaVP"], [(0, 0, 1)] * 3)
    twin = replace(navp.load("Na3VP"), caveat="another one of that name")
    with pytest.raises(InputError, match="two phases are called 'na3vp-rt'"):
        navp.saed_patterns(["Na3VP", twin], (0, 0, 1))


def test_series() -> None:
    axes = [(0, 0, 1), (2, 1, 0), (1, -1, -1)]
    for axis, pattern in zip(axes, navp.saed_series("NZSP", axes), strict=True):
        alone = navp.saed_pattern("NZSP", axis)
        assert pattern.rows == alone.rows
    tilts = [(0.0, 0.0), (0.5, 0.0)]
    tilted = navp.saed_series("NZSP", zone_axis=(0, 0, 1), tilts=tilts, thickness=40)
    assert [p.orientation.tilt for p in tilted] == tilts
    assert (
        tilted[1].rows
        == navp.saed_pattern("NZSP", (0, 0, 1), tilt=(0.5, 0.0), thickness=40).rows
    )
    leaning = navp.saed_series("NZSP", zone_axis=(0, 0, 1), directions=[(0, 0.1, 1)])
    assert leaning[0].orientation.direction == (0.0, 0.1, 1.0)
    wrongs: list[dict[str, Any]] = [
        {},
        {"zone_axes": axes, "zone_axis": (0, 0, 1)},
        {"zone_axis": (0, 0, 1)},
        {"zone_axis": (0, 0, 1), "tilts": tilts, "directions": [(0, 0, 1)]},
    ]
    for wrong in wrongs:
        with pytest.raises(InputError, match="give zone_axes, or one zone_axis"):
            navp.saed_series("NZSP", **wrong)


def test_a_series_of_two_spots_and_refused_series() -> None:
    pair = ("4 -2 6", "1 -4 5")
    (tilted,) = navp.saed_series("Na3VP", spots=pair, tilts=[(1, 0)])
    assert tilted.zone_axis == (1, -1, -1)
    with pytest.raises(InputError, match="a series of tilts needs no tilt beside it"):
        navp.saed_series("NZSP", zone_axis=(0, 0, 1), tilts=[(1, 0)], tilt=(5, 5))
    with pytest.raises(InputError, match="zone_axes is 5; it must be a list"):
        navp.saed_series("NZSP", 5)


def test_a_series_sums_structure_factors_once(monkeypatch: pytest.MonkeyPatch) -> None:
    phase = replace(navp.load("Na3VP"), id="never-asked-for")
    calls = []
    make = allowed._make

    def counted(*given: Any) -> Any:
        calls.append(given)
        return make(*given)

    monkeypatch.setattr(allowed, "_make", counted)
    navp.saed_series(phase, [(0, 0, 1), (2, 1, 0), (1, 0, 0)], d_min=0.9)
    navp.saed_pattern(phase, (1, 1, 0), voltage=80, d_min=0.9)
    assert len(calls) == 1


def test_equivalent_zones_have_one_pattern() -> None:
    phase = navp.load("Na3VP")
    reference = None
    for rotation in phase.space_group.rotations:
        axis = rotation @ np.array([3, 1, 1])
        pattern = navp.saed_pattern(phase, axis, thickness=10)
        rows = sorted(
            (round(s.d, 8), round(s.excitation_error, 8), round(s.intensity, 6), s.reason)
            for s in pattern
        )
        reference = reference or rows
        assert rows == reference


def test_image() -> None:
    pattern = navp.saed_pattern("Na3VP", (0, 0, 1), camera_constant=200, centre=(120.0, 80.0))
    image = pattern.image((161, 241), scale="linear", fwhm=4)
    assert image.shape == (161, 241)
    assert image[80, 120] == pytest.approx(1.0)
    assert pattern.image((161, 241), beam=False, fwhm=4)[80, 120] < 0.01
    # The strongest spot is as bright as the beam, where it belongs.
    strongest = max(pattern, key=lambda spot: spot.intensity)
    row, column = round(strongest.row), round(strongest.column)
    assert image[row, column] > 0.9
    # Without a camera all fits in, the beam in the middle.
    free = navp.saed_pattern("Na3VP", (0, 0, 1)).image((101, 101), fwhm=3)
    assert free[50, 50] == pytest.approx(1.0)
    assert free[0].max() < 0.05
    assert free == pytest.approx(free[::-1, ::-1], abs=1e-9)  # Friedel
    with pytest.raises(InputError, match="shape"):
        pattern.image((0, 10))
    with pytest.raises(InputError, match="scale"):
        pattern.image((10, 10), scale="cubic")
    for wrong in ({"shape": 5}, {"shape": ("a", "b")}, {"fwhm": "x"}, {"fwhm": 1e308},
                  {"scale": None}):  # fmt: skip
        with pytest.raises(InputError):
            pattern.image(**wrong)
    # The largest 1/d lies at 95 % of the half side: 0.95 × 50.5 px for 1 Å⁻¹.
    (wide,) = (s for s in navp.saed_pattern("Na3VP", (0, 0, 1)) if s.hkl == (3, 3, 0))
    only = navp.saed_pattern("Na3VP", (0, 0, 1)).image((101, 101), fwhm=2, scale="linear")
    assert only[50, 50 + round(wide.x * 0.95 * 50.5)] > 0.02


def test_plot_and_micrograph() -> None:
    from matplotlib.figure import Figure

    pattern = navp.saed_pattern("Na2VP", (0, 1, 0), camera_constant=100)
    ax = pattern.plot(Figure(figsize=(6, 6.5)).add_subplot(), style="inverted", scale="log")
    texts = [text.get_text() for text in ax.texts]
    assert any("na2vp-a (model)" in text for text in texts)
    over = pattern.plot(
        Figure(figsize=(6, 6)).add_subplot(), micrograph=np.zeros((201, 301)), labels=False
    )
    # Centre in the middle; edges half a pixel beyond the centres of the outer pixels.
    (image,) = over.get_images()
    assert image.get_extent() == pytest.approx([-1.505, 1.505, -1.005, 1.005])
    with pytest.raises(InputError, match="a micrograph needs its scale"):
        navp.saed_pattern("Na2VP", (0, 1, 0)).plot(micrograph=np.zeros((9, 9)))
    with pytest.raises(InputError, match="it must be grey"):
        pattern.plot(micrograph=np.zeros((9, 9, 3)))
    with pytest.raises(InputError, match="array of grey values"):
        pattern.plot(micrograph=[["a"]])
    none = np.full((4, 4), np.nan)
    masked = np.ma.masked_all((4, 4))
    for empty in (none, masked, none + np.inf):
        with pytest.raises(InputError, match="micrograph holds no finite value"):
            pattern.plot(micrograph=empty)
    with pytest.raises(InputError, match="not of complex numbers"):
        pattern.plot(micrograph=np.ones((4, 4), dtype=complex))
    for wrong in ({"style": None}, {"style": ["inverted"]}, {"scale": 3}):
        with pytest.raises(InputError):
            pattern.plot(**wrong)
    leaning = navp.saed_pattern("Na3VP", (0, 0, 1), tilt=(1, 0))
    texts = [t.get_text() for t in leaning.plot(Figure().add_subplot(), labels=False).texts]
    assert any("tilted" in text for text in texts)


def test_what_is_masked_in_a_micrograph_is_not_drawn() -> None:
    from matplotlib.figure import Figure

    grey = np.ma.masked_equal(np.arange(12).reshape(3, 4), 5)
    pattern = navp.saed_pattern("Na2VP", (0, 1, 0), camera_constant=100)
    ax = pattern.plot(Figure().add_subplot(), micrograph=grey, labels=False)
    (image,) = ax.get_images()
    assert np.argwhere(np.ma.getmaskarray(image.get_array())).tolist() == [[1, 1]]


def test_a_pattern_without_spots_has_an_image() -> None:
    pattern = navp.saed_pattern("Na3VP", "2 1 0", d_min=1e4)
    assert len(pattern) == 0
    assert pattern.image((20, 20), beam=False).max() == 0.0


def test_a_micrograph_has_its_scale_from_the_camera_length_too() -> None:
    from matplotlib.figure import Figure

    # λL = 12.53965 mm Å; 10 µm: 1253.965 px Å. 101 pixels each side of the centre.
    pattern = navp.saed_pattern(
        "Na3VP", (0, 0, 1), camera_length=500, pixel=10, centre=(100.0, 50.0)
    )
    ax = pattern.plot(Figure().add_subplot(), micrograph=np.zeros((101, 201)), labels=False)
    (image,) = ax.get_images()
    left, right, bottom, top = image.get_extent()
    assert (left, right) == pytest.approx((-100.5 / 1253.965, 100.5 / 1253.965), rel=1e-4)
    assert (bottom, top) == pytest.approx((-50.5 / 1253.965, 50.5 / 1253.965), rel=1e-4)
