"""Measured powder patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from navp_structures.errors import InputError, shown
from navp_structures.kernels.lattice import Floats
from navp_structures.read_only import ReadOnly
from navp_structures.show.tables import printable

# Nothing that is counted is larger; differences of such numbers are still finite.
_LARGEST = 1e30

FEWEST_POINTS = 2
"""One point is no pattern: it spans no range to draw."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class MeasuredPattern(ReadOnly):
    """A measured powder pattern.

    Parameters
    ----------
    name
        What a legend calls it, printable; a file's stem.
    x
        Where the intensity was measured, strictly increasing, shape ``(n,)``; 2θ (degrees)
        unless said otherwise.
    intensity
        Intensity in the units of its source, shape ``(n,)``; negative values are allowed,
        since a subtracted background leaves some.
    intensity_su
        Its su, shape ``(n,)``; None where unknown.

    Raises
    ------
    InputError
        When the arrays are not of one length, hold fewer than two points or anything but
        finite numbers, x does not increase, or an su is negative.

    Examples
    --------
    >>> MeasuredPattern(name="nvp", x=[10.0, 10.5, 11.0], intensity=[3, 8, 4])
    <MeasuredPattern: nvp, 3 points, x from 10 to 11>
    """

    name: str
    x: Floats
    intensity: Floats
    intensity_su: Floats | None = None

    def __post_init__(self) -> None:
        """Keep read-only copies, and refuse what is no pattern."""
        if not isinstance(self.name, str) or not self.name.isprintable():
            raise InputError(f"the name {shown(self.name)} must be a printable text")
        object.__setattr__(self, "x", read_only("x", self.x))
        object.__setattr__(self, "intensity", read_only("intensity", self.intensity))
        if self.intensity_su is not None:
            su = read_only("intensity_su", self.intensity_su)
            object.__setattr__(self, "intensity_su", su)
        for name in ("intensity", "intensity_su"):
            values = getattr(self, name)
            if values is not None and values.shape != self.x.shape:
                raise InputError(
                    f"{name} has {len(values)} values and x has {len(self.x)}; each x needs one"
                )
        check_points(self.x, self.intensity, self.intensity_su)

    def __repr__(self) -> str:
        """One line: its name, how many points, from where to where."""
        points = f"{len(self.x)} points, x from {self.x[0]:g} to {self.x[-1]:g}"
        return printable(f"<{type(self).__name__}: {self.name}, {points}>")


def check_points(
    x: Floats,
    intensity: Floats,
    intensity_su: Floats | None = None,
    *,
    place: Callable[[int], str] = "at index {}".format,
) -> None:
    """Refuse points that make no pattern.

    Parameters
    ----------
    x, intensity, intensity_su
        As in `MeasuredPattern`, all of one length.
    place
        Turns an index into words; a reader says ``in line 7``.

    Raises
    ------
    InputError
        When there are fewer than two points, one is not finite, x does not increase, or an
        su is negative; the first such place is named.
    """
    if len(x) < FEWEST_POINTS:
        raise InputError(
            f"a pattern has at least {FEWEST_POINTS} points; this one has {len(x)}"
        )
    columns = {"x": x, "the intensity": intensity}
    if intensity_su is not None:
        columns["the su of the intensity"] = intensity_su
    for name, values in columns.items():
        for i in np.flatnonzero(~np.isfinite(values))[:1]:
            raise InputError(f"{name} is {values[i]} {place(i)}; it must be a finite number")
        for i in np.flatnonzero(np.abs(values) > _LARGEST)[:1]:
            raise InputError(
                f"{name} is {values[i]:g} {place(i)}; it must be at most {_LARGEST:g}"
            )
    # Compared, not subtracted: a difference of huge numbers overflows.
    for i in np.flatnonzero(x[1:] <= x[:-1])[:1]:
        if x[i] == x[i + 1]:
            raise InputError(
                f"x is {x[i]} {place(i)} and again {place(i + 1)}; each x must occur once"
            )
        raise InputError(
            f"x falls from {x[i]} {place(i)} to {x[i + 1]} {place(i + 1)}; it must increase"
        )
    if intensity_su is not None:
        for i in np.flatnonzero(intensity_su < 0)[:1]:
            raise InputError(
                f"the su of the intensity is {intensity_su[i]} {place(i)}; "
                "it must be 0 or positive"
            )


def read_only(name: str, values: npt.ArrayLike, *, ndim: int = 1) -> Floats:
    """Return a read-only copy of an array of real numbers.

    Parameters
    ----------
    name
        What the values are called in an error.
    ndim
        1 for the shape ``(n,)``, 2 for ``(n, m)``.

    Raises
    ------
    InputError
        When it holds anything but real numbers, or has another shape.
    """
    wanted = "(n,)" if ndim == 1 else "(n, m)"
    try:
        array = np.asarray(values)
    except ValueError:
        raise InputError(f"{name} is ragged; it must have the shape {wanted}") from None
    if array.dtype.kind not in "iuf":
        raise InputError(f"{name} holds {array.dtype} values; it must hold real numbers")
    if array.ndim != ndim:
        raise InputError(f"{name} has the shape {array.shape}; it must have the shape {wanted}")
    copy = array.astype(np.float64)
    copy.setflags(write=False)
    return copy
