"""``python -m api.watch URL USER``: another gateway's open alerts on this terminal, as its own control room has them.

The first line of standard input is the password; an account that may only watch (kiosk) is enough. Each change prints
the list anew; with ``--json`` as one line, for a program. It says when the gateway is not heard, for then it is old.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence

from alerts.alert import Alert
from api.alert_wording import class_word
from api.catalogue import language
from api.client import Address, Client, ClientError, Who
from api.live import Live, follow
from api.remote import RemoteGateway
from api.schemas import iso
from devices.errors import KeyareaError
from devices.language import Language
from devices.message import Text

_LOOK_S = 0.2


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


async def watch(client: Client, words: Language, *, as_json: bool, write: Callable[[str], object]) -> None:
    """Until the session ends. Raises NotAllowed."""
    live = Live()
    screen = Screen(live, words, as_json=as_json, write=write)

    def on_line(is_heard: bool) -> None:
        screen.is_heard = is_heard

    following = asyncio.ensure_future(follow(live, RemoteGateway(client, on_line=on_line)))
    while not following.done():
        screen.look()
        await asyncio.wait({following}, timeout=_LOOK_S)
    following.result()


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
        client = Client(Address(args.url), Who(language=args.language)).signed_in(args.user, password)
        asyncio.run(watch(client, words, as_json=args.json, write=write))
    except KeyboardInterrupt:
        return 0
    except (KeyareaError, ClientError, ValueError) as error:
        said = words.render(error.text) if isinstance(error, KeyareaError) else str(error)
        sys.stderr.write(f"{said}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
