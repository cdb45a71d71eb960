"""A drill through the whole pipeline: seen, written and ordered as one, and in no figure and on no output of others."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from alerts.alert import AlertClass
from alerts.moves import Stimulus
from alerts.output import Output
from alerts.output_rule import OutputRule
from alerts.workflow import Heard, Moves, World
from devices.message import Text
from devices.output_orders import OutputOrder
from devices.reading import Instant
from gateway import output_ways
from gateway.inbox import Delivery
from gateway.output_sender import OutputSender
from tests.alerts.kernel.toy import Close, Closing, Toy
from tests.gateway.house import DEVICES, House, smoke

SIREN = OutputRule(
    name="gateway-output",
    alert_class=AlertClass.FAULT,
    priority=1,
    procedure="-",
    devices=("s0",),
    outputs=(Output(device="s0", what="siren", classes=("fire",), feedback=""),),
)


class Drill(Toy):
    """Smoke at s1, and a strobe of its own at s3."""

    name = "drill"

    def takes_two(self, ask: Any, world: World) -> bool:
        return False

    def step(self, event: Heard, cases: Mapping[str, Closing], world: World, now: Instant) -> Moves:
        if not isinstance(event, Close):
            return Moves()
        order = OutputOrder("d1", "s3", "strobe", True, now, Text.of("toy.closed"))
        case = Closing(id="d", origin="drill", area="store")
        return Moves(cases=(case,), stimuli=(Stimulus("s1", "smoke", True),), orders=(order,))


class Drilled(House):
    """With a siren for fire."""

    workflows, rules = (Drill(),), (SIREN,)

    def sender(self) -> OutputSender:
        return output_ways.sender(
            self.clock.monotonic,
            self.ingest,
            self.line,
            self.inbox,
            lambda *_: None,
            self.rules,  # type: ignore[arg-type]
        )

    def ordered(self) -> list[tuple[str, Any]]:
        """(device, origin) of each order that went out to switch something on."""
        told = [(topic.split("/")[1], msgspec.json.decode(payload)) for topic, payload in self.sent()]
        return [(device, order.get("origin", "real")) for device, order in told if order["value"] is True]

    def sent(self) -> list[tuple[str, bytes]]:
        return [(topic, payload) for topic, payload in self.line.sent if payload.startswith(b"{")]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Drilled]:
    built = Drilled(tmp_path)
    yield built
    built.series.close()
    built.records.close()
    built.inbox.close()


def drill(house: Drilled) -> None:
    house.arrive(*(smoke(number, f"s{number}", value=False) for number in range(len(DEVICES))))
    house.inbox.put(Delivery(Close(id="a", by="li", role="technician"), lambda: None))
    house.arrive()


def test_a_drills_alert_is_shown_and_written_as_one_and_counted_nowhere(house: Drilled) -> None:
    drill(house)
    (alert,) = [alert for alert in house.records.open_alerts() if alert.rule == "smoke"]
    assert ("drill", {"drill"}) == (alert.origin, {cause.origin for cause in alert.causes})
    entry = next(e for e in house.records.ledger(book="alerts") if e.draft.fields["alert"] == alert.id)
    assert ("drill", True) == (entry.draft.fields["origin"], str(entry.draft.fields["text"]).startswith("DRILL: "))
    counted = house.metrics.registry.get_sample_value
    assert not counted("keyarea_alert_events_total", {"alert_class": "fire", "action": "raised"})
    assert {False} == {reading.value for reading in house.series.latest().values() if reading.signal == "smoke"}


def test_a_drill_orders_its_own_outputs_as_a_drill_and_starts_no_other(house: Drilled) -> None:
    drill(house)
    assert [("s3", "drill")] == house.ordered()
    entries = house.records.ledger(book="outputs")
    assert [("s3", "drill")] == [(e.draft.fields["device"], e.draft.fields["origin"]) for e in entries]
    house.arrive(smoke(9, "s1"))
    assert [("s3", "drill"), ("s0", "real")] == house.ordered()
    counted = house.metrics.registry.get_sample_value
    assert 1 == counted("keyarea_alert_events_total", {"alert_class": "fire", "action": "raised"})


def test_after_a_restart_a_drill_is_still_one(house: Drilled) -> None:
    drill(house)
    house.build()
    house.arrive()
    assert ["drill"] == [alert.origin for alert in house.engine.open_alerts() if alert.rule == "smoke"]
    assert [("s3", "drill")] == house.ordered()
