"""The HTTP client against a real server that is slow, busy, broken or too talkative. No test sleeps."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from assets.common.answers import Page, RemoteError
from assets.common.http import HttpClient, Limits
from tests.unit.local_server import Answer, LocalServer, local_server

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = "s3cret-t0ken"


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with local_server() as served:
        yield served


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that the client wanted to sleep."""
    return []


@pytest.fixture
def client(pauses: list[float]) -> Iterator[HttpClient]:
    with HttpClient(Limits(silence_seconds=0.2), sleep=pauses.append, now=lambda: NOW) as http:
        yield http


def failing(call: Callable[[], object]) -> str:
    with pytest.raises(RemoteError) as caught:
        call()
    assert caught.value.__cause__ is None
    return str(caught.value)


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_server_is_asked_again(
    server: LocalServer, client: HttpClient, pauses: list[float], status: int
) -> None:
    server.answers["/prices"] = [Answer(status=status), Answer(status=status), Answer(b"ok")]
    assert client.get(f"{server.url}/prices") == b"ok"
    assert pauses == [1.0, 2.0]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("17", 17.0), ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0), ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0), ("soon", 1.0)],
)
def test_retry_after_is_honoured(
    server: LocalServer, client: HttpClient, pauses: list[float], header: str, seconds: float
) -> None:
    server.answers["/prices"] = [Answer(status=429, headers={"retry-after": header}), Answer(b"ok")]
    assert client.get(f"{server.url}/prices") == b"ok"
    assert pauses == [seconds]


def test_a_server_that_asks_for_an_hour_is_not_waited_for(
    server: LocalServer, client: HttpClient, pauses: list[float]
) -> None:
    server.answers["/prices"] = [Answer(status=429, headers={"retry-after": "3600"})]
    message = failing(lambda: client.get(f"{server.url}/prices"))
    assert message == "127.0.0.1 answers 429 and asks to wait 3600 s"
    assert pauses == []


def test_patience_ends(server: LocalServer, client: HttpClient, pauses: list[float]) -> None:
    server.answers["/prices"] = [Answer(status=500)]
    assert failing(lambda: client.get(f"{server.url}/prices")) == "127.0.0.1 answers 500, 4 times in a row"
    assert (pauses, len(server.asked)) == ([1.0, 2.0, 4.0], 4)


def test_silence_is_not_waited_out(server: LocalServer, client: HttpClient) -> None:
    server.answers["/prices"] = [Answer(is_silent=True), Answer(b"ok")]
    assert client.get(f"{server.url}/prices") == b"ok"


def test_an_answer_that_trickles_is_given_up(server: LocalServer) -> None:
    server.answers["/prices"] = [Answer(b"x" * 200_000)]
    times = iter([0.0, 30.0, 61.0])
    with HttpClient(Limits(), monotonic=lambda: next(times)) as client:
        message = failing(lambda: client.get(f"{server.url}/prices"))
    assert message == "the answer of 127.0.0.1 takes longer than 60 s"


def test_an_answer_that_is_cut_is_asked_for_again(server: LocalServer, client: HttpClient) -> None:
    server.answers["/prices"] = [Answer(b"whole answer", cut_after=5), Answer(b"whole answer")]
    assert client.get(f"{server.url}/prices") == b"whole answer"


def test_a_stream_that_is_cut_is_consumed_anew(server: LocalServer, client: HttpClient) -> None:
    server.answers["/prices"] = [Answer(b"whole answer", cut_after=5), Answer(b"whole answer")]
    seen: list[bytes] = []
    assert client.stream(f"{server.url}/prices", lambda pieces: seen.append(b"".join(pieces)) or len(seen)) == 1
    assert seen == [b"whole answer"]


def test_too_much_is_not_read_to_its_end(server: LocalServer) -> None:
    server.answers["/prices"] = [Answer(b"x" * 3_000_000)]
    with HttpClient(Limits(document_bytes=1_000_000)) as client:
        message = failing(lambda: client.get(f"{server.url}/prices"))
    assert message == "the answer of 127.0.0.1 has more than 1,000,000 bytes"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "127.0.0.1 answers 401: the token is missing or wrong"),
        (404, "127.0.0.1 answers 404: the address is no longer there"),
        (302, "127.0.0.1 answers 302"),
    ],
)
def test_what_will_not_change_is_not_asked_again(
    server: LocalServer, client: HttpClient, pauses: list[float], status: int, message: str
) -> None:
    server.answers["/prices"] = [Answer(status=status, headers={"location": f"{server.url}/elsewhere"})]
    assert failing(lambda: client.get(f"{server.url}/prices", token=SECRET)) == message
    assert (pauses, [asked.path for asked in server.asked]) == ([], ["/prices"])


