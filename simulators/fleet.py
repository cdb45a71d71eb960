"""Simulated devices: what each of them senses of the world, and how its make puts that on the wire.

The payloads are written here anew, from the makers' formats, and share nothing with the gateway's codecs: a test
that feeds a decoder with its own encoder proves nothing.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulators.site import DeviceEntry
from simulators.world import HeatElement, Room, SmokeChamber

Value = bool | float | str
_GAS_ALARM_LEL = 20.0
_CO_ALARM_PPM = 50.0
_FRIDGE_C = 4.0
_AT_REST: dict[str, Value] = {
    **dict.fromkeys(("door", "occupancy", "motion", "vibration", "glass_break", "leak", "tamper"), False),
    **dict.fromkeys(("call_point", "panic", "intrusion", "intrusion.perimeter", "intrusion.interior"), False),
    **dict.fromkeys(("fault", "disabled", "battery_low"), False),
    **dict.fromkeys(("siren", "siren.strobe", "switch", "lock"), False),
    "mains": True,
    "oxygen": 20.8,
    "h2s": 0.0,
    "voice": "",
}
"""What no story has touched."""


@dataclass
class SimulatedDevice:
    """One device: its sensors, what somebody did to it, and when it speaks next (seconds of the world's time)."""

    entry: DeviceEntry
    chance: random.Random
    next_word: float = 0.0
    silent: bool = False
    forced: dict[str, Value] = field(default_factory=dict)
    battery: float = 100.0
    said: dict[str, Value] = field(default_factory=dict)
    smoke: SmokeChamber = field(default_factory=SmokeChamber)
    heat: HeatElement = field(default_factory=HeatElement)

    def sense(self, room: Room, seconds: float) -> dict[str, Value]:
        """What it measures now, by our signal names."""
        self.smoke.step(room.obscuration, seconds)
        self.heat.step(room.ceiling_c, room.jet_m_s, seconds)
        self.battery = max(1.0, self.battery - seconds / 3_000_000)
        world: dict[str, Value] = {
            "smoke": self.smoke.alarm,
            "smoke_density": round(max(0.0, self.smoke.inside + self.chance.gauss(0.02, 0.01)), 2),
            "heat": self.heat.alarm,
            "temperature": round(room.ceiling_c + self.chance.gauss(0, 0.05), 1),
            "humidity": round(45 + self.chance.gauss(0, 0.2), 1),
            "co": round(max(0.0, room.co_ppm + self.chance.gauss(0.5, 0.2)), 1),
            "co_alarm": room.co_ppm > _CO_ALARM_PPM,
            "gas": round(max(0.0, room.gas_lel + self.chance.gauss(0, 0.05)), 1),
            "gas_alarm": room.gas_lel > _GAS_ALARM_LEL,
            "pm": round(max(0.0, 9_000 * room.soot_g_m3 + self.chance.gauss(2_600, 500))),
            "noise": round(83.5 + self.chance.gauss(0, 1.5), 1),
            "battery": round(self.battery),
        }
        if self.entry.kind == "refrigerator":
            world["temperature"] = round(_FRIDGE_C + self.chance.gauss(0, 0.2), 1)
        sensed = {**_AT_REST, **world, **self.forced}
        return {name: sensed[name] for name in self.entry.signals if name in sensed}

    def must_speak(self, sensed: dict[str, Value], now: float) -> bool:
        """At its rhythm, and at once when something switched."""
        if self.silent:
            return False
        changed = any(
            (isinstance(value, bool) or name == "voice") and self.said.get(name) != value
            for name, value in sensed.items()
        )
        return changed or now >= self.next_word

    def spoke(self, sensed: dict[str, Value], now: float) -> None:
        self.said = dict(sensed)
        self.next_word = now + self.entry.rhythm_s * self.chance.uniform(0.85, 1.0)


def on_the_wire(entry: DeviceEntry, values: dict[str, Value], now: datetime) -> tuple[str, bytes]:
    """(topic, payload) as that device's family says it; the topic is empty for a serial line."""
    match entry.family:
        case "keyarea":
            body: dict[str, Any] = {"time": now.astimezone(UTC).isoformat(), "readings": values}
            return f"keyarea/{entry.address}/readings", _json(body)
        case "zigbee2mqtt":
            return f"zigbee2mqtt/{entry.address}", _json(_zigbee(entry, values))
        case "tasmota":
            return f"tele/{entry.address}/SENSOR", _json(_tasmota(entry, values, now))
        case "ndjson":
            return "", _json({"device": entry.address, "readings": values}) + b"\n"
    raise ValueError(f"no simulated device speaks {entry.family}")


def presence(entry: DeviceEntry, *, online: bool) -> tuple[str, bytes] | None:
    """How that family tells that a device is there, or None if it does not."""
    match entry.family:
        case "keyarea":
            return f"keyarea/{entry.address}/status", b"online" if online else b"offline"
        case "zigbee2mqtt":
            return f"zigbee2mqtt/{entry.address}/availability", _json({"state": "online" if online else "offline"})
        case "tasmota":
            return f"tele/{entry.address}/LWT", b"Online" if online else b"Offline"
    return None


_ZIGBEE_NAMES = {
    "leak": "water_leak",
    "gas_alarm": "gas",
    "co_alarm": "carbon_monoxide",
    "smoke_density": "smoke_concentration",
}


def _zigbee(entry: DeviceEntry, values: dict[str, Value]) -> dict[str, Any]:
    state: dict[str, Any] = {_ZIGBEE_NAMES.get(name, name): value for name, value in values.items()}
    if "door" in state:
        state["contact"] = not state.pop("door")
    if state.pop("panic", False):
        state["action"] = "emergency"
    return {**state, "linkquality": 90 + len(entry.address) * 7 % 140, "voltage": 2950}


def _tasmota(entry: DeviceEntry, values: dict[str, Value], now: datetime) -> dict[str, Any]:
    said: dict[str, Any] = {"Time": f"{now:%Y-%m-%dT%H:%M:%S}"}
    sensor = {name.capitalize(): values[name] for name in ("temperature", "humidity") if name in values}
    if sensor:
        said["AM2301"] = sensor
        said["TempUnit"] = "C"
    wired = entry.rename.get("switch")
    if wired in values:
        said["Switch1"] = "ON" if values[wired] else "OFF"
    return said


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
