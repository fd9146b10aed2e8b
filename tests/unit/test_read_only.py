"""No public result can be changed, nor anything in it; copies of it say the same."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.read_only import ReadOnly, read_only
from navp_structures.show.tables import plain

PAIR = ("Na3VP", "NaVP")
SPOTS = [(0.0, 0.278), (0.322, 0.185), (0.322, -0.093)]
LINES = [14.25, 20.2, 23.9, 28.9, 32.2]


def few_claims() -> navp.Claims:
    claims = navp.load_claims("shen-2023")
    return dataclasses.replace(claims, claims=claims.claims[:4])


def measured_pattern() -> navp.MeasuredPattern:
    x = np.linspace(10.0, 11.0, 5)
    return navp.MeasuredPattern(name="x", x=x, intensity=x * 2.0, intensity_su=x)


MADE: dict[str, Callable[[], Any]] = {
    "Absence": lambda: navp.load("NZSP").absence((1, 0, 0)),
    "Audit": lambda: navp.audit(few_claims()),
    "Calibration": lambda: navp.calibrate([6.21, 4.36, 3.72, 3.10], "Na3VP", sigma=0.01),
    "Claims": lambda: navp.load_claims("shen-2023"),
    "LabelCheck": lambda: navp.check_label("Na3VP", "1 -3 5", 1.895),
    "LatticeMisfit": lambda: navp.lattice_misfit(*PAIR),
    "ManyPatterns": lambda: navp.index_many([SPOTS, SPOTS], phases=PAIR),
    "MeasuredList": lambda: navp.read_spacing_text("1.895 (4 -2 6)\n1.88 (1 -4 5)"),
    "MeasuredPattern": measured_pattern,
    "Phase": lambda: navp.load("NZSP"),
    "PhaseTable": lambda: navp.phases(),
    "Polyhedra": lambda: navp.polyhedra("Na3VP", centre="V", ligand="O"),
    "PowderIndexing": lambda: navp.index_powder(LINES, radiation="CuKa1", phases=PAIR),
    "PowderPattern": lambda: navp.powder_pattern("NaVP", radiation="CuKa1", two_theta=(5, 50)),
    "PowderPatterns": lambda: navp.powder_patterns(PAIR, radiation="CuKa12", two_theta=(5, 40)),
    "Radiation": lambda: navp.radiation("CuKa12"),
    "RadiationTable": lambda: navp.radiations(),
    "Reflections": lambda: navp.reflections("NZSP", d_min=2.0),
    "RingPattern": lambda: navp.ring_pattern("NaVP", voltage=200),
    "RingPatterns": lambda: navp.ring_patterns(PAIR, voltage=200),
    "SaedPattern": lambda: navp.saed_pattern("Na3VP", zone_axis=(0, 0, 1), voltage=200),
    "SaedPatterns": lambda: navp.saed_patterns(PAIR, zone_axis=(2, 1, 0), voltage=200),
    "SequenceIndexing": lambda: navp.index_sequence([SPOTS, SPOTS], phases=PAIR),
    "SharedPolyhedra": lambda: navp.polyhedra("Na3VP", centre=["V", "P"]).shared(),
    "SodiationEnergetics": lambda: navp.path_energetics(
        ["Na3VP", "Na2VP", "NaVP"], [-2.4, -2.3, -2.2]
    ),
    "SodiationPath": lambda: navp.sodiation_path(["Na3VP", "Na2VP", "NaVP"]),
    "SpacingIndexing": lambda: navp.index_spacings(
        [2.542, 2.992], angles=55.2, phases=["Na2VP", "NaVP"], labels=["6 0 -2", "3 2 -2"]
    ),
    "SpotIndexing": lambda: navp.index_spots(SPOTS, phases=PAIR),
    "SymmetryReport": lambda: navp.check_symmetry("NZSP"),
}

PARTS = {"AuditFinding", "Change", "Claim", "ClaimProblem", "Finding", "FormationEnergy",
         "PhaseSummary", "PrintedNumber", "Provenance", "Site", "SpaceGroup", "Species",
         "UnitCell"}  # fmt: skip
"""Classes that the others hold."""

WITHOUT_NUMBERS = {"AddedFile", "AddedPhase", "AddedPhases", "Check", "NewPlugin",
                   "PhaseSource", "SpacingReader"}  # fmt: skip
"""Classes of what was written, or of what a plugin gives."""


@pytest.fixture(scope="module")
def made() -> Callable[[str], Any]:
    found: dict[str, Any] = {}

    def result(name: str) -> Any:
        if name not in found:
            found[name] = MADE[name]()
        return found[name]

    return result


def changeable(value: Any, where: str, seen: dict[int, Any]) -> Iterator[str]:
    """Yield each place that can be written into."""
    if id(value) in seen or isinstance(value, str | bytes | int | float | type | None):
        return
    seen[id(value)] = value
    if isinstance(value, np.ndarray):
        if value.flags.writeable:
            yield where
    elif isinstance(value, dict | list | set | bytearray):
        yield where
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from changeable(item, f"{where}[{key!r}]", seen)
    elif isinstance(value, tuple | frozenset):
        for item in value:
            yield from changeable(item, f"{where}[]", seen)
    elif dataclasses.is_dataclass(value):
        yield from _in_fields(value, where, seen)
    else:
        yield f"{where} is a {type(value).__name__}"


def _in_fields(value: Any, where: str, seen: dict[int, Any]) -> Iterator[str]:
    for field in dataclasses.fields(value):
        name, item = f"{where}.{field.name}", getattr(value, field.name)
        try:
            setattr(value, field.name, item)
        except dataclasses.FrozenInstanceError:
            pass
        else:
            yield f"{name} can be set"
        yield from changeable(item, name, seen)


def test_every_public_class_is_named() -> None:
    classes = {
        name
        for name in navp.__all__
        if dataclasses.is_dataclass(getattr(navp, name)) and name != "hookimpl"
    }
    assert classes == set(MADE) | PARTS | WITHOUT_NUMBERS
    for name in classes:
        assert getattr(navp, name).__dataclass_params__.frozen, name


@pytest.mark.parametrize("name", MADE)
def test_nothing_can_be_changed(made: Callable[[str], Any], name: str) -> None:
    result = made(name)
    assert type(result).__name__ == name
    assert list(changeable(result, name, {})) == []


@pytest.mark.parametrize("name", MADE)
def test_what_a_result_hands_out_is_not_its_own(made: Callable[[str], Any], name: str) -> None:
    result = made(name)
    if not hasattr(result, "to_dict"):
        return
    before = json.dumps(result.to_dict())
    for content in (result.to_dict(), getattr(result, "inputs", {})):
        _spoil(content)
    assert json.dumps(result.to_dict()) == before


def _spoil(content: Any) -> None:
    if isinstance(content, dict):
        for item in content.values():
            _spoil(item)
        content.clear()
    elif isinstance(content, list):
        for item in content:
            _spoil(item)
        content.clear()


@pytest.mark.parametrize("name", MADE)
def test_copies_say_the_same(made: Callable[[str], Any], name: str) -> None:
    result = made(name)
    for twin in (pickle.loads(pickle.dumps(result)), copy.deepcopy(result), copy.copy(result)):
        assert type(twin) is type(result)
        assert repr(twin) == repr(result)
        assert list(changeable(twin, name, {})) == []
        if hasattr(result, "to_dict"):
            assert json.dumps(twin.to_dict()) == json.dumps(result.to_dict())


def test_the_walk_sees_what_can_be_changed() -> None:
    @dataclasses.dataclass
    class Open:
        array: Any
        values: Any

    found = list(changeable((Open(np.zeros(2), {"a": [1]}),), "x", {}))
    assert found == [
        "x[].array can be set", "x[].array", "x[].values can be set", "x[].values"
    ]  # fmt: skip


def test_read_only_values() -> None:
    @dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
    class Frozen(ReadOnly):
        array: Any
        values: Any

    given = {"a": [1, [2]], "b": {"c": np.ones(2)}, "d": ({"e": 1},)}
    frozen = Frozen(array=np.zeros(2), values=given)
    assert list(changeable(frozen, "x", {})) == []
    given["a"] = 3
    assert frozen.values["a"] == (1, (2,))
    assert read_only("a") == "a"
    assert isinstance(read_only({}), MappingProxyType)


def test_threads_find_what_one_finds() -> None:
    def work(name: str) -> tuple[int, str]:
        found = navp.index_spacings([2.542, 2.992], angles=55.2, phases=[name])
        lines = navp.powder_pattern(name, radiation="CuKa1", two_theta=(5, 40))
        return id(navp.load(name)), json.dumps([found.to_dict(), lines.to_dict()])

    names = ("na3vp-gamma", "navp-computed")
    with ThreadPoolExecutor(8) as pool:
        # Eight at once, before anything of these phases is known.
        together = list(pool.map(work, names * 4))
    assert together == [work(name) for name in names] * 4


def test_details_of_a_finding_stay_in_it(made: Callable[[str], Any]) -> None:
    audit = made("Audit")
    details = audit.rows[0].details
    assert details
    assert isinstance(details, MappingProxyType)
    for cell in audit.to_dataframe()["details"]:
        json.dumps(cell)
        _spoil(cell)
    assert [row["details"] for row in audit.to_dict()["results"]] == [
        plain(row.details) for row in audit
    ]
