"""Bloch waves beside closed formulas and beside other ways to solve the same equation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.linalg import expm

import navp_structures as navp
from navp_structures.benchmark import many_beam
from navp_structures.benchmark.__main__ import main
from navp_structures.benchmark.cases import CaseMaker
from navp_structures.benchmark.many_beam import (
    RELATIVISTIC,
    WAVELENGTH,
    Beams,
    bloch_intensities,
    opposite_pairs,
    zone_beams,
)
from navp_structures.kernels.lattice import Complexes, Floats
from navp_structures.kernels.scattering import form_factors
from navp_structures.model.cell import UnitCell
from navp_structures.model.phase import Phase
from navp_structures.model.site import Site, Species
from navp_structures.model.spacegroup import SpaceGroup

TILT = np.array([0.006, -0.009])
U_ISO = 0.008


def with_one_motion(phase: Phase) -> Phase:
    sites = tuple(replace(site, u_iso=U_ISO, u_aniso=None) for site in phase.sites)
    return replace(phase, sites=sites)


def polar() -> Phase:
    """A crystal like ZnS: seen along [1 1 0] nothing makes (0 0 2) and (0 0 -2) equal."""
    atoms = (("Zn", 0.0), ("S", 0.25))
    return Phase(
        id="polar",
        cell=UnitCell(a=5.41, b=5.41, c=5.41, alpha=90, beta=90, gamma=90),
        space_group=SpaceGroup.from_name("F -4 3 m"),
        kind="model",
        reason="to be seen along a polar axis",
        sites=tuple(
            Site(
                label=element,
                species=(Species(symbol=element, label=element),),
                fract=(x, x, x),
                u_iso=U_ISO,
            )
            for element, x in atoms
        ),
    )


@pytest.fixture(scope="module")
def na3vp() -> Phase:
    return navp.load("Na3VP")


def errors_of(beams: Beams, tilt: Floats) -> Floats:
    return np.asarray(beams.g @ tilt - 0.5 * WAVELENGTH * (beams.g**2).sum(axis=1))


@pytest.mark.parametrize("s", [0.0, 0.002, -0.01])
@pytest.mark.parametrize("phase", [0.0, 2.1])
def test_two_beams_follow_the_rocking_formula(s: float, phase: float) -> None:
    # Hirsch et al. (1965), ch. 8: with the extinction distance ξ = K/|U|,
    # I = sin²(π t √(s² + ξ⁻²)) / (1 + (s ξ)²).
    distance, thickness = 320.0, 437.0
    u = 0.5 / distance * np.exp(1j * phase)
    coupling = np.array([[0.0, u.conjugate()], [u, 0.0]])
    if not phase:
        coupling = coupling.real
    wide = np.hypot(s, 1.0 / distance)
    expected = np.sin(np.pi * thickness * wide) ** 2 / (1.0 + (s * distance) ** 2)
    found = bloch_intensities(np.array([0.0, s]), coupling, thickness)
    np.testing.assert_allclose(found, [1.0 - expected, expected], atol=1e-12)


@pytest.mark.parametrize(
    ("hkl", "distance"), [((1, 1, 1), 556.0), ((0, 0, 2), 673.0), ((2, 2, 0), 1057.0)]
)
def test_extinction_distances_of_aluminium(hkl: tuple[int, int, int], distance: float) -> None:
    # Hirsch et al. (1965), appendix: Å at 100 kV. They grow with the velocity of the electrons,
    # √(1 - γ⁻²) with γ = 1 + U / 511.0 kV: 0.6953 c at 200 kV, 0.5482 c at 100 kV.
    sites = (Site(label="Al", species=(Species(symbol="Al", label="Al"),), fract=(0, 0, 0)),)
    cell = UnitCell(a=4.05, b=4.05, c=4.05, alpha=90, beta=90, gamma=90)
    group = SpaceGroup.from_name("F m -3 m")
    beams = zone_beams(replace(polar(), cell=cell, space_group=group, sites=sites), (1, -1, 0))
    at = int(np.flatnonzero((beams.hkl == hkl).all(axis=1))[0])
    found = 0.5 / abs(beams.coupling[at, 0])
    assert found == pytest.approx(distance * 0.6953 / 0.5482, rel=0.02)


def test_spread_is_the_mean_over_thicknesses() -> None:
    rng = np.random.default_rng(3)
    coupling = 1e-3 * (rng.normal(size=(5, 5)) + 1j * rng.normal(size=(5, 5)))
    coupling = coupling + coupling.conj().T - 2.0 * np.diag(np.diag(coupling).real)
    errors = np.append(0.0, rng.normal(0.0, 0.004, 4))
    # A step of a fifth of the standard deviation to eight of them: exact to rounding.
    steps = np.arange(-40, 41) / 5.0
    weights = np.exp(-(steps**2) / 2.0)
    each = [bloch_intensities(errors, coupling, 300.0 + 30.0 * step) for step in steps]
    mean = np.average(each, axis=0, weights=weights)
    np.testing.assert_allclose(
        bloch_intensities(errors, coupling, 300.0, 30.0), mean, atol=1e-9
    )


@pytest.mark.parametrize("uvw", [(0, 0, 1), (2, 1, 4), (11, 7, 1)])
def test_no_electron_is_lost(na3vp: Phase, uvw: tuple[int, int, int]) -> None:
    found = zone_beams(na3vp, uvw).intensities(433.0, TILT)
    assert found.sum() == pytest.approx(1.0, abs=1e-12)
    assert found[0] < 0.9


def test_weak_potential_is_kinematic(na3vp: Phase) -> None:
    beams, thickness = zone_beams(na3vp, (2, 1, 4)), 250.0
    errors = errors_of(beams, TILT)
    weak = 1e-5 * beams.coupling
    # |2π c t|² sinc²(π s t) of the coupling c with the incident beam.
    amplitude = 2.0 * np.pi * thickness * np.abs(weak[1:, 0])
    expected = (amplitude * np.sinc(errors[1:] * thickness)) ** 2
    found = bloch_intensities(errors, weak, thickness)[1:]
    seen = expected > 1e-6 * expected.max()
    np.testing.assert_allclose(found[seen], expected[seen], rtol=1e-2)
    assert found[~seen].max() < 2e-6 * expected.max()


def test_thin_foil_is_kinematic(na3vp: Phase) -> None:
    beams = zone_beams(na3vp, (0, 0, 1))
    found = bloch_intensities(errors_of(beams, TILT), beams.coupling, 1.0)[1:]
    expected = (2.0 * np.pi * np.abs(beams.coupling[1:, 0])) ** 2
    strong = expected > 0.05 * expected.max()
    np.testing.assert_allclose(found[strong], expected[strong], rtol=0.02)


@pytest.mark.parametrize("name", ["Na3VP", "polar"])
def test_scattering_matrix_gives_the_same(na3vp: Phase, name: str) -> None:
    phase, uvw = (na3vp, (2, 1, 4)) if name == "Na3VP" else (polar(), (1, 1, 0))
    beams = zone_beams(phase, uvw)
    errors = errors_of(beams, TILT)
    matrix = expm(2j * np.pi * 380.0 * (beams.coupling + np.diag(errors)))
    found = bloch_intensities(errors, beams.coupling, 380.0)
    np.testing.assert_allclose(found, np.abs(matrix[:, 0]) ** 2, atol=1e-10)


def atoms_of(phase: Phase) -> list[tuple[str, float, Floats]]:
    return [
        (species.symbol, amount, site.frac_coords)
        for site in phase.structure
        for species, amount in site.species.items()
    ]


def multislice(phase: Phase, beams: Beams, tilt: Floats, thickness: float) -> Floats:
    """Return intensities by the phases of thin slices and the way between them.

    The projected potential is summed over the atoms of the whole cell, one by one; a wave is
    e^{2πi k·r}, so that a coefficient of the potential is Σ f e^{-2πi h·x}.
    """
    size, slices = 40, 600
    basis = beams.hkl[np.abs(beams.hkl).any(axis=1)]
    first = basis[0]
    second = next(row for row in basis if np.linalg.matrix_rank([first, row]) == 2)
    # Whole coordinates of each beam by the two shortest ones.
    steps = np.rint(np.linalg.lstsq(np.array([first, second]).T, beams.hkl.T, rcond=None)[0]).T
    steps = steps.astype(int)
    assert (steps @ np.array([first, second]) == beams.hkl).all()
    index = np.fft.fftfreq(size, 1.0 / size).astype(int)
    m, n = (part.ravel() for part in np.meshgrid(index, index, indexing="ij"))
    hkl = m[:, np.newaxis] * first + n[:, np.newaxis] * second
    place = {tuple(row): number for number, row in enumerate(steps.tolist())}
    flat = np.array([beams.g[place[1, 0]], beams.g[place[0, 1]]])
    g = m[:, np.newaxis] * flat[0] + n[:, np.newaxis] * flat[1]
    squared = (g**2).sum(axis=1)
    f: Complexes = np.zeros(len(hkl), dtype=np.complex128)
    for element, amount, fract in atoms_of(phase):
        factor = form_factors([element], 0.25 * squared, "electron")[0]
        f += amount * factor * np.exp(-2j * np.pi * hkl @ fract)
    f *= np.exp(-2.0 * np.pi**2 * U_ISO * squared)
    f[0] = 0.0
    u = f * RELATIVISTIC / (np.pi * phase.cell.volume)
    step = thickness / slices
    potential = np.fft.ifft2(u.reshape(size, size)) * size**2
    assert np.abs(potential.imag).max() < 1e-2 * np.abs(potential).max()
    grating = np.exp(1j * np.pi * WAVELENGTH * step * potential.real)
    way = np.exp(1j * np.pi * step * (g @ tilt - 0.5 * WAVELENGTH * squared))
    way = way.reshape(size, size)
    wave = np.zeros((size, size), dtype=np.complex128)
    wave[0, 0] = 1.0
    for _ in range(slices):
        wave = way * np.fft.fft2(grating * np.fft.ifft2(way * wave))
    return np.asarray(np.abs(wave[steps[:, 0], steps[:, 1]]) ** 2)


@pytest.mark.parametrize("name", ["Na3VP", "polar"])
def test_multislice_gives_the_same(
    na3vp: Phase, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many_beam, "UNEVEN", 0.0)
    monkeypatch.setattr(many_beam, "FARTHEST", 0.3)
    # Slices know no end of beams; those of a small cell with heavy atoms reach far.
    if name == "Na3VP":
        phase, uvw, reach = with_one_motion(na3vp), (2, 1, 4), 2.0
    else:
        phase, uvw, reach = polar(), (1, 1, 0), 4.0
    beams = zone_beams(phase, uvw, reach)
    found = beams.intensities(300.0, TILT)
    expected = multislice(phase, beams, TILT, 300.0)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert np.sort(expected)[-5] > 0.02
    # The other sign of the structure factors would be seen.
    if name == "polar":
        turned = replace(beams, coupling=beams.coupling.conj()).intensities(300.0, TILT)
        assert np.abs(turned - expected).max() > 0.01


def test_beams_near_the_spots_are_enough(na3vp: Phase, monkeypatch: pytest.MonkeyPatch) -> None:
    few = zone_beams(na3vp, (2, 1, 4))
    found = few.intensities(450.0, TILT)
    monkeypatch.setattr(many_beam, "FARTHEST", 0.2)
    many = zone_beams(na3vp, (2, 1, 4), 2.2)
    expected = many.intensities(450.0, TILT)[: len(found)]
    assert (many.hkl[: len(found)] == few.hkl).all()
    spots = (few.g**2).sum(axis=1) < 0.85**2
    assert np.abs(found - expected)[spots].sum() < 0.01 * expected[spots][1:].sum()


def test_forbidden_reflections_come_by_a_detour(na3vp: Phase) -> None:
    # (0 0 3) lies on a glide line of the projection along [2 1 0]: all ways to it cancel while
    # the beam keeps to that line (Gjønnes & Moodie, Acta Cryst. 19 (1965) 65), and only then.
    beams = zone_beams(na3vp, (2, 1, 0))
    at = int(np.flatnonzero((beams.hkl == (0, 0, 3)).all(axis=1))[0])
    assert abs(beams.coupling[at, 0]) < 1e-15
    along = beams.g[at] / np.linalg.norm(beams.g[at])
    across = np.array([-along[1], along[0]])
    assert beams.intensities(400.0, np.zeros(2))[at] < 1e-20
    assert beams.intensities(400.0, 0.006 * along)[at] < 1e-20
    assert beams.intensities(400.0, 0.006 * across)[at] > 1e-4


def test_opposite_pairs(na3vp: Phase) -> None:
    beams = zone_beams(na3vp, (2, 1, 4))
    one, other = opposite_pairs(beams, beams.hkl[3:9]).T
    assert one.tolist() == list(range(3, 9))
    assert (beams.hkl[other] == -beams.hkl[3:9]).all()


def test_beams_are_all_that_the_centring_allows(na3vp: Phase) -> None:
    uvw = (2, 1, 4)
    beams = zone_beams(na3vp, uvw, 1.0)
    h, k, m = (np.arange(-30, 31) for _ in range(3))
    box = np.stack(np.meshgrid(h, k, m, indexing="ij"), axis=-1).reshape(-1, 3)
    on = (box @ uvw == 0) & ((-box[:, 0] + box[:, 1] + box[:, 2]) % 3 == 0)
    g = box @ np.linalg.inv(na3vp.cell.orthogonalisation_matrix)
    expected = box[on & ((g**2).sum(axis=1) <= 1.0)]
    assert {*map(tuple, beams.hkl.tolist())} == {*map(tuple, expected.tolist())}
    length = np.linalg.norm(
        beams.hkl @ np.linalg.inv(na3vp.cell.orthogonalisation_matrix), axis=1
    )
    np.testing.assert_allclose(np.linalg.norm(beams.g, axis=1), length, atol=1e-12)


def test_cases_hold_forbidden_spots(na3vp: Phase) -> None:
    def spots(model: str) -> tuple[CaseMaker, int]:
        maker = CaseMaker([na3vp], model=model, perfect=True)
        zones = {zone.uvw: zone for zone in maker.zones[0]}
        rng, count = np.random.default_rng(4), 0
        for case in maker.cases(rng, 40, 6, sigma=0.0, angle_sigma=0.0, scale_sigma=0.0):
            zone = zones[case.zone_axis]
            length = np.linalg.norm(zone.xy, axis=1)
            allowed = length[zone.f_squared > 0.0]
            for spot in np.linalg.norm(case.spots, axis=1):
                assert np.abs(length - spot).min() < 1e-9
                count += bool(np.abs(allowed - spot).min() > 1e-9)
            assert case.intensities[0] == 1.0
            assert (np.diff(case.intensities) <= 0.0).all()
            assert case.intensities[-1] > 0.0
        return maker, count

    many, seen = spots("many-beam")
    kinematic, none = spots("kinematic")
    assert seen > 5
    assert none == 0
    assert [zone.uvw for zone in many.zones[0]] == [zone.uvw for zone in kinematic.zones[0]]


def test_command_takes_the_model() -> None:
    arguments = ["indexing", "--model", "many-beam", "--cases", "2", "--no-foreign"]
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 0, answer.output
    assert "12  0.5% 0.5° 0.2%" in answer.output
