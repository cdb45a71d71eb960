"""What a walk test holds back and what it lets through; each also restarted before every row."""

import pytest

from alerts.alert import Disposition
from devices.reading import SECOND
from tests.alerts.suppression.points import DOOR, FAR, FAULT, HEAT, LOST, SMOKE, A, B, C, D, M, P
from tests.alerts.timeline import START, WAYS, Timeline, Way, device, rule, walk

WALK = (
    Timeline(
        "a tick is no alarm; what is over when the test ends is closed with the finding test",
        (SMOKE, DOOR),
        (A, B, D),
        (
            (0, "d.door=off; walk area:store 3600", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (40, "a.smoke=off", "gone a (walk_test)"),
            (60, "d.door=on", "raised d (walk_test)"),
            (90, "endwalk", "gone walk-test; lapsed a (walk_test); back d"),
        ),
    ),
    Timeline(
        "a fire that outlasts the window of its tick is real, and so is one that comes after it",
        (SMOKE,),
        (A, B),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (100, "", "back a"),
            (300, "b.smoke=on", "raised b (walk_test)"),
            (320, "b.smoke=off", "gone b (walk_test)"),
            (600, "b.smoke=on", "again b"),
        ),
    ),
    Timeline(
        "a detector that was clear for half a minute is through with its test",
        (SMOKE,),
        (A, B),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (20, "a.smoke=off", "gone a (walk_test)"),
            (45, "a.smoke=on", "again a (walk_test)"),
            (46, "a.smoke=off; a.smoke=off", "gone a (walk_test)"),
            (76, "a.smoke=on", "again a"),
        ),
    ),
    Timeline(
        "two that were ticked one after the other are no fire to a rule that wants two",
        (SMOKE, rule("coincidence", name="two", signals=["smoke"], within_s=60)),
        (A, B, C),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (15, "a.smoke=off", "gone a (walk_test)"),
            (60, "b.smoke=on", "raised b (walk_test); raised store (walk_test)"),
            (70, "b.smoke=off", "gone b (walk_test); gone store (walk_test)"),
        ),
    ),
    Timeline(
        "a density that stays up when the flag of its detector is down is hidden for three minutes, and no longer",
        (SMOKE, rule("threshold", name="dense", signal="smoke_density", above=5)),
        (device("y", kind="smoke_detector", signals=("smoke", "smoke_density")),),
        (
            (0, "y.smoke=off; y.smoke_density=1; walk y 3600", "raised walk-test"),
            (10, "y.smoke=on; y.smoke_density=9", "raised y (walk_test); raised y (walk_test)"),
            (20, "y.smoke=off", "gone y (walk_test)"),
            (100, "", "aside y (walk_test)"),
            (190, "", "back y"),
        ),
    ),
    Timeline(
        "how long a detector may be in alarm by its test is the technician's choice, within limits",
        (SMOKE,),
        (A, B),
        (
            (0, "walk a 3600 window=29; walk a 3600 window=181", "refused; refused"),
            (1, "walk a 3600 window=30", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (40, "", "back a"),
        ),
    ),
    Timeline(
        "smoke and heat at once are no test gas: the test is over",
        (SMOKE, HEAT),
        (M, B),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "m.smoke=on", "raised m (walk_test)"),
            (12, "m.heat=on", "raised m; gone walk-test; back m"),
        ),
    ),
    Timeline(
        "and so are they in one rule, and when the smoke is over already",
        (SMOKE, HEAT, rule("state", name="both", signals=["smoke", "heat"], per="area")),
        (M, B),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "m.smoke=on", "raised m (walk_test); raised store (walk_test)"),
            (12, "m.smoke=off", "gone m (walk_test); gone store (walk_test)"),
            (14, "m.heat=on", "raised m; again store; gone walk-test; back m"),
        ),
    ),
    Timeline(
        "a panel that says fire says no more than its smoke",
        (SMOKE, rule("state", name="fire", signals=["fire"])),
        (device("z", kind="smoke_detector", signals=("smoke", "fire")),),
        (
            (0, "walk z 3600", "raised walk-test"),
            (10, "z.fire=on; z.smoke=on", "raised z (walk_test); raised z (walk_test)"),
        ),
    ),
    Timeline(
        "whoever walks up to a smoke detector that sees people, too, has not tested it by that",
        (SMOKE, rule("state", name="motion", alert_class="intrusion", signals=["motion"])),
        (device("s", signals=("smoke", "motion")),),
        (
            (0, "s.motion=off; walk s 3600", "raised walk-test"),
            (10, "s.motion=on", "raised s (walk_test)"),
            (200, "s.smoke=on", "raised s (walk_test)"),
            (290, "", "back s"),
        ),
    ),
    Timeline(
        "two detectors at once were no one person, though they are in two tests of one area or of one person",
        (SMOKE,),
        (A, B, C, FAR),
        (
            (0, "walk a 3600; walk b,far 3600", "raised walk-test; raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (14, "far.smoke=on", "gone walk-test; gone walk-test; back a; raised far"),
        ),
    ),
    Timeline(
        "two fire detectors at once were no one person: the test is over",
        (SMOKE,),
        (A, B),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (14, "b.smoke=on", "gone walk-test; back a; raised b"),
        ),
    ),
    Timeline(
        "the first of two at once comes back although it is over already; what was ticked long before does not",
        (SMOKE,),
        (A, B, C),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "c.smoke=on", "raised c (walk_test)"),
            (20, "c.smoke=off", "gone c (walk_test)"),
            (60, "a.smoke=on", "raised a (walk_test)"),
            (62, "a.smoke=off", "gone a (walk_test)"),
            (64, "b.smoke=on", "gone walk-test; lapsed c (walk_test); back a; raised b"),
        ),
    ),
    Timeline(
        "a fire that is found, not triggered, shouts in a walk test: a restart in the midst of a fire is no test",
        (SMOKE,),
        (A, B),
        (
            (0, "walk a,b 3600", "raised walk-test"),
            (10, "~a.smoke=on", "raised a"),
        ),
    ),
    Timeline(
        "a real fire told by a rule of the whole site ends the test where its detector hangs",
        (rule("state", name="site", signals=["smoke"], per="site"), SMOKE),
        (FAR, A, B),
        (
            (0, "walk a 3600", "raised walk-test"),
            (10, "a.smoke=on", "raised site (walk_test); raised a (walk_test)"),
            (20, "b.smoke=on", "again site; raised b; gone walk-test; back a"),
        ),
    ),
    Timeline(
        "a real fire in the area ends the test; one elsewhere does not",
        (SMOKE,),
        (A, B, FAR, P),
        (
            (0, "walk a 3600", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (20, "far.smoke=on", "raised far"),
            (30, "b.smoke=on", "raised b; gone walk-test; back a"),
        ),
    ),
    Timeline(
        "a call point that nobody named is believed",
        (SMOKE,),
        (A, B, P),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "p.call_point=on", "raised p; gone walk-test"),
        ),
    ),
    Timeline(
        "a call point that was named is tested",
        (SMOKE,),
        (A, B, P),
        (
            (0, "walk p 3600", "raised walk-test"),
            (10, "p.call_point=on", "raised p (walk_test)"),
            (100, "", "back p"),
        ),
    ),
    Timeline(
        "a fault and a loss of a device in a test are no test alarms",
        (FAULT, LOST),
        (A,),
        (
            (0, "walk a 3600", "raised walk-test"),
            (10, "a.fault=on", "raised a"),
            (110, "", "raised a"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "what was up when the test began must come down first",
        (DOOR,),
        (A, B, FAR),
        (
            (0, "a.smoke=on; walk a,b 600 a", "raised walk-test"),
            (10, "a.smoke=on; b.smoke=on", ""),
            (20, "a.smoke=off", ""),
        ),
    ),
    Timeline(
        "what speaks against a walk test",
        (SMOKE,),
        (A, B, FAR),
        (
            (0, "a.smoke=on", "raised a"),
            (1, "walk area:store 600", "refused"),
            (2, "ack a", "acknowledge a"),
            (3, "walk b 28801", "refused"),
            (4, "bypass b 600 work", "raised bypass; raised fire-watch"),
            (5, "walk b 600", "refused"),
            (6, "walk a 600 a", "raised walk-test"),
            (7, "bypass a 600 work", "refused"),
            (8, "walk a 600", "refused"),
            (9, "endwalk", "gone walk-test"),
            (10, "endwalk", "refused"),
        ),
    ),
    Timeline(
        "a test ends by the clock, and its end is told before",
        (SMOKE,),
        (A,),
        (
            (0, "walk a 1800", "raised walk-test"),
            (900, "", "again walk-test"),
            (1800, "", "gone walk-test"),
        ),
    ),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", WALK, ids=lambda case: case.name)
def test_timeline(case: Timeline, way: Way) -> None:
    if way in case.ways:
        walk(case, way)


def test_an_alert_of_a_test_is_closed_with_the_finding_test() -> None:
    room = walk(WALK[0], "plain")
    assert {"a": Disposition.TEST, "d": None} == {
        alert.key: alert.disposition for alert in room.alerts.values() if alert.key in "ad"
    }


def test_what_was_up_ticks_only_when_it_is_triggered_anew() -> None:
    case = next(case for case in WALK if case.name.startswith("what was up"))
    room = walk(case, "plain")
    assert ["b"] == [answer.device for test in room.tests.values() for answer in test.answers]
    room.step([room.event("a.smoke=on", START + 30 * SECOND)], START + 30 * SECOND)
    assert ["b", "a"] == [answer.device for test in room.tests.values() for answer in test.answers]


def test_a_walk_test_says_who_answered_when_with_what_and_who_did_not() -> None:
    (test,) = walk(WALK[0], "plain").tests.values()
    told = [(answer.device, answer.signal, (answer.at - test.started) // SECOND) for answer in test.answers]
    assert [("a", "smoke", 10), ("d", "door", 60)] == told
    assert (("b",), "finished", "wang") == (test.missing, test.outcome, test.ended_by)
