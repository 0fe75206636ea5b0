"""A look at another day or another pack is a release of its own line: what the team reads stays as it is."""

from __future__ import annotations

import json
from dataclasses import replace

from assets.common import keys
from tests.integration.chain import Chain
from tests.integration.test_chain import materialized

DAY = "2024-12-31"


def noted(chain: Chain) -> set[str]:
    """Releases whose verdicts the log of decisions has."""
    lines = (chain.root / "state" / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    return {json.loads(line)["about"]["release_id"] for line in lines}


def test_looking_back_leaves_the_teams_release(chain: Chain) -> None:
    team = chain.manifest
    done = chain.waku_fit("run", "--as-of", DAY)
    assert done.returncode == 0, done.stdout + done.stderr
    look = chain.in_line(f"asof-{DAY}")
    assert f"This is the line asof-{DAY}. The team's release, {chain.latest}, stays as it is." in done.stdout
    assert f"Report: {look.latest / 'index.html'}" in done.stdout
    assert (look.manifest["as_of"], look.manifest["line"], look.manifest["previous"]) == (DAY, f"asof-{DAY}", None)
    assert chain.manifest == team
    assert noted(chain) == {team["release_id"]}

    assert f"Nothing changed since release {team['release_id']}" in chain.waku_fit("run").stdout
    assert "Nothing changed since release" in chain.waku_fit("run", "--as-of", DAY).stdout
    assert "of the line latest there is only one" in chain.waku_fit("diff").stderr
    status = json.loads(chain.waku_fit("status", "--json").stdout)
    assert (status["line"], status["as_of"], status["changed_since"]) == ("latest", None, False)
    listed = chain.waku_fit("releases").stdout.splitlines()
    assert [line.split()[-2] for line in listed] == [f"asof-{DAY}", "latest"]
    told = chain.waku_fit("crm", "export", str(chain.root / "then.csv"), "--line", f"asof-{DAY}")
    assert told.stdout.endswith(f"Line of releases: asof-{DAY}.\n")
    assert f"Note: the newest release of the line asof-{DAY} looks back to {DAY}." in told.stderr


def test_a_preview_says_what_would_move_and_publishes_nothing(chain: Chain) -> None:
    team, releases, log = chain.manifest, chain.waku_fit("releases").stdout, noted(chain)
    held = chain.gate("interviews")["value"]
    chain.report_held(7)
    done = chain.waku_fit("run", "--preview")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"  gate Customer Interviews: fail, as before ({held} → 7)" in done.stdout
    assert "Costs: as before" in done.stdout
    assert "Line of releases: latest, the team's\nThis is a preview: nothing was published, " in done.stdout
    assert keys.REPORTS not in {name.partition("/")[0] for name in materialized(chain)}
    assert (chain.manifest, chain.waku_fit("releases").stdout, noted(chain)) == (team, releases, log)

    again = chain.waku_fit("run", "--preview")
    assert "0 of " in again.stdout
    assert f"({held} → 7)" in again.stdout

    published = chain.waku_fit("run")
    assert published.returncode == 0, published.stdout + published.stderr
    assert {name.partition("/")[0] for name in materialized(chain)} == {keys.REPORTS}
    assert (chain.gate("interviews")["value"], chain.manifest["previous"]) == (7, team["release_id"])
    assert "Nothing changed since release" in chain.waku_fit("run", "--preview").stdout


def test_another_pack_is_another_line_until_the_team_takes_it_in(chain: Chain) -> None:
    """Tables of the pack are there already: all that is made then is the release, in the line of the team."""
    team, log = chain.manifest, noted(chain)
    done = chain.waku_fit("run", "--pack", "sample")
    assert done.returncode == 0, done.stdout + done.stderr
    assert chain.in_line("sample").manifest["packs"] == ["public", "sample"]
    assert chain.manifest == team

    compared = chain.waku_fit("diff", "latest", "sample").stdout.splitlines()
    assert compared[0] == "Lines of releases: latest, the team's → sample"
    assert len(compared) == 60

    taken_in = replace(chain, packs=f"public:{chain.root / 'evidence' / 'sample'}")
    done = taken_in.waku_fit("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert {name.partition("/")[0] for name in materialized(chain)} == {keys.REPORTS}
    now = taken_in.manifest
    assert (now["line"], now["packs"], now["previous"]) == ("latest", ["public", "sample"], team["release_id"])
    assert noted(chain) == log | {now["release_id"]}
    assert "Packs: public → public, sample" in taken_in.waku_fit("diff").stdout
