"""Any phase that can be made survives CIF."""

from __future__ import annotations

import gemmi
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navp_structures import Phase, Site, SpaceGroup, Species, UnitCell
from navp_structures.io.cif import phase_from_block
from navp_structures.io.cif_write import cif_text

SYMBOLS = [entry.xhm() for entry in gemmi.spacegroup_table() if entry.number <= 15]
fractions = st.integers(-99999, 199999).map(lambda n: n / 100000)
small = st.one_of(st.none(), st.integers(1, 999).map(lambda n: n / 100000))
texts = st.one_of(st.none(), st.text(max_size=40))
elements = st.sampled_from(["V", "Na", "P", "O", "Zr4+", "O2-", "Na1+"])


@st.composite
def phases(draw: st.DrawFn) -> Phase:
    group = SpaceGroup.from_name(draw(st.sampled_from(SYMBOLS)))
    sites = tuple(
        Site(
            label=f"X{n}",
            species=(
                Species(
                    symbol=draw(elements),
                    label=f"X{n}",
                    occupancy=draw(st.integers(1, 1000)) / 10000,
                    occupancy_su=draw(small),
                ),
            ),
            fract=(draw(fractions), draw(fractions), draw(fractions)),
            fract_su=(draw(small), draw(small), draw(small)),
            u_iso=draw(small),
        )
        for n in range(draw(st.integers(0, 4)))
    )
    return Phase(
        id="made",
        cell=UnitCell(a=5.123, b=5.123, c=7.1, a_su=draw(small), c_su=draw(small)),
        space_group=group,
        sites=sites,
        formula=draw(texts),
        formula_units=draw(st.one_of(st.none(), st.integers(1, 24))),
        kind=draw(st.sampled_from([None, "measured"])),
        temperature=draw(st.one_of(st.none(), st.integers(1, 2000).map(float))),
    )


@given(phases())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_round_trip(phase: Phase) -> None:
    block = gemmi.cif.read_string(cif_text(phase)).sole_block()
    again = phase_from_block(block, id="made")
    assert again.cell == phase.cell
    assert again.space_group == phase.space_group
    assert again.temperature == phase.temperature
    assert again.kind == phase.kind
    assert sum(len(s.species) for s in again.sites) == len(phase.sites)
    for site in phase.sites:
        twin = next(s for s in again.sites if site.species[0] in s.species)
        assert (twin.fract, twin.fract_su, twin.u_iso) == (
            site.fract,
            site.fract_su,
            site.u_iso,
        )
