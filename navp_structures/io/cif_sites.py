"""Atom sites of a CIF."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from gemmi import cif

from navp_structures.errors import CifError, CifWarning, SiteError, shown
from navp_structures.io.cif_elements import Elements
from navp_structures.io.cif_rows import Pair, Row, holds, listed, names, rows
from navp_structures.io.cif_tensors import B_TO_U, Tensor, read_tensors
from navp_structures.model import standard
from navp_structures.model.cell import UnitCell
from navp_structures.model.site import Site, Species
from navp_structures.model.spacegroup import SpaceGroup

# These belong to the coordinates; in another loop they would be overlooked.
_COLUMNS = (
    "label",
    "type_symbol",
    "occupancy",
    "U_iso_or_equiv",
    "B_iso_or_equiv",
    "adp_type",
    "calc_flag",
)
_OLD_MULTIPLICITY = "_atom_site_symmetry_multiplicity"


def read_sites(block: cif.Block) -> tuple[Site, ...]:
    """Return the sites of a block, () when it has none.

    Rows with the same position and displacement become one mixed site. What cannot be read
    of them and is not needed is left out with a CifWarning.

    Raises
    ------
    CifError, SiteError
        When a row lacks what a site needs, or holds something impossible.
    """
    if not holds(block, "_atom_site_fract_x"):
        if holds(block, "_atom_site_Cartn_x"):
            raise CifError(f"{block.name} has its atoms in Cartesian coordinates only")
        return ()
    _check_columns(block)
    found = list(rows(block, "_atom_site_", "fract_x"))
    tensors = read_tensors(block, [row.label for row in found])
    elements = Elements(block)
    unclear: list[str] = []
    sites: dict[object, Site] = {}
    for row in found:
        if row.values.get("calc_flag") in ("dum", "dummy"):
            continue
        site = _site(row, elements, tensors.get(row.label), unclear)
        place = (site.fract, site.fract_su, *_displacement(site))
        first = sites.get(place)
        if first is not None:
            # Built anew, so that the sum of the occupancies is checked.
            site = replace(first, species=first.species + site.species)
        sites[place] = site
    labels = Counter(site.label for site in sites.values())
    for label in tensors:
        if labels[label] > 1:
            raise CifError(
                f"{labels[label]} sites are called {shown(label)}, and one of them has U_ij or "
                "B_ij; give each its own label"
            )
    _tell(block, elements.guessed, unclear)
    return tuple(sites.values())


def with_multiplicities(
    block: cif.Block, sites: tuple[Site, ...], cell: UnitCell, group: SpaceGroup
) -> tuple[Site, ...]:
    """Return the sites, what stands under the older tag of multiplicities told apart.

    Under it SHELXL and OLEX2 print the order of the site symmetry, others the number of
    positions (https://journals.iucr.org/services/cif/checking/PLAT700.html).
    """
    if not holds(block, _OLD_MULTIPLICITY):
        return sites
    if holds(block, "_atom_site_site_symmetry_multiplicity"):
        return sites
    return tuple(_with_multiplicity(site, cell, group) for site in sites)


def _with_multiplicity(site: Site, cell: UnitCell, group: SpaceGroup) -> Site:
    positions = standard.multiplicity(site, cell, group)
    order = len(group.operations) // positions
    if site.multiplicity in (None, positions) or site.multiplicity != order:
        return site
    return replace(site, multiplicity=None, symmetry_order=order)


def _check_columns(block: cif.Block) -> None:
    """Refuse columns that stand apart from the coordinates."""
    loop = block.find_loop("_atom_site_fract_x").get_loop()
    here = {tag.casefold() for tag in loop.tags} if loop is not None else set()
    for column in _COLUMNS:
        tag = f"_atom_site_{column}"
        alone = block.find_value(tag) if loop is not None else None
        if tag.casefold() in here:
            continue
        if block.find_loop(tag).get_loop() is not None or not (
            alone is None or cif.is_null(alone)
        ):
            raise CifError(
                f"{tag} does not stand in the loop of _atom_site_fract_x, so that it is open "
                "which site has which value; put both in one loop"
            )


def _tell(block: cif.Block, guessed: list[str], unclear: list[str]) -> None:
    """Warn of what the rows leave open."""
    if guessed:
        warnings.warn(
            f"{block.name}: _atom_site_type_symbol is missing and labels leave elements open: "
            f"taken are {listed(guessed)}",
            CifWarning,
            stacklevel=5,
        )
    if unclear:
        warnings.warn(
            f"{block.name}: _atom_site_adp_type and the column of the isotropic displacement "
            f"of {names(unclear)} name B and U; it is left out",
            CifWarning,
            stacklevel=5,
        )


def _site(row: Row, elements: Elements, tensor: Tensor | None, unclear: list[str]) -> Site:
    x, y, z = (_coordinate(row, axis) for axis in "xyz")
    occupancy, occupancy_su = row.pair("occupancy") or (1.0, None)
    species = Species(
        symbol=elements.symbol(row),
        label=row.label,
        occupancy=occupancy,
        occupancy_su=occupancy_su,
    )
    iso, iso_su = _isotropic(row, unclear)
    u_aniso, u_aniso_su = tensor or (None, None)
    return Site(
        label=row.label,
        species=(species,),
        fract=(x[0], y[0], z[0]),
        fract_su=(x[1], y[1], z[1]),
        u_iso=iso,
        u_iso_su=iso_su,
        u_aniso=u_aniso,
        u_aniso_su=u_aniso_su,
        wyckoff=row.values.get("wyckoff_symbol"),
        multiplicity=_count(row, ("site_symmetry_multiplicity", "symmetry_multiplicity")),
        symmetry_order=_count(row, ("site_symmetry_order",)),
    )


def _count(row: Row, tags: Iterable[str]) -> int | None:
    for tag in tags:
        pair = row.pair(tag)
        if pair is not None:
            if not math.isfinite(pair[0]):
                raise CifError(f"the multiplicity of site {shown(row.label)} is {pair[0]}")
            return round(pair[0])
    return None


def _coordinate(row: Row, axis: str) -> Pair:
    pair = row.pair(f"fract_{axis}")
    if pair is None:
        raise SiteError(f"site {shown(row.label)} has no _atom_site_fract_{axis}")
    return pair


def _isotropic(row: Row, unclear: list[str]) -> tuple[float | None, float | None]:
    """Return U (Å²) and its su; a row whose type and column contradict has none."""
    kind = row.values.get("adp_type", "").casefold()
    direct = row.pair("U_iso_or_equiv")
    debye = row.pair("B_iso_or_equiv")
    if direct is None and debye is None:
        return None, None
    # Which of the two is wrong cannot be told, and they differ 79-fold; atoms without
    # displacement are still worth reading, so it is no error.
    wrong = {"biso", "bovl"} if debye is None else {"uiso", "uovl"} if direct is None else set()
    if kind in wrong:
        unclear.append(row.label)
        return None, None
    if direct is not None:
        return direct
    value, su = debye or (0.0, None)
    return value * B_TO_U, None if su is None else su * B_TO_U


def _displacement(site: Site) -> tuple[object, ...]:
    return (site.u_iso, site.u_iso_su, site.u_aniso, site.u_aniso_su)
