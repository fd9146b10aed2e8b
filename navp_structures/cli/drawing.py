"""Pictures that a command draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def draw_picture(path: Path, size: tuple[float, float], plot: Callable[[Any], Any]) -> None:
    """Draw into a png, pdf or svg file, and say so.

    Parameters
    ----------
    size
        Width and height (inches).
    plot
        Draws on the Axes that it is given.
    """
    draw_figure(path, lambda figure: plot(figure.add_subplot()), size)


def draw_figure(
    path: Path, plot: Callable[[Any], Any], size: tuple[float, float] | None = None
) -> None:
    """Draw into a png, pdf or svg file, and say so.

    Parameters
    ----------
    plot
        Fills the empty figure that it is given, and sets its size where none is given.
    size
        Width and height (inches).
    """
    from matplotlib.figure import Figure

    from navp_structures.io.pictures import write_picture

    # Without pyplot, which looks for a screen.
    figure = Figure(figsize=size, layout="constrained")
    plot(figure)
    write_picture(figure, path)
    click.echo(f"wrote {path}", err=True)
