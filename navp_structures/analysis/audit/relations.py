"""Comparisons of two claims: as printed, and as the structures have them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from navp_structures.analysis.audit.agreement import Agreement
from navp_structures.analysis.audit.context import AuditContext, Judge
from navp_structures.analysis.audit.energies import ROOM
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.judgement import judged, value_of
from navp_structures.analysis.hop_rates import hop_rate_ratio
from navp_structures.errors import InputError
from navp_structures.model.claim import Claim, shown_unit
from navp_structures.model.hkl import format_hkl

_HOLDS: Final[Mapping[str, Callable[[float, float], bool]]] = MappingProxyType(
    {"larger": lambda one, two: one > two, "smaller": lambda one, two: one < two}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two claims, with what the structures make of it.

    Parameters
    ----------
    value
        Computed for the entries that it names, the printed one where nothing is computed.
    is_computed
        Whether it is.
    others
        With other entries: what they are, and the value.
    """

    claim: Claim
    finding: AuditFinding
    value: float
    is_computed: bool
    others: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """Value with its unit, and where it is from."""
        unit = shown_unit(self.claim.what.standard_unit)
        if not self.is_computed:
            return f"{self.claim.printed} as printed"
        return f"{self.value:.4g}{'' if unit == '°' else ' '}{unit}".strip()


