"""Claims: what each quantity needs, which units fit, what is refused."""

from __future__ import annotations

import pickle
from dataclasses import asdict, replace
from typing import Any

import pytest

from navp_structures import Claim, Claims, PrintedNumber
from navp_structures.errors import ClaimError, InputError
from navp_structures.io.claim_fields import KEYS, claim_of
from navp_structures.model import claim_check
from navp_structures.model.claim_quantities import QUANTITIES, unit_named

# Per mole in J over the charge of an electron: 96.485 kJ/mol are 1 eV (CODATA 2018).
KJ_PER_EV = 96.48533212

# One good claim of each quantity, as a file has it.
GOOD: dict[str, dict[str, Any]] = {
    "spacing": {"phase": "Na3VP", "hkl": "4 -2 6", "value": 1.88},
    "angle": {"phase": "Na2VP", "hkl": ["602", "322"], "value": 55.2},
    "powder_line": {"phase": "Na3VP", "value": 14.26, "radiation": "CuKa1"},
    "conversion": {"value": 14.37, "radiation": 1.54, "from": 7.7, "from_radiation": 0.8266},
    "volume_per_formula_unit": {"phase": "NaVP", "value": 220.105},
    "volume_change": {"phases": ["Na3VP", "NaVP"], "value": 8.8},
    "cell": {"phase": "NaVP", "cell": {"a": 8.496, "c": 21.656}},
    "symmetry": {"phase": "Na2VP", "space_group": "P21/c"},
    "isostructural": {"phases": ["Na3VP", "NZSP"]},
    "mean_bond": {"phase": "Na3VP", "centre": "V", "ligand": "O", "value": 1.998},
    "polyhedron_volume": {
        "phases": ["Na3VP", "Na2VP"],
        "centre": "V",
        "ligand": "O",
        "trend": "grows",
    },
    "coordination_number": {"phase": "Na3VP", "centre": "Na2", "value": 4},
    "sites_per_formula_unit": {"phase": "Na3VP", "centre": "Na", "value": 3},
    "valence": {"phase": "Na3VP", "centre": "V", "value": 3},
    "formation_energy": {"phase": "Na3VP", "value": -2.229},
    "desodiation_energy": {"phases": ["Na3VP", "Na2VP"], "value": 1.564},
    "voltage": {"phases": ["Na3VP", "NaVP"], "value": 3.4, "group": "window"},
    "barrier": {"phase": "Na3VP", "value": 0.298},
    "same_plane": {"claims": ["one", "two"]},
    "comparison": {"claims": ["one", "two"], "relation": "larger"},
}


def good(quantity: str, **more: Any) -> Claim:
    """Return the good claim of a quantity with some keys changed; None leaves one out."""
    item = {"id": "x", "quantity": quantity} | GOOD[quantity] | more
    return claim_of({key: value for key, value in item.items() if value is not None})


def test_every_quantity_has_a_good_claim() -> None:
    assert set(GOOD) == set(QUANTITIES)
    for quantity in GOOD:
        claim = good(quantity)
        assert claim.quantity == quantity
        assert claim.unit == claim.what.standard_unit


def test_the_tables_of_quantities_and_keys_agree() -> None:
    for row in QUANTITIES.values():
        assert {*row.states, *row.needs, *row.may} <= set(KEYS)
        assert {*row.states, *row.needs, *row.may} <= set(claim_check._FILLS)
        assert set(row.needs) <= set(claim_check._HINTS)
    about = {row.name for row in QUANTITIES.values() if row.claims != (0, 0)}
    assert about == set(claim_check._CAN_BE_OF)


@pytest.mark.parametrize("quantity", GOOD)
def test_what_is_needed_is_needed(quantity: str) -> None:
    row = QUANTITIES[quantity]
    needed = [*row.needs, *(row.states if len(row.states) == 1 else [])]
    for key in needed:
        with pytest.raises(ClaimError, match=row.noun):
            good(quantity, **{key: None})


@pytest.mark.parametrize("quantity", GOOD)
def test_what_does_not_belong_is_refused(quantity: str) -> None:
    row = QUANTITIES[quantity]
    others: dict[str, Any] = {
        "value": 1,
        "cell": {"a": 8},
        "space_group": "R-3c",
        "trend": "grows",
        "centre": "V",
        "ligand": "O",
        "radiation": "CuKa1",
        "from": 1,
        "from_radiation": 1.54,
        "relation": "larger",
        "group": "image",
    }
    for key in set(others) - {*row.states, *row.needs, *row.may}:
        with pytest.raises(ClaimError, match=f"{row.noun} takes no {key}") as caught:
            good(quantity, **{key: others[key]})
        assert caught.value.key == key


