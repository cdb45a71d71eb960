"""Rules tried on what a data folder holds: readings, modes, what people did and found; by one process and by two."""

from pathlib import Path

import pytest

from alerts.alert import Alert, AlertClass, AlertEvent, Disposition, State
from alerts.effects import Effects, ModeChanged
from alerts.facts import SUPPRESSION_BEGUN, Fact
from alerts.lifecycle import Action
from alerts.moves import SetMode
from alerts.rules_in_force import RULES, RuleInForce, table_of
from alerts.trial.recording import Handled, HeldBack, Missed
from devices.message import plain
from devices.reading import SECOND, Instant, Reading
from gateway.cli import main
from gateway.rule_trial import try_rules
from gateway.site.load import parse
from gateway.site.model import Site
from gateway.stores.database import Database
from gateway.stores.installation import Installation
from gateway.stores.recorded_events import recorded_events
from gateway.stores.records import SqlRecords
from gateway.stores.runs import Runs
from gateway.stores.series_sqlite import SeriesSqlite

START: Instant = 1_795_363_200 * SECOND
SITE = """
id = "works"
name = "Works"
[mqtt]
host = "127.0.0.1"
[[areas]]
id = "store"
name = "Store"
[[areas]]
id = "hall"
name = "Hall"
[[devices]]
id = "a"
family = "keyarea"
address = "a"
area = "store"
signals = ["smoke", "door"]
[[devices]]
id = "b"
family = "keyarea"
address = "b"
area = "hall"
signals = ["smoke", "door"]
"""
SMOKE = '[[rules]]\nkind = "state"\nname = "smoke"\nalert_class = "fire"\npriority = 1\nsignals = ["smoke"]\n'
DOOR = (
    '[[rules]]\nkind = "state"\nname = "door"\nalert_class = "intrusion"\npriority = 2\nsignals = ["door"]\n'
    'modes = ["armed"]\n'
)
PROCEDURE = 'procedure = "Look."\n'


def at(second: float) -> Instant:
    return START + int(second * SECOND)


def site_of(*rules: str) -> Site:
    return parse(SITE + "".join(rule + PROCEDURE for rule in rules), "site.toml")


