"""What a site file may not say, and what the technician is told."""

import os
from pathlib import Path

import pytest

from devices.device import OWN_FAMILY, Device
from devices.errors import ConfigError
from gateway.site import model
from gateway.site.describe import notes, summary
from gateway.site.load import LARGEST_FILE, LONGEST_LINE, SiteFaults, load, parse
from gateway.site.remarks import remarks_of
from tests.gateway.site.site_texts import GOOD, swapped
from tests.words import words


def faults(text: str) -> list[tuple[int | None, str]]:
    """(line, problem) of every fault."""
    with pytest.raises(SiteFaults) as caught:
        parse(text, "site.toml")
    return [(fault.line, fault.problem) for fault in caught.value.faults]


def test_a_good_file_becomes_a_site_with_rules_of_their_kinds() -> None:
    site = parse(GOOD, "site.toml")
    kinds = [type(rule).__name__ for rule in site.rules[2:]]
    assert ["StateRule", "ThresholdRule", "StateRule", "SupervisionRule"] == kinds
    assert ["store", "gate"] == [area.id for area in site.areas]
    assert (0.25, 0.5) == site.devices[0].position


_DOOR = (
    '[[socket]]\nname = "door"\nfamily = "ndjson"\nhost = "127.0.0.1"\ntcp = 5000\nallow = ["10.0.0.0/8"]\n[storage]'
)

