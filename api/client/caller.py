"""One call of the API: what is sent, what may come back, and which error it is when it is no answer."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from api.catalogue import language
from api.client.errors import ClientError, Fault, NotAllowed, NotRunning, Refused, Unreachable
from api.client.places import Place
from devices.message import Text

T = TypeVar("T")
LARGEST_ANSWER = 64 * 1024 * 1024
_TIMEOUT_S = 120.0
"""A list of ten thousand devices takes its time."""


class Who(msgspec.Struct, frozen=True):
    """Who asks: a ``token`` (a session's), or the user of the machine, on behalf of an account if it is named.

    ``language``: ``en`` or ``zh``, of all sentences that come back.
    """

    token: str = ""
    on_behalf_of: str = ""
    language: str = "en"


NOBODY = Who()
"""Nothing is shown: enough for the socket in a data folder."""


class Done(msgspec.Struct, frozen=True):
    """It is done and stored."""

    done: bool = True


class Answer(msgspec.Struct, frozen=True):
    """What came back whole; names of headers are small letters."""

    content: bytes
    headers: Mapping[str, str]


class _Message(msgspec.Struct, frozen=True):
    key: str = ""
    params: dict[str, Any] = {}


class _Failure(msgspec.Struct, frozen=True):
    error: str = ""
    message: _Message | None = None
    faults: tuple[Fault, ...] = ()


class Caller:
    """Asks one gateway as one person. Raises ClientError."""

    def __init__(self, place: Place, who: Who = NOBODY, timeout_s: float = _TIMEOUT_S) -> None:
        self.place, self.who = place, who
        self._timeout_s = timeout_s

    def get(self, path: str, shape: type[T], **given: Any) -> T:
        """What stands there. Names in braces in the path are filled in, other names are the query."""
        return self._decoded(self.send("GET", path, None, "", **given), shape)

    def post(self, path: str, shape: type[T], body: Any = None, **given: Any) -> T:
        """What came of it."""
        content = msgspec.json.encode(body if body is not None else {})
        return self._decoded(self.send("POST", path, content, "application/json", **given), shape)

    def delete(self, path: str, shape: type[T]) -> T:
        return self._decoded(self.send("DELETE", path, None, ""), shape)

    def send(self, method: str, path: str, body: bytes | None, content_type: str, **given: Any) -> Answer:
        """The same with bytes of any kind."""
        with self.response(method, path, body, content_type, self._timeout_s, **given) as response:
            content = response.read(LARGEST_ANSWER + 1)
            if len(content) > LARGEST_ANSWER:
                raise Unreachable(*self.said("client.too_large", where=str(self.place)))
            if response.length:  # a part of it, which http.client hands out as if it were all
                raise IncompleteRead(content, response.length)
            return Answer(content, {name.lower(): value for name, value in response.getheaders()})

    @contextlib.contextmanager
    def response(
        self,
        method: str,
        path: str,
        body: bytes | None,
        content_type: str,
        timeout_s: float,
        *,
        opened: Callable[[HTTPConnection], None] = lambda _: None,
        **given: Any,
    ) -> Iterator[HTTPResponse]:
        """One that is well, to read from; what goes wrong meanwhile is a ClientError as well.

        ``opened`` is told the connection, for whoever will shut it before its end.
        """
        connection = self.place.connection(timeout_s)
        opened(connection)
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may answer before it has heard all
                connection.request(method, _filled(path, given), body, self._headers(content_type))
            response = connection.getresponse()
            if response.status >= 300:
                raise self._failure(response.status, response.read(LARGEST_ANSWER), response.getheader("retry-after"))
            yield response
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise NotRunning(*self.said("client.not_running", where=str(self.place), reason=_why(error))) from error
        except PermissionError as error:
            raise NotAllowed(*self.said("client.another_user", where=str(self.place))) from error
        except (OSError, HTTPException) as error:
            raise Unreachable(*self.said("client.unreachable", where=str(self.place), reason=_why(error))) from error
        finally:
            connection.close()

    def _headers(self, content_type: str) -> dict[str, str]:
        headers = {"Accept-Language": self.who.language, "Connection": "close"}
        if content_type:
            headers["Content-Type"] = content_type
        if self.who.token:
            headers["Authorization"] = f"Bearer {self.who.token}"
        if self.who.on_behalf_of:
            headers["Keyarea-On-Behalf-Of"] = quote(self.who.on_behalf_of, safe="")
        return headers

    def _decoded(self, answer: Answer, shape: type[T]) -> T:
        try:
            return msgspec.json.decode(answer.content, type=shape)
        except msgspec.MsgspecError as error:
            raise Unreachable(*self.said("client.another_way", where=str(self.place))) from error

    def _failure(self, status: int, content: bytes, retry_after: str | None) -> ClientError:
        try:
            told = msgspec.json.decode(content, type=_Failure)
        except msgspec.MsgspecError:
            told = _Failure()
        sentence = told.error or self.said("client.status", where=str(self.place), status=status)[0]
        message = told.message or _Message()
        if status in (401, 403):
            return NotAllowed(sentence, message.key, message.params)
        if status < 500 and status != 429:
            refused = Refused(sentence, message.key, message.params)
            refused.faults = told.faults
            return refused
        unreachable = Unreachable(sentence, message.key, message.params)
        unreachable.retry_after_s = int(retry_after) if retry_after and retry_after.isdecimal() else 0
        return unreachable

    def said(self, key: str, **params: str | int) -> tuple[str, str, dict[str, Any]]:
        """What an error is made of: the sentence in the caller's language, key and parameters."""
        return language(self.who.language).render(Text(key, dict(params))), key, dict(params)


def _filled(path: str, given: Mapping[str, Any]) -> str:
    in_path = {name: quote(str(value), safe="") for name, value in given.items() if f"{{{name}}}" in path}
    query = [(name, _plain(value)) for name, value in given.items() if name not in in_path and value is not None]
    return path.format(**in_path) + (f"?{urlencode(query, doseq=True)}" if query else "")


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return list(value) if isinstance(value, tuple) else value


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
