"""Whether a claim says what its quantity needs, and no more."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from navp_structures.errors import ClaimError, SpaceGroupError, nearest, shown
from navp_structures.model.claim_quantities import Quantity, quantity_named, unit_named
from navp_structures.model.spacegroup import SpaceGroup

if TYPE_CHECKING:
    from navp_structures.model.claim import Claim

TRENDS: Final = ("grows", "shrinks", "same")
RELATIONS: Final = ("larger", "smaller", "close")
STANDARDS: Final = ("spacing", "powder_line")
"""Quantities that show the scale, or the shift, of an image or a pattern."""

CLAIM_KINDS: Final = ("measured", "computed")

CELL_BOUNDS: Final = MappingProxyType(
    {
        **dict.fromkeys("abc", (0.5, 1000.0)),
        **dict.fromkeys(("alpha", "beta", "gamma"), (1, 179)),
    }
)
"""Å and degrees."""

_WORDS: Final = MappingProxyType({"trend": TRENDS, "relation": RELATIONS, "kind": CLAIM_KINDS})
_HIGHEST_TEMPERATURE: Final = 5000.0
# Of a long list only these are looked through for the nearest.
_MOST_NAMES: Final = 200
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

# Key of a file: what of a claim it fills. These belong to some quantities only.
_FILLS: Final = MappingProxyType(
    {
        "value": "number",
        "cell": "cell",
        "space_group": "space_group",
        "trend": "trend",
        "centre": "centre",
        "ligand": "ligand",
        "radiation": "radiation",
        "from": "from_number",
        "from_radiation": "from_radiation",
        "relation": "relation",
        "group": "group",
    }
)
_HINTS: Final = MappingProxyType(
    {
        "radiation": "a radiation, by name or as a wavelength in Å",
        "from": "the angle it starts from: from = 7.7",
        "from_radiation": "the radiation it starts from",
        "centre": "a centre, such as centre = 'V'",
        "ligand": "a ligand, such as ligand = 'O'",
        "relation": f"a relation, one of {', '.join(RELATIONS)}",
    }
)


def check_claim(claim: Claim) -> str | None:
    """Return the unit of a claim as this package spells it.

    Raises
    ------
    ClaimError
        When the claim lacks something, has too much, or a value is not what it should be;
        the error names the key.
    """
    if not _ID.fullmatch(claim.id):
        raise ClaimError(
            f"the id {shown(claim.id)} must be letters, digits, '.', '-' and '_', at most 64",
            "id",
        )
    quantity = quantity_named(claim.quantity)
    unit = unit_named(quantity, claim.unit)
    _check_keys(claim, quantity)
    _check_words(claim)
    _check_phases(claim, quantity)
    _check_counts(claim, quantity)
    _check_numbers(claim, quantity, quantity.units.get(unit or "", 1.0))
    _check_signs(claim)
    _check_others(claim)
    _check_standard(claim)
    return unit


def faults_between(
    claims: Iterable[Claim], *, broken: Mapping[str, int] | None = None
) -> Iterator[tuple[Claim, ClaimError]]:
    """Yield each claim that does not fit the others of its list, with the reason.

    Parameters
    ----------
    claims
        In their order: of two with one id the second is at fault.
    broken
        Ids of claims that are left out, and their lines.
    """
    by_id: dict[str, Claim] = {}
    for claim in claims:
        first = by_id.setdefault(claim.id.casefold(), claim)
        if first is not claim:
            at = f" in line {first.line}" if first.line else ""
            yield claim, ClaimError(f"the id {shown(claim.id)} is taken{at}", "id")
    for claim in by_id.values():
        fault = _reference_fault(claim, by_id, broken or {})
        if fault:
            yield claim, ClaimError(fault, "claims")


def _check_keys(claim: Claim, quantity: Quantity) -> None:
    known = {*quantity.states, *quantity.needs, *quantity.may}
    for key, name in _FILLS.items():
        given = getattr(claim, name)
        empty = given is None or given == ()
        if not empty and key not in known:
            raise ClaimError(f"{quantity.noun} takes no {key}", key)
        if empty and key in quantity.needs:
            raise ClaimError(f"{quantity.noun} needs {_HINTS[key]}")
    states = [key for key in quantity.states if getattr(claim, _FILLS[key])]
    if quantity.states and not states:
        raise ClaimError(f"{quantity.noun} needs a {' or a '.join(quantity.states)}")


def _check_words(claim: Claim) -> None:
    for name, words in _WORDS.items():
        word = getattr(claim, name)
        if word is not None and word not in words:
            raise ClaimError(f"{name} is {shown(word)}; it must be {' or '.join(words)}", name)


def _check_signs(claim: Claim) -> None:
    if claim.quantity != "volume_change" or claim.number is None or claim.trend is None:
        return
    if claim.number.value < 0.0 and claim.trend != "shrinks":
        raise ClaimError(
            f"a volume change of {claim.number} % shrinks, and the trend is "
            f"{shown(claim.trend)}",
            "trend",
        )


def _check_phases(claim: Claim, quantity: Quantity) -> None:
    if claim.material is not None:
        if claim.phases:
            raise ClaimError("a material stands in place of phases; keep one", "material")
        if quantity.phases[1] == 0:
            raise ClaimError(f"{quantity.noun} takes no material", "material")
        return
    wanted = [quantity.phases] if claim.number is not None or claim.trend is None else []
    if claim.trend is not None and quantity.trend_phases is not None:
        wanted.append(quantity.trend_phases)
    noun = f"the trend of {quantity.noun}" if claim.trend is not None else quantity.noun
    for limits in wanted:
        _check_count(len(claim.phases), limits, noun, "phase", "phase")


def _check_counts(claim: Claim, quantity: Quantity) -> None:
    if quantity.name == "angle" and len(claim.labels) != 2:
        raise ClaimError(
            "an angle needs the two planes that it lies between, here "
            f"{len(claim.labels)}: hkl = ['6 0 2', '3 2 2']",
            "hkl",
        )
    _check_count(len(claim.labels), quantity.labels, quantity.noun, "plane", "hkl")
    _check_count(len(claim.claims), quantity.claims, quantity.noun, "other claim", "claims")


def _check_count(count: int, limits: tuple[int, int], noun: str, what: str, key: str) -> None:
    low, high = limits
    if low <= count <= high:
        return
    if high == 0:
        raise ClaimError(f"{noun} takes no {what}", key)
    wanted = f"{low}" if low == high else f"{low} or more" if count < low else f"at most {high}"
    plural = "s" if wanted not in ("1", "at most 1") else ""
    raise ClaimError(f"{noun} needs {wanted} {what}{plural}, here {count}", key)


def _check_numbers(claim: Claim, quantity: Quantity, factor: float) -> None:
    low, high = quantity.bounds
    unit = quantity.standard_unit
    for key in ("value", "from"):
        number = getattr(claim, _FILLS[key])
        if number is not None:
            _check_number(number, key, low, high, factor, unit)
    for name, number in claim.cell:
        if name not in CELL_BOUNDS:
            raise ClaimError(
                f"unknown parameter {shown(name)} of a cell{nearest(name, CELL_BOUNDS)}; "
                f"known are {', '.join(CELL_BOUNDS)}",
                "cell",
            )
        length = len(name) == 1
        lowest, highest = CELL_BOUNDS[name]
        scale, unit = (factor, "A") if length else (1.0, "deg")
        _check_number(number, "cell", lowest, highest, scale, unit, f"{name} of the cell")
    if claim.temperature is not None and not 0 <= claim.temperature <= _HIGHEST_TEMPERATURE:
        raise ClaimError(
            f"temperature is {claim.temperature:g} K; it must be 0 to {_HIGHEST_TEMPERATURE:g}",
            "temperature",
        )


def _check_number(
    number: Any,
    key: str,
    low: float,
    high: float,
    factor: float,
    unit: str | None,
    name: str | None = None,
) -> None:
    name = name or key
    value = number.value * factor
    within = f"{low:g} to {high:g}{f' {unit}' if unit else ''}"
    if not (math.isfinite(value) and low <= value <= high):
        raise ClaimError(f"{name} is {shown(number.value)}; it must be {within}", key)
    if number.su is not None and not (math.isfinite(number.su) and number.su > 0):
        raise ClaimError(
            f"the uncertainty of {name} is {shown(number.su)}; it must be positive",
            "uncertainty",
        )


def _check_others(claim: Claim) -> None:
    for name in ("radiation", "from_radiation"):
        value = getattr(claim, name)
        if isinstance(value, float) and not 0 < value < 1e4:
            raise ClaimError(f"{name} is {value:g}; a wavelength is positive, in Å", name)
    for label in claim.labels:
        if len(label) > 60 or not any(character.isdigit() for character in label):
            raise ClaimError(f"hkl is {shown(label)}; write it as printed: '4 -2 6'", "hkl")
    if claim.space_group is not None:
        try:
            SpaceGroup.from_name(claim.space_group)
        except SpaceGroupError as error:
            raise ClaimError(str(error), "space_group") from None


def _check_standard(claim: Claim) -> None:
    if not claim.standard:
        return
    if claim.quantity not in STANDARDS:
        raise ClaimError(f"{claim.what.noun} can be no standard", "standard")
    if claim.group is None:
        raise ClaimError("a standard needs the group that it calibrates", "standard")
    if not claim.phases:
        raise ClaimError("a standard needs a phase, no material", "standard")


def _reference_fault(
    claim: Claim, by_id: Mapping[str, Claim], broken: Mapping[str, int]
) -> str:
    """Return why a claim cannot be about the ones that it names; empty when it can."""
    folded = {name.casefold(): line for name, line in broken.items()}
    for name in claim.claims:
        other = by_id.get(name.casefold())
        if other is None and name.casefold() in folded:
            return f"it is about the claim {shown(name)}, which cannot be used"
        if other is None:
            known = [one.id for one in by_id.values() if not one.claims][:_MOST_NAMES]
            return f"no claim has the id {shown(name)}{nearest(name, known)}"
        if not _CAN_BE_OF[claim.quantity](other):
            return f"{claim.what.noun} cannot be about {shown(name)}, {other.what.noun}"
    if len({name.casefold() for name in claim.claims}) < len(claim.claims):
        return "it names one claim twice"
    return _unlike(claim, by_id)


def _unlike(claim: Claim, by_id: Mapping[str, Claim]) -> str:
    others = [by_id[name.casefold()] for name in claim.claims]
    units = {other.what.standard_unit for other in others}
    if claim.quantity == "comparison" and len(units) > 1:
        nouns = " with ".join(other.what.noun for other in others)
        return f"nothing compares {nouns}"
    return ""


_CAN_BE_OF: Final[Mapping[str, Callable[[Any], bool]]] = MappingProxyType(
    {
        "comparison": lambda other: other.number is not None,
        "same_plane": lambda other: other.quantity in ("spacing", "powder_line"),
    }
)
