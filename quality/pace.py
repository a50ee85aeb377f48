"""What in the pace of a person's calls asks for a question. Pure: calls in, findings out; a finding never says that somebody cheats."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

CERTAIN = 2.0  # standard errors from which a share is called unusual
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Made:
    """One standing call. `answers`: what was answered, as a comparable value, None without a questionnaire; `is_satisfied` of it."""

    pk: int
    person: int
    at: dt.datetime
    reached: bool
    answers: tuple | None = None
    is_satisfied: bool = False


@dataclass(frozen=True)
class Finding:
    """`code` and `params` are worded by quality.wording; `calls` are ids, in the order of time."""

    code: str
    person: int
    calls: tuple[int, ...]
    params: dict


def findings_of(calls: Sequence[Made], dial) -> list[Finding]:
    """`calls` of one store in the order of time; `dial` has the numbers of QualityDial."""
    by_person = {}
    for call in calls:
        by_person.setdefault(call.person, []).append(call)
    found = []
    for person, hers in by_person.items():
        others = [call for call in calls if call.person != person]
        found += [*_short(hers, dial), *_bursts(hers, dial), *_runs(hers, dial), *_minutes(hers, dial)]
        found += _satisfied(person, hers, others, dial)
    return found


def _short(calls, dial):
    """Reached somebody, though the save before it was too short ago for a conversation."""
    least = dt.timedelta(seconds=dial.shortest)
    pairs = zip(calls, calls[1:], strict=False)
    short = [call for before, call in pairs if call.reached and call.at - before.at < least]
    if short:
        yield Finding(
            "short", short[0].person, tuple(call.pk for call in short), {"count": len(short), "seconds": dial.shortest}
        )


def _bursts(calls, dial):
    """The calls of each minute (from a call on) that has at least `dial.burst`; no call twice."""
    start = 0
    while start < len(calls):
        end = start
        while end < len(calls) and calls[end].at - calls[start].at < MINUTE:
            end += 1
        if end - start >= dial.burst:
            ids = tuple(call.pk for call in calls[start:end])
            yield Finding("burst", calls[start].person, ids, {"count": len(ids)})
            start = end
        else:
            start += 1


def _runs(calls, dial):
    """The same answers to the same questionnaire, again and again."""
    asked = [call for call in calls if call.answers is not None]
    start = 0
    for place in range(1, len(asked) + 1):
        if place == len(asked) or asked[place].answers != asked[start].answers:
            if place - start >= dial.run:
                ids = tuple(call.pk for call in asked[start:place])
                yield Finding("run", asked[start].person, ids, {"count": len(ids)})
            start = place


def _minutes(calls, dial):
    """Saved in the same minute of the hour unusually often."""
    if len(calls) < dial.least:
        return
    minute, count = Counter(call.at.minute for call in calls).most_common(1)[0]
    if 100 * count >= dial.same_minute * len(calls):
        ids = tuple(call.pk for call in calls if call.at.minute == minute)
        yield Finding("minute", calls[0].person, ids, {"minute": minute, "count": count, "n": len(calls)})


def _satisfied(person, hers, others, dial):
    """More satisfied customers than the others', by more than chance explains (two shares, pooled)."""
    mine = [call for call in hers if call.answers is not None]
    theirs = [call for call in others if call.answers is not None]
    if len(mine) < dial.least or len(theirs) < dial.least:
        return
    good, good_theirs = sum(call.is_satisfied for call in mine), sum(call.is_satisfied for call in theirs)
    pooled = (good + good_theirs) / (len(mine) + len(theirs))
    error = math.sqrt(pooled * (1 - pooled) * (1 / len(mine) + 1 / len(theirs)))
    if error and good / len(mine) - good_theirs / len(theirs) >= CERTAIN * error:
        params = {
            "share": round(100 * good / len(mine)),
            "n": len(mine),
            "team": round(100 * good_theirs / len(theirs)),
            "team_n": len(theirs),
        }
        yield Finding("satisfied", person, tuple(call.pk for call in mine), params)
