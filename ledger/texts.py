"""Texts in an entry: the sentence in the site's language, with key and parameters beside it, to be read in any.

``text`` is for whoever opens the ledger without us; ``text_key`` and ``text_params`` (JSON) are for those who read it
in another language. All three are under the entry's hash.
"""

from collections.abc import Callable, Mapping

import msgspec

from alerts.facts import FieldValue
from devices.message import Text

Render = Callable[[Text | str], str]
"""Makes the sentence in the site's language; words of people stay as they are."""
_LONGEST = 4_000
"""Characters of the parameters; of what is longer the sentence stands alone."""
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
        return {name: sentence}
    return {name: sentence, name + _KEY: said.key, **({name + _PARAMS: params} if params else {})}


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
