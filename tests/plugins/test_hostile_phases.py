"""Files that somebody made to break a folder of phases, or by accident."""

from __future__ import annotations

import json
import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures._resources import curated_folder
from navp_structures.catalogue.catalogue import forget
from navp_structures.cli import main
from navp_structures.errors import NavpError, NavpWarning, PhaseFolderWarning

CIF = (curated_folder() / "na3vp-rt.cif").read_text("utf-8").replace("kind: ", "")
TOML = 'schema = 1\nkind = "measured"\n'
NACL = (
    "data_x\n_cell_length_a 5.64\n_cell_length_b 5.64\n_cell_length_c 5.64\n"
    "_space_group_name_H-M_alt 'P 1'\n"
)
SITES = "loop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n_atom_site_fract_z\n"

# Seconds of CPU for any one thing that is asked, far above what each takes.
LIMIT = 5.0
MEGABYTE = 1_000_000
DIGITS = "9" * 100_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder with one good phase that NAVP_PHASE_PATH names."""
    made = tmp_path / "phases"
    made.mkdir()
    (made / "good.cif").write_text(CIF, "utf-8")
    (made / "good.toml").write_text(TOML + 'aliases = ["Good"]\n')
    monkeypatch.setenv("NAVP_PHASE_PATH", str(made))
    forget()
    yield made
    forget()


@pytest.fixture(autouse=True)
def no_hanging() -> Iterator[None]:
    """End a test that waits for something that never comes."""

    def end(*_: object) -> None:
        raise TimeoutError("it hangs")

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def timed(call: Callable[[], Result]) -> Result:
    start = time.process_time()
    found = call()
    assert time.process_time() - start < LIMIT
    return found


def run(*arguments: str) -> Result:
    result = timed(lambda: CliRunner().invoke(main, list(arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), (
        result.exception
    )
    assert "Traceback" not in result.output
    return result


def check_output(text: str) -> None:
    """No text from data drives a terminal, or fills it."""
    assert all(c.isprintable() or c == "\n" for c in text)
    assert max(map(len, text.splitlines()), default=0) < 1000


def check_others_work(folder: Path) -> str:
    """Assert that the good phase is listed and loaded; return what ``navp list`` says."""
    forget()
    listing = run("list", "--json")
    assert listing.exit_code == 0
    ids = {row["id"] for row in json.loads(listing.stdout)["results"]}
    assert {"good", "na3vp-rt"} <= ids
    check_output(listing.stderr)
    for more in (["list"], ["d", "Good", "1 1 6"]):
        again = run(*more)
        assert again.exit_code == 0
        check_output(again.output)
    return listing.stderr


def check_refused(folder: Path, sentence: str) -> None:
    """Assert that x of the folder cannot be loaded, and that this is one sentence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NavpWarning)
        with pytest.raises(NavpError) as caught:
            navp.load("path:x")
    shown = run("show", "path:x")
    assert shown.exit_code == 2
    check_output(shown.output)
    if sentence:
        errors = [line for line in shown.stderr.splitlines() if line.startswith("Error: ")]
        assert len(errors) == 1
        assert sentence in str(caught.value)


