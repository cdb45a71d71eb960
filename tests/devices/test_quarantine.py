"""Unknown senders and messages without sense: kept for the technician, never without bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.codec import Message, Report
from devices.device import SenderKey
from devices.kinds import KINDS, guess_kind, watched
from devices.malformed import MalformedLog
from devices.proposal import propose
from devices.quarantine import Quarantine
from devices.reading import SECOND
from tests.words import words

KEY = SenderKey("", "zigbee2mqtt", "x")


def message(at: int = SECOND, *, retained: bool = False) -> Message:
    return Message("mqtt", "t", b"{}", at, retained)


def test_an_unknown_sender_is_guessed_from_what_it_says() -> None:
    quarantine = Quarantine()
    quarantine.heard("zigbee2mqtt", Report("x", (("battery", 90.0), ("smoke", False)), model="HS1SA"), message())
    quarantine.heard("zigbee2mqtt", Report("x", (("linkquality", 90.0),)), message(5 * SECOND))
    (sender,) = quarantine.senders()
    assert (sender.guess_kind, sender.guess_model, sender.messages) == ("smoke_detector", "HS1SA", 2)
    assert (sender.first_heard, sender.last_heard) == (SECOND, 5 * SECOND)
    quarantine.forget(KEY)
    assert not quarantine.senders()


def test_an_unknown_sender_is_guessed_from_what_it_announced_before_it_said_it() -> None:
    """That it is online is heard before its state: a technician who adopts it at once gets the whole device."""
    quarantine = Quarantine()
    announced = ("smoke", "temperature", "online")
    quarantine.heard("home_assistant", Report("x", (("online", True),), announced=announced), message())
    quarantine.heard("home_assistant", Report("x", (("battery", 90.0),)), message())
    (sender,) = quarantine.senders()
    proposed = propose(sender, ())
    assert (proposed.kind, proposed.signals) == ("smoke_detector", ("smoke", "temperature", "battery", "online"))
    assert "smoke" not in sender.signals, "it has said nothing of smoke yet"


def test_a_flood_of_names_is_counted_not_kept() -> None:
    quarantine = Quarantine()
    for number in range(1500):
        quarantine.heard("keyarea", Report(f"d{number}", (("smoke", False),)), message())
    assert (len(quarantine.senders()), quarantine.turned_away) == (1000, 500)


@pytest.mark.slow
def test_a_sensor_is_shown_in_the_midst_of_a_flood_of_invented_names() -> None:
    """Whether it spoke before the flood or speaks for the first time when all room is taken."""
    early, late = Report("early", (("smoke", False),)), Report("late", (("smoke", False),))
    quarantine = Quarantine()
    for at in (1, 2):
        quarantine.heard("keyarea", early, message(at * SECOND))
    for number in range(5_000):
        quarantine.heard("keyarea", Report(f"d{number}", (("smoke", False),)), message(3 * SECOND))
    quarantine.heard("keyarea", late, message(4 * SECOND))
    assert quarantine.senders()[0].address == "late"
    assert quarantine.find(SenderKey("", "keyarea", "early")) is not None


def test_a_newcomer_has_room_among_invented_names_that_speak_again_and_again() -> None:
    quarantine = Quarantine()
    for at in (1, 2):
        for number in range(1_000):
            quarantine.heard("keyarea", Report(f"d{number}", (("smoke", False),)), message(at * SECOND))
    quarantine.heard("keyarea", Report("late", (("smoke", False),)), message(3 * SECOND))
    for number in range(200):
        quarantine.heard("keyarea", Report(f"e{number}", (("smoke", False),)), message(4 * SECOND))
    quarantine.heard("keyarea", Report("late", (("smoke", True),)), message(5 * SECOND))
    assert (quarantine.senders()[0].address, quarantine.senders()[0].heartbeat_s) == ("late", 2.0)
    assert len(quarantine.senders()) == 1_000


def test_noise_of_an_hour_ago_makes_room() -> None:
    """A new sensor is seen, and what still speaks stays."""
    quarantine = Quarantine()
    for number in range(1000):
        quarantine.heard("keyarea", Report(f"d{number}", (("smoke", False),)), message())
    later = 3700 * SECOND
    quarantine.heard("keyarea", Report("d7", (("smoke", False),)), message(later))
    quarantine.heard("keyarea", Report("new", (("smoke", False),)), message(later))
    assert {"d7", "new"} == {sender.address for sender in quarantine.senders()}
    assert quarantine.turned_away == 0


def test_its_heartbeat_is_the_middle_of_its_pauses() -> None:
    """What the broker had kept is no word of it; one long pause does not count for much."""
    quarantine = Quarantine()
    report = Report("x", (("linkquality", 90.0),))
    quarantine.heard("zigbee2mqtt", report, message(0, retained=True))
    (sender,) = quarantine.senders()
    assert (0, None) == (sender.live, sender.heartbeat_s)
    for at in (100, 110, 120, 500, 511):
        quarantine.heard("zigbee2mqtt", report, message(at * SECOND))
    assert (6, 5, 511 * SECOND, 11) == (sender.messages, sender.live, sender.last_heard, sender.heartbeat_s)
    for at in range(600, 700):
        quarantine.heard("zigbee2mqtt", report, message(at * SECOND))
    assert (9, 1) == (len(sender.gaps), sender.heartbeat_s)


def test_a_rejected_sender_is_counted_and_not_shown() -> None:
    """Also after a restart; let in again, it is shown when it speaks next. On a line it is somebody else."""
    quarantine = Quarantine()
    report = Report("x", (("smoke", True),))
    quarantine.heard("zigbee2mqtt", report, message())
    quarantine.reject(KEY)
    quarantine.heard("zigbee2mqtt", report, message())
    assert ([], {KEY: 1}) == (quarantine.senders(), quarantine.rejected())
    quarantine.heard("zigbee2mqtt", report, message(), "com1")
    assert ["com1"] == [sender.line for sender in quarantine.senders()]
    again = Quarantine([KEY])
    again.heard("zigbee2mqtt", report, message())
    assert ([], {KEY: 1}) == (again.senders(), again.rejected())
    again.readmit(KEY)
    again.heard("zigbee2mqtt", report, message())
    assert again.find(KEY) is not None


def test_a_sender_is_proposed_as_a_device() -> None:
    """Kind, model and signals from the payload's shape, what it is there for first; the area is left to a person."""
    quarantine = Quarantine()
    values = (("linkquality", 90.0), ("battery", 90.0), ("smoke", False), ("no_such_thing", 1.0))
    quarantine.heard("zigbee2mqtt", Report("store/smoke 7", values, model="HS1SA"), message())
    draft = propose(quarantine.senders()[0], {"smoke-detector-1"})
    assert ("smoke-detector-2", "smoke_detector", "HS1SA") == (draft.id, draft.kind, draft.model)
    assert ("smoke", "battery", "linkquality") == draft.signals
    assert ("zigbee2mqtt", "store/smoke 7", "", "") == (draft.family, draft.address, draft.line, draft.area)
    assert ("Store smoke 7", "烟感探测器 store smoke 7") == (draft.name, draft.name_zh)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("Hall_smoke", "Hall smoke"),
        ("0x00124bbbccdd", "Smoke detector bbccdd"),
        ("17", "Smoke detector 17"),
        ("化学品库-烟感2", "化学品库 烟感2"),
        ("<img src=x>", "Smoke detector src=x>"),
    ],
)
def test_a_sender_that_has_words_in_its_name_is_called_by_them(address: str, name: str) -> None:
    quarantine = Quarantine()
    quarantine.heard("keyarea", Report(address, (("smoke", True),)), message())
    assert name == propose(quarantine.senders()[0], ()).name


