"""Products compiled by Numba: NumPy's, in double precision, is the oracle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from numpy.typing import NDArray

from tenfold.training.products import BROAD, add_products, evenly, multiply, transpose
from tenfold.training.registers import FLOAT_BYTES, LANES


def numbers(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    """Drawn from a normal distribution."""
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


@settings(deadline=None, max_examples=60)
@given(
    rows=st.integers(1, 20),
    terms=st.integers(0, 40),
    columns=st.integers(LANES, 70),
    turned=st.booleans(),
    seed=st.integers(0, 9),
)
def test_a_product_is_that_of_the_terms_that_are_there(rows: int, terms: int, columns: int, turned: bool, seed: int):
    """For any shape, whichever way the left matrix lies; nothing beside the result is written."""
    left, right = numbers(rows, terms, seed=seed), numbers(terms, columns, seed=seed + 1)
    there = np.flatnonzero(np.random.default_rng(seed).random(terms) < 0.7)
    around = np.full((rows + 2, columns + 2), 7, np.float32)
    multiply(np.ascontiguousarray(left.T).T if turned else left, right, around[1:-1, 1:-1], there)
    expected = left[:, there].astype(float) @ right[there].astype(float)
    np.testing.assert_allclose(around[1:-1, 1:-1], expected, atol=1e-4)
    around[1:-1, 1:-1] = 7
    assert (around == 7).all()


@pytest.mark.parametrize("rows", [1, 7, 16, 33])
@pytest.mark.parametrize("columns", [1, 15, 16, 17, 50])
def test_transposing(rows: int, columns: int):
    """For sides that fill no square; nothing beside the result is written."""
    source = numbers(rows, columns)
    around = np.full((columns + 2, rows + 2), 7, np.float32)
    transpose(source, around[1:-1, 1:-1])
    assert (around[1:-1, 1:-1] == source.T).all()
    around[1:-1, 1:-1] = 7
    assert (around == 7).all()


@njit
def _add(
    factors: NDArray[np.float32], right: NDArray[np.float32], places: NDArray[np.intp], into: NDArray[np.float32]
) -> None:
    add_products(factors.ctypes.data, len(factors), right.ctypes.data, places.ctypes.data, into.ctypes.data, len(into))


@pytest.mark.parametrize("n", [0, 1, 5])
@pytest.mark.parametrize("columns", [BROAD, 3 * BROAD])
def test_what_is_added_to_a_row(n: int, columns: int):
    """Rows of any place by a factor each; what was there before counts."""
    factors, right, into = numbers(n), numbers(columns + 10, seed=1), numbers(columns, seed=2)
    starts = np.arange(n) * 2 % 10
    expected = into + sum((factors[k] * right[start : start + columns] for k, start in enumerate(starts)), np.zeros(columns))
    _add(factors, right, starts * FLOAT_BYTES, into)
    np.testing.assert_allclose(into, expected, atol=1e-5)


def test_even_places():
    """As many as wanted, none included."""
    assert evenly(4, 12).tolist() == [0, 12, 24, 36]
    assert len(evenly(0, 12)) == 0
