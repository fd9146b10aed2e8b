"""What the spots of a pattern are: ranked solutions, posteriors, what to measure next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

from navp_structures.analysis.indexing.spot_notes import spot_notes
from navp_structures.analysis.indexing.spot_views import View
from navp_structures.errors import InputError, shown
from navp_structures.model.hkl import HKL, format_hkl, format_uvw
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly
from navp_structures.show.tables import Column, TableResult, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from navp_structures.analysis.indexing.next_step import NextMeasurement
    from navp_structures.analysis.indexing.spot_input import MeasuredSpots
    from navp_structures.analysis.indexing.spot_net import SpotNet

RANDOM = "none.random"
LATTICE = "none.lattice"


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotAssignment:
    """What one spot is in a solution.

    Parameters
    ----------
    spot
        Number of the spot, from 0.
    hkl
        None where it is none of the zone's.
    d_obs, d_calc
        Å, the calculated one without the refined scale.
    deviation_percent
        Of d, observed minus calculated.
    deviation_sigma, angle_sigma
        Of length and angle in standard deviations, after scale and turn are refined.
    probability
        That this reflection is seen in a pattern with as many spots.
    reason
        ``allowed``, ``superlattice`` or ``double_diffraction``.
    """

    spot: int
    hkl: HKL | None
    d_obs: float
    d_calc: float | None
    deviation_percent: float | None
    deviation_sigma: float | None
    angle_sigma: float | None
    probability: float | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingReflection:
    """A reflection that a solution expects, and no spot shows."""

    hkl: HKL
    d: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotPlacement:
    """How the net of a zone lies on the pattern.

    Parameters
    ----------
    listed_axis
        [uvw] to the viewer where the net is not mirrored.
    g_max
        Å⁻¹; reflections are listed to this length.
    turn
        Degrees, anticlockwise, from the first vector of the net's basis.
    mirror
        -1 where the pattern is seen from the other side, else 1.
    stretch, strain
        ln of r_obs/g_calc, and the refined strain (c, d) of cell and camera in the net.
    """

    listed_axis: HKL
    g_max: float
    turn: float
    mirror: int
    stretch: float
    strain: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotSolution:
    """One zone axis of one phase with its best assignment.

    Parameters
    ----------
    posterior
        Of the zone axis, all assignments on it together.
    zone_axis
        [uvw] to the viewer, among those that symmetry makes equal.
    hkls
        Of each spot; None where it is none of the zone's.
    scale, scale_su
        d_obs = scale × d_calc, with the prior.
    rms_sigma
        Root mean square of the residuals of lengths and angles.
    unmatched
        Number of spots that are none of the zone's.
    is_hand_known
        Whether the spots tell the axis from its opposite, where symmetry does not make them
        equal; two reflections never do.
    axis_length
        Å, of the shortest translation along the axis.
    missing
        Expected reflections that no spot shows, the most probable first.
    placement
        Of the zone's net on the pattern, from which `SpotIndexing.net` has all reflections.
    """

    rank: int
    phase: str
    posterior: float
    zone_axis: HKL
    hkls: tuple[HKL | None, ...]
    scale: float
    scale_su: float
    rms_sigma: float
    unmatched: int
    axis_length: float
    assignments: tuple[SpotAssignment, ...]
    missing: tuple[MissingReflection, ...]
    is_hand_known: bool
    placement: SpotPlacement

    @property
    def flags(self) -> tuple[str, ...]:
        """Spots, numbered from 1, that are no usual reflections: ``2 double diffraction``."""
        return tuple(
            f"{item.spot + 1} {item.reason.replace('_', ' ')}"
            for item in self.assignments
            if item.reason not in (None, "allowed")
        )


def _flags_text(flags: tuple[str, ...]) -> str:
    """Return ``1d 2s`` for spots of double diffraction and of a superlattice."""
    return " ".join(f"{number}{word[0]}" for number, word, *_ in map(str.split, flags))


def hkls_text(hkls: tuple[HKL | None, ...]) -> str:
    """Return the (hkl) of each spot for a table."""
    return " ".join("–" if hkl is None else format_hkl(hkl) for hkl in hkls)


def solution_details(row: SpotSolution) -> dict[str, Any]:
    """Return what the JSON document of a solution holds beside its columns."""
    return {
        "assignments": plain([asdict(item) for item in row.assignments]),
        "missing": plain([asdict(item) for item in row.missing]),
    }


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SpotIndexing(ReadOnly, TableResult[SpotSolution]):
    """The answer of `index_spots`; its rows are the solutions, the most probable first.

    Parameters
    ----------
    posteriors
        Probability of each phase, ``none.random`` and ``none.lattice``, the largest first.
    classes
        Phases that these data do not separate, in sets of two or more.
    best_fit
        The solution with all spots and the smallest residuals, whatever its posterior; None
        where no solution has all spots.
    next_measurement
        What would separate the leading answers; None where nothing needs it.
    measured
        The spots in Å⁻¹, y up, with their errors.
    views
        The ways in which the pattern may have been seen, with the chances that the spots leave
        them.
    """

    asked: Mapping[str, Any]
    of: tuple[Phase, ...]
    rows: tuple[SpotSolution, ...]
    posteriors: Mapping[str, float]
    classes: tuple[tuple[str, ...], ...]
    best_fit: SpotSolution | None
    next_measurement: NextMeasurement | None
    measured: MeasuredSpots
    views: tuple[View, ...]

    name = "spots"
    columns = (
        Column("rank", head="#"),
        Column("phase"),
        Column("posterior", show="{:.3f}".format),
        Column("zone_axis", head="zone axis", show=format_uvw),
        Column("hkls", show=hkls_text, wide=True),
        Column("scale", su="scale_su", show="{:.4f}".format),
        Column("scale_su", hidden=True),
        Column("rms_sigma", head="rms/σ", show="{:.2f}".format),
        Column("unmatched", head="–", usual=0),
        Column("flags", show=_flags_text, usual=()),
        Column("axis_length", hidden=True),
        Column("is_hand_known", hidden=True),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked, with every default in place."""
        found: dict[str, Any] = plain(self.asked)
        return found

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that were tried."""
        return self.of

    @property
    def solutions(self) -> tuple[SpotSolution, ...]:
        """The solutions, the most probable first."""
        return self.rows

    @property
    def best(self) -> str:
        """The most probable answer: id of a phase, ``none.random`` or ``none.lattice``."""
        return next(iter(self.posteriors))

    @property
    def indexed(self) -> bool:
        """Whether a phase is more probable than both nulls together."""
        nulls = self.posteriors[RANDOM] + self.posteriors[LATTICE]
        return bool(self.rows) and nulls < 0.5

    @property
    def notes(self) -> tuple[str, ...]:
        """What these spots can and cannot decide."""
        return spot_notes(self)

    def solution(self, rank: int) -> SpotSolution:
        """Return the solution of a rank, from 1.

        Raises
        ------
        InputError
            When there is none of this rank.
        """
        count = len(self.rows)
        if not count:
            raise InputError("there are no solutions: no zone of these phases has two spots")
        if not isinstance(rank, Integral) or isinstance(rank, bool) or not 1 <= rank <= count:
            there = "there is 1 solution" if count == 1 else f"there are {count} solutions"
            raise InputError(f"rank is {shown(rank)}; {there}, the first of rank 1")
        return self.rows[int(rank) - 1]

    def net(self, rank: int = 1) -> SpotNet:
        """Return all reflections of a solution's zone, where they lie in the pattern.

        Raises
        ------
        InputError
            When there is no solution of this rank.
        """
        from navp_structures.analysis.indexing.spot_net import net_of

        return net_of(self, self.solution(rank))

    def plot(self, ax: Axes | None = None, *, rank: int = 1) -> Axes:
        """Draw the spots over the net of a solution, with the posteriors beside it.

        Discs are the reflections of the zone, their area the probability to be seen; open
        circles the spots, with ellipses of two sigma. What has no room for a label has none.

        Parameters
        ----------
        ax
            Where to draw; None makes a figure, with bars for the posteriors. Else they are
            told in words.
        rank
            Of the solution, from 1.

        Raises
        ------
        InputError
            When there is no solution of this rank.

        Returns
        -------
        The Axes of the pattern; nothing is shown or saved.
        """
        from navp_structures.analysis.indexing.spot_drawing import draw

        return draw(self, self.solution(rank), ax)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; each solution holds `assignments` and `missing`."""
        content = TableResult.to_dict(self)
        for row, result in zip(self.rows, content["results"], strict=True):
            result |= solution_details(row)
        content["results"] = {
            "posteriors": plain(dict(self.posteriors)),
            "solutions": content["results"],
            "classes": plain(self.classes),
            "next_measurement": (
                None if self.next_measurement is None else plain(asdict(self.next_measurement))
            ),
            "notes": list(self.notes),
        }
        return content
