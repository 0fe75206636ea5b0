"""What columns of another program are: a mapping beside the file, one that is named, or pairs on the command line.

Belongs here: finding and writing mappings. Does not belong here: what one does (`assets.evidence.mapping`), what is
proposed (`assets.evidence.proposal`).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from assets.evidence.check_file import ids_of, titles_of
from assets.evidence.importer import SourceFile, UnreadableError
from assets.evidence.interview_sheet import ANSWER, INTERVIEWS, is_foreign, translation_of
from assets.evidence.mapping import ColumnMap, Translation, inline_mapping, read_mapping
from assets.evidence.model import Table
from assets.evidence.packs import Pack, resolve_pack
from assets.evidence.proposal import proposal
from assets.evidence.read_packs import format_problems
from assets.evidence.tables import TABLES_BY_KEY
from assets.segments import crm
from orchestration.errors import UserError
from orchestration.paths import shown, write_file
from orchestration.settings import Settings

ENDING = ".map.yaml"
"""Of the mapping beside a file, after the whole name of that."""


def beside(file: Path) -> Path:
    """Return where the mapping of a file is looked for."""
    return file.with_name(file.name + ENDING)


def mapping_of(file: Path, maps: Sequence[str], known: Collection[str], prefix: str = "") -> ColumnMap | None:
    """Return what is said of the columns of a file, None if nothing is. Raises `UserError` for what is wrong in it.

    Pairs on the command line come on top of the mapping that is named, or else of the one beside the file.
    """
    files = [Path(text) for text in maps if "=" not in text]
    if missing := [path for path in files if not path.is_file()]:
        raise UserError(f"{missing[0]} is no file; expected a mapping, or pairs THEIRS=OURS")
    if len(files) > 1:
        raise UserError("two files are named as the mapping; expected one")
    path = files[0] if files else beside(file)
    written = None
    if path.is_file():
        written, problems = read_mapping(path.read_text(encoding="utf-8"), shown(path), known, prefix)
        if found := problems.all():
            raise UserError(f"the mapping is not right\n{format_problems(found, then='give the same command again')}")
    pairs, wrong = inline_mapping([text for text in maps if "=" in text], known, prefix)
    if wrong:
        raise UserError(f"--map: {'; '.join(wrong)}")
    if not pairs.columns:
        return written
    written = written or ColumnMap()
    return ColumnMap(written.columns | pairs.columns, written.values, written.same_for_all, written.of_each)


def interview_translation(
    file: Path, maps: Sequence[str], packs: Sequence[Pack], questions: tuple[Mapping[str, Mapping[str, str]], list[str]]
) -> Translation:
    """Return how a file becomes a sheet of interviews.

    Raises `UserError` for a file of another program without a mapping, after writing a first one beside it.
    """
    titles = titles_of(_referred(INTERVIEWS), packs)
    known = translation_of(titles).columns
    translation = translation_of(titles, mapping_of(file, maps, known, ANSWER))
    if translation.mapping is None:
        _propose(file, translation, packs, questions)
    return translation


def organisation_translation(settings: Settings, file: Path, maps: Sequence[str], pack: Pack) -> Translation:
    """Return how a file of a CRM becomes the neutral one. Raises `UserError` for what is wrong in a mapping."""
    packs = [*(resolve_pack(name, settings.evidence_dir) for name in settings.packs), pack]
    titles = titles_of(_referred(crm.ORGANISATIONS), packs)
    mapping = mapping_of(file, maps, crm.translation_of(titles).columns)
    return crm.translation_of(titles, mapping)


def _referred(table: Table) -> list[Table]:
    """Return the tables that a table and its parts refer to, but those that the loader fills in."""
    found = [reference.table for reference in table.references().values()]
    for part in table.parts:
        found += [ref.table for name, ref in part.table.references().items() if name not in part.set_by_loader]
    return [TABLES_BY_KEY[key] for key in sorted(set(found))]


def _propose(
    file: Path,
    translation: Translation,
    packs: Sequence[Pack],
    questions: tuple[Mapping[str, Mapping[str, str]], list[str]],
) -> None:
    """Write a first mapping beside a file of another program, and say so; return if the file is none."""
    with file.open("rb") as stream:
        source = SourceFile(stream, shown(file))
        try:
            table = source.table(("interviews", "findings"))
        except UnreadableError:
            return  # said when it is read
    if not is_foreign(table.headings) or len(table.headings) < 2:
        return
    taken = set(ids_of(INTERVIEWS, packs))

    def new_code() -> str:
        code = next(c for _ in range(1000) if (c := f"p{1000 + secrets.randbelow(9000)}") not in taken)
        taken.add(code)
        return code

    asked, sets = questions
    text = proposal(table, translation, asked.get("answers", {}), sets[-1] if sets else "", new_code)
    path = beside(file)
    write_file(path, text)
    raise UserError(
        f"{file.name} is a file of another program: it has no column id. A first mapping is in {shown(path)}: look"
        " through it, fill its blanks, and give the same command again. Nothing else was written."
    )
