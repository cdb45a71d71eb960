"""What pages report of alerts: kept for those that there are, in bounds, and never of anything made up."""

from msgspec.structs import replace

from alerts.alert import AlertEvent
from alerts.canary import CanaryRaised
from api.alarm_receipts import MOST_ALERTS, AlarmReceipts
from api.ports import Published
from api.screens import OpenPage, Screens
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import START


def raised() -> AlertEvent:
    return KernelRoom().step(1, "s1.smoke=on").alerts[0]


EVENT = raised()
ID = EVENT.alert.id


def published(event: AlertEvent, number: int = 1) -> list[Published]:
    return [Published(number, "alert", event)]


def test_of_an_alert_it_is_known_when_it_was_stored_and_who_showed_it() -> None:
    receipts = AlarmReceipts(lambda: START + 7)
    receipts.decided([EVENT])
    receipts.published(published(EVENT))
    receipts.shown("p1", "olga", "/", [(ID, "drawn", "tone", 0), ("made-up", "drawn", "tone", 0)], START + 9)
    receipts.shown("p1", "olga", "/", [(ID, "listed", "none", 0)], START + 10)
    receipts.shown("p2", "kim", "/areas", [(ID, "listed", "blocked", 0)], START + 11)
    found = receipts.of(ID)
    assert START + 7 == found.stored
    assert [("olga", "drawn", "tone"), ("kim", "listed", "blocked")] == [
        (on.account, on.how, on.sound) for on in found.screens.values()
    ]
    assert {} == receipts.of("made-up").screens


def test_a_tone_that_begins_later_is_added_to_what_the_page_said_before() -> None:
    receipts = AlarmReceipts(lambda: START)
    receipts.decided([EVENT])
    for sound in ("none", "tone", "blocked"):
        receipts.shown("p", "olga", "/", [(ID, "drawn", sound, 0)], START)  # type: ignore[list-item]
    assert ["tone"] == [on.sound for on in receipts.of(ID).screens.values()]


def test_what_waits_for_the_store_is_shown_all_the_same_and_not_called_stored() -> None:
    receipts = AlarmReceipts(lambda: START)
    receipts.decided([EVENT])
    receipts.shown("p1", "olga", "/", [(ID, "drawn", "tone", 0)], START)
    assert (None, 1) == (receipts.of(ID).stored, len(receipts.of(ID).screens))


def test_the_newest_alerts_are_kept_however_many_there_are() -> None:
    receipts = AlarmReceipts(lambda: START)
    for number in range(MOST_ALERTS + 50):
        receipts.published(published(replace(EVENT, alert=replace(EVENT.alert, id=f"a{number}")), number + 1))
        if number % 1_000 == 0:
            receipts.of("")
    assert receipts.of("a10").stored is None
    assert receipts.of(f"a{MOST_ALERTS + 49}").stored == START
    for page in range(80):
        receipts.shown(str(page), "olga", "/", [(f"a{MOST_ALERTS}", "drawn", "tone", 0)], START)
    assert 50 == len(receipts.of(f"a{MOST_ALERTS}").screens)


def test_a_page_reports_by_its_own_link_and_a_canary_is_known_like_an_alert() -> None:
    screens = Screens(lambda: START)
    screens.receipts.published([Published(1, "canary", CanaryRaised(EVENT.alert))])
    screens.shown("unknown", [(ID, "drawn", "tone", 0)], START)
    screens.opened("p", OpenPage("b", "olga", "/", sounds=True, able_at=START))
    assert {} == screens.to_sound(START), "it has said nothing yet"
    screens.told("p", "running", START)
    screens.shown("p", [(ID, "drawn", "tone", 0)], START)
    assert ["olga"] == [on.account for on in screens.receipts.of(ID).screens.values()]
    assert ["p"] == list(screens.to_sound(START))
