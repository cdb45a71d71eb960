"""What both kinds of worker do: let the target take input, count, tell how far it is, and note what broke.

Each line on standard output is JSON: ``inputs``, ``seconds``, ``rss_kib`` (the most so far), at the end ``done``;
``crash`` names the file that replays what broke.
"""

import argparse
import json
import os
import resource
import signal
import time
import traceback
from pathlib import Path
from types import FrameType

from fuzz.target import WINDOW, Broken, Target

_TELL_EVERY = 2_000
_HANGS_AFTER_S = 30


class Worker:
    """Feeds the target until so many inputs were taken."""

    def __init__(self, target: Target, inputs: int, crashes: Path, most_megabytes: int) -> None:
        self._target, self.inputs, self._crashes = target, inputs, crashes
        self._most_kib = most_megabytes * 1024
        self.count = 0
        self._began = time.monotonic()
        crashes.mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGALRM, self._hangs)

    def take(self, data: bytes) -> None:
        """One input. Whatever breaks is noted, and raised again."""
        try:
            if self.count % WINDOW == 0:
                signal.alarm(_HANGS_AFTER_S)
            self._target.feed(data)
            self.count += 1
            if self.count % _TELL_EVERY == 0 and _rss_kib() > self._most_kib:
                raise Broken(f"{_rss_kib() // 1024} MiB of memory, {self._most_kib // 1024} are allowed")
        except Exception as error:
            self._note(error)
            raise
        if self.count % _TELL_EVERY == 0 or self.count >= self.inputs:
            self._tell(done=self.count >= self.inputs)

    def _hangs(self, number: int, frame: FrameType | None) -> None:
        raise Broken(f"{WINDOW} inputs took more than {_HANGS_AFTER_S} s")

    def _tell(self, **more: object) -> None:
        seconds = time.monotonic() - self._began
        told = {"inputs": self.count, "seconds": round(seconds, 3), "rss_kib": _rss_kib(), **more}
        print(json.dumps(told), flush=True)

    def _note(self, error: Exception) -> None:
        """What replays it: all inputs since the target began anew."""
        signal.alarm(0)
        path = self._crashes / f"{self._target.family}-{os.getpid()}-{self.count}.json"
        told = {
            "family": self._target.family,
            "error": "".join(traceback.format_exception(error)),
            "inputs": [data.hex() for data in self._target.history],
        }
        path.write_text(json.dumps(told, indent=1), encoding="utf-8")
        self._tell(crash=str(path), error=repr(error)[:300])


def _rss_kib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def arguments(description: str | None) -> argparse.Namespace:
    """What the driver says to a worker."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("family")
    parser.add_argument("--inputs", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--crashes", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True, help="a folder of what the guided worker found worth it")
    parser.add_argument("--megabytes", type=int, required=True)
    return parser.parse_args()
