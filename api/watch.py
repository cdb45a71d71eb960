"""``python -m api.watch URL USER``: another gateway's open alerts on this terminal, as its own control room has them.

The first line of standard input is the password; an account that may only watch (kiosk) is enough. Each change prints
the list anew; with ``--json`` as one line, for a program. It says when the gateway is not heard, for then it is old.
"""

import argparse
import asyncio
import http.client
import json
import sys
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from alerts.alert import Alert
from api.alert_wording import class_word
from api.catalogue import language
from api.live import Live, follow
from api.remote import RemoteGateway
from api.schemas import iso
from devices.errors import KeyareaError, NotAllowed
from devices.language import Language
from devices.message import Text

_LOOK_S = 0.2
_WITHIN_S = 10.0


class Screen:
    """What is shown, and when it is shown anew."""

    def __init__(self, live: Live, words: Language, *, as_json: bool, write: Callable[[str], object]) -> None:
        self._live, self._words, self._as_json, self._write = live, words, as_json, write
        self.is_heard = False
        self._shown: tuple[int, bool] | None = None

    def look(self) -> None:
        """Show what has changed since the last look."""
        stands = (self._live.revision, self.is_heard)
        if not self._live.is_known or stands == self._shown:
            return
        self._shown = stands
        alerts = self._live.open_alerts()
        self._write(self._json(alerts) if self._as_json else self._page(alerts))

    def _json(self, alerts: Sequence[Alert]) -> str:
        rows = [
            {"id": alert.id, "state": alert.state, "priority": alert.priority, "area": alert.area, "key": alert.key}
            for alert in alerts
        ]
        return json.dumps({"live": self.is_heard, "at": self._live.position.at, "alerts": rows}) + "\n"

    def _page(self, alerts: Sequence[Alert]) -> str:
        head = self._words.render(Text.of("watch.live" if self.is_heard else "watch.not_live", count=len(alerts)))
        return "\n".join([head, *map(self._line, alerts)]) + "\n\n"

    def _line(self, alert: Alert) -> str:
        aside = "" if alert.suppression is None else f" ({self._words.render(Text.of('watch.aside'))})"
        kind, said = class_word(alert.alert_class, self._words), self._words.render(alert.text)
        return f"{alert.priority}  {iso(alert.newest)}  {alert.area}  {kind} · {said}  {alert.state}{aside}"


async def watch(url: str, token: str, words: Language, *, as_json: bool, write: Callable[[str], object]) -> None:
    """Until the session ends. Raises NotAllowed."""
    live = Live()
    screen = Screen(live, words, as_json=as_json, write=write)

    def on_line(is_heard: bool) -> None:
        screen.is_heard = is_heard

    following = asyncio.ensure_future(follow(live, RemoteGateway(url, token, language=words.code, on_line=on_line)))
    while not following.done():
        screen.look()
        await asyncio.wait({following}, timeout=_LOOK_S)
    following.result()


def sign_in(url: str, user: str, password: str) -> str:
    """The token of a new session. Raises NotAllowed, OSError."""
    at = urlsplit(url)
    kind = http.client.HTTPSConnection if at.scheme == "https" else http.client.HTTPConnection
    connection = kind(at.hostname or "", at.port, timeout=_WITHIN_S)
    try:
        body = json.dumps({"user": user, "password": password})
        connection.request("POST", f"{at.path.rstrip('/')}/api/session", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != http.client.OK:
            raise NotAllowed(Text.of("remote.not_let_in", status=answer.status))
        return str(json.loads(content)["token"])
    finally:
        connection.close()


def main() -> int:
    """Exit status 2: it was not let in, or the gateway does not answer."""
    parser = argparse.ArgumentParser(prog="python -m api.watch", description=__doc__)
    parser.add_argument("url", help="the gateway, as a browser has it: https://gateway:8080")
    parser.add_argument("user", help="an account that may watch")
    parser.add_argument("--json", action="store_true", help="each change as one line of JSON")
    parser.add_argument("--language", choices=("en", "zh"), default="en")
    args = parser.parse_args()
    password = sys.stdin.readline().rstrip("\n")

    def write(text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    words = language(args.language)
    try:
        token = sign_in(args.url, args.user, password)
        asyncio.run(watch(args.url, token, words, as_json=args.json, write=write))
    except KeyboardInterrupt:
        return 0
    except (KeyareaError, OSError) as error:
        said = words.render(error.text) if isinstance(error, KeyareaError) else str(error)
        sys.stderr.write(f"{said}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
