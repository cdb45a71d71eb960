"""What the gateway says is Chinese on a Chinese page; what people write stays as they wrote it."""

import re

import msgspec
import pytest

from alerts.alert import AlertClass
from alerts.event import Stranger
from alerts.parted import listed
from alerts.unregistered_alarm import UnregisteredAlarmRule
from api.console.locale import Say
from devices import device_list
from devices.commissioning import Measurement
from devices.device import Device, SenderKey
from devices.device_orders import carry_out
from devices.errors import Refused
from devices.installed import Installed
from devices.message import Text, plain
from devices.orders import Import
from devices.reading import SECOND, Reading
from gateway.site.device_checks import check_of
from gateway.site.model import Site
from gateway.vitals import line_fault

DETECTOR = Device(
    id="d", family="keyarea", address="d", area="store", kind="smoke_detector", signals=("smoke",), interval_s=20
)


def wanting(*heard_s: int) -> list[Text]:
    said = (Reading("d", "smoke", False, at * SECOND, at * SECOND) for at in heard_s)
    return Measurement(0).heard(DETECTOR, said).wanting(DETECTOR, 100 * SECOND)


@pytest.mark.parametrize("heard_s", [(), (1,), (1, 60)])
def test_all_that_a_commissioning_wants_is_said_in_chinese(heard_s: tuple[int, ...]) -> None:
    said = [Say("zh").said(one) for one in wanting(*heard_s)]
    assert said
    assert [] == [one for one in said if re.search("[a-z]{3}", one)]
    assert any("烟雾报警" in one for one in said)


def test_a_refusal_to_finish_is_said_in_chinese() -> None:
    why = Text.of("commissioning.say_why", wanting=tuple(wanting()))
    said = Say("zh").said(Refused(why))
    assert not re.search("[a-z]{3}", said)
    assert "备注" in said


@pytest.mark.parametrize(
    "words", ["nothing like it; {braces} and a (bracket", "its time was over", "; ".join(["a by b (c by d (e"] * 2_000)]
)
def test_words_of_people_stay_as_they_are(words: str) -> None:
    assert words == Say("zh").said(words) == Say("zh").said(plain(words)) == Say("en").said(words)


DOOR = Device(id="door", family="keyarea", address="door", area="store", kind="door_contact", signals=("door",))


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        (Text.of("supervision.silent", seconds=15), "已 15 秒无通信"),
        (Text.of("patrol.missed", checkpoints=("gate", "chemical store")), "漏检：gate、chemical store"),
        (
            Text.of("system_alerts.bypassed_by", devices=listed(["a"], 11), by="li", reason="hot work"),
            "a 等，另有 11 个，由 li 屏蔽（hot work）",
        ),
        (Text.of("system_alerts.walk_test", by="wang", devices=("a", "b")), "wang 正在步行测试：a、b"),
        (line_fault("mqtt", "lost: no broker"), "线路 mqtt：中断：no broker"),
    ],
)
def test_what_happened_is_said_in_chinese(text: Text | str, chinese: str) -> None:
    assert chinese == Say("zh").said(text)


def list_of(*rows: str) -> Import:
    return device_list.read("\r\n".join(rows).encode(), "li")


NEEDED = "id,family,address,area"
BAD_LISTS = [
    (NEEDED + ",nmae,id", "d,keyarea,d,store,,d"),
    (NEEDED + ",nothing_like_it", "d,keyarea,d,store,"),
    ("id,family,address", "d,keyarea,d"),
    (NEEDED, ""),
    (NEEDED, 'd,keyarea,"d,store'),
    (NEEDED, "d,keyarea,d,store,too,many", ",keyarea,,"),
    (NEEDED + ",interval_s,position", "d,keyarea,d,store,soon,1;2;3", "e,keyarea,e,store,-5,2;2"),
    (NEEDED + ",installed,test_every_days,signals,rename", "d,keyarea,d,store,may,1.5,[1,switch"),
    (NEEDED, "d,keyarea,d,store", "d,keyarea,e,store", "e,keyarea,d,store", "a b,keyarea,f,store"),
    (NEEDED + ",line", "d,keyaera,d,stoer,", "e,nothing,e,nowhere,", "f,keyarea,f,store,bus9", "g,modbus,g,store,"),
    (NEEDED + ",signals,test_every_days,name", f"d,keyarea,d,store,smoek;qqqq,9999,{'x' * 300}"),
    (NEEDED + ",kind,interval_s,test_every_days", "d,keyarea,d,store,smoke_detector,9000,30"),
    (NEEDED + ",name", f"door,keyarea,door,office,{'x' * 5000}", "old,keyarea,old,office,"),
]


@pytest.mark.parametrize("rows", BAD_LISTS, ids=[str(number) for number in range(len(BAD_LISTS))])
def test_every_fault_of_a_list_is_said_in_chinese(rows: tuple[str, ...]) -> None:
    """What stays Latin is what stood in the list, names of columns, families, signals and standards."""
    site = msgspec.convert(
        {
            "id": "s",
            "name": "S",
            "areas": [{"id": "store", "name": "Store"}, {"id": "office", "name": "Office"}],
            "mqtt": {"families": {"keyarea": "keyarea"}},
        },
        Site,
    )
    order = list_of(*rows)
    if not order.faults:
        with pytest.raises(Refused) as refused:
            carry_out(Installed({"door": DOOR}), order, SECOND, check_of(site))
        faults = refused.value.faults
    else:
        faults = [(fault.row, fault.column, fault.problem) for fault in order.faults]
    assert faults
    for _, _, problem in faults:
        said = Say("zh").said(problem)
        assert re.search("[一-鿿]", said), problem
        assert not re.search(r"\b(?:must|found|expected|there|known|did|you|of|at most|is|has|the)\b", said), said


def test_who_speaks_unregistered_is_said_in_chinese() -> None:
    rule = UnregisteredAlarmRule(
        name="r", alert_class=AlertClass.FIRE, priority=1, procedure="p", signals=("smoke", "heat")
    )
    memory = rule.start()
    for number in range(12):
        sender = SenderKey("fire-1" if number else "", "gbt26875", f"e9/1.1.{number}")
        memory = rule.step(memory, Stranger("line:fire-1", sender, "smoke.3", is_active=True), SECOND)
    assert memory.breach is not None
    said = Say("zh").said(memory.breach.text).split("；")
    assert ("烟雾报警（由 gbt26875 e9/1.1.0 上报）", "烟雾报警（由 gbt26875 e9/1.1.1 on fire-1 上报）") == (
        said[0],
        said[1],
    )
    assert ("烟雾报警（由 gbt26875 e9/1.1.11 on fire-1 上报）", "另有 2 个设备") == (said[-2], said[-1])