BROKEN = [
    # (name, what to replace, by what, words of the message)
    ("unknown area", 'area = "gate"', 'area = "gaet"', ["no area 'gaet'", "did you mean 'gate'?"]),
    ("unknown family", 'family = "keyarea"', 'family = "keyaera"', ["no family 'keyaera'", "did you mean 'keyarea'?"]),
    ("unknown signal", 'signals = ["door"]\ntags', 'signals = ["dor"]\ntags', ["no signal 'dor'", "'door'"]),
    ("unknown signal of a rule", 'signal = "temperature"', 'signal = "temprature"', ["no signal", "'temperature'"]),
    ("unknown kind", 'kind = "threshold"', 'kind = "treshold"', ["did you mean 'threshold'?", "known: ", "held_open"]),
    ("kind of a wrong type", 'kind = "threshold"', "kind = 7", ["rule kind", "the number 7", "known: "]),
    ("kind that is a table", 'kind = "threshold"', "kind = {}", ["rule kind", "a table"]),
    ("missing kind", 'kind = "threshold"\n', "", ["'kind' is missing", "threshold"]),
    ("unknown key", "interval_s = 60", "intervall_s = 60", ["unknown key 'intervall_s'", "did you mean 'interval_s'?"]),
    ("unknown table", "[mqtt]", "[mqqt]", ["unknown key 'mqqt'", "did you mean 'mqtt'?"]),
    ("missing key", 'name = "Gate"\n', "", ["'name' is missing"]),
    ("text for a number", "above = 57.0", 'above = "57"', ["must be a number", "the text '57'"]),
    ("number for a text", 'name = "Gate"', "name = 7", ["must be a text", "the number 7"]),
    ("no risk of 1 to 4", "risk = 1", "risk = 9", ["must be one of 1, 2, 3, 4", "the number 9"]),
    ("no alert class", 'alert_class = "fire"', 'alert_class = "fir"', ["must be one of", "did you mean 'fire'?"]),
    ("not a number", "above = 57.0", "above = nan", ["finite"]),
    ("infinite", "interval_s = 60", "interval_s = inf", ["finite"]),
    ("a rule without a limit", "above = 57.0\n", "", ["above, below or both"]),
    ("a device twice", 'id = "call-1"', 'id = "smoke-1"', ["'smoke-1' is used twice"]),
    ("an address twice", 'address = "call-1"', 'address = "smoke-1"', ["'smoke-1' is used twice"]),
    ("a rule twice", 'name = "hot"', 'name = "fire"', ["'fire' is used twice"]),
    ("a rule for nothing", 'areas = ["gate"]', 'areas = ["gate"]\ntags = ["inner"]', ["no device with tag 'inner'"]),
    ("selectors that exclude", 'areas = ["gate"]', 'areas = ["gate"]\ndevices = ["smoke-1"]', ["selects no device"]),
    ("a rule that sees nothing", 'signal = "temperature"', 'signal = "humidity"', ["watches nothing", "humidity"]),
    ("unknown schedule", 'schedule = "night"', 'schedule = "nite"', ["no schedule 'nite'", "'night'"]),
    ("unknown mode", 'modes = ["armed"]\n', 'modes = ["amred"]\n', ["no armed mode 'amred'", "'armed'"]),
    ("unknown mode of an area", 'name = "Gate"', 'name = "Gate"\nmode = "away"', ["not one of its modes"]),
    ("no procedure", 'procedure = "1. Look."', 'procedure = " "', ["what the operator does"]),
    ("a fire held too long", "hold_s = 30", "hold_s = 61", ["60 s at most"]),
    ("a negative delay", "hold_s = 30", "hold_s = -1", ["0 or more"]),
    ("a delayed call point", '"call_point"]\nproc', '"call_point"]\nhold_s = 5\nproc', ["call point is never delayed"]),
    ("a fire by schedule", "above = 57.0", 'above = 57.0\nschedule = "night"', ["never switched off"]),
    ("a fire by mode", "above = 57.0", 'above = 57.0\nmodes = ["armed"]', ["never switched off"]),
    ("a long entry", 'schedule = "night"', 'schedule = "night"\nhold_s = 46', ["45 s at most"]),
    ("a silent smoke detector", "interval_s = 60", "interval_s = 101", ["within 100 s", "EN 54-2", "radio"]),
    ("a silent call point by its rule", "interval_s = 100", "interval_s = 101", ["within 100 s", "'call-1'"]),
    ("no interval", "interval_s = 60", "interval_s = 0", ["more than 0 seconds"]),
    ("off the plan", "position = [0.25, 0.5]", "position = [0.25, 1.5]", ["fractions"]),
    ("half a place", "position = [0.25, 0.5]", "position = [0.25]", ["a list of 2", "found a list of 1"]),
    ("a bad time zone", 'name = "Works"', 'name = "Works"\ntime_zone = "Asia/Shangai"', ["not a time zone"]),
    ("a time zone that is a path", 'name = "Works"', 'name = "Works"\ntime_zone = "../../etc"', ["not a time zone"]),
    ("a time zone that is a folder", 'name = "Works"', 'name = "Works"\ntime_zone = "Asia"', ["not a time zone"]),
    ("a bad time of day", 'start = "18:00"', 'start = "18.00"', ["HH:MM"]),
    ("after midnight", 'end = "07:30"', 'end = "24:30"', ["HH:MM"]),
    ("a day too many", 'start = "18:00"', 'days = [0]\nstart = "18:00"', ["1 (Monday) to 7 (Sunday)"]),
    ("a plan elsewhere", "risk = 1", 'risk = 1\nplan = "../../etc/passwd"', ["'..'"]),
    ("an absolute plan", "risk = 1", 'risk = 1\nplan = "/etc/passwd"', ["beside the site file"]),
    ("data elsewhere", 'folder = "data"', 'folder = "../up"', ["'..'"]),
    ("a password", "http://127.0.0.1:8086", "http://a:b@c:8086", ["KEYAREA_INFLUX_TOKEN"]),
    ("an id of two words", 'id = "gate"', 'id = "the gate"', ["one word"]),
    ("an id with a line break", 'id = "gate"', 'id = "ga\\nte"', ["one word"]),
    ("the gateway's own area", 'id = "gate"', 'id = "gateway"', ["gateway's own"]),
    ("a wildcard", 'keyarea = "keyarea"', 'keyarea = "a/#"', ["topic base"]),
    ("no such MQTT family", 'keyarea = "keyarea"', 'keyarea = "keyarea"\nkeyaria = "x"', ["no MQTT family"]),
    ("no port", 'host = "127.0.0.1"', "port = 70000", ["from 1 to 65535"]),
    ("a key without TLS", 'host = "127.0.0.1"', 'ca_file = "ca.pem"', ["tls = true"]),
    ("a site of two words", 'id = "works"', 'id = "the works"', ["one word"]),
    ("no skew", 'name = "Works"', 'name = "Works"\nallowed_skew_s = 0', ["at least 1 seconds"]),
    ("no days kept", "keep_readings_days = 400", "keep_readings_days = 0", ["at least 1 days"]),
    ("no spool", "spool_megabytes = 64", "spool_megabytes = 0", ["at least 1 megabytes"]),
    ("no address of a server", 'url = "http://127.0.0.1:8086"', 'url = "127.0.0.1:8086"', ["must be an address like"]),
    ("a broken address", 'url = "http://127.0.0.1:8086"', 'url = "http://[::1"', ["must be an address like"]),
    ("a rule of two lines", 'name = "fire"', 'name = "fi\\nre"', ["one line"]),
    ("a rule without a name", 'name = "fire"', 'name = " "', ["one line"]),
    ("a web port", "port = 8080", "port = 80800", ["from 0 to 65535"]),
    ("no web host", 'host = "127.0.0.1"\nport', 'host = ""\nport', ["address to listen on"]),
    ("no broker", 'host = "127.0.0.1"', 'host = " "', ["must name the broker"]),
    ("no client", 'host = "127.0.0.1"', 'client_id = "a b"', ["plain characters"]),
    ("a short keep-alive", 'host = "127.0.0.1"', "keep_alive_s = 1", ["5 to 65535"]),
    ("a device of two words", 'id = "smoke-1"', 'id = "smoke 1"', ["one word"]),
    ("no address", 'address = "smoke-1"', 'address = ""', ["what the device calls itself"]),
    ("renamed to nothing", 'alarm = "motion"', 'alarm = "moton"', ["no signal 'moton'", "'motion'"]),
    ("unknown line", 'line = "yard"', 'line = "yrad"', ["no line 'yrad'", "'yard'"]),
    ("a device without its line", 'line = "yard"\n', "", ["speaks on a line"]),
    ("another family on the line", 'address = "door-1"', 'line = "yard"\naddress = "door-1"', ["'yard' speaks ndjson"]),
    ("a family nobody hears", 'family = "keyarea"', 'family = "tasmota"', ["nothing would listen", "keyarea"]),
    ("a line of two words", 'name = "yard"', 'name = "the yard"', ["one word"]),
    ("the broker's name for a line", 'name = "yard"', 'name = "mqtt"', ["gateway's own"]),
    ("a serial family that is none", 'family = "ndjson"', 'family = "keyarea"', ["no line family", "ndjson"]),
    ("a port elsewhere", 'port = "/dev/ttyS0"', 'port = "/dev/../etc/passwd"', ["whole path of a serial port"]),
    ("a port by half a name", 'port = "/dev/ttyS0"', 'port = "ttyS0"', ["whole path of a serial port"]),
    ("no speed", "baud = 9600", "baud = 0", ["from 50 to 4000000"]),
    ("a port twice", "[storage]", '[[serial]]\nname = "b"\nport = "/dev/ttyS0"\n[storage]', ["used twice"]),
    ("an option of no family", "baud = 9600", "options = { speed = 1 }", ["unknown key 'speed'"]),
    ("a door to nowhere", "[storage]", '[[socket]]\nname = "d"\nfamily = "ndjson"\n[storage]', ["listen on something"]),
    ("a door for all", "[storage]", _DOOR.replace("127.0.0.1", "::").replace("allow", "#"), ["say who may call in"]),
    ("a door of no address", "[storage]", _DOOR.replace("127.0.0.1", "localhost"), ["an address of this machine"]),
    ("a network that is none", "[storage]", _DOOR.replace("10.0.0.0/8", "10.0.0.1/8"), ["must be a network"]),
    ("no peers", "[storage]", _DOOR.replace("tcp = 5000", "tcp = 5000\nmost_peers = 0"), ["from 1 to 10000"]),
    ("peers of no network", "[storage]", _DOOR.replace("5000", '5000\npeers = {e9 = ["x"]}'), ["a network like"]),
    ("peers of nowhere", "[storage]", _DOOR.replace("tcp = 5000", "tcp = 5000\npeers = {e9 = []}"), ["at least one"]),
    ("a restless door", "[storage]", _DOOR.replace("tcp = 5000", "tcp = 5000\nsilence_s = 1"), ["at least 10 s"]),
    ("a door's port", "[storage]", _DOOR.replace("tcp = 5000", "tcp = 70000"), ["from 1 to 65535"]),
    ("a name for two lines", "[storage]", _DOOR.replace('name = "door"', 'name = "yard"'), ["used twice"]),
    ("a bus of no port", "[storage]", '[[modbus]]\nname = "bus"\n[storage]', ["one of the two"]),
    ("a bus in haste", "[storage]", '[[modbus]]\nname = "b"\nhost = "b"\npoll_s = 0.01\n[storage]', ["0.1 seconds"]),
    ("frames", "[storage]", '[[modbus]]\nname = "b"\nport = "/b"\nframing = "rtu"\n[storage]', ["goes with"]),
    ("maps elsewhere", "[storage]", '[[modbus]]\nname = "b"\nhost = "b"\nmaps = "../x"\n[storage]', ["may not lead"]),
    ("a reader that is none", "[storage]", '[[osdp]]\nname = "r"\nport = "/x"\nplain = [127]\n[storage]', ["0 to 126"]),
    ("a delayed hold-up", 'signals = ["panic"]', 'signals = ["panic"]\nhold_s = 1', ["hold-up alarm is never delayed"]),
    ("a silent intrusion", 'signals = ["motion"]', 'signals = ["motion"]\nsilent = true', ["only a hold_up alert"]),
    ("a loud duress", 'signals = ["panic"]', 'signals = ["duress"]\nsilent = false', ["always silent"]),
    ("duress as a burglary", 'signals = ["motion"]', 'signals = ["motion", "duress"]', ["duress is a hold-up"]),
    ("a screen of nobody", 'silent_alarm_screens = ["li"]', 'silent_alarm_screens = [" "]', ["name of an account"]),
    ("held for less than nothing", 'signals = ["motion"]', 'signals = ["motion"]\nhold_s = -1', ["0 or more"]),
    ("half a key pair", 'host = "127.0.0.1"', 'tls = true\ncert_file = "c.pem"', ["go together"]),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "words"), [case[1:] for case in BROKEN], ids=[c[0] for c in BROKEN])
