"""What a standard shows of an instrument, and how other measurements take it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from navp_structures.analysis.indexing.units import Spacing, spacings
from navp_structures.analysis.numbers import LEAST_SIGMA
from navp_structures.errors import InputError, shown
from navp_structures.kernels.common_shift import displacement_basis
from navp_structures.kernels.lattice import Floats
from navp_structures.model.hkl import HKL, format_hkl
from navp_structures.model.phase import Phase
from navp_structures.model.radiation import Radiation
from navp_structures.show.numbers import rounded, signed
from navp_structures.show.tables import Column, TableResult, plain

# A wavelength or a camera constant is the same when it agrees to so much.
_SAME = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationLine:
    """A measured line of the standard.

    Parameters
    ----------
    given
        The number as it was given, in its unit.
    hkl, multiplicity, d_calc
        None for a line that is none of the standard.
    deviation_sigma
        What the calibration leaves of it, in sigma.
    """

    phase: str
    given: float
    hkl: HKL | None
    multiplicity: int | None
    d_obs: float
    d_calc: float | None
    deviation_sigma: float | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Calibration(TableResult[CalibrationLine]):
    """The answer of `calibrate`; its rows are the lines of the standard.

    Parameters
    ----------
    of
        The standard.
    sigma
        One standard deviation of the values, or of each: relative, for 2θ degrees.
    prior
        Standard deviations of the shifts beforehand.
    posterior
        Probability that the values are these lines of the standard; None where they were
        named.
    shift, covariance
        ln of the scale, or zero and displacement (degrees).
    scatter
        Root mean square deviation of the lines in sigma, with the shifts counted; None where
        there are no more lines than shifts. Where it is above 1, the su have been multiplied
        by it.
    """

    of: tuple[Phase]
    units: str
    radiation: Radiation | None
    camera_constant: float | None
    sigma: float | tuple[float, ...]
    prior: tuple[float, ...]
    posterior: float | None
    shift: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    scatter: float | None
    rows: tuple[CalibrationLine, ...]

    name = "calibration"
    columns = (
        Column("phase"),
        Column("hkl", show=format_hkl),
        Column("multiplicity", head="m"),
        Column("given", show="{:g}".format),
        Column("d_obs", head="d obs / Å", show="{:.4f}".format),
        Column("d_calc", head="d calc / Å", show="{:.4f}".format),
        Column("deviation_sigma", head="left / sigma", show="{:+.2f}".format),
    )

    @property
    def inputs(self) -> dict[str, Any]:
        """What was asked."""
        return {
            "values": [row.given for row in self.rows],
            "phase": self.of[0].id,
            "units": self.units,
            "sigma": self.sigma,
            "prior": list(self.prior),
            "wavelength": None if self.radiation is None else self.radiation.wavelength,
            "camera_constant": self.camera_constant,
        }

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The standard."""
        return self.of

    @property
    def in_degrees(self) -> bool:
        """Whether it is one of 2θ."""
        return self.units == "two_theta"

    @property
    def scale(self) -> float | None:
        """d_obs / d_calc; None for 2θ."""
        return None if self.in_degrees else math.exp(self.shift[0])

    @property
    def scale_su(self) -> float | None:
        """Its standard uncertainty, with that of the standard's cell."""
        return None if self.scale is None else self.scale * math.sqrt(self.covariance[0][0])

    @property
    def zero_shift(self) -> float | None:
        """Degrees, added to every 2θ; None for spacings."""
        return self.shift[0] if self.in_degrees else None

    @property
    def zero_shift_su(self) -> float | None:
        """Its standard uncertainty."""
        return math.sqrt(self.covariance[0][0]) if self.in_degrees else None

    @property
    def displacement(self) -> float | None:
        """Degrees; 2θ moves by this times cos θ. None for spacings."""
        return self.shift[1] if self.in_degrees else None

    @property
    def displacement_su(self) -> float | None:
        """Its standard uncertainty."""
        return math.sqrt(self.covariance[1][1]) if self.in_degrees else None

    @property
    def calibrated_camera_constant(self) -> float | None:
        """The camera constant (px Å) with which the scale is 1; None but for px."""
        if self.camera_constant is None or self.scale is None:
            return None
        return self.camera_constant / self.scale

    @property
    def found(self) -> dict[str, Any]:
        """Scale or shifts with su, for JSON and for the inputs of what is calibrated."""
        if self.in_degrees:
            return {
                "phase": self.of[0].id,
                "zero_shift": self.zero_shift,
                "zero_shift_su": self.zero_shift_su,
                "displacement": self.displacement,
                "displacement_su": self.displacement_su,
                "correlation": self.covariance[0][1]
                / math.sqrt(self.covariance[0][0] * self.covariance[1][1]),
            }
        return {"phase": self.of[0].id, "scale": self.scale, "scale_su": self.scale_su}

    @property
    def notes(self) -> tuple[str, ...]:
        """The result in a sentence, and what to mind."""
        name = self.of[0].id
        stray = [f"{row.given:g}" for row in self.rows if row.hkl is None]
        lines = [self._sentence()]
        if self.posterior is not None:
            lines.append(f"probability of these lines of {name}: {self.posterior:.3f}")
        if stray:
            lines.append(f"{', '.join(stray)}: no line of {name}, left out")
        strain = max(abs(s) / prior for s, prior in zip(self.shift, self.prior, strict=True))
        if strain > _STRAINED:
            lines.append(
                f"that is {strain:.1f} standard deviations of what was expected: another "
                "substance with such a lattice, or another wavelength, would look the same"
            )
        if self.scatter is not None and self.scatter > _WIDE:
            lines.append(
                f"the lines scatter {self.scatter:.1f} times as much as sigma; the su are "
                "wider by that"
            )
        if self.of[0].cell.covariance is None:
            lines.append(f"the cell of {name} states no su, so the result counts it as exact")
        return (*lines, *self.provisos)

    def _sentence(self) -> str:
        text = _words(self.found)
        if self.scale is not None:
            percent = 100.0 * (self.scale - 1.0)
            shown_percent = signed(percent, 2, 100.0 * (self.scale_su or 0.0))
            text += f": measured spacings are off by {shown_percent} %"
        if self.calibrated_camera_constant is None:
            return text
        su = self.calibrated_camera_constant * math.sqrt(self.covariance[0][0])
        return f"{text}; camera constant {rounded(self.calibrated_camera_constant, su, 2)} px Å"

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document; `results` holds the calibration and the lines."""
        # Not super(): a slotted dataclass is a new class, which the bare form misses.
        content = TableResult.to_dict(self)
        more = {"posterior": self.posterior, "scatter": self.scatter, "notes": list(self.notes)}
        if self.calibrated_camera_constant is not None:
            more["camera_constant"] = self.calibrated_camera_constant
        content["results"] = plain({**self.found, **more, "lines": content["results"]})
        return content

    def corrected(self, values: float | Iterable[float]) -> Floats:
        """Return measured values of the same instrument and unit without its scale or shift.

        Parameters
        ----------
        values
            In the unit of the calibration, any shape.

        Raises
        ------
        InputError
            When a value is no positive finite number, or no angle below 180°.
        """
        given = self._checked(values)
        if self.in_degrees:
            return np.asarray(given - displacement_basis(given) @ np.array(self.shift))
        direct = self.units in ("A", "nm")
        factor = math.exp(self.shift[0])
        return given / factor if direct else given * factor

    def sigma_at(self, values: float | Iterable[float]) -> Floats:
        """Return the standard uncertainty of the correction: relative, for 2θ in degrees."""
        given = self._checked(values)
        covariance = np.array(self.covariance)
        if not self.in_degrees:
            return np.full(given.shape, math.sqrt(covariance[0, 0]))
        basis = displacement_basis(given)
        return np.asarray(np.sqrt(np.einsum("...i,ij,...j->...", basis, covariance, basis)))

    def _checked(self, values: float | Iterable[float]) -> Floats:
        try:
            given = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            raise InputError(f"{shown(values)} is no number and no list of numbers") from None
        last = 180.0 if self.in_degrees else math.inf
        if not ((given > 0.0) & (given < last)).all():
            raise InputError(
                f"{shown(values)} holds a value that is no positive finite number"
                + (" below 180" if self.in_degrees else "")
            )
        return given

    def scale_sigma_with(self, drift: float | None) -> float:
        """Return the relative sigma that a calibrated scale has left.

        Parameters
        ----------
        drift
            What it may have changed by since (relative, one sigma); None for nothing.
        """
        return math.hypot(math.sqrt(self.covariance[0][0]), drift or 0.0)


def standard_notes(inputs: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a result was calibrated with, from its inputs; nothing without."""
    found = inputs.get("calibration")
    if found is not None:
        yield f"calibrated on {found['phase']}: {_words(found)}"


