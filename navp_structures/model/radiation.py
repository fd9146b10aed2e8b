"""Radiations: the lines of a source, and what a number or a text means as one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from numbers import Real
from types import MappingProxyType
from typing import Final

from navp_structures.constants import X_RAY_LINES
from navp_structures.errors import InputError, UnknownRadiationError, nearest, shown
from navp_structures.kernels.scattering import TABLES
from navp_structures.kernels.wavelengths import electron_wavelength, photon_wavelength

PROBES: Final = tuple(TABLES)

_GIVEN = "given by the user"

# Å, eV and kV: nothing beyond diffracts from crystals in any instrument.
_WAVELENGTHS: Final = (1e-4, 1e4)
_ENERGIES: Final = (10.0, 1e8)
_VOLTAGES: Final = (0.1, 10_000.0)

_ANGSTROM: Final = re.compile(r"\s*(?:Å|A|\u212b)\s*$")

# A number with its unit: an energy of X-rays, or a voltage of electrons.
_WITH_UNIT: Final = re.compile(r"([0-9.]+(?:e[+-]?[0-9]+)?)\s*(eV|keV|kV)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Radiation:
    """A radiation: one line, or several that come together.

    Parameters
    ----------
    name
        What it is asked for by, in any case; without blanks and colons, and no number.
    probe
        ``xray``, ``electron`` or ``neutron``.
    lines
        Wavelength (Å) and relative weight of each line, at least one.
    source
        Where the wavelengths come from.

    Raises
    ------
    InputError
        When a wavelength or a weight is not positive, or the probe unknown.
    """

    name: str
    probe: str
    lines: tuple[tuple[float, float], ...]
    source: str

    def __post_init__(self) -> None:
        """Refuse what is no radiation."""
        if not isinstance(self.name, str) or not self.name.strip():
            raise InputError(f"a radiation has a name, not {shown(self.name)}")
        number = _number(self.name) is not None or _WITH_UNIT.fullmatch(self.name)
        if self.source != _GIVEN and (number or re.search(r"[\s:]", self.name)):
            raise InputError(
                f"the radiation {shown(self.name)} could not be asked for: its name must be "
                "without blanks and colons, and no number"
            )
        for word, text in (("name", self.name), ("source", self.source)):
            if not isinstance(text, str) or not text.strip() or not text.isprintable():
                raise InputError(
                    f"the {word} of the radiation {shown(self.name)} is {shown(text)}; it must "
                    "be a "
                    "printable text"
                )
        check_probe(self.probe)
        self._check_lines()

    def _check_lines(self) -> None:
        try:
            lines = tuple((float(length), float(weight)) for length, weight in self.lines)
        except (TypeError, ValueError, OverflowError):
            raise InputError(
                f"the lines of {self.name} must be pairs of wavelength (Å) and weight"
            ) from None
        if not lines:
            raise InputError(f"the radiation {self.name} has no line")
        for length, weight in lines:
            _checked(length, f"{length:g} of {self.name}")
            if not 1e-6 <= weight <= 1e6:
                raise InputError(
                    f"a weight of {self.name} is {weight:g}; it must be 1e-06 to 1e+06"
                )
        object.__setattr__(self, "lines", lines)

    @property
    def wavelength(self) -> float:
        """The one wavelength (Å).

        Raises
        ------
        InputError
            When there are several lines.
        """
        if len(self.lines) > 1:
            shown = " and ".join(f"{length:g}" for length, _ in self.lines)
            single = re.sub(r"12$", "", self.name)
            raise InputError(
                f"{self.name} is a doublet without one wavelength ({shown} Å): name {single}1 "
                f"where the lines are resolved, {single} where they are not"
                if single != self.name
                else f"{self.name} has several wavelengths ({shown} Å): give one of them in Å"
            )
        return self.lines[0][0]

    @property
    def principal(self) -> float:
        """The wavelength (Å) of the strongest line."""
        return max(self.lines, key=lambda line: line[1])[0]

    @property
    def shortest(self) -> float:
        """The shortest wavelength (Å), which reaches the smallest spacings."""
        return min(length for length, _ in self.lines)

    @property
    def text(self) -> str:
        """Name and wavelengths: ``CuKa1, 1.5405929 Å``."""
        lengths = " + ".join(f"{length:.9g}" for length, _ in self.lines)
        return f"{lengths} Å" if self.name.endswith("Å") else f"{self.name}, {lengths} Å"


def check_probe(probe: str) -> str:
    """Return a known probe, or raise InputError with the nearest names."""
    if not isinstance(probe, str) or probe not in PROBES:
        raise InputError(
            f"unknown probe {shown(probe)}{nearest(str(probe), PROBES)}; known: "
            f"{', '.join(PROBES)}"
        )
    return probe


@lru_cache(maxsize=1)
def characteristic_radiations() -> Mapping[str, Radiation]:
    """Return the characteristic X-rays by name: Kα1, Kα2, their mean, and the doublet.

    Kα1 counts twice as much as Kα2: four electrons of the shell go into one, two into the
    other.
    """
    radiations = [
        Radiation(name=name, probe="xray", lines=((line.value, 1.0),), source=line.source)
        for name, line in X_RAY_LINES.items()
    ]
    for name, line in X_RAY_LINES.items():
        if name.endswith("1"):
            family, first, second = name[:-1], line.value, X_RAY_LINES[f"{name[:-1]}2"].value
            mean = ((2.0 * first + second) / 3.0, 1.0)
            for title, lines in (
                (family, (mean,)),
                (f"{family}12", ((first, 1.0), (second, 0.5))),
            ):
                source = f"{line.source}; Kα1 to Kα2 as 2 to 1"
                radiations.append(
                    Radiation(name=title, probe="xray", lines=lines, source=source)
                )
    return MappingProxyType({radiation.name: radiation for radiation in radiations})


@lru_cache(maxsize=1)
def _folded() -> dict[str, Radiation]:
    return {name.casefold(): value for name, value in characteristic_radiations().items()}


def is_characteristic(name: str) -> bool:
    """Whether a name, in any case, is that of a characteristic radiation."""
    return name.strip().casefold() in _folded()


def as_radiation(
    radiation: Radiation | str | float,
    known: Mapping[str, Radiation] | None = None,
    *,
    probe: str | None = None,
) -> Radiation:
    """Return a radiation: itself, by name, or made of a number.

    Parameters
    ----------
    radiation
        A Radiation, a name such as ``CuKa1``, a wavelength in Å, a photon energy with its
        unit (``8047.8 eV``, ``17.48 keV``), or a voltage of electrons (``200 kV``).
    known
        Radiations by name; None stands for the characteristic ones.
    probe
        What a bare wavelength belongs to, X-rays when None; anything else must agree.

    Raises
    ------
    UnknownRadiationError
        When no radiation has that name.
    InputError
        When a number is not positive and finite, or the radiation is not of that probe.
    """
    number = _number(radiation)
    if number is not None:
        return _of_wavelength(number, radiation, "xray" if probe is None else probe)
    found = radiation
    if not isinstance(found, Radiation):
        found = _named(str(radiation), known, probe)
    if probe is not None and check_probe(probe) != found.probe:
        raise InputError(
            f"{found.name} is a radiation of the probe {found.probe}, not {probe}; "
            "give a wavelength in Å"
        )
    return found


def wavelength(
    radiation: Radiation | str | float, known: Mapping[str, Radiation] | None = None
) -> float:
    """Return the one wavelength (Å) of a radiation; parameters as `as_radiation`.

    Raises
    ------
    UnknownRadiationError
        When no line has that name.
    InputError
        When the number is not positive and finite, or a doublet is named.

    Examples
    --------
    >>> wavelength("CuKa1")
    1.5405929
    """
    return as_radiation(radiation, known).wavelength


def _named(text: str, known: Mapping[str, Radiation] | None, probe: str | None) -> Radiation:
    name = text.strip()
    measured = _WITH_UNIT.fullmatch(name)
    if measured is not None:
        return _of_unit(name, measured.group(1), measured.group(2).casefold(), probe)
    found = _folded().get(name.casefold())
    named = characteristic_radiations() if known is None else known
    if known is not None:
        found = {key.casefold(): value for key, value in named.items()}.get(name.casefold())
    if found is None:
        raise UnknownRadiationError(
            f"unknown radiation {shown(name)}{nearest(name, named)}; known: {_summary(named)}, "
            "or a wavelength in Å"
        )
    return found


def _summary(named: Mapping[str, Radiation]) -> str:
    """Return what there is, the four of each anode in one word."""
    anodes = sorted({name[:2] for name in X_RAY_LINES})
    others = sorted(set(named) - set(characteristic_radiations()))
    return ", ".join(
        [f"Ka1, Ka2, Ka (their mean) and Ka12 (both) of {', '.join(anodes)}", *others]
    )


def _number(value: object) -> float | None:
    """Return a number, or a text that is one, as float; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, Real | str):
        return None
    # Python reads 1_5 as 15; nobody means that.
    if isinstance(value, str):
        if "_" in value:
            return None
        value = _ANGSTROM.sub("", value)
    try:
        return float(value)
    except ValueError:
        return None
    except OverflowError:
        return math.inf


