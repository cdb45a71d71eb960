"""The vocabulary of signals: name, type, unit, meaning, Chinese label, and what a value may be.

A second channel of the same quantity carries a suffix: ``temperature.2``. Nothing else in the product defines a
unit: whoever needs one asks here.
"""

import math

import msgspec

from devices.errors import MalformedMessage
from devices.message import Text
from devices.reading import Value

_MOST_TEXT = 256


class Signal(msgspec.Struct, frozen=True):
    """One quantity. ``python_type`` is bool, float or str; ``lowest`` and ``highest`` bound a number, in ``unit``.

    ``alarm`` marks what is a danger by itself: found active at a start, it counts as much as when it becomes so.
    """

    name: str
    python_type: type
    unit: str
    meaning: str
    label_zh: str
    lowest: float | None = None
    highest: float | None = None
    alarm: bool = False


def _flag(name: str, meaning: str, label_zh: str, *, alarm: bool = False) -> Signal:
    return Signal(name, bool, "", meaning, label_zh, alarm=alarm)


def _number(name: str, unit: str, lowest: float, highest: float, meaning: str, label_zh: str) -> Signal:
    return Signal(name, float, unit, meaning, label_zh, lowest, highest)


def _text(name: str, meaning: str, label_zh: str) -> Signal:
    return Signal(name, str, "", meaning, label_zh)


_ALL = (
    _flag("fire", "a fire alarm without a word of what tripped it", "火警", alarm=True),
    _flag("smoke", "smoke is detected", "烟雾报警", alarm=True),
    _number("smoke_density", "%/m", 0, 100, "obscuration by smoke", "烟雾浓度"),
    _flag("heat", "a heat detector has tripped", "感温报警", alarm=True),
    _number("temperature", "°C", -273.15, 3_200, "temperature", "温度"),
    _number("humidity", "%", 0, 110, "relative humidity (a wet sensor reads a little over 100)", "湿度"),
    _flag("co_alarm", "carbon monoxide is detected", "一氧化碳报警", alarm=True),
    _number("co", "ppm", 0, 100_000, "carbon monoxide", "一氧化碳"),
    _number("co2", "ppm", 0, 1_000_000, "carbon dioxide", "二氧化碳"),
    _number("oxygen", "%", 0, 100, "oxygen in the air, by volume", "氧气浓度"),
    _number("h2s", "ppm", 0, 100_000, "hydrogen sulfide", "硫化氢"),
    _number("tvoc", "ppb", 0, 10_000_000, "volatile organic compounds", "挥发性有机物"),
    _number("formaldehyde", "mg/m³", 0, 1_000, "formaldehyde", "甲醛"),
    _number("pm", "µg/m³", 0, 100_000, "particulate matter up to 2.5 µm", "颗粒物"),
    _number("gas", "%LEL", 0, 1_000, "combustible gas, of its lower explosive limit", "可燃气体浓度"),
    _flag("gas_alarm", "combustible gas is detected", "可燃气体报警", alarm=True),
    _flag("flame", "a flame is seen", "火焰报警", alarm=True),
    _flag("call_point", "a manual call point is pressed", "手动报警按钮", alarm=True),
    _flag("water_flow", "a sprinkler line flows", "水流指示", alarm=True),
    _flag("motion", "something moves", "移动"),
    _flag("occupancy", "somebody is there", "有人"),
    _flag("door", "a door or window is open", "门窗开启"),
    _flag("lock", "a lock is open", "门锁开启"),
    _flag("glass_break", "glass breaks", "玻璃破碎"),
    _flag("vibration", "something shakes", "振动"),
    _flag("panic", "a panic button is pressed", "紧急报警", alarm=True),
    _flag("duress", "somebody is forced to open or disarm", "胁迫报警", alarm=True),
    _flag("intrusion", "an intrusion alarm system reports a break-in", "入侵报警", alarm=True),
    _flag("alarm", "an alarm system reports an alarm without a word of its kind", "报警", alarm=True),
    _flag("leak", "water where none should be", "漏水", alarm=True),
    _number("pressure", "kPa", -1_000, 10_000_000, "pressure", "压力"),
    _number("level", "m", -1_000, 100_000, "height of a liquid", "液位"),
    _number("flow", "L/s", -100_000, 100_000, "flow of a liquid", "流量"),
    _number("air_flow", "m³/min", -100_000, 100_000, "flow of air", "风量"),
    _number("air_speed", "m/s", -1_000, 1_000, "speed of air", "风速"),
    _number("duration", "s", 0, 1e9, "how long something took", "时长"),
    _number("illuminance", "lx", 0, 1_000_000, "light", "照度"),
    _number("noise", "dB", 0, 200, "level of sound, A-weighted", "噪声"),
    _flag("tamper", "the housing is opened", "防拆报警", alarm=True),
    _flag("fault", "the device reports a fault", "故障", alarm=True),
    _flag("disabled", "the device is switched off on purpose", "屏蔽"),
    _flag("supervisory", "a supervisory condition (valve, water level) stands", "监管", alarm=True),
    _flag("mains", "mains power is there", "主电"),
    _flag(
        "external_power", "it is fed from outside; without that by its battery, which may be as it should", "外部供电"
    ),
    _flag("battery_low", "the battery must be changed", "电池电量低", alarm=True),
    _number("battery", "%", 0, 100, "charge of the battery", "电池电量"),
    _number("voltage", "V", -100_000, 1_000_000, "voltage", "电压"),
    _number("current", "A", -100_000, 1_000_000, "current", "电流"),
    _number("power", "W", -1e9, 1e9, "electrical power", "功率"),
    _number("residual_current", "mA", 0, 1_000_000, "residual current", "剩余电流"),
    _number("rssi", "dBm", -200, 100, "strength of the radio signal", "信号强度"),
    _number("linkquality", "", 0, 255, "quality of the radio link, 0 to 255", "链路质量"),
    _text("credential", "the card or code that was presented", "凭证"),
    _text("access", "granted, or denied and why", "门禁结果"),
    _text("checkpoint", "the checkpoint that was scanned, and by whom", "巡更点"),
    _text("plate", "the number plate that was read, and which way if that is told (沪A31207 out)", "车牌"),
    _text("action", "what was pressed on a button or remote control", "按键动作"),
    _text("arm_request", "the armed mode that a keypad asks for", "布防请求"),
    _flag("siren", "a siren sounds", "警号"),
    _text("voice", "the message that a voice device speaks, by text or number; empty: none", "语音播报"),
    _flag("switch", "a relay or input is on", "开关"),
    _flag("started", "equipment runs", "启动"),
    _flag("feedback", "equipment reports that it ran", "反馈"),
    _flag("delaying", "equipment is about to start, its delay runs", "延时启动"),
    _flag("manual_mode", "automatic systems stand in manual", "手动状态"),
    _flag("silenced", "a sounder was silenced", "消音"),
    _number("count", "", 0, 1e15, "how often something happened", "计数"),
    _flag("test", "the device is being tested", "测试"),
    _flag("online", "the device can be reached", "在线"),
)