LONG_KEY = ".".join(["a"] * 200_000)
TOMLS = {
    "deep arrays": ("a = " + "[" * 100_000, "is no TOML"),
    "deep closed arrays": ("a = " + "[" * 100_000 + "]" * 100_000, "is no TOML"),
    "deep inline tables": ("a = " + "{a=" * 100_000, "is no TOML"),
    "dotted key": (f"{LONG_KEY} = 1", "parts"),
    "dotted table": (f"[{LONG_KEY}]", "parts"),
    "quoted dotted key": ('"a" . ' * 100_000 + "a = 1", "parts"),
    "deep value": (TOML + "aliases" + ".a" * 40 + " = 1", "aliases must be a list"),
    "deep text": (TOML + "reason" + ".a" * 40 + " = 1", "reason must be a text"),
    "deep change": (
        TOML + "[[change]]\nwhy = 'x'\nwhat" + ".a" * 40 + " = 1", "must be a text",
    ),
    "many keys": (TOML + "".join(f"k{n} = 1\n" for n in range(90_000)), "unknown key 'k0'"),
    "a long key": (TOML + "k" * 900_000 + " = 1", "unknown key"),
    "too large": (TOML + "#" * 5 * MEGABYTE, "more than 1000000"),
    "keys of 5 MB": (
        TOML + "".join(f"k{n} = 1\n" for n in range(500_000)), "more than 1000000",
    ),
    "duplicate keys": (TOML + 'kind = "model"', "is no TOML"),
    "duplicate table": (TOML + "[cell]\n[cell]", "is no TOML"),
    "huge integer": (f"{TOML}[expected]\ndensity = {DIGITS}", "is no TOML"),
    "large integer": (f"{TOML}[expected]\ndensity = {'9' * 4000}", "must be finite"),
    "huge hexadecimal": (f"{TOML}[expected]\ndensity = 0x{'f' * 100_000}", "must be finite"),
    "huge schema": (f"schema = 0x{'f' * 100_000}\nkind = 'measured'", "schema is"),
    "huge kind": (f"schema = 1\nkind = 0x{'f' * 100_000}", "kind is"),
    "1e400": (TOML + "[expected]\ndensity = 1e400", "must be finite"),
    "nan": (TOML + "[expected]\nvolume_per_formula_unit = nan", "must be finite"),
    "minus infinity": (TOML + "site_error = { V = -inf }", "must be finite"),
    "huge correlation": (
        TOML + "[cell]\ncorrelation = ["
        + ",".join(["[" + ",".join(["9" * 400] * 6) + "]"] * 6) + "]",
        "must be finite",
    ),
    "huge hkl": (TOML + f"[expected]\nd = [{{hkl=[{'9' * 400}, 0, 0], d=1.0}}]", "9999"),
    "infinite hkl": (TOML + "[expected]\nd = [{hkl=[inf, 0, 0], d=1.0}]", "is no reflection"),
    "hkl of tables": (TOML + "[expected]\nd = [{hkl=[{},[],''], d=1.0}]", "is no reflection"),
    "hkl is a table": (TOML + "[expected]\nd = [{hkl={a=1}, d=1.0}]", "is no reflection"),
    "hkl is a number": (TOML + "[expected]\nd = [{hkl=3, d=1.0}]", "is no reflection"),
    "long hkl": (TOML + f"[expected]\nd = [{{hkl=[{'1,' * 100_000}1], d=1.0}}]", "is no refl"),
    "no element": (TOML + "site_error = { Vanadium = 0.1 }", "symbol of an element"),
    "schema is a table": ("kind = 'measured'\nschema = {}", "schema is"),
    "schema is true": ("kind = 'measured'\nschema = true", "schema is"),
    "schema is 1.0": ("kind = 'measured'\nschema = 1.0", "schema is"),
    "kind is a list": ("schema = 1\nkind = []", "kind is"),
    "kind is a date": ("schema = 1\nkind = 1979-05-27", "kind is"),
    "reason is a date": (TOML + "reason = 1979-05-27T07:32:00Z", "reason must be a text"),
    "licence is a list": (TOML + "licence = []", "licence must be a text"),
    "caveat is true": (TOML + "caveat = true", "caveat must be a text"),
    "note is a number": (TOML + "temperature_note = 3", "temperature_note must be a text"),
    "superseded by a table": (TOML + "superseded_by = {}", "superseded_by must be a text"),
    "cell is a text": (TOML + "cell = 'x'", "cell must be a table"),
    "cell kind is a list": (TOML + "cell = {kind = ['model']}", "cell.kind is"),
    "correlation of texts": (
        TOML + f"[cell]\ncorrelation = [{','.join(['[1,1,1,1,1,true]'] * 6)}]",
        "must be a number",
    ),
    "site_error is a list": (TOML + "site_error = []", "site_error must be a table"),
    "expected is a list": (TOML + "expected = []", "expected must be a table"),
    "expected.d is a table": (TOML + "expected = {d = {}}", "d must be a list"),
    "expected.bond of texts": (TOML + "expected = {bond = ['x']}", "must be a table"),
    "expected.space_group": (TOML + "expected = {space_group = 3}", "must be a text"),
    "change is a text": (TOML + "change = 'x'", "change must be a list"),
    "change of numbers": (TOML + "[[change]]\nwhat = 1\nwhy = 2", "must be a text"),
    "aliases are tables": (TOML + "aliases = [{}]", "must be a printable text"),
    "alias of a path": (TOML + "aliases = ['../x']", "must not hold"),
    "alias of /etc/passwd": (TOML + "aliases = ['/etc/passwd']", "must not hold"),
    "alias of a provider": (TOML + "aliases = ['navp:na3vp-rt']", "must not hold"),
    "alias like a file": (TOML + "aliases = ['x.cif']", "as a file or as an option"),
    "alias like an option": (TOML + "aliases = ['--json']", "as a file or as an option"),
    "alias of all": (TOML + "aliases = ['ALL']", "stands for every phase"),
    "alias from right to left": (TOML + "aliases = ['a\u202eb']", "must be a printable text"),
    "alias with a mark": (TOML + "aliases = ['Na3VP\u200f']", "must be a printable text"),
    "alias of letters that look alike": (TOML + "aliases = ['N\u0430 3VP']", ""),
    "alias without letters": (TOML + "aliases = ['  ']", "must be a printable text"),
    "alias with escapes": (TOML + 'aliases = ["\\u001b[2J"]', "must be a printable text"),
    "long alias": (TOML + f"aliases = ['{'x' * 900_000}']", "at most 64"),
    "escapes in a reason": (TOML + 'reason = "\\u001b[2J"', "cannot be printed"),
    "C1 escapes in a caveat": (TOML + 'caveat = "\\u009b2J"', "cannot be printed"),
    "right to left in a licence": (TOML + 'licence = "\\u202eCC0"', "cannot be printed"),
    "zero byte in a change": (
        TOML + '[[change]]\nwhat = "\\u0000"\nwhy = "x"', "cannot be printed",
    ),
    "zero bytes": (TOML + "\0" * 1000, "is no TOML"),
    "binary": ("\ufffd\0\1\2" * 1000, "is no TOML"),
    "empty": ("", "schema is None"),
    "a hard case of an expression": (TOML + "a = " + "1_" * 200_000, "is no TOML"),
    "a hard text": (TOML + 'a = "' + "\\" * 300_001 + '"', "is no TOML"),
    "open text": (TOML + 'a = """' + '""\n' * 300_000, "is no TOML"),
}  # fmt: skip


