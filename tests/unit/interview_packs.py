"""A valid private pack in small: one interview, one session; a base that tests change one thing of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from assets.evidence.packs import Pack
from assets.evidence.read_packs import Evidence, read_packs
from assets.evidence.tables import ALL_TABLES
from tests.places import FROZEN

PUBLIC = FROZEN / "public"
TODAY = date(2026, 12, 31)
OF_CONVERSATIONS = [table for table in ALL_TABLES if table.area == "interviews"]
REFERRED_TO = {reference.table for table in OF_CONVERSATIONS for reference in table.references().values()}
TABLES = [table for table in ALL_TABLES if table.area == "interviews" or table.key in REFERRED_TO]
"""To read more, and what these refer to in their turn, would take most of a test."""

INTERVIEW = """\
id: p01
segment_id: gaming
role_class: product
interviewed_on: 2026-11-02
channel: video_call
consent: quote
question_set_id: core_v1
answers:
  current_problems: Servers cost too much after a release.
findings:
  - tag: latency
    strength: strong
    relation: contradicts
    usp_id: scalable_reliable
    problem_id: raw_gossip_does_not_scale
    quote: fifty milliseconds or nothing
    importance: 9
    satisfaction: 4
  - tag: no_need
    strength: weak
source: notes of the interview, kept by the team
as_of: 2026-11-02
as_of_basis: source_date
grade: published
"""

SESSION = """\
id: s01
segment_id: gaming
project_code: project_k9
held_on: 2026-11-03
topics:
  - state of the players
engineer_attended: true
outcome: A test was agreed on.
blockers:
  - nobody is free before spring
commitment_stage: solution_design
consent: summary
source: notes of the session, kept by the team
as_of: 2026-11-03
as_of_basis: source_date
grade: published
"""


def write_pack(root: Path, interview: str = INTERVIEW, session: str = SESSION, name: str = "p01") -> Path:
    """Write a pack of two documents."""
    for path, text in ((f"interviews/{name}.yaml", interview), ("sessions/s01.yaml", session)):
        target = root / "interviews" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return root


def read(root: Path) -> Evidence:
    """Read the pack over what it refers to in the public one."""
    public = Pack("public", PUBLIC, "evidence/public")
    return read_packs([_only(public, root.parent / "public"), Pack("mine", root)], TABLES, today=TODAY)


def _only(public: Pack, folder: Path) -> Pack:
    """A pack with only the files of `TABLES`."""
    if not folder.exists():
        folder.mkdir()
        for area in {table.area for table in TABLES}:
            (folder / area).mkdir()
        for table in TABLES:
            source = public.path / table.path if table.path and table.kind != "part" else None
            if source and source.is_file():
                (folder / table.path).write_bytes(source.read_bytes())
            elif source and source.is_dir():
                (folder / table.path).mkdir()
                for document in source.iterdir():
                    (folder / table.path / document.name).write_bytes(document.read_bytes())
    return Pack("public", folder)
