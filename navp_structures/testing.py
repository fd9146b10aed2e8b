"""What the tests of a plugin import: every check of the data, in one call.

A complete test of a plugin whose entry point is named ``mylab``::

    from navp_structures.testing import check_phases


    def test_phases():
        check_phases("mylab")
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from navp_structures.analysis.symmetry import SymmetryReport, check_symmetry
from navp_structures.catalogue import (
    builtin,
    phase_checks,
    plugins,
    radiations,
    spacing_readers,
)
from navp_structures.catalogue.catalogue import Entry, as_phase, catalogue_of
from navp_structures.errors import (
    InputError,
    NavpError,
    PhaseFolderWarning,
    PluginWarning,
    nearest,
    shown,
)
from navp_structures.io.cif import read_cif
from navp_structures.io.cif_write import write_cif
from navp_structures.io.phase_folder import phase_sources
from navp_structures.model.finding import Check, Finding
from navp_structures.model.phase import KINDS, Phase
from navp_structures.model.sources import PhaseSource
from navp_structures.show.tables import printable

CHECKS: Final = (
    "offer", "load", "kind", "source", "symmetry", "sites", "composition", "charge",
    "distances", "displacements", "expected", "cif",
)  # fmt: skip
"""Names of the checks, in the order in which a phase meets them."""

PhasesLike = str | os.PathLike[str] | Traversable | Iterable[Phase | PhaseSource | str]

_KEPT_BY_CIF: Final = (
    "cell", "space_group", "formula", "formula_units", "kind", "cell_kind", "reason",
    "temperature", "temperature_su",
)  # fmt: skip
_SOURCE_KEPT_BY_CIF: Final = ("authors", "title", "journal", "year", "doi", "method")


@dataclass(frozen=True, slots=True)
class _Offer:
    """A phase that is still to be loaded."""

    name: str
    load: Callable[[], Phase]


def check_phases(
    phases: PhasesLike, *, allow: Collection[str] = (), checks: Iterable[Check] = ()
) -> tuple[SymmetryReport, ...]:
    """Run every check of the data on phases; raise where one has something to object.

    The checks are those of ``navp check`` (symmetry, sites, composition, charge, distances,
    displacements, expected values with volume, density and spacings), and those of a curated
    entry: it loads under the name by which it is offered, states kind and source, and comes
    back from a CIF as it was; for a provider also those that it adds itself (the hook
    ``navp_checks``), never those of other plugins. Warnings count as errors do, unless they
    are allowed; notes do not count.

    Parameters
    ----------
    phases
        Name of a provider (the entry point of a plugin, ``navp``, ``path`` or ``user``),
        which is loaded even where it is disabled, and need not have phases: every hook of it
        is asked; a folder of pairs as a path, with a separator in it where it is a text; or a
        list of phases: Phase objects, PhaseSources, names and paths of CIFs.
    allow
        Names of checks whose warnings are accepted, such as ``{"charge"}``; errors never are.
    checks
        Further checks.

    Returns
    -------
    The report of each phase, in their order.

    Raises
    ------
    AssertionError
        When a check objects: each phase with the checks that failed, what they found and
        what was expected. When a hook of the provider fails or answers with something else.
        When there is no phase, nor any check, radiation or reader of the provider.
    InputError
        When no provider has the name, or no check, or `allow` is no collection of names.

    Examples
    --------
    >>> [report.phase for report in check_phases(["NaVP", "NZSP"])]
    ['navp-model', 'nzsp-300k']
    """
    __tracebackhide__ = True  # a test runner then shows the test, not this function
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        what, offers, findings, own, others = _offered(phases)
    findings += _told(told, "offer")
    further = (*own, *phase_checks.as_checks(checks))
    known = (*CHECKS, *(check.qualified for check in further))
    allow = _allowed(allow, known)
    if not offers and not own and not others and not findings:
        findings = [_error("offer", "there is no phase", 0, "1 or more")]
    found: dict[str, list[Finding]] = {"": findings}
    reports: list[SymmetryReport] = []
    for offer in offers:
        found.setdefault(offer.name, []).extend(_checked(offer, further, reports))
    counted = {name: _counted(all_of, allow, known) for name, all_of in found.items()}
    if any(counted.values()):
        raise AssertionError(_text(what, len(offers), counted))
    return tuple(reports)


def _allowed(allow: Collection[str], known: Sequence[str]) -> frozenset[str]:
    if isinstance(allow, str | bytes) or not isinstance(allow, Iterable):
        raise InputError(
            f"allow is {shown(allow)}; give the names of checks, such as {{'charge'}}"
        )
    names = tuple(allow)
    for name in names:
        if name not in known:
            hint = nearest(name, known) if isinstance(name, str) else ""
            raise InputError(f"no check {shown(name)}{hint}; checks: {', '.join(known)}")
    return frozenset(names)


_Offered = tuple[str, list[_Offer], list[Finding], tuple[Check, ...], int]


def _offered(phases: PhasesLike) -> _Offered:
    """Return what was asked for, and what is there.

    These are its phases, what is wrong with the offer, its own checks, and how many
    radiations and readers it has.
    """
    if isinstance(phases, str) and not any(s in phases for s in {"/", os.sep}):
        return _of_provider(phases)
    if isinstance(phases, str | os.PathLike):
        phases = Path(phases)
    if isinstance(phases, Traversable):
        if not phases.is_dir():
            raise InputError(f"{phases} is no folder; give the folder of the pairs")
        offers = [_of_source(source, "folder") for source in phase_sources(phases)]
        return f"folder {phases}", offers, list(_lonely(phases)), (), 0
    if isinstance(phases, Phase) or not isinstance(phases, Iterable):
        raise InputError(f"{shown(phases)} is no list of phases, provider or folder")
    return "the list", [_of_item(item) for item in phases], [], (), 0


def _of_provider(name: str) -> _Offered:
    found = catalogue_of(name)
    status = {s.name: s for s in found.statuses}
    if not found.manager.has_plugin(name) and name not in status:
        known = [builtin.CURATED, *sorted(builtin.DROPPED), *status]
        raise InputError(
            f"no provider {name!r}{nearest(name, known)}; providers: {', '.join(known)}; "
            "a folder is given as a path"
        )
    offers = [
        _Offer(entry.source.id, entry.phase)
        for entry in found.entries
        if entry.provider == name
    ]
    folders = [
        folder
        for plugin, folder in plugins.answers(found.manager, "navp_phase_folders")
        if plugin == name and isinstance(folder, Traversable) and folder.is_dir()
    ]
    own = tuple(c for c in phase_checks.offered_by(found.manager) if c.provider == name)
    lonely = [f for folder in folders for f in _lonely(folder)]
    readers = [p for p, _ in spacing_readers.offered_by(found.manager) if p == name]
    lines = [p for o in radiations.offered_by(found.manager).values() for p, _ in o]
    return f"provider {name!r}", offers, lonely, own, len(readers) + lines.count(name)


def _of_source(source: PhaseSource, provider: str) -> _Offer:
    return _Offer(source.id, Entry(provider, source).phase)


def _of_item(item: object) -> _Offer:
    if isinstance(item, PhaseSource):
        return _of_source(item, "list")
    if isinstance(item, Phase):
        return _Offer(item.id, lambda: item)
    if isinstance(item, str | os.PathLike):
        return _Offer(str(item), lambda: as_phase(item))
    raise InputError(f"{shown(item)} is no Phase, PhaseSource, name or path of a CIF")


def _lonely(folder: Traversable) -> Iterator[Finding]:
    names = {entry.name for entry in folder.iterdir()}
    for name in sorted(names):
        stem = name.removesuffix(".cif")
        if name.endswith(".cif") and f"{stem}.toml" not in names:
            yield _error(
                "offer",
                f"{name} has no TOML file beside it, so it is no phase",
                None,
                f"{stem}.toml",
            )


def _checked(
    offer: _Offer, further: tuple[Check, ...], reports: list[SymmetryReport]
) -> Iterator[Finding]:
    """Yield what the checks find in one phase; add its report where there is one."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            phase = offer.load()
        except NavpError as error:
            yield _error("load", str(error))
            return
    # A phase that makes itself from others may wake the catalogue, with all its plugins.
    yield from (f for f in _told(told, "load") if f.level == "warning")
    yield from _kind(phase)
    yield from _source(phase)
    try:
        # A check that fails tells so by a finding too.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PluginWarning)
            report = check_symmetry(phase, checks=further)
    except NavpError as error:
        yield _error("symmetry", str(error))
    else:
        reports.append(report)
        yield from report.findings
    yield from _cif(phase)


