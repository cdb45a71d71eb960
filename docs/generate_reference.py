"""Writes families.md, modbus-models.md, signals.md and metrics.md from the code; ``--check`` says which is stale."""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from devices.families import bus_families, families, line_families, mqtt_families
from devices.signals import SIGNALS
from gateway.metrics import Metrics
from gateway.site.modbus_maps import load_maps

HERE = Path(__file__).parent
_WHERE = (
    "At `/metrics`, in Prometheus' text format, for whoever shows the token in `KEYAREA_METRICS_TOKEN` or is signed\n"
    "in as technician, manager or admin."
)
_WRITTEN = "Written by docs/generate_reference.py from the code; change the code."
_TYPES = {bool: "true or false", float: "number", str: "text"}


def pages() -> dict[str, str]:
    """File name -> text."""
    return {
        "families.md": _families(),
        "modbus-models.md": _models(),
        "signals.md": _signals(),
        "metrics.md": _metrics(),
    }


def _families() -> str:
    said = 'A family is how devices speak. A device names its own in the site file: `family = "..."`.'
    parts = [f"# Device families\n\n{_WRITTEN}\n\n{said}"]
    for name, codec in sorted(families().items()):
        text = inspect.cleandoc(sys.modules[f"devices.codecs.{name}"].__doc__ or "")
        parts.append(f"## `{name}`\n\nOver {_way(name)}.\n\n{_marked(text)}{_options(codec)}{_to_centre(codec)}")
    return "\n\n".join(parts) + "\n"


def _way(family: str) -> str:
    if family in line_families():
        return "a serial line (`[[serial]]`) or a socket (`[[socket]]`)"
    if family in bus_families():
        return f"a bus that the gateway works itself (`[[{family}]]`)"
    base = mqtt_families()[family].base
    return f"MQTT, usual topic base `{base}`" if base else "MQTT, by topics that share no base"


def _options(codec: object) -> str:
    """The family's own settings: what its struct says of them, and their defaults."""
    return _settings(getattr(codec, "options", None), "Its `options`")


def _to_centre(codec: object) -> str:
    """What it wants to know to report to a receiving centre."""
    centre = getattr(codec, "centre", None)
    return _settings(centre.options, "The `options` of a `[[forwarding]]` to a centre") if centre is not None else ""


def _settings(shape: type[msgspec.Struct] | None, of: str) -> str:
    fields = msgspec.structs.fields(shape) if shape is not None else ()
    if not fields:
        return ""
    rows = "".join(f"| `{field.name}` | {_default(field)} |\n" for field in fields)
    said = _marked(inspect.cleandoc(shape.__doc__ or ""))
    return f"\n\n{of}: {said}\n\n| option | default |\n| --- | --- |\n{rows.rstrip()}"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "needed"
    value = field.default if field.default is not msgspec.NODEFAULT else field.default_factory
    value = value() if callable(value) else value
    return f"`{msgspec.json.encode(value).decode()}`"


def _models() -> str:
    said = "A device on a `[[modbus]]` bus names one of these in `model`. docs/modbus-maps.md says how to add one."
    head = "| model | what it is | signals | registers from |\n| --- | --- | --- | --- |"
    maps, _ = load_maps()
    rows = ""
    for model, known in sorted(maps.items()):
        signals = dict.fromkeys(point.signal for block in known.blocks for point in block.points)
        told = ", ".join(f"`{signal}`" for signal in signals)
        rows += f"| `{model}` | {known.description} ({known.description_zh}) | {told} | {known.source} |\n"
    return f"# Modbus models\n\n{_WRITTEN}\n\n{said}\n\n{head}\n{rows}"


def _signals() -> str:
    head = "| signal | label | type | unit | from | to | meaning |\n| --- | --- | --- | --- | --- | --- | --- |"
    return f"# Signals\n\n{_WRITTEN}\n\n{_SIGNALS_SAY}\n\n{head}\n" + "".join(_signal_rows())


_SIGNALS_SAY = (
    "What devices report, under one name each. A second channel carries a suffix: `temperature.2`. A value outside\n"
    "its bounds is refused and counted. A signal marked * means danger by itself: found active at a start, it is an\n"
    "alert."
)


def _signal_rows() -> Iterator[str]:
    for name, signal in SIGNALS.items():
        bounds = ["" if bound is None else f"{bound:g}" for bound in (signal.lowest, signal.highest)]
        cells = [f"`{name}`{' *' if signal.alarm else ''}", signal.label_zh, _TYPES[signal.python_type], signal.unit]
        yield f"| {' | '.join([*cells, *bounds, signal.meaning])} |\n"


def _metrics() -> str:
    head = "| metric | type | meaning |\n| --- | --- | --- |"
    rows = "".join(
        f"| `{metric.name}{'_total' if metric.type == 'counter' else ''}` | {metric.type} | {metric.documentation} |\n"
        for metric in Metrics().registry.collect()
    )
    return f"# Metrics\n\n{_WRITTEN}\n\n{_WHERE}\n\n{head}\n{rows}"


def main() -> int:
    """Write every page, or say which is stale."""
    stale = [name for name, text in pages().items() if not _same(HERE / name, text)]
    if "--check" in sys.argv:
        print("stale: " + ", ".join(stale) if stale else "up to date")
        return 1 if stale else 0
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
    return 0


def _marked(text: str) -> str:
    """A docstring's double backticks are Markdown's single ones."""
    return re.sub(r"``(.+?)``", r"`\1`", text)


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
