"""What a check has to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from navp_structures.errors import InputError

LEVELS: Final = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence of a check.

    Parameters
    ----------
    level
        ``error`` makes a check fail; ``warning`` needs a look; ``note`` is worth knowing.
    message
        What was found.
    value, expected
        The numbers or names behind it, where there are any.
    check
        Name of the check that found it, where it is one of several.
    """

    level: str
    message: str
    value: Any = None
    expected: Any = None
    check: str = ""

    def __post_init__(self) -> None:
        """Refuse unknown levels."""
        if self.level not in LEVELS:
            raise InputError(f"level {self.level!r} is none of {', '.join(LEVELS)}")
