"""A real HTTP server on this machine that says what a test wants, for tests of price sources."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Answer:
    """What the server says to one request."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Bytes after which the connection is closed, although more were announced."""
    is_silent: bool = False
    """Say nothing until the test is over."""
    pieces: Callable[[], Iterator[bytes]] | None = None
    """Send these instead of `body`, with no length announced."""


def as_json(document: Any, **options: Any) -> Answer:
    return Answer(json.dumps(document).encode(), **options)


@dataclass
class Asked:
    """A request that came."""

    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class LocalServer:
    """Answers by path: the answers of a path in their order, the last one for ever; or what a function returns."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, list[Answer] | Callable[[Asked], Answer]] = {}
        self.asked: list[Asked] = []
        self.is_over = threading.Event()

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        answers = self.answers.get(asked.path, [Answer(status=404)])
        if callable(answers):
            return answers(asked)
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def local_server() -> Iterator[LocalServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            split = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            self._say(served.answer(Asked(split.path, split.query, dict(self.headers.items()), body)))

        do_POST = do_GET  # noqa: N815 - named by http.server

        def _say(self, answer: Answer) -> None:
            if answer.is_silent:
                served.is_over.wait()
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.pieces is None:
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: answer.cut_after])
            else:
                self.end_headers()
                for piece in answer.pieces():
                    self.wfile.write(piece)

        def log_message(self, *_: Any) -> None:
            """The test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = LocalServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        served.is_over.set()
        server.shutdown()
        thread.join()
        server.server_close()
