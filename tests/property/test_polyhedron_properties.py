"""What must hold for the polyhedron of any ligands, wherever and in whichever order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from navp_structures.kernels import convex_hull as hull
from navp_structures.kernels import polyhedron as poly
from navp_structures.kernels.lattice import Floats

# A grid gives coplanar faces, repeated and inner vertices more often than chance would, and
# nothing that is only nearly so.
coordinates = st.integers(-8, 8).map(lambda k: k / 4.0)
positions = st.tuples(coordinates, coordinates, coordinates)


@st.composite
def ligands(draw: st.DrawFn, smallest: int = 4, largest: int = 9) -> Floats:
    """Return ligands with a volume, none at the origin."""
    points = np.array(
        draw(st.lists(positions.filter(any), min_size=smallest, max_size=largest))
    )
    assume(not np.isnan(hull.hull_volumes(points)))
    return points


@st.composite
def rotations(draw: st.DrawFn) -> Floats:
    """Return a proper rotation from a quaternion."""
    part = st.integers(-9, 9)
    w, *v = np.array(draw(st.tuples(part, part, part, part).filter(any)), dtype=float)
    x, y, z = v
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + 2.0 * (w * skew + skew @ skew) / (w * w + x * x + y * y + z * z)


@given(ligands(), rotations(), positions)
def test_hulls_move_with_their_vertices(
    points: Floats, rotation: Floats, shift: tuple[float, float, float]
) -> None:
    # Of two ligands at one position, either may count.
    points = np.unique(points, axis=0)
    moved = points @ rotation.T + shift
    before, after = hull.hull_measures(points), hull.hull_measures(moved)
    assert after.volumes == pytest.approx(before.volumes, rel=1e-9)
    assert after.gradients == pytest.approx(before.gradients @ rotation.T, abs=1e-9)
    assert after.centroids == pytest.approx(rotation @ before.centroids + shift, abs=1e-9)
    assert len(hull.hull_edges(moved)) == len(hull.hull_edges(points))


@given(ligands(), rotations())
def test_eight_printed_digits_are_enough(points: Floats, rotation: Floats) -> None:
    # Å: no ligand of a real polyhedron is nearer to its middle than one or two.
    exact = 4.0 * np.unique(points, axis=0)
    printed = np.round(exact @ rotation.T, 8)
    before, after = hull.hull_measures(exact), hull.hull_measures(printed)
    assert after.volumes == pytest.approx(before.volumes, rel=1e-6)
    assert after.gradients == pytest.approx(before.gradients @ rotation.T, abs=1e-5)
    corners = sorted(map(len, hull.hull_faces(exact)))
    assert sorted(map(len, hull.hull_faces(printed))) == corners


@given(ligands(), st.randoms(use_true_random=False))
def test_order_does_not_matter(points: Floats, random: object) -> None:
    order = list(range(len(points)))
    random.shuffle(order)  # type: ignore[attr-defined]
    before, after = hull.hull_measures(points), hull.hull_measures(points[order])
    assert after.volumes == pytest.approx(before.volumes, rel=1e-12)
    if len(np.unique(points, axis=0)) == len(points):
        assert after.gradients == pytest.approx(before.gradients[order], abs=1e-12)
    bonds = poly.bond_lengths(points)
    for index in (poly.distortion_indices, poly.effective_coordination_numbers):
        assert index(bonds[order]) == pytest.approx(index(bonds), rel=1e-12)
    assert poly.bond_angle_variances(points[order]) == pytest.approx(
        poly.bond_angle_variances(points), rel=1e-9, nan_ok=True
    )
    assert (
        poly.shell_by_gap(bonds[order])[0].tolist()
        == poly.shell_by_gap(bonds)[0][order].tolist()
    )


@given(ligands())
def test_volumes_agree_with_qhull_also_where_vertices_are_coplanar(points: Floats) -> None:
    from scipy.spatial import ConvexHull

    measures = hull.hull_measures(points)
    assert measures.volumes == pytest.approx(ConvexHull(points).volume, rel=1e-9)
    # Euler: V is homogeneous of degree 3, and a shift of all vertices changes nothing.
    assert (points * measures.gradients).sum() == pytest.approx(3.0 * measures.volumes)
    assert measures.gradients.sum(axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


@given(ligands())
def test_faces_close_the_surface(points: Floats) -> None:
    faces = hull.hull_faces(points)
    edges = hull.hull_edges(points)
    corners = set(itertools.chain(*faces))
    assert len(corners) - len(edges) + len(faces) == 2
    walked = [pair for face in faces for pair in zip(face, (*face[1:], face[0]), strict=True)]
    # Each edge once in each direction.
    assert len(walked) == len(set(walked)) == 2 * len(edges)
    assert {(j, i) for i, j in walked} == set(walked)


@given(ligands(), rotations(), st.floats(0.2, 5.0))
def test_distortion_is_a_matter_of_shape(
    points: Floats, rotation: Floats, scale: float
) -> None:
    moved = scale * points @ rotation.T
    bonds, scaled = poly.bond_lengths(points), poly.bond_lengths(moved)
    assert scaled == pytest.approx(scale * bonds)
    assert poly.distortion_indices(scaled) == pytest.approx(
        poly.distortion_indices(bonds), abs=1e-12
    )
    assert poly.effective_coordination_numbers(scaled) == pytest.approx(
        poly.effective_coordination_numbers(bonds), rel=1e-6
    )
    assert poly.bond_angle_variances(moved) == pytest.approx(
        poly.bond_angle_variances(points), rel=1e-6, abs=1e-6, nan_ok=True
    )
    before = poly.quadratic_elongations(bonds, hull.hull_volumes(points))
    after = poly.quadratic_elongations(scaled, hull.hull_volumes(moved))
    assert after == pytest.approx(before, rel=1e-9, nan_ok=True)


@given(ligands(4, 4))
def test_no_tetrahedron_is_rounder_than_the_regular_one(points: Floats) -> None:
    elongation = poly.quadratic_elongations(
        poly.bond_lengths(points), hull.hull_volumes(points)
    )
    assert elongation >= 1.0 - 1e-12


@given(ligands(1, 8), rotations())
def test_solid_angles_fill_the_sphere(points: Floats, rotation: Floats) -> None:
    # A box about the centre encloses it, whatever else there is.
    box = 2.5 * np.vstack([np.eye(3), -np.eye(3)])
    around = np.unique(np.vstack([points, box]), axis=0)
    angles = poly.solid_angles(around)
    assert angles.sum() == pytest.approx(4.0 * np.pi)
    assert (angles >= 0.0).all()
    assert poly.solid_angles(around @ rotation.T) == pytest.approx(angles, abs=1e-6)
    order = np.arange(len(around))[::-1]
    assert poly.solid_angles(around[order]) == pytest.approx(angles[order], abs=1e-6)
    # The nearest neighbour always has a face.
    assert angles[np.argmin(poly.bond_lengths(around))] > 0.0
