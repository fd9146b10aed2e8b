"""Comparisons of two claims of a paper."""

from __future__ import annotations

import json
from typing import Any

import pytest

from navp_structures.analysis.audit.audit import JUDGES
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding
from navp_structures.analysis.audit.settings import DEFAULTS
from navp_structures.catalogue.papers import load_claims
from navp_structures.io.claim_fields import claim_of
from navp_structures.model.claim import Claims


@pytest.fixture(scope="module")
def shen() -> AuditContext:
    return AuditContext(claims=load_claims("shen-2023"), settings=DEFAULTS, judges=JUDGES)


def judge(*items: dict[str, Any]) -> list[AuditFinding]:
    claims = Claims(claims=tuple(claim_of({"id": f"c{n}"} | i) for n, i in enumerate(items)))
    context = AuditContext(claims=claims, settings=DEFAULTS, judges=JUDGES)
    return [context.finding(claim.id) for claim in claims]


def compare(relation: str, first: dict[str, Any], second: dict[str, Any]) -> AuditFinding:
    row = {"id": "r", "quantity": "comparison", "claims": ["a", "b"], "relation": relation}
    items = ({"id": "a"} | first, {"id": "b"} | second, row)
    claims = Claims(claims=tuple(claim_of(item) for item in items))
    return AuditContext(claims=claims, settings=DEFAULTS, judges=JUDGES).finding("r")


def change(phases: list[str], value: str) -> dict[str, Any]:
    return {"quantity": "volume_change", "phases": phases, "value": value}


def volume(phase: str, value: str) -> dict[str, Any]:
    return {"quantity": "volume_per_formula_unit", "phase": phase, "value": value}


def test_a_detour_changes_no_volume(shen: AuditContext) -> None:
    found = shen.finding("detour-is-larger")
    assert found.verdict == "inconsistent"
    # 1 - 220.105 / 241.277 = 8.775 % by any way.
    assert found.computed == "8.77 % for both"
    assert "9.0 % and 8.8 % differ because steps" in found.explanation
    assert "says nothing of the structures" in found.explanation


def test_an_order_that_another_temperature_reverses(shen: AuditContext) -> None:
    found = shen.finding("larger-than-peer")
    assert found.verdict == "other_entry"
    assert "8.8 % is larger than 8.68 % as printed" in found.explanation
    # 8.207 % with the 293 K cell is below 8.68, 8.774 % with the high-temperature one above.
    assert "8.207 %" in found.explanation
    assert "8.774 and 8.68 with na3vp-gamma" in found.explanation
    assert found.details["values"] == pytest.approx([8.207, 8.68], abs=1e-3)


def test_lines_that_are_not_close(shen: AuditContext) -> None:
    found = shen.finding("converted-is-close")
    assert found.verdict == "inconsistent"
    # 2 × √2 × 0.05 = 0.141; 0.005 + 0.005 by their digits, 0.094 by that of 7.7°: 0.245.
    assert (found.tolerance or "").startswith("±0.245°")
    assert found.deviation_sigma == pytest.approx(-0.39 / 0.0707, abs=0.01)
    assert "Nearer to 14.76° is (0 1 2) of navp-" in found.explanation


def test_barriers(shen: AuditContext) -> None:
    found = shen.finding("barrier-is-smaller")
    assert found.verdict == "consistent"
    assert "487 times as fast" in found.explanation
    assert "Structures test neither" in found.explanation


@pytest.mark.parametrize(
    ("relation", "first", "second", "verdict"),
    [
        ("larger", volume("NZSP", "270.9"), volume("Na3VP", "239.8"), "consistent"),
        ("smaller", volume("NZSP", "270.9"), volume("Na3VP", "239.8"), "inconsistent"),
        # Printed the wrong way round by a volume that is none.
        ("larger", volume("Na3VP", "280"), volume("NZSP", "270.9"), "inconsistent"),
        ("close", volume("Na3VP", "239.8"), volume("Na3VP", "239.9"), "consistent"),
        ("close", volume("Na3VP", "239.8"), volume("NZSP", "270.9"), "inconsistent"),
        ("larger", change(["Na3VP", "NaVP"], "8.2"), change(["Na3VP", "Na2VP"], "5.3"),
         "consistent"),
        ("larger", change(["Na3VP", "NaVP"], "8.2"), change(["Na3VP", "NaVP"], "8.0"),
         "inconsistent"),
    ],
)  # fmt: skip
def test_comparisons(
    relation: str, first: dict[str, Any], second: dict[str, Any], verdict: str
) -> None:
    found = compare(relation, first, second)
    assert found.verdict == verdict
    json.dumps(dict(found.details))


def test_a_number_printed_twice_is_close() -> None:
    row = {"quantity": "barrier", "phase": "Na3VP"}
    found = compare("close", row | {"value": "0.30"}, row | {"value": "0.301"})
    # Only their digits count: 0.005 + 0.0005.
    assert found.verdict == "consistent"
    assert compare("close", row | {"value": "0.30"}, row | {"value": "0.33"}).verdict == (
        "inconsistent"
    )


def of_spacings(first: Any, second: Any, relation: str) -> AuditFinding:
    rows = [
        {"quantity": "spacing", "phase": "Na3VP", "hkl": hkl, "value": value}
        for hkl, value in (first, second)
    ]
    return judge(
        *rows, {"quantity": "comparison", "claims": ["c0", "c1"], "relation": relation}
    )[-1]


def test_spacings_compare_as_those_of_the_structure() -> None:
    # d(4 -2 6) 1.8708 Å, d(3 0 0) 2.5198 Å, whatever is printed.
    assert of_spacings(("4 -2 6", 1.88), ("300", 2.52), "smaller").verdict == "consistent"
    found = of_spacings(("4 -2 6", 1.88), ("300", 1.87), "larger")
    assert found.verdict == "inconsistent"
    assert "give 1.871 Å and 2.52 Å: so it is not" in found.explanation


def test_a_spacing_of_another_entry_is_compared() -> None:
    # c/6 is 3.634 Å at 293 K and 3.6524 Å in the high-temperature form.
    first = {"quantity": "spacing", "phase": "Na3VP", "hkl": "0 0 6", "value": "3.6524(40)"}
    second = {"quantity": "spacing", "phase": "Na3VP", "hkl": "300", "value": 2.52}
    claim = {"quantity": "comparison", "claims": ["c0", "c1"], "relation": "larger"}
    found = judge(first, second, claim)
    assert [row.verdict for row in found] == ["other_entry", "consistent", "consistent"]


def test_units_of_a_comparison_are_written_out() -> None:
    rows = [
        {"quantity": "volume_per_formula_unit", "phase": phase, "value": value}
        for phase, value in (("Na3VP", 239.8), ("NZSP", 270.9))
    ]
    ids = ["c0", "c1"]
    found = judge(*rows, {"quantity": "comparison", "claims": ids, "relation": "smaller"})[-1]
    assert found.computed == "239.8 Å³, 270.9 Å³"
    close = judge(*rows, {"quantity": "comparison", "claims": ids, "relation": "close"})[-1]
    assert close.explanation.startswith("They differ by -31.100 Å³")
