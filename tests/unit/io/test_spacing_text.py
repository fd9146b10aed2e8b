"""Spacings in texts: what one pastes is understood in one way, or refused."""

from __future__ import annotations

import math

import pytest

from navp_structures import read_spacing_text
from navp_structures.errors import InputError
from navp_structures.io.spacing_table import read_table


@pytest.mark.parametrize(
    ("text", "values", "units", "quantity"),
    [
        ("2.542 2.992", [2.542, 2.992], None, None),
        ("2.542, 2.992", [2.542, 2.992], None, None),
        ("2.542,2.992", [2.542, 2.992], None, None),
        ("2.542\n2.992\n\n", [2.542, 2.992], None, None),
        ("2,542; 2,992", [2.542, 2.992], None, None),
        ("2.542 Å, 2.992 Å", [2.542, 2.992], "A", "d"),
        ("2.542 and 2.992 \u212b", [2.542, 2.992], "A", "d"),
        ("2.542A 2.992A", [2.542, 2.992], "A", "d"),
        ("0.188 nm", [0.188], "nm", "d"),
        ("d = 1.88", [1.88], None, "d"),
        ("d1 = 1.88 Å; d₂: 1.895 Å", [1.88, 1.895], "A", "d"),
        ("d(4 -2 6) = 1.88 Å", [1.88], "A", "d"),
        ("3.93 nm-1", [3.93], "1/nm", "g"),
        ("3.93 1/nm, 3.34 1/nm", [3.93, 3.34], "1/nm", "g"),
        ("0.393 Å⁻¹", [0.393], "1/A", "g"),
        ("1/d = 0.393 A^-1", [0.393], "1/A", "g"),
        ("g = 0.393", [0.393], None, "g"),
        ("q = 2.47 1/A", [2.47], "q", "q"),
        ("2θ = 14.25°, 2θ = 20.07°", [14.25, 20.07], "two_theta", "two_theta"),
        ("2theta = 14.25 deg", [14.25], "two_theta", "two_theta"),
        ("101 px 99.5 px", [101, 99.5], "px", "px"),
        ("# from the paper\n1.88e0", [1.88], None, None),
    ],
)
def test_numbers_and_units(
    text: str, values: list[float], units: str | None, quantity: str | None
) -> None:
    found = read_spacing_text(text)
    assert found.values.tolist() == values
    assert (found.units, found.quantity, found.source) == (units, quantity, "text")
    assert found.kind == ("powder" if units == "two_theta" else "spacings")


@pytest.mark.parametrize(
    ("text", "sigma"),
    [
        ("d1 = 2.54(2) Å", [0.02]),
        ("2.540(12) 2.992", [0.012, math.nan]),
        ("2.54 ± 0.02 Å", [0.02]),
        ("2.54 +/- 0.02", [0.02]),
        ("2,54(2); 3,1(1)", [0.02, 0.1]),
    ],
)
def test_su_is_sigma(text: str, sigma: list[float]) -> None:
    found = read_spacing_text(text).sigma
    assert found is not None
    assert found.tolist() == pytest.approx(sigma, nan_ok=True)


@pytest.mark.parametrize(
    "text",
    [
        "(4 -2 6) 1.88\n(1 -3 5) 1.895",
        "1.88 (4 -2 6)\n1.895 (1 -3 5)",
        "(4 -2 6) 1.88, (1 -3 5) 1.895",
        "1.88 (4 -2 6), 1.895 (1 -3 5)",
        "(4 -2 6): 1.88 Å; (1 -3 5): 1.895 Å",
        "d(4 -2 6) = 1.88; d(1 -3 5) = 1.895; angle = 65.9°",
    ],
)
def test_labels_in_front_or_behind(text: str) -> None:
    found = read_spacing_text(text)
    assert found.labels == ("(4 -2 6)", "(1 -3 5)")
    assert found.values.tolist() == [1.88, 1.895]
    assert dict(found.angles) == ({(0, 1): 65.9} if "angle" in text else {})


def test_labels_are_kept_as_written() -> None:
    assert read_spacing_text("{1-35} 1.895\n1.88\n(1 2 3̄) 2").labels == (
        "{1-35}",
        None,
        "(1 2 3̄)",
    )
    # The readers leave it to the indexing to say that 1 + 1 + 2 is not 0.
    assert read_spacing_text("(1120) 4.36").labels == ("(1120)",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the text is empty"),
        ("# 1.88", "the text is empty"),
        ("angle = 55°", "holds no spacing"),
        ("2,54", "line 1 is '2,54': a comma between digits may be a decimal mark or a separ"),
        ("1.88\n2,54 3", "line 2 is '2,54 3': '2,54' is no positive number"),
        ("2.54; 2,99", "'2,99' is no positive number"),
        ("14.25°", "an angle must say what it is: write 'angle = 55.2°' or '2θ = 14.25°'"),
        ("d = 14.25°", "an angle must say what it is"),
        ("1 2 3 angle = 55", "an angle can be given once, and beside two spacings only"),
        ("1 2 angle=55 angle=56", "an angle can be given once"),
        ("1.88 (2)", "'(2)' is no (hkl); an su stands at its number, as in 1.88(2)"),
        ("(4 -2 6) 1.88 1.895", "it does not tell which (hkl) belongs to which number"),
        ("(4 -2 6)\n1.88", "line 1 is '(4 -2 6)': it does not tell which"),
        ("-1.88", "'-1.88' is no positive number"),
        ("0", "'0' is no positive number"),
        ("1.88 Å 1.9 nm", "the text mixes A and nm"),
        ("d = 1.88, g = 3", "the text mixes d and g"),
        ("d = 1.88 1/nm", "d is not given in 1/nm"),
        ("q = 1.88 1/nm", "q is not given in 1/nm"),
        ("nm 1.88", "the unit 'nm' has no number of its own"),
        ("1.88 nm nm", "the unit 'nm' has no number of its own"),
        ("1.88 inch", "'inch' is not understood"),
        ("[1 -1 0] 1.88", "is not understood; write '(4 -2 6) 1.88 Å', say"),
        ("1.2.3", "'.3' is not understood"),
        ("2.54-2.99", "'-2.99' is not understood"),
        ("12,345.6", "'.6' is not understood"),
        ("d = ", "'d =': a name has no number behind it"),
        ("(4 -2 6 1.88", "is not understood"),
        ("1.88\x1b[31m", r"'\x1b[31m' is not understood"),
    ],
)
def test_what_is_not_clear_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_spacing_text(text)
    assert sentence in str(caught.value)
    assert str(caught.value).isprintable()


def test_only_texts_are_read() -> None:
    with pytest.raises(InputError, match=r"1\.88 is no text"):
        read_spacing_text(1.88)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "part", ["2", "d ", "d(1", "[ ", "1,", '"', "-", "2.5 ± ", "d" + " " * 999]
)
def test_long_nonsense_is_refused_soon(part: str) -> None:
    # A pattern that tries every way to part a line takes minutes for these.
    text = part * (500_000 // len(part))
    for read in (read_spacing_text, read_table):
        with pytest.raises(InputError, match=r"^.{1,300}$"):
            read(text)
