"""A door for panels and transmitters that call in over TCP or UDP: one thread, a session for each peer.

The gateway listens; who may speak is said by network. Everything about a peer is bounded: how many there are, how
long one may be silent, how much may wait to be sent to it. Answers that stand for a commit (confirms) come from the
pipeline's thread and are sent by this one. A peer that breaks off, floods or never answers costs only itself.
"""

import contextlib
import logging
import random
import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from devices.codec import Decoded, Line
from devices.errors import StoreUnavailable
from devices.reading import SECOND
from gateway.clock import Clock
from gateway.transports.socket_peers import Neighbours, Peer, Setup

log = logging.getLogger("keyarea")

_TURN_S = 0.25
_FIRST_RETRY_S = 0.2
_LONGEST_RETRY_S = 10.0
_MOST_AT_ONCE = 65_536
_DATAGRAMS_A_TURN = 200
_MOST_UNSENT = 256 * 1024
_FULL_FOR_S = 60.0
_LINGER_S = 30.0
"""A peer that has said its last word waits so long for what stands for a commit."""

FULL = "full: "
"""How the state of a door begins that cuts off talkers to make room for others."""

Put = Callable[[str, Decoded, Callable[[], None], Callable[[str], None]], None]


class SocketLine:
    """One door. ``run`` is the body of its thread; ``stop`` may be called from any other."""

    def __init__(
        self, setup: Setup, session: Callable[[], Line], put: Put, clock: Clock, on_state: Callable[[str], None]
    ) -> None:
        """``put(peer, decoded, done, failed)`` hands in what came; ``on_state`` hears ``up`` or ``lost: ...``."""
        self._setup, self._session, self._put, self._clock, self._on_state = setup, session, put, clock, on_state
        self._neighbours = Neighbours(setup)
        self._peers: dict[Any, Peer] = {}
        self._answers: deque[tuple[Peer, Decoded, bool]] = deque()
        self._stopping = threading.Event()
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._full_since: float | None = None
        self._cut_off = 0

    @property
    def most(self) -> int:
        """How many may call at one time."""
        return self._setup.most_peers

    @property
    def refused(self) -> int:
        """How often somebody called who may not."""
        return self._neighbours.refused

    def callers(self) -> int:
        """How many do; from any thread."""
        return len(self._peers)

    def stop(self) -> None:
        self._stopping.set()
        self._wake()

    def run(self) -> None:
        """Listen; if that fails, try again, until stopped."""
        pause = _FIRST_RETRY_S
        try:
            while not self._stopping.is_set():
                try:
                    with self._listening():
                        self._on_state("up")
                        pause = _FIRST_RETRY_S
                        while not self._stopping.is_set():
                            self._turn()
                except OSError as error:
                    self._on_state(f"lost: cannot listen on {self._setup.host}: {error}")
                self._stopping.wait(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, no secret
                pause = min(pause * 2, _LONGEST_RETRY_S)
        finally:
            self._woken.close()
            self._waker.close()

    # -- listening -----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        setup = self._setup
        family = socket.AF_INET6 if ":" in setup.host else socket.AF_INET
        self._selector = selectors.DefaultSelector()
        doors: list[socket.socket] = []
        try:
            for port, kind, arrive in (
                (setup.tcp, socket.SOCK_STREAM, self._accept),
                (setup.udp, socket.SOCK_DGRAM, self._take_datagrams),
            ):
                if port:
                    door = socket.socket(family, kind)
                    doors.append(door)
                    door.setblocking(False)
                    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    door.bind((setup.host, port))
                    if kind == socket.SOCK_STREAM:
                        door.listen(128)
                    self._selector.register(door, selectors.EVENT_READ, partial(arrive, door))
            self._selector.register(self._woken, selectors.EVENT_READ, self._drain_wakes)
            yield
        finally:
            for peer in list(self._peers.values()):
                self._drop(peer, "the gateway closes this line")
            for door in doors:
                door.close()
            self._selector.close()

    def _turn(self) -> None:
        for key, events in self._selector.select(_TURN_S):
            peer = key.data
            if not isinstance(peer, Peer):
                peer()
                continue
            if events & selectors.EVENT_WRITE and not peer.is_gone:
                self._flush(peer)
            if events & selectors.EVENT_READ and not peer.is_gone:
                self._read(peer)
        self._answer_all()
        self._look_at_clocks()

    def _accept(self, door: socket.socket) -> None:
        try:
            channel, address = door.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        if not self._neighbours.may_speak(address[0]):
            channel.close()
            return
        channel.setblocking(False)
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = self._admit(f"{address[0]}:{address[1]}", channel, None)
        self._watch(peer)
        self._send(peer, peer.line.to_send(self._clock.now()))

    def _take_datagrams(self, door: socket.socket) -> None:
        for _ in range(_DATAGRAMS_A_TURN):
            try:
                data, address = door.recvfrom(_MOST_AT_ONCE)
            except BlockingIOError:
                return
            except ConnectionError:
                continue  # the network's word that an earlier answer found nobody
            if not self._neighbours.may_speak(address[0]):
                continue
            peer = self._peers.get(address) or self._admit(f"{address[0]}:{address[1]}", door, address)
            self._received(peer, data)

    def _admit(self, name: str, channel: socket.socket, address: Any) -> Peer:
        if len(self._peers) >= self._setup.most_peers:
            yielding = min(self._peers.values(), key=Peer.worth)
            if yielding.has_spoken and not yielding.is_half_closed:
                self._is_full()
            self._drop(yielding, "makes room for another")
        peer = Peer(name, self._session(), channel, address, self._clock.monotonic())
        self._peers[peer.key] = peer
        log.info("line %s: %s calls", self._setup.name, name)
        return peer

    def _is_full(self) -> None:
        """A talker is cut off for another: said once, and again that it is over."""
        self._cut_off += 1
        if self._full_since is None:
            most = self._setup.most_peers
            self._on_state(f"{FULL}{most} callers are as many as it may have, and cut each other off: raise most_peers")
        self._full_since = self._clock.monotonic()

    def _drop(self, peer: Peer, why: str) -> None:
        del self._peers[peer.key]
        peer.is_gone = True
        peer.line.closed(self._clock.now())
        if peer.address is None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(peer.channel)
            peer.channel.close()
        log.info("line %s: %s: %s", self._setup.name, peer.name, why)

    # -- talking -------------------------------------------------------------------------------------------

    def _read(self, peer: Peer) -> None:
        try:
            data = peer.channel.recv(_MOST_AT_ONCE)
        except BlockingIOError:
            return
        except OSError as error:
            self._drop(peer, str(error))
            return
        if data:
            self._received(peer, data)
        else:
            peer.is_half_closed, peer.heard_at = True, self._clock.monotonic()
            self._watch(peer)

    def _watch(self, peer: Peer) -> None:
        """Wait for what the peer may yet do; one that has said its last word still gets what it is owed."""
        if peer.is_half_closed and not peer.owed and not peer.unsent:
            self._drop(peer, "has closed the connection")
            return
        events = selectors.EVENT_READ * (not peer.is_half_closed) | selectors.EVENT_WRITE * bool(peer.unsent)
        if events == peer.events:
            return
        if peer.events:
            self._selector.unregister(peer.channel)
        if events:
            self._selector.register(peer.channel, events, peer)
        peer.events = events

    def _answer_all(self) -> None:
        while self._answers:
            peer, decoded, is_stored = self._answers.popleft()
            peer.owed -= 1
            if decoded.said is not None:
                peer.line.settled(decoded.said, is_stored=is_stored)
            self._send(peer, decoded.confirm if is_stored else decoded.deny)
            if peer.is_half_closed and not peer.is_gone:
                self._watch(peer)

    def _received(self, peer: Peer, data: bytes) -> None:
        """Also with no data: a session that asked to be woken may find a torn frame, or a silence to speak of."""
        self._answer_all()  # a line hears what became of what was said before it hears a repeat
        if peer.is_gone:
            return
        if data:
            peer.heard_at = self._clock.monotonic()
        for decoded in peer.line.receive(data, self._clock.now()):
            self._hand_in(peer, decoded)
        self._send(peer, peer.line.to_send(self._clock.now()))

    def _hand_in(self, peer: Peer, decoded: Decoded) -> None:
        peer.has_spoken = peer.has_spoken or bool(decoded.reports)
        is_owed = bool(decoded.confirm or decoded.deny) or decoded.said is not None
        peer.owed += is_owed
        done = partial(self._settled, peer, decoded) if is_owed else _nothing
        failed = partial(self._given_up, peer, decoded) if is_owed else _nothing_for
        while not self._stopping.is_set():
            try:
                self._put(peer.name, decoded, done, failed)
            except StoreUnavailable:
                # The pipeline is behind; what the peers send meanwhile waits in the network.
                self._stopping.wait(_TURN_S)
            else:
                return

    def _settled(self, peer: Peer, decoded: Decoded) -> None:
        """Called by the pipeline, after the commit."""
        self._answers.append((peer, decoded, True))
        self._wake()

    def _given_up(self, peer: Peer, decoded: Decoded, _reason: str) -> None:
        self._answers.append((peer, decoded, False))
        self._wake()

    def _send(self, peer: Peer, data: bytes) -> None:
        """An answer to a peer that is gone is no fault: it will ask again."""
        if not data or peer.is_gone:
            return
        if peer.address is not None:
            with contextlib.suppress(OSError):
                peer.channel.sendto(data, peer.address)
            return
        peer.unsent += data
        if len(peer.unsent) > _MOST_UNSENT:
            self._drop(peer, "takes no answers")
        else:
            self._flush(peer)

    def _flush(self, peer: Peer) -> None:
        try:
            sent = peer.channel.send(peer.unsent) if peer.unsent else 0
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._drop(peer, str(error))
            return
        del peer.unsent[:sent]
        self._watch(peer)

    def _look_at_clocks(self) -> None:
        now, monotonic = self._clock.now(), self._clock.monotonic()
        if self._full_since is not None and monotonic - self._full_since >= _FULL_FOR_S:
            log.info("line %s: %d callers were cut off for others", self._setup.name, self._cut_off)
            self._full_since, self._cut_off = None, 0
            self._on_state("up")
        for peer in list(self._peers.values()):
            if peer.is_half_closed and monotonic - peer.heard_at > _LINGER_S:
                self._drop(peer, "has closed the connection")
                continue
            if monotonic - peer.heard_at > self._setup.silence_s:
                self._drop(peer, f"silent for {self._setup.silence_s:g} s")
                continue
            wake_at = peer.line.wake_at()
            if wake_at is not None and wake_at <= now + int(_TURN_S * SECOND):
                self._received(peer, b"")

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # awake already, or closed
            self._waker.send(b"!")

    def _drain_wakes(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._woken.recv(4096)


def _nothing() -> None:
    """Of what nobody waits for."""


def _nothing_for(_reason: str) -> None:
    """Nor for its failing."""
