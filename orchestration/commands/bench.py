"""`waku-fit bench`: measure the archive, with progress on the terminal, then say what was found and where it lies.

Belongs here: choosing server and folders, what is printed. Does not belong here: a benchmark itself
(`assets.benchmarks.measuring.service`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

import click

from assets.benchmarks.archive.grids import MAIN
from assets.benchmarks.measuring.errors import BenchmarkError
from assets.benchmarks.measuring.service import Benchmark, measure
from assets.benchmarks.measuring.session_files import RUNS, finished, keep, refresh_pack
from assets.benchmarks.measuring.session_run import SessionProgress
from assets.benchmarks.results import Gain, Noise
from assets.evidence.packs import BENCHMARKS, resolve_pack
from orchestration.errors import UserError
from orchestration.settings import Settings
from orchestration.staleness.evidence import read_evidence
from orchestration.warehouse.connection import WarehouseError, open_warehouse, run_lock
from orchestration.warehouse.layout import wheel_binaries

SEED = 1


def measure_and_tell(
    settings: Settings,
    grid: str,
    *,
    database_url: str | None = None,
    seed: int = SEED,
    fresh: bool = False,
    as_json: bool = False,
) -> None:
    """Measure a grid and print gains, certificate and where the results lie. Raises `UserError` if it fails."""
    terminal = Terminal(sys.stderr if as_json else sys.stdout)
    try:
        done = measure(
            read_evidence(settings, settings.packs),
            _server(settings, database_url, as_json),
            wheel_binaries(),
            grid,
            settings.state_dir / BENCHMARKS,
            seed,
            terminal.tell,
            fresh=fresh,
        )
    except (BenchmarkError, WarehouseError) as error:
        terminal.end()
        raise UserError(str(error)) from error
    terminal.end()
    click.echo(json.dumps(as_data(done), indent=2) if as_json else "\n".join(summary(done)))


@contextmanager
def _server(settings: Settings, database_url: str | None, as_json: bool) -> Iterator[str]:
    with open_warehouse(database_url or settings.database_url, settings.state_dir) as database:
        for note in database.notes:
            click.echo(note, err=as_json)
        with run_lock(database.url):
            yield database.url


def keep_newest(settings: Settings, pack: str) -> int:
    """Append the newest finished session to an evidence folder; return the exit code."""
    results = settings.state_dir / BENCHMARKS
    sessions = finished(results)
    if not sessions:
        raise UserError(f"no finished session in {results}; `waku-fit bench` makes one")
    target = resolve_pack(pack, settings.evidence_dir)
    try:
        count = keep(sessions[0], target.path)
        refresh_pack(results)
    except BenchmarkError as error:
        raise UserError(str(error)) from error
    click.echo(f"{sessions[0].name}: 1 run and {count:,} measurements are now in {target.file(RUNS.area)}.")
    click.echo("`waku-fit check` looks over them; commit them like any evidence.")
    return 0


def summary(done: Benchmark) -> list[str]:
    """Return what is printed at the end."""
    run, found = done.run, done.found
    lines = [
        f"Throughput of each stage over that of the one before, {run['rounds']} rounds, with an interval of 95 %;",
        "* is a difference beyond 2 %.",
        *gain_table(found.gains),
        "",
        *certificate_lines(found.noise),
        "",
        *done.result.notes,
        f"Measured for {float(run['duration_seconds']):,.0f} s. Results: {done.result.folder}",
        "`waku-fit run` uses them; `waku-fit bench --keep public` makes them part of the public evidence.",
    ]
    return ["", *lines]


def gain_table(found: list[Gain]) -> list[str]:
    """Return a table for each archive: stages down, the workloads that all stages have across."""
    archives = dict.fromkeys(_archive(gain) for gain in found)
    lines = []
    for messages, payload, clients in archives:
        cells = {
            (gain.stage, gain.base, gain.setting.workload): gain
            for gain in found
            if _archive(gain) == (messages, payload, clients)
        }
        lines += ["", f"{messages:,} messages of {payload:,} bytes, {clients} clients"]
        lines.append(f"  {'stage':<19}{'over':<19}" + "".join(f"{name:<22}" for name in MAIN))
        for stage, base in dict.fromkeys((stage, base) for stage, base, _ in cells):
            texts = (_ratio(cells.get((stage, base, name))) for name in MAIN)
            lines.append(f"  {stage:<19}{base:<19}" + "".join(f"{text:<22}" for text in texts).rstrip())
    return lines[1:]


def certificate_lines(found: Noise) -> list[str]:
    """Return how far the session is to be trusted, in sentences."""
    verdict = "" if found.holds else " More than one in twenty is too many: measure again on a machine left alone."
    alarms = f"{found.self_test_alarms} of {found.self_test_comparisons}"
    varies = f"median {_text(found.variation_median, '.0%')}, at most {_text(found.variation_max, '.0%')}"
    empty, select_1 = (_text(rate, ",.0f") for rate in (found.harness_empty_per_s, found.harness_select_1_per_s))
    ceiling = f"{empty} with an empty script, {select_1} with `select 1`"
    return [
        f"Self-test: {alarms} comparisons of equal stages, each loaded by itself, found a difference.{verdict}",
        f"Placebo: {found.placebo_alarms} of {found.placebo_comparisons} comparisons of the same bytes found one.",
        f"Variation of throughput over rounds: {varies}.",
        f"Ceiling of the harness, 1/s: {ceiling}; the fastest stage: {_text(found.highest_throughput_per_s, ',.0f')}.",
    ]


def as_data(done: Benchmark) -> dict[str, Any]:
    """Return the same for scripts."""
    run, certificate = done.run, done.found.noise
    return {
        "run_id": run["id"],
        "results": str(done.result.folder),
        "pack": str(done.result.pack),
        "duration_seconds": float(run["duration_seconds"]),
        "gains": [
            {
                "stage": gain.stage,
                "base": gain.base,
                **gain.setting._asdict(),
                "low": gain.low,
                "mid": gain.ratio,
                "high": gain.high,
                "differs": gain.is_real,
            }
            for gain in done.found.gains
        ],
        "certificate": {
            "comparisons": certificate.self_test_comparisons,
            "false_alarms": certificate.self_test_alarms,
            "holds": certificate.holds,
            "placebo_comparisons": certificate.placebo_comparisons,
            "placebo_false_alarms": certificate.placebo_alarms,
            "variation_median": certificate.variation_median,
            "variation_max": certificate.variation_max,
            "harness_empty_per_s": certificate.harness_empty_per_s,
            "harness_select_1_per_s": certificate.harness_select_1_per_s,
            "highest_throughput_per_s": certificate.highest_throughput_per_s,
        },
        "notes": list(done.result.notes),
    }


@dataclass
class Terminal:
    """Prints progress: one line that moves on a terminal, elsewhere a line whenever something else is begun."""

    stream: IO[str]
    last: str = field(default="")

    def tell(self, progress: SessionProgress) -> None:
        """Print how far a session is."""
        line = f"{progress.done_share:4.0%}  {_minutes(progress.remaining_seconds)} left  "
        part = progress.doing.partition(":")[0]
        if self.stream.isatty():
            self.stream.write(f"\r\x1b[K{line}{progress.doing}")
        elif part != self.last:
            self.stream.write(f"{line}{part}\n")
        self.last = part
        self.stream.flush()

    def end(self) -> None:
        """Leave the line that moves."""
        if self.last and self.stream.isatty():
            self.stream.write("\r\x1b[K")
            self.stream.flush()


def _archive(gain: Gain) -> tuple[int | None, int | None, int | None]:
    return gain.setting.archive_messages, gain.setting.payload_bytes, gain.setting.clients


def _ratio(gain: Gain | None) -> str:
    if gain is None:
        return "–"
    if gain.low is None or gain.high is None:
        return f"{gain.ratio:.2f}"
    return f"{gain.ratio:.2f} [{gain.low:.2f}–{gain.high:.2f}]" + ("*" if gain.is_real else "")


def _text(value: float | None, form: str) -> str:
    return "not measured" if value is None else format(value, form)


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
