"""Cases as files, the rule by hand, and how the answers of others are judged."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import navp_structures as navp
from navp_structures.benchmark import peers
from navp_structures.benchmark.__main__ import main
from navp_structures.benchmark.cases import CaseMaker, Zone
from navp_structures.benchmark.hand_rule import HandRule
from navp_structures.benchmark.peer_files import (
    Answer,
    read_answers,
    read_cases,
    write_cases,
)
from navp_structures.errors import InputFileError
from navp_structures.model.phase import Phase


@pytest.fixture(scope="module")
def phases() -> list[Phase]:
    return [navp.load(name) for name in ("Na3VP", "Na2VP")]


def zone(phase: int, uvw: tuple[int, int, int], *xy: tuple[float, float]) -> Zone:
    ones = np.ones(len(xy))
    return Zone(
        phase=phase, uvw=uvw, share=1.0, hkl=np.ones((len(xy), 3), dtype=int),
        xy=np.array(xy), f_squared=ones,
    )  # fmt: skip


SQUARE = zone(0, (0, 0, 1), (0.1, 0.0), (0.0, 0.1), (0.1, 0.1))
OBLONG = zone(1, (1, 0, 0), (0.0, 0.3), (0.1, 0.0))
OBLIQUE = zone(1, (1, 1, 0), (0.1, 0.0), (0.05, 0.3))


@pytest.mark.parametrize(
    ("spots", "answer"),
    [
        # Turned by a right angle and in another order; the third spot is too long to count.
        ([(0.0, 0.101), (-0.099, 0.0), (0.3, 0.3)], (0, (0, 0, 1))),
        # The diagonal stands for the longer spot; the sign of a spot does not matter.
        ([(0.1, 0.0), (-0.1, -0.1)], (0, (0, 0, 1))),
        ([(0.3, 0.0), (0.0, 0.1)], (1, (1, 0, 0))),
        # Two spots of one line say nothing of the angle: the third is taken.
        ([(0.1, 0.0), (-0.1001, 0.001), (-0.05, 0.3)], (1, (1, 1, 0))),
    ],
)
def test_hand_rule_takes_the_nearest_pair(
    spots: list[tuple[float, float]], answer: tuple[int, tuple[int, ...]]
) -> None:
    rule = HandRule([[SQUARE], [OBLONG, OBLIQUE]])
    assert rule.index(np.array(spots), 0.01, 1.0) == answer


def test_hand_rule_finds_zones_without_errors(phases: list[Phase]) -> None:
    maker = CaseMaker(phases, perfect=True)
    rule = HandRule(maker.zones)
    cases = maker.cases(
        np.random.default_rng(1), 40, 12, sigma=0.0, angle_sigma=0.0, scale_sigma=0.0
    )
    right = [
        rule.index(case.spots, 0.001, 0.1) == (case.phase, case.zone_axis) for case in cases
    ]
    assert np.mean(right) > 0.9


def test_perfect_cases_are_the_strongest_reflections(phases: list[Phase]) -> None:
    maker = CaseMaker(phases, perfect=True)
    (case,) = maker.cases(
        np.random.default_rng(2), 1, 12, sigma=0.0, angle_sigma=0.0, scale_sigma=0.0
    )
    (true,) = (z for z in maker.zones[case.phase] if z.uvw == case.zone_axis)
    strength = np.log(true.f_squared) - (np.hypot(*true.xy.T) / 0.6) ** 2
    order = np.argsort(-strength)[:12]
    assert np.hypot(*case.spots.T) == pytest.approx(np.hypot(*true.xy[order].T))
    assert (np.diff(case.intensities) <= 0).all()


def test_cases_come_back_from_files(phases: list[Phase], tmp_path: Path) -> None:
    rows = peers.make_rows(phases, 3, seed=5)
    write_cases(tmp_path / "new", phases, rows)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "phases.json",
        *(f"{phase.id}.cif" for phase in phases),
        *(f"row-{name}.json" for name in peers.ROWS),
    }
    for name, (_, cases) in rows.items():
        back = read_cases(tmp_path / "new", name, phases)
        for one, other in zip(cases, back, strict=True):
            assert (one.phase, one.zone_axis) == (other.phase, other.zone_axis)
            assert (one.spots == other.spots).all()
            assert (one.intensities == other.intensities).all()
    written = json.loads((tmp_path / "new" / "phases.json").read_text())
    assert [phase["space_group"] for phase in written] == [167, 14]
    assert len(written[0]["hkl"]) == len(written[0]["intensity"]) > 100
    again = navp.read_cif(tmp_path / "new" / f"{phases[0].id}.cif")
    assert again.cell.a == phases[0].cell.a


def test_answers_are_read_and_bad_files_named(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    given = {"phase": None, "zone_axis": [0, 0, 1], "seconds": 0.5, "passed": 1.0}
    path.write_text(json.dumps({"versions": {"x": "1"}, "rows": {"6": [given]}}))
    versions, rows = read_answers(path)
    assert versions == {"x": "1"}
    assert rows["6"] == [Answer(phase=None, zone_axis=(0.0, 0.0, 1.0), seconds=0.5)]
    path.write_text("{")
    with pytest.raises(InputFileError, match=r"answers\.json cannot be read"):
        read_answers(path)


def tilted(phase: Phase, uvw: tuple[int, ...], degrees: float) -> np.ndarray:
    """Return an axis at an angle to another, in the axes of the cell."""
    to_cartesian = phase.cell.orthogonalisation_matrix
    axis = to_cartesian @ np.array(uvw)
    across = np.cross(axis, [0.3, 0.5, 0.7])
    across *= np.linalg.norm(axis) / np.linalg.norm(across)
    turn = np.radians(degrees)
    found = np.linalg.inv(to_cartesian) @ (np.cos(turn) * axis + np.sin(turn) * across)
    return np.asarray(-3.0 * found)


@pytest.mark.parametrize(
    ("degrees", "right"), [(0.0, True), (3.9, True), (4.1, False), (30.0, False)]
)
def test_zones_are_right_within_four_degrees(
    phases: list[Phase], degrees: float, right: bool
) -> None:
    # Along neither a plane nor an axis of symmetry, so that no equal axis is near.
    for phase in phases:
        found = tilted(phase, (2, 1, 1), degrees)
        assert peers.zone_within(found.tolist(), (2, 1, 1), phase, 4.0) is right


def test_equal_axes_are_right_whatever_the_angle(phases: list[Phase]) -> None:
    trigonal, monoclinic = phases
    # -3m: [u v w] and [-v u-v w] by the threefold axis, [v u -w] by the twofold one.
    for equal in ((2, 1, 1), (-1, 1, 1), (1, 2, -1), (-2, -1, -1)):
        assert peers.zone_within(equal, (2, 1, 1), trigonal, 1e-3)
    assert not peers.zone_within((2, 1, -1), (2, 1, 1), trigonal, 4.0)
    assert peers.zone_within((2, -1, 1), (2, 1, 1), monoclinic, 1e-3)
    assert not peers.zone_within((-2, 1, 1), (2, 1, 1), monoclinic, 4.0)


def test_score_counts_a_zone_only_with_its_phase(phases: list[Phase]) -> None:
    cases = peers.make_rows(phases, 3, seed=8)["1-six"][1]
    wrong = phases[1 - cases[1].phase].id
    named = [phases[cases[0].phase].id, wrong, None]
    answers = [
        Answer(phase=name, zone_axis=tuple(map(float, case.zone_axis)), seconds=0.002)
        for name, case in zip(named, cases, strict=True)
    ]
    found = peers.score(answers, cases, phases, 1e-3)
    assert (found.phase, found.zone) == pytest.approx((1 / 3, 1 / 3))
    assert found.milliseconds == pytest.approx(2.0)


def test_table_says_which_goals_are_met() -> None:
    ours = peers.Score(phase=0.9, zone=0.8, milliseconds=2.0)
    slow = peers.Score(phase=0.7, zone=0.6, milliseconds=400.0)
    better = peers.Score(phase=0.95, zone=0.6, milliseconds=50.0)
    quick = peers.Score(phase=0.9, zone=0.8, milliseconds=1.0)
    row = {peers.OURS: ours, peers.MANY: quick, peers.ACOM: slow, peers.VECTORS: better}
    text = "\n".join(peers.table(dict.fromkeys(peers.ROWS, row)))
    assert "12 spots, 1% 1° 1%" in text
    assert (
        "ACOM less often right in every row: met; at least 100 times as long as index_spots: "
        "met (200.0)"
    ) in text
    assert "vectors less often right in every row: missed" in text
    assert "as index_spots: missed (25.0)" in text
    assert "as index_many: met (50.0)" in text


def test_command_runs_without_any_peer(tmp_path: Path) -> None:
    asked = ["peers", "--cases", "2", "--folder", str(tmp_path / "out")]
    found = CliRunner().invoke(main, asked)
    assert found.exit_code == 0, found.output
    assert "6 spots, 1% 1° 1%" in found.output
    assert "goal" not in found.output


def test_scripts_of_peers_need_nothing_of_ours(checkout: Path) -> None:
    folder = checkout / "navp_structures" / "benchmark" / "peer_scripts"
    for name in ("acom.py", "vectors.py"):
        tree = ast.parse((folder / name).read_text())
        top = {
            module.partition(".")[0]
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for module in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
            )
        }
        assert top <= {
            "__future__", "argparse", "importlib", "json", "numpy", "pathlib", "sys",
            "time", "typing",
        }  # fmt: skip
        assert "navp_structures" not in (folder / name).read_text()
