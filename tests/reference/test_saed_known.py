"""Facts of textbooks about electron diffraction patterns, every number worked in a comment.

International Tables A for the conditions; Williams & Carter, Transmission Electron Microscopy,
chapters 16 to 21, and Edington, Practical Electron Microscopy, for the patterns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gemmi
import numpy as np
import pytest

import navp_structures as navp

HKL = tuple[int, ...]
Read = Callable[[str], navp.Phase]

CIF = """\
data_{name}
_cell_length_a {a}
_cell_length_b {b}
_cell_length_c {c}
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma {gamma}
_symmetry_space_group_name_H-M '{group}'
loop_
_space_group_symop_operation_xyz
{operations}
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_U_iso_or_equiv
{sites}
"""

# Name: group, gamma, edges (Å), sites. The origin of F d -3 m is at the inversion centre.
CRYSTALS: dict[str, tuple[str, int, tuple[float, float, float], list[str]]] = {
    "si": ("F d -3 m:2", 90, (5.4310, 5.4310, 5.4310), ["Si1 Si 0.125 0.125 0.125 0.006"]),
    "al": ("F m -3 m", 90, (4.0495, 4.0495, 4.0495), ["Al1 Al 0 0 0 0.01"]),
    "fe": ("I m -3 m", 90, (2.8665, 2.8665, 2.8665), ["Fe1 Fe 0 0 0 0.004"]),
    "rutile": (
        "P 42/m n m",
        90,
        (4.5937, 4.5937, 2.9587),
        ["Ti1 Ti 0 0 0 0.005", "O1 O 0.3048 0.3048 0 0.006"],
    ),
    "mg": (
        "P 63/m m c",
        120,
        (3.2094, 3.2094, 5.2105),
        ["Mg1 Mg 0.3333333333333333 0.6666666666666667 0.25 0.02"],
    ),
}


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def crystal(name: str) -> navp.Phase:
        group, gamma, (a, b, c), sites = CRYSTALS[name]
        operations = navp.SpaceGroup.from_name(group).operations
        path = tmp_path / f"{name}.cif"
        text = CIF.format(
            name=name,
            a=a,
            b=b,
            c=c,
            gamma=gamma,
            group=group,
            operations="\n".join(f"'{triplet}'" for triplet in operations),
            sites="\n".join(sites),
        )
        path.write_text(text, encoding="utf-8")
        return navp.read_cif(path)

    return crystal


def spots_of(phase: navp.Phase, zone: HKL, **settings: Any) -> dict[HKL, Any]:
    asked: dict[str, Any] = {"d_min": 0.8, "max_excitation_error": 0.03} | settings
    return {spot.hkl: spot for spot in navp.saed_pattern(phase, zone_axis=zone, **asked)}


def test_aluminium_along_001(read: Read) -> None:
    # F: h, k and l are all even or all odd. With l = 0: both even, so no {1 0 0}, no {1 1 0}.
    # d >= 0.8 Å is h² + k² <= (4.0495 / 0.8)² = 25.6: four spots with 4, 8 and 16 each, eight
    # with 20.
    spots = spots_of(read("al"), (0, 0, 1))
    assert len(spots) == 20
    assert {(h * h + k * k, m) for h, k, m in spots} == {(4, 0), (8, 0), (16, 0), (20, 0)}
    # Not even double diffraction makes what the lattice does not have.
    also = spots_of(read("al"), (0, 0, 1), double_diffraction=True)
    assert set(also) == set(spots)
    # Of squares: the angle from 2 0 0 to 2 2 0 is 45 degrees, d is a / 2 and a / sqrt 8.
    assert spots[2, 0, 0].d == pytest.approx(4.0495 / 2, abs=1e-12)
    assert spots[2, 2, 0].d == pytest.approx(4.0495 / math.sqrt(8), abs=1e-12)
    apart = spots[2, 2, 0].azimuth - spots[2, 0, 0].azimuth
    assert abs((apart + 180) % 360 - 180) == pytest.approx(45, abs=1e-9)


@pytest.mark.parametrize("zone", [(0, 0, 1), (1, 0, 0), (1, 1, 0), (1, 1, 1)], ids=str)
@pytest.mark.parametrize("name", CRYSTALS)
def test_no_superlattice(name: str, zone: HKL, read: Read) -> None:
    # Elements and rutile are ordered and undistorted: the lattice is the simplest there is.
    spots = spots_of(read(name), zone).values()
    assert [spot.hkl for spot in spots if spot.superlattice] == []
    assert {spot.reason for spot in spots} <= {"allowed", "double_diffraction"}


def test_aluminium_along_111(read: Read) -> None:
    # Six {2 2 0} at 60 degrees are the innermost: h + k + l = 0 with all of them even.
    spots = spots_of(read("al"), (1, 1, 1))
    inner = [s for s in spots.values() if s.g < 0.75]  # {2 2 0}: 0.698, {2 2 4}: 1.210
    assert len(inner) == 6
    azimuths = np.sort([s.azimuth for s in inner])
    assert np.diff(azimuths) == pytest.approx([60] * 5, abs=1e-9)


def test_iron_along_001(read: Read) -> None:
    # I: h + k + l even. The innermost are {1 1 0}, d = 2.8665 / sqrt 2 = 2.027; no {1 0 0}.
    spots = spots_of(read("fe"), (0, 0, 1))
    assert all((h + k) % 2 == 0 and m == 0 for h, k, m in spots)
    assert max(s.d for s in spots.values()) == pytest.approx(2.0269, abs=1e-4)


def test_intensities_of_aluminium(read: Read) -> None:
    # One atom a lattice point: |F| falls with g, and so does |F|² from 2 0 0 on.
    spots = sorted(spots_of(read("al"), (0, 0, 1)).values(), key=lambda s: s.g)
    heights = np.array([spot.intensity for spot in spots])
    assert heights[:4] == pytest.approx([100.0] * 4, abs=1e-9)
    assert np.all(np.diff(heights) < 1e-9)


def test_silicon_along_110(read: Read) -> None:
    # F d -3 m, 0 k l: k + l = 4n with k and l even; h 0 0: h = 4n. So 0 0 2 is extinct by the
    # d glide. In [1 1 0] h + k = 0: (1 -1 1) + (-1 1 1) = (0 0 2), both of {1 1 1}, allowed.
    spots = spots_of(read("si"), (1, 1, 0))
    for hkl in ((0, 0, 2), (0, 0, -2)):
        assert spots[hkl].reason == "double_diffraction"
        assert spots[hkl].f_squared == pytest.approx(0.0, abs=1e-9)
        assert spots[hkl].intensity == 0.0
        assert "glide" in spots[hkl].rule
        one, two = spots[hkl].route
        assert tuple(np.add(one, two)) == hkl
    # The strongest route is of two strong ones.
    assert {tuple(map(abs, g)) for g in spots[0, 0, 2].route} == {(1, 1, 1)}
    # 0 0 4 is allowed: l = 4n.
    assert spots[0, 0, 4].reason == "allowed"
    bright = spots_of(read("si"), (1, 1, 0), double_diffraction=True)
    assert bright[0, 0, 2].intensity == 1.0
    # The innermost are four {1 1 1}, and d(1 1 1) = 5.431 / sqrt 3 = 3.1356; from 1 -1 1 to
    # -1 1 1 it is 109.47 degrees, cos = (-1 - 1 + 1) / 3.
    inner = [h for h, spot in spots.items() if spot.d > 3.0]
    assert set(inner) == {(1, -1, 1), (-1, 1, 1), (1, -1, -1), (-1, 1, -1)}
    turn = spots[1, -1, 1].azimuth - spots[-1, 1, 1].azimuth
    apart = abs((turn + 180) % 360 - 180)
    assert apart == pytest.approx(math.degrees(math.acos(-1 / 3)), abs=1e-9)


def test_silicon_along_001(read: Read) -> None:
    # In h k 0 the allowed ones have h and k even and h + k = 4n. So has every sum of them;
    # 2 0 0 has 2, so no route in the zero layer. Layers l = ±1 are 0.184 Å⁻¹ off, beyond all s.
    spots = spots_of(read("si"), (0, 0, 1))
    assert {spot.layer for spot in spots.values()} == {0}
    assert all(h % 2 == k % 2 == 0 and (h + k) % 4 == 0 for h, k, _ in spots)
    assert (2, 0, 0) not in spots
    assert {spot.reason for spot in spots.values()} == {"allowed"}
    # The innermost are {2 2 0}, d = 5.431 / sqrt 8 = 1.9201.
    assert max(s.d for s in spots.values()) == pytest.approx(1.92015, abs=1e-5)


def test_silicon_along_001_by_way_of_the_ring(read: Read) -> None:
    # At 100 kV the ring of l = 1 has 3.149 Å⁻¹, d = 0.3176 (below). A spot g1 = (h k 1) of it,
    # all odd, and g2 = (2 - h, -k, -1), all odd too, give 2 0 0.
    spots = spots_of(read("si"), (0, 0, 1), d_min=0.3, max_excitation_error=0.005, voltage=100)
    spot = spots[2, 0, 0]
    assert spot.reason == "double_diffraction"
    one, two = spot.route
    assert tuple(np.add(one, two)) == (2, 0, 0)
    assert spots[one].layer != 0
    assert spots[one].reason == "holz"


def test_silicon_222(read: Read) -> None:
    # F d -3 m, general positions, h h l: h + l = 2n. 2 2 2 is there for the space group, but
    # the atoms stand at 8a, whose own condition is h odd or h + k + l = 4n; 6 is neither. In
    # fact bonds and anharmonic motion make it: forbidden by the site, not by the group. Double
    # diffraction reaches it, such as (1 1 1) twice in [1 -1 0]; it starts no route.
    spots = spots_of(read("si"), (1, 1, -2))
    spot = spots[2, 2, 2]
    assert spot.reason == "double_diffraction"
    assert spot.rule == "positions, the atoms cancel"
    assert tuple(a + b for a, b in zip(*spot.route, strict=True)) == (2, 2, 2)
    assert spot.f_squared == pytest.approx(0.0, abs=1e-9 * spots[1, 1, 1].f_squared)
    assert spot.intensity == pytest.approx(0.0, abs=1e-9)
    assert spots[1, 1, 1].intensity > 1.0
    for zone in ((1, -1, 0), (1, 1, -2), (0, 1, -1)):
        for found in spots_of(read("si"), zone).values():
            for g in found.route or ():
                # 8a: h odd, or the sum 4n.
                assert g[0] % 2 == 1 or sum(g) % 4 == 0, (found.hkl, found.route)


# Height H of the first layer (Å⁻¹): along [0 0 1] l = 1 has it, 1 / a; along [1 1 1]
# h + k + l = 1, which (1 1 -1) has, and |[1 1 1]| is a sqrt 3.
LAYERS = [((0, 0, 1), 1 / 5.4310), ((1, 1, 1), 1 / (5.4310 * math.sqrt(3)))]


@pytest.mark.parametrize(("zone", "height"), LAYERS, ids=str)
def test_ring_of_the_first_layer(zone: HKL, height: float, read: Read) -> None:
    # λ = 0.037014 Å at 100 kV, R = 27.0166 Å⁻¹. The sphere has the height H at G² = 2 R H - H²:
    # [0 0 1]: H = 0.18413, G² = 9.9491 - 0.0339, G = 3.1489; sqrt(2 H / λ) = 3.1542.
    # [1 1 1]: H = 0.10631, G² = 5.7441 - 0.0113, G = 2.3943; sqrt(2 H / λ) = 2.3967.
    sphere = 1 / 0.0370143
    ring = math.sqrt(2 * sphere * height - height**2)
    settings: dict[str, Any] = {"d_min": 0.3, "voltage": 100.0}
    spots = spots_of(read("si"), zone, max_excitation_error=0.02, **settings).values()
    first = [spot for spot in spots if spot.layer == 1]
    assert len(first) > 20
    assert {spot.reason for spot in first} == {"holz"}
    radii = np.array([math.hypot(spot.x, spot.y) for spot in first])
    errors = np.array([spot.excitation_error for spot in first])
    # Six digits of λ: G² / 2 of 5e-8 Å is 3e-7 Å⁻¹.
    heights = sphere - np.sqrt(sphere**2 - radii**2)
    assert errors == pytest.approx(height - heights, abs=5e-7)
    # Inside the ring the layer is above the surface of the sphere, in it; outside it is not.
    assert np.array_equal(np.sign(errors), np.sign(ring - radii))
    # The radius where s is 0, of a straight line through s over G².
    slope, start = np.polyfit(errors, radii**2, 1)
    assert slope < 0
    assert math.sqrt(start) == pytest.approx(ring, abs=2e-4)
    assert ring == pytest.approx(math.sqrt(2 * height * sphere), rel=0.002)
    # The brightest part of the ring is where |s| is least: the spot next to the ring.
    away = np.abs(radii - ring)
    assert away[np.argmin(np.abs(errors))] == pytest.approx(away.min(), abs=1e-12)
    # The layer on the other side of the origin touches nothing of the sphere.
    assert min(spot.layer for spot in spots) == 0


def test_rutile_along_001(read: Read) -> None:
    # P 42/m n m, 0 k l: k + l = 2n, so 0 k 0: k = 2n; h 0 l alike. 1 0 0 is extinct by the n
    # glide. h k 0 without a zero has no condition: (2 1 0) + (-1 -1 0) = (1 0 0). Not by
    # (1 1 0) + (0 -1 0): 0 -1 0 is extinct itself.
    spots = spots_of(read("rutile"), (0, 0, 1))
    assert spots[1, 1, 0].reason == "allowed"
    for hkl in ((1, 0, 0), (0, 1, 0), (3, 0, 0), (0, -3, 0)):
        spot = spots[hkl]
        assert spot.reason == "double_diffraction"
        assert tuple(np.sum(spot.route, axis=0)) == hkl
        # One of two like 0 1 0 would be extinct.
        assert all(g[0] * g[1] or (g[0] + g[1]) % 2 == 0 for g in spot.route)
    # Atoms at (0 0 0) and (½ ½ ½), O along the diagonals; with u = 0.3048
    # F(h k 0) = f_Ti (1 + (-1)^(h+k)) + 2 f_O (cos 2π(h+k)u + (-1)^(h+k) cos 2π(h-k)u).
    # 2 1 0: no Ti, cos 5.745 - cos 1.915 = 0.859 + 0.338: not zero.
    assert spots[2, 1, 0].f_squared > 0.1
    assert spots[1, 1, 0].f_squared > spots[2, 1, 0].f_squared


RUTILE = {
    # h 0 l: h + l = 2n, and so every sum of them: never 1 0 0.
    (0, 1, 0): False,
    # (h k 0), worked above.
    (0, 0, 1): True,
    # (h k -k): (2 1 -1) + (-1 -1 1), no zero in them, no condition.
    (0, 1, 1): True,
    (0, 1, -1): True,
    # (h 2n -n): (2 2 -1) + (-1 -2 1).
    (0, 1, 2): True,
    # (h n -2n): (2 1 -2) + (-1 -1 2).
    (0, 2, 1): True,
}


@pytest.mark.parametrize("zone", RUTILE, ids=str)
def test_where_rutile_shows_100(zone: HKL, read: Read) -> None:
    # 1 0 0 lies in [0 v w]. Layers: at least 1 / |[0 2 1]| = 0.103 Å⁻¹ off, beyond all s.
    spots = spots_of(read("rutile"), zone)
    assert {spot.layer for spot in spots.values()} == {0}
    assert ((1, 0, 0) in spots) is RUTILE[zone]
    if RUTILE[zone]:
        assert spots[1, 0, 0].reason == "double_diffraction"
    assert (2, 0, 0) in spots


# P 63/m m c, 0 0 l: l = 2n by the screw; h h l: l = 2n by the glide, so for -2h h l. Atoms at
# 2c: l even, or h - k other than 3n. In [u v 0] the zero layer holds n (-v, u) and every l;
# h - k = -n (u + v). If u + v = 3m all with l odd are zero and 0 0 1 has no route.
MAGNESIUM = {
    # (0 1 1) + (0 -1 0).
    (1, 0, 0): True,
    (0, 1, 0): True,
    # (1 -1 1) + (-1 1 0).
    (1, 1, 0): True,
    # (1 -3 1) + (-1 3 0): h² + hk + k² = 7, d = 2.7794 / sqrt 7 = 1.05.
    (3, 1, 0): True,
    (2, 1, 0): False,
    (1, 2, 0): False,
    (1, -1, 0): False,
    (-1, -2, 0): False,
    # (-1 4 l), h - k = -5: 1 - 4 + 16 = 13, d = 2.7794 / sqrt 13 = 0.77, below d_min.
    (4, 1, 0): False,
}


@pytest.mark.parametrize("zone", MAGNESIUM, ids=str)
def test_where_magnesium_shows_001(zone: HKL, read: Read) -> None:
    # The layers are 1 / |[u v 0]| >= 1 / 11.6 = 0.086 Å⁻¹ apart, the zero layer has at most
    # s = 1 / (2 · 39.87 · 0.8²) = 0.020 Å⁻¹.
    spots = spots_of(read("mg"), zone)
    assert {spot.layer for spot in spots.values()} == {0}
    assert ((0, 0, 1) in spots) is MAGNESIUM[zone]
    assert spots[0, 0, 2].reason == "allowed"
    if MAGNESIUM[zone]:
        spot = spots[0, 0, 1]
        assert spot.reason == "double_diffraction"
        for h, k, m in spot.route:
            assert m % 2 == 0 or (h - k) % 3 != 0
    else:
        # h h l is extinct, and starts nothing.
        assert all(m % 2 == 0 for _, _, m in spots)


def test_what_the_site_of_magnesium_does_not_have(read: Read) -> None:
    # 3 0 1: h 0 l has no condition in P 63/m m c, but h - k = 3 and l is odd, so 2c has none.
    spots = spots_of(read("mg"), (0, 1, 0))
    spot = spots[3, 0, 1]
    assert spot.reason == "double_diffraction"
    assert spot.rule == "positions, the atoms cancel"
    assert tuple(a + b for a, b in zip(*spot.route, strict=True)) == (3, 0, 1)
    assert spot.f_squared == pytest.approx(0.0, abs=1e-12 * spots[1, 0, 1].f_squared)
    for found in spots.values():
        for h, k, m in found.route or ():
            assert m % 2 == 0 or (h - k) % 3 != 0


def test_magnesium_further_out(read: Read) -> None:
    # With d_min 0.7 there is (-1 4 1) for [4 1 0], see above.
    assert (0, 0, 1) in spots_of(read("mg"), (4, 1, 0), d_min=0.7)


@pytest.mark.parametrize("text", ["2 -1 -1 0", "[2 -1 -1 0]", "[1 0 0]", "1 0 0"])
def test_four_indices_of_a_zone_axis(text: str, read: Read) -> None:
    # u = 2U + V = 3, v = U + 2V = 0, w = W = 0: [2 -1 -1 0] is [1 0 0] of three indices.
    phase = read("mg")
    expected = spots_of(phase, (1, 0, 0))
    found = {
        spot.hkl: (spot.x, spot.y)
        for spot in navp.saed_pattern(
            phase, zone_axis=text, d_min=0.8, max_excitation_error=0.03
        )
    }
    assert found == {hkl: (spot.x, spot.y) for hkl, spot in expected.items()}


def test_magnesium_along_001(read: Read) -> None:
    # Along the axis: six {1 0 0}, d = 3.2094 · sqrt(3) / 2 = 2.7794, then six {1 1 0} turned by
    # 30 degrees at 1.6047.
    spots = spots_of(read("mg"), (0, 0, 1))
    inner = sorted(spots.values(), key=lambda s: s.g)
    assert [s.d for s in inner[:6]] == pytest.approx([2.77942] * 6, abs=1e-5)
    assert [s.d for s in inner[6:12]] == pytest.approx([1.6047] * 6, abs=1e-9)
    turn = (inner[6].azimuth - inner[0].azimuth) % 60
    assert turn == pytest.approx(30, abs=1e-9)
    # F(1 0 0) = 2 f cos(2π / 3) = -f, F(1 1 0) = 2 f.
    table = gemmi.Element("Mg").c4322
    for spot, waves in ((inner[0], -1), (inner[6], 2)):
        f = table.calculate_sf(spot.g**2 / 4) * math.exp(-2 * math.pi**2 * 0.02 * spot.g**2)
        # gemmi's own sum is in single precision, 6e-8.
        assert spot.f_squared == pytest.approx((waves * f) ** 2, rel=5e-7)


# λ (Å) of Williams & Carter, table 1.2, four digits.
WAVELENGTHS = {100.0: 0.03701, 200.0: 0.02508, 300.0: 0.01969}


@pytest.mark.parametrize("voltage", WAVELENGTHS)
def test_excitation_error_of_the_zero_layer(voltage: float, read: Read) -> None:
    # s = R - sqrt(R² - g²) below the sphere, -λ g² / 2 but for (λ g / 2)² of it; g = 0.4939.
    spots = spots_of(read("al"), (0, 0, 1), voltage=voltage)
    g = 2 / 4.0495
    expected = -WAVELENGTHS[voltage] * g * g / 2
    assert spots[2, 0, 0].excitation_error == pytest.approx(expected, rel=5e-4)


def test_signs_of_a_tilt(read: Read) -> None:
    # The crystal is turned anticlockwise about x by 2 degrees, seen from the end of x: what is
    # at +y comes up to the viewer and into the sphere, what is at -y goes down.
    settings: dict[str, Any] = {"horizontal": (2, 0, 0), "max_excitation_error": 0.05}
    spots = spots_of(read("al"), (0, 0, 1), tilt=(2.0, 0.0), **settings)
    g, s0 = 2 / 4.0495, -0.003059
    # z x (2 0 0) is along 0 2 0. s = g sin 2° - g² cos² 2° λ / 2 = 0.017236 - 0.003055.
    up, down = spots[0, 2, 0], spots[0, -2, 0]
    assert up.y == pytest.approx(g * math.cos(math.radians(2)), abs=1e-12)
    assert up.excitation_error == pytest.approx(0.017236 - 0.003055, abs=2e-6)
    assert down.excitation_error == pytest.approx(-0.017236 - 0.003055, abs=2e-6)
    assert spots[2, 0, 0].excitation_error == pytest.approx(s0, abs=2e-6)
    # About y: what is at +x goes down.
    spots = spots_of(read("al"), (0, 0, 1), tilt=(0.0, 2.0), **settings)
    assert spots[2, 0, 0].excitation_error == pytest.approx(-0.017236 - 0.003055, abs=2e-6)
    assert spots[-2, 0, 0].excitation_error == pytest.approx(0.017236 - 0.003055, abs=2e-6)


def test_sinc_of_a_foil(read: Read) -> None:
    # 2 0 0 of Al at 200 kV: s = -0.003059; a foil of 1 / |s| = 326.9 Å makes it vanish.
    phase = read("al")
    settings: dict[str, Any] = {"horizontal": (2, 0, 0)}
    flat = spots_of(phase, (0, 0, 1), **settings)
    s = flat[2, 0, 0].excitation_error
    gone = spots_of(phase, (0, 0, 1), thickness=-0.1 / s, **settings)
    assert gone[2, 0, 0].intensity == pytest.approx(0.0, abs=1e-9)
    # In half of it sinc² is (2 / π)², for all four {2 0 0} alike, and these are the strongest.
    half = spots_of(phase, (0, 0, 1), thickness=-0.05 / s, **settings)
    # Beside it 2 2 0 has s twice as large and is gone.
    assert half[2, 0, 0].intensity == pytest.approx(100.0, abs=1e-9)
    assert half[2, 2, 0].intensity < 1e-4
    # At θ, sin θ = λ g / 2 = 0.006193, 2 0 0 is on the sphere and its opposite 2 s off.
    theta = math.degrees(math.asin(0.0250793 * 2 / 4.0495 / 2))
    bragg = spots_of(phase, (0, 0, 1), tilt=(0.0, -theta), **settings)
    assert bragg[2, 0, 0].excitation_error == pytest.approx(0.0, abs=1e-8)
    assert bragg[-2, 0, 0].excitation_error == pytest.approx(2 * s, rel=1e-3)
