"""What a sensitive period raises: rounds and coverage, for its days and from when it was approved."""

from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from alerts.kernel.consent import Give
from alerts.site_facts import Place, SiteFacts
from devices.message import Name
from devices.reading import SECOND, Instant
from ledger.posts import Raised
from tests.alerts.kernel.room import GATE, SMOKE, KernelRoom
from tests.alerts.timeline import START
from tests.workflows.test_patrols import CALENDAR, CONFIG, ROUTE, SITE
from workflows.coverage import Coverage, CoverageConfig
from workflows.patrols import Patrols
from workflows.patrols.added import added
from workflows.sensitive_period import Cancel, Declare, SensitivePeriods

HOUR = 3_600
TODAY = CALENDAR.day(START)
NIGHT = replace(ROUTE, starts=(), shift="night", every_min=120, within_min=30, tolerance_min=0)


def declare(room: KernelRoom, at: float, **asked: Any) -> str:
    today = TODAY.isoformat()
    said = {"name": "fair", "first": today, "last": today, "plan": "more", "by": "boss", "role": "manager"}
    return approved(room, at, Declare(**said | asked))


def approved(room: KernelRoom, at: float, ask: Any) -> str:
    effects = room.step(at, ask)
    assert not effects.refused, effects.refused
    effects = room.step(at, Give(case=effects.answered[0].case, by="chief", role="manager"))
    assert not effects.refused, effects.refused
    return effects.answered[0].case


def patrols() -> KernelRoom:
    """The night shift is from ten to six, with a round every other hour."""
    return KernelRoom(Patrols(replace(CONFIG, routes=(NIGHT,))), SensitivePeriods(), site=SITE)


def begun(room: KernelRoom, until: float) -> list[float]:
    """After so many hours rounds began."""
    found: list[float] = []
    end = START + int(until * HOUR) * SECOND
    while (wake_at := room.engine.wake_at) is not None and wake_at <= end:
        room.step((max(wake_at, room.now) - START) / SECOND)
        found += [
            (fact.at - START) / SECOND / HOUR
            for fact in room.effects.facts
            if fact.step == "begun" and fact.workflow == "patrols"
        ]
    return found


def test_twice_as_many_rounds_on_its_days_and_on_no_other() -> None:
    room = patrols()
    assert [2, 4] == begun(room, 12), "of the night before"
    declare(room, 12 * HOUR, patrols=2)
    assert [22, 23, 24, 25, 26, 27, 28, 29, 46, 48, 50, 52] == begun(room, 60)


def test_from_its_approval_on_and_until_it_is_cancelled() -> None:
    """What is past is not asked for; what was agreed stays where it is."""
    room = patrols()
    assert [2, 4, 22] == begun(room, 23.5)
    case = declare(room, 23.5 * HOUR, patrols=2.5, last=(TODAY + timedelta(days=1)).isoformat())
    assert [24 * 60, 24 * 60 + 40, 25 * 60 + 20] == [round(at * 60) for at in begun(room, 25.5)]
    approved(room, 25.5 * HOUR, Cancel(case=case, by="boss", role="manager"))
    assert [26, 28] == begun(room, 40)


def test_single_rounds_follow_one_another() -> None:
    """Between two evenly; after the last each when the one before is over. The period that asks for most counts."""
    raised = [
        Raised(name=name, first="2026-06-01", last="2026-06-01", patrols=times) for name, times in (("a", 2), ("b", 3))
    ]
    starts: list[Instant] = [900, 600]
    day = TODAY.replace(2026, 6, 1)
    assert [700, 800, 950, 1000] == [*added(starts, day, raised, lasts=50)]
    assert [] == [*added(starts, day.replace(day=2), raised, lasts=50)]


def test_the_least_coverage_is_that_of_the_period() -> None:
    """An area of three quarters is enough for what was agreed, and not for the fair."""
    site = SiteFacts(areas={"store": Place("store", Name("Store"), 2, modes=("disarmed", "away"))}, calendar=CALENDAR)
    config = CoverageConfig(is_on=True, agreed=0.5, armed=("00:00", "12:00"))
    room = KernelRoom(Coverage(config), SensitivePeriods(), devices=(SMOKE, GATE), site=site)
    room.step(HOUR)
    assert [] == room.open("coverage-under-agreed")
    declare(room, 3 * HOUR, coverage=0.9)
    room.step(3 * HOUR + 61)
    (alert,) = room.open("coverage-under-agreed")
    assert 90 == alert.text.params["text"].params["agreed"]  # type: ignore[union-attr]
    room.step(24 * HOUR + 61)
    assert not any(each.active for each in room.open("coverage-under-agreed"))
