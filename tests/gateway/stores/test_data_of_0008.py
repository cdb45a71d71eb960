"""Data of the release before the documents is opened, is all there, verifies, and goes on."""

from functools import partial

import msgspec
import pytest
from sqlalchemy import create_engine, text

from alerts.engine.engine import Engine
from alerts.event import Tick
from alerts.facts import DEVICE_TESTED
from alerts.kernel.consent import Give
from alerts.kernel.kernel import Kernel
from alerts.kinds import kinds
from alerts.lifecycle import Action
from api.workflow_finder import workflows
from devices.device import Device, SenderKey
from devices.device_service import DeviceService
from devices.installed import Hardware
from devices.reading import SECOND
from gateway.stores.discovery_cache import StoredDiscoveryCache
from gateway.stores.installation import Installation
from gateway.stores.records import SqlRecords
from gateway.stores.runs import Runs
from gateway.stores.users import Users
from ledger.chain import Head, verify
from tests.gateway.stores import data_of_0008
from tests.gateway.stores.records_examples import assert_whole, commit, contents, everything
from workflows import bypass, walk_test

UNTOUCHED = (
    "alerts",
    "alert_events",
    "ledger",
    "rule_memory",
    "modes",
    "feed",
    "receipts",
    "mqtt_session",
    "users",
    "sessions",
    "known_browsers",
    "account_changes",
    "device_changes",
    "runs",
    "site_versions",
)
"""Tables that came over as they were."""


@pytest.fixture
def old(url, open_database):
    data_of_0008.write(url)
    return SqlRecords(open_database(), data_of_0008.SITE)


def test_what_needed_no_move_is_as_it_was(old):
    now = contents(old.database)
    for table in UNTOUCHED:
        assert sorted(tuple(row.values()) for row in data_of_0008.rows(table)) == now[table], table


def test_the_ledger_verifies_to_the_head_that_was_witnessed_and_goes_on(old):
    head = Head(*data_of_0008.HEAD)
    assert head == old.ledger_head() == verify(old.ledger_entries(), old.site, expected=head)
    commit(old, everything(1))
    assert head.sequence + 5 == old.ledger_head().sequence
    assert_whole(old)


def test_open_alerts_and_modes_are_there_and_nothing_is_damaged(old):
    restored = old.restore()
    was_open = {row["id"] for row in data_of_0008.rows("alerts") if row["is_open"]}
    assert was_open == {alert.id for alert in restored.engine.alerts}
    assert ({"office": "disarmed"}, 14) == (restored.modes, len(restored.engine.memories))
    assert {} == old.damaged


def kernel_of(restored):
    return Kernel([bypass.WORKFLOW(), walk_test.WORKFLOW()], restored.engine.cases)


def test_the_bypass_that_stood_and_the_walk_test_that_ran_are_cases(old):
    kernel = kernel_of(old.restore())
    assert {} == kernel.unreadable
    (stands,), (runs,) = kernel.cases.of("bypass").values(), kernel.cases.of("walk_test").values()
    assert (("smoke-1",), "tom", "olga", "welding 动火") == (stands.devices, stands.by, stands.second, stands.reason)
    assert (stands.devices, stands.until) == (stands.holds.devices, stands.holds.until)
    assert (("smoke-3", "smoke-2"), "tom", ["smoke-3"]) == (
        runs.test.devices, runs.by, [answer.device for answer in runs.test.answers],
    )  # fmt: skip
    assert ["smoke-3"] == [window.device for window in runs.holds.windows]
    (past,) = old.read_cases(partial(kernel.read, "walk_test"), old.ended_cases("walk_test", 10))
    assert ("finished", "smoke-3 is behind a beam", ["smoke-2"]) == (
        past.test.outcome, past.test.note, [answer.device for answer in past.test.answers],
    )  # fmt: skip
    (over,) = old.read_cases(partial(kernel.read, "bypass"), old.ended_cases("bypass", 10))
    assert ("new lock", "lock fitted", "tom") == (over.reason, over.note, over.ended_by)
    tested = old.newest_facts(DEVICE_TESTED)
    assert {"smoke-2": past.id, "smoke-3": runs.id} == {device: each.case for device, each in tested.items()}


