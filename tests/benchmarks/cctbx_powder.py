"""Time powder patterns with cctbx: run in a process of its own, it shares none with gemmi.

The first line on stdin is a JSON object with ``cell`` (Å, degrees), ``operations`` (all
triplets), ``wavelength`` (Å), ``two_theta`` (degrees) and ``sites``: element, fract, occupancy,
u_iso (Å²), u_cif (U11, U22, U33, U12, U13, U23) or null, dispersion (f', f''). The answer is
a pattern, a list of 2θ and one of intensities. Every other line asks for the same pattern
anew; the answer is the seconds that it took. One line of JSON for each.

cctbx is imported late, because pytest imports every module for doctests.
"""

from __future__ import annotations

import json
import math
import sys
from time import perf_counter
from typing import Any


def xray_structure(question: dict[str, Any]) -> Any:
    from cctbx import adptbx, crystal, sgtbx, xray

    group = sgtbx.space_group()
    for triplet in question["operations"]:
        group.expand_smx(sgtbx.rt_mx(triplet))
    settings = crystal.special_position_settings(
        crystal.symmetry(unit_cell=question["cell"], space_group=group),
        min_distance_sym_equiv=0.05,
    )
    structure = xray.structure(special_position_settings=settings)
    for n, site in enumerate(question["sites"]):
        tensor, u = site["u_cif"], site["u_iso"]
        if tensor is not None:
            u = adptbx.u_cif_as_u_star(settings.unit_cell(), tensor)
        scatterer = xray.scatterer(
            label=f"{site['element']}{n}",
            scattering_type=site["element"],
            site=site["fract"],
            occupancy=site["occupancy"],
            u=u,
        )
        scatterer.fp, scatterer.fdp = site["dispersion"]
        scatterer.flags.set_use_fp_fdp(True)
        structure.add_scatterer(scatterer)
    structure.scattering_type_registry(table="it1992")
    return structure


def pattern(structure: Any, wavelength: float, two_theta: tuple[float, float]) -> Any:
    """Return 2θ (radians) and intensities, the strongest 100."""
    from cctbx.array_family import flex

    d_max, d_min = (wavelength / 2 / math.sin(math.radians(x) / 2) for x in two_theta)
    families = structure.build_miller_set(anomalous_flag=False, d_min=d_min, d_max=d_max)
    f_calc = families.structure_factors_from_scatterers(
        xray_structure=structure, algorithm="direct"
    ).f_calc()
    angle = families.two_theta(wavelength=wavelength).data()
    cosine = flex.cos(angle)
    # Of θ: sin² = (1 - cos 2θ) / 2, cos² = (1 + cos 2θ) / 2; constant factors fall out.
    factor = (1 + cosine * cosine) / ((1 - cosine) * flex.sqrt(1 + cosine))
    multiplicity = families.multiplicities().data().as_double()
    intensity = multiplicity * flex.norm(f_calc.data()) * factor
    return angle, intensity * (100 / flex.max(intensity))


def answer(content: Any) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


def serve() -> None:
    question = json.loads(sys.stdin.readline())
    asked = xray_structure(question), question["wavelength"], question["two_theta"]
    angle, intensity = pattern(*asked)
    answer([[math.degrees(x) for x in angle], list(intensity)])
    for _ in sys.stdin:
        start = perf_counter()
        pattern(*asked)
        answer(perf_counter() - start)


if __name__ == "__main__":
    serve()
