"""Diffraction patterns as images: spots and rings on pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from navp_structures.errors import InputError, shown
from navp_structures.show.brightness import brightness

Floats = NDArray[np.float64]
Shape = tuple[int, int]

_FWHM_PER_SIGMA: Final = 2 * math.sqrt(2 * math.log(2))
_LARGEST: Final = 8192  # pixels along an edge, half a gigabyte in all
_NARROWEST: Final = 0.5  # pixels; what is narrower falls between the pixels
_REACH: Final = 6.5  # sigma, where a Gaussian has fallen to 1e-9
_FINENESS: Final = 100  # entries for each sigma of the table of a radial profile


def render_spots(
    column: ArrayLike,
    row: ArrayLike,
    intensity: ArrayLike,
    *,
    shape: Shape,
    fwhm: float,
    scale: str,
) -> Floats:
    """Return the image of Gaussian spots, which add up where they overlap.

    Each is sampled at the centres of the pixels, not integrated over them.

    Parameters
    ----------
    column, row
        Of the centres (pixels), fractional, shape (n,); the centre of pixel (r, c) is at
        row r and column c, row 0 is at the top. They may lie outside the image.
    intensity
        At the centre of each spot, the strongest = 100, shape (n,).
    shape
        Rows and columns of the image.
    fwhm
        Full width of a spot at half its height (pixels), 0.5 or more.
    scale
        See `brightness`, which is given the sum, clipped at 100.

    Returns
    -------
    ndarray
        Brightness of the pixels, 0 to 1, shape (rows, columns).

    Raises
    ------
    InputError
        Arrays differ in length or hold what cannot be drawn, or a size is impossible.

    Examples
    --------
    >>> render_spots([1.0], [0.0], [100.0], shape=(1, 3), fwhm=2, scale="linear").round(3)
    array([[0.5, 1. , 0.5]])
    """
    column, row, intensity = _columns(column=column, row=row, intensity=intensity)
    rows, columns = checked_shape(shape)
    sigma = _checked_fwhm(fwhm) / _FWHM_PER_SIGMA
    reach = _REACH * sigma
    seen = (
        (column > -reach) & (column < columns + reach) & (row > -reach) & (row < rows + reach)
    )
    across = _gaussian((np.arange(columns) - column[seen, None]) / sigma)
    down = _gaussian((np.arange(rows) - row[seen, None]) / sigma)
    return brightness((down.T * intensity[seen]) @ across, scale)


def render_rings(
    centre: tuple[float, float],
    radius: ArrayLike,
    intensity: ArrayLike,
    *,
    shape: Shape,
    fwhm: float,
    scale: str,
) -> Floats:
    """Return the image of rings with a Gaussian profile, which add up where they overlap.

    Parameters
    ----------
    centre
        Column and row of the direct beam (pixels), within the image or not.
    radius
        Of each ring (pixels), shape (n,), 0 or more.
    intensity
        On the crest of each ring, the strongest = 100, shape (n,).
    shape, fwhm, scale
        As those of `render_spots`.

    Returns
    -------
    ndarray
        Brightness of the pixels, 0 to 1, shape (rows, columns).

    Raises
    ------
    InputError
        Arrays differ in length or hold what cannot be drawn, or a size is impossible.

    Examples
    --------
    >>> render_rings((0, 0), [2.0], [100.0], shape=(1, 4), fwhm=2, scale="linear").round(2)
    array([[0.06, 0.5 , 1.  , 0.5 ]])
    """
    radius, intensity = _columns(radius=radius, intensity=intensity)
    rows, columns = checked_shape(shape)
    sigma = _checked_fwhm(fwhm) / _FWHM_PER_SIGMA
    if np.any(radius < 0):
        raise InputError(f"a ring has a radius of 0 or more, not {radius.min():g} pixels")
    if len(centre) != 2 or not np.all(np.isfinite(centre)):
        raise InputError(f"centre is the column and the row of the direct beam, not {centre}")
    across, down = np.arange(columns) - centre[0], np.arange(rows) - centre[1]
    distance = np.hypot(across, down[:, None])
    nearest = float(distance.min()) - 1.0
    grid = nearest + np.arange(_entries(distance, sigma)) * sigma / _FINENESS
    return brightness(
        np.interp(distance, grid, _profile(grid, radius, intensity, sigma)), scale
    )


def _entries(distance: Floats, sigma: float) -> int:
    return math.ceil((float(np.ptp(distance)) + 2.0) / sigma * _FINENESS) + 1


def _profile(grid: Floats, radius: Floats, intensity: Floats, sigma: float) -> Floats:
    """Return the sum of all rings at distances on an even grid, each near its crest only."""
    step = sigma / _FINENESS
    window = np.arange(-math.ceil(_REACH * _FINENESS), math.ceil(_REACH * _FINENESS) + 1)
    first, last = grid[0] - _REACH * sigma, grid[-1] + _REACH * sigma
    seen = (radius > first) & (radius < last)
    radius, intensity = radius[seen], intensity[seen]
    crest = np.rint((radius - grid[0]) / step).astype(np.int64)
    index = crest[:, None] + window
    height = intensity[:, None] * _gaussian((grid[0] + index * step - radius[:, None]) / sigma)
    inside = (index >= 0) & (index < len(grid))
    total = np.bincount(index[inside], height[inside], minlength=len(grid))
    return np.asarray(total, dtype=np.float64)


def _gaussian(deviation: Floats) -> Floats:
    return np.exp(-0.5 * deviation**2)


def _columns(**columns: ArrayLike) -> list[Floats]:
    arrays = [np.asarray(values, dtype=np.float64) for values in columns.values()]
    shapes = [array.shape for array in arrays]
    if arrays[0].ndim != 1 or len(set(shapes)) > 1:
        raise InputError(f"{', '.join(columns)} have shapes {shapes}, not one length")
    for name, array in zip(columns, arrays, strict=True):
        if not np.all(np.isfinite(array)):
            raise InputError(f"{name}: {array[~np.isfinite(array)][0]} is not a finite number")
    if np.any(arrays[-1] < 0):
        raise InputError(f"an intensity is 0 or more, not {arrays[-1].min():g}")
    return arrays


def checked_shape(shape: Shape) -> Shape:
    """Return rows and columns, or raise InputError when they are no image's."""
    whole = isinstance(shape, Sequence | np.ndarray) and all(
        isinstance(n, int | np.integer) and 1 <= n <= _LARGEST for n in shape
    )
    if not whole or len(shape) != 2:
        raise InputError(f"shape is rows and columns, 1 to {_LARGEST} each, not {shown(shape)}")
    return int(shape[0]), int(shape[1])


def _checked_fwhm(fwhm: float) -> float:
    number = isinstance(fwhm, int | float | np.number)
    if not number or not _NARROWEST <= fwhm <= _LARGEST:
        raise InputError(
            f"fwhm is a number of pixels, {_NARROWEST} to {_LARGEST}, not {shown(fwhm)}"
        )
    return float(fwhm)
