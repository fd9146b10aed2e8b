"""Audit of planes and lines that are followed through a transition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from navp_structures.analysis.audit.audit import JUDGES, audit
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding
from navp_structures.analysis.audit.settings import DEFAULTS
from navp_structures.catalogue.papers import load_claims
from navp_structures.errors import ClaimError
from navp_structures.io.claim_fields import claim_of
from navp_structures.model.claim import Claims
from navp_structures.show.tables import plain


@pytest.fixture(scope="module")
def paper() -> AuditContext:
    return AuditContext(claims=load_claims("shen-2023"), settings=DEFAULTS, judges=JUDGES)


def one_plane(first: dict[str, Any], second: dict[str, Any]) -> AuditFinding:
    """Return the finding that two claims are of one set of planes."""
    claims = [
        {"quantity": "spacing"} | first | {"id": "first"},
        {"quantity": "spacing"} | second | {"id": "second"},
        {"id": "same", "quantity": "same_plane", "claims": ["first", "second"]},
    ]
    # The judge alone: the lines themselves are others' to judge.
    context = AuditContext(
        claims=Claims(claims=tuple(map(claim_of, claims))), settings=DEFAULTS, judges=JUDGES
    )
    found = context.finding("same")
    json.dumps(plain(found.details))
    return found


def line(phase: str, two_theta: float, hkl: str | None = None) -> dict[str, Any]:
    found = {
        "quantity": "powder_line",
        "phase": phase,
        "value": two_theta,
        "radiation": "CuKa1",
    }
    return found | ({} if hkl is None else {"hkl": hkl})


def bragg(one: float, two: float) -> float:
    """Return Δd/d (percent) of two lines of one radiation."""
    return float(100 * (np.sin(np.radians(one / 2)) / np.sin(np.radians(two / 2)) - 1))


def test_planes_that_the_correspondence_does_not_join(paper: AuditContext) -> None:
    found = paper.finding("602-becomes-300")
    details = found.details
    # C = [2/3 0 2/3; 1/3 1 1/3; -2/3 0 1/3] maps directions, planes go by its inverse:
    # (6 0 -2) C⁻¹ = (1 0 -8), for (1 0 -8) C = (2/3 + 16/3, 0, 2/3 - 8/3) = (6 0 -2).
    assert found.verdict == "inconsistent"
    assert (details["becomes"], details["is_same"]) == ((1, 0, -8), False)
    assert details["after"]["hkl"] == (3, 0, 0)
    # 2.519 / 2.542 - 1 = -0.90 %, while V/Z goes from 227.159 to 239.789 Å³, +5.56 %.
    assert details["observed_change"] == pytest.approx(-0.905, abs=0.001)
    assert details["volume_change"] == pytest.approx(5.56, abs=0.005)
    assert "becomes (1 0 -8) of na3vp-rt" in found.explanation
    assert "not (3 0 0)" in found.explanation
    # In the same planes 2.5441 to 2.5640 Å.
    assert details["becomes_change"] == pytest.approx(0.78, abs=0.005)
    assert "no strain" in found.explanation


def test_a_plane_may_become_none(paper: AuditContext) -> None:
    found = paper.finding("322-becomes-116")
    assert found.verdict == "inconsistent"
    assert found.details["becomes"] == (-1.5, 2.0, -5.0)
    # 2.788 / 2.992 - 1.
    assert found.details["observed_change"] == pytest.approx(-6.818, abs=0.001)
    assert "no lattice plane" in found.explanation


def test_one_family_narrows_as_the_cells_do(paper: AuditContext) -> None:
    found = paper.finding("first-narrows")
    # 1.835 / 1.88 - 1 = -2.39 %, 1.8155 / 1.8708 - 1 = -2.96 %.
    assert (found.verdict, found.details["becomes"]) == ("consistent", (4, -2, 6))
    assert found.details["observed_change"] == pytest.approx(-2.394, abs=0.001)
    assert found.details["computed_change"] == pytest.approx(-2.96, abs=0.005)
    # Each image: 0.5 % for the spacing and 1 % for the scale, twice; the cell of NaVP 0.11 %.
    spread = np.sqrt(2 * 0.5**2 + 2 * 1.0**2 + 0.113**2)
    ratio = 100 * ((1.835 / 1.88) / (1.8155161 / 1.8708167) - 1)
    assert found.deviation_sigma == pytest.approx(ratio / spread, abs=0.002)


def test_an_extinct_label_is_followed_by_its_repair(paper: AuditContext) -> None:
    found = paper.finding("second-narrows")
    assert (found.verdict, found.details["before"]["hkl"]) == ("extinct", (1, -4, 5))
    assert found.details["observed_change"] == pytest.approx(-2.902, abs=0.001)
    assert found.details["computed_change"] == pytest.approx(-3.11, abs=0.005)
    assert "extinct in na3vp-rt" in found.explanation


def test_lines_that_move_farther_than_the_phase_allows(paper: AuditContext) -> None:
    low, high = paper.finding("low-line-moves"), paper.finding("high-line-moves")
    assert (low.verdict, high.verdict) == ("inconsistent", "inconsistent")
    assert low.details["observed_change"] == pytest.approx(bragg(14.26, 14.76), abs=1e-6)
    assert bragg(14.26, 14.76) == pytest.approx(-3.37, abs=0.005)
    assert high.details["observed_change"] == pytest.approx(-3.71, abs=0.005)
    # The paper's own lines of Na2VP: d = 0.8266 / (2 sin 3.85°) = 6.1555 Å against 6.2121 Å.
    assert low.details["printed_line"]["change"] == pytest.approx(-0.91, abs=0.005)
    assert high.details["printed_line"]["change"] == pytest.approx(-1.39, abs=0.005)
    (navp,) = (row for row in low.details["elsewhere"] if row["phase"] == "navp-model")
    assert (navp["change"], navp["fits"]) == (pytest.approx(-2.84, abs=0.005), True)
    (navp,) = (row for row in high.details["elsewhere"] if row["phase"] == "navp-model")
    # NZSP has another host: no transition leads there.
    assert {row["phase"] for row in high.details["elsewhere"]} == {"navp-model"}
    assert navp["change"] == pytest.approx(-3.47, abs=0.01)
    assert "no line of na3vp-rt" in high.explanation
    assert "weak" in low.explanation


def test_planes_that_the_correspondence_joins() -> None:
    found = one_plane(
        {"phase": "Na2VP", "hkl": "(6 0 -2)", "value": 2.544},
        {"phase": "Na3VP", "hkl": "(1 0 -8)", "value": 2.564},
    )
    assert (found.verdict, found.details["is_same"]) == ("consistent", True)


def test_another_member_of_the_family_is_the_same_plane() -> None:
    found = one_plane(
        {"phase": "Na3VP", "hkl": "(4 -2 6)", "value": 1.871},
        {"phase": "NaVP", "hkl": "(2 2 6)", "value": 1.816},
    )
    assert found.verdict == "consistent"


def test_a_change_beyond_the_cells_is_inconsistent() -> None:
    # 2.5198 to 2.4324 Å in the cells, -3.5 %; 2.52 to 2.60 Å is +3.2 %.
    found = one_plane(
        {"phase": "Na3VP", "hkl": "300", "value": "2.520"},
        {"phase": "NaVP", "hkl": "300", "value": "2.600"},
    )
    assert (found.verdict, found.details["is_same"]) == ("inconsistent", True)
    assert "does not fit 2.600 Å" in found.explanation


def test_one_image_has_no_second_scale() -> None:
    claims = (
        {"phase": "Na3VP", "hkl": "300", "value": "2.520", "group": "image"},
        {"phase": "Na3VP", "hkl": "300", "value": "2.520", "group": "image"},
    )
    found = one_plane(*claims)
    assert found.verdict == "consistent"
    assert found.tolerance is not None
    assert "scale" not in found.tolerance
    assert found.details["computed_change"] == 0.0


def test_hosts_that_differ_have_no_correspondence() -> None:
    found = one_plane(
        {"phase": "NZSP", "hkl": "300", "value": 2.62},
        {"phase": "Na3VP", "hkl": "300", "value": 2.52},
    )
    assert found.verdict == "not_testable"
    assert "correspondence" in found.explanation


def test_a_spacing_without_a_label_cannot_be_followed() -> None:
    found = one_plane(
        {"phase": "Na3VP", "value": 2.52}, {"phase": "NaVP", "hkl": "300", "value": 2.43}
    )
    assert found.verdict == "not_testable"
    assert "no label" in found.explanation


def test_a_material_cannot_be_followed() -> None:
    found = one_plane(
        {"material": "rutile", "value": 3.25}, {"phase": "NaVP", "hkl": "300", "value": 2.43}
    )
    assert found.verdict == "not_testable"
    assert "rutile" in found.explanation


@pytest.mark.parametrize(
    ("hkl", "verdict"),
    [(None, "consistent"), ("0 1 2", "consistent"), ("1 0 4", "inconsistent")],
)
def test_a_line_moves_as_the_phases_say(hkl: str | None, verdict: str) -> None:
    # (0 1 2) is at 14.246° in Na3VP and at 14.665° in NaVP.
    found = one_plane(line("Na3VP", 14.25, "0 1 2"), line("NaVP", 14.66, hkl))
    assert found.verdict == verdict
    assert found.details["observed_change"] == pytest.approx(bragg(14.25, 14.66))


def test_an_unlabelled_line_is_taken_for_what_fits_it() -> None:
    found = one_plane(line("Na3VP", 35.60), line("NaVP", 36.92))
    assert (found.verdict, found.details["hkl"]) == ("consistent", (3, 0, 0))


def test_a_weak_member_holds_where_it_is_named() -> None:
    # (2 0 0) of Na2VP has 7 % of what (0 1 2) becomes; at 14.74° it is what the label says.
    found = one_plane(line("Na3VP", 14.25, "0 1 2"), line("Na2VP", 14.74, "2 0 0"))
    assert found.verdict == "consistent"
    assert one_plane(line("Na3VP", 14.25, "0 1 2"), line("Na2VP", 14.74)).verdict == (
        "inconsistent"
    )


def test_a_line_that_no_wavelength_can_have_is_refused() -> None:
    with pytest.raises(ClaimError, match="claim second: "):
        one_plane(line("Na3VP", 14.25), line("Na2VP", 14.74) | {"radiation": "no-such-line"})


def test_planes_of_another_host_than_sodium(tmp_path: Path) -> None:
    # Olivine and heterosite: without lithium one host, whose axes correspond.
    atoms = [("Fe1", "Fe", 0.2822, 0.25, 0.9747), ("P1", "P", 0.0949, 0.25, 0.4182),
             ("O1", "O", 0.0968, 0.25, 0.7428), ("O2", "O", 0.4571, 0.25, 0.2060),
             ("O3", "O", 0.1656, 0.0465, 0.2848)]  # fmt: skip
    cells = {"lfp": (10.332, 6.010, 4.692), "fp": (9.814, 5.789, 4.782)}
    paths = []
    for name, edges in cells.items():
        more = [("Li1", "Li", 0, 0, 0)] if name == "lfp" else []
        keys = ("label", "type_symbol", "fract_x", "fract_y", "fract_z")
        lines = [f"data_{name}", "_space_group_name_H-M_alt 'P n m a'"]
        lines += [f"_cell_length_{x} {size}" for x, size in zip("abc", edges, strict=True)]
        lines += [f"_cell_angle_{x} 90" for x in ("alpha", "beta", "gamma")]
        lines += ["loop_", *(f"_atom_site_{key}" for key in keys)]
        lines += [" ".join(map(str, row)) for row in (*more, *atoms)]
        path = tmp_path / f"{name}.cif"
        path.write_text("\n".join([*lines, ""]))
        paths.append(str(path))
    rows = [
        {"id": f"d{n}", "quantity": "spacing", "phase": path, "hkl": "2 0 0", "value": value}
        for n, (path, value) in enumerate(zip(paths, ("5.166", "4.907"), strict=True))
    ]
    found = audit([*rows, {"id": "x", "quantity": "same_plane", "claims": ["d0", "d1"]}])["x"]
    assert found.verdict == "consistent"
    # 9.814 / 10.332 - 1.
    assert "computed -5.01" in found.explanation
