"""Numbers with su."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navp_structures.io.cif_values import number
from navp_structures.show.numbers import exact, rounded


@pytest.mark.parametrize(
    ("value", "su", "text"),
    [
        (8.7288, 0.0002, "8.7288(2)"),
        (8.4262, 0.02, "8.4262(200)"),
        (128.208, 0.33, "128.208(330)"),
        (0.18, 0.035, "0.180(35)"),
        (90.0, None, "90"),
        (90.0, 0.0, "90"),
        (-0.02643, 7e-5, "-0.02643(7)"),
        (1e-7, None, "0.0000001"),
        (293.0, 2.0, "293(2)"),
        (1200.0, 100.0, "1200(100)"),
    ],
)
def test_exact(value: float, su: float | None, text: str) -> None:
    assert exact(value, su) == text
    assert number(text, "x") == (value, su or None)


@given(st.integers(-(10**9), 10**9), st.integers(1, 9999), st.integers(0, 9), st.integers(0, 9))
def test_exact_reads_back(digits: int, su_digits: int, places: int, su_places: int) -> None:
    value, su = digits / 10**places, su_digits / 10**su_places
    read, read_su = number(exact(value, su), "x")
    assert read == pytest.approx(value, abs=1e-12)
    assert read_su == pytest.approx(su, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "su", "text"),
    [
        (1438.7319, 0.0805, "1438.73(8)"),
        (2.544, 0.0067, "2.544(7)"),
        (3.001, 0.0142, "3.001(14)"),
        (239.78865, 0.0134, "239.789(13)"),
        (908.6, 13.0, "909(13)"),
        (12345.0, 1300.0, "12300(1300)"),
        (0.0003, 0.00096, "0.0003(10)"),
        (2.51979, None, "2.5198"),
    ],
)
def test_rounded(value: float, su: float | None, text: str) -> None:
    assert rounded(value, su) == text
