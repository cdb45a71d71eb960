"""What waits, and what a commissioning has seen, as it is drawn."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from msgspec.structs import replace

from api.console.commissioned import running
from api.console.device_plan import Dot, Plan, plan_of
from api.console.locale import Say
from api.console.sender_card import card, key_of, query_of
from api.ports import CommissioningView, QuarantinedSender
from devices.device import Device, SenderKey
from devices.message import Text
from devices.reading import SECOND
from tests.api.console.of_a_page import asked

EN = Say("en")
SENDER = QuarantinedSender(
    line="",
    family="keyarea",
    address="hall & gate=1",
    first_heard=0,
    last_heard=100 * SECOND,
    messages=3,
    live=2,
    heartbeat_s=65,
    guess_model="HS1",
    guess_kind="smoke_detector",
    signals={"temperature": 21.5, "smoke": True},
    proposed=Device("x", "keyarea", "x", ""),
    dangers=("smoke",),
)


def test_a_danger_stands_first_and_the_page_of_a_sender_is_found_again() -> None:
    drawn = card(SENDER, 105 * SECOND, EN, 8)
    assert (True, True, 100_000_000) == (drawn.is_danger, drawn.is_just, drawn.heard)
    assert ["smoke yes", "temperature 21.5 °C"] == drawn.said
    assert ("Smoke detector · HS1", "keyarea · hall & gate=1") == (drawn.guess, drawn.address)
    assert "3 messages, about every 1:05" == drawn.rhythm
    key = SenderKey("", "keyarea", "hall & gate=1")
    assert key == key_of(dict(parse_qsl(drawn.key, keep_blank_values=True)))
    assert drawn.key == query_of(key)


@pytest.mark.parametrize(
    ("changed", "drawn"),
    [
        ({"last_heard": 95 * SECOND}, {"is_just": False}),
        ({"heartbeat_s": None, "live": 0}, {"rhythm": "3 messages, kept by the broker, not spoken yet"}),
        ({"heartbeat_s": None}, {"rhythm": "3 messages"}),
        ({"guess_kind": "", "guess_model": "", "dangers": ()}, {"guess": "Unknown kind", "is_danger": False}),
        ({"line": "bus 2"}, {"address": "keyarea · bus 2 · hall & gate=1"}),
    ],
)
def test_a_card_says_what_is_known_of_its_sender(changed: dict[str, Any], drawn: dict[str, Any]) -> None:
    made = card(replace(SENDER, **changed), 105 * SECOND, EN, 3)
    assert drawn == {name: getattr(made, name) for name in drawn}


def test_of_many_signals_the_first_are_shown_and_the_rest_counted() -> None:
    made = card(replace(SENDER, signals={f"temperature.{n}": 1 for n in range(5)}), 0, EN, 3)
    assert ["temperature 0 1 °C", "temperature 1 1 °C", "temperature 2 1 °C", "+2"] == made.said


def test_a_plan_shows_the_others_in_its_area_and_not_the_one_it_is_about() -> None:
    devices = [
        Device("here", "f", "a", "store", position=(0.1, 0.2)),
        Device("there", "f", "b", "store", position=(0.12345, 0.5)),
        Device("nowhere", "f", "c", "store"),
        Device("elsewhere", "f", "d", "hall", position=(0.5, 0.5)),
    ]
    areas = SimpleNamespace(
        areas=lambda: [SimpleNamespace(id="store", has_plan=True), SimpleNamespace(id="hall", has_plan=False)],
        area_name=lambda area, language: "Chemical store",
    )
    names = SimpleNamespace(devices=lambda: devices, device_name=lambda device, language: device.title())
    seen = asked(areas=areas, devices=names)
    assert Plan("/console/plans/store", "Chemical store", [Dot(12.35, 50.0, "There")]) == plan_of(seen, "store", "here")
    assert plan_of(seen, "hall") is None


VIEW = CommissioningView(
    device="x",
    by="tom",
    started=0,
    left_s=450.0,
    wanting=(Text.of("commissioning.not_spoken"),),
    measured={"messages": 0},
    last_heard=None,
    triggered=None,
)


def test_before_the_trigger_it_is_asked_for() -> None:
    drawn = running(VIEW, 150 * SECOND, "UTC", EN)
    assert (False, EN("commission.how"), 0.25) == (drawn.is_seen, drawn.seen, drawn.share)
    assert "7:30 of listening left" == drawn.left
    assert ["0", "–", EN("console.never"), "–"] == [value for _, value in drawn.facts]
    assert 1 == len(drawn.wanting)


def test_what_was_measured_is_told_with_its_least_and_longest() -> None:
    measured: dict[str, str | float | int | Text] = {
        "messages": 7,
        "heartbeat_s": 30.0,
        "longest_silence_s": 61.5,
        "linkquality_min": 40,
        "linkquality_avg": 80.5,
        "trigger": "smoke",
    }
    view = replace(
        VIEW, left_s=0, wanting=(), measured=measured, last_heard=620 * SECOND, triggered=3_661 * SECOND, started=0
    )
    drawn = running(view, 700 * SECOND, "Asia/Shanghai", EN)
    assert (True, "smoke · 09:01:01", 1.0, "Ten minutes are over") == (
        drawn.is_seen,
        drawn.seen,
        drawn.share,
        drawn.left,
    )
    assert ["7", "every 30.0 s, longest 61.5 s", "08:10:20", "link quality 80.5 (least 40)"] == [
        value for _, value in drawn.facts
    ]
    assert [] == drawn.wanting
