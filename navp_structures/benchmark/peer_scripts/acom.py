"""Index cases with the automated crystal orientation mapping (ACOM) of py4DSTEM.

``python acom.py FOLDER ANSWERS`` in an environment with py4DSTEM 0.14.18; nothing else is
needed. The phase is that with the best correlation over its orientations.

py4DSTEM is imported late, because this file is looked at where it is not installed.
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

# Part of a sphere without equal directions: for -3m a sixth of a cap about c, for 2/m a
# quarter of the sphere; py4DSTEM has the same in its own table.
TRIGONAL = range(162, 168)
MONOCLINIC = range(3, 16)


def sector(space_group: int) -> dict[str, Any]:
    """Return the arguments that restrict an orientation plan to a part of the sphere."""
    if space_group in TRIGONAL:
        return {
            "zone_axis_range": "fiber",
            "fiber_axis": [0, 0, 1],
            "fiber_angles": [90.0, 60.0],
        }
    return {"zone_axis_range": "half" if space_group in MONOCLINIC else "full"}


def crystal(phase: dict[str, Any], settings: argparse.Namespace) -> Any:
    """Return a crystal with the intensities of the list and its orientation plan."""
    from py4DSTEM.process.diffraction import Crystal

    # The atoms serve for nothing but the structure factors, which are given.
    made = Crystal(positions=[[0.0, 0.0, 0.0]], numbers=[1], cell=phase["cell"])
    intensity = np.array(phase["intensity"])
    strong = intensity > settings.weakest * intensity.max()
    made.hkl = np.array(phase["hkl"])[strong].T
    made.g_vec_all = (made.hkl.T @ made.lat_inv).T
    made.g_vec_leng = np.linalg.norm(made.g_vec_all, axis=0)
    made.k_max = made.g_vec_leng.max()
    made.struct_factors_int = intensity[strong]
    made.struct_factors = np.sqrt(intensity[strong])
    made.orientation_plan(
        angle_step_zone_axis=settings.step,
        angle_step_in_plane=settings.step_in_plane,
        accel_voltage=200e3,
        corr_kernel_size=settings.kernel,
        sigma_excitation_error=settings.excitation_error,
        power_radial=settings.power_radial,
        power_intensity=settings.power_intensity,
        power_intensity_experiment=settings.power_intensity_experiment,
        tol_distance=settings.shell,
        progress_bar=False,
        **sector(phase["space_group"]),
    )
    return made


def peaks(case: dict[str, Any]) -> Any:
    """Return the spots of a case with their opposites, as a camera shows them."""
    from emdfile import PointList

    xy, intensity = np.array(case["spots"]), np.array(case["intensities"])
    kinds = [("qx", float), ("qy", float), ("intensity", float)]
    data = np.zeros(2 * len(xy), dtype=kinds)
    data["qx"] = np.r_[xy[:, 0], -xy[:, 0]]
    data["qy"] = np.r_[xy[:, 1], -xy[:, 1]]
    data["intensity"] = np.r_[intensity, intensity]
    return PointList(data)


def answer(crystals: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    """Return phase, zone axis and time of a case."""
    spots = peaks(case)
    start, clock = process_time(), perf_counter()
    found = {
        name: made.match_single_pattern(spots, verbose=False) for name, made in crystals.items()
    }
    best = max(found, key=lambda name: found[name].corr[0])
    seconds, passed = process_time() - start, perf_counter() - clock
    beam = found[best].matrix[0][:, 2]
    axis = beam @ np.linalg.inv(crystals[best].lat_real)
    return {"phase": best, "zone_axis": axis.tolist(), "seconds": seconds, "passed": passed}


def arguments() -> argparse.Namespace:
    """Return the settings; the defaults were tuned by hand on other cases of the generator."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--step", type=float, default=2.0)
    parser.add_argument("--step-in-plane", type=float, default=2.0)
    parser.add_argument("--kernel", type=float, default=0.02)
    parser.add_argument("--excitation-error", type=float, default=0.02)
    parser.add_argument("--power-radial", type=float, default=1.0)
    parser.add_argument("--power-intensity", type=float, default=0.25)
    parser.add_argument("--power-intensity-experiment", type=float, default=0.25)
    parser.add_argument("--shell", type=float, default=0.01)
    parser.add_argument("--weakest", type=float, default=1e-4)
    return parser.parse_args()


def main() -> None:
    """Answer every row of a folder."""
    settings = arguments()
    listed = json.loads((settings.folder / "phases.json").read_text())
    start = perf_counter()
    crystals = {phase["id"]: crystal(phase, settings) for phase in listed}
    sys.stderr.write(f"orientation plans: {perf_counter() - start:.1f} s\n")
    rows = {}
    for path in sorted(settings.folder.glob("row-*.json")):
        cases = json.loads(path.read_text())["cases"]
        answer(crystals, cases[0])  # the first one also pays for what is loaded late
        rows[path.stem.removeprefix("row-")] = [answer(crystals, case) for case in cases]
    content = {"versions": {"py4DSTEM": version("py4DSTEM")}, "rows": rows}
    settings.answers.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
