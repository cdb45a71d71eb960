"""Home Assistant MQTT discovery: devices that announce themselves, and so configure themselves.

Source of the format: Home Assistant 2021 to 2025 by its documentation (home-assistant.io: MQTT, its platforms, device
classes). Example topics: ``homeassistant/binary_sensor/hall/smoke/config`` with ``{"dev_cla": "smoke", "stat_t":
"hall/smoke", "uniq_id": "hall-smoke", "dev": {"ids": ["hall"], "mf": "Acme", "mdl": "S1"}}``, after which
``hall/smoke`` says ``ON``; ``homeassistant/device/hall/config`` with all ``components`` of a device in one message.
All abbreviations, ``~``, templates and the shapes of availability are understood; an empty announcement takes its
entities away. What an installed device announced is kept over restarts, so it need not be retained, and counts
until the device announces it anew or is retired: taking it away makes no detector deaf, and is shown as malformed.

A device's address is its first identifier, else its first connection, else the entity's ``unique_id``, else the
topic's own. Binary sensors, sensors, locks, doors and gates among covers, sirens, events, triggers
(``device_automation``), tags (a checkpoint that was scanned) and alarm panels become signals; lights, switches,
buttons and settings are passed over. A panel that is triggered is ``alarm``: it does not say by what; the
class ``safety`` without a name that says more is ``supervisory``; of ``safety`` and ``problem`` on is bad, whatever
the name. What burns or heats on purpose (a boiler's flame, a heater's ``heat``) is no alarm. The device
class and the unit say which signal; without a class, only names that are in devices/payloads/signal_aliases.py. Two of
one quantity are
told apart by their names (``temperature.probe``). A sensor with ``off_delay`` never says off: give its rule a
``pulse_s``. Availability is ``online``; that of a part of the device alone is ``online.<topic>``; that which only says
whether a value is in the message takes that value away, unless it is danger. Battery and link quality are also taken
from ``json_attributes_topic``. Z-Wave's notifications are known by their ids where zwave-js-ui announces them.

Housekeeping, of which nothing is taken: other components (lights, switches, buttons, settings) and emptied topics. What
an announced message holds besides, and an entity of no signal, is noted where it speaks of a danger.

Templates run in a closed box: fields, arithmetic, comparison, if, the usual filters; no loops, no regular expressions,
no time, no other entity's state. An entity whose template wants more is refused with its name, its siblings live.
All templates that one message goes through share a budget; installed devices go first, and of these what is danger.
An announced topic must be one topic, without wildcards. What another family speaks on is heard as that family.
Remembered are 5,000 entities, 300 of a device, 10,000 topics. Who may write under ``homeassistant/`` can speak for
any device that announced itself: give each device the right to its own announcements only.

Orders go to the command topic that a siren or a lock announced, in the words that it announced; one that announced a
template for its commands is refused.
"""

from collections.abc import Callable

from devices.codec import Decoder
from devices.codecs.home_assistant.session import HomeAssistantDecoder


class HomeAssistantCodec:
    """Home Assistant discovery, as devices.families finds it."""

    family = "home_assistant"
    takes_orders = True
    base = "homeassistant"

    def topics(self, base: str) -> tuple[str, ...]:
        return (f"{base}/+/+/config", f"{base}/+/+/+/config")

    def open(self, base: str) -> Decoder:
        return HomeAssistantDecoder(base)

    def open_for(self, base: str, is_installed: Callable[[str], bool]) -> Decoder:
        return HomeAssistantDecoder(base, is_installed)


CODEC = HomeAssistantCodec()
