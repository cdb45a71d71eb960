"""The gateway watches itself: its parts and lines as devices of an area of their own, and the rules about them.

They go through the same engine, alerts and ledger as everything else, so a gateway that is ill says so in the
operator's own list.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from alerts.kinds import kinds
from alerts.rule import Rule
from devices.device import OWN_FAMILY, Device
from gateway.site.model import Area

AREA = Area(id="gateway", name="Gateway", name_zh="网关", risk=2, modes=("disarmed",))
_LINE, _PART = "gateway_line", "gateway_part"


def line_device(line: str) -> Device:
    """A line (the broker, a serial port) as a device with one signal, ``fault``."""
    return _device(f"line:{line}", f"Line {line}", _LINE)


def part_device(part: str) -> Device:
    """A part of the gateway (a store, a task, the clock) as a device with one signal, ``fault``."""
    return _device(f"part:{part}", f"Gateway part {part}", _PART)


def _device(device_id: str, name: str, kind: str) -> Device:
    return Device(
        id=device_id, family=OWN_FAMILY, address=device_id, area=AREA.id, name=name, kind=kind, signals=("fault",)
    )


def own_devices(lines: Sequence[str], parts: Sequence[str]) -> list[Device]:
    """Every line and part as a device."""
    return [*(line_device(line) for line in lines), *(part_device(part) for part in parts)]


def own_rules() -> list[Rule[Any]]:
    """A lost line and a failed part are faults."""
    tables: list[dict[str, Any]] = [
        {
            "kind": "state",
            "name": "gateway-line-lost",
            "title": "Gateway line lost",
            "title_zh": "网关线路中断",
            "alert_class": "fault",
            "priority": 2,
            "device_kinds": (_LINE,),
            "signals": ("fault",),
            "procedure": "1. Check cable, port or broker of this line.\n"
            "2. Until it is back, watch the areas behind it in person.\n3. The gateway reconnects by itself.",
            "procedure_zh": "1. 检查该线路的电缆、端口或消息代理。\n2. 恢复前派人看守其后的部位。\n3. 网关会自动重连。",
        },
        {
            "kind": "state",
            "name": "gateway-part-failed",
            "title": "Gateway part failed",
            "title_zh": "网关部件故障",
            "alert_class": "fault",
            "priority": 2,
            "device_kinds": (_PART,),
            "signals": ("fault",),
            "procedure": "1. Read `keyarea status` and the log for the reason.\n"
            "2. Disk full: make room; nothing that was acknowledged is lost.\n3. Call the technician on duty.",
            "procedure_zh": "1. 用 `keyarea status` 和日志查明原因。\n"
            "2. 磁盘已满：腾出空间；已确认的数据不会丢失。\n3. 通知值班技术员。",
        },
    ]
    state = kinds()["state"]
    return [msgspec.convert(table, state) for table in tables]
