"""Misfit of two lattices: strain between phases, and what planes become."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from navp_structures.analysis.misfit.given import as_correspondence
from navp_structures.analysis.misfit.result import LatticeMisfit
from navp_structures.analysis.misfit.search import find, judge
from navp_structures.analysis.numbers import items_of, within
from navp_structures.catalogue.catalogue import PhaseLike, as_phase
from navp_structures.errors import InputError, shown
from navp_structures.model.hkl import HKL, as_hkl, as_uvw

# What may be asked: relative change of a length, and multiples of the smallest cell. Of the
# latter the search does what it can, and says so.
_STRAINS: Final = (1e-3, 0.3)
_MULTIPLES: Final = (1.0, 1e6)


def lattice_misfit(
    first: PhaseLike,
    second: PhaseLike,
    *,
    correspondence: Any = None,
    planes: Iterable[HKL | str] | str = (),
    directions: Iterable[HKL | str] | str = (),
    ion: str = "Na",
    max_strain: float = 0.1,
    max_multiple: int = 1,
) -> LatticeMisfit:
    r"""Return the strain that turns one phase's lattice into another's.

    Principal stretches λ and their directions; for each plane and direction what it reads as
    in the second phase, and its misfit. All misfits are of the second against the first. Only
    the lattices are compared: no elastic energy, no interface.

    Parameters
    ----------
    first, second
        A Phase, a name, or the path of a CIF; of one host, unless the correspondence is given.
    correspondence
        Three rows of numbers, C: a direction [uvw] of the first phase reads C [uvw] in the
        second, a plane (hkl) reads (hkl) C⁻¹, each in the setting of its own phase. Fractions
        have denominators up to 12, or any that the search found. Text such as
        ``1/2 0 -1; -1/2 1 0; 1 0 1`` and a Correspondence will do too. None finds it.
    planes, directions
        Of the first phase: labels or triples.
    ion
        The element that comes and goes; all others make the host.
    max_strain
        Largest change of a length in the search, relative.
    max_multiple
        The search begins with the smallest common cell that holds whole formula units, and
        goes up to so many times it: at most 4, and 24 primitive cells. A note says where the
        search ended before.

    Returns
    -------
    Three rows. `candidates` are the correspondences that were found, ranked by how far the
    strain and the shuffle of the host's atoms move these within a formula unit; where a phase
    has no atoms, by the strain alone. The shuffle is measured in the mean of both lattices.
    With a given correspondence the hosts may differ, as those of an electrolyte and an
    electrode do; then there is strain and no shuffle, and a note says so.

    Raises
    ------
    InputError
        When the matrix is no correspondence or does not conserve formula units of a common
        host; where none is given, when there is no common host or none is found within the
        limits.

    Notes
    -----
    With the orthogonalisation matrices B, :math:`F = B_2 C B_1^{-1} = R U`, and λ are the
    eigenvalues of U. R depends on how each crystal is drawn and is not reported. A plane
    without distortion exists exactly if the middle λ is 1.

    References
    ----------
    Ball & James, Arch. Ration. Mech. Anal. 100 (1987) 13, doi:10.1007/BF00281246
    Chen, Song, Tamura & James, Determination of the Stretch Tensor for Structural
    Transformations, arXiv:1501.05064

    Examples
    --------
    >>> misfit = lattice_misfit("Na3VP", "Na2VP", planes=["3 0 0", "1 1 6"])
    >>> print(misfit.correspondence)
    [1/2 0 -1; -1/2 1 0; 1 0 1]
    >>> [round(row.stretch, 4) for row in misfit.rows]
    [0.9568, 0.989, 1.0011]
    >>> misfit.inverse().read("6 0 -2"), misfit.inverse().read("3 2 -2")
    ((1, 0, -8), (-1.5, 2.0, -5.0))
    """
    one, two = as_phase(first), as_phase(second)
    asked = [as_hkl(hkl) for hkl in _listed(planes, "planes")]
    hexagonal = one.space_group.has_hexagonal_axes
    axes = [as_uvw(uvw, hexagonal=hexagonal) for uvw in _listed(directions, "directions")]
    searched = None
    if correspondence is None:
        strain = within(max_strain, "max_strain", *_STRAINS, "relative")
        multiple = within(max_multiple, "max_multiple", *_MULTIPLES, "a whole number")
        if not multiple.is_integer():
            raise InputError(f"max_multiple is {multiple:g}; it must be a whole number")
        searched = {"max_strain": strain, "max_multiple": int(multiple)}
        candidates, remarks = find(one, two, ion, strain, int(multiple))
    else:
        candidates, remarks = judge(one, two, as_correspondence(correspondence), ion)
    return LatticeMisfit.of(
        one,
        two,
        candidates,
        ion=ion,
        searched=searched,
        remarks=remarks,
        planes=asked,
        directions=axes,
    )


def _listed(given: Any, name: str) -> list[Any]:
    """Return labels as a list; one text is one label."""
    if isinstance(given, str):
        return [given]
    items = items_of(given)
    if items is None:
        raise InputError(f"{name} are {shown(given)}; give a list such as ['3 0 0', '1 1 6']")
    return items
