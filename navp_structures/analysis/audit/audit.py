"""Claims of a paper against the structures: one finding for each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
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
from navp_structures.analysis.audit.context import AuditContext, Judge
from navp_structures.analysis.audit.finding import Finding
from navp_structures.analysis.audit.settings import DEFAULTS, AuditSettings
from navp_structures.catalogue.papers import load_claims
from navp_structures.errors import ClaimError, InputError
from navp_structures.io.claim_fields import claim_of
from navp_structures.model.claim import Claim, ClaimProblem, Claims
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import signed
from navp_structures.show.tables import Column, TableResult

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
class Audit(TableResult[Finding]):
    """The answer of `audit`; its rows are the findings, in the order of the claims.

    Parameters
    ----------
    claims
        Those that were judged.
    problems
        Why others were left out.
    """

    claims: Claims
    settings: AuditSettings
    rows: tuple[Finding, ...]
    of: tuple[Phase, ...]
    problems: tuple[ClaimProblem, ...]

    name = "audit"
    columns = (
        Column("id"),
        Column("claim", wide=True),
        Column("printed", wide=True),
        Column("computed", wide=True),
        Column("deviation_percent", head="dev./%", show=lambda value: signed(value, 2)),
        Column("verdict"),
        Column("explanation", wide=True, hidden=True),
        Column("deviation_sigma", hidden=True),
        Column("tolerance", hidden=True),
        Column("phase", hidden=True),
        Column("details", hidden=True),
    )

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
        """The phases that the claims name."""
        return self.of


def audit(
    claims: ClaimsLike,
    *,
    spacing: float = DEFAULTS.spacing,
    scale: float = DEFAULTS.scale,
    angle: float = DEFAULTS.angle,
    two_theta: float = DEFAULTS.two_theta,
    volume: float = DEFAULTS.volume,
    keep_going: bool = False,
) -> Audit:
    """Return whether published claims agree with the structures.

    Parameters
    ----------
    claims
        A built-in paper by its name, the path of a TOML or CSV file, `Claims`, or claims, also
        as dicts with the keys of such a file.
    spacing, scale, angle, two_theta, volume
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
        spacing=spacing, scale=scale, angle=angle, two_theta=two_theta, volume=volume
    )
    given = _claims(claims, keep_going)
    if not given.claims:
        raise InputError("there is no claim to judge")
    context = AuditContext(claims=given, settings=settings, judges=JUDGES)
    problems = list(given.problems)
    rows: list[Finding] = []
    used: dict[str, Phase] = {}
    for claim in given:
        try:
            rows.append(context.finding(claim.id))
            used |= {p.id: p for p in context.phases_of(claim)}
        except ClaimError as error:
            if not keep_going:
                raise
            problems.append(ClaimProblem(file=claim.file, line=claim.line, sentence=str(error)))
    return Audit(
        claims=given,
        settings=settings,
        rows=tuple(rows),
        of=tuple(used.values()),
        problems=tuple(problems),
    )


def _claims(claims: ClaimsLike, keep_going: bool) -> Claims:
    if isinstance(claims, Claims):
        return claims
    if isinstance(claims, str | os.PathLike):
        return load_claims(claims, keep_going=keep_going)
    return Claims(
        claims=tuple(item if isinstance(item, Claim) else claim_of(item) for item in claims)
    )
