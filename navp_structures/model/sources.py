"""Answer types of the hooks: how a phase is offered before it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from navp_structures.errors import InputError, shown
from navp_structures.model.phase import ID_PATTERN, KINDS, Phase, provisos


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSummary:
    """What a table of phases shows of one phase, without its sites.

    Parameters
    ----------
    temperature
        Kelvin; None where no number is known.
    volume_per_formula_unit
        V/Z (Å³); None where Z is unknown.
    provider
        Filled in by the catalogue.
    """

    id: str
    aliases: tuple[str, ...]
    formula: str | None
    space_group: str
    kind: str | None
    temperature: float | None
    volume_per_formula_unit: float | None
    reason: str | None = None
    caveat: str | None = None
    provider: str = ""

    @property
    def provisos(self) -> tuple[str, ...]:
        """The sentence that a model or a computed phase is one, and why."""
        return provisos(self.id, self.kind, self.reason, None)

    @classmethod
    def of(cls, phase: Phase) -> PhaseSummary:
        """Return the summary of a phase that is loaded."""
        return cls(
            id=phase.id,
            aliases=phase.aliases,
            formula=phase.formula,
            space_group=str(phase.space_group),
            kind=phase.kind,
            temperature=phase.temperature,
            volume_per_formula_unit=phase.volume_per_formula_unit,
            reason=phase.reason,
            caveat=phase.caveat,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseSource:
    """A phase on offer: its names now, the phase itself when asked.

    Parameters
    ----------
    id
        ``[a-z0-9][a-z0-9-]{0,63}``.
    load
        Returns the Phase; called at most once, when it is first asked for.
    aliases
        Other names; ids and aliases are one case-insensitive name space.
    kind
        ``measured``, ``computed`` or ``model``.
    summarise
        Returns the PhaseSummary more cheaply than `load`, where that is possible.
    origin
        Where it comes from, for messages: a file, or the plugin's own word.

    Raises
    ------
    InputError
        When the id or the kind is not of that form.
    """

    id: str
    load: Callable[[], Phase]
    aliases: tuple[str, ...] = ()
    kind: str | None = None
    summarise: Callable[[], PhaseSummary] | None = field(default=None, repr=False)
    origin: str = ""

    def __post_init__(self) -> None:
        """Refuse names that could not be asked for."""
        if not isinstance(self.id, str) or ID_PATTERN.fullmatch(self.id) is None:
            raise InputError(
                f"{shown(self.id)} is no phase id; use a-z, 0-9 and '-', at most 64"
            )
        if self.kind is not None and self.kind not in KINDS:
            raise InputError(
                f"kind {shown(self.kind)} of {self.id} is none of {', '.join(KINDS)}"
            )
        if isinstance(self.aliases, str) or not all(isinstance(a, str) for a in self.aliases):
            raise InputError(f"the aliases of {self.id} must be a tuple of texts")
        object.__setattr__(self, "aliases", tuple(self.aliases))
