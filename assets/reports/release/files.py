"""All files of a release as bytes by path, made from its tables, its manifest and the log of decisions alone.

Belongs here: the one list of what a release consists of. Publication writes what `files_of` returns, a decision makes
`shown_files` again, and `waku-fit verify` makes all of them again from the tables on disk: a file that is added here is
verified without further code. Does not belong here: what is in a file (`assets.reports.page`, `board`, `documents`,
`whitepaper`), disks and databases.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from assets.common.spreadsheet import csv_text
from assets.readiness.frames import readiness_json
from assets.reports.board.typeset import board_pdf
from assets.reports.decisions import LogLine, known_to, with_decisions
from assets.reports.documents.brief_pdf import brief_pdf
from assets.reports.documents.briefs import render_briefs
from assets.reports.documents.rendering import render_documents
from assets.reports.drafts import USPS, Draft, drafts_left, with_drafts
from assets.reports.model import BOARD_PDF, WEBSITE_PAGE, WHITEPAPER, WHITEPAPER_PDF, Manifest
from assets.reports.page.menu import FIRST_PAGE
from assets.reports.page.site import ReleaseData, render_pages
from assets.reports.whitepaper.typeset import page_count, whitepaper_pdf

DATA = "data"
MANIFEST = "manifest.json"

LOG_COPY = "decisions.jsonl"
"""The log of decisions as a release has it: up to the release, and all that was said about it."""

WITHDRAWN_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Taken back</title>
<p>The pages of this release were taken back because a consent was withdrawn. Its tables are in <code>data/</code>.</p>
</html>
"""

Tables = Mapping[str, pa.Table]
"""Released tables by name."""


def files_of(frames: Mapping[str, pd.DataFrame], manifest: Manifest, log: Sequence[LogLine]) -> dict[str, bytes]:
    """Return all files of a release. `frames` carry their types as `read_release` gives them.

    Raises `KeyError` if a page shows anything that is not a cell of the release.
    """
    tables = {name: arrow_table(frame) for name, frame in frames.items()}
    parquet = parquet_files(tables)
    hashes = {path: hashlib.sha256(content).hexdigest() for path, content in parquet.items()}
    rows = {name: table.num_rows for name, table in tables.items()}
    return {**parquet, **derived_files(tables, replace(manifest, rows=rows, sha256=hashes), log)}


def data_files(frames: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """Return the tables of a release as Parquet and CSV."""
    tables = {name: arrow_table(frame) for name, frame in frames.items()}
    return {**parquet_files(tables), **csv_files(tables)}


def derived_files(tables: Tables, manifest: Manifest, log: Sequence[LogLine]) -> dict[str, bytes]:
    """Return all files that are made from the Parquet files, which `manifest` holds the hashes of."""
    frames = {name: frame_of(table) for name, table in tables.items()}
    return {**csv_files(tables), **shown_files(frames, manifest, log)}


def shown_files(frames: Mapping[str, pd.DataFrame], manifest: Manifest, log: Sequence[LogLine]) -> dict[str, bytes]:
    """Return all files but the tables. `frames` have plain values, as `frame_of` gives them."""
    decisions = known_to(log, manifest.release_id)
    whitepaper = whitepaper_pdf(ReleaseData(frames, manifest))
    made = (Draft(WHITEPAPER, WHITEPAPER_PDF, page_count(whitepaper)), Draft(USPS, WEBSITE_PAGE, 1, "for the website"))
    drafts = drafts_left(made, frames)
    release = ReleaseData(frames, manifest, decisions, drafts)
    judged = with_drafts(readiness_json(frames, manifest), drafts)
    briefs = render_briefs(release)
    return {
        **{path: text.encode() for path, text in {**render_pages(release), **briefs}.items()},
        **{path.replace(".md", ".pdf"): brief_pdf(text, manifest.created_at) for path, text in briefs.items()},
        BOARD_PDF: board_pdf(release),
        WHITEPAPER_PDF: whitepaper,
        **render_documents(frames, manifest),
        "readiness.json": as_json(with_decisions(judged, decisions)).encode(),
        MANIFEST: manifest_json(manifest),
        LOG_COPY: log_text(decisions).encode(),
    }


def files_taken_back(manifest: Manifest, log: Sequence[LogLine]) -> dict[str, bytes]:
    """Return all files but the tables where pages cannot be made again: nothing of what they said."""
    return {
        FIRST_PAGE: WITHDRAWN_PAGE.encode(),
        MANIFEST: manifest_json(manifest),
        LOG_COPY: log_text(known_to(log, manifest.release_id)).encode(),
    }


def manifest_in(folder: Path) -> Manifest:
    """Return the manifest of a release."""
    return Manifest.from_json(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


def log_text(lines: Sequence[LogLine]) -> str:
    """Return lines of the log as a file."""
    return "".join(line.as_line() for line in lines)


def arrow_table(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as a table with the types that it carries."""
    types: pa.Schema = frame.attrs["types"]
    return pa.Table.from_arrays([pa.array(frame[field.name].tolist(), field.type) for field in types], schema=types)


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Return a table as a frame of plain values: None where there is none, arrays as lists."""
    # object: an integer column with a NULL would otherwise become float, and its 10 print as 10.0
    return pd.DataFrame({name: pd.Series(table[name].to_pylist(), dtype=object) for name in table.column_names})


def parquet_files(tables: Tables) -> dict[str, bytes]:
    """Return each table as a Parquet file."""
    files = {}
    for name, table in tables.items():
        file = io.BytesIO()
        pq.write_table(table, file)
        files[f"{DATA}/{name}.parquet"] = file.getvalue()
    return files


def csv_files(tables: Tables) -> dict[str, bytes]:
    """Return each table as a CSV file."""
    return {
        f"{DATA}/{name}.csv": csv_text(
            table.column_names, zip(*(column.to_pylist() for column in table.columns), strict=True)
        ).encode()
        for name, table in tables.items()
    }


def manifest_json(manifest: Manifest) -> bytes:
    """Return `manifest.json`: the manifest, and the SHA-256 of what it says as `digest`."""
    return as_json(manifest.as_json() | {"digest": digest_of(manifest.as_json())}).encode()


def digest_of(plain: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest as `manifest.json` has it, without its digest."""
    said = {name: value for name, value in plain.items() if name != "digest"}
    return hashlib.sha256(as_json(said).encode()).hexdigest()


def as_json(document: Any) -> str:
    """Return `document` as indented JSON."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
