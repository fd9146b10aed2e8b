"""``navp plugins``: what is installed, which folders are searched, a new package."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import click

from navp_structures.cli.output import json_option, one_line, print_json, print_table


@click.group("plugins")
def plugins() -> None:
    """List plugins and folders of phases, or begin a plugin of your own."""


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


@plugins.command("new")
@click.argument("name")
@click.option("--into", metavar="DIR", default=".", help="Folder; else the current one.")
@json_option
def new(name: str, into: str, as_json: bool) -> None:
    """Write a new plugin package: one example phase, and the test that checks it.

    NAME is navp-mylab, or mylab for short. The package can be installed as it stands; the
    commands that come next are printed.
    """
    from navp_structures.catalogue.new_plugin import EXAMPLE, new_plugin

    made = new_plugin(name, into=into)
    commands = _commands(made.folder)
    if not as_json:
        click.echo(f"{one_line(made.folder)}")
        click.echo("".join(f"  {file}\n" for file in made.files))
        click.echo("\n".join(["Next:", *(f"  {one_line(line)}" for line in commands)]))
        return
    from navp_structures.show.tables import document

    results = {
        "distribution": made.distribution,
        "module": made.module,
        "provider": made.provider,
        "folder": str(made.folder),
        "files": list(made.files),
        "phases": [EXAMPLE],
        "commands": commands,
    }
    print_json(document("new_plugin", {"name": name, "into": into}, results))


def _commands(folder: Path) -> list[str]:
    """Return the commands that install and test a new package.

    It goes where this package is, or the `navp` of that environment would not see it. A
    Python that is no environment of its own is left alone: one is made that sees it.
    """
    python, first = _python(), []
    if sys.prefix == sys.base_prefix and not (Path(sys.prefix) / "conda-meta").is_dir():
        first = [f"{python} -m venv --system-site-packages .venv"]
        python = str(Path(".venv", "Scripts" if os.name == "nt" else "bin", "python"))
    return [
        f"cd {_quoted(folder)}",
        *first,
        # Double quotes are those that every shell knows.
        f'{python} -m pip install -e ".[test]"',
        f"{python} -m pytest",
        "navp list" if python == "python" else f"{python} -m navp_structures list",
    ]


def _python() -> str:
    """Return how to call this Python: by name where the shell would find it so."""
    found = shutil.which("python")
    here = Path(sys.executable)
    return "python" if found and Path(found) == here.with_name("python") else _quoted(here)


def _quoted(path: Path) -> str:
    text = str(path)
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return shlex.quote(text)
