"""When gateways listened: what a start knows of the runs before it."""

from sqlalchemy import insert

from devices.reading import SECOND
from gateway.stores.runs import Runs
from gateway.stores.tables import runs


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


def test_only_the_newest_runs_are_told(open_database):
    database = open_database()
    with database.writing() as connection:
        connection.execute(insert(runs), [{"started": s(start), "listened": s(start)} for start in range(1_010)])
    before = Runs(database).begin(s(2_000))
    assert (1_000, (s(1_009), s(1_009))) == (len(before), before[-1])


def test_a_clock_that_was_set_back_leaves_no_run_in_the_future(open_database):
    database = open_database()
    run = Runs(database)
    run.begin(s(1_000))
    run.note(s(5_000))
    assert () == Runs(database).begin(s(500))
    assert ((s(500), s(500)),) == Runs(database).begin(s(700))


def test_a_run_that_stood_still_is_two(open_database):
    database = open_database()
    run = Runs(database)
    run.begin(s(0))
    run.note(s(60))  # a thread was quicker than the one that notices
    run.missed(s(20), s(55))
    run.note(s(61))
    run.note(s(75))
    assert ((s(0), s(20)), (s(55), s(75))) == Runs(database).begin(s(100))


def test_readings_grow_old_by_the_time_that_a_gateway_listened(open_database):
    """Neither ten years that a clock jumped nor a year in which nobody listened count."""
    database, year = open_database(), 365 * 86_400
    for started, ended in ((0, 100), (year, year + 50), (11 * year, 11 * year + 30)):
        run = Runs(database)
        run.begin(s(started))
        run.note(s(ended), is_last=True)
    expected = {0: 11 * year + 30, 30: 11 * year, 40: year + 40, 80: year, 90: 90, 180: 0}
    runs = Runs(database)
    assert {span: s(at) for span, at in expected.items()} == {span: runs.listened_for(s(span)) for span in expected}
    assert runs.listened_for(s(181)) is None


def test_runs_by_a_clock_that_was_ahead_are_known_until_the_next_begins(open_database):
    database = open_database()
    run = Runs(database)
    assert run.ahead(s(0)) is None
    run.begin(s(10))
    run.note(s(100), is_last=True)
    assert (None, (s(70), s(100))) == (run.ahead(s(100)), run.ahead(s(70)))
    ahead = Runs(database)
    ahead.begin(s(1_000))
    ahead.note(s(1_200), is_last=True)
    assert (s(1_000), s(1_200)) == ahead.ahead(s(150))
    Runs(database).begin(s(150))
    assert Runs(database).ahead(s(150)) is None
