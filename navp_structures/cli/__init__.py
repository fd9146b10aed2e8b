"""The command ``navp``: one file for each family of commands, loaded when called."""

from __future__ import annotations

from navp_structures.cli.group import main

__all__ = ["main"]
