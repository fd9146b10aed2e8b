"""What spglib finds in a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from navp_structures.analysis.spglib_settings import hall_number, raising_spglib
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.spacegroup import SpaceGroup


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contents:
    """The full cell for spglib: rows of the lattice, positions, and what sits there.

    Parameters
    ----------
    lattice
        Rows are a, b, c (Å), shape ``(3, 3)``.
    positions, kinds
        Fractional, shape ``(n, 3)``; equal kinds hold the same species in the same
        amounts, so that an occupancy counts like an element.
    owner
        Number of the site that each position belongs to.
    """

    lattice: Floats
    positions: Floats
    kinds: Ints
    owner: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What spglib finds at one tolerance, or why it finds nothing.

    Parameters
    ----------
    rotations, translations
        The operations in the axes and origin of the phase.
    wyckoff
        Letter of each position, in spglib's own standard setting.
    own_axes
        Whether that setting is the given one: neither axes nor origin were changed.
    """

    symprec: float
    number: int | None = None
    symbol: str | None = None
    rotations: Ints | None = None
    translations: Floats | None = None
    wyckoff: tuple[str, ...] = ()
    own_axes: bool = False
    problem: str = ""


def contents(phase: Phase) -> Contents:
    """Return the cell of a phase with every position, each once."""
    cell, group = phase.cell, phase.space_group
    kinds: dict[object, int] = {}
    positions: list[Floats] = []
    numbers: list[int] = []
    owner: list[int] = []
    for n, site in enumerate(phase.require_sites("a symmetry search")):
        filling = tuple(sorted((s.symbol, round(s.occupancy, 6)) for s in site.species))
        kind = kinds.setdefault(filling, len(kinds) + 1)
        points = standard.positions(site, cell, group)
        positions.extend(points)
        numbers.extend([kind] * len(points))
        owner.extend([n] * len(points))
    return Contents(
        lattice=cell.orthogonalisation_matrix.T,
        positions=np.array(positions),
        kinds=np.array(numbers, dtype=np.int64),
        owner=np.array(owner, dtype=np.int64),
    )


def wyckoff_letters(phase: Phase) -> tuple[str | None, ...]:
    """Return the Wyckoff letter of each site in the phase's own setting, None if unsure.

    spglib gives letters in a standard setting of its own choice, which depends on the
    cell edges. Here it sees each site in a cell whose edges are already standard, beside
    atoms on a general position, and is told which of its settings is meant, where it has
    the phase's; its letters count when it then changes neither axes nor origin.
    """
    group = phase.space_group
    setting = hall_number(group)
    metric = _standard_metric(group)
    general = orbit_of(np.array([0.1137, 0.2391, 0.3713]), group)
    letters: list[str | None] = []
    letter_of_general: str | None = None
    for site in phase.sites:
        is_general = len(standard.stabiliser(site, phase.cell, group)[0]) == 1
        if is_general and letter_of_general is not None:
            # All general positions have one letter; a large cell may hold thousands.
            letters.append(letter_of_general)
            continue
        points = standard.positions(site, phase.cell, group)
        cell = Contents(
            lattice=np.asarray(np.linalg.cholesky(metric), dtype=np.float64),
            positions=np.concatenate([points, general]),
            kinds=np.repeat([1, 2], [len(points), len(general)]),
            owner=np.repeat([0, 1], [len(points), len(general)]),
        )
        found = find_symmetry(cell, 1e-4, setting)
        letters.append(found.wyckoff[0] if found.own_axes else None)
        letter_of_general = letters[-1] if is_general else letter_of_general
    return tuple(letters)


def orbit_of(fract: Floats, group: SpaceGroup) -> Floats:
    """Return all images of a general position."""
    return np.asarray((group.rotations @ fract + group.translations) % 1.0)


def _standard_metric(group: SpaceGroup) -> Floats:
    # Edges in ascending order with obtuse angles are reduced; the mean over the group
    # makes them obey it.
    reduced = np.array([[49.0, -2.0, -4.0], [-2.0, 81.0, -3.0], [-4.0, -3.0, 121.0]])
    turned = np.einsum("rji,jk,rkl->ril", group.rotations, reduced, group.rotations)
    return np.asarray(turned.mean(axis=0))


def find_symmetry(cell: Contents, symprec: float, setting: int = 0) -> Found:
    """Return the space group that spglib finds within a tolerance (Å).

    Parameters
    ----------
    setting
        spglib's number of the setting that letters are wanted in; 0 leaves the choice to it.
    """
    spglib = raising_spglib()
    try:
        data: Any = spglib.get_symmetry_dataset(
            (cell.lattice.tolist(), cell.positions.tolist(), cell.kinds.tolist()),
            symprec,
            hall_number=setting,
        )
    except spglib.error.SpglibError as error:
        return Found(symprec=symprec, problem=" ".join(str(error).split()) or "spglib failed")
    if data is None:
        return Found(symprec=symprec, problem="spglib found no symmetry")
    return Found(
        symprec=symprec,
        number=int(data.number),
        symbol=str(data.international),
        rotations=np.asarray(data.rotations, dtype=np.int64),
        translations=np.asarray(data.translations, dtype=np.float64),
        wyckoff=tuple(data.wyckoffs),
        own_axes=bool(
            np.allclose(data.transformation_matrix, np.eye(3), atol=1e-6)
            and np.allclose(data.origin_shift - np.rint(data.origin_shift), 0.0, atol=1e-6)
        ),
    )
