"""Wavelengths by name."""

from __future__ import annotations

import pytest

from navp_structures.errors import InputError, UnknownRadiationError
from navp_structures.model.radiation import wavelength


def test_lines_and_numbers() -> None:
    # Hölzer et al. 1997: 1.5405929(5) and 1.5444274(50) Å
    assert wavelength("CuKa1") == wavelength("cuka1") == 1.5405929
    assert wavelength("CuKa2") == 1.5444274
    assert wavelength(0.8266) == wavelength("0.8266") == 0.8266


def test_weighted_mean() -> None:
    assert wavelength("CuKa") == pytest.approx((2 * 1.5405929 + 1.5444274) / 3)


@pytest.mark.parametrize(
    ("radiation", "error", "sentence"),
    [
        ("CuKb", UnknownRadiationError, "unknown radiation 'CuKb'; nearest: CuKa"),
        ("", UnknownRadiationError, "known: CuKa"),
        ("CuKa12", InputError, "doublet"),
        (0.0, InputError, "must be a positive number"),
        ("-1.5", InputError, "must be a positive number"),
        (float("nan"), InputError, "must be a positive number"),
        (True, UnknownRadiationError, "unknown radiation"),
    ],
)
def test_refusals(radiation: str | float, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        wavelength(radiation)
