"""Texts in an entry: the sentence in the site's language, with key and parameters beside it, to be read in any.

``text`` is for whoever opens the ledger without us; ``text_key`` and ``text_params`` (JSON) are for those who read it
in another language. All three are under the entry's hash.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from alerts.facts import FieldValue
from devices.message import Name, Text

Render = Callable[[Text | str], str]
"""Makes the sentence in the site's language; words of people stay as they are."""
_LONGEST = 4_000
"""Characters of the parameters. What is longer is cut, and each cut says by how much: ``…[+120]``."""
_CUTS = (1_000, 250, 60, 15)
"""So many characters of a word, and a quarter as many of a list, are left; the first that is enough."""
_KEY, _PARAMS = "_key", "_params"


def written(name: str, said: Text | str, render: Render) -> dict[str, FieldValue]:
    """The fields that hold it; one alone where it is the same in every language."""
    sentence = render(said)
    if isinstance(said, str) or said.key == "plain.words":
        return {name: sentence}
    try:
        params = msgspec.json.encode(said.params).decode() if said.params else ""
    except UnicodeEncodeError:  # what a device sent is no text: the sentence stands alone
        return {name: sentence}
    if len(params) > _LONGEST:
        params = _shortened(said.params)
    if not params and said.params:
        return {name: sentence}
    return {name: sentence, name + _KEY: said.key, **({name + _PARAMS: params} if params else {})}


def _shortened(params: Mapping[str, Any]) -> str:
    """As JSON that is short enough; "" if that cannot be."""
    for most in _CUTS:
        cut = {name: _cut(value, most) for name, value in params.items()}
        short = msgspec.json.encode(cut).decode()
        if len(short) <= _LONGEST:
            return short
    return ""


def _cut(value: Any, most: int) -> Any:
    match value:
        case str():
            return value if len(value) <= most else f"{value[:most]}…[+{len(value) - most}]"
        case tuple() if len(value) > most // 4:
            kept, left = value[: most // 4], len(value) - most // 4
            return (*(_cut(each, most) for each in kept), f"…[+{left}]")
        case tuple():
            return tuple(_cut(each, most) for each in value)
        case Name():
            return Name(_cut(value.en, most), _cut(value.zh, most))
        case Text():
            return Text(value.key, {name: _cut(each, most) for name, each in value.params.items()})
    return value


def read(fields: Mapping[str, FieldValue], name: str) -> Text | str:
    """What the field says: a Text where its key is known, else the sentence as it was written."""
    key, params = fields.get(name + _KEY), fields.get(name + _PARAMS)
    if isinstance(key, str):
        try:
            return msgspec.convert(
                {"type": "text", "key": key, "params": msgspec.json.decode(str(params or "{}"))}, Text
            )
        except (msgspec.MsgspecError, ValueError):
            pass  # somebody else's entry; the sentence stands in it all the same
    return str(fields.get(name, ""))


def is_part(name: str, fields: Mapping[str, FieldValue]) -> bool:
    """Whether the field only says how to read another one in any language."""
    return any(name.endswith(end) and name.removesuffix(end) in fields for end in (_KEY, _PARAMS))
