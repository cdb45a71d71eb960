"""A store as the site file describes it: where it is, what watches it, what is asked of whoever enters it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from alerts.kinds import kinds
from alerts.personnel import ID
from alerts.rule import Rule
from alerts.site_facts import ConfigFault, SiteFacts
from alerts.workflow import Config
from devices.message import Name, Text


class StoreTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One store.

    ``id``: its name in books and commands
    ``area``: the key area that it is, or is in
    ``name``: what people call it
    ``name_zh``: in Chinese
    ``keepers``: who keeps it until two leaders appoint others: ids of persons, or accounts
    ``readers``: card readers at its door
    ``exits``: those of them, or others, that let people out
    ``doors``: its doors
    ``presence``: devices that notice who is inside
    ``interlock``: nothing moves without the cards of two keepers
    ``lock``: the device whose lock opens when two keepers have shown their cards
    ``release_s``: for so many seconds
    """

    id: str
    area: str
    name: str
    name_zh: str = ""
    keepers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    exits: tuple[str, ...] = ()
    doors: tuple[str, ...] = ()
    presence: tuple[str, ...] = ()
    interlock: bool = False
    lock: str = ""
    release_s: float = 10

    @property
    def called(self) -> Name:
        return Name(self.name, self.name_zh)

    @property
    def devices(self) -> tuple[str, ...]:
        """All that is heard."""
        return tuple(dict.fromkeys((*self.readers, *self.exits, *self.doors)))


class StoresConfig(Config, frozen=True, kw_only=True):
    """The stores, and what is asked of whoever enters one.

    ``stores``: each store, and what watches it
    ``purpose_within_min``: minutes within which each opening has a purpose
    ``present_min``: minutes for which a card that was read there says that somebody is there
    ``both_within_s``: seconds within which two keepers show their cards for the lock to open
    ``alone_s``: seconds for which somebody may be alone inside
    """

    stores: tuple[StoreTable, ...] = ()
    purpose_within_min: float = 15
    present_min: float = 10
    both_within_s: float = 60
    alone_s: float = 60

    def check(self, site: SiteFacts) -> Iterable[ConfigFault]:
        for name in ("purpose_within_min", "present_min", "both_within_s", "alone_s"):
            if not 1 <= getattr(self, name) <= 1_440:
                yield ConfigFault((name,), Text.of("stores.not_a_number", field=name))
        known, ids = {device.id for device in site.devices}, set[str]()
        for index, store in enumerate(self.stores):
            if not ID.fullmatch(store.id) or store.id in ids:
                yield ConfigFault(("stores", index, "id"), Text.of("stores.bad_id", store=store.id))
            ids.add(store.id)
            if store.area not in site.areas:
                yield ConfigFault(("stores", index, "area"), Text.of("applicability.no_area", area=store.area))
            if store.interlock and not store.readers:
                yield ConfigFault(("stores", index, "interlock"), Text.of("stores.no_reader"))
            if not 1 <= store.release_s <= 600:
                yield ConfigFault(("stores", index, "release_s"), Text.of("stores.not_a_number", field="release_s"))
            named = {"lock": (store.lock,) if store.lock else ()}
            named |= {name: getattr(store, name) for name in ("readers", "exits", "doors", "presence")}
            for name, devices in named.items():
                for device in devices:
                    if device not in known:
                        yield ConfigFault(("stores", index, name), Text.of("stores.no_device", device=device))


def alone_rule(watched: Sequence[StoreTable], alone_s: float) -> Rule[Any]:
    """Of all stores with readers; one alert at a time for each area."""
    devices = dict.fromkeys(name for store in watched for name in (*store.devices, *store.presence))
    exits = dict.fromkeys(name for store in watched for name in store.exits)
    signals = ["occupancy", "motion"] if any(store.presence for store in watched) else []
    own = {"devices": list(devices), "exits": list(exits), "presence": signals, "alone_s": alone_s}
    made: Rule[Any] = msgspec.convert({**ALONE, **own}, kinds()["two_person"])
    return made


ALONE: Mapping[str, Any] = {
    "kind": "two_person",
    "name": "store-alone",
    "title": "Alone in a store of guarded goods",
    "title_zh": "库房单人滞留",
    "alert_class": "access",
    "priority": 2,
    "per": "area",
    "procedure": "1. Look at the camera.\n2. Call the second keeper; nothing is moved meanwhile.\n"
    "3. Nobody answers: send two guards.",
    "procedure_zh": "1. 查看摄像机。\n2. 联系另一名保管人，期间不得收发物品。\n3. 无人应答：派两名保安前往。",
}
WITHOUT_PURPOSE = msgspec.convert(
    {
        "kind": "fact",
        "name": "store-opened-without-purpose",
        "title": "Store opened, and nobody says why",
        "title_zh": "库房开启未登记事由",
        "alert_class": "duty",
        "priority": 2,
        "begins": ["stores.no_purpose"],
        "ends": ["stores.purpose"],
        "procedure": "1. Call both keepers and ask who is there, and why.\n2. Nobody knows: look at the camera, send "
        "two guards.\n3. Have the stock counted by two.",
        "procedure_zh": "1. 联系两名保管人，询问何人因何开启。\n2. 无人知情：查看摄像机，派两名保安。\n"
        "3. 双人盘点库存。",
    },
    kinds()["fact"],
)
