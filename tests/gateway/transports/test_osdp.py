"""An OSDP bus on a real pseudo terminal: readers, cards, codes, orders, keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.transports import osdp
from simulators.osdp_reader import AMBER, BUZZER, GREEN, LED, OUTPUT, RED, Reader
from tests.gateway.transports.osdp_bus import CARD_20, KEY, KEYS, OTHER_KEY, Bus, Puppet, keyed
from tests.gateway.transports.osdp_bytes import PDCAP, PDID


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = Bus(tmp_path, 1)
    yield bus
    bus.close()


def test_a_reader_comes_online_under_its_key_and_says_how_it_is(bus: Bus) -> None:
    """As it was found: that is no transition. Who it is stands beside it."""
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    assert (True, False, False) == tuple(bus.latest(1, signal) for signal in ("online", "fault.channel", "tamper"))
    (found,) = [report for decoded in bus.told for report in decoded.reports if ("tamper", False) in report.values]
    assert (True, "0C-0B-0A 1.2, firmware 1.2.3, number 4711") == (found.snapshot, found.model)
    assert reader.is_encrypted
    assert ["up"] == bus.states


def test_a_reader_that_is_well_and_has_nothing_to_say_is_told_to_be_there(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Again and again while it answers, so that nobody takes its quiet for a loss; one that is gone is not."""
    monkeypatch.setattr(osdp, "_THERE_EVERY_S", 0.05)
    reader = keyed()
    bus.start(reader)
    bus.until(lambda: bus.values(1, "online").count(True) > 3, "it is there")
    bus.readers.cut(reader)
    bus.until_is(1, "online", False)
    told = bus.values(1, "online")
    assert [True] * (len(told) - 1) + [False] == told


def test_what_happens_at_a_reader_is_handed_in(bus: Bus) -> None:
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    reader.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)
    reader.press("2580#")
    bus.until(lambda: len(bus.values(1, "credential")) == 2, "a code")
    assert str(bus.latest(1, "credential")).startswith("code:")
    reader.tamper(is_open=True)
    bus.until_is(1, "tamper", True)
    reader.tamper(is_open=False)
    bus.until_is(1, "tamper", False)
    reader.power(is_weak=True)
    bus.until_is(1, "mains", False)
    assert "2580" not in repr(bus.told)


def test_a_code_that_nobody_ends_is_handed_in_when_nothing_follows(bus: Bus) -> None:
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    reader.press("25")
    bus.until(lambda: bus.values(1, "credential"), "the code")


def test_a_reader_shows_and_sounds_what_it_is_told(bus: Bus) -> None:
    """What whoever stands there sees and hears."""
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    bus.tick(1)
    bus.order(1, "led", "red", duration_s=0.5)
    bus.until(lambda: len(reader.told) == 3, "a light, a beep, a light")
    green, beep, red = reader.told
    assert (LED, GREEN, 10) == (green["command"], green["on_color"], green["timer_count"])
    assert (BUZZER, 1) == (beep["command"], beep["rep_count"])
    assert (LED, RED, 5) == (red["command"], red["on_color"], red["timer_count"])
    bus.until(lambda: bus.answers == ["led acted", "buzzer acted", "led acted"], "the reader says so")


def test_how_an_area_stands_a_reader_shows_for_good_and_again_when_it_comes_back(bus: Bus) -> None:
    """Also what was to be shown before it was there; what it shows for a moment it shows over that."""
    reader = keyed()
    bus.order(1, "keypad", "away")
    bus.start(reader)
    bus.until(lambda: reader.told, "red")
    bus.order(1, "keypad", "invalid_code")
    bus.order(1, "keypad", "disarmed")
    bus.until(lambda: len(reader.told) == 3, "amber for a moment, then green")
    shown = [(each["on_color"], each["temporary"], each.get("timer_count", 0)) for each in reader.told]
    assert [(RED, False, 0), (AMBER, True, 20), (GREEN, False, 0)] == shown
    assert "is not there" not in bus.notes()
    bus.unplug()
    back = keyed()
    bus.plug(back)
    bus.until(lambda: back.told, "green again")
    assert [(GREEN, False)] == [(each["on_color"], each["temporary"]) for each in back.told]


