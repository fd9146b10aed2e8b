"""Headings of tables of measured values: which column is what, in which unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from navp_structures.errors import InputError, shown

POSITIONS: Final = ("d", "g", "q", "two_theta")
"""Columns whose number says where a line or a fringe is."""

COORDINATES: Final = (("x", "y"), ("gx", "gy"))

# By the name in lower case, without blanks, hyphens, underscores and points.
_ROLES = MappingProxyType(
    {
        **dict.fromkeys(("d", "dspacing", "spacing", "spacings", "dobs", "dhkl"), "d"),
        **dict.fromkeys(("g", "|g|", "1/d"), "g"),
        **dict.fromkeys(("q", "|q|", "2π/d", "2pi/d"), "q"),
        **dict.fromkeys(("twotheta", "2theta", "2θ", "2th", "tth"), "two_theta"),
        **{name: name for pair in COORDINATES for name in pair},
        **dict.fromkeys(
            ("intensity", "intensities", "int", "i", "counts", "iobs"), "intensity"
        ),
        **dict.fromkeys(("sigma", "su", "σ", "esd"), "sigma"),
        **dict.fromkeys(("hkl", "label", "labels", "reflection"), "label"),
        "angle": "angle",
        # What says nothing of the values.
        **dict.fromkeys(
            ("", "no", "nr", "n", "number", "comment", "note", "remark"), "left out"
        ),
    }
)

_UNITS = MappingProxyType(
    {
        **dict.fromkeys(("A", "ang", "angstrom", "angstroms", "angström", "ångström"), "A"),
        "nm": "nm",
        **dict.fromkeys(("1/A", "A-1", "1/angstrom", "angstrom-1"), "1/A"),
        **dict.fromkeys(("1/nm", "nm-1"), "1/nm"),
        **dict.fromkeys(("px", "pixel", "pixels"), "px"),
        **dict.fromkeys(("°", "deg", "degree", "degrees", "°2th", "°2theta", "°2θ"), "deg"),
        "%": "%",
    }
)
_SIGNS = str.maketrans(
    {"Å": "A", "\u212b": "A", "−": "-", "⁻": "-", "¹": "1", "^": "", " ": ""}
)

_UNITS_OF = MappingProxyType(
    {
        "d": ("A", "nm"),
        "g": ("1/A", "1/nm"),
        "q": ("1/A",),
        "two_theta": ("deg",),
        "x": ("1/A", "1/nm", "px"),
        "gx": ("1/A", "1/nm"),
        "angle": ("deg",),
        "sigma": ("A", "nm", "1/A", "1/nm", "deg", "px", "%"),
    }
)
_BRACKETED = re.compile(r"(.*?)\s*[(\[]([^()\[\]]*)[)\]]")
_ANGLE_TO = re.compile(r"angle\s+to\s+([1-9][0-9]{0,5})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """One column: its role, its unit where it names one, and the text as it stands.

    Parameters
    ----------
    role
        One of `POSITIONS`, x, y, gx, gy, intensity, sigma, label, angle, or ``left out``.
    unit
        A, nm, 1/A, 1/nm, px, deg, % or None.
    to_row
        For ``angle to 2``: 2.
    """

    role: str
    unit: str | None
    text: str
    to_row: int | None = None


def read_heading(text: str) -> Heading:
    """Return what a heading says.

    Parameters
    ----------
    text
        A name alone or with a unit: ``d``, ``d (nm)``, ``gx / 1/nm``, ``2θ [°]``.

    Raises
    ------
    InputError
        When the name is unknown, or the unit is none of that column.
    """
    plain = " ".join(text.split())
    angle = _ANGLE_TO.match(plain)
    if angle is not None:
        rest = read_heading(f"angle{plain[angle.end() :]}")
        return Heading(role="angle", unit=rest.unit, text=plain, to_row=int(angle[1]))
    for name, unit in _splits(plain):
        role = _ROLES.get(_folded(name))
        if role is not None:
            return Heading(role=role, unit=_unit(role, unit, plain), text=plain)
    raise InputError(
        f"the heading {shown(plain)} is unknown; known are d, g, 1/d, q, 2theta, x, y, gx, gy, "
        "intensity, sigma, su, hkl, label, angle and comment, with a unit as in 'd (nm)'"
    )


def unit_of(text: str) -> str | None:
    """Return A, nm, 1/A, 1/nm, px, deg or % for a unit as people write it; None for others.

    Examples
    --------
    >>> unit_of("Å"), unit_of("nm⁻¹"), unit_of("A^-1"), unit_of("inch")
    ('A', '1/nm', '1/A', None)
    """
    plain = text.translate(_SIGNS).rstrip(".")
    return _UNITS.get(plain) or _UNITS.get(plain.casefold())


def _splits(text: str) -> Iterator[tuple[str, str | None]]:
    """Yield each way to part a heading into name and unit, the whole as a name first."""
    yield text, None
    if text.startswith("(") and text.endswith(")"):
        yield text[1:-1], None
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed is not None:
        yield bracketed[1], bracketed[2]
    for slash in re.finditer("/", text):
        yield text[: slash.start()], text[slash.end() :]


def _folded(name: str) -> str:
    # A line of hyphens is no empty heading.
    return re.sub(r"[\s_.-]", "", name.casefold()) or name.strip()


def _unit(role: str, text: str | None, heading: str) -> str | None:
    known = _UNITS_OF.get({"y": "x", "gy": "gx"}.get(role, role))
    # Counts and comments have units of their own.
    if text is None or not text.strip() or known is None:
        return None
    unit = unit_of(text)
    if unit not in known:
        raise InputError(
            f"the unit {shown(text.strip())} of the column {shown(heading)} is not understood; "
            f"it may be {' or '.join(known)}"
        )
    return unit
