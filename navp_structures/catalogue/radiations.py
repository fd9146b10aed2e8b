"""Radiations by name: the characteristic lines, and those of plugins."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import pluggy

from navp_structures.catalogue import builtin, catalogue, plugins
from navp_structures.errors import AmbiguousRadiationError, ShadowedRadiationWarning
from navp_structures.model.radiation import Radiation, as_radiation, is_characteristic

RadiationLike = Radiation | str | float


def radiation(radiation: RadiationLike, *, probe: str | None = None) -> Radiation:
    """Return a radiation by its name, of the package or of a plugin.

    Parameters
    ----------
    radiation
        A line such as ``CuKa1``, a doublet (``CuKa12``), a weighted mean (``CuKa``), a name
        of a plugin (``provider:name`` where several have it), a wavelength in Å, a photon
        energy (``8047.8 eV``), a voltage of electrons (``200 kV``), or a Radiation.
    probe
        What a bare wavelength belongs to: ``xray`` when None.

    Raises
    ------
    UnknownRadiationError, AmbiguousRadiationError
        When no radiation, or several, have the name.
    InputError
        When a wavelength is not positive, or the radiation is not of the probe.

    Examples
    --------
    >>> radiation("MoKa1").wavelength
    0.70931715
    """
    if isinstance(radiation, str):
        radiation = radiation.strip().removeprefix(f"{builtin.CURATED}:")
    text = radiation.casefold() if isinstance(radiation, str) else ""
    # Plugins are asked only for a name that the package itself does not have.
    if not text or is_characteristic(text):
        return as_radiation(radiation, probe=probe)
    offers = offered()
    named = {key.casefold(): found for key, found in offers.items()}.get(text, ())
    if len(named) > 1:
        names = " and ".join(f"{provider}:{found.name}" for provider, found in named)
        raise AmbiguousRadiationError(f"{radiation!r} is offered by {names}; name one of them")
    known = {key: found[0][1] for key, found in offers.items() if len(found) == 1}
    return as_radiation(radiation, known, probe=probe)


def offered() -> Mapping[str, tuple[tuple[str, Radiation], ...]]:
    """Return (provider, radiation) by name, and by ``provider:name`` for those of plugins."""
    return offered_by(catalogue.catalogue().manager)


@lru_cache(maxsize=4)
def offered_by(
    manager: pluggy.PluginManager,
) -> Mapping[str, tuple[tuple[str, Radiation], ...]]:
    """Return what the plugins of one manager offer, as `offered` does."""
    hook = "navp_radiations"
    answers = list(plugins.answers(manager, hook))
    # The order in which hooks answer is not the order of rank.
    answers.sort(key=lambda answer: answer[0] != builtin.CURATED)
    found: dict[str, tuple[tuple[str, Radiation], ...]] = {}
    spelt: dict[str, str] = {}
    for provider, item in answers:
        name = spelt.setdefault(item.name.casefold(), item.name)
        holders = found.get(name, ())
        if provider != builtin.CURATED:
            found[f"{provider}:{item.name}"] = ((provider, item),)
        if holders and holders[0][0] == builtin.CURATED:
            warnings.warn(
                f"{name!r} means the radiation of navp; that of plugin {provider!r} stays "
                f"reachable as {provider}:{item.name}",
                ShadowedRadiationWarning,
                stacklevel=2,
            )
        else:
            found[name] = (*holders, (provider, item))
    return MappingProxyType(found)
