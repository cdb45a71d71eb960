"""Every detector of a site in alarm within nine seconds, 220 to an area; the fire that counts is amidst them."""

from benchmarks.flood import Target
from simulators.load import Load, connect, smoke

WHAT = "9,001 alarms at 1,000 a second, 220 detectors an area"
DEVICES, AREAS = 9_020, 41
_ALARMS, _RATE = 9_001, 1_000


def run(target: Target) -> None:
    with connect(target.broker, "flood-storm") as link:
        topic = "keyarea/{device}/readings"
        Load(link, devices=DEVICES, messages=_ALARMS, rate=_RATE, topic_template=topic).run(smoke)
