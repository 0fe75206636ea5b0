"""k6: the summary of a run as JSON, by `--summary-export` or from `handleSummary`.

Belongs here: what its figures mean. Does not belong here: single requests (`k6.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assets.benchmarks.imports.events import MS_PER_S, Reported, figure, importer, json_object
from assets.benchmarks.imports.k6 import DURATIONS
from assets.evidence.importer import SourceFile

SUCCEEDED = "{expected_response:true}"
"""Ends the name of the part of a metric that is of responses as expected."""
LATENCIES = ("med", "p(50)", "p(90)", "p(95)", "p(99)")


def read_k6_summary(source: SourceFile) -> Iterator[Reported]:
    """Read the figures of all requests of a run."""
    data = json_object(source, "k6-summary")
    metrics = _metrics(data)
    name = next((name for name in DURATIONS if name in metrics), None)
    if name is None:
        source.stop("there are no durations of requests", f"a summary of k6 with {' or '.join(DURATIONS)}")
    requests, failed = metrics.get("http_reqs", {}), metrics.get("http_req_failed", {})
    count = figure(source, "http_reqs.count", requests.get("count"))
    rate = figure(source, "http_reqs.rate", requests.get("rate"))
    if count is None or rate is None:
        source.stop("there is no number of requests (http_reqs)", "CSV of the run (k6 run --out csv=FILE, --format k6)")
    if count == 0:
        source.stop("nothing was measured", "a run with requests")
    share = figure(source, "http_req_failed", failed.get("rate", failed.get("value"))) or 0.0
    latencies = metrics.get(name + SUCCEEDED, {}) if share < 1 else {}
    latencies = latencies or metrics[name]
    if not set(LATENCIES) & set(latencies):
        source.stop("there is neither a median nor a percentile", "summaryTrendStats with med, p(90), p(95), p(99)")
    state = data.get("state")
    milliseconds = state.get("testRunDurationMs") if isinstance(state, dict) else None
    lasted = figure(source, "state.testRunDurationMs", milliseconds)

    def of(*statistics: str) -> float | None:
        statistic = next((one for one in statistics if one in latencies), statistics[0])
        return figure(source, f"{name}.{statistic}", latencies.get(statistic))

    yield Reported(
        name,
        int(count),
        round(count * share),
        duration_s=lasted / MS_PER_S if lasted else count / rate if rate else 0,
        throughput_per_s=rate * (1 - share) if rate else None,
        latency_ms_mean=of("avg"),
        latency_ms_p50=of("med", "p(50)"),
        latency_ms_p90=of("p(90)"),
        latency_ms_p95=of("p(95)"),
        latency_ms_p99=of("p(99)"),
        latency_ms_max=of("max"),
        is_total=True,
        are_failures_timed=latencies is metrics[name],
    )


def _metrics(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the values of each metric: they stand beside its name, or one step deeper."""
    results = data.get("results")
    found = data.get("metrics") or (results.get("metrics") if isinstance(results, dict) else data)
    if isinstance(found, list):
        found = {one.get("name"): one for one in found if isinstance(one, dict)}
    if not isinstance(found, dict):
        return {}
    metrics = {name: metric for name, metric in found.items() if isinstance(metric, dict)}
    return {
        name: values if isinstance(values := metric.get("values"), dict) else metric for name, metric in metrics.items()
    }


K6_SUMMARY = importer("k6-summary", "k6_summary", read_k6_summary)
