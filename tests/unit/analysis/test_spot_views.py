"""How far a pattern was looked at, and what its intensities are like."""

import math
from dataclasses import replace

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis.indexing.spot_evidence import (
    log_random_intensities,
    log_unknown_intensities,
    with_intensities,
)
from navp_structures.analysis.indexing.spot_settings import SpotSettings
from navp_structures.analysis.indexing.spot_views import View, edges, kinds, views
from navp_structures.analysis.indexing.spots import searched
from navp_structures.analysis.indexing.zone_library import viewed
from navp_structures.analysis.indexing.zones import listed_zones
from navp_structures.analysis.sphere import sphere
from navp_structures.analysis.structure_factors import f_squared, mean_f_squared
from navp_structures.errors import InputError
from navp_structures.kernels import scattering
from navp_structures.kernels.lattice import d_spacings
from navp_structures.kernels.spot_intensity import fit_intensities
from navp_structures.kernels.spot_match import PolarSpots
from navp_structures.model import standard


def test_chances_add_up() -> None:
    for models in (False, True):
        for farthest, edge in ((0.4, None), (0.85, None), (0.4, 0.6)):
            made = views(farthest, 0.85, edge, models=models, chosen=False)
            assert sum(view.chance for view in made) == pytest.approx(1.0)
            assert sum(chance for _, chance in edges(made)) == pytest.approx(1.0)
            assert sum(chance for _, chance in kinds(made)) == pytest.approx(1.0)
            assert any(view.kind == "averaged" for view in made) == models


def test_which_edges_are_weighed() -> None:
    def reach(farthest: float, edge: float | None) -> list[float]:
        made = views(farthest, 0.85, edge, models=False, chosen=False)
        return sorted(end for end, _ in edges(made))

    assert reach(0.4, None) == [0.4, 0.85]
    assert reach(0.85, None) == [0.85]
    assert reach(0.4, 0.6) == [0.6]
    assert views(0.4, 0.85, None, models=True, chosen=True) == (View(edge=0.85),)


def full(name: str, axis: tuple[int, int, int], edge: float) -> np.ndarray:
    """Return all allowed reflections of a zone to an edge, one of each opposite pair."""
    phase = navp.load(name)
    made = sphere(phase, 1.0 / edge)
    hkl = made.hkl[(made.hkl @ np.array(axis) == 0) & ~made.extinct]
    half = hkl[[next(n for n in row if n) > 0 for row in hkl.tolist()]]
    g = half @ np.linalg.inv(phase.cell.orthogonalisation_matrix)
    z = phase.cell.orthogonalisation_matrix @ np.array(axis)
    x = np.cross(z, [0.3, 0.5, 0.8])
    plane = np.stack([x / np.linalg.norm(x), np.cross(z, x) / np.linalg.norm(np.cross(z, x))])
    return np.asarray(g @ plane.T)


@pytest.mark.parametrize(("name", "axis"), [("na3vp-rt", (1, 0, 0)), ("na2vp-a", (0, 1, 0))])
def test_spots_to_an_edge_are_known_as_such(name: str, axis: tuple[int, int, int]) -> None:
    spots = full(name, axis, 0.4)
    found = navp.index_spots(spots)
    assert found.best == name
    assert found.posteriors[name] > 0.99
    near = sum(view.chance for view in found.views if view.edge < 0.6)
    assert near > 0.9
    # What lies beyond is not told to be missing.
    assert all(1.0 / item.d < 0.45 for item in found.rows[0].missing)
    assert "spots were looked for to 0.85 Å⁻¹ (0.0" in " ".join(found.notes)


def test_a_given_edge_is_the_only_one() -> None:
    spots = full("na3vp-rt", (1, 0, 0), 0.4)
    found = navp.index_spots(spots, g_max=0.42)
    assert {view.edge for view in found.views} == {0.42}
    assert found.inputs["g_max"] == 0.42
    assert not any("looked for" in note for note in found.notes)


def test_a_reflection_beyond_the_edge_has_no_odds_against_being_missed() -> None:
    zones = listed_zones(navp.load("na3vp-rt"), 20.0, 0.85)
    log_g = np.log(np.hypot(*zones.g.T))
    found = viewed(zones, log_g, 12, 0.1, View(edge=0.5))
    p = found.probability
    inside = log_g <= np.log(0.5)
    assert found.log_odds[inside] == pytest.approx(np.log(p / (1.0 - p))[inside])
    # It is not among those that might be seen and are not.
    assert found.log_odds[~inside] == pytest.approx(np.log(p)[~inside])


