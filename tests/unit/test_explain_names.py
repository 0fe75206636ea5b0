"""What `waku-fit explain` takes a name for where several rows of evidence have it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.commands.explain import explain
from orchestration.errors import UserError
from orchestration.settings import Settings
from tests.unit.release_fixture import release


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A release with two rows of evidence that are called `chat_room`, and one that is called `mixing`."""
    data = tmp_path / "reports" / "latest" / "data"
    data.mkdir(parents=True)
    frames = dict(release().frames)
    (first, *_) = frames["evidence_index"].to_dict("records")
    names = ("roadmap__deliverables/chat_room", "segments__usps/chat_room", "segments__problems/mixing")
    rows = [{**first, "evidence_id": name, "table_key": name.partition("/")[0]} for name in names]
    frames["evidence_index"] = pd.concat([frames["evidence_index"], pd.DataFrame(rows, dtype=object)])
    for name, frame in frames.items():
        pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), data / f"{name}.parquet")
    return Settings(tmp_path, tmp_path / "state", tmp_path / "reports", tmp_path / "evidence")


def test_a_name_of_several_rows_is_refused_with_all_that_it_may_be(settings: Settings) -> None:
    with pytest.raises(UserError) as error:
        explain(settings, "chat_room", 3, as_json=False, as_prov=False)
    assert str(error.value) == (
        '"chat_room" may be roadmap__deliverables/chat_room or segments__usps/chat_room; say which'
    )


@pytest.mark.parametrize("name", ["segments__usps/chat_room", "segments__problems/mixing", "mixing"])
def test_an_id_and_a_name_of_one_row_are_that_row(
    name: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain(settings, name, 3, as_json=True, as_prov=False) == 0
    (leaf,) = json.loads(capsys.readouterr().out)["evidence"]
    assert leaf["evidence_id"].endswith(name)
