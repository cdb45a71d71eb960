"""Rules tried on recorded time: what is gained, lost, moved, caught, missed and false."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import AlertClass, Disposition
from alerts.moves import SetMode
from alerts.rule import Rule
from alerts.trial import trial
from alerts.trial.recording import Finding, Handled, HeldBack, Missed, Moment, Recording, Setting
from alerts.trial.replay import Raised
from alerts.trial.report import Report
from alerts.trial.words import of_alert, of_incident, summary
from devices.reading import SECOND, Instant
from tests.alerts.timeline import NIGHT, START, device, reading, rule
from tests.words import readable

DEVICES = (device("a"), device("b"), device("c", "hall"))
HOT = rule("threshold", name="hot", signal="temperature", above=57)
SMOKE = rule("state", name="smoke", signals=["smoke"])
DOOR = rule("state", name="door", alert_class="intrusion", signals=["door"], modes=["armed"])
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=100)


def at(second: float) -> Instant:
    return START + int(second * SECOND)


def moments(*rows: tuple[float, str]) -> list[Moment]:
    """``(second, "a.smoke=on; b.smoke=on")``"""
    return [(at(second), [reading(word.strip(), at(second)) for word in words.split(";")]) for second, words in rows]


def recording(*rows: tuple[float, str], findings: Sequence[Finding] = (), since: float = 0) -> Recording:
    setting = Setting(DEVICES, {"store": "disarmed", "hall": "disarmed"}, {"night": NIGHT})
    return Recording(setting, moments(*rows), at(since), at(5_000), tuple(findings))


def tried(running: Sequence[Rule[Any]], wanted: Sequence[Rule[Any]], recorded: Recording) -> Report:
    report = trial.run(running, wanted, recorded)
    for said in (*summary(report), *map(of_alert, report.raised), *map(of_incident, report.incidents)):
        readable(said)
    return report


def names(raised: Sequence[Raised]) -> list[tuple[float, str, str]]:
    return [((each.at - START) / SECOND, each.rule, each.key) for each in raised]


def found(disposition: Disposition, since: float, until: float, area: str = "store") -> Finding:
    return Finding(area, AlertClass.FIRE, at(since), at(until), disposition)


WARM = [(0, "a.temperature=20; a.smoke=off"), (1000, "a.temperature=40"), (1010, "a.temperature=60")]
BURNT = (1020, "a.smoke=on")
LOWER = msgspec.structs.replace(HOT, above=30.0)


def test_what_is_gained_lost_and_moved_is_told_against_the_running_rules() -> None:
    report = tried([HOT, SMOKE], [LOWER, DOOR], recording(*WARM, BURNT))
    assert [(1000.0, "hot", "a")] == names(report.raised)
    assert [(1020.0, "smoke", "a")] == names(report.lost)
    assert () == report.gained
    assert [(1010, 1000)] == [((m.running.at - START) // SECOND, (m.tried.at - START) // SECOND) for m in report.moved]


def test_the_same_rules_change_nothing() -> None:
    report = tried([HOT, SMOKE], [HOT, SMOKE], recording(*WARM, BURNT))
    assert ((), (), ()) == (report.gained, report.lost, report.moved)
    assert (2, 5, 0) == (len(report.raised), report.readings, report.events)


def test_incidents_are_what_people_confirmed_and_those_that_overlap_are_one() -> None:
    findings = [
        found(Disposition.CONFIRMED, 1005, 1500),
        found(Disposition.CONFIRMED, 1400, 1800),
        found(Disposition.CONFIRMED, 50_000, 50_100),
        found(Disposition.CONFIRMED, 1005, 1500, area="hall"),
    ]
    report = tried([HOT], [LOWER], recording(*WARM, findings=findings))
    assert [-10.0, None, None] == [
        each.later_s for each in sorted(report.incidents, key=lambda i: (-len(i.area), i.since))
    ]
    assert ([("store", at(1005), at(1800))], 2) == (
        [(each.area, each.since, each.until) for each in report.caught],
        len(report.missed),
    )


@pytest.mark.parametrize(
    ("disposition", "is_false"),
    [
        (None, True),
        (Disposition.FALSE_ALARM, True),
        (Disposition.NUISANCE, True),
        (Disposition.CONFIRMED, False),
        (Disposition.TEST, False),
    ],
)
def test_a_gained_alert_is_false_unless_somebody_found_it_real_or_a_test(
    disposition: Disposition | None, *, is_false: bool
) -> None:
    findings = [found(disposition, 1100, 1200)] if disposition is not None else []
    report = tried([SMOKE], [SMOKE, LOWER], recording(*WARM, findings=findings))
    assert is_false == bool(report.false_gained)
    assert bool(tried([LOWER], [], recording(*WARM, findings=findings)).false_lost) == is_false


def test_what_ends_without_a_finding_is_not_judged() -> None:
    report = tried([], [LOST], recording(*WARM, (3000, "a.temperature=20")))
    assert report.gained
    assert ((), len(report.gained)) == (report.false_gained, report.unjudged)


def test_what_comes_again_within_ten_minutes_is_the_same_alert() -> None:
    beat = [(second, f"a.smoke={'on' if second % 20 else 'off'}") for second in range(0, 100, 10)]
    report = tried([], [SMOKE], recording(*beat, (2000, "a.smoke=off"), (2010, "a.smoke=on")))
    assert [5, 1] == [each.times for each in report.raised]


def test_what_was_raised_before_the_span_does_not_count_but_fills_the_windows() -> None:
    rise = rule("rate_of_rise", name="rise", signal="temperature", rise=8.3, within_s=60)
    rows = [(0, "a.temperature=20"), (30, "a.temperature=29"), (3000, "a.temperature=20"), (3030, "a.temperature=29")]
    assert [3030.0] == [second for second, *_ in names(tried([], [rise], recording(*rows, since=3001)).raised)]


def test_modes_that_people_set_and_what_they_did_with_alerts_is_done_again() -> None:
    armed: list[Moment] = [(at(10), [SetMode("store", "armed")])]
    recorded = recording()
    opened = moments((0, "a.door=off"), (20, "a.door=on"), (30, "a.door=off"))
    story = msgspec.structs.replace(recorded, told=[opened[0], *armed, *opened[1:]])
    assert [(20.0, "door", "a")] == names(tried([], [DOOR], story).raised)
    seen = [(at(40), [Handled("door", "a", "acknowledge", "li")]), (at(50), [Handled("gone", "a", "reset", "li")])]
    replayed = msgspec.structs.replace(story, told=[opened[0], *armed, *opened[1:], *seen])
    assert [(20.0, "door", "a")] == names(tried([], [DOOR], replayed).raised)


def test_what_bypassed_devices_alone_tell_calls_nobody() -> None:
    held: list[Moment] = [(at(500), [HeldBack(frozenset({"a"}), is_held=True)])]
    back: list[Moment] = [(at(1500), [HeldBack(frozenset({"a"}), is_held=False)])]
    rows = moments((0, "a.smoke=off"), (1000, "a.smoke=on"), (1100, "a.smoke=off"), (2000, "a.smoke=on"))
    story = msgspec.structs.replace(recording(), told=[rows[0], *held, *rows[1:3], *back, rows[3]])
    assert [(2000.0, "smoke", "a")] == names(tried([], [SMOKE], story).raised)


def test_silence_in_which_nobody_listened_is_no_loss() -> None:
    rows = moments((0, "a.smoke=off"), (50, "a.smoke=off"), (500, "a.smoke=off"))
    lost = [msgspec.structs.replace(LOST, devices=("a",))]
    story = msgspec.structs.replace(recording(), told=rows, until=at(510))
    assert [(150.0, "lost", "a")] == names(tried([], lost, story).raised)
    missed: list[Moment] = [(at(60), [Missed(at(60), at(490))])]
    alone = msgspec.structs.replace(story, told=[*rows[:2], *missed, rows[2]])
    assert () == tried([], lost, alone).raised


def test_rules_about_what_is_not_recorded_are_named() -> None:
    due = rule("upkeep", name="upkeep", alert_class="supervisory")
    assert ("upkeep",) == tried([], [due, SMOKE], recording(*WARM)).unheard


rows = st.lists(
    st.tuples(
        st.integers(1, 100),
        st.sampled_from(
            [f"{d}.{s}" for d in "abc" for s in ("smoke=on", "smoke=off", "temperature=20", "temperature=60")]
        ),
    ),
    max_size=6,
)


@pytest.mark.slow
@given(rows)
def test_the_same_recording_gives_the_same_report_byte_for_byte(told: list[tuple[int, str]]) -> None:
    second, story = 0, []
    for pause, word in told:
        second += pause
        story.append((second, word))
    recorded = msgspec.structs.replace(recording(*story), until=at(second + 100))
    one, other = (trial.run([HOT], [LOWER, SMOKE, LOST], recorded) for _ in range(2))
    assert msgspec.msgpack.encode(one) == msgspec.msgpack.encode(other)
