"""Claims of a paper: what it prints, of which phase, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from navp_structures.errors import ClaimError, nearest, shown
from navp_structures.model.claim_check import check_claim, faults_between
from navp_structures.model.claim_quantities import QUANTITIES, Quantity
from navp_structures.show.tables import printable

CELL_LENGTHS: Final = ("a", "b", "c")

_SHOWN_UNITS: Final = MappingProxyType(
    {"A": "Å", "A3": "Å³", "nm3": "nm³", "deg": "°", None: ""}
)


def shown_unit(unit: str | None) -> str:
    """Return a unit as sentences have it; empty for None.

    Examples
    --------
    >>> shown_unit("A3"), shown_unit("eV")
    ('Å³', 'eV')
    """
    return _SHOWN_UNITS.get(unit, unit) or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedNumber:
    """A number as it is printed.

    Parameters
    ----------
    value
        In the unit of the claim.
    su
        One standard deviation, where one is printed.
    rounding
        Half a unit of the last printed digit: the least that the number may be off. None
        where the digits are not known.
    text
        The number with its su, as the file has it.

    Examples
    --------
    >>> PrintedNumber(value=8.832, rounding=0.0005, text="8.832").scaled(100.0)
    PrintedNumber(value=883.2, su=None, rounding=0.05, text='8.832')
    """

    value: float
    su: float | None = None
    rounding: float | None = None
    text: str = ""

    def __str__(self) -> str:
        """As printed."""
        return self.text or f"{self.value:g}"

    def scaled(self, factor: float) -> PrintedNumber:
        """Return the number in another unit; the text stays that which is printed."""
        su = None if self.su is None else self.su * factor
        rounding = None if self.rounding is None else self.rounding * factor
        return replace(self, value=self.value * factor, su=su, rounding=rounding)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claim:
    """One statement of a paper that structures can confirm or refute.

    What a quantity needs, and which units fit it, is one row of ``QUANTITIES``. Names of
    phases and radiations are kept as they are written; whether they are known is a question
    for the catalogue.

    Parameters
    ----------
    id
        Letters, digits, dots, dashes and underscores, once in a file.
    quantity
        A name of ``QUANTITIES``.
    phases
        One, or from the first to the last: names, ids, or paths of CIFs.
    material
        In words, in place of phases: a substance that has no structure here.
    labels
        Planes (hkl) as printed, which may be misprints.
    number
        In the unit `unit`; `value`, `uncertainty` and `rounding` are in the standard unit.
    cell
        Pairs of name and number, as many as are printed: a, b, c in the unit `unit`, alpha,
        beta, gamma in degrees; `parameters` has the lengths in Å.
    space_group
        As printed.
    trend
        ``grows``, ``shrinks`` or ``same``, from the first phase to the last.
    centre, ligand
        Element or label of a site: the centre of polyhedra, of a valence, of sites.
    unit
        As printed; the standard unit of the quantity where None is given.
    radiation
        Name, or wavelength (Å).
    from_number, from_radiation
        What a conversion starts from.
    claims, relation
        Ids of the two that this claim is about; that the first is ``larger`` or ``smaller``
        than the second, or ``close`` to it.
    group
        Of one image, or one pattern: one scale and one phase.
    standard
        Whether it is a spacing or a line of a standard, which shows the scale or the shift of
        its group.
    kind
        ``measured`` or ``computed``, where the paper says so.
    temperature, conditions
        Kelvin where a number is printed, and words: state of the sample, method.
    source
        Where the paper has it from; None for its own result.
    place
        Page, figure or table.
    text
        The words of the paper, or short ones for them.
    note
        What the transcription leaves to say.
    file, line
        Where the claim is written; they do not count when claims are compared.

    Raises
    ------
    ClaimError
        When something is missing, too much, or not what it should be.

    Examples
    --------
    >>> number = PrintedNumber(value=0.188, rounding=0.0005, text="0.188")
    >>> claim = Claim(id="h1", quantity="spacing", phases=("Na3VP",), labels=("4 -2 6",),
    ...               number=number, unit="nm")
    >>> round(claim.value, 6), claim.printed, claim.uncertainty
    (1.88, '0.188 nm', None)
    """

    id: str
    quantity: str
    phases: tuple[str, ...] = ()
    material: str | None = None
    labels: tuple[str, ...] = ()
    number: PrintedNumber | None = None
    cell: tuple[tuple[str, PrintedNumber], ...] = ()
    space_group: str | None = None
    trend: str | None = None
    centre: str | None = None
    ligand: str | None = None
    unit: str | None = None
    radiation: str | float | None = None
    from_number: PrintedNumber | None = None
    from_radiation: str | float | None = None
    claims: tuple[str, ...] = ()
    relation: str | None = None
    group: str | None = None
    standard: bool = False
    kind: str | None = None
    temperature: float | None = None
    conditions: str | None = None
    source: str | None = None
    place: str | None = None
    text: str | None = None
    note: str | None = None
    file: str = field(default="", compare=False)
    line: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        """Refuse what no engine could judge; give the claim its unit."""
        object.__setattr__(self, "unit", check_claim(self))

    def __repr__(self) -> str:
        """Id, quantity, what is printed, and of what."""
        of = " > ".join(self.phases) or self.material or " and ".join(self.claims)
        parts = [self.quantity, self.printed, *self.labels, f"of {of}" if of else ""]
        return printable(f"<Claim {self.id}: {' '.join(part for part in parts if part)}>")

    @property
    def what(self) -> Quantity:
        """The row of ``QUANTITIES``."""
        return QUANTITIES[self.quantity]

    @property
    def value(self) -> float | None:
        """The number in the standard unit of the quantity (Å, Å³, degrees, %, eV)."""
        return None if self.number is None else self._standard(self.number).value

    @property
    def uncertainty(self) -> float | None:
        """The printed su in the standard unit; None where none is printed."""
        return None if self.number is None else self._standard(self.number).su

    @property
    def rounding(self) -> float | None:
        """Half a unit of the last printed digit in the standard unit; None where unknown."""
        return None if self.number is None else self._standard(self.number).rounding

    @property
    def from_value(self) -> float | None:
        """What a conversion starts from, in degrees."""
        return None if self.from_number is None else self._standard(self.from_number).value

    @property
    def parameters(self) -> Mapping[str, PrintedNumber]:
        """Parameters of the cell, in Å and degrees."""
        return {
            name: self._standard(number) if name in CELL_LENGTHS else number
            for name, number in self.cell
        }

    @property
    def printed(self) -> str:
        """What is claimed, in the words and the unit of the paper; empty for a relation."""
        unit = shown_unit(self.unit)
        if self.number is not None:
            return f"{self.number}{'' if unit == '°' else ' '}{unit}".strip()
        if self.cell:
            return ", ".join(
                f"{name} {number}{f' {unit}' if name in CELL_LENGTHS else '°'}"
                for name, number in self.cell
            )
        return self.space_group or self.trend or self.relation or ""

    @property
    def where(self) -> str:
        """``file:line``, for messages; the id where the claim is from no file."""
        return f"{self.file}:{self.line}" if self.line else f"claim {self.id}"

    def _standard(self, number: PrintedNumber) -> PrintedNumber:
        factor = self.what.units.get(self.unit or "", 1.0)
        return number if factor == 1.0 else number.scaled(factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimProblem:
    """Why a claim, or the head of its file, cannot be used."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        """``file:line: sentence``, or the claim's id where it is from no file."""
        return f"{f'{self.file}:{self.line}' if self.line else self.file}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claims:
    """The claims of one paper, in the order of its file.

    Parameters
    ----------
    title, citation, doi
        Of the paper, as far as they are known.
    note
        What holds for all claims.
    file
        Name of the file.
    problems
        What was left out of the file because it cannot be used.

    Raises
    ------
    ClaimError
        When two claims have one id, or a claim is about another one that is not there or
        cannot be compared.
    """

    claims: tuple[Claim, ...]
    title: str | None = None
    citation: str | None = None
    doi: str | None = None
    note: str | None = None
    file: str = field(default="", compare=False)
    problems: tuple[ClaimProblem, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        """Refuse claims that contradict each other as a list."""
        object.__setattr__(self, "claims", tuple(self.claims))
        for _, fault in faults_between(self.claims):
            raise fault

    def __len__(self) -> int:
        """Return how many claims there are."""
        return len(self.claims)

    def __iter__(self) -> Iterator[Claim]:
        """Iterate over the claims."""
        return iter(self.claims)

    def __getitem__(self, name: str) -> Claim:
        """Return the claim of that id, in any case."""
        found = {claim.id.casefold(): claim for claim in self.claims}.get(name.casefold())
        if found is None:
            hint = nearest(name, [claim.id for claim in self.claims])
            raise ClaimError(f"no claim has the id {shown(name)}{hint}")
        return found

    def __repr__(self) -> str:
        """File or source, and how many claims it has."""
        of = self.file or self.citation or "no file"
        return printable(f"<Claims of {of}: {len(self)}, {len(self.problems)} left out>")

    @property
    def groups(self) -> Mapping[str, tuple[Claim, ...]]:
        """The claims of each image or pattern."""
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            if claim.group:
                found.setdefault(claim.group, []).append(claim)
        return {name: tuple(claims) for name, claims in found.items()}
