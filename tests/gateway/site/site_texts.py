"""Site files to break: a good one, and how to swap a line of it."""

GOOD = """\
id = "works"
name = "Works"
silent_alarm_screens = ["li"]

[mqtt]
host = "127.0.0.1"

[mqtt.families]
keyarea = "keyarea"

[[serial]]
name = "yard"
port = "/dev/ttyS0"
family = "ndjson"
baud = 9600

[storage]
folder = "data"
keep_readings_days = 400

[storage.influx]
url = "http://127.0.0.1:8086"
spool_megabytes = 64

[web]
host = "127.0.0.1"
port = 8080

[[areas]]
id = "store"
name = "Chemical store"
name_zh = "化学品库"
risk = 1
modes = ["disarmed", "armed"]

[[areas]]
id = "gate"
name = "Gate"

[[schedules]]
name = "night"
start = "18:00"
end = "07:30"

[[devices]]
id = "smoke-1"
family = "keyarea"
address = "smoke-1"
area = "store"
kind = "smoke_detector"
signals = ["smoke", "temperature"]
interval_s = 60
position = [0.25, 0.5]

[[devices]]
id = "call-1"
family = "keyarea"
address = "call-1"
area = "store"
kind = "call_point"
signals = ["call_point"]

[[devices]]
id = "door-1"
family = "keyarea"
address = "door-1"
area = "gate"
kind = "door_contact"
signals = ["door"]
tags = ["outer"]

[[devices]]
id = "beam-1"
family = "ndjson"
address = "b1"
area = "gate"
kind = "motion_detector"
signals = ["motion", "panic"]
rename = { alarm = "motion" }
line = "yard"

[[rules]]
kind = "state"
name = "beam"
title = "Somebody in the yard"
alert_class = "intrusion"
priority = 3
signals = ["motion"]
modes = ["armed"]
procedure = "1. Look."

[[rules]]
kind = "state"
name = "hold-up"
title = "Call for help"
alert_class = "hold_up"
priority = 1
signals = ["panic"]
procedure = "1. Call 110."

[[rules]]
kind = "state"
name = "fire"
title = "Fire"
alert_class = "fire"
priority = 1
signals = ["smoke", "call_point"]
procedure = "1. Look. 2. Call 119."

[[rules]]
kind = "threshold"
name = "hot"
title = "Hot"
alert_class = "fire"
priority = 1
signal = "temperature"
above = 57.0
hold_s = 30
procedure = "1. Look."

[[rules]]
kind = "state"
name = "door-at-night"
title = "Door opened at night"
alert_class = "intrusion"
priority = 2
areas = ["gate"]
signals = ["door"]
modes = ["armed"]
schedule = "night"
procedure = "1. Look."

[[rules]]
kind = "supervision"
name = "lost"
title = "Device lost"
alert_class = "fault"
priority = 3
interval_s = 100
procedure = "1. Visit the device."
"""


def swapped(old: str, new: str, text: str = GOOD) -> tuple[str, int]:
    """The text with the first ``old`` replaced, and the line (from 1) on which it stood."""
    before, found, after = text.partition(old)
    assert found, f"{old!r} is not in the text"
    return before + new + after, before.count("\n") + 1
