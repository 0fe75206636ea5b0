"""The formats of files with measurements. They are explained with examples in docs/benchmarks.md.

Belongs here: their list. Does not belong here: what a format is (`events.py`), one of them (a module of its own).
"""

from __future__ import annotations

from assets.benchmarks.imports.hyperfine import HYPERFINE
from assets.benchmarks.imports.jmeter import JMETER_JTL
from assets.benchmarks.imports.jmeter_statistics import JMETER_STATISTICS
from assets.benchmarks.imports.k6 import K6_CSV
from assets.benchmarks.imports.k6_summary import K6_SUMMARY
from assets.benchmarks.imports.locust import LOCUST
from assets.benchmarks.imports.pgbench import PGBENCH_AGGREGATE, PGBENCH_LOG
from assets.benchmarks.imports.plain_csv import PLAIN_CSV
from assets.benchmarks.imports.wrk import WRK

FORMATS = (
    PGBENCH_LOG,
    PGBENCH_AGGREGATE,
    JMETER_JTL,
    JMETER_STATISTICS,
    K6_CSV,
    K6_SUMMARY,
    LOCUST,
    WRK,
    HYPERFINE,
    PLAIN_CSV,
)
