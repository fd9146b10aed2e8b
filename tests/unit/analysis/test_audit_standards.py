"""Standards in an audit: they show the scale of an image and the shift of a pattern."""

from __future__ import annotations

from typing import Any

import pytest

import navp_structures as navp
from navp_structures import AuditFinding
from navp_structures.errors import ClaimError, InputError
from navp_structures.io.claim_fields import claim_of
from navp_structures.io.claims import claims_of_text
from navp_structures.io.claims_write import claims_text

LINES = [(0, 1, 2), (1, 1, 0), (1, 1, 3), (1, 1, 6)]


def spacing(name: str, phase: str, hkl: tuple[int, int, int], scale: float) -> dict[str, Any]:
    d = round(scale * navp.load(phase).d(hkl), 4)
    return {"id": name, "quantity": "spacing", "phase": phase, "hkl": list(hkl), "value": d,
            "group": "image"}  # fmt: skip


def standards(phase: str, scale: float) -> list[dict[str, Any]]:
    return [
        spacing(f"s{n}", phase, hkl, scale) | {"standard": True} for n, hkl in enumerate(LINES)
    ]


def line(name: str, phase: str, hkl: tuple[int, int, int], zero: float) -> dict[str, Any]:
    angle = navp.load(phase).two_theta(hkl, "CuKa1") + zero
    return {"id": name, "quantity": "powder_line", "phase": phase, "value": round(angle, 3),
            "radiation": "CuKa1", "group": "pattern"}  # fmt: skip


def judged(*claims: dict[str, Any], **options: Any) -> dict[str, AuditFinding]:
    return {row.id: row for row in navp.audit(list(claims), **options).rows}


def test_a_spacing_is_judged_with_the_scale_of_the_standard() -> None:
    # 4 % too long: beyond what a calibration is usually off.
    claim = spacing("d", "Na3VP", (3, 0, 0), 1.04)
    alone = judged(claim)["d"]
    assert alone.verdict == "inconsistent"
    assert alone.deviation_percent == pytest.approx(4.0, abs=0.01)
    found = judged(claim, *standards("NZSP", 1.04))
    assert found["d"].verdict == "consistent"
    assert found["d"].deviation_percent == pytest.approx(0.0, abs=0.01)
    assert found["d"].printed == f"{claim['value']} Å"
    told = found["d"].explanation
    assert "Every spacing of this image is calibrated on nzsp-300k: scale 1.04" in told
    assert "image is of one phase" not in told
    scale = found["d"].details["calibration"]
    # Four lines of 0.5 % each; the su of the cell of NZSP is a part in 5,000.
    assert scale["scale_su"] == pytest.approx(1.04 * 0.0025, rel=0.01)
    assert {row.verdict for name, row in found.items() if name != "d"} == {"consistent"}
    assert "It belongs to the standard itself" in found["s0"].explanation


def test_a_true_deviation_is_no_longer_a_common_scale() -> None:
    # Two spacings, both 0.9 % long: a scale of 0.9 % explains them, unless it is known to be 1.
    two = [
        spacing(f"d{n}", "Na3VP", hkl, 1.018) for n, hkl in enumerate([(3, 0, 0), (1, 1, 6)])
    ]
    assert {row.verdict for row in judged(*two).values()} == {"common_scale"}
    found = judged(*two, *standards("NZSP", 1.0))
    assert found["d0"].verdict == "inconsistent"
    assert found["d0"].deviation_percent == pytest.approx(1.8, abs=0.01)


