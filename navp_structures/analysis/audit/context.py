"""What the claims of a paper are judged with: its phases, their other entries, findings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from navp_structures.analysis.audit.finding import AuditFinding
from navp_structures.analysis.audit.settings import AuditSettings
from navp_structures.analysis.audit.standards import with_standard
from navp_structures.analysis.composition import same_composition
from navp_structures.catalogue.catalogue import as_phase, as_phases
from navp_structures.errors import ClaimError, NavpError
from navp_structures.model.claim import Claim, Claims
from navp_structures.model.phase import Phase

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuditContext:
    """The claims of one file and what is known of their phases.

    Parameters
    ----------
    claims
        All claims that are judged.
    settings
        Deviations that count as agreement.
    judges
        By quantity.
    """

    claims: Claims
    settings: AuditSettings
    judges: Mapping[str, Judge]
    _found: dict[str, AuditFinding] = field(default_factory=dict)
    _phases: dict[str, Phase] = field(default_factory=dict)
    _made: dict[Any, Any] = field(default_factory=dict)

    def phase(self, name: str, claim: Claim) -> Phase:
        """Return the phase of that name.

        Raises
        ------
        ClaimError
            When there is none: file, line, and the nearest names.
        """
        made = self._phases.get(name)
        if made is None:
            try:
                made = as_phase(name)
            except NavpError as error:
                raise ClaimError(f"{claim.where}: {error}", "phase") from error
            self._phases[name] = made
        return made

    def phases_of(self, claim: Claim) -> tuple[Phase, ...]:
        """Return the phases of a claim."""
        return tuple(self.phase(name, claim) for name in claim.phases)

    def others(self, phase: Phase) -> tuple[Phase, ...]:
        """Return the other entries of the catalogue with the composition of a phase.

        Another temperature, polymorph, ordering or computed cell; measured ones first.
        """
        return self.once(("others", phase), lambda: _others(phase))

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what several claims share, such as an image; made once."""
        if key not in self._made:
            self._made[key] = make()
        made: Made = self._made[key]
        return made

    def finding(self, name: str) -> AuditFinding:
        """Return what was found of the claim of that id; judged once."""
        claim = self.claims[name]
        made = self._found.get(claim.id)
        if made is None:
            made = with_standard(self.judges[claim.quantity](claim, self), claim, self)
            self._found[claim.id] = made
        return made


def _others(phase: Phase) -> tuple[Phase, ...]:
    kinds = ("measured", "model", "computed", None)
    same = [p for p in as_phases("all") if p != phase and same_composition(p, phase)]
    return tuple(sorted(same, key=lambda p: (kinds.index(p.kind), p.id)))


Judge: TypeAlias = Callable[[Claim, AuditContext], AuditFinding]
