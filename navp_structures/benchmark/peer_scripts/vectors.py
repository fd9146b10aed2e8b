"""Index cases with the vector matching of pyxem, on libraries of diffsims.

``python vectors.py FOLDER ANSWERS`` in an environment with pyxem 0.21; nothing else is needed.
The phase is that of the orientation with most spots near whole (hkl), then the least error.

pyxem is imported late, because this file is looked at where it is not installed.
"""

from __future__ import annotations

import argparse
import json
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

# Rows are the edges of the primitive cell of a rhombohedral lattice in hexagonal axes. With
# the centred cell three times as many (hkl) would be near a spot, of which two are absent.
OBVERSE = np.array([[2, 1, 1], [-1, 1, 1], [-1, -2, 1]]) / 3.0
RHOMBOHEDRAL = {146, 148, 155, 160, 161, 166, 167}


def structure(phase: dict[str, Any]) -> Any:
    """Return a structure of diffpy, whose only use is its lattice."""
    from diffpy.structure import Atom, Lattice, Structure

    base = np.array(phase["matrix"]).T
    if phase["space_group"] in RHOMBOHEDRAL:
        base = OBVERSE @ base
    return Structure(atoms=[Atom("H", [0, 0, 0])], lattice=Lattice(base=base))


def library(phases: list[dict[str, Any]], settings: argparse.Namespace) -> Any:
    """Return the pairs of reflections, without those that the structure hardly has."""
    from diffsims.generators.library_generator import VectorLibraryGenerator
    from diffsims.libraries.structure_library import StructureLibrary

    names = [phase["id"] for phase in phases]
    structures = [structure(phase) for phase in phases]
    made = VectorLibraryGenerator(
        StructureLibrary(names, structures, [[(0, 0, 0)]] * len(names))
    ).get_vector_library(settings.radius)
    for phase, lattice in zip(phases, structures, strict=True):
        pairs = made[phase["id"]]
        keep = present(phase, lattice.lattice, settings.weakest)(pairs["indices"]).all(axis=1)
        made[phase["id"]] = {name: values[keep] for name, values in pairs.items()}
    return made


def present(phase: dict[str, Any], lattice: Any, weakest: float) -> Any:
    """Return a function that says which (hkl) are stronger than a share of the strongest."""
    intensity = np.array(phase["intensity"])
    strong = np.array(phase["hkl"])[intensity > weakest * intensity.max()]
    cartesian = strong @ np.linalg.inv(np.array(phase["matrix"]))
    hkl = np.rint(lattice.reciprocal().fractional(cartesian)).astype(int)
    table = np.zeros((256, 256, 256), dtype=bool)
    table[tuple(hkl.T)] = True  # negative indices count from the end
    return lambda indices: table[tuple(np.moveaxis(np.rint(indices).astype(int), -1, 0))]


def answer(made: Any, phases: list[Any], case: Any, settings: Any) -> dict[str, Any]:
    """Return phase, zone axis and time of a case."""
    from pyxem.utils.indexation_utils import match_vectors

    spots = np.c_[np.array(case["spots"]), np.zeros(len(case["spots"]))]
    start, clock = process_time(), perf_counter()
    found = match_vectors(
        spots,
        made,
        mag_tol=settings.length,
        angle_tol=np.radians(settings.angle),
        index_error_tol=settings.index_error,
        n_peaks_to_index=min(settings.spots, len(spots)),
        n_best=settings.best,
    )[0]
    best = max(found, key=lambda one: (round(one.match_rate, 9), -one.total_error))
    seconds, passed = process_time() - start, perf_counter() - clock
    if not best.match_rate:
        return {"phase": None, "zone_axis": [0, 0, 1], "seconds": seconds, "passed": passed}
    beam = np.asarray(best.rotation_matrix) @ [0.0, 0.0, 1.0]
    phase = phases[best.phase_index]
    axis = np.linalg.inv(np.array(phase["matrix"])) @ beam
    return {
        "phase": phase["id"],
        "zone_axis": axis.tolist(),
        "seconds": seconds,
        "passed": passed,
    }


def arguments() -> argparse.Namespace:
    """Return the settings; the defaults were tuned by hand on other cases of the generator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--radius", type=float, default=0.85, help="of the library (1/A)")
    parser.add_argument("--weakest", type=float, default=0.03)
    parser.add_argument("--length", type=float, default=0.015, help="tolerance (1/A)")
    parser.add_argument("--angle", type=float, default=3.0, help="tolerance (degrees)")
    parser.add_argument("--index-error", type=float, default=0.2)
    parser.add_argument("--spots", type=int, default=12, help="that are paired")
    parser.add_argument("--best", type=int, default=1000, help="orientations of a phase kept")
    return parser.parse_args()


def main() -> None:
    """Answer every row of a folder."""
    settings = arguments()
    phases = json.loads((settings.folder / "phases.json").read_text())
    start = perf_counter()
    made = library(phases, settings)
    sys.stderr.write(f"libraries: {perf_counter() - start:.1f} s\n")
    rows = {}
    for path in sorted(settings.folder.glob("row-*.json")):
        cases = json.loads(path.read_text())["cases"]
        answer(made, phases, cases[0], settings)  # the first one also pays for what is late
        rows[path.stem.removeprefix("row-")] = [
            answer(made, phases, case, settings) for case in cases
        ]
    versions = {name: version(name) for name in ("pyxem", "diffsims", "orix")}
    content = {"versions": versions, "rows": rows}
    settings.answers.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
