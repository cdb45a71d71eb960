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
        timers, patient, others_at = stepping.timers, stepping.patient, earliest((self._others_at(), until))
        wake_at, calendar = _earlier(self.wake_at, until), self.kernel.world.site.calendar
        for place in range(start, len(readings)):
            reading = readings[place]
            at = reading.received
            if at != now:
                if is_dirty or at < now:
                    break
                while wake_at is not None and wake_at < at and not is_dirty and wake_at == patient.next:
                    if _is_by(timers.next, wake_at) or _is_by(others_at, wake_at):
                        break
                    self._now = now = wake_at  # as a Tick: whoever waits for silence alone
                    stepping.run(patient, Tick(now, calendar), now, MOST_LOSSES)
                    is_dirty = bool(effects.alerts or effects.found)
                    wake_at = _earlier(others_at, _earlier(timers.next, patient.next))
                if is_dirty or _is_by(wake_at, at):
                    break
                self._now = now = at
            elif place == start:
                break  # of a time that has been dealt with
            device_state = device_states.get(reading.device)
            watches = device_state.signals.get(reading.signal) if device_state is not None else None
            if device_state is None or watches is None or device_state.lost:
                self._take((reading,), now)
                is_dirty = True
                continue
            if not reading.quality & _NO_WORD and device_state.heard != now:
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
                wake_at = _earlier(others_at, _earlier(timers.next, patient.next))
        else:
            place = len(readings)
        if is_dirty:
            self._finish((), now)
        return place, effects


def _is_by(time: Instant | None, now: Instant) -> bool:
    return time is not None and time <= now


def _earlier(one: Instant | None, other: Instant | None) -> Instant | None:
    return other if one is None or (other is not None and other < one) else one
