"""A door that has more callers than it may have is up all the same: a fault of that part, and no lost line."""

import logging
import re
from typing import Protocol

from devices.message import Text
from gateway.transports.socket_line import FULL

log = logging.getLogger("keyarea")
_MOST = re.compile(r"\d+")


class Say(Protocol):
    """Tells of a part of the gateway whether it is at fault."""

    def __call__(self, device: str, *, fault: bool) -> None: ...


def is_told_full(line: str, state: str, faults: dict[str, Text], say: Say) -> bool:
    """Whether this state of a line was just that, and so is no state of the line; ``faults`` by part."""
    part, is_full = f"socket {line}", state.startswith(FULL)
    if is_full:
        log.warning("line %s: %s", line, state)
        faults[part] = Text.of("health.callers_cut_off", most=next(iter(_MOST.findall(state)), "?"))
        say(f"part:{part}", fault=True)
    elif state == "up" and part in faults and faults[part].key == "health.callers_cut_off":
        log.info("line %s: no caller is cut off for another any more", line)
        del faults[part]
        say(f"part:{part}", fault=False)
    return is_full
