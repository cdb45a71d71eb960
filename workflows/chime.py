"""Chime 门铃提示: while nobody is guarded against, a short sound says that a door was opened. It is no alert.

No case, no entry: it is heard and forgotten. What is only found open does not chime, nor what opens while its area is
armed.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from alerts.area_mode import is_armed
from alerts.case import Case
from alerts.heard import Listens
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config, Heard, Moves, Workflow, World
from devices.message import Text
from devices.output_orders import OutputOrder
from devices.reading import Instant, Quality, Reading

_SNAPSHOT = int(Quality.SNAPSHOT | Quality.DEDUCED)
_LONGEST_S = 10


class Bell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One chime.

    ``devices``: doors; when one of them is opened
    ``outputs``: devices whose buzzer sounds
    ``for_s``: for so long; 10 at most
    """

    devices: tuple[str, ...]
    outputs: tuple[str, ...]
    for_s: float = 1


class ChimeConfig(Config, frozen=True, kw_only=True):
    """Doors that chime.

    ``bells``: each with its doors and where it sounds
    """

    bells: tuple[Bell, ...] = ()

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        known = {device.id for device in site.devices}
        for index, bell in enumerate(self.bells):
            for key in ("devices", "outputs"):
                for place, name in enumerate(getattr(bell, key)):
                    if name not in known:
                        yield ConfigFault(("bells", index, key, place), Text.of("chime.no_device", device=name))
            if not 0 < bell.for_s <= _LONGEST_S:
                yield ConfigFault(("bells", index, "for_s"), Text.of("chime.too_long", most=_LONGEST_S))


class Chime(Workflow[Case]):
    """It keeps nothing."""

    name, book, case = "chime", "arming", Case
    config_type = ChimeConfig
    listens = Listens(signals=frozenset({"door"}))

    def step(self, event: Heard, cases: Mapping[str, Case], world: World, now: Instant) -> Moves:
        if not isinstance(event, Reading) or event.value is not True or event.quality & _SNAPSHOT:
            return Moves()
        device = world.devices.get(event.device)
        if device is None or is_armed(world.modes.get(device.area, "")):
            return Moves()
        before = world.recent(event.device, event.signal, 1 << 62)
        if len(before) > 1 and before[-2].value is True:
            return Moves()
        sounds = dict.fromkeys(
            (output, bell.for_s) for bell in self.config.bells if device.id in bell.devices for output in bell.outputs
        )
        return Moves(
            orders=tuple(
                OutputOrder(
                    id=f"chime {output} {now}",
                    device=output,
                    what="buzzer",
                    value=True,
                    at=now,
                    reason=Text.of("chime.opened", device=device.id),
                    duration_s=for_s,
                    area=device.area,
                )
                for output, for_s in sounds
            )
        )

    def turn(self, due: Sequence[Case], world: World, now: Instant) -> Moves:
        return Moves()


WORKFLOW = Chime
