"""What bypasses, walk tests and consent say is a key with parameters; what earlier releases stored is still read."""

import re
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from alerts.event import Tick
from alerts.kernel.consent import Give
from alerts.kernel.open_cases import read
from api.catalogue import language
from devices.device import Device
from devices.message import Text, plain
from devices.reading import SECOND
from ledger import journal
from ledger.texts import read as read_text
from tests.alerts.timeline import START, Room
from workflows import bypass, walk_test

EN, ZH = language("en"), language("zh")
SMOKE = Device("d", "keyarea", "d", "store", kind="smoke_detector", signals=("smoke",))
DOOR = Device("door", "keyarea", "door", "store", kind="door_contact", signals=("door",))
POINT = Device("point", "keyarea", "point", "store", kind="call_point", signals=("call_point",))
FAR = Device("far", "keyarea", "far", "office", kind="door_contact", signals=("door",))
DEVICES = (SMOKE, DOOR, POINT, FAR)
HOUR = 3_600 * SECOND


def begin(by: str, reason: str, length: int, area: str = "", devices: tuple[str, ...] = ()) -> bypass.Begin:
    until = START + length
    return bypass.Begin(by=by, role="technician", reason=reason, until=until, area=area, devices=devices)


def start(by: str, *devices: str, length: int = HOUR, window_s: int = 90) -> walk_test.Start:
    return walk_test.Start(by=by, role="technician", devices=devices, until=START + length, window_s=window_s)


def refusal(ask: Any, room: Room | None = None) -> Text:
    room = room or Room((), DEVICES)
    ((_, text),) = room.step([ask], room.now).refused
    assert isinstance(text, Text)
    return text


@pytest.mark.parametrize(
    ("ask", "english", "chinese"),
    [
        (begin("li", " ", HOUR, "store"), "say why: a bypass has a reason", "请说明屏蔽原因"),
        (begin("", "works", HOUR, "store"), "it must be known who asks", "必须写明申请人"),
        (begin("li", "x" * 2_001, HOUR, "store"), "at most 2000 characters, please", "最多 2000 个字符"),
        (begin("li", "\udc80", HOUR, "store"), "type it again", "请重新输入"),
        (begin("li", "works", HOUR), "name an area, or devices", "请指定部位或设备"),
        (begin("li", "works", HOUR, "attic"), "there is no device in an area 'attic'", "部位“attic”没有设备"),
        (begin("li", "works", HOUR, devices=("a", "b")), "not installed: a, b", "未安装：a、b"),
        (
            begin("li", "works", HOUR, devices=("door", "far", "point")),
            "by hand and is never bypassed; they are in several areas (office, store); bypass each by itself",
            "point 为人工报警装置，不得屏蔽；设备分属多个部位（office、store）；请分别屏蔽",
        ),
        (
            begin("li", "works", 30 * HOUR, devices=("door",)),
            "give its end: a bypass lasts 24 h at most",
            "请填写结束时间：屏蔽最长 24 小时",
        ),
        (
            begin("li", "works", 9 * HOUR, devices=("d",)),
            "give its end: a bypass with fire or gas detectors in it lasts 8 h at most",
            "请填写结束时间：含火灾或可燃气体探测器的屏蔽最长 8 小时",
        ),
        (
            start("li", "d", length=9 * HOUR, window_s=1),
            "a walk test lasts 8 h at most; a detector is left in alarm by the test for 30 s to 180 s",
            "步行测试最长 8 小时；测试触发后允许报警的时长须为 30 至 180 秒",
        ),
    ],
    ids=lambda part: part[:30] if isinstance(part, str) else "",
)
def test_a_refusal_is_told_in_both_languages(ask: Any, english: str, chinese: str) -> None:
    text = refusal(ask)
    assert EN.render(text).endswith(english)
    assert ZH.render(text).endswith(chinese)


def test_what_stands_already_is_named_in_both_languages() -> None:
    room = Room((), DEVICES)
    room._step([begin("qian", "works", HOUR, devices=("d",)), begin("li", "works", HOUR, devices=("door",))], START)
    asked = refusal(begin("wu", "works", HOUR, devices=("d",)), room)
    assert "d：qian 已申请屏蔽；请同意或不同意该申请" == ZH.render(asked)
    (wish,) = room.waiting()
    room._step([Give(case=wish, by="zhao", role="operator")], START)
    walked = refusal(start("li", "d", "door"), room)
    assert "d 已被屏蔽；请先恢复运行；door 已被屏蔽；请先恢复运行" == ZH.render(walked)
    assert "door 已由 li 屏蔽" == ZH.render(refusal(begin("wu", "works", HOUR, devices=("door",)), room))
    for case, by in (("none", "wu"), (wish, "wu")):
        said = ZH.render(refusal(Give(case=case, by=by, role="operator"), room))
        assert not re.search("[a-z]{6}", said)


