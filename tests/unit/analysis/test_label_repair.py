"""Printed labels: whether they hold, and what may have been meant."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures import LabelCheck, Phase, SpaceGroup, UnitCell, check_label
from navp_structures.analysis.indexing.label_edits import label_edits, printed_hkl
from navp_structures.errors import InputError
from navp_structures.show.tables import json_text


def kinds(label: Any, group: str = "R -3 c:H", edits: int = 1) -> dict[tuple[int, ...], str]:
    found = label_edits(label, SpaceGroup.from_name(group), edits=edits)
    assert {edit.edits for edit in found} <= {edits}
    return {edit.hkl: edit.kind for edit in found}


@pytest.fixture(scope="module")
def paper() -> LabelCheck:
    """1.88 and 1.895 Å, printed as (4 -2 6) and (1 -3 5) of Na3V2(PO4)3."""
    return check_label("Na3VP", "(1 -3 5)", 1.895, other="(4 -2 6)")


def test_the_papers_label_is_extinct_and_does_not_fit(paper: LabelCheck) -> None:
    printed = paper.printed
    assert printed is not None
    # -h + k + l = -1 - 3 + 5 = 1, not 3n.
    assert (printed.allowed, printed.absence, printed.value) == (False, "centring", 1)
    # h² + hk + k² = 7: 1/d² = 4/3 · 7 / 8.7288² + 25 / 21.8042², d = 2.3899 Å.
    assert printed.d_calc == pytest.approx(2.3899, abs=1e-4)
    assert (printed.fits, printed.holds, paper.holds) == (False, False, False)
    assert (printed.kind, printed.edits, printed.zone_axis) == ("as printed", 0, (4, -7, -5))


def test_the_repair_on_the_low_zone_comes_first(paper: LabelCheck) -> None:
    assert [(r.hkl, r.kind, r.edits, r.zone_axis) for r in paper] == [
        ((1, -4, 5), "one digit", 1, (1, -1, -1)),
        ((-1, -3, 5), "lost overbar", 1, (4, -13, -7)),
    ]
    best = paper.rows[0]
    # h² + hk + k² = 13: d = 1.88955 Å, and 1.895 / 1.88955 - 1 = 0.288 %.
    assert best.d_calc == pytest.approx(1.88955, abs=1e-5)
    assert best.deviation_percent == pytest.approx(0.288, abs=1e-3)
    assert best.deviation_sigma == pytest.approx(0.288, abs=2e-3)
    assert best.angle_calc == pytest.approx(65.88, abs=5e-3)
    assert [row.has_low_zone for row in paper] == [True, False]
    assert all(row.holds for row in paper)


def test_strength_is_that_of_the_family(paper: LabelCheck) -> None:
    table = navp.reflections("Na3VP", d_min=1.0, probe="electron").rows
    (family,) = (row.f_squared for row in table if row.hkl == (3, 1, 5))
    strongest = max(row.f_squared for row in table if row.f_squared is not None)
    for row in paper:
        assert row.f_squared == pytest.approx(family)
        assert row.f_squared_relative == pytest.approx(family / strongest)


def test_notes_say_what_was_found_and_what_it_is_worth(paper: LabelCheck) -> None:
    first, zone, best, worth = paper.notes
    assert first.startswith(
        "as printed, (1 -3 5) of na3vp-rt is extinct by centring, R obverse: "
        "-h + k + l = 3n, here 1; its d 2.3899 Å does not fit 1.8950 Å (-20.71 %"
    )
    assert zone == (
        "(4 -2 6): (1 -3 5) is on zone [4 -7 -5] with it, along which an image is unlikely"
    )
    assert best == "most plausible: (1 -4 5) (one digit), on zone [1 -1 -1]"
    assert worth.endswith(
        "2 listed are allowed and fit the spacing: a repair is a proposal that only the image "
        "can confirm"
    )


def test_without_the_other_label_fit_decides() -> None:
    found = check_label("Na3VP", "1 -3 5", 1.895)
    assert {row.hkl for row in found} == {(1, -4, 5), (-1, -3, 5)}
    assert all(row.zone_axis is None and row.angle_calc is None for row in found)
    # Both are of one family, and so fit as well.
    assert len({row.deviation_sigma for row in found}) == 1


def test_a_label_that_holds_is_left_alone() -> None:
    found = check_label("Na3VP", "4 -2 6", 1.88)
    assert (found.holds, found.rows, dict(found.tried)) == (True, (), {})
    assert found.printed is not None
    assert found.printed.fits
    assert len(found.notes) == 1
    # On a zone of low indices with the other label it is not doubted either.
    pair = check_label("Na3VP", "1 -4 5", 1.895, other="4 -2 6", angle=65.9)
    assert (pair.holds, pair.rows) == (True, ())
    assert pair.notes[-1] == "(4 -2 6): (1 -4 5) is on zone [1 -1 -1] with it"


def test_parallel_planes_are_not_doubted() -> None:
    found = check_label("Na3VP", "0 0 6", 3.63, other="0 0 12")
    assert (found.holds, found.rows) == (True, ())
    assert found.notes[-1] == "(0 0 12): (0 0 6) is parallel to it"


def test_a_label_that_holds_on_an_unlikely_zone_is_doubted() -> None:
    found = check_label("Na3VP", "-1 -3 5", 1.895, other="4 -2 6")
    assert found.holds
    assert [(r.hkl, r.edits, r.zone_axis) for r in found] == [((1, -4, 5), 2, (1, -1, -1))]
    assert any(note.startswith("likelier in such an image: (1 -4 5)") for note in found.notes)


@pytest.mark.parametrize("angle", [65.9, 114.1])
def test_an_angle_decides_and_the_mate_is_the_same_plane(angle: float) -> None:
    found = check_label("Na3VP", "1 -3 5", 1.895, other="4 -2 6", angle=angle)
    (row,) = found.rows
    assert row.hkl == ((1, -4, 5) if angle < 90 else (-1, 4, -5))
    assert row.angle_calc == pytest.approx(angle, abs=0.03)
    assert row.angle_fits
    assert found.printed is not None
    assert found.printed.hkl == (1, -3, 5)
    assert found.printed.angle_fits is False
    # 90 degrees is 24 sigma from 65.9, and 2.4 when sigma is 10 degrees.
    assert not check_label("Na3VP", "1 -4 5", 1.895, other="4 -2 6", angle=90.0).holds
    wide = {"angle": 90.0, "angle_sigma": 10.0}
    assert check_label("Na3VP", "1 -4 5", 1.895, other="4 -2 6", **wide).holds


def test_nothing_found_is_said() -> None:
    found = check_label("Na3VP", "9 9 9", 1.895, other="4 -2 6")
    assert (found.holds, found.rows) == (False, ())
    assert set(found.tried) == {1, 2}
    assert found.notes[-1].startswith("no repair was found: of 30 labels one edit away and ")
    sentence = "none is allowed and fits the spacing on a low zone with (4 -2 6)"
    assert found.notes[-1].replace(",", "").endswith(sentence)


def test_without_a_spacing_only_the_absence_is_judged() -> None:
    found = check_label("Na3VP", "1 -3 5")
    assert found.printed is not None
    assert (found.printed.fits, found.printed.deviation_sigma) == (None, None)
    assert (1, -4, 5) in {row.hkl for row in found}
    assert set(found.tried) == {1}
    assert found.notes[-1] == "without a spacing nothing tells these labels apart"
    assert check_label("Na3VP", "-1 -3 5").holds


def test_an_extinct_other_label_is_named() -> None:
    found = check_label("Na3VP", "1 -4 5", 1.895, other="1 -3 5")
    assert any(
        "the other label (1 -3 5) is extinct by centring" in note for note in found.notes
    )


def test_reverse_axes_are_thought_of() -> None:
    # (0 1 2) obverse is (0 -1 2) reverse; so printed, -h + k + l = 1.
    found = check_label("Na3VP", "0 -1 2", 6.21)
    best = found.rows[0]
    assert best.hkl in ((0, 1, 2), (0, -1, -2))
    assert "reverse setting" in best.kind
    # In a primitive lattice there is no such choice.
    assert not any("reverse" in kind for kind in kinds("0 -1 2", "P 3").values())


def test_four_indices_run_together() -> None:
    found = check_label("Na3VP", "1120", 4.36)
    assert found.printed is None
    assert [(row.hkl, row.kind) for row in found] == [((1, 1, 0), "four indices")]
    assert found.notes[0] == "'1120' names no plane as it is printed"
    assert check_label("Na3VP", (1, 1, 2, 0), 4.36).rows[0].hkl == (1, 1, 0)
    # Orthogonal axes have no fourth index.
    assert "four indices" not in kinds("1120", "P m m m").values()


def test_edits_of_overbars() -> None:
    found = kinds("1 -3 5", "P -1")
    assert found[-1, -3, 5] == "lost overbar"
    assert found[1, -3, -5] == "lost overbar"
    # (1 3 5) has no bar at all.
    assert found[1, 3, 5] == "added overbar"
    # (-1 3 -5) for (-1 -3 5): the bar of 3 stands over 5.
    assert kinds("-1 3 -5", "P -1")[-1, -3, 5] == "moved overbar"


def test_edits_of_order_and_digits() -> None:
    found = kinds("1 -3 10", "P -1")
    assert {hkl for hkl, kind in found.items() if kind == "order of indices"} == {
        (-3, 1, 10), (10, -3, 1), (1, 10, -3)}  # fmt: skip
    digits = {hkl for hkl, kind in found.items() if "one digit" in kind}
    assert {(n, -3, 10) for n in (0, 2, 9)} <= digits
    assert {(1, -3, n) for n in (11, 19, 20, 90)} <= digits
    # Neither a lost digit nor a leading zero is one digit changed.
    assert not {(1, -3, 1), (1, -3, 0)} & digits


@pytest.mark.parametrize(
    ("label", "readings"),
    [
        ("1210", {(1, 2, 10), (1, 21, 0), (12, 1, 0)}),
        ("1 35", {(1, 3, 5)}),
        ("-12-10", {(-12, -1, 0), (-1, 2, -10)}),
        ("1-35", set()),
        ("1 2 3", set()),
    ],
)
def test_other_readings(label: str, readings: set[tuple[int, ...]]) -> None:
    found = kinds(label, "P m m m")
    assert {hkl for hkl, kind in found.items() if "other reading" in kind} == readings


def test_no_plane_comes_twice_nor_the_printed_one() -> None:
    for edits, label in product((1, 2), ("1 -3 5", "0 0 12", "1120", "2 2 2")):
        found = [*kinds(label, edits=edits)]
        planes = {max(hkl, tuple(-n for n in hkl)) for hkl in found}
        assert len(planes) == len(found)
        assert (0, 0, 0) not in planes
        if (printed := printed_hkl(label)) is not None:
            assert not {printed, tuple(-n for n in printed)} & planes


@pytest.mark.parametrize("group", ["P 1 21/c 1", "P 1 1 21/b"])
def test_cell_choices_of_monoclinic_lattices(group: str) -> None:
    """The label of a plane on other axes leads back to the plane, whatever the axes."""
    unique = 1 if "c 1" in group else 2
    p, q = (n for n in range(3) if n != unique)
    axes = np.eye(3, dtype=int)
    a, c = axes[p], axes[q]
    hkl = np.array([3, 1, -4])
    choices = {"c, -a-c": (c, -a - c), "-a-c, a": (-a - c, a), "c, a": (c, a),
               "-a-c, c": (-a - c, c), "a, -a-c": (a, -a - c)}  # fmt: skip
    for first, second in choices.values():
        basis = axes.copy()
        basis[p], basis[q] = first, second
        if np.linalg.det(basis) < 0:
            basis[unique] = -basis[unique]
        label = tuple(int(n) for n in basis @ hkl)
        found = kinds(label, group)
        plane = tuple(int(n) for n in hkl)
        mate = tuple(-n for n in plane)
        assert any("other cell choice" in found.get(h, "") for h in (plane, mate))
    assert not any("cell choice" in kind for kind in kinds("3 1 -4", "P m m m").values())


def test_a_cell_without_atoms_has_no_strengths() -> None:
    cell = Phase(
        id="cell",
        cell=UnitCell(a=4.0, b=4.0, c=4.0),
        space_group=SpaceGroup.from_name("I m -3 m"),
    )
    found = check_label(cell, "1 0 0", 2.8284)
    assert found.printed is not None
    assert not found.printed.allowed
    # 4 / √2 = 2.8284: (1 1 0) and its like, a digit away.
    assert {row.hkl for row in found} == {(1, 1, 0), (1, -1, 0), (1, 0, 1), (1, 0, -1)}
    assert {row.f_squared for row in found} == {None}


def test_result_is_a_table_and_a_document(paper: LabelCheck) -> None:
    frame = paper.to_dataframe()
    assert list(frame.columns[:4]) == ["phase", "hkl", "kind", "edits"]
    assert len(paper) == len(frame) == 2
    content = json.loads(json_text(paper.to_dict()))
    assert content["schema"]["name"] == "navp.label"
    results = content["results"]
    assert (results["holds"], results["printed"]["hkl"]) == (False, [1, -3, 5])
    assert results["repairs"][0]["zone_axis"] == [1, -1, -1]
    assert results["notes"] == list(paper.notes)
    inputs = content["inputs"]
    assert (inputs["label"], inputs["d"], inputs["sigma"]) == ("(1 -3 5)", 1.895, 0.01)
    assert inputs["other"] == [4, -2, 6]
    assert "(1 -4 5)" in paper._repr_html_()
    assert repr(paper).startswith("<LabelCheck: 2 rows, phase='na3vp-rt', label='(1 -3 5)'")


def test_a_model_says_so() -> None:
    assert any("is a model" in note for note in check_label("NaVP", "1 -3 5", 1.83).notes)


@pytest.mark.parametrize(
    ("label", "options", "sentence"),
    [
        ("abc", {}, "'abc' is no reflection"),
        ("0 0 0", {}, "is the direct beam"),
        ("1 2", {}, "'1 2' is no reflection"),
        (5, {}, "5 is no reflection"),
        ((1, 2), {}, "is no reflection"),
        ((1, 1, 2.5, 0), {}, "is no reflection"),
        ("1 -3 5", {"d": -1}, "it must be a positive finite number"),
        ("1 -3 5", {"d": 0.1}, "the smallest that is indexed is 0.3 Å"),
        ("1 -3 5", {"sigma": 0}, "sigma is 0"),
        ("1 -3 5", {"angle": 60}, "an angle lies between two labels"),
        ("1 -3 5", {"angle": 180, "other": "4 -2 6"}, "it must be between 0 and 180 degrees"),
        ("1 -3 5", {"angle_sigma": 0}, "angle_sigma is 0"),
        ("1 -3 5", {"other": "x"}, "'x' is no reflection"),
        ("1 -3 5", {"probe": "muon"}, "muon"),
    ],
)
def test_refusals(label: Any, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        check_label("Na3VP", label, **options)


def test_digits_without_another_reading_have_no_repair() -> None:
    found = check_label("Na3VP", "000", 4.3)
    assert (found.printed, found.rows) == (None, ())
    assert found.notes[-1] == "no repair was found: its digits have no other reading"


def test_hostile_labels_stay_escaped() -> None:
    for label in ("\x1b[31m", "12\x1b34", "1 2 3\u202e"):
        with pytest.raises(InputError) as caught:
            check_label("Na3VP", label)
        assert str(caught.value).isprintable()


@pytest.mark.parametrize("d", [[1.8708, 5.0], [5.0, 1.8708], np.array([1.87, 1.88])])
def test_a_label_has_one_spacing(d: Any) -> None:
    with pytest.raises(InputError, match="a label has one spacing"):
        check_label("Na3VP", "4 -2 6", d)
