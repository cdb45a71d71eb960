"""The engine while devices come and go, all at once too, and behind panels."""

import pytest

from alerts.event import Tick
from alerts.system_alerts import NAMES
from devices.device import Device
from devices.reading import SECOND
from tests.alerts.room import LOST, PAIR, SMOKE, A, B, armed, tell
from tests.alerts.timeline import START, Room, device, reading, rule, said


def test_an_adopted_device_is_watched_and_the_others_keep_what_they_remember() -> None:
    room = armed(rule("state", signals=["smoke"], hold_s=10), LOST)
    tell(room, "a.smoke=on", after_s=0)
    room.engine.set_devices((A, B), room.now)
    assert room.engine.wake_at == room.now
    assert [] == tell(room, "b.smoke=on", "a.temperature=20")
    assert [] == room.run_until(START + 10 * SECOND)
    assert ["raised a"] == tell(room, after_s=9)
    assert ["raised b"] == tell(room)


def test_an_adopted_device_is_supervised_from_then_on() -> None:
    room = armed(LOST, devices=())
    tell(room, after_s=500)
    room.engine.set_devices((A,), room.now)
    tell(room, after_s=0)
    assert [] == room.run_until(START + 600 * SECOND)
    assert ["raised a (not_put_up)", "raised not-put-up"] == tell(room, after_s=100)


def test_the_alert_of_a_retired_device_can_end_and_its_memory_is_forgotten() -> None:
    room = armed(LOST)
    room.run_until(START + 101 * SECOND)
    assert ["lost"] == [alert.rule for alert in room.engine.open_alerts()]
    room.engine.set_devices((), room.now)
    assert ["gone a"] == tell(room)
    room.engine.set_devices((A,), room.now)
    assert [] == tell(room)
    room.devices = (A,)
    room.restart()
    assert [] == tell(room)


def test_a_device_that_moves_takes_its_alerts_to_come_with_it() -> None:
    room = armed(SMOKE)
    tell(room, "a.smoke=off")
    room.engine.set_devices((device("a", "hall"),), room.now)
    tell(room, "a.smoke=on")
    assert ["hall"] == [alert.area for alert in room.engine.open_alerts() if alert.rule not in NAMES]


def test_a_device_that_moves_is_watched_by_the_rules_of_its_new_area() -> None:
    room = armed(rule("state", name="store", signals=["smoke"], areas=["store"]),
                 rule("state", name="hall", signals=["smoke"], areas=["hall"]))  # fmt: skip
    tell(room, "a.smoke=off")
    room.engine.set_devices((device("a", "hall"),), room.now)
    tell(room, "a.smoke=on")
    assert ["hall"] == [alert.rule for alert in room.engine.open_alerts() if alert.rule not in NAMES]


def test_what_a_retired_device_was_waiting_for_never_comes() -> None:
    room = armed(rule("state", signals=["smoke"], hold_s=10), LOST)
    tell(room, "a.smoke=on")
    room.engine.set_devices((), room.now)
    tell(room)
    forgotten = dict(room.memories)
    assert [] == room.run_until(START + 600 * SECOND)
    assert forgotten == room.memories


def test_a_faulty_member_that_was_replaced_is_waited_for_again() -> None:
    room = Room((PAIR,), (device("a", signals=("smoke",)), device("b", signals=("smoke",))))
    tell(room, "a.smoke=off", "b.fault=on")
    for devices in ((room.devices[0],), room.devices):
        room.engine.set_devices(devices, room.now)
        tell(room)
    assert [] == tell(room, "a.smoke=on")


def test_a_retired_member_no_longer_holds_an_area_in_alarm() -> None:
    room = Room((rule("state", signals=["smoke"], per="area"), PAIR), (A, B))
    tell(room, "a.smoke=off", "b.smoke=off")
    assert ["raised store"] == tell(room, "a.smoke=on")
    room.engine.set_devices((B,), room.now)
    assert ["gone store"] == tell(room)
    assert ["again store", "raised store"] == tell(room, "b.smoke=on")


