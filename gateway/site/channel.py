"""A way on which people outside of the control room are told, as the site file describes it."""

from typing import Literal

import msgspec


class Channel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way on which people outside of the control room are told ([notification.md](notification.md)).

    What is secret about it stands in the key file under ``notify/`` and its id: for ``apprise`` the address of the
    service, for ``webhook`` what its messages are signed with. It never stands here.

    ``id``: as chains and contacts call it
    ``name``: for people
    ``name_zh``: the name on the Chinese console
    ``kind``: ``"apprise"``: one of the services that Apprise knows (e-mail, DingTalk, WeCom, Feishu, SMS and telephone
    gateways); ``"webhook"``: a signed message to another system
    ``url``: of a webhook: where it is sent to
    ``is_personal``: true: it takes an address of each person, where ``{to}`` stands in the address of the service;
    false: it leads to a group, or to another system
    ``allow``: private networks that it may lead to, like ``"192.168.10.0/24"`` of the site's own mail server; else none
    is reached
    ``most``: so many messages go to one target in ``per_min`` minutes; further ones are joined. Fire, gas and hold-up
    are never held back
    ``per_min``: see ``most``
    ``timeout_s``: how long an attempt may take
    """

    id: str
    name: str = ""
    name_zh: str = ""
    kind: Literal["apprise", "webhook"] = "apprise"
    url: str = ""
    is_personal: bool = False
    allow: tuple[str, ...] = ()
    most: int = 10
    per_min: float = 10
    timeout_s: float = 10
