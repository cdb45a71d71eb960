"""An entry as people read it, in either language."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given

from alerts.effects import Effects
from api.catalogue import language
from devices.device import Device
from devices.message import Text
from devices.orders import Change
from devices.reading import SECOND, Reading
from ledger.books import books_of
from ledger.entry import Draft, FieldValue
from ledger.in_words import in_words, title_of
from ledger.journal import compact
from ledger.texts import written
from tests.house.places import ROOT
from tests.ledger.drafts import DRAFT
from tests.shipped import shipped_books
from tests.words import drafts_of

BOOKS = shipped_books()
EN, ZH = (language(code, "Asia/Shanghai") for code in ("en", "zh"))
AT = 1_795_500_000 * SECOND
SMOKE = Reading("smoke-9", "smoke", True, AT, AT)
HEAT = Reading("t-1", "temperature", 71.5, AT, AT)


def read(book: str, fields: Mapping[str, FieldValue], code: str = "zh") -> dict[str, str]:
    return dict(in_words(Draft(book, AT, dict(fields)), BOOKS[book], ZH if code == "zh" else EN))


@pytest.mark.parametrize(
    ("book", "fields", "chinese"),
    [
        ("alerts", {"action": "closed", "class": "hold_up"}, {"动作": "关闭", "类别": "劫持"}),
        ("alerts", {"state": "unacknowledged", "active": True}, {"状态": "新报警", "原因仍在": "是"}),
        ("alerts", {"disposition": "false_alarm"}, {"处置结论": "误报"}),
        ("alerts", {"raised": "2026-11-24T08:30:15.000000000Z"}, {"发生时间": "2026-11-24 16:30"}),
        ("alerts", {"aside": "walk_test w1 wang"}, {"搁置原因": "步行测试 w1 wang"}),
        ("alerts", {"causes": compact(SMOKE)}, {"触发读数": "smoke-9 烟雾报警 是 2026-11-24 14:00"}),
        ("alerts", {"causes": compact(HEAT)}, {"触发读数": "t-1 温度 71.5 °C 2026-11-24 14:00"}),
        ("alerts", {"note": "looked there"}, {"说明": "looked there"}),
        ("events", {"what": "found", "signal": "door.2"}, {"事件": "接通时已报警", "信号": "门窗开启 2"}),
        ("access", {"action": "locked_out", "role": "technician"}, {"事件": "暂停登录", "角色": "技术员"}),
        ("arming", {"mode": "disarmed"}, {"布防状态": "撤防"}),
        (
            "installation",
            {"kind": "smoke_detector", "trigger": "smoke"},
            {"设备类型": None, "实测触发信号": "烟雾报警"},
        ),
        (
            "installation",
            {"old": 'keyarea f1; area store; name none; signals ["smoke"]'},
            {"变更前": 'keyarea f1；部位 store；名称 无；信号 ["smoke"]'},
        ),
        ("installation", {"longest_silence_s": 12}, {"最长静默": "12 s"}),
        ("installation", {"damaged": "x"}, {"已损坏": "x"}),
    ],
)
def test_a_chinese_reader_reads_chinese(
    book: str, fields: dict[str, FieldValue], chinese: dict[str, str | None]
) -> None:
    told = read(book, fields)
    assert list(chinese) == list(told)
    for title, value in chinese.items():
        assert re.search("[一-鿿]", told[title]) if value is None else value == told[title]


def test_a_sentence_is_read_in_the_readers_language_whatever_the_sites_is() -> None:
    text = Text.of("commissioning.listening", left_s=12.0)
    fields = written("wanting", text, EN.show)
    assert {"未完成项": "监听还剩 12 秒"} == read("installation", fields)
    assert {"What is wanting": "12 s of listening are left"} == read("installation", fields, "en")


def test_an_unfinished_commissioning_stands_in_the_ledger_with_key_and_parameters() -> None:
    wanting = Text.of("commissioning.wanting", wanting=(Text.of("commissioning.not_spoken"),))
    device = Device("sd", "keyarea", "sd", "store", kind="smoke_detector")
    change = Change("commissioned", "tom", AT, new=device, measured={"messages": 0, "wanting": wanting})
    (draft,) = drafts_of(Effects(devices=[change]), AT)
    assert "it has not spoken yet" == draft.fields["wanting"]
    assert set(draft.fields) <= {field.name for field in BOOKS["installation"].fields}
    assert "尚未收到该设备的任何信号" == read("installation", draft.fields)["未完成项"]


def test_a_book_is_called_by_its_name() -> None:
    assert ("Alerts", "报警台账") == (title_of(BOOKS["alerts"], "alerts", EN), title_of(BOOKS["alerts"], "alerts", ZH))
    assert "gone" == title_of(None, "gone", ZH)


@given(DRAFT)
def test_whatever_stands_in_an_entry_it_can_be_read(draft: Draft) -> None:
    for book in (None, *BOOKS.values()):
        assert all(isinstance(part, str) for pair in in_words(draft, book, ZH) for part in pair)


OF_WORKFLOWS = {
    book for file in (ROOT / "workflows").glob("*.book.toml") for book in books_of(file.read_text(encoding="utf-8"))
}
"""Books in which workflows write what people said."""
OWN = [book for book in BOOKS.values() if book.writers == ("gateway",) and book.id not in OF_WORKFLOWS]


@pytest.mark.parametrize("book", OWN, ids=lambda book: book.id)
def test_each_word_of_the_gateways_own_is_told(book) -> None:
    """What is no text of people, no figure and no id says how it is read."""
    ids = {"alert", "rule", "rule_version", "key", "device", "devices", "bypass", "test", "account", "sender", "name"}
    ids |= {"order", "value", "hash", "signer", "incident"}
    ids |= {
        "workflow",
        "case",
        "incident",
        "what",
        "state",
        "for_workflow",
        "for_case",
    }  # of workflows, which bring their words
    ids |= {"bypassed", "lost", "route"}  # of arming: devices, and a way in
    people = {"reason", "note", "by", "text", "position", "answered", "missing", "address", "wanting", "why"}
    people |= {"place", "work", "certificate", "measures", "point"}  # of a ticket
    said = {field.name.removesuffix("_key") for field in book.fields if field.name.endswith("_key")}
    ids |= {"before", "parameters"} | said  # of a changed rule, as a site file writes it
    mute = [
        field.name
        for field in book.fields
        if field.kind == "text" and not field.shows and field.name not in ids | people
        if not field.name.endswith(("_key", "_params"))
    ]
    assert not mute
