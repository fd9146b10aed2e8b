"""What was found of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias

from navp_structures.read_only import ReadOnly

Verdict: TypeAlias = Literal[
    "consistent",
    "other_entry",
    "bar",
    "other_setting",
    "common_scale",
    "extinct",
    "inconsistent",
    "not_testable",
]

VERDICTS: Final[Mapping[Verdict, str]] = MappingProxyType(
    {
        "consistent": "agrees with the structure",
        "other_entry": "agrees only with another entry: another temperature, polymorph or cell",
        "bar": "agrees with a bar restored or lost",
        "other_setting": "agrees in another setting of the cell",
        "common_scale": "agrees after a common scale of its image",
        "extinct": "names a reflection that symmetry forbids",
        "inconsistent": "disagrees",
        "not_testable": "cannot be tested with these structures",
    }
)
"""What each verdict says, the best first."""

HOLDING: Final[frozenset[Verdict]] = frozenset(("consistent", "not_testable"))
"""Verdicts that speak against nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFinding(ReadOnly):
    """What was found of one claim.

    Parameters
    ----------
    id, claim, printed
        Of the claim, in words, and as printed.
    computed
        What the structure says, with its unit; None where nothing can be computed.
    deviation_percent, deviation_sigma
        Printed minus computed, of the computed; and in standard deviations of what is allowed.
        None where there are none.
    tolerance
        What deviation counts as agreement, and why, in words.
    verdict
        One of `VERDICTS`.
    explanation
        One to three sentences, with the numbers.
    phase
        Id of the entry that it was judged with; None where there is none.
    details
        Numbers behind it, read-only: plain values, tuples and mappings, in JSON lists and
        objects.
    """

    id: str
    claim: str
    printed: str
    computed: str | None = None
    deviation_percent: float | None = None
    deviation_sigma: float | None = None
    tolerance: str | None = None
    verdict: Verdict
    explanation: str
    phase: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
