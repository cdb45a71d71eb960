"""The rules that watch outputs and linkages: brought by the gateway where the site file binds some."""

from typing import Any

from msgspec.structs import replace

from alerts.alert import AlertClass
from alerts.linkage_rule import LinkageRule
from alerts.output import Output
from alerts.output_rule import OutputRule
from alerts.rule import Rule
from devices.device import Device
from devices.families import feedback_of
from gateway.site.linkage_checks import groups_of, panels_of
from gateway.site.model import Site
from gateway.site.output_checks import NO_FEEDBACK

NAME = "gateway-output"


def output_rules_of(site: Site) -> list[Rule[Any]]:
    """One with every output and the signal that says how it stands, and one for each linkage of fire equipment."""
    if not site.outputs:
        return []
    devices = {device.id: device for device in site.devices}
    outputs = tuple(_with_feedback(output, devices.get(output.device)) for output in site.outputs)
    return [
        OutputRule(
            name=NAME,
            title="Output does not act",
            title_zh="输出设备未动作",
            alert_class=AlertClass.FAULT,
            priority=1,
            devices=tuple(dict.fromkeys(output.device for output in outputs)),
            outputs=outputs,
            procedure="1. Warn the people there by voice or by phone: what should sound or open may not.\n"
            "2. Send somebody to the device; switch it by hand.\n"
            "3. The gateway goes on ordering it. Technician: line, power, and the order in the ledger.",
            procedure_zh="1. 用喊话或电话通知现场人员：应鸣响或开启的设备可能没有动作。\n"
            "2. 派人到设备处手动操作。\n"
            "3. 网关会继续下达命令。技术人员：检查线路、电源和台账中的命令。",
        ),
        *_linkages(site),
    ]


def _linkages(site: Site) -> list[LinkageRule]:
    panels = panels_of(site)
    return [
        LinkageRule(
            name="-".join(("gateway-linkage", output.device, *output.key.split(":"), *([areas[0]] if areas else []))),
            title="Linkage short of inputs",
            title_zh="联动触发装置不足",
            alert_class=AlertClass.FAULT,
            priority=2,
            areas=areas,
            per="site",
            output=(output.device, output.key),
            starts=output.starts,
            when_short=output.when_short,
            panels=panels,
            procedure="1. Find out which detector is out, and why (fault, lost, bypassed, in test).\n"
            "2. Until it is back send somebody to watch; in a fire start the equipment by hand.\n"
            "3. Technician: put the detector back. The linkage takes two inputs again by itself.",
            procedure_zh="1. 查明哪个探测器退出以及原因（故障、失联、旁路、测试）。\n"
            "2. 恢复前派人值守；发生火灾时手动启动设备。\n"
            "3. 技术人员：恢复探测器。联动自动恢复为双信号触发。",
        )
        for output in site.outputs
        if output.is_fire_equipment
        for areas, _ in groups_of(output, site)
    ]


def _with_feedback(output: Output, device: Device | None) -> Output:
    """A signal by its name at this site; "" for an output that tells nothing."""
    if output.feedback == NO_FEEDBACK or device is None:
        return replace(output, feedback="")
    own = output.feedback or feedback_of(device.family, output.what, output.channel)
    return replace(output, feedback=device.rename.get(own, own))