def test_what_a_second_person_is_asked_for_is_told_in_words() -> None:
    room = Room((), DEVICES)
    room._step([begin("qian", "welding", HOUR, devices=("d",))], START)
    (alert,) = room.alerts.values()
    assert "qian asks, a second person has to consent: bypass d until 2026-11-23 01:00 (welding)" == language(
        "en", "Asia/Shanghai"
    ).render(alert.text)
    assert "qian 提出申请，待第二人确认：屏蔽 d 至 2026-11-23 01:00（welding）" == language(
        "zh", "Asia/Shanghai"
    ).render(alert.text)


def test_what_ends_by_itself_says_why_in_the_ledger_with_its_key() -> None:
    room = Room((), DEVICES)
    asks = [
        begin("li", "paint", HOUR, devices=("door",)),
        begin("qian", "welding", HOUR, devices=("d",)),
        begin("li", "removal", 2 * HOUR, devices=("far",)),
    ]
    told = journal.drafts_of(room._step(asks, START), START, render=ZH.show)
    told += journal.drafts_of(room._step([Tick(START + HOUR)], START + HOUR), START, render=ZH.show)
    room.engine.set_devices((SMOKE, DOOR, POINT, replace(FAR, area="store")), START + HOUR)
    told += journal.drafts_of(room._step([Tick(START + HOUR)], START + HOUR), START, render=ZH.show)
    notes = {str(draft.fields["devices"]): draft for draft in told if draft.fields.get("step") == "ended"}
    assert {"door": "到时结束", "far": "已移至其他部位"} == {
        device: draft.fields["note"] for device, draft in notes.items()
    }
    assert "its time was over" == EN.show(read_text(notes["door"].fields, "note"))
    (lapsed,) = [draft for draft in told if draft.fields.get("step") == "lapsed"]
    assert ("consents", "d", True) == (lapsed.book, lapsed.fields["devices"], "welding" in str(lapsed.fields["text"]))
    begun = [draft for draft in told if draft.book == "bypasses"]
    assert {"paint", "removal"} == {draft.fields["reason"] for draft in begun}
    assert all("reason_key" not in draft.fields for draft in begun)


def test_what_the_ledger_says_of_a_bypass_by_two() -> None:
    """Who, with whose consent, which devices, why, since when, until when, how it ended."""
    room = Room((), DEVICES)
    effects = [room.step([begin("li", "welding", HOUR, devices=("d",))], START)]
    (case,) = room.bypasses
    end = bypass.End(case=case, by="wang", role="technician", note="done")
    effects.append(room.step([end], START + 60 * SECOND))
    told = [draft for each in effects for draft in journal.drafts_of(each, START, render=EN.show)]
    (ended,) = [draft for draft in told if draft.book == "bypasses" and draft.fields["step"] == "ended"]
    said = {"bypassed_by": "li", "consented_by": "zhao", "devices": "d", "count": 1, "reason": "welding"}
    said |= {"note": "done", "lasted_s": 60, "begun": "2026-11-22T16:00:00.000000000Z"}
    assert said | {"until": "2026-11-22T17:00:00.000000000Z"} == {name: ended.fields[name] for name in (*said, "until")}
    assert "wang" == ended.by


OLD = {"id": "b1", "area": "store", "devices": ["d"], "by": "li", "since": 1, "until": 2}


def case_of(workflow: Any, stored: dict[str, Any]) -> Any:
    return read(workflow, msgspec.json.encode(stored))


def test_a_bypass_of_an_earlier_release_is_read() -> None:
    over = case_of(bypass.WORKFLOW(), {**OLD, "reason": "welding", "ended": 2, "note": "its time was over"})
    assert ("welding", "its time was over", False, None) == (over.reason, over.note, over.is_open, over.holds)
    stands = case_of(bypass.WORKFLOW(), {**OLD, "reason": "welding", "consented_by": "zhao", "asked": 1})
    assert (("d",), "zhao", 1, True) == (stands.holds.devices, stands.second, stands.opened, stands.holds.is_out)


@pytest.mark.parametrize("note", ["its time was over", plain("a real alarm"), Text.of("permits.time_over")])
def test_a_walk_test_of_any_release_is_read(note: str | Text) -> None:
    stored = {"id": "t1", "area": "store", "devices": ["d"], "by": "li", "started": 1, "until": 2, "note": note}
    found = case_of(walk_test.WORKFLOW(), stored)
    assert (note, ("d",), True) == (found.test.note, found.holds.devices, found.holds.is_test)
