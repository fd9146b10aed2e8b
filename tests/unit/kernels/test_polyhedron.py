"""Hulls, distortion indices and shells against numbers that can be worked out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.errors import InputError
from navp_structures.kernels import convex_hull as hull
from navp_structures.kernels import polyhedron as poly
from navp_structures.kernels.lattice import Floats

OCTAHEDRON = 2.0 * np.array(
    [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], dtype=float
)
TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=float)
CUBE = np.array(list(itertools.product((-1.0, 1.0), repeat=3)))
# Two bonds of 2.4 Å on z, four of 2.0 Å.
ELONGATED = OCTAHEDRON * np.array([1.0, 1.0, 1.2])
UP = np.array([0.0, 0.0, 2.0])
# Base of side 2 about the origin, apex 3 above it.
PYRAMID = np.array([[1, 1, 0], [1, -1, 0], [-1, -1, 0], [-1, 1, 0], [0, 0, 3]], dtype=float)
GOLDEN = (1.0 + 5.0**0.5) / 2.0


def test_volumes_by_hand() -> None:
    # 4/3 × 2³; a tetrahedron of edge 2√2 has (2√2)³ / 6√2 = 8/3; 2³; 4/3 × 2 × 2 × 2.4;
    # base × height / 3 = 4.
    assert hull.hull_volumes(OCTAHEDRON) == pytest.approx(32.0 / 3.0, rel=1e-14)
    assert hull.hull_volumes(TETRAHEDRON) == pytest.approx(8.0 / 3.0, rel=1e-14)
    assert hull.hull_volumes(CUBE) == pytest.approx(8.0, rel=1e-14)
    assert hull.hull_volumes(ELONGATED) == pytest.approx(12.8, rel=1e-14)
    assert hull.hull_volumes(PYRAMID) == pytest.approx(4.0, rel=1e-14)


def test_faces_with_six_corners_are_merged() -> None:
    angles = np.radians(60.0 * np.arange(6))
    ring = np.stack([np.cos(angles), np.sin(angles), np.zeros(6)], axis=1)
    prism = np.vstack([ring, ring + UP])
    # A hexagon of side 1 has 3√3/2.
    assert hull.hull_volumes(prism) == pytest.approx(3.0 * 3.0**0.5, rel=1e-14)
    faces = hull.hull_faces(prism)
    assert faces[0] == (0, 1, 7, 6)
    assert sorted(map(len, faces)) == [4] * 6 + [6] * 2
    assert len(hull.hull_edges(prism)) == 18


def test_vertices_that_are_no_corners_change_nothing() -> None:
    extra = np.array([[0.3, 0.1, 0.2], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    # Inside, in the middle of a face, on an edge, on another corner.
    for point in extra:
        assert hull.hull_volumes(np.vstack([CUBE, point])) == pytest.approx(8.0, rel=1e-12)
    inside = hull.hull_measures(np.vstack([CUBE, extra[:1]]))
    assert inside.gradients[-1] == pytest.approx([0.0, 0.0, 0.0], abs=1e-15)
    assert {8} & set(itertools.chain(*hull.hull_faces(np.vstack([CUBE, extra[:1]])))) == set()


def test_rounded_positions_keep_the_faces() -> None:
    # In the middle of an edge, in the middle of a face, and on a corner: rounding lifts them
    # out of the planes, or sinks them in.
    points = np.vstack([CUBE, [[1.0, 1.0, 0.3], [1.0, 0.2, 0.1], [-1.0, -1.0, 1.0]]])
    for seed in range(40):
        turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
        printed = np.round(points @ turn.T, 8) + 3e-9 * np.eye(11, 3, -8)
        measures = hull.hull_measures(printed)
        assert measures.volumes == pytest.approx(8.0, abs=1e-6)
        assert np.abs(measures.gradients[8:10]).max() < 1e-12
        assert [len(face) for face in hull.hull_faces(printed)] == [4] * 6


@pytest.mark.parametrize("count", [4, 5, 6, 7, 8, 9, 12])
def test_volumes_agree_with_qhull(count: int) -> None:
    from scipy.spatial import ConvexHull

    clouds = np.random.default_rng(count).normal(size=(60, count, 3))
    measures = hull.hull_measures(clouds)
    expected = [ConvexHull(cloud) for cloud in clouds]
    assert measures.volumes == pytest.approx([h.volume for h in expected], rel=1e-10)
    corners = [set(h.vertices.tolist()) for h in expected]
    moved = np.abs(measures.gradients).max(axis=2) > 0.0
    assert [set(np.flatnonzero(row).tolist()) for row in moved] == corners
    assert set(itertools.chain(*hull.hull_faces(clouds[0]))) == corners[0]


def test_octahedra_need_no_qhull(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Floats) -> Floats:
        raise AssertionError("a hull of triangles went the slow way")

    monkeypatch.setattr(hull, "_fan_weights", refuse)
    assert hull.hull_volumes([OCTAHEDRON, ELONGATED]) == pytest.approx([32.0 / 3.0, 12.8])
    with pytest.raises(AssertionError, match="slow way"):
        hull.hull_volumes(CUBE)


def test_a_batch_is_its_members_and_flat_ones_are_nan() -> None:
    square = np.array([[2, 0, 0], [-2, 0, 0], [0, 2, 0], [0, -2, 0]], dtype=float)
    batch = np.stack([TETRAHEDRON, square, 3.0 * TETRAHEDRON])
    measures = hull.hull_measures(batch)
    assert measures.volumes == pytest.approx([8.0 / 3.0, np.nan, 72.0], nan_ok=True)
    assert np.isnan(measures.gradients).all(axis=(1, 2)).tolist() == [False, True, False]
    assert np.isnan(measures.centroids).all(axis=1).tolist() == [False, True, False]
    nested = hull.hull_measures(batch[np.newaxis])
    assert nested.volumes.shape == (1, 3)
    assert nested.gradients.shape == (1, 3, 4, 3)
    # 2e-8 of the radius out of plane is what eight printed digits leave; a percent is real.
    square[0, 2] = 4e-8
    assert np.isnan(hull.hull_volumes(square))
    square[0, 2] = 0.02
    assert hull.hull_volumes(square) > 0.0


@pytest.mark.parametrize("count", [1, 2, 3])
def test_fewer_than_four_vertices_have_no_volume(count: int) -> None:
    measures = hull.hull_measures(OCTAHEDRON[:count])
    assert np.isnan(measures.volumes)
    assert np.isnan(measures.gradients).all()
    assert measures.gradients.shape == (count, 3)
    with pytest.raises(InputError, match=f"{count} vertices have no volume; at least four"):
        hull.hull_faces(OCTAHEDRON[:count])


def test_bad_positions_are_refused() -> None:
    with pytest.raises(InputError, match="4 vertices lie in one plane"):
        hull.hull_edges(OCTAHEDRON[:4])
    with pytest.raises(InputError, match="not finite"):
        hull.hull_volumes([[np.nan, 0.0, 0.0]] * 4)
    with pytest.raises(InputError, match=r"not \(4, 2\)"):
        hull.hull_volumes(np.zeros((4, 2)))
    with pytest.raises(InputError, match=r"not \(0, 3\)"):
        poly.bond_lengths(np.zeros((0, 3)))
    with pytest.raises(InputError, match="faces are of one polyhedron"):
        hull.hull_faces([OCTAHEDRON])


def test_faces_are_anticlockwise_and_edges_no_diagonals() -> None:
    faces = hull.hull_faces(CUBE)
    assert len(faces) == 6
    for face in faces:
        a, b, c = CUBE[list(face[:3])]
        assert np.cross(b - a, c - b) @ a > 0.0
        assert face[0] == min(face)
    # Corners of a cube are numbered in binary: along an edge one digit changes.
    ends = [(int(i), int(j)) for i, j in hull.hull_edges(CUBE)]
    assert ends == [(i, j) for i in range(8) for j in range(i, 8) if (i ^ j) in (1, 2, 4)]
    assert len(hull.hull_faces(OCTAHEDRON)) == 8
    assert [0, 1] not in hull.hull_edges(OCTAHEDRON).tolist()


def test_volume_gradients_by_hand() -> None:
    # V = (x1 − x2)(y1 − y2)(z1 − z2) / 6, so dV/dx1 = 4 × 4 / 6.
    assert hull.hull_volume_gradients(OCTAHEDRON) == pytest.approx(OCTAHEDRON * 4.0 / 3.0)
    # A corner pulls at a third of each of its three faces of area 4 when the face is cut
    # through it, at a sixth when cut past it: a quarter on average.
    assert hull.hull_volume_gradients(CUBE) == pytest.approx(CUBE)


@pytest.mark.parametrize("count", [4, 6, 8, 9])
def test_volume_gradients_are_derivatives(count: int) -> None:
    points = np.random.default_rng(count).normal(size=(count, 3)) + 5.0
    gradients = hull.hull_volume_gradients(points)
    step = 1e-5
    for i, x in np.ndindex(count, 3):
        shift = np.zeros((count, 3))
        shift[i, x] = step
        ahead, behind = hull.hull_volumes([points + shift, points - shift])
        assert gradients[i, x] == pytest.approx((ahead - behind) / (2.0 * step), abs=1e-6)
    assert gradients.sum(axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)


def test_su_of_a_volume_by_hand() -> None:
    gradients = hull.hull_volume_gradients(OCTAHEDRON)
    covariance = np.zeros((18, 18))
    covariance[0, 0] = 0.01**2
    # One vertex along its bond: 8/3 × 0.01.
    assert hull.propagated_su(gradients, covariance) == pytest.approx(0.08 / 3.0)
    # All six bonds together, as symmetry would have them: V = 4/3 r³, dV = 4 r² dr = 0.16.
    breathing = 0.01 * OCTAHEDRON.ravel() / 2.0
    assert hull.propagated_su(gradients, np.outer(breathing, breathing)) == pytest.approx(0.16)
    # The same su one by one: 0.08/3 × √6.
    alone = hull.propagated_su(gradients, np.diag(breathing**2))
    assert alone == pytest.approx(0.08 / 3.0 * 6.0**0.5)
    # The centre's error moves all vertices alike and drops out.
    together = np.tile([0.1, 0.2, 0.3], 6)
    assert hull.propagated_su(gradients, np.outer(together, together)) == pytest.approx(0.0)
    batch = hull.propagated_su([gradients, 2.0 * gradients], covariance)
    assert batch == pytest.approx([0.08 / 3.0, 0.16 / 3.0])
    assert np.isnan(hull.propagated_su(gradients, np.full((18, 18), np.nan)))


def test_regular_polyhedra_are_not_distorted() -> None:
    icosahedron = np.array(
        [
            np.roll([0.0, y, z * GOLDEN], k)
            for k in range(3)
            for y, z in itertools.product((-1.0, 1.0), repeat=2)
        ]
    )
    rectangles = [
        np.roll([0.0, y / GOLDEN, z * GOLDEN], k)
        for k in range(3)
        for y, z in itertools.product((-1.0, 1.0), repeat=2)
    ]
    dodecahedron = np.vstack([CUBE, rectangles])
    for points in (TETRAHEDRON, OCTAHEDRON, CUBE, icosahedron, dodecahedron):
        bonds = poly.bond_lengths(points)
        volume = hull.hull_volumes(points)
        regular = poly.REGULAR_VOLUMES[len(points)]
        assert volume == pytest.approx(regular * bonds[0] ** 3, rel=1e-12)
        assert poly.quadratic_elongations(bonds, volume) == pytest.approx(1.0, rel=1e-12)
        assert poly.distortion_indices(bonds) == pytest.approx(0.0, abs=1e-15)
        assert poly.effective_coordination_numbers(bonds) == pytest.approx(len(points))
        assert poly.vertex_offsets(points) == pytest.approx(0.0, abs=1e-15)
        if len(points) in poly.REGULAR_ANGLES:
            assert poly.bond_angle_variances(points) == pytest.approx(0.0, abs=1e-20)
    assert len(hull.hull_faces(dodecahedron)) == 12


def test_an_elongated_octahedron_by_hand() -> None:
    bonds = poly.bond_lengths(ELONGATED)
    assert bonds == pytest.approx([2.0, 2.0, 2.0, 2.0, 2.4, 2.4])
    # Mean 12.8/6 = 2.13333; deviations 4 × 0.13333 and 2 × 0.26667; D = 0.17778/2.13333.
    assert poly.distortion_indices(bonds) == pytest.approx(1.0 / 12.0)
    # l0³ = 3/4 × 12.8 = 9.6, l0² = 4.516973; mean l² = (4 × 4 + 2 × 5.76)/6 = 4.586667.
    elongation = poly.quadratic_elongations(bonds, hull.hull_volumes(ELONGATED))
    assert elongation == pytest.approx(1.015429, abs=1e-6)
    assert poly.bond_angle_variances(ELONGATED) == pytest.approx(0.0, abs=1e-20)


def test_bond_angle_variances_by_hand() -> None:
    # One ligand turned by 3° in the equator: one angle of 87°, one of 93°: 2 × 9 / 11.
    bent = OCTAHEDRON.copy()
    bent[0] = 2.0 * np.array([np.cos(np.radians(3.0)), np.sin(np.radians(3.0)), 0.0])
    assert poly.bond_angle_variances(bent) == pytest.approx(18.0 / 11.0)
    # Half angles of 60° up and down: two angles of 120°, four of arccos(−1/4) = 104.4775°;
    # (2 × 10.52878² + 4 × 4.99371²) / 5 = (221.7104 + 99.7485) / 5.
    s, c = 3.0**0.5 / 2.0, 0.5
    disphenoid = [[s, 0, c], [-s, 0, c], [0, s, -c], [0, -s, -c]]
    assert poly.bond_angle_variances(disphenoid) == pytest.approx(64.29178, abs=1e-4)
    # (±1, ±1, ±1.1): 8 edges over arccos(1.21/3.21) = 67.8553°, 4 over arccos(0.79/3.21) =
    # 75.7528°, from 70.5288°: (8 × 7.14745 + 4 × 27.29040) / 11.
    stretched = CUBE * [1.0, 1.0, 1.1]
    assert poly.bond_angle_variances(stretched) == pytest.approx(15.12197, abs=1e-4)


def test_indices_without_a_regular_polyhedron_are_nan() -> None:
    bonds = poly.bond_lengths(PYRAMID)
    assert np.isnan(poly.quadratic_elongations(bonds, 4.0))
    assert np.isnan(poly.bond_angle_variances(PYRAMID))
    assert poly.bond_angle_variances([PYRAMID, PYRAMID]).shape == (2,)
    assert np.isnan(poly.quadratic_elongations([2.0] * 6, np.nan))


def test_effective_coordination_by_hand() -> None:
    # Four bonds of 2.0, two of 2.4 Å. Start at 2.0: weights 1 and exp(1 − 1.2⁶) = 0.137245,
    # mean (8 + 0.658776)/4.274490 = 2.025686. Then 1.076495 and 0.171035: mean 2.029438.
    # Then 1.087560 and 0.176338: 2.029996. It settles at 2.0300945, with the weights 1.089494
    # and 0.177276: 4 × 1.089494 + 2 × 0.177276.
    assert poly.effective_coordination_numbers([2.0] * 4 + [2.4] * 2) == pytest.approx(
        4.712527, abs=2e-6
    )
    batch = poly.effective_coordination_numbers([[2.0] * 4 + [2.4] * 2, [2.0] * 6])
    assert batch == pytest.approx([4.712527, 6.0], abs=2e-6)


def test_effective_coordination_settles_far_from_regular() -> None:
    bonds = np.sort(np.random.default_rng(5).uniform(1.9, 3.4, (20, 9)), axis=1)
    numbers = poly.effective_coordination_numbers(bonds)
    for row, number in zip(bonds, numbers, strict=True):
        mean = row[0]
        for _ in range(1500):
            weights = np.exp(1.0 - (row / mean) ** 6)
            mean = (weights * row).sum() / weights.sum()
        assert number == pytest.approx(weights.sum(), rel=1e-6)


def test_two_centroids() -> None:
    # The centre of mass of a pyramid is a quarter up, the mean of its corners a fifth of 3.
    assert hull.hull_measures(PYRAMID).centroids == pytest.approx([0.0, 0.0, 0.75], abs=1e-15)
    assert poly.vertex_offsets(PYRAMID) == pytest.approx(0.6)
    assert poly.vertex_offsets(OCTAHEDRON + 0.05 * UP) == pytest.approx(0.1)
    moved = hull.hull_measures(CUBE + PYRAMID[4])
    assert moved.centroids == pytest.approx([0.0, 0.0, 3.0], abs=1e-12)


def test_the_largest_gap_ends_the_shell() -> None:
    members, gap = poly.shell_by_gap([3.4, 2.0, 2.1, 3.5, 2.05])
    assert members.tolist() == [False, True, True, False, True]
    assert gap == pytest.approx(3.4 / 2.1 - 1.0)
    # The gap is relative: 2.0 to 2.5 is wider than 5.0 to 6.0.
    assert poly.shell_by_gap([2.0, 2.5, 5.0, 6.0])[0].sum() == 2
    assert poly.shell_by_gap([2.0, 2.5, 2.9, 3.5])[0].sum() == 1


def test_without_a_gap_everybody_is_a_member() -> None:
    for distances in ([2.0], [2.0] * 6, [2.0, 2.0 + 1e-9]):
        members, gap = poly.shell_by_gap(distances)
        assert members.all()
        assert np.isnan(gap)
    with pytest.raises(InputError, match="no candidate"):
        poly.shell_by_gap([])


def test_solid_angles_by_hand() -> None:
    # Six faces of a cube, four of a tetrahedron, eight of an octahedron.
    assert poly.solid_angles(OCTAHEDRON) == pytest.approx([4.0 * np.pi / 6.0] * 6)
    assert poly.solid_angles(TETRAHEDRON) == pytest.approx([np.pi] * 4)
    assert poly.solid_angles(CUBE) == pytest.approx([np.pi / 2.0] * 8)
    # A neighbour behind others has no face.
    assert poly.solid_angles(np.vstack([OCTAHEDRON, [[5.0, 5.0, 5.0]]]))[-1] == 0.0
    # Planes at 1 and 0.5 on z: the face of a box 2 × 2 at height h subtends
    # 4 arcsin(1 / (1 + h²)), which is 2.574004 for h = 0.5.
    box = OCTAHEDRON * [1.0, 1.0, 0.5]
    assert poly.solid_angles(box)[4:] == pytest.approx([4.0 * np.arcsin(0.8)] * 2)


def test_solid_angles_agree_with_pymatgen() -> None:
    from pymatgen.analysis.local_env import VoronoiNN
    from pymatgen.core import Lattice, Structure

    lattice = Lattice.from_parameters(4.1, 4.6, 5.2, 83.0, 97.0, 104.0)
    fract = np.array([[0.0, 0.0, 0.0], [0.47, 0.55, 0.52], [0.55, 0.05, 0.41]])
    cells = VoronoiNN(cutoff=12.0).get_voronoi_polyhedra(
        Structure(lattice, ["O"] * 3, fract), 0
    )
    expected = sorted(face["solid_angle"] for face in cells.values())
    shifts = np.array(list(itertools.product(range(-3, 4), repeat=3)), dtype=float)
    points = lattice.get_cartesian_coords((fract[:, None] + shifts).reshape(-1, 3))
    angles = np.sort(poly.solid_angles(points[np.linalg.norm(points, axis=1) > 0.1]))
    assert len(expected) > 12
    assert angles[-len(expected) :] == pytest.approx(expected, abs=1e-6)
    assert angles[: -len(expected)] == pytest.approx(0.0, abs=1e-6)
    assert angles.sum() == pytest.approx(4.0 * np.pi)


def test_the_centre_must_be_enclosed() -> None:
    with pytest.raises(InputError, match="do not enclose the centre; raise the cutoff"):
        poly.solid_angles(OCTAHEDRON[:5])
    with pytest.raises(InputError, match="do not enclose"):
        poly.solid_angles(OCTAHEDRON[:4])
    with pytest.raises(InputError, match="do not enclose"):
        poly.solid_angles(TETRAHEDRON + 5.0)
    with pytest.raises(InputError, match="lies on the centre"):
        poly.solid_angles(np.vstack([OCTAHEDRON, np.zeros(3)]))


def test_the_shell_of_large_faces() -> None:
    # O'Keeffe's number: 1 + 1 + 0.5 + 0.1.
    members, number = poly.shell_by_solid_angle([2.0, 2.0, 1.0, 0.2])
    assert members.tolist() == [True, True, True, False]
    assert number == pytest.approx(2.6)
    assert poly.shell_by_solid_angle([2.0, 2.0, 1.0, 0.2], 0.6)[0].sum() == 2
    for threshold in (0.0, 1.5, np.nan):
        with pytest.raises(InputError, match="threshold"):
            poly.shell_by_solid_angle([1.0], threshold)


# na3vp-rt, as published: every test below reads the curated file.


def surroundings(label: str, cutoff: float) -> tuple[Floats, list[str], Floats]:
    """Return the oxygen atoms about a site: positions, labels, and d(position)/d(fract)."""
    phase = navp.load("na3vp-rt")
    matrix = phase.cell.orthogonalisation_matrix
    (centre,) = (site for site in phase.sites if site.label == label)
    found = []
    for site in phase.sites:
        if site.label not in ("O1", "O2"):
            continue
        for rotation, translation in zip(
            phase.space_group.rotations, phase.space_group.translations, strict=True
        ):
            start = rotation @ site.fract + translation - centre.fract
            for shift in itertools.product((-2, -1, 0, 1, 2), repeat=3):
                position = matrix @ (start + shift)
                if np.linalg.norm(position) < cutoff:
                    found.append((position, site.label, matrix @ rotation))
    found.sort(key=lambda item: float(np.linalg.norm(item[0])))
    positions, labels, slopes = zip(*found, strict=True)
    return np.array(positions), list(labels), np.array(slopes)


def test_vo6_of_na3vp() -> None:
    octahedron, labels, _ = surroundings("V1", 2.5)
    assert labels == ["O2"] * 3 + ["O1"] * 3
    bonds = poly.bond_lengths(octahedron)
    assert bonds == pytest.approx([1.9693] * 3 + [2.0271] * 3, abs=1e-4)
    assert bonds.mean() == pytest.approx(1.998, abs=0.001)
    volume = hull.hull_volumes(octahedron)
    assert volume == pytest.approx(10.55, abs=0.01)
    assert 1.0 < poly.quadratic_elongations(bonds, volume) < 1.02
    # Three bonds of each kind: D = (2.0271 − 1.9693)/2/1.9982.
    assert poly.distortion_indices(bonds) == pytest.approx(0.01446, abs=1e-5)


def test_two_ways_to_count_agree_where_the_shell_is_clear() -> None:
    for label, count in {"V1": 6, "P1": 4, "Na1": 6}.items():
        points = surroundings(label, 5.0)[0]
        by_gap = poly.shell_by_gap(poly.bond_lengths(points))[0]
        by_angle = poly.shell_by_solid_angle(poly.solid_angles(points))[0]
        assert by_gap.sum() == count
        assert by_gap.tolist() == by_angle.tolist()


def test_two_ways_to_count_differ_at_na2() -> None:
    # Eight bonds up to 2.84, two contacts at 3.24, the next at 3.87 Å: the widest gap is the
    # last, but the two contacts have faces of a quarter.
    points = surroundings("Na2", 5.0)[0]
    assert poly.shell_by_gap(poly.bond_lengths(points))[0].sum() == 10
    members, number = poly.shell_by_solid_angle(poly.solid_angles(points))
    assert members.sum() == 8
    assert 7.0 < number < 8.0


def test_su_of_the_volume_agrees_with_monte_carlo() -> None:
    phase = navp.load("na3vp-rt")
    octahedron, labels, slopes = surroundings("V1", 2.5)
    sites = {site.label: site for site in phase.sites}
    # Free parameters: x, y, z of O1 and O2, z of V1. Each oxygen atom stands for three
    # vertices, which therefore move together.
    su = np.concatenate([sites[name].fract_su for name in ("O1", "O2", "V1")])
    jacobian = np.zeros((18, 9))
    for n, (label, slope) in enumerate(zip(labels, slopes, strict=True)):
        column = 3 * ("O1", "O2").index(label)
        jacobian[3 * n : 3 * n + 3, column : column + 3] = slope
        jacobian[3 * n : 3 * n + 3, 6:] = -phase.cell.orthogonalisation_matrix
    covariance = jacobian @ np.diag(su**2) @ jacobian.T
    propagated = hull.propagated_su(hull.hull_volume_gradients(octahedron), covariance)
    shifts = np.random.default_rng(7).normal(size=(4000, 9)) * su @ jacobian.T
    drawn = hull.hull_volumes(octahedron + shifts.reshape(-1, 6, 3))
    # The spread of 4000 draws is itself good to 1.1 %.
    assert propagated == pytest.approx(drawn.std(), rel=0.05)
    assert 0.002 < propagated < 0.03
    # Vertices that moved one by one would give another su.
    alone = hull.propagated_su(
        hull.hull_volume_gradients(octahedron), np.diag(np.diag(covariance))
    )
    assert alone != pytest.approx(propagated, rel=0.15)
