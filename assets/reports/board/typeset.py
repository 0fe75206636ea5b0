"""From what the board PDF shows to its bytes, by Typst.

Belongs here: which characters are set, and how Typst is called. Does not belong here: words and layout (`templates/`).

The compiler comes in the package `typst` with its fonts: it reads nothing but the templates, asks no network, and the
same release gives the same bytes on every machine. Text of evidence reaches the templates as data and never as markup.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assets.reports.board.content import board_of
from assets.reports.board.parts import Board
from assets.reports.page.site import ReleaseData

TEMPLATES = Path(__file__).parent / "templates"

STANDARD: Final = "ua-1"
"""PDF/UA-1, for readers that cannot see it: Typst refuses a figure that has no alternative text."""

SET = re.compile(
    "[ -~\u00a0-\u02ff\u0370-\u04ff\u1e00-\u1fff\u2010-\u2027\u2030-\u203e\u20a0-\u20c0\u2122\u2190-\u23ff]"
)
"""Characters that the fonts of the compiler have, as far as they are assigned: Latin, Greek, Cyrillic, signs, arrows.
PDF/UA allows no other ones."""

NOT_SET = "□"
"""Stands for each other character; the page shows it as it is."""

NOT_PRINTED = frozenset({"Cc", "Cf", "Cn"})
"""Categories of characters that stand for nothing to see."""

LONG_WORD = re.compile(r"[^\s\d]{15}(?=[^\s\d]{4})")
"""Part of a word after which a line may break, since no word is wider than its column. Numbers and names of releases
stay whole: they have no invisible sign in them when they are copied."""


def board_pdf(release: ReleaseData) -> bytes:
    """Return the board PDF of a release.

    Raises `KeyError` if it shows anything that is not a cell of the release, and `typst.TypstError` for a fault in a
    template.
    """
    return typeset(board_of(release), release.manifest.created_at)


def typeset(board: Board, created_at: datetime) -> bytes:
    """Return the document as PDF, said to be made at `created_at`."""
    import typst  # 84 MB that nothing but making a document needs

    return typst.compile(
        TEMPLATES / "board.typ",
        root=TEMPLATES,
        ignore_system_fonts=True,
        sys_inputs={"board": json.dumps(printable(asdict(board)), ensure_ascii=False)},
        pdf_standards=STANDARD,
        timestamp=created_at.replace(microsecond=0),
    )


def printable(value: Any) -> Any:
    """Return a value with each text in it as it is printed: in one line, by characters that the fonts have."""
    if isinstance(value, dict):
        return {name: printable(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [printable(part) for part in value]
    return _printable_text(value) if isinstance(value, str) else value


def _printable_text(text: str) -> str:
    whole = " ".join(unicodedata.normalize("NFC", text).split())
    known = "".join(c if SET.match(c) and unicodedata.category(c) not in NOT_PRINTED else NOT_SET for c in whole)
    return LONG_WORD.sub(lambda part: f"{part.group()}\u200b", known)