@pytest.mark.parametrize(
    ("quantity", "unit", "printed", "value"),
    [
        ("spacing", "nm", 0.188, 1.88),
        ("spacing", "pm", 188, 1.88),
        ("spacing", "Å", 1.88, 1.88),
        ("spacing", None, 1.88, 1.88),
        ("angle", "rad", 1, 57.29577951308232),
        ("angle", "°", 55.2, 55.2),
        ("volume_per_formula_unit", "nm3", 0.241277, 241.277),
        ("volume_per_formula_unit", "Å³", 241.277, 241.277),
        ("voltage", "mV", 3400, 3.4),
        ("barrier", "meV", 298, 0.298),
        ("barrier", "kJ/mol", KJ_PER_EV, 1.0),
        ("formation_energy", "meV/atom", -2229, -2.229),
    ],
)
def test_values_are_in_the_standard_unit(
    quantity: str, unit: str | None, printed: float, value: float
) -> None:
    assert good(quantity, value=printed, unit=unit).value == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [
        ("spacing", "deg"),
        ("spacing", "1/nm"),
        ("angle", "A"),
        ("volume_change", "A3"),
        ("formation_energy", "eV"),
        ("barrier", "eV/atom"),
    ],
)
def test_a_unit_that_does_not_fit(quantity: str, unit: str) -> None:
    with pytest.raises(ClaimError, match=f"{unit}.* does not fit {QUANTITIES[quantity].noun}"):
        good(quantity, unit=unit)


@pytest.mark.parametrize("quantity", ["valence", "symmetry", "comparison", "same_plane"])
def test_a_unit_where_there_is_none(quantity: str) -> None:
    with pytest.raises(ClaimError, match="has no unit, here it is 'A'"):
        unit_named(QUANTITIES[quantity], "A")


@pytest.mark.parametrize(
    ("quantity", "more", "sentence"),
    [
        ("angle", {"hkl": "602"}, "an angle needs the two planes that it lies between, here 1"),
        ("angle", {"hkl": None}, "an angle needs the two planes that it lies between, here 0"),
        ("angle", {"hkl": ["602", "322", "100"]}, "two planes .* here 3"),
        ("spacing", {"hkl": ["602", "322"]}, "a spacing needs at most 1 plane, here 2"),
        ("valence", {"hkl": "602"}, "a valence takes no plane"),
        ("spacing", {"phase": None}, "a spacing needs 1 phase, here 0"),
        ("spacing", {"phase": None, "phases": ["a", "b"]}, "a spacing needs 1 phase, here 2"),
        ("volume_change", {"phases": ["Na3VP"]}, "needs 2 or more phases, here 1"),
        ("comparison", {"phase": "Na3VP"}, "a comparison takes no phase"),
        ("comparison", {"claims": ["one"]}, "a comparison needs 2 other claims, here 1"),
        ("spacing", {"claims": ["one"]}, "a spacing takes no other claim"),
        ("spacing", {"material": "quartz"}, "a material stands in place of phases"),
        ("comparison", {"material": "quartz"}, "a comparison takes no material"),
        ("volume_change", {"value": None}, "a volume change needs a value or a trend"),
        ("polyhedron_volume", {"phases": ["Na3VP"]}, "the trend of .* needs 2 or more phases"),
        ("desodiation_energy", {"value": None, "trend": "grows"}, "needs 3 or more phases"),
        ("polyhedron_volume", {"trend": "up"}, "trend is 'up'; it must be grows or shrinks"),
        ("comparison", {"relation": "bigger"}, "relation is 'bigger'; it must be larger"),
        ("cell", {"kind": "guessed"}, "kind is 'guessed'; it must be measured or computed"),
        ("symmetry", {"space_group": "P21/q"}, "unknown space group 'P21/q'"),
        ("cell", {"cell": {"a": 8, "betta": 90}}, "unknown parameter 'betta' .*nearest: beta"),
        ("cell", {"cell": {"a": 0.1}}, "a of the cell is 0.1; it must be 0.5 to 1000 A"),
        ("cell", {"cell": {"beta": 180}}, "beta of the cell is 180.0; it must be 1 to 179 deg"),
        ("cell", {"cell": {"a": 8000}, "unit": "pm", "id": "-"}, "the id '-' must be"),
        ("spacing", {"value": -1.88}, "value is -1.88; it must be 0.1 to 1000 A"),
        ("angle", {"value": 181}, "value is 181.0; it must be 0 to 180 deg"),
        ("conversion", {"from": 200}, "from is 200.0; it must be 0 to 180 deg"),
        ("spacing", {"temperature": -3}, "temperature is -3 K; it must be 0 to 5000"),
        ("spacing", {"uncertainty": 0}, "the uncertainty of value is 0.0; it must be positive"),
        ("powder_line", {"radiation": -1}, "radiation is -1; a wavelength is positive, in Å"),
        ("spacing", {"hkl": "h k l"}, "hkl is 'h k l'; write it as printed"),
    ],
)
def test_sentences(quantity: str, more: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ClaimError, match=sentence):
        good(quantity, **more)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("spaceing", "nearest: spacing"),
        ("V/Z", "nearest: volume_per_formula_unit"),
        ("2theta", "nearest: powder_line"),
        ("colour", "known are spacing, angle"),
    ],
)
def test_an_unknown_quantity_names_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ClaimError, match=f"unknown quantity .*{hint}"):
        claim_of({"id": "x", "quantity": name})


