"""What is set aside and what comes back, second by second; each also restarted before every row."""

import pytest
from msgspec.structs import replace

from alerts.alert import Disposition, State
from alerts.event import Tick
from devices.device import Device
from devices.reading import SECOND
from tests.alerts.timeline import START, WAYS, Timeline, Way, device, rule, said, walk

SMOKE = rule("state", name="smoke", signals=["smoke", "call_point"])
AREA = rule("state", name="area", signals=["smoke"], per="area")
TWO = rule("coincidence", name="two", signals=["smoke"], within_s=5)
DOOR = rule("state", name="door", alert_class="intrusion", signals=["door"])
FAULT = rule("state", name="fault", alert_class="fault", signals=["fault"])
LOST = rule("supervision", name="lost", alert_class="fault", interval_s=100)
LINE = rule("state", name="line", alert_class="fault", device_kinds=["gateway_line"], signals=["fault"])

A, B = device("a", kind="smoke_detector", signals=("smoke",)), device("b", kind="smoke_detector", signals=("smoke",))
HEAT = rule("state", name="heat", signals=["heat"])
M = device("m", kind="multi_detector", signals=("smoke", "heat"))
C = device("c", kind="smoke_detector", signals=("smoke",))
D = device("d", kind="door_contact", signals=("door",))
P = device("p", kind="call_point", signals=("call_point",))
FAR = device("far", "hall", kind="smoke_detector", signals=("smoke",))
COM = replace(device("line:com1", "gateway", kind="gateway_line", signals=("fault",)), family="gateway")


def on(line: str, name: str, interval_s: float | None = None) -> Device:
    return device(name, line=line, signals=("smoke",), kind="smoke_detector", interval_s=interval_s)