def test_a_bypass_that_waited_for_a_second_person_waits_for_one(url, open_database):
    data_of_0008.write(url)
    (stood,) = [row for row in data_of_0008.rows("bypasses") if row["is_open"]]
    wish = {**msgspec.json.decode(stood["content"]), "id": "00000000000000aa", "devices": ["smoke-4"]}
    wish |= {"consented_by": "", "asked": stood["since"]}
    row = {**stood, "id": wish["id"], "is_open": True, "content": msgspec.json.encode(wish).decode()}
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO bypasses VALUES (:id, :is_open, :since, :content)"), row)
    engine.dispose()
    restored = SqlRecords(open_database(), data_of_0008.SITE).restore()
    now = stood["since"] + SECOND
    devices = [Device(name, "keyarea", name, "store", signals=("smoke",)) for name in ("smoke-1", "smoke-4")]
    made = Engine(rules=[], devices=devices, area_modes={}, schedules={}, kernel=kernel_of(restored))
    asked = [event.alert for event in made.step([Tick(now)], now).alerts if event.alert.rule == "workflow:consent"]
    assert [wish["id"]] == [alert.key for alert in asked]
    own = made.step([Give(case=wish["id"], by="tom", role="operator")], now + 1)
    assert ["consent.somebody_else"] == [why.key for _, why in own.refused]
    made.step([Give(case=wish["id"], by="olga", role="operator")], now + 2)
    begun = made.kernel.cases.of("bypass")[wish["id"]]
    assert (("smoke-4",), "tom", "olga", "welding 动火", wish["until"]) == (
        begun.devices, begun.by, begun.second, begun.reason, begun.until,
    )  # fmt: skip


def test_what_technicians_installed_is_in_service_and_whom_they_turned_away_stays_away(old):
    installation = Installation(old.documents)
    installed = installation.installed(())
    assert {"new-1", "announced-1", "smoke-4"} == installed.places.keys()
    new = installed.places["new-1"]
    assert ("new-1b", "备用烟感", False) == (new.device.address, new.device.name_zh, new.is_retired)
    retired = installed.places["smoke-4"]
    assert (True, Hardware("keyarea", "smoke-4")) == (retired.is_retired, retired.file)
    assert {SenderKey("", "keyarea", "stranger-1")} == installed.rejected
    assert ["adopted", "replaced"] == [change.action for change in installation.history("new-1")]


def test_what_a_device_announced_is_there_byte_for_byte(old):
    ((topic, payload),) = StoredDiscoveryCache(old.documents).all()
    (was,) = data_of_0008.rows("announcements")
    assert (was["topic"], was["payload"]) == (topic, payload)
    assert "announced-1" in msgspec.json.decode(payload)["dev"]["identifiers"]


def test_when_the_gateway_listened_and_who_may_sign_in_is_there(old):
    runs = tuple((row["started"], row["listened"]) for row in data_of_0008.rows("runs"))
    assert runs == Runs(old.database).begin(runs[-1][1] + 1)
    assert {"ada", "tom", "olga"} <= {user.name for user in Users(old.database).all()}


SPOILT = {
    "no JSON": ("devices", "content", "{", "id = 'new-1'", "place new-1"),
    "a blob": ("devices", "content", b"\x00\xff", "id = 'new-1'", "place new-1"),
    "a bypass": ("bypasses", "content", "[]", "is_open", None),
    "a walk test": ("walk_tests", "content", b"\xff", "is_open", None),
    "no UTF-8 in a sender": ("rejected_senders", "address", b"\xff", "family = 'keyarea'", None),
    "no UTF-8 in a topic": ("announcements", "topic", b"\xff", "topic LIKE 'home%'", None),
}


@pytest.mark.parametrize(("table", "column", "value", "which", "named"), SPOILT.values(), ids=SPOILT)
def test_a_row_that_was_spoilt_before_keeps_no_other_from_coming_over(
    table, column, value, which, named, url, open_database
):
    data_of_0008.write(url)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    new = "CAST(:value AS TEXT)" if column != "content" else ":value"
    spoilt = text(f"UPDATE {table} SET {column} = {new} WHERE {which}")
    with engine.begin() as connection:
        connection.execute(spoilt, {"value": value})
    engine.dispose()
    old = SqlRecords(open_database(), data_of_0008.SITE)
    restored, installed = old.restore(), Installation(old.documents).installed(())
    kernel = kernel_of(restored)
    read = (installed.places, installed.rejected, kernel.cases.of("bypass"), kernel.cases.of("walk_test"))
    announced = StoredDiscoveryCache(old.documents).all()
    assert ([named] if named else []) == list(old.damaged)
    assert (table in ("bypasses", "walk_tests")) == bool(kernel.unreadable)
    assert 7 - len(old.damaged) - len(kernel.unreadable) == sum(map(len, (*read, announced)))
    assert 13 == len(contents(old.database)["documents"])


