"""Claims of a paper against the structures: one finding for each."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from navp_structures.analysis.audit import (
    energies,
    lines,
    relations,
    same_planes,
    spacings,
    structure,
    volumes,
)
from navp_structures.analysis.audit.allowance import WHY
from navp_structures.analysis.audit.context import AuditContext, Judge
from navp_structures.analysis.audit.finding import HOLDING, VERDICTS, AuditFinding
from navp_structures.analysis.audit.settings import DEFAULTS, AuditSettings
from navp_structures.catalogue.catalogue import as_phase
from navp_structures.catalogue.papers import load_claims
from navp_structures.errors import ClaimError, InputError, NavpError, nearest, shown
from navp_structures.io.claim_fields import claim_of
from navp_structures.model.claim import Claim, ClaimProblem, Claims
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly
from navp_structures.show.numbers import counted, signed
from navp_structures.show.svg import escaped
from navp_structures.show.tables import (
    Column,
    TableResult,
    html_table,
    printable_lines,
    text_table,
)

ClaimsLike: TypeAlias = Claims | str | os.PathLike[str] | Iterable[Claim | Mapping[str, Any]]

JUDGES: Final[Mapping[str, Judge]] = MappingProxyType(
    {
        **spacings.JUDGES,
        **lines.JUDGES,
        **volumes.JUDGES,
        **structure.JUDGES,
        **energies.JUDGES,
        **relations.JUDGES,
        **same_planes.JUDGES,
    }
)
"""What judges each quantity."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Audit(ReadOnly, TableResult[AuditFinding]):
    """The answer of `audit`; its rows are the findings, in the order of the claims.

    Parameters
    ----------
    claims
        Those that were given.
    named
        The phases, by the names that the claims have for them.
    others
        Entries that findings were made with, though no claim names them.
    problems
        Why claims were left out.
    """

    claims: Claims
    settings: AuditSettings
    rows: tuple[AuditFinding, ...]
    named: Mapping[str, Phase]
    others: tuple[Phase, ...] = ()
    problems: tuple[ClaimProblem, ...] = ()

    name = "audit"
    columns = (
        Column("id"),
        Column("claim", wide=True, hidden=True),
        Column("printed", wide=True),
        Column("computed", wide=True),
        Column("deviation_percent", head="dev./%", show=lambda value: signed(value, 2)),
        Column("verdict", show=lambda verdict: verdict.replace("_", " ")),
        Column("explanation", wide=True, hidden=True),
        Column("deviation_sigma", hidden=True),
        Column("tolerance", hidden=True),
        Column("phase", hidden=True),
        Column("details", hidden=True),
    )

    def __iter__(self) -> Iterator[AuditFinding]:
        """Iterate over the findings."""
        return iter(self.rows)

    def __getitem__(self, name: str) -> AuditFinding:
        """Return the finding on the claim of that id, in any case."""
        found = {row.id.casefold(): row for row in self.rows}.get(name.casefold())
        if found is None:
            hint = nearest(name, [row.id for row in self.rows])
            raise InputError(f"nothing was found of {shown(name)}{hint}")
        return found

    @property
    def holds(self) -> bool:
        """Whether every claim is consistent, or cannot be tested."""
        return all(row.verdict in HOLDING for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict, the best first; those that none has left out."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        return {
            "claims": self.claims.file or None,
            "citation": self.claims.citation,
            "doi": self.claims.doi,
            **self.settings.inputs,
        }

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that the claims name, then other entries that were needed."""
        return tuple(dict.fromkeys((*self.named.values(), *self.others)))

    @property
    def notes(self) -> tuple[str, ...]:
        """How many claims have each verdict, what counts as agreement, what phases are."""
        told = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in self.counts.items())
        notes = [f"{counted(len(self.rows), 'claim', 'claims')}: {told}"]
        if self.problems:
            left_out = counted(len(self.problems), "problem", "problems")
            notes.append(f"{left_out}: what cannot be used was left out")
        reasons = []
        if any(claim.quantity == "spacing" for claim in self.claims):
            share = f"{100.0 * self.settings.spacing_sigma:.3g} %"
            reasons.append(f"{share} is taken for one spacing of an image, since {WHY}")
        return (*notes, self.settings.text, *reasons, *self.provisos)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document, with the verdicts counted and the problems."""
        content = TableResult.to_dict(self)
        content["counts"] = self.counts
        content["problems"] = [asdict(problem) for problem in self.problems]
        return content

    def to_text(self, width: int = 80, *, fold: Callable[[str], str] = str) -> str:
        """Return table, explanations and notes for a terminal.

        Parameters
        ----------
        width
            Of the terminal.
        fold
            Folds a sentence to it.
        """
        blocks = [text_table(self, width=width)] if self.rows else []
        told = [_told(row) for row in self.rows]
        blocks += ["\n".join(map(fold, lines)) for lines in (told, self.notes) if lines]
        return printable_lines("\n\n".join(blocks))

    def _repr_html_(self) -> str:
        """Return table, notes and explanations for notebooks."""
        told = (f"<li>{escaped(_told(row))}</li>" for row in self.rows)
        return f"{html_table(self)}<ul>{''.join(told)}</ul>"

    def to_html(self) -> str:
        """Return a report as one HTML page, with figures, that needs nothing else.

        It holds no scripts and no date: the same audit gives the same bytes.
        """
        from navp_structures.analysis.audit.report import report_of

        return report_of(self).html()


