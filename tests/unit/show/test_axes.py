"""What results draw into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import navp_structures as navp
from navp_structures.errors import InputError

SPOTS = [(0.0, 0.278), (0.322, 0.185), (0.322, -0.093)]
PAIR = ("Na3VP", "NaVP")

RESULTS: dict[str, Callable[[], Any]] = {
    "indexed lines": lambda: navp.index_powder(
        [14.25, 20.2, 23.9, 28.9, 32.2], radiation="CuKa1", phases=PAIR
    ),
    "indexed spots": lambda: navp.index_spots(SPOTS, phases=PAIR),
    "path": lambda: navp.sodiation_path(["Na3VP", "Na2VP", "NaVP"]),
    "polyhedra": lambda: navp.polyhedra("Na3VP", centre="V", ligand="O"),
    "powder": lambda: navp.powder_pattern("NaVP", radiation="CuKa1", two_theta=(5, 50)),
    "rings": lambda: navp.ring_pattern("NaVP", voltage=200),
    "spots": lambda: navp.saed_pattern("Na3VP", zone_axis=(0, 0, 1), voltage=200),
}


def removed_axes(figure: Any) -> Any:
    ax = figure.add_subplot()
    ax.remove()
    return ax


WRONG: dict[str, tuple[Callable[[Any], Any], str]] = {
    "array": (lambda figure: figure.subplots(2, 2), "must be one rectilinear matplotlib Axes"),
    "figure": (lambda figure: figure, "ax is <Figure size"),
    "text": (lambda _: "ax", "ax is 'ax'; it must be one rectilinear"),
    "3d": (lambda figure: figure.add_subplot(projection="3d"), "has the projection 3d"),
    "polar": (lambda figure: figure.add_subplot(projection="polar"), "the projection polar"),
    "removed": (removed_axes, "ax was removed from its figure"),
    "log x": (
        lambda figure: figure.add_subplot(xscale="log"),
        "x axis of ax has the scale",
    ),
    "log y": (
        lambda figure: figure.add_subplot(yscale="log"),
        "y axis of ax has the scale",
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_what_is_no_plain_axes_is_refused(name: str) -> None:
    from matplotlib.figure import Figure

    result = RESULTS[name]()
    for what, (make, sentence) in WRONG.items():
        with pytest.raises(InputError) as caught:
            result.plot(make(Figure()))
        assert sentence in str(caught.value), what
        assert "\n" not in str(caught.value), what
    assert result.plot(Figure().add_subplot()).name == "rectilinear"
