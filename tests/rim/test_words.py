"""What people do on the console, said on the command line to a running gateway; the words made of workflows too."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.client import Client, DataFolder, Refused
from gateway.cli import main
from tests.rim.conftest import Running, serving
from tests.rim.conftest import site as site_text
from tests.rim.processes import Mosquitto, free_port, wait_until

Keyarea = Callable[..., tuple[int, str, str]]


@pytest.fixture
def keyarea(running_gateway: Running, capsys: pytest.CaptureFixture[str]) -> Keyarea:
    """``keyarea ...`` on the running gateway: exit status, what it printed, what it complained of."""

    def run(*words: str) -> tuple[int, str, str]:
        status = main([*words, "--data", str(running_gateway.data)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_an_alert_from_its_first_step_to_its_last(running_gateway: Running, keyarea: Keyarea) -> None:
    device = running_gateway.fresh_smoke()
    running_gateway.readings(device, smoke=True)

    def found() -> str:
        return next((a["id"] for a in json.loads(keyarea("alert", "list", "--json")[1]) if a["key"] == device), "")

    alert = wait_until(found, "the alert")
    assert device in keyarea("alert", "list", "--area", "store")[1]
    assert (0, f"{alert}: acknowledged\n", "") == keyarea("alert", "acknowledge", alert, "--by", "olga")
    assert 0 == keyarea("alert", "comment", alert, "--note", "guard on the way")[0]
    status, _, complaint = keyarea("alert", "close", alert, "--finding", "false_alarm")
    assert (1, True) == (status, complaint.startswith("keyarea alert close: "))
    assert 0 == keyarea("alert", "end-cause", alert, "--note", "looked", "--sure")[0]
    keyarea("alert", "reset", alert)
    assert 0 == keyarea("alert", "close", alert, "--finding", "false_alarm", "--note", "dust")[0]
    shown = keyarea("alert", "show", alert)[1]
    assert "2. Call 119." in shown
    assert "acknowledge olga (os:" in shown
    assert alert in keyarea("alert", "list", "--all")[1]
    assert 1 == keyarea("alert", "show", "none")[0]


def test_areas_outputs_records_readings_rules_and_screens(running_gateway: Running, keyarea: Keyarea) -> None:
    assert (0, "office: disarmed\n", "") == keyarea("area", "mode", "office", "disarmed")
    assert "disarmed" in next(line for line in keyarea("area", "list")[1].splitlines() if line.startswith("office"))
    assert 1 == keyarea("area", "mode", "office", "sideways")[0]
    keyarea("area", "mode", "office", "armed")
    status, said, complaint = keyarea("output", "silence", "--by", "olga")
    assert (1, "") == (status, said)  # this site has no siren
    assert complaint.startswith("keyarea output silence: ")
    assert 2 == keyarea("output", "silence", "--by", "tom")[0]
    assert 0 == keyarea("output", "list")[0]
    assert "smoke" in keyarea("rules", "list")[1]
    assert 0 == keyarea("screen", "list")[0]
    assert keyarea("whoami")[1].startswith("os:")
    assert "olga (os:" in keyarea("whoami", "--by", "olga")[1]
    status, said, complaint = keyarea("record", "patrol", "nonsense=x", "--area", "store")
    assert (1, "", True) == (status, said, complaint.startswith("keyarea record: "))
    assert 2 == keyarea("record", "maintenance", "what=x", "--by", "kim")[0]
    device = running_gateway.fresh_smoke()
    wait_until(lambda: "21.5" in keyarea("reading", device, "temperature")[1], "the reading")
    assert 1 == keyarea("reading", "none", "temperature")[0]


def test_whoever_follows_sees_what_happens_and_goes_on_after_a_restart(own_gateway: Running) -> None:
    """From its last position: nothing twice, nothing missed."""
    client = Client(DataFolder(own_gateway.data))
    stream = client.stream()
    events = (event for event in stream if event.kind != "beat")
    client.areas.set_mode("store", "armed")  # before it listens: not seen
    begun = next(event.position for event in client.stream() if event.kind == "beat")
    assert begun is not None
    stream.position = begun
    client.areas.set_mode("office", "disarmed")
    first = next(event for event in events if event.kind == "mode")
    assert "office" in json.dumps(first.data)
    own_gateway.gateway.kill()
    own_gateway.gateway.start()
    client.areas.set_mode("office", "armed")
    then = next(event for event in events if event.kind == "mode")
    assert first.position is not None
    assert then.position is not None
    assert then.position > first.position
    with pytest.raises(Refused, match="load the lists anew"):
        list(client.stream(after=999_999))


# -- words that are made of workflows ------------------------------------------------------------------------


@pytest.fixture
def hot(broker: Mosquitto, tmp_path: Path) -> Iterator[Running]:
    """A gateway with hot work."""
    web, name = free_port(), tmp_path.name
    text = site_text(broker.port, web, smokes=3, name=name) + "\n[workflows.hot_work]\n"
    with serving(tmp_path, text, web, broker, name) as running:
        yield running


def test_a_ticket_is_issued_by_two_with_words_that_nobody_wrote(
    hot: Running, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def keyarea(*words: str) -> tuple[int, str, str]:
        status = main([*words, "--data", str(hot.data)])
        said = capsys.readouterr()
        return status, said.out, said.err

    issue = ["hot-work", "issue", "--area", "store", "--place", "bay 3", "--work", "welding", "--level", "second"]
    who = ["--hours", "4", "--worker", "Wang", "--certificate", "T-17", "--watcher", "Zhao", "--devices", "smoke-1"]
    status, said, complaint = keyarea(*issue, *who, "--by", "tom")
    assert (0, True) == (status, "it takes a second person" in said), complaint
    (waiting,) = json.loads(keyarea("consent", "list", "--json")[1])
    for name in ("tom", "mia"):  # another account of the same user of the machine is nobody else
        assert 1 == keyarea("consent", "give", "--case", waiting["id"], "--by", name)[0]
    hot.client("mia").post("/api/workflows/consent/give", {"case": waiting["id"]})
    (ticket,) = json.loads(keyarea("hot-work", "list", "--json")[1])
    assert ("bay 3", ["smoke-1"]) == (ticket["content"]["place"], ticket["content"]["devices"])
    assert "bay 3" in keyarea("hot-work", "list")[1]
    assert "welding" in keyarea("hot-work", "show", ticket["id"])[1]
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    status, said, complaint = keyarea("hot-work", "start", "--case", ticket["id"], "--by", "tom")
    assert (1, "") == (status, said)
    assert "气体" in complaint
    assert "动火地点: bay 3" in keyarea("hot-work", "show", ticket["id"])[1]
    assert (1, "") == keyarea("hot-work", "show", "none")[:2]
    assert 2 == keyarea("hot-work", "start", "--case", ticket["id"], "--by", "olga")[0]
