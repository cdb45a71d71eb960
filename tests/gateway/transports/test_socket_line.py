"""A door on real sockets: who may speak, what one peer can do to the others, and answers after the commit only."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from queue import Empty, Queue
from typing import Any

import pytest

from devices.codec import Decoded, Line
from devices.families import line_families
from devices.reading import Instant
from gateway.clock import SystemClock
from gateway.site.model import SocketLine as Setup
from gateway.transports.socket_line import SocketLine
from tests.rim.processes import PATIENCE_S, free_port, wait_until

GOOD = b'{"device": "door-1", "readings": {"door": true}}\n'


FIRE = bytes.fromhex(
    "404001000100 0F1E08180B1A E90300000000 010000000000 300002 020101012A020011000300"
    "41B6B033B2E3C5E4B5E7BCE4D1CCB8D0000000000000000000000000000000 0F1E08180B1A C32323"
)
HEARTBEAT = bytes.fromhex("404006000100 0F1E08180B1A E90300000000 010000000000 000002 682323")


class Confirming:
    """A family that confirms each frame of four bytes and sends ``hello`` first: enough to see the order of things."""

    def __init__(self, more: int = 0) -> None:
        self._partial, self._more = b"", b"." * more
        self._greeting = b"hello"
        self.is_closed = False

    def receive(self, data: bytes, now: Instant) -> list[Decoded]:
        self._partial += data
        whole = len(self._partial) // 4 * 4
        frames, self._partial = self._partial[:whole], self._partial[whole:]
        return [
            Decoded(confirm=b"ok " + frames[i : i + 4] + self._more, deny=b"no " + frames[i : i + 4])
            for i in range(0, whole, 4)
        ]

    def to_send(self, now: Instant) -> bytes:
        greeting, self._greeting = self._greeting, b""
        return greeting

    def wake_at(self) -> Instant | None:
        return None

    def closed(self, now: Instant) -> None:
        self.is_closed = True

    def settled(self, said: Any, *, is_stored: bool) -> None: ...


class Door:
    """A running door, what it handed in, and ways to call."""

    def __init__(self, session: Callable[[], Line], **settings: object) -> None:
        self.tcp, self.udp = free_port(), free_port()
        self.received: Queue[tuple[str, Decoded, Callable[[], None], Callable[[str], None]]] = Queue()
        self.states: Queue[str] = Queue()
        setup = Setup(name="door", family="ndjson", tcp=self.tcp, udp=self.udp, **settings)  # type: ignore[arg-type]
        self.line = SocketLine(setup, session, self._put, SystemClock(), self.states.put)
        self._thread = threading.Thread(target=self.line.run)
        self._calls: list[socket.socket] = []

    def _put(self, peer: str, decoded: Decoded, done: Callable[[], None], failed: Callable[[str], None]) -> None:
        self.received.put((peer, decoded, done, failed))

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self.line.stop()
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
        for call in self._calls:
            call.close()

    def call(self, source: str = "127.0.0.1") -> socket.socket:
        call = socket.create_connection(("127.0.0.1", self.tcp), PATIENCE_S, (source, 0))
        self._calls.append(call)
        return call

    def datagrams(self) -> socket.socket:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.settimeout(PATIENCE_S)
        sender.connect(("127.0.0.1", self.udp))
        self._calls.append(sender)
        return sender

    def reports(self) -> list[str]:
        """The addresses in the next thing that was handed in."""
        return [report.address for report in self.received.get(timeout=PATIENCE_S)[1].reports]


def ndjson() -> Line:
    codec = line_families()["ndjson"]
    return codec.open_line("door", codec.options(), lambda name: None)()


@pytest.fixture
def opened() -> Iterator[Callable[..., Door]]:
    doors: list[Door] = []

    def open_door(session: Callable[[], Line] = ndjson, **settings: object) -> Door:
        door = Door(session, **settings)
        doors.append(door)
        door.open()
        assert door.states.get(timeout=PATIENCE_S) == "up"
        return door

    yield open_door
    for door in doors:
        door.close()


def until_closed(call: socket.socket) -> bytes:
    """What still came until the other side closed."""
    came = b""
    try:
        while data := call.recv(4096):
            came += data
    except ConnectionError:
        pass
    return came


def test_peers_speak_over_both_protocols(opened: Callable[..., Door]) -> None:
    """In pieces, two frames in one write, and each datagram by itself."""
    door = opened()
    call = door.call()
    call.sendall(GOOD[:7])
    call.sendall(GOOD[7:] + GOOD)
    assert [["door-1"], ["door-1"]] == [door.reports(), door.reports()]
    door.datagrams().send(GOOD)
    assert ["door-1"] == door.reports()


def test_a_confirm_is_sent_when_the_work_is_done_and_not_before(opened: Callable[..., Door]) -> None:
    """And a refusal when it failed; each to the peer that asked."""
    door = opened(Confirming)
    one, other, datagrams = door.call(), door.call(), door.datagrams()
    assert (b"hello", b"hello") == (one.recv(100), other.recv(100))
    one.sendall(b"aaaa")
    first = door.received.get(timeout=PATIENCE_S)
    other.sendall(b"bbbb")
    second = door.received.get(timeout=PATIENCE_S)
    datagrams.send(b"cccc")
    third = door.received.get(timeout=PATIENCE_S)
    assert b"hello" == datagrams.recv(100)
    one.setblocking(False)
    with pytest.raises(BlockingIOError):
        one.recv(100)
    one.settimeout(PATIENCE_S)
    second[3]("no room")
    assert b"no bbbb" == other.recv(100)
    first[2]()
    assert b"ok aaaa" == one.recv(100)
    third[2]()
    assert b"ok cccc" == datagrams.recv(100)


@pytest.mark.parametrize("way", ["tcp", "udp"])
def test_what_could_not_be_stored_is_new_when_the_device_says_it_again(opened: Callable[..., Door], way: str) -> None:
    """A GB/T transmitter: no confirm for a repeat before the first is stored, and none for what was given up."""
    codec = line_families()["gbt26875"]
    door = opened(codec.open_line("door", codec.options(sync_clock=False), lambda name: None))
    channel = door.call() if way == "tcp" else door.datagrams()
    handed_in: list[tuple[Decoded, Callable[[], None], Callable[[str], None]]] = []
    for settle in ("given up", "stored", "stored before"):
        channel.send(FIRE)
        handed_in.append(door.received.get(timeout=PATIENCE_S)[1:])
        _, done, failed = handed_in[-1]
        if settle == "given up":
            failed("the pipeline died")
            channel.send(HEARTBEAT)  # the same thread hears of it first
            door.received.get(timeout=PATIENCE_S)
        else:
            done()
            assert b"\x03" == channel.recv(100)[26:27]
    assert [2, 2, 0] == [len(decoded.reports) for decoded, _, _ in handed_in]


def test_only_allowed_networks_are_heard(opened: Callable[..., Door]) -> None:
    """Everybody else is closed on, or not answered."""
    door = opened(allow=("127.0.0.2/32",))
    assert b"" == until_closed(door.call())
    door.call("127.0.0.2").sendall(GOOD)
    assert ["door-1"] == door.reports()
    door.datagrams().send(GOOD)
    door.call("127.0.0.2").sendall(GOOD.replace(b"door-1", b"door-2"))
    assert ["door-2"] == door.reports()
    wait_until(lambda: 2 == door.line.refused, "the call and the datagram are counted")


def test_a_newcomer_takes_the_place_of_the_peer_silent_longest(opened: Callable[..., Door]) -> None:
    """The number of peers is bounded, and a panel that comes back gets in."""
    door = opened(most_peers=2)
    first, second = door.call(), door.call()
    for call in (first, second, first):
        call.sendall(GOOD)
        door.reports()
    third = door.call()
    assert b"" == until_closed(second)
    third.sendall(GOOD)
    first.sendall(GOOD)
    assert [["door-1"], ["door-1"]] == [door.reports(), door.reports()]


def test_datagrams_from_ever_new_ports_cut_off_no_quiet_connection(opened: Callable[..., Door]) -> None:
    """A panel that sends from a new port each time, beside one that has nothing to say but holds its connection."""
    door = opened(most_peers=3)
    quiet = door.call()
    quiet.sendall(GOOD)
    assert ["door-1"] == door.reports()
    for _ in range(5):
        door.datagrams().send(GOOD)
        assert ["door-1"] == door.reports()
    quiet.sendall(GOOD)
    assert ["door-1"] == door.reports()


def test_a_silent_peer_is_dropped(opened: Callable[..., Door]) -> None:
    """Its session is told, so that a torn frame does not wait for ever."""
    sessions: list[Confirming] = []

    def session() -> Line:
        sessions.append(Confirming())
        return sessions[-1]

    door = opened(session, silence_s=0.5)
    call = door.call()
    call.sendall(b"aa")
    assert b"hello" == until_closed(call)
    assert sessions[0].is_closed


def test_a_peer_that_takes_no_answers_costs_only_itself(opened: Callable[..., Door]) -> None:
    """What waits to be sent to it is bounded; the others are heard."""
    door = opened(lambda: Confirming(100_000))
    deaf = door.call()
    deaf.sendall(b"aaaa")
    done = door.received.get(timeout=PATIENCE_S)[2]
    for _ in range(100):  # 10 MB, more than a socket's own buffers hold
        done()
    other = door.call()
    other.sendall(b"bbbb")
    assert b"ok bbbb" == door.received.get(timeout=PATIENCE_S)[1].confirm[:7]
    assert len(until_closed(deaf)) < 10_000_000


def test_a_megabyte_of_noise_is_counted_and_the_next_frame_understood(opened: Callable[..., Door]) -> None:
    """From one peer; another, calling meanwhile, waits for nothing."""
    door = opened()
    noisy, good = door.call(), door.call()
    noise = threading.Thread(target=noisy.sendall, args=(os.urandom(1_000_000) + b"\n" + GOOD,))
    noise.start()
    good.sendall(GOOD)
    found = 0
    while found < 2:
        found += len(door.reports())
    noise.join(PATIENCE_S)
    with pytest.raises(Empty):
        door.received.get_nowait()


def test_a_port_in_use_is_a_lost_line_until_it_is_free() -> None:
    """It says so, tries again, and is up by itself."""
    door = Door(ndjson)
    with socket.create_server(("127.0.0.1", door.tcp)):
        door.open()
        assert door.states.get(timeout=PATIENCE_S).startswith("lost: cannot listen on 127.0.0.1")
    try:
        while door.states.get(timeout=PATIENCE_S) != "up":
            pass
        door.call().sendall(GOOD)
        assert ["door-1"] == door.reports()
    finally:
        door.close()


def test_a_peer_that_says_no_more_still_gets_its_confirm(opened: Callable[..., Door]) -> None:
    """It has shut its half down, as a caller that sends one message does; then the other half ends, too."""
    door = opened(Confirming)
    call = door.call()
    assert call.recv(5) == b"hello"
    call.sendall(b"abcdefgh")
    call.shutdown(socket.SHUT_WR)
    settle = [door.received.get(timeout=PATIENCE_S)[2] for _ in range(2)]
    settle[0]()
    assert call.recv(7) == b"ok abcd"
    settle[1]()
    assert until_closed(call) == b"ok efgh"


def test_who_has_said_nothing_yields_before_a_talker(opened: Callable[..., Door]) -> None:
    """However quiet that is; and no fault is told of it."""
    door = opened(most_peers=3)
    talker = door.call()
    talker.sendall(GOOD)
    assert door.reports() == ["door-1"]
    idle = [door.call() for _ in range(6)]
    assert [b"", b"", b"", b""] == [until_closed(call) for call in idle[:4]]
    talker.sendall(GOOD)
    assert door.reports() == ["door-1"]
    assert door.states.empty()


def test_talkers_that_cut_each_other_off_are_a_fault_that_says_the_limit(opened: Callable[..., Door]) -> None:
    door = opened(most_peers=2)
    for _ in range(3):
        door.call().sendall(GOOD)
        assert door.reports() == ["door-1"]
    assert door.states.get(timeout=PATIENCE_S).startswith("full: 2 callers are as many as it may have")
