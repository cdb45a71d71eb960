"""The checklists that are shipped, as a site file would say them.

Fire inspections look at the twelve items of Order 61, art. 26, and two sign. The others are house practice.
"""

import msgspec

from alerts.checklists import Checklist

SHIPPED = msgspec.convert(
    [
        {
            "name": "site",
            "title": "Safety inspection",
            "title_zh": "安全检查",
            "subject_kind": "site",
            "category": "other",
            "points": [
                {
                    "id": "doors",
                    "title": "Doors, fences and windows whole and locked",
                    "title_zh": "门窗、围墙完好并上锁",
                },
                {
                    "id": "exits",
                    "title": "Exits and escape routes clear",
                    "title_zh": "安全出口、疏散通道畅通",
                },
                {
                    "id": "fire",
                    "title": "Extinguishers and hydrants in their places",
                    "title_zh": "灭火器、消火栓在位有效",
                },
                {
                    "id": "power",
                    "title": "No bare, hot or makeshift wiring",
                    "title_zh": "无裸露、过热、私拉电线",
                },
                {
                    "id": "machines",
                    "title": "Guards and emergency stops of machines work",
                    "title_zh": "机械防护装置、急停装置有效",
                },
                {
                    "id": "goods",
                    "title": "Dangerous goods kept as they must be",
                    "title_zh": "危险物品存放符合规定",
                },
                {
                    "id": "people",
                    "title": "People at their posts, with protective gear",
                    "title_zh": "人员在岗并佩戴防护用品",
                },
                {
                    "id": "hazards",
                    "title": "Hazards found before are put right",
                    "title_zh": "已发现的隐患整改到位",
                },
            ],
        },
        {
            "name": "fire",
            "title": "Fire inspection",
            "title_zh": "防火检查",
            "subject_kind": "fire",
            "category": "fire",
            "signers": 2,
            "points": [
                {
                    "id": "hazards",
                    "title": "Hazards put right, and measures meanwhile",
                    "title_zh": "火灾隐患整改情况以及防范措施的落实情况",
                },
                {
                    "id": "exits",
                    "title": "Escape routes, signs, emergency lights, exits",
                    "title_zh": "安全疏散通道、疏散指示标志、应急照明和安全出口情况",
                },
                {
                    "id": "water",
                    "title": "Access for fire engines, water supply",
                    "title_zh": "消防车通道、消防水源情况",
                },
                {
                    "id": "extinguishers",
                    "title": "Extinguishers there and in date",
                    "title_zh": "灭火器材配置及有效情况",
                },
                {
                    "id": "flames",
                    "title": "Use of fire and electricity by the rules",
                    "title_zh": "用火、用电有无违章情况",
                },
                {
                    "id": "staff",
                    "title": "What key workers and staff know of fire",
                    "title_zh": "重点工种人员以及其他员工消防知识的掌握情况",
                },
                {
                    "id": "key_parts",
                    "title": "Key parts for fire safety",
                    "title_zh": "消防安全重点部位的管理情况",
                },
                {
                    "id": "dangerous",
                    "title": "Inflammables and explosives, other important goods",
                    "title_zh": "易燃易爆危险物品和场所防火防爆措施以及其他重要物资防火安全情况",
                },
                {
                    "id": "control_room",
                    "title": "Control room on duty, systems and their records",
                    "title_zh": "消防（控制室）值班情况和设施运行、记录情况",
                },
                {
                    "id": "patrols",
                    "title": "Fire patrols",
                    "title_zh": "防火巡查情况",
                },
                {
                    "id": "signs",
                    "title": "Fire safety signs there and whole",
                    "title_zh": "消防安全标志的设置情况和完好、有效情况",
                },
                {
                    "id": "other",
                    "title": "Anything else",
                    "title_zh": "其他需要检查的内容",
                },
            ],
        },
        {
            "name": "key_department",
            "title": "Key department",
            "title_zh": "要害部位检查",
            "subject_kind": "key_department",
            "category": "security",
            "points": [
                {
                    "id": "human",
                    "title": "Responsible on duty, visitors registered",
                    "title_zh": "责任人在岗，外来人员登记",
                },
                {
                    "id": "physical",
                    "title": "Doors, bars, locks, safes whole",
                    "title_zh": "门、栅栏、锁具、保险柜完好",
                },
                {
                    "id": "technical",
                    "title": "Alarms, cameras, access control work",
                    "title_zh": "报警、视频监控、出入口控制有效",
                },
                {
                    "id": "signs",
                    "title": "Warning signs there",
                    "title_zh": "警示标志齐全",
                },
                {
                    "id": "rules",
                    "title": "Rules on the wall and kept",
                    "title_zh": "制度上墙并执行",
                },
            ],
        },
        {
            "name": "vehicle",
            "title": "Vehicle",
            "title_zh": "机动车辆检查",
            "subject_kind": "vehicle",
            "category": "traffic",
            "signers": 2,
            "points": [
                {
                    "id": "papers",
                    "title": "Licences, inspection and insurance in date",
                    "title_zh": "驾驶证、行驶证、年检、保险有效",
                },
                {
                    "id": "brakes",
                    "title": "Brakes",
                    "title_zh": "制动",
                },
                {
                    "id": "steering",
                    "title": "Steering",
                    "title_zh": "转向",
                },
                {
                    "id": "lights",
                    "title": "Lights and signals",
                    "title_zh": "灯光、信号",
                },
                {
                    "id": "tyres",
                    "title": "Tyres, 1.6 mm of tread at least",
                    "title_zh": "轮胎（花纹深度不小于 1.6 mm）",
                },
                {
                    "id": "belts",
                    "title": "Safety belts",
                    "title_zh": "安全带",
                },
                {
                    "id": "extinguisher",
                    "title": "Extinguisher in the vehicle",
                    "title_zh": "车载灭火器",
                },
                {
                    "id": "leaks",
                    "title": "No leaks of oil or fuel",
                    "title_zh": "无漏油",
                },
            ],
        },
        {
            "name": "equipment",
            "title": "Equipment",
            "title_zh": "设备检查",
            "subject_kind": "equipment",
            "category": "machinery",
            "points": [
                {
                    "id": "guards",
                    "title": "Guards in place",
                    "title_zh": "防护装置齐全",
                },
                {
                    "id": "stop",
                    "title": "Emergency stop works",
                    "title_zh": "急停有效",
                },
                {
                    "id": "earthing",
                    "title": "Earthing and insulation",
                    "title_zh": "接地、绝缘",
                },
                {
                    "id": "label",
                    "title": "Inspection label in date",
                    "title_zh": "检验标志有效",
                },
                {
                    "id": "operator",
                    "title": "Operator holds a certificate",
                    "title_zh": "操作人员持证",
                },
                {
                    "id": "upkeep",
                    "title": "Maintained by its plan",
                    "title_zh": "按计划维护保养",
                },
            ],
        },
        {
            "name": "electrical",
            "title": "Electrical installation",
            "title_zh": "电气安全检查",
            "subject_kind": "equipment",
            "category": "electrical",
            "points": [
                {
                    "id": "boards",
                    "title": "Distribution boards closed, clear, labelled",
                    "title_zh": "配电箱关闭、无堆物、有标识",
                },
                {"id": "leakage", "title": "Residual-current devices tested", "title_zh": "漏电保护装置试验有效"},
                {"id": "lines", "title": "Lines undamaged, none improvised", "title_zh": "线路无破损、无私拉乱接"},
                {"id": "heat", "title": "No connection hot or discoloured", "title_zh": "接头无发热、无变色"},
                {"id": "earthing", "title": "Earthing whole", "title_zh": "接地完好"},
                {"id": "charging", "title": "Charging only where it is allowed", "title_zh": "仅在允许处充电"},
            ],
        },
        {
            "name": "funds",
            "title": "Cash and valuables",
            "title_zh": "资金安全检查",
            "subject_kind": "funds",
            "category": "security",
            "points": [
                {
                    "id": "safe",
                    "title": "Safe locked, its keys and code kept apart",
                    "title_zh": "保险柜上锁，钥匙与密码分开保管",
                },
                {
                    "id": "limit",
                    "title": "Cash over night within its limit",
                    "title_zh": "库存现金不超限额",
                },
                {
                    "id": "transport",
                    "title": "Cash carried by two",
                    "title_zh": "送取款双人押运",
                },
                {
                    "id": "alarm",
                    "title": "Alarm and camera of the place work",
                    "title_zh": "报警、监控有效",
                },
                {
                    "id": "books",
                    "title": "Cash and books agree",
                    "title_zh": "账款相符",
                },
            ],
        },
        {
            "name": "environment",
            "title": "Environment",
            "title_zh": "环境卫生检查",
            "subject_kind": "environment",
            "category": "health",
            "points": [
                {
                    "id": "tidy",
                    "title": "Clean and tidy",
                    "title_zh": "环境整洁",
                },
                {
                    "id": "water",
                    "title": "Drinking water",
                    "title_zh": "饮用水",
                },
                {
                    "id": "air",
                    "title": "Ventilation",
                    "title_zh": "通风",
                },
                {
                    "id": "waste",
                    "title": "Waste sorted and taken away",
                    "title_zh": "垃圾分类清运",
                },
                {
                    "id": "noise",
                    "title": "Dust and noise within limits",
                    "title_zh": "粉尘、噪声不超标",
                },
            ],
        },
    ],
    tuple[Checklist, ...],
)


def united(own: tuple[Checklist, ...]) -> dict[str, Checklist]:
    """Those that are shipped and a site's own, which take the place of one of their name."""
    return {each.name: each for each in (*SHIPPED, *own)}
