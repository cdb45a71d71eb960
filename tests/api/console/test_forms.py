"""Forms made of structs: what is drawn of a field, and what becomes of what a browser sends."""

from datetime import date
from typing import Literal

import msgspec
import pytest

from alerts.attachment import AttachmentId
from alerts.rules.forced_open import ForcedOpenRule
from alerts.rules.state import StateRule
from alerts.rules.threshold import ThresholdRule
from api.console.forms import Field, Variant, fields_of, read, variants_of
from api.console.locale import Say
from devices.message import Text
from devices.reading import SECOND, Instant
from tests.words import english


class Permit(msgspec.Struct, frozen=True):
    """All that a field may be."""

    area: str
    work: str
    level: Literal["special", "first"]
    hours: float
    count: int = 1
    is_hot: bool = False
    devices: tuple[str, ...] = ()
    measures: str = ""
    until: Instant | None = None
    names: tuple[str, ...] = ()
    unseen: str = "x"


AREAS = (("store", "Chemical store"),)
SENT = {"area": ["store"], "work": [" weld "], "level": ["first"], "hours": ["1.5"]}


def fields(language: str = "en", **more: object) -> dict[str, Field]:
    sets = {"area": AREAS, "devices": (("d1", "Detector"), ("d2", "Door"))}
    made = fields_of(Permit, "hot_work", Say(language), without={"unseen"}, sets=sets, **more)  # type: ignore[arg-type]
    return {field.name: field for field in made}


def test_a_field_looks_as_its_type_and_name_say() -> None:
    kinds = {name: field.kind for name, field in fields().items()}
    assert {
        "area": "choice", "work": "text", "level": "choice", "hours": "number", "count": "number", "is_hot": "flag",
        "devices": "many", "measures": "long", "until": "moment", "names": "lines",
    } == kinds  # fmt: skip


def test_titles_and_choices_come_from_the_catalogues_in_both_languages() -> None:
    english_fields, chinese_fields = fields(), fields("zh")
    assert ("Area", "部位") == (english_fields["area"].label, chinese_fields["area"].label)
    assert "作业内容" == chinese_fields["work"].label
    assert [("special", "special"), ("first", "first")] == english_fields["level"].choices
    assert "特" in dict(chinese_fields["level"].choices)["special"]
    assert "Is hot" == english_fields["is_hot"].label  # what no catalogue knows is called as it is written


def test_what_must_be_given_is_marked_and_what_was_typed_stays() -> None:
    wanted = {name for name, field in fields().items() if field.is_wanted}
    assert {"area", "work", "level", "hours"} == wanted
    assert ("1", "") == (fields()["count"].value, fields()["work"].value)
    again = fields(sent={"work": ["weld"], "devices": ["d1", "d2"], "is_hot": ["yes"]})
    assert ("weld", ("d1", "d2"), "yes", "") == (
        again["work"].value, again["devices"].values, again["is_hot"].value, again["count"].value
    )  # fmt: skip


def test_what_was_sent_becomes_values_of_the_fields_types() -> None:
    sent = SENT | {"count": ["3"], "is_hot": ["yes"], "devices": ["d1", "d2"], "names": ["Li\r\nWang\r\n"]}
    plain, faults = read(Permit, sent | {"until": ["2026-11-30T08:00"]}, "Asia/Shanghai", without={"unseen"})
    assert {} == faults
    assert Permit(
        "store", "weld", "first", 1.5, 3, is_hot=True, devices=("d1", "d2"), names=("Li", "Wang"),
        until=1_795_996_800 * SECOND,
    ) == msgspec.convert(plain, Permit)  # fmt: skip


def test_what_is_left_empty_has_its_default() -> None:
    plain, faults = read(Permit, SENT | {"count": [""], "until": [""]}, "UTC")
    assert ({}, Permit("store", "weld", "first", 1.5)) == (faults, msgspec.convert(plain, Permit))


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"work": ["  "]}, "work", "This is needed."),
        ({"hours": ["soon"]}, "hours", "This must be a number."),
        ({"count": ["1.5"]}, "count", "This must be a number."),
        ({"level": ["fourth"]}, "level", "Choose one of those listed."),
        ({"until": ["tomorrow"]}, "until", "This must be a date and a time."),
    ],
)
def test_each_fault_stands_beside_its_field(sent: dict[str, list[str]], field: str, said: str) -> None:
    _, faults = read(Permit, SENT | sent, "UTC")
    assert {field: said} == {name: english(fault) for name, fault in faults.items()}


