"""Measured lists: spacings, spots and powder lines, and who reads them from files."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from importlib.resources.abc import Traversable
from numbers import Integral, Real
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from navp_structures.errors import InputError, nearest, shown
from navp_structures.kernels.lattice import Floats
from navp_structures.model.measured import read_only
from navp_structures.show.tables import printable

UNITS: Final = {
    "A": "spacing in Å",
    "nm": "spacing in nm",
    "1/A": "1/d in Å⁻¹",
    "1/nm": "1/d in nm⁻¹",
    "q": "2π/d in Å⁻¹",
    "two_theta": "Bragg angle 2θ in degrees, with a radiation",
    "px": "distance from the direct beam in pixels, with a camera constant",
}

QUANTITIES: Final = MappingProxyType(
    {
        "A": "d",
        "nm": "d",
        "1/A": "g",
        "1/nm": "g",
        "q": "q",
        "two_theta": "two_theta",
        "px": "px",
    }
)
"""What is measured, by unit."""

LIST_KINDS: Final = ("spacings", "spots", "powder")

MOST_VALUES: Final = 100_000
"""More are no list that somebody measured, but an image or a pattern."""

# Coordinates have two numbers of a length in an image or in reciprocal space.
_OF_SPOTS = frozenset({"g", "q", "px"})

_READER_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SUFFIX = re.compile(r"\.[a-z0-9_+-]{1,16}")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MeasuredList:
    """A list of measured spacings, spots or powder lines, as its source gives it.

    Parameters
    ----------
    kind
        ``spacings``, ``spots`` (coordinates from the direct beam) or ``powder`` (lines of a
        powder pattern).
    values
        Shape ``(n,)``, positive; for spots ``(n, 2)``: x to the right, y up.
    units
        One of A, nm, 1/A, 1/nm, q, two_theta, px; None where the source does not say.
    quantity
        What the values are as far as is known: ``d``, ``g`` (1/d), ``q``, ``two_theta``,
        ``px``, None. It follows from the units where there are any, and keeps 1/d without
        a unit from being taken for d.
    sigma
        One standard deviation of each value, in the unit of the values, shape ``(n,)``; NaN
        for a value without one, None where no value has one.
    intensities
        Shape ``(n,)``, in the units of the source; NaN and None as for `sigma`.
    labels
        A printed (hkl) for each value as it was written, None for one without; empty where
        there are none. They are not checked.
    angles
        Degrees between two values, by their numbers from 0, smaller first.
    source
        Name of the file, or ``text``.

    Raises
    ------
    InputError
        When there is no value, one is not finite or not positive, or the parts do not fit
        together.

    Examples
    --------
    >>> MeasuredList(kind="spacings", values=[1.88, 1.895], units="A")
    <MeasuredList: 2 spacings in A>
    """

    kind: str
    values: Floats
    units: str | None = None
    quantity: str | None = None
    sigma: Floats | None = None
    intensities: Floats | None = None
    labels: tuple[str | None, ...] = ()
    angles: Mapping[tuple[int, int], float] = field(default_factory=dict)
    source: str = ""

    def __post_init__(self) -> None:
        """Keep read-only copies, and refuse what makes no list."""
        if self.kind not in LIST_KINDS:
            raise InputError(
                f"{shown(self.kind)} is no kind of list; it is one of {', '.join(LIST_KINDS)}"
            )
        if not isinstance(self.source, str) or not self.source.isprintable():
            raise InputError(f"the source {shown(self.source)} must be a printable text")
        # Without spots there is no second axis, whose lack would be told.
        none = isinstance(self.values, list | tuple) and not self.values
        ndim = 2 if self.kind == "spots" and not none else 1
        values = read_only("values", self.values, ndim=ndim)
        object.__setattr__(self, "values", values)
        self._check_values()
        self._check_units()
        for name in ("sigma", "intensities"):
            self._keep_column(name)
        self._keep_labels()
        self._keep_angles()

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self.values)

    def __repr__(self) -> str:
        """One line: how many of what, in which unit, from where."""
        what = {"powder": "powder lines"}.get(self.kind, self.kind)
        what = what.removesuffix("s") if len(self) == 1 else what
        where = f" from {self.source}" if self.source else ""
        unit = f"in {self.units}" if self.units else "in unknown units"
        return printable(f"<{type(self).__name__}: {len(self)} {what} {unit}{where}>")

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the arguments: a read-only mapping has no pickle of its own."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return _rebuild, (values | {"angles": dict(self.angles)},)

    def with_units(self, units: str) -> MeasuredList:
        """Return the list in the units that its source leaves open.

        Raises
        ------
        InputError
            When the units are unknown, or the source says something else.
        """
        if not is_unit(units):
            raise InputError(unknown_units(units))
        if self.units not in (None, units):
            raise InputError(f"the values are given in {self.units}, not in {units}")
        return replace(self, units=units)

    def _check_values(self) -> None:
        if not len(self.values):
            raise InputError("the list is empty; it must hold at least one value")
        if len(self.values) > MOST_VALUES:
            raise InputError(
                f"the list has {len(self.values)} values; it may have at most {MOST_VALUES}"
            )
        if self.kind == "spots" and self.values.shape[1] != 2:
            raise InputError(f"spots have x and y; these have {self.values.shape[1]} numbers")
        rows = self.values.reshape(len(self.values), -1)
        wrong = ~np.isfinite(rows).all(axis=1)
        if self.kind != "spots":
            wrong |= rows[:, 0] <= 0
        for i in np.flatnonzero(wrong)[:1]:
            text = ", ".join(f"{number:g}" for number in rows[i])
            kind = "finite" if self.kind == "spots" else "a positive finite number"
            raise InputError(f"value {i + 1} is {text}; it must be {kind}")

    def _check_units(self) -> None:
        if self.units is not None and not is_unit(self.units):
            raise InputError(unknown_units(self.units))
        known = QUANTITIES[self.units] if self.units is not None else self.quantity
        if known is not None and known not in QUANTITIES.values():
            raise InputError(f"{shown(known)} is no quantity; it is d, g, q, two_theta or px")
        if self.quantity not in (None, known):
            raise InputError(f"the values are {self.quantity}, whose unit is not {self.units}")
        if self.kind == "spots" and known is not None and known not in _OF_SPOTS:
            raise InputError(
                f"coordinates of spots are in 1/A, 1/nm, q or px, not in {self.units or known}"
            )
        object.__setattr__(self, "quantity", known)

    def _keep_column(self, name: str) -> None:
        given = getattr(self, name)
        if given is None:
            return
        column = read_only(name, given)
        if len(column) != len(self):
            raise InputError(f"{name} has {len(column)} numbers for {len(self)} values")
        wrong = np.isinf(column)
        if name == "sigma":
            wrong |= column <= 0
        for i in np.flatnonzero(wrong)[:1]:
            kind = "positive, or absent where it is unknown" if name == "sigma" else "finite"
            raise InputError(f"{name} of value {i + 1} is {column[i]:g}; it must be {kind}")
        object.__setattr__(self, name, None if np.isnan(column).all() else column)

    def _keep_labels(self) -> None:
        labels = tuple(self.labels) if not isinstance(self.labels, str) else None
        if labels is None or not all(n is None or isinstance(n, str) for n in labels):
            raise InputError(
                f"the labels are {shown(self.labels)}; each must be a text or None"
            )
        for n, label in enumerate(labels, start=1):
            if label is not None and not label.isprintable():
                raise InputError(f"label {n} is {shown(label)}; it must be printable")
        if labels and len(labels) != len(self):
            raise InputError(f"there are {len(labels)} labels for {len(self)} values")
        object.__setattr__(self, "labels", labels if any(labels) else ())

    def _keep_angles(self) -> None:
        if not isinstance(self.angles, Mapping):
            raise InputError(f"angles is {shown(self.angles)}; give {{(i, j): degrees}}")
        found: dict[tuple[int, int], float] = {}
        for pair, angle in self.angles.items():
            if not self._is_pair(pair):
                raise InputError(
                    f"{shown(pair)} is no pair of values; they have the numbers 0 to "
                    f"{len(self) - 1}"
                )
            if not (isinstance(angle, Real) and 0 < float(angle) < 180):
                raise InputError(
                    f"the angle of {shown(pair)} is {shown(angle)}; "
                    "it must be between 0 and 180 degrees"
                )
            ordered = (int(min(pair)), int(max(pair)))
            if not math.isclose(found.setdefault(ordered, float(angle)), float(angle)):
                raise InputError(f"two angles are given for the pair {ordered}")
        object.__setattr__(self, "angles", MappingProxyType(found))

    def _is_pair(self, pair: object) -> bool:
        if not isinstance(pair, tuple) or len(pair) != 2 or pair[0] == pair[1]:
            return False
        return all(isinstance(n, Integral) and 0 <= int(n) < len(self) for n in pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacingReader:
    """A reader of files that hold a measured list.

    Parameters
    ----------
    name
        What it is asked for by: letters, digits, ``-`` and ``_``, at most 64.
    suffixes
        Of the files that it reads, lower case with the dot (``.csv``).
    read
        Takes the file, a ``Path`` or ``Traversable``, and returns the `MeasuredList`. Where
        it cannot, it raises an `InputError` with one sentence.

    Raises
    ------
    InputError
        When a name or a suffix is not of that form.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path | Traversable], MeasuredList] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse names that could not be asked for."""
        if not isinstance(self.name, str) or _READER_NAME.fullmatch(self.name) is None:
            raise InputError(
                f"{shown(self.name)} is no name of a reader; use letters, digits, '-' and '_'"
            )
        given = self.suffixes
        suffixes = tuple(given) if isinstance(given, tuple | list) else ()
        if not suffixes or not all(
            isinstance(s, str) and _SUFFIX.fullmatch(s) for s in suffixes
        ):
            raise InputError(
                f"the suffixes of the reader {self.name} are {shown(self.suffixes)}; "
                "give a tuple of lower-case ones such as ('.csv',)"
            )
        if not callable(self.read):
            raise InputError(f"read of the reader {self.name} cannot be called")
        object.__setattr__(self, "suffixes", suffixes)


def _rebuild(values: dict[str, Any]) -> MeasuredList:
    return MeasuredList(**values)


def is_unit(units: object) -> bool:
    """Whether it is one of `UNITS`."""
    return isinstance(units, str) and units in UNITS


def unknown_units(units: object) -> str:
    """Return the sentence that says which units there are."""
    return f"unknown unit {shown(units)}{nearest(str(units), UNITS)}; known: {', '.join(UNITS)}"
