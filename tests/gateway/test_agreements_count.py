"""What the gateway tells of the ledger's agreements, and how often; signed by the way that a person signs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.effects import Effects
from alerts.event import Recorded
from alerts.facts import Fact
from api.ports import Sign
from devices.reading import SECOND
from gateway.agreements_count import AgreementsCount
from gateway.inbox import Delivery
from gateway.stores.database import Database
from gateway.stores.records import SqlRecords
from gateway.stores.signatures import Signatures
from ledger.journal import drafts_of
from tests.shipped import shipped_books
from tests.words import english

BOOKS = shipped_books()
NOW = 1_795_521_600 * SECOND
ZONE = "Asia/Shanghai"
AGREEMENT = {"number": "1", "person": "Tom", "post": "gate", "level": "post", "year": "2026", "signed_on": "2026-11-24"}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqlRecords]:
    with Database.in_folder(tmp_path) as database:
        yield SqlRecords(database, "works")


def write(records: SqlRecords, record: Recorded) -> int:
    effects = Effects(recorded=[(record, NOW)])
    drafts = drafts_of(effects, NOW, render=english, books=BOOKS)
    return records.commit(effects, drafts, (), NOW).entries[-1].sequence


def signature(records: SqlRecords, number: int) -> Recorded:
    return Signatures(records, BOOKS, ZONE).record_of(
        Sign(entry=number, hash="", signer="other_side", by="tom", role="manager", note="")
    )


def told(handed: list[Delivery]) -> list[int]:
    """How many, each time."""
    return [len(one.item.fields["agreements"]) for one in handed if isinstance(one.item, Fact)]  # type: ignore[arg-type]


def test_told_at_a_start_and_when_one_is_signed(records: SqlRecords) -> None:
    handed = list[Delivery]()
    number = write(records, Recorded("", "agreements", "ma", AGREEMENT))
    count = AgreementsCount(records, ZONE, handed.append)
    count.look(NOW)
    count.look(NOW + 600 * SECOND)
    assert [0] == told(handed), "not signed, and nothing new"
    write(records, signature(records, number))
    count.look(NOW + 601 * SECOND)
    assert [0, 1] == told(handed)
    other = write(records, Recorded("", "agreements", "ma", {**AGREEMENT, "person": "Ann"}))
    write(records, signature(records, other))
    count.look(NOW + 602 * SECOND)
    assert [0, 1] == told(handed), "soon after another"
    count.look(NOW + 902 * SECOND)
    assert [0, 1, 2] == told(handed)


def test_a_signature_says_what_it_signs(records: SqlRecords) -> None:
    """At the time of the entry that was corrected first, for the duties that count it."""
    number = write(records, Recorded("", "agreements", "ma", AGREEMENT))
    signs = signature(records, number).signs
    assert signs is not None
    assert ("agreements", NOW, "other_side", "Tom") == (signs.book, signs.at, signs.signer, signs.fields["person"])
