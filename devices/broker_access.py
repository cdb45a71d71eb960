"""Who signs in at the broker, and what each may say and hear there: one login a device, or one a converter."""

import re
from collections.abc import Iterable, Mapping

import msgspec

from devices.codec import MqttCodec
from devices.device import OWN_FAMILY, Device
from devices.families import mqtt_families

GATEWAY = "keyarea"
"""The gateway's own user name at the broker."""
_NO_TOPIC = re.compile(r"[+#\x00-\x1f\x7f-\x9f]|^\s|\s$|^\$|^$")


class Login(msgspec.Struct, frozen=True):
    """One user of the broker and the devices that speak through it; ``note`` says why it gets no access, if so."""

    user: str
    write: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    note: str = ""


def logins(devices: Iterable[Device], bases: Mapping[str, str]) -> list[Login]:
    """The logins of these devices, the gateway's first. ``bases``: a family's topic base where it is not the usual."""
    codecs = mqtt_families()
    roots = {"cmnd", *_first_levels(codecs, bases)}
    alone: list[Login] = []
    converters: dict[str, list[str]] = {}
    for device in devices:
        codec = codecs.get(device.family)
        if device.line or device.family == OWN_FAMILY or codec is None:
            continue
        base = bases.get(device.family) or codec.base
        topics_of = getattr(codec, "device_topics", None)
        if topics_of is None:
            converters.setdefault(device.family, []).append(device.id)
        elif _NO_TOPIC.search(device.address):
            alone.append(Login(device.id, devices=(device.id,), note="its address is no part of a topic"))
        elif not base and device.address.partition("/")[0] in roots:
            note = "its address is where another family's topics begin"
            alone.append(Login(device.id, devices=(device.id,), note=note))
        elif device.id == GATEWAY or device.id in codecs:
            alone.append(Login(device.id, devices=(device.id,), note="its id is the name of another login"))
        else:
            topics = topics_of(base, device.address)
            alone.append(Login(device.id, topics.write, topics.read, (device.id,)))
    shared = []
    for family, ids in sorted(converters.items()):
        codec = codecs[family]
        base = bases.get(family) or codec.base
        topics = (f"{base}/#",) if base else codec.topics(base)
        shared.append(Login(family, topics, topics, tuple(ids)))
    return [_gateway(codecs, bases), *shared, *sorted(alone, key=lambda login: login.user)]


def _first_levels(codecs: Mapping[str, MqttCodec], bases: Mapping[str, str]) -> set[str]:
    """Where families' topics begin: a device of that name could speak for all of theirs."""
    listened = (topic for family, codec in codecs.items() for topic in codec.topics(bases.get(family) or codec.base))
    return {topic.partition("/")[0] for topic in listened} - {"+", "#"}


def _gateway(codecs: Iterable[str], bases: Mapping[str, str]) -> Login:
    """It hears all, and says what its families ask of it: to report anew, to be born again."""
    heard = [family for family in codecs if not bases or family in bases]
    known = mqtt_families()
    rooted = tuple(f"{bases.get(family) or known[family].base}/#" for family in sorted(heard))
    return Login(GATEWAY, (*(topic for topic in rooted if topic != "/#"), "cmnd/#"), ("#",))
