"""Sparkplug B: industrial edge nodes that are born, speak and die over MQTT.

Source of the format: Eclipse Sparkplug 3.0 (sparkplug.eclipse.org), with the protobuf payload of Eclipse Tahu; what
Ignition, Node-RED and the Tahu clients send is 2.2 or 3.0, and both are read, compressed payloads as well. Example
topics: ``spBv1.0/plant/NBIRTH/press-hall`` and ``spBv1.0/plant/DDATA/press-hall/detector 3``. A node's address is
``plant/press-hall``, a device's ``plant/press-hall/detector 3``.

A metric becomes a signal by the end of its name: ``Sensors/Temperature``, ``Zone 3 Smoke Detector``, ``Door/Open``,
``Heat Detector/Alarm``; one that is called as our signal is, is that signal. Metrics of one device that would share a
signal are told apart by their folders or other words (``smoke.zone_1``). What fits no signal, and what stands under
``Setpoints`` or ``Node Control``, is left alone. A text may say a flag (``Door/State`` is ``OPEN``). A unit may end the
name (``Temp_C``), and the property ``engUnit`` (or ``Engineering Units``) is heeded; a unit that is not known makes no
reading. A value that the node itself marks as bad or stale is not taken, unless it says true: an alarm is an alarm.
What an instance of a template holds stands in a folder of its name. The firmware is what ``Properties/FW`` or the like
says.

Aliases, datatypes and units are known from births. Libraries send data with the name, the alias or both, and not all
write the name as in the birth: case and punctuation do not count, and an alias goes before a name that the birth does
not know, unless several metrics share it. Data before the birth, an alias that no birth told, or a gap in
``seq`` make the gateway ask for a rebirth (``Node Control/Rebirth``), at most every 10 s for each node. So it does at
each start and whenever the broker is back, of every node that it knows or of which a device is installed, 20 a second:
data come at QoS 0 and may have been lost meanwhile. Meanwhile
known aliases and flags with names are used; numbers wait, because their unit is not known. An NDEATH whose ``bdSeq``
is not the birth's is an old will and ignored. A birth is a snapshot, unless it tells anew what was there all the
time: then a door that is now open has opened. Historical metrics keep their time and are snapshots. The gateway
publishes no ``STATE``, so an edge node must not wait for it as its primary host.

Remembered are 2,000 nodes (a dead one makes room for a new one), 500 devices and 2,000 metrics of a node, 100,000
metrics in all, and names to 256 characters. What goes beyond is read as far as it speaks for itself, is not remembered,
and is counted as malformed. Names of installed nodes and devices mean the same after a start of the gateway, before
they are born again; aliases do not. What speaks of a danger and is no signal is noted; data in which nothing is
understood say ``online``.
"""

from devices.codec import Decoder
from devices.codecs.sparkplug.session import SparkplugDecoder

_FROM_NODES = ("NBIRTH", "NDEATH", "NDATA")
_FROM_DEVICES = ("DBIRTH", "DDEATH", "DDATA")


class SparkplugCodec:
    """Sparkplug B, as devices.families finds it."""

    family = "sparkplug"
    base = "spBv1.0"

    def topics(self, base: str) -> tuple[str, ...]:
        of_nodes = tuple(f"{base}/+/{kind}/+" for kind in _FROM_NODES)
        return (*of_nodes, *(f"{base}/+/{kind}/+/+" for kind in _FROM_DEVICES))

    def sender(self, base: str, topic: str) -> str:
        """The node: what its devices say comes through it, and in its order."""
        group, _, node, *_ = [*topic.removeprefix(f"{base}/").split("/"), "", ""]
        return f"{group}/{node}"

    def open(self, base: str) -> Decoder:
        return SparkplugDecoder(base)


CODEC = SparkplugCodec()
