"""wrk and wrk2: what they print with `--latency`.

Belongs here: what their lines mean. Does not belong here: JSON of their Lua scripts, which has no common form.
Both count what failed among the latencies. The percentiles of wrk2 count from the time at which a request was due.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assets.benchmarks.imports.events import MS_PER_S, Reported, importer, whole_text
from assets.evidence.importer import SourceFile

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1_000.0, "m": 60_000.0, "h": 3_600_000.0}
"""In milliseconds."""
_TIME = r"(\d+(?:\.\d+)?)(us|ms|s|m|h)"
_RUN = re.compile(r"^\s*Running \S+ test @ ", re.MULTILINE)
_STATS = re.compile(rf"^\s*Latency\s+{_TIME}\s+{_TIME}\s+{_TIME}\s+[\d.]+%", re.MULTILINE)
_PERCENTILE = re.compile(rf"^\s*(\d+(?:\.\d+)?)%\s+{_TIME}\s*$", re.MULTILINE)
_SPECTRUM = re.compile(r"^\s*(\d+\.\d+)\s+(0\.\d+)\s+\d+\s", re.MULTILINE)
"""A line of the detailed spectrum of wrk2: milliseconds, then the share."""
_REQUESTS = re.compile(rf"^\s*(\d+) requests in {_TIME},", re.MULTILINE)
_RATE = re.compile(r"^\s*Requests/sec:\s+(\d+(?:\.\d+)?)\s*$", re.MULTILINE)
_BAD = re.compile(r"^\s*Non-2xx or 3xx responses: (\d+)", re.MULTILINE)
_SOCKETS = re.compile(r"^\s*Socket errors: (.*?)\s*$", re.MULTILINE)
_DISTRIBUTION, _UNCORRECTED = "Latency Distribution", "Uncorrected Latency"


def read_wrk(source: SourceFile) -> Iterator[Reported]:
    """Read the output of one run."""
    whole = whole_text(source, "wrk").replace("\r\n", "\n")
    text = whole.partition(_UNCORRECTED)[0]
    if len(_RUN.findall(whole)) > 1 or len(_RATE.findall(whole)) > 1:
        source.stop("the file has several runs", "a file for each run")
    requests, rate = _REQUESTS.search(whole), _RATE.search(whole)
    if requests is None or rate is None:
        source.stop("there is no number of requests", "all that wrk prints, down to Requests/sec")
    if _DISTRIBUTION not in text:
        source.stop("there is no latency distribution", "the output of a run with --latency")
    latencies = {float(p): float(value) * _UNITS[unit] for p, value, unit in reversed(_PERCENTILE.findall(text))}
    latencies |= {
        100 * float(share): float(value)
        for value, share in _SPECTRUM.findall(text)
        if 100 * float(share) not in latencies
    }
    count = int(requests[1])
    if count == 0 or not latencies:
        source.stop("nothing was measured", "a run with requests that were answered")
    seconds, per_s = float(requests[2]) * _UNITS[requests[3]] / MS_PER_S, float(rate[1])
    if not 0.9 < seconds * per_s / count < 1.1:
        message = f"{count} requests in {requests[2]}{requests[3]} are not {rate[1]} in a second"
        source.stop(message, "a run whose time wrk counted right")
    errors = int(found[1]) if (found := _BAD.search(whole)) else 0
    if sockets := _SOCKETS.search(whole):
        source.notes.append(f"socket errors are not counted among the operations: {sockets[1]}")
    stats = _STATS.search(text)
    yield Reported(
        "",
        count,
        errors,
        duration_s=seconds,
        throughput_per_s=per_s * (count - errors) / count,
        latency_ms_mean=float(stats[1]) * _UNITS[stats[2]] if stats else None,
        latency_ms_p50=latencies.get(50),
        latency_ms_p90=latencies.get(90),
        latency_ms_p95=latencies.get(95),
        latency_ms_p99=latencies.get(99),
        latency_ms_max=float(stats[5]) * _UNITS[stats[6]] if stats else None,
        is_total=True,
    )


WRK = importer("wrk", "wrk", read_wrk)
