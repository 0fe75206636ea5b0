"""A project of its own for tests of the whole chain: copied evidence, own state, own reports, the real command line."""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from orchestration.warehouse.server import stop_server
from tests.integration import forked
from tests.places import FROZEN, PROJECT

HELD = r"(?<=,interviews_held_cumulative,)\w+(?=,interviews,zk_identity;gaming,)"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes of the test session from making or copying what is in `folder` meanwhile."""
    with folder.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class Chain:
    """Runs `waku-fit` on folders below `root`."""

    root: Path
    database_url: str = ""
    line: str = "latest"
    """The line of releases that is read."""
    packs: str = "public"
    """What the team's line is made of."""

    @classmethod
    def create(cls, root: Path, pack: Path = FROZEN / "public", database_url: str = "") -> "Chain":
        """A project whose public pack is a copy of `pack`."""
        shutil.copytree(pack, root / "evidence" / "public")
        shutil.copytree(PROJECT / "evidence" / "sample", root / "evidence" / "sample")
        return cls(root, database_url)

    def clone(self, root: Path) -> "Chain":
        """A second project in the same state, to be changed: a second instead of a whole first run."""
        with locked(self.root):
            stop_server(self.root / "state")
            # cp keeps owners: run by root, the database belongs to another account
            subprocess.run(["cp", "-a", str(self.root), str(root)], check=True)
        return replace(self, root=root)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("WAKU_FIT_", "DAGSTER_"))}
        return {
            **kept,
            "WAKU_FIT_STATE_DIR": str(self.root / "state"),
            "WAKU_FIT_REPORTS_DIR": str(self.root / "reports"),
            "WAKU_FIT_EVIDENCE_DIR": str(self.root / "evidence"),
            "WAKU_FIT_DATABASE_URL": self.database_url,
            "WAKU_FIT_PACKS": self.packs,
        }

    def command(self, *arguments: str) -> list[str]:
        return [str(Path(sys.executable).parent / "waku-fit"), *arguments]

    def waku_fit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Call the command line."""
        return forked.call(self.environment, forked.command_line, *arguments)

    def run_as_installed(self) -> subprocess.CompletedProcess[str]:
        """Call `waku-fit run` as people do, in a process that starts with nothing."""
        return subprocess.run(
            self.command("run"), env=self.environment, capture_output=True, text=True, check=False, timeout=600
        )

    def end_run_when(self, seen: str, by: signal.Signals) -> tuple[int, str]:
        """Start a run and end it, with all that it started, when its progress names `seen`; return code and output."""
        with self.started_run() as (process, output):
            lines = []
            for line in output:
                lines.append(line)
                if seen in line:
                    os.killpg(process.pid, by)
            process.join()
        text = "".join(lines)
        assert seen in text, text
        return process.exitcode, text

    @contextmanager
    def started_run(self) -> Iterator[tuple[Any, IO[str]]]:
        """Start a run; yield its process and what it prints, as it comes."""
        reading, writing = os.pipe()
        process = forked.start(self.environment, writing, writing, forked.command_line, "run")
        os.close(writing)
        with os.fdopen(reading) as output:
            yield process, output

    @property
    def latest(self) -> Path:
        """The newest release of the line."""
        return self.root / "reports" / self.line

    def in_line(self, line: str) -> "Chain":
        """The same project, of which another line of releases is read."""
        return replace(self, line=line)

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads((self.latest / "manifest.json").read_text())

    @property
    def readiness(self) -> dict[str, Any]:
        return json.loads((self.latest / "readiness.json").read_text())

    def gate(self, gate_id: str) -> dict[str, Any]:
        return next(gate for gate in self.readiness["gates"] if gate["gate_id"] == gate_id)

    def report_held(self, count: object) -> str:
        """Let the newest report on interviews say that `count` were held; return what it said before."""
        path = self.root / "evidence" / "public" / "roadmap" / "milestone_progress.csv"
        (before, *others) = re.findall(HELD, text := path.read_text())
        assert others == []
        path.write_text(re.sub(HELD, str(count), text))
        return str(before)

    def edit(self, table: str, old: str, new: str) -> None:
        """Replace `old`, which must be there exactly once, in evidence/public/<table>."""
        path = self.root / "evidence" / "public" / table
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {table}"
        path.write_text(text.replace(old, new))
