"""Codes and cards with which accounts arm and disarm."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from api.ports.codes import CodeView
from devices.errors import Refused
from devices.keypad import UserCode
from devices.message import Text
from gateway.area_rights import AreaRights
from gateway.clock import Clock
from gateway.stores.user_codes import UserCodes


class CodesView:
    """Implements api.ports.codes."""

    def __init__(self, codes: UserCodes, areas: Collection[str], clock: Clock, rights: AreaRights) -> None:
        self._codes, self._areas, self._clock, self._rights = codes, tuple(areas), clock, rights

    def codes(self) -> Sequence[CodeView]:
        return [CodeView(stored.code, stored.given) for _, stored in self._codes.all()]

    def give(self, code: str, given: UserCode, by: str, *, is_card: bool) -> None:
        self._check(given, by)
        self._codes.give(code, given, self._clock.now(), is_card=is_card, by=by)

    def make(self, given: UserCode, by: str) -> str:
        self._check(given, by)
        return self._codes.make(given, self._clock.now(), by=by)

    def take(self, account: str, by: str) -> int:
        self._check(UserCode(account), by)
        return self._codes.take_all(account, self._clock.now(), by=by)

    def _check(self, given: UserCode, by: str) -> None:
        """Raises Refused for an area that there is not, NotAllowed for one in which whoever gives may not act."""
        for area in given.areas:
            if area not in self._areas:
                raise Refused(Text.of("applicability.no_area", area=area))
        self._rights.check(by, given if given.areas else replace(given, areas=self._areas))
