"""The settings of a line of this family, and which of them hold for one transmission device."""

import re
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import asdict, replace

_SOURCE = re.compile(r"[0-9a-f]{12}")


class DeviceOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What differs for one transmission device; each as in Options."""

    lenient_checksum: bool | None = None
    trust_test_bit: bool | None = None
    time_zone: str | None = None
    split_address: bool | None = None
    handshake: Literal["answer", "echo", "plain"] | None = None
    time_first: bool | None = None
    sync_clock: bool | None = None
    register_first: bool | None = None

    def __post_init__(self) -> None:
        if self.time_zone is not None:
            _check_zone(self.time_zone)


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """each holds for all transmission devices of the line; ``devices`` for one, by its source address.

    ``lenient_checksum``: take frames with a wrong sum (each is noted); ``trust_test_bit``: bit 0 of a state really
    means that it is being tested; ``time_zone``: of the time labels; ``split_address``: component addresses as
    zone-point; ``handshake``: what the one byte 16 is confirmed with: ``answer`` 17, ``echo`` 16, ``plain``
    nothing; ``time_first``: the private variant with the time before the object and three bytes behind it;
    ``sync_clock``: set the device's clock after its first word and daily; ``register_first``: confirm command 0
    (registration) and 7 (keep-alive) of a device that says nothing before (Dahua), which the standard denies;
    ``answer_within_s`` and ``resends``: how long to wait for an answer to what the gateway asks, and how often to
    ask again (clauses 6.5.4 and 6.5.5).
    """

    lenient_checksum: bool = False
    trust_test_bit: bool = False
    time_zone: str = "Asia/Shanghai"
    split_address: bool = False
    handshake: Literal["answer", "echo", "plain"] = "answer"
    time_first: bool = False
    sync_clock: bool = True
    register_first: bool = False
    answer_within_s: float = 10
    resends: int = 3
    devices: dict[str, DeviceOptions] = {}

    def __post_init__(self) -> None:
        _check_zone(self.time_zone)
        if not 0.1 <= self.answer_within_s <= 600:
            raise ValueError("answer_within_s must be 0.1 to 600 seconds")
        if not 0 <= self.resends <= 10:
            raise ValueError("resends must be 0 to 10")
        for source in self.devices:
            if not _SOURCE.fullmatch(source):
                raise ValueError(f"devices must be named by 12 hexadecimal digits like e90300000000, not {source!r}")

    def of(self, source: bytes) -> "Options":
        """The options that hold for the transmission device of that address."""
        own = self.devices.get(source.hex())
        if own is None:
            return self
        return replace(self, **{name: value for name, value in asdict(own).items() if value is not None})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"time_zone must be a name like Asia/Shanghai, not {name!r}") from None
