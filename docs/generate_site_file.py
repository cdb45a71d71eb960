"""Writes docs/site-file.md from the structs that the site file is read into; ``--check`` says whether it is stale."""

import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

import msgspec
from field_tables import beside_fields, default_of, described, described_above, plain, type_word, unit_of, written

from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.workflow import Workflow
from api.workflow_finder import workflows
from gateway.settings import VARIABLES
from gateway.site.model import Site
from gateway.site.safety import LONGEST_DELAYS_S

PAGE = Path(__file__).with_name("site-file.md")
_TITLE = """\
# The site file

Written by docs/generate_site_file.py from gateway/site/, devices/device.py, alerts/rules/ and
workflows/; change it there.
"""

INTRODUCTION = """\
One TOML file describes a site: its key areas, devices, prevention rules, and how the gateway reaches them.
`keyarea check site.toml` names every fault in it at once, with line and expectation, and sums up a good one with
notes on whatever is installed and not watched. `keyarea serve` refuses a file with faults.

A complete example is `gateway/site/sample/factory.toml`, the factory that `keyarea demo` runs. The smallest useful one:

```toml
id = "works"
name = "Works"

[mqtt]
host = "127.0.0.1"

[[areas]]
id = "store"
name = "Chemical store"
name_zh = "化学品库"
risk = 1

[[devices]]
id = "smoke-1"
family = "keyarea"
address = "smoke-1"
area = "store"
kind = "smoke_detector"
signals = ["smoke", "temperature"]

[[rules]]
kind = "state"
name = "fire"
alert_class = "fire"
priority = 1
signals = ["smoke"]
procedure = "1. Look at the camera. 2. Send the patrol. 3. Call 119."

[[rules]]
kind = "supervision"
name = "device-lost"
alert_class = "fault"
priority = 3
procedure = "1. Visit the device."
```

Conventions: an id is one word of up to 64 letters, digits, `-`, `_` and `.`; a key that ends in `_s` is in seconds;
an unknown key is a fault, not a comment. The file is UTF-8, at most 8 MiB. Passwords and tokens have no place in it:
they come from the environment (last section).
"""

BEFORE = {
    "mqtt": "See `deploy/README.md` for a broker that keeps alarms while the gateway is away.",
    "modbus": """\
A device on it says its unit in `address` and its register map in `model`. `7/3` is channel 3 of unit 7, a device of
its own with an area of its own (docs/modbus-maps.md).
""",
    "osdp": """\
The gateway is the control panel of the bus (RS485, 8 data bits, no parity). It asks the devices registered on the
line: a device's `address` is the reader's, 0 to 126. `"osdp/<line>/<address>"` in the key file is the reader's key
(SCBK, 32 hexadecimal digits); a reader without one is not asked, and says so as a fault. `"osdp/codes"` there turns
what is typed at keypads into words that hold no digits. The key file is read again when it changes, but for
`"osdp/codes"`, which counts from the next start.
""",
    "alarm_path": "docs/alarm-path.md says what is tried, and what is told when a link does not hold.",
    "forwarding": "docs/forwarding.md says what is told, in which order and how often.",
    "rules": "Every rule has these keys. Those of each kind are listed below; `docs/rules/` explains the kinds.",
}
"""What is said of a table before its keys, beside what its struct says."""

