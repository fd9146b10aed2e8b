"""Rings of polycrystals: against powder patterns, by hand, and refusals."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.errors import InputError, NoSitesError
from navp_structures.show.tables import json_text, text_table


def test_rings_are_the_powder_pattern_of_the_same_electrons() -> None:
    rings = navp.ring_pattern("Na2VP", voltage=200, d_min=1.1)
    highest = max(ring.two_theta for ring in rings)
    lines = navp.powder_pattern("Na2VP", radiation="200 kV", two_theta=(0.01, highest))
    powder = {line.hkl: line for line in lines}
    seen = [ring for ring in rings if ring.rule is None]
    assert {ring.hkl for ring in seen} == set(powder)
    for ring in seen:
        line = powder[ring.hkl]
        assert ring.two_theta == pytest.approx(line.two_theta, abs=1e-12)
        assert ring.f_squared == pytest.approx(line.f_squared, rel=1e-12)
        assert ring.intensity == pytest.approx(line.intensity, rel=1e-9)
        assert (ring.multiplicity, ring.d) == (line.multiplicity, line.d)


def test_reasons() -> None:
    rings = {ring.hkl: ring for ring in navp.ring_pattern("Na2VP", d_min=2.0)}
    assert rings[1, 1, 0].reason == "allowed"
    assert rings[1, 0, 0].reason == "superlattice"
    flagged = rings[0, 1, 0]
    assert flagged.reason == "double_diffraction"
    assert flagged.intensity == 0.0
    assert flagged.rule == "screw, 0 k 0: k = 2n"
    one, two = flagged.route
    assert tuple(a + b for a, b in zip(one, two, strict=True)) == (0, 1, 0)
    drawn = {r.hkl: r for r in navp.ring_pattern("Na2VP", d_min=2.0, double_diffraction=True)}
    assert drawn[0, 1, 0].intensity == 1.0
    # R-3c: h + l odd of (h 0 l) by the glide, centring never.
    rhombohedral = navp.ring_pattern("Na3VP", d_min=2.0)
    assert {r.hkl for r in rhombohedral if r.rule} >= {(0, 0, 3), (1, 0, 1)}
    assert all((-r.hkl[0] + r.hkl[1] + r.hkl[2]) % 3 == 0 for r in rhombohedral)


def test_radii_by_hand() -> None:
    # (0 1 2) of na3vp-rt: 1/d² = 4/3 / 8.7288² + 4 / 21.8042² = 0.02591322, d = 6.212113 Å;
    # sin θ = 0.02507934 / 12.42421 = 0.002018586; 500 mm × tan 2θ = 2.018597 mm.
    first = next(
        ring
        for ring in navp.ring_pattern("Na3VP", camera_length=500, pixel=20)
        if ring.hkl == (0, 1, 2)
    )
    assert first.radius_mm == pytest.approx(2.018597, abs=2e-6)
    assert first.radius_px == pytest.approx(100.92985, abs=1e-4)
    assert first.g == pytest.approx(1 / 6.212113, abs=1e-7)
    assert first.two_theta == pytest.approx(0.231313, abs=2e-6)
    linear = navp.ring_pattern("Na3VP", camera_constant=800, centre=(7, 9)).rows
    assert [r.radius_px for r in linear] == pytest.approx([800 * r.g for r in linear])
    assert linear[0].radius_mm is None


def test_tables() -> None:
    rings = navp.ring_pattern("Na3VP", d_min=1.5, camera_length=500)
    assert [*rings.to_dataframe().columns[:2]] == ["phase", "hkl"]
    text = text_table(rings, width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert "R/mm" in text
    content = json.loads(json_text(rings.to_dict()))
    assert content["schema"]["name"] == "navp.rings"
    assert content["inputs"]["phase"] == "na3vp-rt"
    assert "thickness" not in content["inputs"]
    assert "kinematic" in " ".join(rings.notes)
    assert "na3vp-rt, " in repr(rings)
    both = navp.ring_patterns(["Na3VP", "Na2VP"], d_min=2.0)
    assert both["na2vp-a"].rows == navp.ring_pattern("Na2VP", d_min=2.0).rows
    assert both.to_dict()["inputs"]["phases"] == ["na3vp-rt", "na2vp-a"]
    assert any(note.startswith("na2vp-a: ") for note in both.notes)


def test_image_has_its_rings_where_they_belong() -> None:
    rings = navp.ring_pattern("Na3VP", camera_constant=150, centre=(100.0, 100.0), d_min=2.0)
    image = rings.image((201, 201), scale="linear", fwhm=2)
    strongest = max(rings, key=lambda ring: ring.intensity)
    for angle in (0.0, 1.0, 2.5):
        row = round(100 - strongest.radius_px * math.sin(angle))
        column = round(100 + strongest.radius_px * math.cos(angle))
        near = image[row - 1 : row + 2, column - 1 : column + 2]
        assert near.max() > 0.85
    free = navp.ring_pattern("Na3VP", d_min=2.0).image((101, 101))
    assert free == pytest.approx(free.T, abs=1e-9)
    assert np.all((free >= 0) & (free <= 1))


def test_rings_end_where_the_form_factors_do() -> None:
    # (2 2 2) of 1 Å: 1/√12 = 0.2887; (4 0 0) and (3 2 0) are at 0.25 and 1/√13 = 0.2774.
    small = navp.Phase(
        id="small",
        cell=navp.UnitCell(a=1.0, b=1.0, c=1.0, alpha=90.0, beta=90.0, gamma=90.0),
        space_group=navp.SpaceGroup.from_name("P m -3 m"),
        sites=(
            navp.Site(
                label="H1",
                species=(navp.Species(symbol="H", label="H1", occupancy=1.0),),
                fract=(0.0, 0.0, 0.0),
            ),
        ),
    )
    rings = navp.ring_pattern(small, voltage=1, d_min=0.25, camera_length=50)
    assert min(ring.d for ring in rings) == pytest.approx(0.25)
    assert all(math.isfinite(ring.two_theta) for ring in rings)
    # (4 1 0): 1/√17.
    with pytest.raises(
        InputError, match=r"electron form factors end at d 0\.25 Å .* 0\.2425 Å"
    ):
        navp.ring_pattern(small, voltage=1, d_min=0.24, camera_length=50)


def test_rings_that_nothing_reaches_are_not_there() -> None:
    # (0 0 3) of R-3c would need two reflections that add up to it; with d_min and all of its
    # neighbours there it has them. A body-centred element has no extinct ring at all.
    assert (0, 0, 3) in {ring.hkl for ring in navp.ring_pattern("Na3VP", d_min=7.0)}
    iron = navp.Phase(
        id="iron",
        cell=navp.UnitCell(a=2.8665, b=2.8665, c=2.8665, alpha=90.0, beta=90.0, gamma=90.0),
        space_group=navp.SpaceGroup.from_name("P -1"),
        sites=tuple(
            navp.Site(
                label=f"Fe{n}",
                species=(navp.Species(symbol="Fe", label=f"Fe{n}", occupancy=1.0),),
                fract=(x, x, x),
            )
            for n, x in enumerate((0.0, 0.5))
        ),
    )
    # Written out in P -1: h + k + l odd cancels, and no sum of even ones is odd.
    assert all(sum(ring.hkl) % 2 == 0 for ring in navp.ring_pattern(iron))


def test_columns_for_several_phases_and_pixels() -> None:
    several = text_table(
        navp.ring_patterns(["na3vp-ordered", "na2vp-computed"], camera_length=1000), width=80
    )
    assert max(map(len, several.splitlines())) <= 80
    assert "na3vp-ordered" in several
    pixels = navp.ring_pattern("Na3VP", d_min=2.0, camera_constant=600)
    assert "R/px" in text_table(pixels)
    assert not any("rows counted" in note for note in pixels.notes)


def test_nothing_in_range() -> None:
    rings = navp.ring_pattern("Na3VP", d_min=20.0)
    assert len(rings) == 0
    assert "no ring lies in this range" in rings.notes
    assert rings.image((16, 16)).max() == 0.0


def test_plot() -> None:
    from matplotlib.figure import Figure

    ax = navp.ring_patterns(["Na3VP", "NaVP"], d_min=1.8).plot(
        Figure(figsize=(6, 6.5)).add_subplot()
    )
    texts = " ".join(text.get_text() for text in ax.texts)
    assert "na3vp-rt" in texts
    assert "navp-model (model)" in texts


def test_refusals() -> None:
    with pytest.raises(NoSitesError, match="needs atoms"):
        navp.ring_pattern("na3vp-alpha")
    with pytest.raises(InputError, match="voltage is -1"):
        navp.ring_pattern("Na3VP", voltage=-1)
    with pytest.raises(InputError, match="d_min is 'x'"):
        navp.ring_pattern("Na3VP", d_min="x")
    with pytest.raises(InputError, match=r"d_min is 20000 Å.* at most 10000 Å"):
        navp.ring_pattern("Na3VP", d_min=2e4)
    with pytest.raises(InputError, match="scale"):
        navp.ring_pattern("Na3VP", d_min=2.0).image((20, 20), scale="cubic")
