"""What `waku-fit backup` writes brings everything back, elsewhere too, and nothing is ever overwritten."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.warehouse.server import remove_server
from tests.integration.chain import Chain
from tests.integration.servers import PASSWORD
from tests.integration.test_chain_on_another_server import holding
from tests.integration.test_privacy import files_with
from tests.unit.interview_packs import INTERVIEW

SAID = ("decide", "--role", "product lead", "--reason", "The pilot may start with two segments.")


@pytest.fixture
def chain(published: Chain, open_folder: Path, request: pytest.FixtureRequest) -> Iterator[Chain]:
    cloned = published.clone(open_folder / request.node.name)
    yield cloned
    remove_server(cloned.root / "state")


def emptied(chain: Chain, database_url: str = "") -> Chain:
    """Take away state and reports of a project, which has then its evidence only."""
    remove_server(chain.root / "state")
    shutil.rmtree(chain.root / "state")
    shutil.rmtree(chain.root / "reports")
    return Chain(chain.root, database_url)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def releases_with(text: str, chain: Chain) -> list[str]:
    """Releases that have `text` in a file, packed or not."""
    found = {name.split("/")[2] for name in files_with(chain, text) if name.startswith("state/releases/")}
    return sorted(found)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_restored_goes_on_as_if_nothing_had_happened(chain: Chain, tmp_path: Path) -> None:
    assert chain.waku_fit(*SAID).returncode == 0
    releases, log = files_of(chain.root / "state" / "releases"), (chain.root / "state" / "decisions.jsonl").read_bytes()
    file = tmp_path / "all.tar.gz"

    made = chain.waku_fit("backup", str(file))

    assert made.returncode == 0, made.stderr
    assert "nothing differs" in made.stdout
    assert file.stat().st_mode & 0o077 == 0, "others may read what people said"
    assert [path.name for path in tmp_path.iterdir()] == ["all.tar.gz"]

    restored = emptied(chain).waku_fit("restore", str(file))

    assert restored.returncode == 0, restored.stderr
    assert chain.manifest["release_id"] in restored.stdout
    assert files_of(chain.root / "state" / "releases") == releases
    assert (chain.root / "state" / "decisions.jsonl").read_bytes() == log
    assert list((chain.root / "state").glob(".restoring-*")) == []
    assert "no difference" in chain.waku_fit("verify").stdout
    assert "Nothing changed" in chain.waku_fit("run").stdout
    chain.report_held(9)
    done = chain.waku_fit("run")
    assert done.returncode == 0, done.stderr
    made_again, of_all = (int(word) for word in done.stdout.split(" tables are out of date")[0].split()[-3::2])
    assert 0 < made_again < of_all
    assert "milestone_progress" in done.stdout
    assert "interviews" in chain.waku_fit("diff").stdout


def test_it_moves_to_a_server_of_others_and_tells_nobody_the_password(
    chain: Chain, tmp_path: Path, login: Callable[..., str]
) -> None:
    file = tmp_path / "all.tar.gz"
    assert chain.waku_fit("backup", str(file)).returncode == 0
    moved = emptied(chain, login("ann", "createrole"))

    restored = moved.waku_fit("restore", str(file))

    assert restored.returncode == 0, restored.stderr
    done = moved.waku_fit("run")
    assert done.returncode == 0, done.stderr
    assert "No number depends on what has changed" in done.stdout
    again = moved.waku_fit("backup", str(tmp_path / "again.tar.gz"))
    assert again.returncode == 0, again.stderr
    assert holding(PASSWORD, moved.root) == holding(PASSWORD, tmp_path) == []
    # The database is in use now: a second restore changes nothing in it.
    taken = emptied(moved, moved.database_url).waku_fit("restore", str(file))
    assert taken.returncode == 1
    assert "the database holds tables of waku-fit already" in taken.stderr
    assert names_in(chain.root / "state") == []


def test_what_was_withdrawn_since_comes_back_and_the_next_run_takes_it_out(chain: Chain, tmp_path: Path) -> None:
    pack = chain.root / "evidence" / "ours" / "interviews" / "interviews"
    pack.mkdir(parents=True)
    said = "fifty milliseconds or nothing"
    (pack / "p01.yaml").write_text(INTERVIEW)
    file = tmp_path / "all.tar.gz"
    done = chain.waku_fit("run", "--pack", "ours")
    assert done.returncode == 0, done.stderr
    assert releases_with(said, chain) == [chain.in_line("ours").manifest["release_id"]]
    assert chain.waku_fit("backup", str(file)).returncode == 0
    (pack / "p01.yaml").write_text(INTERVIEW + "consent_withdrawn_on: 2026-11-03\n")
    assert emptied(chain).waku_fit("restore", str(file)).returncode == 0
    assert releases_with(said, chain) == [chain.in_line("ours").manifest["release_id"]]

    done = chain.waku_fit("run", "--pack", "ours")

    assert done.returncode == 0, done.stderr
    assert releases_with(said, chain) == []


def test_what_is_there_is_never_overwritten(chain: Chain, tmp_path: Path) -> None:
    file = tmp_path / "all.tar.gz"
    assert chain.waku_fit("backup", str(file)).returncode == 0
    was, state = file.read_bytes(), names_in(chain.root / "state")

    again = chain.waku_fit("backup", str(file))
    assert again.returncode == 1
    assert f"{file} exists already" in again.stderr
    assert file.read_bytes() == was
    over = chain.waku_fit("restore", str(file))
    assert over.returncode == 1
    assert "move that folder away, or set WAKU_FIT_STATE_DIR to a new one" in over.stderr
    assert names_in(chain.root / "state") == state


@pytest.mark.parametrize("damage", ["cut", "one byte", "another file"])
def test_a_damaged_backup_is_refused_before_anything_is_written(chain: Chain, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "all.tar.gz"
    assert chain.waku_fit("backup", str(file)).returncode == 0
    whole = file.read_bytes()
    middle = len(whole) // 2
    file.write_bytes(
        {
            "cut": whole[:middle],
            "one byte": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            "another file": b"release,verdict\n",
        }[damage]
    )
    restored = emptied(chain).waku_fit("restore", str(file))
    assert restored.returncode == 1
    assert "take another one" in restored.stderr
    assert names_in(chain.root / "state") == []
    assert not chain.latest.exists()


def test_without_a_release_there_is_nothing_to_back_up(chain: Chain, tmp_path: Path) -> None:
    refused = emptied(chain).waku_fit("backup", str(tmp_path / "all.tar.gz"))
    assert refused.returncode == 1
    assert "there is no release yet" in refused.stderr
    assert list(tmp_path.iterdir()) == []
