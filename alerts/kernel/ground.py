"""What the kernel needs of the engine that it works in."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from alerts.effects import Effects, ModeChanged
from alerts.facts import Fact
from alerts.kernel.outlook import Sight
from alerts.moves import AlertNote, StandingAlert, Stimulus, Unreal
from alerts.rule import Rule
from devices.message import Text
from devices.reading import Instant, Origin


class Ground(Protocol):
    """Everything that follows from a call stands in ``effects``."""

    @property
    def effects(self) -> Effects: ...
    @property
    def sees(self) -> Sight: ...
    def check_mode(self, area: str, mode: str) -> None:
        """Raises Refused for an area or a mode that there is not."""

    def set_mode(self, change: ModeChanged, origin: Origin) -> None:
        """That of its shadow, if the origin is not real."""

    @property
    def rules(self) -> Sequence[Rule[Any]]:
        """Those at work from the next step on."""
        ...

    def set_rules(self, rules: Sequence[Rule[Any]]) -> None:
        """From the next step on these are at work."""

    def says(self, rule: str, alert: StandingAlert, origin: Origin, now: Instant) -> None: ...
    def note(self, note: AlertNote, now: Instant) -> None:
        """Written on the alert, if it is open."""

    def fault(self, rule: str, key: str, text: Text, now: Instant) -> None:
        """A fault alert; it stands until the gateway is started again."""

    def hear(self, fact: Fact, now: Instant) -> None:
        """Step the rules that listen to it."""

    def stimulate(self, stimulus: Stimulus, origin: Origin, now: Instant) -> None: ...
    def end_shadow(self, origin: Unreal, now: Instant) -> None:
        """Its alerts are closed as tests, its memories forgotten."""

    def held_changed(self, devices: Collection[str], out: Collection[str], back: Collection[str]) -> None:
        """These are held back otherwise than before: some can be counted on no more, and some again."""

    def turned_out_real(self, devices: Collection[str]) -> None:
        """Dangers that these told while they were held back come back, though they may be over."""

    def settle(self, now: Instant) -> None:
        """Look anew at every alert that ``held_changed`` may concern, and tell the rules who is out."""
