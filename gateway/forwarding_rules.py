"""The rules that the gateway brings to a site which forwards: a transmission that fails is seen and heard.

GB 26875.1-2011, 4.1.3, and GB 25506-2010, chapter 6, ask for both.
"""

from typing import Any

import msgspec

from alerts.kinds import kinds
from alerts.rule import Rule
from gateway.own_devices import CENTRE_KIND, PATH_KIND

FAILED, PATH_LOST = "gateway-transmission-failed", "gateway-path-lost"
TRANSMISSION_RULES = (FAILED, PATH_LOST)
"""Of alerts which say that a way to a receiving centre has failed."""


def forwarding_rules() -> list[Rule[Any]]:
    """Of a site with receiving centres."""
    tables: list[dict[str, Any]] = [
        {
            "kind": "state",
            "name": FAILED,
            "title": "Transmission to the receiving centre failed",
            "title_zh": "向监控中心传输失败",
            "alert_class": "fault",
            "priority": 1,
            "device_kinds": (CENTRE_KIND,),
            "signals": ("fault",),
            "procedure": "1. Call the centre by telephone, and tell it yourself of every alarm until this is over.\n"
            "2. `keyarea status` says why; look at the network, the centre's address, the key.\n"
            "3. Nothing is lost: what was not confirmed is sent as soon as the centre answers.",
            "procedure_zh": "1. 立即电话通知监控中心；恢复前所有报警均由人工电话报送。\n"
            "2. 用 `keyarea status` 查明原因；检查网络、中心地址和密钥。\n"
            "3. 信息不会丢失：未确认的信息在中心应答后自动补送。",
        },
        {
            "kind": "state",
            "name": PATH_LOST,
            "title": "One of two ways to the receiving centre is lost",
            "title_zh": "监控中心两路传输之一中断",
            "alert_class": "fault",
            "priority": 3,
            "device_kinds": (PATH_KIND,),
            "signals": ("fault",),
            "procedure": "1. Alarms go the other way; call the technician.\n2. Look at the network of this way.",
            "procedure_zh": "1. 报警改由另一路传输；通知技术人员。\n2. 检查该路网络。",
        },
    ]
    state = kinds()["state"]
    return [msgspec.convert(table, state) for table in tables]
