"""From patterns to what the show layer draws: spots, rings, images, a micrograph below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from navp_structures.analysis.saed.camera import Camera
from navp_structures.analysis.saed.settings import SaedSettings
from navp_structures.analysis.saed.spots import REASONS
from navp_structures.errors import InputError
from navp_structures.kernels.lattice import Floats, Ints
from navp_structures.model.hkl import hkl_of
from navp_structures.show import spot_image

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    from navp_structures.analysis.saed.result import SaedPattern
    from navp_structures.analysis.saed.ring_result import RingPattern

# Of half the smaller side of an image, where the largest 1/d lies.
_FILLED = 0.95


def draw(
    patterns: Sequence[SaedPattern],
    ax: Axes | None,
    style: str,
    scale: str,
    micrograph: npt.ArrayLike | None,
    *,
    labels: bool,
    notes: tuple[str, ...],
) -> Axes:
    """Draw patterns over each other; parameters as `SaedPatterns.plot`, and its notes."""
    from navp_structures.show.spot_plot import SpotTrace, plot_spots

    settings = patterns[0].settings
    traces = []
    for pattern in patterns:
        spots = pattern.spots
        traces.append(
            SpotTrace(
                name=pattern.of.title + ("" if pattern.orientation.is_level else ", tilted"),
                x=spots.g[:, 0],
                y=spots.g[:, 1],
                intensity=spots.intensity,
                reasons=_reasons(spots.reason),
                hkl=tuple(map(hkl_of, spots.hkl)),
            )
        )
    return plot_spots(
        traces,
        limit=1.0 / settings.d_min,
        ax=ax,
        style=style,
        scale=scale,
        labels=labels,
        zone_axes=[pattern.zone_axis for pattern in patterns],
        notes=notes,
        image=None if micrograph is None else _laid(micrograph, settings),
    )


def draw_rings(
    patterns: Sequence[RingPattern],
    ax: Axes | None,
    style: str,
    scale: str,
    *,
    labels: bool,
    notes: tuple[str, ...],
) -> Axes:
    """Draw rings, a sector for each phase; parameters as `RingPatterns.plot`, and its notes."""
    from navp_structures.show.ring_plot import RingTrace, plot_rings

    traces = [
        RingTrace(
            name=pattern.of.title,
            radius=1.0 / pattern.rings.d,
            intensity=pattern.rings.intensity,
            reasons=_reasons(pattern.rings.reason),
            hkl=tuple(map(hkl_of, pattern.rings.hkl)),
        )
        for pattern in patterns
    ]
    return plot_rings(
        traces,
        limit=1.0 / patterns[0].settings.d_min,
        ax=ax,
        style=style,
        scale=scale,
        labels=labels,
        notes=notes,
    )


def image(
    pattern: SaedPattern, shape: tuple[int, int], scale: str, fwhm: float | None, *, beam: bool
) -> Floats:
    """Return spots as an image; parameters as `SaedPattern.image`."""
    spots, settings = pattern.spots, pattern.settings
    x, y, heights = spots.g[:, 0], spots.g[:, 1], spots.intensity
    if beam:
        x, y, heights = np.append(x, 0.0), np.append(y, 0.0), np.append(heights, 100.0)
    column, row = _pixels(settings, shape).pixels(x, y, settings.wavelength)
    # Beyond the reach of a flat detector there is nothing to be seen.
    seen = np.isfinite(column)
    return spot_image.render_spots(
        column[seen],
        row[seen],
        heights[seen],
        shape=shape,
        fwhm=_width(shape, fwhm),
        scale=scale,
    )


def ring_image(
    pattern: RingPattern, shape: tuple[int, int], scale: str, fwhm: float | None
) -> Floats:
    """Return rings as an image; parameters as `RingPattern.image`."""
    rings, settings = pattern.rings, pattern.settings
    camera = _pixels(settings, shape)
    _, radius = camera.radii(rings.d, settings.wavelength)
    return spot_image.render_rings(
        camera.centre or (0.0, 0.0),
        radius,
        rings.intensity,
        shape=shape,
        fwhm=_width(shape, fwhm),
        scale=scale,
    )


def _pixels(settings: SaedSettings, shape: Any) -> Camera:
    """Return the camera of an image: the one given, or one into which all fits."""
    camera = settings.camera
    rows, columns = spot_image.checked_shape(shape)
    middle = ((columns - 1) / 2.0, (rows - 1) / 2.0)
    if not camera.has_pixels:
        half = max(min(rows, columns) / 2.0, 1.0)
        return Camera(camera_constant=_FILLED * half * settings.d_min, centre=middle)
    return Camera(**camera.inputs | {"centre": camera.centre or middle})


def _width(shape: tuple[int, int], fwhm: float | None) -> float:
    return max(2.0, min(shape) / 100.0) if fwhm is None else fwhm


def _laid(
    micrograph: npt.ArrayLike, settings: SaedSettings
) -> tuple[Floats, tuple[float, float, float, float]]:
    """Return a micrograph with the places (Å⁻¹) of its edges."""
    camera = settings.camera
    if not camera.has_pixels:
        raise InputError(
            "a micrograph needs its scale: camera_constant, or camera_length and pixel"
        )
    array = _grey(micrograph)
    camera = _pixels(settings, array.shape)
    # Linear: what a flat detector adds at the edge is less than a pixel.
    constant = camera.camera_constant
    if constant is None and camera.camera_length is not None and camera.pixel is not None:
        constant = 1000.0 * camera.camera_length * settings.wavelength / camera.pixel
    column, row = camera.centre or (0.0, 0.0)
    rows, columns = array.shape
    edges = np.array([-0.5 - column, columns - 0.5 - column, row + 0.5 - rows, row + 0.5])
    left, right, bottom, top = (edges / (constant or 1.0)).tolist()
    return array, (left, right, bottom, top)


def _grey(micrograph: npt.ArrayLike) -> Floats:
    """Return the grey values of a micrograph; masked ones are NaN, which is not drawn."""
    wanted = "micrograph must be an array of grey values"
    try:
        given: Any = np.ma.asarray(micrograph)
        is_complex = given.dtype.kind == "c"
        array: Floats = (given.real if is_complex else given).astype(np.float64).filled(np.nan)
    except (TypeError, ValueError):
        raise InputError(wanted) from None
    if is_complex:
        raise InputError(f"{wanted}, not of complex numbers; give their modulus")
    if array.ndim != 2:
        raise InputError(
            f"micrograph has the shape {array.shape}; it must be grey, rows and columns"
        )
    if array.size and not np.isfinite(array).any():
        raise InputError("micrograph holds no finite value: all are NaN, infinite or masked")
    return array


def _reasons(reason: Ints) -> tuple[str, ...]:
    return tuple(REASONS[n] for n in reason.tolist())
