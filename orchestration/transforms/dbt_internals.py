"""All that is changed of dbt, in one place, with what each change buys.

Belongs here: changes of modules of dbt. Does not belong here: what its public interface does.
`tests/integration/test_dbt_build.py` fails when a change no longer holds.
"""

from __future__ import annotations


def keep_connections() -> None:
    """Keep the connection of each thread until dbt ends.

    dbt opens one for each model and each test, some 400 in a build. The server starts a process for each, and each
    fills its caches anew: together with the connecting that was a tenth of the processor time of a full refresh.
    Between two nodes, a transaction that is open is rolled back, as it is when a connection is closed.
    """
    from dbt.adapters.contracts.connection import Connection
    from dbt.adapters.postgres.connections import PostgresConnectionManager

    opened, closed = PostgresConnectionManager.open.__func__, PostgresConnectionManager.release

    def open_with_role(cls: type[PostgresConnectionManager], connection: Connection) -> Connection:
        connection = opened(cls, connection)
        connection.handle.commit()  # else the first rollback takes back the role that was set
        return connection

    def release(self: PostgresConnectionManager) -> None:
        connection = self.get_if_exists()
        if connection is None or connection.state != "open":
            return
        if connection.handle.closed:
            closed(self)
            return
        self._rollback_handle(connection)
        connection.transaction_open = False

    PostgresConnectionManager.open = classmethod(open_with_role)
    PostgresConnectionManager.release = release


def write_models_alone() -> None:
    """Let dbt write the SQL of models, which judges past days, and not that of 300 tests, which nobody reads."""
    from dbt.contracts.graph.nodes import GenericTestNode, SingularTestNode

    def nothing(*_: object) -> None:
        """Write no file."""

    GenericTestNode.write_node = nothing
    SingularTestNode.write_node = nothing
