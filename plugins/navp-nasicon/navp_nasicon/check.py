"""Is a framework of octahedra and tetrahedra that of NASICON, and if not, what is missing?

In the framework M2(TO4)3 of NASICON each MO6 octahedron shares its six corners with six TO4
tetrahedra, each TO4 its four with four MO6. Two MO6 that three TO4 join are a lantern unit;
each MO6 ends one lantern, and all lanterns are parallel. No part of this is enough: garnets
share the corners without lanterns; langbeinites, and Li3M2(PO4)3 of the monoclinic
("anti-NASICON") kind, are built of lanterns that point in several directions.

References
----------
NASICON: H. Y.-P. Hong, Mater. Res. Bull. 11 (1976) 173, doi:10.1016/0025-5408(76)90073-8.
The same corners in NaZr2(PO4)3, Sc2(WO4)3, langbeinite and garnet: E. A. Asabina et al.,
Russ. J. Inorg. Chem. 51 (2006) 1167.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from navp_nasicon.axes import angle_between, directions, lattice_direction, spread
from navp_nasicon.framework import (
    CORNER,
    EDGE,
    Framework,
    TooManySitesError,
    framework_of,
)
from navp_structures import Finding, Phase
from navp_structures.errors import NavpError

PARALLEL: Final = 20.0
"""Degrees; monoclinic NASICON phases reach 0.2, langbeinites have 70.5."""

_MOST: Final = 3


def nasicon(phase: Phase) -> Iterator[Finding]:
    """Yield what a phase has of a NASICON framework.

    Parameters
    ----------
    phase
        Any phase. Without octahedra and tetrahedra of oxygen there is nothing to say.

    Yields
    ------
    A note: the lantern units of a NASICON framework, or what another framework of octahedra
    and tetrahedra lacks, or why a phase could not be judged.
    """
    try:
        framework = framework_of(phase)
    except (NavpError, TooManySitesError) as error:
        yield Finding(level="note", message=f"not compared with a NASICON framework: {error}")
        return
    if framework is None:
        return
    missing = list(_missing(framework))
    if not missing:
        yield _note(framework)
        return
    more = [f"and {len(missing) - _MOST} more"] if len(missing) > _MOST else []
    # No warning: most phases of a user are meant to be something else.
    yield Finding(
        level="note",
        message=f"no NASICON framework: {'; '.join(missing[:_MOST] + more)}",
        value=framework.lantern_number,
        expected=len(framework.ends) / 2,
    )


def _note(framework: Framework) -> Finding:
    kinds = sorted({(lantern.centres, lantern.bridges) for lantern in framework.lanterns})
    units = "; ".join(f"{'–'.join(ends)} joined by {_counted(by)}" for ends, by in kinds)
    number, share = framework.lantern_number, framework.lanterns_per_formula_unit
    told = f"{number:g} lantern unit{'s' if number != 1 else ''} in the cell"
    told += "" if share is None else f", {share:g} per formula unit"
    return Finding(
        level="note",
        message=f"NASICON framework: {told} ({units}), all {_axis(framework)}",
        value=share if share is not None else number,
    )


def _counted(labels: Iterable[str]) -> str:
    """Return labels with their number: ``2 P3, P4``."""
    return ", ".join(
        label if number == 1 else f"{number} {label}"
        for label, number in Counter(labels).items()
    )


def _axis(framework: Framework) -> str:
    """Return where the lanterns point to."""
    matrix = framework.orthogonalisation
    found = lattice_direction(framework.axes[0], matrix)
    apart = spread(framework.axes)
    parallel = "parallel" if apart < _EXACT else f"parallel within {apart:.1f}°"
    if found is None:
        return parallel
    uvw = np.array(found) @ matrix.T
    off = max(angle_between(uvw, axis) for axis in framework.axes)
    name = f"[{' '.join(map(str, found))}]"
    return f"along {name}" if off < _EXACT else f"{parallel}, {off:.1f}° from {name}"


# Degrees: what rounding leaves of an axis that symmetry fixes.
_EXACT: Final = 0.05


def _missing(framework: Framework) -> Iterator[str]:
    """Yield what tells a framework from that of NASICON, corners first."""
    yield from _contacts(framework)
    yield from _corners(framework)
    yield from _lanterns(framework)
    yield from _directions(framework)
    if framework.dimension < 3:
        plural = "" if framework.dimension == 1 else "s"
        yield f"it extends in {framework.dimension} dimension{plural}, not in 3"


def _contacts(framework: Framework) -> Iterator[str]:
    """Yield contacts that have no place in a NASICON, each pair of sites once."""
    for site, other, shared, _ in framework.contacts:
        mixed = (site in framework.octahedra) != (other in framework.octahedra)
        if other < site or (mixed and shared == CORNER):
            continue
        what = {CORNER: "a corner", EDGE: "an edge"}.get(shared, "a face")
        one, two = framework.labels[site], framework.labels[other]
        yield f"{one} shares {what} with {f'another {two}' if site == other else two}"


def _corners(framework: Framework) -> Iterator[str]:
    """Yield which polyhedra do not share all corners with the other kind."""
    octahedra, tetrahedra = framework.octahedra, framework.tetrahedra
    roles = (
        (octahedra, tetrahedra, 6, "tetrahedra"),
        (tetrahedra, octahedra, 4, "octahedra"),
    )
    for own, others, wanted, name in roles:
        for n in own:
            number = sum(
                contact.number
                for contact in framework.contacts
                if contact.site == n and contact.other in others and contact.shared == CORNER
            )
            if abs(number - wanted) > _HALF:
                plural = "" if number == 1 else "s"
                yield (
                    f"{framework.labels[n]} shares {number:.3g} corner{plural} with {name}, "
                    f"not {wanted}"
                )


# Corners; partly filled neighbours count by their filling.
_HALF: Final = 0.5


def _lanterns(framework: Framework) -> Iterator[str]:
    """Yield how many octahedra end no lantern, or more than one."""
    for text, some in (
        ("end no lantern unit", [n for n, count in framework.ends if count == 0]),
        ("end more than one lantern unit", [n for n, count in framework.ends if count > 1]),
    ):
        if some:
            labels = ", ".join(framework.labels[n] for n in sorted(set(some)))
            total = len(framework.ends)
            yield f"{len(some)} of {total} octahedra in the cell {text} ({labels})"


def _directions(framework: Framework) -> Iterator[str]:
    apart = spread(framework.axes)
    if apart > PARALLEL:
        number = len(directions(framework.axes, PARALLEL))
        yield (
            f"its lantern units point in {number} directions up to {apart:.0f}° apart, those "
            "of NASICON are parallel"
        )
