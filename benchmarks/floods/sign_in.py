"""Guesses of passwords, three hundred at a time: each would cost 50 ms of a core and 32 MiB."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.flood import Target

WHAT = "300 parallel sign-in guesses, again and again for 20 s"
_AT_ONCE, _LASTS_S = 300, 20.0


def run(target: Target) -> None:
    until = time.monotonic() + _LASTS_S

    def guess(number: int) -> None:
        while time.monotonic() < until:
            connection = http.client.HTTPConnection("127.0.0.1", target.web, timeout=30)
            body = json.dumps({"user": "olga" if number % 2 else f"nobody-{number}", "password": f"guess {number}"})
            try:
                connection.request("POST", "/api/session", body, {"Content-Type": "application/json"})
                connection.getresponse().read()
            except OSError:
                time.sleep(0.05)  # refused: there are too many of us
            except http.client.HTTPException:
                pass
            finally:
                connection.close()
            time.sleep(1)  # a client that is refused comes again; without this the flood is one of the machine's own

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(guess, range(_AT_ONCE)))
