"""What a terminal shows of spacings: the first lines of long lists, or all of them."""

from __future__ import annotations

import pytest

from navp_structures import SpacingIndexing, index_spacings
from navp_structures.analysis.indexing.text import MOST_LISTED, indexing_to_text


def shown(result: SpacingIndexing, whole: str | None = "--all") -> list[str]:
    return indexing_to_text(result, width=80, fold=str, whole=whole).splitlines()


@pytest.fixture(scope="module")
def many() -> SpacingIndexing:
    return index_spacings([1.88, 1.895], phases="Na3VP", sigma=0.2, angles=60)


def test_the_first_of_many_are_shown(many: SpacingIndexing) -> None:
    text, all_of_it = shown(many), shown(many, None)
    for n in (0, 1):
        more = len(many.candidates(n)) - MOST_LISTED
        assert more > 50
        assert f"… {more} more: --all lists them" in text
    assert f"… {len(many.pairs) - MOST_LISTED} more: --all lists them" in text
    assert len(text) < 200
    assert len(all_of_it) > len(many.rows) + len(many.pairs)
    assert not any("…" in line or "--all" in line for line in all_of_it)
    # They are the first ones, as they stand in the whole: only widths of columns may differ.
    first = [line.split() for line in text[3 : 3 + MOST_LISTED]]
    assert first == [line.split() for line in all_of_it[3 : 3 + MOST_LISTED]]


def test_the_nearest_extinct_of_a_rule(many: SpacingIndexing) -> None:
    text = shown(many)
    (head,) = (line for line in text if line.startswith("extinct"))
    assert head.endswith("; the nearest of each rule, --all lists all")
    line = text[text.index(head) + 2]
    rule = [
        row for row in many.extinct
        if row.observation == 0 and row.rule == "R obverse: -h + k + l = 3n"
    ]  # fmt: skip
    assert line.endswith(f", … {len(rule) - 16} more")
    assert line.count("(") == 16


def test_short_lists_are_whole() -> None:
    result = index_spacings([1.88, 1.895])
    assert max(len(result.candidates(n)) for n in (0, 1)) <= MOST_LISTED
    assert shown(result) == shown(result, None)


def test_no_line_says_that_one_line_is_left_out() -> None:
    result = index_spacings([1.88, 1.895])
    rows = (result.candidates(0) * 2)[: MOST_LISTED + 1]
    held = SpacingIndexing(
        **{
            name: getattr(result, name)
            for name in SpacingIndexing.__dataclass_fields__
            if name != "rows"
        },
        rows=rows,
    )
    assert not any(line.startswith("…") for line in shown(held))


def test_that_no_pair_fits_the_angle_is_said_only_of_an_angle() -> None:
    sentence = "no pair of these fits the angle"
    assert sentence in shown(index_spacings([6.2, 4.4], phases="NZSP", angles=3.2))
    assert sentence not in shown(index_spacings([6.2, 4.4], phases="NZSP"))