def test_a_line_is_judged_with_the_shift_of_the_standard() -> None:
    claim = line("peak", "Na3VP", (1, 1, 6), 0.35)
    own = [line(f"s{n}", "NZSP", hkl, 0.35) | {"standard": True} for n, hkl in enumerate(LINES)]
    alone = judged(claim)["peak"]
    found = judged(claim, *own)["peak"]
    assert (alone.verdict, found.verdict) == ("inconsistent", "consistent")
    assert "calibrated on nzsp-300k: zero shift" in found.explanation
    # Of another radiation, or another group, it says nothing.
    for change in ({"radiation": "CuKa2"}, {"group": "other"}):
        others = [item | change for item in own]
        assert "calibrated" not in judged(claim, *others)["peak"].explanation


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"standard": "maybe"}, "standard is 'maybe'; it must be true or false"),
        ({"standard": 1}, "standard is 1; it must be true or false"),
        ({"group": None}, "a standard needs the group that it calibrates"),
        ({"phase": None, "material": "gold"}, "a standard needs a phase, no material"),
    ],
)
def test_what_is_no_standard(change: dict[str, Any], message: str) -> None:
    item = standards("NZSP", 1.0)[0] | change
    with pytest.raises(ClaimError, match=message):
        claim_of({key: value for key, value in item.items() if value is not None})


def test_quantities_that_are_none() -> None:
    item = {"id": "v", "quantity": "volume_per_formula_unit", "phase": "NZSP", "value": 270.0}
    with pytest.raises(ClaimError, match="can be no standard"):
        claim_of(item | {"standard": True})


def test_standards_that_do_not_decide_or_disagree() -> None:
    claim = spacing("d", "Na3VP", (3, 0, 0), 1.0)
    two = [standards("NZSP", 1.0)[0], standards("Na3VP", 1.0)[1] | {"id": "x"}]
    with pytest.raises(InputError, match="are of nzsp-300k and na3vp-rt; a group has one"):
        judged(claim, *two)
    bare = {key: v for key, v in standards("NZSP", 1.02)[3].items() if key != "hkl"}
    with pytest.raises(InputError, match="nzsp-300k"):
        judged(claim, bare)


def test_a_standard_cannot_testify_for_itself() -> None:
    claim, (one, *_) = spacing("d", "Na3VP", (3, 0, 0), 1.02), standards("NZSP", 1.02)
    found = judged(claim, one)
    assert found["d"].verdict == "consistent"
    assert (found["s0"].verdict, found["s0"].deviation_percent) == ("not_testable", None)
    assert "cannot be tested" in found["s0"].explanation


def test_an_extinct_label_of_a_standard_is_judged_and_not_used() -> None:
    claim = spacing("d", "Na3VP", (3, 0, 0), 1.04)
    wrong = standards("NZSP", 1.04)[0] | {"id": "x", "hkl": [1, 0, 0]}
    found = judged(claim, *standards("NZSP", 1.04), wrong)
    assert (found["d"].verdict, found["x"].verdict) == ("consistent", "extinct")
    alone = judged(claim, wrong)
    assert "calibrated" not in alone["d"].explanation


def test_each_standard_counts_by_its_own_uncertainty() -> None:
    claim = spacing("d", "Na3VP", (3, 0, 0), 1.02)
    good, bad = standards("NZSP", 1.02)[:2]
    bad = bad | {"value": bad["value"] * 1.01, "uncertainty": 0.1}
    found = judged(claim, good | {"uncertainty": 0.001}, bad)
    # Weights of 1 and 1/3,000: the good one alone.
    assert found["d"].details["calibration"]["scale"] == pytest.approx(1.02, abs=1e-4)


def test_files_keep_it() -> None:
    text = """
        schema = 1
        [[claims]]
        id = "au"
        quantity = "spacing"
        phase = "NZSP"
        hkl = "0 1 2"
        value = 6.45
        group = "image"
        standard = true
    """
    claims = claims_of_text(text)
    assert claims["au"].standard
    again = claims_of_text(claims_text(claims))
    assert again.claims == claims.claims
    assert "standard = true" in claims_text(claims)
    table = "id,quantity,phase,hkl,value,group,standard\nau,spacing,NZSP,0 1 2,6.45,i,yes\n"
    found = claims_of_text(table, table=True)["au"]
    assert found.standard
    assert not claim_of(
        {"id": "x", "quantity": "spacing", "phase": "NZSP", "value": 2}
    ).standard
