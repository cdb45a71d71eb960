"""Every kind of rule can be tried: what a timeline of it raises, a trial over the same recording raises too."""

import pytest

from alerts.kinds import kinds
from alerts.site_facts import SiteFacts
from alerts.trial.recording import Setting
from alerts.trial.replay import Replay
from alerts.trial.trial import unheard
from devices.reading import SECOND
from tests.alerts.rules.test_kinds import TIMELINES
from tests.alerts.timeline import CALENDAR, NIGHT, START, Room, Timeline

NOT_RECORDED = {"upkeep"}
"""Dates of upkeep are counted by the gateway and recorded by nobody: a trial says that such rules are not tried."""
RECORDED = ("arm", "record", "fact")


def words(case: Timeline) -> list[tuple[float, list[str]]]:
    return [(second, [word.strip() for word in given.split(";") if word.strip()]) for second, given, _ in case.rows]


def is_recorded(case: Timeline) -> bool:
    """Whether it is about what a trial knows of the past; what people did with alerts is asked of other tests."""
    return all(" " not in word or word.split()[0] in RECORDED for _, given in words(case) for word in given)


def told(case: Timeline) -> list[tuple[int, str]]:
    """When it raises an alert, and of which key."""
    return [
        (START + int(second * SECOND), said.split()[1])
        for second, _, expected in case.rows
        for said in map(str.strip, expected.split(";"))
        if said.startswith("raised ") and "(" not in said
    ]


def tried(case: Timeline) -> list[tuple[int, str]]:
    """The same, of a trial."""
    modes = dict(case.modes) or {"store": "disarmed"}
    site, room = SiteFacts(calendar=CALENDAR), Room(case.rules, case.devices, modes)
    replay = Replay(case.rules, Setting(case.devices, modes, {"night": NIGHT}, site=site), START, together=0)
    for second, given in words(case):
        now = START + int(second * SECOND)
        replay.step(now, [room.event(word, now) for word in given])
    return [(each.at, each.key) for each in replay.story(0, 0).raised]


@pytest.mark.parametrize("kind", kinds())
def test_a_trial_raises_what_a_timeline_of_the_kind_raises(kind: str) -> None:
    cases = [case for case in TIMELINES[kind] if told(case) and is_recorded(case)]
    if kind in NOT_RECORDED:
        assert not cases
        assert all(unheard(case.rules) for case in TIMELINES[kind])
    else:
        assert cases, f"tests/alerts/rules/{kind}.py: no timeline of what is recorded raises anything"
        assert any(set(told(case)) <= set(tried(case)) for case in cases)