def test_a_spot_at_the_edge_may_be_a_reflection_from_just_beyond() -> None:
    spots = 0.99 * full("na3vp-rt", (1, 0, 0), 0.4)
    farthest = float(np.hypot(*spots.T).max())
    found = navp.index_spots(spots, g_max=farthest)
    assert found.posteriors["na3vp-rt"] > 0.95
    beyond = [a for a in found.rows[0].assignments if a.d_calc and 1.0 / a.d_calc > farthest]
    assert beyond
    assert all(item.probability and item.probability > 0.001 for item in beyond)


def test_no_chance_is_lost_where_intensities_are_measured() -> None:
    # Of measured ones the fall is refined, so that "undamped" is the usual way to see them.
    spots = full("na3vp-rt", (1, 0, 0), 0.4)
    settings = SpotSettings.of(
        phases="na3vp-rt", sigma=0.01, angle_sigma=1.0, scale_sigma=0.01, units="1/A",
        camera_constant=None, distortion_sigma=0.0, longest_zone=45.0, g_max=None,
    )  # fmt: skip
    made = searched(spots, np.ones(len(spots)), settings)
    placed = made.posterior.placed.take(np.arange(3))

    def scores(seen: tuple[View, ...]) -> np.ndarray:
        errors = replace(made.errors, views=seen)
        strength = np.zeros(len(made.polar))
        return with_intensities(np.zeros(3), placed, made.polar, strength, made.library, errors)

    both = View(edge=0.85, chance=0.7), View(edge=0.85, chance=0.3, kind="undamped")
    assert scores(both) == pytest.approx(scores((View(edge=0.85),)))


def test_the_middle_of_a_pattern_is_found() -> None:
    # None of the six is among the strongest reflections of the zone to 0.85 Å⁻¹.
    spots = full("na2vp-a", (0, 0, 1), 0.22)
    assert len(spots) == 6
    found = navp.index_spots(spots)
    assert found.posteriors["na2vp-a"] > 0.99
    assert found.rows[0].zone_axis == (0, 0, 1)
    assert found.rows[0].unmatched == 0


def test_notes_say_what_was_assumed_of_intensities_and_edges() -> None:
    spots = full("na3vp-rt", (1, 0, 0), 0.4)
    bare = replace(navp.load("na3vp-rt"), id="bare", sites=())

    def told(**more: object) -> str:
        return " | ".join(navp.index_spots(spots, phases=[bare, "NZSP"], **more).notes)

    without = told()
    assert "known to 0.45 decades, other ways in which they may fall" in without
    assert "bare; what is said of them rests on positions alone" in without
    given = told(intensities=[1.0] * len(spots), g_max=2.0)
    assert "known to 0.35 decades, their fall with the distance refined" in given
    assert "bare; measured intensities hardly count for them" in given
    assert "reflections beyond 0.85 Å⁻¹ were not tried" in given
    assert "not tried: none" not in told(g_max=0.6)


def test_one_intensity_tells_no_answer_from_another() -> None:
    # The scale is anything, of a zone, of an unknown lattice, and of no net at all.
    one = PolarSpots(
        log_r=np.log([0.4]), angle=np.zeros(1), sigma=np.array([0.01]),
        sigma_angle=np.array([0.02]), log_spurious=np.zeros(1),
    )  # fmt: skip
    fits = fit_intensities(
        np.array([7.0]), np.zeros((1, 1)), np.zeros((1, 1)), np.ones((1, 1), dtype=bool)
    )
    assert fits.log_evidence[0] == pytest.approx(0.0, abs=1e-12)
    assert log_unknown_intensities(one, np.array([7.0])) == pytest.approx(0.0, abs=1e-12)
    assert log_random_intensities(1) == 0.0


