"""What bypasses, walk tests and consent say is a key with parameters; what earlier releases stored is still read."""

import re

import msgspec
import pytest
from msgspec.structs import replace

from alerts.bypass import Bypassed
from alerts.bypass import begin as begin_bypass
from alerts.command import Bypass, ConsentBypass, StartWalkTest
from alerts.suppression.consent import consented
from alerts.suppression.in_force import InForce
from alerts.suppression.permits import Permits
from alerts.suppression.walking import begin as begin_walk
from api.catalogue import language
from devices.detector_trigger import guards_life
from devices.device import Device
from devices.errors import Refused
from devices.message import Text, plain
from devices.reading import SECOND
from devices.walk_test import WalkTest
from ledger.outages import drafts_of
from ledger.texts import read

EN, ZH = language("en"), language("zh")
SMOKE = Device("d", "keyarea", "d", "store", kind="smoke_detector", signals=("smoke",))
DOOR = Device("door", "keyarea", "door", "store", kind="door_contact", signals=("door",))
POINT = Device("point", "keyarea", "point", "store", kind="call_point", signals=("call_point",))
FAR = Device("far", "keyarea", "far", "office", kind="door_contact", signals=("door",))
DEVICES = {device.id: device for device in (SMOKE, DOOR, POINT, FAR)}
HOUR = 3_600 * SECOND


def permits(*commands: Bypass | StartWalkTest) -> Permits:
    made = Permits(InForce(), (), ())
    for command in commands:
        made.carry_out(command, DEVICES, list, guards_life, SECOND)
    return made


def refusal(command: Bypass | StartWalkTest) -> Text:
    with pytest.raises(Refused) as refused:
        permits(command)
    return refused.value.text


@pytest.mark.parametrize(
    ("command", "english", "chinese"),
    [
        (Bypass("li", " ", HOUR, "store"), "say why: a bypass has a reason", "请说明屏蔽原因"),
        (Bypass("", "works", HOUR, "store"), "it must be known who asks", "必须写明申请人"),
        (Bypass("li", "x" * 2_001, HOUR, "store"), "at most 2000 characters, please", "最多 2000 个字符"),
        (Bypass("li", "\udc80", HOUR, "store"), "type it again", "请重新输入"),
        (Bypass("li", "works", HOUR), "name an area, or devices", "请指定部位或设备"),
        (Bypass("li", "works", HOUR, "attic"), "there is no device in an area 'attic'", "部位“attic”没有设备"),
        (Bypass("li", "works", HOUR, devices=("a", "b")), "not installed: a, b", "未安装：a、b"),
        (
            Bypass("li", "works", HOUR, devices=("door", "far", "point")),
            "by hand and is never bypassed; they are in several areas (office, store); bypass each by itself",
            "point 为人工报警装置，不得屏蔽；设备分属多个部位（office、store）；请分别屏蔽",
        ),
        (
            Bypass("li", "works", 30 * HOUR, devices=("door",)),
            "give its end: a bypass lasts 24 h at most",
            "请填写结束时间：屏蔽最长 24 小时",
        ),
        (
            Bypass("li", "works", 9 * HOUR, devices=("d",)),
            "give its end: a bypass with fire or gas detectors in it lasts 8 h at most",
            "请填写结束时间：含火灾或可燃气体探测器的屏蔽最长 8 小时",
        ),
        (
            StartWalkTest("li", devices=("d",), until=9 * HOUR, window=SECOND),
            "a walk test lasts 8 h at most; a detector is left in alarm by the test for 30 s to 180 s",
            "步行测试最长 8 小时；测试触发后允许报警的时长须为 30 至 180 秒",
        ),
    ],
    ids=lambda part: part[:30] if isinstance(part, str) else "",
)
def test_a_refusal_is_told_in_both_languages(command: Bypass | StartWalkTest, english: str, chinese: str) -> None:
    text = refusal(command)
    assert EN.render(text).endswith(english)
    assert ZH.render(text).endswith(chinese)