@pytest.mark.parametrize("case", TOMLS)
def test_hostile_toml(folder: Path, case: str) -> None:
    text, sentence = TOMLS[case]
    (folder / "x.cif").write_text(CIF, "utf-8")
    (folder / "x.toml").write_text(text, "utf-8")
    said = check_others_work(folder)
    if not sentence:
        assert said == ""
        return
    (line,) = said.splitlines()
    assert line.startswith("Warning: left out: ")
    assert str(folder / "x.toml") in line
    assert sentence in line
    check_refused(folder, "")
    forget()
    with pytest.warns(PhaseFolderWarning, match=r"x\.toml"):
        navp.phases()


def sites(*rows: str, more: str = "") -> str:
    return NACL + SITES.removesuffix("\n") + "\n" + more + "".join(f"{row}\n" for row in rows)


def cell(value: str) -> str:
    return NACL.replace("_cell_length_a 5.64", f"_cell_length_a {value}")


def loop(tag: str, values: list[str]) -> str:
    return f"loop_\n{tag}\n" + "".join(f"{value}\n" for value in values)


OPS = [f"x+{i}/24,y+{j}/24,z+{k}/24" for i in range(24) for j in range(24) for k in range(24)]
# Sentence: of load and of add; empty where a CIF is only strange.
CIFS = {
    "1e400": (cell("1e400"), "cell a is inf"),
    "1e-400": (cell("1e-400"), "cell a is 0"),
    "1e99999": (cell("1e99999"), "no number"),
    "1e200": (cell("1e200"), "cell"),
    "negative": (cell("-5.64"), "cell a is -5.64"),
    "nan": (cell("nan"), "no number"),
    "infinity": (cell("inf"), "no number"),
    "su without digits": (cell("5.64()"), "no number"),
    "su of letters": (cell("5.64(a)"), "no number"),
    "two su": (cell("5.64(1)(2)"), "no number"),
    "su of many digits": (cell(f"5.64({DIGITS})"), "su of cell a"),
    "a number of many digits": (cell(DIGITS), "cell a is inf"),
    "a fraction of many digits": (cell(f"5.{DIGITS}"), ""),
    "other digits": (cell("५.६४"), "is no CIF"),
    "a text for a number": (cell("'a \x1b[31m'"), ""),
    "no cell": ("data_x\n", "no unit cell"),
    "no block": ("\n", "no data block"),
    "angle of 180": (NACL + "_cell_angle_alpha 180\n", "below 180"),
    "angles of no lattice": (NACL + "_cell_angle_alpha 150\n_cell_angle_beta 150\n", ""),
    "huge Z": (NACL + "_cell_formula_units_Z 1e400\n", "_cell_formula_units_Z"),
    "Z of many digits": (NACL + f"_cell_formula_units_Z {DIGITS}\n", "_cell_formula_units_Z"),
    "negative Z": (NACL + "_cell_formula_units_Z -4\n", "_cell_formula_units_Z"),
    "huge group number": (
        NACL.replace("name_H-M_alt 'P 1'", "IT_number 1e400"), "number",
    ),
    "group number of 231": (NACL.replace("name_H-M_alt 'P 1'", "IT_number 231"), "231"),
    "huge temperature": (NACL + "_cell_measurement_temperature 1e400\n", "temperature"),
    "group of a megabyte": (NACL.replace("P 1", "P" * MEGABYTE), "unknown space group"),
    "Hall symbol of a megabyte": (
        NACL.replace("name_H-M_alt 'P 1'", f"name_Hall 'P {'1 ' * 500_000}'"), "",
    ),
    "no group": (NACL.replace("'P 1'", "?"), "names no symmetry"),
    "100,000 operations": (
        NACL + loop("_space_group_symop_operation_xyz", ["x,y,z"] * 100_000), "",
    ),
    "13,824 translations": (
        NACL + loop("_space_group_symop_operation_xyz", OPS), "symmetry operations",
    ),
    "operations that never end": (
        NACL + loop("_space_group_symop_operation_xyz", ["x,y,z", "x+y,y,z"]), "form no group",
    ),
    "no operation": (NACL + loop("_space_group_symop_operation_xyz", ["bad"]), "no symmetry"),
    "huge operation": (
        NACL + loop("_space_group_symop_operation_xyz", ["x" + "+x" * 400_000 + ",y,z"]),
        "no symmetry",
    ),
    "10,001 sites": (sites(*(f"Na{n} 0.1 0.2 {n / 10_001:.6f}" for n in range(10_001))),
                     "more than 10000"),
    "a million atoms": (
        sites(*(f"Na{n} 0.1 0.2 {n / 7000:.6f}" for n in range(6000)))
        .replace("'P 1'", "'F m -3 m'"),
        "6000 sites and 192 operations make more than 100000 positions",
    ),
    "600,000 columns": (
        NACL + "loop_\n" + "".join(f"_a{n}\n" for n in range(300_000)) + "1 " * 300_000, "",
    ),
    "columns of sites": (
        NACL + "loop_\n_atom_site_fract_x\n"
        + "".join(f"_atom_site_a{n}\n" for n in range(150_000)) + "1 " * 150_001,
        "_atom_site_fract_y",
    ),
    "100,000 blocks": (
        "".join(f"data_{n}\n_cell_length_a 1\n" for n in range(100_000)), "100000 data blocks",
    ),
    "a loop without values": (NACL + "loop_\n_a\n_b\n", ""),
    "a loop that ends early": (NACL + "loop_\n_a\n_b\n1 2 3\n", "is no CIF"),
    "duplicate tags": (NACL + "_cell_length_a 5\n", "is no CIF"),
    "duplicate blocks": (NACL + NACL, "is no CIF"),
    "open text": (NACL + "_publ_section_title\n;" + "x\n" * 100_000, "is no CIF"),
    "occupancy of 1e400": (
        sites("Na1 0 0 0 1e400", more="_atom_site_occupancy\n"), "occupancy",
    ),
    "occupancy below 0": (sites("Na1 0 0 0 -1", more="_atom_site_occupancy\n"), "occupancy"),
    "multiplicity of 1e400": (
        sites("Na1 0 0 0 1e400", more="_atom_site_site_symmetry_multiplicity\n"),
        "multiplicity",
    ),
    "coordinate of 1e400": (sites("Na1 1e400 0 0"), "no finite number"),
    "coordinate of 1e300": (sites("Na1 1e300 0 0"), "coordinate"),
    "coordinate that is none": (sites("Na1 x 0 0"), "no number"),
    "no element": (sites("Qq1 0 0 0"), "unknown element"),
    "charge of many digits": (
        sites(f"Na1 0 0 0 Na{'9' * 5000}+", more="_atom_site_type_symbol\n"), "element",
    ),
    "U of 1e400": (sites("Na1 0 0 0 1e400", more="_atom_site_U_iso_or_equiv\n"), "no finite"),
    "label of a megabyte": (sites("Na1" + "x" * MEGABYTE + " 0 0 x"), "no number"),
    "all sites in one place": (sites(*["Na1 0 0 0"] * 10_000), "occupancy"),
    "deep formula": (
        sites("Na1 0 0 0") + f"_chemical_formula_sum '{'(' * 100_000}Na{')' * 100_000}'\n", "",
    ),
    "huge formula": (
        sites("Na1 0 0 0") + f"_chemical_formula_sum 'Na{'9' * 400_000}'\n", "",
    ),
    "formula that grows": (
        sites("Na1 0 0 0") + f"_chemical_formula_sum '{'(' * 999}Na{')9' * 999}'\n", "",
    ),
    "no formula": (sites("Na1 0 0 0") + "_chemical_formula_sum '=1+1'\n", ""),
    "year of superscripts": (NACL + "_journal_year ²\n", ""),
    "year of many digits": (NACL + f"_journal_year {DIGITS}\n", ""),
    "huge correlation": (
        NACL + "_cell_special_details 'correlation of a, b, c, alpha, beta, gamma: "
        f"[[{'9' * 400}]]'\n", "correlation",
    ),
    "correlation of many digits": (
        NACL + "_cell_special_details 'correlation of a, b, c, alpha, beta, gamma: "
        f"[[{DIGITS}]]'\n", "correlation",
    ),
    "deep correlation": (
        NACL + "_cell_special_details 'correlation of a, b, c, alpha, beta, gamma: "
        f"{'[' * 100_000}'\n", "correlation",
    ),
    "correlation that is infinite": (
        NACL + "_cell_special_details 'correlation of a, b, c, alpha, beta, gamma: "
        f"[{','.join(['[Infinity,1,1,1,1,1]'] * 6)}]'\n", "correlation",
    ),
    "a hard case of an expression": (
        NACL + f"_audit_creation_method '{'kind: measured; cell: ' * 100_000}'\n", "",
    ),
    "dots": (NACL.replace("_cell_length_a", "_cell.length_a") + "_a" * 400_000 + " 1\n", ""),
    "zero bytes": (NACL.replace("5.64", "5.64\0", 1), ""),
    "6 MB": (NACL + "#" * 6 * MEGABYTE, "more than 5000000"),
    "no CIF": ("<html>", "is no CIF"),
}  # fmt: skip