def _told(told: list[warnings.WarningMessage], check: str) -> list[Finding]:
    """Return warnings as findings: what was left out is an error."""
    left_out = (PluginWarning, PhaseFolderWarning)
    return [
        Finding(
            level="error" if issubclass(w.category, left_out) else "warning",
            message=str(w.message),
            check=check,
        )
        for w in told
    ]


def _kind(phase: Phase) -> Iterator[Finding]:
    if phase.kind is None:
        yield _error("kind", "the kind is not stated", None, " or ".join(KINDS))
    elif phase.kind != "measured" and not phase.reason:
        yield _error(
            "kind", f"it is {phase.kind} without a reason", None, "why, and how it was derived"
        )


def _source(phase: Phase) -> Iterator[Finding]:
    if not phase.provenance.citation:
        wanted = "authors, a journal or title, a DOI or a database code"
        yield _error("source", "no source is stated", None, wanted)
    if not phase.provenance.method:
        yield Finding(
            level="warning",
            message="no method is stated",
            expected="how it was measured, computed or modelled",
            check="source",
        )


def _cif(phase: Phase) -> Iterator[Finding]:
    """Yield what a CIF does not bring back as it was."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            again = read_cif(write_cif(phase, Path(folder) / "phase.cif"))
    except NavpError as error:
        yield _error("cif", f"it cannot be written to a CIF and read again: {error}")
        return
    pairs = [(name, getattr(phase, name), getattr(again, name)) for name in _KEPT_BY_CIF]
    old, new = phase.provenance, again.provenance
    pairs += [(n, getattr(old, n), getattr(new, n)) for n in _SOURCE_KEPT_BY_CIF]
    for name, before, after in pairs:
        # What a phase leaves open, such as the formula, a CIF may derive from the sites.
        if before is not None and _folded(before) != _folded(after):
            what = f"{name} does not come back from a CIF"
            yield _error("cif", what, _brief(after), _brief(before))
    kept = _atoms(again)
    for key, before in _atoms(phase).items():
        if kept.get(key) != before:
            what = f"site {key[0]} does not come back"
            yield _error("cif", what, _brief(kept.get(key)), _brief(before))


def _atoms(phase: Phase) -> dict[tuple[str, int], tuple[Any, ...]]:
    """Return what each species is and where; a CIF has one row for each of them."""
    rows: dict[tuple[str, int], tuple[Any, ...]] = {}
    for site in phase.sites:
        for species in site.species:
            place = (site.fract, site.fract_su, site.u_iso, site.u_aniso)
            number = sum(label == species.label for label, _ in rows)
            rows[species.label, number] = (species, *place)
    return rows


def _folded(value: object) -> object:
    """Return a text as a CIF keeps it, on one line."""
    if isinstance(value, tuple):
        return tuple(map(_folded, value))
    return " ".join(value.split()) or None if isinstance(value, str) else value


def _brief(value: object) -> object:
    """Return what a finding can hold of a value."""
    return value if value is None or isinstance(value, int | float | str) else shown(value)


def _error(check: str, message: str, value: object = None, expected: object = None) -> Finding:
    return Finding(level="error", message=message, value=value, expected=expected, check=check)


def _counted(
    findings: list[Finding], allow: Collection[str], order: Sequence[str]
) -> list[Finding]:
    """Return the findings that count, each once, in the order of the checks."""
    counted = [
        f
        for f in findings
        if f.level == "error" or (f.level == "warning" and f.check not in allow)
    ]
    once = {(f.check, f.message): f for f in counted}
    return sorted(once.values(), key=lambda f: order.index(f.check))


def _text(what: str, number: int, counted: dict[str, list[Finding]]) -> str:
    """Return the failure in lines: phase, check and finding, found and expected."""
    total = sum(map(len, counted.values()))
    failed = sum(bool(findings) for name, findings in counted.items() if name)
    told, of = (f"{n} {word}{'' if n == 1 else 's'}" for n, word in
                ((total, "finding"), (number, "phase")))  # fmt: skip
    lines = [f"{told} in {what}; {failed} of {of} failed"]
    for name, findings in counted.items():
        if not findings:
            continue
        lines.append(f"  {name or what}")
        for finding in findings:
            lines.append(f"    {finding.check} ({finding.level}): {finding.message}")
            values = {"found": finding.value, "expected": finding.expected}
            said = [f"{key} {_shown(v)}" for key, v in values.items() if v is not None]
            lines += [f"      {', '.join(said)}"] if said else []
    # Names of files and of a list's items may hold anything.
    return "\n".join(map(printable, lines))


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.6g}" if isinstance(value, float) else shown(value)