def test_what_stands_already_is_named_in_both_languages() -> None:
    wish = begin_bypass(Bypass("li", "works", 60 * SECOND, devices=("d",)), DEVICES, {}, guards_life, SECOND)
    with pytest.raises(Refused) as asked:
        begin_bypass(Bypass("wu", "works", 60 * SECOND, devices=("d",)), DEVICES, {"d": wish}, guards_life, SECOND)
    assert "d：li 已申请屏蔽；请同意或不同意该申请" == ZH.render(asked.value.text)
    with pytest.raises(Refused) as walked:
        begin_walk(StartWalkTest("li", devices=("d", "door")), DEVICES, {}, {"d", "door"}, [], SECOND)
    assert "d 已被屏蔽；请先恢复运行；door 已被屏蔽；请先恢复运行" == ZH.render(walked.value.text)
    for waiting, by, out in ((None, "wu", {}), (wish, "li", {}), (wish, "wu", {"d": wish})):
        with pytest.raises(Refused) as refused:
            consented(waiting, ConsentBypass("", by), out, (), SECOND)
        assert not re.search("[a-z]{6}", ZH.render(refused.value.text))


def test_what_ends_by_itself_says_why_in_the_ledger_with_its_key() -> None:
    made = permits(
        Bypass("li", "paint", HOUR, devices=("door",)),
        Bypass("li", "welding", HOUR, devices=("d",)),
        Bypass("li", "removal", 2 * HOUR, devices=("far",)),
    )
    made.turn(HOUR)
    made.installed({**DEVICES, "far": replace(FAR, area="store")}, HOUR)
    told = drafts_of(made.effects, ZH.show)
    notes = {str(draft.fields["devices"]): draft for draft in told if draft.fields["action"] in ("ended", "lapsed")}
    assert {"door": "到时结束", "d": "逾时无人同意", "far": "已移至其他部位"} == {
        device: draft.fields["note"] for device, draft in notes.items()
    }
    assert "its time was over" == EN.show(read(notes["door"].fields, "note"))
    assert {"paint", "welding", "removal"} == {draft.fields["reason"] for draft in told}
    assert all("reason_key" not in draft.fields for draft in told)


OLD = {"id": "b1", "area": "store", "devices": ["d"], "by": "li", "since": 1, "until": 2}


def test_a_bypass_of_an_earlier_release_is_read() -> None:
    stored = {**OLD, "reason": "welding", "ended": 2, "note": "its time was over", "change": None}
    found = msgspec.json.decode(msgspec.json.encode(stored), type=Bypassed)
    assert ("welding", "its time was over") == (found.reason, found.note)


@pytest.mark.parametrize("order", [None, "", {"type": "retire", "device": "d", "by": "li", "note": ""}])
def test_what_the_stream_kept_of_an_order_that_waited_is_read(order: object) -> None:
    stored = {**OLD, "reason": "d retired", "asked": 1, "order": order}
    found = msgspec.json.decode(msgspec.json.encode(stored), type=Bypassed)
    assert ("retire" if order else "") == found.order
    assert found == msgspec.json.decode(msgspec.json.encode(found), type=Bypassed)


def test_an_order_that_waits_since_an_earlier_release_keeps_its_reason_in_any_language() -> None:
    change = Text.of("two_people.rejected")
    stored = {**OLD, "reason": "rejected, which has told a danger", "asked": 1, "change": change}
    found = msgspec.json.decode(msgspec.json.encode(stored), type=Bypassed)
    assert (change, None) == (found.reason, found.change)
    assert found == msgspec.json.decode(msgspec.json.encode(found), type=Bypassed)


@pytest.mark.parametrize("note", ["its time was over", plain("a real alarm"), Text.of("permits.time_over")])
def test_a_walk_test_of_any_release_is_read(note: str | Text) -> None:
    stored = {"id": "t1", "area": "store", "devices": ["d"], "by": "li", "started": 1, "until": 2, "note": note}
    assert note == msgspec.json.decode(msgspec.json.encode(stored), type=WalkTest).note
