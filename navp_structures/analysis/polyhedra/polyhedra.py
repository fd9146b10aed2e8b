"""The coordination polyhedra of a phase."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from navp_structures.analysis.by_phase import distinct_phases
from navp_structures.analysis.numbers import known, known_su
from navp_structures.analysis.polyhedra.centres import Centre, centres_of, check_names
from navp_structures.analysis.polyhedra.positions import label_of
from navp_structures.analysis.polyhedra.result import Bond, Polyhedra, Polyhedron
from navp_structures.analysis.polyhedra.settings import Names, PolyhedraSettings
from navp_structures.analysis.polyhedra.valence import DEFAULT_TABLE
from navp_structures.catalogue.catalogue import PhaseLike
from navp_structures.kernels import polyhedron as kernel
from navp_structures.model import standard
from navp_structures.model.phase import Phase
from navp_structures.model.site import OCCUPANCY_SLACK


def polyhedra(
    phase: PhaseLike | Iterable[PhaseLike],
    centre: Names = "V",
    ligand: Names = "O",
    *,
    shell: str = "solid_angle",
    cutoff: float | None = None,
    table: str = DEFAULT_TABLE,
    valences: Mapping[str, int] | None = None,
) -> Polyhedra:
    r"""Return the coordination polyhedra of a phase: bonds, volume, distortion, bond valence.

    Disorder stays as it is: a partly filled or mixed centre has one polyhedron, that of the
    mean structure; positions of a ligand that are never both filled, within 1.2 Å of each
    other, make one vertex at their mean place, whose bond has their mean length.

    Parameters
    ----------
    phase
        One or several.
    centre, ligand
        Elements, or labels of sites; several as a list.
    shell
        Who is a ligand where both criteria differ: ``solid_angle``, those whose face of the
        centre's Voronoi polyhedron has at least 0.3 of the largest solid angle, and none
        behind the largest relative gap in the distances where that is 40 % or more, or
        ``gap``, those before the largest gap.
    cutoff
        Largest bond (Å), in place of either.
    table
        Bond-valence parameters: ``gagne-hawthorne-2015``, ``brown-altermatt-1985`` or
        ``brese-okeeffe-1991``; they hold the cations of NASICON phases.
    valences
        Oxidation states that choose the parameters, by element, site or atom: ``{"V1": 3}``.
        Without them: the charge in the CIF, else the usual valence of the element, else the
        one whose sum comes nearest to itself.

    Returns
    -------
    One row for each site. Volumes are those of convex hulls. Each su is propagated to first
    order from the su of cell and coordinates, sites independent of each other; what symmetry
    ties together moves together. Sites without su take the phase's `site_error`, along each
    axis; without that there is no su. The one coordinate without su that fixes the origin of a
    polar group counts as exact, as do the parameters of bond valence.

    Raises
    ------
    NoSitesError
        When a phase is a cell only.
    InputError
        When there is no such centre or ligand, or a setting is impossible.

    References
    ----------
    Those of `navp_structures.kernels.polyhedron`, `convex_hull` and `bond_valence`.

    Examples
    --------
    >>> row, = polyhedra("Na3VP", "V").rows
    >>> row.coordination, round(row.volume, 2), round(row.mean_bond, 3)
    (6, 10.55, 1.998)
    """
    settings = PolyhedraSettings.of(centre, ligand, shell, cutoff, table, valences)
    return measured_polyhedra(distinct_phases(phase), settings)


def measured_polyhedra(phases: tuple[Phase, ...], settings: PolyhedraSettings) -> Polyhedra:
    """Return the polyhedra of phases; errors as for `polyhedra`."""
    check_names(phases, settings)
    found = tuple(item for one in phases for item in centres_of(one, settings))
    return Polyhedra(
        settings=settings,
        of=phases,
        centres=found,
        rows=tuple(_row(item) for item in found),
        remarks=tuple(remark for item in found for remark in _remarks(item)),
    )


def _row(item: Centre) -> Polyhedron:
    shell, numbers, site = item.shell, item.measures, item.phase.sites[item.site]
    vertices = shell.vertices
    mean_bond, volume, total = numbers.totals.tolist()
    mean_su, volume_su, total_su = numbers.totals_su.tolist()
    elongation = kernel.quadratic_elongations(numbers.bonds, volume)
    return Polyhedron(
        phase=item.phase.id,
        centre=item.label,
        coordination=len(vertices),
        mean_bond=mean_bond,
        volume=known(volume),
        volume_su=known_su(volume_su),
        distortion_index=float(kernel.distortion_indices(numbers.bonds)),
        quadratic_elongation=known(float(elongation)),
        bond_angle_variance=(
            # Angles in a plane are not those of a solid.
            None if math.isnan(volume) else known(float(kernel.bond_angle_variances(vertices)))
        ),
        effective_coordination=float(kernel.effective_coordination_numbers(numbers.bonds)),
        bond_valence_sum=known(total),
        mean_bond_su=known_su(mean_su),
        bond_valence_sum_su=known_su(total_su),
        valence=None if item.valence is None else item.valence.assumed,
        multiplicity=standard.multiplicity(site, item.phase.cell, item.phase.space_group),
        occupancy=item.occupancy,
        centre_offset=float(kernel.vertex_offsets(vertices)),
        centroid_offset=known(numbers.centroid_offset),
        by_gap=shell.by_gap,
        by_solid_angle=shell.by_solid_angle,
        gap=known(shell.gap),
        weighted_number=shell.weighted_number,
        bonds=tuple(_bonds(item)),
        parameters=() if item.valence is None else item.valence.parameters,
    )


def _bonds(item: Centre) -> Iterator[Bond]:
    """Yield the bonds, those that are equal by symmetry once."""
    shell, numbers, sites = item.shell, item.measures, item.phase.sites
    equal: dict[tuple[str, int], list[int]] = defaultdict(list)
    for n, length in enumerate(numbers.bonds):
        owners = item.ligands.site[shell.position[shell.weights[n] > 0.0]]
        label = label_of(sites[owner] for owner in sorted(set(owners.tolist())))
        equal[label, round(length * _EQUAL)].append(n)
    for (label, _), (n, *others) in equal.items():
        atoms = shell.weights[n] > 0.0
        yield Bond(
            phase=item.phase.id,
            centre=item.label,
            ligand=label,
            multiplicity=1 + len(others),
            length=float(numbers.bonds[n]),
            length_su=known_su(float(numbers.bonds_su[n])),
            occupancy=float(item.ligands.occupancy[shell.position[atoms]].sum()),
            bond_valence=(
                None if item.valence is None else float(item.valence.each[atoms].sum())
            ),
        )


# Bonds within a millionth of an Å are equal.
_EQUAL = 1e6


def _remarks(item: Centre) -> Iterator[str]:
    """Yield what is odd about a polyhedron."""
    shell, count = item.shell, len(item.shell.weights)
    where = f"{item.phase.id} {item.label}"
    taken = "1 is taken" if count == 1 else f"{count} are taken"
    if shell.by_solid_angle is None:
        yield f"{where}: its neighbours enclose no space, ligands are told by the gap alone"
    elif shell.by_gap != shell.by_solid_angle:
        yield (
            f"{where}: coordination {shell.by_gap} by the gap, {shell.by_solid_angle} by solid "
            f"angle ({shell.weighted_number:.1f} by O'Keeffe's weights); {taken}"
        )
    elif shell.by_gap != count:
        yield f"{where}: coordination {shell.by_gap} by gap and solid angle; {taken}"
    if count < 4:
        told = "1 ligand encloses" if count == 1 else f"{count} ligands enclose"
        yield f"{where}: {told} no volume"
    elif math.isnan(item.measures.totals[1]):
        yield f"{where}: its {count} ligands lie in one plane and enclose no volume"
    filled = (shell.weights > 0.0) @ item.ligands.occupancy[shell.position]
    if filled.min() < 1.0 - OCCUPANCY_SLACK:
        yield (
            f"{where}: ligands filled to {filled.min():.2g} are vertices all the same"
            + ("" if item.valence is None else "; the bond-valence sum counts their share")
        )
    if shell.split:
        yield (
            f"{where}: alternatives of a split ligand, up to {shell.split:.2f} Å apart, make "
            "one vertex at their mean place, the bond has their mean length"
        )
    if shell.is_tied:
        yield (
            f"{where}: which alternatives of split ligands belong together is not told by "
            "their distances; another choice gives other numbers"
        )
    if item.problem is not None:
        yield f"{where}: no bond-valence sum, {item.problem}"
