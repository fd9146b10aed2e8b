"""Results of several phases side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from navp_structures.catalogue.catalogue import PhaseLike, as_phases
from navp_structures.errors import InputError, UnknownPhaseError, nearest, shown
from navp_structures.model.phase import Phase
from navp_structures.show.tables import TableResult


class OfPhase(Protocol):
    """A result of one phase."""

    @property
    def of(self) -> Phase:
        """The phase."""

    @property
    def rows(self) -> tuple[Any, ...]:
        """Its rows."""


Row = TypeVar("Row")
Pattern = TypeVar("Pattern", bound=OfPhase)


class PatternTable(TableResult[Row], Generic[Row, Pattern]):
    """Mixin of what the result of one phase and that of several show alike, in `patterns`."""

    __slots__ = ()

    if TYPE_CHECKING:
        # As with the rows: a property here would be taken for the default of a field.
        @property
        def patterns(self) -> tuple[Pattern, ...]:
            """The patterns of which it tells."""

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases in their order."""
        return tuple(pattern.of for pattern in self.patterns)


class ByPhase(Generic[Pattern]):
    """Mixin of results that hold one result for each phase, in `patterns`."""

    patterns: tuple[Pattern, ...]

    @cached_property
    def rows(self) -> tuple[Any, ...]:
        """The rows of each phase in turn."""
        return tuple(row for pattern in self.patterns for row in pattern.rows)

    def __iter__(self) -> Iterator[Pattern]:
        """Iterate over the patterns."""
        return iter(self.patterns)

    def __len__(self) -> int:
        """Return the number of patterns."""
        return len(self.patterns)

    def __getitem__(self, key: int | str) -> Pattern:
        """Return a pattern by its place or by the id of its phase."""
        if isinstance(key, str):
            found = [pattern for pattern in self.patterns if pattern.of.id == key]
            if not found:
                ids = [pattern.of.id for pattern in self.patterns]
                raise UnknownPhaseError(
                    f"no pattern of {shown(key)}{nearest(key, ids)}; there are {', '.join(ids)}"
                )
            return found[0]
        return self.patterns[key]


def distinct_phases(phases: PhaseLike | Iterable[PhaseLike] | None) -> tuple[Phase, ...]:
    """Return phases whose ids differ; None stands for the four of the card.

    Raises
    ------
    InputError
        When two of them have one id, so that nothing could tell their results apart.
    """
    chosen = tuple(as_phases(phases))
    names = [phase.id for phase in chosen]
    for name in names:
        if names.count(name) > 1:
            raise InputError(
                f"two phases are called {shown(name)}; rename one, to tell them apart"
            )
    return chosen
