"""The documents that the milestone names, as files of a release. Same release in, same bytes out.

Belongs here: their list. Does not belong here: what is in them (`target_customers.py`, `validation_matrix.py`,
`website.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from assets.common.spreadsheet import csv_text
from assets.evidence.model import Grade
from assets.reports.documents.grades import GRADES, STATUSES
from assets.reports.documents.markdown import render
from assets.reports.documents.target_customers import competitors_of_all, segments_of
from assets.reports.documents.validation_matrix import by_usp, sheets_of
from assets.reports.documents.website import website_files
from assets.reports.documents.workbook import workbook
from assets.reports.documents.written_cells import WrittenCells
from assets.reports.model import TARGET_CUSTOMERS, VALIDATION_MATRIX, Manifest
from assets.reports.page.cells import Cells
from assets.reports.page.formats import FORMATS, word


def render_documents(frames: Mapping[str, pd.DataFrame], manifest: Manifest) -> dict[str, bytes]:
    """Return all documents by their paths in the release.

    Raises `KeyError` if one shows anything that is not a cell of the release.
    """
    written = WrittenCells(Cells(frames))
    sheets = sheets_of(written)
    is_illustrative = bool(written.cells.keys("evidence_index", grade=Grade.ILLUSTRATIVE.value))
    grades = {word(grade): meaning for grade, meaning in GRADES.items()}
    statuses = {word(status): meaning for status, meaning in STATUSES.items()}
    shared = {
        **written.functions(),
        **_of_manifest(manifest),
        "is_illustrative": is_illustrative,
        "grades": grades,
    }
    target_customers = render(
        "target_customers.md.j2", **shared, segments=segments_of(written), for_all=competitors_of_all(written)
    )
    matrix = render(
        "validation_matrix.md.j2",
        **shared,
        statuses=statuses,
        summaries=by_usp(written, "validation_summary"),
        matrix=by_usp(written, "validation_matrix"),
        findings=by_usp(written, "validation_findings"),
        registered=written.cells.keys("usp_register"),
    )
    terms = {"Statuses": statuses, "Grades": grades}
    return {
        TARGET_CUSTOMERS: target_customers.encode(),
        f"{VALIDATION_MATRIX}.md": matrix.encode(),
        f"{VALIDATION_MATRIX}.csv": csv_text([column.title for column in sheets[0].columns], sheets[0].rows).encode(),
        f"{VALIDATION_MATRIX}.xlsx": workbook(
            sheets, manifest, "Validation matrix", terms, is_illustrative=is_illustrative
        ),
        **website_files(written, manifest, shared),
    }


def _of_manifest(manifest: Manifest) -> dict[str, Any]:
    return {
        "manifest": manifest,
        "made_on": FORMATS["day"](manifest.created_at.date()),
        "as_of": FORMATS["day"](manifest.as_of) if manifest.as_of else "",
        "packs": FORMATS["listed"](list(manifest.packs)),
    }