def _words(found: Mapping[str, Any]) -> str:
    if "scale" in found:
        return f"scale {rounded(found['scale'], found['scale_su'], 4)}"
    zero = rounded(found["zero_shift"], found["zero_shift_su"], 3)
    displaced = rounded(found["displacement"], found["displacement_su"], 3)
    return f"zero shift {zero}°, displacement {displaced}° (times cos θ)"


# Standard deviations of the prior; few instruments are off by so much.
_STRAINED = 2.0

# Times sigma; so much do few lines scatter more than they should now and then.
_WIDE = 2.0


def _length(radiation: Radiation | None) -> float | None:
    return None if radiation is None else radiation.wavelength


def check_calibration(
    calibration: object,
    units: str,
    *,
    radiation: Radiation | None = None,
    camera_constant: float | None = None,
) -> None:
    """Raise InputError for what is no Calibration, or one of another kind of measurement."""
    if not isinstance(calibration, Calibration):
        raise InputError(
            f"calibration is {shown(calibration)}; it must be a Calibration, from calibrate"
        )
    if calibration.in_degrees != (units == "two_theta"):
        raise InputError(
            f"the calibration is one of {calibration.units}, the values are {units}; 2θ and "
            "spacings are calibrated apart"
        )
    if (calibration.units == "px") != (units == "px"):
        raise InputError(
            f"the calibration is one of {calibration.units}, the values are {units}; both must "
            "be px, with one camera constant, or neither"
        )
    for word, own, other in (
        ("wavelength", _length(calibration.radiation), _length(radiation)),
        ("camera constant", calibration.camera_constant, camera_constant),
    ):
        if own is not None and other is not None and abs(own / other - 1.0) > _SAME:
            raise InputError(
                f"the {word} is {other:g}, that of the calibration {own:g}; it must be the same"
            )


