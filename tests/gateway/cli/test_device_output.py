"""What ``keyarea device`` prints and writes, without a gateway."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from api.client.devices import Due, Upkeep
from api.client.registration import Commissioning
from devices.reading import SECOND
from gateway.cli import main
from gateway.cli.device.look import _kept_up
from gateway.cli.device.walk import _told
from gateway.cli_output import ago, print_table, shown, write_file
from tests.words import refused


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("North door 北门", "North door 北门"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202eabc", "\\u202eabc"),
        ("\x9b31m", "\\x9b31m"),
        (21.5, "21.5"),
    ],
)
def test_what_does_not_print_is_spelt_out(text: object, safe: str) -> None:
    assert safe == shown(text)


def test_columns_stand_under_each_other_whatever_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("ID", "NAME", "KIND"), [("a", "北门", "x"), ("b", "North", "y")])
    assert "ID  NAME   KIND\na   北门   x\nb   North  y\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s ago"), (119, "119 s ago"), (120, "2 min ago"), (7200, "2 h ago"), (200_000, "2 d ago"), (-5, "0 s ago")],
)
def test_ages_are_short(seconds: int, said: str) -> None:
    assert said == ago(10**18 - seconds * SECOND, 10**18)


def test_a_file_is_written_whole_with_its_mode_and_only_over_another_if_told_so(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_file(path, b"one", force=False, mode=0o600)
    assert (b"one", 0o600) == (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
    with refused("--force"):
        write_file(path, b"two", force=False)
    with refused("is a folder"):
        write_file(tmp_path, b"two", force=True)
    write_file(path, b"two", force=True)
    assert [path] == list(tmp_path.iterdir())
    assert b"two" == path.read_bytes()


@pytest.mark.parametrize("options", [("--position", "left"), ("--position", "0.2"), ("--rename", "switch")])
def test_an_option_that_makes_no_sense_says_what_was_expected(
    options: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["device", "amend", "x", *options])
    assert "expected" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["list", "show", "waiting", "adopt", "amend", "replace", "import", "commission"])
def test_every_verb_teaches(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["device", verb, "--help"])
    assert 0 == caught.value.code
    assert "--data FOLDER" in capsys.readouterr().out


def test_a_commissioning_is_told_so_that_a_person_on_a_ladder_sees_it_at_once() -> None:
    seen = Commissioning(
        device="smoke-9",
        by="tom",
        started=at(0),
        left_s=421.9,
        wanting=("421 s of listening are left",),
        measured={"messages": 3, "heartbeat_s": 60.0, "trigger": "smoke"},
        last_heard=at(177),
        triggered=at(150),
    )
    assert [
        "smoke-9  just spoke, 3 s ago   7:01 left",
        "[x] trigger seen 30 s ago",
        "messages 3, heartbeat_s 60.0, trigger smoke",
        "  wanting: 421 s of listening are left",
    ] == _told(seen, 180 * SECOND).plain.splitlines()
    silent = replace(seen, measured={}, last_heard=None, triggered=None)
    assert ["smoke-9  has not spoken yet   7:01 left", "[ ] no trigger seen yet"] == (
        _told(silent, 180 * SECOND).plain.splitlines()[:2]
    )


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def kept(**known: Any) -> Upkeep:
    """What is known of how a device is kept up, and nothing else."""
    nothing = dict.fromkeys(Upkeep.__struct_fields__)
    words = dict.fromkeys(("interval_from", "battery_note", "link_signal", "firmware", "via"), "")
    return Upkeep(**{**nothing, **words, "is_lost": False, "is_link_weak": False, "due": (), "remarks": (), **known})


@pytest.mark.parametrize(
    ("upkeep", "expected"),
    [
        (kept(), {}),
        (kept(interval_s=72.0, interval_from="learnt"), {"may be silent for": "72 s (learnt)"}),
        (kept(battery=41.0, battery_days_left=90), {"battery": "41 %, about 90 days left"}),
        (
            kept(link_signal="rssi", link_min=-91.0, is_link_weak=True),
            {"radio": "rssi -91 at worst, weak"},
        ),
        (kept(due=(Due("test", "2026-12-01", 5),)), {"due": "test on 2026-12-01 (5 days)"}),
    ],
    ids=["nothing", "learnt", "battery", "radio", "due"],
)
def test_upkeep_is_told_where_there_is_something_to_tell(upkeep: Upkeep, expected: dict[str, str]) -> None:
    assert expected == {title: text for title, text in _kept_up(upkeep, None).items() if text}
