"""Radiations: names, numbers, energies, voltages."""

from __future__ import annotations

import pytest

from navp_structures.errors import InputError, UnknownRadiationError
from navp_structures.model.radiation import (
    Radiation,
    as_radiation,
    characteristic_radiations,
    wavelength,
)

# Direct measurements: Hölzer et al. 1997 (Cr to Cu); Deslattes et al. 2003 (Mo, Ag). Å.
PRINTED = {
    "Cr": (2.2897260, 2.2936510),
    "Fe": (1.9360410, 1.9399730),
    "Co": (1.7889960, 1.7928350),
    "Cu": (1.5405929, 1.5444274),
    "Mo": (0.70931715, 0.713607),
    "Ag": (0.55942178, 0.5638131),
}


@pytest.mark.parametrize("anode", PRINTED)
def test_lines(anode: str) -> None:
    first, second = PRINTED[anode]
    assert wavelength(f"{anode}Ka1") == wavelength(f"{anode}ka1".lower()) == first
    assert wavelength(f"{anode}Ka2") == second
    assert wavelength(f"{anode}Ka") == pytest.approx((2 * first + second) / 3)
    assert as_radiation(f"{anode}Ka12").lines == ((first, 1.0), (second, 0.5))


# Kα1 energies (eV) by which the X-ray Data Booklet knows the anodes, on Bearden's scale.
ENERGIES = {"Cr": 5414.72, "Fe": 6403.84, "Co": 6930.32, "Cu": 8047.78,
            "Mo": 17479.34, "Ag": 22162.92}  # fmt: skip


@pytest.mark.parametrize("anode", ENERGIES)
def test_lines_have_the_energies_of_another_table(anode: str) -> None:
    # Bearden's scale of 1967 is off by up to 26 parts per million.
    energy = 12398.419843 / wavelength(f"{anode}Ka1")
    assert energy == pytest.approx(ENERGIES[anode], rel=4e-5)


def test_numbers() -> None:
    assert wavelength(0.8266) == wavelength("0.8266") == 0.8266
    for text in ("1.5406 Å", "1.5406Å", "1.5406A", " 1.5406 \u212b"):
        assert wavelength(text) == 1.5406
    # What a result says of its radiation can be asked for again.
    assert as_radiation(as_radiation(1.5405929).name).wavelength == 1.5405929
    assert as_radiation(1.5, probe="neutron").probe == "neutron"
    assert as_radiation(1.5).probe == "xray"


def test_energies_and_voltages() -> None:
    assert as_radiation("8047.8 eV").wavelength == pytest.approx(1.540597, abs=1e-6)
    assert as_radiation("17.48keV").wavelength == pytest.approx(12398.419843 / 17480)
    electron = as_radiation("200 kV")
    assert electron.probe == "electron"
    assert electron.wavelength == pytest.approx(0.025079, abs=1e-6)


def test_text_names_the_wavelength() -> None:
    assert as_radiation("CuKa12").text == "CuKa12, 1.5405929 + 1.5444274 Å"
    assert as_radiation(1.54).text == "1.54 Å"
    assert as_radiation("200kV").text.startswith("200kV, 0.0250793")


def test_a_radiation_is_itself() -> None:
    radiation = characteristic_radiations()["MoKa1"]
    assert as_radiation(radiation) is radiation
    assert all("doi:" in r.source for r in characteristic_radiations().values())


@pytest.mark.parametrize(
    ("radiation", "error", "sentence"),
    [
        ("CuKb", UnknownRadiationError, "unknown radiation 'CuKb'; nearest: CuKa"),
        ("", UnknownRadiationError, "known: Ka1, .* of Ag, Co, Cr, Cu, Fe, Mo, or a wave"),
        ("CuKa12", InputError, "CuKa12 is a doublet .*: name CuKa1 .*, CuKa where"),
        (0.0, InputError, "must be a positive number"),
        ("-1.5", InputError, "must be a positive number"),
        (float("nan"), InputError, "must be a positive number"),
        (True, UnknownRadiationError, "unknown radiation"),
        ("0 keV", InputError, "0 keV is no energy or voltage"),
        ("1.2.3 keV", InputError, "1.2.3 keV is no energy or voltage"),
        ("8047.8 mV", UnknownRadiationError, "unknown radiation"),
    ],
)
def test_refusals(radiation: str | float, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        wavelength(radiation)


def test_a_probe_must_agree() -> None:
    with pytest.raises(InputError, match="200kV is a radiation of the probe electron"):
        as_radiation("200 kV", probe="xray")
    with pytest.raises(InputError, match="unknown probe 'proton'"):
        as_radiation(1.0, probe="proton")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "a radiation has a name"),
        ({"name": "Cu K"}, "without blanks"),
        ({"name": "1.54"}, "and no number"),
        ({"name": "a:b"}, "without blanks and colons"),
        ({"name": "12keV"}, "could not be asked for"),
        ({"name": "200kV"}, "could not be asked for"),
        ({"name": "a\x1bb"}, "must be a printable text"),
        ({"source": ""}, "the source of the radiation 'x' is ''"),
        ({"source": None}, "the source of the radiation 'x' is None"),
        ({"probe": "light"}, "unknown probe 'light'"),
        ({"lines": ()}, "has no line"),
        ({"lines": (1.5,)}, "pairs of wavelength"),
        ({"lines": ((0.0, 1.0),)}, "must be a positive number in Å"),
        ({"lines": ((1.5, 0.0),)}, "a weight of x is 0; it must be 1e-06 to"),
        ({"lines": (("a", "b"),)}, "pairs of wavelength"),
    ],
)
def test_impossible_radiations(fields: dict, sentence: str) -> None:
    good = {"name": "x", "probe": "xray", "lines": ((1.5, 1.0),), "source": "here"}
    with pytest.raises(InputError, match=sentence):
        Radiation(**(good | fields))


def test_a_plain_doublet_of_a_plugin_has_no_single_wavelength() -> None:
    two = Radiation(name="Ga", probe="xray", lines=((1.34, 1), (1.344, 0.5)), source="here")
    with pytest.raises(InputError, match="Ga has several wavelengths"):
        two.wavelength  # noqa: B018
