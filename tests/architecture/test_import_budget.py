"""What is heavy is imported and read only when it is needed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

import navp_structures
from navp_structures.catalogue import catalogue
from navp_structures.cli import main
from navp_structures.io.cif import read_block
from navp_structures.io.cif_sites import read_sites

HEAVY = ("pymatgen", "scipy", "matplotlib", "pandas", "spglib")


def loaded(code: str, folder: Path) -> set[str]:
    """Return the top-level modules that a new interpreter has after running code."""
    ending = "import sys; print('loaded:', *{m.partition('.')[0] for m in sys.modules})"
    command = [sys.executable, "-c", f"{code}\n{ending}"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return set(done.stdout.rpartition("loaded:")[2].split())


@pytest.mark.parametrize(
    ("code", "too_heavy"),
    [
        ("import navp_structures", (*HEAVY, "rich", "numpy", "gemmi", "click")),
        ("import navp_structures.cli", (*HEAVY, "rich")),
        (
            "from navp_structures.cli import main; main(['list'], standalone_mode=False)",
            HEAVY,
        ),
        ("import navp_structures; navp_structures.load('Na3VP')", HEAVY),
        (
            "import navp_structures; navp_structures.load_claims('shen-2023')",
            (*HEAVY, "rich", "click"),
        ),
        (
            "from navp_structures.cli import main; "
            "main(['xrd', 'Na3VP', '--json'], standalone_mode=False)",
            (*HEAVY, "rich"),
        ),
        (
            "from navp_structures.cli import main; "
            "main(['saed', 'Na3VP', '--zone-axis', '2 1 0', '--json'], standalone_mode=False)",
            (*HEAVY, "rich"),
        ),
        (
            "import navp_structures as navp; "
            "navp.saed_pattern('Na2VP', (1, 2, 3), precession=5).image((64, 64)); "
            "navp.ring_pattern('Na2VP').rows",
            (*HEAVY, "rich", "click"),
        ),
        (
            "import navp_structures as navp; "
            "navp.powder_pattern('Na3VP', radiation='CuKa12').profile([20.0, 30.0])",
            (*HEAVY, "rich", "click"),
        ),
        (
            "import navp_structures as navp; "
            "navp.index_powder([14.25, 20.07, 23.76], radiation='CuKa1').notes",
            (*HEAVY, "rich", "click"),
        ),
        (
            # Neighbours of spots are scipy's.
            "import numpy; numpy.savez('p.npz', spots=[[[0.275, 0.229], [-0.275, 0.229]]]); "
            "from navp_structures.cli import main; "
            "main(['index', 'p.npz', '--json'], standalone_mode=False)",
            tuple({*HEAVY, "rich"} - {"scipy"}),
        ),
        (
            "open('s.csv', 'w').write('gx (1/A),gy (1/A)\\n0.275,0.229\\n-0.275,0.229\\n'); "
            "from navp_structures.cli import main; "
            "main(['index', '--sequence', 's.csv', 's.csv', '--json'], standalone_mode=False)",
            tuple({*HEAVY, "rich"} - {"scipy"}),
        ),
        (
            "from pathlib import Path; Path('p.txt').write_text('14.25\\n20.07\\n23.76\\n'); "
            "from navp_structures.cli import main; "
            "main(['index', '--powder', 'p.txt', '--units', 'two_theta', '--radiation', "
            "'CuKa1', '--json'], standalone_mode=False)",
            (*HEAVY, "rich"),
        ),
        (
            # Neighbours and hulls are scipy's.
            "from navp_structures.cli import main; "
            "main(['polyhedra', 'Na3VP', '--json'], standalone_mode=False)",
            tuple({*HEAVY, "rich"} - {"scipy"}),
        ),
        (
            "from navp_structures.cli import main; "
            "main(['path', '--json'], standalone_mode=False)",
            tuple({*HEAVY, "rich"} - {"scipy"}),
        ),
        (
            "from navp_structures.cli import main; "
            "main(['misfit', 'Na3VP', 'Na2VP', '--json'], standalone_mode=False)",
            tuple({*HEAVY, "rich"} - {"scipy"}),
        ),
        (
            # Neighbours are scipy's, a symmetry that is claimed spglib's.
            "from navp_structures.cli import main\n"
            "try: main(['audit', '--paper', '--json'], standalone_mode=False)\n"
            "except SystemExit: pass",
            tuple({*HEAVY, "rich"} - {"scipy", "spglib"}),
        ),
        (
            "import navp_structures as navp; navp.audit('shen-2023').to_html()",
            tuple({*HEAVY, "rich", "click"} - {"scipy", "spglib"}),
        ),
        (
            # The check needs spglib, and its distances scipy.
            "import navp_structures as navp; navp.export('NZSP', 'x.cif'); "
            "from navp_structures.cli import main; "
            "main(['add', 'x.cif', '--into', '.', '--id', 'y'], standalone_mode=False)",
            tuple({*HEAVY, "rich"} - {"scipy", "spglib"}),
        ),
        (
            "from navp_structures.cli import main; "
            "main(['plugins', 'new', 'mylab'], standalone_mode=False)",
            (*HEAVY, "rich"),
        ),
        (
            "from navp_structures.cli import main; "
            "main(['plugins', 'new', 'mylab', '--json'], standalone_mode=False)",
            (*HEAVY, "rich"),
        ),
    ],
    ids=[
        "import",
        "cli",
        "list",
        "load",
        "claims",
        "xrd",
        "saed",
        "image",
        "profile",
        "index powder",
        "index many",
        "index sequence",
        "navp index --powder",
        "polyhedra",
        "path",
        "misfit",
        "audit",
        "report of an audit",
        "add",
        "plugins new",
        "plugins new --json",
    ],
)
def test_heavy_packages_stay_out(tmp_path: Path, code: str, too_heavy: tuple[str, ...]) -> None:
    names = loaded(code, tmp_path)
    assert "navp_structures" in names
    assert names.isdisjoint(too_heavy)


@pytest.mark.parametrize(
    "command",
    [
        ["xrd", "Na3VP"],
        ["saed", "Na3VP", "--zone-axis", "0 0 1"],
        ["saed", "Na3VP", "--rings"],
        ["polyhedra", "Na3VP"],
        ["path"],
        ["index", "p.txt", "--units", "two_theta", "--radiation", "CuKa1"],
    ],
    ids=["xrd", "saed", "rings", "polyhedra", "path", "index powder"],
)
def test_a_picture_needs_no_screen(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "p.txt").write_text("14.25\n20.07\n23.76\n")
    code = (
        "from navp_structures.cli import main; import sys; "
        f"main({[*command, '--plot', 'out.png']!r}, standalone_mode=False); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    assert "matplotlib" in loaded(code, tmp_path)
    assert (tmp_path / "out.png").stat().st_size > 10_000


@pytest.mark.parametrize("name", HEAVY)
def test_budget_sees_a_heavy_package(tmp_path: Path, name: str) -> None:
    assert name in loaded(f"import {name}", tmp_path)


@pytest.fixture
def replace_everywhere(
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[Callable[..., Any], Callable[..., Any]], None]:
    """Return a function that puts another in place of one wherever it was imported."""

    def replace(old: Callable[..., Any], new: Callable[..., Any]) -> None:
        for name, module in list(sys.modules.items()):
            if name.startswith("navp_structures.") and vars(module).get(old.__name__) is old:
                monkeypatch.setattr(module, old.__name__, new)

    return replace


@pytest.fixture
def fresh_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the test meet a catalogue that has read nothing yet."""
    made = lru_cache(catalogue._catalogue.__wrapped__)
    monkeypatch.setattr(catalogue, "_catalogue", made)


@pytest.mark.usefixtures("fresh_catalogue")
def test_list_reads_no_sites(
    replace_everywhere: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any) -> None:
        raise AssertionError("sites were read")

    replace_everywhere(read_sites, refuse)
    main(["list"], standalone_mode=False)
    assert "na3vp-rt" in capsys.readouterr().out
    # The refusal does reach whoever reads sites.
    with pytest.raises(RuntimeError, match="sites were read"):
        navp_structures.load("Na3VP")


@pytest.mark.usefixtures("fresh_catalogue")
def test_load_reads_one_cif(replace_everywhere: Callable[..., None]) -> None:
    paths = []

    def count(path: Path, **options: Any) -> Any:
        paths.append(path.name)
        return read_block(path, **options)

    replace_everywhere(read_block, count)
    navp_structures.load("Na3VP")
    navp_structures.load("na3vp-rt")
    assert paths == ["na3vp-rt.cif"]
    # The count does see the CIFs that a table of all phases reads.
    files = {f"{row.id}.cif" for row in navp_structures.phases()}
    assert files == set(paths)