def test_a_fault_is_told_with_its_line_and_what_was_expected(old: str, new: str, words: list[str]) -> None:
    text, line = swapped(old, new)
    told = faults(text)
    assert [] == [word for word in words if not any(word in problem for _, problem in told)], told
    # A key that is not there is told at its table's head; anything else on the line that was changed.
    end = line + new.count("\n")
    heads = [number for number, text_line in enumerate(text.split("\n"), 1) if text_line.startswith("[")]
    head = max((number for number in heads if number <= line), default=1)
    assert any(
        any(word in problem for word in words) and (line <= (at or 0) <= end or at == head) for at, problem in told
    ), told


def test_devices_that_nobody_could_hear_are_faults() -> None:
    """No [mqtt] table at all."""
    head, _, rest = GOOD.partition("[mqtt]")
    told = faults(head + rest[rest.index("[[serial]]") :])
    assert 3 == len([problem for _, problem in told if "no [mqtt] table" in problem])


def test_all_faults_come_at_once_in_the_order_of_their_lines() -> None:
    text, first = swapped('name = "Gate"', "name = 7")
    text, second = swapped('area = "store"', 'area = "stroe"', text)
    text, third = swapped('kind = "threshold"', 'kind = "treshold"', text)
    text, fourth = swapped('schedule = "night"', 'schedule = "nigth"', text)
    assert [first, second, third, fourth] == [line for line, _ in faults(text)]


