"""Measured lists as JSON."""

from __future__ import annotations

import json
import math

import pytest

from navp_structures.errors import InputError
from navp_structures.io.spacing_json import read_json_list


def test_a_full_list() -> None:
    content = {
        "spacings": ["1.88(1)", 1.895],
        "units": "A",
        "intensities": [10, None],
        "labels": ["4 -2 6", None],
        "angles": [[1, 0, 65.9]],
    }
    found = read_json_list(json.dumps(content), source="a.json")
    assert (found.kind, found.units, found.source) == ("spacings", "A", "a.json")
    assert found.values.tolist() == [1.88, 1.895]
    assert found.sigma is not None
    assert found.intensities is not None
    assert found.sigma.tolist() == pytest.approx([0.01, math.nan], nan_ok=True)
    assert found.intensities.tolist() == pytest.approx([10, math.nan], nan_ok=True)
    assert (found.labels, dict(found.angles)) == (("4 -2 6", None), {(0, 1): 65.9})


def test_other_kinds() -> None:
    spots = read_json_list('{"spots": [[1, -2.5], [0, 3]], "sigma": 0.1, "units": "px"}')
    assert (spots.kind, spots.values.tolist()) == ("spots", [[1.0, -2.5], [0.0, 3.0]])
    assert spots.sigma is not None
    assert spots.sigma.tolist() == [0.1, 0.1]
    powder = read_json_list('{"powder": [14.25], "units": "two_theta"}')
    assert (powder.kind, powder.units) == ("powder", "two_theta")
    # What it does not say is not known, not 2θ either.
    assert read_json_list('{"powder": [14.25]}').units is None


def test_a_bare_list_is_one_of_spacings() -> None:
    found = read_json_list('[2.542, "2.992(5)"]')
    assert (found.kind, found.units, found.values.tolist()) == (
        "spacings",
        None,
        [2.542, 2.992],
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "line 1 is no JSON"),
        ('{"spacings": [1,\n2}', "line 2 is no JSON"),
        ("[[1, 2]]", 'name what it is, as in {"spots"'),
        ("3", "it holds 3; expected is"),
        ('{"spacing": [1]}', "the key 'spacing' is unknown; nearest: spacings"),
        ('{"units": "A"}', "it holds no list; give one of spacings, spots, powder"),
        ('{"spacings": [1], "spots": [[1, 2]]}', "it holds spacings and spots; give one"),
        ('{"spacings": [1], "spacings": [2]}', "the key 'spacings' stands twice"),
        ('{"spacings": 1}', "spacings is 1; it must be a list"),
        ('{"spacings": []}', "the list is empty"),
        ('{"spots": []}', "the list is empty; it must hold at least one value"),
        ('{"spacings": [true]}', "item 1 of spacings is True; it must be a number"),
        ('{"spacings": [NaN]}', "NaN is no measured number"),
        ('{"spacings": ["2,54"]}', "item 1 of spacings is '2,54'; it must be a number"),
        ('{"spacings": [1e999]}', "value 1 is inf"),
        (f'{{"spacings": [1{"0" * 400}]}}', "value 1 is inf"),
        (f'{{"spacings": [{"1" * 5000}]}}', "it holds a number of too many digits"),
        (f"{'[' * 100_000}", "nested too deeply"),
        ('{"spots": [[1, 2, 3]]}', "item 1 of spots is [1, 2, 3]; it must be [x, y]"),
        ('{"spacings": ["1.88(1)"], "sigma": [0.1]}', "su stand in brackets and under sigma"),
        ('{"spacings": [1], "sigma": ["a"]}', "item 1 of sigma is 'a'"),
        ('{"spacings": [1], "units": 3}', "units is 3; it must be a text such as 'A'"),
        ('{"spacings": [1], "units": "inch"}', "unknown unit 'inch'"),
        ('{"spacings": [1, 2], "angles": [[0, 1]]}', "[0, 1] is no angle; write [0, 1, 55.2]"),
        ('{"spacings": [1, 2], "angles": [[0, 2, 5]]}', "(0, 2) is no pair of values"),
        (
            '{"spacings": [1, 2], "angles": [[0, 1, 5], [1, 0, 6]]}',
            "two angles are given for the values 1 and 0",
        ),
    ],
)
def test_what_is_no_list_is_refused(content: str, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_json_list(content)
    assert sentence in str(caught.value)
    assert str(caught.value).isprintable()
