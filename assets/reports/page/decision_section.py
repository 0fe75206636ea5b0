"""What the section on the decision shows: evidence to get next, outlines of the MVP, what is missing for it.

Belongs here: which rows, in which order. Does not belong here: layout (`decision.html.j2`), judgement (the models).
"""

from __future__ import annotations

from dataclasses import dataclass

from assets.reports.page.cells import Cells

NEXT_SHOWN = 3
"""Of interviews and of everything else, each; all are in the data files."""


@dataclass(frozen=True)
class DecisionSection:
    """Keys of rows, in the order in which they are shown."""

    interviews: tuple[str, ...]
    """Keys of `next_evidence` that are interviews, the most telling for an hour first."""
    others: tuple[str, ...]
    """Keys of `next_evidence` that are no conversations."""
    outlines: tuple[str, ...]
    usps: dict[str, tuple[str, ...]]
    """Keys of `mvp_usps` by outline, the one that is chosen most often first."""
    gaps: dict[str, tuple[str, ...]]
    """Keys of `mvp_gaps` by what has to be done about them."""
    requirements: tuple[str, ...]
    """Keys of `requirement_completion`."""


def decision_section(cells: Cells) -> DecisionSection:
    """Return what the section shows; every part is empty where the release has no such rows."""
    pieces = cells.keys("next_evidence")
    outlines = cells.keys("mvp_outline")
    gaps: dict[str, tuple[str, ...]] = {}
    for key in cells.keys("mvp_gaps"):
        standing = cells.value("mvp_gaps", key, "standing")
        gaps[standing] = (*gaps.get(standing, ()), key)
    return DecisionSection(
        interviews=tuple(k for k in pieces if cells.value("next_evidence", k, "kind") == "interview")[:NEXT_SHOWN],
        others=tuple(k for k in pieces if cells.value("next_evidence", k, "kind") not in ("interview", "session"))[
            :NEXT_SHOWN
        ],
        outlines=tuple(outlines),
        usps={outline: tuple(_most_chosen(cells, outline)) for outline in outlines},
        gaps=gaps,
        requirements=tuple(cells.keys("requirement_completion")),
    )


def _most_chosen(cells: Cells, outline: str) -> list[str]:
    keys = cells.keys("mvp_usps", outline=outline)
    return sorted(keys, key=lambda key: -(cells.value("mvp_usps", key, "chosen_share") or 0))
