"""Which calls are drawn. Pure: the same candidates, number and seed always give the same calls."""

import math
import random
from collections import defaultdict
from collections.abc import Sequence


def draw(candidates: Sequence[tuple[int, int]], *, wanted: int, seed: str) -> list[int]:
    """Call ids of `candidates` ((call id, person id), one for each customer): one of each person, then at random up to `wanted`.

    More than `wanted` where there are more people, fewer where there are fewer candidates.
    """
    rng = random.Random(seed)  # noqa: S311
    pool = sorted(map(tuple, candidates))
    of_person = defaultdict(list)
    for call, person in pool:
        of_person[person].append(call)
    drawn = [rng.choice(calls) for _person, calls in sorted(of_person.items())]
    rest = [call for call, _person in pool if call not in set(drawn)]
    more = max(min(wanted - len(drawn), len(rest)), 0)
    return sorted([*drawn, *rng.sample(rest, more)])


def wanted_of(calls: int, *, share: int, least: int, drawn_this_week: int, days_left: int) -> int:
    """How many to draw of a day's `calls`: the share, rounded up; and what is missing to the week's `least`, spread over the days
    left, this one included."""
    if not calls:
        return 0
    missing = max(least - drawn_this_week, 0)
    return max(math.ceil(calls * share / 100), math.ceil(missing / max(days_left, 1)))
