"""The engine, and a way to hear recorded readings by the hundred thousand: between them most often nothing follows.

A step costs as much as ten readings, and recorded readings have a time each. So those that change nothing that anybody
must hear of are passed from rule to rule without a step between; where something follows, the step is finished as any
other. What comes of it is what steps would give, one for each time (a property holds it to that).
"""

from collections.abc import Sequence
from itertools import islice

from alerts.effects import Effects
from alerts.engine.engine import MOST_LOSSES, Engine
from alerts.event import Tick
from alerts.timers import NEVER, earliest
from devices.reading import Instant, Quality, Reading

_NO_WORD = int(Quality.SNAPSHOT | Quality.DEDUCED)


class TrialEngine(Engine):
    """Nobody may hold devices back in it, and no workflow be there: it would not hear what it listens to."""

    @property
    def now(self) -> Instant:
        """The time of its last step."""
        return self._now

    def hear(self, readings: Sequence[Reading], start: int, until: Instant | None) -> tuple[int, Effects]:
        """Readings from that place on, each at the time it was received, and the place of the first that was not taken.

        It ends where something has followed, where a step is wanted first, or at ``until``: then that place may be
        ``start``.
        """
        now, is_dirty, place = self._now, False, start
        effects = self._begin(now)
        is_to_install = self._devices is not None or self._installing.rules_to_come is not None
        if is_to_install or readings[start].received == now:  # of a time that has been dealt with
            return start, effects
        device_states, stepping = self._instances.device_states, self._stepping
        timers, patient = stepping.timers, stepping.patient
        others = _or_never(earliest((self._others_at(), until)))
        loud_at, wake_at = min(others, _or_never(timers.next)), min(others, _or_never(self.wake_at))
        device, device_state = "", None
        for reading in islice(readings, start, None):
            at = reading.received
            if at != now:
                if is_dirty or at < now:
                    break
                if wake_at <= at:
                    while wake_at < loud_at and not is_dirty:
                        wake_at = stepping.put_off(min(at, loud_at))
                        if wake_at >= at or wake_at >= loud_at:
                            break
                        self._now = now = wake_at  # as a Tick: whoever waits for silence alone
                        stepping.run(patient, Tick(now, self.kernel.world.site.calendar), now, MOST_LOSSES)
                        is_dirty = bool(effects.alerts or effects.found)
                        loud_at, wake_at = min(others, _or_never(timers.next)), _or_never(patient.next)
                    wake_at = min(loud_at, wake_at)
                    if is_dirty or wake_at <= at:
                        break
                now = at
            place += 1
            if reading.device is not device:
                device = reading.device
                device_state = device_states.get(device)
            watches = device_state.signals.get(reading.signal) if device_state is not None else None
            if device_state is None or watches is None or device_state.lost:
                self._take((reading,), now)
                is_dirty = is_dirty or bool(effects.memories or effects.alerts or effects.found)
                loud_at = min(others, _or_never(timers.next))
                wake_at = min(loud_at, _or_never(patient.next))
                device = ""
                continue
            if device_state.heard != now and not reading.quality & _NO_WORD:
                if device_state.heard and now - device_state.heard > device_state.pause:
                    device_state.pause = now - device_state.heard
                device_state.heard = now
            for instance in watches:
                memory = instance.memory
                try:
                    new = instance.rule.step(memory, reading, now)
                except Exception as error:  # noqa: BLE001 - docs/adr/0070
                    stepping.failed(instance, error, now)
                    is_dirty = True
                    continue
                if new is memory:
                    continue
                stepping.change(instance, new, now)
                if new.breach is not memory.breach or effects.alerts or effects.found:
                    is_dirty = True
                if instance.whole is not None or new.wake_at != memory.wake_at:
                    loud_at = min(others, _or_never(timers.next))
                    wake_at = min(loud_at, _or_never(patient.next))
        self._now = now
        if is_dirty:
            self._finish((), now)
        return place, effects


def _or_never(time: Instant | None) -> Instant:
    return NEVER if time is None else time
