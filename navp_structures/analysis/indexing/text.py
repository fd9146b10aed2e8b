"""An indexing for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from navp_structures.model.hkl import format_hkl, format_uvw
from navp_structures.show.tables import printable, text_grid, text_table

if TYPE_CHECKING:
    from navp_structures.analysis.indexing.spacings import SpacingIndexing

Fold = Callable[[str], str]
Item = TypeVar("Item")

MOST_LISTED: Final = 40
"""Lines of a table for people; a spacing that is known to 1 % has fewer candidates."""

# Extinct families of one rule.
_MOST_EXTINCT: Final = 16


def indexing_to_text(
    result: SpacingIndexing, *, width: int, fold: Fold, whole: str | None = None
) -> str:
    """Return candidates by spacing, then pairs, the extinct, and the notes.

    Parameters
    ----------
    whole
        How a reader gets the whole lists; None gives them. With it only the first lines of
        long ones are there, and how many more there are.
    """
    blocks = [_spacing(result, n, width, whole) for n in range(len(result.observed))]
    blocks += [_pairs(result, width, whole), _pattern(result, width, fold)]
    blocks.append(_shared(result, width))
    blocks += [_extinct(result, fold, whole), _ranking(result, fold)]
    blocks.append("\n".join(fold(note) for note in result.notes))
    return "\n\n".join(block for block in blocks if block)


def _first(items: Sequence[Item], most: int, whole: str | None) -> tuple[Sequence[Item], str]:
    """Return the items that are shown, and how many others there are; empty for none."""
    # One more line would tell of one line.
    if whole is None or len(items) <= most + 1:
        return items, ""
    return items[:most], f"… {len(items) - most} more"


def _told(more: str, whole: str | None) -> str:
    return f"{more}: {whole} lists them" if more else ""


def _ranking(result: SpacingIndexing, fold: Fold) -> str:
    if not result.rows:
        return ""
    return fold(
        f"order: fit × |F| / |F|max ({result.inputs['probe']}, kinematic); "
        "a ranking, no probability"
    )


def _spacing(result: SpacingIndexing, n: int, width: int, whole: str | None) -> str:
    spacing = result.observed[n]
    given = (
        f", from {_as_given(spacing.given, result.inputs['units'])}"
        if result.inputs["units"] != "A"
        else ""
    )
    head = f"d = {spacing.d:.4f} Å ± {100 * spacing.sigma:.2g} %{given}"
    candidates, more = _first(result.candidates(n), MOST_LISTED, whole)
    rows = [
        [
            row.phase,
            format_hkl(row.hkl),
            str(row.multiplicity),
            f"{row.d_calc:.4f}",
            f"{row.deviation_percent:+.2f}",
            f"{row.deviation_sigma:+.2f}",
            "" if row.strength is None else f"{row.strength:.2f}",
            f"{row.score:.3f}",
        ]
        for row in candidates
    ]
    if not rows:
        return head
    heads = ["phase", "hkl", "m", "d calc/Å", "dev./%", "dev./σ", "|F|/max", "score"]
    return _lines(head, _grid(heads, rows, width), _told(more, whole))


def _as_given(value: float, units: str) -> str:
    return f"2θ = {value:g}°" if units == "two_theta" else f"{value:g} {units}"


def _pairs(result: SpacingIndexing, width: int, whole: str | None) -> str:
    pairs, more = _first(result.pairs, MOST_LISTED, whole)
    rows = [
        [
            pair.phase,
            f"{format_hkl(pair.hkl_1)} {format_hkl(pair.hkl_2)}",
            f"{pair.angle_obs:g}",
            f"{pair.angle_calc:.2f}",
            format_uvw(pair.zone_axis),
            f"{pair.rms_sigma:.2f}",
        ]
        for pair in pairs
    ]
    if not rows:
        return "no pair of these fits the angle" if result.inputs["angles"] else ""
    heads = ["phase", "pair", "obs./°", "calc./°", "zone axis", "rms/σ"]
    return _lines(
        "pairs that fit spacings and angle", _grid(heads, rows, width), _told(more, whole)
    )


def _pattern(result: SpacingIndexing, width: int, fold: Fold) -> str:
    """Return the zone axes by probability, with what is to be said of them."""
    if result.pattern is None:
        return ""
    own = [note for note in result.pattern.notes if note not in result.pattern.provisos]
    table = text_table(result.pattern, width=width) if result.pattern.rows else ""
    parts = ["zone axes by probability", table, *map(fold, own)]
    return _lines(*parts)


def _shared(result: SpacingIndexing, width: int) -> str:
    """Return the pairs that share a zone axis, as two planes of one image do."""
    rows = [
        [
            row.phase,
            f"{format_hkl(row.hkl_1)} {format_hkl(row.hkl_2)}",
            f"{row.probability:.3f}",
            f"{row.angle:.2f}",
            format_uvw(row.zone_axis),
            f"{row.axis_length:.1f}",
            f"{row.rms_sigma:.2f}",
        ]
        for row in result.shared
    ]
    if not rows:
        return ""
    heads = ["phase", "pair", "prob.", "angle/°", "zone axis", "length/Å", "rms/σ"]
    return (
        "if both are of one image, and of one of these phases: pairs by probability\n"
        + _grid(heads, rows, width)
    )


def _extinct(result: SpacingIndexing, fold: Fold, whole: str | None) -> str:
    """Return the extinct families, gathered under the rule that forbids them."""
    by_rule: dict[tuple[str, str], dict[int, list[str]]] = {}
    for row in result.extinct:
        families = by_rule.setdefault((row.phase, f"{row.kind}, {row.rule}"), {})
        shown = f"{format_hkl(row.hkl)} {row.deviation_percent:+.1f}"
        families.setdefault(row.observation, []).append(shown)
    lines, cut = [], ""
    for (phase, rule), families in sorted(by_rule.items()):
        lines.append(fold(f"{phase}, {rule}"))
        for n, texts in families.items():
            nearest, more = _first(texts, _MOST_EXTINCT, whole)
            told = ", ".join([*nearest, more] if more else nearest)
            cut = cut or more
            lines.append(fold(f"  {result.observed[n].d:.4f} Å: {told}"))
    head = "extinct, would fit otherwise (deviation in %)"
    head += f"; the nearest of each rule, {whole} lists all" if cut else ""
    return "\n".join([fold(head), *lines]) if lines else ""


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _grid(heads: list[str], rows: list[list[str]], width: int) -> str:
    cells = [[printable(cell) for cell in row] for row in rows]
    return text_grid(heads, cells, left=[True, True] + [False] * (len(heads) - 2), width=width)
