"""Labels of spots: near their own, over nothing, the important ones first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest

from navp_structures.show.spot_labels import PAD, Floats, Place, Wish, place_labels

AREA = (100.0, 100.0)


def wish(spot: int, size: tuple[float, float] = (20.0, 8.0), group: object = None) -> Wish:
    return Wish(spot=spot, size=size, group=spot if group is None else group)


def box(place: Place) -> tuple[float, float, float, float]:
    (x, y), (w, h) = place.centre, place.wish.size
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def distance(place: Place, spot: Sequence[float]) -> float:
    left, bottom, right, top = box(place)
    x, y = spot[:2]
    return float(np.hypot(max(left - x, 0, x - right), max(bottom - y, 0, y - top)))


def faults(places: Sequence[Place], spots: Floats, area: tuple[float, float]) -> list[str]:
    """Return in words what is wrong with places."""
    found = []
    for place in places:
        left, bottom, right, top = box(place)
        if min(left, bottom) < 0 or right > area[0] or top > area[1]:
            found.append(f"{place.wish.spot} leaves the axes")
        own = spots[place.wish.spot]
        if distance(place, own) - own[2] > 8:
            found.append(f"{place.wish.spot} is far from its spot")
        for i, spot in enumerate(spots):
            if distance(place, spot) < spot[2]:
                found.append(f"{place.wish.spot} covers {i}")
            if distance(place, spot) < distance(place, own) - 2.001:
                found.append(f"{place.wish.spot} is nearer to {i}")
    for one, two in combinations(places, 2):
        a, b = box(one), box(two)
        if all(a[i] < b[i + 2] and b[i] < a[i + 2] for i in (0, 1)):
            found.append(f"{one.wish.spot} overlaps {two.wish.spot}")
    return found


def net(a: float, side: float, radius: float = 3.0) -> Floats:
    steps = np.arange(a / 2, side, a)
    x, y = (grid.ravel() for grid in np.meshgrid(steps, steps))
    return np.column_stack([x, y, np.full(len(x), radius)])


def test_above_where_there_is_room() -> None:
    spots = np.array([[50.0, 50.0, 4.0]])
    (place,) = place_labels([wish(0)], spots, area=AREA)
    # Radius 4, gap 1.2, half of the height 4.
    assert place.centre == pytest.approx((50, 59.2))


@pytest.mark.parametrize(
    ("spot", "expected"),
    [
        ((50, 95), (50, 95 - 9.2)),  # no room above
        ((50, 5), (50, 14.2)),
        # Too near the left edge for a label above: 5 - 20/2 < 0.
        ((5, 50), (5 + 4 + 1.2 + 10, 50)),
        ((95, 50), (95 - 15.2, 50)),
    ],
)
def test_edges_turn_labels(spot: tuple[float, float], expected: tuple[float, float]) -> None:
    (place,) = place_labels([wish(0)], np.array([[*spot, 4.0]]), area=AREA)
    assert place.centre == pytest.approx(expected)


def test_taken_boxes_are_kept_clear() -> None:
    spots = np.array([[50.0, 50.0, 4.0]])
    above = np.array([[40.0, 56.0, 60.0, 70.0]])
    (place,) = place_labels([wish(0)], spots, area=AREA, taken=above)
    assert place.centre == pytest.approx((50, 40.8))
    everywhere = np.array([[0.0, 0.0, 100.0, 100.0]])
    assert place_labels([wish(0)], spots, area=AREA, taken=everywhere) == []


def test_first_wish_has_the_better_place() -> None:
    # There is room for one label between them; above the upper there is none.
    spots = np.array([[50.0, 92.0, 3.0], [50.0, 70.0, 3.0]])
    first, second = place_labels([wish(1), wish(0)], spots, area=AREA)
    assert (first.wish.spot, second.wish.spot) == (1, 0)
    assert faults([first, second], spots, AREA) == []
    assert first.centre == pytest.approx((50, 78.2))
    swapped = place_labels([wish(0), wish(1)], spots, area=AREA)
    assert swapped[0].centre == pytest.approx((50, 83.8))
    assert swapped[1].centre == pytest.approx((50, 61.8))


def test_no_room_is_left_out() -> None:
    spots = net(10, 100, radius=4)
    middle = int(np.argmin(np.hypot(spots[:, 0] - 50, spots[:, 1] - 50)))
    assert place_labels([wish(middle)], spots, area=AREA) == []


def test_one_of_a_group() -> None:
    spots = np.array([[50.0, 70.0, 3.0], [50.0, 30.0, 3.0]])
    wishes = [wish(0, group="pair"), wish(1, group="pair")]
    assert [p.wish.spot for p in place_labels(wishes, spots, area=AREA)] == [0]
    # The second of a pair where the first has no room.
    full = np.array([[0.0, 50.0, 100.0, 100.0]])
    assert [p.wish.spot for p in place_labels(wishes, spots, area=AREA, taken=full)] == [1]


def test_not_more_than_wanted() -> None:
    spots = net(30, 100)
    wishes = [wish(i) for i in range(len(spots))]
    assert len(place_labels(wishes, spots, area=AREA, most=3)) == 3
    assert place_labels(wishes, spots, area=AREA, most=0) == []


def test_nothing_wanted() -> None:
    assert place_labels([], np.empty((0, 3)), area=AREA) == []


def test_coincident_spots_have_both_labels() -> None:
    spots = np.array([[50.0, 50.0, 3.0], [50.5, 50.0, 5.0]])
    places = place_labels([wish(0), wish(1)], spots, area=AREA)
    assert [p.wish.spot for p in places] == [0, 1]
    assert faults(places, spots, AREA) == []


@pytest.mark.parametrize("a", [18.0, 22.0, 26.0, 40.0])
@pytest.mark.parametrize("size", [(14.0, 8.0), (25.0, 9.0)])
def test_nets_have_no_faults(a: float, size: tuple[float, float]) -> None:
    spots = net(a, 250)
    places = place_labels([wish(i, size) for i in range(len(spots))], spots, area=(250, 250))
    assert faults(places, spots, (250, 250)) == []
    assert len(places) > 10


def test_disorder_has_no_faults() -> None:
    rng = np.random.default_rng(6)
    spots = np.column_stack([rng.uniform(0, 470, (400, 2)), rng.uniform(0.5, 6, 400)])
    places = place_labels([wish(i) for i in range(400)], spots, area=(470, 470))
    assert faults(places, spots, (470, 470)) == []
    assert len(places) > 50


def test_the_checker_objects() -> None:
    spots = np.array([[50.0, 50.0, 4.0], [80.0, 50.0, 4.0]])
    found = faults(
        [
            Place(wish(0), (50.0, 52.0)),
            Place(wish(1), (60.0, 52.0)),
            Place(wish(0), (5.0, 90.0)),
        ],
        spots,
        AREA,
    )
    assert {"0 covers 0", "0 overlaps 1", "1 covers 0", "0 is far from its spot"} <= set(found)
    assert {"0 leaves the axes", "1 is nearer to 0"} <= set(found)


def test_gaps_are_kept() -> None:
    spots = np.array([[50.0, 50.0, 4.0]])
    places = place_labels([wish(0, group=i) for i in range(8)], spots, area=AREA)
    assert len(places) >= 4
    for one, two in combinations(map(box, places), 2):
        apart = max(max(one[i] - two[i + 2], two[i] - one[i + 2]) for i in (0, 1))
        assert apart >= PAD - 1e-9


def test_labels_among_600_spots_have_no_faults() -> None:
    spots = net(19.0, 470)
    assert len(spots) >= 600
    wishes = [wish(i, (14.0, 8.0)) for i in range(150)]
    places = place_labels(wishes, spots, area=(470, 470))
    assert faults(places, spots, (470, 470)) == []
    assert len(places) > 50
