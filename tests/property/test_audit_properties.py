"""What a structure says of itself agrees with it, in any axes; what it does not, does not."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import navp_structures as navp
from navp_structures import AuditFinding, Phase
from navp_structures.errors import CifWarning

CURATED = ("na3vp-rt", "na2vp-a", "navp-model", "nzsp-300k", "nzsp-monoclinic", "na3vp-alpha")
WITH_SITES = tuple(name for name in CURATED if navp.load(name).has_sites)
small = st.integers(-6, 6)
indices = st.tuples(small, small, small).filter(any)
curated = st.sampled_from(CURATED)


@pytest.fixture(scope="module")
def cif_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Phase], str]:
    folder = tmp_path_factory.mktemp("audited")

    def write(phase: Phase) -> str:
        return str(navp.export(phase, folder / f"{phase.id}.cif", force=True))

    return write


def judged(*claims: dict[str, Any], **options: float) -> list[AuditFinding]:
    named = [{"id": f"c{n}"} | claim for n, claim in enumerate(claims)]
    return list(navp.audit(named, **options).rows)


def label(hkl: Any) -> str:
    return " ".join(str(int(n)) for n in hkl)


@settings(max_examples=25, derandomize=True)
@given(name=curated, hkl=indices, turn=st.integers(0, 47), unit=st.sampled_from(["A", "nm"]))
def test_a_spacing_of_the_structure_agrees_for_each_equivalent(
    name: str, hkl: tuple[int, int, int], turn: int, unit: str
) -> None:
    phase = navp.load(name)
    assume(phase.d(hkl) > 0.9)
    rotations = phase.space_group.laue_rotations
    image = np.array(hkl) @ rotations[turn % len(rotations)]
    value = phase.d(hkl) * (1.0 if unit == "A" else 0.1)
    claim = {"quantity": "spacing", "phase": name, "value": value, "unit": unit}
    for printed in (hkl, image, -image):
        (row,) = judged(claim | {"hkl": label(printed)})
        if phase.absence(hkl) is None:
            assert row.verdict == "consistent", row
        elif row.verdict == "other_entry":
            other = navp.load(row.phase)
            assert other.id != name
            assert other.d(printed) == pytest.approx(phase.d(hkl), rel=0.011)
            assert other.absence(printed) is None
        else:
            # (0 1 -2) is none of the obverse setting, but one of the reverse.
            assert row.verdict in ("extinct", "other_setting"), row
            assert "is extinct" in row.explanation


@settings(max_examples=25, derandomize=True)
@given(name=curated, hkl=indices, off=st.sampled_from([-0.3, -0.12, 0.12, 0.3]))
def test_a_spacing_far_from_that_of_its_label_never_agrees_as_printed(
    name: str, hkl: tuple[int, int, int], off: float
) -> None:
    phase = navp.load(name)
    assume(phase.d(hkl) > 1.2)
    value = round(phase.d(hkl) * (1.0 + off), 4)
    (row,) = judged({"quantity": "spacing", "phase": name, "value": value, "hkl": label(hkl)})
    assert row.verdict not in ("consistent", "common_scale", "other_entry"), row
    if row.verdict == "bar":
        # Another reflection with the same digits, which does have the spacing.
        assert sorted(map(abs, row.repaired[0])) == sorted(map(abs, hkl))
        assert phase.d(row.repaired[0]) == pytest.approx(value, rel=0.011)


@settings(max_examples=25, derandomize=True)
@given(name=curated, one=indices, two=indices)
def test_an_angle_of_the_structure_agrees(name: str, one: Any, two: Any) -> None:
    phase = navp.load(name)
    assume(np.cross(one, two).any())
    assume(phase.absence(one) is None and phase.absence(two) is None)
    angle = phase.angle(one, two)
    assume(5.0 < angle < 175.0)
    claim = {"quantity": "angle", "phase": name, "hkl": [label(one), label(two)]}
    (row,) = judged(claim | {"value": round(angle, 2)})
    assert row.verdict == "consistent", row
    # The same two planes, of which one is turned over.
    (row,) = judged(claim | {"value": round(180.0 - angle, 2)})
    assert row.verdict == "consistent", row


@settings(max_examples=12, derandomize=True)
@given(name=st.sampled_from(WITH_SITES), data=st.data())
def test_strong_lines_agree_and_extinct_ones_are_told(name: str, data: st.DataObject) -> None:
    pattern = navp.powder_pattern(name, radiation="CuKa1", two_theta=(10.0, 60.0))
    rows = [row for row in pattern.rows if row.intensity > 5.0]
    row = data.draw(st.sampled_from(rows))
    claim = {"quantity": "powder_line", "phase": name, "radiation": "CuKa1"}
    value = round(row.two_theta, 3)
    (found,) = judged(claim | {"value": value, "hkl": label(row.hkl)})
    assert found.verdict == "consistent", found
    (found,) = judged(claim | {"value": value})
    assert found.verdict in ("consistent", "other_entry"), found


@settings(max_examples=15, derandomize=True)
@given(
    name=curated,
    factor=st.floats(0.8, 1.2).filter(lambda x: abs(x - 1.0) > 0.05),
    unit=st.sampled_from([("A3", 1.0), ("nm3", 1e-3)]),
)
def test_volumes(name: str, factor: float, unit: tuple[str, float]) -> None:
    volume = navp.load(name).volume_per_formula_unit
    claim = {"quantity": "volume_per_formula_unit", "phase": name, "unit": unit[0]}
    (right,) = judged(claim | {"value": volume * unit[1]})
    assert right.verdict in ("consistent", "not_testable"), right
    (wrong,) = judged(claim | {"value": volume * factor * unit[1]})
    assert wrong.verdict in ("inconsistent", "other_entry", "not_testable"), wrong
    # What is a model's own volume cannot be tested, be it right or wrong.
    assert (right.verdict == "not_testable") == (wrong.verdict == "not_testable")


@settings(max_examples=20, derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    system=st.sampled_from(["monoclinic", "orthorhombic", "trigonal", "cubic"]),
    hkl=st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-3, 3)).filter(any),
)
def test_crystals_that_nobody_has_seen(
    crystal: Callable[..., Phase],
    cif_of: Callable[[Phase], str],
    seed: int,
    system: str,
    hkl: tuple[int, int, int],
) -> None:
    phase = crystal(seed, system)
    path = cif_of(phase)
    # Made-up atoms may lie upon each other.
    warnings.simplefilter("ignore", CifWarning)
    d = phase.d(hkl)
    assume(d > 0.3)
    claim = {"quantity": "spacing", "phase": path, "hkl": label(hkl)}
    (row,) = judged(claim | {"value": d})
    extinct = phase.absence(hkl) is not None
    assert row.verdict == ("extinct" if extinct else "consistent"), row
    if extinct:
        assert phase.absence(hkl).rule in row.explanation
    (wrong,) = judged(claim | {"value": d * 1.2})
    assert wrong.verdict != "consistent"


@settings(max_examples=12, derandomize=True)
@given(
    st.permutations(range(5)),
    st.lists(st.sampled_from([1.88, 2.542, 3.6, 6.21, 4.4]), min_size=5, max_size=5),
)
def test_order_of_claims_changes_no_verdict(order: list[int], values: list[float]) -> None:
    claims = [
        {"id": f"c{n}", "quantity": "spacing", "phase": CURATED[n], "value": value}
        for n, value in enumerate(values)
    ]
    one = {row.id: row for row in navp.audit(claims).rows}
    two = {row.id: row for row in navp.audit([claims[n] for n in order]).rows}
    assert one.keys() == two.keys()
    for key, row in one.items():
        assert (row.verdict, row.explanation) == (two[key].verdict, two[key].explanation)
