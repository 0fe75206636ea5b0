"""What a run is told to load, as the run records it."""

from pathlib import Path

from orchestration.resources import EvidenceResource


def test_a_pack_elsewhere_goes_by_its_name_and_not_by_its_place(tmp_path: Path) -> None:
    (tmp_path / "evidence" / "public").mkdir(parents=True)
    (tmp_path / "private").mkdir()
    source = EvidenceResource(
        evidence_dir=str(tmp_path / "evidence"),
        state_dir=str(tmp_path / "state"),
        packs=["public", str(tmp_path / "private")],
        as_of="2026-03-01",
    )
    assert source.scope.packs == ("public", "private")
    assert str(source.scope.as_of) == "2026-03-01"