AFTER = {
    "devices": """\
**Silence of fire devices.** The loss of a fire device must show within 100 s (EN 54-2, GB 4717), so a longer
`interval_s` is a fault. A battery radio sensor often cannot report so often: tag it `radio`, and `keyarea check`
accepts the interval and names the device in its notes each time. Such a sensor is no fire detector in the sense of
those standards.

**What is learnt.** A device without `interval_s` gets an interval from its own rhythm: three times its usual pause,
or a quarter more than a silence that it has kept three times within a week, and a minute at least. At most 100 s for
fire devices, 4 hours for the other guarding kinds (gas, doors, motion, panic buttons ...), 25 hours for all else and
for what is tagged `radio`. The API and the console say for each device what holds and where it comes from: `set`,
`learnt` or `rule`. `learns = false` in the rule turns it off.
""",
    "rules": """\
What no rule may do, whatever the file says:

- a `fire`, `hold_up`, `gas` or `tamper` rule has no `modes` and no `schedule`: it is never switched off;
{delays}
- nothing delays a manual call point;
- a `hold_up` rule that does not say `silent = false`, and a device that tells `panic` or `duress` without one that
  does, need `silent_alarm_screens`; a rule for `duress` is of class `hold_up` and silent;
- a supervision rule gives no fire device more than 100 s;
- a rule selects at least one device, and one that has what it looks at; a rule that only hears of people's records and
  of facts needs none, and its topics are steps of workflows that there are;
- in an area with `around_the_clock = true`, the `intrusion` and `duty` rules that are about the same thing leave no
  time and no armed mode in which none of them holds.
""",
    "holidays": """\
```toml
[[holidays]]
name = "Works holiday"
name_zh = "厂休"
first = "2026-08-10"
last = "2026-08-14"
workdays = ["2026-08-22"]
```

The public holidays of China and the weekend days worked for them are known from 2004 to 2026 and need not be listed;
`public_holidays = ""` at the top of the file does without them. Of a day that is listed here this list's word counts.
The State Council announces a year in the autumn before: a later version of the gateway knows it, or list it here. Of a
year of which no day is known, weekdays apply; a site that lists holidays, or has a schedule with `only`, has a fault
that names the year (area `gateway`, part `calendar`), and goes on. Of the next year a duty alert of the lowest priority
reminds from 1 December on.
""",
    "outputs": """\
```toml
[[outputs]]
device = "siren-hall"
what = "siren"
classes = ["fire", "gas"]
areas = ["store", "hall"]
until = "reset"
```

A site without this table switches nothing. An order goes out when it is stored; if the store can't be written for 2
s, sirens, strobes and voices for fire and gas go out all the same, and the ledger says so once it can. The device
then says in a reading that it acted; if it does not within `within_s`, that is a fault alert that names the device,
and the order is sent again: twice more at that pace, then once a minute. Several tables may bind one output: it is on
while one of them wants it. Operators silence sirens, buzzers and voices (docs/api.md); alerts stand as they stood,
and a new alert, or one that comes again or is joined, sounds them anew. After a restart what should be on is ordered
again; what the gateway never switched on, it never switches off.

```toml
[[outputs]]
device = "fan-store"
what = "relay"
classes = ["fire"]
areas = ["store"]
starts = "smoke_fan"
```

**Fire equipment starts by two independent inputs** (GB 50116 4.1.6, GB 55036 12.0.11): two detectors, or a detector
and a call point, that hang in one area, or (`per = "site"`) in the areas named together. One detector with two
signals is one input, and so are a panel and the point behind it. Both must have open alerts of class fire that nobody
has reset; it is ordered in the step in which the second one alarms, and goes on until the last of them is reset. A
file in which one input would do, or no two could meet, is refused. When inputs are faulty, switched off, lost,
bypassed or testing but for one, that one starts it (`when_short = "one_input"`), or a person does (`"by_hand"`);
either way the fault *Linkage short of inputs* stands until they are back. What warns people or lets them out starts
by one input, a call point at once. **Extinguishing is never switched**: `starts = "extinguishing"` is refused, and so
is a relay or lock whose channel or device is called so, when the file is read and at each order, whoever gives it.

What starts nothing: an alert that is set aside (bypass, walk test), what is not real (but a drill, where `drills` says
so), and, of what is seen or heard, a silent hold-up. What `keyarea check` refuses: a device whose family takes no
orders; a lock that a fire or gas locks; a siren, strobe, buzzer, voice, LED or keypad for `hold_up` beside a rule that
is silent; a `within_s` of more than 100 s for fire and gas (EN 54-2); a relay that fire starts without a word of what
it moves.
""",
    "socket": """\
A talker that is cut off to make room for another is a fault that names the limit; `keyarea check` refuses a limit
below the number of panels that are registered on the line.

Where nothing proves who calls (GB/T 26875.3), a panel's address is known from the first that speaks in its name, and
moves only when that has been silent for five minutes and no alarm stands. Whoever else speaks in its name is a tamper
alert that names both: a danger from there is an alert at once, but its restores and resets are refused and not
confirmed. Say it in the site file where an address is fixed, or where it changes; it holds for every family:

```toml
[socket.peers]
e90300000000 = ["192.168.10.7"]
"1234" = ["192.168.20.0/24", "10.8.0.0/16"]   # two ways in
```
""",
}
"""What is said of a table behind its keys."""

ENVIRONMENT = """\
## What comes from the environment

{rows}

The key file: one line a key, name = hexadecimal digits, readable by the gateway's user alone (`chmod 600`).
Under `notify/` and the id of a channel stands text instead ([notification.md](notification.md)).
`"dc09/1234"` is the key of a panel's account, `"osdp/gate/1"` that of reader 1 on line `gate`, `"forwarding/arc"` that
of the receiving centre `arc`. The ledger's witness on another disk tells also that the data folder is gone. Prometheus
shows its token as `Authorization: Bearer`; signed in, technicians, managers and admins may read `/metrics` without it.
The database's address holds its password: `postgresql://...`.
"""


