"""Symmetry, bonds, sites and valences of papers against the structures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from navp_structures.analysis.audit.audit import JUDGES
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding
from navp_structures.analysis.audit.group_alternatives import alternatives
from navp_structures.analysis.audit.settings import DEFAULTS
from navp_structures.analysis.audit.structure import JUDGES as OF_STRUCTURE
from navp_structures.catalogue.catalogue import load
from navp_structures.catalogue.computed_series import computed_series
from navp_structures.catalogue.papers import load_claims
from navp_structures.errors import ClaimError
from navp_structures.io.claim_fields import claim_of
from navp_structures.model.claim import Claims
from navp_structures.model.spacegroup import SpaceGroup
from navp_structures.show.tables import plain


@pytest.fixture(scope="module")
def shen() -> AuditContext:
    return AuditContext(claims=load_claims("shen-2023"), settings=DEFAULTS, judges=JUDGES)


def judge(quantity: str, **item: Any) -> AuditFinding:
    claim = claim_of({"id": "c0", "quantity": quantity} | item)
    context = AuditContext(claims=Claims(claims=(claim,)), settings=DEFAULTS, judges=JUDGES)
    return context.finding("c0")


# --- symmetry


def test_a_group_that_was_assumed(shen: AuditContext) -> None:
    found = shen.finding("group-na2vp")
    assert found.verdict == "not_testable"
    assert "modelled in P 1 21/c 1" in found.explanation
    assert "differs from P 1 2/c 1 only in 0k0 with k odd" in found.explanation
    # The source proposes both.
    assert "P21/c and P2/c" in found.explanation


def test_a_group_with_another_below(shen: AuditContext) -> None:
    found = shen.finding("group-na3vp")
    assert (found.verdict, found.phase) == ("consistent", "na3vp-rt")
    assert "its atoms have it from 0.0001 to 0.3 Å" in found.explanation
    assert "na3vp-alpha is C 1 2/c 1 (measured, below ambient temperature" in found.explanation


@pytest.mark.parametrize(
    ("phase", "group", "verdict"),
    [
        ("NZSP", "R-3c", "consistent"),
        ("NZSP", "R -3 m", "inconsistent"),
        ("Na3VP", "C2/c", "other_entry"),
        ("na3vp-alpha", "C2/c", "consistent"),
        # Another choice of axes of number 15.
        ("na3vp-alpha", "I 1 2/a 1", "other_setting"),
        ("na3vp-ordered", "C2/c", "consistent"),
        ("NaVP", "R-3c", "not_testable"),
        ("NaVP", "R-3m", "not_testable"),
    ],
)
def test_groups(phase: str, group: str, verdict: str) -> None:
    assert judge("symmetry", phase=phase, space_group=group).verdict == verdict


def test_alternatives() -> None:
    assert [a.symbol for a in alternatives(SpaceGroup.from_name("P2/c"))] == ["P 1 21/c 1"]
    assert alternatives(SpaceGroup.from_name("R-3c")) == ()
    (screw,) = alternatives(SpaceGroup.from_name("P21"))
    assert screw.condition == "0k0 with k odd"


# --- isostructural


def test_isostructural_and_dangerous(shen: AuditContext) -> None:
    # ln(9.097 / 8.7288) = 4.132 %, ln(22.680 / 21.8042) = 3.938 %: 0.194 % apart.
    found = shen.finding("same-as-nzsp")
    assert found.verdict == "consistent"
    (pair,) = found.details["pairs"]
    assert pair["axes"] == pytest.approx([4.132, 4.132, 3.938], abs=1e-3)
    assert pair["shape"] == pytest.approx(0.194, abs=1e-3)
    assert pair["scale"] == pytest.approx(4.067, abs=1e-3)
    assert "Indexing confuses them" in found.explanation
    other = judge("isostructural", phases=["Na3VP", "NaVP"])
    assert "Indexing confuses" not in other.explanation
    assert "filled positions c e f f" in found.explanation


@pytest.mark.parametrize(
    ("phases", "verdict", "told"),
    [
        (["Na3VP", "na3vp-alpha"], "inconsistent", "R -3 c:H and C 1 2/c 1"),
        (["Na3VP", "NZSP"], "consistent", "nzsp-300k"),
        # What models took over they cannot test.
        (["Na3VP", "na3vp-gamma", "NZSP"], "not_testable", "na3vp-gamma is a model"),
        (["Na3VP", "Na2VP"], "not_testable", "na2vp-a is a model"),
        # ln(8.4262 / 8.7288) = -3.528 %, ln(21.478 / 21.8042) = -1.507 %.
        (["Na3VP", "NaVP"], "not_testable", "alike within 2.02 %"),
        # Cells of Z = 12 and Z = 4.
        (["na3vp-alpha", "na3vp-ordered"], "inconsistent", "both C 1 2/c 1"),
    ],
)
def test_shared_structures(phases: list[str], verdict: str, told: str) -> None:
    found = judge("isostructural", phases=phases)
    assert found.verdict == verdict
    assert told in found.explanation


# --- bonds


def test_a_trend_that_models_assumed(shen: AuditContext) -> None:
    # Series of one method: 10.78, (10.181 + 9.809) / 2 = 9.995, 9.246 Å³; 0.25 of a difference.
    found = shen.finding("octahedron-grows")
    assert found.verdict == "not_testable"
    assert "na2vp-a is a model" in found.explanation
    assert "from 10.78 to 9.99 Å³, -0.79 ± 0.25, which contradicts" in found.explanation
    assert "CHGNet 0.4.2" in found.explanation
    assert found.details["series"]["change_sigma"] == pytest.approx(-3.14, abs=0.02)
    assert found.details["phases"][1]["caveat"]


def test_the_other_two_trends(shen: AuditContext) -> None:
    shrinks = shen.finding("octahedron-shrinks")
    assert shrinks.verdict == "not_testable"
    assert "from 9.99 to 9.25 Å³, -0.75 ± 0.25, which supports" in shrinks.explanation
    bonds = shen.finding("bond-grows")
    assert bonds.verdict == "not_testable"
    # 2.015 to (1.9777 + 1.9538) / 2 = 1.9657 Å; 0.02 of a difference.
    assert "from 2.015 to 1.966 Å, -0.049 ± 0.02, which contradicts" in bonds.explanation


def test_the_series_is_sourced() -> None:
    (series,) = computed_series()
    assert "five known structures" in series.tests
    for state in series.states:
        assert load(state.of).id == state.of
        if state.entry is None:
            assert state.mean_bond is not None
            assert state.volume is not None
        else:
            assert load(state.entry).provenance.method is not None
            assert (load(state.entry).provenance.method or "").startswith("CHGNet 0.4.2")


@pytest.mark.parametrize(
    ("quantity", "phase", "value", "verdict"),
    [
        ("mean_bond", "Na3VP", "2.00", "consistent"),
        ("mean_bond", "Na3VP", "2.10", "inconsistent"),
        ("polyhedron_volume", "Na3VP", "10.5", "consistent"),
        ("polyhedron_volume", "Na3VP", "11.5", "inconsistent"),
        ("mean_bond", "NaVP", "1.92", "not_testable"),
        ("mean_bond", "na3vp-alpha", "2.00", "not_testable"),
        # A computed entry can be asked about itself.
        ("mean_bond", "na3vp-ordered", "2.05", "consistent"),
    ],
)
def test_bonds(quantity: str, phase: str, value: str, verdict: str) -> None:
    found = judge(quantity, phase=phase, value=value, centre="V", ligand="O")
    assert found.verdict == verdict


def test_a_trend_between_measured_phases() -> None:
    asked = {"phases": ["Na3VP", "na3vp-ordered"], "centre": "V", "ligand": "O"}
    # 1.998 to 2.048 Å.
    assert judge("mean_bond", trend="grows", **asked).verdict == "consistent"
    assert judge("mean_bond", trend="shrinks", **asked).verdict == "inconsistent"
    found = judge("mean_bond", trend="grows", **asked)
    assert found.details["series"]["change"] == pytest.approx(0.0)


def test_zirconium_has_no_series() -> None:
    asked = {"phases": ["NZSP", "nzsp-300k"], "centre": "Zr", "ligand": "O", "trend": "same"}
    assert judge("mean_bond", **asked).details["series"] is None


# --- sites


def test_six_and_two_neighbours(shen: AuditContext) -> None:
    found = shen.finding("na2-is-tetrahedral")
    assert found.verdict == "inconsistent"
    assert "6 + 2 = 8 neighbours" in found.explanation
    assert "2 at 2.388, 2 at 2.445, 2 at 2.628, 2 at 2.835 Å" in found.explanation
    assert found.deviation_percent == pytest.approx(-50.0)


@pytest.mark.parametrize(
    ("centre", "value", "verdict"),
    [("V", 6, "consistent"), ("Na1", 6, "consistent"), ("Na2", 6, "consistent"),
     ("Na2", 8, "consistent"), ("P", 4, "consistent"), ("P", 6, "inconsistent")],
)  # fmt: skip
def test_coordination(centre: str, value: int, verdict: str) -> None:
    found = judge("coordination_number", phase="Na3VP", centre=centre, value=value)
    assert found.verdict == verdict


def test_coordination_of_a_cell() -> None:
    found = judge("coordination_number", phase="na3vp-alpha", centre="V", value=6)
    assert found.verdict == "not_testable"


def test_content_is_no_capacity(shen: AuditContext) -> None:
    # 6 and 18 positions over Z = 6; 0.805 + 3 × 0.731 = 2.998.
    found = shen.finding("three-na-fit")
    assert found.verdict == "inconsistent"
    assert "1 + 3 = 4 positions" in found.explanation
    assert "composition, not the number of sites" in found.explanation
    assert found.details["atoms"] == pytest.approx(2.998, abs=1e-3)


@pytest.mark.parametrize(
    ("phase", "centre", "value", "verdict"),
    [
        ("Na3VP", "Na", 4, "consistent"),
        ("Na3VP", "Na2", 3, "consistent"),
        ("NZSP", "Zr", 2, "consistent"),
        ("NZSP", "Zr", 3, "inconsistent"),
        ("na3vp-alpha", "Na", 4, "not_testable"),
    ],
)
def test_sites(phase: str, centre: str, value: int, verdict: str) -> None:
    found = judge("sites_per_formula_unit", phase=phase, centre=centre, value=value)
    assert found.verdict == verdict


def test_valences(shen: AuditContext) -> None:
    rich, poor = shen.finding("valence-na3vp"), shen.finding("valence-navp")
    assert (rich.verdict, poor.verdict) == ("consistent", "consistent")
    # (2.998 + 3 × 5 - 12 × 2) / 2 = -3.001; sum of bond valences 3.047.
    assert "V 3.001(14)" in rich.explanation
    assert "V1 3.047(6)" in rich.explanation
    assert "set from a valence" in poor.explanation


@pytest.mark.parametrize(
    ("phase", "centre", "value", "verdict"),
    [
        ("Na2VP", "V", 3.5, "consistent"),
        ("Na2VP", "V", 3, "inconsistent"),
        # One of two sites: the sum alone tells, and the model was made for it.
        ("Na2VP", "V1", 3, "not_testable"),
        ("Na3VP", "V1", 3, "consistent"),
        ("na3vp-alpha", "V", 3, "consistent"),
        ("NZSP", "Zr", 4, "consistent"),
        ("NZSP", "Zr", 3, "inconsistent"),
    ],
)
def test_more_valences(phase: str, centre: str, value: float, verdict: str) -> None:
    assert judge("valence", phase=phase, centre=centre, value=value).verdict == verdict


@pytest.mark.parametrize(
    ("quantity", "item"),
    [
        ("coordination_number", {"centre": "Xe", "value": 6}),
        ("sites_per_formula_unit", {"centre": "V9", "value": 6}),
        ("valence", {"centre": "Zr", "value": 4}),
        ("mean_bond", {"centre": "V", "ligand": "F", "value": 2}),
    ],
)
def test_sites_that_are_not_there(quantity: str, item: dict[str, Any]) -> None:
    with pytest.raises(ClaimError, match="claim c0: na3vp-rt has no") as caught:
        judge(quantity, phase="Na3VP", **item)
    assert caught.value.key == "centre"


def test_substances_without_structure() -> None:
    for quantity, item in {
        "symmetry": {"space_group": "R-3c"},
        "mean_bond": {"centre": "V", "ligand": "O", "value": 2},
        "coordination_number": {"centre": "V", "value": 6},
        "sites_per_formula_unit": {"centre": "Na", "value": 3},
        "valence": {"centre": "V", "value": 3},
    }.items():
        found = judge(quantity, material="quartz", **item)
        assert found.verdict == "not_testable"
        assert "no structure of quartz" in found.explanation


def test_details_are_plain(shen: AuditContext) -> None:
    for claim in shen.claims:
        if claim.quantity in OF_STRUCTURE:
            json.dumps(plain(shen.finding(claim.id).details))


def cell_file(folder: Path, name: str, group: str, parameters: tuple[float, ...]) -> str:
    keys = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = [f"_cell_{key} {value}" for key, value in zip(keys, parameters, strict=True)]
    path = folder / f"{name}.cif"
    path.write_text(
        "\n".join([f"data_{name}", *lines, f"_space_group_name_H-M_alt '{group}'\n"])
    )
    return str(path)


def test_one_structure_in_two_settings(tmp_path: Path) -> None:
    # a_r = √(3 a² + c²) / 3.
    hexagonal = cell_file(tmp_path, "hex", "R -3 c:H", (4.7602, 4.7602, 12.9933, 90, 90, 120))
    other = cell_file(tmp_path, "rho", "R -3 c:R", (5.1295, 5.1295, 5.1295, *[55.29] * 3))
    found = judge("isostructural", phases=[hexagonal, other])
    assert found.verdict == "other_setting"
    assert "two settings of one group (No. 167)" in found.explanation
    far = cell_file(tmp_path, "far", "R -3 c:R", (5.1295, 5.1295, 5.1295, *[75.0] * 3))
    assert judge("isostructural", phases=[hexagonal, far]).verdict == "inconsistent"
    # The symbol leaves the axes open.
    assert judge("symmetry", phase=other, space_group="R-3c").verdict == "consistent"
    assert judge("symmetry", phase=other, space_group="R-3c:H").verdict == "other_setting"


def test_shapes_of_one_type_may_differ(tmp_path: Path) -> None:
    # LiFePO4 and FePO4.
    one = cell_file(tmp_path, "lfp", "P n m a", (10.332, 6.010, 4.692, 90, 90, 90))
    two = cell_file(tmp_path, "fp", "P n m a", (9.814, 5.789, 4.782, 90, 90, 90))
    assert judge("isostructural", phases=[one, two]).verdict == "consistent"


def test_sites_of_a_model_test_nothing() -> None:
    found = judge("coordination_number", phase="NaVP", centre="V", value=6)
    assert found.verdict == "not_testable"
    assert "navp-model is a model, its sites were assumed" in found.explanation
    sites = judge("sites_per_formula_unit", phase="Na2VP", centre="Na", value=2)
    assert sites.verdict == "not_testable"


def test_the_deviation_is_that_of_the_centre_that_does_not_fit() -> None:
    found = judge("coordination_number", phase="na3vp-ordered", centre="Na", value=6)
    misfits = [row for row in found.details["centres"] if row["coordination"] != 6]
    if found.verdict == "inconsistent":
        assert misfits
        assert found.deviation_percent != 0.0


@pytest.mark.parametrize("trend", ["grows", "shrinks", "same"])
def test_no_trend_of_polyhedra_without_a_volume(tmp_path: Path, trend: str) -> None:
    # Two neighbours on a line span no volume.
    path = Path(cell_file(tmp_path, "co2", "P m -3 m", (6.0, 6.0, 6.0, 90, 90, 90)))
    keys = ("label", "type_symbol", "fract_x", "fract_y", "fract_z")
    sites = ["Cu1 Cu 0 0 0.5", "O1 O 0 0 0.8"]
    loop = ["loop_", *(f"_atom_site_{key}" for key in keys), *sites, ""]
    path.write_text(path.read_text() + "\n".join(loop))
    found = judge(
        "polyhedron_volume", phases=[str(path)] * 2, centre="Cu", ligand="O", trend=trend
    )
    assert "nan" not in found.explanation
    assert found.verdict == "not_testable"
