"""``keyarea device`` as a technician uses it, against a running gateway: what it prints, and its exit status."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from tests.gateway.test_label_sheet import codes
from tests.rim.conftest import Running
from tests.rim.processes import PATIENCE_S, wait_until
from tests.rim.test_registration import waiting

Said = tuple[int, str, str]
Keyarea = Callable[..., Said]


@pytest.fixture
def device(running_gateway: Running, capsys: pytest.CaptureFixture[str]) -> Keyarea:
    """``keyarea device ...`` on the running gateway: exit status, what it printed, what it complained of."""

    def run(verb: str, *arguments: str) -> Said:
        status = main(["device", verb, *arguments, "--data", str(running_gateway.data)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_a_detector_goes_from_the_wall_into_service(running_gateway: Running, device: Keyarea) -> None:
    running_gateway.readings("cli-1", smoke=False, battery=77)
    waiting(running_gateway, "cli-1")
    status, said, _ = device("waiting")
    assert 0 == status
    (line,) = [line for line in said.splitlines() if " cli-1 " in line]
    assert " ago" in line.split("cli-1")[0]
    assert "smoke_detector" in line
    done = device("adopt", "cli-1", "--area", "store", "--name", "North door", "--name-zh", "北门", "--by", "tom")
    assert (0, "cli-1 in store: adopted\n", "") == done
    running_gateway.readings("cli-1", smoke=True)
    status, said, _ = device("show", "cli-1")
    assert 0 == status
    assert "North door 北门" in said
    assert "adopted by tom (os:" in said

    def row() -> str:
        return next(line for line in device("list", "--area", "store")[1].splitlines() if line.startswith("cli-1 "))

    assert "keyarea cli-1" in row()
    wait_until(lambda: row().endswith(" ago"), "it is heard")
    assert "cli-1" not in device("list", "--area", "office")[1]


def test_it_is_described_anew_exchanged_and_retired(device: Keyarea) -> None:
    """Also one that has not spoken yet."""
    assert 0 == device("adopt", "cli-2", "--family", "keyarea", "--id", "cli-2", "--area", "store")[0]
    options = ("--position", "0.2,0.5", "--signals", "door, motion", "--rename", "a=door", "--tag", "x", "--tag", "y")
    assert (0, "cli-2 in store: amended\n", "") == device("amend", "cli-2", *options, "--interval", "90")
    assert "may be silent for  90 s, but no supervision rule waits for it\n" in device("show", "cli-2")[1]
    assert 0 == device("replace", "cli-2", "cli-2b", "--note", "battery leaked")[0]
    found = json.loads(device("show", "cli-2", "--json")[1])
    described = found["state"]["device"]
    assert ("cli-2b", [0.2, 0.5], ["door", "motion"], {"a": "door"}, ["x", "y"], 90) == tuple(
        described[key] for key in ("address", "position", "signals", "rename", "tags", "interval_s")
    )
    assert ["adopted", "amended", "replaced"] == [change["action"] for change in found["history"]]
    assert 0 == device("retire", "cli-2")[0]
    assert (1, "") == device("show", "cli-2")[:2]


def test_a_fire_detector_goes_by_two_people_only(running_gateway: Running, device: Keyarea) -> None:
    """Asked for on the command line; another person consents over HTTP, and then it is done."""
    options = ("--family", "keyarea", "--id", "cli-fire", "--area", "store", "--kind", "smoke_detector")
    assert 0 == device("adopt", "cli-fire", *options)[0]
    status, _, complaint = device("retire", "cli-fire", "--by", "tom")
    assert (1, True) == (status, "it takes a second person" in complaint)
    assert 0 == device("show", "cli-fire")[0]
    tom, olga = running_gateway.client("tom"), running_gateway.client("olga")
    (case,) = [it for it in tom.get("/api/workflows/consent/cases") if it["content"]["devices"] == ["cli-fire"]]
    assert ("registration", "retire") == (case["content"]["workflow"], case["content"]["tag"])
    olga.post("/api/workflows/consent/give", {"case": case["id"]})
    assert 1 == device("show", "cli-fire")[0]
    gone = wait_until(
        lambda: [a for a in olga.get("/api/alerts?open=true")["alerts"] if a["rule"] == "gateway-point-gone"],
        "an alert that the point is gone",
    )
    assert any("cli-fire" in alert["text"] for alert in gone)


def test_a_refusal_is_told_field_by_field(device: Keyarea) -> None:
    status, said, complaint = device("adopt", "q", "--family", "keyaria", "--id", "a b", "--area", "cellar")
    assert (1, "") == (status, said)
    told = complaint.splitlines()
    assert {"id", "family", "area"} == {line.split(": ")[1] for line in told}
    assert all(line.startswith("keyarea device adopt: ") for line in told)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("adopt", "nobody-here", "--area", "store"), "has not spoken since the gateway started"),
        (("adopt", "q9", "--family", "keyarea", "--id", "q9"), "say where it hangs, with --area"),
        (("amend", "none", "--name", "x"), "'none' is not installed"),
        (("amend", "smoke-0", "--name", "x"), "stands in the site file"),
        (("amend", "smoke-0"), "say what is to change"),
        (("reject", "nobody-here"), "say its --family"),
        (("readmit", "nobody-here"), "was not rejected"),
        (("finish", "smoke-0"), "is not being commissioned"),
        (("commission", "none", "--no-watch"), "'none' is not installed"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(device: Keyarea, arguments: tuple[str, ...], words: str) -> None:
    status, said, complaint = device(*arguments)
    assert (1, "") == (status, said)
    assert words in complaint


def test_signing_for_a_stranger_is_not_done(device: Keyarea) -> None:
    status, said, complaint = device("retire", "smoke-0", "--by", "nobody")
    assert (2, "") == (status, said)
    assert "there is no account 'nobody'" in complaint


def test_without_a_gateway_every_verb_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in (["list"], ["waiting"], ["show", "x"], ["retire", "x"], ["export"]):
        assert 2 == main(["device", *verb, "--data", str(tmp_path)])
        assert "no gateway answers" in capsys.readouterr().err


def test_an_address_cannot_write_to_the_terminal(running_gateway: Running, device: Keyarea) -> None:
    address = "lamp\u202e\u200b"  # the broker itself lets no escape character through
    running_gateway.readings(address, smoke=False)
    waiting(running_gateway, address)
    said = device("waiting")[1]
    assert "lamp\\u202e\\u200b" in said
    assert said.replace("\n", "").isprintable()


def test_a_sender_is_rejected_and_readmitted(running_gateway: Running, device: Keyarea) -> None:
    running_gateway.readings("cli-3", smoke=False)
    waiting(running_gateway, "cli-3")
    assert (0, "keyarea cli-3: rejected\n", "") == device("reject", "cli-3", "--note", "the neighbour's")
    assert "cli-3" in device("waiting", "--rejected")[1]
    assert (0, "keyarea cli-3: readmitted\n", "") == device("readmit", "cli-3")
    assert "cli-3" not in device("waiting", "--rejected")[1]


# -- commissioning ---------------------------------------------------------------------------------------------


def test_a_commissioning_is_watched_and_ended(running_gateway: Running, device: Keyarea) -> None:
    device("adopt", "cli-4", "--family", "keyarea", "--id", "cli-4", "--area", "store", "--signals", "smoke")
    status, said, _ = device("commission", "cli-4", "--no-watch", "--json")
    assert (0, False) == (status, bool(json.loads(said)["triggered"]))
    running_gateway.readings("cli-4", smoke=True)
    status, _, complaint = device("finish", "cli-4")
    assert 1 == status
    assert "s of listening are left" in complaint
    status, said, _ = device("finish", "cli-4", "--note", "the hall closes")
    assert 0 == status
    assert "trigger             smoke" in said
    assert "commissioned by os:" in device("show", "cli-4")[1]


def test_watching_tells_when_it_spoke_and_when_the_trigger_was_seen(
    running_gateway: Running, device: Keyarea, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is ended elsewhere meanwhile, and says so."""
    device("adopt", "cli-5", "--family", "keyarea", "--id", "cli-5", "--area", "store", "--signals", "smoke")
    device("commission", "cli-5", "--no-watch")
    running_gateway.readings("cli-5", smoke=True)
    arguments = ["device", "commission", "cli-5", "--watch", "--data", str(running_gateway.data)]
    statuses: list[int] = []
    watching = threading.Thread(target=lambda: statuses.append(main(arguments)))
    watching.start()
    running_gateway.client("tom").post("/api/devices/cli-5/finish", {"note": "seen from elsewhere"})
    watching.join(PATIENCE_S)
    said = capsys.readouterr()
    assert [1] == statuses
    assert "is not being commissioned" in said.err
    assert said.out == "" or "trigger seen" in said.out