@pytest.mark.parametrize("case", CIFS)
def test_hostile_cif(folder: Path, tmp_path: Path, case: str) -> None:
    text, sentence = CIFS[case]
    given = tmp_path / "x.cif"
    given.write_text(text, "utf-8")
    added = run("add", str(given), "--id", "other", "--kind", "measured", "--into", str(folder))
    check_output(added.output)
    assert added.exit_code == 2 or not sentence
    if sentence:
        assert sentence in added.stderr
        assert str(given) in added.stderr
        assert len(added.stderr.splitlines()) == 1
        assert not (folder / "other.toml").exists()
    (folder / "x.cif").write_text(text, "utf-8")
    (folder / "x.toml").write_text(TOML)
    said = check_others_work(folder)
    for line in said.splitlines():
        assert line.startswith("Warning: ")
        assert "x.cif" in line or "space group" in line
    if sentence:
        check_refused(folder, sentence)
    else:
        shown = run("show", "path:x")
        assert shown.exit_code in (0, 2)
        check_output(shown.output)


def binary(folder: Path, name: str, data: bytes) -> None:
    (folder / "x.cif").write_text(CIF, "utf-8")
    (folder / "x.toml").write_text(TOML)
    (folder / name).write_bytes(data)


def instead(folder: Path, name: str, make: Callable[[Path], object]) -> None:
    binary(folder, name, b"")
    (folder / name).unlink()
    make(folder / name)


