"""``navp plugins``: what is installed, and which folders are searched."""

from __future__ import annotations

import sys

import click

from navp_structures.cli.output import json_option, print_table


@click.group("plugins")
def plugins() -> None:
    """List plugins with what they offer, and the folders that are searched for phases."""


@plugins.command("list")
@json_option
def list_plugins(as_json: bool) -> None:
    """List providers: version, hooks, phases, and whether they are loaded.

    The exit code is 1 when one is broken.
    """
    from navp_structures.analysis.plugins import plugin_table

    table = plugin_table()
    print_table(table, as_json=as_json)
    if not table.sound:
        sys.exit(1)


@plugins.command("path")
@json_option
def path(as_json: bool) -> None:
    """Print the folders that are searched for phases, and whether they exist.

    They are those of NAVP_PHASE_PATH and the user's own. The exit code is 1 when one of
    NAVP_PHASE_PATH cannot be used.
    """
    from navp_structures.analysis.plugins import folder_table

    table = folder_table()
    print_table(table, as_json=as_json)
    if any(row.problem for row in table.rows):
        sys.exit(1)
