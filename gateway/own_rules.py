"""The rules that the gateway brings to each site: for its own devices, and for dangers that unregistered ones tell."""

from typing import Any

import msgspec

from alerts.alert import AlertClass
from alerts.canary import POINT_KIND, SIGNAL
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.unregistered_alarm import UnregisteredAlarmRule
from devices.signals import DANGERS
from gateway.forwarding_rules import forwarding_rules
from gateway.output_rules import output_rules_of
from gateway.own_devices import (
    LINE_KIND,
    MUTE_SCREENS,
    NOTICE_KIND,
    PART_KIND,
    PATH_LINK_KIND,
    RECORDS_KIND,
    SILENT_SCREENS,
)
from gateway.site.model import Site

_STRANGERS: dict[AlertClass, tuple[str, ...]] = {
    AlertClass.FIRE: ("fire", "smoke", "heat", "flame", "call_point", "water_flow", "alarm"),
    AlertClass.HOLD_UP: ("panic",),
    AlertClass.GAS: ("gas_alarm", "co_alarm"),
    AlertClass.INTRUSION: ("intrusion",),
    AlertClass.SUPERVISORY: ("leak",),
}
"""Of which class a danger is that an unregistered part of a registered panel tells. Of no kind, it may be a fire."""


def own_rules(*, panic_is_silent: bool = False) -> list[Rule[Any]]:
    """A lost line, a failed part, a mute screen are faults; a danger that an unregistered device tells is an alert.

    ``panic_is_silent``: an unregistered panic button is as silent as duress always is. Only a site that names screens
    for silent alarms has somewhere to show it.
    """
    tables: list[dict[str, Any]] = [
        {
            "kind": "state",
            "name": "gateway-line-lost",
            "title": "Gateway line lost",
            "title_zh": "网关线路中断",
            "alert_class": "fault",
            "priority": 2,
            "device_kinds": (LINE_KIND,),
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
            "device_kinds": (PART_KIND,),
            "signals": ("fault",),
            "procedure": "1. Read `keyarea status` and the log for the reason.\n"
            "2. Disk full: make room; nothing that was acknowledged is lost.\n3. Call the technician on duty.",
            "procedure_zh": "1. 用 `keyarea status` 和日志查明原因。\n"
            "2. 磁盘已满：腾出空间；已确认的数据不会丢失。\n3. 通知值班技术员。",
        },
        {
            "kind": "state",
            "name": "gateway-holidays-wanted",
            "title": "Holidays of the next year are not listed",
            "title_zh": "未列出下一年节假日",
            "alert_class": "duty",
            "priority": 4,
            "device_kinds": (NOTICE_KIND,),
            "signals": ("fault",),
            "procedure": "1. Nothing is wrong yet: from 1 January on, plain weekdays would apply.\n"
            "2. Technician: list them under [[holidays]] in the site file, or update the gateway's packages.",
            "procedure_zh": "1. 目前运行正常；1 月 1 日起将只按星期处理。\n"
            "2. 技术人员：在站点文件 [[holidays]] 中列出，或更新网关软件包。",
        },
        {
            "kind": "state",
            "name": "gateway-records-damaged",
            "title": "Records missing or damaged: what happens now is not recorded",
            "title_zh": "记录缺失或损坏：当前事件未被记录",
            "alert_class": "tamper",
            "priority": 1,
            "device_kinds": (RECORDS_KIND,),
            "signals": ("fault",),
            "procedure": "1. Alarms go on: watch this screen, and write down by hand what happens and what is done.\n"
            "2. `keyarea status` names what is missing. Touch nothing in the data folder; call the technician.\n"
            "3. Technician: keep a copy of the folder as it is, stop the gateway, restore a backup (docs/storage.md).\n"
            "4. Find out who has had access to the machine.",
            "procedure_zh": "1. 报警仍会显示：请持续查看本屏幕，并手工记录事件和处置。\n"
            "2. `keyarea status` 会说明缺失的内容。不要改动数据目录；通知值班技术员。\n"
            "3. 技术员：原样保留目录副本，停止网关，恢复备份（见 docs/storage.md）。\n"
            "4. 查明谁接触过该主机。",
        },
        {
            "kind": "state",
            "name": "gateway-screen-mute",
            "title": "A screen cannot sound",
            "title_zh": "有屏幕无法发声",
            "alert_class": "fault",
            "priority": 2,
            "devices": (MUTE_SCREENS,),
            "signals": ("fault",),
            "procedure": "1. Every page names the screen in its bar: go there, or call.\n"
            "2. Click or touch its page once, and check loudspeaker, plug and volume.\n"
            "3. So that it sounds by itself after a start: docs/console.md, Kiosk.",
            "procedure_zh": "1. 每个页面顶部都写明是哪块屏幕：前往或致电该处。\n"
            "2. 在其页面上点击或触摸一次，并检查扬声器、插头和音量。\n"
            "3. 要使其开机后自动发声，见 docs/console.md 中的 Kiosk 一节。",
        },
        {
            "kind": "state",
            "name": "gateway-second-caller",
            "title": "A panel calls from a wrong address",
            "title_zh": "主机呼入地址不符",
            "alert_class": "tamper",
            "priority": 1,
            "device_kinds": (LINE_KIND,),
            "signals": ("tamper",),
            "procedure": "1. Somebody else speaks in the name of this panel: its alarms count, its restores do not.\n"
            "2. Look at the panel itself; end no alarm on its word alone.\n"
            "3. Technician: find the second caller, or name the panel's address in the site file (peers).",
            "procedure_zh": "1. 另有设备冒用该主机的地址：其报警有效，其恢复无效。\n"
            "2. 到主机现场核实；不得仅凭其报文解除报警。\n"
            "3. 技术人员：查明第二个呼入方，或在站点文件中写明该主机的地址（peers）。",
        },
        {
            "kind": "state",
            "name": "gateway-silent-screen-missing",
            "title": "No screen for silent alarms is open",
            "title_zh": "没有打开静默报警屏幕",
            "alert_class": "fault",
            "priority": 2,
            "devices": (SILENT_SCREENS,),
            "signals": ("fault",),
            "procedure": "1. Open the console with an account that silent_alarm_screens of the site file names.\n"
            "2. Until then a silent hold-up shows in the control room, without a sound: look at the list.\n"
            "3. Nobody at hand who may: tell the duty leader.",
            "procedure_zh": "1. 用站点文件 silent_alarm_screens 中列出的账号打开控制台。\n"
            "2. 在此之前，静默劫持报警只在值班室列表中无声显示：请注意查看。\n3. 无人可办时，通知值班领导。",
        },
    ]
    tables += [_PATH_BROKEN, _CANARY]
    state = kinds()["state"]
    silent = frozenset(("duress", "panic") if panic_is_silent else ("duress",))
    return [*(msgspec.convert(table, state) for table in tables), *_stranger_rules(silent)]


