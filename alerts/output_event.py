"""What concerns outputs and comes in from outside: a person's wish for silence, and what the way to a device says."""

from typing import Literal

import msgspec

from devices.message import Text
from devices.output_orders import OutputOrder


class OutputEvent(msgspec.Struct, frozen=True):
    """What the engine hands to whoever orders outputs."""


class SilenceOutputs(OutputEvent, frozen=True, tag=True):
    """Sirens and buzzers be quiet, of an area or everywhere; alerts stand as they stood, and a new one sounds again.

    ``areas``: those that the account is limited to, none: everywhere.
    """

    by: str
    area: str = ""
    note: str = ""
    areas: tuple[str, ...] = ()


class OutputAnswered(OutputEvent, frozen=True):
    """Of an order that was to be sent.

    ``sent``: it was, to a device that never says that it acted; ``acted``: its bus says that it did; ``refused``: it
    can't be, and ``why``; ``early``: it went out though nothing could be stored.
    """

    order: OutputOrder
    step: Literal["sent", "acted", "refused", "early"]
    why: Text | None = None
