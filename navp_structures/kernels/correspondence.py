r"""Search for lattice correspondences: sublattices of two lattices that nearly coincide.

Lattices are given by primitive bases. A sublattice of index m has one basis in Hermite normal
form. Every correspondence that maps a sublattice of index :math:`m_1` of the first lattice on
one of index :math:`m_2` of the second is a triple of vectors of the second, which stand for the
three basis vectors of the sublattice of the first: lengths, then pairs, then triples are kept
whose principal stretches are within a limit, which loses none, since the stretches of a line or
a plane lie between the smallest and the largest of space.

References
----------
Chen, Song, Tamura & James, Determination of the Stretch Tensor for Structural Transformations,
arXiv:1501.05064 (the search for the correspondence of least strain)
Wang, Ye, Zhu & Li, Phys. Rev. Lett. 132 (2024) 086101, doi:10.1103/PhysRevLett.132.086101
(enumeration of all matches)
"""

from __future__ import annotations

from itertools import product

import numpy as np

from navp_structures.kernels.lattice import Floats, Ints, inverse, is_whole
from navp_structures.kernels.reflections import sphere
from navp_structures.kernels.strain import strain_measure
from navp_structures.kernels.zone import allowed_basis

# Relative shortening of a vector that is rounding.
_SHORTER = 1e-9

# Fractions of far larger denominators cannot be told apart in double precision.
_DENOMINATOR = 10**6


def hermite_normal_forms(index: int) -> Ints:
    """Return the bases of all sublattices of an index, as columns, shape ``(n, 3, 3)``.

    Lower triangular; a row's entries lie between 0 and its diagonal.

    Examples
    --------
    >>> [len(hermite_normal_forms(index)) for index in (1, 2, 3, 4)]
    [1, 7, 13, 35]
    """
    forms = [
        [[a, 0, 0], [p, b, 0], [q, r, c]]
        for a, b, c in _factors(index)
        for p, q, r in product(range(b), range(c), range(c))
    ]
    return np.array(forms, dtype=np.int64)


def primitive_basis(centring: Floats) -> Floats:
    """Return a basis of the lattice with centring vectors, as columns, right-handed.

    Parameters
    ----------
    centring
        Fractional translations beside the whole ones, shape ``(c, 3)``.
    """
    rows = np.array(allowed_basis(tuple(map(tuple, centring.tolist()))), dtype=np.float64)
    return _right_handed(inverse(rows))


def coincidence_basis(transformation: Floats) -> Floats:
    """Return the whole vectors that a rational matrix keeps whole: a basis, as columns.

    Parameters
    ----------
    transformation
        From coordinates in a basis of the first lattice to those in one of the second.

    Returns
    -------
    In the basis of the first lattice, right-handed, shape ``(3, 3)``.

    Raises
    ------
    ArithmeticError
        When the entries have a common denominator that is out of reach.
    """
    # v is whole in the second when its product with each row is: an absence rule.
    rows = tuple(map(tuple, transformation.tolist()))
    basis = np.array(allowed_basis(rows, _DENOMINATOR)).T
    if not is_whole(transformation @ basis).all():
        raise ArithmeticError("the lattices coincide in no vectors within reach")
    return _right_handed(basis.astype(np.float64))


def reduced_basis(metric: Floats, basis: Floats) -> Floats:
    """Return a basis of the same lattice with short vectors, as columns, right-handed.

    No vector gets shorter by adding or taking away the others, one or both.

    Parameters
    ----------
    metric
        Metric tensor of the axes in which the basis is given.
    basis
        As columns, shape ``(3, 3)``.
    """
    short = basis.astype(np.float64)
    while True:
        lengths = np.einsum("ji,jk,ki->i", short, metric, short)
        short = short[:, np.argsort(lengths, kind="stable")]
        for k in (2, 1):
            tried = short[:, [k]] + short[:, :k] @ _STEPS[k]
            squares = np.einsum("ji,jk,ki->i", tried, metric, tried)
            best = int(squares.argmin())
            if squares[best] < squares[0] * (1.0 - _SHORTER):
                short[:, k] = tried[:, best]
                break
        else:
            return _right_handed(short)


# By the number of vectors that may be added; first the vector as it is.
_STEPS = {
    2: np.array(sorted(product((-1, 0, 1), repeat=2), key=any)).T,
    1: np.array([[0, -1, 1]]),
}


def correspondences(
    first: Floats, second: Floats, multiples: tuple[int, int], max_stretch: float
) -> tuple[Floats, Floats]:
    """Return the correspondences of two lattices whose stretches are within a limit.

    Parameters
    ----------
    first, second
        Metric tensors (Å²) of primitive bases; the search is quick where they are reduced.
    multiples
        Index of the sublattice of the first, and of the second that it is mapped on.
    max_stretch
        Largest stretch, more than 1; its inverse is the smallest.

    Returns
    -------
    matrices, stretches
        From coordinates of the first basis to those of the second, of positive determinant,
        each once, by rising strain measure; shapes ``(n, 3, 3)`` and ``(n, 3)``.
    """
    found = []
    for form in hermite_normal_forms(multiples[0]):
        basis = reduced_basis(first, form)
        metric = basis.T @ first @ basis
        images = _images(metric, second, multiples[1], max_stretch)
        found.append(images @ np.linalg.inv(basis))
    every = np.concatenate(found)
    # Multiplied by the index they are whole numbers, which can be told apart.
    whole = np.rint(every * multiples[0]).astype(np.int64).reshape(-1, 9)
    matrices = np.unique(whole, axis=0).reshape(-1, 3, 3) / multiples[0]
    image = matrices.transpose(0, 2, 1) @ second @ matrices
    stretches = principal_stretches(first, image)
    order = np.argsort(strain_measure(stretches).round(12), kind="stable")
    return matrices[order], stretches[order]


