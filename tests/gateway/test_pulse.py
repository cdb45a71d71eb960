"""The pulse: alarms pass as long as something goes the whole way, and what they need is well."""

import socket
from pathlib import Path

import pytest
from msgspec import Struct

from devices.message import Text
from gateway import notify_systemd
from gateway.inbox import Inbox
from gateway.pulse import LONGEST_S, STILL_S, Pulse


class Body(Struct):
    """A gateway as far as its pulse looks at it; ``at`` is the monotonic clock."""

    at: float = 0.0
    parts: dict[str, str] = {}
    faults: dict[str, Text] = {}

    def monotonic(self) -> float:
        return self.at

    def now(self) -> int:
        return int(self.at)

    def jump(self) -> int:
        return 0


def pulse(body: Body, inbox: Inbox) -> Pulse:
    body.parts |= {"pipeline": "up", "live": "up", "web": "up", "upkeep": "up"}
    return Pulse(inbox.put, body, body.parts, body.faults)


def commit(inbox: Inbox) -> int:
    """Everything that waits is stored."""
    taken = inbox.take(100)
    for delivery in taken:
        if delivery.done is not None:
            delivery.done()
    return len(taken)


def test_alarms_pass_from_the_first_beat_until_the_last_is_too_long_ago() -> None:
    inbox, body = Inbox(), Body()
    felt = pulse(body, inbox)
    assert not felt.passes()
    felt.beat()
    assert not felt.passes(), "it is on its way"
    assert 1 == commit(inbox)
    assert felt.passes()
    body.at = LONGEST_S
    assert felt.passes()
    body.at += 0.1
    assert not felt.passes()
    inbox.close()


def test_one_beat_at_a_time_waits_for_a_store_that_is_away() -> None:
    inbox, body = Inbox(), Body()
    felt = pulse(body, inbox)
    for _ in range(10):
        felt.beat()
    assert 1 == commit(inbox)
    felt.beat()
    (delivery,) = inbox.take(10)
    assert delivery.failed is not None
    delivery.failed("the pipeline has ended")
    felt.beat()
    assert 1 == commit(inbox), "one that failed is no reason to stop"
    inbox.close()


def test_what_alarms_need_must_be_well() -> None:
    inbox, body = Inbox(), Body()
    felt = pulse(body, inbox)
    felt.beat()
    commit(inbox)
    body.faults["mqtt"] = Text.of("x.y")
    assert felt.passes(), "a broker that is away is a fault of its own, and alarms of lines pass"
    for part in ("pipeline", "live", "web"):
        body.parts[part] = "died: bug"
        assert not felt.passes()
        body.parts[part] = "up"
    for part in ("upkeep", "records", "storage"):
        body.faults[part] = Text.of("x.y")
        assert not felt.passes()
        del body.faults[part]
    assert felt.passes()
    inbox.close()


def test_a_pulse_that_stands_still_stops_the_watchdog_but_not_while_a_store_is_waited_for() -> None:
    inbox, body = Inbox(), Body()
    is_away: list[bool] = []
    body.parts |= {"pipeline": "up", "live": "up", "web": "up"}
    felt = Pulse(inbox.put, body, body.parts, body.faults, lambda: bool(is_away))
    body.at = 10 * STILL_S
    assert not felt.stands_still(), "a start may take long: it looks back over what was stored"
    felt.beat()
    commit(inbox)
    body.at += STILL_S
    assert not felt.stands_still()
    body.at += 0.1
    assert felt.stands_still()
    is_away.append(True)
    assert not felt.stands_still(), "turns go on: alarms show and sound by the early way"
    inbox.close()


def test_systemd_is_told_that_it_lives_while_every_part_is_up_and_the_pulse_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        for parts, stands_still in (({"web": "up"}, True), ({"web": "died: bug"}, False)):
            notify_systemd.alive(parts, lambda still=stands_still: still)  # type: ignore[misc]
            with pytest.raises(BlockingIOError):
                systemd.recv(100)
        notify_systemd.alive({"web": "up"}, lambda: False)
        assert b"WATCHDOG=1" == systemd.recv(100)
