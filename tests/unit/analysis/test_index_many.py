"""Many patterns give the rows that each gives by itself, in order, whatever is among them."""

from __future__ import annotations

import json
import math
import os
import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis.indexing import many_workers
from navp_structures.analysis.indexing.many_rows import pattern_row
from navp_structures.analysis.indexing.many_workers import rows_of, usual_workers
from navp_structures.analysis.indexing.spot_settings import DEFAULT_LONGEST_ZONE, SpotSettings
from navp_structures.errors import InputError, InputFileError, WorkerError
from navp_structures.show.tables import json_text, text_table

PHASES = ["Na3VP", "NZSP"]
NUMBERS = ("posterior", "zone_posterior", "scale", "scale_su", "rms_sigma")


def zone(axis: tuple[int, int, int], count: int, seed: int, phase: str = "Na3VP") -> np.ndarray:
    """Return the strongest spots of a zone, each displaced by half a percent and half a degree.

    Of two opposite spots one is there.
    """
    rng = np.random.default_rng(seed)
    rows = sorted(navp.saed_pattern(phase, zone_axis=axis).rows, key=lambda r: -r.intensity)
    half = [row for row in rows if row.hkl > (0, 0, 0)][:count]
    spot = np.array([complex(row.x, row.y) for row in half])
    spot *= np.exp(rng.normal(0.0, 0.005, len(spot)) + 1j * rng.normal(0.0, 0.009, len(spot)))
    spot *= np.exp(1j * rng.uniform(0.0, 6.0))
    return np.stack([spot.real, spot.imag], axis=1)


@pytest.fixture(scope="module")
def patterns() -> list[np.ndarray]:
    return [
        zone((2, 1, 0), 8, 1),
        zone((1, 0, 0), 6, 2),
        zone((0, 0, 1), 6, 3, "NZSP"),
        zone((4, 2, 1), 7, 4, "NZSP"),
        # No net at all.
        np.random.default_rng(5).uniform(-0.6, 0.6, (7, 2)),
    ]


@pytest.fixture(scope="module")
def alone(patterns: list[np.ndarray]) -> navp.ManyPatterns:
    return navp.index_many(patterns, phases=PHASES, workers=1)


def settings(**varied: Any) -> SpotSettings:
    usual: dict[str, Any] = {
        "phases": PHASES,
        "sigma": 0.01,
        "angle_sigma": 1.0,
        "scale_sigma": 0.01,
        "units": "1/A",
        "camera_constant": None,
        "distortion_sigma": 0.0,
        "longest_zone": DEFAULT_LONGEST_ZONE,
        "g_max": None,
    }
    return SpotSettings.of(**(usual | varied))


def assert_equal(found: navp.ManyPatterns, wanted: navp.ManyPatterns) -> None:
    """Compare all but names; numbers to rounding, as linear algebra may have more threads."""
    assert len(found.rows) == len(wanted.rows)
    for one, two in zip(found.rows, wanted.rows, strict=True):
        for key in ("number", "phase", "zone_axis", "matched", "unmatched", "error"):
            assert getattr(one, key) == getattr(two, key)
        for key in NUMBERS:
            value, expected = getattr(one, key), getattr(two, key)
            assert value is expected or value == pytest.approx(expected, rel=1e-9)
        assert one.posteriors == pytest.approx(two.posteriors, rel=1e-9, abs=1e-300)


# What a row tells is what index_spots tells.


def test_rows_are_those_of_index_spots(
    patterns: list[np.ndarray], alone: navp.ManyPatterns
) -> None:
    for number, (spots, row) in enumerate(zip(patterns, alone.rows, strict=True)):
        single = navp.index_spots(spots, phases=PHASES)
        assert (row.number, row.name, row.error) == (number, None, None)
        assert row.phase == single.best
        assert row.posterior == pytest.approx(single.posteriors[single.best], rel=1e-12)
        shares = dict(zip(alone.answers, row.posteriors, strict=True))
        assert shares == pytest.approx(dict(single.posteriors), rel=1e-12)
        best = next((s for s in single.solutions if s.phase == single.best), None)
        if best is None:
            assert (row.zone_axis, row.scale, row.matched) == (None, None, None)
            continue
        assert row.zone_axis == best.zone_axis
        assert row.zone_posterior == pytest.approx(best.posterior, rel=1e-12)
        assert row.scale == pytest.approx(best.scale, rel=1e-12)
        assert row.scale_su == pytest.approx(best.scale_su, rel=1e-12)
        assert row.rms_sigma == pytest.approx(best.rms_sigma, rel=1e-9)
        assert row.matched == sum(hkl is not None for hkl in best.hkls)
        assert row.unmatched == best.unmatched


