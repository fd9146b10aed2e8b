"""Volume changes of a paper against its own volumes and against the structures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from navp_structures.analysis.audit.agreement import Agreement, trend_of
from navp_structures.analysis.audit.context import AuditContext
from navp_structures.analysis.audit.finding import AuditFinding, Verdict
from navp_structures.analysis.audit.judgement import (
    is_modelled,
    judged,
    located,
    without_structure,
)
from navp_structures.analysis.composition import composition
from navp_structures.analysis.host import common_host
from navp_structures.analysis.sodiation.comparable import (
    conditions_of,
    volume_of,
    volume_warning,
)
from navp_structures.analysis.sodiation.volumes import volume_changes
from navp_structures.errors import InputError
from navp_structures.model.claim import Claim
from navp_structures.model.phase import Phase
from navp_structures.show.numbers import signed

# Tried before the other elements of the phases.
_USUAL_ION: Final = "Na"

_SIGNS: Final = MappingProxyType({"grows": 1.0, "same": 0.0, "shrinks": -1.0})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The change from one entry to another.

    Parameters
    ----------
    change
        Percent of the first, negative when it shrinks.
    """

    first: Phase
    last: Phase
    change: float
    agreement: Agreement

    @property
    def text(self) -> str:
        """The change between which entries."""
        return f"{signed(self.change, 2)} % from {self.first.id} to {self.last.id}"

    @property
    def numbers(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "first": self.first.id,
            "last": self.last.id,
            "change": self.change,
            "conditions": [conditions_of(self.first), conditions_of(self.last)],
            "agrees": self.agreement.agrees,
        }


def volume_change(claim: Claim, context: AuditContext) -> AuditFinding:
    """Return whether a volume change is that of the paper's own volumes, and of the entries.

    A change over several phases is that from the first to the last: steps multiply.
    """
    if claim.material:
        return without_structure(claim)
    phases = context.phases_of(claim)
    with located(claim, "phases"):
        ion = mobile_ion(phases)
        own = _of_entries(claim, context, phases[0], phases[-1], ion)
        others = list(_other_entries(claim, context, phases, ion))
    printed = _printed_volumes(context, phases)
    arithmetic = _arithmetic(claim, printed) if printed else None
    verdict, best = _verdict(arithmetic, own, others)
    used = best or own
    # Where the paper's own volumes contradict it, the entries have nothing to add.
    contradicted = arithmetic if arithmetic is not None and not arithmetic.agrees else None
    computed = _total(printed) if contradicted else used.change
    told = [*_told_of_volumes(claim, printed), *_told_of_entries(own, others, best, ion)]
    return judged(
        claim,
        verdict,
        " ".join(told),
        computed=f"{signed(computed, 2)} %",
        agreement=contradicted or used.agreement,
        phase=used.first.id,
        details={
            "value": own.change,
            "ends": [phases[0].id, phases[-1].id],
            "entries": [item.numbers for item in (own, *others)],
            "printed_volumes": [volume for volume, _ in printed],
            "from_printed_volumes": _total(printed) if printed else None,
        },
    )


def mobile_ion(phases: Sequence[Phase]) -> str:
    """Return the element without which phases have one host; sodium where it will do.

    Raises
    ------
    InputError
        When there is none.
    """
    elements = {count.element for phase in phases for count in composition(phase)}
    for ion in (_USUAL_ION, *sorted(elements - {_USUAL_ION})):
        try:
            common_host(phases, ion)
        except InputError:
            continue
        return ion
    names = " and ".join(phase.id for phase in phases)
    raise InputError(f"{names} have no common host that a single element fills")


def _of_entries(
    claim: Claim, context: AuditContext, first: Phase, last: Phase, ion: str
) -> Change:
    units = common_host((first, last), ion)
    volumes = volume_of(first, units[0]), volume_of(last, units[1])
    change = volume_changes(volumes)[1]
    # Each volume is off by as much; printed volumes have no more su than that.
    sigma = 100.0 * context.settings.volume_sigma * math.sqrt(2.0) * volumes[1] / volumes[0]
    return Change(
        first=first,
        last=last,
        change=change,
        agreement=_compared(claim, change, claim.uncertainty or sigma, 0.0),
    )


def _compared(claim: Claim, change: float, sigma: float, rounding: float) -> Agreement:
    """Return how a change fits a printed one, which is a size unless a minus is printed."""
    if claim.value is None:
        # Of a trend alone only the sign counts, and whether there is a change at all.
        reached = _SIGNS[trend_of(change, 2.0 * sigma)]
        return Agreement(printed=_SIGNS[claim.trend or "same"], computed=reached, sigma=0.0)
    turned = {"grows": change, "shrinks": -change}.get(claim.trend or "", abs(change))
    return Agreement(
        printed=claim.value,
        computed=change if claim.value < 0.0 else turned,
        sigma=sigma,
        rounding=rounding + (claim.rounding or 0.0),
        unit=" %",
    )


