r"""How probable one orientation of a crystal is after another, against one at random.

A pattern of a zone tells the orientation of a crystal but for half a turn about the beam, and
the proper rotations of its point group. In the next pattern the same grain, perhaps in another
phase, is in the same orientation up to an error: by a tilt of the beam and by a turn about it.
A deformation F from the first phase to the second takes the beam along with the lattice, and
turns the net of the zone by the rotation in its polar decomposition.
"""

from __future__ import annotations

import numpy as np

from navp_structures.kernels.lattice import Floats

Frames = Floats
"""Rotations from crystal to laboratory axes (x right, y up, z to the viewer), ``(h, 3, 3)``."""


def zone_frames(axis: Floats, g: Floats, angle: Floats, turn: Floats, mirror: Floats) -> Frames:
    """Return the orientation of crystals whose zones are laid on a pattern.

    Parameters
    ----------
    axis
        Zone axes, Cartesian, shape ``(h, 3)``.
    g, angle
        A reflection of each zone, Cartesian, and its angle (radians) in the net, anticlockwise
        seen from the axis; shapes ``(h, 3)`` and ``(h,)``.
    turn, mirror
        Of the net on the pattern: radians, and 1 or -1, shape ``(h,)``.
    """
    normal = axis / np.linalg.norm(axis, axis=1, keepdims=True)
    ray = g / np.linalg.norm(g, axis=1, keepdims=True)
    across = np.cross(normal, ray)
    # In the pattern the reflection lies at turn + mirror × angle; seen from behind, the axis
    # points away, and what is across of it lies on the other side.
    place = turn + mirror * angle
    side = mirror[:, np.newaxis] * across
    cos, sin = np.cos(place)[:, np.newaxis], np.sin(place)[:, np.newaxis]
    return np.stack(
        [cos * ray - sin * side, sin * ray + cos * side, mirror[:, np.newaxis] * normal], axis=1
    )


def carried(frames: Frames, deformation: Floats) -> Frames:
    """Return the orientations of a second lattice that a first one turns into.

    Parameters
    ----------
    deformation
        F from Cartesian vectors of the first lattice to those of the second, ``(3, 3)``.
    """
    axes = frames[:, 2] @ deformation.T
    normal = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    # Vectors of the reciprocal lattice across the beam stay across it.
    moved = frames[:, :2] @ np.linalg.inv(deformation)
    x = moved[:, 0] / np.linalg.norm(moved[:, 0], axis=1, keepdims=True)
    y = np.cross(normal, x)
    # Columns are the images of x and y of the laboratory in these axes.
    plane = np.einsum("hij,hkj->hik", np.stack([x, y], axis=1), moved)
    lean = np.arctan2(plane[:, 1, 0] - plane[:, 0, 1], plane[:, 0, 0] + plane[:, 1, 1])
    cos, sin = np.cos(lean)[:, np.newaxis], np.sin(lean)[:, np.newaxis]
    return np.stack([cos * x + sin * y, cos * y - sin * x, normal], axis=1)


def orientation_ratio(
    expected: Frames,
    found: Frames,
    rotations: Floats,
    *,
    sigma: float,
    turn_sigma: Floats,
    covered: Floats,
) -> Floats:
    """Return how much more probable found orientations are than any at random.

    Parameters
    ----------
    expected
        Of the same lattice, one for each variant, shape ``(v, h, 3, 3)``.
    found
        Shape ``(k, 3, 3)``.
    rotations
        Proper rotations of the lattice's point group, Cartesian, shape ``(s, 3, 3)``.
    sigma
        Standard deviation of the tilt (radians) about each of two axes.
    turn_sigma
        Of the turn about the beam (radians), shape ``(h, k)``.
    covered
        The mean of exp(-½ tilt²/sigma²) over the zone axes of which a found one may be, for
        each expected orientation, shape ``(v, h)``; see `axis_cover`.

    Returns
    -------
    Shape ``(h, k)``.
    """
    variants, total = len(expected), 0.0
    for turned in np.einsum("kij,sjl->skil", found, rotations):
        x, y, z = turned.transpose(1, 0, 2)
        for frames, share in zip(expected, covered, strict=True):
            flat = frames[:, :2].reshape(-1, 6)
            # Sine and cosine of the turn, twice, where the tilt is small.
            sine = flat @ np.hstack([y, -x]).T
            cosine = flat @ np.hstack([x, y]).T
            lean = np.arctan2(sine, cosine)
            # Half a turn leaves the pattern as it is.
            off = lean - np.pi * np.rint(lean / np.pi)
            near = np.exp(-0.5 * (off / turn_sigma) ** 2) / turn_sigma
            total += near * _likely(frames[:, 2] @ z.T, sigma) / share[:, np.newaxis]
    scale = 0.5 * np.sqrt(2.0 * np.pi) / (variants * len(rotations))
    return np.asarray(scale * total)


def axis_cover(expected: Frames, axes: Floats, weight: Floats, sigma: float) -> Floats:
    """Return the mean of exp(-½ tilt²/sigma²) over zone axes, for each expected orientation.

    Where fewer axes are listed than evenly spread ones would be, as for these.

    Parameters
    ----------
    expected
        Shape ``(v, h, 3, 3)``.
    axes, weight
        Unit vectors of all axes, equal ones too, shape ``(a, 3)``, and the prior of each,
        shape ``(a,)``.
    sigma
        Radians.

    Returns
    -------
    Shape ``(v, h)``.
    """
    # Many placements are of one zone.
    beams, number = np.unique(
        expected[:, :, 2].reshape(-1, 3).round(9), axis=0, return_inverse=True
    )
    near = _likely(beams @ axes.T, sigma) @ weight
    return np.maximum(near, 0.5 * sigma**2)[number].reshape(expected.shape[:2])


def _likely(cosine: Floats, sigma: float) -> Floats:
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    return np.asarray(np.exp(-0.5 * (angle / sigma) ** 2))
