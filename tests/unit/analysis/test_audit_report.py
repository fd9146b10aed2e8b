"""The report of an audit: sections, figures, phases; the shell around the judges."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import navp_structures as navp
from navp_structures.analysis.audit.report import report_of
from navp_structures.analysis.audit.report_lines import line_figures
from navp_structures.analysis.audit.report_pairs import pair_figures
from navp_structures.analysis.audit.report_volumes import volume_figures
from navp_structures.errors import ClaimError, InputError

Judges = Callable[..., None]


@pytest.fixture(autouse=True)
def judges(made_up_judges: Judges) -> Judges:
    made_up_judges({"hrtem-na3vp-second": "extinct", "line-14.26": "inconsistent"})
    return made_up_judges


@pytest.fixture
def shen() -> navp.Audit:
    return navp.audit("shen-2023")


def spacing(name: str, hkl: str, value: float, **other: object) -> dict[str, object]:
    return {"id": name, "quantity": "spacing", "phase": "Na3VP", "hkl": hkl, "value": value,
            "group": "image", **other}  # fmt: skip


def test_the_answer(shen: navp.Audit) -> None:
    assert len(shen) == len(list(shen)) == 57
    assert not shen.holds
    assert shen.counts == {"consistent": 55, "extinct": 1, "inconsistent": 1}
    assert shen["HRTEM-Na3VP-second"].verdict == "extinct"
    assert [phase.id for phase in shen.phases] == [
        "na3vp-rt", "na2vp-a", "navp-model", "nzsp-300k"
    ]  # fmt: skip
    with pytest.raises(InputError, match="nearest: volume-na3vp"):
        shen["volume-na3v"]


def test_notebooks_show_explanations_escaped(judges: Judges) -> None:
    judges(explanation="<b>so</b>")
    shown = navp.audit([spacing("a", "4 -2 6", 1.88)])._repr_html_()
    assert shown.startswith("<table>")
    assert "<li>a: a spacing of Na3VP, 4 -2 6. &lt;b&gt;so&lt;/b&gt;</li>" in shown


def test_entries_that_findings_need_are_told(judges: Judges) -> None:
    judges(phase="na3vp-gamma")
    found = navp.audit([spacing("a", "4 -2 6", 1.88)])
    assert [phase.id for phase in found.phases] == ["na3vp-rt", "na3vp-gamma"]


def test_sections(shen: navp.Audit) -> None:
    report = report_of(shen)
    headings = [section.heading for section in report.sections]
    assert headings[:2] == ["Volumes", "hrtem-pristine (Na3VP): HRTEM, before sodium left"]
    assert headings[-1] == "Claims about claims of several sections"
    assert sum(len(section.claims) for section in report.sections) == 57
    by_id = {c.id: s.heading for s in report.sections for c in s.claims}
    # What compares claims of one section stands there.
    assert by_id["detour-is-larger"] == "Volumes"
    assert by_id["barrier-is-smaller"] == by_id["barrier-na2vp"]
    assert by_id["first-narrows"] == headings[-1]
    # Volumes, four images, three lists of lines, one of converted lines.
    assert sum(len(section.figures) for section in report.sections) == 9
    assert [phase.names for phase in report.phases] == ["Na3VP", "Na2VP", "NaVP", "NZSP"]
    assert "no coordinates are published" in report.phases[1].source


def test_same_claims_same_bytes(shen: navp.Audit) -> None:
    page = shen.to_html()
    assert page == navp.audit("shen-2023").to_html()
    assert page.count("<svg ") == 9


def test_markup_in_claims_is_text() -> None:
    evil = "<script>alert('x')</script>"
    claims = navp.Claims(
        claims=tuple(
            navp.audit([spacing(n, hkl, 1.88, text=evil, conditions=evil, note=evil)]).claims[n]
            for n, hkl in (("a", "4 -2 6"), ("b", "1 -4 5"))
        ),
        title=evil,
        citation=evil,
        doi=evil,
    )
    page = navp.audit(claims).to_html()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 8


def test_volumes_of_every_entry(shen: navp.Audit) -> None:
    (figure,) = volume_figures(shen, list(shen.claims))
    assert [name for name, _ in figure.columns] == ["Na3VP", "Na2VP", "NaVP"]
    first = figure.columns[0][1]
    assert [e.name for e in first if e.chosen] == ["na3vp-rt"]
    assert "na3vp-gamma" in {entry.name for entry in first}
    assert [e.volume for e in first if e.is_printed] == [241.277]
    # 100 (227.159 / 239.789 - 1) = -5.27; 100 (220.105 / 227.159 - 1) = -3.11
    assert figure.steps[0] == "-5.27 %\nprinted 5.9 %"
    assert figure.steps[1].endswith("printed 3.1 %")


def test_lines_of_each_radiation(shen: navp.Audit) -> None:
    figures = list(line_figures(shen, list(shen.claims)))
    assert len(figures) == 4
    first = figures[0]
    assert [(x, role) for x, _, role in first.printed] == [(14.26, "bad"), (34.67, "good")]
    assert first.named[0] == (pytest.approx(14.246, abs=1e-3), "(0 1 2) 14.25°")
    assert first.two_theta == (pytest.approx(10.26), pytest.approx(38.67))
    assert max(height for _, height in first.sticks) == pytest.approx(100.0)


def test_a_drawing_has_room_for_so_many_lines() -> None:
    claim = {"quantity": "powder_line", "phase": "Na3VP", "radiation": "CuKa1"}
    found = navp.audit([claim | {"id": f"a{n}", "value": 14 + n} for n in range(50)])
    (figure,) = line_figures(found, list(found.claims))
    assert len(figure.printed) == 40


def test_lines_without_atoms_have_no_intensity() -> None:
    claim = {"id": "a", "quantity": "powder_line", "phase": "na3vp-alpha", "value": 14.2,
             "radiation": "CuKa1"}  # fmt: skip
    found = navp.audit([claim])
    (figure,) = line_figures(found, list(found.claims))
    assert len(figure.sticks) > 3
    assert {height for _, height in figure.sticks} == {50.0}
    assert "atoms are not known" in figure.caption


def test_pair_of_a_misprint(shen: navp.Audit) -> None:
    figure = next(iter(pair_figures(shen, list(shen.claims))))
    printed, computed, meant = figure.vectors
    # Without a printed angle the vectors stand at that of the labels.
    assert printed.ends[0] == (pytest.approx(1 / 1.88), 0.0)
    assert computed.lines[2] == "(1 -3 5)  d 2.3899 Å, extinct by centring"
    assert meant.lines[2] == "(1 -4 5)  d 1.8896 Å"
    assert meant.labels == ("", "(1 -4 5)")
    # Both reflections are where the net has them.
    for end in meant.ends:
        assert min(abs(x - end[0]) + abs(y - end[1]) for (x, y), _ in figure.net) < 1e-9
    # Half of the plane and more, extinct ones too.
    assert {allowed for _, allowed in figure.net} == {True, False}


def test_pair_with_its_angle(shen: navp.Audit) -> None:
    figure = list(pair_figures(shen, list(shen.claims)))[3]
    printed, computed = figure.vectors
    assert printed.lines[-1] == "angle 57.8°"
    assert computed.lines[-1] == "angle 56.35°, zone axis [0 -6 1]"


def test_pair_that_a_finding_reads_otherwise(judges: Judges) -> None:
    judges(details={"reading": [4, -2, 6]})
    found = navp.audit([spacing("a", "4 2 6", 1.88), spacing("b", "1 -4 5", 1.895)])
    # Both would be one plane, which shares no zone axis with itself.
    assert list(pair_figures(found, list(found.claims))) == []
    judges(details={"reading": [4, -2, 6]}, phase="na3vp-gamma")
    found = navp.audit(found.claims)
    # That is a plane of another entry.
    (figure,) = pair_figures(found, list(found.claims))
    judges(details={"reading": "nothing"})
    found = navp.audit(found.claims)
    (figure,) = pair_figures(found, list(found.claims))
    assert figure.vectors[1].lines[1].startswith("(4 2 6)")


@pytest.mark.parametrize("hkl", ["x1", "2 -8 10"])
def test_no_sketch_of_what_is_no_pair(hkl: str) -> None:
    found = navp.audit([spacing("a", "1 -4 5", 1.88), spacing("b", hkl, 1.9)])
    assert list(pair_figures(found, list(found.claims))) == []
    found.to_html()


def test_claims_that_are_no_list() -> None:
    for wrong in (None, 5, {"id": "a"}):
        with pytest.raises(InputError, match="no list of claims"):
            navp.audit(wrong)
    with pytest.raises(InputError, match="there is no claim"):
        navp.audit([])


def test_claims_without_a_file() -> None:
    claims = [spacing("a", "4 -2 6", 1.88, phase="Na3PV"), spacing("b", "1 -4 5", 1.895)]
    with pytest.raises(ClaimError, match=r"^claim a: .*Na3VP"):
        navp.audit(claims)
    found = navp.audit(claims, keep_going=True)
    assert [row.id for row in found] == ["b"]
    assert str(found.problems[0]).startswith("claim a: ")
    assert "1 problem" in found.notes[1]
    assert "Left out" in found.to_html()


def test_spacings_of_a_substance_without_a_structure() -> None:
    rows = [
        {"id": f"d{n}", "quantity": "spacing", "material": "mica", "hkl": "1 0 0", "group": "g"}
        | {"value": 2.0 + n}
        for n in range(2)
    ]
    mixed = [
        {"id": f"e{n}", "quantity": "spacing", "phase": "Na3VP", "hkl": hkl, "group": "h"}
        | {"value": value}
        for n, (hkl, value) in enumerate((("300", 2.52), ("116", 2.79)))
    ]
    other = {"id": "angle", "quantity": "angle", "material": "mica", "hkl": ["300", "116"]}
    page = navp.audit([*rows, *mixed, other | {"value": 57.0, "group": "h"}]).to_html()
    assert page.count("Reciprocal sketch of") >= 1
    assert "Reciprocal sketch of g" not in page


def test_the_terminal_shows_deviation_sigmas_and_tolerance() -> None:
    found = navp.audit("shen-2023")
    text = " ".join(found.to_text(10_000).split())
    for row in found:
        if row.deviation_sigma is not None:
            assert f"{row.deviation_sigma:+.1f}".lstrip("+-") in text
        if row.tolerance is not None:
            assert f"tolerance {row.tolerance.split('): ')[0]}" in text
    assert text.count("a peak in the Fourier transform of an HRTEM image") == 1
