"""The text that a value of a CIF stands for."""

from __future__ import annotations

from gemmi import cif


def value_text(value: str) -> str:
    """Return a value without its quotes or semicolons, and without blanks around it.

    A quote that stands alone is itself; gemmi looks for the other one behind its end.
    """
    return value if len(value) == 1 else cif.as_string(value).strip()
