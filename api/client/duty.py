"""The duty roster as a calendar file."""

from api.client.caller import Caller


class DutyCalls:
    """``client.duty``"""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def calendar(self, post: str = "", person: str = "") -> str:
        """An iCalendar file of who is on duty, a week back and 60 days ahead."""
        return self._caller.send("GET", "/api/duty/calendar", None, "", post=post, person=person).content.decode()
