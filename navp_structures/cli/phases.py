"""``navp list``, ``navp show``, ``navp export``."""

from __future__ import annotations

import click

from navp_structures.cli.output import (
    folded,
    json_option,
    print_json,
    print_table,
    terminal_width,
)


@click.command("list")
@json_option
def list_phases(as_json: bool) -> None:
    """List the phases that exist, curated and from plugins and folders."""
    from navp_structures.analysis.phases import phases

    print_table(phases(), as_json=as_json)


@click.command("show")
@click.argument("phase")
@json_option
def show(phase: str, as_json: bool) -> None:
    """Show one phase: kind, cell, sites, source, and every change to the source."""
    from navp_structures.catalogue.catalogue import as_phase
    from navp_structures.show.phase import phase_to_text
    from navp_structures.show.tables import document

    found = as_phase(phase)
    content = found.to_dict()
    if as_json:
        print_json(document("phase", {"phase": phase}, content))
    else:
        click.echo(phase_to_text(content, fold=folded, width=terminal_width()))


@click.command("export")
@click.argument("phase")
@click.argument("file", required=False)
@click.option(
    "--to",
    type=click.Choice(["cif", "poscar", "json"]),
    default="cif",
    show_default=True,
    help="Format: json is a pymatgen Structure, poscar needs a phase without disorder.",
)
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@json_option
def export(phase: str, file: str | None, to: str, force: bool, as_json: bool) -> None:
    """Write PHASE as CIF, POSCAR or JSON to FILE, or to stdout without one or with -."""
    from navp_structures.catalogue.catalogue import as_phase
    from navp_structures.io import structure_write
    from navp_structures.show.tables import document

    found = as_phase(phase)
    inputs = {"phase": phase} | ({} if to == "cif" else {"to": to})
    if file is None or file == "-":
        if as_json:
            text: object = (
                structure_write.structure_dict(found)
                if to == "json"
                else structure_write.phase_text(found, to)
            )
            key = "structure" if to == "json" else to
            print_json(document("export", inputs, {"phase": found.id, key: text}))
        else:
            click.echo(structure_write.phase_text(found, to), nl=False)
        return
    target = structure_write.write_phase(found, file, to=to, force=force)
    if as_json:
        inputs |= {"file": file}
        print_json(document("export", inputs, {"phase": found.id, "file": str(target)}))
    else:
        click.echo(folded(f"{target}: {found.summary}"), err=True)
