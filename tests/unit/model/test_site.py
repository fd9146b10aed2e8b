"""Sites and species."""

from __future__ import annotations

import math

import pytest

from navp_structures import Site, Species
from navp_structures.errors import SiteError


def site(*species: Species, **more: object) -> Site:
    return Site(label="X1", species=species, fract=(0.1, 0.2, 0.3), **more)  # type: ignore[arg-type]


def test_mixed_site() -> None:
    both = site(
        Species(symbol="Si", label="Si1", occupancy=0.7833),
        Species(symbol="P", label="P1", occupancy=0.2167),
    )
    assert both.occupancy == pytest.approx(1.0)
    assert both.elements == ("Si", "P")
    assert both.is_disordered
    assert both.occupancy_su is None


def test_single_site_has_its_su() -> None:
    one = site(Species(symbol="Na1+", label="Na1", occupancy=0.8, occupancy_su=0.02))
    assert one.occupancy_su == 0.02
    assert one.species[0].element == "Na"
    assert one.species[0].charge == 1


@pytest.mark.parametrize(
    ("symbol", "charge"), [("V3+", 3), ("O2-", -2), ("Na+", 1), ("V", None)]
)
def test_charges(symbol: str, charge: int | None) -> None:
    assert Species(symbol=symbol, label="x").charge == charge


def test_refined_occupancy_may_scatter_about_one() -> None:
    assert (
        site(Species(symbol="Zr", label="Zr1", occupancy=1.01, occupancy_su=0.01)).occupancy > 1
    )
    with pytest.raises(SiteError, match="it cannot be above 1"):
        site(Species(symbol="Zr", label="Zr1", occupancy=1.04, occupancy_su=0.01))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: site(), "holds no species"),
        (lambda: Species(symbol="Qq", label="Q1"), "unknown element 'Qq'"),
        (lambda: Species(symbol="V", label="V1", occupancy=-0.1), "between 0 and 1"),
        (lambda: Species(symbol="V", label="V1", occupancy=math.nan), "between 0 and 1"),
        (lambda: site(Species(symbol="V", label="V1"), u_iso=math.inf), "no finite number"),
        (lambda: site(Species(symbol="V", label="V1", occupancy=0.6),
                      Species(symbol="P", label="P1", occupancy=0.6)), "V1 0.6 \\+ P1 0.6"),
    ],
)  # fmt: skip
def test_refusals(make, sentence: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SiteError, match=sentence):
        make()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        # The whole of a float is before the point: every image would be the same.
        ({"fract": (1e300, 0.2, 0.3)}, "site 'V1' has a coordinate above 10000 cells"),
        # e^(2π² 100 / d²) overflows.
        ({"u_iso": -100.0}, r"displacement U of -100 Å²; it must lie between -1 and 10 Å²"),
        ({"u_iso": 39.5}, r"U of 39.5 Å²; .* \(B is 8π² U\)"),
        ({"u_aniso": (0.01, 0.01, 1e300, 0, 0, 0)}, r"U of 1e\+300 Å²"),
        # Eigenvalues 0.01 ± 2.
        ({"u_aniso": (0.01, 0.01, 0.01, 2.0, 0, 0)}, r"U of -1.99 Å²"),
    ],
)
def test_sizes_that_no_atom_has(values: dict, sentence: str) -> None:
    with pytest.raises(SiteError, match=sentence):
        Site(**({"label": "V1", "species": VANADIUM, "fract": (0.1, 0.2, 0.3)} | values))


def test_slightly_negative_displacements_are_printed() -> None:
    site = Site(
        label="V1",
        species=VANADIUM,
        fract=(-12.25, 7.5, 0.3),
        u_iso=-0.004,
        u_aniso=(0.01, -0.002, 0.01, 0.004, 0.0, 0.0),
    )
    assert site.u_iso == -0.004


VANADIUM = (Species(symbol="V", label="V1"),)
