"""Answer questions about crystals with cctbx: JSON on stdin, JSON on stdout.

Run as a script in a process of its own; cctbx does not share one with gemmi. It uses nothing
of navp_structures. cctbx is imported late, because pytest imports every module for doctests.

Each question is an object with ``cell`` (Å, degrees), ``operations`` (all triplets), ``hkl``,
``table`` (it1992, electron, neutron) and ``sites``: element, fract, occupancy of the position,
u_iso (Å²), u_cif (U11, U22, U33, U12, U13, U23) or null, and where wanted ``dispersion``
(f', f''). The answer holds |F|² of the hkl, where ``opposite`` is asked for those of -h -k -l;
where ``d_min`` (Å) is given, how many hkl of cctbx's own list to there are ``missing``, and
how many of the allowed ones are not in it (``extra``); where ``letters`` is asked for, Wyckoff
letters, None unless axes and origin are those of the tables.

References
----------
Grosse-Kunstleve et al., J. Appl. Cryst. 35 (2002) 126, doi:10.1107/S0021889801017824
"""

from __future__ import annotations

import json
import sys
from typing import Any

# Å between a site and its image that cctbx moves onto one special position; its own 0.5 Å
# would merge split positions. This is what the package documents for itself.
SPECIAL_POSITION_TOLERANCE = 0.05


def answer(question: dict[str, Any]) -> dict[str, Any]:
    from cctbx import crystal, miller
    from cctbx.array_family import flex

    settings = crystal.special_position_settings(
        crystal.symmetry(
            unit_cell=question["cell"], space_group=space_group(question["operations"])
        ),
        min_distance_sym_equiv=SPECIAL_POSITION_TOLERANCE,
    )
    indices = flex.miller_index([tuple(h) for h in question["hkl"]])
    reflections = miller.set(settings, indices, anomalous_flag=False)
    structure = xray_structure(settings, question["sites"], question["table"])
    cell = settings.unit_cell()
    found = {}
    if question.get("opposite"):
        opposite = flex.miller_index([tuple(-n for n in h) for h in question["hkl"]])
        negative = miller.set(settings, opposite, anomalous_flag=True)
        found["f_squared_opposite"] = f_squared(negative, structure)
    if "d_min" in question:
        found |= list_compared(settings, reflections, question["d_min"])
    if question.get("letters"):
        found["letters"] = wyckoff_letters(settings, structure)
    return found | {
        "content": structure.unit_cell_content(),
        "space_group_number": settings.space_group().type().number(),
        "f_squared": f_squared(reflections, structure),
        "absent": list(reflections.sys_absent_flags().data()),
        "multiplicity": list(reflections.multiplicities().data()),
        "d": list(reflections.d_spacings().data()),
        "sites": [described(scatterer, cell) for scatterer in structure.scatterers()],
    }


def f_squared(reflections: Any, structure: Any) -> list[float]:
    from cctbx.array_family import flex

    found = reflections.structure_factors_from_scatterers(
        xray_structure=structure, algorithm="direct"
    )
    return list(flex.norm(found.f_calc().data()))


def list_compared(settings: Any, reflections: Any, d_min: float) -> dict[str, int]:
    from cctbx import miller

    own = set(miller.build_set(settings, anomalous_flag=False, d_min=d_min).indices())
    allowed = reflections.select(~reflections.sys_absent_flags().data())
    given = set(allowed.map_to_asu().indices())
    return {"missing": len(own - given), "extra": len(given - own)}


def wyckoff_letters(settings: Any, structure: Any) -> list[str | None]:
    from cctbx import sgtbx

    kind = settings.space_group().type()
    if not kind.cb_op().is_identity_op():
        return [None] * structure.scatterers().size()
    table = sgtbx.wyckoff_table(kind)
    return [
        table.mapping(settings.site_symmetry(scatterer.site)).position().letter()
        for scatterer in structure.scatterers()
    ]


def space_group(operations: list[str]) -> Any:
    from cctbx import sgtbx

    group = sgtbx.space_group()
    for triplet in operations:
        group.expand_smx(sgtbx.rt_mx(triplet))
    if group.order_z() != len(operations):
        raise ValueError(f"{len(operations)} operations expand to {group.order_z()}")
    return group


def xray_structure(settings: Any, sites: list[dict[str, Any]], table: str) -> Any:
    from cctbx import adptbx, xray

    structure = xray.structure(special_position_settings=settings)
    for n, site in enumerate(sites):
        tensor = site["u_cif"]
        if tensor is None:
            u = site["u_iso"]
        else:
            u = adptbx.u_cif_as_u_star(settings.unit_cell(), tensor)
        scatterer = xray.scatterer(
            label=f"{site['element']}{n}",
            scattering_type=site["element"],
            site=site["fract"],
            occupancy=site["occupancy"],
            u=u,
        )
        if "dispersion" in site:
            scatterer.fp, scatterer.fdp = site["dispersion"]
            scatterer.flags.set_use_fp_fdp(True)
        structure.add_scatterer(scatterer)
    # Without a table it would be Waasmaier & Kirfel's.
    structure.scattering_type_registry(table=table)
    return structure


def described(scatterer: Any, cell: Any) -> dict[str, Any]:
    from cctbx import adptbx

    anisotropic = scatterer.flags.use_u_aniso()
    tensor = adptbx.u_star_as_u_cif(cell, scatterer.u_star) if anisotropic else None
    return {
        "multiplicity": scatterer.multiplicity(),
        "fract": list(scatterer.site),
        "u_cif": tensor and list(tensor),
    }


if __name__ == "__main__":
    json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
