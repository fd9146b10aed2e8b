"""The Ewald sphere and the frame of a pattern, by hand and by the wave vectors themselves."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.kernels.excitation import (
    excitation_errors,
    frame,
    smallest_turn,
    tilt_matrix,
)

WAVELENGTH = 0.0250793  # 200 kV


def test_excitation_error_by_hand() -> None:
    # R = 39.87352; R - √(R² - 1) = 0.0125416: a reflection in the plane lies outside.
    g = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.6, -0.8, 0.02]])
    found = excitation_errors(g, WAVELENGTH)
    assert found == pytest.approx([-0.0125416, 0.0, 0.02 - 0.0125416], abs=1e-7)


def test_adding_it_along_the_beam_leads_onto_the_sphere() -> None:
    # |k + g - s z| = 1/λ with k = -z/λ: elastic scattering.
    rng = np.random.default_rng(1913)
    g = rng.normal(size=(200, 3))
    s = excitation_errors(g, WAVELENGTH)
    scattered = g + np.array([0.0, 0.0, -1.0 / WAVELENGTH]) + s[:, np.newaxis] * [0, 0, -1]
    assert np.linalg.norm(scattered, axis=1) == pytest.approx(1.0 / WAVELENGTH, rel=1e-14)
    # Positive inside: nearer to the centre of the sphere than its radius.
    centre = np.array([0.0, 0.0, 1.0 / WAVELENGTH])
    inside = np.linalg.norm(g - centre, axis=1) < 1.0 / WAVELENGTH
    assert np.array_equal(inside, s > 0)


def test_no_excitation_error_beside_the_sphere() -> None:
    assert np.isnan(excitation_errors(np.array([[3.0, 0.0, 0.0]]), 0.5)).all()


def test_frame_is_right_handed_with_the_viewer_on_z() -> None:
    rng = np.random.default_rng(7)
    for direction, horizontal in rng.normal(size=(20, 2, 3)):
        axes = frame(direction, horizontal)
        assert axes @ axes.T == pytest.approx(np.eye(3))
        assert np.linalg.det(axes) == pytest.approx(1.0)
        x, y, _ = axes @ horizontal
        assert x > 0
        assert y == pytest.approx(0.0, abs=1e-12)
        assert axes @ direction == pytest.approx([0, 0, np.linalg.norm(direction)])


def test_tilts_turn_anticlockwise() -> None:
    # About x, y turns towards z; about y, z turns towards x.
    assert tilt_matrix(90, 0) @ [0, 1, 0] == pytest.approx([0, 0, 1])
    assert tilt_matrix(0, 90) @ [0, 0, 1] == pytest.approx([1, 0, 0])
    # First alpha, then beta: y to z, then z to x.
    assert tilt_matrix(90, 90) @ [0, 1, 0] == pytest.approx([1, 0, 0])
    assert np.linalg.det(tilt_matrix(13, -27)) == pytest.approx(1.0)


def test_smallest_turn() -> None:
    rng = np.random.default_rng(31)
    for vector in rng.normal(size=(20, 3)):
        turn = smallest_turn(vector)
        assert turn is not None
        assert turn @ vector == pytest.approx([0, 0, np.linalg.norm(vector)], abs=1e-12)
        assert turn @ turn.T == pytest.approx(np.eye(3))
        # The angle of the rotation is that between the vector and z; none is smaller.
        angle = np.arccos((np.trace(turn) - 1.0) / 2.0)
        assert angle == pytest.approx(np.arccos(vector[2] / np.linalg.norm(vector)))
    assert smallest_turn(np.array([0.0, 0.0, 2.0])) == pytest.approx(np.eye(3))
    assert smallest_turn(np.array([0.0, 0.0, -1.0])) is None
