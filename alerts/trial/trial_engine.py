"""The engine, and a way to hear recorded readings by the hundred thousand: between them most often nothing follows.

A step costs as much as ten readings, and recorded readings have a time each. So those that change nothing that anybody
must hear of are passed from rule to rule without a step between; where something follows, the step is finished as any
other. What comes of it is what steps would give, one for each time (a property holds it to that).
"""

from collections.abc import Sequence

from alerts.effects import Effects
from alerts.engine.engine import MOST_LOSSES, Engine
from alerts.event import Tick
from alerts.timers import earliest
from devices.reading import Instant, Quality, Reading

_NEVER: Instant = 1 << 63
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
        place, now, is_dirty = start, self._now, False
        effects = self._begin(now)
        device_states, stepping = self._instances.device_states, self._stepping
        timers, patient = stepping.timers, stepping.patient
        others = _or_never(earliest((self._others_at(), until)))
        wake_at, calendar = min(others, _or_never(self.wake_at)), self.kernel.world.site.calendar
        for place in range(start, len(readings)):
            reading = readings[place]
            at = reading.received
            if at != now:
                if is_dirty or at < now:
                    break
                if wake_at <= at:
                    while wake_at < at and not is_dirty and wake_at == patient.next:
                        if wake_at >= others or wake_at >= _or_never(timers.next):
                            break
                        self._now = now = wake_at  # as a Tick: whoever waits for silence alone
                        stepping.run(patient, Tick(now, calendar), now, MOST_LOSSES)
                        is_dirty = bool(effects.alerts or effects.found)
                        wake_at = min(others, _or_never(timers.next), _or_never(patient.next))
                    if is_dirty or wake_at <= at:
                        break
                now = at
            elif place == start:
                break  # of a time that has been dealt with
            device_state = device_states.get(reading.device)
            watches = device_state.signals.get(reading.signal) if device_state is not None else None
            if device_state is None or watches is None or device_state.lost:
                self._take((reading,), now)
                is_dirty = is_dirty or bool(effects.memories or effects.alerts or effects.found)
                wake_at = min(others, _or_never(timers.next), _or_never(patient.next))
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
                    wake_at = min(others, _or_never(timers.next), _or_never(patient.next))
        else:
            place = len(readings)
        self._now = now
        if is_dirty:
            self._finish((), now)
        return place, effects


def _or_never(time: Instant | None) -> Instant:
    return _NEVER if time is None else time