SIGNALS: dict[str, Signal] = {signal.name: signal for signal in _ALL}
_RANKS = {name: number for number, name in enumerate(SIGNALS)}
_ALARMS = frozenset(signal.name for signal in _ALL if signal.alarm)
DANGERS = _ALARMS - {"tamper", "fault", "supervisory", "battery_low"}
"""What is wrong with the place, not with the device: nobody has to know a device to know that these are a danger."""


def base_name(signal: str) -> str:
    """The quantity of a signal: ``temperature`` for ``temperature.2``."""
    return signal.partition(".")[0] if "." in signal else signal


def rank(signal: str) -> int:
    """Its place in the vocabulary, where danger to life comes first; after all others for a word that is not in it."""
    return _RANKS.get(base_name(signal), len(_RANKS))


def counts_in_snapshot(signal: str) -> bool:
    """Whether the signal, found active at a start, is an alarm by itself (smoke is; an open door is not)."""
    return signal in _ALARMS or base_name(signal) in _ALARMS


def is_danger(signal: str, value: Value) -> bool:
    """Whether that is a danger to the place that somebody must look at, whoever says it."""
    return value is True and (signal in DANGERS or base_name(signal) in DANGERS)


def check(signal: str, value: Value) -> Value:
    """The value in its signal's type. Raises MalformedMessage: unknown signal, wrong type, not finite, out of range."""
    known = SIGNALS.get(signal) or SIGNALS.get(base_name(signal))
    if known is None:
        raise MalformedMessage(Text.of("signals.unknown", signal=repr(signal[:60])))
    if known.python_type is float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise MalformedMessage(Text.of("signals.no_number", signal=signal, type=type(value).__name__))
        number = float(value) if abs(value) < 1e300 else math.inf
        if not math.isfinite(number):
            raise MalformedMessage(Text.of("signals.not_finite", signal=signal))
        if known.lowest is not None and known.highest is not None and not known.lowest <= number <= known.highest:
            raise MalformedMessage(
                Text.of(
                    "signals.outside",
                    signal=signal,
                    number=number,
                    lowest=known.lowest,
                    highest=known.highest,
                    unit=known.unit,
                )
            )
        return number
    if not isinstance(value, known.python_type):
        key = "signals.no_flag" if known.python_type is bool else "signals.no_text"
        raise MalformedMessage(Text.of(key, signal=signal, type=type(value).__name__))
    if isinstance(value, str) and len(value) > _MOST_TEXT:
        raise MalformedMessage(Text.of("signals.too_long", signal=signal, most=_MOST_TEXT))
    return value
