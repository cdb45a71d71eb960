"""What the ledger says was tested and calibrated, and what does not count as that."""

import pytest

from ledger.entry import Draft, Entry
from ledger.projections.last_maintenance import DoneBook


def entry(sequence: int, book: str, corrects: int | None = None, **fields: str) -> Entry:
    draft = Draft(book=book, at=sequence * 10, fields=fields, by="tom", area="store", corrects=corrects)
    return Entry(sequence=sequence, recorded=0, site="works", draft=draft, previous="", hash="")


def passed(sequence: int, action: str = "test", **more: object) -> Entry:
    fields = {"device": "a", "action": action, "result": "passed", **more}
    return entry(sequence, "maintenance", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param([], {}, id="nothing"),
        pytest.param([passed(1), passed(2)], {("a", "test"): 20}, id="the newest counts"),
        pytest.param([passed(1, "calibration")], {("a", "calibration"): 10}, id="a calibration"),
        pytest.param([passed(1, "cleaning"), passed(2, "battery")], {}, id="other work"),
        pytest.param([passed(1, result="failed")], {}, id="a test that failed"),
        pytest.param([passed(1, device="")], {}, id="no device named"),
        pytest.param([passed(1), passed(2, result="failed", corrects=1)], {}, id="corrected: it had failed"),
        pytest.param([passed(1), passed(2, corrects=1)], {("a", "test"): 20}, id="corrected in something else"),
        pytest.param(
            [entry(1, "installation", device="a", action="commissioned", trigger="smoke")],
            {("a", "test"): 10},
            id="commissioned with a live trigger",
        ),
        pytest.param([entry(1, "installation", device="a", action="commissioned")], {}, id="commissioned without"),
        pytest.param([entry(1, "installation", device="a", action="adopted", trigger="x")], {}, id="adopted"),
    ],
)
def test_what_counts_as_done(written: list[Entry], expected: dict[tuple[str, str], int]) -> None:
    book = DoneBook()
    for each in written:
        book.read([each])
    assert expected == book.newest()
