"""Every test runs without the machine's own plugins, folders and settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from types import FunctionType, SimpleNamespace

import numpy as np
import pytest
from hypothesis import settings

# A test asserts causes, never a clock.
settings.register_profile("any-machine", deadline=None)
settings.load_profile("any-machine")


@pytest.fixture(autouse=True)
def clean_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in ("NAVP_PHASE_PATH", "NAVP_LOAD_PLUGINS", "NAVP_DISABLED_PLUGINS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "no-user-data"))


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Pretend that these plugins are installed, each under the name of its keyword.

    One that is an exception raises it when it is loaded, one that is a function gives what
    it returns. A keyword may be followed by ``__`` and the name of the distribution.
    """
    from navp_structures.catalogue import catalogue as module

    def put(**found: object) -> None:
        def point(name: str, value: object) -> SimpleNamespace:
            def load() -> object:
                if isinstance(value, BaseException):
                    raise value
                return value() if isinstance(value, FunctionType) else value

            name, _, distribution = name.partition("__")
            dist = SimpleNamespace(version="1.2", name=distribution or f"navp-{name}")
            return SimpleNamespace(name=name, load=load, dist=dist)

        points = [point(*item) for item in found.items()]
        monkeypatch.setattr(metadata, "entry_points", lambda **_: points)
        module._catalogue.cache_clear()

    yield put
    module._catalogue.cache_clear()


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the root of the checkout, for tests of files that are not installed."""
    return Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class SimulatedList:
    """Powder lines as somebody might have measured them, strongest first."""

    phases: tuple[str, ...]
    two_theta: np.ndarray
    intensities: np.ndarray
    zero_shift: float
    displacement: float


# Decades; the engine assumes 0.35, so that it is not tuned to the truth.
TEXTURE = 0.30
MISSING, STRAY = 0.10, 0.05
SIMULATED_RANGE = (10.0, 60.0)


def nearest_as_one(
    x: np.ndarray, height: np.ndarray, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return a pattern in which the nearest two are one, until none are nearer than that."""
    order = np.argsort(x)
    places, heights = x[order].tolist(), height[order].tolist()
    while len(places) > 1:
        gaps = np.diff(places)
        n = int(gaps.argmin())
        if gaps[n] >= width:
            break
        total = heights[n] + heights[n + 1]
        mean = (places[n] * heights[n] + places[n + 1] * heights[n + 1]) / total
        places[n : n + 2], heights[n : n + 2] = [mean], [total]
    return np.array(places), np.array(heights)


@pytest.fixture(scope="session")
def as_one() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Return how an instrument shows lines: (positions, intensities, resolution)."""
    return nearest_as_one


def simulated_list(
    rng: np.random.Generator,
    patterns: dict[str, tuple[np.ndarray, np.ndarray]],
    phases: tuple[str, ...],
    count: int,
    sigma: float,
    resolution: float,
) -> SimulatedList | None:
    """Return a list of the strongest lines; None where there are not enough."""
    ratio = 3.0 ** rng.uniform(-1.0, 1.0) if len(phases) == 2 else 1.0
    position = np.concatenate([patterns[name][0] for name in phases])
    scales = zip(phases, (1.0, ratio), strict=False)
    height = np.concatenate([scale * patterns[name][1] for name, scale in scales])
    height = height * 10.0 ** (TEXTURE * rng.standard_normal(len(height)))
    position, height = nearest_as_one(position, height, resolution)
    seen = np.flatnonzero(rng.random(len(height)) >= MISSING)
    if len(seen) < count:
        return None
    kept = seen[np.argsort(-height[seen])[:count]]
    x = position[kept]
    if count > 3:
        x = np.where(rng.random(count) < STRAY, rng.uniform(*SIMULATED_RANGE, count), x)
    zero, displacement = 0.03 * rng.standard_normal(), 0.05 * rng.standard_normal()
    x = x + zero + displacement * np.cos(np.radians(x) / 2.0)
    return SimulatedList(
        phases=phases,
        two_theta=x + sigma * rng.standard_normal(count),
        intensities=height[kept],
        zero_shift=zero,
        displacement=displacement,
    )


@pytest.fixture(scope="session")
def powder_lists() -> Callable[..., Iterator[SimulatedList]]:
    """Return a generator of lists of the card's phases: (seed, number, count, sigma).

    `binary` is how many of them are mixtures of two, as a share; lines nearer than the
    `resolution` are one.
    """
    import navp_structures as navp

    patterns = {}
    for name in ("Na3VP", "Na2VP", "NaVP", "NZSP"):
        pattern = navp.powder_pattern(name, radiation="CuKa1", two_theta=SIMULATED_RANGE)
        patterns[pattern.of.id] = (pattern.lines.two_theta, pattern.lines.intensity)

    def lists(
        seed: int,
        number: int,
        count: int,
        sigma: float = 0.05,
        *,
        binary: float = 0.0,
        resolution: float = 0.0,
    ) -> Iterator[SimulatedList]:
        rng = np.random.default_rng(seed)
        made = 0
        while made < number:
            size = 2 if rng.random() < binary else 1
            chosen = np.sort(rng.choice(len(patterns), size, replace=False))
            names = tuple(list(patterns)[n] for n in chosen)
            found = simulated_list(rng, patterns, names, count, sigma, resolution)
            if found is not None:
                made += 1
                yield found

    return lists


@pytest.fixture
def made_up_judges(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that lets an audit find what a test says: verdicts by id of claims.

    Other claims are consistent; `computed`, `explanation` and other values hold for all.
    """
    from navp_structures.analysis.audit import audit as module
    from navp_structures.analysis.audit.finding import AuditFinding
    from navp_structures.model.claim_quantities import QUANTITIES

    def install(verdicts: dict[str, str] | None = None, **values: object) -> None:
        def judge(claim: object, context: object) -> AuditFinding:
            phases = context.phases_of(claim)
            for name in claim.claims:
                context.finding(name)
            of = ", ".join((*claim.phases, *claim.labels))
            told = {
                "claim": f"{claim.what.noun} of {of}",
                "explanation": f"This was found of {claim.id}.",
                "phase": phases[0].id if phases else None,
                **values,
            }
            verdict = (verdicts or {}).get(claim.id, "consistent")
            return AuditFinding(id=claim.id, printed=claim.printed, verdict=verdict, **told)

        monkeypatch.setattr(module, "JUDGES", dict.fromkeys(QUANTITIES, judge))

    return install
