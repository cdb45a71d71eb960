"""Alerts and effects to commit, and ways to look at what a database holds afterwards."""

from sqlalchemy import Table, select

from alerts.alert import Alert, AlertClass, AlertEvent, State
from alerts.effects import Effects, Found, ModeChanged
from alerts.event import Recorded
from alerts.facts import Fact
from alerts.lifecycle import Action, after
from alerts.rule import Breach, Memory
from devices.message import Text
from devices.reading import Reading
from gateway.ports import Receipt
from gateway.stores.tables import metadata
from ledger.chain import verify
from tests.words import drafts_of

NOW = 1_795_521_600_000_000_000


def alert(number, area="store", **other):
    """An alert raised at NOW + its number."""
    at = NOW + number
    cause = Reading(f"sd-{number}", "smoke", True, at, at)
    known = {"text": "烟感 active", "procedure": "go and look", "latched": True, **other}
    return Alert(
        id=f"a{number}",
        rule="smoke",
        rule_version="v1",
        area=area,
        key=cause.device,
        alert_class=AlertClass.FIRE,
        priority=1,
        state=State.UNACKNOWLEDGED,
        raised=at,
        changed=at,
        causes=(cause,),
        **known,
    )


def raised(number, **other):
    return AlertEvent(alert(number, **other), Action.RAISED, NOW + number)


def acknowledged(number, at=NOW + 10_000):
    return AlertEvent(after(alert(number), Action.ACKNOWLEDGE, at, by="li"), Action.ACKNOWLEDGE, at, by="li")


def closed(number, at=NOW + 20_000):
    stands = alert(number)
    return AlertEvent(
        Alert(**{**{f: getattr(stands, f) for f in stands.__struct_fields__}, "state": State.CLOSED, "closed": at}),
        Action.CLOSE,
        at,
        by="li",
    )


def memory(text):
    return Memory(Breach(since=NOW, text=text), wake_at=NOW + 5)


ARMED = Fact(
    workflow="arming",
    case="office",
    step="set",
    at=NOW + 3,
    text=Text.of("arming.set", area="office", mode="armed"),
    by="li",
    area="office",
    fields={"mode": "armed"},
    book="arming",
)


def everything(number):
    """Effects that write into every table that a commit knows."""
    return Effects(
        alerts=[raised(number), acknowledged(number)],
        memories={("smoke", f"sd-{number}"): memory("active"), ("heat", "hd-1"): memory(str(number))},
        found=[Found("office", Reading("door-1", "door", True, NOW, NOW, 1))],
        modes=[ModeChanged("office", f"mode {number}", "li", NOW + number)],
        facts=[ARMED],
        recorded=[(Recorded("gate", "patrol", "wang", {"route": "night", "checkpoint": "gate"}), NOW + number)],
    )


def commit(records, effects, receipts=(), now=NOW + 99):
    """``receipts``: the numbers of the messages that caused it."""
    kept = [Receipt(number, 7, b"%d" % number) for number in receipts]
    return records.commit(effects, drafts_of(effects, now), kept, now)


def receipts(records):
    """The numbers of the messages whose receipts are kept."""
    return {receipt.first for receipt in records.restore().receipts}


def contents(database):
    """Every row of every table."""

    def rows(table: Table):
        with database.reading() as connection:
            return sorted(tuple(row) for row in connection.execute(select(table)))

    return {table.name: rows(table) for table in metadata.sorted_tables}


def assert_whole(records):
    """The chain verifies to its head, and the ledger tells of each alert's history step by step."""
    assert records.ledger_head() == verify(records.ledger_entries(), records.site, expected=records.ledger_head())
    told = [entry.draft.fields["alert"] for entry in records.ledger(book="alerts", limit=100_000)]
    for known in records.alerts(limit=100_000):
        assert told.count(known.id) == len(records.history(known.id))
