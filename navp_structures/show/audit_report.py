"""The report of an audit as one HTML page that needs nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

from navp_structures.show.audit_style import MARKS, STYLE
from navp_structures.show.numbers import counted, signed
from navp_structures.show.svg import escaped

_DOI: Final = re.compile(r"10\.[0-9]{4,9}/[!-~]+")
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


class Figure(Protocol):
    """What a figure must have."""

    @property
    def caption(self) -> str:
        """What it shows."""

    def svg(self) -> str:
        """Return the drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportClaim:
    """One claim with its finding.

    Parameters
    ----------
    remarks
        What the paper says beside it.
    note
        What its transcription says.
    """

    id: str
    claim: str
    printed: str
    computed: str | None
    deviation_percent: float | None
    deviation_sigma: float | None
    tolerance: str | None
    verdict: str
    explanation: str
    phase: str | None
    note: str | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    """Claims that belong together, with their figures."""

    heading: str
    claims: tuple[ReportClaim, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPhase:
    """A phase that was used."""

    id: str
    names: str
    kind: str
    source: str
    caveat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """All that the page shows.

    Parameters
    ----------
    verdicts
        What each verdict says, the best first.
    notes
        Sentences under the summary.
    problems
        Why claims were left out.
    version
        Of this package.
    """

    title: str
    citation: str | None
    doi: str | None
    note: str | None
    file: str
    version: str
    verdicts: Mapping[str, str]
    notes: tuple[str, ...]
    sections: tuple[ReportSection, ...]
    phases: tuple[ReportPhase, ...]
    problems: tuple[str, ...]

    def html(self) -> str:
        """Return the page: no scripts, nothing fetched, the same bytes for the same audit."""
        parts = [
            self._head(),
            self._summary(),
            *map(_section, self.sections),
            _phases(self.phases),
            _list("Left out", self.problems),
            f'<p class="soft">navp_structures {escaped(self.version)}</p>',
        ]
        body = "\n".join(part for part in parts if part)
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"/>\n'
            f"<title>{escaped(self.title)}</title>\n<style>{STYLE}</style>\n</head>\n"
            f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
        )

    def _head(self) -> str:
        lines = [f"<h1>{escaped(self.title)}</h1>"]
        source = [escaped(self.citation)] if self.citation else []
        source += [_doi(self.doi)] if self.doi else []
        lines += [f"<p>{', '.join(source)}</p>"] if source else []
        lines += [f'<p class="soft">{escaped(self.note)}</p>'] if self.note else []
        lines += [f'<p class="soft">Claims: {escaped(self.file)}</p>'] if self.file else []
        return "\n".join(lines)

    def _summary(self) -> str:
        claims = [claim for section in self.sections for claim in section.claims]
        rows = []
        for verdict, meaning in self.verdicts.items():
            found = [claim for claim in claims if claim.verdict == verdict]
            if found:
                links = ", ".join(_link(claim.id) for claim in found)
                rows.append(
                    f'<tbody><tr><td>{_badge(verdict)}</td><td class="number">{len(found)}</td>'
                    f"<td>{escaped(meaning)}<br/>{links}</td></tr></tbody>"
                )
        notes = "".join(f'<p class="caption">{escaped(note)}</p>' for note in self.notes)
        heading = counted(len(claims), "claim", "claims")
        return f"<h2>Summary: {heading}</h2>\n<table>{''.join(rows)}</table>\n{notes}"


def _section(section: ReportSection) -> str:
    figures = "\n".join(
        f"<figure>{figure.svg()}"
        f'<figcaption class="caption">{escaped(figure.caption)}</figcaption></figure>'
        for figure in section.figures
    )
    heads = "".join(
        f'<th class="number" scope="col">{text}</th>' if is_number else f"<th>{text}</th>"
        for text, is_number in _HEADS
    )
    rows = "\n".join(map(_claim, section.claims))
    return (
        f"<section>\n<h2>{escaped(section.heading)}</h2>\n{figures}\n"
        f'<table class="claims"><thead><tr>{heads}</tr></thead>\n{rows}\n</table>\n</section>'
    )


_HEADS: Final = (
    ("claim", False),
    ("printed", False),
    ("computed", False),
    ("dev./%", True),
    ("dev./σ", True),
    ("verdict", False),
)


def _claim(claim: ReportClaim) -> str:
    percent = "" if claim.deviation_percent is None else signed(claim.deviation_percent, 2)
    sigma = "" if claim.deviation_sigma is None else signed(claim.deviation_sigma, 1)
    judged = [f"judged with {claim.phase}"] if claim.phase else []
    judged += [f"allowed: {claim.tolerance}"] if claim.tolerance else []
    told = [escaped(claim.explanation), _soft("", judged), _soft("Paper: ", claim.remarks)]
    told.append(_soft("Note: ", [claim.note] if claim.note else []))
    return (
        f'<tbody id="claim-{escaped(claim.id)}"><tr>'
        f'<td>{escaped(claim.claim)}<br/><span class="id">{escaped(claim.id)}</span></td>'
        f"<td>{escaped(claim.printed)}</td><td>{escaped(claim.computed or '')}</td>"
        f'<td class="number">{percent}</td><td class="number">{sigma}</td>'
        f"<td>{_badge(claim.verdict)}</td></tr>"
        f'<tr class="why"><td colspan="6">{"<br/>".join(filter(None, told))}</td></tr></tbody>'
    )


def _soft(head: str, parts: Sequence[str]) -> str:
    text = head + "; ".join(parts)
    return f'<span class="soft">{escaped(text[:1].upper() + text[1:])}</span>' if parts else ""


def _phases(phases: Iterable[ReportPhase]) -> str:
    rows = [
        f"<tbody><tr><td>{escaped(p.id)}<br/>"
        f'<span class="soft">{escaped(p.names)}</span></td>'
        f"<td>{escaped(p.kind)}</td><td>{escaped(p.source)}"
        + (f"<br/>Mind: {escaped(p.caveat)}" if p.caveat else "")
        + "</td></tr></tbody>"
        for p in phases
    ]
    if not rows:
        return ""
    head = "<thead><tr><th>phase</th><th>kind</th><th>source</th></tr></thead>"
    table = f'<table class="phases">{head}\n{"".join(rows)}</table>'
    return f"<section>\n<h2>Phases</h2>\n{table}\n</section>"


def _list(heading: str, sentences: Iterable[str]) -> str:
    items = "".join(f"<li>{escaped(sentence)}</li>" for sentence in sentences)
    return f"<h2>{heading}</h2>\n<ul>{items}</ul>" if items else ""


def _badge(verdict: str) -> str:
    role, sign = MARKS.get(verdict, ("open", "?"))
    words = escaped(verdict.replace("_", " "))
    return f'<span class="verdict {role}"><span aria-hidden="true">{sign}</span> {words}</span>'


def _link(name: str) -> str:
    return f'<a class="id" href="#claim-{escaped(name)}">{escaped(name)}</a>'


def _doi(doi: str) -> str:
    """Return a DOI as a link where it is one, else as text."""
    if not _DOI.fullmatch(doi):
        return escaped(doi)
    return f'<a href="https://doi.org/{quote(doi, safe="/")}">doi:{escaped(doi)}</a>'
