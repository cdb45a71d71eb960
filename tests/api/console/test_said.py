"""What the gateway says in English is Chinese on a Chinese page, as far as there are words for it."""

import re

import pytest

from api.console.locale import Say
from devices.commissioning import Commissions
from devices.device import Device
from devices.errors import Refused
from devices.orders import Commission, Finish
from devices.reading import SECOND, Reading

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
