"""Energies, voltages and barriers of papers against each other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from navp_structures.analysis.audit import energy_path
from navp_structures.analysis.audit.audit import JUDGES
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding
from navp_structures.analysis.audit.settings import DEFAULTS
from navp_structures.catalogue.papers import load_claims
from navp_structures.io.claim_fields import claim_of
from navp_structures.model.claim import Claims
from navp_structures.show.tables import plain

ENERGIES = {"Na3VP": "-2.229", "Na2VP": "-2.264", "NaVP": "-2.280"}


@pytest.fixture(scope="module")
def shen() -> AuditContext:
    return AuditContext(claims=load_claims("shen-2023"), settings=DEFAULTS, judges=JUDGES)


def judge(*items: dict[str, Any]) -> list[AuditFinding]:
    claims = Claims(claims=tuple(claim_of({"id": f"c{n}"} | i) for n, i in enumerate(items)))
    context = AuditContext(claims=claims, settings=DEFAULTS, judges=JUDGES)
    return [context.finding(claim.id) for claim in claims]


def formation(energies: dict[str, str], **more: Any) -> list[dict[str, Any]]:
    return [
        {"quantity": "formation_energy", "phase": phase, "value": value} | more
        for phase, value in energies.items()
    ]


def window(low: str, high: str, phases: tuple[str, ...] = ("Na3VP", "NaVP")) -> list[Any]:
    row = {"quantity": "voltage", "phases": list(phases), "group": "w"}
    return [row | {"value": low}, row | {"value": high}]


@pytest.mark.parametrize("name", ["formation-na3vp", "formation-navp"])
def test_energies_below_the_window(shen: AuditContext, name: str) -> None:
    # 18 × -2.280 + 20 × 2.229 = 3.540 eV for two electrons: 1.770 V, 0.930 V below 2.7 V.
    found = shen.finding(name)
    assert found.verdict == "inconsistent"
    assert found.computed == "1.77 V implied"
    assert "(18 × −2.280 − 20 × −2.229) eV / 2e = 1.77 V" in found.explanation
    assert "below the window of the cell, 2.7 to 4 V" in found.explanation
    assert "do not compare directly" in found.explanation
    assert found.deviation_percent == pytest.approx(100 * 0.930 / 1.770, abs=0.01)
    # Half a last digit of each energy, 0.0005 × 38 / 2 = 0.0095 V, and of the window.
    assert (found.tolerance or "").startswith("±0.0595 V")
    assert found.details["mean_voltage"] == pytest.approx(1.770, abs=1e-9)
    assert found.details["window"] == (2.7, 4.0)


def test_the_energy_between_them(shen: AuditContext) -> None:
    # 20 × 2.229 - 19 × 2.264 = 1.564; 19 × 2.264 - 18 × 2.280 = 1.976. Half way between the
    # ends is -42.810; 19 × -2.264 = -43.016 lies 0.206 below it.
    found = shen.finding("formation-na2vp")
    assert found.verdict == "inconsistent"
    assert found.computed == "1.56 V, 1.98 V implied"
    assert "0.206 eV per formula unit below its tie line" in found.explanation
    assert [s["voltage"] for s in found.details["steps"]] == pytest.approx([1.564, 1.976])


def test_the_ends_of_the_window(shen: AuditContext) -> None:
    low, high = shen.finding("window-low"), shen.finding("window-high")
    assert (low.verdict, high.verdict) == ("inconsistent", "consistent")
    assert "wrong side of the lower end" in low.explanation
    assert low.computed == "1.77 V"


def test_more_sodium_takes_more(shen: AuditContext) -> None:
    found = shen.finding("desodiation-grows")
    assert found.verdict == "consistent"
    assert found.details["per_ion"] == pytest.approx([1.564, 1.770])
    assert "+0.206 eV apart" in found.explanation


def test_barriers_by_their_rates(shen: AuditContext) -> None:
    # exp(0.160 eV / 0.0258520 eV) = 487.4.
    found = shen.finding("barrier-na2vp")
    assert found.verdict == "not_testable"
    assert found.details["rate_ratios"]["barrier-na3vp"] == pytest.approx(487.4, abs=0.1)
    assert "487 times as fast" in found.explanation
    assert "equal attempt frequencies" in found.explanation


def test_energies_that_fit_their_window() -> None:
    # 18 × -2.113 + 20 × 2.250 = 6.966 eV: 3.48 V.
    found = judge(*formation({"Na3VP": "-2.250", "NaVP": "-2.113"}), *window("2.7", "4.0"))
    assert [f.verdict for f in found] == ["consistent"] * 4
    assert "lies in the window" in found[0].explanation


def test_energies_above_their_window() -> None:
    found = judge(*formation(ENERGIES), *window("0.5", "1.0"))
    assert found[0].verdict == "inconsistent"
    assert "above the window" in found[0].explanation
    assert [f.verdict for f in found[3:]] == ["consistent", "inconsistent"]


def test_energies_without_a_window() -> None:
    found = judge(*formation(ENERGIES))
    assert {f.verdict for f in found} == {"not_testable"}
    assert "No voltage is printed" in found[0].explanation


def test_a_window_of_other_phases_does_not_count() -> None:
    found = judge(*formation(ENERGIES), *window("2.7", "4.0", ("Na3VP", "Na2VP")))
    assert found[0].verdict == "not_testable"
    # 1.564 V between these two.
    assert [f.verdict for f in found[3:]] == ["inconsistent", "consistent"]


# 1.770 ± 0.0095 V by the rounding of the energies; 1.8 may be off by 0.05 more.
@pytest.mark.parametrize(
    ("value", "verdict"),
    [("1.77", "consistent"), ("1.8", "consistent"), ("3.4", "inconsistent")],
)
def test_a_mean_voltage(value: str, verdict: str) -> None:
    claim = {"quantity": "voltage", "phases": ["Na3VP", "NaVP"], "value": value}
    assert judge(*formation(ENERGIES), claim)[-1].verdict == verdict


def test_a_voltage_in_millivolts() -> None:
    claim = {"quantity": "voltage", "phases": ["Na3VP", "NaVP"], "value": 1770, "unit": "mV"}
    assert judge(*formation(ENERGIES), claim)[-1].verdict == "consistent"


@pytest.mark.parametrize(
    "claims",
    [
        formation({"Na3VP": "-2.229"}),
        formation({"Na3VP": "-2.229", "NZSP": "-2.5"}),
        [{"quantity": "voltage", "phases": ["Na3VP", "NaVP"], "value": 3.4}],
        [{"quantity": "desodiation_energy", "phases": ["Na3VP", "NaVP"], "value": 3.4}],
        [{"quantity": "formation_energy", "material": "Na metal", "value": 0}],
        [{"quantity": "barrier", "phase": "NZSP", "value": 0.3}],
    ],
)
def test_nothing_to_compare(claims: list[dict[str, Any]]) -> None:
    assert {f.verdict for f in judge(*claims)} == {"not_testable"}


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ({"phases": ["Na3VP", "NaVP"], "value": "3.54"}, "consistent"),
        ({"phases": ["Na3VP", "NaVP"], "value": "3.60"}, "inconsistent"),
        ({"phases": ["Na3VP", "NaVP"], "value": "341.6", "unit": "kJ/mol"}, "consistent"),
        ({"phases": ["Na3VP", "Na2VP", "NaVP"], "trend": "shrinks"}, "inconsistent"),
    ],
)
def test_desodiation(claim: dict[str, Any], verdict: str) -> None:
    found = judge(*formation(ENERGIES), {"quantity": "desodiation_energy"} | claim)[-1]
    assert found.verdict == verdict


def test_rates_at_the_temperature_of_the_claim() -> None:
    row = {"quantity": "barrier", "phase": "NZSP", "temperature": 600}
    found = judge(row | {"value": 0.2}, row | {"value": 0.3})[0]
    # exp(0.1 / 0.0517040) = 6.917.
    assert found.details["rate_ratios"]["c1"] == pytest.approx(6.917, abs=2e-3)


def test_a_rate_beyond_all_numbers_is_left_out() -> None:
    row = {"quantity": "barrier", "phase": "NZSP"}
    compared = {"quantity": "comparison", "claims": ["c0", "c1"], "relation": "larger"}
    found = judge(row | {"value": 50}, row | {"value": 0}, row | {"value": 0.3}, compared)
    assert [f.verdict for f in found[:3]] == ["not_testable"] * 3
    assert found[0].details["rate_ratios"] == {}
    # exp(0.3 / 0.0258520) = 1.096e5.
    assert found[1].details["rate_ratios"] == {"c2": pytest.approx(1.096e5, rel=1e-3)}
    assert (
        found[3].explanation == "50 eV is larger than 0 eV as printed. Structures test neither."
    )


def test_a_barrier_is_told_against_few_others() -> None:
    rows = [{"quantity": "barrier", "phase": "NZSP", "value": 0.3}] * 300
    found = judge(*rows)
    assert max(len(f.explanation) for f in found) < 1000


@pytest.mark.parametrize("phases", [["Na3VP", "Na3VP"], ["Na3VP", "na3vp-rt"]])
def test_no_energy_where_nothing_leaves(phases: list[str]) -> None:
    energies = formation(ENERGIES)
    for quantity in ("desodiation_energy", "voltage"):
        claim = {"quantity": quantity, "phases": phases, "value": 1.0}
        found = judge(*energies, claim)[-1]
        assert found.verdict == "not_testable"
        assert found.explanation.startswith("No Na leaves between states of na3vp-rt:")


def test_a_second_energy_of_one_composition_spoils_no_other() -> None:
    found = judge(*formation({"Na3VP": "-2.229", "na3vp-gamma": "-2.2", "NaVP": "-2.280"}))
    assert [f.computed for f in found] == ["1.77 V implied", None, "1.77 V implied"]
    assert "no formation energies of another composition" in found[1].explanation


def test_details_are_plain(shen: AuditContext) -> None:
    names = ("formation_energy", "voltage", "desodiation_energy", "barrier")
    for claim in shen.claims:
        if claim.quantity in names:
            json.dumps(plain(shen.finding(claim.id).details))


def test_the_energies_of_a_host_are_gathered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    real = energy_path._energy_path
    monkeypatch.setattr(energy_path, "_energy_path", lambda *a: asked.append(a[0]) or real(*a))
    judge(*formation(ENERGIES), *formation(ENERGIES), *formation(ENERGIES))
    assert len(asked) == 3
