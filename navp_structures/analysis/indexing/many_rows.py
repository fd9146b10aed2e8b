"""One pattern of many: its spots checked and indexed, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from navp_structures.analysis.indexing.many_result import PatternRow
from navp_structures.analysis.indexing.spot_input import MOST, too_many
from navp_structures.analysis.indexing.spot_settings import SpotSettings
from navp_structures.analysis.indexing.spot_solutions import fitted, posteriors, readings
from navp_structures.analysis.indexing.spots import Searched, searched
from navp_structures.errors import InputError, NavpError, nearest, shown
from navp_structures.io.spot_lists import SpotList
from navp_structures.model.measured_list import MeasuredList

_KEYS: Final = ("spots", "intensities", "name")


def pattern_row(number: int, given: Any, settings: SpotSettings) -> PatternRow:
    """Return the row of a pattern; one that cannot be indexed has an error, and raises none.

    Parameters
    ----------
    number
        Its place in the input.
    given
        A `SpotList`, a `MeasuredList`, a mapping, or the spots themselves.
    """
    told: dict[str, Any] = {"number": number, "name": None}
    try:
        pattern = _spot_list(given)
        told["name"] = pattern.name
        if pattern.error is not None:
            return PatternRow(**told, error=pattern.error)
        if pattern.units not in (None, settings.units):
            units = f"the spots are in {pattern.units}, not in {settings.units}"
            return PatternRow(**told, error=units)
        spots, intensities, told["left_out"] = _real(pattern)
        return PatternRow(**told, **_indexed(spots, intensities, settings))
    except NavpError as error:
        return PatternRow(**told, error=str(error))
    except Exception as error:  # noqa: BLE001 - one pattern must not lose the others
        return PatternRow(**told, error=f"{type(error).__name__}: {error}")


def _spot_list(given: Any) -> SpotList:
    if isinstance(given, SpotList):
        return given
    if isinstance(given, MeasuredList):
        return _measured(given)
    if not isinstance(given, Mapping):
        return SpotList(spots=given)
    for key in given:
        if key not in _KEYS:
            raise InputError(
                f"unknown key {shown(key)} of a pattern{nearest(str(key), _KEYS)}; "
                f"known: {', '.join(_KEYS)}"
            )
    name = given.get("name")
    name = None if name is None else str(name)
    if "spots" not in given:
        return SpotList(name=name, error="the pattern has no spots: the key 'spots' is missing")
    return SpotList(name=name, spots=given["spots"], intensities=given.get("intensities"))


def _measured(given: MeasuredList) -> SpotList:
    """Return the spots of a list that was read from a file."""
    if given.kind != "spots":
        return SpotList(name=given.source, error=f"these are {given.kind}, not spots")
    return SpotList(
        name=given.source,
        spots=given.values,
        intensities=given.intensities,
        units=given.units,
    )


def _indexed(spots: Any, intensities: Any, settings: SpotSettings) -> dict[str, Any]:
    """Return what a row tells of the spots."""
    made = searched(spots, intensities, settings)
    shares = posteriors(made.posterior, settings.phases)
    best = next(iter(shares))
    every = (*made.posterior.phases.tolist(), made.posterior.random, made.posterior.lattice)
    found = {"phase": best, "posterior": shares[best], "posteriors": every}
    return found | _of_zone(best, made)


def _of_zone(phase: str, made: Searched) -> dict[str, Any]:
    """Return what a row tells of the best zone of a phase; nothing where it has none."""
    posterior, library = made.posterior, made.library
    # Zones come the best first, each as it is asked for: nearly always one is enough.
    for h, hkls in readings(posterior, made.measured, library):
        fit = fitted(h, posterior, library)
        if fit.pop("phase") == phase:
            unmatched = sum(hkl is None for hkl in hkls)
            fit["zone_posterior"] = fit.pop("posterior")
            return fit | {"matched": len(hkls) - unmatched, "unmatched": unmatched}
    return {}


def _real(pattern: SpotList) -> tuple[Any, Any, int]:
    """Return spots and intensities without rows of NaN, and how many of these fill up nothing.

    Where arrays are filled up, what is behind the last spot is no spot; any other row of NaN,
    and any that is masked, is a spot that somebody took out.
    """
    spots, intensities = pattern.spots, pattern.intensities
    if not isinstance(spots, np.ndarray) or spots.dtype.kind not in "fiu" or spots.ndim != 2:
        return spots, intensities, 0
    plain = np.ma.filled(spots.astype(np.float64), np.nan)
    real = ~np.isnan(plain).all(axis=1)
    if (count := int(real.sum())) > MOST:  # before millions become a list
        raise too_many(count)
    if isinstance(intensities, np.ndarray) and intensities.shape == real.shape:
        intensities = intensities[real].tolist()
    out = ~real
    if pattern.filled:
        end = len(real) - int(real[::-1].argmax()) if real.any() else 0
        out[end:] = np.ma.getmaskarray(spots)[end:].all(axis=1)
    return plain[real].tolist(), intensities, int(out.sum())
