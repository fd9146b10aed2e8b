"""Cells that are flat, tiny or huge, crowded lines, spacings at a limit: right, or refused."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import gemmi
import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import navp_structures as navp
from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.errors import CellError, InputError
from navp_structures.kernels import lattice, reflections

NAMES = ("a", "b", "c", "alpha", "beta", "gamma")
ENTRIES = tuple(gemmi.spacegroup_table())
FRIEDEL = np.array([np.eye(3), -np.eye(3)], dtype=np.int64)
PLANES = ((1, 0, 0), (0, 0, 1), (1, 1, 1), (1, -1, 0), (3, 2, -1), (-2, 5, 7))

edges = st.floats(1.0, 1e4)
# Near 0, near 180, near what others leave of a lattice, and anything.
angles = st.one_of(
    st.floats(0.001, 179.999),
    st.floats(0.001, 3.0),
    st.floats(177.0, 179.999),
    st.floats(119.9, 120.0),
    st.sampled_from([30.0, 60.0, 90.0, 120.0, 150.0]),
)


def cell_of(parameters: tuple[float, ...]) -> UnitCell:
    return UnitCell(**dict(zip(NAMES, parameters, strict=True)))


def metric_of(parameters: tuple[float, ...]) -> mpmath.matrix:
    """Return the metric tensor with forty digits."""
    a, b, c = map(mpmath.mpf, parameters[:3])
    alpha, beta, gamma = (mpmath.cos(mpmath.radians(mpmath.mpf(x))) for x in parameters[3:])
    return mpmath.matrix(
        [
            [a * a, a * b * gamma, a * c * beta],
            [a * b * gamma, b * b, b * c * alpha],
            [a * c * beta, b * c * alpha, c * c],
        ]
    )


@given(st.tuples(edges, edges, edges, angles, angles, angles))
@settings(max_examples=200)
def test_a_cell_is_right_or_refused(parameters: tuple[float, ...]) -> None:
    with mpmath.workdps(40):
        exact = metric_of(parameters)
        squared = mpmath.det(exact)
        try:
            cell = cell_of(parameters)
        except CellError:
            # V/abc below a thousandth, or no lattice at all.
            size = mpmath.fprod(parameters[:3])
            assert squared < (mpmath.mpf("0.0010001") * size) ** 2
            return
        assert squared > 0
        assert cell.volume == pytest.approx(float(mpmath.sqrt(squared)), rel=1e-9)
        star = exact**-1
        for hkl in PLANES:
            h = mpmath.matrix(hkl)
            d = float(1 / mpmath.sqrt((h.T * star * h)[0]))
            found = float(lattice.d_spacings(hkl, cell.reciprocal_metric_tensor))
            # What rounding of the angles alone makes of it is 1e-16 over (V/abc)².
            assert found == pytest.approx(d, rel=1e-9)


anything = st.one_of(
    st.floats(),
    st.sampled_from([0.0, -5.0, 1e-320, 1e200, 1e308, math.inf, math.nan, 90.0, 180.0]),
)


@given(st.tuples(*[anything] * 6))
@settings(max_examples=300)
def test_whatever_six_numbers_are(parameters: tuple[float, ...]) -> None:
    try:
        cell = cell_of(parameters)
    except CellError as error:
        sentence = str(error)
    else:
        sentence = "a cell that is taken has a volume"
        assert np.all(np.isfinite(cell.reciprocal_metric_tensor))
        assert cell.volume > 0
    assert 20 < len(sentence) < 200
    assert "\n" not in sentence


def atom(symbol: str, *fract: float) -> Site:
    species = Species(symbol=symbol, label=f"{symbol}1")
    return Site(label=f"{symbol}1", species=(species,), fract=(fract[0], fract[1], fract[2]))


# Of the seven crystal systems, the extremes that an edge may have.
EXTREMES = {
    "P -1": (1.0, 90.0, 1e4, 80.0, 95.0, 103.0),
    "P 1 21/c 1": (1e4, 1.0, 30.0, 90.0, 170.0, 90.0),
    "P n m a": (1.0, 1e4, 5.0, 90.0, 90.0, 90.0),
    "I 41/a m d:2": (1.0, 1.0, 1e4, 90.0, 90.0, 90.0),
    "R -3 c:H": (3.0, 3.0, 1e4, 90.0, 90.0, 120.0),
    "R -3 m:R": (43.0, 43.0, 43.0, 4.1, 4.1, 4.1),
    "P 63/m m c": (1e4, 1e4, 1.0, 90.0, 90.0, 120.0),
    "F d -3 m:2": (1e4, 1e4, 1e4, 90.0, 90.0, 90.0),
    "P m -3 m": (1.0, 1.0, 1.0, 90.0, 90.0, 90.0),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_edges(name: str) -> None:
    phase = Phase(
        id="extreme",
        cell=cell_of(EXTREMES[name]),
        space_group=SpaceGroup.from_name(name),
        sites=(atom("V", 0.0, 0.0, 0.0),),
    )
    d_min = max(0.3, (4 / 3 * math.pi * phase.cell.volume / 2e4) ** (1 / 3))
    rows = navp.reflections(phase, d_min=d_min).rows
    # The volume of the sphere counts what the centring leaves, and more along short axes.
    assert rows
    assert all(math.isfinite(row.d) and row.d >= d_min * reflections.AT_LIMIT for row in rows)
    cell = gemmi.UnitCell(*phase.cell.parameters)
    expected = [cell.calculate_d(list(row.hkl)) for row in rows]
    np.testing.assert_allclose([row.d for row in rows], expected, rtol=1e-9)


def squares(top: int) -> Counter[int]:
    """Return in how many ways each number up to `top` is a sum of three squares."""
    roots = Counter(n * n for n in range(-math.isqrt(top), math.isqrt(top) + 1))
    pairs: Counter[int] = Counter()
    for one, other in itertools.product(roots, repeat=2):
        pairs[one + other] += roots[one] * roots[other]
    found: Counter[int] = Counter()
    for pair, root in itertools.product(pairs, roots):
        if 0 < pair + root <= top:
            found[pair + root] += pairs[pair] * roots[root]
    return found


@pytest.mark.parametrize(
    ("name", "top", "crowd"), [("P m -3 m", 4500, 1000), ("P 1", 500, 300)]
)
def test_a_thousand_reflections_at_one_angle(name: str, top: int, crowd: int) -> None:
    edge = 1000.0
    phase = Phase(
        id="crowded",
        cell=UnitCell(a=edge, b=edge, c=edge),
        space_group=SpaceGroup.from_name(name),
        sites=(atom("V", 0.0, 0.0, 0.0),),
    )
    ways = squares(top)
    assert max(ways.values()) > crowd
    limit = edge / math.sqrt(top)
    wavelength = 20.0
    angle = 2 * math.degrees(math.asin(wavelength / 2 / limit))
    pattern = navp.powder_pattern(
        phase, radiation=wavelength, probe="neutron", two_theta=(0.1, angle), tolerance=1e-6
    )
    lines = pattern.lines
    n = (lines.hkl**2).sum(axis=1)
    found: Counter[int] = Counter()
    for square, multiplicity in zip(n.tolist(), lines.multiplicity.tolist(), strict=True):
        found[square] += multiplicity
    # The last line is at the end of the range, where rounding could lose it.
    assert found == ways
    np.testing.assert_allclose(lines.d, edge / np.sqrt(n), rtol=1e-14)
    np.testing.assert_allclose(lines.f_squared, lines.f_squared[0], rtol=1e-12)
    # By falling spacing, then in falling dictionary order, whatever the last digits are.
    order = sorted(range(len(n)), key=lambda i: (n[i], tuple(-lines.hkl[i])))
    assert order == list(range(len(n)))
    # What is one line to the eye is the sum: m |F|² / (sin²θ cosθ).
    heights = np.zeros(top + 1)
    np.add.at(heights, n, lines.intensity)
    sine = wavelength / 2 / edge * np.sqrt(np.arange(1, top + 1))
    expected = np.array([ways[i] for i in range(1, top + 1)]) / (sine**2 * np.sqrt(1 - sine**2))
    share = heights[1:].sum() / expected.sum()
    np.testing.assert_allclose(heights[1:], share * expected, rtol=1e-12)
    peaks = {row.peak for row in pattern.rows}
    assert len(peaks) == len(ways)


def random_metric(group: SpaceGroup, rng: np.random.Generator) -> np.ndarray:
    root = np.diag(rng.uniform(4.0, 14.0, 3)) + rng.uniform(-1.5, 1.5, (3, 3))
    turned = np.einsum("rji,jk,rkl->ril", group.rotations, root @ root.T, group.rotations)
    return np.asarray(turned.mean(axis=0))


def test_a_family_at_its_own_limit_is_whole_in_every_setting() -> None:
    rng = np.random.default_rng(564)
    for entry in ENTRIES:
        group = SpaceGroup.from_name(entry.xhm())
        metric = random_metric(group, rng)
        hkl = rng.integers(-3, 4, 3)
        hkl[rng.integers(3)] = rng.integers(1, 4)
        images = np.unique(hkl @ group.laue_rotations, axis=0)
        # gemmi's own cell and formula, of each member; their last digits differ.
        edge = np.sqrt(np.diag(metric))
        cosine = metric / np.outer(edge, edge)
        corners = [np.degrees(np.arccos(cosine[i, j])) for i, j in ((1, 2), (0, 2), (0, 1))]
        cell = gemmi.UnitCell(*edge, *corners)
        limits = cell.calculate_d_array(images.astype(np.int32))
        assert np.ptp(limits) < 1e-11
        for limit in (limits.min(), limits.max()):
            found, multiplicity, d = reflections.families(metric, limit, group.laue_rotations)
            last = {tuple(row) for row in found[d < limit * (1 + 1e-9)].tolist()}
            member = reflections.representatives([hkl], group.laue_rotations)[0][0]
            assert tuple(member.tolist()) in last, entry.xhm()
            assert multiplicity.sum() == len(reflections.sphere(metric, limit))
            # A little above it, it is out.
            above, _, _ = reflections.families(metric, limit * (1 + 1e-8), group.laue_rotations)
            assert not last & {tuple(row) for row in above.tolist()}


@given(st.floats(1e-9, 1e9), st.sampled_from(["A", "1/A", "nm", "q"]))
@settings(max_examples=60, deadline=None)
def test_spacings_beyond_what_is_indexed(value: float, units: str) -> None:
    d = {"A": value, "nm": 10 * value, "1/A": 1 / value, "q": 2 * math.pi / value}[units]
    if not 0.3 <= d <= 1000.0:
        with pytest.raises(InputError, match="that is indexed is"):
            navp.index_spacings([value], phases="Na3VP", units=units)
        return
    assume(0.3001 < d < 999.9)
    for row in navp.index_spacings([value], phases="Na3VP", units=units).rows:
        assert row.d_calc == pytest.approx(d, rel=0.04)


RHOMBOHEDRAL = sorted(entry.hm for entry in ENTRIES if entry.ext == "R")


@pytest.mark.parametrize("name", RHOMBOHEDRAL)
def test_axes_of_the_other_rhombohedral_setting_are_refused(name: str) -> None:
    hexagonal = UnitCell(a=8.7288, b=8.7288, c=21.8042, gamma=120.0)
    # a² of the primitive cell is a²/3 + c²/9, its cosine (c²/9 - a²/6) over that.
    square = 8.7288**2 / 3 + 21.8042**2 / 9
    alpha = math.degrees(math.acos((21.8042**2 / 9 - 8.7288**2 / 6) / square))
    edge = math.sqrt(square)
    primitive = UnitCell(a=edge, b=edge, c=edge, alpha=alpha, beta=alpha, gamma=alpha)
    for cell, wrong in ((hexagonal, ":R"), (primitive, ":H")):
        with pytest.raises(CellError, match="contradicts the symmetry operations"):
            Phase(id="x", cell=cell, space_group=SpaceGroup.from_name(name + wrong))
        # Where the symbol leaves the axes open, the cell says which are meant.
        group = SpaceGroup.from_name(name, alpha=cell.alpha, gamma=cell.gamma)
        assert group.symbol is not None
        assert not group.symbol.endswith(wrong)
    # (0 1 2) of the obverse cell is (1 1 0) of the primitive one.
    two = [
        Phase(id="x", cell=cell, space_group=SpaceGroup.from_name(name + ext))
        for cell, ext in ((hexagonal, ":H"), (primitive, ":R"))
    ]
    assert two[0].d((0, 1, 2)) == pytest.approx(two[1].d((1, 1, 0)), rel=1e-12)
    assert two[0].absence((1, 0, 2)) is not None


@given(st.sampled_from(["R -3 c:H", "R 3 m:H"]), st.tuples(*[st.integers(-9, 9)] * 3))
def test_obverse_is_what_is_meant_and_nothing_else(
    name: str, hkl: tuple[int, int, int]
) -> None:
    assume(any(hkl))
    h, k, m = hkl
    found = SpaceGroup.from_name(name).gemmi.is_systematically_absent(list(hkl))
    assert found or (-h + k + m) % 3 == 0
