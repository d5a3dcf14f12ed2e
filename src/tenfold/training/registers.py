"""What Numba's own loops do not do: numbers that stay in registers until they are summed up, written in LLVM's vectors.

Everything is float32. Arguments are addresses in memory, and counts and distances in bytes, as they are for a processor;
`products.py` says the same of arrays. A vector has 16 lanes: one of AVX-512's registers, two of AVX2's, four of NEON's.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES, FLOAT_BYTES, PLACE_BYTES = 16, 4, 8
ROWS = 6  # of a tile, and vectors of a row: 12 of AVX2's 16 registers, which leaves some for what is multiplied

FLOAT, PLACE = ir.FloatType(), ir.IntType(64)
VECTOR, LANE_NUMBERS = ir.VectorType(FLOAT, LANES), ir.VectorType(ir.IntType(32), LANES)
ZEROS, ANYTHING = ir.Constant(VECTOR, [0.0] * LANES), ir.Constant(VECTOR, ir.Undefined)


def _tile(typing: Any, left: Any, rows: Any, terms: Any, n: Any, right: Any, places: Any, into: Any, to: Any) -> Any:
    """Row i of 6, at `into` + to[i], is the sum over k < n of the number at `left` + rows[i] + terms[k] by the 16 numbers at
    `right` + places[k].
    """

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        left, rows, terms, n, right, places, into, to = arguments
        starts = [builder.add(left, _place(builder, rows, PLACE(i))) for i in range(ROWS)]
        sums = [_kept(builder, ZEROS) for _ in starts]
        with cgutils.for_range(builder, n) as loop:
            numbers = _load(builder, VECTOR, right, _place(builder, places, loop.index))
            term = _place(builder, terms, loop.index)
            for one, start in zip(sums, starts, strict=True):
                _add(builder, one, _load(builder, FLOAT, start, term), numbers)
        for i, one in enumerate(sums):
            _store(builder, builder.load(one), into, _place(builder, to, PLACE(i)))
        return context.get_dummy_value()

    return types.void(*[types.intp] * 8), write


def _row(typing: Any, factors: Any, n: Any, right: Any, places: Any, into: Any) -> Any:
    """The 6x16 numbers at `into` grow by the sum over k < n of factors[k] by those at `right` + places[k]."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        factors, n, right, places, into = arguments
        beside = [PLACE(i * LANES * FLOAT_BYTES) for i in range(ROWS)]
        sums = [_kept(builder, _load(builder, VECTOR, into, offset)) for offset in beside]
        with cgutils.for_range(builder, n) as loop:
            factor = _load(builder, FLOAT, factors, builder.mul(loop.index, PLACE(FLOAT_BYTES)))
            start = builder.add(right, _place(builder, places, loop.index))
            for one, offset in zip(sums, beside, strict=True):
                _add(builder, one, factor, _load(builder, VECTOR, start, offset))
        for one, offset in zip(sums, beside, strict=True):
            _store(builder, builder.load(one), into, offset)
        return context.get_dummy_value()

    return types.void(*[types.intp] * 5), write


def _square(typing: Any, source: Any, source_row: Any, into: Any, into_row: Any) -> Any:
    """Transpose 16x16 numbers; `source_row` and `into_row` are how far apart rows are."""

    def write(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, source_row, into, into_row = arguments
        rows = [_load(builder, VECTOR, source, builder.mul(PLACE(i), source_row)) for i in range(LANES)]
        for apart in (1, 2, 4, 8):  # what of two rows so far apart is on the wrong side of the diagonal changes places
            upper = [lane + LANES - apart if lane & apart else lane for lane in range(LANES)]
            lower = [lane + LANES if lane & apart else lane + apart for lane in range(LANES)]
            for i in (i for i in range(LANES) if not i & apart):
                pair = rows[i], rows[i + apart]
                rows[i], rows[i + apart] = (
                    builder.shuffle_vector(*pair, ir.Constant(LANE_NUMBERS, lanes)) for lanes in (upper, lower)
                )
        for i, numbers in enumerate(rows):
            _store(builder, numbers, into, builder.mul(PLACE(i), into_row))
        return context.get_dummy_value()

    return types.void(*[types.intp] * 4), write


tile: Callable[..., None] = intrinsic(_tile)
row: Callable[..., None] = intrinsic(_row)
square: Callable[..., None] = intrinsic(_square)


def _kept(builder: Any, numbers: Any) -> Any:
    """A vector that changes; LLVM makes a register of it."""
    one = cgutils.alloca_once(builder, VECTOR)  # type: ignore[no-untyped-call]
    builder.store(numbers, one)
    return one


def _add(builder: Any, one: Any, factor: Any, numbers: Any) -> None:
    """The vector `one` grows by `factor` in every lane by `numbers`, rounded once."""
    alone = builder.insert_element(ANYTHING, factor, ir.IntType(32)(0))
    everywhere = builder.shuffle_vector(alone, ANYTHING, ir.Constant(LANE_NUMBERS, [0] * LANES))
    product = builder.fmul(everywhere, numbers, flags=["contract"])
    builder.store(builder.fadd(product, builder.load(one), flags=["contract"]), one)


def _place(builder: Any, table: Any, index: Any) -> Any:
    """The number of that index in a table of places."""
    return builder.load(_pointer(builder, PLACE, table, builder.mul(index, PLACE(PLACE_BYTES))))


def _load(builder: Any, kind: Any, address: Any, offset: Any) -> Any:
    return builder.load(_pointer(builder, kind, address, offset), align=FLOAT_BYTES)


def _store(builder: Any, numbers: Any, address: Any, offset: Any) -> None:
    builder.store(numbers, _pointer(builder, VECTOR, address, offset), align=FLOAT_BYTES)


def _pointer(builder: Any, kind: Any, address: Any, offset: Any) -> Any:
    return builder.inttoptr(builder.add(address, offset), kind.as_pointer())
