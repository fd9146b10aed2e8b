"""POSCAR and JSON: what pymatgen reads again is the phase, and says what kind it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from pymatgen.core.structure import Structure
from pymatgen.io.vasp.inputs import Poscar

import navp_structures as navp
from navp_structures.cli import main
from navp_structures.errors import InputError, InputFileError, NoSitesError
from navp_structures.io.structure_write import phase_text


@pytest.mark.parametrize("name", ["NaVP", "Na2VP", "na3vp-ordered"])
def test_poscar_of_an_ordered_phase(name: str, tmp_path: Path) -> None:
    phase = navp.load(name)
    text = navp.export(phase, tmp_path / "POSCAR", to="poscar").read_text("ascii")
    assert text.startswith(f"{phase.id}: {phase.kind}: ")
    again = Poscar.from_str(text).structure
    assert again.matches(phase.structure)
    assert again.composition == phase.structure.composition
    # Each species stands once in the line of species.
    species = text.splitlines()[5].split()
    assert len(species) == len(set(species)) == 4


@pytest.mark.parametrize("name", ["Na3VP", "NZSP", "NaVP"])
def test_json_is_a_structure(name: str, tmp_path: Path) -> None:
    phase = navp.load(name)
    file = navp.export(phase, tmp_path / "x.json", to="json")
    again = Structure.from_file(file)
    assert again.lattice == phase.structure.lattice
    assert again.sites == phase.structure.sites
    assert again.properties["kind"] == phase.kind
    assert again.properties["reason"] == phase.reason
    assert again.properties["source"] == phase.provenance.citation
    assert phase.structure.properties == {}


def test_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"na3vp-rt is disordered \(Na1 is Na 0.805\)"):
        phase_text(navp.load("Na3VP"), "poscar")
    with pytest.raises(InputError, match="no format 'poscr'; nearest: poscar; formats: cif"):
        navp.export("NaVP", tmp_path / "x", to="poscr")
    for to in ("poscar", "json"):
        with pytest.raises(NoSitesError, match="na3vp-alpha is a cell without atom sites"):
            navp.export("na3vp-alpha", tmp_path / "x", to=to)
    assert list(tmp_path.iterdir()) == []
    navp.export("NaVP", tmp_path / "x", to="poscar")
    with pytest.raises(InputFileError, match="exists"):
        navp.export("NaVP", tmp_path / "x", to="json")
    navp.export("NaVP", tmp_path / "x", to="json", force=True)


def test_the_command(tmp_path: Path) -> None:
    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["export", *arguments])
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 else result.stderr

    phase = navp.load("NaVP")
    assert run("NaVP", "--to", "cif") == run("NaVP")
    assert run("NaVP", "--to", "poscar") == phase_text(phase, "poscar")
    assert Structure.from_str(run("Na3VP", "--to", "json"), "json").num_sites > 0
    content = json.loads(run("NaVP", "--to", "json", "--json"))
    assert content["inputs"] == {"phase": "NaVP", "to": "json"}
    assert Structure.from_dict(content["results"]["structure"]).sites == phase.structure.sites
    assert "Error: nzsp-300k is disordered" in run("NZSP", "--to", "poscar", code=2)
    run("NaVP", str(tmp_path / "POSCAR"), "--to", "poscar")
    assert (tmp_path / "POSCAR").is_file()
