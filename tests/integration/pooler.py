"""A pooler in transaction mode: a real one needs a program that is not on every machine.

Each client logs in on a connection to the server of its own. After that, all connections are shared: a transaction gets
one that is idle, and gives it back at its end.
"""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

AT_REST = re.compile(rb"Z\0\0\0\x05[ITE]\Z")
"""The last message of an answer: the server waits for the next query."""


@contextmanager
def pooler(server_port: int, take: Callable[[list[socket.socket]], socket.socket]) -> Iterator[int]:
    """Yield the port of a pooler before a server on this machine. `take` removes one of the idle connections."""
    idle: list[socket.socket] = []
    changes = threading.Lock()
    opened: list[socket.socket] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            own = socket.create_connection(("127.0.0.1", server_port))
            opened.append(own)
            while not AT_REST.search(self._answered(own)):
                pass
            with changes:
                idle.insert(0, own)
            held: socket.socket | None = None
            while asked := self.request.recv(65536):
                if asked[:1] == b"X":
                    return
                if held is None:
                    with changes:
                        held = take(idle)
                held.sendall(asked)
                while not AT_REST.search(answer := held.recv(65536)):
                    self.request.sendall(answer)
                if answer.endswith(b"I"):  # given back before the client knows, which may ask again at once
                    with changes:
                        idle.append(held)
                    held = None
                self.request.sendall(answer)

        def _answered(self, server: socket.socket) -> bytes:
            server.sendall(self.request.recv(65536))
            answer = server.recv(65536)
            self.request.sendall(answer)
            return answer

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        yield served.server_address[1]
        served.shutdown()
    for connection in opened:
        connection.close()
