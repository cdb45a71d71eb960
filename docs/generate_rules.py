"""Writes docs/rules/ from the rule kinds themselves; ``--check`` only says whether it is up to date."""

import inspect
import sys
from pathlib import Path
from typing import Any

import msgspec
from field_tables import default_of, described, plain, type_word

from alerts.alert import AlertClass
from alerts.kinds import kinds
from alerts.rule import Rule

FOLDER = Path(__file__).with_name("rules")

HEAD = """\
# Prevention rules

Written by docs/generate_rules.py from alerts/rules/, one file a kind; change it there.

A rule says what must hold in a key area. It stands in the site file as a `[[rules]]` table, or is made in the console;
`keyarea check` says what is wrong with it, with file and line.

| kind | breach |
| --- | --- |
"""

COMMON = """
## What every rule has

{parameters}

## What holds for every rule

- **Classes**, in the order in which an operator sees them: {classes}.
  How an alert of a class may end: [The life of an alert](../lifecycle.md).
- **Channels**: a rule about `temperature` is also about `temperature.2`.
- **Time**: delays run on the gateway's clock, not on the next message, and go on over a restart. A device's own clock
  moves no delay.
- **Modes and schedule**: the rule is evaluated all the time, and its breach is an alert only while the area is in one
  of its modes and the schedule is on. If the breach stands already when the rule begins to apply, it is an alert whose
  text says so. Rules of the classes fire, hold_up, gas and tamper have neither.
- **Found or begun**: the first value of a signal after a start, a retained MQTT message, and what a device says after
  it was away tell how things were found. Smoke, a call point, a panic button found active is an alert all the same. A
  door or motion found active is written into the ledger as found, and is an alert only when the rule begins to apply.
  If the gateway knows from before a restart how a signal stood, a different value is a change and counts as one.
- **A rule that fails** (a fault in the program) raises a fault alert of its own and stops no other rule.
"""


def pages() -> dict[str, str]:
    """Every page by its file name."""
    found = {f"{name}.md": _kind_page(name, kind) for name, kind in sorted(kinds().items())}
    rows = "".join(f"| [{name}]({name}.md) | {_summary(name, kind)} |\n" for name, kind in sorted(kinds().items()))
    classes = ", ".join(f"`{alert_class}`" for alert_class in AlertClass)
    common = COMMON.format(parameters=_parameters(Rule, Rule), classes=classes)
    return {"README.md": HEAD + rows + common, **found}


SECTIONS = {
    "Protects against ": "What it protects against",
    "Standard: ": "The standard that it follows",
    "Costs: ": "What it costs in missed and false alerts",
    "Not known: ": "What is not known",
}
"""How a paragraph of a kind's docstring begins, and the heading that it stands under."""


def sections(text: str) -> dict[str, str]:
    """What a docstring says, by heading; under "" what belongs to none."""
    found: dict[str, str] = {"": ""}
    for paragraph in text.split("\n\n"):
        begins = next((begins for begins in SECTIONS if paragraph.startswith(begins)), "")
        if begins:
            said = paragraph.removeprefix(begins)
            found[SECTIONS[begins]] = said[:1].upper() + said[1:]
        else:
            found[""] += paragraph + "\n\n"
    return found


def _kind_page(name: str, kind: type[Rule[Any]]) -> str:
    text, example = _said(kind)
    notes = (kind.__doc__ or "").partition("\n\n")[0] if "``" in (kind.__doc__ or "") else kind.__doc__ or ""
    said = sections(text)
    rest = "".join(f"## {heading}\n\n{plain(said[heading])}\n\n" for heading in SECTIONS.values() if heading in said)
    return f"""# {name}

Written by docs/generate_rules.py from alerts/rules/{name}.py; change it there.

{plain(said[""].strip())}

{plain(inspect.cleandoc(notes))}

{rest}## Parameters

{_parameters(kind, Rule)}

and what [every rule](README.md) has.

## Example

```toml
{example}
```
"""


def _said(kind: type[Rule[Any]]) -> tuple[str, str]:
    text, mark, example = (inspect.getdoc(inspect.getmodule(kind)) or "").partition("[[rules]]")
    return text.strip(), (mark + example).strip()


def _summary(name: str, kind: type[Rule[Any]]) -> str:
    first = _said(kind)[0].partition("\n")[0]
    return plain(first).removeprefix(f"`{name}`: ").rstrip(".")


def _parameters(kind: type[Rule[Any]], base: type[Rule[Any]]) -> str:
    documented = described(kind)
    rows = []
    for field in msgspec.structs.fields(kind):
        is_common = kind is not base and field.name in base.__struct_fields__
        if is_common and field.name not in documented:
            continue
        rows.append(f"| `{field.name}` | {_type(field.type)} | {default_of(field)} | {plain(documented[field.name])} |")
    return "\n".join(["| parameter | value | default | meaning |", "| --- | --- | --- | --- |", *rows])


def _type(shape: Any) -> str:
    return "one of the classes below" if shape is AlertClass else type_word(shape)


def main() -> int:
    """Write the pages, or with ``--check`` return 1 and name those that are out of date."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")} if FOLDER.exists() else {}
    if "--check" in sys.argv:
        stale = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
        for name in stale:
            print(f"docs/rules/{name} is out of date: run python docs/generate_rules.py")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name in there.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
