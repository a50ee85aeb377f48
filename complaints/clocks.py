"""The clocks of a case as plain rules: how much working time each step has, and how late is how high on the ladder.

Pure: no model, no database. A store's own edition is a row of `ClockDial`; what it starts with stands here and nowhere else.
Sources of the numbers: DOMAIN 2.7 (suggested default: first answer 2 h in opening hours, plan 24 h, solution 3, 5 and 7 days by level,
asked again within 3 days); cases of the maker: Geely and GTMC, an answer within the hour, an end within 3 work days. The ladder's
lateness and the warning's share are ours.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from common.working import Hours
from complaints.choices import Rung, Severity, Step

HOURS, DAYS = "hours", "days"
HOUSE, OEM = "house", "oem"  # the channels: our own cases, those that the maker sends
CHANNELS = (HOUSE, OEM)
LADDER = (Rung.HEAD, Rung.MANAGER, Rung.GENERAL, Rung.OEM)  # the rungs whose lateness is a dial


@dataclass(frozen=True)
class Span:
    """A length of working time: so many hours of opening time, or so many work days."""

    amount: int
    unit: str = HOURS

    def of(self, hours: Hours) -> dt.timedelta:
        return self.amount * (hours.day if self.unit == DAYS else dt.timedelta(hours=1))


def _steps(days, *, answer=2):
    return {
        Step.ANSWER: Span(answer),
        Step.PLAN: Span(1, DAYS),
        Step.SOLUTION: Span(days, DAYS),
        Step.RECONTACT: Span(3, DAYS),
    }


@dataclass(frozen=True)
class Rules:
    """`warn`: the handler is warned when so many percent of a step's time are left. `clocks`: {channel: {severity: {step: Span}}};
    `ladder`: {severity: {rung: Span after the deadline}}; the handler is told at the deadline itself. `engineer`: whom of the maker
    to inform at the ladder's end."""

    opens: dt.time = dt.time(9, 0)
    closes: dt.time = dt.time(18, 0)
    warn: int = 25
    clocks: Mapping[str, Mapping[str, Mapping[str, Span]]] = field(
        default_factory=lambda: {
            HOUSE: {
                Severity.MAJOR: _steps(3),
                Severity.SERIOUS: _steps(5),
                Severity.NORMAL: _steps(7),
            },
            OEM: {each: _steps(3, answer=1) for each in (Severity.MAJOR, Severity.SERIOUS, Severity.NORMAL)},
        }
    )
    ladder: Mapping[str, Mapping[int, Span]] = field(
        default_factory=lambda: {
            Severity.MAJOR: dict(zip(LADDER, (Span(1), Span(2), Span(4), Span(1, DAYS)), strict=True)),
            Severity.SERIOUS: dict(zip(LADDER, (Span(2), Span(4), Span(1, DAYS), Span(2, DAYS)), strict=True)),
            Severity.NORMAL: dict(zip(LADDER, (Span(4), Span(1, DAYS), Span(2, DAYS), Span(5, DAYS)), strict=True)),
        }
    )
    engineer: str = ""
    engineer_phone: str = ""

    def allowed(self, channel: str, severity: str, hours: Hours) -> dict[str, int]:
        """{step: seconds of working time} for a case of this channel and severity."""
        return {
            step.value: round(span.of(hours).total_seconds()) for step, span in self.clocks[channel][severity].items()
        }


DEFAULTS = Rules()


def to_plain(rules: Rules) -> dict:
    """As JSON keeps it."""
    return {
        "opens": f"{rules.opens:%H:%M}",
        "closes": f"{rules.closes:%H:%M}",
        "warn": rules.warn,
        "clocks": {
            channel: {
                severity: {str(step): [span.amount, span.unit] for step, span in steps.items()}
                for severity, steps in by_severity.items()
            }
            for channel, by_severity in rules.clocks.items()
        },
        "ladder": {
            severity: {str(int(rung)): [span.amount, span.unit] for rung, span in rungs.items()}
            for severity, rungs in rules.ladder.items()
        },
        "engineer": rules.engineer,
        "engineer_phone": rules.engineer_phone,
    }


def from_plain(plain: Mapping) -> Rules:
    """What an edition of a former version does not say is as shipped."""
    clocks = {
        channel: {
            severity: {
                step: Span(*plain["clocks"].get(channel, {}).get(severity, {}).get(step, (span.amount, span.unit)))
                for step, span in steps.items()
            }
            for severity, steps in by_severity.items()
        }
        for channel, by_severity in DEFAULTS.clocks.items()
    }
    ladder = {
        severity: {
            rung: Span(*plain["ladder"].get(severity, {}).get(str(int(rung)), (span.amount, span.unit)))
            for rung, span in rungs.items()
        }
        for severity, rungs in DEFAULTS.ladder.items()
    }
    return replace(
        DEFAULTS,
        opens=dt.time.fromisoformat(plain["opens"]),
        closes=dt.time.fromisoformat(plain["closes"]),
        warn=plain["warn"],
        clocks=clocks,
        ladder=ladder,
        engineer=plain["engineer"],
        engineer_phone=plain["engineer_phone"],
    )


def rung_of(due_at, now, *, hours: Hours, allowed: dt.timedelta, rules: Rules, severity: str) -> Rung | None:
    """How high on the ladder a step stands that is not done: None where it is not even time for a warning."""
    if now < due_at:
        left = hours.between(now, due_at)
        return Rung.WARNING if left <= allowed * rules.warn / 100 else None
    late = hours.between(due_at, now)
    reached = [rung for rung in LADDER if late >= rules.ladder[severity][rung].of(hours)]
    return max(reached, default=Rung.HANDLER)
