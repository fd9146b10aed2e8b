"""Volumes, their changes and cells of papers against the structures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from navp_structures.analysis.audit.agreement import trend_of
from navp_structures.analysis.audit.audit import JUDGES
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding
from navp_structures.analysis.audit.settings import DEFAULTS
from navp_structures.analysis.audit.volume_changes import mobile_ion
from navp_structures.catalogue.catalogue import load
from navp_structures.catalogue.papers import load_claims
from navp_structures.errors import ClaimError, InputError
from navp_structures.io.claim_fields import claim_of
from navp_structures.model.claim import Claims
from navp_structures.show.tables import plain


@pytest.fixture(scope="module")
def shen() -> AuditContext:
    return AuditContext(claims=load_claims("shen-2023"), settings=DEFAULTS, judges=JUDGES)


def judge(*items: dict[str, Any]) -> list[AuditFinding]:
    claims = Claims(claims=tuple(claim_of({"id": f"c{n}"} | i) for n, i in enumerate(items)))
    context = AuditContext(claims=claims, settings=DEFAULTS, judges=JUDGES)
    return [context.finding(claim.id) for claim in claims]


def volume(phase: str, value: object, **more: Any) -> dict[str, Any]:
    return {"quantity": "volume_per_formula_unit", "phase": phase, "value": value} | more


def change(phases: list[str], **more: Any) -> dict[str, Any]:
    return {"quantity": "volume_change", "phases": phases} | more


def cell(phase: str, **parameters: Any) -> dict[str, Any]:
    kind = {"kind": parameters.pop("kind")} if "kind" in parameters else {}
    return {"quantity": "cell", "phase": phase, "cell": parameters} | kind


# --- V/Z


def test_a_volume_of_another_temperature(shen: AuditContext) -> None:
    # 8.73382² × 21.91438 × √3/2 / 6 = 241.2776; the 293 K cell has 239.7887.
    found = shen.finding("volume-na3vp")
    assert (found.verdict, found.phase) == ("other_entry", "na3vp-gamma")
    assert found.computed == "241.278 Å³"
    assert abs(found.deviation_percent or 1.0) < 0.001
    assert "239.789 Å³ (measured, 293 K), +1.488 Å³" in found.explanation
    assert "mixes temperatures" in found.explanation
    volumes = {row["phase"]: row["computed"] for row in found.details["entries"]}
    assert volumes["na3vp-alpha"] == pytest.approx(237.786, abs=1e-3)


@pytest.mark.parametrize("name", ["volume-na2vp", "volume-navp"])
def test_a_model_cannot_test_the_volume_it_was_made_for(shen: AuditContext, name: str) -> None:
    found = shen.finding(name)
    assert found.verdict == "not_testable"
    assert "cannot test what made it" in found.explanation
    assert found.computed is not None
    assert found.deviation_sigma is not None
    assert found.tolerance is not None


@pytest.mark.parametrize(
    ("phase", "value", "verdict", "entry"),
    [
        ("NZSP", "270.9", "consistent", "nzsp-300k"),
        ("NZSP", "265", "inconsistent", "nzsp-300k"),
        ("Na3VP", "237.8", "other_entry", "na3vp-alpha"),
        # The cell of this entry is measured, though its sites are not.
        ("na3vp-gamma", "241.28", "consistent", "na3vp-gamma"),
        ("nzsp-monoclinic", "269.4", "consistent", "nzsp-monoclinic"),
    ],
)
def test_volumes(phase: str, value: str, verdict: str, entry: str) -> None:
    (found,) = judge(volume(phase, value))
    assert (found.verdict, found.phase) == (verdict, entry)


def test_a_volume_in_cubic_nanometres() -> None:
    assert judge(volume("NZSP", "0.2709", unit="nm3"))[0].verdict == "consistent"
    assert judge(volume("NZSP", "0.2609", unit="nm3"))[0].verdict == "inconsistent"


def test_a_volume_without_z(tmp_path: Path) -> None:
    path = tmp_path / "bare.cif"
    path.write_text(
        "data_bare\n_cell_length_a 8\n_cell_length_b 8\n_cell_length_c 8\n"
        "_cell_angle_alpha 90\n_cell_angle_beta 90\n_cell_angle_gamma 90\n"
        "_space_group_name_H-M_alt 'P 1'\n"
    )
    (found,) = judge(volume(str(path), 512))
    assert found.verdict == "not_testable"
    assert "Z of bare is unknown" in found.explanation


# --- changes


def test_the_change_that_mixes_temperatures(shen: AuditContext) -> None:
    # 220.105 / 241.277 - 1 = -8.775 %; from 239.789 it is -8.21, from 237.786 -7.43 %.
    found = shen.finding("change-3-1")
    assert (found.verdict, found.phase) == ("other_entry", "na3vp-gamma")
    for number in ("-8.77 %", "-8.21 %", "-7.43 %", "Warning", "293 K"):
        assert number in found.explanation
    assert found.details["from_printed_volumes"] == pytest.approx(-8.775, abs=1e-3)
    assert found.details["value"] == pytest.approx(-8.207, abs=2e-3)
    assert found.details["printed_volumes"] == (241.277, 220.105)


def test_the_first_step_mixes_temperatures_too(shen: AuditContext) -> None:
    # 227.159 / 241.277: -5.851 %; / 239.789: -5.267 %; / 237.786: -4.469 %.
    found = shen.finding("change-3-2")
    assert found.verdict == "other_entry"
    for number in ("-5.85 %", "-5.27 %", "-4.47 %"):
        assert number in found.explanation


def test_the_second_step(shen: AuditContext) -> None:
    found = shen.finding("change-2-1")
    assert found.verdict == "consistent"
    assert "models" in found.explanation


def test_steps_do_not_add_up(shen: AuditContext) -> None:
    # 5.851 + 3.105 = 8.957; the excess over 8.775 is their product, 0.182 %.
    found = shen.finding("change-3-2-1")
    assert found.verdict == "inconsistent"
    assert found.computed == "-8.77 %"
    assert "is the sum of the steps" in found.explanation
    assert "add up to 0.18 % too much" in found.explanation
    assert found.deviation_percent == pytest.approx(100 * (9.0 / 8.775 - 1), abs=0.01)


def test_a_substance_without_structure(shen: AuditContext) -> None:
    assert shen.finding("change-peer").verdict == "not_testable"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (change(["Na3VP", "NaVP"], value="8.2"), "consistent"),
        (change(["Na3VP", "NaVP"], value="-8.2"), "consistent"),
        (change(["NaVP", "Na3VP"], value="8.9"), "consistent"),
        # From NaVP to Na3VP the cell grows.
        (change(["NaVP", "Na3VP"], value="-8.9"), "inconsistent"),
        (change(["NaVP", "Na3VP"], value="8.9", trend="shrinks"), "inconsistent"),
        (change(["Na3VP", "NaVP"], value="12"), "inconsistent"),
        (change(["Na3VP", "NaVP"], trend="shrinks"), "consistent"),
        (change(["Na3VP", "NaVP"], trend="grows"), "inconsistent"),
        (change(["Na3VP", "na3vp-gamma"], trend="grows"), "consistent"),
        # Two models without printed volumes.
        (change(["Na2VP", "NaVP"], value="3.1"), "not_testable"),
    ],
)
def test_changes(claim: dict[str, Any], verdict: str) -> None:
    assert judge(claim)[0].verdict == verdict


def test_a_change_against_its_own_volumes() -> None:
    found = judge(
        volume("Na3VP", "239.8"),
        volume("NaVP", "220.1"),
        change(["Na3VP", "NaVP"], value="9.5"),
    )[2]
    assert found.verdict == "inconsistent"
    assert "239.8 to 220.1 Å³ give -8.22 %" in found.explanation


def test_phases_without_a_common_host() -> None:
    with pytest.raises(ClaimError, match=r"claim c0: .* have no common host") as caught:
        judge(change(["Na3VP", "NZSP"], value=3))
    assert caught.value.key == "phases"
    with pytest.raises(InputError):
        mobile_ion([load("Na3VP"), load("NZSP")])
    assert mobile_ion([load("Na3VP"), load("NaVP")]) == "Na"


def test_trends() -> None:
    assert [trend_of(x, 0.5) for x in (-1.0, -0.5, 0.2, 0.6)] == [
        "shrinks", "same", "same", "grows",
    ]  # fmt: skip


# --- cells


def test_a_computed_cell(shen: AuditContext) -> None:
    found = shen.finding("cell-na3vp")
    assert found.verdict == "consistent"
    # 8.832 / 8.7288, 22.094 / 21.8042; against the high-temperature cell 8.73382, 21.91438.
    assert "a +1.18 %, c +1.33 %, volume +3.74 %" in found.explanation
    assert "a +1.12 %, c +0.82 %, volume +3.10 % against na3vp-gamma" in found.explanation
    assert "usual for a functional" in found.explanation
    assert found.details["volume"] == pytest.approx(6 * 248.755, abs=0.01)


def test_a_cell_that_made_its_model(shen: AuditContext) -> None:
    found = shen.finding("cell-navp")
    assert found.verdict == "not_testable"
    assert "volume +2.51 %" in found.explanation
    assert "a computed c/a" in found.explanation


def test_a_cell_without_its_angle(shen: AuditContext) -> None:
    found = shen.finding("cell-na2vp")
    assert found.verdict == "not_testable"
    assert "leaves beta free" in found.explanation
    # sin β = 4 × 227.159 / (15.432 × 8.718 × 8.851) = 0.76307: 130.27°; with 2.51 % more
    # 0.78220: 128.54°, with 3.74 % more 0.79160: 127.67°.
    angles = [item["angle"] for item in found.details["needed"]]
    assert angles == pytest.approx([130.27, 127.67, 128.54], abs=0.01)
    assert "130.27°" in found.explanation


def test_a_needed_angle_that_is_none() -> None:
    (found,) = judge(cell("Na2VP", a=10, b=8, c=8))
    assert found.verdict == "not_testable"
    assert found.details["needed"][0]["angle"] is None


@pytest.mark.parametrize(
    ("claim", "verdict", "entry"),
    [
        (cell("Na3VP", a="8.7288(2)", c="21.8042(7)"), "consistent", "na3vp-rt"),
        (cell("Na3VP", a="8.734", c="21.914"), "other_entry", "na3vp-gamma"),
        (cell("Na3VP", a="8.90", c="21.80"), "inconsistent", "na3vp-rt"),
        (cell("Na3VP", a="9.10", c="22.7", kind="computed"), "inconsistent", "na3vp-rt"),
        (cell("NZSP", a="9.097", b="9.097", c="22.68"), "consistent", "nzsp-300k"),
        (cell("na3vp-alpha", a="15.124", b="8.729", c="21.614", beta="90.16"), "consistent",
         "na3vp-alpha"),
        (cell("na3vp-alpha", a="15.124", b="8.729", c="21.614", beta="91.16"), "inconsistent",
         "na3vp-alpha"),
    ],
)  # fmt: skip
def test_cells(claim: dict[str, Any], verdict: str, entry: str) -> None:
    (found,) = judge(claim)
    assert (found.verdict, found.phase) == (verdict, entry)
    assert found.deviation_percent is not None
    assert found.tolerance is not None


def test_an_edge_alone_has_no_volume() -> None:
    (found,) = judge(cell("Na3VP", a="8.729"))
    assert found.verdict == "consistent"
    assert found.details["volume"] is None


def test_impossible_angles() -> None:
    with pytest.raises(ClaimError, match="claim c0: no lattice has the angles"):
        judge(cell("na3vp-alpha", a=15, b=9, c=21, alpha=60, beta=130, gamma=60))


def test_details_are_plain(shen: AuditContext) -> None:
    for claim in shen.claims:
        if claim.quantity in ("volume_per_formula_unit", "volume_change", "cell"):
            json.dumps(plain(shen.finding(claim.id).details))


# --- cells in other axes


def cell_file(folder: Path, name: str, group: str, parameters: tuple[float, ...]) -> str:
    keys = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = [f"_cell_{key} {value}" for key, value in zip(keys, parameters, strict=True)]
    path = folder / f"{name}.cif"
    head = f"_space_group_name_H-M_alt '{group}'\n"
    path.write_text("\n".join([f"data_{name}", *lines, head]))
    return str(path)


@pytest.mark.parametrize(
    ("parameters", "axes"),
    [
        # |a + c|² = 5.1505² + 5.3173² + 2 × 5.1505 × 5.3173 × cos 99.23°: 6.7835 Å, 129.31°.
        ({"a": "5.1505", "b": "5.2116", "c": "6.7835", "beta": "129.31"}, "c' = a + c"),
        ({"a": "5.1505", "b": "5.2116", "c": "5.3173", "beta": "80.77"}, "a' = a, b' = -b"),
        ({"a": "5.3173", "b": "5.2116", "c": "5.1505", "beta": "99.23"}, "a' = c"),
    ],
)
def test_a_monoclinic_cell_in_other_axes(
    tmp_path: Path, parameters: dict[str, str], axes: str
) -> None:
    path = cell_file(tmp_path, "zro2", "P 1 21/c 1", (5.1505, 5.2116, 5.3173, 90, 99.23, 90))
    (found,) = judge(cell(path, **parameters))
    assert found.verdict == "other_setting"
    assert axes in found.explanation
    assert found.deviation_sigma is not None
    assert len(found.details["matrix"]) == 3


def test_a_wrong_cell_is_no_other_setting(tmp_path: Path) -> None:
    path = cell_file(tmp_path, "zro2", "P 1 21/c 1", (5.1505, 5.2116, 5.3173, 90, 99.23, 90))
    (found,) = judge(cell(path, a="5.1505", b="5.2116", c="6.7835", beta="127.31"))
    assert found.verdict == "inconsistent"
    assert found.explanation.startswith(
        "Edges are over 15 % off, or axes others: it has a 5.15"
    )


def test_rhombohedral_and_hexagonal_axes(tmp_path: Path) -> None:
    # a_r = √(3 a² + c²) / 3 = 5.1295 Å, sin(α/2) = 3 / (2 √(3 + (c/a)²)): 55.29°.
    hexagonal = cell_file(tmp_path, "hex", "R -3 c:H", (4.7602, 4.7602, 12.9933, 90, 90, 120))
    rhombohedral = cell_file(
        tmp_path, "rho", "R -3 c:R", (5.1295, 5.1295, 5.1295, *[55.29] * 3)
    )
    found = judge(
        cell(hexagonal, a="5.129", alpha="55.29"),
        cell(rhombohedral, a="4.760", c="12.993"),
        cell(rhombohedral, a="5.129", alpha="55.29"),
        cell(rhombohedral, a="5.129", alpha="56.29"),
    )
    verdicts = [row.verdict for row in found]
    assert verdicts == ["other_setting", "other_setting", "consistent", "inconsistent"]
    assert "a' = 2/3 a + 1/3 b + 1/3 c" in found[0].explanation
    assert "c' = a + b + c" in found[1].explanation
    # beta and gamma are alpha.
    assert "free" not in found[2].explanation


def test_a_change_that_contradicts_itself_is_refused() -> None:
    claim = {"quantity": "volume_change", "phases": ["Na3VP", "NaVP"], "value": "-8.8"}
    with pytest.raises(ClaimError, match=r"-8\.8 % shrinks, and the trend is 'grows'"):
        judge(claim | {"trend": "grows"})
    assert judge(claim | {"trend": "shrinks"})[0].details["value"] < 0