FILES: dict[str, Callable[[Path], None]] = {
    "UTF-16 CIF": lambda f: binary(f, "x.cif", CIF.encode("utf-16")),
    "UTF-16 TOML": lambda f: binary(f, "x.toml", TOML.encode("utf-16")),
    "binary CIF": lambda f: binary(f, "x.cif", bytes(range(256)) * 4000),
    "pipe for a CIF": lambda f: instead(f, "x.cif", os.mkfifo),
    "pipe for a TOML": lambda f: instead(f, "x.toml", os.mkfifo),
    "folder for a CIF": lambda f: instead(f, "x.cif", Path.mkdir),
    "folder for a TOML": lambda f: instead(f, "x.toml", Path.mkdir),
    "link to a device": lambda f: instead(f, "x.cif", lambda p: p.symlink_to("/dev/zero")),
    "link to itself": lambda f: instead(f, "x.cif", lambda p: p.symlink_to(p)),
    "link to nothing": lambda f: instead(f, "x.toml", lambda p: p.symlink_to(f / "none")),
    "link to a TOML": lambda f: instead(f, "x.toml", lambda p: p.symlink_to(f / "good.toml")),
}


@pytest.mark.parametrize("case", FILES)
def test_hostile_files(folder: Path, case: str) -> None:
    FILES[case](folder)
    said = check_others_work(folder)
    (line,) = said.splitlines()
    assert str(folder / "x.") in line
    check_refused(folder, "")


