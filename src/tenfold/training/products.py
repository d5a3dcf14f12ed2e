"""Products of the small matrices of a training step, compiled by Numba, at nearly the rate that a core can multiply at.

A product is made of tiles of 6x16 numbers, each summed up in registers and written once (the scheme of BLIS: Van Zee and
van de Geijn, ACM TOMS 41, 2015). Matrices as small as these stay in the second cache as they are; to copy them beforehand,
as libraries for large ones do, takes longer than it saves. Every number is one sum from its first term to its last,
however a product is shared out between threads.

Numba compiles a function anew when its own file has changed, not when this one has: see CONTRIBUTING.md.
"""

from functools import partial

import numba
import numpy as np
import torch
from numba import njit
from numpy.typing import NDArray

from tenfold.training.registers import FLOAT_BYTES, LANES, ROWS, row, square, tile

Floats = NDArray[np.float32]
Places = NDArray[np.intp]
"""Where something lies behind an address, in bytes; or which terms of a sum there are."""

BROAD = ROWS * LANES

compiled = partial(njit, nogil=True, cache=True, error_model="numpy", fastmath={"contract"})  # no checks, fused multiply-add


def start_threads() -> bool:
    """Start as many of Numba's threads as PyTorch has; whether they are of a kind that two trainings at once may use."""
    threads = torch.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))  # type: ignore[attr-defined]
    torch.set_num_threads(threads)  # both have OpenMP's threads, and Numba's start makes them as many as there are cores
    layer: str = numba.threading_layer()  # type: ignore[attr-defined]
    return layer != "workqueue"  # which ends the process when it is used from two threads at once


@compiled()
def multiply(left: Floats, right: Floats, into: Floats, terms: Places) -> None:
    """into = left[:, terms] @ right[terms], for (M, K), (K, N) and (M, N): M at least 1, N at least LANES.

    `left` may lie in memory any way, rows of the others without gaps in them. What `terms` leaves out is known to be 0.
    """
    rows, to = evenly(len(left), left.strides[0]), evenly(len(into), into.strides[0])
    of_left, of_right = times(terms, left.strides[1]), times(terms, right.strides[0])
    sum_products(left.ctypes.data, rows, of_left, right.ctypes.data, of_right, into.ctypes.data, to, into.shape[1])


@compiled()
def sum_products(
    left: int, rows: Places, terms: Places, right: int, places: Places, into: int, to: Places, columns: int
) -> None:
    """Row i at `into` + to[i] sums up over k the number at `left` + rows[i] + terms[k] by the row at `right` + places[k].

    left, right, into: addresses; columns: how many numbers a row has, at least LANES
    A last tile that would go beyond rows or columns does some of them over again.
    """
    here, there = np.empty(ROWS, np.intp), np.empty(ROWS, np.intp)
    for i in range(0, len(rows), ROWS):
        for r in range(ROWS):
            one = min(i + r, len(rows) - 1)
            here[r], there[r] = rows[one], to[one]
        for beside in range(0, columns, LANES):
            j = FLOAT_BYTES * min(beside, columns - LANES)
            others = terms.ctypes.data, len(terms), right + j, places.ctypes.data, into + j, there.ctypes.data
            tile(left, here.ctypes.data, *others)


@compiled(inline="always")
def add_products(factors: int, n: int, right: int, places: int, into: int, columns: int) -> None:
    """The row at `into` grows by the sum over k < n of factors[k] by the row at `right` + places[k].

    factors, right, places, into: addresses; columns: how many numbers a row has, a multiple of BROAD
    """
    for beside in range(0, columns * FLOAT_BYTES, BROAD * FLOAT_BYTES):
        row(factors, n, right + beside, places, into + beside)


@compiled()
def transpose(source: Floats, into: Floats) -> None:
    """into[:C, :R] = source.T, for (R, C), square by square; the last squares do some over again."""
    rows, columns = source.shape
    if min(rows, columns) < LANES:
        for i in range(rows):
            for j in range(columns):
                into[j, i] = source[i, j]
        return
    for upper in range(0, rows, LANES):
        for beside in range(0, columns, LANES):
            i, j = min(upper, rows - LANES), min(beside, columns - LANES)
            square(
                source.ctypes.data + i * source.strides[0] + j * FLOAT_BYTES, source.strides[0],
                into.ctypes.data + j * into.strides[0] + i * FLOAT_BYTES, into.strides[0],
            )  # fmt: skip


@compiled()
def evenly(n: int, apart: int) -> Places:
    """0, apart, 2 apart, ...: n of them."""
    places = np.empty(n, np.intp)
    for i in range(n):
        places[i] = i * apart
    return places


@compiled()
def times(places: Places, apart: int) -> Places:
    """Each so many times as far."""
    found = np.empty(len(places), np.intp)
    for i in range(len(places)):
        found[i] = places[i] * apart
    return found
