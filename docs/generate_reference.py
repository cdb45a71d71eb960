"""Writes families.md, signals.md and metrics.md from the code; ``--check`` only says whether they are up to date."""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from devices.families import families, line_families
from devices.signals import SIGNALS
from gateway.metrics import Metrics

HERE = Path(__file__).parent
_WRITTEN = "Written by docs/generate_reference.py from the code; change the code."
_TYPES = {bool: "true or false", float: "number", str: "text"}


def pages() -> dict[str, str]:
    """File name -> text."""
    return {"families.md": _families(), "signals.md": _signals(), "metrics.md": _metrics()}


def _families() -> str:
    said = 'A family is how devices speak. A device names its own in the site file: `family = "..."`.'
    parts = [f"# Device families\n\n{_WRITTEN}\n\n{said}"]
    for name, codec in sorted(families().items()):
        text = inspect.cleandoc(sys.modules[type(codec).__module__].__doc__ or "")
        base = getattr(codec, "base", "")
        over_mqtt = f"MQTT, usual topic base `{base}`" if base else "MQTT, by topics that share no base"
        way = "a serial line" if name in line_families() else over_mqtt
        parts.append(f"## `{name}`\n\nOver {way}.\n\n{_marked(text)}")
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
