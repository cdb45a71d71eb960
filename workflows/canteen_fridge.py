"""Fridges of a canteen 冷藏冷冻设备: the record of each, from its own readings, and what is too warm.

A fridge is a device that reports ``temperature``. Of its readings a small record is kept (alerts/cold_record.py), so
that whoever keeps food samples in it can ask whether they were at 0 to 8 °C for all of their 48 h: proved, broken with
when and how far, or not observed. The rules shipped here tell of a fridge that is too warm, or too cold, for longer
than a door stands open, whether anything is kept in it or not; the preset writes each into the canteen's book.

Standard: food safety practice rules for catering of 2018 (餐饮服务食品安全操作规范), GB 31654-2021: chilled 0 to 8 °C,
frozen at -12 °C or below. The delays are ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from alerts.cold_record import HOUR, MINUTE, Fridge, Limits, Proof, Use, noted, proof, read_in
from alerts.facts import COLD_RECORD, SAMPLE_FRIDGES
from alerts.heard import Installed, Listens, Spoken
from alerts.kinds import kinds
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.message import Text
from devices.reading import Instant, Quality, Reading
from devices.signals import base_name

_SIGNAL = "temperature"
_COLDEST = -60.0


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fridge.

    ``device``: that reports its temperature
    ``use``: ``samples`` (food samples), ``chilled`` or ``frozen``
    """

    device: str
    use: Use = "chilled"


class FridgeConfig(Config, frozen=True, kw_only=True):
    """Which fridges there are, and how cold they must be.

    ``fridges``: each with its device and its use
    ``lowest``: of samples and chilled goods, °C; at least 0
    ``highest``: of samples and chilled goods, °C; at most 8
    ``freezer_highest``: °C; at most -12
    ``delay_min``: it is told once it has been beyond these for so long
    ``gap_min``: a silence that is longer is no record
    ``spared_min``: so long beyond these (an open door) breaks no sample's record; 0: not at all
    """

    fridges: tuple[Kept, ...] = ()
    lowest: float = 0
    highest: float = 8
    freezer_highest: float = -12
    delay_min: float = 15
    gap_min: float = 30
    spared_min: float = 0

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        measuring = {device.id for device in site.devices if any(map(_is_of_it, device.signals))}
        seen = set[str]()
        for index, fridge in enumerate(self.fridges):
            if fridge.device not in measuring:
                yield ConfigFault(("fridges", index, "device"), Text.of("canteen_fridge.no_thermometer"))
            elif fridge.device in seen:
                yield ConfigFault(("fridges", index, "device"), Text.of("canteen_fridge.twice"))
            seen.add(fridge.device)
        for name, is_good in (
            ("lowest", 0 <= self.lowest < self.highest),
            ("highest", self.highest <= 8),
            ("freezer_highest", _COLDEST < self.freezer_highest <= -12),
            ("delay_min", 0 <= self.delay_min <= 60),
            ("gap_min", 5 <= self.gap_min <= 60),
            ("spared_min", 0 <= self.spared_min <= 30),
        ):
            if not is_good:
                yield ConfigFault((name,), Text.of(f"canteen_fridge.wrong_{name}"))

    def limits(self, use: Use) -> Limits:
        low, high = (_COLDEST, self.freezer_highest) if use == "frozen" else (self.lowest, self.highest)
        return Limits(low, high, int(self.gap_min * MINUTE), int(self.spared_min * MINUTE))