def test_material_in_place_of_phases() -> None:
    claim = good("volume_change", phases=None, material="Na4MnV(PO4)3")
    assert (claim.material, claim.phases) == ("Na4MnV(PO4)3", ())


def test_cell_in_another_unit() -> None:
    claim = good("cell", cell={"a": "0.87288(2)", "beta": 90}, unit="nm")
    a, beta = claim.parameters["a"], claim.parameters["beta"]
    assert (a.value, a.su) == (pytest.approx(8.7288), pytest.approx(0.0002))
    assert beta.value == 90
    assert claim.printed == "a 0.87288(2) nm, beta 90°"


def test_printed() -> None:
    assert good("spacing", value="0.188", unit="nm").printed == "0.188 nm"
    assert good("angle").printed == "55.2°"
    assert good("volume_change").printed == "8.8 %"
    assert good("symmetry").printed == "P21/c"
    assert good("polyhedron_volume").printed == "grows"
    assert good("comparison").printed == "larger"
    assert good("same_plane").printed == ""
    assert repr(good("comparison")) == "<Claim x: comparison larger of one and two>"


def test_where() -> None:
    claim = good("barrier")
    assert claim.where == "claim x"
    assert replace(claim, file="paper.toml", line=7).where == "paper.toml:7"
    # Where a claim is written does not change what it says.
    assert replace(claim, file="paper.toml", line=7) == claim


def test_claims_are_plain_data() -> None:
    claim = good("cell")
    assert pickle.loads(pickle.dumps(claim)) == claim
    assert hash(claim) == hash(good("cell"))
    assert asdict(claim)["cell"][0][0] == "a"


def test_claims_find_by_id_and_group() -> None:
    first, second = (
        claim_of({**GOOD["spacing"], "id": name, "quantity": "spacing", "group": "image"})
        for name in ("One", "two")
    )
    claims = Claims(claims=(first, second))
    assert claims["one"] is first
    assert claims.groups == {"image": (first, second)}
    assert (len(claims), list(claims)) == (2, [first, second])
    with pytest.raises(ClaimError, match="no claim has the id 'tow'; nearest: two"):
        claims["tow"]


@pytest.mark.parametrize(
    ("third", "sentence"),
    [
        ({"id": "ONE", "quantity": "barrier", **GOOD["barrier"]}, "the id 'ONE' is taken"),
        (
            {"id": "x", "quantity": "comparison", "claims": ["one", "tow"]},
            "no claim has the id 'tow'; nearest: two",
        ),
        (
            {"id": "x", "quantity": "comparison", "claims": ["one", "ONE"]},
            "it names one claim twice",
        ),
        (
            {"id": "x", "quantity": "comparison", "claims": ["one", "two"]},
            "nothing compares a spacing with a barrier",
        ),
        (
            {"id": "x", "quantity": "comparison", "claims": ["one", "x"]},
            "a comparison cannot be about 'x', a comparison",
        ),
        (
            {"id": "x", "quantity": "same_plane", "claims": ["one", "two"]},
            "a plane seen twice cannot be about 'two', a barrier",
        ),
    ],
)
def test_claims_that_do_not_fit_each_other(third: dict[str, Any], sentence: str) -> None:
    if third["quantity"] == "comparison":
        third = third | {"relation": "larger"}
    items = [
        {"id": "one", "quantity": "spacing", **GOOD["spacing"]},
        {"id": "two", "quantity": "barrier", **GOOD["barrier"]},
        third,
    ]
    with pytest.raises(ClaimError, match=sentence):
        Claims(claims=tuple(claim_of(item) for item in items))


def test_a_claim_made_by_hand() -> None:
    claim = Claim(
        id="x", quantity="barrier", phases=("Na3VP",), number=PrintedNumber(value=0.298)
    )
    assert (claim.value, claim.rounding, claim.unit, claim.printed) == (
        0.298,
        None,
        "eV",
        "0.298 eV",
    )
    with pytest.raises(InputError, match="a barrier needs a value"):
        Claim(id="x", quantity="barrier", phases=("Na3VP",))
