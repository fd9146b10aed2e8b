"""The table of allowed families: pieces, cache, threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis import allowed as module
from navp_structures.analysis.allowed import allowed
from navp_structures.analysis.shelf import Shelf
from navp_structures.analysis.structure_factors import structure_factor
from navp_structures.errors import InputError


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_tables", Shelf(module._MOST_KEPT))


def test_first_families_of_na3vp() -> None:
    # Of R -3 c: -h + k + l = 3n, and h 0 l only with l even.
    table = allowed(navp.load("Na3VP"), 3.5)
    assert table.hkl.tolist() == [
        [0, 1, 2], [1, 0, 4], [1, 1, 0], [1, 1, 3], [0, 0, 6], [2, 0, 2]
    ]  # fmt: skip
    assert table.multiplicity.tolist() == [6, 6, 6, 12, 2, 6]
    assert table.d[0] == navp.load("Na3VP").d("0 1 2")


def test_a_family_at_the_limit_belongs_to_it() -> None:
    phase = navp.load("Na3VP")
    limit = phase.d("1 0 4")
    fresh = allowed(phase, limit)
    allowed(phase, 1.5)
    piece = allowed(phase, limit)
    assert fresh.hkl.tolist() == piece.hkl.tolist() == [[0, 1, 2], [1, 0, 4]]
    assert len(allowed(phase, limit * 1.0000001).d) == 1


@pytest.mark.parametrize("probe", ["xray", "electron", "neutron"])
def test_strength_is_that_of_the_structure_factor(probe: str) -> None:
    phase = navp.load("Na2VP")
    table = allowed(phase, 1.5)
    expected = np.abs(structure_factor(phase, table.hkl, probe)) ** 2
    assert table.f_squared(probe) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_dispersion_gives_the_mean_of_friedel_mates() -> None:
    # Without the inversion of P 21/c, in P 1, F(h) and F(-h) differ once f'' counts.
    phase = navp.load("Na2VP")
    group = navp.SpaceGroup.from_name("P 1")
    sites = tuple(
        replace(site, wyckoff=None, multiplicity=None)
        for site in phase.sites
        if site.elements[0] in ("V", "O")
    )
    polar = replace(phase, id="polar", space_group=group, sites=sites, formula_units=None)
    table = allowed(polar, 2.5)
    plus, minus = (
        np.abs(structure_factor(polar, sign * table.hkl, "xray", wavelength=1.5405929)) ** 2
        for sign in (1, -1)
    )
    assert not np.allclose(plus, minus, rtol=1e-3)
    found = table.f_squared("xray", 1.5405929)
    assert found == pytest.approx((plus + minus) / 2, rel=1e-9)


def test_cell_only_phases_have_families_without_strength() -> None:
    table = allowed(navp.load("na3vp-alpha"), 3.0)
    assert len(table.d) > 10
    assert np.isnan(table.f_squared("xray")).all()


def test_the_cache_forgets_what_was_put_there_first() -> None:
    phases = [replace(navp.load("Na3VP"), id=f"copy-{n}") for n in range(4)]
    size = len(allowed(phases[0], 2.0).d)
    module._tables.limit = 3 * (size + 100)
    for phase in phases:
        allowed(phase, 2.0)
    assert list(module._tables.keys()) == phases[1:]
    module._tables.limit = size - 1
    assert len(allowed(phases[0], 2.0).d) == size
    assert not module._tables.keys()


def test_a_shelf_is_bounded_whatever_it_holds() -> None:
    shelf: Shelf[int, str] = Shelf(1000)
    for n in range(50):
        # Empty things weigh too, or they would be kept for ever.
        shelf.put(n, "empty", 0)
    assert shelf.keys() == tuple(range(40, 50))
    shelf.put(40, "renewed", 0)
    shelf.put(50, "new", 0)
    assert shelf.get(40) == "renewed"
    assert shelf.get(41) is None
    shelf.put(99, "too heavy", 2000)
    assert shelf.keys() == ()
    shelf.put(1, "again", 0)
    assert shelf.get(1) == "again"
    shelf.clear()
    assert shelf.get(1) is None


def test_families_of_a_group_are_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from navp_structures.analysis import group_families as families
    from navp_structures.kernels import reflections as kernel

    made = []
    original = kernel.families_in_box

    def count(*arguments: object) -> object:
        made.append(arguments)
        return original(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(kernel, "families_in_box", count)
    monkeypatch.setattr(families, "_boxes", Shelf(500_000))
    # All are R -3 c; the largest cell comes first.
    for name in ("NZSP", "Na3VP", "NaVP", "na3vp-gamma"):
        allowed(navp.load(name), 1.5)
    assert len(made) == 1
    # A box grows to hold what it held and what is new.
    long = replace(navp.load("Na3VP"), cell=navp.UnitCell(a=4, b=4, c=60, alpha=90, beta=90,
                                                          gamma=120), id="long")  # fmt: skip
    allowed(long, 1.5)
    assert len(made) == 2
    allowed(navp.load("Na3VP"), 1.5)
    allowed(replace(navp.load("NZSP"), id="again"), 1.5)
    assert len(made) == 2


def test_threads_get_the_same_families() -> None:
    phase = navp.load("Na2VP")
    limits = [1.2, 3.0, 0.9, 2.0, 1.0, 4.0] * 8
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda d_min: allowed(phase, d_min), limits))
    for d_min, table in zip(limits, found, strict=True):
        assert table.d[-1] >= d_min
        assert len(table.d) == len(navp.reflections(phase, d_min=d_min))


@pytest.mark.parametrize("d_min", [0.0, -1.0, float("nan"), "1", 0.01])
def test_refusals(d_min: float) -> None:
    with pytest.raises(InputError, match=r"d_min"):
        allowed(navp.load("Na3VP"), d_min)
