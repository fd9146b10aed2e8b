"""One phase for a terminal, from its dictionary."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from navp_structures.show.numbers import exact, rounded
from navp_structures.show.tables import printable, text_grid

_PARAMETERS = ("a", "b", "c", "alpha", "beta", "gamma")


def phase_to_text(phase: Mapping[str, Any], *, fold: Callable[[str], str], width: int) -> str:
    """Return a phase's dictionary as text: heading, cell, sites, source.

    Parameters
    ----------
    phase
        What `Phase.to_dict` returns.
    fold
        Folds a sentence to the terminal.
    width
        Of the terminal.
    """
    blocks = [
        _heading(phase, fold),
        _cell(phase),
        _sites(phase["sites"], width),
        _source(phase, fold),
    ]
    return "\n\n".join(block for block in blocks if block)


def _heading(phase: Mapping[str, Any], fold: Callable[[str], str]) -> str:
    names = ", ".join(phase["aliases"])
    head = f"{phase['id']} ({names})" if names else phase["id"]
    lines = [f"{head}: {phase['formula'] or 'formula unknown'}"]
    kind = phase["kind"] or "kind unknown"
    lines.append(f"{kind}: {phase['reason']}" if phase["reason"] else kind)
    if phase["temperature"] is not None:
        lines.append(
            f"temperature: {rounded(phase['temperature'], phase['temperature_su'], 0)} K"
        )
    elif phase["temperature_note"]:
        lines.append(f"temperature: {phase['temperature_note']}")
    if phase["caveat"]:
        lines.append(f"caveat: {phase['caveat']}")
    return "\n".join(fold(line) for line in lines)


def _cell(phase: Mapping[str, Any]) -> str:
    cell, group = phase["cell"], phase["space_group"]
    values = [f"{name} {exact(cell[name], cell[f'{name}_su'])}" for name in _PARAMETERS]
    symbol = group["symbol"] or f"{len(group['operations'])} operations"
    number = f", No. {group['number']}" if group["number"] else ""
    setting = f", {group['setting']}" if group["setting"] else ""
    lines = [
        f"space group {symbol}{number}{setting}",
        f"cell {', '.join(values[:3])} Å; {', '.join(values[3:])}°",
        f"V {_volume(cell['volume'], cell['volume_su'])} Å³"
        + (f", Z {phase['formula_units']}" if phase["formula_units"] else ""),
    ]
    per_unit = phase["volume_per_formula_unit"]
    if per_unit is not None:
        lines[-1] += f", V/Z {_volume(per_unit, phase['volume_per_formula_unit_su'])} Å³"
    return "\n".join(printable(line) for line in lines)


def _volume(value: float, su: float | None) -> str:
    # An su below the last digit shown is a volume that was held fixed.
    return rounded(value, su if su is not None and su >= 1e-3 else None, 3)


def _sites(sites: list[Mapping[str, Any]], width: int) -> str:
    if not sites:
        return "no atom sites: a cell-only phase"
    rows = []
    for site in sites:
        place = [
            _coordinate(x, su) for x, su in zip(site["fract"], site["fract_su"], strict=True)
        ]
        iso = "" if site["u_iso"] is None else exact(site["u_iso"], site["u_iso_su"])
        for species in site["species"]:
            filled = exact(species["occupancy"], species["occupancy_su"])
            kind = f"{site['multiplicity']}{site['wyckoff'] or ''}"
            rows.append([species["label"], species["symbol"], kind, *place, filled, iso])
    heads = ["site", "atom", "pos.", "x", "y", "z", "occ.", "U / Å²"]
    flush = [True, True, False, False, False, False, False, False]
    cells = [[printable(cell) for cell in row] for row in rows]
    grid = text_grid(heads, cells, left=flush, width=width)
    moving = [
        species["label"] for site in sites if site["u_aniso"] for species in site["species"]
    ]
    return grid + (f"\nU_ij are known for {', '.join(moving)}" if moving else "")


def _coordinate(value: float, su: float | None) -> str:
    return exact(value, su) if su else f"{value:.5f}".rstrip("0").rstrip(".")


def _source(phase: Mapping[str, Any], fold: Callable[[str], str]) -> str:
    source = phase["provenance"]
    named = {
        "source": source["citation"],
        "method": source["method"],
        "notes": source["notes"],
        "superseded by": phase["superseded_by"],
        "licence": phase["licence"],
        "provider": phase["provider"],
    }
    lines = [f"{name}: {text}" for name, text in named.items() if text]
    lines += [f"changed: {change['what']}; {change['why']}" for change in phase["changes"]]
    return "\n".join(fold(line) for line in lines)
