"""Writes docs/lifecycle.md from the table in alerts/lifecycle.py; ``--check`` only says whether it is up to date."""

import sys
from pathlib import Path

from field_tables import written

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
| cause again | the rule | the cause is back, an event is told once more, or more have joined: nobody owns it any more |
| cause gone | the rule | nothing shows the breach any more, or the area was disarmed |
| end cause | a person | it is over though no device says so, for a reason (docs/adr/0158-what-no-device-ends.md) |
| silence | a person | every console is quiet about it for two minutes; what comes later sounds |
| acknowledge | a person | I have seen it, so often as it had happened when I looked; what came later is refused |
| expired | the clock | nobody has done anything about it since: unacknowledged again, with sound |
| reset | a person | the cause is gone, release the latch |
| close | a person | it ends, with a finding: confirmed, false alarm, nuisance, test, duplicate |

An alert is closed only when its cause is gone, and a latched one only after its reset. Nothing closes unseen: what
closes by itself does so when it is acknowledged, or when its cause goes after that, with the finding `returned`, which
nobody gives by hand; all else is closed by a person with a finding.

Its age and the time to respond count from when it was raised last: `raised`, or `again` if its cause came back after it
was gone, or an event that stood happened once more. What joins a cause that stands counts as an occurrence, and the
clock goes on. In the operator's list what still stands comes before what is gone, inside a priority and class; of that
the first-out on top.

A **silence** is no acknowledgement: the alert stays nobody's, and sounds again after two minutes, or as soon as
anything happens to it anew (docs/adr/0264-silence-of-an-alert.md). Sirens are silenced by a verb of their own.

An acknowledgement **expires**: of a fire, gas or hold-up after 5 min while the cause stands and no step of the response
was taken, of an intrusion after 15 min without a step; with a step the response goes on, and nothing expires. Of all
others, and of a danger that is over and that nobody did anything about, at the end of the shift: unless the next shift
took over by a signed [handover](duty.md) whose list named it, then at the end of theirs. A step is a note on the alert
by a person, or by a workflow in their name (a guard who arrived), a reset, the end of its cause by a person; what the
gateway itself notes is none. What comes again begins anew. The site file sets other times (`[acknowledgements]`).
docs/adr/0263-acknowledgements-expire.md and 0293 say why.

## Set aside

Beside its state, an open alert may be **set aside**: shelved (one alert, by a person, with an end), bypassed or in a
walk test (a device, out of service, by a person, with an end), or suppressed by design: the loss of a device behind a
line of the gateway that is lost itself, a door that is forced or held open in an area where a fire stands. It is
raised, stored, told and counted like any other; only the control room's list, sounds and counts leave it out, and say
how many and why. Whatever its class, the gateway may do this with it:

| action | when | state afterwards |
| --- | --- | --- |
| set aside | the reason begins, or another one | as it was |
| brought back | the reason ends in any other case | unacknowledged, with sound |
| lapsed | the reason ends, the cause is gone, nobody had been shown it, and it closes by itself | closed, `returned` |
| lapsed | likewise in a walk test, whatever its class | closed, finding `test` |
| counted | its text says a new number, such as the devices behind a lost line | as it was |

A fire, hold-up, gas or intrusion alert that people have been shown is set aside only once somebody has acknowledged it.
docs/adr/0104-set-aside.md says why, docs/walk-test.md what a technician does.
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
    every = [(s, action, after) for (its, s, action), after in TRANSITIONS.items() if its is manner and s in reached]
    steps = [step for step in every if step[1] not in _ASIDE]
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


_ASIDE = (Action.SET_ASIDE, Action.BROUGHT_BACK, Action.LAPSED, Action.COUNTED, Action.GROUPED)
"""What may happen to any open alert, whatever its class."""
_ACTIONS = [action for action in Action if action not in (Action.RAISED, Action.COMMENT, *_ASIDE)]


def _row(state: State, after: dict[Action, State]) -> str:
    return f"| {state} | {' | '.join(str(after.get(action, '')) for action in _ACTIONS)} |"


def _word(name: str) -> str:
    return str(name).replace("_", " ")


if __name__ == "__main__":
    sys.exit(written(PAGE, page()))
