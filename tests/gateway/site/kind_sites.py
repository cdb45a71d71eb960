"""A site around the example of a rule kind, made from its docstring: a new kind is covered as soon as it has one."""

import inspect
import tomllib
from typing import Any, get_args

import msgspec

from alerts.kinds import kinds
from alerts.rule import Rule
from devices.signals import SIGNALS

HEAD = 'id = "works"\nname = "Works"\nsilent_alarm_screens = ["li"]\n\n[mqtt]\nhost = "127.0.0.1"\n'


def example(kind: str) -> dict[str, Any]:
    """The rule of the docstring, as a table."""
    text = inspect.getdoc(inspect.getmodule(kinds()[kind])) or ""
    ((table,),) = tomllib.loads("[[rules]]" + text.partition("[[rules]]")[2]).values()
    return dict(table)


def written(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {written(inner)}' for key, inner in value.items()) + " }"
    return msgspec.json.encode(value).decode()


def rule_text(table: dict[str, Any]) -> str:
    return "\n[[rules]]\n" + "".join(f"{key} = {written(value)}\n" for key, value in table.items())


def site_text(*rules: dict[str, Any], more: str = "") -> str:
    """A file with these rules and whatever they name: areas, devices that tell everything, schedules, shifts."""
    areas = {"hall", *(area for rule in rules for area in rule.get("areas", ()))}
    modes = sorted({"disarmed", *(mode for rule in rules for mode in rule.get("modes", ()))})
    names = {f"all-{area}" for area in areas} | {name for rule in rules for name in rule.get("devices", ())}
    chosen = {key: sorted({one for rule in rules for one in rule.get(key, ())}) for key in ("device_kinds", "tags")}
    text = HEAD
    for area in sorted(areas):
        text += f"\n[[areas]]\nid = {written(area)}\nname = 'x'\nmodes = {written(modes)}\n"
    schedules = {str(rule["schedule"]) for rule in rules if rule.get("schedule")}
    for name in sorted(name for name in schedules if f'name = "{name}"' not in more):
        text += f"\n[[schedules]]\nname = {written(name)}\nstart = '22:00'\nend = '06:00'\n"
    for name in sorted(names):
        area = name.removeprefix("all-") if name.startswith("all-") else min(areas)
        text += f"\n[[devices]]\nid = {written(name)}\nfamily = 'keyarea'\naddress = {written(name)}\n"
        text += f"area = {written(area)}\nsignals = {written(sorted(SIGNALS))}\ntags = {written(chosen['tags'])}\n"
        text += f"kind = {written(chosen['device_kinds'][0] if chosen['device_kinds'] else 'heat_detector')}\n"
    return text + more + "".join(map(rule_text, rules))


def line_of(text: str, wanted: str) -> int:
    """The last line that begins so."""
    return max(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(wanted))


def own_fields(kind: str) -> list[msgspec.structs.FieldInfo]:
    return [field for field in msgspec.structs.fields(kinds()[kind]) if field.name not in Rule.__struct_fields__]


def signal_fields(kind: str) -> list[str]:
    """The kind's own keys that hold names of signals, found by trying."""
    found = []
    for field in own_fields(kind):
        for value in ("pressure", ("pressure",)):
            made = built({**example(kind), field.name: value}, kind)
            if made is not None and "pressure" in made.watched_signals():
                found.append(field.name)
    return found


def number_fields(kind: str) -> list[str]:
    numbers = (int, float)
    return [f.name for f in own_fields(kind) if f.type in numbers or set(get_args(f.type)) & set(numbers)]


def built(table: dict[str, Any], kind: str) -> Rule[Any] | None:
    try:
        return msgspec.convert(table, kinds()[kind])
    except (msgspec.ValidationError, ValueError):
        return None