@pytest.mark.parametrize("case", ["UTF-16 CIF", "binary CIF", "pipe for a CIF"])
def test_hostile_files_are_not_added(folder: Path, tmp_path: Path, case: str) -> None:
    given = tmp_path / "given"
    given.mkdir()
    FILES[case](given)
    for what in ([str(given / "x.cif")], ["--from-dir", str(given)]):
        added = run("add", *what, "--kind", "measured", "--into", str(folder))
        assert added.exit_code == 2
        check_output(added.output)
        assert len(added.stderr.splitlines()) == 1


def test_devices_are_not_added(folder: Path) -> None:
    for device in ("/dev/zero", "/dev/null", "/dev", str(folder)):
        added = run("add", device, "--id", "x", "--kind", "measured", "--into", str(folder))
        assert added.exit_code == 2
        assert "cannot read" in added.stderr


@pytest.mark.parametrize("name", ["x.cif", "x.toml"])
def test_files_that_cannot_be_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    binary(folder, "x.cif", CIF.encode())
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == name:
            raise PermissionError(13, "Permission denied")
        return read(path)

    # As root every file can be read.
    monkeypatch.setattr(Path, "read_bytes", refuse)
    said = check_others_work(folder)
    (line,) = said.splitlines()
    assert f"cannot read {folder / name}: Permission denied" in line
    check_refused(folder, "")


def test_a_folder_that_cannot_be_listed(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    iterdir = Path.iterdir

    def refuse(path: Path) -> object:
        if path == folder:
            raise PermissionError(13, "Permission denied")
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    listing = run("list")
    assert listing.exit_code == 0
    assert "Permission denied" in listing.stderr
    given = tmp_path / "y.cif"
    given.write_text(CIF, "utf-8")
    added = run("add", str(given), "--kind", "measured", "--into", str(folder))
    assert added.exit_code == 2
    assert f"cannot read {folder}: Permission denied" in added.stderr


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "a:b", "CON", "con", "com1", "", " ", "x\u202e", "ｘ", "\u0445",
     "x\0", "x\n", "-x", "x" * 65, "all"],
)  # fmt: skip
def test_ids_that_are_none(folder: Path, tmp_path: Path, name: str) -> None:
    given = tmp_path / "y.cif"
    given.write_text(CIF, "utf-8")
    with pytest.raises(NavpError):
        navp.add_phase(given, id=name, kind="measured", into=folder)
    assert {f.name for f in folder.iterdir()} == {"good.cif", "good.toml"}


TEXTS = ("\x1b[31m", "\x9b2J", "\u202e", "<script>", "=1+1")


@pytest.mark.parametrize("text", TEXTS)
def test_texts_of_a_cif_are_shown_as_data(folder: Path, text: str) -> None:
    quoted = f"'{text}a'"
    (folder / "x.cif").write_text(
        sites("Na1 0 0 0", more="")
        + f"_chemical_formula_sum {quoted}\n_publ_section_title {quoted}\n"
        f"_refine_special_details {quoted}\n_journal_name_full {quoted}\n"
        + loop("_publ_author_name", [quoted]),
        "utf-8",
    )
    # A text that TOML would refuse stays out of it.
    reason = text if text.isprintable() else "r"
    (folder / "x.toml").write_text(
        f'schema = 1\nkind = "model"\nreason = "{reason}"\n', "utf-8"
    )
    forget()
    for command in (["list"], ["show", "path:x"], ["check", "path:x"]):
        for more in ([], ["--json"]):
            result = run(*command, *more)
            assert all(c.isprintable() or c == "\n" for c in result.output), command
            if more and result.exit_code < 2:
                json.loads(result.stdout)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NavpWarning)
        table, report = navp.phases(), navp.check_symmetry("path:x")
    for html in (table._repr_html_(), report._repr_html_()):
        assert "<script>" not in html
        assert all(c.isprintable() or c == "\n" for c in html)
    for one_line in (repr(table), repr(report), repr(navp.load("path:x"))):
        assert one_line.isprintable()
    cells = table.to_csv().splitlines()
    assert not any(cell.startswith("=") for line in cells for cell in line.split(","))
    assert all(line.isprintable() for line in cells)