def comparison(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether two claims compare as is said: as printed, and by the structures."""
    sides = [_side(context.claims[name], context) for name in claim.claims]
    first, second = sides
    if claim.relation == "close":
        return _close(claim, context, first, second)
    if _share_ends(first.finding, second.finding):
        return _one_change(claim, first, second)
    holds = _HOLDS[claim.relation or ""]
    printed = holds(value_of(first.claim), value_of(second.claim))
    computed = holds(first.value, second.value)
    reversed_by = [
        (name, one, two) for name, one, two in _alternatives(first, second)
        if holds(one, two) != computed
    ]  # fmt: skip
    verdict: Verdict = "consistent" if printed and computed else "inconsistent"
    if printed and not computed and reversed_by:
        verdict = "other_entry"
    told = [_as_printed(claim, first, second, printed=printed)]
    if first.is_computed or second.is_computed:
        whether = "so it is" if computed else "so it is not"
        told.append(f"The entries named give {first.text} and {second.text}: {whether}.")
    if reversed_by:
        names = "; ".join(
            f"{one:.4g} and {two:.4g} with {name}" for name, one, two in reversed_by
        )
        told.append(f"It is the other way round with other entries: {names}.")
    told += _rates(first, second)
    return judged(
        claim,
        verdict,
        " ".join(told),
        computed=f"{first.text}, {second.text}",
        tolerance="the order of the two numbers",
        details=_numbers(first, second),
    )


JUDGES: Final[Mapping[str, Judge]] = MappingProxyType({"comparison": comparison})


def _side(claim: Claim, context: AuditContext) -> Side:
    finding = context.finding(claim.id)
    value = finding.details.get("value")
    size = abs if value_of(claim) >= 0.0 and claim.quantity == "volume_change" else float
    return Side(
        claim=claim,
        finding=finding,
        value=value_of(claim) if value is None else size(value),
        is_computed=value is not None,
        others=tuple((name, size(other)) for name, other in _values(finding)),
    )


def _values(finding: AuditFinding) -> Iterator[tuple[str, float]]:
    """Yield what other entries give for a claim."""
    entries = finding.details.get("entries", ())
    if isinstance(entries, Mapping):  # of a spacing, by their ids
        allowed = ((name, row) for name, row in entries.items() if row["allowed"])
        yield from ((name, row["d"]) for name, row in allowed if name != finding.phase)
        return
    for row in entries[1:]:
        if "change" in row:
            yield f"{row['first']} to {row['last']}", row["change"]
        elif "computed" in row:
            yield row["phase"], row["computed"]


def _alternatives(first: Side, second: Side) -> Iterator[tuple[str, float, float]]:
    for name, value in first.others:
        yield name, value, second.value
    for name, value in second.others:
        yield name, first.value, value


def _share_ends(first: AuditFinding, second: AuditFinding) -> bool:
    """Whether both are volume changes from one phase to one other."""
    ends = first.details.get("ends")
    return ends is not None and ends == second.details.get("ends")


def _one_change(claim: Claim, first: Side, second: Side) -> AuditFinding:
    """Return that two ways from one phase to another change the volume alike."""
    ends = first.finding.details["ends"]
    total = first.finding.details["from_printed_volumes"]
    basis = "the printed volumes" if total is not None else "the entries"
    value = abs(first.value if total is None else total)
    told = (
        f"Both are the change from {ends[0]} to {ends[1]}, which no way between them alters: "
        f"{basis} give {value:.2f} % for either."
    )
    if any(len(side.claim.phases) > 2 for side in (first, second)):
        told += (
            f" {first.claim.printed} and {second.claim.printed} differ because steps that "
            "count from starts of their own were added; that says nothing of the structures on "
            "the way."
        )
    return judged(
        claim,
        "inconsistent",
        told,
        computed=f"{value:.2f} % for both",
        tolerance="none: the volume is that of the phase",
        details=_numbers(first, second) | {"ends": ends},
    )


def _as_printed(claim: Claim, first: Side, second: Side, *, printed: bool) -> str:
    relation = f"{claim.relation} than"
    is_ = "is" if printed else "is not"
    return f"{first.claim.printed} {is_} {relation} {second.claim.printed} as printed."


def _rates(first: Side, second: Side) -> Iterator[str]:
    """Yield how rates of hopping compare, where two barriers do."""
    if {first.claim.quantity, second.claim.quantity} != {"barrier"}:
        return
    kelvin = first.claim.temperature or ROOM
    ratio = None
    # What is beyond all numbers, as over 100 eV, is left out.
    with suppress(InputError):
        ratio = hop_rate_ratio(value_of(second.claim), value_of(first.claim), kelvin)
    if ratio is not None:
        yield (
            f"At {kelvin:g} K hops over the first are {ratio:.3g} times as fast, with equal "
            "attempt frequencies."
        )
    yield "Structures test neither."


def _close(claim: Claim, context: AuditContext, first: Side, second: Side) -> AuditFinding:
    """Return whether two printed numbers agree within their errors."""
    agreement = Agreement(
        printed=value_of(first.claim),
        computed=value_of(second.claim),
        sigma=math.hypot(*(_sigma(side, context) for side in (first, second))),
        rounding=_rounding(first) + _rounding(second),
        unit=_unit(first.claim),
    )
    told = f"They differ by {agreement.off}; {agreement.tolerance} is close."
    if not agreement.agrees:
        told += _nearer(first, second, context)
    return judged(
        claim,
        "consistent" if agreement.agrees else "inconsistent",
        told,
        computed=f"{first.claim.printed}, {second.claim.printed}",
        agreement=agreement,
        details=_numbers(first, second),
    )


def _unit(claim: Claim) -> str:
    unit = shown_unit(claim.what.standard_unit)
    return unit if unit in ("", "°") else f" {unit}"


def _sigma(side: Side, context: AuditContext) -> float:
    """Return one standard deviation of a printed number."""
    settings = context.settings
    value = abs(value_of(side.claim))
    usual = {
        "spacing": settings.spacing_sigma * value,
        "angle": settings.angle_sigma,
        "powder_line": settings.two_theta_sigma,
        "conversion": settings.two_theta_sigma,
        "volume_per_formula_unit": settings.volume_sigma * value,
        "volume_change": 100.0 * math.sqrt(2.0) * settings.volume_sigma,
    }
    return side.claim.uncertainty or usual.get(side.claim.quantity, 0.0)


def _rounding(side: Side) -> float:
    """Return how far rounding may take a printed number, that of what it was made from too."""
    return (side.claim.rounding or 0.0) + float(side.finding.details.get("input_rounding", 0.0))


def _nearer(first: Side, second: Side, context: AuditContext) -> str:
    """Return which lines of other phases are nearer to the second than the first is."""
    apart = abs(value_of(first.claim) - value_of(second.claim))
    own = context.phases_of(second.claim)
    named = {p.id for phase in own for p in (phase, *context.others(phase))}
    rows = [
        row
        for row in second.finding.details.get("lines", ())
        if row["is_seen"] and abs(row["deviation"]) < apart and row["phase"] not in named
    ]
    if not rows:
        return ""
    best = min(rows, key=lambda row: abs(row["deviation"]))
    return (
        f" Nearer to {second.claim.printed} is {format_hkl(best['hkl'])} of {best['phase']}, "
        f"{abs(best['deviation']):.2f}° away."
    )


def _numbers(first: Side, second: Side) -> dict[str, Any]:
    return {
        "printed": [value_of(first.claim), value_of(second.claim)],
        "values": [first.value, second.value],
        "computed": [first.is_computed, second.is_computed],
    }
