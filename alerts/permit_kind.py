"""The numbers of a kind of permit: grades, how long each is valid, who approves it, what must be done before.

Numbers are in one table a workflow (docs/adr/0309), with where they come from; a site may set its own.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar

import msgspec

from alerts.permit_asks import LEADERS, LEADS
from alerts.permit_gas import Limit
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config
from devices.message import Text

PLACE, LEADER = LEADS, LEADERS
"""Who approves: the place itself, or a leader."""
_LONGEST_H = 31 * 24
_DAY_MIN = 1_440


class Level(msgspec.Struct, frozen=True):
    """``hours``: the longest that a permit of this grade is valid. ``by_two``: a leader consents besides."""

    hours: float
    approvers: frozenset[str] = LEADER
    by_two: bool = False


class Kind(msgspec.Struct, frozen=True):
    """``levels`` by name. ``borders``: (above what size, which level), rising; ``unit`` of the size.

    ``least``: what is smaller takes no permit. ``gases``: what the air is tested for, where it has to be.
    """

    levels: Mapping[str, Level]
    measures: tuple[str, ...]
    unit: str = ""
    borders: tuple[tuple[float, str], ...] = ()
    least: float = 0
    gases: tuple[str, ...] = ()

    def level_of(self, size: float) -> str:
        """Of what is that large; the last border that it is above."""
        return [level for above, level in self.borders if size > above or above == 0][-1]


class PermitConfig(Config, frozen=True, kw_only=True):
    """What permits take.

    ``gas_fresh_min``: how old a gas test may be when work begins
    ``break_min``: after a longer break the air is tested anew
    ``retest_min``: while work goes on the air is tested at least so often, or it stops
    ``sensor_every_min``: so often the value of a gas sensor is written down as a test
    ``gas_limit_lel``: percent of the lower explosive limit from which nobody works
    ``oxygen_least``: percent by volume below which nobody works
    ``oxygen_most``: percent by volume above which nobody works
    ``co_limit_ppm``: carbon monoxide from which nobody works
    ``h2s_limit_ppm``: hydrogen sulfide from which nobody works
    ``apply_lapses_h``: an application that nobody approves lapses after so long
    ``accept_within_h``: how soon the end of the work is to be accepted
    ``longest_h``: by ``kind.level``, how long a permit is valid at most, if not as docs/permits.md says
    ``certificates``: by kind, the kind of certificate that each worker must hold
    """

    KINDS: ClassVar[Mapping[str, Kind]] = {}

    gas_fresh_min: float = 30
    break_min: float = 60
    retest_min: float = 120
    sensor_every_min: float = 5
    gas_limit_lel: float = 10
    oxygen_least: float = 19.5
    oxygen_most: float = 23.5
    co_limit_ppm: float = 16
    h2s_limit_ppm: float = 7
    apply_lapses_h: float = 24
    accept_within_h: float = 24
    longest_h: dict[str, float] = {}
    certificates: dict[str, str] = {}

    @property
    def limits(self) -> Mapping[str, Limit]:
        return {
            "oxygen": Limit(least=self.oxygen_least, most=self.oxygen_most),
            "lel": Limit(below=self.gas_limit_lel),
            "co": Limit(below=self.co_limit_ppm),
            "h2s": Limit(below=self.h2s_limit_ppm),
        }

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        bounds = dict.fromkeys(("gas_fresh_min", "break_min", "retest_min", "sensor_every_min"), _DAY_MIN)
        bounds |= dict.fromkeys(("gas_limit_lel", "oxygen_least", "oxygen_most"), 100)
        bounds |= dict.fromkeys(("co_limit_ppm", "h2s_limit_ppm"), 1_000)
        bounds |= dict.fromkeys(("apply_lapses_h", "accept_within_h"), _LONGEST_H)
        for name, most in bounds.items():
            if not 0 < getattr(self, name) <= most:
                yield ConfigFault((name,), Text.of("permit.bad_number", field=name, most=most))
        if not self.oxygen_least < self.oxygen_most:
            yield ConfigFault(("oxygen_most",), Text.of("permit.bad_oxygen"))
        known = tuple(f"{kind}.{level}" for kind, one in self.KINDS.items() for level in one.levels)
        for name, hours in self.longest_h.items():
            if name not in known:
                yield ConfigFault(("longest_h", name), Text.of("permit.bad_level", known=known))
            if not 0 < hours <= _LONGEST_H:
                yield ConfigFault(("longest_h", name), Text.of("permit.bad_number", field=name, most=_LONGEST_H))
        for name in sorted(self.certificates.keys() - self.KINDS.keys()):
            yield ConfigFault(("certificates", name), Text.of("permit.bad_level", known=tuple(self.KINDS)))