def _other_entries(
    claim: Claim, context: AuditContext, phases: Sequence[Phase], ion: str
) -> Iterator[Change]:
    """Yield the change with another entry at either end, which has sites of its own or not."""
    first, last = phases[0], phases[-1]
    pairs = [(other, last) for other in context.others(first)]
    pairs += [(first, other) for other in context.others(last)]
    seen = {_key(first, last)}
    for one, two in pairs:
        computed = {(p.cell_kind or p.kind) == "computed" for p in (one, two)}
        if len(computed) == 1 and _key(one, two) not in seen:
            seen.add(_key(one, two))
            yield _of_entries(claim, context, one, two, ion)


def _key(first: Phase, last: Phase) -> tuple[float, float]:
    return round(first.cell.volume, 3), round(last.cell.volume, 3)


def _printed_volumes(
    context: AuditContext, phases: Sequence[Phase]
) -> list[tuple[float, float]]:
    """Return V/Z and its rounding (Å³) that the claims print for each phase; all or none."""
    found: dict[Phase, tuple[float, float]] = {}
    for other in context.claims:
        if other.quantity == "volume_per_formula_unit" and other.phases:
            phase = context.phase(other.phases[0], other)
            if other.value is not None and phase in phases:
                found.setdefault(phase, (other.value, other.rounding or 0.0))
    return [found[phase] for phase in phases] if all(p in found for p in phases) else []


def _total(volumes: Sequence[tuple[float, float]]) -> float:
    return volume_changes([volume for volume, _ in volumes])[1]


def _arithmetic(claim: Claim, volumes: Sequence[tuple[float, float]]) -> Agreement:
    """Return how the printed change fits the printed volumes, which are only rounded."""
    (first, coarse), (last, fine) = volumes[0], volumes[-1]
    rounding = 100.0 * (last / first) * (coarse / first + fine / last)
    return _compared(claim, _total(volumes), claim.uncertainty or 0.0, rounding)


def _verdict(
    arithmetic: Agreement | None, own: Change, others: Sequence[Change]
) -> tuple[Verdict, Change | None]:
    """Return the verdict, and the change with other entries that it rests on."""
    if arithmetic is not None and not arithmetic.agrees:
        return "inconsistent", None
    modelled = is_modelled(own.first) and is_modelled(own.last)
    if own.agreement.agrees:
        # Two cells that were made for published volumes test nothing but the arithmetic.
        return ("not_testable" if modelled and arithmetic is None else "consistent"), None
    fitting = [item for item in others if item.agreement.agrees]
    if fitting:
        return "other_entry", fitting[0]
    return "inconsistent", None


def _told_of_volumes(claim: Claim, volumes: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Yield what the paper's own volumes give."""
    if not volumes:
        return
    numbers = [volume for volume, _ in volumes]
    steps, total = volume_changes(numbers)
    way = " to ".join(f"{number:.7g}" for number in numbers)
    yield f"The printed volumes {way} Å³ give {signed(total, 2)} %."
    if len(steps) > 1 and claim.value is not None:
        told = " and ".join(signed(step, 2) for step in steps)
        excess = abs(sum(steps)) - abs(total)
        is_sum = abs(abs(claim.value) - abs(sum(steps))) <= (claim.rounding or 0.0)
        sums = f"{'the' if is_sum else 'neither that nor the'} sum of the steps, {told} %"
        yield (
            f"{claim.printed} is {sums}, which count from starts of their own and so add up to "
            f"{excess:.2f} % too much: compounded they give {signed(total, 2)} %, as directly."
        )


def _told_of_entries(
    own: Change, others: Sequence[Change], best: Change | None, ion: str
) -> Iterator[str]:
    """Yield what the entries give, and whether they may be compared."""
    used = best or own
    made = [p.id for p in dict.fromkeys((used.first, used.last)) if is_modelled(p)]
    several = "cells are models" if len(made) > 1 else "cell is a model"
    note = f" ({' and '.join(made)}: the {several})" if made else ""
    yield f"{'It agrees with' if best else 'The entries give'} {used.text}{note}."
    warning = volume_warning(used.first, used.last, ion)
    if warning is not None:
        yield f"Warning: {warning.text}."
    elif best is not None:
        yield f"The entries named give {own.text}."
    elif others:
        yield f"With other entries it is {', '.join(item.text for item in others)}."
