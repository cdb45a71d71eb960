"""A host application of Sparkplug B under test, and short words for what it makes of a message."""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from devices.codec import Decoded, Message
from devices.families import mqtt_families
from simulators.sparkplug_node import (
    Node,
    payload,
)

NOW_MS = 1_795_480_215_000


NOW = NOW_MS * 1_000_000


ORDER = "spBv1.0/plant/NCMD/hall"


class Host:
    """A decoder and its clock."""

    def __init__(self) -> None:
        codec = mqtt_families()["sparkplug"]
        self.decoder: Any = codec.open(codec.base)
        self.now = NOW

    def hears(self, said: tuple[str, bytes], *, retained: bool = False) -> Decoded:
        return self.decoder.decode(Message("mqtt", *said, self.now, retained))

    def knows(self, node: Node) -> "Host":
        for said in node.birth(NOW_MS):
            self.hears(said)
        return self


def values(decoded: Decoded) -> dict[str, dict[str, Any]]:
    """Address -> what it says, of all reports together."""
    found: dict[str, dict[str, Any]] = {}
    for report in decoded.reports:
        found.setdefault(report.address, {}).update(report.values)
    return found


def orders(decoded: Decoded) -> list[str]:
    return [topic for topic, _ in decoded.publish]


def _payload_class() -> Any:
    """google.protobuf's reader of the same message, from the field numbers in the specification."""
    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="sparkplug.proto", package="t", syntax="proto2")

    def message(name: str, *fields: tuple[str, int, int, str]) -> None:
        told = file.message_type.add(name=name)
        for field, place, kind, of in fields:
            label = kinds.LABEL_REPEATED if field in {"metrics", "keys", "values"} else kinds.LABEL_OPTIONAL
            told.field.add(name=field, number=place, type=kind, label=label, type_name=of or None)

    u32, u64, text, inner = kinds.TYPE_UINT32, kinds.TYPE_UINT64, kinds.TYPE_STRING, kinds.TYPE_MESSAGE
    scalars = [("int_value", u32), ("long_value", u64), ("float_value", kinds.TYPE_FLOAT)]
    scalars += [("double_value", kinds.TYPE_DOUBLE), ("boolean_value", kinds.TYPE_BOOL), ("string_value", text)]
    message("Property", ("type", 1, u32, ""), *((name, 3 + n, kind, "") for n, (name, kind) in enumerate(scalars)))
    message("Properties", ("keys", 1, text, ""), ("values", 2, inner, ".t.Property"))
    plain = [("name", 1, text, ""), ("alias", 2, u64, ""), ("timestamp", 3, u64, ""), ("datatype", 4, u32, "")]
    plain += [("is_historical", 5, kinds.TYPE_BOOL, ""), ("is_null", 7, kinds.TYPE_BOOL, "")]
    plain += [(name, 10 + n, kind, "") for n, (name, kind) in enumerate(scalars)]
    message("Metric", *plain, ("properties", 9, inner, ".t.Properties"))
    message("Payload", ("timestamp", 1, u64, ""), ("metrics", 2, inner, ".t.Metric"), ("seq", 3, u64, ""))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Payload"))


_PAYLOAD = _payload_class()


def data(*metrics: bytes, seq: int | None = None) -> tuple[str, bytes]:
    return "spBv1.0/plant/DDATA/hall/d", payload(list(metrics), at_ms=NOW_MS, seq=seq)
