"""A wish that waits for a second person helps nobody where there is none who could consent."""

from collections.abc import Collection

from devices.errors import Refused
from devices.message import Text
from devices.people import people
from gateway.stores.users import Users


def check_somebody_else(users: Users, by: str, may: Collection[str], refusal: Text) -> None:
    """Raises Refused if nobody but whoever asks has one of the roles that may consent; blocks."""
    asking = people(by)
    accounts = (user for user in users.all() if user.role in may and not user.disabled)
    if all(user.name.casefold() in asking for user in accounts):
        raise Refused(refusal)
