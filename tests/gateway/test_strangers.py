"""An unregistered device in danger is an alert at once; adopted, it alarms by itself; rejected, it is heard no more."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from alerts.alert import AlertClass, State
from alerts.unregistered_alarm import UnregisteredAlarmRule
from devices.codec import Decoded, Report
from devices.device import Device, SenderKey
from devices.installed import Hardware
from devices.orders import Adopt, Readmit, Reject, Replace
from devices.signals import DANGERS, SIGNALS
from gateway.inbox import Delivery, FromLine
from gateway.own_rules import own_rules
from tests.gateway.house import DISK_FULL, House, Message, smoke
from tests.words import english

X = SenderKey("", "keyarea", "x")
NEW = Device("new", "keyarea", "x", "store", kind="smoke_detector")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    built = House(tmp_path)
    yield built
    built.series.close()
    built.records.close()
    built.inbox.close()


def standing(house: House) -> list[tuple[str, str]]:
    """(key, class) of what is open and active."""
    return sorted((alert.key, str(alert.alert_class)) for alert in house.engine.open_alerts() if alert.active)


def hear(house: House, address: str, **values: bool) -> None:
    """What a panel on the line ``panels`` says, in a turn of its own."""
    decoded = Decoded((Report(address, tuple(values.items())),))
    house.inbox.put(Delivery(FromLine("panels", "sia_dc09", decoded), lambda: house.answers.append("confirmed")))
    house.arrive()


def order(house: House, asked: object) -> None:
    """An order, and the turn in which it takes effect."""
    house.ask(asked)
    house.arrive()
    house.arrive()


STRANGER = ("line:mqtt", "supervisory")


@pytest.mark.parametrize("retain", [False, True])
def test_smoke_of_a_stranger_is_an_alert_stored_before_it_is_acknowledged(house: House, *, retain: bool) -> None:
    """Also when the broker had kept it: smoke that was found is smoke."""
    house.break_store(DISK_FULL)
    house.arrive(msgspec.structs.replace(smoke(1, "x"), retain=retain))
    assert ([STRANGER], []) == (standing(house), house.line.acknowledged)
    house.mend_store()
    house.arrive()
    assert ([1], ["line:mqtt"]) == (house.line.acknowledged, house.stored())
    (alert,) = house.engine.open_alerts()
    assert (english(alert.text), alert.priority) == ("Unregistered device: smoke reported by keyarea x", 2)
    assert ["raised"] == [entry.draft.fields["action"] for entry in house.records.ledger(book="alerts")]


def test_a_restart_repeats_nothing_and_forgets_nothing(house: House) -> None:
    house.arrive(smoke(1, "x"))
    house.build()
    house.arrive(smoke(1, "x", dup=True), smoke(2, "x"))
    assert ([STRANGER], 1) == (standing(house), len(house.records.alerts()))
    house.build()
    house.clock.seconds += 60
    house.arrive(smoke(3, "x", value=False))
    assert [] == standing(house)
    assert ["raised", "returned"] == [entry.draft.fields["action"] for entry in house.records.ledger(book="alerts")]


def test_a_stranger_at_rest_is_no_alert(house: House) -> None:
    house.arrive(smoke(1, "x", value=False), Message("keyarea/x/readings", b'{"readings": {"smoke": "perhaps"}}', 2))
    assert [] == house.engine.open_alerts()


@pytest.mark.parametrize("waited_s", [1, 7_200])
def test_a_danger_that_stands_alarms_under_the_adopted_device(house: House, waited_s: int) -> None:
    """However long ago it was said."""
    house.arrive(smoke(1, "x"))
    house.clock.seconds += waited_s
    order(house, Adopt(NEW, "tom"))
    assert [("new", "fire")] == standing(house)
    (own,) = (alert for alert in house.engine.open_alerts() if alert.key == "new")
    assert own.state is State.UNACKNOWLEDGED


def test_a_danger_that_is_over_does_not_alarm_when_its_device_is_adopted(house: House) -> None:
    house.arrive(smoke(1, "x"), smoke(2, "x", value=False))
    assert [STRANGER] == standing(house)
    order(house, Adopt(NEW, "tom"))
    assert [] == standing(house)


def test_other_hardware_in_the_same_place_alarms_as_well(house: House) -> None:
    house.arrive(smoke(1, "x"))
    house.clock.seconds += 7_200
    house.ask_by_two(Replace("s1", Hardware("keyarea", "x"), "tom"))
    house.arrive()
    house.arrive()
    assert [("s1", "fire")] == standing(house)


def test_the_danger_of_a_rejected_sender_stays_loud_and_nothing_else_of_it_is_shown(house: House) -> None:
    """Whoever turns a detector away does not silence it: its smoke is an alert until it says that it is over."""
    house.arrive(smoke(1, "x"))
    house.ask_by_two(Reject(X, "tom"))
    house.arrive()
    assert ([STRANGER], []) == (standing(house), house.pipeline._ingest.quarantine.senders())
    house.clock.seconds += 100
    house.arrive(smoke(2, "x", value=False))
    assert [] == standing(house)
    house.build()
    house.arrive(smoke(3, "x", value=False))
    assert [] == standing(house)
    house.arrive(smoke(4, "x"))
    assert [STRANGER] == standing(house)
    assert [] == house.pipeline._ingest.quarantine.senders()
    order(house, Readmit(X, "tom"))
    house.arrive(smoke(5, "x"))
    assert [X] == [sender.key for sender in house.pipeline._ingest.quarantine.senders()]


def test_an_order_stored_in_the_last_moment_takes_effect_at_the_next_start(house: House) -> None:
    """The process died between the commit and the turn after it."""
    house.arrive(smoke(1, "x"))
    house.ask(Adopt(NEW, "tom"))
    house.arrive()
    house.build()
    house.arrive()
    house.arrive()
    assert [("new", "fire")] == standing(house)


def test_a_device_entered_in_the_site_file_meanwhile_alarms_at_the_start(house: House) -> None:
    house.arrive(smoke(1, "x"))
    house.file = [*house.file, NEW]
    house.build()
    house.arrive()
    house.arrive()
    assert [("new", "fire")] == standing(house)


def test_an_unregistered_zone_of_a_registered_panel_is_a_fire_in_its_area(house: House) -> None:
    """Confirmed after the commit. A panel that nobody knows is believed less."""
    order(house, Adopt(Device("panel", "sia_dc09", "1234", "store", line="panels"), "tom"))
    house.answers.clear()
    house.break_store(DISK_FULL)
    hear(house, "1234/1.17", smoke=True)
    assert ([("panel", "fire")], []) == (standing(house), house.answers)
    house.mend_store()
    house.arrive()
    assert (["confirmed"], ["panel"]) == (house.answers, house.stored())
    (alert,) = house.engine.open_alerts()
    assert ("store", 1, True) == (alert.area, alert.priority, alert.latched)
    assert english(alert.text).endswith("smoke reported by sia_dc09 1234/1.17 on panels")
    hear(house, "9999/1.17", panic=True)
    assert [("line:panels", "supervisory"), ("panel", "fire")] == standing(house)


def test_a_zone_stands_for_its_panel_where_that_is_not_registered_itself(house: House) -> None:
    order(house, Adopt(Device("zone", "sia_dc09", "1234/1.17", "store", line="panels"), "tom"))
    hear(house, "1234/1.18", panic=True)
    hear(house, "1234", co_alarm=True)
    hear(house, "1234/1.17", panic=True)
    assert [("zone", "gas"), ("zone", "hold_up")] == standing(house)


def test_a_thousand_invented_names_are_one_alert_and_push_no_danger_out(house: House) -> None:
    house.arrive(smoke(1, "x"))
    house.arrive(*(smoke(n, f"d{n}", value=n % 10 == 0) for n in range(2, 2_000)))
    house.pipeline.turn()
    assert [STRANGER] == standing(house)
    assert house.engine.open_alerts()[0].occurrences <= 20
    senders = house.pipeline._ingest.quarantine.senders()
    assert (1_000, True) == (len(senders), "x" in {sender.address for sender in senders})
    order(house, Adopt(NEW, "tom"))
    assert ("new", "fire") in standing(house)


@pytest.mark.parametrize("panic_is_silent", [False, True])
def test_each_danger_of_the_vocabulary_has_one_class_at_a_panel(panic_is_silent: bool) -> None:
    """A signal that is added to the vocabulary as a danger is sorted in here, or this fails."""
    strangers = [rule for rule in own_rules(panic_is_silent=panic_is_silent) if isinstance(rule, UnregisteredAlarmRule)]
    believed = [signal for rule in strangers if not rule.device_kinds for signal in rule.signals]
    anybodys = [rule for rule in strangers if rule.device_kinds]
    assert sorted(DANGERS) == sorted(believed) == sorted(signal for rule in anybodys for signal in rule.signals)
    silent = {signal for rule in strangers if rule.is_silent for signal in rule.signals}
    assert silent == ({"duress", "panic"} if panic_is_silent else {"duress"})
    assert {"tamper", "fault", "supervisory", "battery_low"} == {n for n, s in SIGNALS.items() if s.alarm} - DANGERS
    assert all(rule.title_zh and rule.procedure_zh for rule in strangers)
    assert {rule.alert_class for rule in anybodys} == {AlertClass.SUPERVISORY}


def test_a_registered_zone_that_speaks_on_another_line_is_refused_and_its_panic_is_not(house: House) -> None:
    """The panel was plugged in elsewhere."""
    order(house, Adopt(Device("zone", "sia_dc09", "1234/1.17", "store", line="elsewhere"), "tom"))
    hear(house, "1234/1.17", panic=True)
    assert [("line:panels", "supervisory")] == standing(house)
    assert 1 == house.pipeline._ingest.malformed.total
