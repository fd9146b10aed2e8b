"""Measured patterns: read-only columns, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from navp_structures.errors import InputError
from navp_structures.model.measured import MeasuredPattern, check_points

NAN, INF = float("nan"), float("inf")


def pattern(x: Any, intensity: Any, intensity_su: Any = None, name: str = "nvp") -> Any:
    return MeasuredPattern(name=name, x=x, intensity=intensity, intensity_su=intensity_su)


def test_columns_are_float64() -> None:
    made = pattern([10, 11], np.array([3, 4], dtype=np.float32), (1, 0))
    for column in (made.x, made.intensity, made.intensity_su):
        assert column.dtype == np.float64
        assert column.shape == (2,)
    assert made.x.tolist() == [10.0, 11.0]
    assert made.intensity_su.tolist() == [1.0, 0.0]
    assert pattern([1, 2], [3, 4]).intensity_su is None


def test_columns_are_read_only_copies() -> None:
    x, intensity, su = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([0.5, 0.6])
    made = pattern(x, intensity, su)
    x[0] = intensity[0] = su[0] = 99.0
    assert (made.x[0], made.intensity[0], made.intensity_su[0]) == (1.0, 3.0, 0.5)
    for column in (made.x, made.intensity, made.intensity_su):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 0.0


def test_repr_is_one_line() -> None:
    made = pattern([5.0, 7.25, 90.0], [1, 2, 3])
    assert repr(made) == "<MeasuredPattern: nvp, 3 points, x from 5 to 90>"


def test_patterns_compare_by_identity() -> None:
    made, same = pattern([1, 2], [3, 4]), pattern([1, 2], [3, 4])
    assert made != same
    assert len({made, same, made}) == 2


def test_negative_intensities_and_x_are_allowed() -> None:
    assert pattern([-2.0, -1.0], [-5.0, 0.0]).x.tolist() == [-2.0, -1.0]


@pytest.mark.parametrize(
    ("x", "intensity", "su", "sentence"),
    [
        ([], [], None, "a pattern has at least 2 points; this one has 0"),
        ([1], [2], None, "a pattern has at least 2 points; this one has 1"),
        (1.0, [2], None, r"x has the shape \(\); it must have the shape \(n,\)"),
        ([1, 2], [[3, 4]], None, r"intensity has the shape \(1, 2\)"),
        ([1, 2], [[3], [4, 5]], None, "intensity is ragged"),
        ([1, 2], [3, 4, 5], None, "intensity has 3 values and x has 2; each x needs one"),
        ([1, 2], [3, 4], [5], "intensity_su has 1 values and x has 2"),
        (["1", "2"], [3, 4], None, "x holds <U1 values; it must hold real numbers"),
        ([1, 2], [3, 4j], None, "intensity holds complex128 values"),
        ([1, 2], [3, None], None, "intensity holds object values"),
        ([1, 2], [True, False], None, "intensity holds bool values"),
        ([1, NAN, 3], [1, 2, 3], None, "x is nan at index 1; it must be a finite number"),
        ([1, 2, INF], [1, 2, 3], None, "x is inf at index 2; it must be a finite number"),
        ([1, 2], [-INF, NAN], None, "the intensity is -inf at index 0; it must be a finite"),
        ([1, 2], [3, 4], [1, NAN], "the su of the intensity is nan at index 1"),
        ([1, 2], [3, 4], [1, -0.5], "the su of the intensity is -0.5 at index 1; it must be 0"),
        (
            [1, 3, 2.5],
            [0, 0, 0],
            None,
            "x falls from 3.0 at index 1 to 2.5 at index 2; it must",
        ),
        ([1, 3, 3], [0, 0, 0], None, "x is 3.0 at index 1 and again at index 2; each x must"),
        ([3, 2, 1], [0, 0, 0], None, "x falls from 3.0 at index 0 to 2.0 at index 1"),
    ],
)
def test_refusals(x: Any, intensity: Any, su: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        pattern(x, intensity, su)


def test_name_must_be_printable() -> None:
    with pytest.raises(InputError, match=r"the name 'a\\x1b\[2J' must be a printable text"):
        pattern([1, 2], [3, 4], name="a\x1b[2J")


def test_numbers_whose_difference_would_overflow_are_refused() -> None:
    # The step itself, 3.4e308, is above the largest float, 1.8e308.
    with pytest.raises(InputError, match=r"x is -1.7e\+308 at index 0; it must be at most"):
        pattern([-1.7e308, 1.7e308], [0, 0])
    with pytest.raises(InputError, match=r"the intensity is 1e\+300 at index 1"):
        pattern([1, 2], [0, 1e300])


def test_caller_names_the_place() -> None:
    x, intensity = np.array([1.0, 2.0, 2.0]), np.zeros(3)
    lines = [4, 7, 9]
    with pytest.raises(InputError, match=r"x is 2\.0 in line 7 and again in line 9"):
        check_points(x, intensity, place=lambda i: f"in line {lines[i]}")
