"""A second person consents to a bypass, or does not; each also restarted before every row."""

import pytest

from tests.alerts.suppression.points import DOOR, FAULT, SMOKE, A, B, D
from tests.alerts.timeline import WAYS, Timeline, Way, device, rule, walk

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
            (4, "consent b zhao", "raised bypass; raised no-fire-detection; raised fire-watch; gone bypass-asked"),
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
            (1200, "bypass b 7000 welding", "again bypass; raised no-fire-detection; again fire-watch"),
            (1800, "", "again fire-watch"),
            (3000, "ack fire-watch", "acknowledge fire-watch"),
            (3600, "", "again fire-watch"),
            (3700, "endbypass a", "counted bypass; gone no-fire-detection; counted fire-watch"),
            (3800, "endbypass b", "counted bypass; gone fire-watch"),
            (6700, "", "again bypass"),
            (7600, "", "gone bypass"),
        ),
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CONSENT, ids=lambda case: case.name)
def test_timeline(case: Timeline, way: Way) -> None:
    if way in case.ways:
        walk(case, way)