def _told(row: AuditFinding) -> str:
    """Return a finding in words, with its deviation and what was allowed."""
    return f"{row.id}: {row.claim.rstrip('.')}. {row.explanation}{_deviations(row)}"


def _deviations(row: AuditFinding) -> str:
    """Return deviation, sigmas and tolerance, without its reasons; empty where none is."""
    off, parts = [], []
    if row.deviation_percent is not None:
        off.append(f"{signed(row.deviation_percent, 2)} %")
    if row.deviation_sigma is not None:
        off.append(f"{signed(row.deviation_sigma, 1)} sigma")
    if off:
        parts.append(f"deviation: {', '.join(off)}")
    if row.tolerance is not None:
        size, found, _ = row.tolerance.partition("): ")
        parts.append(f"allowed: {size}{')' if found else ''}")
    return f" [{'; '.join(parts)}]" if parts else ""


def audit(
    claims: ClaimsLike,
    *,
    spacing_sigma: float = DEFAULTS.spacing_sigma,
    scale_sigma: float = DEFAULTS.scale_sigma,
    angle_sigma: float = DEFAULTS.angle_sigma,
    two_theta_sigma: float = DEFAULTS.two_theta_sigma,
    volume_sigma: float = DEFAULTS.volume_sigma,
    keep_going: bool = False,
) -> Audit:
    """Return whether published claims agree with the structures.

    Parameters
    ----------
    claims
        A built-in paper by its name, the path of a TOML or CSV file, `Claims`, or claims, also
        as dicts with the keys of such a file.
    spacing_sigma, scale_sigma, angle_sigma, two_theta_sigma, volume_sigma
        Standard deviations where the paper prints none, as for `AuditSettings`.
    keep_going
        Whether claims that cannot be used are left out and told in ``problems``; otherwise the
        first of them is raised.

    Raises
    ------
    InputError
        When a claim cannot be used, with its file and line, or there is none.
    """
    settings = AuditSettings(
        spacing_sigma=spacing_sigma,
        scale_sigma=scale_sigma,
        angle_sigma=angle_sigma,
        two_theta_sigma=two_theta_sigma,
        volume_sigma=volume_sigma,
    )
    given = _claims(claims, keep_going)
    if not given.claims:
        why = f": {given.problems[0]}" if given.problems else ""
        raise InputError(f"there is no claim to judge{why}")
    context = AuditContext(claims=given, settings=settings, judges=JUDGES)
    problems = list(given.problems)
    rows: list[AuditFinding] = []
    named: dict[str, Phase] = {}
    for claim in given:
        try:
            of = {name: context.phase(name, claim) for name in claim.phases}
            rows.append(context.finding(claim.id))
            named |= of
        except NavpError as error:
            problem = _problem(claim, error, given)
            if not keep_going:
                raise ClaimError(str(problem)) from error
            problems.append(problem)
    return Audit(
        claims=given,
        settings=settings,
        rows=tuple(rows),
        named=MappingProxyType(named),
        others=tuple(_others(rows, named)),
        problems=tuple(problems),
    )


def _claims(claims: ClaimsLike, keep_going: bool) -> Claims:
    if isinstance(claims, Claims):
        return claims
    if isinstance(claims, str | os.PathLike):
        return load_claims(claims, keep_going=keep_going)
    if isinstance(claims, Mapping) or not isinstance(claims, Iterable):
        raise InputError(f"{shown(claims)} is no list of claims; give a name, a path or a list")
    return Claims(
        claims=tuple(item if isinstance(item, Claim) else claim_of(item) for item in claims)
    )


def _problem(claim: Claim, error: NavpError, claims: Claims) -> ClaimProblem:
    """Return why a claim cannot be judged, at its place; it may be one that it is about."""
    sentence = str(error)
    for name in claim.claims:
        if sentence.startswith(f"{claims[name].where}: "):
            sentence = f"it is about the claim {shown(name)}, which cannot be used"
    sentence = sentence.removeprefix(f"{claim.where}: ")
    if not claim.line:
        return ClaimProblem(file=claim.where, line=0, sentence=sentence)
    sentence = f"claim {shown(claim.id)}: {sentence}"
    return ClaimProblem(file=claim.file, line=claim.line, sentence=sentence)


def _others(rows: Iterable[AuditFinding], named: Mapping[str, Phase]) -> Iterator[Phase]:
    known = {phase.id for phase in named.values()}
    for name in dict.fromkeys(row.phase for row in rows):
        if name is not None and name not in known:
            yield as_phase(name)
