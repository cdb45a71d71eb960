"""Writes docs/families/ from the codecs' own docstrings; ``--check`` only says whether it is up to date."""

import sys
from inspect import getdoc, getmodule
from pathlib import Path

from devices.families import families, mqtt_families

HERE = Path(__file__).parent / "families"


def pages() -> dict[str, str]:
    """File name -> text, one page a family and the list of all."""
    made = {}
    rows = []
    for name, codec in sorted(families().items()):
        text = getdoc(getmodule(type(codec))) or ""
        first, _, rest = text.partition("\n")
        where = f"MQTT, usually under `{codec.base}`" if name in mqtt_families() else "a serial line"  # type: ignore[union-attr]
        if name in mqtt_families() and not codec.base:  # type: ignore[union-attr]
            where = "MQTT, its own topics"
        made[f"{name}.md"] = f'# {first}\n\nSpeaks over {where}. In the site file: `family = "{name}"`.\n{rest}\n'
        rows.append(f"- [{name}]({name}.md): {first.partition(': ')[2]}")
    made["README.md"] = (
        "# Device families\n\nWritten by `python docs/generate_families.py`.\n\n" + "\n".join(rows) + "\n"
    )
    return made


def main() -> int:
    stale = [name for name, text in pages().items() if not _same(HERE / name, text)]
    if "--check" in sys.argv:
        print("stale: " + ", ".join(stale) if stale else "up to date")
        return 1 if stale else 0
    HERE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")
    return 0


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
