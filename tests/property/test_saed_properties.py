"""What must hold for the pattern of any zone: symmetry, frames, and the sphere itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import navp_structures as navp

NAMES = st.sampled_from(["na3vp-rt", "na2vp-a", "nzsp-300k", "na3vp-ordered"])
AXES = st.tuples(*[st.integers(-3, 3)] * 3).filter(any)
ANGLES = st.floats(-30.0, 30.0)
SMALL: dict[str, Any] = {"d_min": 1.6, "max_excitation_error": 0.02}


def table(pattern: Any) -> dict[tuple[int, ...], tuple[float, ...]]:
    return {
        spot.hkl: (spot.x, spot.y, spot.excitation_error, spot.intensity) for spot in pattern
    }


def agree(one: dict[Any, Any], two: dict[Any, Any]) -> None:
    assert one.keys() == two.keys()
    for key, values in one.items():
        assert values == pytest.approx(two[key], abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(NAMES, AXES, ANGLES)
def test_rotation_turns_the_pattern(name: str, axis: Any, angle: float) -> None:
    level = navp.saed_pattern(name, axis, **SMALL)
    turned = navp.saed_pattern(name, axis, rotation=angle, **SMALL)
    turn = np.exp(1j * np.radians(angle))
    expected = {}
    for hkl, (x, y, s, intensity) in table(level).items():
        place = complex(x, y) * turn
        expected[hkl] = (place.real, place.imag, s, intensity)
    agree(table(turned), expected)


@settings(max_examples=40, deadline=None)
@given(NAMES, AXES)
def test_from_the_other_side_the_pattern_is_mirrored(name: str, axis: Any) -> None:
    # Half a turn about x: y becomes -y. Of h the place is that of -h turned about z.
    above = navp.saed_pattern(name, axis, **SMALL)
    level = above.orientation.horizontal
    below = navp.saed_pattern(name, [-n for n in axis], horizontal=level, **SMALL)
    zero = {h: v for h, v in table(above).items() if np.dot(h, axis) == 0}
    other = {h: v for h, v in table(below).items() if np.dot(h, axis) == 0}
    assert zero.keys() == other.keys()
    for hkl, (x, y, s, _) in zero.items():
        assert other[hkl][:3] == pytest.approx((x, -y, s), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(NAMES, AXES, st.tuples(ANGLES, ANGLES))
def test_tilted_spots_stay_on_their_spheres(name: str, axis: Any, tilt: Any) -> None:
    pattern = navp.saed_pattern(name, axis, tilt=tilt, **SMALL)
    lengths = np.linalg.norm(pattern.spots.g, axis=1)
    assert lengths == pytest.approx(1.0 / pattern.spots.d, rel=1e-12)
    # Adding s along the beam leads onto the Ewald sphere.
    radius = 1.0 / pattern.settings.wavelength
    on_sphere = pattern.spots.g - [0.0, 0.0, radius]
    on_sphere[:, 2] -= pattern.spots.excitation_error
    assert np.linalg.norm(on_sphere, axis=1) == pytest.approx(radius, rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(NAMES, AXES, st.data())
def test_symmetry_of_the_crystal_is_that_of_its_patterns(
    name: str, axis: Any, data: Any
) -> None:
    phase = navp.load(name)
    rotation = data.draw(st.sampled_from(phase.space_group.rotations.tolist()))
    image = np.array(rotation) @ np.array(axis)
    one, two = (navp.saed_pattern(phase, a, **SMALL, thickness=8) for a in (axis, image))
    first, second = (
        sorted((round(s.d, 7), round(s.excitation_error, 7), round(s.intensity, 5), s.reason)
               for s in pattern)
        for pattern in (one, two)
    )  # fmt: skip
    assert len(first) == len(second)
    for a, b in zip(first, second, strict=True):
        assert a[:3] == pytest.approx(b[:3], abs=2e-5)


@settings(max_examples=30, deadline=None)
@given(NAMES, AXES, st.floats(0.5, 30.0), st.floats(1.0, 60.0))
def test_precession_never_weighs_more_than_the_sphere(
    name: str, axis: Any, mrad: float, thickness: float
) -> None:
    still = navp.saed_pattern(name, axis, **SMALL)
    foil = navp.saed_pattern(name, axis, **SMALL, thickness=thickness, precession=mrad)
    share = navp.saed_pattern(name, axis, **SMALL, precession=mrad)
    assert set(table(still)) <= set(table(share))
    for pattern in (foil, share):
        assert np.all((pattern.spots.weight >= 0.0) & (pattern.spots.weight <= 1.0 + 1e-12))
    assume(len(share))
    assert share.spots.intensity.max() == pytest.approx(100.0)
