"""Options of every command that measures polyhedra."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from navp_structures.errors import InputError

Command = TypeVar("Command", bound=Callable[..., Any])


def _valences(
    _context: click.Context, _option: click.Parameter, given: tuple[tuple[str, int], ...]
) -> dict[str, int]:
    """Return oxidation states by name; a name twice is a slip."""
    names = [name for name, _ in given]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"--valence names {name!r} twice; give it one oxidation state")
    return dict(given)


_OPTIONS = (
    click.option(
        "--centre",
        multiple=True,
        default=("V",),
        help="Element or label of a site; may be given again.  [default: V]",
    ),
    click.option(
        "--ligand",
        multiple=True,
        default=("O",),
        help="Element or label of a site; may be given again.  [default: O]",
    ),
    click.option(
        "--shell",
        default="solid_angle",
        show_default=True,
        help="Who is a ligand where the two differ: solid_angle or gap.",
    ),
    click.option("--cutoff", type=float, help="Largest bond in Å, in place of either."),
    click.option(
        "--table",
        default="gagne-hawthorne-2015",
        show_default=True,
        help="Bond valences: also brown-altermatt-1985, brese-okeeffe-1991.",
    ),
    click.option(
        "--valence",
        "valences",
        multiple=True,
        type=(str, int),
        metavar="NAME NUMBER",
        callback=_valences,
        help="Oxidation state of an element or a site: V1 3; may be given again.",
    ),
)


def polyhedra_options(command: Command) -> Command:
    """Add the options of `PolyhedraSettings` to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
