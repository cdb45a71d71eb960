"""What a message says, in its reader's language, and the link by which its reader answers."""

from collections.abc import Callable, Sequence

from alerts.moves import Notification
from api.ports.answer_links import AnswerLink
from devices.language import Language
from devices.message import Name, Text
from devices.reading import SECOND, Instant
from gateway.notify.message import Outgoing

LINK_LASTS: Instant = 12 * 3_600 * SECOND
ANSWER = "answer"
"""Where such links lead, below the address of the console."""


class Letters:
    """``language(code)``; "" is the site's. ``token()`` makes one that nobody can guess."""

    def __init__(self, site: Name, console: str, language: Callable[[str], Language], token: Callable[[], str]) -> None:
        self._site, self._console, self._language, self._token = site, console.rstrip("/"), language, token

    def link(self, notification: Notification, now: Instant) -> tuple[str, AnswerLink]:
        """A new token, and what it is good for."""
        link = AnswerLink(
            notification=notification.id,
            case=notification.case,
            person=notification.to[0],
            text=notification.text,
            expires=now + LINK_LASTS,
            language=notification.language,
        )
        return self._token(), link

    def write(
        self, notifications: Sequence[Notification], address: str, *, token: str = "", is_again: bool = False
    ) -> Outgoing:
        """One message of one or several, to whoever the first is to."""
        first = notifications[0]
        language = self._language(first.language)
        said = [language.render(each.text) for each in notifications]
        title = language.render(Text.of("notify.title" if first.alert else "notify.message", site=self._site))
        if len(said) > 1:
            title += f" ({language.render(Text.of('notify.digest', count=len(said)))})"
        if is_again:
            said.insert(0, language.render(Text.of("notify.again")))
        fields: dict[str, str | int | list[str]] = {
            "alert": first.alert,
            "alert_class": first.alert_class,
            "area": first.area,
            "priority": first.priority,
        }
        if len(notifications) > 1:
            fields = {"alerts": [each.alert for each in notifications]}
        return Outgoing(
            id=first.id,
            title=title,
            body="\n".join(said),
            link=f"{self._console}/{ANSWER}/{token}" if token else "",
            address=address,
            is_urgent=first.is_urgent,
            is_again=is_again,
            fields=fields,
        )