class Proposal(msgspec.Struct, frozen=True):
    """One field that is one of several structs."""

    rule: StateRule | ThresholdRule | ForcedOpenRule
    note: str = ""


def variant(**sent: list[str]) -> Variant:
    (found,) = variants_of(Proposal, "rule_parameters", Say("en"), {}, {**sent} or None)
    return found


def test_a_field_of_several_structs_is_chosen_before_it_is_drawn() -> None:
    assert ("rule.kind", "", []) == (variant().by, variant().chosen, variant().fields)
    assert ["state", "threshold"] == sorted({"state", "threshold"} & {value for value, _ in variant().choices})
    drawn = {field.name: field for field in variant(**{"rule.kind": ["threshold"]}).fields}
    assert ("Alarms above (in the signal's unit)", "number") == (drawn["rule.above"].label, drawn["rule.above"].kind)
    assert ("Class", "choice") == (drawn["rule.alert_class"].label, drawn["rule.alert_class"].kind)
    assert "0" == drawn["rule.hysteresis"].value
    assert [] == variant(**{"rule.kind": ["nonsense"]}).fields
    assert ["note"] == [field.name for field in fields_of(Proposal, "x", Say("en"))]


def test_an_address_fills_a_struct_in() -> None:
    sent = {"rule.kind": ["state"], "rule._sent": ["yes"], "rule.signals": ["smoke", "heat"], "rule.silent": ["no"]}
    drawn = {field.name: field for field in variant(**sent).fields}
    assert ("smoke", "heat") == drawn["rule.signals"].values
    assert ("no", "") == (drawn["rule.silent"].value, drawn["rule.active"].value)  # active was sent as not chosen
    assert "yes" == {f.name: f for f in variant(**{"rule.kind": ["state"]}).fields}["rule.active"].value


def test_a_struct_is_read_with_the_faults_of_its_fields() -> None:
    sent = {"rule.kind": ["threshold"], "rule.name": ["hot"], "rule.above": ["warm"], "rule.signal": ["temperature"]}
    plain, faults = read(Proposal, sent, "UTC")
    assert {"rule.above", "rule.alert_class", "rule.priority", "rule.procedure"} == set(faults)
    assert {"kind": "threshold", "name": "hot", "signal": "temperature"} == plain["rule"]
    assert {"rule"} == set(read(Proposal, {}, "UTC")[1])


def test_what_no_field_can_draw_is_json_and_kept() -> None:
    readers = '{"door-1":["reader-1"]}'
    drawn = {f.name: f for f in variant(**{"rule.kind": ["forced_open"], "rule.readers": [readers]}).fields}
    assert ("json", readers) == (drawn["rule.readers"].kind, drawn["rule.readers"].value)
    sent = {"rule.kind": ["forced_open"], "rule.readers": [readers]}
    assert {"door-1": ["reader-1"]} == {
        k: list(v) for k, v in read(Proposal, sent, "UTC")[0]["rule"]["readers"].items()
    }
    assert "rule.readers" in read(Proposal, {**sent, "rule.readers": ["{"]}, "UTC")[1]


class Find(msgspec.Struct, frozen=True):
    photo: AttachmentId
    photos: tuple[AttachmentId, ...] = ()
    before: AttachmentId = ""


def test_a_field_for_uploaded_files_sends_their_ids() -> None:
    id_ = "sha256:" + "a" * 64
    drawn = {field.name: field.kind for field in fields_of(Find, "hazard", Say("en"))}
    assert {"photo": "attachment", "photos": "attachments", "before": "attachment"} == drawn
    plain, faults = read(Find, {"photo": [id_], "photos": [id_, id_]}, "UTC")
    assert ({"photo": id_, "photos": (id_, id_)}, {}) == (plain, faults)
    _, faults = read(Find, {"photo": ["hall.jpg"]}, "UTC")
    assert {"photo": "books.an_attachment"} == {name: fault.key for name, fault in faults.items()}
    assert {"photo": "form.wanting"} == {name: fault.key for name, fault in read(Find, {}, "UTC")[1].items()}


def test_a_day_is_asked_for_as_one_and_said_to_be_none() -> None:
    class Dated(msgspec.Struct):
        on: date
        until: date | None = None

    say = Say("en")
    assert ["date", "date"] == [field.kind for field in fields_of(Dated, "people", say)]
    plain, faults = read(Dated, {"on": ["2026-02-28"], "until": [""]}, "UTC")
    assert ({"on": date(2026, 2, 28)}, {}) == (plain, faults)
    assert {"on": Text.of("form.no_day")} == read(Dated, {"on": ["2026-02-30"]}, "UTC")[1]
