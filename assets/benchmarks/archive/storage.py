"""How many bytes PostgreSQL keeps for a message: heap, TOAST, indices and lookup table.

Belongs here: the layout of PostgreSQL's pages as arithmetic; pure. Does not belong here: the tables of a stage and the
few figures that a fit has to add (`storage_stages.py`), measuring a database (`measuring/storage_probe.py`).
Layout: PostgreSQL documentation, chapter "Database Physical Storage", and `src/include/access/{heaptoast,nbtree}.h`;
the same in PostgreSQL 15 to 18. docs/benchmarks.md has an example worked by hand.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

PAGE_BYTES = 8192
LINE_POINTER_BYTES = 4
HEAP_PAGE_SPACE = PAGE_BYTES - 24
"""Without the page header."""
INDEX_PAGE_SPACE = PAGE_BYTES - 24 - 16
"""Without the page header and the links to the neighbours."""
TUPLE_HEADER_BYTES = 24
"""23 bytes, and either one of padding or a null bitmap for up to eight columns."""
INDEX_TUPLE_HEADER_BYTES = 8
SHORT_VALUE_BYTES = 126
"""A text or bytea up to this length has a header of one byte and no alignment; a longer one has four, aligned."""
TOAST_THRESHOLD_BYTES = 2032
"""A row above this moves its longest values out, until it is not above it."""
TOAST_POINTER_BYTES = 18
TOAST_CHUNK_BYTES = 1996
TOAST_CHUNK_OVERHEAD = TUPLE_HEADER_BYTES + 4 + 4 + 4
"""Header, id of the value, number of the chunk, length."""
POSTING_BYTES = 6
"""What one more row with a key that is already in an index takes: the address of the row."""
ASCENDING_LEAF_FILL = 0.9
"""Of leaves whose keys only ascend (`BTREE_DEFAULT_FILLFACTOR`)."""
INNER_PAGE_FILL = 0.7
"""Of the pages above the leaves (`BTREE_NONLEAF_FILLFACTOR`; ln 2 = 0.69 where keys are random)."""
FREE_SPACE_MAP_LEAF = 4069
"""Heap pages that one page of a free space map covers; two pages of higher levels come on top."""
VISIBILITY_MAP_LEAF = (PAGE_BYTES - 24) * 4
"""Heap pages that one page of a visibility map covers."""
PACKED_TUPLES = 20_000
"""Tuples after which the pages for a row do not change by more than 0.01 %."""

MESSAGES, LOOKUP = "messages", "messages_lookup"
HASH_BYTES = 32


class Encoding(StrEnum):
    """How a payload is stored."""

    HEX = "hex"
    """Text with two characters a byte, as nwaku does."""
    BYTEA = "bytea"


GROWN = {Encoding.HEX: "grown_hex", Encoding.BYTEA: "grown_bytea"}
"""What the tables of the storage probe are called among stages: that of 2024-08 in one partition, filled row by row."""

STORAGE_PROBE = "storage_probe"
"""Its workload."""


class KeyOrder(StrEnum):
    """In which order an index meets its keys; this decides how full its leaves are."""

    RANDOM = "random"
    ASCENDING = "ascending"
    REPEATED = "repeated"
    """Few keys for many rows."""


@dataclass(frozen=True)
class Column:
    """A value: `data_bytes` without any header; `alignment` of a type of fixed length, None for text and bytea."""

    data_bytes: int
    alignment: int | None = None


@dataclass(frozen=True)
class Index:
    """A btree index over `columns`."""

    name: str
    columns: tuple[Column, ...]
    order: KeyOrder


@dataclass(frozen=True)
class StoredTable:
    """One table whose rows are all alike, at most eight columns; a NULL is left out."""

    name: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...]


@dataclass(frozen=True)
class TableBytes:
    """Bytes of one table, measured or computed. The total is what `pg_total_relation_size` gives."""

    table: str
    heap: int
    toast: int
    """With its index."""
    maps: int
    """Free space and visibility of heap and TOAST."""
    indexes: Mapping[str, int]

    @property
    def index(self) -> int:
        return sum(self.indexes.values())

    @property
    def total(self) -> int:
        return self.heap + self.toast + self.maps + self.index


@dataclass(frozen=True)
class StorageFit:
    """What cannot be derived: the share of a leaf that is used."""

    random_leaf_fill: float
    repeated_leaf_fill: float

    def leaf_fill(self, order: KeyOrder) -> float:
        fitted = {KeyOrder.RANDOM: self.random_leaf_fill, KeyOrder.REPEATED: self.repeated_leaf_fill}
        return fitted.get(order, ASCENDING_LEAF_FILL)


def aligned(length: int, alignment: int = 8) -> int:
    """Round `length` up to a multiple of `alignment`."""
    return -(-length // alignment) * alignment


def data_end(columns: Iterable[Column], start: int) -> int:
    """Return where values end that are laid out one after the other from `start`."""
    end = start
    for column in columns:
        if column.alignment is not None:
            end = aligned(end, column.alignment) + column.data_bytes
        elif column.data_bytes <= SHORT_VALUE_BYTES:
            end += 1 + column.data_bytes
        else:
            end = aligned(end, 4) + 4 + column.data_bytes
    return end


def toasted(columns: Sequence[Column]) -> tuple[tuple[Column, ...], tuple[int, ...]]:
    """Return the columns of the row that stays in the heap, and the lengths of the values that were moved out."""
    inline, moved = list(columns), list[int]()
    pointer = Column(TOAST_POINTER_BYTES - 1)  # it takes the place of a short value, whose header is one byte
    while data_end(inline, TUPLE_HEADER_BYTES) > TOAST_THRESHOLD_BYTES:
        movable = [
            i for i, c in enumerate(inline) if c.alignment is None and c.data_bytes > aligned(TOAST_POINTER_BYTES)
        ]
        if not movable:
            break
        longest = max(movable, key=lambda i: inline[i].data_bytes)
        moved.append(inline[longest].data_bytes)
        inline[longest] = pointer
    return tuple(inline), tuple(moved)


def chunk_lengths(value_bytes: int) -> tuple[int, ...]:
    """Return the lengths of the chunks of a value that was moved out."""
    whole, rest = divmod(value_bytes, TOAST_CHUNK_BYTES)
    return (TOAST_CHUNK_BYTES,) * whole + ((rest,) if rest else ())


@cache
def _pages_per_row(tuples: tuple[int, ...]) -> float:
    """Fill pages with the tuples of one row after the other; a tuple is never divided.

    A tuple that does not fit where the last one went takes a page that has room for it, else a new page.
    """
    needs = [aligned(tuple_bytes) + LINE_POINTER_BYTES for tuple_bytes in tuples]
    rows = max(100, PACKED_TUPLES // len(tuples))
    smallest = min(needs)
    current, room, pages = 0, HEAP_PAGE_SPACE, 1
    left: dict[int, int] = {}
    most_left = 0
    for need in needs * rows:
        if need > room:
            if room >= smallest:
                left[current] = room
                most_left = max(most_left, room)
            # A page that had no room for a whole chunk has none later: thousands of them need no look.
            fitting = (page for page, space in left.items() if space >= need) if need <= most_left else iter(())
            current = next(fitting, pages)
            room = left.pop(current, HEAP_PAGE_SPACE)
            pages = max(pages, current + 1)
        room -= need
    return pages / rows


def heap_pages(tuples: tuple[int, ...], rows: int) -> int:
    """Return the pages of `rows` rows, each of which is tuples of these lengths (one in a heap, chunks in TOAST)."""
    if not tuples or not rows:
        return 0
    if len(tuples) == 1:
        return math.ceil(rows / (HEAP_PAGE_SPACE // (aligned(tuples[0]) + LINE_POINTER_BYTES)))
    return math.ceil(rows * _pages_per_row(tuples))


def map_pages(heap: int) -> int:
    """Return the pages of the free space map and the visibility map of a vacuumed heap."""
    if not heap:
        return 0
    return 2 + math.ceil(heap / FREE_SPACE_MAP_LEAF) + math.ceil(heap / VISIBILITY_MAP_LEAF)


def entry_bytes(columns: Iterable[Column]) -> int:
    """Return the bytes of a key in a leaf, its line pointer included."""
    return aligned(data_end(columns, INDEX_TUPLE_HEADER_BYTES)) + LINE_POINTER_BYTES


def _leaf_bytes(index: Index, rows: int) -> int:
    """Bytes of all entries in the leaves."""
    return rows * (POSTING_BYTES if index.order is KeyOrder.REPEATED else entry_bytes(index.columns))


def _pages_per_leaf(index: Index) -> float:
    """Pages of all levels for one leaf. Higher levels keep of a key only what tells it from its neighbour."""
    fan_out = INDEX_PAGE_SPACE * INNER_PAGE_FILL / entry_bytes(index.columns[:1])
    return 1 / (1 - 1 / fan_out)


def index_pages(index: Index, rows: int, leaf_fill: float) -> int:
    """Return the pages of an index, with the one of its metadata."""
    leaves = _leaf_bytes(index, rows) / (INDEX_PAGE_SPACE * leaf_fill)
    if leaves <= 1:
        return 1 + (rows > 0)
    return 1 + max(3, math.ceil(math.ceil(leaves) * _pages_per_leaf(index)))


TOAST_INDEX = Index("toast_index", (Column(4, alignment=4), Column(4, alignment=4)), KeyOrder.ASCENDING)


def predict_table(table: StoredTable, rows: int, fit: StorageFit) -> TableBytes:
    """Compute what `rows` rows of a table take, bytes."""
    inline, moved = toasted(table.columns)
    chunks = [length for value in moved for length in chunk_lengths(value)]
    heap = heap_pages((data_end(inline, TUPLE_HEADER_BYTES),), rows)
    toast = heap_pages(tuple(TOAST_CHUNK_OVERHEAD + length for length in chunks), rows)
    has_toast = any(column.alignment is None for column in table.columns)
    toast_index = index_pages(TOAST_INDEX, rows * len(chunks), fit.leaf_fill(TOAST_INDEX.order)) if has_toast else 0
    return TableBytes(
        table=table.name,
        heap=heap * PAGE_BYTES,
        toast=(toast + toast_index) * PAGE_BYTES,
        maps=(map_pages(heap) + map_pages(toast)) * PAGE_BYTES,
        indexes={ix.name: index_pages(ix, rows, fit.leaf_fill(ix.order)) * PAGE_BYTES for ix in table.indexes},
    )
