"""The one interface of a workflow: what people do, that stands for a while, has a clock, and goes into a book.

A workflow is one pure file in workflows/. It says how cases of one kind are opened, moved on and ended, by people and
by the clock. It says what happened; rules say what must hold. The kernel keeps the cases, wakes them, asks roles and
second persons, passes facts round, and lets every alarm through when a workflow fails. docs/adr/0176 has examples.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

import msgspec

from alerts.alert import AlertEvent
from alerts.ask import EVERYBODY, Ask
from alerts.case import Case, Hold
from alerts.command import AlertCommand
from alerts.event import Recorded
from alerts.facts import Fact
from alerts.heard import Delayed, Installed, InTest, Listens, Lost, ModeSet, Pending, Slot, Spoken
from alerts.moves import AlertNote, FireWatch, Grouped, Notification, Receipt, SetMode, StandingAlert, Stimulus, Unreal
from alerts.rule import Rule
from alerts.rules_in_force import RuleInForce
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.world import World
from devices.keypad import Presented
from devices.message import Text
from devices.orders import Order
from devices.output_orders import OutputOrder
from devices.reading import Instant, Reading

__all__ = ["EVERYBODY", "Answer", "Ask", "Case", "Config", "Heard", "Hold", "Moves", "Workflow", "World"]


class Moves(msgspec.Struct, frozen=True, kw_only=True):
    """All that follows. A returned case is stored as it stands; one that is not open has ended, with what it held."""

    cases: tuple[Case, ...] = ()
    facts: tuple[Fact, ...] = ()
    modes: tuple[SetMode, ...] = ()
    compensations: tuple[FireWatch, ...] = ()
    orders: tuple[OutputOrder, ...] = ()
    notifications: tuple[Notification, ...] = ()
    alerts: tuple[StandingAlert, ...] = ()
    notes: tuple[AlertNote, ...] = ()
    grouped: tuple[Grouped, ...] = ()
    verbs: tuple[AlertCommand, ...] = ()
    """What whoever asks does with alerts, in this order; a refusal of one refuses all of the moves."""
    stimuli: tuple[Stimulus, ...] = ()
    shadows_over: tuple[Unreal, ...] = ()
    """All that shadows of that origin alarm is closed as a test, and what they remember is forgotten."""
    devices: tuple[Order, ...] = ()
    rules: tuple[RuleInForce, ...] = ()
    """Versions of rules that are at work from the next step on."""
    real: tuple[str, ...] = ()
    """Devices whose dangers, held back so far, turn out to be real: they come back though they may be over."""

    @classmethod
    def joined(cls, each: Iterable["Moves"]) -> "Moves":
        """All of several, in their order."""
        every = tuple(moves for moves in each if moves != NOTHING)
        if len(every) < 2:
            return every[0] if every else NOTHING
        names = {name for moves in every for name in cls.__struct_fields__ if getattr(moves, name)}
        return cls(**{name: tuple(one for moves in every for one in getattr(moves, name)) for name in names})


NOTHING = Moves()
"""Most of what is heard moves nothing."""


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A workflow's own table in the site file, ``[workflows.<name>]``; every field has a default."""

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        """All that is wrong with it beyond its shape."""
        return ()


C = TypeVar("C", bound=Case)
Heard: TypeAlias = (
    Ask
    | Reading
    | Fact
    | Recorded
    | AlertEvent
    | Receipt
    | ModeSet
    | Lost
    | Slot
    | Spoken
    | InTest
    | Installed
    | Delayed
    | Presented
)
Answer: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, Any], World, Instant], Any]
"""(what is asked about, this workflow's open cases by id, world, now); None: no answer."""