_CANARY: dict[str, Any] = {
    "kind": "state",
    "name": "gateway-canary",
    "title": "Alarm path check",
    "title_zh": "报警通路自检",
    "alert_class": "information",
    "priority": 4,
    "device_kinds": (POINT_KIND,),
    "signals": (SIGNAL,),
    "procedure": "Nothing: the gateway tries whether an alarm would get through.",
    "procedure_zh": "无需处理：网关正在自检报警通路。",
}
"""Of the shadow point alone, whose alerts nobody is shown (alerts/canary.py)."""
_PATH_BROKEN: dict[str, Any] = {
    "kind": "state",
    "name": "gateway-alarm-path",
    "title": "An alarm would not get through",
    "title_zh": "报警通路中断",
    "alert_class": "fault",
    "priority": 1,
    "device_kinds": (PATH_LINK_KIND,),
    "signals": ("fault",),
    "procedure": "1. The page Alarm path (under Devices) and `keyarea status` name the link and why.\n"
    "2. Until it is mended, watch by another way: another screen, a telephone, rounds.\n"
    "3. Mended: press Check now on that page; the fault ends by itself when a check gets through.",
    "procedure_zh": "1. “报警通路”页面（在“设备”下）和 `keyarea status` 会写明中断的环节和原因。\n"
    "2. 修复前用其他方式值守：另一块屏幕、电话、巡查。\n"
    "3. 修复后在该页面点“立即自检”；自检通过后本故障自行消除。",
}


def own_rules_of(site: Site) -> list[Rule[Any]]:
    """Those that the gateway brings to this site."""
    own = own_rules(panic_is_silent=bool(site.silent_alarm_screens))
    return [*own, *(forwarding_rules() if site.forwarding else ()), *output_rules_of(site)]


def _stranger_rules(silent: frozenset[str]) -> list[Rule[Any]]:
    """A part of a registered panel is believed like the panel; elsewhere anybody may invent a name."""
    loud_help = tuple(signal for signal in _STRANGERS[AlertClass.HOLD_UP] if signal not in silent)
    believed = [
        *(_believed(kind, signals) for kind, signals in _STRANGERS.items() if kind is not AlertClass.HOLD_UP),
        *([_believed(AlertClass.HOLD_UP, loud_help, silent=False)] if loud_help else []),
        _believed(AlertClass.HOLD_UP, tuple(sorted(silent)), silent=True),
    ]
    return [*believed, _anybodys(DANGERS - silent, silent=False), _anybodys(silent, silent=True)]


def _believed(alert_class: AlertClass, signals: tuple[str, ...], *, silent: bool | None = None) -> Rule[Any]:
    name = f"gateway-unregistered-{alert_class.replace('_', '-')}"
    return UnregisteredAlarmRule(
        name=f"{name}-silent" if silent else name,
        title="Unregistered device",
        title_zh="未登记设备",
        alert_class=alert_class,
        priority=2 if alert_class is AlertClass.SUPERVISORY else 1,
        signals=signals,
        silent=silent,
        procedure="1. Send somebody at once; the panel's own display says where it hangs.\n"
        "2. If it is real, act as for a registered device of that class.\n"
        "3. Technician: adopt the device, or reject it, on the page of unknown devices.",
        procedure_zh="1. 立即派人查看；位置见报警主机显示屏。\n2. 属实时，按同类已登记设备的报警处置。\n"
        "3. 技术人员：在“未知设备”页面接入或拒绝该设备。",
    )


def _anybodys(signals: frozenset[str], *, silent: bool) -> Rule[Any]:
    name = "gateway-unregistered-device"
    return UnregisteredAlarmRule(
        name=f"{name}-silent" if silent else name,
        title="Unregistered device",
        title_zh="未登记设备",
        alert_class=AlertClass.SUPERVISORY,
        priority=2,
        device_kinds=(LINE_KIND,),
        signals=tuple(sorted(signals)),
        silent=silent,
        procedure="1. Take it for real until somebody has looked: ask the technician where such a device hangs.\n"
        "2. If it is real, act as for a registered device.\n"
        "3. Technician: adopt the device, or reject it, on the page of unknown devices.",
        procedure_zh="1. 查明之前一律按真实报警对待：询问技术人员该设备装在何处。\n"
        "2. 属实时，按已登记设备的报警处置。\n"
        "3. 技术人员：在“未知设备”页面接入或拒绝该设备。",
    )
