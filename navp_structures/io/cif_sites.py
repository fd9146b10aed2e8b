"""Atom sites of a CIF."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gemmi
from gemmi import cif

from navp_structures.errors import CifError, SiteError, shown
from navp_structures.io.cif_text import value_text
from navp_structures.io.cif_values import ANISO_AXES, number
from navp_structures.model.site import OptionalSextet, Sextet, Site, Species

MOST_SITES = 15_000
"""Rows of a loop of sites; each is compared with its neighbours."""

_B_TO_U = 1.0 / (8.0 * math.pi**2)
_SYMBOL = re.compile(r"([A-Za-z]{1,2})(?:([0-9]{0,2})([+-])([0-9]{0,2})|0)?$")

_Pair = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one row of the loop by tag; unknown values are left out."""

    values: dict[str, str]
    label: str

    def pair(self, tag: str) -> _Pair | None:
        text = self.values.get(tag.casefold())
        return None if text is None else number(text, f"{tag} of site {shown(self.label)}")


def read_sites(block: cif.Block) -> tuple[Site, ...]:
    """Return the sites of a block, () when it has none.

    Rows with the same position and displacement become one mixed site.

    Raises
    ------
    CifError, SiteError
        When a row lacks what a site needs, or holds something impossible.
    """
    if block.find_value("_atom_site_fract_x") is None and not block.find_loop(
        "_atom_site_fract_x"
    ):
        if block.find_loop("_atom_site_Cartn_x") or block.find_value("_atom_site_Cartn_x"):
            raise CifError(f"{block.name} has its atoms in Cartesian coordinates only")
        return ()
    tensors = _tensors_by_label(block)
    sites: dict[object, Site] = {}
    for row in _rows(block, "_atom_site_", "fract_x"):
        if row.values.get("calc_flag") in ("dum", "dummy"):
            continue
        site = _site(row, tensors)
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
    return tuple(sites.values())


def _site(row: _Row, tensors: dict[str, tuple[Sextet, OptionalSextet]]) -> Site:
    x, y, z = (_coordinate(row, axis) for axis in "xyz")
    occupancy, occupancy_su = row.pair("occupancy") or (1.0, None)
    species = Species(
        symbol=_symbol(row),
        label=row.label,
        occupancy=occupancy,
        occupancy_su=occupancy_su,
    )
    iso, iso_su = _isotropic(row)
    tensor, tensor_su = tensors.get(row.label, (None, None))
    return Site(
        label=row.label,
        species=(species,),
        fract=(x[0], y[0], z[0]),
        fract_su=(x[1], y[1], z[1]),
        u_iso=iso,
        u_iso_su=iso_su,
        u_aniso=tensor,
        u_aniso_su=tensor_su,
        wyckoff=row.values.get("wyckoff_symbol"),
        multiplicity=_multiplicity(row),
    )


def _multiplicity(row: _Row) -> int | None:
    pair = row.pair("site_symmetry_multiplicity") or row.pair("symmetry_multiplicity")
    if pair is None:
        return None
    if not math.isfinite(pair[0]):
        raise CifError(f"the multiplicity of site {shown(row.label)} is {pair[0]}")
    return round(pair[0])


def _coordinate(row: _Row, axis: str) -> _Pair:
    pair = row.pair(f"fract_{axis}")
    if pair is None:
        raise SiteError(f"site {shown(row.label)} has no _atom_site_fract_{axis}")
    return pair


def _isotropic(row: _Row) -> tuple[float | None, float | None]:
    direct = row.pair("U_iso_or_equiv")
    if direct is not None:
        return direct
    debye = row.pair("B_iso_or_equiv")
    if debye is None:
        return None, None
    value, su = debye
    return value * _B_TO_U, None if su is None else su * _B_TO_U


def _symbol(row: _Row) -> str:
    """Return the element with its charge, from the type symbol or else the label."""
    given = row.values.get("type_symbol")
    if given is not None:
        symbol = _element(given)
    else:
        letters = re.sub(r"[^A-Za-z].*", "", row.values.get("label", ""))[:2]
        # Labels such as Ow1 or Na2A: the longest element that they begin with.
        symbol = _element(letters) or _element(letters[:1])
    if symbol is None:
        raise SiteError(
            f"site {shown(row.label)} has the unknown element {shown(given or row.label)}"
        )
    return symbol


def _element(text: str) -> str | None:
    match = _SYMBOL.match(text)
    if match is None:
        return None
    letters, before, sign, after = match.groups()
    element = letters.capitalize()
    if not gemmi.Element(element).atomic_number:
        return None
    return element + (f"{before or after or 1}{sign}" if sign else "")


def _displacement(site: Site) -> tuple[object, ...]:
    return (site.u_iso, site.u_iso_su, site.u_aniso, site.u_aniso_su)


def _tensors_by_label(
    block: cif.Block,
) -> dict[str, tuple[Sextet, OptionalSextet]]:
    found: dict[str, tuple[Sextet, OptionalSextet]] = {}
    for label, tensor in _tensors(block):
        if found.setdefault(label, tensor) != tensor:
            raise CifError(f"two different U_ij or B_ij are given for site {shown(label)}")
    return found


def _tensors(block: cif.Block) -> Iterator[tuple[str, tuple[Sextet, OptionalSextet]]]:
    for letter, factor in (("U", 1.0), ("B", _B_TO_U)):
        for row in _rows(block, "_atom_site_aniso_", f"{letter}_11"):
            pairs = [row.pair(f"{letter}_{axis}") for axis in ANISO_AXES]
            known = [pair for pair in pairs if pair is not None]
            if len(known) != 6:
                if known:
                    raise CifError(
                        f"site {shown(row.label)} has only {len(known)} of six {letter}_ij"
                    )
                continue
            u = [value * factor for value, _ in known]
            su = [None if s is None else s * factor for _, s in known]
            yield (
                row.label,
                (
                    (u[0], u[1], u[2], u[3], u[4], u[5]),
                    (su[0], su[1], su[2], su[3], su[4], su[5]),
                ),
            )


def _rows(block: cif.Block, prefix: str, needed: str) -> Iterator[_Row]:
    column = block.find_loop(prefix + needed)
    loop = column.get_loop()
    if loop is None:
        if block.find_value(prefix + needed) is not None:
            yield _single_row(block, prefix)
        return
    tags = [tag[len(prefix) :].casefold() for tag in loop.tags]
    width = loop.width()
    if loop.length() > MOST_SITES:
        raise CifError(
            f"the loop of {prefix}{needed} has {loop.length()} rows, more than {MOST_SITES}"
        )
    # gemmi makes a new list each time that it is asked.
    values = loop.values
    for start in range(0, len(values), width):
        cells = zip(tags, values[start : start + width], strict=True)
        known = {tag: value_text(v) for tag, v in cells if not cif.is_null(v)}
        yield _Row(known, known.get("label", f"number {start // width + 1}"))


def _single_row(block: cif.Block, prefix: str) -> _Row:
    items: Any = block  # gemmi's stubs do not say that a block can be iterated
    pairs = [item.pair for item in items if item.pair is not None]
    known = {
        tag[len(prefix) :].casefold(): value_text(value)
        for tag, value in pairs
        if tag.casefold().startswith(prefix) and not cif.is_null(value)
    }
    return _Row(known, known.get("label", "number 1"))
