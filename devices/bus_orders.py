"""Orders to outputs on buses that a library works: what the family decides and the transport carries out."""

import msgspec


class RegisterWrite(msgspec.Struct, frozen=True):
    """One coil or holding register to be written; ``place`` counts from 0, ``value`` is 0 or 1 for a coil."""

    unit: int
    kind: str
    place: int
    value: int


class ReaderOrder(msgspec.Struct, frozen=True):
    """What a reader is told: an LED of that ``colour``, a buzzer's ``count`` of beeps, or output ``number``.

    ``tenths`` of a second, 1 to 255; of an LED or an output 0 is for good.
    """

    what: str
    colour: str = ""
    count: int = 0
    number: int = 0
    is_on: bool = True
    tenths: int = 0
