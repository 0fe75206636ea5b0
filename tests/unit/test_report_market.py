"""What the pages on customers show, and what they must not."""

from __future__ import annotations

import re
from dataclasses import replace

from assets.reports.page.cells import Cells
from assets.reports.page.market_section import Voices, market_section
from assets.reports.page.site import manifest_frame, render_pages
from tests.unit.market_release import SPOKEN, market_tables
from tests.unit.page import ROW, Site
from tests.unit.release_fixture import release

PAIR = "private|exposed"


PAGES = ("usps.html", "interviews.html", "segments.html", "segments/chat.html", "segments/games.html")


def pages(**findings: object) -> Site:
    data = release()
    data.frames.update(market_tables(**findings))  # type: ignore[attr-defined,arg-type]
    return Site(render_pages(data))


def section(*paths: str, **findings: object) -> str:
    """The content of pages without what their numbers are made of, by default of all that are about customers."""
    site = pages(**findings)
    return "\n".join(site.opened[path].partition("<main")[2].partition("</main>")[0] for path in paths or PAGES)


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def cells() -> Cells:
    data = release()
    return Cells({**data.frames, "manifest": manifest_frame(data.manifest)})


def test_what_speaks_against_stands_beside_what_speaks_for() -> None:
    shown = market_section(cells())
    assert shown.heard[PAIR] == Voices(
        supporting=(f"{PAIR}|interviews__findings/one", f"{PAIR}|interviews__findings/four"),
        contradicting=(f"{PAIR}|interviews__sessions/k1 private", f"{PAIR}|interviews__findings/two"),
    )
    assert shown.cells[PAIR] == (f"{PAIR}|chat", f"{PAIR}|other")


def test_counts_are_of_how_many() -> None:
    said = text(section())
    assert "2 of 3 interviews 0 of 1 project in co-design 1 of 2" in said
    assert "Chat : 1 of 2 interviews , 0 of 1 project in co-design , 0." in said
    assert "Privacy 3 of 4 interviews" in said


def test_a_session_has_a_finding_for_each_selling_point_and_one_row_of_evidence() -> None:
    site = pages()
    html = site.opened["usps.html"]
    address = f"validation_findings/{PAIR}|interviews__sessions/k1 private"
    link = f'<a class="why" href="#why:{address.replace(" ", "_")}">'
    assert f'{link}<data class="n" value="0.25" data-cell="{address}/weight">0.25</data></a>' in html
    made = site.by_id[f"why:{address.replace(' ', '_')}"]
    rows = [e.leads_to for e in made.inside if e.leads_to.startswith(ROW)]
    assert rows == [f"{ROW}interviews__sessions/k1"]
    assert "weights and thresholds" in made.words


def test_what_is_not_to_be_quoted_is_counted_without_its_words() -> None:
    said = text(section())
    assert said.count("Everybody sees who talks") == 1
    assert said.count("Said, and not to be quoted:") == 4


def test_a_selling_point_is_named_once_above_its_problems() -> None:
    html = section(findings=(*SPOKEN[1:], replace(SPOKEN[0], problem_id="slow")))
    heard = re.findall(r'<table class="market cards">.*?</table>', html, re.DOTALL)[0]
    assert text(heard).count("Private by design") == 1
    assert heard.count('data-cell="validation_summary/private|exposed/status"') == 1
    assert heard.count('data-cell="validation_summary/private|slow/status"') == 1


def test_few_are_not_named() -> None:
    assert "other segments, each of too few to be named" in text(section())


def test_a_claim_that_nobody_spoke_about_is_listed_apart() -> None:
    assert market_section(cells()).unheard == ("private|any",)
    assert "Claimed, and nobody has spoken about it" in text(section())


def test_nothing_said_is_said() -> None:
    said = text(section(findings=()))
    assert "Nothing is on record that a customer said or did about any of them." in said
    assert "No theme is on record." in said
    assert "Nobody on record was asked how much a problem matters" in said


def test_segments_stand_by_place() -> None:
    assert list(market_section(cells()).ranking) == ["chat", "games"]


def test_a_segment_shows_all_of_its_capture() -> None:
    said = text(section())
    for part in (
        "Problem Operators see who talks",
        "Selling points that meet it Private by design",
        "2 public leads: Met in May",
        "8 million USD : Value locked ( 30 June 2024 , secondary source; trackers of it differ by a factor of 1.90 )",
        "Messenger: Lost messages ( integration , 30 June 2024 ) Source",
        "Rival : Quick",
        "Reasons against not known",
        "Work that it lacks nobody has looked",
    ):
        assert part in said, part


def test_of_a_segment_without_a_part_the_part_is_empty_and_not_left_out() -> None:
    games = market_section(cells()).captures["games"]
    assert (games.market_sizes, games.competitors, games.learnings) == ((), ("any_rival",), ())
    assert "Sizes of its market nothing on record" in text(section())


def test_a_selling_point_shows_what_it_rests_on_and_what_was_measured() -> None:
    said = text(section())
    assert "Private by design testnet docs 1" in said
    assert "Known limitation Timing tells" in said
    assert "Work that it is based on Mixnet ( done )" in said
    assert "delay : 0.4 s ten nodes" in said


def test_what_has_no_name_yet_goes_by_its_id() -> None:
    data = release()
    data.frames["usp_register"] = data.frames["usp_register"].iloc[:0]  # type: ignore[index]
    html = render_pages(data)["usps.html"]
    assert 'data-cell="validation_summary/private|exposed/usp_id">private</span>' in html
