"""The log of decisions: lines that are only added, what people say beside a computed verdict, words taken out."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.common.files import write_all
from assets.reports.decisions import (
    BrokenLogError,
    DecisionKind,
    Judged,
    LogLine,
    OwnWords,
    following,
    in_force,
    known_to,
    read_lines,
)
from assets.reports.release import decision_log
from assets.reports.release.decision_log import DecisionLog, NotPublishedError, PagesError
from assets.reports.release.files import log_text, shown_files
from orchestration.commands.decide import decide, forget, show
from orchestration.errors import UserError
from orchestration.settings import Settings
from tests.unit.page import Page
from tests.unit.release_fixture import release

FIT = "fit"
CODE = release().manifest.code_version
"""The code that made the releases of the fixture."""
DAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def judged(release_id: str = "r1", verdict: str = "not_ready") -> Judged:
    return Judged(release_id, FIT, verdict, "e1", None, ("public",))


def words(reason: str = "The pilot may start.") -> OwnWords:
    return OwnWords("product lead", reason, "5a17")


def chain(*said: tuple[DecisionKind, Judged, str | None]) -> tuple[LogLine, ...]:
    lines: list[LogLine] = []
    for kind, about, decided in said:
        by = None if kind is DecisionKind.VERDICT else words()
        lines.append(following(lines, DAY, kind, about, decided=decided, words=by))
    return tuple(lines)


OVERRIDDEN = chain(
    (DecisionKind.VERDICT, judged(), None),
    (DecisionKind.NOTE, judged(), None),
    (DecisionKind.OVERRIDE, judged(), "ready"),
)


def test_lines_come_back_as_they_were_written() -> None:
    assert read_lines(log_text(OVERRIDDEN), "log") == OVERRIDDEN
    assert read_lines("", "log") == ()


def changed(text: str, number: int, change: dict[str, Any]) -> str:
    lines = text.splitlines()
    lines[number - 1] = json.dumps({**json.loads(lines[number - 1]), **change})
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed(log_text(OVERRIDDEN), 2, {"at": "2026-12-01T00:00:00+00:00"}), "log:2: this line was changed"),
        (changed(log_text(OVERRIDDEN), 3, {"decided": "unknown"}), "log:3: this line was changed"),
        (
            changed(log_text(OVERRIDDEN), 2, {"words": {"who": "product lead", "reason": "No.", "salt": "5a17"}}),
            "log:2: this line was changed",
        ),
        (log_text(OVERRIDDEN[1:]), "log:1: the line before it was changed or removed"),
        (log_text((OVERRIDDEN[0], OVERRIDDEN[2])), "log:2: the line before it was changed or removed"),
        (log_text((OVERRIDDEN[1], OVERRIDDEN[0])), "log:1: the line before it was changed or removed"),
        (log_text(OVERRIDDEN) + "{}\n", "log:4: this is no line of the log"),
        (log_text(OVERRIDDEN).replace('"kind"', '"kin"', 1), "log:1: this is no line of the log"),
    ],
)
def test_a_line_that_is_changed_or_removed_is_found(text: str, message: str) -> None:
    with pytest.raises(BrokenLogError) as error:
        read_lines(text, "log")
    assert str(error.value).startswith(message)
    assert "backup" in str(error.value)


def test_words_can_be_taken_out_and_the_chain_holds() -> None:
    left = tuple(line.without_words() for line in OVERRIDDEN)
    assert read_lines(log_text(left), "log") == left
    assert "pilot" not in log_text(left)
    assert [line.hash for line in left] == [line.hash for line in OVERRIDDEN]


def test_a_line_that_a_kill_cut_off_was_never_written() -> None:
    text = log_text(OVERRIDDEN)
    assert read_lines(text[:-20], "log") == OVERRIDDEN[:2]


def test_an_override_is_in_force_while_what_it_overrides_is_computed() -> None:
    assert in_force(OVERRIDDEN, FIT, "not_ready") == OVERRIDDEN[2]
    assert in_force(OVERRIDDEN, FIT, "unknown") is None
    assert in_force(OVERRIDDEN, "rln", "not_ready") is None
    ended = chain((DecisionKind.OVERRIDE, judged(), "ready"), (DecisionKind.OVERRIDE, judged("r2"), "not_ready"))
    assert in_force(ended, FIT, "not_ready") is None


def test_a_release_has_what_was_said_up_to_it_and_about_it() -> None:
    lines = chain((DecisionKind.NOTE, judged("r1"), None), (DecisionKind.NOTE, judged("r2"), None))
    assert known_to(lines, "r1") == lines[:1]
    assert known_to(lines, "r2") == lines


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    """The log of a project with one release, of the fixture."""
    state = tmp_path / "state"
    made = DecisionLog(state / "decisions.jsonl", state / "releases", tmp_path / "latest", CODE)
    publish(made, "20261123T120000Z-1")
    return made


def publish(log: DecisionLog, release_id: str, text_log: tuple[LogLine, ...] = ()) -> Path:
    """Write a release as a run does, and let the link follow."""
    data, folder = release(release_id=release_id), log.releases_dir / release_id
    (folder / "data").mkdir(parents=True)
    for name, frame in data.frames.items():
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / "data" / f"{name}.parquet")
    shown = shown_files(data.frames, data.manifest, text_log)
    write_all({folder / name: content for name, content in shown.items()})
    fresh = log.latest.with_name("fresh")
    fresh.symlink_to(folder)
    os.replace(fresh, log.latest)
    return folder


def readiness(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "readiness.json").read_text(encoding="utf-8"))
    return found


def page_text(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


def test_each_published_verdict_is_noted_once_with_release_and_evidence(log: DecisionLog) -> None:
    (line,) = log.note_published()
    assert (line.kind, line.about.milestone_id, line.about.verdict) == (DecisionKind.VERDICT, FIT, "not_ready")
    assert line.about.release_id == "20261123T120000Z-1"
    assert line.about.evidence_hash == json.loads((log.latest / "manifest.json").read_text())["evidence_hash"]
    assert log.note_published() == (line,)
    assert (log.latest / "decisions.jsonl").read_text() == log.path.read_text()


def test_before_the_first_release_there_is_nothing_to_note(tmp_path: Path) -> None:
    empty = DecisionLog(tmp_path / "decisions.jsonl", tmp_path / "releases", tmp_path / "latest", CODE)
    assert empty.note_published() == ()
    with pytest.raises(NotPublishedError, match="waku-fit run"):
        empty.say(FIT, "product lead", "The pilot may start.")


def test_an_override_stands_beside_the_computed_verdict_and_never_in_its_place(log: DecisionLog) -> None:
    log.say(FIT, "product lead", "The pilot may start.", "ready")
    document = readiness(log.latest)
    assert document["verdict"] == "not_ready"
    assert [document["override"][name] for name in ("decided", "computed", "who", "reason")] == [
        "ready",
        "not_ready",
        "product lead",
        "The pilot may start.",
    ]
    shown = {(e.attributes["data-cell"], "".join(e.text)) for e in Page(page_text(log.latest)).cells()}
    assert ("verdict/fit/verdict", "Not ready") in shown
    assert ("decision_log/2/decided", "Ready") in shown
    assert "What people said about this verdict" in page_text(log.latest)


def test_a_note_decides_nothing(log: DecisionLog) -> None:
    log.say(FIT, "analyst", "Two more interviews are planned.")
    document = readiness(log.latest)
    assert document["override"] is None
    assert [note["reason"] for note in document["notes"]] == ["Two more interviews are planned."]
    assert "Decided otherwise" not in page_text(log.latest)


def test_what_is_said_is_text_and_no_html(log: DecisionLog) -> None:
    log.say(FIT, "<b>lead</b>", "<script>alert(1)</script>")
    assert "<script>alert" not in page_text(log.latest)
    assert "<b>lead" not in page_text(log.latest)


def test_only_published_verdicts_can_be_spoken_of(log: DecisionLog) -> None:
    with pytest.raises(NotPublishedError, match='no verdict is published of "rln"; published are: fit'):
        log.say("rln", "product lead", "The pilot may start.")
    assert [line.kind for line in log.read()] == [DecisionKind.VERDICT]


def test_nothing_is_added_where_the_pages_cannot_be_made_again(log: DecisionLog) -> None:
    log.note_published()
    (log.latest / "data" / "gates.parquet").unlink()
    before = page_text(log.latest)
    with pytest.raises(NotPublishedError, match="made by other code"):
        replace(log, code_version="newer").say(FIT, "product lead", "The pilot may start.")
    assert len(log.read()) == 1
    assert page_text(log.latest) == before


def test_a_kill_after_publication_is_made_good_before_anything_else_is_written(log: DecisionLog) -> None:
    log.note_published()
    publish(log, "20261124T120000Z-2")  # and killed before the verdict was noted
    log.say(FIT, "product lead", "The pilot may start.")
    noted = [line.about.release_id for line in log.read() if line.kind is DecisionKind.VERDICT]
    assert noted == ["20261123T120000Z-1", "20261124T120000Z-2"]


def test_what_is_said_while_a_release_is_made_is_on_its_page(log: DecisionLog) -> None:
    before = log.note_published()
    log.say(FIT, "product lead", "The pilot may start.")
    newer = publish(log, "20261124T120000Z-2", before)  # made from the log as it was when the run wrote its page
    assert "The pilot may start." not in page_text(newer)
    log.note_published()
    assert "The pilot may start." in page_text(newer)
    assert [note["release_id"] for note in readiness(newer)["notes"]] == ["20261123T120000Z-1"]


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_kill_between_line_and_page_is_made_good(log: DecisionLog, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        log.note_published()
        patched.setattr(decision_log, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            log.say(FIT, "product lead", "The pilot may start.")
    assert "The pilot may start." not in page_text(log.latest)
    log.note_published()
    assert "The pilot may start." in page_text(log.latest)


def test_a_line_that_was_cut_off_gives_way_to_the_next_one(log: DecisionLog) -> None:
    log.note_published()
    with log.path.open("a") as file:
        file.write('{"position": 2, "at"')
    log.say(FIT, "product lead", "The pilot may start.")
    assert [line.position for line in log.read()] == [1, 2]


@pytest.mark.parametrize("left", [0, 1])
def test_a_log_that_lost_its_last_lines_is_found_by_the_copy_in_the_release(left: int, log: DecisionLog) -> None:
    log.say(FIT, "product lead", "The pilot may start.")
    whole = log.path.read_text()
    log.path.write_text("".join(whole.splitlines(keepends=True)[:left]))
    with pytest.raises(BrokenLogError, match=f"decisions.jsonl:{left + 1}: the release has another line here"):
        log.note_published()
    # put back from the copy, as the message says
    log.path.write_text((log.latest / "decisions.jsonl").read_text())
    assert log.path.read_text() == whole
    assert len(log.note_published()) == 2


def test_words_that_are_taken_out_leave_every_release(log: DecisionLog) -> None:
    log.say(FIT, "product lead", "As the founder told us.", "ready")
    first = log.latest.resolve()
    second = publish(log, "20261124T120000Z-2", log.read())
    log.note_published()
    assert log.forget(lambda line: line.words is not None and "founder" in line.words.reason) == [2]
    for path in (log.path, *(file for folder in (first, second) for file in folder.glob("*.*"))):
        assert b"founder" not in path.read_bytes(), path
    assert readiness(second)["override"]["decided"] == "ready"
    assert readiness(second)["override"]["reason"] is None
    assert "somebody whose words were taken out" in page_text(second)
    assert len(log.read()) == 3
    assert log.forget(lambda _: True) == []


def test_words_leave_a_release_of_other_code_too(log: DecisionLog) -> None:
    log.say(FIT, "product lead", "As the founder told us.")
    (log.latest / "data" / "gates.parquet").unlink()
    assert replace(log, code_version="newer").forget(lambda _: True) == [2]
    assert "taken back" in page_text(log.latest)
    assert not (log.latest / "readiness.json").exists()
    assert "founder" not in (log.latest / "decisions.jsonl").read_text()


def lose(table: Path) -> None:
    table.unlink()


def damage(table: Path) -> None:
    table.write_bytes(b"no table")


@pytest.mark.parametrize(
    ("happens", "code", "named"),
    [(lose, CODE, "KeyError"), (damage, CODE, "ArrowInvalid"), (damage, "newer", "ArrowInvalid")],
)
def test_a_fault_is_said_and_takes_neither_pages_nor_words(
    happens: Callable[[Path], None], code: str, named: str, log: DecisionLog
) -> None:
    log.say(FIT, "product lead", "The pilot may start.", "ready")
    before, folder = log.path.read_text(), log.latest.resolve()
    page = page_text(folder)
    happens(folder / "data" / "gates.parquet")
    later = replace(log, code_version=code)
    for call in (lambda: later.forget(lambda _: True), lambda: later.say(FIT, "analyst", "We wait.")):
        with pytest.raises(PagesError, match=rf"{folder.name} cannot be made again: {named} at .+:[0-9]+\.") as error:
            call()
        assert "pilot" not in str(error.value)
    assert (log.path.read_text(), page_text(folder)) == (before, page)
    assert readiness(folder)["override"]["decided"] == "ready"


def test_an_override_that_a_fault_keeps_from_the_page_is_not_dropped_in_silence(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.note_published()
    with monkeypatch.context() as patched:
        patched.setattr(decision_log, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            log.say(FIT, "product lead", "The pilot may start.", "ready")
    table = log.latest / "data" / "gates.parquet"
    whole = table.read_bytes()
    damage(table)
    with pytest.raises(PagesError):
        log.note_published()
    table.write_bytes(whole)
    log.note_published()
    assert readiness(log.latest)["override"]["decided"] == "ready"


def test_a_kill_while_words_are_taken_out_is_made_good(log: DecisionLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.say(FIT, "product lead", "As the founder told us.")
    with monkeypatch.context() as patched:
        patched.setattr(decision_log, "write_all", killed)
        with pytest.raises(KeyboardInterrupt):
            log.forget(lambda _: True)
    assert log.forget(lambda _: True) == [2]
    assert "founder" not in page_text(log.latest)


def _say(log: DecisionLog, who: str) -> None:
    for number in range(2):
        log.say(FIT, who, f"Note {number}.")


def test_lines_of_several_processes_never_mix(log: DecisionLog) -> None:
    context = multiprocessing.get_context("spawn")  # threads of the typesetter do not survive a fork
    processes = [context.Process(target=_say, args=(log, who)) for who in ("analyst", "engineer")]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    lines = log.read()
    assert [line.position for line in lines] == [1, 2, 3, 4, 5]
    assert sorted(line.words.who for line in lines if line.words) == ["analyst"] * 2 + ["engineer"] * 2
    assert len(readiness(log.latest)["notes"]) == 4


@pytest.fixture
def settings(log: DecisionLog, tmp_path: Path) -> Settings:
    """The settings of the project of `log`."""
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "latest").symlink_to(log.latest.resolve())
    return Settings(tmp_path, tmp_path / "state", tmp_path / "reports", tmp_path / "evidence")


def test_the_command_adds_a_line_by_role(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert decide(settings, None, "ready", "product lead", None, "The pilot\n may start.") == 0
    assert "decided ready, computed not ready, by product lead: The pilot may start." in capsys.readouterr().out
    assert show(settings, as_json=True) == 0
    assert [line["kind"] for line in json.loads(capsys.readouterr().out)] == ["verdict", "override"]


@pytest.mark.parametrize(
    ("role", "name", "reason", "message"),
    [
        (None, None, "It may start.", "say who decides: --role"),
        ("product lead", "Ada", "It may start.", "say who decides: --role"),
        ("product lead", None, "  ", "a role or name and a reason are needed"),
        ("product lead", None, "a " * 501, "--reason has 1001 characters, expected 1000 at most"),
        (
            "product lead",
            None,
            "Write to maria.gonzalez@example.org.",
            "--reason may tell who somebody is: a mail",
        ),
        (
            "Maria Gonzalez",
            None,
            "It may start.",
            "--role may tell who somebody is: a name, characters 1-14;",
        ),
    ],
)
def test_what_may_tell_who_somebody_is_is_refused(
    role: str | None, name: str | None, reason: str, message: str, settings: Settings
) -> None:
    with pytest.raises(UserError) as error:
        decide(settings, None, None, role, name, reason)
    assert message in str(error.value)
    assert "onzalez" not in str(error.value)
    assert not settings.decisions.exists()


def test_a_name_is_taken_where_it_is_said_to_be_one(settings: Settings) -> None:
    assert decide(settings, "fit", None, None, "Maria Gonzalez", "Two more interviews are planned.") == 0
    assert forget(settings, 2) == 0
    assert "Gonzalez" not in settings.decisions.read_text() + page_text(settings.latest)
    with pytest.raises(UserError, match=r"line 2 of .* has no words of anybody"):
        forget(settings, 2)


def test_a_log_that_was_changed_is_an_error_with_its_line(settings: Settings) -> None:
    decide(settings, None, None, "product lead", None, "The pilot may start.")
    settings.decisions.write_text(settings.decisions.read_text().replace("pilot", "launch"))
    with pytest.raises(UserError, match=r"decisions\.jsonl:2: this line was changed after it was written"):
        show(settings, as_json=False)
