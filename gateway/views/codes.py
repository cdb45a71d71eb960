"""Codes and cards with which accounts arm and disarm."""

from collections.abc import Collection, Sequence

from api.ports.codes import CodeView
from devices.errors import Refused
from devices.keypad import UserCode
from devices.message import Text
from gateway.clock import Clock
from gateway.stores.user_codes import UserCodes


class CodesView:
    """Implements api.ports.codes."""

    def __init__(self, codes: UserCodes, areas: Collection[str], clock: Clock) -> None:
        self._codes, self._areas, self._clock = codes, areas, clock

    def codes(self) -> Sequence[CodeView]:
        return [CodeView(stored.code, stored.given) for _, stored in self._codes.all()]

    def give(self, code: str, given: UserCode, by: str, *, is_card: bool) -> None:
        self._check(given)
        self._codes.give(code, given, self._clock.now(), is_card=is_card, by=by)

    def make(self, given: UserCode, by: str) -> str:
        self._check(given)
        return self._codes.make(given, self._clock.now(), by=by)

    def take(self, account: str, by: str) -> int:
        return self._codes.take_all(account, self._clock.now(), by=by)

    def _check(self, given: UserCode) -> None:
        for area in given.areas:
            if area not in self._areas:
                raise Refused(Text.of("applicability.no_area", area=area))