def test_what_only_follows_from_another_fault_is_not_told() -> None:
    """The area that does not fit is still an area: its devices are not blamed for naming it."""
    text, line = swapped("risk = 1", "risk = 9")
    assert [(line, "must be one of 1, 2, 3, 4; found the number 9")] == faults(text)


def test_faults_after_a_table_that_does_not_fit_keep_their_lines() -> None:
    text, _ = swapped('family = "keyarea"', "family = 1")
    text, line = swapped('area = "gate"', 'area = "gaet"', text)
    assert line in [at for at, _ in faults(text)]


def test_a_hold_up_or_duress_without_a_screen_that_may_show_it_is_refused() -> None:
    """Its rule, or the device where no rule looks at its button; a rule that says that it may sound is taken."""
    nowhere = GOOD.replace('silent_alarm_screens = ["li"]\n', "")
    assert ["no screen is named" in problem for _, problem in faults(nowhere)] == [True]
    loud = nowhere.replace('signals = ["panic"]', 'signals = ["panic"]\nsilent = false')
    assert parse(loud, "site.toml").rules
    duress = loud.replace('signals = ["motion", "panic"]', 'signals = ["motion", "panic", "duress"]')
    assert [True] == ["no screen is named" in problem for _, problem in faults(duress)]
    unheard = loud.replace('alert_class = "hold_up"\npriority = 1', 'alert_class = "intrusion"\npriority = 1')
    told = faults(unheard.replace("\nsilent = false", ""))
    assert ["no screen is named" in problem for _, problem in told] == [True]
    assert "[[devices]]" == unheard.splitlines()[told[0][0] - 1]


