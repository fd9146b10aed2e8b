"""The built-in claims of papers, and the examples in the manual of their format."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import navp_structures as navp
from navp_structures.errors import InputError
from navp_structures.io.claim_fields import KEYS
from navp_structures.io.claims import claims_of_text
from navp_structures.io.claims_write import claims_text
from navp_structures.model.claim_quantities import QUANTITIES

# What the paper prints, by quantity: value and unit, or the words.
PRINTED = {
    "spacing": ["1.88 Å", "1.895 Å", "1.835 Å", "1.84 Å", "2.542 Å", "2.992 Å", "2.519 Å",
                "2.788 Å"],
    "angle": ["55.2°", "57.8°"],
    "powder_line": ["14.26°", "34.67°", "14.76°", "36.05°", "7.7°", "19.15°"],
    "conversion": ["14.37°", "36.12°"],
    "volume_per_formula_unit": ["241.277 Å³", "227.159 Å³", "220.105 Å³"],
    "volume_change": ["5.9 %", "3.1 %", "8.8 %", "9.0 %", "8.68 %"],
    "cell": ["a 8.832 Å, c 22.094 Å", "a 15.432 Å, b 8.718 Å, c 8.851 Å",
             "a 8.496 Å, c 21.656 Å"],
    "symmetry": ["P21/c", "R-3c"],
    "isostructural": [""],
    "mean_bond": ["grows"],
    "polyhedron_volume": ["grows", "shrinks"],
    "coordination_number": ["4"],
    "sites_per_formula_unit": ["3"],
    "valence": ["3", "4"],
    "formation_energy": ["-2.229 eV/atom", "-2.264 eV/atom", "-2.280 eV/atom"],
    "desodiation_energy": ["grows"],
    "voltage": ["2.7 V", "4.0 V"],
    "barrier": ["0.138 eV", "0.298 eV"],
    "same_plane": [""] * 6,
    "comparison": ["larger", "larger", "close", "smaller"],
}  # fmt: skip


@pytest.fixture(scope="module")
def shen() -> navp.Claims:
    return navp.load_claims("shen-2023")


def test_every_claim_is_there(shen: navp.Claims) -> None:
    found: dict[str, list[str]] = {}
    for claim in shen:
        found.setdefault(claim.quantity, []).append(claim.printed)
    assert found == PRINTED
    assert (shen.doi, shen.file) == ("10.1002/adv.202301490", "shen-2023.toml")


def test_labels_and_groups(shen: navp.Claims) -> None:
    images = {
        name: [(claim.labels, claim.value) for claim in claims]
        for name, claims in shen.groups.items()
        if name.startswith("hrtem")
    }
    assert images == {
        "hrtem-pristine": [(("(4 -2 6)",), 1.88), (("(1 -3 5)",), 1.895)],
        "hrtem-desodiated": [(("(4 -2 6)",), 1.835), (("(1 -3 5)",), 1.84)],
        "hrtem-na2vp": [
            (("(602)",), 2.542),
            (("(322)",), 2.992),
            (("(602)", "(322)"), 55.2),
        ],
        "hrtem-sodiated": [
            (("(300)",), 2.519),
            (("(116)",), 2.788),
            (("(300)", "(116)"), 57.8),
        ],
    }
    for claims in shen.groups.values():
        assert len({claim.phases for claim in claims}) == 1


def test_phases_are_in_the_catalogue(shen: navp.Claims) -> None:
    names = Counter(name for claim in shen for name in claim.phases)
    assert set(names) == {"Na3VP", "Na2VP", "NaVP", "NZSP"}
    for name in names:
        assert navp.load(name).provider == "navp"


def test_radiations_are_known(shen: navp.Claims) -> None:
    used = {r for claim in shen for r in (claim.radiation, claim.from_radiation)} - {None}
    assert used == {"CuKa1", 1.54, 0.8266}
    for name in used:
        assert navp.radiation(name).wavelength > 0


def test_no_verdict_is_in_the_file(checkout: Path) -> None:
    text = (checkout / "cifs" / "papers" / "shen-2023.toml").read_text().casefold()
    for word in ("wrong", "verdict", "overbar", "extinct", "should be", "absent", "confirmed"):
        assert word not in text


def test_the_file_comes_back(shen: navp.Claims) -> None:
    assert claims_of_text(claims_text(shen)) == shen


def test_papers_by_name(checkout: Path) -> None:
    files = {path.stem for path in (checkout / "cifs" / "papers").glob("*.toml")}
    assert set(navp.papers()) == files
    for name in files:
        assert len(navp.load_claims(name.upper())) > 0
    with pytest.raises(InputError, match="no paper is called 'shen2023'; nearest: shen-2023"):
        navp.load_claims("shen2023")


def test_a_paper_by_its_path(checkout: Path, tmp_path: Path) -> None:
    source = checkout / "cifs" / "papers" / "shen-2023.toml"
    for path in (source, str(source)):
        assert navp.load_claims(path) == navp.load_claims("shen-2023")
    bad = tmp_path / "bad.csv"
    bad.write_text("quantity,phase,value\nbarrier,p,-1\n")
    with pytest.raises(InputError, match=r"bad.csv:2: claim 'line-2': value is"):
        navp.load_claims(bad)
    assert len(navp.load_claims(bad, keep_going=True).problems) == 1


# --- the manual


def blocks(manual: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", manual, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def manual(checkout: Path) -> str:
    return (checkout / "cifs" / "papers" / "README.md").read_text()


def test_the_example_of_the_manual_is_read(manual: str) -> None:
    (text,) = blocks(manual, "toml")
    claims = claims_of_text(text)
    assert claims.problems == ()
    assert len(claims) == text.count("[[claims]]") > 10
    assert claims["d-first"].uncertainty == 0.01
    assert claims["d-second"].value == pytest.approx(1.895)


def test_the_table_of_the_manual_is_read(manual: str) -> None:
    (text,) = blocks(manual, "csv")
    claims = claims_of_text(text, table=True)
    assert claims.problems == ()
    assert [claim.line for claim in claims] == [2, 3, 4, 5]


def test_the_manual_names_every_key(manual: str) -> None:
    rows = re.findall(
        r"^\| (`.*?) \|", manual.partition("## Quantities")[0], flags=re.MULTILINE
    )
    assert {name for row in rows for name in re.findall("`(.*?)`", row)} == set(KEYS)


def test_the_manual_has_the_table_of_quantities(manual: str) -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (.*) \|$", manual.partition("## Quantities")[2], flags=re.MULTILINE
    )
    assert [name for name, _ in rows] == list(QUANTITIES)
    for name, row in rows:
        quantity = QUANTITIES[name]
        _, needs, may, units = (cell.strip() for cell in row.split("|"))
        assert [unit for unit in units.split(", ") if unit] == list(quantity.units)
        for key in (*quantity.needs, *quantity.states):
            assert f"`{key}`" in needs
        for key in quantity.may:
            assert f"`{key}`" in may


def test_the_manual_lists_every_paper(manual: str) -> None:
    assert set(re.findall(r"^\| ([\w-]+)\.toml \|", manual, flags=re.MULTILINE)) == set(
        navp.papers()
    )
