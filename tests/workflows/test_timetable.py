"""Arming by the clock: who did it, what an open door does, what an outage makes up for."""

from typing import Any

from alerts.calendar import Calendar
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from devices.reading import SECOND
from tests.alerts.kernel.room import GATE, KernelRoom, facts
from tests.alerts.timeline import START, rule
from workflows.arming import Arming
from workflows.timetable import Entry, Timetable, TimetableConfig

INTRUSION = rule("state", name="intrusion", alert_class="intrusion", signals=["door"], modes=["away"])
HOUR = 3_600
EVENING = Entry(name="evening", areas=("store",), mode="away", at="19:00", days=(1, 2, 3, 4, 5))
MORNING = Entry(name="morning", areas=("store",), mode="disarmed", at="07:00")


class Store(KernelRoom):
    """From Monday midnight on."""

    def __init__(self, *entries: Entry) -> None:
        place = Place("store", Name("Store"), modes=("disarmed", "away"))
        site = SiteFacts(areas={"store": place}, calendar=Calendar("Asia/Shanghai"))
        flow = Timetable(TimetableConfig(entries=entries or (EVENING, MORNING)))
        super().__init__(Arming(), flow, rules=(INTRUSION,), devices=(GATE,), site=site)

    def entries(self, effects: Any) -> list[tuple[str, str]]:
        return [(fact.by, fact.fields["mode"]) for fact in effects.facts if fact.heard_as[0] == "arming.set"]


def test_areas_are_set_at_their_times_under_the_name_of_the_line() -> None:
    room = Store()
    room.run_until(18.9 * HOUR)
    assert "disarmed" == room.engine.modes["store"]
    room.run_until(19.1 * HOUR)
    assert "away" == room.engine.modes["store"]
    (stands,) = room.kernel.cases.of("arming").values()
    assert ("away", "evening") == (stands.mode, stands.by)  # type: ignore[attr-defined]
    room.run_until(31.1 * HOUR)
    assert "disarmed" == room.engine.modes["store"]


def test_over_an_open_door_nobody_arms_and_an_alert_says_so_until_it_is_armed() -> None:
    room = Store()
    room.step(18 * HOUR, "d1.door=on")
    told = room.run_until(19.1 * HOUR)
    assert ("disarmed", ["timetable.failed"]) == (room.engine.modes["store"], told)
    (alert,) = room.open("not-armed-by-the-clock")
    assert alert.active
    assert "d1" in str(alert.text)
    room.step(20 * HOUR, "d1.door=off")
    room.run_until(43.1 * HOUR)
    assert "away" == room.engine.modes["store"]
    assert not any(alert.active for alert in room.open("not-armed-by-the-clock"))


def test_days_count_and_weekends_do_not() -> None:
    room = Store(EVENING)
    room.run_until(4 * 24 * HOUR + 18 * HOUR)
    room.modes["store"] = "disarmed"
    room.restart(0)
    room.run_until(4 * 24 * HOUR + 20 * HOUR)
    assert "away" == room.engine.modes["store"]
    assert START + (7 * 24 + 19) * HOUR * SECOND == Timetable(TimetableConfig(entries=(EVENING,))).opens(
        room.now, room.kernel.world, room.now
    )


def test_of_what_fell_into_an_outage_only_the_newest_is_made_up_for() -> None:
    room = Store()
    room.run_until(19.1 * HOUR)
    room.restart(14 * HOUR)
    told: list[str] = []
    room.run_until(33.2 * HOUR)
    told += facts(room.effects)
    assert "disarmed" == room.engine.modes["store"]
