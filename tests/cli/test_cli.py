"""The commands: what they print, their JSON, exit codes, and one sentence for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import navp_structures as navp
from navp_structures.cli import main


def run(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def results(*arguments: str, code: int = 0) -> dict:
    content = json.loads(run(*arguments, "--json", code=code).stdout)
    assert set(content) - {"phases"} == {"schema", "navp_version", "inputs", "results"}
    assert content["schema"]["version"] == 1
    assert content["navp_version"] == navp.__version__
    return content


def test_list() -> None:
    rows = results("list")["results"]
    columns = ["id", "aliases", "formula", "space_group", "kind", "temperature",
               "volume_per_formula_unit", "provider"]  # fmt: skip
    assert list(rows[0])[:8] == columns
    assert {"na3vp-rt", "nzsp-300k"} <= {row["id"] for row in rows}
    text = run("list").stdout
    assert "na2vp-a" in text
    assert "model" in text


def test_show() -> None:
    phase = results("show", "NZSP")["results"]
    assert phase["cell"]["c_su"] == 0.004
    assert len(phase["sites"]) == 7
    assert phase["sites"][1]["species"][1]["symbol"] == "P"
    text = run("show", "Na2VP").stdout
    assert "model: no coordinates are published" in " ".join(text.split())
    assert "15.282(41)" in text
    assert "no atom sites" in run("show", "na3vp-alpha").stdout


def test_d() -> None:
    content = results("d", "Na3VP", "4 -2 6", "1 -4 5")["results"]
    assert [round(row["d"], 4) for row in content["planes"]] == [1.8708, 1.8896]
    assert content["pairs"][0]["zone_axis"] == [1, -1, -1]
    assert round(content["pairs"][0]["angle"], 2) == 65.88
    text = run("d", "Na3VP", "-1 -3 5", "1 -3 5", "--radiation", "CuKa1").stdout
    assert "(-1 -3 5): allowed" in text
    assert "extinct by centring, R obverse: -h + k + l = 3n" in text
    assert "1.540593 Å" in text
    assert "parallel" in run("d", "Na3VP", "1 1 0", "2 2 0").stdout


def test_d_says_that_a_model_is_one() -> None:
    assert "na2vp-a is a model: " in run("d", "Na2VP", "6 0 -2").stdout
    (phase,) = results("d", "Na2VP", "6 0 -2")["phases"]
    assert phase["kind"] == "model"
    assert phase["reason"]


def test_export(tmp_path: Path) -> None:
    file = tmp_path / "x.cif"
    result = run("export", "NaVP", str(file))
    assert result.stdout == ""
    assert "model: " in result.stderr
    assert navp.read_cif(file).kind == "model"
    assert "exists" in run("export", "NaVP", str(file), code=2).stderr
    run("export", "NaVP", str(file), "--force")
    assert run("export", "NaVP").stdout == file.read_text("utf-8")
    assert results("export", "NaVP")["results"]["cif"] == file.read_text("utf-8")


def test_check(tmp_path: Path) -> None:
    content = results("check", "Na3VP", "Na2VP")
    assert [report["passed"] for report in content["results"]] == [True, True]
    lines = run("check").stdout.splitlines()
    assert sum("passed" in line for line in lines) == 11
    assert sum(" is a model: " in line for line in lines) == 5
    assert sum(" is computed: " in line for line in lines) == 3
    file = tmp_path / "wrong.cif"
    text = run("export", "Na3VP").stdout.replace("'Na3V2(PO4)3'", "'NaV2(PO4)3'")
    file.write_text(text.replace("Na3V2(PO4)3", "NaV2(PO4)3"), "utf-8")
    assert "failed" in run("check", str(file), code=1).stdout


def test_index() -> None:
    content = results("index", "1.88", "1.895", "--phase", "Na3VP", "--phase", "NaVP")
    best = content["results"]["candidates"][0]
    assert (best["phase"], best["hkl"], best["multiplicity"]) == ("na3vp-rt", [2, 2, 6], 12)
    text = run("index", "1.88", "1.895", "--phase", "Na3VP", "--phase", "NaVP").stdout
    assert "navp-model is a model" in text
    assert "extinct, would fit otherwise" in text
    assert "a ranking, no probability" in text


def test_index_with_a_label() -> None:
    content = results("index", "1.895", "--label", "1 -3 5", "--phase", "Na3VP", code=1)
    verdict = content["results"]["labels"][0]
    assert verdict["allowed"] is False
    assert verdict["rule"] == "R obverse: -h + k + l = 3n"
    assert round(verdict["d_calc"], 4) == 2.3899
    run("index", "1.895", "--label", "-1 -3 5", "--phase", "Na3VP")


def test_a_label_that_does_not_hold_comes_with_what_may_have_been_meant() -> None:
    asked = ["index", "1.88", "1.895", "--label", "4 -2 6", "--label", "1 -3 5",
             "--phase", "Na3VP"]  # fmt: skip
    text = run(*asked, code=1).stdout
    assert "most plausible: (1 -4 5) (one digit), on zone [1 -1 -1]" in text
    (check,) = results(*asked, code=1)["results"]["label_checks"]
    assert check["repairs"][0]["hkl"] == [1, -4, 5]
    assert check["inputs"]["other"] == [4, -2, 6]
    # Nothing is added where each label holds in one of the phases.
    fine = ["index", "1.88", "--label", "4 -2 6"]
    assert results(*fine)["results"]["label_checks"] == []
    assert "plausible" not in run(*fine).stdout


def test_index_with_an_angle() -> None:
    content = results("index", "2.542", "2.992", "--angle", "55.2", "--phase", "Na2VP")
    pair = content["results"]["pairs"][0]
    assert (pair["hkl_1"], pair["hkl_2"]) == ([6, 0, -2], [3, 2, -2])
    numbered = results(
        "index", "1.88", "2.992", "2.542", "--angle", "2,3:55.2", "--phase", "Na2VP"
    )
    assert numbered["inputs"]["angles"] == [[1, 2, 55.2]]
    assert numbered["results"]["pairs"][0]["hkl_1"] == [3, 2, -2]


def test_index_with_an_exact_scale() -> None:
    asked = ["index", "2.542", "2.992", "--angle", "55.2", "--scale-sigma"]
    exact = results(*asked, "0")
    assert exact["inputs"]["scale_sigma"] == 0.0
    solutions = exact["results"]["pattern"]["solutions"]
    # Na2VP has 2.5441 Å and 3.0060 Å: nothing is taken up by a scale.
    found = next(row for row in solutions if row["hkls"] == [[6, 0, -2], [3, 2, -2]])
    assert found["scale"] == pytest.approx(1.0, abs=2e-4)
    assert results(*asked, "0%") == exact
    assert "zone axes by probability" in run(*asked, "0").stdout
    assert "it must be 0, or 1e-06 to 0.3" in run(*asked, "-0.1", code=2).stderr


def test_index_units() -> None:
    content = results("index", "14.25", "--units", "two_theta", "--radiation", "CuKa1",
                      "--sigma", "0.05", "--phase", "Na3VP")  # fmt: skip
    assert content["results"]["candidates"][0]["hkl"] == [0, 1, 2]
    assert content["inputs"]["wavelength"] == 1.5405929
    percent = results("index", "1.88", "--sigma", "0.5%", "--phase", "Na3VP")
    assert percent["inputs"]["sigma"] == [0.005]


def test_long_lists_are_cut_for_people_only(tmp_path: Path) -> None:
    asked = ["index", "1.88", "--sigma", "30%", "--phase", "Na3VP"]
    cut, whole = run(*asked).stdout, run(*asked, "--all").stdout
    count = len(results(*asked)["results"]["candidates"])
    assert f"… {count - 40} more: --all lists them" in cut
    assert len(cut.splitlines()) < 100
    assert max(map(len, cut.splitlines())) <= 80
    assert len(whole.splitlines()) > count
    assert "…" not in whole
    assert len(run(*asked, "--csv").stdout.splitlines()) == count + 1
    file = tmp_path / "d.csv"
    file.write_text("d (A)\n1.88\n")
    assert run("index", str(file), *asked[2:]).stdout == cut
    assert run("index", str(file), *asked[2:], "--all").stdout == whole
    assert "--all belongs to spacings" in run("index", f"{tmp_path}/", "--all", code=2).stderr


def test_nothing_indexed_is_a_finding() -> None:
    assert "no allowed reflection" in run("index", "50", code=1).stdout


def test_check_goes_on_after_a_bad_phase(tmp_path: Path) -> None:
    file = tmp_path / "bad.cif"
    file.write_text("nonsense")
    result = run("check", str(file), "NZSP", code=2)
    assert "is no CIF" in result.stderr
    assert "nzsp-300k: measured" in result.stdout


def test_any_cif_is_a_phase(tmp_path: Path) -> None:
    file = navp.export(navp.load("NZSP"), tmp_path / "my.cif")
    assert results("index", "4.55", "--phase", str(file))["inputs"]["phases"] == ["my"]


GOOD = """data_x
_cell_length_a 5
_cell_length_b 5
_cell_length_c 5
_space_group_name_H-M_alt 'P m -3 m'
loop_
_atom_site_label
_atom_site_type_symbol
_atom_site_fract_x
_atom_site_fract_y
_atom_site_fract_z
_atom_site_occupancy
V1 V 0 0 0 1
"""

BAD_FILES = {
    "text": ("hello\n", "is no CIF"),
    "no-cell": (GOOD.replace("_cell_length_a", "_cell_x"), "has no unit cell"),
    "group": (GOOD.replace("P m -3 m", "P q -3 m"), "unknown space group 'P q -3 m'"),
    "contradiction": (GOOD.replace("_b 5", "_b 6"), "contradicts the symmetry operations"),
    "occupancy": (GOOD.replace("0 0 0 1", "0 0 0 1.4"), "it cannot be above 1"),
    "nan": (GOOD.replace("0 0 0 1", "0 0 nan 1"), "is 'nan', which is no number"),
    "operations": (
        GOOD + "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-y,x-y,z\n",
        "form no group",
    ),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("command", [["check"], ["show"], ["index", "2.0", "--phase"]])
def test_bad_files(tmp_path: Path, name: str, command: list[str]) -> None:
    text, sentence = BAD_FILES[name]
    file = tmp_path / f"{name}.cif"
    file.write_text(text)
    result = run(*command, str(file), code=2)
    assert result.stdout == ""
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1
    assert f"{name}.cif" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "Na3PV"], "unknown phase 'Na3PV'; nearest: Na3VP"),
        (["show", "missing.cif"], "cannot read missing.cif: No such file"),
        (["show", "/"], "it is a folder"),
        (["index"], "no spacing is given"),
        (["index", "0"], "0 is no spacing"),
        (["index", "-1.88"], "-1.88 is no spacing"),
        (["index", "nan"], "nan is no spacing"),
        (["index", "abc"], "'abc' is no number"),
        (["index", "1.88", "--phse", "x"], "--phse"),
        (["index", "1.88", "--sigma", "much"], "'much' is no number"),
        (["index", "1.88", "--sigma", "0"], "sigma is 0"),
        (["index", "1.88", "--units", "inch"], "unknown unit 'inch'"),
        (["index", "20", "--units", "two_theta"], "there is no default"),
        (["index", "20", "--units", "two_theta", "--radiation", "CuKb"], "unknown radiation"),
        (["index", "1.88", "1.9", "2", "--angle", "60"], "names no pair"),
        (["index", "1.88", "1.9", "--angle", "wide"], "is no angle"),
        (["index", "1.88", "--label", "1 2"], "is no reflection"),
        (["d", "Na3VP", "0 0 0"], "direct beam"),
        (["d", "Na3VP", "1 2 x"], "is no reflection"),
        (["d", "Na3VP", "1 1 0", "--radiation", "20"], "cannot diffract"),
        (["d", "Na3VP"], "Missing argument"),
        (["export", "NZSP", "/no/such/folder/x.cif"], "cannot write"),
        (["lst"], "no command 'lst'; nearest: list"),
        (["frobnicate"], "commands: list, show"),
    ],
)
def test_wrong_use(arguments: list[str], sentence: str) -> None:
    result = run(*arguments, code=2)
    assert result.stdout == ""
    assert sentence in result.stderr


def test_warnings_go_to_stderr_as_one_line(tmp_path: Path) -> None:
    file = tmp_path / "x.cif"
    file.write_text(GOOD + "loop_\n_symmetry_equiv_pos_as_xyz\nx,y,z\n-x,-y,-z\n")
    result = run("show", str(file))
    assert result.stderr.startswith("Warning: ")
    assert result.stderr.count("\n") == 1
    json.loads(run("show", str(file), "--json").stdout)


def test_hostile_labels_do_not_reach_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "x.cif"
    file.write_text(GOOD.replace("V1 V", "[red]\x1b[31mV1 V"))
    output = CliRunner().invoke(main, ["show", str(file)]).output
    assert "\x1b" not in output


def test_help_names_every_command() -> None:
    text = run("--help").stdout
    for name in ("list", "show", "d", "export", "check", "index"):
        assert f"  {name} " in text
        assert "Usage:" in run(name, "--help").stdout
    assert navp.__version__ in run("--version").stdout


def test_no_plugins_switch() -> None:
    assert "na3vp-rt" in run("--no-plugins", "list").stdout


def test_module_runs_as_the_command() -> None:
    command = [sys.executable, "-m", "navp_structures", "list", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)["results"]) >= 11


@pytest.mark.parametrize(
    "command",
    [
        "list",
        "show NZSP",
        "show Na3VP",
        "d NZSP 012 104",
        "check",
        "check nzsp-300k",
        "index 1.88 1.895",
    ],
)
def test_tables_fit_a_terminal(command: str) -> None:
    for line in run(*command.split()).stdout.splitlines():
        assert len(line) <= 80


@pytest.mark.parametrize("command", ["list", "--help", "--version", "export"])
def test_a_full_disk_behind_stdout_is_one_sentence(command: str) -> None:
    more = ["NZSP"] if command == "export" else []
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "navp_structures", command, *more],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("Error: cannot write the output: No space left")
    assert "Traceback" not in done.stderr


def test_the_readme_shows_what_its_first_command_prints(checkout: Path) -> None:
    text = (checkout / "README.md").read_text("utf-8")
    excerpt = text.split("```text\n")[1].split("```")[0]
    printed = run("index", "1.88", "1.895", "--phase", "Na3VP", "--phase", "NaVP").stdout
    assert printed.startswith(excerpt)