def test_the_gateway_s_own_parts_are_watched_by_rules_that_name_them_only() -> None:
    part = Device(id="line:mqtt", family="gateway", address="line:mqtt", area="gateway", kind="gateway_line")
    everything = rule("state", name="any", alert_class="fault", signals=["fault"])
    named = rule("state", name="own", alert_class="fault", signals=["fault"], device_kinds=["gateway_line"])
    room = Room((everything, named, LOST), (part,))
    tell(room, "line:mqtt.fault=on")
    assert ["own"] == [alert.rule for alert in room.engine.open_alerts()]
    assert [] == room.run_until(START + 1000 * SECOND)


@pytest.mark.slow
def test_devices_that_are_lost_and_come_back_all_at_once_are_each_told() -> None:
    devices = [device(f"d{number}") for number in range(2_000)]
    room = Room((LOST, SMOKE), devices)
    now = START
    room.step([reading(f"d{n}.{s}=20", now) for n in range(2_000) for s in ("temperature", "humidity", "co")], now)
    room.run_until(START + 101 * SECOND)
    assert 2_000 == len(room.engine.open_alerts())
    now = START + 200 * SECOND
    effects = room.engine.step([reading(f"d{n}.temperature=20", now) for n in range(2_000)], now)
    assert 2_000 == len(effects.alerts)


@pytest.mark.slow
def test_a_fire_gets_through_while_a_whole_site_falls_silent() -> None:
    """The losses are told look by look, each of which is short; none is left out, and the pair knows of all of them."""
    devices = [device(f"d{number}", signals=("smoke",)) for number in range(1_700)]
    room = Room((LOST, SMOKE, PAIR), devices)
    room.step([reading(f"d{n}.smoke=off", START) for n in range(1_700)], START)
    now = START + 101 * SECOND
    first = said(room.step([Tick(now)], now))
    assert 500 == len(first)
    assert room.engine.wake_at is not None
    assert room.engine.wake_at <= now
    second = said(room.step([reading("d1600.smoke=on", now)], now))
    assert "raised d1600" == second[0]
    last = room.run_until(now + SECOND)
    assert "raised store" == last[-1]  # it is the only one left of the pair's members
    assert 1_699 + 2 == len({*first, *second, *last})


PANEL = (rule("supervision", name="lost", alert_class="fault", interval_s=100),)


def test_a_part_is_there_as_long_as_its_panel_is() -> None:
    """A smoke head behind a panel speaks when it burns; lost with its panel, back with its first word."""
    devices = (device("panel", interval_s=60), device("part", kind="smoke_detector"))
    room = Room(PANEL, devices, panels={"part": "panel"})
    for second in range(0, 1000, 50):
        now = START + second * SECOND
        assert [] == room.run_until(now)
        assert [] == said(room.step([room.event("panel.online=on", now)], now))
    told = room.run_until(START + 1200 * SECOND)
    assert ["raised panel", "raised part"] == told
    now = START + 1300 * SECOND
    assert {"gone panel", "gone part"} == set(said(room.step([room.event("panel.online=on", now)], now)))
    assert [] == room.run_until(now + 59 * SECOND)


def test_a_part_is_lost_with_a_panel_that_was_never_heard_and_after_a_start() -> None:
    devices = (device("panel", interval_s=60), device("part"))
    room = Room(PANEL, devices, panels={"part": "panel"})
    assert ["raised panel", "raised part"] == room.run_until(START + 300 * SECOND)
    room.restart()
    assert [] == room.run_until(room.now + 300 * SECOND)
    assert {"gone panel", "gone part"} == set(said(room.step([room.event("panel.online=on", room.now)], room.now)))


def test_a_panel_that_nobody_waits_for_answers_with_its_own_words_alone() -> None:
    lost = rule("supervision", name="lost", alert_class="fault", interval_s=100, device_kinds=["smoke_detector"])
    devices = (device("panel"), device("part", kind="smoke_detector"))
    room = Room((lost,), devices, panels={"part": "panel"})
    room.step([room.event("panel.online=on", START)], START)
    assert [] == room.run_until(START + 99 * SECOND)
    assert ["raised part"] == room.run_until(START + 300 * SECOND)