@pytest.mark.parametrize(
    ("g_max", "sentence"),
    [
        (0.2, "beyond g_max 0.2"),
        (0.0, "g_max is 0"),
        (-1.0, "g_max is -1"),
        (math.nan, "g_max is nan"),
        ("far", "g_max is 'far'"),
    ],
)
def test_an_edge_that_is_none(g_max: float, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        navp.index_spots(full("na3vp-rt", (1, 0, 0), 0.4), g_max=g_max)


def test_mean_intensity_of_atoms_that_are_off() -> None:
    """The mean |F|² over models with moved atoms, in P 1, is what is used."""
    phase = navp.load("na2vp-a")
    hkl = np.array([(6, 0, -2), (3, 2, -2), (1, 1, 0), (2, 0, -4)])
    d = d_spacings(hkl, phase.cell.reciprocal_metric_tensor)
    rng = np.random.default_rng(8)

    places, element, weight, moving = [], [], [], []
    for site in phase.sites:
        positions = standard.positions(site, phase.cell, phase.space_group)
        for species in site.species:
            places.append(positions)
            element += [species.element] * len(positions)
            weight += [species.occupancy] * len(positions)
            moving += [site.u_iso or 0.0] * len(positions)
    fract = np.concatenate(places)
    error = np.array([phase.site_error.get(name, 0.0) for name in element])
    factors = (
        np.array(
            [scattering.form_factors((name,), 0.25 / d**2, "electron")[0] for name in element]
        )
        * np.array(weight)[:, np.newaxis]
        * np.exp(-2.0 * np.pi**2 * np.array(moving)[:, np.newaxis] / d**2)
    )
    moved = rng.normal(size=(4000, len(fract), 3)) * error[:, np.newaxis]
    moved = fract + moved @ np.linalg.inv(phase.cell.orthogonalisation_matrix).T
    phases = np.exp(2j * np.pi * moved @ hkl.T)
    mean = (np.abs((factors * phases).sum(axis=1)) ** 2).mean(axis=0)
    assert mean_f_squared(phase, hkl) == pytest.approx(mean, rel=0.06)


def test_two_beams_lead_to_a_forbidden_reflection() -> None:
    """Only where a zone has two reflections with that sum; added up by a plain loop."""
    zones = listed_zones(navp.load("na3vp-rt"), 20.0, 0.6)

    def log_dynamical(uvw: tuple[int, int, int], hkl: tuple[int, int, int]) -> float:
        zone = zones.uvw.tolist().index(list(uvw))
        of_zone = zones.zone == zone
        [row] = np.flatnonzero(of_zone & (zones.hkl == hkl).all(axis=1))
        assert zones.extinct[row]
        table = {
            tuple(h): math.exp(i)
            for h, i in zip(
                zones.hkl[of_zone].tolist(), zones.log_intensity[of_zone], strict=True
            )
        }
        pairs = sum(
            i * table.get(tuple(np.subtract(hkl, h).tolist()), 0.0) for h, i in table.items()
        )
        expected = 0.5 * pairs / sum(table.values())
        found = float(zones.log_dynamical[row])
        assert math.exp(found) == pytest.approx(expected, rel=0.02, abs=1e-12)
        return found

    def forbidden(uvw: tuple[int, int, int]) -> list[float]:
        own = zones.extinct & (zones.zone == zones.uvw.tolist().index(list(uvw)))
        return [log_dynamical(uvw, (h, k, m)) for h, k, m in zones.hkl[own].tolist()]

    # The plane of [1 1 0] is that of a glide: sums of its reflections have even l too.
    assert len(forbidden((1, 1, 0))) == 32
    assert set(forbidden((1, 1, 0))) == {-math.inf}
    assert len(forbidden((2, 1, 0))) == 4
    assert min(forbidden((2, 1, 0))) > -math.inf


def test_phases_without_errors_have_the_intensity_of_their_atoms() -> None:
    phase = navp.load("na3vp-rt")
    hkl = np.array([(4, -2, 6), (1, 1, 6), (0, 1, 2)])
    assert mean_f_squared(phase, hkl) == pytest.approx(f_squared(phase, hkl, "electron"))


def test_measured_intensities_are_no_evidence_against_a_cell_without_sites() -> None:
    """Its intensities are unknown, not equal: strong and weak spots are alike."""
    whole = navp.load("na3vp-rt")
    bare = replace(whole, id="bare", sites=())
    spots = full("na3vp-rt", (2, 1, 0), 0.5)
    levels = np.exp(np.random.default_rng(3).normal(0.0, 2.0, len(spots))).tolist()
    found = navp.index_spots(
        spots, phases=[bare, "NZSP"], intensities=levels, scale_sigma=0.002
    )
    assert found.posteriors["bare"] > 0.9
