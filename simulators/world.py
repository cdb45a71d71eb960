"""Rooms with air in them: how smoke, heat, carbon monoxide and gas get from a source to the detector on the ceiling.

Each room is one well-mixed volume that leaks to its neighbours. Smoke is soot mass times its extinction coefficient
(8.7 m²/g, Mulholland and Croarkin 2000); the temperature under the ceiling follows Alpert's correlation (1972) for
the ceiling jet. Time is stepped and handed in; nothing here knows a clock.
"""

import math
from dataclasses import dataclass, field

from simulators.fire import Fire

_EXTINCTION_M2_G = 8.7
_LEAK_PER_S = 0.002
_COOLING_PER_S = 0.01
_CO_PPM_PER_G_M3 = 873.0
_DETECTOR_AT_M = 2.0
_SMOKE_LAG_S = 8.0
_HEAT_RTI = 60.0
"""(m·s)^½, a quick thermal detector."""


@dataclass
class Room:
    """Air of a key area. Temperatures in °C, soot in g/m³, ``gas_lel`` in %LEL."""

    name: str
    volume_m3: float = 150.0
    height_m: float = 3.0
    neighbours: tuple[str, ...] = ()
    ambient_c: float = 21.0
    soot_g_m3: float = 0.0
    co_g_m3: float = 0.0
    warm_c: float = 0.0
    gas_lel: float = 0.0
    gas_leak_lel_s: float = 0.0
    jet_c: float = 0.0
    jet_m_s: float = 0.0

    @property
    def obscuration(self) -> float:
        """Smoke density in %/m."""
        return 100 * (1 - math.exp(-_EXTINCTION_M2_G * self.soot_g_m3))

    @property
    def ceiling_c(self) -> float:
        """Temperature under the ceiling, °C."""
        return self.ambient_c + self.warm_c + self.jet_c

    @property
    def co_ppm(self) -> float:
        return self.co_g_m3 * _CO_PPM_PER_G_M3


@dataclass
class World:
    """All rooms and fires. ``step`` moves time on."""

    rooms: dict[str, Room]
    now: float = 0.0
    fires: list[Fire] = field(default_factory=list)

    def step(self, seconds: float) -> None:
        """Let ``seconds`` pass (at most a few at a time, or the mixing turns coarse)."""
        self.now += seconds
        for room in self.rooms.values():
            fires = [fire for fire in self.fires if fire.room == room.name]
            heat = sum(fire.heat_kw(self.now) for fire in fires)
            room.jet_c, room.jet_m_s = ceiling_jet(heat, room.height_m)
            room.soot_g_m3 += sum(fire.soot_g_s(self.now) for fire in fires) * seconds / room.volume_m3
            room.co_g_m3 += sum(fire.co_g_s(self.now) for fire in fires) * seconds / room.volume_m3
            room.warm_c += heat * 0.3 * seconds / (room.volume_m3 * 1.2)
            room.gas_lel = min(100.0, room.gas_lel + room.gas_leak_lel_s * seconds)
            away = math.exp(-_LEAK_PER_S * seconds)
            room.warm_c *= math.exp(-_COOLING_PER_S * seconds)
            room.gas_lel *= away
            soot, co = room.soot_g_m3 * (1 - away), room.co_g_m3 * (1 - away)
            room.soot_g_m3 -= soot
            room.co_g_m3 -= co
            for name in room.neighbours:
                neighbour = self.rooms[name]
                share = room.volume_m3 / neighbour.volume_m3 / max(2, len(room.neighbours))
                neighbour.soot_g_m3 += soot * share
                neighbour.co_g_m3 += co * share

    def extinguish(self, room: str) -> None:
        """Put out every fire of a room and air it."""
        self.fires = [fire for fire in self.fires if fire.room != room]
        self.rooms[room].soot_g_m3 *= 0.05
        self.rooms[room].co_g_m3 *= 0.05


def ceiling_jet(heat_kw: float, height_m: float) -> tuple[float, float]:
    """Alpert (1972): rise of temperature (K) and speed (m/s) of the gas that passes a detector 2 m from the axis."""
    if heat_kw <= 0:
        return 0.0, 0.0
    radius = _DETECTOR_AT_M
    if radius / height_m <= 0.18:
        rise = 16.9 * heat_kw ** (2 / 3) / height_m ** (5 / 3)
    else:
        rise = 5.38 * (heat_kw / radius) ** (2 / 3) / height_m
    if radius / height_m <= 0.15:
        speed = 0.96 * (heat_kw / height_m) ** (1 / 3)
    else:
        speed = 0.195 * heat_kw ** (1 / 3) * height_m**0.5 / radius ** (5 / 6)
    return rise, speed


@dataclass
class SmokeChamber:
    """The inside of a smoke detector: what it measures lags behind the room by the entry of smoke."""

    alarm_at: float = 3.4
    """%/m, about 0.15 dB/m: the middle of what EN 54-7 allows."""
    inside: float = 0.0
    alarm: bool = False

    def step(self, obscuration: float, seconds: float) -> None:
        self.inside += (obscuration - self.inside) * (1 - math.exp(-seconds / _SMOKE_LAG_S))
        if self.inside >= self.alarm_at:
            self.alarm = True
        elif self.inside < self.alarm_at / 2:
            self.alarm = False


@dataclass
class HeatElement:
    """The element of a heat detector, slowed by its response time index (Heskestad and Smith 1976)."""

    alarm_at_c: float = 57.0
    element_c: float = 21.0
    alarm: bool = False

    def step(self, gas_c: float, gas_m_s: float, seconds: float) -> None:
        rate = math.sqrt(max(gas_m_s, 0.1)) / _HEAT_RTI
        self.element_c += (gas_c - self.element_c) * (1 - math.exp(-rate * seconds))
        if self.element_c >= self.alarm_at_c:
            self.alarm = True
        elif self.element_c < self.alarm_at_c - 10:
            self.alarm = False
