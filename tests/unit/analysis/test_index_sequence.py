"""Patterns of one grain: the scale that they share, the direction, and what that decides."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import navp_structures as navp
from navp_structures.analysis.indexing.sequence_frames import Frame
from navp_structures.analysis.indexing.sequence_links import (
    TURNED,
    direction_links,
    relations,
    unlinked,
)
from navp_structures.analysis.indexing.spot_settings import SpotSettings
from navp_structures.analysis.indexing.spots import searched
from navp_structures.errors import InputError
from navp_structures.show.tables import json_text, text_table

HKL = tuple[int, ...]
Spots = list[tuple[float, float]]
PAIR = ("Na3VP", "NZSP")

# 2 % shorter in reciprocal space: d is 2 % longer.
LONG = 1 / 1.02


def laid(
    phase: str, zone: HKL, along: HKL, count: int, *, turn: float = 0.0, factor: float = 1.0
) -> Spots:
    """Return the strongest spots of a zone, with one reflection along x before it is turned.

    The zone axis points to the viewer.
    """
    p = navp.load(phase)
    base = p.cell.orthogonalisation_matrix
    reciprocal = np.linalg.inv(base)
    normal = base @ np.array(zone)
    x = np.array(along) @ reciprocal
    x, normal = x / np.linalg.norm(x), normal / np.linalg.norm(normal)
    y = np.cross(normal, x)
    pattern = navp.saed_pattern(phase, zone_axis=zone, voltage=200)
    layer = [s for s in pattern.rows if s.layer == 0 and any(s.hkl) and s.intensity > 0]
    chosen: dict[HKL, tuple[float, float]] = {}
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    for spot in sorted(layer, key=lambda item: -item.intensity):
        if tuple(-n for n in spot.hkl) not in chosen:
            g = np.array(spot.hkl) @ reciprocal
            u, v = factor * float(g @ x), factor * float(g @ y)
            chosen[spot.hkl] = (c * u - s * v, s * u + c * v)
    return list(chosen.values())[:count]


def before(count: int = 4, factor: float = LONG) -> Spots:
    return laid("Na3VP", (2, 1, 0), (0, 0, 6), count, turn=10.0, factor=factor)


def nasicon(count: int = 4, factor: float = LONG) -> Spots:
    return laid("NZSP", (2, 1, 0), (0, 0, 6), count, turn=50.0, factor=factor)


def known(factor: float = LONG) -> Spots:
    return laid("Na2VP", (1, 1, 2), (1, 1, -1), 8, factor=factor)


@pytest.mark.parametrize(
    ("spots", "more"),
    [
        (before(), {"scale_sigma": 0.02}),
        (before(2), {"phases": PAIR, "scale_sigma": 0.05}),
        (nasicon(), {"scale_sigma": 0.0, "phases": PAIR}),
        (known(1.0), {"scale_sigma": 0.001, "sigma": 0.003, "angle_sigma": 0.3}),
        (known(), {"scale_sigma": 0.03, "frame_scale_sigma": 0.0, "distortion_sigma": 0.005}),
        (nasicon(6), {"scale_sigma": 0.03, "frame_scale_sigma": 0.1}),
        (before(), {"same_direction": True, "scale_sigma": 0.02}),
    ],
)
def test_one_frame_is_what_index_spots_says(spots: Spots, more: dict[str, Any]) -> None:
    own = {"frame_scale_sigma", "same_direction"}
    alone = navp.index_spots(spots, **{k: v for k, v in more.items() if k not in own})
    found = navp.index_sequence([spots], **more)
    assert dict(found.frames[0]) == pytest.approx(dict(alone.posteriors), abs=1e-6)
    assert dict(found.alone[0]) == dict(alone.posteriors)
    assert found.best == alone.best
    for name, share in found.posteriors.items():
        assert share == pytest.approx(alone.posteriors[name], abs=1e-6)
    (row,), best = found.rows, alone.solutions[0]
    assert row.phase == best.phase
    assert (row.zone_axis, row.hkls, row.unmatched) == (best.zone_axis, best.hkls, 0)
    assert row.scale == pytest.approx(best.scale, abs=1e-9)
    assert row.scale_su == pytest.approx(best.scale_su, abs=1e-9)
    assert row.rms_sigma == pytest.approx(best.rms_sigma, abs=1e-6)


@pytest.mark.parametrize(("scale_sigma", "count"), [(0.03, 4), (0.05, 4), (0.03, 3)])
def test_two_ambiguous_frames_settle_each_other(scale_sigma: float, count: int) -> None:
    """NZSP and Na3VP differ by 3 to 4 % in all directions: no common scale swaps them."""
    frames = [before(count), nasicon(count)]
    found = navp.index_sequence(frames, phases=PAIR, scale_sigma=scale_sigma)
    assert max(found.alone[0].values()) < 0.7
    assert max(found.alone[1].values()) < 0.95
    assert found.best == "na3vp-rt > nzsp-300k"
    assert found.posteriors[found.best] > 0.95
    back = navp.index_sequence(frames[::-1], phases=PAIR, scale_sigma=scale_sigma)
    assert back.posteriors["nzsp-300k > na3vp-rt"] == pytest.approx(
        found.posteriors[found.best], abs=1e-6
    )


def test_a_known_phase_fixes_the_scale_of_the_others() -> None:
    phases = (*PAIR, "Na2VP")
    found = navp.index_sequence([nasicon(), known()], phases=phases, scale_sigma=0.05)
    assert found.alone[0]["nzsp-300k"] < 0.75
    assert found.frames[0]["nzsp-300k"] > 0.99
    assert found.rows[1].phase == "na2vp-a"
    assert found.scale == pytest.approx(1.02, abs=2e-3)
    note = next(note for note in found.notes if note.startswith("alone frame 1"))
    assert "nzsp-300k 0." in note
    told = f"{found.frames[0]['nzsp-300k']:.3f}"
    assert f"with the others it is nzsp-300k {told}" in note
    # Nothing is decided where the frames share no scale.
    apart = navp.index_sequence(
        [nasicon(), known()], phases=phases, scale_sigma=0.05, frame_scale_sigma=0.05
    )
    assert dict(apart.frames[0]) == pytest.approx(dict(apart.alone[0]), abs=1e-9)
    assert apart.scale is apart.scale_su is None
    assert any("share no scale" in note for note in apart.notes)


def test_the_shared_scale_by_hand() -> None:
    """Twelve spots of 1 % in each of two frames, all 2 % too long in d, drift 0.2 %.

    Each frame says ln 1.02 to 0.01/√12, behind the drift with k = 1/(0.01²/12 + 0.002²); the
    prior has the variance 0.03² - 0.002². Na3VP's own su is less than 1e-4.
    """
    spots = laid("Na3VP", (2, 1, 0), (0, 0, 6), 12, factor=LONG)
    found = navp.index_sequence([spots, spots], phases=["Na3VP"], scale_sigma=0.03)
    k = 1 / (0.01**2 / 12 + 0.002**2)
    precision = 1 / (0.03**2 - 0.002**2) + 2 * k
    assert found.scale == pytest.approx(1.02 ** (2 * k / precision), abs=1e-5)
    assert found.scale_su == pytest.approx(1.02 * precision**-0.5, rel=0.01)
    # What the other frame leaves, with the drift, and the own spots.
    other = precision - k
    prior = 1 / (1 / other + 0.002**2)
    mean = math.log(1.02) * k / other
    own = 12 / 0.01**2
    expected = (prior * mean + own * math.log(1.02)) / (prior + own)
    assert found.rows[0].scale == pytest.approx(math.exp(expected), abs=1e-5)
    assert found.rows[0].scale_su == pytest.approx(1.02 * (prior + own) ** -0.5, rel=0.01)


def test_frames_given_twice_are_alike() -> None:
    found = navp.index_sequence([before()] * 3, phases=PAIR, scale_sigma=0.03)
    one, *others = found.frames
    for other in others:
        assert dict(other) == pytest.approx(dict(one), abs=1e-9)
    assert len({(row.phase, row.zone_axis, row.hkls) for row in found.rows}) == 1


def test_marginals_are_sums_over_sequences() -> None:
    found = navp.index_sequence(
        [before(3), nasicon(3), known()], phases=(*PAIR, "Na2VP"), scale_sigma=0.03
    )
    assert sum(found.posteriors.values()) == pytest.approx(1.0, abs=1e-4)
    assert list(found.posteriors.values()) == sorted(found.posteriors.values(), reverse=True)
    for n, shares in enumerate(found.frames):
        assert set(shares) == {
            "na3vp-rt", "nzsp-300k", "na2vp-a", "none.random", "none.lattice",
        }  # fmt: skip
        assert sum(shares.values()) == pytest.approx(1.0, abs=1e-9)
        for name, share in shares.items():
            own = [s for key, s in found.posteriors.items() if key.split(" > ")[n] == name]
            assert sum(own) == pytest.approx(share, abs=1e-4)
        with pytest.raises(TypeError):
            shares["na3vp-rt"] = 1.0  # type: ignore[index]
    with pytest.raises(TypeError):
        found.posteriors["na3vp-rt"] = 1.0  # type: ignore[index]


def corresponding(count: int, turn: float = 0.0) -> list[Spots]:
    """Return Na3VP on [2 -2 1], and Na2VP on what this reads as, turned by some degrees."""
    misfit = navp.lattice_misfit("Na3VP", "Na2VP", directions=["2 -2 1"])
    plane, axis = misfit.read("1 1 0"), misfit.directions[0].zone_axis
    assert (axis, plane) == ((0, -1, 1), (1, 1, 1))
    return [
        laid("Na3VP", (2, -2, 1), (1, 1, 0), 6, turn=23.0),
        laid("Na2VP", (0, -1, 1), (1, 1, 1), count, turn=23.0 + turn),
    ]


def test_the_corresponding_axis_is_found() -> None:
    phases = ("Na3VP", "Na2VP")
    free = navp.index_sequence(corresponding(2), phases=phases)
    linked = navp.index_sequence(corresponding(2), phases=phases, same_direction=True)
    assert free.rows[1].zone_axis not in {(0, -1, -1), (0, 1, -1), (0, 1, 1), (0, -1, 1)}
    assert linked.best == "na3vp-rt > na2vp-a"
    # The twofold axis along b makes [u v w] and [-u v -w] equal.
    assert linked.rows[1].zone_axis in {(0, -1, 1), (0, -1, -1)}
    assert _is_image(linked)
    assert any("read [1/2 0 -1; -1/2 1 0; 1 0 1] in na2vp-a" in note for note in linked.notes)


def _is_image(found: navp.SequenceIndexing) -> bool:
    """Whether the second axis is what the first reads as, on the same side of the pattern."""
    one, two = (navp.load(row.phase) for row in found.rows)
    matrix = navp.lattice_misfit(one, two).correspondence.array
    first, second = (np.array(row.zone_axis) for row in found.rows)
    axes = [matrix @ g @ first for g in _proper(one)]
    images = [g @ second for g in _proper(two)]
    return any(
        np.allclose(a / np.abs(a).max(), b / np.abs(b).max()) for a in axes for b in images
    )


def _proper(phase: navp.Phase) -> Any:
    group = phase.space_group.laue_rotations
    return group[np.linalg.det(group) > 0]


def test_an_unrelated_orientation_is_penalised() -> None:
    phases = tuple(map(navp.load, ("Na3VP", "Na2VP")))
    settings = SpotSettings.of(
        phases=phases, sigma=0.01, angle_sigma=1.0, scale_sigma=0.01, units="1/A",
        camera_constant=None, distortion_sigma=0.0, longest_zone=45.0, g_max=None,
    )  # fmt: skip
    related = relations(phases, "Na")
    factors = []
    for spots in (
        *(corresponding(6, turn)[1] for turn in (0.0, 3.0, 40.0)),
        laid("Na2VP", (0, 1, 0), (1, 0, 0), 6),
    ):
        frames = [
            Frame.of(searched(one, None, settings), linked=True)
            for one in (corresponding(6)[0], spots)
        ]
        (link,) = direction_links(frames, related, 2.0)
        one, two = (_best_state(frame, phase) for phase, frame in enumerate(frames))
        factors.append(link[one, two])
        # To the two nulls there is no link.
        assert (link[:, -2:] == 1.0).all()
        assert (link[-2:] == 1.0).all()
    assert factors[0] > 500.0
    # Turned by 3° of 2°, and both fits to about half a degree.
    assert 0.2 * factors[0] < factors[1] < 0.6 * factors[0]
    assert factors[2:] == pytest.approx([TURNED, TURNED], rel=1e-3)
    assert unlinked(frames)[0].shape == link.shape


def _best_state(frame: Frame, phase: int) -> int:
    """Return the state of the best placement of a phase: they are in the order of weights."""
    return int(np.flatnonzero(frame.answers == phase)[0])


def test_a_turned_grain_is_noticed() -> None:
    same = navp.index_sequence(
        [before(8, 1.0), before(3, 1.0)], phases=("Na3VP", "NaVP"), same_direction=True
    )
    other = laid("Na3VP", (2, 1, 0), (0, 0, 6), 3, turn=60.0)
    turned = navp.index_sequence(
        [before(8, 1.0), other], phases=("Na3VP", "NaVP"), same_direction=True
    )
    assert same.rows[1].phase == turned.rows[1].phase == "na3vp-rt"
    assert same.rows[0].zone_axis == same.rows[1].zone_axis
    # A turn that fits no link leaves what the scale alone says, but for the two nulls, which
    # pay nothing for it.
    free = navp.index_sequence([before(8, 1.0), other], phases=("Na3VP", "NaVP"))
    shares = [
        frame["na3vp-rt"] / (frame["na3vp-rt"] + frame["navp-model"])
        for frame in (turned.frames[1], free.frames[1])
    ]
    assert shares[0] == pytest.approx(shares[1], abs=0.02)


def test_no_direction_is_shared_without_a_common_host() -> None:
    frames = [before(8), nasicon(8)]
    kwargs: dict[str, Any] = {"phases": PAIR, "scale_sigma": 0.03}
    linked = navp.index_sequence(frames, same_direction=True, **kwargs)
    assert linked.best == "na3vp-rt > nzsp-300k"
    (note,) = (note for note in linked.notes if "no direction is taken" in note)
    assert note.startswith("na3vp-rt and nzsp-300k have no common host")
    assert any(note.startswith("directions: the same grain to 2°") for note in linked.notes)


def test_frames_that_are_no_phase() -> None:
    rng = np.random.default_rng(11)
    angles = rng.uniform(0, np.pi, 12)
    lengths = 0.8 * np.sqrt(rng.uniform(0.05, 1.0, 12))
    nothing = np.stack([lengths * np.cos(angles), lengths * np.sin(angles)], axis=1)
    found = navp.index_sequence(
        [before(8, 1.0), nothing], sigma=0.003, angle_sigma=0.3, same_direction=True
    )
    assert found.rows[0].phase == "na3vp-rt"
    second = found.rows[1]
    assert second.phase.startswith("none.")
    assert second.solution is second.zone_axis is second.hkls is second.scale is None
    assert second.scale_su is second.rms_sigma is second.unmatched is None
    assert not found.indexed
    assert found.solutions[1] is None
    assert json.loads(json_text(found.to_dict()))["results"]["frames"][1]["zone_axis"] is None
    assert text_table(found)
    # Where no frame is a phase, the prior is not told as a scale that was found.
    none = navp.index_sequence([nothing, nothing], sigma=0.003, angle_sigma=0.3)
    assert none.scale is none.scale_su is None
    assert not any("shared scale" in note for note in none.notes)


def test_table_frame_and_document() -> None:
    found = navp.index_sequence([nasicon(), known()], phases=PAIR, scale_sigma=0.05)
    columns = [
        "frame", "phase", "posterior", "zone_axis", "hkls", "scale", "scale_su", "rms_sigma",
        "unmatched",
    ]  # fmt: skip
    frame = found.to_dataframe()
    assert frame.columns.to_list() == columns
    assert frame.frame.to_list() == [1, 2]
    assert frame.attrs["notes"] == list(found.notes)
    assert "[2 1 0]" in text_table(found)
    assert "<table>" in found._repr_html_()
    assert found.to_csv().startswith(",".join(columns))
    assert repr(found).startswith("<SequenceIndexing: 2 rows")
    content = json.loads(json_text(found.to_dict()))
    assert content["schema"]["name"] == "navp.sequence"
    inputs, results = content["inputs"], content["results"]
    assert inputs["frame_scale_sigma"] == 0.002
    assert [len(pattern["spots"]) for pattern in inputs["patterns"]] == [4, 8]
    assert set(results) == {"posteriors", "scale", "scale_su", "frames", "notes"}
    first = results["frames"][0]
    assert first["posteriors"] == pytest.approx(dict(found.frames[0]))
    assert first["posteriors_alone"] == pytest.approx(dict(found.alone[0]))
    assert len(first["assignments"]) == 4
    assert found.indexed
    assert [phase.id for phase in found.phases] == ["na3vp-rt", "nzsp-300k"]


def test_intensities_of_some_frames() -> None:
    spots = before(6, 1.0)
    found = navp.index_sequence(
        [spots, spots], phases=PAIR, intensities=[[6.0, 5.0, 4.0, 3.0, 2.0, 1.0], None]
    )
    plain = navp.index_sequence([spots, spots], phases=PAIR)
    assert dict(found.alone[1]) == dict(plain.alone[1])
    assert dict(found.alone[0]) != dict(plain.alone[0])
    assert found.inputs["patterns"][1]["intensities"] is None


@pytest.mark.parametrize(
    ("patterns", "more", "sentence"),
    [
        ([], {}, "there are no patterns; give one list of (x, y) for each frame"),
        (7, {}, "patterns are 7; give a list of lists of (x, y)"),
        ("spots", {}, "patterns are 'spots'; give a list of lists of (x, y)"),
        ([before(), [(0.2, 0.1)]], {}, "frame 2: a pattern needs two spots or more, here 1"),
        (before(), {}, "frame 1: spot 1 is"),
        ([before()] * 101, {}, "101 frames are too many; give up to 100"),
        ([before()], {"frame_scale_sigma": -0.1},
         "frame_scale_sigma is -0.1; it must be 0, or 1e-06 to 0.3 (relative)"),
        ([before()], {"direction_sigma": 0}, "direction_sigma is 0; it must be 0.1 to 20"),
        ([before()], {"same_direction": "yes"}, "same_direction is 'yes'; it is True or False"),
        ([before()], {"ion": "Xy"}, "ion"),
        ([before()], {"intensities": [1.0, 2.0]}, "give a list, or None, for each frame"),
        ([before()], {"intensities": [[1.0]]}, "frame 1: intensities"),
        ([before()], {"scale_sigma": 2}, "scale_sigma is 2; it must be 0, or 1e-06 to 0.3"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(patterns: Any, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        navp.index_sequence(patterns, **more)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
