"""hyperfine: `--export-json`. It times whole commands, so that the start of a program is part of each operation.

Belongs here: what its figures mean. Does not belong here: its CSV and Markdown, which have no single times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assets.benchmarks.imports.events import MS_PER_S, Reported, figure, importer, json_object
from assets.benchmarks.imports.quantiles import Quantiles
from assets.evidence.importer import SourceFile

STARTS = "each time is of a whole command, with the start of its program: compare it only with other commands"


def read_hyperfine(source: SourceFile) -> Iterator[Reported]:
    """Read the times of each command."""
    found = json_object(source, "hyperfine")
    results = found.get("results")
    if not isinstance(results, list) or not results:
        source.stop("there are no results", "the file of hyperfine --export-json")
    source.notes.append(STARTS)
    for position, result in enumerate(results):
        where = f"results[{position}]"
        times = result.get("times") if isinstance(result, dict) else None
        if not isinstance(times, list) or not times:
            source.stop(f"{where} has no times", "a file of --export-json with the time of each run")
        seconds = [figure(source, f"{where}.times", time) for time in times]
        known = [time for time in seconds if time is not None]
        if len(known) < len(times):
            source.wrong(f"{where}.times", "a time is missing", "the time of each run, in seconds")
            continue
        yield _reported(str(result.get("command", where)), known, result.get("exit_codes"))


def _reported(command: str, seconds: Sequence[float], codes: object) -> Reported:
    ended = codes if isinstance(codes, list) and len(codes) == len(seconds) else [0] * len(seconds)
    good = [time * MS_PER_S for time, code in zip(seconds, ended, strict=True) if code == 0]
    quantiles = Quantiles()
    for time in good:
        quantiles.add(time)
    p50, p90, p95, p99 = quantiles.quantiles(0.5, 0.9, 0.95, 0.99) if good else (None,) * 4
    lasted = sum(seconds)
    return Reported(
        command,
        len(seconds),
        len(seconds) - len(good),
        lasted,
        throughput_per_s=len(good) / lasted if lasted else None,
        latency_ms_mean=sum(good) / len(good) if good else None,
        latency_ms_p50=p50,
        latency_ms_p90=p90,
        latency_ms_p95=p95,
        latency_ms_p99=p99,
        latency_ms_max=max(good, default=None),
        are_failures_timed=False,
    )


HYPERFINE = importer("hyperfine", "hyperfine", read_hyperfine)
