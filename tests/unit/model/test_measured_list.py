"""Measured lists and their readers: what is kept, and one sentence for what is none."""

from __future__ import annotations

import pickle
import re
from typing import Any

import numpy as np
import pytest

from navp_structures import MeasuredList, SpacingReader
from navp_structures.errors import InputError


def spacings(**changes: Any) -> MeasuredList:
    return MeasuredList(**{"kind": "spacings", "values": [1.88, 1.895], **changes})


def test_a_full_list_is_kept_read_only() -> None:
    given = np.array([1.88, 1.895])
    found = spacings(
        values=given,
        units="A",
        sigma=[0.01, np.nan],
        intensities=[7, 3],
        labels=["(4 -2 6)", None],
        angles={(1, 0): 65.9},
        source="a.csv",
    )
    given[0] = 9.0
    assert found.values.tolist() == [1.88, 1.895]
    assert (found.quantity, found.labels, len(found)) == ("d", ("(4 -2 6)", None), 2)
    assert dict(found.angles) == {(0, 1): 65.9}
    assert repr(found) == "<MeasuredList: 2 spacings in A from a.csv>"
    for column in (found.values, found.sigma, found.intensities):
        assert column is not None
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1.0
    with pytest.raises(TypeError):
        found.angles[0, 1] = 2.0  # type: ignore[index]


def test_what_is_not_known_stays_unknown() -> None:
    found = spacings(sigma=[np.nan, np.nan], labels=(None, None))
    assert (found.units, found.quantity, found.sigma, found.labels) == (None, None, None, ())
    assert repr(found) == "<MeasuredList: 2 spacings in unknown units>"
    assert repr(spacings(values=[2.0])) == "<MeasuredList: 1 spacing in unknown units>"


def test_lists_can_be_pickled() -> None:
    found = pickle.loads(pickle.dumps(spacings(units="A", angles={(0, 1): 65.9})))
    assert (found.units, dict(found.angles)) == ("A", {(0, 1): 65.9})
    assert found.values.tolist() == [1.88, 1.895]


def test_units_are_filled_in_but_never_replaced() -> None:
    found = spacings().with_units("nm")
    assert (found.units, found.quantity) == ("nm", "d")
    assert found.with_units("nm").units == "nm"
    with pytest.raises(InputError, match="given in nm, not in A"):
        found.with_units("A")
    with pytest.raises(InputError, match=r"unknown unit 'pm'.*known: A, nm"):
        found.with_units("pm")
    # 1/d without a unit is never taken for d.
    with pytest.raises(InputError, match="the values are g, whose unit is not A"):
        spacings(quantity="g").with_units("A")


def test_spots_have_two_numbers_each() -> None:
    found = MeasuredList(kind="spots", values=[[1, -2], [0, 3]], units="px", sigma=[1, 2])
    assert (found.values.shape, len(found), found.quantity) == ((2, 2), 2, "px")
    assert repr(found) == "<MeasuredList: 2 spots in px>"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": "peaks"}, "'peaks' is no kind of list; it is one of spacings, spots, powder"),
        ({"values": []}, "the list is empty"),
        ({"values": [1.0, -2.0]}, "value 2 is -2; it must be a positive finite number"),
        ({"values": [np.inf]}, "value 1 is inf"),
        ({"values": [[1.0, 2.0]]}, "values has the shape (1, 2); it must have the shape (n,)"),
        ({"values": ["1.88"]}, "values holds <U4 values"),
        ({"values": np.ones(100_001)}, "it may have at most 100000"),
        ({"units": "inch"}, "unknown unit 'inch'"),
        ({"quantity": "length"}, "'length' is no quantity"),
        ({"quantity": "q", "units": "A"}, "the values are q, whose unit is not A"),
        ({"sigma": [0.1]}, "sigma has 1 numbers for 2 values"),
        ({"sigma": [0.1, 0.0]}, "sigma of value 2 is 0; it must be positive, or absent"),
        ({"intensities": [1, np.inf]}, "intensities of value 2 is inf; it must be finite"),
        ({"labels": ("(1 0 0)",)}, "there are 1 labels for 2 values"),
        ({"labels": "ab"}, "the labels are 'ab'"),
        ({"angles": {(0, 2): 10}}, "(0, 2) is no pair of values; they have the numbers 0 to 1"),
        ({"angles": {3: 10}}, "3 is no pair of values"),
        ({"angles": [1]}, "angles is [1]; give {(i, j): degrees}"),
        ({"units": ["A"]}, "unknown unit ['A']"),
        ({"angles": {(1, 1): 10}}, "(1, 1) is no pair"),
        ({"angles": {(0, 1): 180}}, "it must be between 0 and 180 degrees"),
        ({"angles": {(0, 1): 20, (1, 0): 30}}, "two angles are given for the pair (0, 1)"),
        ({"source": "a\x1b[31m"}, "must be a printable text"),
        ({"kind": "spots", "values": [[1, 2, 3]]}, "spots have x and y; these have 3 numbers"),
        ({"kind": "spots", "values": [[1, np.nan]]}, "value 1 is 1, nan; it must be finite"),
        (
            {"kind": "spots", "values": [[1, 2]], "units": "nm"},
            "coordinates of spots are in 1/A, 1/nm, q or px, not in nm",
        ),
    ],
)
def test_what_is_no_list_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        spacings(**changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "a b"}, "'a b' is no name of a reader"),
        ({"name": "a:b"}, "is no name of a reader"),
        ({"suffixes": ()}, "the suffixes of the reader peaks are ()"),
        ({"suffixes": None}, "the suffixes of the reader peaks are None"),
        ({"suffixes": ".csv"}, "give a tuple of lower-case ones"),
        ({"suffixes": (".CSV",)}, "give a tuple of lower-case ones"),
        ({"suffixes": ("csv",)}, "give a tuple of lower-case ones"),
        ({"read": "path"}, "read of the reader peaks cannot be called"),
    ],
)
def test_a_reader_that_could_not_be_asked_for_is_refused(
    changes: dict[str, Any], sentence: str
) -> None:
    good = {"name": "peaks", "suffixes": [".peaks"], "read": lambda _: spacings()}
    assert SpacingReader(**good).suffixes == (".peaks",)
    with pytest.raises(InputError, match=re.escape(sentence)):
        SpacingReader(**{**good, **changes})
