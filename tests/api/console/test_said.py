"""What the gateway says in English is Chinese on a Chinese page, as far as there are words for it."""

import re

import pytest

from alerts.bypass import begin as begin_bypass
from alerts.command import Bypass, ConsentBypass, StartWalkTest
from alerts.consent import consented
from alerts.walking import begin as begin_walk
from api.console.locale import Say
from devices.commissioning import Commissions
from devices.device import Device
from devices.errors import Refused
from devices.orders import Commission, Finish
from devices.reading import SECOND, Reading
from devices.trigger import guards_life

DETECTOR = Device(
    id="d", family="keyarea", address="d", area="store", kind="smoke_detector", signals=("smoke",), interval_s=20
)


def wanting(*heard_s: int) -> list[str]:
    walks = Commissions()
    walks.start(Commission("d", "li"), DETECTOR, 0)
    walks.hear(Reading("d", "smoke", False, at * SECOND, at * SECOND) for at in heard_s)
    found = walks.of("d")
    assert found is not None
    return found.wanting(100 * SECOND)


@pytest.mark.parametrize("heard_s", [(), (1,), (1, 60)])
def test_all_that_a_commissioning_wants_is_said_in_chinese(heard_s: tuple[int, ...]) -> None:
    said = [Say("zh").said(one) for one in wanting(*heard_s)]
    assert said
    assert [] == [one for one in said if re.search("[a-z]{3}", one)]
    assert any("烟雾报警" in one for one in said)


def test_a_refusal_to_finish_is_said_in_chinese() -> None:
    walks = Commissions()
    walks.start(Commission("d", "li"), DETECTOR, 0)
    with pytest.raises(Refused) as refused:
        walks.finish(Finish("d", "li"), SECOND)
    said = Say("zh").said(str(refused.value))
    assert not re.search("[a-z]{3}", said)
    assert "备注" in said


def test_what_has_no_chinese_stays_as_it_was() -> None:
    assert "nothing like it；{braces} and a (bracket" == Say("zh").said("nothing like it; {braces} and a (bracket")
    assert "as it was" == Say("en").said("as it was")


DOOR = Device(id="door", family="keyarea", address="door", area="store", kind="door_contact", signals=("door",))
POINT = Device(id="point", family="keyarea", address="point", area="store", kind="call_point", signals=("call_point",))
INSTALLED = {device.id: device for device in (DETECTOR, DOOR, POINT)}


@pytest.mark.parametrize(
    "command",
    [
        Bypass("li", "", 0, "store"),
        Bypass("li", "works", 0, "store"),
        Bypass("li", "works", 3_600 * SECOND, devices=("point",)),
        Bypass("li", "works", 30 * 3_600 * SECOND, devices=("door",)),
    ],
)
def test_why_nothing_was_bypassed_is_said_in_chinese(command: Bypass) -> None:
    with pytest.raises(Refused) as refused:
        begin_bypass(command, INSTALLED, {}, guards_life, SECOND)
    assert not re.search("[a-z]{6}", Say("zh").said(str(refused.value)))


def test_why_nobody_consented_is_said_in_chinese() -> None:
    wish = begin_bypass(Bypass("li", "works", 60 * SECOND, devices=("d",)), INSTALLED, {}, guards_life, SECOND)
    for waiting, by, out in ((None, "wu", {}), (wish, "li", {}), (wish, "wu", {"d": wish})):
        with pytest.raises(Refused) as refused:
            consented(waiting, ConsentBypass("", by), out, (), SECOND)
        assert not re.search("[a-z]{6}", Say("zh").said(str(refused.value)))
    with pytest.raises(Refused) as refused:
        begin_bypass(Bypass("wu", "works", 60 * SECOND, devices=("d",)), INSTALLED, {"d": wish}, guards_life, SECOND)
    assert "d：li 已申请屏蔽；请同意或不同意该申请" == Say("zh").said(str(refused.value))


def test_why_nobody_may_walk_is_said_in_chinese() -> None:
    with pytest.raises(Refused) as refused:
        begin_walk(StartWalkTest("li", devices=("d", "door")), INSTALLED, {}, {"d", "door"}, [], SECOND)
    assert "d 已被屏蔽；请先恢复运行；door 已被屏蔽；请先恢复运行" == Say("zh").said(str(refused.value))
