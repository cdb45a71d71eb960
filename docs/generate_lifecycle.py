"""Writes docs/lifecycle.md from the table in alerts/lifecycle.py; ``--check`` only says whether it is up to date."""

import sys
from pathlib import Path

from alerts.alert import State
from alerts.lifecycle import MANNERS, TRANSITIONS, Action, Manner

PAGE = Path(__file__).with_name("lifecycle.md")

HEAD = """\
# The life of an alert

Written by docs/generate_lifecycle.py from the table in alerts/lifecycle.py; change it there.

An alert is `unacknowledged` from the moment it is raised, `acknowledged` once a person has seen it, `returned` if its
cause went before anybody had seen it, and `closed` at the end. How it may end depends on its class. Every step is
kept with who, when and why, in the alert's history and in the ledger. What the table of a class lacks is refused, and
the refusal says what to do instead. Anyone may add a comment at any time before the end; it changes no state.

| action | who | what it says |
| --- | --- | --- |
| cause again | the rule | the cause is back, or more have joined: it is to be acknowledged anew |
| cause gone | the rule | nothing shows the breach any more, or the area was disarmed |
| acknowledge | a person | I have seen it |
| reset | a person | the cause is gone, release the latch |
| close | a person | it ends, with a finding: confirmed, false alarm, nuisance, test, duplicate |

An alert is closed only when its cause is gone, and a latched one only after its reset.
"""

TITLES = {
    Manner.LATCHING: "stays until a person resets and closes it, whatever its cause does",
    Manner.HELD: "may return by itself, but is closed by a person with a finding",
    Manner.SELF_CLOSING: "ends when its cause is gone and somebody has seen it",
}


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(manner) for manner in Manner)


def _section(manner: Manner) -> str:
    classes = ", ".join(f"`{alert_class}`" for alert_class, its in MANNERS.items() if its is manner)
    reached = _reached(manner)
    steps = [(s, action, after) for (its, s, action), after in TRANSITIONS.items() if its is manner and s in reached]
    drawn = "\n".join(f"    {state} --> {after}: {_word(action)}" for state, action, after in steps)
    rows = "\n".join(_row(state, {action: after for its, action, after in steps if its is state}) for state in reached)
    return f"""
## {_word(manner).capitalize()}: {TITLES[manner]}

{classes}

```mermaid
stateDiagram-v2
    [*] --> {State.UNACKNOWLEDGED}: raised
{drawn}
    {State.CLOSED} --> [*]
```

| state | {" | ".join(_word(action) for action in _ACTIONS)} |
| --- |{" --- |" * len(_ACTIONS)}
{rows}
"""


def _reached(manner: Manner) -> list[State]:
    """The states that an alert of that manner can come to."""
    reached = {State.UNACKNOWLEDGED}
    for _ in State:
        reached |= {after for (its, state, _), after in TRANSITIONS.items() if its is manner and state in reached}
    return [state for state in State if state in reached]


_ACTIONS = [action for action in Action if action not in (Action.RAISED, Action.COMMENT)]


def _row(state: State, after: dict[Action, State]) -> str:
    return f"| {state} | {' | '.join(str(after.get(action, '')) for action in _ACTIONS)} |"


def _word(name: str) -> str:
    return str(name).replace("_", " ")


def main() -> int:
    """Write the page, or with ``--check`` return 1 if it is out of date."""
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print("docs/lifecycle.md is out of date: run python docs/generate_lifecycle.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
