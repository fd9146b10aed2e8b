"""What diffraction patterns look like: colours, and the words for why a spot is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from navp_structures.errors import InputError, nearest, shown
from navp_structures.show.brightness import brightness
from navp_structures.show.index_text import hkl_text

Floats = NDArray[np.float64]
Extent = tuple[float, float, float, float]
Image = tuple[NDArray[Any], Extent]
"""An array of brightness, row 0 at the top, and where its edges are (Å⁻¹)."""

REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "allowed": "allowed",
        "superlattice": "superlattice",
        "holz": "higher Laue zone",
        "double_diffraction": "double diffraction",
    }
)
"""Why a reflection is there, in the order of a legend, and the words for it."""

HALO: Final = 1.8
"""Width of the rim (points) in the colour of the background that sets texts off."""

WEAKEST: Final = 0.01
"""Brightness below which a spot or ring is not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of a style.

    Parameters
    ----------
    background, ink
        Of the pattern, and of texts and marks that belong to no phase.
    reasons
        Colours of reflections where there is one phase.
    phases
        Colours of phases where there are several.
    over_image
        Of allowed spots over a micrograph, which is grey itself.
    colormap
        Of a micrograph.
    """

    background: str
    ink: str
    reasons: Mapping[str, str]
    phases: tuple[str, ...]
    over_image: str
    colormap: str

    def colour(self, reason: str, phase: int, phases: int, *, over_image: bool) -> str:
        """Return the colour of a reflection of one of so many phases."""
        if phases > 1:
            return self.phases[phase % len(self.phases)]
        return self.over_image if over_image and reason == "allowed" else self.reasons[reason]


# Told apart by colour-blind readers: Okabe and Ito 2008, wine of Tol 2021 for white paper.
STYLES: Final[Mapping[str, Palette]] = MappingProxyType(
    {
        "micrograph": Palette(
            background="#000000",
            ink="#FFFFFF",
            reasons={
                "allowed": "#FFFFFF",
                "superlattice": "#E69F00",
                "holz": "#56B4E9",
                "double_diffraction": "#E28FBD",
            },
            phases=("#FFFFFF", "#E69F00", "#56B4E9", "#E28FBD", "#F0E442", "#009E73"),
            over_image="#F0E442",
            colormap="gray",
        ),
        "inverted": Palette(
            background="#FFFFFF",
            ink="#000000",
            reasons={
                "allowed": "#000000",
                "superlattice": "#D55E00",
                "holz": "#0072B2",
                "double_diffraction": "#882255",
            },
            phases=("#000000", "#D55E00", "#0072B2", "#882255", "#009E73", "#56B4E9"),
            over_image="#009E73",
            colormap="gray_r",
        ),
    }
)


def palette_of(style: str) -> Palette:
    """Return the colours of a style.

    Raises
    ------
    InputError
        The style is unknown.
    """
    if not isinstance(style, str) or style not in STYLES:
        hint = nearest(str(style), STYLES)
        raise InputError(f"no style {shown(style)}: {', '.join(STYLES)}{hint}")
    return STYLES[style]


def check_reflections(
    name: str,
    columns: Mapping[str, Floats],
    reasons: Sequence[str],
    hkl: Sequence[tuple[int, ...]],
) -> None:
    """Refuse what cannot be drawn: unequal lengths, unknown reasons, wrong numbers.

    Raises
    ------
    InputError
        In one sentence, with the name of the phase.
    """
    shapes = {key: values.shape for key, values in columns.items()}
    lengths = {len(reasons), len(hkl), *(shape[0] for shape in shapes.values() if shape)}
    if any(len(shape) != 1 for shape in shapes.values()) or len(lengths) > 1:
        counts = ", ".join(f"{key} {shape}" for key, shape in shapes.items())
        counts += f", reasons ({len(reasons)},), hkl ({len(hkl)},)"
        raise InputError(f"{name}: not one value for each reflection: {counts}")
    for key, values in columns.items():
        if not np.all(np.isfinite(values)):
            raise InputError(f"{name}: {key} holds what is not a finite number")
    intensity = columns["intensity"]
    if np.any((intensity < 0) | (intensity > 100.001)):
        raise InputError(f"{name}: intensities run from 0 to 100, the strongest")
    for indices in hkl:
        hkl_text(indices)
    for reason in set(reasons) - set(REASONS):
        raise InputError(f"{name}: no reason {shown(reason)}: {', '.join(REASONS)}")


def by_reason(
    intensity: Floats, reasons: Sequence[str], inside: NDArray[np.bool_], scale: str
) -> Iterator[tuple[str, Floats, NDArray[np.int64]]]:
    """Yield what is drawn of reflections: each reason, brightness, and places in the list.

    Of those inside, what is dark is left out, and double diffraction without intensity.
    """
    light = brightness(intensity, scale)
    for reason in REASONS:
        drawn = intensity > 0 if reason == "double_diffraction" else light >= WEAKEST
        own = np.array([name == reason for name in reasons], dtype=bool)
        here = np.flatnonzero(inside & drawn & own)
        if len(here):
            yield reason, light[here], here


def check_whole(limit: float, traces: int, image: Image | None) -> None:
    """Refuse a pattern without radius or content, or an image that has no place.

    Raises
    ------
    InputError
        In one sentence.
    """
    if not (np.isfinite(limit) and limit > 0):
        raise InputError(f"limit is a positive number of 1/Å, not {limit}")
    if image is None:
        if not traces:
            raise InputError("nothing to plot: give at least one phase")
        return
    array, extent = image
    if array.ndim != 2 or array.size == 0:
        raise InputError(f"an image is rows of numbers, not an array of shape {array.shape}")
    if not np.isfinite(array).any():
        raise InputError("an image holds at least one finite number; this one holds none")
    ordered = len(extent) == 4 and extent[0] < extent[1] and extent[2] < extent[3]
    if not (ordered and np.all(np.isfinite(extent))):
        raise InputError(f"an extent is left, right, bottom, top in 1/Å, not {extent}")


def halo(palette: Palette, width: float = HALO) -> list[Any]:
    """Return the path effects that set a text or line off from what is behind it."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=width, foreground=palette.background)]
