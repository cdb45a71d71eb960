"""From what was typed at a keypad to who it was: no code goes any further than the check of it."""

import msgspec
import pytest

from devices.device import Device
from devices.device_directory import DeviceDirectory
from devices.families import mqtt_families
from devices.keypad import Keypads, Known, Presented, UserCode
from devices.malformed import MalformedLog
from devices.quarantine import Quarantine
from devices.reading import SECOND
from gateway.ingest.ingest import Ingest
from gateway.transports.topic_filter import matches
from tests.gateway.ingest_peers import NOW, Arrived

CODES = {"908172": UserCode("li"), "471100": UserCode("li", "duress")}


def ingest() -> Ingest:
    devices = [Device(id="pad", family="zigbee2mqtt", address="keypad", area="store", kind="keypad")]
    return Ingest(
        DeviceDirectory(devices, 300 * SECOND),
        mqtt_families(),
        {},
        matches=matches,
        quarantine=Quarantine(),
        malformed=MalformedLog(),
        keypads=Keypads(lambda code, _now: Known(CODES[code], "operator", code) if code in CODES else None),
    )


def typed(code: object, action: str = "disarm", **more: object) -> Arrived:
    said = {"action": action, "action_code": code, "action_transaction": 9, **more}
    return Arrived("zigbee2mqtt/keypad", msgspec.json.encode(said))


def test_who_it_was_goes_on_and_the_code_does_not() -> None:
    taker = ingest()
    readings = taker.read([typed("908172", odd_alarm="x")], NOW)
    assert [Presented("pad", "disarmed", "li", "operator", "known", transaction=9)] == taker.strangers
    assert "908172" not in f"{readings} {taker.strangers} {taker.malformed.samples()}"


def test_duress_is_told_by_the_keypad_and_at_a_locked_one_too() -> None:
    taker = ingest()
    (told,) = [each for each in taker.read([typed("471100")], NOW) if each.signal == "duress"]
    assert ("pad", True) == (told.device, told.value)
    taker.read([typed("000000")] * 3, NOW)
    assert ["duress"] == [each.signal for each in taker.read([typed("471100")], NOW) if each.signal == "duress"]
    assert "locked_duress" == taker.strangers[-1].verdict  # type: ignore[union-attr]


def test_what_the_broker_kept_is_not_typed_again() -> None:
    taker = ingest()
    said = typed("908172")
    taker.read([Arrived(said.topic, said.payload, retain=True)], NOW)
    assert [] == taker.strangers


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("zigbee2mqtt/keypad", b'{"action_code": "908172", "smoke": "maybe"}'),
        ("zigbee2mqtt/keypad/action_code", b"908172"),
        ("zigbee2mqtt/stranger/pin", b"908172"),
        ("elsewhere/keypad", b'{"pin_code": 908172, "x": 1}'),
        ("elsewhere/keypad", b"password=908172"),
    ],
)
def test_a_code_in_what_nobody_understood_is_kept_nowhere(topic: str, payload: bytes) -> None:
    taker = ingest()
    taker.read([Arrived(topic, payload)], NOW)
    assert "908172" not in f"{taker.malformed.samples()}"
