"""A measured list that is written in any of the usual ways comes back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from navp_structures import MeasuredList, read_spacing_text
from navp_structures.io.spacing_json import read_json_list
from navp_structures.io.spacing_table import read_table

positive = st.floats(1e-3, 1e4, allow_subnormal=False)
finite = st.floats(-1e4, 1e4, allow_subnormal=False)
index = st.integers(-19, 19)
labels = st.tuples(index, index, index).map(lambda hkl: "({} {} {})".format(*hkl))

HEADINGS = {"A": "d (A)", "nm": "d/nm", "1/A": "g [1/Å]", "1/nm": "1/d / 1/nm", None: "d",
            "q": "q", "two_theta": "2θ (°)"}  # fmt: skip


@st.composite
def lists(draw: st.DrawFn) -> MeasuredList:
    units = draw(st.sampled_from(list(HEADINGS)))
    n = draw(st.integers(1, 6))

    def column(strategy: Any) -> list[Any]:
        return draw(st.lists(strategy, min_size=n, max_size=n))

    return MeasuredList(
        kind="powder" if units == "two_theta" else "spacings",
        values=column(positive),
        units=units,
        quantity="d" if units is None else None,
        sigma=draw(st.none() | st.just(column(positive))),
        intensities=draw(st.none() | st.just(column(finite | st.just(np.nan)))),
        labels=tuple(column(labels | st.none())),
    )


def same(one: MeasuredList, two: MeasuredList) -> None:
    assert (one.kind, one.units, one.labels) == (two.kind, two.units, two.labels)
    for name in ("values", "sigma", "intensities"):
        first, second = getattr(one, name), getattr(two, name)
        assert (first is None) == (second is None)
        if first is not None:
            np.testing.assert_array_equal(first, second)


def written(number: float, mark: str) -> str:
    return "" if np.isnan(number) else repr(float(number)).replace(".", mark)


def table(found: MeasuredList, separator: str, mark: str) -> str:
    columns = {HEADINGS[found.units]: [written(v, mark) for v in found.values]}
    if found.sigma is not None:
        columns["su"] = [written(v, mark) for v in found.sigma]
    if found.intensities is not None:
        columns["I (a.u.)"] = [written(v, mark) for v in found.intensities]
    if found.labels:
        columns["hkl"] = [f'"{label}"' if label else "" for label in found.labels]
    rows = [columns, *zip(*columns.values(), strict=True)]
    return "# written\n" + "\n".join(separator.join(row) for row in rows) + "\n\n"


@settings(max_examples=100, deadline=None)
@given(lists(), st.sampled_from([(",", "."), (";", "."), (";", ","), ("\t", "."), ("\t", ",")]))
def test_table(found: MeasuredList, dialect: tuple[str, str]) -> None:
    same(read_table(table(found, *dialect)), found)


@settings(max_examples=100, deadline=None)
@given(lists(), st.dictionaries(st.just((0, 1)), st.floats(1, 179)))
def test_json(found: MeasuredList, angles: dict[tuple[int, int], float]) -> None:
    angles = angles if len(found) > 1 else {}
    content = {
        found.kind: found.values.tolist(),
        "units": found.units,
        "labels": list(found.labels),
        "angles": [[i, j, angle] for (i, j), angle in angles.items()],
    }
    for name in ("sigma", "intensities"):
        column = getattr(found, name)
        if column is not None:
            content[name] = [None if np.isnan(v) else v for v in column.tolist()]
    read = read_json_list(json.dumps(content))
    same(read, found)
    assert dict(read.angles) == angles


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.decimals("0.5", "90", places=4), labels), min_size=1, max_size=6),
    st.sampled_from(["A", "nm", "1/A", "1/nm", "px"]),
    st.booleans(),
    st.sampled_from(["\n", "; ", ", "]),
)
def test_text(rows: list[tuple[Any, str]], units: str, in_front: bool, between: str) -> None:
    order = "{0} {1} {2}" if in_front else "{1} {2} {0}"
    text = between.join(order.format(label, value, units) for value, label in rows)
    found = read_spacing_text(text)
    assert found.values.tolist() == [float(value) for value, _ in rows]
    assert found.labels == tuple(label for _, label in rows)
    assert found.units == units


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=6))
def test_spots(spots: list[tuple[float, float]]) -> None:
    text = "x (1/nm) y (1/nm)\n" + "\n".join(f"{x!r} {y!r}" for x, y in spots)
    found = read_table(text)
    assert (found.kind, found.units) == ("spots", "1/nm")
    np.testing.assert_array_equal(found.values, np.array(spots))
