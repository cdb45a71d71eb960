"""Exactly once, and in order, when acknowledgements are lost and when gateway and broker die: on a real Mosquitto."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.rim.conftest import Running, serving, site
from tests.rim.lossy_link import LossyLink
from tests.rim.processes import Client, Mosquitto, free_port, wait_until


class Scene:
    """A gateway that reaches its broker over a link that loses things; devices speak to the broker directly."""

    def __init__(self, running: Running, broker: Mosquitto, link: LossyLink) -> None:
        self.running, self.broker, self.link = running, broker, link
        self._marks = 10

    def say(self, device: str, *, smoke: bool) -> None:
        """Acknowledged by the broker."""
        speaker = Running(self.running.gateway, self.broker)  # the one before may have lost its broker
        speaker.readings(device, smoke=smoke)
        speaker.close()

    def until_all_is_taken(self) -> None:
        """What a broker sends comes in order: when a later alarm is there, so is all before it."""
        mark = f"smoke-{self._marks}"
        self._marks += 1
        self.say(mark, smoke=True)
        wait_until(lambda: self.alerts(mark), f"the alert of {mark}")

    def alerts(self, device: str) -> list[dict[str, Any]]:
        client = Client(self.running.port, "olga")
        return [alert for alert in client.get("/api/alerts?limit=1000")["alerts"] if alert["key"] == device]

    def told(self, device: str) -> list[str]:
        """What the ledger tells of the device's alerts, in order."""
        entries = Client(self.running.port, "ada").get("/api/ledger?book=alerts&limit=1000")["entries"]
        fields = [entry["fields"] for entry in sorted(entries, key=lambda entry: entry["sequence"])]
        return [told["action"] for told in fields if told["key"] == device]

    def restart_gateway(self) -> None:
        """Killed, and what was on its way to it is lost."""
        self.running.gateway.kill()
        self.link.cut()
        self.running.gateway.start()

    def restart_broker(self) -> None:
        self.broker.kill()
        wait_until(lambda: not self.running.gateway.is_up(), "the line is lost")
        self.broker.start()
        wait_until(self.running.gateway.is_up, "the line is back")


@contextmanager
def scene(folder: Path, *, extra: str) -> Iterator[Scene]:
    web = free_port()
    with Mosquitto(folder, extra=extra) as broker, LossyLink(broker.port) as link:
        (folder / "gateway").mkdir()
        with serving(folder / "gateway", site(link.port, web), web, broker) as running:
            yield Scene(running, broker, link)


def persistent(folder: Path) -> str:
    """Written down only when the test says so."""
    return f"persistence true\npersistence_location {folder}/\nautosave_interval 0"


@pytest.mark.parametrize("dies", ["the connection", "the gateway"])
def test_a_standing_fire_is_not_shown_as_over(tmp_path: Path, dies: str) -> None:
    """All clear, then fire, both committed, both PUBACKs lost: the broker repeats both, and the fire stands."""
    with scene(tmp_path, extra="") as at:
        at.say("smoke-1", smoke=False)
        at.until_all_is_taken()
        at.link.loses_acknowledgements = True
        at.say("smoke-1", smoke=False)
        at.say("smoke-1", smoke=True)
        wait_until(lambda: at.alerts("smoke-1"), "the alert")
        at.link.cut() if dies == "the connection" else at.restart_gateway()
        at.until_all_is_taken()
        again = [b"true" in one.payload for one in at.link.delivered if one.is_dup and "smoke-1/" in one.topic]
        assert [False, True] == again, at.link.delivered
        assert [True] == [alert["active"] for alert in at.alerts("smoke-1")]
        assert ["raised"] == at.told("smoke-1")


@pytest.mark.parametrize("keeps", ["nothing", "an old state"])
def test_an_alarm_of_a_broker_that_begins_at_old_numbers_counts(tmp_path: Path, keeps: str) -> None:
    """Killed, the broker gives a new alarm an old one's packet id; the gateway dies before it has read it."""
    with scene(tmp_path, extra=persistent(tmp_path) if keeps == "an old state" else "") as at:
        if keeps == "an old state":
            at.broker.save()
        at.say("smoke-1", smoke=True)
        wait_until(lambda: at.alerts("smoke-1"), "the alert")
        at.say("smoke-1", smoke=False)
        wait_until(lambda: not at.alerts("smoke-1")[0]["active"], "it is over")
        at.restart_broker()
        at.link.hold_deliveries()
        at.say("smoke-1", smoke=True)
        at.restart_gateway()
        wait_until(lambda: at.alerts("smoke-1")[0]["active"], "the new alarm counts")
        first, again = at.link.delivered[0], at.link.delivered[-1]
        assert again == first._replace(is_dup=True), "the case that this test is about"
        assert ["raised", "returned", "joined"] == at.told("smoke-1")


def test_a_queue_that_a_killed_broker_sends_again_does_not_end_a_fire(tmp_path: Path) -> None:
    """It was written down before it was sent: what comes again is not marked as a repeat."""
    with scene(tmp_path, extra=persistent(tmp_path)) as at:
        at.running.gateway.stop()
        at.say("smoke-1", smoke=False)
        at.broker.save()
        at.running.gateway.start()
        at.say("smoke-1", smoke=True)
        wait_until(lambda: at.alerts("smoke-1"), "the alert")
        at.restart_broker()
        at.until_all_is_taken()
        assert [False, True, False] == [b"true" in one.payload for one in at.link.delivered if "smoke-1/" in one.topic]
        assert not any(one.is_dup for one in at.link.delivered)
        assert [True] == [alert["active"] for alert in at.alerts("smoke-1")]
        assert ["raised"] == at.told("smoke-1")
