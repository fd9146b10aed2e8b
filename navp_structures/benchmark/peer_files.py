"""Cases as plain files that any program can read, and what others answer to them.

``phases.json`` lists the phases: id, number of the space group, cell (Å, degrees), matrix from
fractional to Cartesian coordinates (Å), hkl to 0.85 Å⁻¹ with their mean intensities. Beside it
is a CIF of each. ``row-NAME.json`` holds the errors of a row (relative, degrees, relative) and
its cases: spots (Å⁻¹) and intensities, with the answer: phase and zone axis.

An answer is ``{"versions": {...}, "rows": {NAME: [{"phase", "zone_axis", "seconds"}, ...]}}``;
the phase may be null, the zone axis has three real numbers, seconds are of one processor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from navp_structures.analysis.sphere import sphere
from navp_structures.benchmark.cases import FALL_OFF, G_MAX, Case
from navp_structures.benchmark.indexing import Setup
from navp_structures.errors import InputFileError
from navp_structures.io.cif_write import write_cif
from navp_structures.model.phase import Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a program makes of a pattern.

    Parameters
    ----------
    phase
        Its id, None if the program finds none.
    zone_axis
        In the axes of the cell, of any length.
    seconds
        Of one processor.
    """

    phase: str | None
    zone_axis: tuple[float, ...]
    seconds: float


def write_cases(
    folder: Path,
    phases: Sequence[Phase],
    rows: Mapping[str, tuple[Setup, Sequence[Case]]],
) -> None:
    """Write phases and rows of cases to a folder, which is made; files are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for phase in phases:
        write_cif(phase, folder / f"{phase.id}.cif", force=True)
    _write(folder / "phases.json", [_phase(phase) for phase in phases])
    for name, (setup, cases) in rows.items():
        content = {
            "sigma": setup.sigma,
            "angle_sigma": setup.angle_sigma,
            "scale_sigma": setup.scale_sigma,
            "cases": [_case(case, phases) for case in cases],
        }
        _write(folder / f"row-{name}.json", content)


def read_cases(folder: Path, name: str, phases: Sequence[Phase]) -> list[Case]:
    """Return the cases of a row."""
    numbers = {phase.id: number for number, phase in enumerate(phases)}
    return [
        Case(
            phase=numbers[case["phase"]],
            zone_axis=tuple(case["zone_axis"]),
            spots=np.array(case["spots"], dtype=np.float64),
            intensities=np.array(case["intensities"], dtype=np.float64),
        )
        for case in _read(folder / f"row-{name}.json")["cases"]
    ]


def read_answers(path: Path) -> tuple[dict[str, str], dict[str, list[Answer]]]:
    """Return the versions of the programs, and the answers of each row."""
    content = _read(path)
    rows = {
        name: [
            Answer(
                phase=answer["phase"],
                zone_axis=tuple(map(float, answer["zone_axis"])),
                seconds=float(answer["seconds"]),
            )
            for answer in answers
        ]
        for name, answers in content["rows"].items()
    }
    return content["versions"], rows


def _phase(phase: Phase) -> dict[str, Any]:
    cell = phase.cell
    known = sphere(phase, 1.0 / G_MAX)
    allowed = known.f_squared > 0.0
    fall = np.exp(-((1.0 / known.d / FALL_OFF) ** 2))
    return {
        "id": phase.id,
        "space_group": phase.space_group.number,
        "cell": [cell.a, cell.b, cell.c, cell.alpha, cell.beta, cell.gamma],
        "matrix": cell.orthogonalisation_matrix.tolist(),
        "hkl": known.hkl[allowed].tolist(),
        "intensity": (known.f_squared * fall)[allowed].tolist(),
    }


def _case(case: Case, phases: Sequence[Phase]) -> dict[str, Any]:
    return {
        "phase": phases[case.phase].id,
        "zone_axis": list(case.zone_axis),
        "spots": case.spots.tolist(),
        "intensities": case.intensities.tolist(),
    }


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content) + "\n", encoding="utf-8")


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputFileError(f"{path} cannot be read: {error}") from error
