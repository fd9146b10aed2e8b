"""Many curves of one phase whose cell or occupancies vary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from navp_structures.analysis.allowed import Allowed, smallest_d_min
from navp_structures.analysis.group_families import allowed_families
from navp_structures.analysis.powder.lines import curve_of, lines_of, smallest_spacing
from navp_structures.analysis.powder.pattern import powder_pattern
from navp_structures.analysis.powder.settings import PowderSettings
from navp_structures.analysis.structure_factors import Atoms, atoms_of, elements_of
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.errors import CellError, InputError, nearest, shown
from navp_structures.kernels import lattice
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.kernels.reflections import by_spacing
from navp_structures.model import standard
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase

# Å.
_LONGEST_EDGE: Final = 1e4

# Printed occupancies may add up to a little more than 1.
_SLACK: Final = 0.01


def powder_profiles(
    phase: PhaseLike,
    x: npt.ArrayLike,
    *,
    cells: npt.ArrayLike | None = None,
    occupancies: Mapping[str, npt.ArrayLike] | None = None,
    common_scale: bool = False,
    axis: str = "two_theta",
    **settings: Any,
) -> Floats:
    """Return the curves of a phase with varied cell or occupancies, shape ``(m, n)``.

    Each row is what `PowderPattern.profile` gives for the phase so changed; atoms keep
    their fractional coordinates and their U.

    Parameters
    ----------
    phase
        A Phase, a name, or the path of a CIF.
    x, axis
        As `PowderPattern.profile`, shape ``(n,)``.
    cells
        a, b, c (Å), alpha, beta, gamma (degrees), shape ``(m, 6)``; they must obey the
        space group. None keeps the cell.
    occupancies
        Values by label of the atom (``Na1``), each shape ``(m,)``, 0 to 1. None keeps all.
    common_scale
        False scales each row to its own strongest line, as its own pattern would be. True
        scales all to that of the phase unchanged, so that a line that grows is seen to
        grow; intensities are for one unit cell each.
    settings
        Keywords of `powder_pattern`.

    Raises
    ------
    NoSitesError
        When the phase is a cell only.
    CellError
        When a cell is impossible or contradicts the space group.
    InputError
        When nothing is varied, the lengths differ, a label is unknown or borne by several
        atoms, or an occupancy is impossible.

    Examples
    --------
    >>> x = np.linspace(14, 15, 101)
    >>> curves = powder_profiles(
    ...     "Na3VP", x, occupancies={"Na1": [0.6, 0.8]}, two_theta=(10, 40)
    ... )
    >>> curves.shape
    (2, 101)
    """
    found = as_phase(phase)
    start = powder_pattern(found, **settings)
    points, order = start.points(x, axis)
    atoms = atoms_of(found)
    filled = _occupancies(found, atoms, {} if occupancies is None else occupancies)
    metrics = None if cells is None else _metrics(found, cells)
    counts = {len(varied) for varied in (filled, metrics) if varied is not None}
    if len(counts) != 1:
        raise InputError(
            "nothing is varied; give cells or occupancies"
            if not counts
            else f"cells and occupancies differ in number: {min(counts)} and {max(counts)}"
        )
    tables = _tables(found, atoms, filled, metrics, start.settings, counts.pop())
    rotations, used = found.space_group.laue_rotations, start.settings
    unit = start.lines.unit if common_scale else None
    curves = [
        curve_of(lines_of(table, rotations, reciprocal, used, unit), used, points)
        for table, reciprocal in tables
    ]
    result = np.empty((len(curves), len(points)))
    for row, curve in zip(result, curves, strict=True):
        row[order] = curve
    return result


def _tables(
    phase: Phase,
    atoms: Atoms,
    filled: Floats | None,
    metrics: Floats | None,
    settings: PowderSettings,
    count: int,
) -> Iterator[tuple[Allowed, Floats]]:
    """Yield families and reciprocal metric tensor of each variant."""
    cell = phase.cell
    hkl, multiplicity = _families(phase, metrics, smallest_spacing(settings))
    elements = elements_of(phase)
    reciprocal = cell.reciprocal_metric_tensor
    d = lattice.d_spacings(hkl, reciprocal)
    by_site = None if metrics is not None else atoms.sums(hkl, d, np.eye(len(atoms.fract)))
    for n in range(count):
        amounts = atoms.held if filled is None else atoms.amounts(filled[n])
        if by_site is not None:
            sums = amounts.T @ by_site
        if metrics is not None:
            reciprocal = lattice.inverse(metrics[n])
            d = lattice.d_spacings(hkl, reciprocal)
            order = by_spacing(d)
            hkl, multiplicity, d = hkl[order], multiplicity[order], d[order]
            lengths = np.sqrt(np.diag(reciprocal)) / cell.reciprocal_lengths
            stretched = atoms.anisotropic * np.outer(lengths, lengths)
            sums = replace(atoms, anisotropic=stretched).sums(hkl, d, amounts)
        table = Allowed(hkl=hkl, multiplicity=multiplicity, d=d, elements=elements, sums=sums)
        yield table, reciprocal


def _families(phase: Phase, metrics: Floats | None, d_min: float) -> tuple[Ints, Ints]:
    """Return the allowed families that reach d_min in any of the cells, d descending."""
    cell = phase.cell
    if metrics is not None:
        # d of a plane grows at most by the largest stretch between two cells.
        stretches = np.linalg.eigvals(metrics @ cell.reciprocal_metric_tensor).real
        d_min /= np.sqrt(stretches.max())
    if not d_min >= smallest_d_min(phase):
        raise InputError(
            f"a cell is too large for the range of two_theta: it would take millions of "
            f"reflections of {phase.id}"
        )
    hkl, multiplicity, _ = allowed_families(cell, phase.space_group, d_min)
    return hkl, multiplicity


def _metrics(phase: Phase, cells: npt.ArrayLike) -> Floats:
    """Return the metric tensors of cells, shape ``(m, 3, 3)``."""
    try:
        parameters = np.asarray(cells, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("cells must be rows of six numbers") from None
    if parameters.ndim != 2 or parameters.shape[1] != 6 or not len(parameters):
        raise InputError(f"cells must have the shape (m, 6), not {parameters.shape}")
    tensors = []
    for row in parameters.tolist():
        a, b, c, alpha, beta, gamma = row
        if max(row[:3]) > _LONGEST_EDGE:
            raise CellError(
                f"a cell edge is {max(row[:3]):g} Å; at most {_LONGEST_EDGE:g} is taken"
            )
        tensor = UnitCell(a=a, b=b, c=c, alpha=alpha, beta=beta, gamma=gamma).metric_tensor
        if not phase.space_group.fits(tensor):
            shown = ", ".join(f"{value:g}" for value in row)
            raise CellError(f"the cell {shown} contradicts {phase.space_group} of {phase.id}")
        tensors.append(tensor)
    return np.array(tensors)


def _occupancies(
    phase: Phase, atoms: Atoms, varied: Mapping[str, npt.ArrayLike]
) -> Floats | None:
    """Return the occupancies of all atoms in each variant, shape ``(m, k)``, or None."""
    if not isinstance(varied, Mapping):
        raise InputError(f"occupancies is {shown(varied)}; it must give values by label: Na1")
    if not varied:
        return None
    columns = {label: _column(label, values) for label, values in varied.items()}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise InputError(
            f"the occupancies have {min(lengths)} to {max(lengths)} values; "
            "each atom needs as many"
        )
    rows = np.repeat(atoms.occupancies[np.newaxis], lengths.pop(), axis=0)
    for label, values in columns.items():
        if atoms.labels.count(label) != 1:
            hint = nearest(str(label), atoms.labels) or f"; atoms: {', '.join(atoms.labels)}"
            count = atoms.labels.count(label) or "no"
            raise InputError(f"{phase.id} has {count} atoms {shown(label)}{hint}")
        rows[:, atoms.labels.index(label)] = values
    for together in standard.places(phase.sites, phase.cell, phase.space_group):
        names = [species.label for site in together for species in site.species]
        if columns.keys().isdisjoint(names):
            continue
        highest = rows[:, [atoms.labels.index(name) for name in names]].sum(axis=1).max()
        if highest > 1.0 + _SLACK:
            raise InputError(
                f"the occupancies of {' + '.join(names)} add up to {highest:g}; "
                "one position holds at most 1"
            )
    return rows


def _column(label: str, values: npt.ArrayLike) -> Floats:
    try:
        column = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        column = np.zeros((0, 0))
    if column.ndim != 1 or not len(column) or not np.all((column >= 0) & (column <= 1)):
        raise InputError(f"the occupancies of {label} must be one row of numbers from 0 to 1")
    return column