@lru_cache(maxsize=256)
def _of_wavelength(value: float, shown: object, probe: str) -> Radiation:
    length = _checked(value, shown)
    return Radiation(name=f"{length!r}Å", probe=probe, lines=((length, 1.0),), source=_GIVEN)


def _of_unit(name: str, digits: str, unit: str, probe: str | None) -> Radiation:
    value = _number(digits)
    if value is None or not (math.isfinite(value) and value > 0):
        raise InputError(f"{name} is no energy or voltage; it must be a positive number")
    # An electron that passed 200 kV has 200 keV: with electrons both mean the same.
    if unit == "kv" or (unit == "kev" and probe == "electron"):
        if not _VOLTAGES[0] <= value <= _VOLTAGES[1]:
            raise InputError(f"{name} is outside {_VOLTAGES[0]:g} to {_VOLTAGES[1]:g} kV")
        length, probe = electron_wavelength(value), "electron"
    else:
        energy = value * (1000.0 if unit == "kev" else 1.0)
        if not _ENERGIES[0] <= energy <= _ENERGIES[1]:
            raise InputError(f"{name} is outside {_ENERGIES[0]:g} to {_ENERGIES[1]:g} eV")
        length, probe = photon_wavelength(energy), "xray"
    plain = name.replace(" ", "")
    return Radiation(name=plain, probe=probe, lines=((length, 1.0),), source=_GIVEN)


def _checked(value: float, shown: object) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"the wavelength {shown} must be a positive number in Å")
    if not _WAVELENGTHS[0] <= value <= _WAVELENGTHS[1]:
        low, high = _WAVELENGTHS
        raise InputError(f"the wavelength {value:g} Å is outside {low:g} to {high:g} Å")
    return value
