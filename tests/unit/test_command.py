"""What every command makes of errors: one sentence for those that the user can fix, nothing hidden of the others."""

from __future__ import annotations

import errno
import os

import pytest

from orchestration.commands.options import with_settings
from orchestration.settings import Settings


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_what_the_system_refuses_is_one_sentence(number: int, capsys: pytest.CaptureFixture[str]) -> None:
    @with_settings
    def command(_: Settings) -> None:
        raise OSError(number, os.strerror(number), "/somewhere/interviews")

    with pytest.raises(SystemExit) as ended:
        command()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith(f"waku-fit: {os.strerror(number)} at /somewhere/interviews: ")


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "", "/somewhere"), PermissionError(errno.EPERM, "")])
def test_a_defect_keeps_its_traceback(error: OSError) -> None:
    @with_settings
    def command(_: Settings) -> None:
        raise error

    with pytest.raises(type(error)):
        command()
