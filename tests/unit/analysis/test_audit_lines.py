"""Powder lines and conversions of papers against the structures."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.audit import JUDGES
from navp_structures.analysis.audit.bragg import converted, near_radiations
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.entry_lines import best_seen, lines_at
from navp_structures.analysis.audit.finding import AuditFinding
from navp_structures.analysis.audit.settings import DEFAULTS
from navp_structures.catalogue.catalogue import load
from navp_structures.catalogue.papers import load_claims
from navp_structures.catalogue.radiations import radiation
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


def line(phase: str, value: object, **more: Any) -> AuditFinding:
    asked = {"quantity": "powder_line", "phase": phase, "value": value, "radiation": "CuKa1"}
    return judge(asked | more)[0]


def test_agreement_counts_two_sigma_and_the_rounding() -> None:
    # 2 × 0.05 and half of the last digit, 0.005.
    found = Agreement(printed=14.26, computed=14.155, sigma=0.05, rounding=0.005, unit="°")
    assert found.agrees
    assert found.sigmas == pytest.approx(2.1)
    assert not Agreement(printed=14.26, computed=14.154, sigma=0.05, rounding=0.005).agrees
    # A number that is only rounded: the spread of an even distribution.
    rounded = Agreement(printed=5.9, computed=5.851, sigma=0.0, rounding=0.05)
    assert rounded.agrees
    assert rounded.sigmas == pytest.approx(0.049 / (0.05 / math.sqrt(3)))
    assert Agreement(printed=3, computed=3, sigma=0.0).tolerance == "±0 (exact)"
    assert Agreement(printed=1, computed=0, sigma=1.0).percent is None


def test_conversion_by_hand() -> None:
    # sin 3.85° = 0.0671444; × 1.54 / 0.8266 = 0.1250932, 2 arcsin = 14.3722°.
    angle, slope = converted(7.7, 0.8266, 1.54)
    assert angle == pytest.approx(14.3722, abs=2e-4)
    # d(2θ) goes with tan θ: 0.126083 / 0.067298.
    assert slope == pytest.approx(1.8735, abs=1e-3)
    with pytest.raises(InputError, match="cannot show"):
        converted(90.0, 0.8266, 1.54)


def test_what_a_bare_wavelength_may_stand_for() -> None:
    assert [r.name for r in near_radiations(radiation(1.54))] == ["CuKa1", "CuKa"]
    assert near_radiations(radiation("CuKa1")) == ()
    assert near_radiations(radiation(1.6)) == ()


@pytest.mark.parametrize(
    ("name", "others"),
    [("converted-14.37", (14.378, 14.390)), ("converted-36.12", (36.120, 36.151))],
)
def test_conversions_of_the_paper(
    shen: AuditContext, name: str, others: tuple[float, float]
) -> None:
    found = shen.finding(name)
    assert found.verdict == "consistent"
    assert list(found.details["others"].values()) == pytest.approx(others, abs=1e-3)
    assert f"{others[0]:.3f}° at CuKa1" in found.explanation


def test_the_input_of_a_conversion_is_rounded(shen: AuditContext) -> None:
    # 0.05° × 1.8735.
    assert shen.finding("converted-14.37").details["input_rounding"] == pytest.approx(
        0.0937, abs=1e-4
    )
    assert "±0.094°" in shen.finding("converted-14.37").explanation


def test_a_wrong_conversion() -> None:
    asked = {"quantity": "conversion", "value": 14.6, "radiation": 1.54, "from": 7.7,
             "from_radiation": 0.8266}  # fmt: skip
    found = judge(asked)[0]
    assert found.verdict == "inconsistent"
    assert found.deviation_percent == pytest.approx(100 * (14.6 / 14.3722 - 1), abs=0.01)
    assert found.phase is None


def test_the_line_of_na3vp(shen: AuditContext) -> None:
    # d(012) = 6.2121 Å: 2 arcsin(1.5405929 / 12.4242) = 14.246°.
    found = shen.finding("line-14.26")
    assert (found.verdict, found.phase) == ("consistent", "na3vp-rt")
    assert "14.246°" in (found.computed or "")
    assert "24 % of the strongest" in found.explanation


def test_a_line_that_nothing_explains(shen: AuditContext) -> None:
    found = shen.finding("line-34.67")
    assert found.verdict == "inconsistent"
    # Nearest in its own phase: (0 1 8), 34.967°, very weak.
    assert "(0 1 8) at 34.967° (0.2 % of the strongest)" in found.explanation
    assert "No entry of another phase" in found.explanation
    assert found.deviation_sigma == pytest.approx(-5.94, abs=0.02)
    entries = {row["phase"] for row in found.details["lines"]}
    assert {"na3vp-alpha", "nzsp-300k", "na2vp-a", "navp-model"} <= entries
    assert not any(row["agrees"] and row["is_seen"] for row in found.details["lines"])


def test_a_weak_line_beside_a_strong_one(shen: AuditContext) -> None:
    found = shen.finding("line-14.76")
    # (2 0 0) is 3 % in the ordered model and strong in the other two of its composition.
    assert (found.verdict, found.phase) == ("other_entry", "na2vp-b")
    assert "(2 0 0) of na2vp-a (model) at 14.742° (3.2 %" in found.explanation
    assert "too weak" in found.explanation
    assert "(0 1 2) of navp-model (model) at 14.665° (13 %" in found.explanation


def test_a_published_line_says_more_than_a_model(shen: AuditContext) -> None:
    found = shen.finding("line-36.05")
    assert found.verdict == "consistent"
    assert "printed at 19.15° from ref. 41 is at 36.120° with CuKa1" in found.explanation
    assert "(5 2 -2)" in found.explanation
    assert "0.4 % of the strongest" in found.explanation
    assert "36.120°" in (found.computed or "")
    # The other published line does not speak for 14.76: it is at 14.38(9)°.
    assert "ref. 41" not in shen.finding("line-14.76").explanation


def test_lines_of_the_synchrotron(shen: AuditContext) -> None:
    assert shen.finding("line-7.7").verdict == "consistent"
    assert "(1 1 -1)" in shen.finding("line-7.7").explanation
    assert shen.finding("line-19.15").verdict == "consistent"
    assert shen.finding("line-19.15").deviation_sigma == pytest.approx(-1.8, abs=0.1)


def test_details_are_plain(shen: AuditContext) -> None:
    for claim in shen.claims:
        if claim.quantity in ("powder_line", "conversion"):
            json.dumps(plain(shen.finding(claim.id).details))


# --- lines of other phases, with and without planes


def test_a_line_of_nzsp() -> None:
    found = line("NZSP", 30.73)
    assert found.verdict == "consistent"
    assert "100 % of the strongest" in found.explanation


@pytest.mark.parametrize(
    ("phase", "hkl", "value", "verdict", "told"),
    [
        ("Na3VP", "0 1 2", 14.25, "consistent", "(0 1 2) of na3vp-rt is at 14.246°"),
        ("Na3VP", "3 0 0", 35.0, "inconsistent", "35.600°"),
        # Another temperature: the gamma cell has (3 0 0) at 35.579°, the 293 K cell at 35.600°.
        ("NaVP", "3 0 0", 36.93, "consistent", "36.924°"),
        # (1 0 2) is extinct in the obverse setting and allowed in the reverse one.
        ("Na3VP", "1 0 2", 14.25, "other_setting", "extinct"),
        # The c glide forbids (0 0 3) in either.
        ("Na3VP", "0 0 3", 12.17, "extinct", "extinct"),
        # 6 0 2 of the monoclinic cell with its bar lost: (6 0 -2) is at 35.249°.
        ("Na2VP", "6 0 2", 35.25, "bar", "(6 0 -2) is at 35.249°"),
        ("Na3VP", ["0 1 2", "3 0 0"], 14.25, "inconsistent", "(3 0 0)"),
    ],
)
def test_named_planes(phase: str, hkl: Any, value: float, verdict: str, told: str) -> None:
    found = line(phase, value, hkl=hkl)
    assert found.verdict == verdict
    assert told in found.explanation


def test_a_plane_of_another_temperature() -> None:
    # (0 0 12) is at 50.24° in the 293 K cell and at 49.97° in the high-temperature one.
    found = line("Na3VP", "49.97", hkl="0 0 12")
    assert (found.verdict, found.phase) == ("other_entry", "na3vp-gamma")


def test_a_plane_that_cannot_diffract() -> None:
    found = line("Na3VP", 170.0, hkl="30 0 0")
    assert found.verdict == "inconsistent"
    assert "cannot diffract" in found.explanation


def test_a_printed_su_takes_the_place_of_the_settings() -> None:
    assert line("Na3VP", "14.30(1)").verdict == "inconsistent"
    assert line("Na3VP", "14.30").verdict == "consistent"


def test_a_cell_without_sites() -> None:
    found = line("na3vp-alpha", 14.27)
    assert found.verdict != "consistent"
    assert "no more is known" in found.explanation
    assert line("na3vp-alpha", 14.27, hkl="-1 1 2").verdict == "consistent"


def test_a_doublet() -> None:
    assert line("Na3VP", 14.26, radiation="CuKa12").verdict == "consistent"


def test_a_user_cif(tmp_path: Any) -> None:
    from navp_structures.analysis.export import export

    path = tmp_path / "own.cif"
    export("NZSP", path)
    found = line(str(path), 30.73)
    assert (found.verdict, found.phase) == ("consistent", "own")


def test_a_substance_without_structure() -> None:
    asked = {"quantity": "powder_line", "material": "quartz", "value": 26.64,
             "radiation": "CuKa1"}  # fmt: skip
    assert judge(asked)[0].verdict == "not_testable"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"radiation": "CuKa3"}, "unknown radiation 'CuKa3'; nearest: CuKa"),
        ({"phase": "Na3PV"}, "unknown phase 'Na3PV'"),
        ({"hkl": "0 1 x2"}, "0 1 x2"),
    ],
)
def test_bad_input(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ClaimError, match=sentence) as caught:
        line(**({"phase": "Na3VP", "value": 14.26} | change))
    assert str(caught.value).startswith("claim c0: ")


def test_strong_lines_only_are_seen() -> None:
    na3vp = lines_at(load("Na3VP"), radiation("CuKa1"), 34.97, 0.05, 0.005)
    assert na3vp[0].hkl == (0, 1, 8)
    assert na3vp[0].agreement.agrees
    assert best_seen(na3vp) is None


# --- lines of other settings


CORUNDUM = (4.7602, 4.7602, 12.9933, 90.0, 90.0, 120.0)
BADDELEYITE = (5.1505, 5.2116, 5.3173, 90.0, 99.23, 90.0)


def cell_file(folder: Path, name: str, group: str, cell: tuple[float, ...]) -> str:
    keys = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = [f"_cell_{key} {value}" for key, value in zip(keys, cell, strict=True)]
    path = folder / f"{name}.cif"
    path.write_text(
        "\n".join([f"data_{name}", *lines, f"_space_group_name_H-M_alt '{group}'\n"])
    )
    return str(path)


def test_a_reverse_label_far_off_is_no_other_setting(tmp_path: Path) -> None:
    path = cell_file(tmp_path, "al2o3", "R -3 c:H", CORUNDUM)
    # d(102) = 3.4808 Å: 25.571°, and nothing near 40°.
    far = line(path, "40.00", hkl="102")
    assert far.verdict == "extinct"
    near = line(path, "25.57", hkl="102")
    assert near.verdict == "other_setting"
    assert "it is (-1 0 2) here" in near.explanation
    assert "(hkl) times [-1 0 0; 0 -1 0; 0 0 1]" in near.explanation
    assert near.details["readings"][0]["matrix"] == ((-1, 0, 0), (0, -1, 0), (0, 0, 1))


def test_a_line_in_another_cell_choice(tmp_path: Path) -> None:
    path = cell_file(tmp_path, "zro2", "P 1 21/c 1", BADDELEYITE)
    # a' = -a - c, b' = b, c' = a: (2 1 1)' is (1 1 -3) here, d 1.6526 Å, 55.566°.
    found = line(path, "55.57", hkl="2 1 1")
    assert (found.verdict, found.details["readings"][0]["hkl"]) == ("other_setting", (1, 1, -3))


def test_the_intensity_is_that_of_the_plane_that_is_meant() -> None:
    found = line("Na2VP", load("Na2VP").two_theta((6, 0, -2), "CuKa1"), hkl="6 0 2")
    assert found.verdict == "bar"
    own = {tuple(row["hkl"]): row["intensity"] for row in found.details["lines"]}
    assert f"{own[(6, 0, -2)]:.1f} %" in found.explanation


def test_either_line_of_a_doublet_is_its_line() -> None:
    phase = load("NZSP")
    for name in ("CuKa1", "CuKa2"):
        value = round(phase.two_theta((2, 2, 6), name), 3)
        found = line("NZSP", value, hkl="2 2 6", radiation="CuKa12")
        assert found.verdict == "consistent"


def test_what_does_not_fit_is_not_said_to_fit() -> None:
    found = line("Na3VP", "17.00", hkl="012")
    assert found.verdict == "inconsistent"
    assert "that fits" not in found.explanation
    assert "No line of na3vp-rt fits; the nearest is" in found.explanation
    assert "as well" not in line("Na3VP", "18.00").explanation


def test_a_conversion_in_radians_is_told_in_degrees() -> None:
    found = judge(
        {"quantity": "conversion", "value": "0.227", "unit": "rad", "radiation": "MoKa1",
         "from": "0.4964", "from_radiation": "CuKa1"}
    )[0]  # fmt: skip
    assert found.verdict == "consistent"
    assert found.explanation.startswith("28.442° at 1.54059 Å is 12.989°")


def test_a_lost_bar_of_four_indices() -> None:
    # (1 0 -1 4) without its bar is no four-index label.
    value = round(load("Na3VP").two_theta((1, 0, 4), "CuKa1"), 2)
    found = line("Na3VP", value, hkl="1 0 1 4")
    assert (found.verdict, found.details["readings"][0]["hkl"]) == ("bar", (1, 0, 4))
    far = line("Na3VP", 50.0, hkl="1 0 1 4")
    assert far.verdict == "inconsistent"
    assert far.explanation.startswith("1 0 1 4 names no plane of na3vp-rt as printed.")
