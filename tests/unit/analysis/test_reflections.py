"""Reflection lists of a phase."""

from __future__ import annotations

import math

import pytest

import navp_structures as navp
from navp_structures.analysis.reflections import families
from navp_structures.errors import InputError


def test_first_family_of_na3vp() -> None:
    first = navp.reflections("Na3VP", d_min=2.0).rows[0]
    assert (first.phase, first.hkl, first.multiplicity) == ("na3vp-rt", (0, 1, 2), 6)
    assert first.d == pytest.approx(6.2121, abs=5e-5)
    assert first.f_squared is not None
    assert first.f_squared > 0


def test_columns_of_the_design() -> None:
    frame = navp.reflections("NZSP", d_min=2.0).to_dataframe()
    assert list(frame.columns) == ["phase", "hkl", "multiplicity", "d", "f_squared"]
    assert frame["d"].is_monotonic_decreasing
    assert len(frame) > 10


def test_no_extinct_family_is_listed() -> None:
    phase = navp.load("NZSP")
    assert all(phase.absence(row.hkl) is None for row in navp.reflections(phase, d_min=1.2))
    table = families(phase, 1.2, "xray")
    assert table.absent.any()
    assert (table.f_squared[table.absent] == 0).all()


def test_probes_differ_and_absent_sites_have_no_strength() -> None:
    rows = [navp.reflections("Na3VP", d_min=4.0, probe=p).rows[0] for p in
            ("xray", "electron", "neutron")]  # fmt: skip
    assert len({row.f_squared for row in rows}) == 3
    cell_only = navp.reflections("na3vp-alpha", d_min=4.0)
    assert all(row.f_squared is None for row in cell_only)
    assert cell_only.to_dataframe()["f_squared"].isna().all()
    assert cell_only.to_dict()["results"][0]["f_squared"] is None


def test_superlattice_reflections_of_na2vp_survive() -> None:
    # h + k odd exists only through the lost C centring.
    hkls = [row.hkl for row in navp.reflections("Na2VP", d_min=2.0)]
    assert (3, 2, -2) in hkls
    assert sum((h + k) % 2 for h, k, _ in hkls) > 50


def test_strength_is_that_of_the_atoms() -> None:
    # Setting sodium aside changes |F|² of (0 1 2); occupancy counts.
    from dataclasses import replace

    phase = navp.load("Na3VP")
    bare = replace(phase, sites=tuple(s for s in phase.sites if "Na" not in s.elements))
    full = navp.reflections(phase, d_min=6.0).rows[0].f_squared
    empty = navp.reflections(bare, d_min=6.0).rows[0].f_squared
    assert full is not None
    assert empty is not None
    assert not math.isclose(full, empty, rel_tol=0.05)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"d_min": 0.0}, "d_min is 0.0"),
        ({"d_min": -1.0}, "d_min is -1.0"),
        ({"d_min": math.nan}, "d_min is nan"),
        ({"d_min": 1e308}, "d_min is 1e\\+308 Å.* at most 10000 Å"),
        ({"d_min": 0.01}, "it must be at least 0.1"),
        ({"d_min": 1e-120}, "it must be at least 0.1"),
        ({"probe": "xrays"}, "unknown probe 'xrays'; nearest: xray"),
    ],
)
def test_refusals(arguments: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        navp.reflections("Na3VP", **arguments)


def test_result_shows_itself() -> None:
    result = navp.reflections("Na3VP", d_min=4.0)
    assert repr(result).startswith("<Reflections: 3 rows, phase='na3vp-rt'")
    assert "<td>(0 1 2)</td>" in result._repr_html_()
    assert result.to_csv().splitlines()[1].startswith("na3vp-rt,0 1 2,6,6.21")


def test_an_element_without_scattering_factor_is_named() -> None:
    from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell

    site = Site(label="Es1", species=(Species(symbol="Es", label="Es1"),), fract=(0, 0, 0))
    phase = Phase(id="es", cell=UnitCell(a=5, b=5, c=5),
                  space_group=SpaceGroup.from_name("P 1"), sites=(site,))  # fmt: skip
    with pytest.raises(InputError, match="no xray scattering factor of Es"):
        navp.reflections(phase)