# -- lists -----------------------------------------------------------------------------------------------------


def test_a_list_goes_out_and_comes_in(device: Keyarea, tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    device("adopt", "cli-6", "--family", "keyarea", "--id", "cli-6", "--area", "office", "--name", "=cmd|' /C calc'!A0")
    assert 0 == device("export", "--area", "office", "-o", str(path))[0]
    assert "'=cmd" in path.read_text("utf-8-sig")
    status, _, complaint = device("export", "-o", str(path))
    assert 1 == status
    assert "write over it with --force" in complaint
    assert 0 == device("export", "--area", "office", "-o", str(path), "--force")[0]
    text = path.read_text("utf-8-sig").replace("'=cmd|' /C calc'!A0", "北门")
    path.write_text(text + "cli-7,,,office,,keyarea,cli-7,,,,,,,\r\n", encoding="gb18030")
    status, said, _ = device("import", str(path), "--check")
    assert 0 == status
    assert "would be 1 adopted, 1 amended" in said
    assert 1 == device("show", "cli-7")[0]
    status, said, _ = device("import", str(path), "--by", "tom", "--note", "Halle 3")
    assert 0 == status
    assert "1 adopted, 1 amended" in said
    assert "Halle 3" in device("show", "cli-7")[1]
    assert "nothing to change" in device("import", str(path))[1]


def test_every_fault_of_a_list_is_named_by_file_row_and_column(device: Keyarea, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("id,family,address,area\nz1,keyarea,z1,store\nz2,keyaria,z2,store\n,keyarea,z3,store\n")
    status, said, complaint = device("import", str(path))
    assert (1, "") == (status, said)
    told = complaint.splitlines()
    assert 3 == len(told)
    assert told[0].startswith(f"{path}: row 3, column family: ")
    assert told[1].startswith(f"{path}: row 4, column id: ")
    assert told[-1].endswith("nothing was imported")
    faults: list[dict[str, Any]] = json.loads(device("import", str(path), "--json")[1])["faults"]
    assert [(3, "family"), (4, "id")] == [(fault["row"], fault["column"]) for fault in faults]
    assert 1 == device("show", "z1")[0]


def test_a_file_larger_than_a_list_may_be_is_not_read_whole(device: Keyarea, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    status, _, complaint = device("import", str(path))
    assert 1 == status
    assert "larger than 4 MiB" in complaint


def test_what_is_written_takes_the_place_of_a_link_and_not_of_what_it_points_at(
    device: Keyarea, tmp_path: Path
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    link = tmp_path / "devices.csv"
    link.symlink_to(precious)
    assert 1 == device("export", "-o", str(link))[0]
    assert 0 == device("export", "-o", str(link), "--force")[0]
    assert "keep me" == precious.read_text()
    assert not link.is_symlink()


# -- labels ----------------------------------------------------------------------------------------------------


def test_labels_are_printed_and_lead_to_the_console(running_gateway: Running, device: Keyarea, tmp_path: Path) -> None:
    path = tmp_path / "labels.pdf"
    status, said, complaint = device("labels", "smoke-1", "smoke-0", "--sheet", "2x4", "-o", str(path))
    assert (0, f"2 labels in {path}; they lead to {running_gateway.url}\n") == (status, said)
    assert "set `url` of [web]" in complaint
    page = f"{running_gateway.url}/console/devices/"
    assert [[page + "smoke-0", page + "smoke-1"]] == codes(path.read_bytes())
    assert 1 == device("labels", "none", "-o", str(tmp_path / "x.pdf"))[0]
    assert "print area by area" not in device("labels", "--area", "office", "-o", str(tmp_path / "y.pdf"))[2]
    assert "no device to print" in device("labels", "--area", "nowhere", "-o", str(tmp_path / "z.pdf"))[2]
    assert 1 == device("labels", "smoke-0", "-o", str(path))[0]
