"""What the patterns of a sequence are: posteriors together and of each, the best solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from navp_structures.analysis.calibration_result import standard_notes
from navp_structures.analysis.indexing.sequence_notes import sequence_notes
from navp_structures.analysis.indexing.spot_result import (
    LATTICE,
    RANDOM,
    SpotSolution,
    hkls_text,
    solution_details,
)
from navp_structures.model.hkl import HKL, format_uvw
from navp_structures.model.phase import Phase
from navp_structures.read_only import ReadOnly
from navp_structures.show.tables import Column, TableResult, plain


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceFrame:
    """One pattern in the best solution of a sequence.

    Parameters
    ----------
    frame
        Its number, from 1.
    phase
        In the most probable sequence; ``none.random`` or ``none.lattice`` where it is none.
    posterior
        Of this answer for this frame, whatever the others are.
    solution
        With the scale, and the orientation where it is shared, that the other frames leave;
        None where the frame is no phase.
    """

    frame: int
    phase: str
    posterior: float
    solution: SpotSolution | None

    @property
    def zone_axis(self) -> HKL | None:
        """[uvw] to the viewer."""
        return None if self.solution is None else self.solution.zone_axis

    @property
    def hkls(self) -> tuple[HKL | None, ...] | None:
        """Of each spot; None where it is none of the zone's."""
        return None if self.solution is None else self.solution.hkls

    @property
    def scale(self) -> float | None:
        """d_obs = scale × d_calc in this frame."""
        return None if self.solution is None else self.solution.scale

    @property
    def scale_su(self) -> float | None:
        """Of the scale, with what all frames say of it."""
        return None if self.solution is None else self.solution.scale_su

    @property
    def rms_sigma(self) -> float | None:
        """Root mean square of the residuals of lengths and angles."""
        return None if self.solution is None else self.solution.rms_sigma

    @property
    def unmatched(self) -> int | None:
        """Number of spots that are none of the zone's."""
        return None if self.solution is None else self.solution.unmatched


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class SequenceIndexing(ReadOnly, TableResult[SequenceFrame]):
    """The answer of `index_sequence`; its rows are the frames in the most probable sequence.

    Parameters
    ----------
    posteriors
        Probability of each sequence, such as ``na3vp-rt > na2vp-a``, the largest first; those
        below one in a million are left out, and of many the last ones.
    frames
        Of each frame the probability of each phase, ``none.random`` and ``none.lattice``, the
        largest first, with all other frames taken into account.
    alone
        The same by each frame's own spots: the posteriors of `index_spots`.
    scale, scale_su
        That all frames share in the best solution; None where they share none, or none of them
        is a phase.
    relations
        What was taken as known of phases that turn into each other.
    """

    asked: Mapping[str, Any]
    of: tuple[Phase, ...]
    rows: tuple[SequenceFrame, ...]
    posteriors: Mapping[str, float]
    frames: tuple[Mapping[str, float], ...]
    alone: tuple[Mapping[str, float], ...]
    scale: float | None
    scale_su: float | None
    relations: tuple[str, ...]

    name = "sequence"
    columns = (
        Column("frame", head="#"),
        Column("phase"),
        Column("posterior", show="{:.3f}".format),
        Column("zone_axis", head="zone axis", show=format_uvw),
        Column("hkls", show=hkls_text, wide=True),
        Column("scale", su="scale_su", show="{:.4f}".format),
        Column("scale_su", hidden=True),
        Column("rms_sigma", head="rms/σ", show="{:.2f}".format),
        Column("unmatched", head="–", usual=0),
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
    def best(self) -> str:
        """The most probable sequence."""
        return next(iter(self.posteriors))

    @property
    def solutions(self) -> tuple[SpotSolution | None, ...]:
        """Of each frame in the best solution; None where it is no phase."""
        return tuple(row.solution for row in self.rows)

    @property
    def indexed(self) -> bool:
        """Whether every frame is more probably a phase than not."""
        return all(shares[RANDOM] + shares[LATTICE] < 0.5 for shares in self.frames)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found, what sharing has changed, and what was assumed."""
        return (*sequence_notes(self), *standard_notes(self.inputs), *self.provisos)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; each frame has its posteriors, together and alone."""
        content = TableResult.to_dict(self)
        for n, (row, result) in enumerate(zip(self.rows, content["results"], strict=True)):
            result["posteriors"] = plain(dict(self.frames[n]))
            result["posteriors_alone"] = plain(dict(self.alone[n]))
            result |= {} if row.solution is None else solution_details(row.solution)
        content["results"] = {
            "posteriors": plain(dict(self.posteriors)),
            "scale": self.scale,
            "scale_su": self.scale_su,
            "frames": content["results"],
            "notes": list(self.notes),
        }
        return content
