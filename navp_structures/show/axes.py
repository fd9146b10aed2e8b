"""Axes that a caller gives to draw into."""

from __future__ import annotations

from navp_structures.errors import InputError, shown


def check_axes(ax: object) -> None:
    """Refuse what is no linear, rectilinear Axes of a figure; None is for a new figure.

    Raises
    ------
    InputError
        When it is something else, polar, three-dimensional or logarithmic, or was removed.
    """
    if ax is None:
        return
    # Whoever has axes has loaded it; nobody else waits for it.
    from matplotlib.axes import Axes

    wanted = "it must be one rectilinear matplotlib Axes that belongs to a figure"
    if not isinstance(ax, Axes):
        raise InputError(f"ax is {shown(ax)}; {wanted}")
    if ax.name != "rectilinear":
        raise InputError(f"ax has the projection {ax.name}; {wanted}")
    if ax.figure is None:
        raise InputError(f"ax was removed from its figure; {wanted}")
    for name, scale in (("x", ax.get_xscale()), ("y", ax.get_yscale())):
        if scale != "linear":
            raise InputError(f"the {name} axis of ax has the scale {scale}; it must be linear")
