"""``python -m navp_structures.benchmark indexing``: how often it is right, and how sure."""

from __future__ import annotations

import click

from navp_structures.benchmark.indexing import PEERS, rows, table

MODELS = ("kinematic", "two-beam")


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
    help="Intensities of the patterns; two-beam is not what the engine assumes.",
)
@click.option(
    "--foreign/--no-foreign", default=True, help="Also crystals that are none of ours."
)
def indexing(cases: int, seed: int, model: str, foreign: bool) -> None:
    """Index simulated spot patterns of the four phases, and of other crystals."""
    for line in table(rows(cases, seed, model=model, foreign=foreign)):
        click.echo(line)
    click.echo(PEERS)


if __name__ == "__main__":
    main(prog_name="python -m navp_structures.benchmark")
