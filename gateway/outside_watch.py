"""``keyarea watch``: another machine asks a gateway whether alarms pass, and tells people when it is not so.

Nothing here needs the gateway, nor shares a fate with it but the network between them. Silence, a refusal and a wrong
answer are the same: nobody can count on that gateway now.
"""

import json
import os
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Literal

import msgspec

PATH = "/healthz/alarms"
_MOST_BYTES = 4096
_COMMAND_S = 60.0
_WEBHOOK_S = 10.0

Turn = Literal["lost", "back"]


class Watched:
    """When to tell: ``after_s`` without a good answer, once; and when there is one again."""

    def __init__(self, after_s: float, now: float) -> None:
        self._after_s, self._good_at = after_s, now
        self.is_lost = False

    def heard(self, *, is_good: bool, now: float) -> Turn | None:
        """What is to be told now."""
        if is_good:
            self._good_at = now
            if self.is_lost:
                self.is_lost = False
                return "back"
        elif not self.is_lost and now - self._good_at >= self._after_s:
            self.is_lost = True
            return "lost"
        return None


class Told(msgspec.Struct, frozen=True):
    """What is told: that a gateway is lost, or back, and why."""

    gateway: str
    state: Turn
    reason: str
    at: str


def why_not(url: str, timeout_s: float, ca_file: str = "") -> str:
    """Why nobody can count on the gateway there; empty if one can."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
        with urllib.request.urlopen(url.rstrip("/") + PATH, timeout=timeout_s, context=context) as answer:  # noqa: S310
            content = json.loads(answer.read(_MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            says_no = error.code == 503 and error.read(_MOST_BYTES) == b'{"ok":false}'
        return "alarms_stuck" if says_no else f"HTTP {error.code}"
    except urllib.error.URLError as error:
        return str(error.reason)
    except (OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return "" if isinstance(content, dict) and content.get("ok") is True else "not_a_gateway"


def run_program(command: Sequence[str], told: Told) -> str:
    """Without a shell; what is told stands in its environment. Why it failed, or empty."""
    environment = {
        **os.environ,
        "KEYAREA_WATCH_GATEWAY": told.gateway,
        "KEYAREA_WATCH_STATE": told.state,
        "KEYAREA_WATCH_REASON": told.reason,
        "KEYAREA_WATCH_AT": told.at,
    }
    try:
        done = subprocess.run(list(command), env=environment, timeout=_COMMAND_S, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return f"exit status {done.returncode}" if done.returncode else ""


def post(webhook: str, told: Told) -> str:
    """Why nobody took it, or empty."""
    body, headers = msgspec.json.encode(told), {"Content-Type": "application/json", "User-Agent": "keyarea"}
    try:
        request = urllib.request.Request(webhook, data=body, headers=headers, method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=_WEBHOOK_S):  # noqa: S310 - whoever calls gave the address
            return ""
    except urllib.error.HTTPError as error:
        error.close()
        return f"HTTP {error.code}"
    except (OSError, ValueError) as error:
        return str(error)