def test_a_sender_whose_name_can_be_an_id_keeps_it() -> None:
    quarantine = Quarantine()
    quarantine.heard("keyarea", Report("pump-1", (("switch", True),)), message())
    quarantine.heard("modbus", Report("17", (("temperature", 3.0),)), message(), "bus")
    drafts = {sender.address: propose(sender, set()) for sender in quarantine.senders()}
    assert ("pump-1", "") == (drafts["pump-1"].id, drafts["pump-1"].kind)
    assert ("temperature-sensor-1", "bus") == (drafts["17"].id, drafts["17"].line)
    assert "keyarea-1" == propose(quarantine.find(SenderKey("", "keyarea", "pump-1")), {"pump-1"}).id


def test_every_kind_is_known_by_its_first_signal() -> None:
    """Unless an earlier kind has the same; what a device says of itself is not what it watches."""
    for kind in KINDS.values():
        first = next(each.id for each in KINDS.values() if each.signals[0] == kind.signals[0])
        assert first == guess_kind([kind.signals[0], "battery"])
    assert {"pressure", "level"} == watched("", ("pressure.2", "level", "battery", "rssi", "nonsense"))
    assert {"smoke", "smoke_density"} == watched("smoke_detector", ())


def test_what_reports_nothing_we_know_is_no_kind() -> None:
    assert guess_kind(("linkquality",)) == ""


