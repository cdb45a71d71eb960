"""Places, changes and senders turned away: kept across restarts, in one transaction with their ledger entries."""

import pytest

from alerts.effects import Effects
from devices.device import Device, SenderKey
from devices.device_orders import carry_out
from devices.installed import Hardware
from devices.orders import Adopt, Import, Readmit, Reject, Replace, Retire
from gateway.stores.documents import Document, Documents
from gateway.stores.installation import Installation
from gateway.stores.records import SqlRecords
from ledger.chain import verify
from tests.words import drafts_of

SMOKE = Device(
    id="sd-9", family="zigbee2mqtt", address="0x00158d", area="store", signals=("smoke",), interval_s=60.0, tags=("a",)
)
FILE = (Device(id="f-1", family="keyarea", address="f-1", area="store"),)
SENDER = SenderKey("", "tasmota", "x")


@pytest.fixture
def installation(open_database):
    return Installation(Documents(open_database()))


@pytest.fixture
def order(open_database):
    """Carries orders out and commits what follows, as the pipeline does."""
    database = open_database()
    records, installation = SqlRecords(database, "works"), Installation(Documents(database))

    def carry(*orders):
        for number, given in enumerate(orders, 1):
            _, changes = carry_out(installation.installed(FILE), given, number, lambda _device: ())
            effects = Effects(devices=changes)
            records.commit(effects, drafts_of(effects, number), [], number)
        return installation.installed(FILE)

    carry.records = records
    return carry


def test_an_adopted_device_comes_back_whole(order, open_database):
    stands = order(Adopt(SMOKE, "tom"))
    assert (*FILE, SMOKE) == stands.devices()
    assert stands == Installation(Documents(open_database())).installed(FILE)


def test_every_change_stands_in_the_chain_with_who_and_what(order):
    order(Adopt(SMOKE, "tom"), Replace("sd-9", Hardware("tasmota", "x"), "li", "broken"), Retire("sd-9", "tom", "sold"))
    entries = order.records.ledger()
    verify(entries, "works")
    told = [(entry.draft.book, entry.draft.by, entry.draft.area, entry.draft.fields["action"]) for entry in entries]
    assert [
        ("installation", "tom", "store", "adopted"),
        ("installation", "li", "store", "replaced"),
        ("installation", "tom", "store", "retired"),
    ] == told
    fields = entries[1].draft.fields
    assert ("zigbee2mqtt 0x00158d", "tasmota x", "broken") == (fields["old"], fields["new"], fields["note"])


def test_a_place_keeps_a_record_of_its_former_hardware(order, installation):
    order(Replace("f-1", Hardware("tasmota", "x"), "li"), Replace("f-1", Hardware("shelly", "y"), "li"))
    history = installation.history("f-1")
    assert ["f-1", "x"] == [change.old.address for change in history]
    assert ("shelly", "y") == (installation.installed(FILE).device("f-1").family, history[-1].new.address)
    assert [] == installation.history("sd-9")


def test_a_rejected_sender_stays_rejected_until_it_is_let_in_or_adopted(order):
    other = SenderKey("com1", "ndjson", "x")
    assert {SENDER, other} == order(Reject(SENDER, "tom"), Reject(other, "tom")).rejected
    assert {SENDER} == order(Readmit(other, "tom")).rejected
    assert set() == order(Adopt(Device("t", "tasmota", "x", "store"), "tom")).rejected


def test_a_whole_list_is_one_transaction(order):
    devices = tuple(Device(f"d{n}", "keyarea", f"d{n}", "store") for n in range(300))
    assert 301 == len(order(Import(devices, "tom")).devices())
    assert 300 == order.records.ledger_head().sequence


def test_a_device_retired_while_in_the_file_stays_retired(order, open_database):
    order(Retire("f-1", "tom"))
    assert () == Installation(Documents(open_database())).installed(FILE).devices()


def test_a_version_of_the_site_file_is_kept_once(installation, open_database):
    first = installation.note_site("id = 'a'", 1)
    assert installation.note_site("id = 'a'", 2) == first
    assert installation.note_site("id = 'b' # 部位", 3) != first


def test_a_place_that_cannot_be_read_is_named_and_the_others_are_in_service(order, open_database):
    order(Adopt(SMOKE, "tom"), Adopt(Device("t", "tasmota", "t", "store"), "tom"))
    database = open_database()
    documents = Documents(database)
    with database.writing() as connection:
        documents.put(connection, [Document("place", "sd-9", '{"device": 7}')])
    assert [*FILE, Device("t", "tasmota", "t", "store")] == [*Installation(documents).installed(FILE).devices()]
    assert ["place sd-9"] == list(documents.damaged)


def test_who_turned_a_sender_away_and_when_is_kept(order, open_database):
    order(Reject(SENDER, "tom"))
    (kept,) = Documents(open_database()).open_of("rejected_sender")
    assert (1, '["","tasmota","x"]') == (kept.since, kept.id)
    assert '"by":"tom"' in kept.content
