"""What hangs on a wall: the kinds of device, what people call them, and the signals that make them what they are."""

from collections.abc import Iterable

import msgspec

from devices.signals import SIGNALS, base_name


class Kind(msgspec.Struct, frozen=True):
    """``signals`` are what it is there for: one of them says that it works."""

    id: str
    name: str
    name_zh: str
    signals: tuple[str, ...]


_ALL = (
    Kind("smoke_detector", "Smoke detector", "烟感探测器", ("smoke", "smoke_density")),
    Kind("heat_detector", "Heat detector", "感温探测器", ("heat",)),
    Kind("flame_detector", "Flame detector", "火焰探测器", ("flame",)),
    Kind("gas_detector", "Gas detector", "可燃气体探测器", ("gas_alarm", "gas")),
    Kind("co_detector", "CO detector", "一氧化碳探测器", ("co_alarm", "co")),
    Kind("call_point", "Manual call point", "手动报警按钮", ("call_point",)),
    Kind("panic_button", "Panic button", "紧急按钮", ("panic", "duress")),
    Kind("flow_switch", "Flow switch", "水流指示器", ("water_flow",)),
    Kind("leak_detector", "Leak detector", "漏水探测器", ("leak",)),
    Kind("door_contact", "Door contact", "门磁", ("door",)),
    Kind("lock", "Lock", "门锁", ("lock",)),
    Kind("reader", "Card reader", "读卡器", ("credential", "access")),
    Kind("keypad", "Keypad", "布撤防键盘", ("arm_request", "action")),
    Kind("checkpoint_reader", "Checkpoint reader", "巡更点", ("checkpoint",)),
    Kind("plate_reader", "Plate reader", "车牌识别", ("plate",)),
    Kind("glass_break_detector", "Glass break detector", "玻璃破碎探测器", ("glass_break",)),
    Kind("motion_detector", "Motion detector", "移动探测器", ("motion", "occupancy")),
    Kind("vibration_detector", "Vibration detector", "振动探测器", ("vibration",)),
    Kind("siren", "Siren", "声光警报器", ("siren",)),
    Kind("voice", "Voice announcer", "语音广播", ("voice",)),
    Kind("temperature_sensor", "Temperature sensor", "温度传感器", ("temperature",)),
    Kind("refrigerator", "Refrigerator", "冰箱", ("temperature",)),
    Kind("air_sensor", "Air quality sensor", "空气质量传感器", ("pm",)),
    Kind("noise_sensor", "Noise sensor", "噪声传感器", ("noise",)),
    Kind("multi_detector", "Multi-sensor detector", "复合探测器", ("smoke", "heat", "co_alarm")),
)
"""In the order in which a sender's signals are looked at: the first that fits names its kind."""

KINDS: dict[str, Kind] = {kind.id: kind for kind in _ALL}

ABOUT_ITSELF = frozenset(
    {
        *("tamper", "fault", "disabled", "mains", "external_power", "battery_low", "battery"),
        *("voltage", "current", "power", "rssi", "linkquality", "online", "test", "count"),
    }
)
"""What a device says of itself, not of the place that it watches."""


def guess_kind(signals: Iterable[str]) -> str:
    """What hangs on the wall, from what it reports; "" if nothing fits."""
    bases = {base_name(signal) for signal in signals}
    return next((kind.id for kind in _ALL if bases & set(kind.signals)), "")


def watched(kind: str, signals: Iterable[str]) -> frozenset[str]:
    """The quantities by which a device of that kind shows that it works, from what it reports."""
    known = KINDS.get(kind)
    if known is not None:
        return frozenset(known.signals)
    return frozenset(base_name(signal) for signal in signals if base_name(signal) in SIGNALS) - ABOUT_ITSELF
