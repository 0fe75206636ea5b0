"""What grades and statuses mean, in the words of documents."""

from __future__ import annotations

from assets.evidence.model import Grade
from assets.segments.matrix import CellStatus

GRADES = {
    Grade.MEASURED: "measured with a method, by us or by the source",
    Grade.PUBLISHED: "stated by someone who should know, such as a price page or a specification",
    Grade.ESTIMATED: "derived or judged; a note in the evidence says how",
    Grade.ILLUSTRATIVE: "made up to show the software; never lets a gate pass",
    Grade.NOT_FOUND: "looked for without result: an open question",
}

STATUSES = {
    CellStatus.VALIDATED: "enough was said, and most such customers probably agree",
    CellStatus.INVALIDATED: "enough was said, and most such customers probably do not agree",
    CellStatus.MIXED: "enough was said, and it does not point one way",
    CellStatus.UNTESTED: "somebody claims it, and nothing or too little was said about it",
    CellStatus.NEW: "nobody had claimed it; customers brought it up, and too little was said so far",
}