BYPASS = (
    Timeline(
        "a fire at a bypassed detector is raised, but set aside; it stands at the end, so it comes back",
        (SMOKE,),
        (A, B),
        (
            (0, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (1, "ack bypass", "acknowledge bypass"),
            (10, "a.smoke=on", "raised a (bypass)"),
            (20, "b.smoke=on", "raised b"),
            (30, "endbypass a", "back a; gone fire-watch; gone bypass"),
        ),
    ),
    Timeline(
        "a fire that was over while its detector was bypassed stays in the log",
        (SMOKE,),
        (A, B),
        (
            (0, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (10, "a.smoke=on", "raised a (bypass)"),
            (20, "a.smoke=off", "gone a (bypass)"),
            (30, "a.smoke=on", "again a (bypass)"),
            (40, "a.smoke=off", "gone a (bypass)"),
            (600, "", "lapsed a (bypass); gone fire-watch; gone bypass"),
        ),
    ),
    Timeline(
        "a bypass ends by the clock, and people are reminded before it does",
        (SMOKE,),
        (A, B),
        (
            (0, "bypass a 1800 welding", "raised bypass; raised fire-watch"),
            (1, "ack bypass", "acknowledge bypass"),
            (900, "", "again bypass"),
            (1000, "a.smoke=on", "raised a (bypass)"),
            (1800, "", "back a; gone fire-watch; gone bypass"),
        ),
    ),
    Timeline(
        "a danger that people were shown stays shown until they have acknowledged it",
        (SMOKE,),
        (A, B),
        (
            (0, "a.smoke=on", "raised a"),
            (10, "bypass a 600 defective", "raised bypass; raised fire-watch"),
            (20, "a.smoke=off; a.smoke=on", "gone a; again a"),
            (30, "ack a", "acknowledge a; aside a (bypass)"),
            (40, "a.smoke=off", "gone a (bypass)"),
            (50, "endbypass a", "back a; gone fire-watch; gone bypass"),
        ),
    ),
    Timeline(
        "a fault that stands is set aside at once, and over is over",
        (FAULT,),
        (A, B),
        (
            (0, "a.fault=on", "raised a"),
            (10, "bypass a 600 repair", "aside a (bypass); raised bypass; raised fire-watch"),
            (20, "a.fault=off", "gone a (bypass); lapsed a (bypass)"),
        ),
    ),
    Timeline(
        "an alert of an area is set aside only while all that it is about is",
        (AREA,),
        (A, B),
        (
            (0, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (10, "a.smoke=on", "raised store (bypass)"),
            (20, "b.smoke=on", "again store"),
            (30, "b.smoke=off", ""),
            (40, "ack store", "acknowledge store; aside store (bypass)"),
            (50, "b.smoke=on", "again store"),
        ),
    ),
    Timeline(
        "a pair with one member bypassed still alarms",
        (TWO,),
        (A, B),
        (
            (0, "b.smoke=on", ""),
            (10, "b.smoke=off", ""),
            (20, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (30, "b.smoke=on", "raised store"),
            (40, "b.smoke=off", "gone store"),
            (45, "ack store; reset store; close store", "acknowledge store; reset store; close store"),
            (50, "endbypass a", "gone fire-watch; gone bypass"),
            (60, "b.smoke=on", ""),
        ),
    ),
    Timeline(
        "a call for help by hand is never held back, whatever else its device is there for",
        (SMOKE, rule("state", name="hold-up", alert_class="hold_up", signals=["panic", "door"])),
        (device("m", signals=("smoke", "panic", "call_point", "door")),),
        (
            (0, "m.door=off; bypass m 600 work", "raised bypass; raised fire-watch; raised no-fire-detection"),
            (10, "m.panic=on", "raised m"),
            (20, "m.call_point=on", "raised m"),
        ),
    ),
    Timeline(
        "a hold-up alert is never held back, whatever told it",
        (rule("state", name="hold-up", alert_class="hold_up", signals=["door"]),),
        (device("m", signals=("smoke", "door")),),
        (
            (0, "m.door=off; bypass m 600 work", "raised bypass; raised fire-watch; raised no-fire-detection"),
            (10, "m.door=on", "raised m"),
        ),
    ),
    Timeline(
        "that no detector of an area is left is said by itself",
        (SMOKE,),
        (A, B, D, P, FAR),
        (
            (0, "bypass a 600 welding", "raised bypass; raised fire-watch"),
            (10, "bypass area:store 600 painting", "again bypass; again fire-watch; raised no-fire-detection"),
            (20, "p.call_point=on", "raised p"),
            (30, "endbypass b", "counted bypass; counted fire-watch; gone no-fire-detection"),
        ),
    ),
    Timeline(
        "what was acknowledged before a test is not hidden by what joins it in the test",
        (AREA,),
        (A, B),
        (
            (0, "a.smoke=on", "raised store"),
            (5, "ack store", "acknowledge store"),
            (10, "walk a,b 600", "raised walk-test"),
            (60, "b.smoke=on", "again store"),
        ),
    ),
    Timeline(
        "what speaks against a bypass",
        (SMOKE,),
        (A, B, D, P, FAR),
        (
            (0, "bypass a 600", "refused"),
            (1, "bypass a 28801 too_long_for_a_fire_detector", "refused"),
            (2, "bypass d 86401 too_long", "refused"),
            (3, "bypass p 600 by_hand", "refused"),
            (4, "bypass x 600 unknown", "refused"),
            (5, "bypass a,far 600 two_areas", "refused"),
            (6, "bypass area:nowhere 600 unknown", "refused"),
            (7, "endbypass a", "refused"),
            (8, "bypass a 0 over_already", "refused"),
            (9, "bypass d 86400 a_day", "raised bypass"),
            (10, "bypass d 600 again", "refused"),
            (11, "endbypass d", "gone bypass"),
        ),
    ),
)

CONSENT = (
    Timeline(
        "a fire detector is not bypassed before a second person consents",
        (SMOKE,),
        (A, B),
        (
            (0, "wish a 3600 welding", "raised bypass-asked"),
            (10, "a.smoke=on", "raised a"),
            (20, "ack a; a.smoke=off; reset a; close a", "acknowledge a; gone a; reset a; close a"),
            (30, "consent a qian", "refused"),
            (40, "consent a zhao", "raised bypass; raised fire-watch; gone bypass-asked"),
            (50, "a.smoke=on", "raised a (bypass)"),
            (60, "consent a wu", "refused"),
        ),
    ),
    Timeline(
        "a wish to which nobody consents lapses after half an hour",
        (SMOKE,),
        (A, B),
        (
            (0, "wish a 7200 welding", "raised bypass-asked"),
            (1, "ack bypass-asked", "acknowledge bypass-asked"),
            (1800, "", "gone bypass-asked"),
            (1801, "consent a zhao", "refused"),
            (1802, "a.smoke=on", "raised a"),
        ),
    ),
    Timeline(
        "a wish is declined, and asked for again",
        (SMOKE,),
        (A, B),
        (
            (0, "wish a 600 welding", "raised bypass-asked"),
            (1, "wish a 600 welding; bypass a 600 welding", "refused; refused"),
            (2, "decline a zhao", "gone bypass-asked"),
            (3, "decline a zhao", "refused"),
            (4, "wish a 600 welding", "raised bypass-asked"),
            (5, "decline a qian", "gone bypass-asked"),
            (6, "consent a zhao", "refused"),
        ),
    ),
    Timeline(
        "whose account, and whose login on the machine, asked cannot consent, however it is spelt",
        (SMOKE,),
        (A, B),
        (
            (0, "wish a 600 welding", "raised bypass-asked"),
            (1, "consent a os:qian", "refused"),
            (2, "consent a Qian", "refused"),
            (3, "consent a os:root", "raised bypass; raised fire-watch; gone bypass-asked"),
        ),
    ),
    Timeline(
        "consent is too late for what came into a walk test meanwhile",
        (SMOKE,),
        (A, B),
        (
            (0, "wish a,b 3600 welding", "raised bypass-asked"),
            (1, "walk a 600", "raised walk-test"),
            (2, "consent b zhao", "refused"),
            (3, "endwalk", "gone walk-test"),
            (4, "consent b zhao", "raised bypass; raised fire-watch; raised no-fire-detection; gone bypass-asked"),
        ),
    ),
    Timeline(
        "what no rule makes a danger of is bypassed by one",
        (DOOR, SMOKE),
        (A, D),
        (
            (0, "d.door=off; wish d 600 repair", "raised bypass"),
            (10, "d.door=on", "raised d (bypass)"),
            (20, "consent d zhao", "refused"),
        ),
    ),
    Timeline(
        "what a rule makes a danger of takes two, though nothing of the device says so",
        (rule("threshold", name="hot", signal="temperature", above=60),),
        (device("t", signals=("temperature",)), device("u")),
        (
            (0, "u.temperature=20", ""),
            (1, "wish t 600 repair", "raised bypass-asked"),
            (2, "wish u 600 repair", "raised bypass-asked"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a fire at what one person bypassed shouts all the same, when nobody knew that it can tell of one",
        (rule("threshold", name="hot", signal="temperature", above=60), FAULT),
        (device("t"),),
        (
            (0, "wish t 600 repair", "raised bypass"),
            (10, "t.fault=on", "raised t (bypass)"),
            (20, "t.temperature=20; t.temperature=70", "raised t"),
        ),
    ),
    Timeline(
        "somebody is sent to look every half hour, for as long as a fire detector is out and no longer",
        (SMOKE,),
        (A, B, D),
        (
            (0, "bypass a 7000 welding", "raised bypass; raised fire-watch"),
            (600, "bypass d 7000 repair", "again bypass"),
            (900, "ack fire-watch", "acknowledge fire-watch"),
            (1200, "bypass b 7000 welding", "again bypass; again fire-watch; raised no-fire-detection"),
            (1800, "", "again fire-watch"),
            (3000, "ack fire-watch", "acknowledge fire-watch"),
            (3600, "", "again fire-watch"),
            (3700, "endbypass a", "counted bypass; counted fire-watch; gone no-fire-detection"),
            (3800, "endbypass b", "counted bypass; gone fire-watch"),
            (6700, "", "again bypass"),
            (7600, "", "gone bypass"),
        ),
    ),
)

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
            (90, "endwalk", "lapsed a (walk_test); back d; gone walk-test"),
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
            (12, "m.heat=on", "raised m; back m; gone walk-test"),
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
            (14, "m.heat=on", "raised m; back m; back store; gone walk-test; again store"),
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
            (14, "far.smoke=on", "back a; gone walk-test; gone walk-test; raised far"),
        ),
    ),
    Timeline(
        "two fire detectors at once were no one person: the test is over",
        (SMOKE,),
        (A, B),
        (
            (0, "walk area:store 3600", "raised walk-test"),
            (10, "a.smoke=on", "raised a (walk_test)"),
            (14, "b.smoke=on", "back a; gone walk-test; raised b"),
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
            (64, "b.smoke=on", "lapsed c (walk_test); back a; gone walk-test; raised b"),
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
            (20, "b.smoke=on", "again site; back a; gone walk-test; raised b"),
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
            (30, "b.smoke=on", "raised b; back a; gone walk-test"),
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

LINES = (
    Timeline(
        "the losses behind a lost line are its doing; back in its interval a device was never lost for anybody",
        (SMOKE, LOST, LINE),
        (on("com1", "x"), on("com1", "y", interval_s=50), on("com2", "z"), COM),
        (
            (0, "x.smoke=off; y.smoke=off; z.smoke=off", ""),
            (10, "line:com1.fault=on", "raised line:com1"),
            (50, "z.smoke=off", "raised y (line_lost); counted line:com1"),
            (100, "z.smoke=off", "raised x (line_lost); counted line:com1"),
            (
                120,
                "y.smoke=off; x.smoke=on",
                (
                    "gone y (line_lost); lapsed y (line_lost); "
                    "gone x (line_lost); lapsed x (line_lost); raised x; counted line:com1"
                ),
            ),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "when the line is back each device has its interval, and then its loss is its own",
        (LOST, LINE),
        (on("com1", "x"), on("com1", "y", interval_s=50), COM),
        (
            (0, "line:com1.fault=on", "raised line:com1"),
            (50, "", "raised y (line_lost); counted line:com1"),
            (100, "", "raised x (line_lost); counted line:com1"),
            (200, "line:com1.fault=off", "aside y (line_lost); aside x (line_lost); gone line:com1"),
            (210, "x.smoke=off", "gone x (line_lost); lapsed x (line_lost)"),
            (250, "", "back y"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a line that goes up and down gives each device its interval once, over all its ups",
        (LOST, LINE),
        (on("com1", "x"), on("com1", "y"), COM),
        (
            (0, "line:com1.fault=on", "raised line:com1"),
            (100, "", "raised x (line_lost); raised y (line_lost); counted line:com1"),
            (600, "line:com1.fault=off", "aside x (line_lost); aside y (line_lost); gone line:com1"),
            (610, "y.smoke=off", "gone y (line_lost); lapsed y (line_lost)"),
            (640, "line:com1.fault=on", "aside x (line_lost); again line:com1; counted line:com1"),
            (710, "", "raised y (line_lost); counted line:com1"),
            (800, "line:com1.fault=off", "aside x (line_lost); aside y (line_lost); gone line:com1"),
            (859, "line:com1.fault=on", "aside x (line_lost); aside y (line_lost); again line:com1; counted line:com1"),
            (1800, "line:com1.fault=off", "aside x (line_lost); aside y (line_lost); gone line:com1"),
            (1801, "", "back x"),
            (1810, "line:com1.fault=on", "aside y (line_lost); again line:com1; counted line:com1"),
            (1820, "line:com1.fault=off", "aside y (line_lost); gone line:com1"),
            (1851, "", "back y"),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a loss that was told just before its line was missed is the line's; one of long before is its own",
        (LOST, LINE),
        (on("com1", "x"), on("com1", "y", interval_s=50), COM),
        (
            (0, "", ""),
            (50, "", "raised y"),
            (100, "", "raised x"),
            (190, "line:com1.fault=on", "aside x (line_lost); raised line:com1; counted line:com1"),
            (191, "", ""),
        ),
        ways=("plain", "bytes"),
    ),
    Timeline(
        "a line that is lost holds back no fire",
        (SMOKE, LINE),
        (on("com1", "x"), COM),
        (
            (0, "line:com1.fault=on", "raised line:com1"),
            (10, "x.smoke=on", "raised x"),
        ),
    ),
)


NOT_PUT_UP = (
    Timeline(
        "what was never heard since it was registered is one line, however many they are",
        (LOST,),
        (A, B, C),
        (
            (100, "", "raised a (not_put_up); raised b (not_put_up); raised c (not_put_up); raised not-put-up"),
            (105, "b.smoke=off", "gone b (not_put_up); lapsed b (not_put_up)"),
            (110, "", "counted not-put-up"),
            (205, "", "raised b"),
            (
                300,
                "a.smoke=off; c.smoke=off",
                "gone a (not_put_up); lapsed a (not_put_up); "  # noqa: ISC004 - one cell
                "gone c (not_put_up); lapsed c (not_put_up); gone not-put-up",
            ),
        ),
        ways=("plain", "bytes"),
        are_up=False,
    ),
    Timeline(
        "two detectors of which one does not hang there yet: the other alarms alone, and at once",
        (LOST, TWO),
        (A, B),
        (
            (50, "a.smoke=off", ""),
            (100, "", "raised b (not_put_up); raised not-put-up"),
            (101, "a.smoke=on", "raised store"),
        ),
        are_up=False,
        ways=("plain", "bytes"),
    ),
    Timeline(
        "the first word of a device that was never heard is a fire",
        (LOST, SMOKE),
        (A, B),
        (
            (100, "", "raised a (not_put_up); raised b (not_put_up); raised not-put-up"),
            (101, "a.smoke=on", "gone a (not_put_up); lapsed a (not_put_up); raised a"),
            (110, "", "counted not-put-up"),
        ),
        are_up=False,
        ways=("plain", "bytes"),
    ),
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", [*BYPASS, *CONSENT, *WALK, *LINES, *NOT_PUT_UP], ids=lambda case: case.name)
def test_timeline(case: Timeline, way: Way) -> None:
    if way in case.ways:
        walk(case, way)


def test_a_restart_while_a_line_is_lost_tells_nothing_anew() -> None:
    case = LINES[1]
    room = walk(replace(case, rows=case.rows[:3]), "plain")
    room.restart()
    assert [] == said(room.step([Tick(room.now)], room.now))
    back = START + 200 * SECOND
    told = said(room.step([room.event("line:com1.fault=off", back)], back))
    assert ["aside y (line_lost)", "aside x (line_lost)", "gone line:com1"] == told
    room.restart()
    assert ["back y"] == room.run_until(START + 260 * SECOND)


def test_a_lost_line_says_how_many_devices_are_behind_it() -> None:
    case = LINES[0]
    room = walk(replace(case, rows=case.rows[:4]), "plain")
    told = [alert.text for alert in room.alerts.values() if alert.key == COM.id]
    assert ["com1 lost: 2 of 2 devices behind it not heard"] == told


def test_a_loss_behind_a_line_is_closed_with_its_history_whole() -> None:
    room = walk(LINES[0], "plain")
    losses = {alert.key: alert for alert in room.alerts.values() if alert.rule == "lost"}
    assert {"x", "y"} == set(losses)
    assert all(alert.state is State.CLOSED and not alert.acknowledged_by for alert in losses.values())


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


def test_a_bypassed_member_stays_out_though_what_the_rule_remembered_is_lost() -> None:
    case = next(case for case in BYPASS if case.name.startswith("a pair"))
    room = walk(replace(case, rows=case.rows[:3]), "plain")
    room.memories.clear()
    room.restart()
    now = START + 30 * SECOND
    assert ["raised store"] == said(room.step([room.event("b.smoke=on", now)], now))


def test_a_walk_test_says_who_answered_when_with_what_and_who_did_not() -> None:
    (test,) = walk(WALK[0], "plain").tests.values()
    told = [(answer.device, answer.signal, (answer.at - test.started) // SECOND) for answer in test.answers]
    assert [("a", "smoke", 10), ("d", "door", 60)] == told
    assert (("b",), "finished", "wang") == (test.missing, test.outcome, test.ended_by)


def test_a_bypass_ends_for_what_hangs_in_another_area_now() -> None:
    room = walk(
        replace(
            BYPASS[0],
            rows=((0, "bypass a,b 600 welding", "raised bypass; raised fire-watch; raised no-fire-detection"),),
        ),
        "plain",
    )
    room.engine.set_devices([replace(A, area="hall"), B], room.now)
    told = said(room.step([Tick(room.now)], room.now))
    assert ["raised point-gone", "gone point-gone"] == told[:2]
    assert ["counted bypass", "counted fire-watch", "counted no-fire-detection"] == told[2:]
    now = room.now + SECOND
    assert ["raised a"] == said(room.step([room.event("a.smoke=on", now)], now))
    assert ["raised b (bypass)"] == said(room.step([room.event("b.smoke=on", now)], now))


def test_what_was_set_aside_while_the_clock_was_years_ahead_ends_at_a_start_with_the_clock_right() -> None:
    years = 10 * 365 * 86_400
    rows = (
        (years, "bypass a 600 welding", "raised bypass; raised fire-watch"),
        (years + 1, "walk b 600", "raised walk-test"),
    )
    room = walk(replace(BYPASS[0], rows=rows), "plain")
    room.now = START
    room.restart()
    assert ["gone fire-watch", "gone bypass", "gone walk-test"] == said(room.step([Tick(room.now)], room.now))
    assert ["raised a"] == said(room.step([room.event("a.smoke=on", room.now)], room.now))


def test_a_device_last_heard_by_a_clock_years_ahead_is_missed_all_the_same() -> None:
    room = walk(replace(LINES[0], rules=(LOST,), rows=((0, "", ""),)), "plain")
    later = START + 10**9 * SECOND
    room.latest["x", "smoke"] = replace(room.event("x.smoke=off", later), received=later)  # type: ignore[type-var]
    room.restart()
    assert {"raised x", "raised y", "raised z"} == set(room.run_until(room.now + 101 * SECOND))


def test_a_detector_that_flutters_while_it_is_bypassed_fills_no_memory() -> None:
    room = walk(replace(BYPASS[0], rows=BYPASS[0].rows[:1]), "plain")
    for second in range(1, 200):
        word = "a.smoke=on" if second % 2 else "a.smoke=off"
        room.step([room.event(word, START + second * SECOND)], START + second * SECOND)
    assert len(room.engine._asides._ends) == 1


def test_devices_that_were_never_heard_are_one_line_over_a_restart() -> None:
    room = walk(replace(NOT_PUT_UP[0], rows=NOT_PUT_UP[0].rows[:1]), "plain")
    room.restart(60)
    assert [] == said(room.step([Tick(room.now)], room.now))
    assert [] == room.run_until(room.now + 600 * SECOND)
    [line] = [alert for alert in room.alerts.values() if alert.aside is None]
    assert "3 devices registered and never heard: a, b, c" == line.text
    assert line.active
    now = room.now
    told = said(room.step([room.event(f"{name}.smoke=off", now) for name in "abc"], now))
    assert "gone not-put-up" in [*told, *room.run_until(now + 20 * SECOND)]


def test_lines_lost_together_are_each_counted() -> None:
    lines = tuple(replace(COM, id=f"line:com{n}", address=f"line:com{n}") for n in (1, 2))
    devices = (on("com1", "x"), on("com1", "y"), on("com2", "z"), *lines)
    room = walk(
        Timeline(
            "",
            (LOST, LINE),
            devices,
            ((0, "line:com1.fault=on; line:com2.fault=on", "raised line:com1; raised line:com2"),),
        ),
        "plain",
    )
    room.run_until(START + 101 * SECOND)
    told = {alert.text for alert in room.alerts.values() if alert.key.startswith("line:")}
    assert {f"com{n} lost: {held} of {held} devices behind it not heard" for n, held in ((1, 2), (2, 1))} == told
