"""The client against servers that answer wrongly, late, in part, or not at all: which error it is, and what it says."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.client import (
    Address,
    Client,
    ClientError,
    DataFolder,
    Fault,
    NotAllowed,
    NotRunning,
    Refused,
    Stream,
    StreamEvent,
    Unreachable,
    Who,
)
from api.client.follow import pause_of

ME = {"user": "li", "role": "operator"}


def answer(status: int, body: object, *headers: str) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status} X", f"content-length: {len(content)}", "connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


def events(*frames: str) -> bytes:
    return b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n" + "".join(frames).encode()


@contextmanager
def server(folder: Path, *answers: bytes) -> Iterator[tuple[Client, list[str]]]:
    """One that gives these answers, a connection each, and the heads of what it was asked."""
    asked: list[str] = []
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(folder / "gateway.sock"))
    door.listen()

    def serve() -> None:
        for content in answers:
            connection, _ = door.accept()
            with connection:
                asked.append(connection.recv(65_536).decode())
                connection.sendall(content)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield Client(DataFolder(folder), Who(language="zh", on_behalf_of="李 ü")), asked
    finally:
        thread.join(60)
        door.close()


def test_it_says_who_asks_on_whose_behalf_and_in_which_language(tmp_path: Path) -> None:
    with server(tmp_path, answer(200, ME), answer(200, {"done": True})) as (client, asked):
        assert "li" == client.session.me().user
        client.alerts.acknowledge("a/../b", "on my way")
    head = asked[0].lower().splitlines()
    assert "get /api/me http/1.1" == head[0]
    assert {"accept-language: zh", "keyarea-on-behalf-of: %e6%9d%8e%20%c3%bc"} < set(head)
    assert asked[1].startswith("POST /api/alerts/a%2F..%2Fb/acknowledge ")


@pytest.mark.parametrize(
    ("content", "kind", "said"),
    [
        (answer(401, {"error": "sign in"}), NotAllowed, "sign in"),
        (answer(403, {"error": "no"}), NotAllowed, "no"),
        (answer(404, {"error": "none such"}), Refused, "none such"),
        (answer(409, {"error": "not now"}), Refused, "not now"),
        (answer(422, {"error": "wrong"}), Refused, "wrong"),
        (answer(500, b"<html>"), Unreachable, "HTTP 500"),
        (answer(503, {"error": "no store"}), Unreachable, "no store"),
        (answer(200, b"not json"), Unreachable, "应答方式不同"),
        (answer(200, {"user": 1}), Unreachable, "应答方式不同"),
        (answer(302, b"", "location: http://elsewhere/"), Refused, "HTTP 302"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}", Unreachable, "没有应答"),
        (b"nonsense\r\n\r\n", Unreachable, "没有应答"),
        (b"", Unreachable, "没有应答"),
    ],
)
def test_what_goes_wrong_is_one_of_four(tmp_path: Path, content: bytes, kind: type[ClientError], said: str) -> None:
    with server(tmp_path, content) as (client, _), pytest.raises(ClientError) as caught:
        client.session.me()
    assert (kind, True) == (type(caught.value), said in str(caught.value))


def test_a_refusal_has_its_key_and_every_fault(tmp_path: Path) -> None:
    told = {"error": "two faults", "message": {"key": "a.b", "params": {"n": 2}}}
    faults = [{"row": 3, "column": "id", "problem": "taken"}]
    with server(tmp_path, answer(409, {**told, "faults": faults})) as (client, _), pytest.raises(Refused) as caught:
        client.session.me()
    assert ("a.b", {"n": 2}, (Fault(3, "id", "taken"),)) == (caught.value.key, caught.value.params, caught.value.faults)


def test_too_many_tries_say_when_to_try_again(tmp_path: Path) -> None:
    with (
        server(tmp_path, answer(429, {"error": "wait"}, "Retry-After: 7")) as (client, _),
        pytest.raises(Unreachable) as caught,
    ):
        client.session.sign_in("li", "x")
    assert 7 == caught.value.retry_after_s


def test_where_nobody_listens_it_is_not_running(tmp_path: Path) -> None:
    for place in (DataFolder(tmp_path), Address("http://127.0.0.1:1")):
        with pytest.raises(NotRunning, match="keyarea serve"):
            Client(place).health.show()


@pytest.mark.parametrize("url", ["ftp://x", "http://", "http://x/path", "/tmp/gateway.sock", ""])
def test_an_address_is_one(url: str) -> None:
    with pytest.raises(ValueError, match="expected an address"):
        Address(url)


def test_the_name_of_a_socket_may_be_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ("x" * 90)
    folder.mkdir()
    monkeypatch.chdir(folder)
    with pytest.raises(NotRunning):
        Client(DataFolder(folder)).health.show()


# -- the stream ----------------------------------------------------------------------------------------------

BEAT = 'event: beat\ndata: {"position": 4}\n\n'
MODE = 'id: 5\nevent: mode\ndata: {"area": "store"}\n\n'
MORE = 'id: 6\nevent: mode\ndata: {"area": "office"}\n\n'


def followed(client: Client, *, tries: int | None, after: int | None = None) -> tuple[Stream, list[float]]:
    pauses: list[float] = []
    return Stream(client.caller, after, tries=tries, pause=pauses.append), pauses


def until_it_ends(stream: Stream, seen: list[StreamEvent]) -> None:
    seen.extend(stream)


def test_after_a_cut_it_goes_on_from_its_last_position(tmp_path: Path) -> None:
    signed_out = "event: signed_out\ndata: {}\n\n"
    answers = events(BEAT), b"", answer(503, {"error": "x"}, "Retry-After: 9"), events(MODE), events(MORE, signed_out)
    with server(tmp_path, *answers) as (client, asked):
        stream, pauses = followed(client, tries=None)
        seen: list[StreamEvent] = []
        with pytest.raises(NotAllowed, match="会话已结束"):
            until_it_ends(stream, seen)
    assert [("beat", 4), ("mode", 5), ("mode", 6)] == [(event.kind, event.position) for event in seen]
    places = [head.split(" ")[1] for head in asked]
    assert ["/api/stream", *["/api/stream?after=4"] * 3, "/api/stream?after=5"] == places
    assert 4 == len(pauses)
    assert 9 <= pauses[2]


@pytest.mark.parametrize(
    "content",
    [
        events("event: mode\ndata: nonsense\n\n"),
        events("event: mode\ndata: []\n\n"),
        events("event: mode\nda"),
        events("x" * 5_000_000),
    ],
)
def test_what_is_no_event_is_a_cut(tmp_path: Path, content: bytes) -> None:
    def read_on(client: Client) -> None:
        until_it_ends(followed(client, tries=1, after=3)[0], [])

    reset = events('event: reset\ndata: {"reason": "too far"}\n\n')
    with server(tmp_path, content, reset) as (client, _), pytest.raises((Unreachable, Refused)):
        try:
            read_on(client)
        except Unreachable:
            read_on(client)


def test_it_gives_up_after_so_many_tries(tmp_path: Path) -> None:
    stream, pauses = followed(Client(DataFolder(tmp_path)), tries=4)
    with pytest.raises(NotRunning):
        next(iter(stream))
    assert 3 == len(pauses)


def test_pauses_grow_up_to_half_a_minute() -> None:
    assert 0.25 <= pause_of(0) <= 0.5
    assert 15 <= pause_of(99) <= 30