def test_known_zones_are_found(alone: navp.ManyPatterns) -> None:
    assert [row.phase for row in alone.rows[:4]] == [
        "na3vp-rt", "na3vp-rt", "nzsp-300k", "nzsp-300k",
    ]  # fmt: skip
    assert alone.rows[4].phase in ("none.random", "none.lattice")
    assert alone.rows[0].zone_axis == (2, 1, 0)
    # Of a pattern with a mirror line nobody can tell from which side it is seen.
    assert alone.rows[2].zone_axis in ((0, 0, 1), (0, 0, -1))


def test_intensities_and_names(patterns: list[np.ndarray]) -> None:
    strong = [float(n) for n in range(8, 0, -1)]
    found = navp.index_many(
        [{"spots": patterns[0], "intensities": strong, "name": "first"}], phases=PHASES
    )
    single = navp.index_spots(patterns[0], intensities=strong, phases=PHASES)
    assert found.rows[0].name == "first"
    assert found.rows[0].posterior == pytest.approx(single.posteriors[single.best], rel=1e-12)
    without = navp.index_many([patterns[0]], phases=PHASES)
    assert found.rows[0].posteriors != without.rows[0].posteriors


def test_lists_that_were_read(patterns: list[np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "spots.csv"
    rows = [f"{x:.17g},{y:.17g}" for x, y in (10.0 * patterns[1]).tolist()]
    path.write_text("\n".join(["gx / 1/nm,gy / 1/nm", *rows]))
    spots = navp.read_spacings(path)
    lines = navp.MeasuredList(kind="spacings", values=[1.9], units="A", source="d.csv")
    found = navp.index_many([spots, lines], phases=PHASES, units="1/nm")
    assert found.rows[0].name == "spots.csv"
    single = navp.index_spots(patterns[1], phases=PHASES)
    assert found.rows[0].posterior == pytest.approx(single.posteriors[single.best])
    assert (found.rows[1].name, found.rows[1].error) == (
        "d.csv", "these are spacings, not spots",
    )  # fmt: skip
    other = navp.index_many([spots], phases=PHASES)
    assert other.rows[0].error == "the spots are in 1/nm, not in 1/A"


def test_options_reach_the_search(patterns: list[np.ndarray]) -> None:
    asked: dict[str, Any] = {"units": "1/nm", "sigma": 0.02, "distortion_sigma": 0.01}
    found = navp.index_many([10.0 * patterns[1]], phases=PHASES, **asked)
    single = navp.index_spots(10.0 * patterns[1], phases=PHASES, **asked)
    assert found.rows[0].posterior == pytest.approx(single.posteriors[single.best], rel=1e-12)
    assert found.inputs["units"] == "1/nm"
    assert found.inputs["patterns"] == 1


# Bad ones.


BAD: list[tuple[Any, str]] = [
    ([(0.1, 0.2)], "two spots or more, here 1"),
    ([], "two spots or more, here 0"),
    ([(0.1, 0.2), (0.2, "x")], "spot 2 is"),
    (np.array([[0.1, 0.2], [np.nan, 0.1], [0.2, 0.2]]), "must be finite"),
    (None, "give a list of"),
    ({"spot": [(0.1, 0.2)]}, "unknown key 'spot' of a pattern; nearest: spots"),
    ({"name": "x"}, "has no spots"),
    ({"spots": [(0.1, 0.0), (0.0, 0.1)], "intensities": [1.0]}, "intensities are"),
    ([(0.1, 0.2), (0.2, 0.4)], "one line"),
    (threading.Lock(), "give a list of"),  # cannot be sent to another process
]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_bad_pattern_in_the_middle_loses_nothing_else(
    patterns: list[np.ndarray], alone: navp.ManyPatterns, workers: int
) -> None:
    mixed: list[Any] = [patterns[0], *(item for item, _ in BAD), *patterns[1:]]
    found = navp.index_many(mixed, phases=PHASES, workers=workers, chunk=4)
    assert [row.number for row in found.rows] == list(range(len(mixed)))
    bad = found.rows[1 : len(BAD) + 1]
    for row, (_, sentence) in zip(bad, BAD, strict=True):
        assert sentence in (row.error or "")
        assert (row.phase, row.zone_axis, row.posteriors) == (None, None, ())
    good = [row for row in found.rows if row.error is None]
    assert [row.posterior for row in good] == pytest.approx(
        [row.posterior for row in alone.rows], rel=1e-9
    )
    assert found.failed == bad
    assert f"{len(BAD)} failed, first number 1: a pattern needs" in found.notes[2]


def test_an_error_nobody_thought_of_is_told(
    patterns: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("why")

    monkeypatch.setattr("navp_structures.analysis.indexing.many_rows.searched", fail)
    row = pattern_row(3, {"spots": patterns[0], "name": "a"}, settings())
    assert (row.number, row.name, row.error) == (3, "a", "ZeroDivisionError: why")


# Processes.


def test_workers_give_the_same_rows_in_order(
    patterns: list[np.ndarray], alone: navp.ManyPatterns
) -> None:
    before = dict(os.environ)
    found = navp.index_many(iter(patterns * 3), phases=PHASES, workers=2, chunk=2)
    assert_equal(found, navp.index_many(patterns * 3, phases=PHASES, workers=1))
    assert [row.phase for row in found.rows[:5]] == [row.phase for row in alone.rows]
    assert dict(os.environ) == before


@pytest.mark.parametrize(("workers", "ahead"), [(1, 1), (2, 10)])
def test_a_generator_is_not_drained(
    patterns: list[np.ndarray], workers: int, ahead: int
) -> None:
    given = 0

    def produced() -> Iterator[np.ndarray]:
        nonlocal given
        for _ in range(1000):
            given += 1
            yield patterns[1]

    rows = rows_of(produced(), settings(phases="Na3VP"), workers, chunk=2)
    for number in range(3):
        assert next(rows).number == number
        # Two chunks of two for each worker, and the one whose rows are given out.
        assert given <= number + ahead
    # Who stops asking ends the workers too.
    rows.close()  # type: ignore[attr-defined]
    assert given < 20


@pytest.mark.parametrize("workers", [1, 2])
def test_an_array_may_be_filled_again(patterns: list[np.ndarray], workers: int) -> None:
    def refilled() -> Iterator[np.ndarray]:
        array = np.empty((7, 2))
        for number in (3, 4):
            array[:] = patterns[number]
            yield array

    found = navp.index_many(refilled(), phases=PHASES, workers=workers, chunk=1)
    assert_equal(found, navp.index_many(patterns[3:5], phases=PHASES))


def test_what_a_generator_raises_is_not_hidden(patterns: list[np.ndarray]) -> None:
    def broken() -> Iterator[np.ndarray]:
        yield from patterns
        raise KeyboardInterrupt

    for workers in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            navp.index_many(broken(), phases="Na3VP", workers=workers, chunk=1)


def test_one_chunk_starts_no_process(
    patterns: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a pool was made")

    monkeypatch.setattr(many_workers, "ProcessPoolExecutor", refuse)
    assert len(navp.index_many(patterns, phases=PHASES, workers=2, chunk=5)) == 5
    with pytest.raises(AssertionError, match="a pool"):
        navp.index_many(patterns, phases=PHASES, workers=2, chunk=4)


def test_a_worker_that_dies_is_told(patterns: list[np.ndarray]) -> None:
    deadly = [{"spots": _Deadly()}, *patterns]
    with pytest.raises(WorkerError, match="ended before its work did"):
        navp.index_many(deadly, phases="Na3VP", workers=2, chunk=1)


class _Deadly:
    """What ends the process that unpacks it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


def test_workers_have_one_thread_each() -> None:
    context = many_workers._OneThread()
    queue = context.SimpleQueue()
    process = context.Process(target=_tell, args=(queue,))
    process.start()
    assert queue.get() == "1"
    process.join()


def _tell(queue: Any) -> None:
    queue.put(os.environ.get("OPENBLAS_NUM_THREADS"))


def test_usual_workers_are_the_cores() -> None:
    assert 1 <= usual_workers() <= min(os.cpu_count() or 1, 61)


# Files.


def test_npz_of_padded_spots(
    patterns: list[np.ndarray], alone: navp.ManyPatterns, tmp_path: Path
) -> None:
    most = max(map(len, patterns))
    padded = np.full((len(patterns), most, 2), np.nan)
    for n, spots in enumerate(patterns):
        padded[n, : len(spots)] = spots
    path = tmp_path / "padded.npz"
    np.savez(path, spots=padded, name=np.array(list("abcde")), other=np.zeros(3))
    found = navp.index_many(path, phases=PHASES)
    assert_equal(found, alone)
    assert [row.name for row in found.rows] == list("abcde")
    assert found.inputs["patterns"] == str(path)
    # An array that is filled up may be given itself, and hands out its patterns.
    assert_equal(navp.index_many(padded, phases=PHASES), alone)


def test_npz_of_spots_one_after_the_other(
    patterns: list[np.ndarray], alone: navp.ManyPatterns, tmp_path: Path
) -> None:
    x, y = np.concatenate(patterns).T
    start = np.cumsum([0, *map(len, patterns)])
    path = tmp_path / "flat.npz"
    np.savez(path, x=x, y=y, start=start)
    assert_equal(navp.index_many(str(path), phases=PHASES), alone)


def test_npz_with_intensities(patterns: list[np.ndarray], tmp_path: Path) -> None:
    strong = np.arange(1.0, 9.0)
    path = tmp_path / "strong.npz"
    filled = np.concatenate([patterns[0], np.full((2, 2), np.nan)])
    np.savez(path, spots=filled[np.newaxis], intensities=[[*strong, np.nan, np.nan]])
    found = navp.index_many(path, phases=PHASES)
    single = navp.index_spots(patterns[0], intensities=strong.tolist(), phases=PHASES)
    assert found.rows[0].posterior == pytest.approx(single.posteriors[single.best], rel=1e-12)


def holed(spots: np.ndarray) -> np.ndarray:
    """Return spots with one of NaN in front and two between, and two that fill up."""
    nan = np.full((2, 2), np.nan)
    return np.concatenate([nan[:1], spots[:3], nan, spots[3:], nan])


def test_spots_that_were_taken_out_are_counted(
    patterns: list[np.ndarray], alone: navp.ManyPatterns, tmp_path: Path
) -> None:
    cut = np.full((5, 13, 2), np.nan)
    for n, spots in enumerate(patterns):
        # Only the first has holes: the others are filled up, as arrays of one shape must be.
        rows = holed(spots) if n == 0 else spots
        cut[n, : len(rows)] = rows
    path = tmp_path / "cut.npz"
    np.savez(path, spots=cut)
    for given in (path, cut):
        found = navp.index_many(given, phases=PHASES)
        assert_equal(found, alone)
        assert [row.left_out for row in found.rows] == [3, 0, 0, 0, 0]
        assert "3 spots of 1 patterns are NaN or masked, and left out" in found.notes
        assert "left out" in text_table(found)
        assert found.to_dict()["results"]["patterns"][0]["left_out"] == 3
    assert "left out" not in text_table(alone)
    assert not any("left out" in note for note in alone.notes)


def test_nothing_fills_up_spots_one_after_the_other(
    patterns: list[np.ndarray], alone: navp.ManyPatterns, tmp_path: Path
) -> None:
    cut = holed(patterns[0])
    x, y = np.concatenate([cut, patterns[1]]).T
    path = tmp_path / "flat.npz"
    np.savez(path, x=x, y=y, start=[0, len(cut), len(x)])
    found = navp.index_many(path, phases=PHASES)
    assert [row.left_out for row in found.rows] == [5, 0]
    assert found.rows[0].posterior == pytest.approx(alone.rows[0].posterior, rel=1e-12)


def test_masked_spots_are_counted(patterns: list[np.ndarray], alone: navp.ManyPatterns) -> None:
    spots = np.ma.masked_invalid(holed(patterns[0]))
    half = np.ma.array(patterns[0], mask=[[True, False], *[[False, False]] * 7])
    found = navp.index_many([spots, half], phases=PHASES)
    # What is masked fills up nothing: somebody said that it is not to be used.
    assert found.rows[0].left_out == 5
    assert found.rows[0].posterior == pytest.approx(alone.rows[0].posterior, rel=1e-12)
    assert "must be finite" in (found.rows[1].error or "")


def test_intensities_go_with_their_spots(patterns: list[np.ndarray]) -> None:
    cut = holed(patterns[0])
    strong = np.arange(1.0, 1.0 + len(cut))
    real = ~np.isnan(cut[:, 0])
    found = navp.index_many([{"spots": cut, "intensities": strong}], phases=PHASES)
    single = navp.index_spots(patterns[0], intensities=strong[real].tolist(), phases=PHASES)
    assert found.rows[0].posterior == pytest.approx(single.posteriors[single.best], rel=1e-12)
    assert found.rows[0].left_out == 3
    # A spot without its intensity is no spot that was taken out.
    weak = np.where(np.arange(len(cut)) == 1, np.nan, strong)
    (row,) = navp.index_many([{"spots": cut, "intensities": weak}], phases=PHASES).rows
    assert "an intensity is nan" in (row.error or "")


def test_a_pattern_of_which_nothing_is_left(patterns: list[np.ndarray]) -> None:
    bare = np.full((6, 2), np.nan)
    left = bare.copy()
    left[3] = 0.2, 0.1
    one, two, three = navp.index_many(
        [bare, left, np.ma.masked_invalid(bare)], phases=PHASES
    ).rows
    assert (one.left_out, two.left_out, three.left_out) == (0, 3, 6)
    for row, count in ((one, 0), (two, 1), (three, 0)):
        assert f"two spots or more, here {count}" in (row.error or "")


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"z": [1.0]}, "either spots, or x, y and start"),
        ({"spots": np.zeros((1, 2, 2)), "x": [1.0]}, "either spots, or x, y and start"),
        ({"spots": np.zeros((4, 2))}, r"shape \(4, 2\); \(k, n, 2\)"),
        ({"spots": np.array([[["a", "b"]]])}, "numbers are expected"),
        ({"x": [1.0], "y": [1.0]}, "lacks start"),
        ({"x": [1.0], "y": [1.0, 2.0], "start": [0, 1]}, "x and y have the shapes"),
        ({"x": [1.0], "y": [1.0], "start": [0.0, 1.0]}, "whole numbers"),
        ({"x": [1.0, 2.0], "y": [1.0, 2.0], "start": [0, 1]}, "ascend from 0 to 2"),
        ({"x": [1.0, 2.0], "y": [1.0, 2.0], "start": [0, 2, 1, 2]}, "ascend from 0 to 2"),
        ({"spots": np.zeros((1, 2, 2)), "intensities": [1.0]}, "intensities has the shape"),
        ({"spots": np.zeros((1, 2, 2)), "name": ["a", "b"]}, "name must be 1 texts"),
    ],
)
def test_npz_whose_arrays_do_not_fit(
    arrays: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=sentence) as caught:
        navp.index_many(path, phases=PHASES)
    assert "bad.npz" in str(caught.value)


def test_pickles_are_refused(tmp_path: Path) -> None:
    objects = tmp_path / "objects.npz"
    np.savez(objects, spots=np.array([_Deadly(), None], dtype=object))
    disguised = tmp_path / "disguised.npz"
    disguised.write_bytes(pickle.dumps(_Deadly()))
    for path in (objects, disguised):
        with pytest.raises(InputFileError, match="Python objects in it are never loaded"):
            navp.index_many(path, phases=PHASES)


def test_files_that_are_none(tmp_path: Path) -> None:
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK\x03\x04 and no more")
    single = tmp_path / "single.npz"
    with single.open("wb") as file:
        np.save(file, np.zeros((2, 2)))
    other = tmp_path / "spots.dat"
    other.write_text("0.1 0.2\n")
    for path in (broken, single):
        with pytest.raises(InputFileError, match="cannot read"):
            navp.index_many(path, phases=PHASES)
    with pytest.raises(InputError, match=r"neither an \.npz file nor a folder"):
        navp.index_many(other, phases=PHASES)


@pytest.mark.parametrize("name", ["nowhere.npz", "nowhere"])
def test_unknown_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputFileError, match=rf"cannot read .*{name}: No such file"):
        navp.index_many(tmp_path / name, phases=PHASES)


def test_folder(patterns: list[np.ndarray], alone: navp.ManyPatterns, tmp_path: Path) -> None:
    # Written in another order than that of the names.
    for name, spots in [("b.tsv", patterns[1]), ("d.CSV", patterns[3]), ("a.txt", patterns[0])]:
        mark = {"b": "\t", "d": ",", "a": " "}[name[0]]
        rows = [mark.join(f"{value:.17g}" for value in spot) for spot in spots]
        (tmp_path / name).write_text("\n".join([mark.join("xy"), *rows]))
    (tmp_path / "c.csv").write_text("x,y\n0.1,0.2\n0.3,oops\n")
    for ignored in ("notes.md", ".hidden.csv"):
        (tmp_path / ignored).write_text("nothing")
    found = navp.index_many(tmp_path, phases=PHASES)
    assert [row.name for row in found.rows] == ["a", "b", "c", "d"]
    for row, number in ((0, 0), (1, 1), (3, 3)):
        assert found.rows[row].posterior == pytest.approx(alone.rows[number].posterior)
    assert "c.csv" in (found.rows[2].error or "")
    assert "line 3" in (found.rows[2].error or "")


def test_folder_with_intensities(patterns: list[np.ndarray], tmp_path: Path) -> None:
    rows = [f"{x:.17g} {y:.17g} {n}" for n, (x, y) in enumerate(patterns[0].tolist(), 1)]
    (tmp_path / "one.txt").write_text("\n".join(rows))
    found = navp.index_many(tmp_path, phases=PHASES)
    single = navp.index_spots(patterns[0], intensities=range(1, 9), phases=PHASES)
    assert found.rows[0].posterior == pytest.approx(single.posteriors[single.best])


def test_headings_say_which_column_is_which(
    patterns: list[np.ndarray], alone: navp.ManyPatterns, tmp_path: Path
) -> None:
    swapped = [f"{n},{y:.17g},{x:.17g}" for n, (x, y) in enumerate(patterns[0].tolist())]
    (tmp_path / "a.csv").write_text("\n".join(["comment,gy (1/A),gx (1/A)", *swapped]))
    (tmp_path / "b.txt").write_text("gx (1/nm) gy (1/nm)\n2.0 0.0\n0.0 2.0\n")
    (tmp_path / "c.csv").write_text("d (A),intensity\n1.88,100\n1.9,30\n")
    found = navp.index_many(tmp_path, phases=PHASES)
    assert found.rows[0].posterior == pytest.approx(alone.rows[0].posterior, rel=1e-12)
    assert found.rows[1].error == "the spots are in 1/nm, not in 1/A"
    assert "c.csv: these are spacings, not spots" in (found.rows[2].error or "")


@pytest.mark.parametrize(
    "heading",
    ["x (nm),y (nm)", "x (deg),y (deg)", "across,up", "r (1/A),phi (deg)", "no,kx,ky"],
)
def test_headings_that_are_not_understood_are_no_spots(heading: str, tmp_path: Path) -> None:
    rows = ["0.275,0.229", "-0.275,0.229", "0.55,0", "0.138,0.229"]
    if heading.count(",") == 2:
        rows = [f"{n},{row}" for n, row in enumerate(rows)]
    (tmp_path / "a.csv").write_text("\n".join([heading, *rows]))
    (row,) = navp.index_many(tmp_path, phases=["Na3VP"]).rows
    with pytest.raises(InputError) as alone:
        navp.read_spacings(tmp_path / "a.csv")
    assert row.phase is None
    assert row.error == str(alone.value)


def test_folder_without_patterns(tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("x")
    with pytest.raises(InputError, match=r"no file that ends in \.csv, \.tsv, \.txt"):
        navp.index_many(tmp_path, phases=PHASES)


# What cannot be asked.


@pytest.mark.parametrize("nothing", [[], iter(()), np.zeros((0, 5, 2))])
def test_no_patterns(nothing: Any) -> None:
    with pytest.raises(InputError, match="there are no patterns"):
        navp.index_many(nothing, phases="Na3VP")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"patterns": 5}, "patterns are 5"),
        ({"patterns": {"spots": []}}, "one pattern; give a list"),
        ({"patterns": np.zeros((3, 2))}, "one pattern; give a list"),
        ({"workers": 0}, "workers is 0"),
        ({"workers": 1.5}, "a whole number"),
        ({"chunk": 0}, "chunk is 0"),
        ({"units": "furlong"}, "unknown unit"),
        ({"units": "px"}, "needs a camera constant"),
        ({"sigma": -1.0}, "sigma is -1"),
        ({"angle_sigma": 100.0}, "angle_sigma is 100"),
        ({"scale_sigma": "x"}, "scale_sigma is 'x'"),
    ],
)
def test_what_fits_no_pattern_is_raised(
    asked: dict[str, Any], sentence: str, patterns: list[np.ndarray]
) -> None:
    asked = {"patterns": patterns, "phases": "Na3VP"} | asked
    with pytest.raises(InputError, match=sentence):
        navp.index_many(asked.pop("patterns"), **asked)


def test_empty_path() -> None:
    with pytest.raises(InputFileError, match="no path"):
        navp.index_many("")


# What comes out.


def test_counts_and_notes(alone: navp.ManyPatterns) -> None:
    counts = alone.counts()
    assert sum(counts.values()) == 5
    assert set(counts) == set(alone.answers)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert counts["na3vp-rt"] == counts["nzsp-300k"] == 2
    assert alone.indexed
    assert alone.notes[0] == "4 of 5 patterns are indexed: na3vp-rt 2, nzsp-300k 2"
    assert any(note.startswith("1 are none of these phases") for note in alone.notes)


def test_table_json_csv(patterns: list[np.ndarray]) -> None:
    given = [patterns[0], {"spots": [], "name": "=bad"}]
    found = navp.index_many(given, phases=PHASES)
    frame = found.to_dataframe()
    keys = [
        "number", "name", "phase", "posterior", "zone_axis", "zone_posterior", "scale",
        "scale_su", "rms_sigma", "matched", "unmatched", "left_out", "error",
    ]  # fmt: skip
    further = [f"posterior_{answer}" for answer in found.answers]
    assert list(frame.columns) == keys + further
    assert frame["posterior_na3vp-rt"][0] == found.rows[0].posteriors[0]
    assert math.isnan(frame["posterior_na3vp-rt"][1])
    assert frame.attrs["notes"] == list(found.notes)
    head, first, second = found.to_csv().splitlines()
    assert head.split(",") == keys + further
    assert first.startswith("0,,na3vp-rt,")
    assert second.startswith("1,'=bad,,")
    content = json.loads(json_text(found.to_dict()))
    assert content["schema"] == {"name": "navp.many_spots", "version": 1}
    results = content["results"]
    assert results["counts"]["na3vp-rt"] == 1
    assert results["notes"] == list(found.notes)
    one, two = results["patterns"]
    assert one["zone_axis"] == [2, 1, 0]
    assert sum(one["posteriors"].values()) == pytest.approx(1.0)
    assert (two["posteriors"], two["phase"]) == (None, None)
    assert "[2 1 0]" in text_table(found)
    assert "ManyPatterns: 2 rows" in repr(found)


def test_posteriors_are_columns(alone: navp.ManyPatterns) -> None:
    posteriors = alone.posteriors
    assert tuple(posteriors) == alone.answers
    assert sum(posteriors.values()) == pytest.approx(np.ones(5))
    with pytest.raises(ValueError, match="read-only"):
        posteriors["na3vp-rt"][0] = 1.0


def test_a_bar_is_shown_only_when_asked_for(
    patterns: list[np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    navp.index_many(patterns, phases=PHASES)
    assert capsys.readouterr() == ("", "")
    navp.index_many(iter(patterns), phases=PHASES, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "patterns" in shown.err
