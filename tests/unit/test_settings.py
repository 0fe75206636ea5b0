"""Settings come from the environment, and a typo there is never silent."""

from pathlib import Path

import pytest

from orchestration.settings import Settings, SettingsError


def test_defaults_lie_inside_the_project() -> None:
    settings = Settings.from_environment({})
    assert settings.state_dir == settings.project_dir / ".waku-fit"
    assert settings.latest == settings.project_dir / "reports" / "latest"
    assert settings.packs == ("public",)
    assert settings.database_url is None


def test_an_unknown_variable_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="WAKU_FIT_DATABSE_URL; known are WAKU_FIT_DATABASE_URL"):
        Settings.from_environment({"WAKU_FIT_DATABSE_URL": "postgresql://localhost/x"})


def test_packs_are_separated_as_paths_are() -> None:
    assert Settings.from_environment({"WAKU_FIT_PACKS": "public:sample"}).packs == ("public", "sample")


def test_folders_can_be_elsewhere(tmp_path: Path) -> None:
    settings = Settings.from_environment({"WAKU_FIT_STATE_DIR": str(tmp_path)})
    assert settings.dagster_home == tmp_path / "dagster"
    assert settings.releases_dir == tmp_path / "releases"