def alert(name: str, raised: float, disposition: Disposition) -> Alert:
    return Alert(
        *(name, "smoke", "1", "store", "a", AlertClass.FIRE, 1, plain("smoke"), State.CLOSED),
        *(at(raised), at(raised + 100), ()),
        closed=at(raised + 100),
        closed_by="li",
        disposition=disposition,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Smoke at 100 s and 4,000 s, a door at 2,000 s, the store armed at 1,500 s; the first smoke was real."""
    series = SeriesSqlite(tmp_path, lambda: START)
    told = [(0, "smoke", False), (0, "door", False), (100, "smoke", True), (300, "smoke", False)]
    told += [(2_000, "door", True), (2_100, "door", False), (4_000, "smoke", True), (4_100, "smoke", False)]
    series.append([Reading(d, s, v, at(n), at(n)) for d in "ab" for n, s, v in told])
    series.close()
    with Database.in_folder(tmp_path) as database:
        records = SqlRecords(database, "works")
        closed = alert("1", 100, Disposition.CONFIRMED)
        steps = [AlertEvent(closed, Action.CLOSE, at(200), "li"), AlertEvent(closed, Action.COMMENT, at(200), "li")]
        fact = Fact(
            workflow="anything", case="1", step="begun", at=at(5_000), text=plain("held"), area="store",
            devices=("a",), topics=(SUPPRESSION_BEGUN,), book="",
        )  # fmt: skip
        armed = ModeChanged("store", "armed", "li", at(1_500))
        records.commit(Effects(alerts=steps, modes=[armed], facts=[fact]), (), (), at(5_000))
        Installation(records.documents).note_site(SITE + SMOKE + PROCEDURE, START)
    return tmp_path


def test_what_was_recorded_beside_readings_is_told_at_its_time(folder: Path) -> None:
    with Database.to_look_at(folder) as database:
        runs = Runs(database)
        runs.begin(at(0))
        runs.note(at(600), is_last=True)
        Runs(database).begin(at(700))
        records = SqlRecords(database, "works")
        found = recorded_events(records, {"store": "disarmed", "hall": "disarmed"}, at(0), at(9_000))
        later = recorded_events(records, {"store": "disarmed", "hall": "disarmed"}, at(1_600), at(9_000))
    assert ["1"] == [told.case for _, (told,) in found.moments if isinstance(told, Fact)]
    assert [
        (at(200), Handled("smoke", "a", "close", "li", Disposition.CONFIRMED)),
        (at(600), Missed(at(600), at(700))),
        (at(1_500), SetMode("store", "armed")),
        (at(5_000), HeldBack(frozenset({"a"}), is_held=True)),
    ] == [(when, told) for when, (told,) in found.moments if not isinstance(told, Fact)]
    assert ({"store": "disarmed", "hall": "disarmed"}, {"store": "armed", "hall": "disarmed"}) == (
        found.modes,
        later.modes,
    )
    assert [(at(100), Disposition.CONFIRMED)] == [(each.since, each.disposition) for each in found.findings]
    assert found.kept_since is None


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_rules_are_tried_beside_those_that_run(folder: Path, processes: int) -> None:
    running, tried = site_of(SMOKE), site_of(SMOKE.replace('smoke"]', 'smoke"]\nhold_s = 30'), DOOR)
    done: list[float] = []
    with Database.to_look_at(folder) as database:
        records = SqlRecords(database, "works")
        trial = try_rules(running.rules, tried, folder, records, (at(0), at(9_000)), processes, done.append)
    report = trial.report
    assert processes == len(trial.jobs)
    assert [("door", "a", at(2_000))] == [(each.rule, each.key, each.at) for each in report.gained]
    assert (16, 0, 4) == (report.readings, len(report.lost), len(report.moved))
    assert [30.0] == [incident.later_s for incident in report.incidents]
    assert report.false_gained == report.gained
    assert done[-1] == 1


def test_the_word_says_what_is_gained_and_how_fast_it_was(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    file = folder / "site.toml"
    file.write_text(SITE + SMOKE + PROCEDURE + DOOR + PROCEDURE)
    words = ["rules", "try", str(file), "--data", str(folder), "--processes", "1", "--since", "99999d"]
    assert 0 == main(words)
    said = capsys.readouterr().out
    for part in ("against the running rules 1 gained, 0 lost", "1 caught, 0 missed", "1 added", "Gained:", "state"):
        assert part in said
    assert 0 == main([*words, "--json"])
    assert '"readings_per_second"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("site", "arguments", "status", "said"),
    [
        (SITE, ["--data", "nowhere"], 2, "there is no"),
        (SITE + SMOKE, [], 1, "procedure"),
        (SITE + '[storage.influx]\nurl = "http://127.0.0.1:8086"\n', [], 2, "InfluxDB"),
    ],
)
def test_what_cannot_be_tried_says_why(
    site: str, arguments: list[str], status: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "site.toml"
    file.write_text(site)
    assert status == main(["rules", "try", str(file), *arguments])
    assert said in capsys.readouterr().err


def test_a_site_that_nobody_ran_names_what_to_compare_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "other.toml"
    file.write_text(SITE + SMOKE + PROCEDURE)
    empty = tmp_path / "empty"
    empty.mkdir()
    Database.in_folder(empty).close()
    assert 2 == main(["rules", "try", str(file), "--data", str(empty)])
    assert "--against" in capsys.readouterr().err


def test_the_rules_at_work_are_those_that_were_approved_last(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = site_of(SMOKE, DOOR).rules
    cases = [
        RuleInForce(id=rule.name, area="", opened=START, rule=table_of(rule), number=1, since=START) for rule in rules
    ]
    with Database.to_look_at(folder) as database:
        kept = Effects(cases={(RULES, case.id): case for case in cases})
        SqlRecords(database, "works").commit(kept, (), (), at(6_000))
    file = folder / "site.toml"
    file.write_text(SITE + SMOKE + PROCEDURE)
    assert 0 == main(["rules", "try", str(file), "--data", str(folder), "--processes", "1", "--since", "99999d"])
    assert "0 gained, 1 lost" in capsys.readouterr().out
