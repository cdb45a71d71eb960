"""A reason not to shout is one file, and is gone when that is deleted: played through in a copy of the house."""

from pathlib import Path

from tests.house.copies import add, contents, copied, run, take_away

CODE = '''"""A device that is tagged as a toy is missed by nobody."""

from alerts.suppression.in_force import Candidate, InForce, Stage
from alerts.suppression_reason import Suppression


def toy(candidate: Candidate, _standing: InForce) -> Suppression | None:
    """Losses only."""
    if candidate.interval_s is None or "toy" not in candidate.device.tags:
        return None
    return Suppression("toy", "", candidate.now)


STAGE = Stage(15, toy)
'''

FILES = {
    "alerts/suppression/stages/toy.py": CODE,
    "alerts/suppression/stages/toy.en.toml": '[suppression_reason]\ntoy = "a toy"\n\n[aside_reason]\ntoy = "toy"\n',
    "alerts/suppression/stages/toy.zh.toml": '[suppression_reason]\ntoy = "玩具"\n\n[aside_reason]\ntoy = "玩具"\n',
}

PLAY = """
import msgspec
from alerts.alert import Alert
from alerts.event import Tick
from alerts.suppression.stage_finder import stages
from api.catalogue import language
from devices.reading import SECOND
from tests.alerts.timeline import START, Room, device, reading, rule, said
lost = rule("supervision", alert_class="fault", priority=3, interval_s=100)
room = Room((lost,), (device("a", tags=("toy",)), device("b")))
room.step([reading("a.smoke=off", START), reading("b.smoke=off", START)], START)
now = START + 101 * SECOND
effects = room.step([Tick(now)], now)
print(said(effects)[:2], [stage.ask.__name__ for stage in stages()].count("toy"))
for event in effects.alerts:
    aside = msgspec.json.decode(msgspec.json.encode(event.alert), type=Alert).suppression
    if aside is not None:
        print(aside.kind, *(language(code).render(aside.title) for code in ("en", "zh")))
"""


def test_a_stage_comes_and_goes_with_its_file(tmp_path: Path) -> None:
    house = copied(tmp_path, "tests/alerts/")
    before = contents(house)
    add(house, FILES)
    with_it = ["['raised a (toy)', 'raised b'] 1", "suppressed a toy 玩具"]
    assert with_it == run(house, "-c", PLAY).splitlines()
    take_away(house, FILES)
    assert before == contents(house)
    assert "['raised a', 'raised b'] 0" == run(house, "-c", PLAY).strip()
