"""What to measure next of a powder: by hand, on many simulated lists, in words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.stats import norm

import navp_structures as navp
from navp_structures.analysis.indexing.next_step import NextMeasurement
from navp_structures.analysis.indexing.powder.further_lines import further_lines, window
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.spacegroup import SpaceGroup


def cubic(name: str, group: str) -> Phase:
    cell = UnitCell(a=4.0, b=4.0, c=4.0, alpha=90.0, beta=90.0, gamma=90.0)
    return Phase(id=name, cell=cell, space_group=SpaceGroup.from_name(group), sites=())


# Of a = 4 Å in Cu Kα1: (1 0 0) 22.21, (1 1 0) 31.61, (1 1 1) 38.96, (2 0 0) 45.31 degrees.
P, I = cubic("primitive", "P m -3 m"), cubic("centred", "I m -3 m")  # noqa: E741


def test_two_phases_that_differ_in_a_line() -> None:
    result = navp.index_powder(
        [31.61], radiation="CuKa1", phases=[P, I], limits=(20, 35), mixture_prior=0.0
    )
    asked = result.next_measurement
    assert asked is not None
    assert isinstance(asked, NextMeasurement)
    assert asked.kind == "line"
    assert asked.phase == "primitive"
    assert asked.presence is not None
    # A line of P that I does not have: h + k + l is odd.
    assert asked.hkl is not None
    assert sum(asked.hkl) % 2 == 1
    assert asked.presence["primitive"] > 0.5 > 0.1 > asked.presence["centred"]
    # With the weights of the answers, the entropy of yes and no less that within each.
    weight = np.array([result.posteriors[name] for name in asked.presence])
    weight /= weight.sum()
    p = np.array(list(asked.presence.values()))

    def entropy(x: Any) -> Any:
        return -x * np.log(x) - (1 - x) * np.log(1 - x)

    by_hand = entropy(float(weight @ p)) - float(weight @ entropy(p))
    assert asked.information == pytest.approx(by_hand, rel=1e-9)
    best = max(weight * p) + max(weight * (1 - p))
    assert asked.expected_posterior == pytest.approx(best)
    assert asked.d == pytest.approx(4.0 / math.sqrt(sum(n * n for n in asked.hkl)), rel=1e-6)


def test_presence_by_hand() -> None:
    result = navp.index_powder(
        [31.61], radiation="CuKa1", phases=[P, I], limits=(20, 35), mixture_prior=0.0
    )
    leading = [h for h in result.hypotheses if h.name in ("primitive", "centred")]
    lines = further_lines(result.measured, leading)
    at = {h.name: k for k, h in enumerate(leading)}
    # One line in 15 degrees, one of twenty stray; a window of 0.1 degrees to each side.
    stray = 0.05 / 15.0 * 0.2
    for hkl, outside in (((0, 0, 1), False), ((1, 0, 0), False), ((1, 1, 1), True)):
        found = [n for n, row in enumerate(lines.hkl.tolist()) if tuple(row) == hkl]
        for n in found:
            assert bool(lines.outside[n]) is outside
            level = leading[at["primitive"]].explanation.level  # type: ignore[union-attr]
            p = 0.9 * norm.cdf((0.0 - level) / 0.35)
            extra = stray
            if not outside:
                # Not in the list, but half a decade below what it shows.
                deeper = 0.9 * norm.cdf((0.0 - level + 0.5) / 0.35)
                p = (deeper - p) / (1.0 - p)
                extra = stray * math.expm1(0.5 / 0.6)
            expected = 1.0 - (1.0 - p) * math.exp(-extra)
            assert lines.presence[at["primitive"], n] == pytest.approx(expected, abs=1e-5)
            assert lines.presence[at["centred"], n] == pytest.approx(1 - math.exp(-extra))
    assert {(1, 1, 1)} <= {tuple(row) for row in lines.hkl.tolist()}


def test_nothing_is_open() -> None:
    x = navp.powder_pattern("NZSP", radiation="CuKa1", two_theta=(10, 60)).lines
    strongest = np.sort(x.two_theta[np.argsort(-x.intensity)[:10]])
    result = navp.index_powder(strongest, radiation="CuKa1")
    assert result.next_measurement is None
    assert not any(note.startswith("next:") for note in result.notes)
    assert result.to_dict()["results"]["next_measurement"] is None


def test_shown_in_notes_json_and_picture() -> None:
    result = navp.index_powder([20.07], radiation="CuKa1")
    asked = result.next_measurement
    assert asked is not None
    assert f"next: {asked.text}" in result.notes
    told = json.loads(json.dumps(result.to_dict()))["results"]["next_measurement"]
    assert told["text"] == asked.text
    assert told["information"] == asked.information
    assert told["presence"] == dict(asked.presence or {})
    assert told["hkl"] == list(asked.hkl or ())
    ax = result.plot(Figure(figsize=(8, 6)).add_subplot())
    texts = {text.get_gid(): text.get_text() for text in ax.texts}
    assert texts["next hkl"] == "next: (1 1 1)"
    assert "next: count" in texts["notes"]


def test_sharper_and_standard() -> None:
    # Na3VP and NZSP differ by 4 % in the cell; at sigma 1 degree, two lines leave both open.
    coarse = navp.index_powder([20.0, 32.0], radiation="CuKa1", sigma=0.6, mixture_prior=0.0)
    asked = coarse.next_measurement
    assert asked is not None
    assert asked.kind in ("sigma", "line")
    assert asked.information is not None
    assert asked.information > 0.1


def test_standard_where_only_the_shift_is_open() -> None:
    # (0 1 2) of NZSP is at 13.7, of Na3VP at 14.25 degrees: a line between them needs a shift
    # to the right or to the left.
    asked = navp.index_powder(
        [14.0], radiation="CuKa1", phases=["Na3VP", "NZSP"], sigma=0.02, zero_sigma=0.5,
        displacement_sigma=0.0, limits=(13.5, 14.5), mixture_prior=0.0,
    ).next_measurement  # fmt: skip
    assert asked is not None
    assert asked.kind == "shift"
    assert set(asked.answers) == {"na3vp-rt", "nzsp-300k"}
    assert asked.sigma == 0.005
    assert "internal standard" in asked.text


@dataclass(frozen=True)
class Sample:
    """What a powder holds: true positions (shifted, without errors) and intensities."""

    name: str
    position: np.ndarray
    height: np.ndarray
    listed: np.ndarray
    noise: np.ndarray

    def has_line(self, x: float, w: float, level: float) -> bool:
        near = np.abs(self.position - x) < w
        return bool((near & ~self.listed & (self.height >= level)).any())


def samples(seed: int, number: int) -> Iterator[Sample]:
    rng = np.random.default_rng(seed)
    patterns = {}
    for name in ("Na3VP", "Na2VP", "NaVP", "NZSP"):
        pattern = navp.powder_pattern(name, radiation="CuKa1", two_theta=(5, 75))
        patterns[pattern.of.id] = pattern.lines
    for _ in range(number):
        name = list(patterns)[rng.integers(4)]
        lines = patterns[name]
        height = lines.intensity * 10.0 ** (0.30 * rng.standard_normal(len(lines.d)))
        # Lines that are missed for other reasons stay so.
        height = np.where(rng.random(len(height)) < 0.1, 0.0, height)
        x = lines.two_theta + 0.03 * rng.standard_normal()
        x = x + 0.05 * rng.standard_normal() * np.cos(np.radians(x) / 2.0)
        inside = (x > 10.0) & (x < 60.0)
        listed = np.zeros(len(x), dtype=bool)
        listed[np.argsort(-np.where(inside, height, 0.0))[: int(rng.integers(1, 4))]] = True
        yield Sample(name, x, height, listed, rng.standard_normal(len(x)))


def afterwards(result: navp.PowderIndexing, truth: str, presence: Any, seen: bool) -> float:
    """Return the posterior of the truth, of the leading answers, after a look for a line."""
    joint = {
        name: result.posteriors[name] * (p if seen else 1.0 - p) for name, p in presence.items()
    }
    return joint.get(truth, 0.0) / sum(joint.values())


def test_told_measurement_is_worth_more_than_another() -> None:
    rng = np.random.default_rng(5)
    before, told, others = [], [], []
    for sample in samples(77, 160):
        x = (sample.position + 0.1 * sample.noise)[sample.listed]
        options: dict[str, Any] = {
            "radiation": "CuKa1", "limits": (10, 60), "mixture_prior": 0.0, "sigma": 0.1,
        }  # fmt: skip
        result = navp.index_powder(x, **options)
        asked = result.next_measurement
        if result.rows[0].posterior >= 0.9 or asked is None:
            continue
        leading = result.hypotheses[:4]
        lines = further_lines(result.measured, leading)
        level = float(sample.height[sample.listed].min())

        def answer(n: int, *, of: Any = lines, s: Sample = sample, low: float = level) -> bool:
            limit = low if of.outside[n] else low / 10.0**0.5
            return s.has_line(float(of.position[n]), window(result.measured), limit)  # noqa: B023

        names = [h.name for h in leading]
        at_hand = {name: result.posteriors[name] for name in names}
        before.append(at_hand.get(sample.name, 0.0) / sum(at_hand.values()))
        if asked.kind == "line":
            n = int(np.abs(lines.position - asked.position).argmin())
            assert asked.presence is not None
            told.append(afterwards(result, sample.name, asked.presence, answer(n)))
        elif asked.kind == "sigma":
            exact = (sample.position + asked.sigma * sample.noise[::-1])[sample.listed]
            again = navp.index_powder(exact, **(options | {"sigma": asked.sigma}))
            told.append(again.posteriors[sample.name])
        else:
            again = navp.index_powder(x, **options, zero_sigma=0.005, displacement_sigma=0.005)
            told.append(again.posteriors[sample.name])
        n = int(rng.integers(len(lines.position)))
        presence = dict(zip(names, lines.presence[:, n].tolist(), strict=True))
        others.append(afterwards(result, sample.name, presence, answer(n)))
    assert len(before) > 40
    gain, other = np.subtract(told, before), np.subtract(others, before)
    error = (gain - other).std() / math.sqrt(len(gain))
    assert gain.mean() > other.mean() + 2.0 * error
    assert gain.mean() > 0.05
