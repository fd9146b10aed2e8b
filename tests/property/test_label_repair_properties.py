"""A label that is misprinted once is repaired."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

import navp_structures as navp
from navp_structures import check_label
from navp_structures.analysis.indexing.label_edits import label_edits
from navp_structures.model.hkl import format_hkl

TABLES = {
    name: [row.hkl for row in navp.reflections(name, d_min=1.2)] for name in ("Na3VP", "Na2VP")
}


def plane(hkl: tuple[int, ...]) -> tuple[int, ...]:
    return max(hkl, tuple(-n for n in hkl))


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(TABLES)))
def test_one_misprint_is_found(data: st.DataObject, name: str) -> None:
    phase = navp.load(name)
    hkl = data.draw(st.sampled_from(TABLES[name]))
    misprints = label_edits(hkl, phase.space_group)
    misprint = data.draw(st.sampled_from(misprints))
    found = check_label(phase, format_hkl(misprint.hkl), phase.d(hkl), sigma=1e-3)
    if not found.holds:
        # Nothing fits better than the plane itself, so that it stands among the first.
        best = [row for row in found if abs(row.deviation_sigma or 0.0) < 1e-6]
        assert plane(hkl) in {plane(row.hkl) for row in best}
        assert found.rows[0] in best
    assert all(row.holds and row.edits == 1 for row in found)
