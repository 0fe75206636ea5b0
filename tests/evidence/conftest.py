"""The public evidence, as it is and with one more row in each of its tables: what holds of it holds of both.

Tests of this folder state invariants. Tests of code stand on the pack in `tests/packs/frozen`, which nobody adds to.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.evidence.additions import PUBLIC_TABLES, add_to
from tests.places import PUBLIC


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the public pack with a row, or a document, more in every table."""
    pack = tmp_path_factory.mktemp("grown") / "public"
    shutil.copytree(PUBLIC, pack)
    add_to(pack, PUBLIC_TABLES, datetime.now(UTC).date())
    return pack


@pytest.fixture(scope="session", params=["as it is", "a row more in each table"])
def public(request: pytest.FixtureRequest) -> Path:
    """The folder of the public pack."""
    return PUBLIC if request.param == "as it is" else request.getfixturevalue("grown")
