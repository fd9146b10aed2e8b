"""Every check of the data, on all phases of this package."""

from navp_structures.testing import check_phases


def test_phases():
    check_phases("template")