@pytest.mark.slow
@given(st.lists(st.tuples(st.text(max_size=300), st.binary(max_size=600)), max_size=300))
def test_the_log_of_malformed_messages_is_bounded(messages: list[tuple[str, bytes]]) -> None:
    """Every one is counted, the newest are kept, an excerpt each."""
    log = MalformedLog()
    for reason, payload in messages:
        log.add("mqtt", reason, reason, payload, SECOND)
    assert log.total == sum(log.counts.values()) == len(messages)
    assert len(log.samples()) <= 200
    assert all(len(sample.payload) <= 200 and len(words(sample.reason)) <= 200 for sample in log.samples())
    assert len(log.counts) <= 201


def danger(name: str, *, is_active: bool = True) -> Report:
    return Report(name, (("smoke", is_active), ("temperature", 20.0)))


@pytest.mark.slow
def test_who_tells_a_danger_stands_first_and_no_noise_pushes_him_out() -> None:
    quarantine = Quarantine()
    quarantine.heard("keyarea", danger("real"), message())
    for hour in range(3):
        for number in range(2_000):
            report = Report(f"d{number}", (("smoke", False),))
            quarantine.heard("keyarea", report, message(hour * 3_700 * SECOND + 2 * SECOND))
    assert (quarantine.senders()[0].address, quarantine.senders()[0].dangers) == ("real", ("smoke",))
    assert len(quarantine.senders()) == 1_000


@pytest.mark.slow
def test_invented_dangers_leave_room_for_whoever_speaks() -> None:
    quarantine = Quarantine()
    for number in range(3_000):
        quarantine.heard("keyarea", danger(f"d{number}"), message())
    assert len(quarantine.senders()) == 1_000
    for number in range(1_000):
        quarantine.heard("keyarea", Report(f"e{number}", (("smoke", False),)), message(2 * SECOND))
    assert 250 == sum(bool(sender.dangers) for sender in quarantine.senders())
    assert quarantine.find(SenderKey("", "keyarea", "e999")) is not None
    assert quarantine.find(SenderKey("", "keyarea", "d2999")) is not None


def test_a_danger_that_is_over_has_no_room_of_its_own() -> None:
    quarantine = Quarantine()
    quarantine.heard("keyarea", danger("real"), message())
    quarantine.heard("keyarea", danger("real", is_active=False), message(2 * SECOND))
    assert quarantine.senders()[0].dangers == ()
    quarantine.forget(SenderKey("", "keyarea", "real"))
    assert not quarantine.senders()


def test_it_tells_which_dangers_stand_and_which_may_have_stood() -> None:
    """The first word that a danger does not stand counts: before a restart it may have stood."""
    quarantine = Quarantine()
    told = [
        quarantine.heard("keyarea", Report("x", (("smoke", value), ("heat.2", True), ("door", True))), message())
        for value in (False, False, True, True, False, "true", 1)
    ]
    heat = ("heat.2", True)
    on, off = ("smoke", True), ("smoke", False)
    assert told == [[off, heat], [heat], [on, heat], [on, heat], [off, heat], [heat], [heat]]
    quarantine.reject(SenderKey("", "keyarea", "x"))
    assert quarantine.heard("keyarea", danger("x"), message()) == [on]  # rejected, and smoke is smoke all the same
    assert quarantine.heard("keyarea", Report("x", (("smoke", False), ("door", True))), message()) == [off]
    assert quarantine.heard("keyarea", Report("x", (("smoke", False),)), message()) == []


def test_a_danger_among_many_signals_is_kept() -> None:
    quarantine = Quarantine()
    quarantine.heard("keyarea", Report("x", tuple((f"temperature.{n}", 1.0) for n in range(60))), message())
    quarantine.heard("keyarea", Report("x", tuple((f"smoke.{n}", True) for n in range(60))), message())
    assert (len(quarantine.senders()[0].signals), len(quarantine.senders()[0].dangers)) == (80, 40)
