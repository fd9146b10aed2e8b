"""The group of commands, and what all of them share: errors, warnings, options."""
# ruff: noqa: ARG001, ARG002 - the signatures are click's and the warnings module's

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, Final, NoReturn, TextIO

import click

from navp_structures._version import __version__
from navp_structures.cli.streams import stop_writing, tolerate_any_letter
from navp_structures.errors import NavpError, nearest

# As a shell tells of a command that SIGPIPE ended, 128 + 13: 1 would be a finding.
_READER_GONE: Final = 141

_COMMANDS = {
    "list": ("navp_structures.cli.phases", "list_phases", "List the phases that exist."),
    "show": ("navp_structures.cli.phases", "show", "Show one phase: cell, sites, source."),
    "d": ("navp_structures.cli.planes", "planes", "Spacings, angles, zone axis, absence."),
    "export": (
        "navp_structures.cli.phases",
        "export",
        "Write a phase to a CIF, POSCAR or JSON.",
    ),
    "check": ("navp_structures.cli.check", "check", "Check symmetry and composition."),
    "xrd": ("navp_structures.cli.xrd", "xrd", "Powder patterns: lines, curves, plots."),
    "saed": ("navp_structures.cli.saed", "saed", "Electron diffraction: spots, rings, plots."),
    "polyhedra": (
        "navp_structures.cli.polyhedra",
        "polyhedra",
        "Bonds, volumes and distortion of coordination polyhedra.",
    ),
    "path": ("navp_structures.cli.path", "path", "Volumes and polyhedra as sodium leaves."),
    "misfit": ("navp_structures.cli.misfit", "misfit", "How one lattice fits on another."),
    "index": ("navp_structures.cli.index", "index", "Index spacings, spots, powder lines."),
    "calibrate": (
        "navp_structures.cli.calibrate",
        "calibrate",
        "Scale or shift of an instrument from a standard.",
    ),
    "add": ("navp_structures.cli.add", "add", "Add a CIF to your own phases."),
    "audit": ("navp_structures.cli.audit", "audit", "Judge what papers claim."),
    "plugins": ("navp_structures.cli.plugins", "plugins", "Plugins and folders of phases."),
}


class _Group(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help page."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest commands when one is unknown."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            known = ", ".join(_COMMANDS)
            hint = nearest(args[0], _COMMANDS) or f"; commands: {known}"
            raise click.UsageError(f"no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in _COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a NavpError is one sentence on stderr and exit code 2."""
        # Before a command imports numpy: worker threads of its linear algebra burn more
        # CPU at start than a short command ever gains. A value that the user set is kept.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        from navp_structures.catalogue.plugin_code import stdout_is_ours

        with warnings.catch_warnings():
            # Warnings are talk for the person at the terminal, each once.
            warnings.simplefilter("once")
            warnings.showwarning = _show_warning
            try:
                with stdout_is_ours(), _reader_may_go():
                    return super().invoke(ctx)
            except NavpError as error:
                _stop(error)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the arguments, which may print the help."""
        with _reader_may_go():
            return super().make_context(*args, **kwargs)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command; where stdout refuses, that is one sentence too.

        A reader that has seen enough (a broken pipe) ends the command quietly.
        """
        tolerate_any_letter()
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            _stop(f"cannot write the output: {error.strerror or error}")


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--no-plugins", is_flag=True, help="Leave installed plugins alone.")
@click.version_option(__version__, prog_name="navp")
@click.pass_context
def main(ctx: click.Context, no_plugins: bool) -> None:
    """Structures of sodium-NASICON phases: look up, check, index.

    A phase is an alias (Na3VP, Na2VP, NaVP, NZSP), an id, provider:id, or the path of
    a CIF. Exit codes: 0 done, 1 a finding, 2 wrong use or bad input.
    """
    if no_plugins:
        from navp_structures.catalogue.plugins import without_plugins

        ctx.with_resource(without_plugins())


@contextmanager
def _reader_may_go() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        stop_writing()
        sys.exit(_READER_GONE)


def _stop(error: object) -> NoReturn:
    from navp_structures.cli.output import error_line

    # Where stderr refuses the sentence, the exit code is all that is left to say.
    with suppress(OSError):
        click.echo(error_line(error), err=True)
    sys.exit(2)


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    from navp_structures.cli.output import sentence

    click.echo(f"Warning: {sentence(message)}", err=True)