def test_a_battery_sensor_that_says_so_may_be_silent_for_longer_and_is_named() -> None:
    text, _ = swapped("interval_s = 60", 'interval_s = 3600\ntags = ["radio"]')
    assert any("smoke-1 (3600 s)" in note for note in notes(parse(text, "site.toml")))


def test_notes_name_what_is_installed_and_not_watched() -> None:
    text, _ = swapped('signals = ["smoke", "call_point"]', 'devices = ["smoke-1"]\nsignals = ["smoke"]')
    text, _ = swapped('signal = "temperature"', 'signal = "temperature"\ndevices = ["smoke-1"]', text)
    text, _ = swapped("interval_s = 100", 'interval_s = 100\ndevices = ["smoke-1", "door-1"]', text)
    text, _ = swapped("[[schedules]]", '[[areas]]\nid = "attic"\nname = "Attic"\n\n[[schedules]]', text)
    said = list(notes(parse(text, "site.toml")))
    assert any("no device" in note and "attic" in note for note in said)
    assert any("no rule looks" in note and "call-1" in note for note in said)
    assert any("fall silent" in note and "call-1" in note and "smoke-1" not in note for note in said)


def test_a_kind_that_nobody_knows_and_a_rule_without_a_title_are_noted() -> None:
    text, _ = swapped('kind = "smoke_detector"', 'kind = "smoke_detecter"')
    text, _ = swapped('title = "Hot"\n', "", text)
    said = list(notes(parse(text, "site.toml")))
    assert "nobody knows these kinds of device: 'smoke_detecter'; did you mean 'smoke_detector'?" in said
    assert any("no title" in note and note.endswith(": hot") for note in said)


def test_a_smoke_detector_is_a_fire_device_whatever_its_kind_is_called() -> None:
    text, _ = swapped('kind = "smoke_detector"', 'kind = "smoke_detecter"')
    text, _ = swapped("interval_s = 60", "interval_s = 9000", text)
    assert any("later than the 100 s of EN 54-2: smoke-1 (9000 s)" in note for note in notes(parse(text, "site.toml")))


@pytest.mark.parametrize(
    ("device", "said"),
    [
        (Device("in-1", "tasmota", "in-1", "gate", signals=("switch", "rssi", "battery")), ["no rule looks at"]),
        (Device("in-1", "tasmota", "in-1", "gate", signals=("door",)), []),
        (Device("in-1", "tasmota", "in-1", "store", signals=("door",)), ["no rule looks at"]),  # a rule of another area
        (Device("sd", "keyarea", "sd", "store", kind="smoke_detecter", signals=("smoke",)), ["nobody knows the kind"]),
        (Device("sd", "keyarea", "sd", "store", kind="siren"), ["no rule looks at"]),
        (Device("sd", "keyarea", "sd", "store"), []),  # nobody knows yet what it reports
        (Device("line:mqtt", OWN_FAMILY, "line:mqtt", "gateway", signals=("fault",), kind="gateway_line"), []),
    ],
    ids=["unwatched", "watched", "elsewhere", "misspelt", "by kind", "unknown", "our own"],
)
def test_what_is_not_well_with_a_device_is_said(device: Device, said: list[str]) -> None:
    found = words(remarks_of(parse(GOOD, "site.toml").rules)(device))
    assert len(said) == len(found)
    assert all(beginning in remark for beginning, remark in zip(said, found, strict=True))


TOLD = """
[[channels]]
id = "group"

[[workflows.escalation.chains]]
name = "all"
silent = true
steps = [{ after_s = 30, groups = ["*"] }]
"""


def test_a_whole_site_has_no_notes_and_a_summary() -> None:
    site = parse(GOOD + TOLD, "site.toml")
    assert [] == list(notes(site))
    assert any("devices  4" in line for line in summary(site))


