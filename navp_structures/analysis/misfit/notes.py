"""Sentences under a lattice misfit: which correspondence, how sure, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from navp_structures.analysis.misfit.correspondence import Correspondence, fraction_text
from navp_structures.analysis.misfit.rows import indices_text
from navp_structures.show.numbers import rounded, signed

if TYPE_CHECKING:
    from navp_structures.analysis.misfit.result import LatticeMisfit


def misfit_notes(misfit: LatticeMisfit) -> Iterator[str]:
    """Yield the correspondence, its strain and shuffle, the next best, the middle stretch."""
    best, *others = misfit.candidates
    x, y, z = (
        indices_text((column[0], column[1], column[2]), "[]")
        for column in best.array.T.tolist()
    )
    yield (
        f"correspondence {'found' if misfit.found else 'given'}: a, b, c of {misfit.first.id} "
        f"read {x}, {y}, {z} in {misfit.second.id}; one cell becomes "
        f"{fraction_text(best.determinant)}, volume × "
        f"{rounded(misfit.volume_ratio, misfit.volume_ratio_su, 5)}"
    )
    yield f"{_strain_and_shuffle(best)}{_unmoved(misfit)}"
    if others:
        yield (
            f"{len(misfit.candidates)} correspondences were found; the second best is "
            f"{others[0]}, {_strain_and_shuffle(others[0])}"
        )
    elif misfit.found:
        yield "no other correspondence comes near"
    yield _middle(misfit)
    yield from _open_directions(misfit)


def _strain_and_shuffle(item: Correspondence) -> str:
    told = f"Σ (ln λ)² {item.strain:.6f}"
    if item.shuffle is None:
        return told
    return f"{told}, shuffle {item.shuffle:.3f} Å rms and {item.largest_shuffle:.3f} at most"


def _unmoved(misfit: LatticeMisfit) -> str:
    reason = misfit.correspondence.unmoved
    if reason is None:
        return f", of all atoms but {misfit.ion}"
    alone = "; strain alone decided, which may be wrong" if misfit.found else ""
    return f"; no shuffle, since {reason}{alone}"


def _middle(misfit: LatticeMisfit) -> str:
    value, su = misfit.middle_stretch, misfit.middle_stretch_su
    off = 100.0 * (value - 1.0)
    told = (
        f"middle stretch {rounded(value, su, 5)}, {signed(off, 2)} % from 1; a plane without "
        "any distortion needs 1"
    )
    if su is None:
        return told
    taken = "" if misfit.is_one_phase else ", the two cells taken as independent"
    return f"{told} ({abs(value - 1.0) / su:.1f} su off{taken})"


# Degrees. Where a shear and a gap of two stretches turn the axes by θ to first order, they
# turn by ½ arctan 2θ: a tenth less at this angle, and 45° at most.
_FIRST_ORDER: Final = 15.0


def _open_directions(misfit: LatticeMisfit) -> Iterator[str]:
    """Yield which directions lean too far for the first order that their su are of."""
    numbers = [
        f"λ{row.number}" for row in misfit.rows if (row.direction_su or 0.0) > _FIRST_ORDER
    ]
    if numbers:
        yield (
            f"directions of {' and '.join(numbers)} are uncertain: these stretches lie as "
            f"close together as their su; ± beyond {_FIRST_ORDER:g}° is of first order only"
        )