def test_an_order_that_cannot_be_carried_out_is_told_and_does_no_harm(bus: Bus) -> None:
    """The reader has no outputs: told to switch one, it would refuse and drop out of the library."""
    reader = keyed()
    bus.start(reader)
    bus.until_is(1, "mains", True)
    bus.order(1, "relay", channel="0", duration_s=3)
    bus.tick(9)
    bus.until(lambda: "reader 9 is not there" in bus.notes(), "an order for nobody")
    assert "reader 1 does not have an output" in bus.notes()
    refusals = ["relay output_orders.device_refused", "led output_orders.not_there", "buzzer output_orders.not_there"]
    assert refusals == bus.answers
    bus.tick(1)
    bus.until(lambda: len(reader.told) == 2, "a light and a beep")
    assert "dropped out" not in bus.notes()


def test_a_reader_that_refuses_a_question_is_not_asked_again(bus: Bus) -> None:
    """It says that it has inputs and outputs, but not how they are. It drops out twice, and works from then on."""
    reader = Reader(1, KEY, has_contacts=True)
    bus.start(reader)
    bus.until(lambda: bus.notes().count("was back") == 2, "refused twice")
    bus.until_is(1, "mains", True)
    reader.contact(1, is_active=True)
    bus.until_is(1, "switch.2", True)
    bus.order(1, "relay", channel="1", duration_s=3)
    bus.until(lambda: reader.told, "an output")
    assert (OUTPUT, 1, 30) == tuple(reader.told[0][name] for name in ("command", "output_no", "timer_count"))
    assert bus.notes().count("refused") == bus.notes().count("was back") == 2


def test_a_reader_with_another_key_is_a_fault_and_the_others_go_on(bus: Bus) -> None:
    wrong, good = Reader(2, KEY), keyed()
    bus.serve(1, 2)
    bus.start(wrong, good)
    bus.until_is(2, "fault.channel", True)
    bus.until_is(1, "online", True)
    wrong.wiegand_26(20, 1)
    good.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)
    assert (False, []) == (bus.latest(2, "online"), bus.values(2, "credential"))
    assert "reader 2: it answers, but not with the key that we have for it" in bus.notes()


def test_a_key_that_is_put_right_while_the_bus_runs_counts_at_once(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KEYS, "osdp/gate/1", OTHER_KEY)
    bus.start(reader := keyed())
    bus.until_is(1, "fault.channel", True)
    monkeypatch.setitem(KEYS, "osdp/gate/1", KEY)
    bus.until_is(1, "online", True)
    assert reader.is_encrypted
    monkeypatch.delitem(KEYS, "osdp/gate/1")
    bus.until_is(1, "online", False)
    assert "there is no key osdp/gate/1" in bus.notes()


def test_a_reader_without_a_key_is_asked_only_where_the_site_says_so(bus: Bus) -> None:
    """3 is listed in ``plain``, 4 is not, 6 has a key of another length."""
    listed, unlisted = Reader(3), Reader(4)
    bus.serve(3, 4, 6)
    bus.start(listed, unlisted)
    bus.until_is(3, "online", True)
    listed.wiegand_26(20, 22591)
    bus.until_is(3, "credential", CARD_20)
    for address in (4, 6):
        assert (False, True) == (bus.latest(address, "online"), bus.latest(address, "fault.channel"))
    assert "there is no key osdp/gate/4 in the key file" in bus.notes()
    assert "its key osdp/gate/6 must be 32 hexadecimal digits" in bus.notes()


def test_a_reader_that_cannot_encrypt_is_not_listened_to_where_there_is_a_key(bus: Bus) -> None:
    """It says who it is and what it can, and that is not enough."""
    bus.start(Puppet({0x61: (PDID, bytes(12)), 0x62: (PDCAP, bytes((1, 1, 1)))}))
    bus.until_is(1, "fault.channel", True)
    assert "it answers, but makes no secure channel" in bus.notes()
    assert False is bus.latest(1, "online")


def test_a_new_reader_is_given_its_key_where_the_site_says_so(tmp_path: Path) -> None:
    """And no other is taken under the key that everybody knows."""
    bus = Bus(tmp_path, 1, 2, install=(1,))
    new, not_listed = Reader(1, is_new=True), Reader(2, is_new=True)
    bus.start(new, not_listed)
    bus.until_is(1, "online", True)
    bus.until_is(2, "fault.channel", True)
    new.wiegand_26(20, 22591)
    bus.until_is(1, "credential", CARD_20)
    assert new.is_encrypted
    assert [KEY] == [command["data"] for command in new.told]
    assert [] == not_listed.told
    bus.close()