def test_who_is_not_told_is_said() -> None:
    assert ["no channel is"] == [note[:13] for note in notes(parse(GOOD, "site.toml"))]
    loud = TOLD.replace("silent = true\n", "")
    assert ["no chain of e"] == [note[:13] for note in notes(parse(GOOD + loud, "site.toml"))]


def test_toml_that_is_none_is_told_with_its_line() -> None:
    text, line = swapped("risk = 1", "risk = = 1")
    [(at, problem)] = faults(text)
    assert line == at
    assert "is not TOML" in problem


HOSTILE = {
    "binary": bytes(range(256)),
    "zeros": bytes(4096),
    "Latin or GB18030": 'id = "works"\nname = "化学品库"'.encode("gb18030"),
    "deep lists": b"id = " + b"[" * 9000,
    "deep lists over lines": b"id = " + b"[\n" * 9000 + b"]\n" * 9000,
    "deep tables": b"a = " + b"{a = " * 3000,
    "a key of many dots": b".".join([b"a"] * 400_000) + b" = 1",
    "a number of many digits": b"id = " + b"9" * 5000,
    "many faults": b"[[devices]]\nid = 1\n" * 2000,
    "tables for lists": b"[areas]\n[devices]\n[rules]\n[serial]\n",
    "numbers for tables": b"mqtt = 1\nareas = 1\nrules = 1\nstorage = [1]\ndevices = [1, [], {}]",
    "rules of anything": b'id = "a"\nname = "b"\nrules = [1, "x", [], {}, {kind = []}, {kind = "state", name = {}}]',
    "dates": b"id = 1979-05-27T07:32:00Z\nname = 07:32:00\n[web]\nport = 1979-05-27",
    "empty": b"",
}


@pytest.mark.slow
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes(content)
    with pytest.raises(SiteFaults) as caught:
        load(path)
    assert caught.value.faults
    for fault in caught.value.faults:
        assert fault.line is not None
        assert 1 <= fault.line <= content.count(b"\n") + 1
        assert len(str(fault)) < 600


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.touch()
    os.truncate(path, LARGEST_FILE * 1000)  # a sparse file: takes no room
    with pytest.raises(ConfigError, match="larger than 8 MiB"):
        load(path)


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (tmp_path, tmp_path / "none.toml", pipe, Path("/dev/zero"), Path("a\0b")):
        with pytest.raises(ConfigError):
            load(path)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert "works" == load(path).id


def test_lines_may_be_long_but_not_absurd() -> None:
    signals = ", ".join(['"smoke"'] * 1500)
    assert len(signals) < LONGEST_LINE
    text, _ = swapped('["smoke", "temperature"]', f'["temperature", {signals}]')
    assert parse(text, "site.toml")


def test_files_are_named_from_the_site_files_folder_and_must_be_there(tmp_path: Path) -> None:
    text, line = swapped('host = "127.0.0.1"', 'tls = true\nca_file = "ca.pem"')
    path = tmp_path / "site.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteFaults) as caught:
        load(path)
    assert [(line + 1, f"there is no file {tmp_path}/ca.pem")] == [(f.line, f.problem) for f in caught.value.faults]
    (tmp_path / "ca.pem").touch()
    mqtt = load(path).mqtt
    assert mqtt is not None
    assert (str(tmp_path / "ca.pem"), "") == (mqtt.ca_file, mqtt.cert_file)


def test_the_sample_factory_is_a_good_site_of_some_size() -> None:
    site = load(Path(model.__file__).parent / "sample" / "factory.toml")
    assert len(site.areas) >= 12
    assert len(site.devices) >= 60
    assert {area.id for area in site.areas} == {device.area for device in site.devices}


def test_a_line_for_fewer_callers_than_it_has_panels_is_refused() -> None:
    """Zones of one panel are no callers of their own."""
    device = '[[devices]]\nid = "p{n}"\nfamily = "ndjson"\nline = "door"\narea = "gate"\naddress = "{panel}/{zone}"\n'
    devices = "".join(device.format(n=n, panel=n // 2, zone=n % 2) for n in range(6))
    text, _ = swapped("[storage]", devices + _DOOR.replace("5000", "5000\nmost_peers = 2"))
    assert any("at least 3, as many panels" in problem for _, problem in faults(text))
    parse(text.replace("most_peers = 2", "most_peers = 3"), "site.toml")
