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
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@json_option
def export(phase: str, file: str | None, force: bool, as_json: bool) -> None:
    """Write PHASE as CIF to FILE, or to stdout without one."""
    from navp_structures.catalogue.catalogue import as_phase
    from navp_structures.io import cif_write
    from navp_structures.show.tables import document

    found = as_phase(phase)
    if file is None:
        text = cif_write.cif_text(found)
        if as_json:
            print_json(document("export", {"phase": phase}, {"phase": found.id, "cif": text}))
        else:
            click.echo(text, nl=False)
        return
    target = cif_write.write_cif(found, file, force=force)
    if as_json:
        inputs = {"phase": phase, "file": file}
        print_json(document("export", inputs, {"phase": found.id, "file": str(target)}))
    else:
        click.echo(folded(f"{target}: {found.summary}"), err=True)
