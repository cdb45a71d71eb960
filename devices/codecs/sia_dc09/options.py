"""The settings of a line of this family."""

from typing import Literal

import msgspec


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """each holds for all panels of the line.

    ``zones``: each zone and partition is a device of its own (``devices``), or all are channels of the ``panel``
    (``smoke.1-17``), or ``both``; ``encryption``: who must encrypt: whoever has a key in the key file
    (``where_keyed``), everybody (``required``), nobody (``optional``); ``check_time``: whose timestamps must be near:
    ``always`` where there is one, or of ``encrypted`` messages alone; ``oldest_s`` and ``newest_s``: how far behind or
    ahead of the gateway's clock they may be (clause 5.5.1.9); ``repeated_within_s``: how long the same event with the
    same sequence number and time counts as said again (without a time, or with another, a minute).
    """

    zones: Literal["devices", "panel", "both"] = "devices"
    encryption: Literal["where_keyed", "required", "optional"] = "where_keyed"
    check_time: Literal["always", "encrypted"] = "always"
    oldest_s: float = 40
    newest_s: float = 20
    repeated_within_s: float = 300

    def __post_init__(self) -> None:
        if not (1 <= self.oldest_s <= 86_400 and 1 <= self.newest_s <= 86_400):
            raise ValueError("oldest_s and newest_s must be 1 to 86400 seconds")
        if not max(60, self.oldest_s + self.newest_s) <= self.repeated_within_s <= 86_400:
            raise ValueError(
                "repeated_within_s must be 60 to 86400 seconds and at least oldest_s + newest_s together: "
                "else an encrypted message could be played back"
            )
