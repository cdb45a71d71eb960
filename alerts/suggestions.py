"""What an area's devices and its risk ask for and no rule watches: each with its clause and a ready rule.

One table: a row says of which devices it is about, what a rule must do to meet it, and which rule would. A suggestion
is made for each area where a device is left over. Nothing is switched on by it: the rule is proposed like any other.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

import msgspec

from alerts.alert import AlertClass
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.site_facts import Place
from devices.detector_trigger import detects_fire
from devices.device import OWN_FAMILY, Device
from devices.kinds import watched
from devices.message import Text
from devices.signals import base_name

Rules: TypeAlias = Sequence[Rule[Any]]
_HIGH_RISK = 2
_PAIR = 2


class Suggestion(msgspec.Struct, frozen=True):
    """``key`` of the row; ``devices`` that no rule watches so."""

    key: str
    area: str
    devices: tuple[str, ...]
    rule: Rule[Any]

    @property
    def clause(self) -> Text:
        """Which standard asks for it."""
        return Text.of(f"suggestions_clause.{self.key}")

    @property
    def text(self) -> Text:
        return Text.of(f"suggestions.{self.key}", devices=self.devices[:20], count=len(self.devices))


class _Row(msgspec.Struct, frozen=True):
    """``signals``: devices that have one of them; met by a rule of one of these ``kinds`` that watches it.

    ``classes``: of which class that rule must be; none given: of any. ``risk``: only in areas of that risk or a higher
    one (1 is the highest). ``table``: the ready rule; name and area are added.
    """

    key: str
    signals: tuple[str, ...]
    table: dict[str, Any]
    kinds: tuple[str, ...] = ()
    classes: tuple[AlertClass, ...] = ()
    risk: Literal[1, 2, 3, 4] = 4


_FIRE, _GAS = (AlertClass.FIRE,), (AlertClass.GAS, AlertClass.FIRE)
_LOOK = {
    "procedure": "1. Look at the camera, or send the nearest guard.\n2. If it is real, act by the plan of the area.",
    "procedure_zh": "1. 查看视频或派最近的保安到场确认。\n2. 属实时按该部位预案处置。",
}
_FIRE_PLAN = {
    "alert_class": "fire",
    "priority": 1,
    "procedure": "1. Evacuate the area and send the nearest guard.\n2. Confirmed: call 119 and start the fire plan.",
    "procedure_zh": "1. 疏散该部位人员，派最近的保安到场。\n2. 确认火情：拨打119，启动灭火和应急疏散预案。",
}
_GAS_PLAN = {
    "alert_class": "gas",
    "priority": 1,
    "procedure": "1. No switch, no flame; everybody out.\n2. Shut the supply off and air the place, from outside.",
    "procedure_zh": "1. 禁止开关电器和明火，撤出人员。\n2. 在室外切断气源并通风。",
}


def _state(*signals: str) -> dict[str, Any]:
    return {"kind": "state", "signals": signals}


_ROWS = (
    _Row("call_point", ("call_point",),
         {**_state("call_point"), **_FIRE_PLAN, "title": "Call point", "title_zh": "手动报警"}, classes=_FIRE),
    _Row("smoke", ("smoke",),
         {**_state("smoke"), **_FIRE_PLAN, "title": "Smoke", "title_zh": "烟雾"}, classes=_FIRE),
    _Row("heat", ("heat", "flame"),
         {**_state("heat", "flame"), **_FIRE_PLAN, "title": "Heat or flame", "title_zh": "感温或火焰"}, classes=_FIRE),
    _Row("temperature", ("temperature",),
         {"kind": "threshold", "signal": "temperature", "above": 57.0, "hysteresis": 3.0, **_FIRE_PLAN,
          "title": "Heat", "title_zh": "高温"}, classes=_FIRE, risk=2),
    _Row("co", ("co",),
         {"kind": "threshold", "signal": "co", "above": 30.0, "hysteresis": 5.0, **_GAS_PLAN,
          "title": "Carbon monoxide", "title_zh": "一氧化碳"}, classes=_GAS),
    _Row("co_alarm", ("co_alarm",),
         {**_state("co_alarm"), **_GAS_PLAN, "title": "Carbon monoxide", "title_zh": "一氧化碳"}, classes=_GAS),
    _Row("gas", ("gas_alarm",),
         {**_state("gas_alarm"), **_GAS_PLAN, "title": "Gas", "title_zh": "可燃气体"}, classes=_GAS),
    _Row("panic", ("panic", "duress"),
         {**_state("panic", "duress"), "alert_class": "hold_up", "priority": 1, "title": "Call for help",
          "title_zh": "紧急求助",
          "procedure": "1. Do not call back into the room.\n2. Call 110 and send two guards, unseen.",
          "procedure_zh": "1. 不要回拨现场电话。\n2. 拨打110，派两名保安隐蔽前往。"}, classes=(AlertClass.HOLD_UP,)),
    _Row("held_open", ("door",),
         {"kind": "held_open", "open_s": 30, "alert_class": "access", "priority": 3, **_LOOK,
          "title": "Door held open", "title_zh": "门未关"}, kinds=("held_open",)),
    _Row("intrusion", ("motion", "glass_break", "vibration"),
         {**_state("motion", "glass_break", "vibration"), "alert_class": "intrusion", "priority": 1,
          "modes": ("armed",), **_LOOK, "title": "Intrusion", "title_zh": "入侵"}, classes=(AlertClass.INTRUSION,)),
    _Row("tamper", ("tamper",),
         {"kind": "fault", "signals": ("tamper",), "alert_class": "tamper", "priority": 2, **_LOOK,
          "title": "Tampering", "title_zh": "防拆"}, classes=(AlertClass.TAMPER, AlertClass.FAULT)),
    _Row("leak", ("leak",),
         {**_state("leak"), "alert_class": "supervisory", "priority": 2, **_LOOK, "title": "Water",
          "title_zh": "漏水"}),
)  # fmt: skip
_LOST = _Row(
    "supervision", (),
    {"kind": "supervision", "alert_class": "fault", "priority": 2, "title": "Device lost", "title_zh": "设备失联",
     "procedure": "1. Watch the place in person until it is back.\n2. Technician: battery, line, address.",
     "procedure_zh": "1. 恢复前派人看守该处。\n2. 技术员：检查电池、线路和地址。"},
)  # fmt: skip
_BOTH = _Row(
    "one_detector", (),
    {"kind": "coincidence", "signals": ("smoke", "heat", "flame"), "count": 2, "within_s": 60, **_FIRE_PLAN,
     "title": "Fire confirmed by two", "title_zh": "双探测器确认火警"},
)  # fmt: skip


def suggestions(areas: Mapping[str, Place], devices: Sequence[Device], rules: Rules) -> tuple[Suggestion, ...]:
    """All that is missing, area by area in the order of the site, what concerns life first."""
    found: list[Suggestion] = []
    taken = {rule.name for rule in rules}
    for area in areas.values():
        its = [device for device in devices if device.area == area.id and device.family != OWN_FAMILY]
        for row, lacking in _missing(area, its, rules):
            found.append(_suggestion(row, area, lacking, taken))
    return tuple(found)


def _missing(area: Place, devices: Sequence[Device], rules: Rules) -> Iterable[tuple[_Row, list[Device]]]:
    for row in _ROWS:
        lacking = [device for device in devices if area.risk <= row.risk and not _is_met(row, device, rules)]
        if lacking:
            yield row, lacking
    detectors = [device for device in devices if detects_fire(device)]
    if area.risk <= _HIGH_RISK and 0 < len(detectors) < _PAIR:
        yield _BOTH, detectors
    lost = [device for device in devices if not any(rule.supervises and rule.selects(device) for rule in rules)]
    if lost:
        yield _LOST, lost


def _is_met(row: _Row, device: Device, rules: Rules) -> bool:
    declared = {base_name(signal): signal for signal in device.signals}
    quantities = set(declared) or set(watched(device.kind, device.signals))
    its = [declared.get(signal, signal) for signal in row.signals if signal in quantities]
    return all(any(_does(rule, row, device, signal) for rule in rules) for signal in its)


def _does(rule: Rule[Any], row: _Row, device: Device, signal: str) -> bool:
    is_of_kind = not row.kinds or rule.__struct_config__.tag in row.kinds
    is_of_class = not row.classes or rule.alert_class in row.classes
    return is_of_kind and is_of_class and not rule.supervises and rule.selects(device) and rule.watches(device, signal)


def _suggestion(row: _Row, area: Place, devices: Iterable[Device], taken: set[str]) -> Suggestion:
    table = {**row.table, "name": _free(f"{area.id}-{row.key}".replace("_", "-"), taken), "areas": (area.id,)}
    if "signals" in table and table["kind"] == "state":
        heard = {base_name(signal) for device in devices for signal in (device.signals or watched(device.kind, ()))}
        table["signals"] = tuple(signal for signal in table["signals"] if signal in heard) or table["signals"]
    made: Rule[Any] = msgspec.convert(table, kinds()[table["kind"]])
    return Suggestion(row.key, area.id, tuple(device.id for device in devices), made)


def _free(name: str, taken: set[str]) -> str:
    """A name that no rule has."""
    numbered: Callable[[int], str] = lambda number: name if number == 1 else f"{name}-{number}"  # noqa: E731
    number = next(number for number in range(1, len(taken) + 2) if numbered(number) not in taken)
    return numbered(number)
