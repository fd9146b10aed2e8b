"""Other settings of a lattice: the matrices keep spacings and volumes."""

from __future__ import annotations

import numpy as np
import pytest

from navp_structures.analysis.indexing.other_settings import other_settings
from navp_structures.model.spacegroup import SpaceGroup

BETA = np.radians(120.0)
METRIC = np.array([[100.0, 0, 80 * np.cos(BETA)], [0, 36, 0], [80 * np.cos(BETA), 0, 64]])


@pytest.mark.parametrize(
    ("symbol", "count"),
    [("P 1 21/c 1", 5), ("P 1 1 2/b", 5), ("R -3 c:H", 1), ("P -1", 0), ("P n m a", 0)],
)
def test_rhombohedral_and_monoclinic_lattices_have_others(symbol: str, count: int) -> None:
    found = other_settings(SpaceGroup.from_name(symbol))
    assert len(found) == count
    # Right-handed axes of the same lattice.
    assert all(round(np.linalg.det(setting.matrix)) == 1 for setting in found)


def test_a_plane_has_the_same_spacing_in_both() -> None:
    # (a b c) = (a' b' c') M, so that G = Mᵀ G' M, and (hkl) = (hkl)' M.
    for setting in other_settings(SpaceGroup.from_name("P 1 21/c 1")):
        matrix = np.array(setting.matrix)
        inverse = np.linalg.inv(matrix)
        there = inverse.T @ METRIC @ inverse
        printed = (3, 2, 1)
        here = np.array(setting.read(printed))
        one = here @ np.linalg.inv(METRIC) @ here
        two = np.array(printed) @ np.linalg.inv(there) @ np.array(printed)
        assert one == pytest.approx(two)


def test_the_axes_are_told_in_words() -> None:
    (reverse,) = other_settings(SpaceGroup.from_name("R -3 c:H"))
    assert str(reverse) == "a = -a', b = -b', c = c'"
    words = [str(setting) for setting in other_settings(SpaceGroup.from_name("P 1 21/c 1"))]
    assert words == [
        "a = c', b = b', c = -a' - c'",
        "a = -a' - c', b = b', c = a'",
        "a = c', b = -b', c = a'",
        "a = -a' - c', b = -b', c = c'",
        "a = a', b = -b', c = -a' - c'",
    ]
