"""The graph of what is missing: what needs another thing stands behind it, and no box lies over another."""

from __future__ import annotations

import re
from itertools import combinations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.reports.page.cells import Cells
from assets.reports.page.roadmap_graph import BETWEEN, WIDTH, RoadmapDrawing, layers_of, roadmap_drawing
from assets.reports.page.site import render_pages
from tests.unit.page import Page
from tests.unit.release_fixture import release


def drawing_of(needs: dict[str, tuple[str, ...]], done: tuple[str, ...] = ()) -> RoadmapDrawing:
    """The drawing of gaps with what they need, and of what is done."""
    gaps = [{"deliverable_id": name, "title": f"Gap {name}", "standing": "planned, must complete"} for name in needs]
    known = [{"deliverable_id": name, "title": f"Work {name}", "status": "done", "needs": []} for name in done]
    known += [{"deliverable_id": name, "title": "", "status": "late", "needs": list(of)} for name, of in needs.items()]
    columns = ["deliverable_id", "title", "standing", "status", "needs"]
    frames = {"mvp_gaps": gaps, "roadmap_deliverables": known}
    return roadmap_drawing(
        Cells({name: pd.DataFrame(rows, columns=columns, dtype=object) for name, rows in frames.items()})
    )


def test_a_deliverable_stands_behind_what_it_needs_and_that_just_before_it() -> None:
    needs = {"audit": ("contract",), "mainnet": ("audit", "testnet"), "market": ("mainnet", "spec"), "alone": ()}
    drawn = drawing_of(needs, done=("contract", "testnet", "spec"))
    layer = {box.key: round(box.x / (WIDTH + BETWEEN)) for box in drawn.boxes}
    assert layer == {"contract": 0, "audit": 1, "testnet": 1, "mainnet": 2, "spec": 2, "market": 3, "alone": 0}
    assert len(drawn.arrows) == 5
    assert {box.key for box in drawn.boxes if box.look == "done"} == {"contract", "testnet", "spec"}


def test_what_something_done_needed_and_what_is_not_on_record_are_left_out() -> None:
    drawn = drawing_of({"audit": ("contract", "dream")}, done=("contract", "earlier"))
    assert [box.key for box in drawn.boxes] == ["contract", "audit"]
    assert drawing_of({}) == RoadmapDrawing(needs={})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_box_lies_over_another_and_arrows_lead_to_the_right(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 12))
    needs = {
        f"d{i}": tuple(f"d{j}" for j in sorted(data.draw(st.sets(st.integers(0, i - 1), max_size=3)) if i else ()))
        for i in range(count)
    }
    drawn = drawing_of(needs)
    for one, other in combinations(drawn.boxes, 2):
        assert one.x != other.x or one.y + one.height < other.y or other.y + other.height < one.y
    assert all(
        box.y >= 0 and box.y + box.height <= drawn.height and box.x + WIDTH <= drawn.width for box in drawn.boxes
    )
    layers = layers_of(needs)
    assert all(layers[start] < layers[name] for name, of in needs.items() for start in of)
    for path in drawn.arrows:
        ends = [float(x) for x in re.findall(r"[MC]?(-?[\d.]+) -?[\d.]+", path.partition("m")[0])]
        assert ends[-1] > ends[0]


def test_boxes_lead_to_their_rows_and_the_list_says_what_is_needed() -> None:
    page = Page(render_pages(release())["mvp.html"], "mvp.html")
    (drawing,) = [e for e in page.elements if e.attributes.get("class") == "roadmap"]
    led = {e.leads_to for e in drawing.inside if e.tag == "a"}
    assert "mvp.html#gap:audit" in led
    assert len(led) == 2
    assert "Needs: Mixnet (done)." in page.by_id["gap:audit"].words
    assert drawing.attributes["aria-label"]
