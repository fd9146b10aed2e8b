"""Lists of powder lines: worked numbers, an independent sum, bad input, many lists."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

import navp_structures as navp
from navp_structures.errors import InputError
from navp_structures.kernels import lattice
from navp_structures.show.tables import text_table

# The eight strongest of Na3VP below 40 degrees, Cu Kα1.
NA3VP = [14.2459, 20.0665, 20.3314, 23.7611, 28.7182, 31.5554, 32.0227, 35.6004]


def strongest(phase: str, count: int, high: float = 60.0) -> np.ndarray:
    lines = navp.powder_pattern(phase, radiation="CuKa1", two_theta=(10.0, high)).lines
    return np.sort(lines.two_theta[np.argsort(-lines.intensity)[:count]])


def index(values: Any, **options: Any) -> navp.PowderIndexing:
    return navp.index_powder(values, **({"radiation": "CuKa1"} | options))


class TestAnswer:
    def test_posteriors_exclude_each_other(self) -> None:
        result = index(strongest("Na3VP", 6))
        shares = list(result.posteriors.values())
        assert math.isclose(sum(shares), 1.0, abs_tol=1e-9)
        assert shares == sorted(shares, reverse=True)
        assert next(iter(result.posteriors)) == "na3vp-rt"
        assert {"none.random", "none.lattice", "na3vp-rt+nzsp-300k"} <= set(result.posteriors)
        assert len(result.mixtures) == 6
        assert [row.rank for row in result] == list(range(1, 13))
        with pytest.raises(TypeError):
            result.posteriors["na3vp-rt"] = 1.0  # type: ignore[index]
        with pytest.raises(AttributeError):
            result.rows = ()  # type: ignore[misc]
        with pytest.raises(ValueError, match="read-only"):
            result.measured.position[0] = 1.0

    def test_present_adds_up_what_holds_a_phase(self) -> None:
        result = index(strongest("Na3VP", 6))
        for phase in ("na3vp-rt", "navp-model"):
            expected = sum(p for n, p in result.posteriors.items() if phase in n.split("+"))
            assert result.present[phase] == pytest.approx(expected)

    @pytest.mark.parametrize("phase", ["Na3VP", "Na2VP", "NaVP", "NZSP"])
    def test_own_lines_come_back(self, phase: str) -> None:
        lines = strongest(phase, 10)
        best = index(lines).rows[0]
        assert best.phase == navp.load(phase).id
        assert best.unmatched == 0
        assert best.rms_sigma is not None
        assert best.rms_sigma < 0.5

    def test_each_line_keeps_its_place(self) -> None:
        best = index([31.56, 14.25, 23.76, 20.07]).rows[0]
        assert best.hkls[1:] == ((0, 1, 2), (1, 1, 3), (1, 0, 4))
        shuffled = index([14.25, 20.07, 23.76, 31.56])
        again = index([31.56, 14.25, 23.76, 20.07])
        assert shuffled.posteriors == pytest.approx(dict(again.posteriors))

    def test_mixture(self) -> None:
        lines = np.concatenate([strongest("Na3VP", 8), strongest("NaVP", 8)])
        result = index(np.unique(lines))
        best = result.rows[0]
        assert best.phase == "na3vp-rt+navp-model"
        assert set(best.line_phases) == {"na3vp-rt", "navp-model"}
        assert best.volume_ratio is not None
        assert next(iter(result.mixtures)) == best.phase
        assert index(np.unique(lines), mixture_prior=0).mixtures == {}

    def test_random_lines_are_none(self) -> None:
        rng = np.random.default_rng(3)
        result = index(np.sort(rng.uniform(12.0, 58.0, 8)))
        assert not result.indexed
        assert result.notes[0].startswith("none of these phases") or "random" in result.notes[0]

    def test_isotypic_lattice_is_unknown(self) -> None:
        # Na3VP with a 2 % and c 1 % longer, neither Na3VP nor NZSP (+4.2 %, +4.0 %).
        lines = navp.powder_pattern("Na3VP", radiation="CuKa1", two_theta=(10, 60)).lines
        chosen = np.argsort(-lines.intensity)[:10]
        a, _, c = navp.load("Na3VP").cell.parameters[:3]
        metric = lattice.metric_tensor((1.02 * a, 1.02 * a, 1.01 * c, 90.0, 90.0, 120.0))
        d = lattice.d_spacings(lines.hkl[chosen], np.linalg.inv(metric))
        result = index(lattice.two_theta(d, 1.5405929))
        assert result.rows[0].phase == "none.lattice"
        assert result.posteriors["none.lattice"] > 0.9

    def test_missing_strong_lines_count(self) -> None:
        lines = strongest("NZSP", 8)
        whole = index(lines, mixture_prior=0)
        # Without its two strongest lines the list is less like NZSP.
        pattern = navp.powder_pattern("NZSP", radiation="CuKa1", two_theta=(10, 60)).lines
        first = pattern.two_theta[np.argsort(-pattern.intensity)[:2]]
        poor = index([x for x in lines if x not in first], limits=(10, 60), mixture_prior=0)
        assert poor.posteriors["nzsp-300k"] < whole.posteriors["nzsp-300k"]
        row = next(row for row in poor if row.phase == "nzsp-300k")
        assert any("(1 1 6)" in text for text in row.missing)
        assert any("not in the list" in note for note in poor.notes)

    def test_stray_line_is_named(self) -> None:
        result = index([*NA3VP, 26.4])
        assert result.rows[0].phase == "na3vp-rt"
        assert result.rows[0].hkls[-1] is None
        assert result.rows[0].deviations[-1] is None
        assert "26.4 belongs to no line of na3vp-rt" in result.notes

    def test_one_line_decides_little(self) -> None:
        result = index([20.07])
        assert result.rows[0].posterior < 0.95
        assert result.notes[0].startswith("one line does not separate")


class TestShifts:
    @pytest.mark.parametrize("sigma", [0.05, 0.02])
    def test_zero_shift_by_hand(self, sigma: float) -> None:
        # Eight lines, all 0.06 off, without displacement: n/σ² against 1/0.03². The mean is
        # 0.06 × (n/σ²) / (n/σ² + 1/0.03²), 0.0445 ± 0.0152 for σ = 0.05.
        weight = len(NA3VP) / sigma**2
        total = weight + 1.0 / 0.03**2
        exact = strongest("Na3VP", 8, 40.0)
        row = index(exact + 0.06, sigma=sigma, displacement_sigma=0.0).rows[0]
        assert row.unmatched == 0
        # The cell (su 2e-4 of 8.7 Å) may move, too; it does by a few 1e-4 degrees.
        assert row.zero_shift == pytest.approx(0.06 * weight / total, abs=1e-3)
        assert row.zero_shift_su == pytest.approx(1.0 / math.sqrt(total), rel=0.02)
        assert (row.displacement, row.displacement_su) == (0.0, None)

    def test_displacement_goes_with_the_cosine(self) -> None:
        exact = strongest("Na3VP", 20, 140.0)
        moved = exact + 0.12 * np.cos(np.radians(exact) / 2.0)
        row = index(moved, sigma=0.005, limits=(10, 150), displacement_sigma=0.1).rows[0]
        assert row.displacement == pytest.approx(0.12, abs=3 * (row.displacement_su or 0))
        assert row.zero_shift == pytest.approx(0.0, abs=3 * (row.zero_shift_su or 0))

    def test_scale_of_spacings(self) -> None:
        d = lattice.bragg_spacings(strongest("Na3VP", 8), 1.5405929)
        row = navp.index_powder(1.004 * d, units="A", scale_sigma=0.01).rows[0]
        assert row.phase == "na3vp-rt"
        assert row.scale == pytest.approx(1.004, abs=2e-4)
        assert row.zero_shift is None

    def test_cell_errors_are_correlated(self) -> None:
        # The model of NaVP holds V fixed: when a grows, c shrinks. Lines of such a cell
        # stay likely; those of a cell with both larger, by the same su, do not.
        phase = navp.load("NaVP")
        lines = navp.powder_pattern(phase, radiation="CuKa1", two_theta=(10, 60)).lines
        hkl = lines.hkl[np.argsort(-lines.intensity)[:8]]
        a, c = phase.cell.a, phase.cell.c
        shares = []
        for sign in (-1.0, 1.0):
            cell = (a + 0.02, a + 0.02, c + sign * 0.05, 90.0, 90.0, 120.0)
            d = lattice.d_spacings(hkl, np.linalg.inv(lattice.metric_tensor(cell)))
            x = lattice.two_theta(d, 1.5405929)
            result = index(x, sigma=0.01, zero_sigma=0.005, displacement_sigma=0.005)
            shares.append(result.present["navp-model"])
        assert shares[0] > 0.9 > shares[1]


def merged(position: np.ndarray, height: np.ndarray, width: float) -> list[tuple[float, ...]]:
    """Return mean, sum and variance of what is seen as one line: the nearest two first."""
    order = np.argsort(position)
    runs = [[int(n)] for n in order]

    def mean(run: list[int]) -> float:
        return float((position[run] * height[run]).sum() / height[run].sum())

    while len(runs) > 1:
        gaps = [mean(two) - mean(one) for one, two in pairwise(runs)]
        least = int(np.argmin(gaps))
        if gaps[least] >= width:
            break
        runs[least : least + 2] = [runs[least] + runs[least + 1]]
    # An intensity that is off by a factor of e^0.8 moves the mean by that of its share.
    return [
        (
            mean(run),
            float(height[run].sum()),
            0.8**2
            * float(((height[run] * (position[run] - mean(run))) ** 2).sum())
            / float(height[run].sum()) ** 2,
        )
        for run in runs
    ]


def density_by_hand(x: np.ndarray, phase: str, limits: tuple[float, float]) -> float:
    """Return the log density of a list under a phase, every assignment in a loop.

    Levels as the engine's: -1.5 to 1.5 standard deviations in steps of half of that.
    """
    sigma, n = 0.05, len(x)
    lines = navp.powder_pattern(phase, radiation="CuKa1", two_theta=limits).lines
    kept = lines.intensity > 1e-5 * lines.intensity.max()
    t, height, extra = map(
        np.array, zip(*merged(lines.two_theta[kept], lines.intensity[kept], 0.1), strict=True)
    )
    strength = np.log10(height)
    stray = 0.05 * n / (limits[1] - limits[0])
    # Shifts: zero, displacement, and an su of a cell that is too small to matter here.
    shift = np.stack([np.full(len(t), 0.03), 0.05 * np.cos(np.radians(t) / 2.0)], axis=1)
    near = 4.0 * np.sqrt(sigma**2 + extra + (shift**2).sum(axis=1))
    terms = []
    for choice in product(*([-1, *np.flatnonzero(np.abs(xi - t) < near)] for xi in x)):
        used = [int(j) for j in choice if j >= 0]
        if len(set(used)) < len(used):
            continue
        density = stray ** (n - len(used))
        if used:
            residual = [xi - t[j] for xi, j in zip(x, choice, strict=True) if j >= 0]
            covariance = np.diag(sigma**2 + extra[used]) + shift[used] @ shift[used].T
            density *= multivariate_normal(np.zeros(len(used)), covariance).pdf(residual)
        terms.append((used, density))

    def listed(level: float) -> np.ndarray:
        return 0.9 * norm.cdf((strength - level) / 0.35)

    middle = brentq(lambda a: listed(a).sum() - 0.95 * n, -8.0, 6.0)
    p = listed(middle)
    slope = 0.9 * norm.pdf((strength - middle) / 0.35).sum() / 0.35
    width = math.sqrt((p * (1 - p)).sum() + 0.05 * n) / slope * 0.9
    above = below = 0.0
    for step in (-1.5, -0.75, 0.0, 0.75, 1.5):
        p = listed(middle + step * width)
        seen = sum(d * math.prod(p[j] / (1 - p[j]) for j in used) for used, d in terms)
        above += math.prod(1 - p) * math.exp(-0.05 * n) * seen
        variance = (p * (1 - p)).sum() + 0.05 * n
        below += math.exp(-0.5 * step**2) / math.sqrt(2 * math.pi * variance)
    return math.log(above / below)


class TestProbability:
    @pytest.mark.parametrize("seed", range(4))
    @pytest.mark.parametrize("phase", ["Na3VP", "NZSP"])
    def test_against_every_assignment(self, seed: int, phase: str) -> None:
        rng = np.random.default_rng(seed)
        # Errors so small that no two observations stand between the same two lines.
        x = np.sort(strongest(phase, 4) + rng.normal(0.02, 0.03, 4))
        limits = (10.0, 60.0)
        result = index(x, phases=[phase], limits=limits, resolution=0.1)
        # Against lines at random, whose density is n! / range^n: both priors are known.
        ids = navp.load(phase).id
        odds = math.log(result.posteriors[ids] / result.posteriors["none.random"])
        odds -= math.log(0.90 / 0.05)
        expected = density_by_hand(x, phase, limits)
        expected -= math.log(math.factorial(4)) - 4 * math.log(50.0)
        # Laplace's method, and levels that are found to a hundredth of a decade.
        assert odds == pytest.approx(expected, abs=0.2)

    def test_dense_phase_does_not_win_by_chance(self) -> None:
        # Na2VP has a line within 0.1 degrees of nearly every position above 30 degrees.
        rng = np.random.default_rng(11)
        shares = [
            index(np.sort(rng.uniform(30.0, 60.0, 6)), sigma=0.1).present["na2vp-a"]
            for _ in range(20)
        ]
        assert np.mean(shares) < 0.1

    def test_intensities_tell_more(self) -> None:
        pattern = navp.powder_pattern("Na3VP", radiation="CuKa1", two_theta=(10, 40)).lines
        chosen = np.argsort(-pattern.intensity)[:4]
        x, height = pattern.two_theta[chosen], pattern.intensity[chosen]
        right = index(x, intensities=1e4 * height, sigma=0.3)
        wrong = index(x, intensities=1.0 / height**2, sigma=0.3)
        assert right.present["na3vp-rt"] > wrong.present["na3vp-rt"]
        # A common factor is free, and an iterator is as good as a list.
        again = index(iter(x.tolist()), intensities=iter(height.tolist()), sigma=0.3)
        assert again.inputs["intensities"] == height.tolist()
        assert again.posteriors == pytest.approx(dict(right.posteriors))

    def test_cell_only_phase_sees_all_lines_alike(self) -> None:
        bare = replace(navp.load("Na3VP"), id="bare", sites=())
        result = index(NA3VP, phases=[bare])
        assert result.rows[0].phase == "bare"
        assert any("equally visible" in note for note in result.notes)
        with pytest.raises(InputError, match="cells only"):
            index(NA3VP, phases=[bare], intensities=range(1, 9))

    def test_cell_only_phase_in_a_mixture(self) -> None:
        bare = replace(navp.load("NZSP"), id="bare", sites=())
        lines = np.unique(np.concatenate([strongest("Na3VP", 10), strongest("NZSP", 10)]))
        for radiation in ("CuKa1", navp.radiation(1.5405929, probe="neutron")):
            result = index(lines, phases=["Na3VP", bare], radiation=radiation)
            assert result.rows[0].phase == "na3vp-rt+bare"

    def test_spacings_below_half_a_wavelength(self) -> None:
        result = navp.index_powder([3.74, 2.79, 0.7], units="A", radiation="CuKa1")
        assert result.rows[0].line_phases == () or result.rows[0].line_phases[2] is None
        with pytest.raises(InputError, match=r"below 0\.7703 Å"):
            navp.index_powder([0.6, 0.7], units="A", radiation="CuKa1", limits=(0.5, 0.75))

    @pytest.mark.parametrize(
        ("units", "value"),
        [
            ("A", lambda d: d),
            ("nm", lambda d: d / 10.0),
            ("1/A", lambda d: 1.0 / d),
            ("1/nm", lambda d: 10.0 / d),
            ("q", lambda d: 2.0 * math.pi / d),
        ],
    )
    def test_units_agree(self, units: str, value: Callable[[np.ndarray], np.ndarray]) -> None:
        d = lattice.bragg_spacings(np.array(NA3VP), 1.5405929)
        reference = navp.index_powder(d, units="A", radiation="CuKa1")
        result = navp.index_powder(value(d), units=units, radiation="CuKa1")
        assert result.posteriors == pytest.approx(dict(reference.posteriors), abs=1e-6)
        assert result.rows[0].hkls == reference.rows[0].hkls
        assert result.rows[0].scale is not None

    def test_neutrons_and_electrons(self) -> None:
        for radiation in (navp.radiation(1.798, probe="neutron"), "200 kV"):
            lines = navp.powder_pattern("Na3VP", radiation=radiation).lines
            x = lines.two_theta[np.argsort(-lines.intensity)[:8]]
            result = navp.index_powder(x, radiation=radiation, sigma=0.002 * x.max() / 2)
            assert result.inputs["probe"] in ("neutron", "electron")
            assert math.isclose(sum(result.posteriors.values()), 1.0, abs_tol=1e-9)


class TestShown:
    def test_document(self) -> None:
        result = index(NA3VP, limits=(10, 40))
        content = json.loads(json.dumps(result.to_dict()))
        assert content["schema"] == {"name": "navp.powder_indexing", "version": 1}
        assert content["inputs"]["limits"] == [10.0, 40.0]
        assert content["inputs"]["radiation"] == "CuKa1"
        assert content["inputs"]["zero_sigma"] == 0.03
        assert content["inputs"]["mixture_prior"] == 0.05
        best = content["results"]["solutions"][0]
        assert best["phase"] == "na3vp-rt"
        assert best["hkls"][0] == [0, 1, 2]
        assert content["results"]["posteriors"]["na3vp-rt"] == best["posterior"]
        assert {phase["id"] for phase in content["phases"]} == set(result.present)

    def test_table_frame_and_csv(self) -> None:
        result = index(NA3VP)
        frame = result.to_dataframe()
        assert frame.columns[:4].to_list() == ["rank", "phase", "posterior", "hkls"]
        assert len(frame) == 12
        assert frame.attrs["notes"] == list(result.notes)
        assert result.to_csv().splitlines()[0].startswith("rank,phase,posterior,hkls")
        text = text_table(result, width=120)
        assert "na3vp-rt" in text
        assert any("(0 1 2) +" in note or "(0 1 2) -" in note for note in result.notes)
        assert "<table>" in result._repr_html_()

    def test_notes_state_what_was_assumed(self) -> None:
        notes = index(NA3VP).notes
        assert any("range was not given" in note for note in notes)
        assert any("two phases counted as 0.05" in note for note in notes)
        assert any("na2vp-a is a model" in note for note in notes)
        assert not any("range" in note for note in index(NA3VP, limits=(10, 40)).notes)

    def test_same_phase_twice_in_a_list_is_one(self) -> None:
        assert len(index(NA3VP, phases=["Na3VP", "na3vp-rt"]).rows) == 3


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([20.0], {"radiation": None}, "2θ needs a radiation, for example CuKa1"),
        ([20.0], {"radiation": "CuKa12"}, "doublet"),
        ([20.0, math.nan], {}, "nan"),
        ([20.0, -3.0], {}, "-3 is no spacing; it must be a positive"),
        ([20.0, 181.0], {}, "must be below 180 degrees"),
        ([], {}, "at least one"),
        ("20", {}, "no list of numbers"),
        ([20.0, 25.0, 20.0], {}, "20 is given twice"),
        ([20.0], {"sigma": 0}, "sigma is 0"),
        ([20.0], {"sigma": -0.1}, "sigma is -0.1"),
        ([20.0, 21.0], {"intensities": [1.0]}, "1 intensities for 2 lines"),
        ([20.0, 21.0], {"intensities": [1.0, -1.0]}, "an intensity is -1"),
        ([20.0, 21.0], {"intensities": [1.0, math.inf]}, "an intensity is inf"),
        ([20.0, 21.0], {"intensities": "ab"}, "must be a list of numbers"),
        (np.linspace(10, 90, 2001), {}, "at most 2000 are indexed"),
        ([20.0], {"units": "degree"}, "unknown unit 'degree'"),
        ([20.0], {"units": "px"}, "unknown unit 'px'"),
        ([20.0], {"scale_sigma": 0.01}, "scale_sigma goes with d"),
        ([2.0], {"units": "A", "zero_sigma": 0.01}, "go with two_theta only"),
        ([20.0], {"zero_sigma": -1}, "zero_sigma is -1"),
        ([20.0], {"displacement_sigma": math.nan}, "displacement_sigma is nan"),
        ([20.0], {"limits": (30, 60)}, "must hold every line"),
        ([20.0], {"limits": (10, 190)}, "end at 180 degrees"),
        ([20.0], {"limits": 10}, "two ascending numbers"),
        ([20.0], {"mixture_prior": 1}, "mixture_prior is 1"),
    ],
)
def test_bad_input_is_one_sentence(values: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        index(values, **options)
    assert "\n" not in str(caught.value)


def test_long_lists_are_taken() -> None:
    rng = np.random.default_rng(1)
    result = index(np.sort(rng.uniform(10.0, 80.0, 300)), phases=["Na3VP", "NZSP"])
    assert not result.indexed
    # All lines of a phase, not only the strong ones.
    phase = navp.powder_pattern("Na2VP", radiation="CuKa1", two_theta=(10, 60)).lines.two_theta
    lines = np.unique(phase + rng.normal(0.0, 0.01, len(phase)))
    whole = index(lines, sigma=0.01)
    assert whole.rows[0].phase == "na2vp-a"
    # Notes stay short; the row has each line.
    assert len(whole.rows[0].hkls) == len(lines)
    assert any(note.endswith(f"and {len(lines) - 40} more") for note in whole.notes)


@pytest.mark.parametrize(("count", "sigma"), [(2000, 0.05), (60, 1.0), (6, 5.0)])
def test_crowded_lists_say_so(count: int, sigma: float) -> None:
    # On average lines are 0.05, 1.5 and 15 degrees apart.
    rng = np.random.default_rng(1)
    x = np.sort(rng.uniform(30.0, 120.0, count))
    result = index(x, sigma=sigma, limits=(30, 120))
    assert math.isclose(sum(result.posteriors.values()), 1.0, abs_tol=1e-9)
    assert not result.indexed
    notes = [note for note in result.notes if "less than 4 sigma" in note]
    assert len(notes) == 1
    assert "give fewer lines" in notes[0]
    assert not any("less than 4 sigma" in note for note in index(NA3VP).notes)


@pytest.mark.parametrize("count", [2001, 5000])
def test_too_many_lines_are_refused_in_one_sentence(count: int) -> None:
    with pytest.raises(InputError, match=f"{count} lines are given; at most 2000") as caught:
        index(np.linspace(10.0, 120.0, count))
    assert "give the peaks" in str(caught.value)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("values", "options"),
    [
        ([0.5], {"sigma": 0.01}),
        ([175.0, 178.0, 179.5], {}),
        ([20.07, 20.0700001], {}),
        ([20.0665, 23.7611, 32.0227], {"sigma": 1e-6}),
        ([20.0665, 23.7611, 32.0227], {"zero_sigma": 0, "displacement_sigma": 0}),
        ([20.0665, 23.7611, 32.0227], {"intensities": [1e-300, 1e300, 1]}),
        ([20.0665, 23.7611, 32.0227], {"limits": (5, 180)}),
        ([6.21, 4.42, 3.74], {"units": "A", "scale_sigma": 0}),
        ([900.0, 3.0], {"units": "A"}),
        ([40.0, 60.0, 80.0], {"sigma": 5}),
        ([40.0, 60.0, 80.0], {"sigma": 5, "resolution": 0}),
        ([40.0, 60.0, 80.0], {"resolution": 10, "mixture_prior": 0.8}),
        ([40.0, 60.0, 80.0], {"sigma": 5, "intensities": [1, 5, 30]}),
    ],
)
def test_ends_of_what_is_allowed(values: list[float], options: dict[str, Any]) -> None:
    result = index(values, **options)
    assert math.isclose(sum(result.posteriors.values()), 1.0, abs_tol=1e-9)
    assert all(math.isfinite(row.posterior) for row in result)


@pytest.mark.parametrize(("count", "binary", "accuracy"), [(3, 0.0, 0.95), (20, 1.0, 0.85)])
def test_sample_of_lists(
    powder_lists: Callable[..., Any], count: int, binary: float, accuracy: float
) -> None:
    number = 200
    right, chances = [], []
    for item in powder_lists(4242, number, count, binary=binary):
        best = index(item.two_theta).rows[0]
        right.append(best.phase == "+".join(item.phases))
        chances.append(best.posterior)
    # Four standard errors of a share: even a true 0.95 and 0.85 would pass.
    error = math.sqrt(accuracy * (1.0 - accuracy) / number)
    assert np.mean(right) >= accuracy - 4.0 * error
    # The mean probability is the share of right answers, within four standard errors and
    # what the prior of mixtures takes off where only one kind of sample is drawn.
    spread = math.sqrt(np.mean(np.multiply(chances, np.subtract(1.0, chances))) / number)
    assert abs(np.mean(right) - np.mean(chances)) <= 0.05 + 4.0 * spread


@pytest.mark.parametrize(
    ("units", "values", "limits"),
    [
        ("1/nm", [2.42], (5e-324, 28.7)),
        ("1/nm", [2.42], (1.0, 1e5)),
        ("A", [4.4, 3.7], (1e-3, 10.0)),
        ("nm", [0.44, 0.37], (0.1, 1e300)),
        ("q", [1.4, 1.7], (1.0, 1e3)),
    ],
)
def test_limits_far_beyond_what_is_measured_are_one_sentence(
    units: str, values: list[float], limits: tuple[float, float]
) -> None:
    asked = {"units": units, "phases": ["NaVP"]}
    with pytest.raises(InputError, match=r"it must stay within 0\.15 and 2000 Å"):
        navp.index_powder(values, limits=limits, **asked)
    # d = 5 and 0.5 Å hold them all.
    factor = {"1/nm": 10.0, "A": 1.0, "nm": 0.1, "q": 2.0 * math.pi}[units]
    fine = sorted(factor * d if units in ("A", "nm") else factor / d for d in (0.5, 5.0))
    assert navp.index_powder(values, limits=tuple(fine), **asked).posteriors
