"""All tables of evidence. A new table is a model in the file of its area and an entry in that file's `TABLES`."""

from assets.evidence.model import Table
from assets.evidence.tables import (
    benchmarks,
    costs,
    interviews,
    pricing,
    protocol,
    readiness,
    reviews,
    roadmap,
    segments,
)

ALL_TABLES: tuple[Table, ...] = tuple(
    sorted(
        (
            *benchmarks.TABLES,
            *costs.TABLES,
            *interviews.TABLES,
            *pricing.TABLES,
            *protocol.TABLES,
            *readiness.TABLES,
            *reviews.TABLES,
            *roadmap.TABLES,
            *segments.TABLES,
        ),
        key=lambda table: table.key,
    )
)
TABLES_BY_KEY: dict[str, Table] = {table.key: table for table in ALL_TABLES}