@pytest.mark.parametrize("content", [None, "{"], ids=["whole", "spoilt"])
def test_what_a_bypass_holds_back_that_nobody_can_read_is_shown_again(content, old):
    if content is not None:
        with old.database.writing() as connection:
            its = "kind = 'case:bypass' AND id = 'f15ab46c8eea2526'"
            connection.execute(text(f"UPDATE documents SET content = :content WHERE {its}"), {"content": content})
    restored = old.restore()
    now = max(alert.changed for alert in restored.engine.alerts) + 1
    engine = Engine(
        rules=[msgspec.convert(RULE, kinds()["state"])],
        devices=[Device("smoke-1", "keyarea", "smoke-1", "store", signals=("smoke",))],
        area_modes=restored.modes,
        schedules={},
        restored=restored.engine,
        kernel=kernel_of(restored),
    )
    back = [event.alert.key for event in engine.step([Tick(now)], now).alerts if event.action == Action.BROUGHT_BACK]
    assert ([] if content is None else ["smoke-1"]) == [key for key in back if key == "smoke-1"]


RULE = {
    "kind": "state",
    "name": "smoke",
    "title": "Smoke",
    "alert_class": "fire",
    "priority": 1,
    "signals": ["smoke"],
    "procedure": "1. Go and look.",
}


ASKED = 1_796_031_890_000_000_000
NEW_1 = {
    "id": "new-1", "family": "keyarea", "address": "new-1b", "area": "store", "name": "", "kind": "smoke_detector",
    "signals": [], "interval_s": None, "installed": "2026-05-01", "restores": True,
}  # fmt: skip
ORDERS = {
    "retire": {"type": "retire", "device": "new-1", "by": "tom", "note": "wall is gone"},
    "amend": {"type": "amend", "device": NEW_1, "by": "tom", "note": ""},
    "replace": {
        "type": "replace", "device": "new-1", "by": "tom", "note": "",
        "hardware": {"family": "keyarea", "address": "new-1c", "line": "", "model": ""},
    },
}  # fmt: skip


@pytest.mark.parametrize("what", ORDERS)
def test_an_order_that_waited_for_a_second_person_waits_on_and_is_done_when_they_consent(what, url, open_database):
    wish = {
        "id": "81134a4581168e80", "area": "store", "devices": ["new-1"], "by": "tom", "reason": "new-1 retired",
        "since": ASKED, "until": ASKED + 1_800 * SECOND, "asked": ASKED, "consented_by": "", "order": ORDERS[what],
    }  # fmt: skip
    data_of_0008.write(url)
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        row = {"id": wish["id"], "since": ASKED, "content": msgspec.json.encode(wish).decode()}
        connection.execute(
            text("INSERT INTO bypasses (id, is_open, since, content) VALUES (:id, true, :since, :content)"), row
        )
    engine.dispose()
    old = SqlRecords(open_database(), data_of_0008.SITE)
    restored = old.restore()
    assert [("bypass", "f15ab46c8eea2526")] == [name for name in restored.engine.cases if name[0] == "bypass"]
    service = DeviceService(Installation(old.documents).installed(()), lambda _device: ())
    workflow = [kind() for name, kind in workflows().items() if name == "registration"]
    kernel = Kernel(workflow, restored.engine.cases, installation=service)
    engine = Engine(rules=[], devices=service.devices(), area_modes={}, schedules={}, kernel=kernel)
    told = engine.step([Tick(ASKED + SECOND)], ASKED + SECOND)
    consents = [event.alert.key for event in told.alerts if event.alert.rule == "workflow:consent"]
    assert [wish["id"]] == consents
    consent = Give(case=wish["id"], by="olga", role="operator")
    effects = engine.step([consent], ASKED + 2 * SECOND)
    assert ([], [("tom + olga", "new-1")]) == (effects.refused, [(c.by, c.device) for c in effects.devices])
    assert not kernel.cases.of("consent")
