"""The error and warning classes, each also the builtin that fits."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class NavpError(Exception):
    """Root of every error that this package raises on purpose."""

    def __str__(self) -> str:
        # KeyError shows the repr of its argument; the sentence itself is wanted.
        return str(self.args[0]) if self.args else ""


class InputError(NavpError, ValueError):
    """A value that the user gave is not usable (a label, a spacing, an option)."""


class ClaimError(InputError):
    """A published claim is incomplete, or contradicts itself.

    Parameters
    ----------
    sentence
        What is wrong.
    key
        Of the claim; empty when it is about the whole.
    """

    def __init__(self, sentence: str, key: str = "") -> None:
        super().__init__(sentence)
        self.key = key


class InputFileError(NavpError, OSError):
    """A file cannot be read or written."""


class CellError(NavpError, ValueError):
    """A unit cell is impossible, incomplete, or contradicts its space group."""


class SpaceGroupError(NavpError, ValueError):
    """A space group is unknown, or its operations form no group."""


class SiteError(NavpError, ValueError):
    """An atom site is impossible (occupancy, coordinates, displacement)."""


class NoSitesError(NavpError, ValueError):
    """A cell-only phase was asked something that needs atoms."""


class CifError(NavpError, ValueError):
    """A file is no CIF, or lacks what every structure needs."""


class PhaseDataError(NavpError, ValueError):
    """A phase's TOML file, or the pair of TOML and CIF, breaks the schema."""


class UnknownPhaseError(NavpError, KeyError):
    """No phase of that name is known."""


class AmbiguousPhaseError(NavpError, KeyError):
    """Several providers offer a phase of that name."""


class UnknownRadiationError(NavpError, KeyError):
    """No radiation of that name is known."""


class AmbiguousRadiationError(NavpError, KeyError):
    """Several plugins offer a radiation of that name."""


class UnknownReaderError(NavpError, KeyError):
    """No reader has that name, or reads files of that suffix."""


class AmbiguousReaderError(NavpError, KeyError):
    """Several plugins offer a reader of that name or suffix."""


class PluginError(NavpError, RuntimeError):
    """A plugin's hook failed or answered with the wrong type."""


class MissingPackageError(NavpError, ImportError):
    """An optional package is not installed."""


class WorkerError(NavpError, RuntimeError):
    """A process that was started to share the work ended before it was done."""


class NavpWarning(UserWarning):
    """Root of every warning of this package."""


class PluginWarning(NavpWarning):
    """A plugin is broken, or a part of it was left out.

    Parameters
    ----------
    sentence
        What is said.
    plugin
        Its name.
    reason
        What failed, and how.
    """

    def __init__(self, sentence: str, plugin: str = "", reason: str = "") -> None:
        super().__init__(sentence)
        self.plugin = plugin
        self.reason = reason


class UnknownPluginWarning(NavpWarning):
    """A setting names a plugin that is not installed."""


class ShadowedPhaseWarning(NavpWarning):
    """A provider offers a phase under a curated name; the curated one is meant."""


class ShadowedRadiationWarning(NavpWarning):
    """A plugin offers a radiation under a name of the package; the package's is meant."""


class ShadowedReaderWarning(NavpWarning):
    """A plugin offers a reader under a name of the package; the package's is meant."""


class PhaseFolderWarning(NavpWarning):
    """A file in a folder of phases was left out."""


class CifWarning(NavpWarning):
    """A CIF leaves something open: what cannot be read is left out, what is taken is named.

    Left out is only what the structure does not need: temperatures, displacements. Taken are
    elements that labels alone give, and atoms that stand nearly in one place.
    """


class SettingWarning(NavpWarning):
    """A CIF leaves its setting open, or contradicts itself about it."""


def shown(value: object) -> str:
    """Return what a value looks like, in one line of at most 60 characters.

    Examples
    --------
    >>> shown((1.5, "x")), shown(list(range(100)))[-8:]
    ("(1.5, 'x')", '5, 16...')
    """
    try:
        text = " ".join(repr(value).split())
    except Exception as error:  # noqa: BLE001 - a class may have any repr
        # Python has no text for an integer of thousands of digits.
        what = "huge" if isinstance(error, ValueError) else "nameless"
        text = f"a {what} {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ``"; nearest: a, b"`` for the known words like `word`, or an empty text.

    Examples
    --------
    >>> nearest("Na3PV", ["Na3VP", "NZSP"])
    '; nearest: Na3VP'
    """
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=3, cutoff=0.6)
    return "; nearest: " + ", ".join(by_folded[name] for name in close) if close else ""