def principal_stretches(metric: Floats, images: Floats) -> Floats:
    """Return the principal stretches, ascending, from one metric tensor to each of many.

    Shapes ``(3, 3)`` and ``(n, 3, 3)`` to ``(n, 3)``.
    """
    frame = np.linalg.inv(np.linalg.cholesky(metric))
    squares = np.linalg.eigvalsh(frame @ images @ frame.T)
    return np.asarray(np.sqrt(np.clip(squares, 0.0, None)))


def equivalent_correspondences(
    matrix: Floats, first: Ints | Floats, second: Ints | Floats
) -> Floats:
    """Return all images R₂ C R₁⁻¹ of a correspondence, of positive determinant.

    Parameters
    ----------
    matrix
        Shape ``(3, 3)``.
    first, second
        Rotations of the two point groups, shapes ``(r, 3, 3)`` and ``(s, 3, 3)``.

    Returns
    -------
    Shape ``(n, 3, 3)``; some may be equal.
    """
    # A group holds the inverse of each of its members.
    turned = np.einsum("sij,jk,rkl->sril", second, matrix, first)
    determinants = np.linalg.det(second)[:, np.newaxis] * np.linalg.det(first)
    return np.asarray(turned[determinants > 0.0])


def by_plainness(matrices: Floats) -> Ints:
    """Return the order of matrices from the easiest to read, shape ``(n,)``.

    Most zeros first, then the smallest numbers, the fewest negative ones, the largest on the
    diagonal, and the last in dictionary order.
    """
    rows = matrices.round(9).reshape(len(matrices), 9) + 0.0
    keys = (
        *-rows.T[::-1],
        -rows[:, ::4].sum(axis=1).round(9),
        np.count_nonzero(rows < 0.0, axis=1),
        np.abs(rows).sum(axis=1).round(9),
        np.count_nonzero(rows, axis=1),
    )
    return np.lexsort(keys)


def _factors(index: int) -> list[tuple[int, int, int]]:
    divisors = [n for n in range(1, index + 1) if index % n == 0]
    return [(a, b, index // a // b) for a in divisors for b in divisors if index % (a * b) == 0]


def _right_handed(basis: Floats) -> Floats:
    return basis if np.linalg.det(basis) > 0.0 else -basis


def _images(metric: Floats, second: Floats, index: int, limit: float) -> Floats:
    """Return the triples of vectors of the second lattice that three vectors may become.

    As columns, shape ``(n, 3, 3)``.
    """
    lengths = np.sqrt(np.diag(metric))
    # Vectors up to a length are the reflections of the inverse metric down to its inverse.
    vectors = sphere(inverse(second), 1.0 / (lengths.max() * limit)).astype(np.float64)
    own = np.sqrt(np.einsum("ni,ij,nj->n", vectors, second, vectors))
    ratios = own[:, np.newaxis] / lengths
    inside = (ratios <= limit * (1.0 + 1e-12)) & (ratios >= (1.0 - 1e-12) / limit)
    a, b, c = (vectors[inside[:, n]] for n in range(3))
    ab = _pairs(metric, (0, 1), a, b, second, limit)
    ac = _pairs(metric, (0, 2), a, c, second, limit)
    bc = _pairs(metric, (1, 2), b, c, second, limit)
    one, two = np.nonzero(ab)
    pair, three = np.nonzero(ac[one] & bc[two])
    triples = np.stack([a[one[pair]], b[two[pair]], c[three]], axis=-1)
    triples = triples[np.abs(np.linalg.det(triples) - index) < 0.5]
    stretches = principal_stretches(metric, triples.transpose(0, 2, 1) @ second @ triples)
    kept = (stretches[:, 2] <= limit) & (stretches[:, 0] * limit >= 1.0)
    return np.asarray(triples[kept])


def _pairs(
    metric: Floats,
    which: tuple[int, int],
    one: Floats,
    two: Floats,
    second: Floats,
    limit: float,
) -> np.ndarray:
    """Return which pairs of vectors keep both stretches of their plane within the limit."""
    rows = np.array(which)
    (p, r), (_, q) = metric[np.ix_(rows, rows)].tolist()
    dots = one @ second @ two.T
    squares = np.einsum("ni,ij,nj->n", one, second, one)[:, np.newaxis]
    others = np.einsum("ni,ij,nj->n", two, second, two)
    # Sum and product of the two squared stretches.
    area = p * q - r * r
    half = 0.5 * (squares * q + others * p - 2.0 * dots * r) / area
    both = (squares * others - dots**2) / area
    width = np.sqrt(np.clip(half**2 - both, 0.0, None))
    slack = 1e-9
    return np.asarray((half + width <= limit**2 + slack) & (half - width >= limit**-2 - slack))
