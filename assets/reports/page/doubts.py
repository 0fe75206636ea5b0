"""The sign beside a number that is based on evidence which a reader marked as doubtful.

Belongs here: which rows are marked so, and the sign. Does not belong here: which mark counts (`assets.evidence.marks`).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

DOUBTFUL = Markup('<sup class="doubt"><span aria-hidden="true">?</span><span class="spoken"> doubtful</span></sup>')


def doubtful_rows(frames: Mapping[str, pd.DataFrame]) -> frozenset[str]:
    """Return the ids of evidence that are marked as doubtful; none of a release from before there were marks."""
    index = frames.get("evidence_index")
    if index is None or "mark" not in index:
        return frozenset()
    return frozenset(index["evidence_id"][index["mark"] == "doubtful"])
