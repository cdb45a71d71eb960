"""A rule kind is added by new files only, and is gone when they are deleted: played through in a copy of the house."""

from pathlib import Path

from tests.house.copies import add, contents, copied, proven, run, take_away

CODE = '''"""``toy_rise``: a number has risen by more than a limit within a window.

It also hears that a drill is over, as a fact of whichever workflow says so.

[[rules]]
kind = "toy_rise"
name = "store-rise"
alert_class = "fire"
priority = 1
signal = "temperature"
by = 10
procedure = "1. Look."
"""

from msgspec.structs import replace

from alerts.event import Event
from alerts.facts import Fact
from alerts.rule import Breach, Memory, Rule
from devices.message import SignalName, Text
from devices.reading import SECOND, Instant, Reading


class Samples(Memory, frozen=True):
    """The readings of the window, oldest first."""

    readings: tuple[Reading, ...] = ()


class ToyRiseRule(Rule[Samples], frozen=True, kw_only=True, tag="toy_rise"):
    """It ends when the window holds no such rise any more.

    ``signal``: a numeric signal
    ``by``: how far it must rise; in the signal's unit
    ``within_s``: the window
    ``settle_s``: seconds that a rise may stand before it is told
    """

    listens = (Reading, Fact)

    signal: str
    by: float
    within_s: float = 60
    settle_s: float = 0

    def watched_signals(self) -> tuple[str, ...]:
        return (self.signal,)

    def hears(self, topic: str) -> bool:
        return topic == "toy.over"

    def window_s(self) -> float:
        return self.within_s

    def longest_delay_s(self) -> float:
        return self.settle_s

    def start(self) -> Samples:
        return Samples()

    def is_worth_storing(self, old: Samples, new: Samples) -> bool:
        return new.breach is not old.breach

    def step(self, memory: Samples, event: Event, now: Instant) -> Samples:
        if isinstance(event, Fact):
            return Samples()
        if not isinstance(event, Reading):
            return memory
        since = now - int(self.within_s * SECOND)
        readings = (*(one for one in memory.readings if one.received > since), event)
        rise = float(event.value) - min(float(one.value) for one in readings)
        if rise < self.by:
            return Samples(None, None, readings)
        text = Text.of("toy_rise.risen", signal=SignalName(event.signal), device=event.device, by=rise)
        return replace(memory, breach=memory.breach or Breach(now, text, (event,)), readings=readings)


KIND = ToyRiseRule
'''

TIMELINES = '''"""How the toy kind behaves, second by second."""

from tests.alerts.timeline import Timeline, device, rule

RISE = rule("toy_rise", signal="temperature", by=10)


def case(name: str, *rows: tuple[float, str, str]) -> Timeline:
    return Timeline(name, (RISE,), (device("a"),), rows)


TIMELINES = (
    case("a rise is told", (0, "a.temperature=20", ""), (30, "a.temperature=30", "raised a")),
    case("a slow rise is not", (0, "a.temperature=20", ""), (90, "a.temperature=30", "")),
    case("a fall is not", (0, "a.temperature=30", ""), (30, "a.temperature=20", "")),
    case("it ends", (0, "a.temperature=1", ""), (3, "a.temperature=30", "raised a"), (99, "a.temperature=9", "gone a")),
    case("it is seen", (0, "a.temperature=2", ""), (9, "a.temperature=35", "raised a"), (10, "ack a", "acknowledge a")),
)
'''

FILES = {
    "alerts/rules/toy_rise.py": CODE,
    "alerts/rules/toy_rise.en.toml": '[toy_rise]\nrisen = "{signal} of {device} has risen by {by}"\n',
    "alerts/rules/toy_rise.zh.toml": '[toy_rise]\nrisen = "{device} {signal}上升了 {by}"\n',
    "tests/alerts/rules/toy_rise.py": TIMELINES,
}

PLAY = """
import re
from alerts.facts import Fact
from api.catalogue import language
from devices.message import plain
from gateway.site.load import SiteFaults, parse
from tests.alerts.timeline import START, Room, device, reading, rule, said

site = re.search(r"```toml\\n(.*?)```", open("docs/site-file.md", encoding="utf-8").read(), re.DOTALL)[1]
toy = '''
[[rules]]
kind = "toy_rise"
name = "rise"
alert_class = "fire"
priority = 1
signal = "temperature"
by = 10
settle_s = {0}
procedure = "1. Look."
'''
print(type(parse(site + toy.format(60), "site.toml").rules[-1]).__name__)
try:
    parse(site + toy.format(61), "site.toml")
except SiteFaults as faults:
    print(faults.faults[0].line - site.count("\\n"), faults.faults[0].problem)
room = Room((rule("toy_rise", signal="temperature", by=10),), (device("a"),))
room.step([reading("a.temperature=20", START)], START)
room.restart()
print(said(room.step([reading("a.temperature=31", START + 1)], START + 1)))
(alert,) = room.engine.open_alerts()
print([language(code).render(alert.text) for code in ("en", "zh")])
over = Fact(workflow="toy", case="1", step="over", at=START, text=plain("over"), area="store", devices=("a",))
print(said(room.step([over], START + 2)))
"""

PLAYED = [
    "ToyRiseRule",
    "9 a fire may be verified for 60 s at most; found 61",
    "['raised a']",
    "['temperature of a has risen by 11', 'a 温度上升了 11']",
    "['gone a']",
]


def test_a_rule_kind_comes_and_goes_with_its_files(tmp_path: Path) -> None:
    """It is checked, told again its window, given facts, said in two languages, documented; no file knows its name."""
    house = copied(tmp_path, "tests/alerts/")
    before = contents(house)
    add(house, FILES)
    assert PLAYED == run(house, "-c", PLAY).splitlines()
    assert " passed" in proven(house, "tests/alerts/rules/test_kinds.py", "-k", "toy_rise")
    for generator in ("generate_rules", "generate_site_file"):
        run(house, f"docs/{generator}.py")
    for page in ("docs/rules/toy_rise.md", "docs/rules/README.md", "docs/site-file.md"):
        assert "toy_rise" in (house / page).read_text(encoding="utf-8")
    take_away(house, FILES)
    for generator in ("generate_rules", "generate_site_file"):
        run(house, f"docs/{generator}.py")
    assert before == contents(house)
