"""The gateway watches itself: its parts, its lines and the screens are devices of an area of their own.

They go through the same engine, alerts and ledger as everything else, so a gateway that is ill says so in the
operator's own list.
"""

from collections.abc import Sequence

from alerts.alarm_path import Link
from alerts.canary import POINT, POINT_KIND
from devices.device import OWN_FAMILY, Device
from gateway.site.model import Area
from gateway.site.outside import Forwarding

AREA = Area(id="gateway", name="Gateway", name_zh="网关", risk=2, modes=("disarmed",))
LINE_KIND, PART_KIND, SCREENS_KIND, RECORDS_KIND = "gateway_line", "gateway_part", "gateway_screens", "gateway_records"
CENTRE_KIND, PATH_KIND, NOTICE_KIND = "gateway_centre", "gateway_path", "gateway_notice"
PATH_LINK_KIND = "gateway_path_link"
"""Of which kind these devices are: rules choose them by it."""
MUTE_SCREENS, SILENT_SCREENS = "screens:sound", "screens:silent"
"""The devices whose fault is that a screen cannot sound, and that none is open which may show a silent alarm."""


CLIENT_ID = "client-id"
"""The part whose fault is that a stranger uses our MQTT client id."""

CLOCK = "clock"
"""The part whose fault is that the machine's clock has jumped."""

READINGS = "readings"
"""The part whose fault is that a damaged file of readings was put aside."""
ACCOUNTS = "accounts"
"""The part whose fault is that somebody who has left can still sign in."""
CALENDAR = "calendar"
"""The part whose fault is that nobody has listed the holidays of a year."""
NEXT_YEAR = "calendar-next-year"
"""No fault yet: from December on, that nobody has listed the holidays of the next year."""
HISTORY = "history"
"""The part whose fault is that rules could not look back over all that was stored before a start."""
RECORDS = "records"
"""The part whose fault is that records are missing or damaged."""

CHANNELS = "channels"
"""The part whose fault is that a channel of the site file can tell nobody: its key is missing, or wrong."""
HEARTBEAT = "heartbeat"
"""The part whose fault is that nobody outside takes the heartbeat."""

OWN_PARTS = (
    *("owner", "pipeline", "web", "status", "upkeep", "storage", "access", "screens", "live"),
    *("pulse", "alarm path", "notifications", HEARTBEAT),
    *(CLIENT_ID, CLOCK, RECORDS, READINGS, CALENDAR, NEXT_YEAR, HISTORY, ACCOUNTS, CHANNELS),
)
"""What may fail, beside the lines."""

_NAMES = {
    HEARTBEAT: ("Outside heartbeat (nobody takes it)", "外部心跳（无人接收）"),
    CHANNELS: ("Channels to people outside (one can tell nobody)", "对外通知渠道（有渠道无法通知）"),
    ACCOUNTS: ("Accounts (of somebody who has left)", "账号（属于已离职人员）"),
    CLOCK: ("Clock of the machine (it was set)", "主机时钟（被改动）"),
    HISTORY: ("Look back after a start (incomplete)", "启动回看（不完整）"),
    CALENDAR: ("Calendar (holidays not listed)", "日历（未列出节假日）"),
    NEXT_YEAR: ("Calendar (next year's holidays not listed)", "日历（未列出下一年节假日）"),
    CLIENT_ID: ("MQTT client id (another client uses it)", "MQTT 客户端标识（被其他客户端占用）"),
    READINGS: ("Old readings (damaged, put aside)", "历史读数（已损坏，已另存）"),
    RECORDS: ("Alerts and ledger (missing or damaged)", "报警记录与台账（缺失或损坏）"),
}
"""What parts are called that say more than their id, and in Chinese."""


_LINKS: dict[Link, tuple[str, str]] = {
    "engine": ("Alarm path: processing", "报警通路：处理"),
    "store": ("Alarm path: store", "报警通路：存储"),
    "stream": ("Alarm path: to the screens", "报警通路：送屏"),
    "screens": ("Alarm path: screens", "报警通路：屏幕显示"),
    "messages": ("Alarm path: messages outside", "报警通路：对外通知"),
}
"""What its links are called."""

LINE = "line:"
"""How the ids of lines begin."""


def line_device(line: str) -> Device:
    """A line (the broker, a serial port) as a device with one signal, ``fault``."""
    return _device(f"{LINE}{line}", f"Line {line}", LINE_KIND, f"线路 {line}")


def part_device(part: str) -> Device:
    """A part of the gateway (a store, a task, the clock) as a device with one signal, ``fault``."""
    name, name_zh = _NAMES.get(part, (f"Gateway part {part}", f"网关部件 {part}"))
    kind = {RECORDS: RECORDS_KIND, NEXT_YEAR: NOTICE_KIND}.get(part, PART_KIND)
    return _device(f"part:{part}", name, kind, name_zh)


def forwarding_part(centre: str) -> str:
    """What the task is called that works for a receiving centre."""
    return f"forwarding {centre}"


def centre_part(centre: str) -> str:
    """The part whose fault is that a receiving centre does not confirm what it is told."""
    return f"centre:{centre}"


def path_part(centre: str, path: int) -> str:
    """The part whose fault is that one of two ways to a centre is lost; ``path`` is 0 or 1."""
    return f"centre:{centre}:{path + 1}"


def path_link(link: Link) -> str:
    """The part whose fault is that a link of the alarm path does not hold."""
    return f"path:{link}"


def _path_devices() -> list[Device]:
    found = [(f"part:{path_link(link)}", *names) for link, names in _LINKS.items()]
    return [_device(part, name, PATH_LINK_KIND, name_zh) for part, name, name_zh in found]


def centre_devices(centres: Sequence[Forwarding]) -> list[Device]:
    """Receiving centres and the ways to them as devices with one signal, ``fault``."""
    found = []
    for centre in centres:
        part = f"part:{centre_part(centre.name)}"
        found.append(_device(part, f"Receiving centre {centre.name}", CENTRE_KIND, f"监控中心 {centre.name}"))
        for path in (0, 1) if centre.secondary else ():
            part, number = f"part:{path_part(centre.name, path)}", path + 1
            name, name_zh = f"Way {number} to centre {centre.name}", f"监控中心 {centre.name} 第{number}路"
            found.append(_device(part, name, PATH_KIND, name_zh))
    return found


def _device(device_id: str, name: str, kind: str, name_zh: str = "") -> Device:
    return Device(
        id=device_id,
        family=OWN_FAMILY,
        address=device_id,
        area=AREA.id,
        name=name,
        name_zh=name_zh,
        kind=kind,
        signals=("fault",),
    )


def own_devices(lines: Sequence[str], parts: Sequence[str], centres: Sequence[Forwarding] = ()) -> list[Device]:
    """Every line, part and receiving centre as a device, and the screens."""
    screens = [
        _device(MUTE_SCREENS, "Sound of the screens", SCREENS_KIND, "屏幕声音"),
        _device(SILENT_SCREENS, "Screens for silent alarms", SCREENS_KIND, "静默报警屏幕"),
    ]
    return [
        *(line_device(line) for line in lines),
        *(part_device(part) for part in parts),
        *centre_devices(centres),
        *screens,
        *_path_devices(),
        _device(POINT, "Point of the alarm path check", POINT_KIND, "报警通路自检点"),
    ]
