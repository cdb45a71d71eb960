"""What the checks of the alarm path have shown."""

from typing import Protocol

from alerts.alarm_path import PathState


class AlarmPathPort(Protocol):
    """What the checks of the alarm path have shown."""

    @property
    def state(self) -> PathState: ...

    @property
    def every_s(self) -> float:
        """The pause between two checks."""
        ...

    def check_now(self) -> None:
        """One is made at once; from the event loop."""
        ...
