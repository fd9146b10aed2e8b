"""``python -m navp_structures.benchmark indexing``, or ``peers``: how often it is right."""

from __future__ import annotations

from pathlib import Path

import click

from navp_structures.benchmark.indexing import PEERS, rows, table
from navp_structures.benchmark.peers import ACOM, VECTORS, compare

MODELS = ("kinematic", "two-beam", "many-beam")


@click.group()
def main() -> None:
    """Repeat the benchmarks of navp_structures."""


@main.command("indexing")
@click.option(
    "--cases",
    type=click.IntRange(min=1),
    default=2000,
    show_default=True,
    help="Patterns in each row.",
)
@click.option("--seed", default=20261127, show_default=True, help="Of the random numbers.")
@click.option(
    "--model",
    type=click.Choice(MODELS),
    default="kinematic",
    show_default=True,
    help="Intensities of the patterns; the engine assumes nothing but kinematic ones.",
)
@click.option(
    "--foreign/--no-foreign", default=True, help="Also crystals that are none of ours."
)
def indexing(cases: int, seed: int, model: str, foreign: bool) -> None:
    """Index simulated spot patterns of the four phases, and of other crystals."""
    for line in table(rows(cases, seed, model=model, foreign=foreign)):
        click.echo(line)
    if model == "kinematic":
        click.echo(PEERS)


@main.command("peers")
@click.option("--cases", default=60, show_default=True, help="Patterns in each row.")
@click.option("--seed", default=20261127, show_default=True, help="Of the random numbers.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("navp-peers"),
    show_default=True,
    help="Gets the cases and the answers as plain files.",
)
@click.option("--acom-python", help="Interpreter of an environment with py4DSTEM.")
@click.option("--vectors-python", help="Interpreter of an environment with pyxem.")
def peers(
    cases: int, seed: int, folder: Path, acom_python: str | None, vectors_python: str | None
) -> None:
    """Index the same spot patterns with other programs, and with a rule by hand."""
    named = {ACOM: acom_python, VECTORS: vectors_python}
    pythons = {peer: python for peer, python in named.items() if python is not None}
    for line in compare(cases, seed, folder, pythons):
        click.echo(line)


if __name__ == "__main__":
    main(prog_name="python -m navp_structures.benchmark")
