"""Documents that are written from the code: families, signals and metrics.

``make docs`` writes them (``python -m tests.house.reference``); a test compares them with what would be written.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from devices.families import families, line_families
from devices.signals import SIGNALS
from gateway.metrics import Metrics
from tests.house.places import ROOT

_WRITTEN = "This file is written from the code by `make docs`; change the code."
_TYPES = {bool: "true or false", float: "number", str: "text"}


def pages() -> dict[Path, str]:
    """Each document and what it must hold."""
    docs = ROOT / "docs"
    return {docs / "families.md": _families(), docs / "signals.md": _signals(), docs / "metrics.md": _metrics()}


def _families() -> str:
    parts = [
        f"# Device families\n\n{_WRITTEN}\n\nA family is how devices speak; a device names its own in the site file."
    ]
    for name, codec in sorted(families().items()):
        said = inspect.cleandoc(sys.modules[type(codec).__module__].__doc__ or "")
        base = getattr(codec, "base", "")
        over_mqtt = f"MQTT, usual topic base `{base}`" if base else "MQTT, by topics that share no base"
        way = "a serial line" if name in line_families() else over_mqtt
        parts.append(f"## {name}\n\nOver {way}.\n\n{_marked(said)}")
    return "\n\n".join(parts) + "\n"


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
    return f"# Metrics\n\n{_WRITTEN}\n\nAt `/metrics`, in Prometheus' text format.\n\n{head}\n{rows}"


def _marked(text: str) -> str:
    """A docstring's double backticks are Markdown's single ones."""
    return re.sub(r"``(.+?)``", r"`\1`", text)


def main() -> int:
    """Write every document."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
