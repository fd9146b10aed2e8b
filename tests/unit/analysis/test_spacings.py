"""Indexing spacings: the paper's numbers, completeness, labels, angles, refusals."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures import SpacingIndexing, index_spacings
from navp_structures.analysis.indexing import pairs
from navp_structures.analysis.indexing.spot_result import SpotSolution
from navp_structures.errors import InputError, UnknownPhaseError


@pytest.fixture(scope="module")
def before() -> SpacingIndexing:
    return index_spacings([1.88, 1.895], phases=["Na3VP", "NaVP"])


def test_the_papers_spacings(before: SpacingIndexing) -> None:
    first = before.candidates(0)[0]
    assert (first.phase, first.hkl, first.multiplicity) == ("na3vp-rt", (2, 2, 6), 12)
    assert first.d_calc == pytest.approx(1.8708, abs=5e-5)
    # 1.88/1.8708 - 1
    assert first.deviation_percent == pytest.approx(0.491, abs=1e-3)
    assert first.deviation_sigma == pytest.approx(0.491, abs=2e-3)
    second = {c.hkl for c in before.candidates(1) if c.phase == "na3vp-rt"}
    assert (3, 1, 5) in second


def test_desodiated_spacings_fit_navp_with_one_scale() -> None:
    after = index_spacings([1.835, 1.84], phases=["NaVP"], sigma=0.01)
    # (4 -2 6) 1.8155 and (1 -4 5) 1.8309 in the model cell
    assert (2, 2, 6) in {c.hkl for c in after.candidates(0)}
    assert (3, 1, 5) in {c.hkl for c in after.candidates(1)}


@pytest.mark.parametrize("name", ["Na3VP", "Na2VP", "NaVP", "NZSP", "na3vp-alpha"])
def test_every_family_within_the_reach_is_found(name: str) -> None:
    """A plain loop over all (hkl) gives the same families, allowed and extinct."""
    phase = navp.load(name)
    d_obs, sigma = 1.9, 0.01
    result = index_spacings(d_obs, phases=name, sigma=sigma)
    rotations = phase.space_group.laue_rotations
    allowed, extinct = set(), set()
    for h, k, ell in product(range(-10, 11), range(-6, 7), range(-12, 13)):
        hkl = (h, k, ell)
        if hkl == (0, 0, 0):
            continue
        d = phase.d(hkl)
        su = phase.d_su(hkl) or 0.0
        if abs(d_obs / d - 1) > 3 * math.hypot(sigma, su / d):
            continue
        family = frozenset(tuple(int(n) for n in np.array(hkl) @ r) for r in rotations)
        (allowed if phase.absence(hkl) is None else extinct).add(family)

    def family_of(hkl: tuple[int, int, int]) -> frozenset:
        return frozenset(tuple(int(n) for n in np.array(hkl) @ r) for r in rotations)

    assert {family_of(c.hkl) for c in result.rows} == allowed
    assert {family_of(c.hkl) for c in result.extinct} == extinct
    assert len(result.rows) == len(allowed) > 2


def test_extinct_families_carry_their_rule(before: SpacingIndexing) -> None:
    by_hkl = {(c.phase, c.hkl): c for c in before.extinct}
    assert by_hkl["na3vp-rt", (1, 3, 5)].rule == "R obverse: -h + k + l = 3n"
    assert by_hkl["na3vp-rt", (4, 0, 1)].kind == "glide"
    assert not {c.hkl for c in before.rows} & {(1, 3, 5), (4, 0, 1)}


def test_order_is_fit_times_strength(before: SpacingIndexing) -> None:
    for n in (0, 1):
        scores = [c.score for c in before.candidates(n)]
        assert scores == sorted(scores, reverse=True)
    for c in before.rows:
        assert c.strength is not None
        assert c.score == pytest.approx(math.exp(-(c.deviation_sigma**2) / 2) * c.strength)
        assert 0 <= c.strength <= 1


def test_su_of_the_cell_widens_the_reach() -> None:
    # (4 0 0) of NaVP is extinct; take (1 3 4): the model's su is 0.1 to 0.25 % of d.
    narrow = index_spacings(1.8938, phases="NaVP", sigma=1e-4)
    best = narrow.candidates(0)[0]
    assert best.d_calc_su is not None
    assert best.sigma == pytest.approx(math.hypot(1e-4, best.d_calc_su / best.d_calc))
    assert best.sigma > 5e-4


@pytest.mark.parametrize(
    ("value", "arguments"),
    [
        (0.188, {"units": "nm"}),
        (1 / 1.88, {"units": "1/A"}),
        (10 / 1.88, {"units": "1/nm"}),
        (2 * math.pi / 1.88, {"units": "q"}),
        (500 / 1.88, {"units": "px", "camera_constant": 500.0}),
    ],
)
def test_units(value: float, arguments: dict) -> None:
    direct = index_spacings(1.88, phases="Na3VP")
    other = index_spacings(value, phases="Na3VP", **arguments)
    assert [c.hkl for c in other.rows] == [c.hkl for c in direct.rows]
    assert other.observed[0].d == pytest.approx(1.88)
    assert other.observed[0].sigma == 0.01


def test_two_theta() -> None:
    result = index_spacings(
        14.25, phases="Na3VP", units="two_theta", radiation="CuKa1", sigma=0.05
    )
    assert result.candidates(0)[0].hkl == (0, 1, 2)
    spacing = result.observed[0]
    # λ / (2 sin 7.125°); σ/d = cot θ · 0.025°
    assert spacing.d == pytest.approx(1.5405929 / 2 / math.sin(math.radians(7.125)))
    expected = math.radians(0.025) / math.tan(math.radians(7.125))
    assert spacing.sigma == pytest.approx(expected)
    assert result.inputs["probe"] == "xray"
    assert result.inputs["wavelength"] == 1.5405929


def test_a_label_is_judged() -> None:
    result = index_spacings([1.88, 1.895], phases=["Na3VP"], labels=["4 -2 6", "1 -3 5"])
    good, bad = result.labels
    assert good.holds
    assert good.hkl == (4, -2, 6)
    assert good.deviation_percent == pytest.approx(0.49, abs=5e-3)
    assert not bad.allowed
    assert bad.d_calc == pytest.approx(2.3899, abs=5e-5)
    assert bad.absence == "centring"
    assert not result.labels_hold
    assert "(1 -3 5) of na3vp-rt is extinct by centring" in "\n".join(result.notes)


def test_a_single_label_takes_the_nearest_spacing() -> None:
    result = index_spacings([1.88, 2.52], phases=["Na3VP"], labels="3 0 0")
    assert result.labels[0].observation == 1
    assert result.labels_hold


def test_an_angle_selects_pairs() -> None:
    result = index_spacings([2.542, 2.992], angles=55.2, phases=["Na2VP"])
    best = result.pairs[0]
    assert (best.hkl_1, best.hkl_2, best.zone_axis) == ((6, 0, -2), (3, 2, -2), (2, 3, 6))
    assert best.angle_calc == pytest.approx(55.25, abs=5e-3)
    assert all(abs(pair.angle_deviation) <= 3.0 for pair in result.pairs)


def test_of_very_many_pairs_the_nearest_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {"angles": 60.0, "phases": ["Na3VP", "NaVP"], "sigma": 0.03}
    whole = index_spacings([1.0, 1.1], **asked)
    assert whole.pair_count == len(whole.pairs) > 4000
    assert not [note for note in whole.notes if "pairs of planes" in note]
    monkeypatch.setattr(pairs, "MOST_PAIRS", 100)
    some = index_spacings([1.0, 1.1], **asked)
    assert some.pair_count == whole.pair_count
    for phase in ("na3vp-rt", "navp-model"):
        nearest = [p for p in whole.pairs if p.phase == phase][:100]
        listed = [p for p in some.pairs if p.phase == phase]
        assert [p.rms_sigma for p in listed] == [p.rms_sigma for p in nearest]
        # Of pairs that fit as well as the last, any may be left out.
        assert set(listed[:90]) <= set(nearest)
    (note,) = (note for note in some.notes if "pairs of planes" in note)
    assert f"{whole.pair_count:,} pairs" in note
    assert some.to_dict()["results"]["pair_count"] == whole.pair_count


def test_pairs_too_many_to_be_tried_are_refused() -> None:
    with pytest.raises(InputError, match=r"0\.5 and 0\.55 Å fit 14102 and 10612 families"):
        index_spacings([0.5, 0.55], sigma=0.1, angles=60.0, phases="Na2VP")


def test_pairs_against_a_plain_loop() -> None:
    phase = navp.load("Na3VP")
    result = index_spacings([1.88, 1.895], angles=65.9, phases="Na3VP", angle_sigma=0.5)
    rotations = phase.space_group.laue_rotations
    expected = set()
    for one in result.candidates(0):
        for two in result.candidates(1):
            for r in rotations:
                member = tuple(int(n) for n in np.array(two.hkl) @ r)
                if member in (one.hkl, tuple(-n for n in one.hkl)):
                    continue
                angle = phase.angle(one.hkl, member)
                if abs(angle - 65.9) <= 1.5:
                    expected.add((one.hkl, two.hkl, round(angle, 6)))
    from navp_structures.kernels.reflections import representatives

    found = {
        (
            p.hkl_1,
            tuple(representatives([p.hkl_2], rotations)[0][0].tolist()),
            round(p.angle_calc, 6),
        )
        for p in result.pairs
    }
    assert found == expected
    assert expected


def test_several_angles_by_pair() -> None:
    result = index_spacings(
        [1.88, 1.895, 2.52], angles={(0, 1): 65.9, (2, 0): 60.0}, phases="Na3VP"
    )
    assert {p.observations for p in result.pairs} <= {(0, 1), (0, 2)}
    assert result.inputs["angles"] == [[0, 1, 65.9], [0, 2, 60.0]]


def test_common_scale_in_closed_form() -> None:
    # One family each, both 1 % long, sigma and prior equal: s = 2/3 of 1 %. Neither is
    # within 3 sigma by itself; the common scale brings both in.
    phase = navp.load("Na3VP")
    values = [phase.d((0, 1, 2)) * 1.01, phase.d((0, 0, 6)) * 1.01]
    result = index_spacings(values, phases=phase, sigma=0.003, scale_sigma=0.003)
    assert not result.rows
    assert result.indexed
    (fit,) = result.fits
    assert fit.hkls == ((0, 1, 2), (0, 0, 6))
    expected = 2 / 3 * math.log(1.01)
    assert math.log(fit.scale) == pytest.approx(expected, rel=1e-3)
    assert fit.scale_su == pytest.approx(0.003 / math.sqrt(3), rel=0.01)


def test_one_spacing_identifies_no_phase() -> None:
    result = index_spacings(1.88)
    assert {c.phase for c in result.rows} == {"na3vp-rt", "na2vp-a", "navp-model", "nzsp-300k"}
    assert "one spacing identifies no phase" in "\n".join(result.notes)
    assert result.fits == ()


def test_models_are_named_with_their_reason(before: SpacingIndexing) -> None:
    text = "\n".join(before.notes)
    assert "navp-model is a model: no cell edges" in text


def test_nothing_fits() -> None:
    result = index_spacings(50.0)
    assert not result.indexed
    assert "no allowed reflection within 3 sigma" in result.notes[0]


def test_columns_and_json(before: SpacingIndexing) -> None:
    columns = ["phase", "hkl", "multiplicity", "d_obs", "d_calc", "deviation_percent",
               "deviation_sigma", "f_squared", "posterior"]  # fmt: skip
    assert list(before.to_dataframe().columns)[:9] == columns
    content = before.to_dict()
    assert content["schema"] == {"name": "navp.spacings", "version": 1}
    assert content["inputs"]["phases"] == ["na3vp-rt", "navp-model"]
    candidate = content["results"]["candidates"][0]
    assert list(candidate)[:9] == columns
    assert candidate["hkl"] == [2, 2, 6]
    assert candidate["posterior"] is None


def test_result_is_reproducible_from_its_inputs(before: SpacingIndexing) -> None:
    asked = before.inputs
    again = index_spacings(
        asked["values"], phases=asked["phases"], sigma=asked["sigma"][0], units=asked["units"],
        angle_sigma=asked["angle_sigma"], scale_sigma=asked["scale_sigma"],
        probe=asked["probe"],
    )  # fmt: skip
    assert again.to_dict() == before.to_dict()


@pytest.mark.parametrize(
    ("values", "arguments", "sentence"),
    [
        ([], {}, "no spacing is given"),
        ([1.88, math.nan], {}, "nan is no spacing"),
        ([0.0], {}, "0 is no spacing"),
        (-1.88, {}, "-1.88 is no spacing"),
        (math.inf, {}, "inf is no spacing"),
        ("1.88", {}, "is no list of numbers"),
        (["1.88"], {}, "'1.88' is no number"),
        (None, {}, "is no number and no list"),
        ([True], {}, "True is no number"),
        (1e-4, {}, "the smallest that is indexed"),
        (1e30, {}, "the largest that is indexed"),
        ([1.88, 1.9], {"angles": {(0, 1): 50.0, (1, 0): 60.0}}, "two angles"),
        (1.88, {"sigma": 0}, "sigma is 0; it must be above 0"),
        (1.88, {"sigma": -0.01}, "sigma is -0.01"),
        (1.88, {"sigma": math.nan}, "sigma is nan"),
        (1.88, {"sigma": 0.5}, "at most 0.3"),
        (1.88, {"scale_sigma": -0.01}, "scale_sigma is -0.01; it must be 0, or 1e-06 to 0.3"),
        (1.88, {"scale_sigma": 0.5}, "scale_sigma is 0.5; it must be 0, or 1e-06 to 0.3"),
        (1.88, {"scale_sigma": True}, "scale_sigma is True"),
        (1.88, {"scale_sigma": math.nan}, "scale_sigma is nan"),
        (1.88, {"angle_sigma": -1}, "angle_sigma is -1"),
        (1.88, {"units": "pm"}, "unknown unit 'pm'"),
        (20.0, {"units": "two_theta"}, "there is no default"),
        (180.0, {"units": "two_theta", "radiation": 1.5}, "below 180"),
        (1.88, {"radiation": "CuKa1"}, "used with two_theta only"),
        (100.0, {"units": "px"}, "needs a camera constant"),
        (100.0, {"units": "px", "camera_constant": -1.0}, "must be positive"),
        (1.88, {"camera_constant": 5.0}, "used with px only"),
        (1.88, {"angles": 50.0}, "one angle belongs to two spacings"),
        ([1.88, 1.9], {"angles": 0.0}, "between 0 and 180"),
        ([1.88, 1.9], {"angles": {(0, 2): 50.0}}, "is no pair of spacings"),
        ([1.88, 1.9], {"angles": {(0, 0): 50.0}}, "is no pair of spacings"),
        (1.88, {"labels": ["1 1 3", "0 1 2"]}, "one label too many"),
        (1.88, {"labels": "1 x 3"}, "is no reflection"),
        (1.88, {"phases": []}, "no phase is given"),
        (1.88, {"phases": [3]}, "3 is no phase"),
        (1.88, {"probe": "light"}, "unknown probe"),
    ],
)
def test_refusals(values: object, arguments: dict, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        index_spacings(values, **arguments)  # type: ignore[arg-type]


def test_unknown_phase() -> None:
    with pytest.raises(UnknownPhaseError, match="unknown phase 'Na3PV'; nearest: Na3VP"):
        index_spacings(1.88, phases="Na3PV")


def test_the_bound_on_the_su_of_spacings_holds() -> None:
    from navp_structures.analysis.indexing.candidates import _relative_cell_su, relative_d_su
    from navp_structures.analysis.reflections import families

    for name in ("Na2VP", "NaVP", "NZSP", "na3vp-alpha"):
        phase = navp.load(name)
        largest = relative_d_su(phase, families(phase, 1.0, "electron")).max()
        assert largest <= _relative_cell_su(phase) < 5 * largest


def test_empty_sites_scatter_nothing() -> None:
    from dataclasses import replace

    phase = navp.load("NZSP")
    empty = tuple(
        replace(site, species=tuple(replace(s, occupancy=0.0) for s in site.species))
        for site in phase.sites
    )
    result = index_spacings(2.0, phases=replace(phase, sites=empty))
    assert {row.strength for row in result.rows} == {0.0}
    assert result.indexed


def test_strength_stays_below_one_beyond_the_usual_list() -> None:
    assert all((row.strength or 0) <= 1 for row in index_spacings(0.6, phases="NZSP").rows)


def test_fits_name_their_families_and_say_when_one_serves_twice(
    before: SpacingIndexing,
) -> None:
    text = "\n".join(before.notes)
    assert "na3vp-rt: (2 2 6), (2 2 6) with a common scale of +0.6(6) %" in text
    assert "one family serves twice" in text
    costs = [fit.cost for fit in before.fits if fit.unmatched == 0]
    assert costs == sorted(costs)


def test_the_angle_counts_in_the_verdict() -> None:
    result = index_spacings([2.542, 2.992], angles=55.2, angle_sigma=0.1, scale_sigma=0.01)
    assert {pair.phase for pair in result.pairs} == {"na2vp-a"}
    assert "only na2vp-a has allowed reflections for both spacings and the angle" in "\n".join(
        result.notes
    )


def test_no_scale_is_fitted_to_two_theta_unless_asked() -> None:
    arguments = {"phases": "Na3VP", "units": "two_theta", "radiation": "CuKa1"}
    assert index_spacings([14.25, 20.07], **arguments).fits == ()
    assert len(index_spacings([14.25, 20.07], scale_sigma=0.01, **arguments).fits) == 1


def test_a_label_given_twice_is_judged_twice() -> None:
    labels = ["4 -2 6", "4 -2 6"]
    result = index_spacings([1.88, 2.52], phases=["Na3VP"], labels=labels)
    assert [verdict.holds for verdict in result.labels] == [True, False]
    assert not result.labels_hold
    assert result.inputs["labels"] == ["(4 -2 6)", "(4 -2 6)"]


def test_models_are_named_in_every_form(before: SpacingIndexing) -> None:
    reason = navp.load("NaVP").reason
    assert reason is not None
    assert f"navp-model is a model: {reason}" in repr(before)
    assert reason in before._repr_html_()
    assert before.to_dict()["phases"][1]["reason"] == reason
    assert any(reason in note for note in before.to_dataframe().attrs["notes"])
    listed = navp.reflections("NaVP", d_min=3.0)
    assert reason in repr(listed)
    assert reason in listed._repr_html_()
    assert listed.to_dict()["phases"][0]["kind"] == "model"


def test_numpy_numbers_are_numbers() -> None:
    result = index_spacings(np.array([1.88, 1.895]), angles=np.float32(65.9), phases="Na3VP")
    assert result.inputs["angles"] == [[0, 1, pytest.approx(65.9)]]
    assert index_spacings(np.array(1.88), phases="Na3VP").observed[0].d == 1.88
    assert len(navp.reflections("Na3VP", d_min=np.int64(3)).rows) > 3


def test_a_weak_family_within_reach_beats_none() -> None:
    from navp_structures.analysis.indexing.candidates import SpacingCandidate
    from navp_structures.analysis.indexing.scale import fit_scale
    from navp_structures.analysis.indexing.units import Spacing

    def family(n: int, hkl: tuple[int, int, int], log_ratio: float, strength: float):  # type: ignore[no-untyped-def]
        return SpacingCandidate(
            observation=n, phase="x", hkl=hkl, multiplicity=1, d_obs=2.0 * math.exp(log_ratio),
            d_calc=2.0, d_calc_su=None, deviation_percent=0.0, deviation_sigma=0.0, sigma=0.01,
            f_squared=1.0, strength=strength,
        )  # fmt: skip

    observed = [Spacing(d=2.0, sigma=0.01, given=2.0)] * 2
    # Strong (1 0 0) and (0 0 1) pull the scale apart; weak (0 1 0) fits beside (0 0 1).
    found = [family(0, (1, 0, 0), 0.031, 1.0), family(0, (0, 1, 0), 0.0, 0.0015),
             family(1, (0, 0, 1), -0.031, 1.0)]  # fmt: skip
    fit = fit_scale("x", found, observed, 0.01)
    assert fit.hkls == ((0, 1, 0), (0, 0, 1))
    assert fit.unmatched == 0


def test_notes_do_not_contradict_each_other() -> None:
    result = index_spacings([1.95, 2.62], phases="Na3VP", sigma=0.002, scale_sigma=0.03)
    text = "\n".join(result.notes)
    assert "for both spacings without a common scale" in text
    assert "with a common scale of +4.10(15) %" in text


def test_a_phase_tried_alone_wins_nothing() -> None:
    notes = index_spacings(1.88, phases="Na3VP").notes
    assert notes[0] == (
        "na3vp-rt has allowed reflections for this spacing; no other phase was tried"
    )


def test_two_spacings_and_an_angle_are_a_pattern() -> None:
    found = navp.index_spacings([2.542, 2.992], angles=55.2)
    assert sum(found.posteriors.values()) == pytest.approx(1.0)
    assert found.pattern is not None
    assert found.pattern.best_fit is not None
    assert found.pattern.best_fit.hkls == ((6, 0, -2), (3, 2, -2))
    assert found.solutions == found.pattern.solutions
    assert found.to_dict()["results"]["pattern"]["posteriors"] == dict(found.posteriors)
    # Each of the two has half the variance of the angle between them.
    assert found.pattern.inputs["angle_sigma"] == pytest.approx(1.0 / 2**0.5)


@pytest.mark.parametrize(
    ("d", "angles"), [([1.88], None), ([1.88, 1.895], None), ([3.74, 1.87], 1.0)]
)
def test_what_is_no_pattern(d: list[float], angles: float | None) -> None:
    found = navp.index_spacings(d, angles=angles)
    assert found.pattern is None
    assert found.posteriors == {}
    assert found.solutions == ()
    assert found.next_measurement is None


def test_two_spacings_of_one_image_share_an_axis() -> None:
    """(4 -2 6) and (1 -4 5) on [1 -1 -1] go before (4 -2 6) and (-1 -3 5) on [4 -13 -7]."""
    found = navp.index_spacings([1.88, 1.895], phases="Na3VP")
    assert sum(row.probability for row in found.shared) <= 1.0
    # By symmetry [1 -1 -1] is [2 1 1]; the angle tells the pair, 65.88°.
    (low,) = [
        row
        for row in found.shared
        if row.zone_axis == (2, 1, 1)
        and row.hkl_1 == (2, 2, -6)
        and row.angle == pytest.approx(65.88, abs=0.01)
    ]
    phase = navp.load("Na3VP")
    assert phase.angle(low.hkl_1, low.hkl_2) == pytest.approx(low.angle)
    assert low.axis_length == pytest.approx(8.8, abs=0.1)
    # [4 -13 -7] is [17 13 7], 101 Å long.
    high = [row.probability for row in found.shared if row.zone_axis == (17, 13, 7)]
    assert all(low.probability > probability for probability in high)
    assert navp.index_spacings([1.88], phases="Na3VP").shared == ()
    assert navp.index_spacings([1.88, 1.895], phases="Na3VP", angles=65.9).shared == ()


def test_all_stands_for_every_phase() -> None:
    found = navp.index_spacings([1.88], phases="all")
    assert {phase.id for phase in found.of} == {summary.id for summary in navp.phases()}


# An exact scale.


def test_an_exact_scale_leaves_the_deviations_as_they_are() -> None:
    """Na3VP has 1.8708 Å for (4 -2 6), 1.8896 Å for (1 -4 5), and 65.88° between them.

    ln(1.88/1.8708) = 0.0049 and ln(1.895/1.8896) = 0.0029, each in 0.01, with both angles
    exact: √((0.490² + 0.288²)/4) = 0.284. A scale of 1 % takes up most of it.
    """
    asked: dict[str, Any] = {"phases": "Na3VP", "angles": 65.88}
    exact = index_spacings([1.88, 1.895], scale_sigma=0, **asked)
    best = _on_211(exact)
    assert best.rms_sigma == pytest.approx(0.284, abs=5e-4)
    assert [item.deviation_sigma for item in best.assignments] == pytest.approx(
        [0.490, 0.288], abs=5e-4
    )
    assert best.scale == pytest.approx(1.0, abs=1e-6)
    # What is left is the su of the cell.
    assert best.scale_su < 3e-5
    free = _on_211(index_spacings([1.88, 1.895], scale_sigma=0.01, **asked))
    assert free.rms_sigma == pytest.approx(0.116, abs=5e-4)


def _on_211(result: SpacingIndexing) -> SpotSolution:
    return next(s for s in result.solutions if sorted(map(abs, s.zone_axis)) == [1, 1, 2])


def test_an_exact_scale_is_not_fitted() -> None:
    exact = index_spacings([1.88, 1.895], phases="Na3VP", scale_sigma=0.0)
    assert exact.fits == ()
    assert exact.indexed
    assert exact.inputs["scale_sigma"] == 0.0
    # Both deviations count in full: √((0.490² + 0.288²)/2), as above.
    shared = next(
        row for row in exact.shared if (row.hkl_1, row.hkl_2) == ((2, 2, -6), (4, -3, -5))
    )
    assert shared.rms_sigma == pytest.approx(0.402, abs=5e-4)
    assert shared.angle == pytest.approx(65.88, abs=5e-3)
    # Candidates are those within 3 sigma, as always.
    free = index_spacings([1.88, 1.895], phases="Na3VP")
    assert exact.rows == free.rows
    assert free.inputs["scale_sigma"] == 0.01


def test_no_scale_of_two_theta() -> None:
    asked: dict[str, Any] = {"units": "two_theta", "radiation": "CuKa1", "phases": "Na3VP"}
    assert index_spacings([14.25], **asked).inputs["scale_sigma"] is None
    assert index_spacings([14.25], scale_sigma=0.0, **asked).inputs["scale_sigma"] == 0.0


# Pairs, against every member tried one by one.


@pytest.mark.parametrize(
    ("phase", "values", "angle"),
    [
        ("Na2VP", (2.542, 2.992), 55.2),
        ("Na3VP", (2.52, 1.817), 90.0),
        ("Na2VP", (1.88, 1.895), 60.0),
        ("NZSP", (2.6, 2.6), 60.0),
    ],
)
def test_pairs_are_the_orbits_of_all_members(
    phase: str, values: tuple[float, float], angle: float
) -> None:
    p = navp.load(phase)
    result = index_spacings(values, phases=p, sigma=0.02, angles=angle)
    rotations = p.space_group.laue_rotations
    orbits = set()
    for one, two in product(result.candidates(0), result.candidates(1)):
        for turned in {tuple(np.array(two.hkl) @ r) for r in rotations}:
            between = p.angle(one.hkl, turned)
            if abs(angle - between) > 3.0 or min(between, 180.0 - between) < 1e-6:
                continue
            # Equal pairs are those that one operation of the Laue class makes of each other.
            images = (
                (tuple(np.array(one.hkl) @ r), tuple(np.array(turned) @ r)) for r in rotations
            )
            orbits.add(max(images))
    found = [
        max(
            (tuple(np.array(pair.hkl_1) @ r), tuple(np.array(pair.hkl_2) @ r))
            for r in rotations
        )
        for pair in result.pairs
    ]
    assert len(found) > 3
    assert len(found) == len(set(found))
    assert set(found) == orbits
    for pair in result.pairs:
        assert pair.angle_calc == pytest.approx(p.angle(pair.hkl_1, pair.hkl_2), abs=1e-9)
        assert pair.zone_axis == p.zone_axis(pair.hkl_1, pair.hkl_2)


@pytest.mark.parametrize("tiny", [5e-324, 1e-320])
def test_an_angle_that_halves_to_nothing_is_one_sentence(tiny: float) -> None:
    with pytest.raises(InputError, match="is not known to a sigma of"):
        index_spacings(tiny, units="two_theta", radiation="CuKa1")


@pytest.mark.parametrize(
    "options",
    [
        {"sigma": 1e-320},
        {"sigma": 1e-7},
        {"scale_sigma": 1e-170},
        {"angles": 65.9, "angle_sigma": 1e-7},
    ],
)
def test_sigmas_that_nothing_is_measured_to_are_refused(options: dict[str, Any]) -> None:
    typed = [value for name, value in options.items() if "sigma" in name]
    with pytest.raises(InputError, match=f"sigma is {typed[0]:g}; it must be") as caught:
        index_spacings([1.88, 1.895], phases=["Na3VP"], **options)
    assert "1e-06" in str(caught.value)


def test_the_least_sigmas_are_taken() -> None:
    found = index_spacings(
        [1.88, 1.895], phases=["Na3VP"], angles=65.9, angle_sigma=1e-6, scale_sigma=1e-6
    )
    assert found.pattern is not None
    assert index_spacings(1.88, phases=["Na3VP"], sigma=1e-6).observed[0].sigma == 1e-6


def test_too_many_spacings_are_refused() -> None:
    with pytest.raises(InputError, match="501 spacings are given; at most 500"):
        index_spacings([2.0 + 0.001 * n for n in range(501)], phases=["Na3VP"])


@pytest.mark.parametrize("number", [2, -1, "0", None, math.nan, np.array([0, 1])])
def test_candidates_of_a_spacing_that_is_not_there(number: Any) -> None:
    found = index_spacings([1.88, 1.895], phases="Na3VP")
    assert found.candidates(1)
    with pytest.raises(InputError, match=r"no spacing .*; there are 2, from 0"):
        found.candidates(number)
