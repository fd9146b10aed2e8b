"""``navp add``: a CIF becomes one of the user's own phases."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from navp_structures.cli.output import folded, json_option, one_line, print_json
from navp_structures.cli.streams import are_terminals
from navp_structures.errors import InputError, NavpError

if TYPE_CHECKING:
    from collections.abc import Callable

    from navp_structures.analysis.symmetry import SymmetryReport
    from navp_structures.catalogue.add import AddedPhase
    from navp_structures.model.phase import Phase

_KINDS = ("measured", "computed", "model")


@click.command("add")
@click.argument("file", required=False)
@click.option("--from-dir", metavar="DIR", help="Add every CIF of a folder, none by FILE.")
@click.option("--id", "name", help="Name of the phase; else the stem of FILE.")
@click.option("--kind", type=click.Choice(_KINDS), help="What the structure is.")
@click.option("--alias", "aliases", multiple=True, help="Another name; may be repeated.")
@click.option("--licence", help="Under which the data may be used.")
@click.option("--reason", help="Why it is computed or a model, and how it was derived.")
@click.option("--block", help="The data block, where FILE holds several structures.")
@click.option("--into", metavar="DIR", help="Folder; else that of your own phases.")
@click.option("--force", is_flag=True, help="Replace the pair of that id in the folder.")
@json_option
def add(file: str | None, from_dir: str | None, as_json: bool, **said: Any) -> None:
    """Check the CIF FILE and add it to your own phases.

    FILE is copied as it is; a TOML beside it holds kind, names, licence and reason. What
    is missing is asked for on a terminal. With --from-dir each CIF of DIR is added so, its
    stem the id, and nothing is asked. The exit code is 1 when a check of a phase fails,
    which is added all the same; 2 when a file is not added.
    """
    if from_dir is not None:
        _add_folder(file, from_dir, said, as_json=as_json)
        return
    if file is None:
        raise InputError("nothing to add; name a CIF, or a folder of CIFs with --from-dir")
    from navp_structures.analysis.symmetry import check_symmetry
    from navp_structures.catalogue.add import add_phase, candidate

    asked = dict(said)
    found = candidate(file, block=said["block"])
    report = check_symmetry(found)
    for line in phase_lines(found, report):
        click.echo(folded(line), err=as_json)
    _complete(file, found, said)
    added = add_phase(file, id=said.pop("name"), **said)
    if as_json:
        _print(file, asked, added, report)
    else:
        click.echo(folded(f"added {added.phase.summary}"))
        click.echo(f"{one_line(added.cif)}\n{one_line(added.toml)}")
    for note in added.notes:
        click.echo(folded(note), err=True)
    if not added.found:
        tell_unsearched(added)
    if not report.passed:
        sys.exit(1)


def _add_folder(file: str | None, folder: str, said: dict[str, Any], *, as_json: bool) -> None:
    """Add a folder, for which no option holds that names one phase."""
    from navp_structures.cli.add_folder import add_folder

    if file is not None:
        raise InputError(f"--from-dir adds a folder and {file} is one file; name one of them")
    of_one = {"--id": "name", "--alias": "aliases", "--block": "block"}
    wrong = [option for option, key in of_one.items() if said.pop(key)]
    if wrong:
        raise InputError(f"{', '.join(wrong)} can hold for one file only, not for --from-dir")
    add_folder(folder, said, as_json=as_json)


def phase_lines(phase: Phase, report: SymmetryReport) -> list[str]:
    """Return what a CIF holds and what the check says, in sentences."""
    per_unit = phase.volume_per_formula_unit
    volume = "V/Z unknown" if per_unit is None else f"V/Z {per_unit:.3f} Å³"
    sites = f"{len(phase.sites)} sites" if phase.has_sites else "no atom sites"
    formula = phase.formula or "formula unknown"
    head = f"found {formula}, {phase.space_group}, {volume}, {sites}"
    return [head, *(f"  {f.level}: {f.message}" for f in report.findings)]


def tell_unsearched(added: AddedPhase) -> None:
    """Say that the folder is one in which no command looks for phases."""
    text = f"{added.cif.parent} is not in NAVP_PHASE_PATH; name it there to use the phase"
    click.echo(folded(text), err=True)


def finding_rows(report: SymmetryReport) -> list[dict[str, str]]:
    """Return what the check says, for JSON."""
    return [{"level": f.level, "message": f.message} for f in report.findings]


def _complete(file: str, found: Phase, said: dict[str, Any]) -> None:
    """Ask for what was not said; without a terminal raise InputError that names the options."""
    from navp_structures.catalogue.add import default_id

    said["name"] = said["name"] or default_id(file)
    said["kind"] = said["kind"] or found.kind
    needs_reason = not said["reason"] and not found.reason
    if not _on_terminal():
        missing = [] if said["name"] else ["--id"]
        missing += [] if said["kind"] else [f"--kind {'|'.join(_KINDS)}"]
        missing += ["--reason"] if needs_reason and said["kind"] in _KINDS[1:] else []
        if missing:
            raise InputError(f"{file} does not say all; give {', '.join(missing)}")
        return
    if not said["name"]:
        said["name"] = click.prompt("id (a-z, 0-9, -)", value_proc=_id, err=True)
    if not said["kind"]:
        said["kind"] = click.prompt("kind", type=click.Choice(_KINDS), err=True)
    if needs_reason and said["kind"] != "measured":
        said["reason"] = click.prompt("reason: why, and how it was derived", err=True)
    if not said["aliases"]:
        said["aliases"] = _asked("other names, with commas between", _aliases)
    if said["licence"] is None:
        said["licence"] = _asked("licence, as CC-BY-4.0", _licence)


def _asked(what: str, read: Callable[[str], Any]) -> Any:
    """Ask for what may be left out, until the answer can be used."""
    return click.prompt(
        f"{what} (may be empty)", default="", show_default=False, value_proc=read, err=True
    )


def _id(text: str) -> str:
    from navp_structures.model.phase import ID_PATTERN

    if ID_PATTERN.fullmatch(text) is None:
        raise click.UsageError(f"{text!r} is no id; use a-z, 0-9 and '-', at most 64")
    return text


def _aliases(text: str) -> tuple[str, ...]:
    from navp_structures.catalogue.add import checked_aliases

    try:
        return checked_aliases([part for part in text.split(",") if part.strip()])
    except NavpError as error:
        raise click.UsageError(one_line(error)) from None


def _licence(text: str) -> str | None:
    from navp_structures.io.phase_write import plain_text

    try:
        return plain_text(text, "the licence") if text.strip() else None
    except NavpError as error:
        raise click.UsageError(one_line(error)) from None


def _on_terminal() -> bool:
    """Whether somebody is there to answer."""
    return are_terminals(sys.stdin, sys.stderr)


def _print(file: str, asked: dict[str, Any], added: AddedPhase, report: SymmetryReport) -> None:
    from navp_structures.show.tables import document

    phase = added.phase
    names = {"id": asked.pop("name"), "aliases": list(asked.pop("aliases"))}
    results = {
        "id": phase.id,
        "aliases": list(phase.aliases),
        "formula": phase.formula,
        "space_group": str(phase.space_group),
        "kind": phase.kind,
        "reason": phase.reason,
        "licence": phase.licence,
        "volume_per_formula_unit": phase.volume_per_formula_unit,
        "passed": report.passed,
        "findings": finding_rows(report),
        "cif": str(added.cif),
        "toml": str(added.toml),
        "found": added.found,
        "citation": phase.provenance.citation or None,
        "notes": list(added.notes),
    }
    print_json(document("add", {"file": file, **names, **asked}, results))
