"""JMeter: `statistics.json` of its HTML report. `Total` is the sum of all, without rows of Transaction Controllers.

Belongs here: what its figures mean. Does not belong here: the log of a run (`jmeter.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from assets.benchmarks.imports.events import Reported, figure, importer, json_object
from assets.evidence.importer import SourceFile

NEEDED = ("sampleCount", "errorCount", "throughput")
PERCENTILES = (
    "pct1ResTime to pct3ResTime count as 90, 95 and 99 %, which holds unless somebody changed aggregate_rpt_pct1 to 3"
)


def read_jmeter_statistics(source: SourceFile) -> Iterator[Reported]:
    """Read the figures of each label, and their sum."""
    found = json_object(source, "jmeter-statistics")
    labels = {label: row for label, row in found.items() if isinstance(row, dict) and "sampleCount" in row}
    if not labels:
        source.stop("no entry has a sampleCount", "statistics.json of a report of JMeter")
    source.notes.append(PERCENTILES)
    for label, row in labels.items():

        def of(name: str, label: str = label, row: dict[str, object] = row) -> float | None:
            return figure(source, f"{label}.{name}", row.get(name))

        count, errors, rate = map(of, NEEDED)
        if missing := [name for name in NEEDED if row.get(name) is None]:
            source.wrong(f"{label}.{missing[0]}", "the figure is missing", "a number >= 0")
        if not count or errors is None or rate is None:
            continue
        latencies = [of(name) for name in ("medianResTime", "pct1ResTime", "pct2ResTime", "pct3ResTime", "maxResTime")]
        known = [latency for latency in latencies if latency is not None]
        if known != sorted(known):
            message = "the median, pct1ResTime to pct3ResTime and the maximum do not rise"
            source.wrong(f"{label}.pct1ResTime", message, "50, 90, 95 and 99 %, and the maximum")
            continue
        yield Reported(
            label,
            int(count),
            int(errors),
            duration_s=count / rate if rate else 0,
            throughput_per_s=rate * (count - errors) / count if rate else None,
            latency_ms_mean=of("meanResTime"),
            latency_ms_p50=latencies[0],
            latency_ms_p90=latencies[1],
            latency_ms_p95=latencies[2],
            latency_ms_p99=latencies[3],
            latency_ms_max=latencies[4],
            is_total=label == "Total",
        )


JMETER_STATISTICS = importer("jmeter-statistics", "jmeter_statistics", read_jmeter_statistics)