def calibrated(
    observed: tuple[Spacing, ...],
    calibration: Calibration | None,
    units: str,
    radiation: Radiation | None,
    camera_constant: float | None,
) -> tuple[Spacing, ...]:
    """Return measured spacings without the scale, or the shift, of the instrument.

    For 2θ the su of the shift is added to each sigma; that of a scale is common to all.
    Without a calibration they stay as they are.

    Raises
    ------
    InputError
        As for `check_calibration`.
    """
    if calibration is None:
        return observed
    check_calibration(calibration, units, radiation=radiation, camera_constant=camera_constant)
    if not calibration.in_degrees:
        factor = math.exp(calibration.shift[0])
        return tuple(replace(spacing, d=spacing.d / factor) for spacing in observed)
    assert calibration.radiation is not None  # noqa: S101 - 2θ has one
    given = np.array([spacing.given for spacing in observed])
    found = []
    for value, left, su, old in zip(
        given, calibration.corrected(given), calibration.sigma_at(given), observed, strict=True
    ):
        # σ(d)/d = cot θ σ(θ)
        own = math.degrees(2.0 * old.sigma * math.tan(math.radians(value) / 2.0))
        (moved,) = spacings(
            float(left),
            units="two_theta",
            # Rounding may leave a little less than was given.
            sigma=max(math.hypot(own, float(su)), LEAST_SIGMA),
            radiation=calibration.radiation,
        )
        found.append(replace(moved, given=old.given))
    return tuple(found)
