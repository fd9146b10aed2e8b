"""Structures for other libraries: gemmi, pymatgen, ASE."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import TYPE_CHECKING

import gemmi
import numpy as np

from navp_structures.errors import MissingPackageError
from navp_structures.kernels import orbit
from navp_structures.model import standard
from navp_structures.model.cell import UnitCell
from navp_structures.model.formula import atomic_weight
from navp_structures.model.site import Site, Species
from navp_structures.model.spacegroup import SpaceGroup

if TYPE_CHECKING:
    from ase import Atoms
    from pymatgen.core.structure import Structure


def to_gemmi(
    sites: tuple[Site, ...], cell: UnitCell, group: SpaceGroup
) -> gemmi.SmallStructure:
    """Return a gemmi structure, ready for its structure-factor calculators.

    Positions and displacement tensors are idealised on their special position and the
    occupancies are crystallographic (divided by the order of the site symmetry). A setting
    that gemmi's table lacks is written out in P 1.
    """
    small = gemmi.SmallStructure()
    small.cell = gemmi.UnitCell(*cell.parameters)
    known = group.symbol is not None
    used = group if known else SpaceGroup.from_name("P 1")
    small.spacegroup = gemmi.find_spacegroup_by_name(used.symbol or "P 1")
    small.spacegroup_hm = small.spacegroup.xhm()
    for site in sites:
        kept, ideal = standard.stabiliser(site, cell, group)
        tensor = standard.u_aniso(site, cell, group)
        if known:
            _add_gemmi_site(small, site, ideal, tensor, len(kept))
            continue
        for n in orbit.orbit_operations(ideal, group.rotations, group.translations, kept):
            rotation = group.rotations[n]
            image = (rotation @ ideal + group.translations[n]) % 1.0
            turned = tensor
            if tensor is not None:
                # Projecting on one rotation turns the tensor to the image of the site.
                lengths = cell.reciprocal_lengths
                turned = orbit.project_u(tensor, rotation[np.newaxis], lengths)
            _add_gemmi_site(small, site, image, turned, 1)
    small.setup_cell_images()
    return small


def to_pymatgen(sites: tuple[Site, ...], cell: UnitCell, group: SpaceGroup) -> Structure:
    """Return a pymatgen Structure of the whole cell; every position appears once.

    Atoms that share a position (mixed sites, printed as one or as several) become one
    site with partial occupancies. Site property ``label`` holds the source's labels.
    """
    from pymatgen.core.lattice import Lattice
    from pymatgen.core.structure import Structure

    occupants: list[dict[str, float]] = []
    coordinates: list[np.ndarray] = []
    labels: list[str] = []
    for shared in standard.places(sites, cell, group):
        content = _amounts((s for site in shared for s in site.species), _pymatgen_symbol)
        total = sum(content.values())
        if total > 1.0:
            # Refined sums scatter about 1; pymatgen accepts nothing above it.
            content = {name: share / total for name, share in content.items()}
        label = "/".join(s.label for site in shared for s in site.species)
        for position in standard.positions(shared[0], cell, group):
            occupants.append(content)
            coordinates.append(position)
            labels.append(label)
    lattice = Lattice.from_parameters(*cell.parameters)
    return Structure(lattice, occupants, coordinates, labels=labels)


def to_ase(sites: tuple[Site, ...], cell: UnitCell, group: SpaceGroup) -> Atoms:
    """Return ASE Atoms of the whole cell, with occupancies where sites are disordered."""
    try:
        from ase import Atoms
    except ImportError:
        raise MissingPackageError(
            "ASE is not installed; install it with: pip install 'navp-structures[ase]'"
        ) from None
    symbols: list[str] = []
    scaled: list[np.ndarray] = []
    kinds: list[int] = []
    masses: list[float] = []
    occupancy: dict[str, dict[str, float]] = {}
    for kind, shared in enumerate(standard.places(sites, cell, group)):
        species = [s for site in shared for s in site.species]
        if any(site.is_disordered for site in shared) or len(species) > 1:
            occupancy[str(kind)] = _amounts(species, attrgetter("element"))
        for position in standard.positions(shared[0], cell, group):
            symbols.append("H" if species[0].element == "D" else species[0].element)
            masses.append(atomic_weight(species[0].element))
            scaled.append(position)
            kinds.append(kind)
    # ASE has no deuterium: it is hydrogen with its own mass.
    atoms = Atoms(
        symbols, scaled_positions=scaled, cell=cell.parameters, pbc=True, masses=masses
    )
    if occupancy:
        atoms.set_array("spacegroup_kinds", np.array(kinds))  # type: ignore[no-untyped-call]
        atoms.info["occupancy"] = occupancy
    return atoms


def _add_gemmi_site(
    small: gemmi.SmallStructure,
    site: Site,
    position: np.ndarray,
    tensor: np.ndarray | None,
    order: int,
) -> None:
    for species in site.species:
        atom = gemmi.SmallStructure.Site()
        atom.label = species.label
        atom.type_symbol = species.symbol
        atom.element = gemmi.Element(species.element)
        atom.charge = species.charge or 0
        atom.fract = gemmi.Fractional(*(float(x) for x in position))
        atom.occ = species.occupancy / order
        atom.u_iso = site.u_iso or 0.0
        if tensor is not None:
            atom.aniso = gemmi.SMat33d(*(float(u) for u in tensor))
        small.add_site(atom)


def _amounts(species: Iterable[Species], name_of: Callable[[Species], str]) -> dict[str, float]:
    """Return occupancies by name; an element may have two charges, or two labels."""
    content: dict[str, float] = {}
    for one in species:
        name = name_of(one)
        content[name] = content.get(name, 0.0) + one.occupancy
    return content


def _pymatgen_symbol(species: Species) -> str:
    charge = species.charge
    if charge is None:
        return species.element
    return f"{species.element}{abs(charge)}{'+' if charge >= 0 else '-'}"