class Workflow(Generic[C]):
    """Subclassed in workflows/<name>.py, which ends with ``WORKFLOW = ...``. It keeps no state: all is in its cases.

    Its catalogues have the table ``[<name>]`` with ``title``, and ``ask_<tag>`` for each ask.

    ``installs``: its asks change what is installed; they wait while a long list of devices is being written.

    ``book``: the ledger's book for its facts. ``rules``: shipped with it; the site file overrides one by its name.
    ``address``: where its cases are listed under ``/api/`` beside the address that is made of its name;
    ``has_reports``: with those that have ended, each by its id, because people look them up; ``kept``: below it, the
    newest facts of a topic, each with its fields. ``is_listed``: its cases are written as CSV, too.
    ``page``: of the console, where all of its cases are shown.
    ``by_area``: an account that is limited to key areas is shown its cases of these and of no area, and no others;
    ``personal``: fields of its cases, each with a default, that are shown to whoever sees what is personal in its book.
    ``counts_holidays``: its cases are treated otherwise on a holiday, whatever its table of the site file says.
    """

    name: ClassVar[str]
    book: ClassVar[str]
    case: type[C]
    asks: ClassVar[tuple[type[Ask], ...]] = ()
    config_type: ClassVar[type[Config]] = Config
    listens: ClassVar[Listens] = Listens()
    provides: Mapping[str, Answer] = {}
    installs: ClassVar[bool] = False
    address: ClassVar[str] = ""
    has_reports: ClassVar[bool] = False
    kept: ClassVar[Mapping[str, tuple[str, type[msgspec.Struct]]]] = {}
    is_listed: ClassVar[bool] = False
    page: ClassVar[str] = ""
    by_area: ClassVar[bool] = False
    personal: ClassVar[tuple[str, ...]] = ()
    counts_holidays: ClassVar[bool] = False

    def __init__(self, config: Config | None = None) -> None:
        self.config: Any = config if config is not None else self.config_type()

    def rules(self) -> Sequence[Rule[Any]]:
        return ()

    def choices(self, site: SiteFacts) -> Mapping[str, Sequence[str]]:
        """By name, from what a field of its asks is chosen here. Where there is nothing to choose is no such ask."""
        return {}

    def filled(self, ask: Any, cases: Mapping[str, C], world: World) -> Any:
        """The ask with what it leaves open filled in: what a second person consents to is that. Raises Refused."""
        return ask

    def takes_two(self, ask: Any, world: World) -> bool:
        """Whether somebody else has to consent to this ask."""
        return bool(ask.SECOND)

    def wanted(self, ask: Any, world: World) -> Text | None:
        """What is asked for, as the second person is told; None: its title, devices and note."""
        return None

    def check(self, ask: Any, cases: Mapping[str, C], world: World, now: Instant) -> None:
        """What speaks against it, before it waits for a second person and again when they consent. Raises Refused."""

    def opens(self, last: Instant, world: World, now: Instant) -> Instant | None:
        """The next Slot after ``last``, the slot before (0: none yet); asked anew after each fact that it hears."""
        return None

    def sets_aside(self, case: C, pending: Pending, world: World) -> Hold | None:
        """Why an alert of a device that the case holds is not to be shouted."""
        return None

    def step(self, event: Heard, cases: Mapping[str, C], world: World, now: Instant) -> Moves:
        """What follows from an ask or from what is listened to. Raises Refused for an ask that cannot be."""
        raise NotImplementedError

    def turn(self, due: Sequence[C], world: World, now: Instant) -> Moves:
        """What follows for the cases whose ``wake_at`` has come."""
        raise NotImplementedError

    def shows(self, case: C, now: Instant) -> dict[str, Any]:
        """What people are shown of an open case beside its fields: what time makes of them. Texts are Text."""
        return {}

    @classmethod
    def shown(cls, case: C) -> msgspec.Struct:
        """The case at its ``address``, by a struct whose fields say it all: At for a moment, Text for what is said."""
        raise NotImplementedError

    @classmethod
    def runs(cls, case: C) -> bool:
        """Whether one that is kept is under way; at its ``address`` the others stand among those that ended."""
        return True

    @classmethod
    def listed(cls, cases: Iterable[C]) -> str:
        """Those cases as CSV, where it ``is_listed``; one of its asks may take that in again."""
        raise NotImplementedError

    def waits_for(self, case: C, account: str, role: str) -> bool:
        """Whether somebody of that role has to do something with it now; else it is kept, or waits for others."""
        return any(role in ask.ROLES for ask in self.asks)

    def upgrade(self, version: int, stored: dict[str, Any]) -> dict[str, Any]:
        """What was stored with that version, as it is stored now."""
        return stored
