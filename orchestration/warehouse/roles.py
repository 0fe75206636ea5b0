"""Who may touch what in the warehouse, declared once and applied to any PostgreSQL 14 or later.

The roles cannot log in: a connection takes one by SET ROLE, so one login serves all parts of the application.
Belongs here: schemas, roles and the matrix between them. Does not belong here: connections, tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import psycopg
from psycopg import sql

from orchestration.warehouse.errors import WarehouseError

LOADER = "waku_fit_loader"
TRANSFORMER = "waku_fit_transformer"
READER = "waku_fit_reader"
ADMIN = "waku_fit_admin"
ROLES = (LOADER, TRANSFORMER, READER, ADMIN)

SCHEMAS = ("raw", "staging", "intermediate", "marts", "model", "readiness", "reports", "release")

READ = ("SELECT",)
BUILD = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "CREATE")

MATRIX: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    LOADER: {"raw": BUILD},
    TRANSFORMER: {"raw": READ, "staging": BUILD, "intermediate": BUILD, "marts": BUILD},
    ADMIN: {
        "raw": READ,
        "staging": READ,
        "intermediate": READ,
        "marts": READ,
        "model": BUILD,
        "readiness": BUILD,
        "reports": BUILD,
        "release": BUILD,
    },
    READER: {"release": READ},
}
"""Role to schema to privileges: CREATE is on the schema, the others on the tables and views that a role of this matrix
creates in it. What is not here is not granted. A role drops and replaces what it created, because it owns it."""

BOOTSTRAP_LOCK = int.from_bytes(b"wf-roles")
"""Key of the advisory lock under which privileges change: two GRANTs at once on one object fail."""


class BootstrapDeniedError(WarehouseError):
    """The login may not create what the warehouse needs; `sql` is what an administrator runs, then it may."""

    def __init__(self, user: str, database: str, reason: str, statements: str) -> None:
        super().__init__(
            f"user {user} may not prepare the database {database} ({reason}). "
            f"An administrator of the server has to run, in that database:\n\n{statements}\n"
        )
        self.sql = statements


def bootstrap(connection: psycopg.Connection) -> None:
    """Create the schemas and roles and grant what `MATRIX` says, in one transaction. Writes nothing if all is there.

    Raises `BootstrapDeniedError` with the SQL to run if the rights of the login do not suffice.
    """
    grants = [statement.as_string(connection) for statement in _grants()]
    version = hashlib.sha256("\n".join(grants).encode()).hexdigest()[:12]
    comments = {schema: f"waku-fit: layer {schema}, privileges {version}" for schema in SCHEMAS}
    try:
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [BOOTSTRAP_LOCK])
            for role in ROLES:
                _ensure_role(connection, role)
            found = _schema_comments(connection)
            if found == comments:
                return
            for schema in SCHEMAS:
                if schema not in found:
                    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
            for statement in grants:
                connection.execute(statement)
            for schema, comment in comments.items():
                connection.execute(
                    sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema), sql.Literal(comment))
                )
    except psycopg.errors.InsufficientPrivilege as error:
        raise _denied(connection, error.diag.message_primary or "permission denied") from None


def _grants() -> Iterator[sql.Composed]:
    """Every statement that makes the privileges of existing and future objects what `MATRIX` says, in order."""
    for schema in SCHEMAS:
        creators = [role for role in ROLES if "CREATE" in MATRIX[role].get(schema, ())]
        for role in ROLES:
            declared = MATRIX[role].get(schema, ())
            on_tables = sql.SQL(", ").join(sql.SQL(p) for p in declared if p != "CREATE")
            names = {"schema": sql.Identifier(schema), "role": sql.Identifier(role), "privileges": on_tables}
            yield sql.SQL("REVOKE ALL ON SCHEMA {schema} FROM {role}").format(**names)
            if role not in creators:  # revoking from a creator would take the rights of an owner to its own tables
                yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}").format(**names)
            if role in creators:
                yield sql.SQL("GRANT CREATE ON SCHEMA {schema} TO {role}").format(**names)
            if declared:
                yield sql.SQL("GRANT USAGE ON SCHEMA {schema} TO {role}").format(**names)
                yield sql.SQL("GRANT {privileges} ON ALL TABLES IN SCHEMA {schema} TO {role}").format(**names)
            for creator in (c for c in creators if c != role):
                default = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA {schema} ").format(
                    sql.Identifier(creator), **names
                )
                yield default + sql.SQL("REVOKE ALL ON TABLES FROM {role}").format(**names)
                if declared:
                    yield default + sql.SQL("GRANT {privileges} ON TABLES TO {role}").format(**names)


def _ensure_role(connection: psycopg.Connection, role: str) -> None:
    """Create `role` and make the login a member of it, as far as that is not so already."""
    name = sql.Identifier(role)
    if not _role_exists(connection, role):
        # Roles belong to the whole server: the bootstrap of another database may create it at the same moment.
        create = "BEGIN CREATE ROLE {} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END"
        connection.execute(sql.SQL("DO {}").format(sql.Literal(sql.SQL(create).format(name).as_string(connection))))
    if not _may_become(connection, role):
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))


def _role_exists(connection: psycopg.Connection, role: str) -> bool:
    return connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is not None


def _may_become(connection: psycopg.Connection, role: str) -> bool:
    """Tried for real: since PostgreSQL 16 the creator of a role is a member who may not SET ROLE to it."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
    except psycopg.errors.InsufficientPrivilege:
        return False
    return True


def _schema_comments(connection: psycopg.Connection) -> dict[str, str | None]:
    rows = connection.execute(
        "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = ANY(%s)",
        [list(SCHEMAS)],
    )
    return dict(rows.fetchall())


def _denied(connection: psycopg.Connection, reason: str) -> BootstrapDeniedError:
    """Say what is missing, and only that: the login does all the rest by itself."""
    with connection.transaction(force_rollback=True):
        row = connection.execute("SELECT current_user, current_database()").fetchone()
        user, database = row or ("", "")
        roles = [role for role in ROLES if not _role_exists(connection, role)]
        owners = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s) AND NOT pg_has_role(nspowner, 'USAGE')",
            [list(SCHEMAS)],
        ).fetchall()
    to = sql.Identifier(user)
    statements = [
        *(sql.SQL("CREATE ROLE {} NOLOGIN;").format(sql.Identifier(role)) for role in roles),
        sql.SQL("GRANT {} TO {};").format(sql.SQL(", ").join(sql.Identifier(role) for role in ROLES), to),
        sql.SQL("GRANT CREATE ON DATABASE {} TO {};").format(sql.Identifier(database), to),
        *(sql.SQL("ALTER SCHEMA {} OWNER TO {};").format(sql.Identifier(schema), to) for (schema,) in owners),
    ]
    return BootstrapDeniedError(user, database, reason, "\n".join(s.as_string(connection) for s in statements))
