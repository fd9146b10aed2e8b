"""Zones of several phases as one set of arrays."""

from __future__ import annotations

from pathlib import Path

import navp_structures as navp
from navp_structures.analysis.indexing.zone_library import zone_library


def test_zones_of_an_equal_phase_that_was_read_earlier_are_its_own(tmp_path: Path) -> None:
    path = tmp_path / "again.cif"
    navp.export(navp.load("Na3VP"), path)
    one, two = navp.read_cif(path), navp.read_cif(path)
    assert one is not two
    assert one == two
    first = zone_library((one,), 12.0, 0.85)
    # Another set of phases is another library, made of the zones that are kept.
    second = zone_library((navp.load("NZSP"), two), 12.0, 0.85)
    assert (second.owner == 1).sum() == len(first.owner) > 0
