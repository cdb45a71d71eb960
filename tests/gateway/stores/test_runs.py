"""When gateways listened: what a start knows of the runs before it."""

from devices.reading import SECOND
from gateway.stores.runs import Runs


def s(second: float) -> int:
    return int(second * SECOND)


def test_a_start_knows_when_the_runs_before_it_listened(open_database):
    database = open_database()
    assert () == Runs(database).begin(s(0))
    first = Runs(database)
    assert ((s(0), s(0)),) == first.begin(s(100))
    first.note(s(104))
    first.note(s(111))
    first.note(s(119))
    assert ((s(0), s(0)), (s(100), s(111))) == Runs(database).begin(s(200))


def test_a_run_that_ends_in_order_says_so(open_database):
    database = open_database()
    run = Runs(database)
    run.note(s(1), is_last=True)  # before it began there is nothing to say
    run.begin(s(0))
    run.note(s(3), is_last=True)
    assert ((s(0), s(3)),) == Runs(database).begin(s(5))


def test_only_the_newest_runs_are_kept(open_database):
    database = open_database()
    for start in range(1_010):
        Runs(database).begin(s(start))
    before = Runs(database).begin(s(2_000))
    assert (1_000, (s(1_009), s(1_009))) == (len(before), before[-1])


def test_a_clock_that_was_set_back_leaves_no_run_in_the_future(open_database):
    database = open_database()
    run = Runs(database)
    run.begin(s(1_000))
    run.note(s(5_000))
    assert () == Runs(database).begin(s(500))
    assert ((s(500), s(500)),) == Runs(database).begin(s(700))