def test_a_token_goes_into_the_header_only(
    server: LocalServer, client: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.answers["/prices"] = [Answer(b"ok")]
    server.answers[f"/v3/{SECRET}"] = [Answer(b"ok")]
    client.get(f"{server.url}/prices", token=SECRET)
    client.post(f"{server.url}/v3/{SECRET}", {})
    assert {name.lower(): value for name, value in server.asked[0].headers.items()}[
        "authorization"
    ] == f"Bearer {SECRET}"
    assert SECRET not in server.asked[0].query
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/v3/{}", "ftp://host/v3/{}", "https://ho st/{}", "http://127.0.0.1:port/{}", "{}"]
)
def test_no_error_repeats_an_address(client: HttpClient, address: str) -> None:
    assert SECRET not in failing(lambda: client.post(address.format(SECRET), {}))


def test_a_token_that_http_cannot_carry_is_not_repeated(server: LocalServer, client: HttpClient) -> None:
    for token in (f"{SECRET}\n", f"{SECRET}…"):
        assert SECRET not in failing(lambda token=token: client.get(f"{server.url}/prices", token=token))  # type: ignore[misc]


# ---------------------------------------------------------------- pages of a list

JSON = {"content-type": "application/json; charset=utf-8"}


def test_a_page_leads_to_the_next_one(server: LocalServer, client: HttpClient) -> None:
    links = f'<{server.url}/list?page=1>; rel="prev", <{server.url}/list?page=3>; rel="next"'
    server.answers["/list"] = [Answer(b"[7]", headers={**JSON, "etag": 'W/"a1"', "link": links})]
    page = client.page(f"{server.url}/list?page=2", json.loads, headers={"accept": "application/json"})
    assert page == Page([7], 'W/"a1"', f"{server.url}/list?page=3")
    assert (server.asked[0].query, server.asked[0].headers["accept"]) == ("page=2", "application/json")


def test_a_page_that_says_the_same_is_not_sent_again(server: LocalServer, client: HttpClient) -> None:
    server.answers["/list"] = [Answer(status=304)]
    # without a condition there is nothing that it could be the same as
    assert failing(lambda: client.page(f"{server.url}/list", json.loads)) == "127.0.0.1 answers 304"
    known = client.pages[f"{server.url}/list"] = Page([7], '"a1"', f"{server.url}/list?page=2")
    assert client.page(f"{server.url}/list", json.loads) == known
    assert server.asked[1].headers["if-none-match"] == '"a1"'


def test_a_page_that_changed_takes_the_place_of_the_known_one(server: LocalServer, client: HttpClient) -> None:
    client.pages[f"{server.url}/list"] = Page([7], '"a1"', None)
    server.answers["/list"] = [Answer(b"[8]", headers={**JSON, "etag": '"a2"'})]
    assert client.page(f"{server.url}/list", json.loads).content == [8]
    assert client.pages == {f"{server.url}/list": Page([8], '"a2"', None)}


@pytest.mark.parametrize(("kind", "shown"), [("text/html", "'text/html'"), ("", "nothing")])
def test_a_page_has_to_be_json(server: LocalServer, client: HttpClient, kind: str, shown: str) -> None:
    server.answers["/list"] = [Answer(b"[]", headers={"content-type": kind} if kind else {})]
    message = f"the answer of 127.0.0.1 calls itself {shown}, expected 'application/json'"
    assert failing(lambda: client.page(f"{server.url}/list", json.loads)) == message


def test_no_request_is_made_before_the_limit_ends(server: LocalServer, client: HttpClient, pauses: list[float]) -> None:
    soon = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{NOW.timestamp() + 45:.0f}"}
    server.answers["/list"] = [Answer(status=403, headers=soon), Answer(b"[]", headers=JSON)]
    client.page(f"{server.url}/list", json.loads)
    assert pauses == [45.0]
    late = soon | {"x-ratelimit-reset": f"{NOW.timestamp() + 1800:.0f}"}
    server.answers["/list"] = [Answer(status=403, headers=late)]
    message = failing(lambda: client.page(f"{server.url}/list", json.loads))
    assert message == "127.0.0.1 answers 403 and asks to wait 1800 s"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "12"},  # long over
        {"x-ratelimit-remaining": "7", "x-ratelimit-reset": "99999999999"},
    ],
)
def test_a_limit_that_does_not_say_when_it_ends_is_a_minute(
    server: LocalServer, client: HttpClient, pauses: list[float], headers: dict[str, str]
) -> None:
    server.answers["/list"] = [Answer(status=429, headers=headers)]
    message = failing(lambda: client.page(f"{server.url}/list", json.loads))
    assert message == "127.0.0.1 answers 429, 4 times in a row"
    assert pauses == [60.0, 60.0, 60.0]


def test_a_refusal_that_is_no_limit_is_final(server: LocalServer, client: HttpClient, pauses: list[float]) -> None:
    server.answers["/list"] = [Answer(status=403, headers={"x-ratelimit-remaining": "57"})]
    message = failing(lambda: client.page(f"{server.url}/list", json.loads))
    assert "answers 403: the token may not do this" in message
    assert pauses == []
