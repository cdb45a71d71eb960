"""Who calls from a wrong address may raise an alarm, and end none; known from the site file or from the first word."""

from typing import Any

import pytest

from devices.callers import CLAIM_STANDS, MOVES_AFTER, Believed, Callers
from devices.codec import Report
from devices.reading import SECOND
from tests.words import words

HOME, OTHER = "10.0.0.7", "10.0.0.9"
SIGNAL = f"tamper.e903-called-from-{OTHER}-and-{HOME}"
MIXED = Report("e903/1.1.02", (("smoke", True), ("fault", False), ("started", True)), reset=True)


def heard(callers: Callers, host: str, report: Report, at: int = 0, *, danger: bool = False, **of: Any) -> Believed:
    line, family = of.get("line", "tcp"), of.get("family", "gbt26875")
    return callers.believed(line, family, host, (report,), at, lambda source: danger)


def learning() -> Callers:
    callers = Callers({}, ("gbt26875",))
    assert heard(callers, HOME, MIXED).reports == (MIXED,)
    return callers


def test_from_another_address_only_a_danger_counts() -> None:
    said = heard(learning(), OTHER, MIXED)
    assert [(("smoke", True),)] == [report.values for report in said.reports]
    assert [False] == [report.reset for report in said.reports]
    assert (((SIGNAL, True),), f"e903 calls from {OTHER}, and is known to call from {HOME}") == (
        said.told,
        words(said.why),
    )


@pytest.mark.parametrize("values", [(("smoke", False),), (("online", True),), (("fault", True),), ()])
def test_what_ends_or_hides_an_alarm_is_refused_from_there(values: Any) -> None:
    said = heard(learning(), OTHER, Report("e903/1.1.02", values, reset=not values))
    assert ((), True) == (said.reports, bool(words(said.why)))


def test_a_claim_is_told_once_and_over_when_nobody_makes_it_any_more() -> None:
    callers = learning()
    assert [1, 0, 0] == [len(heard(callers, OTHER, MIXED, at * SECOND).told) for at in (1, 2, 3)]
    assert () == heard(callers, HOME, MIXED, 100 * SECOND).told
    assert ((SIGNAL, False),) == heard(callers, HOME, MIXED, 3 * SECOND + CLAIM_STANDS).told
    assert () == heard(callers, HOME, MIXED, 4 * SECOND + CLAIM_STANDS).told


def test_an_address_moves_after_a_silence_and_never_while_a_danger_stands() -> None:
    callers = learning()
    assert words(heard(callers, OTHER, MIXED, MOVES_AFTER - 1).why)
    assert words(heard(callers, OTHER, MIXED, MOVES_AFTER, danger=True).why)
    assert not words(heard(callers, OTHER, MIXED, MOVES_AFTER).why)
    assert words(heard(callers, HOME, MIXED, MOVES_AFTER).why)


def test_each_panel_of_each_line_has_its_own_and_other_families_learn_none() -> None:
    callers = learning()
    assert not words(heard(callers, OTHER, Report("e904", ())).why)
    assert not words(heard(callers, OTHER, MIXED, line="other").why)
    assert not words(heard(callers, HOME, MIXED, family="sia_dc09").why)
    assert not words(heard(callers, OTHER, MIXED, family="sia_dc09").why)


def test_the_site_file_says_it_for_every_family_and_it_never_moves() -> None:
    callers = Callers({"tcp": {"E903": ["10.0.0.0/29"], "1234": ["10.0.0.9", "fd00::/8"]}}, ("gbt26875",))
    assert words(heard(callers, OTHER, MIXED, 2 * MOVES_AFTER).why).endswith("known to call from 10.0.0.0/29")
    assert not words(heard(callers, "::ffff:10.0.0.1", MIXED).why)
    account = Report("1234/1.17", (("intrusion", False),))
    for host, is_refused in ((OTHER, False), ("fd00::1%eth0", False), (HOME, True)):
        assert is_refused == bool(words(heard(callers, host, account, family="sia_dc09").why))


def test_who_a_panel_is_outlives_the_gateway_and_old_claims_do_not() -> None:
    """It is told once, of installed panels alone; after a start another may take its place unless a danger stands."""
    callers, told = learning(), []
    for is_installed in (False, True, True):
        installed = {"e903"} if is_installed else set[str]()
        told += callers.believed("tcp", "gbt26875", HOME, (MIXED,), 0, set().__contains__, installed.__contains__).told
    assert [("action.caller-e903", HOME)] == told
    for danger, other_is_refused in ((True, True), (False, False)):
        later = Callers({}, ("gbt26875",))
        for signal, value in (*told, (SIGNAL, True), ("fault", True)):
            later.recall("tcp", signal, value, 0)
        heard_now = heard(later, OTHER, MIXED, MOVES_AFTER, danger=danger)
        assert other_is_refused == bool(words(heard_now.why))
        assert (SIGNAL, other_is_refused) in heard_now.told


@pytest.mark.slow
def test_memory_is_bounded() -> None:
    callers = learning()
    for number in range(300):
        heard(callers, f"10.1.{number // 256}.{number % 256}", MIXED)
    assert len(callers._claims) <= 100
    for number in range(10_100):
        heard(callers, HOME, Report(f"{number:x}", ()))
    assert len(callers._pins) <= 10_000
