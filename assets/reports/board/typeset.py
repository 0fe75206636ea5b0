"""The board PDF of a release as bytes.

Belongs here: what is set by which template. Does not belong here: words and layout (`templates/`), Typst
(`assets.reports.typesetting`).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from assets.reports.board.content import board_of
from assets.reports.board.parts import Board
from assets.reports.page.site import ReleaseData
from assets.reports.typesetting import typeset

TEMPLATE = Path(__file__).parent / "templates" / "board.typ"


def board_pdf(release: ReleaseData) -> bytes:
    """Return the board PDF of a release.

    Raises `KeyError` if it shows anything that is not a cell of the release, and `typst.TypstError` for a fault in a
    template.
    """
    return typeset_board(board_of(release), release.manifest.created_at)


def typeset_board(board: Board, created_at: datetime) -> bytes:
    """Return the document as PDF, said to be made at `created_at`."""
    return typeset(TEMPLATE, asdict(board), created_at)
