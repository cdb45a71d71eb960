"""Everyone on the staff list has a responsibility agreement in force: nobody, somebody, soon nobody."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.event import SIGNATURES
from alerts.facts import Fact
from alerts.site_facts import SiteFacts
from devices.message import Text
from devices.reading import SECOND
from ledger.entry import Draft, Entry
from ledger.projections.agreements import Agreement, AgreementBook
from tests.alerts.kernel.room import KernelRoom
from tests.alerts.timeline import CALENDAR, START
from workflows.agreements import Agreements, AgreementsConfig
from workflows.people import Add, Leave, People, PeopleConfig

DAY = 86_400
TODAY = date(2026, 11, 23)


def room(*people: str, **config: Any) -> KernelRoom:
    made = KernelRoom(
        People(PeopleConfig()),
        Agreements(AgreementsConfig(**{"is_on": True, **config})),
        rules=(),
        devices=(),
        site=SiteFacts(calendar=CALENDAR),
    )
    for place, person in enumerate(people):
        made.ask(1 + place, Add(by="ma", role="manager", person=person, name=person.title(), account=f"{person}-1"))
    return made


def counted(made: KernelRoom, at: float, **until: int) -> list[str]:
    """The gateway tells which agreements run how many days from today on."""
    rows = tuple(
        {"person": name.title(), "account": "", "until": (TODAY + timedelta(days=days)).isoformat()}
        for name, days in until.items()
    )
    fact = Fact(
        workflow="agreements",
        case="staff",
        step="counted",
        at=START + int(at * SECOND),
        text=Text(""),
        fields={"agreements": rows},
        book="",
    )
    made.step(at, fact)
    return [fact.step for fact in made.effects.facts if fact.workflow == "agreements" and fact.step != "counted"]


def alerts(made: KernelRoom) -> list[str]:
    names = ("agreement-missing", "agreement-running-out")
    return [name for name in names if any(alert.active for alert in made.open(name))]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(366, [], id="met: a year"),
        pytest.param(31, [], id="met: a day more than a month"),
        pytest.param(30, ["agreement-running-out"], id="nearly: a month"),
        pytest.param(0, ["agreement-running-out"], id="nearly: its last day"),
        pytest.param(-1, ["agreement-missing"], id="broken: yesterday"),
    ],
)
def test_met_nearly_missed_and_broken(days: int, expected: list[str]) -> None:
    made = room("tom")
    counted(made, 10, tom=days)
    assert expected == alerts(made)


def test_whoever_has_none_is_told_until_they_have_one_or_leave() -> None:
    made = room("tom", "ann")
    assert ["lacking"] == counted(made, 10, tom=300)
    assert [] == counted(made, 20, tom=301), "the same person lacks one"
    made.ask(30, Leave(by="ma", role="manager", case="ann", left=TODAY))
    assert ["agreement-missing"] == alerts(made), "others may be on their way"
    made.run_until(91)
    assert [] == alerts(made)


def test_it_runs_out_at_midnight_by_itself_also_after_a_restart() -> None:
    made = room("tom")
    counted(made, 10, tom=1)
    assert ["agreement-running-out"] == alerts(made)
    made.restart()
    made.run_until(2 * DAY + 60)
    assert ["agreement-missing"] == alerts(made)
    assert ["whole"] == counted(made, 2 * DAY + 100, tom=365)


def test_turned_off_nothing_is_told() -> None:
    made = room("tom", is_on=False)
    counted(made, 10)
    assert [] == alerts(made)


# -- what the ledger says ----------------------------------------------------------------------------------------------


def entry(number: int, book: str, corrects: int | None = None, **fields: Any) -> Entry:
    draft = Draft(book, START, fields, by="ma", corrects=corrects)
    return Entry(number, "s", START, draft, "", f"h{number}")


def agreement(number: int, signed_on: str = "2026-11-20", **more: Any) -> Entry:
    return entry(number, "agreements", **{"person": "Tom", "year": 2027, "signed_on": signed_on, **more})


def signature(number: int, about: int, signer: str = "other_side") -> Entry:
    return entry(number, SIGNATURES, entry=about, hash=f"h{about}", signer=signer)


TOM = Agreement("Tom", "", date(2027, 12, 31))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([agreement(1)], (), id="not signed yet"),
        pytest.param([agreement(1), signature(2, 1)], (TOM,), id="signed by the other side"),
        pytest.param([agreement(1), signature(2, 1, "approver")], (), id="approved alone"),
        pytest.param([agreement(1, "2026-11-15"), signature(2, 1)], (), id="dated back by eight days, not approved"),
        pytest.param([agreement(1, "2026-11-16"), signature(2, 1)], (TOM,), id="dated back by a week"),
        pytest.param(
            [agreement(1, "2026-11-15"), signature(2, 1), signature(3, 1, "approver")],
            (TOM,),
            id="approved, too",
        ),
        pytest.param([agreement(1), signature(2, 1), agreement(3, corrects=1)], (), id="corrected, to be signed anew"),
        pytest.param(
            [agreement(1), agreement(2, corrects=1, until="2027-06-30"), signature(3, 2)],
            (Agreement("Tom", "", date(2027, 6, 30)),),
            id="until the day that it says",
        ),
        pytest.param([agreement(1, "rubbish"), signature(2, 1)], (), id="without a date"),
    ],
)
def test_what_counts_of_the_book(entries: list[Entry], expected: tuple[Agreement, ...]) -> None:
    book = AgreementBook(ZoneInfo("Asia/Shanghai"))
    book.read(entries)
    assert expected == book.signed()
