"""All reflections of a phase, and what beams can be added to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis import sphere as table
from navp_structures.analysis.saed import routes
from navp_structures.analysis.saed.routes import best_routes
from navp_structures.analysis.sphere import Beams, sphere
from navp_structures.analysis.structure_factors import f_squared
from navp_structures.kernels import reflections
from navp_structures.model.absence import is_absent


@pytest.mark.parametrize("name", ["na3vp-rt", "na2vp-a", "nzsp-monoclinic"])
def test_members_are_the_whole_sphere(name: str) -> None:
    phase = navp.load(name)
    group = phase.space_group
    every = reflections.sphere(phase.cell.metric_tensor, 1.2)
    shifts = every @ group.centring_vectors.T
    every = every[np.all(np.abs(shifts - np.rint(shifts)) < 1e-6, axis=1)]
    made = sphere(phase, 1.2)
    assert sorted(map(tuple, made.hkl.tolist())) == sorted(map(tuple, every.tolist()))
    assert np.all(np.diff(made.d) < 1e-9)
    # No atoms of these cancel where symmetry lets them be.
    assert np.array_equal(made.extinct, is_absent(made.hkl, group))
    squares = np.where(made.extinct, 0.0, f_squared(phase, made.hkl, "electron"))
    assert made.f_squared == pytest.approx(squares, rel=1e-9, abs=1e-9)
    assert not made.hkl.flags.writeable


def test_the_same_is_made_once() -> None:
    phase = navp.load("Na3VP")
    assert sphere(phase, 1.2) is sphere(phase, 1.2)
    assert sphere(phase, 1.3) is not sphere(phase, 1.2)


def test_beams_by_hand() -> None:
    hkl = np.array([[1, 0, 0], [0, 2, -1], [-3, 1, 2], [2, 2, 2]])
    beams = Beams(hkl, np.array([5.0, 7.0, 11.0, 1e-9]))
    asked = beams.keys(np.array([[1, 2, -1], [-3, 1, 2], [3, 2, 2]]))
    minus = beams.keys(np.array([[1, 0, 0], [0, 2, -1]]))
    # (1 2 -1) - (1 0 0) = (0 2 -1), and the other way; (2 2 2) is too weak to count.
    expected = [[7.0, 5.0], [0.0, 0.0], [0.0, 0.0]]
    assert beams.f_squared(asked, minus).tolist() == expected
    nothing = beams.keys(np.zeros((1, 3), dtype=np.int64))
    assert beams.f_squared(beams.keys(hkl), nothing).ravel().tolist() == [5.0, 7.0, 11.0, 0.0]


def test_large_tables_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    made = sphere(navp.load("Na2VP"), 1.5)
    small = Beams(made.hkl, made.f_squared)
    monkeypatch.setattr(table, "_LARGEST_TABLE", 10)
    large = Beams(made.hkl, made.f_squared)
    keys = small.keys(made.hkl)
    some = keys[::7]
    assert len(large._table) == 0
    assert np.array_equal(small.f_squared(keys, some), large.f_squared(keys, some))
    none = Beams(np.zeros((0, 3), dtype=np.int64), np.zeros(0))
    assert none.f_squared(keys[:2], keys[:3]).tolist() == [[0.0] * 3] * 2


def test_routes_by_brute_force(monkeypatch: pytest.MonkeyPatch) -> None:
    made = sphere(navp.load("Na3VP"), 1.8)
    known = dict(zip(map(tuple, made.hkl.tolist()), made.f_squared.tolist(), strict=True))
    asked = made.hkl[made.extinct]
    some = made.hkl[~made.extinct][::3]
    squares = made.f_squared[~made.extinct][::3]
    for block in (1_000_000, 50):
        monkeypatch.setattr(routes, "_BLOCK", block)
        route, reachable = best_routes(made.beams, asked, some, squares)
        assert reachable.any()
        for hkl, first, found in zip(asked, route, reachable, strict=True):
            products = [
                square * known.get(tuple((hkl - one).tolist()), 0.0)
                for one, square in zip(some, squares.tolist(), strict=True)
            ]
            assert found == (max(products) > 1e-4)
            if found:
                own = known[tuple(first.tolist())] * known[tuple((hkl - first).tolist())]
                assert own == pytest.approx(max(products))
            else:
                assert first.tolist() == [0, 0, 0]


def test_no_beams_no_routes() -> None:
    made = sphere(navp.load("Na3VP"), 1.8)
    none = np.zeros((0, 3), dtype=np.int64)
    route, reachable = best_routes(made.beams, made.hkl[:4], none, np.zeros(0))
    assert not reachable.any()
    assert not route.any()
    dark = replace(made, f_squared=np.zeros(len(made.d)))
    _, reachable = best_routes(dark.beams, made.hkl[:4], made.hkl[4:], made.f_squared[4:])
    assert not reachable.any()
