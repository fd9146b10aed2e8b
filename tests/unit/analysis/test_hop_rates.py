"""Ratios of hop rates: the seed paper's by hand, and refusals."""

from __future__ import annotations

import math

import pytest

from navp_structures.analysis.hop_rates import hop_rate_ratio
from navp_structures.errors import InputError


def test_hop_rates_of_the_seed_paper() -> None:
    # 0.160 eV over 8.617333e-5 × 300 = 0.02585200 eV is 6.189077; e to that is 487.4.
    assert hop_rate_ratio(0.298, 0.138, 300) == pytest.approx(487.4, abs=0.1)
    assert hop_rate_ratio(0.138, 0.298, 300) == pytest.approx(1 / 487.4, rel=1e-3)
    assert hop_rate_ratio(0.2, 0.2, 77) == 1.0


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ((-0.1, 0.1, 300), "barrier_1 is -0.1"),
        ((0.1, math.inf, 300), "barrier_2 is inf"),
        ((0.1, 0.2, 0), "temperature is 0"),
        ((50, 0, 10), "ratio of e"),
    ],
)
def test_refused_rates(asked: tuple[float, float, float], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        hop_rate_ratio(*asked)
