"""An ingest with a few devices, and what arrives there."""

import msgspec

from devices.codec import Decoded, Report
from devices.device import Device
from devices.device_directory import DeviceDirectory
from devices.families import mqtt_families
from devices.malformed import MalformedLog
from devices.quarantine import Quarantine
from devices.reading import SECOND
from gateway.inbox import FromLine
from gateway.ingest.ingest import Ingest
from gateway.transports.topic_filter import matches

NOW = 1_763_000_000 * SECOND


class Arrived(msgspec.Struct):
    topic: str
    payload: bytes
    retain: bool = False


def ingest(**codecs: object) -> Ingest:
    devices = [
        Device(id="s1", family="keyarea", address="s1", area="a", signals=("smoke", "temperature")),
        Device(id="z1", family="zigbee2mqtt", address="z 1", area="a"),
        Device(id="t1", family="tasmota", address="t1", area="a"),
        Device(id="h1", family="home_assistant", address="hall", area="a"),
        Device(id="wire", family="keyarea", address="wire", area="a", line="tty"),
    ]
    return Ingest(
        DeviceDirectory(devices, 300 * SECOND),
        {**mqtt_families(), **codecs},  # type: ignore[dict-item]
        {},
        matches=matches,
        quarantine=Quarantine(),
        malformed=MalformedLog(),
    )


def announcement(address: str, topic: str, **more: str) -> Arrived:
    """A smoke detector that announces itself by Home Assistant discovery."""
    config = {"dev_cla": "smoke", "stat_t": topic, "dev": {"ids": [address]}, **more}
    return Arrived(f"homeassistant/binary_sensor/{address}/smoke/config", msgspec.json.encode(config))


CONFIG = "homeassistant/binary_sensor/hall/smoke/config"


def said(*reports: Report) -> FromLine:
    return FromLine("tcp", "gbt26875", Decoded(reports))
