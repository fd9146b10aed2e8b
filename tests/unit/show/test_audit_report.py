"""The page of an audit: escaped, self-contained, well-formed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import pytest

from navp_structures.show.audit_lines import PrintedLines
from navp_structures.show.audit_pair import PairVectors, PrintedPair
from navp_structures.show.audit_report import (
    AuditReport,
    ReportClaim,
    ReportPhase,
    ReportSection,
)
from navp_structures.show.audit_style import MARKS
from navp_structures.show.audit_volumes import EntryVolume, PrintedVolumes

EVIL = "\"'><script>alert(1)</script>&amp;\x1b[31m"


@dataclass(frozen=True)
class Empty:
    caption: str = ""

    def svg(self) -> str:
        return ""


CLAIM = ReportClaim(
    id="d-1",
    claim="(4 -2 6) of Na3VP",
    printed="1.88 Å",
    computed="1.8708 Å",
    deviation_percent=0.492,
    deviation_sigma=-1.04,
    tolerance="±1 %",
    verdict="common_scale",
    explanation="It fits.",
    phase="na3vp-rt",
    note="seen in a figure",
    remarks=("“narrows”", "Fig. 2b"),
)

REPORT = AuditReport(
    title="Audit of a paper",
    citation="A. Author, Journal 1 (2020) 2",
    doi="10.1000/example",
    note=None,
    file="claims.toml",
    version="0.1.0",
    verdicts={"consistent": "agrees", "common_scale": "agrees after a common scale"},
    notes=("Twice of a sigma.",),
    sections=(ReportSection(heading="Volumes", claims=(CLAIM,)),),
    phases=(
        ReportPhase(id="na3vp-rt", names="Na3VP", kind="measured", source="X", caveat="Y"),
    ),
    problems=(),
)


def tree(page: str) -> ET.Element:
    return ET.fromstring(page.removeprefix("<!DOCTYPE html>"))


def words(page: str) -> str:
    return " ".join("".join(tree(page).find("body").itertext()).split())


def figures(text: str) -> tuple[object, ...]:
    lines = PrintedLines(
        title=text, caption=text, two_theta=(10, 40), sticks=((14.2, 100.0),),
        named=((14.2, text),), printed=((14.3, text, "good"), (14.4, text, "bad")),
    )  # fmt: skip
    entries = (EntryVolume(name=text, kind="measured", volume=240.0, chosen=True),
               EntryVolume(name=text, kind=None, volume=240.1))  # fmt: skip
    volumes = PrintedVolumes(
        title=text, caption=text, columns=((text, entries), ("b", entries)), steps=(text,)
    )
    vectors = PairVectors(
        role="printed", ends=((0.5, 0.0), (0.1, 0.4)), labels=(text, text), lines=(text, text)
    )
    meant = replace(vectors, role="meant")
    pair = PrintedPair(
        title=text, caption=text, vectors=(vectors, meant), net=(((0.1, 0.1), False),)
    )
    return lines, volumes, pair


def evil_report() -> AuditReport:
    texts = ("id", "claim", "printed", "computed", "tolerance", "verdict", "explanation",
             "phase", "note")  # fmt: skip
    claim = replace(CLAIM, **dict.fromkeys(texts, EVIL), remarks=(EVIL,))
    return replace(
        REPORT,
        title=EVIL, citation=EVIL, doi=EVIL, note=EVIL, file=EVIL, version=EVIL,
        verdicts={EVIL: EVIL}, notes=(EVIL,), problems=(EVIL,),
        sections=(ReportSection(heading=EVIL, claims=(claim,), figures=figures(EVIL)),),
        phases=(ReportPhase(id=EVIL, names=EVIL, kind=EVIL, source=EVIL, caveat=EVIL),),
    )  # fmt: skip


def test_what_a_claim_says_is_there() -> None:
    text = words(REPORT.html())
    for part in ("A. Author, Journal 1 (2020) 2", "doi:10.1000/example", "1.88 Å", "1.8708 Å",
                 "+0.49", "-1.0", "× common scale", "It fits.", "Judged with na3vp-rt",
                 "allowed: ±1 %", "Paper: “narrows”; Fig. 2b", "Note: seen in a figure",
                 "Summary: 1 claim", "measured", "Mind: Y",
                 "navp_structures 0.1.0"):  # fmt: skip
        assert part in text
    assert "agrees after a common scale" in text
    # A verdict that no claim has is left out.
    assert "✓" not in text


def test_every_text_is_escaped() -> None:
    page = evil_report().html()
    assert "<script" not in page
    assert "\x1b" not in page
    text = words(page)
    assert text.count("<script>alert(1)</script>") > 30
    assert [e.tag for e in tree(page).iter() if "script" in e.tag] == []


@pytest.mark.parametrize("report", [REPORT, evil_report()], ids=["plain", "evil"])
def test_nothing_is_fetched(report: AuditReport) -> None:
    page = report.html()
    root = tree(page)
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        assert tag not in {"script", "link", "img", "image", "iframe", "object", "use", "base"}
        for name, value in element.attrib.items():
            assert not name.startswith("on")
            assert name not in {"src", "style", "xlink:href"}
            if name == "href":
                assert value.startswith(("#claim-", "https://doi.org/10."))
    assert not re.search(r"url\(|@import|@font-face", page)
    policy = next(e for e in root.iter("meta") if e.get("http-equiv"))
    assert policy.get("content").startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("doi", "link"),
    [
        ("10.1000/a<b>(1);2", "https://doi.org/10.1000/a%3Cb%3E%281%29%3B2"),
        ('10.1000/"onclick=', "https://doi.org/10.1000/%22onclick%3D"),
        ("javascript:alert(1)", None),
        ("https://example.org/10.1000/x", None),
    ],
)
def test_a_doi_is_a_link_and_nothing_else_is(doi: str, link: str | None) -> None:
    page = replace(REPORT, doi=doi).html()
    links = [e.get("href") for e in tree(page).iter("a") if not e.get("href").startswith("#")]
    assert links == ([] if link is None else [link])
    assert doi in words(page)


def test_no_verdict_is_told_by_colour_alone() -> None:
    from navp_structures.analysis.audit.finding import VERDICTS

    assert list(MARKS) == list(VERDICTS)
    assert len({sign for _, sign in MARKS.values()}) == len(MARKS)


def test_a_page_without_anything() -> None:
    empty = replace(
        REPORT, citation=None, doi=None, file="", notes=(), sections=(), phases=(), verdicts={}
    )
    assert "0 claims" in words(empty.html())
    section = ReportSection(heading="x", claims=(), figures=(Empty(),))
    tree(replace(REPORT, sections=(section,)).html())


@pytest.mark.parametrize("figure", figures("a"), ids=["lines", "volumes", "pair"])
def test_figures_lie_within_their_frame(figure: PrintedLines) -> None:
    root = ET.fromstring(figure.svg())
    _, _, width, height = map(float, root.get("viewBox").split())
    for element in root.iter():
        for name, most in (("x", width), ("x1", width), ("cx", width),
                           ("y", height), ("y1", height), ("cy", height)):  # fmt: skip
            value = element.get(name)
            assert value is None or -1 <= float(value) <= most + 1
