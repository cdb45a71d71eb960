"""How long it takes from one checkpoint to another, learnt from the rounds of the last days.

Between floors and buildings no plan says it. Half of the usual time is taken: who is faster than that did not walk.
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from statistics import median

from devices.reading import SECOND
from workflows.patrols.plan import pair_of
from workflows.patrols.rounds import Round

_LEAST_WALKS = 5
_SHARE = 0.5


def learnt_from(rounds: Iterable[Round]) -> Mapping[str, float]:
    """Seconds by ``pair_of``; of a way that was not walked at least five times by one person nothing is known."""
    took: dict[str, list[float]] = {}
    for a_round in rounds:
        for before, after in pairwise(a_round.visits):
            if {*before.persons} & {*after.persons} and "too_fast" not in after.marks:
                pair = pair_of(before.checkpoint, after.checkpoint)
                took.setdefault(pair, []).append((after.done_at - before.done_at) / SECOND)
    return {pair: _SHARE * median(times) for pair, times in took.items() if len(times) >= _LEAST_WALKS}