class CanteenFridge(Workflow[Fridge]):
    """One fridge is one case, under its device's id."""

    name, book, case = "canteen_fridge", "canteen", Fridge
    config_type = FridgeConfig
    listens = Listens(installed=True)
    provides = {
        COLD_RECORD: lambda about, cases, world, now: _asked(about, cases),
        SAMPLE_FRIDGES: lambda about, cases, world, now: _for_samples(cases),
    }

    def rules(self) -> Sequence[Rule[Any]]:
        return tuple(rule for is_frozen in (False, True) if (rule := self._rule(is_frozen)) is not None)

    def step(self, event: Heard, cases: Mapping[str, Fridge], world: World, now: Instant) -> Moves:
        match event:
            case Spoken() if event.device in cases:
                before = after = cases[event.device]
                for reading in event.readings:
                    if _counts(reading):
                        after = noted(after, float(reading.value), min(reading.time, now))
                return Moves(cases=(after,)) if after is not before else Moves()
            case Installed():
                return self._looked(cases, world)
        return Moves()

    def turn(self, due: Sequence[Fridge], world: World, now: Instant) -> Moves:
        return Moves()

    def waits_for(self, case: Fridge, account: str, role: str) -> bool:
        return False

    def shows(self, case: Fridge, now: Instant) -> dict[str, Any]:
        """What the record says of the last day, not the record itself."""
        found = proof(case, now - 24 * HOUR, now)
        said = Text.of(f"canteen_fridge.{found.verdict}", **read_in(found))
        return {"record": said, "stretches": (), "limits": ""}

    def _looked(self, cases: Mapping[str, Fridge], world: World) -> Moves:
        """The fridges that the site has now, each with its record so far."""
        found = list[Fridge]()
        for kept in self.config.fridges:
            device = world.devices.get(kept.device)
            if device is not None:
                own = {"use": kept.use, "limits": self.config.limits(kept.use)}
                own |= {"hears": (device.id,), "notes": (_SIGNAL,)}
                new = Fridge(id=device.id, **own)
                found.append(replace(cases.get(device.id, new), area=device.area, **own))
        here = {each.id for each in found}
        gone = [replace(case, is_open=False) for name, case in cases.items() if name not in here]
        return Moves(cases=(*(each for each in found if cases.get(each.id) != each), *gone))

    def _rule(self, is_frozen: bool) -> Rule[Any] | None:
        devices = [each.device for each in self.config.fridges if (each.use == "frozen") is is_frozen]
        limits = self.config.limits("frozen" if is_frozen else "chilled")
        band = {"above": limits.highest} if is_frozen else {"above": limits.highest, "below": limits.lowest}
        if not devices:
            return None
        made: Rule[Any] = msgspec.convert(
            {
                **(_FREEZER if is_frozen else _FRIDGE),
                **band,
                "kind": "threshold",
                "alert_class": "supervisory",
                "priority": 2,
                "signal": _SIGNAL,
                "devices": devices,
                "hold_s": self.config.delay_min * 60,
            },
            kinds()["threshold"],
        )
        return made


_FRIDGE = {
    "name": "fridge-temperature",
    "title": "Fridge of the canteen too warm or too cold",
    "title_zh": "食堂冷藏设备温度异常",
    "procedure": "1. Close the door; is it switched on?\n2. Move samples and goods to another fridge.\n"
    "3. Measure the core of what was in it; throw away what was above 8 °C for 2 h, and enter that.",
    "procedure_zh": "1. 关好门，检查电源。\n2. 将留样和食品转移到其他冷藏设备。\n"
    "3. 测量食品中心温度；高于 8 °C 超过 2 小时的予以废弃并登记。",
}
_FREEZER = {
    "name": "freezer-temperature",
    "title": "Freezer of the canteen too warm",
    "title_zh": "食堂冷冻设备温度过高",
    "procedure": "1. Close the door; is it switched on?\n2. Move the goods to another freezer; use up what has thawed.",
    "procedure_zh": "1. 关好门，检查电源。\n2. 将食品转移到其他冷冻设备；已解冻的尽快加工或废弃。",
}


def _is_of_it(signal: str) -> bool:
    return base_name(signal) == _SIGNAL


def _counts(reading: Reading) -> bool:
    """Real, of the thermometer, and not doubted by the device itself."""
    doubted = reading.quality & (Quality.SUSPECT | Quality.STORED | Quality.DEDUCED)
    return reading.origin == "real" and _is_of_it(reading.signal) and not doubted


def _asked(about: Mapping[str, Any], cases: Mapping[str, Fridge]) -> Proof | None:
    fridge = cases.get(about["device"])
    return proof(fridge, about["since"], about["until"]) if fridge is not None else None


def _for_samples(cases: Mapping[str, Fridge]) -> tuple[str, ...]:
    return tuple(name for name, case in sorted(cases.items()) if case.use == "samples")


WORKFLOW = CanteenFridge