class Table(msgspec.Struct, frozen=True):
    """A table of the site file: how it is written, its keys' struct, and what it is for."""

    path: str
    shape: type[msgspec.Struct]
    is_list: bool
    title: str

    @property
    def written(self) -> str:
        """As its heading in the site file."""
        return f"[[{self.path}]]" if self.is_list else f"[{self.path}]"


def tables(shape: type[msgspec.Struct] = Site, within: str = "") -> Iterator[Table]:
    """Every table that may stand in a table of that shape, in the order of its fields."""
    for field in msgspec.structs.fields(shape):
        inner = _struct_in(field.type)
        if inner is not None:
            path = f"{within}{field.name}"
            yield Table(path, inner, get_origin(field.type) is tuple, plain(described(shape)[field.name]))
            yield from tables(inner, f"{path}.")
        if field.name == "workflows" and shape is Site:
            yield from workflow_tables(workflows())


def workflow_tables(found: Mapping[str, type[Workflow[Any]]]) -> Iterator[Table]:
    """The own table of each workflow that has keys."""
    for name, workflow in sorted(found.items()):
        shape = workflow.config_type
        if msgspec.structs.fields(shape):
            title = plain(inspect.cleandoc(workflow.__doc__ or "").partition("\n")[0].rstrip("."))
            yield Table(f"workflows.{name}", shape, is_list=False, title=title)
            yield from tables(shape, f"workflows.{name}.")


def _struct_in(shape: Any) -> type[msgspec.Struct] | None:
    """The struct that a table or a list of tables is read into; None for what is no table of ours."""
    bare = get_origin(shape) or shape
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        return bare
    parts = [part for part in get_args(shape) if part not in (NoneType, Ellipsis)]
    return _struct_in(parts[0]) if len(parts) == 1 and bare is not dict else None


def page() -> str:
    """The whole page."""
    parts = [_TITLE.strip(), INTRODUCTION.strip(), f"## Top level\n\n{_keys(Site)}"]
    parts += map(section, tables())
    return "\n\n".join(part for part in [*parts, _environment()] if part) + "\n"


def section(table: Table) -> str:
    """All that the page says of a table."""
    is_rules = table.shape is Rule
    parts = [f"## `{table.written}`: {table.title}", "" if is_rules else beside_fields(table.shape)]
    parts += [BEFORE.get(table.path, "").strip(), _keys(table.shape), _kinds() if is_rules else ""]
    parts.append(AFTER.get(table.path, "").strip().replace("{delays}", _delays()))
    return "\n\n".join(part for part in parts if part)


def _environment() -> str:
    rows = [f"| `{name}` | {text} |" for name, text in VARIABLES.items()]
    return ENVIRONMENT.strip().format(rows="\n".join(["| variable | for |", "| --- | --- |", *rows]))


def _keys(shape: type[msgspec.Struct]) -> str:
    """Every key that is no table of its own; SystemExit names those that the struct's docstring does not explain."""
    said = described_above(shape)
    mute = [name for name in shape.__struct_fields__ if name not in said]
    if mute:
        raise SystemExit(f"the docstring of {shape.__name__} lacks a line that begins with ``{mute[0]}``: ")
    rows = ["| key | needed | default | type | unit | meaning |", "| --- | --- | --- | --- | --- | --- |"]
    if shape is Rule:
        rows.append("| `kind` | yes | | text | | the kind of rule |")
    for field in msgspec.structs.fields(shape):
        if _struct_in(field.type) is None:
            needed = "yes" if field.required else ""
            cells = [needed, default_of(field), type_word(field.type), unit_of(field.name), plain(said[field.name])]
            rows.append(f"| `{field.name}` |" + "".join(f" {cell} |" if cell else " |" for cell in cells))
    return "\n".join(rows)


def _delays() -> str:
    """What a rule of each class may wait, of whatever kind."""
    return "\n".join(f"- {words.format(limit=limit)};" for limit, words in LONGEST_DELAYS_S.values())


def _kinds() -> str:
    rows = ["| kind | its own keys |", "| --- | --- |"]
    for name, kind in sorted(kinds().items()):
        said = described(kind)
        own = [field for field in msgspec.structs.fields(kind) if field.name in said]
        rows.append(f"| [`{name}`](rules/{name}.md) | {', '.join(map(_own_key, own))} |")
    return "\n".join(rows)


def _own_key(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return f"`{field.name}` (needed)"
    return f"`{field.name}` ({' '.join([default_of(field), unit_of(field.name)]).strip()})"


if __name__ == "__main__":
    sys.exit(written(PAGE, page()))
