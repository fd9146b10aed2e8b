"""``navp audit``: do published claims agree with the structures?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from navp_structures.cli.arguments import fraction
from navp_structures.cli.output import (
    check_format,
    csv_option,
    error_line,
    folded,
    json_option,
    print_result,
    terminal_width,
)
from navp_structures.errors import InputError

if TYPE_CHECKING:
    from navp_structures.analysis.audit.audit import Audit

_PAPER: Final = "shen-2023"

_REPORTS: Final = (".html", ".htm")


@click.command("audit")
@click.argument("claims", required=False, metavar="[FILE|NAME]")
@click.option("--paper", is_flag=True, help=f"The built-in claims {_PAPER}.")
@click.option("--spacing-sigma", help="Relative, of a spacing in its image.  [default: 0.5%]")
@click.option("--scale-sigma", help="Relative, of the scale of an image.  [default: 1%]")
@click.option("--angle-sigma", type=float, help="Degrees, between planes.  [default: 1]")
@click.option("--two-theta-sigma", type=float, help="Degrees, of a line.  [default: 0.05]")
@click.option("--volume-sigma", help="Relative, of a volume.  [default: 0.1%]")
@click.option("--keep-going", is_flag=True, help="Leave out claims that cannot be used.")
@click.option("--html", type=Path, metavar="FILE", help="Write a report with figures.")
@csv_option
@json_option
def audit(
    claims: str | None,
    paper: bool,
    keep_going: bool,
    html: Path | None,
    as_csv: bool,
    as_json: bool,
    **sigmas: Any,
) -> None:
    """Judge the claims of a paper: of a FILE, TOML or CSV, or of a built-in one by its NAME.

    Each claim is printed with what the structures say, the deviation, the verdict and why.
    Sigmas are taken where the paper prints none; twice of each counts as agreement.

    The exit code is 0 when every claim is consistent or cannot be tested, 1 when one has
    another verdict, 2 when a claim cannot be used. With --keep-going such claims are told on
    stderr and left out: 1, and 2 only when none is left.
    """
    check_format(as_csv=as_csv, as_json=as_json)
    if html is not None and html.suffix.casefold() not in _REPORTS:
        raise InputError(f"cannot write a report to {str(html)!r}; it must end in .html")
    from navp_structures.analysis.audit.audit import audit as judge

    result = judge(_asked(claims, paper), keep_going=keep_going, **_given(sigmas))
    if html is not None:
        from navp_structures.io.files import write_text

        write_text(html, result.to_html())
        click.echo(f"wrote {html}", err=True)
    _print(result, as_csv=as_csv, as_json=as_json)
    for problem in result.problems:
        click.echo(error_line(problem), err=True)
    if result.problems or not result.holds:
        sys.exit(1 if result.rows else 2)


def _asked(claims: str | None, paper: bool) -> str:
    if paper and claims is not None:
        raise InputError(f"--paper stands for {_PAPER}; leave it out to judge other claims")
    if claims is None and not paper:
        from navp_structures.catalogue.papers import papers

        raise InputError(f"name a file of claims, or a built-in paper: {', '.join(papers())}")
    return claims if claims is not None else _PAPER


def _given(sigmas: dict[str, Any]) -> dict[str, float]:
    """Return the keywords of `audit` for the sigmas that were given."""
    found = {}
    for name, value in sigmas.items():
        number = fraction(value, f"--{name.replace('_', '-')}") if _is_text(value) else value
        if number is not None:
            found[name] = number
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _print(result: Audit, *, as_csv: bool, as_json: bool) -> None:
    if as_csv or as_json:
        print_result(result, as_csv=as_csv, as_json=as_json)
    else:
        click.echo(result.to_text(terminal_width(), fold=folded))
