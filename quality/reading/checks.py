"""One check, the list of checks, and how often what was written down agrees."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q

from accounts.models import User
from cvp.models import Answer
from followups.reading.calls import visit_of
from followups.wording import rule_label
from quality.choices import RECALLED, Agreement, CheckState, Decision, Item
from quality.models import SpotAnswer, SpotCheck
from quality.wording import compared, log_detail

RATES_DAYS = 90
FEW = 10  # below so many items a rate says little

TABS = {
    "call": Q(state=CheckState.OPEN),
    "differs": Q(state__in=(CheckState.DIFFERS, CheckState.ANSWERED)),
    "done": Q(state__in=(CheckState.AGREES, CheckState.DECIDED, CheckState.UNREACHED, CheckState.DROPPED)),
}


def checked(checks, *, start, person="", topic=""):
    """Those behind a rate: called again, of a day from `start` on, of one person (an id as text) and topic where given."""
    checks = checks.filter(state__in=RECALLED, day__gte=start)
    if person.isascii() and person.isdigit() and len(person) < 19:
        checks = checks.filter(person=int(person))
    return checks.filter(topic=topic) if topic else checks


def selected(user, query, today):
    """(tab, the checks that the list shows under `query`, their order)."""
    tab = query["tab"] if query.get("tab") in (*TABS, "rates") else "call"
    rows = SpotCheck.objects.visible_to(user)
    if tab == "rates":
        part = {name: query.get(name, "") for name in ("person", "topic")}
        rows = checked(rows, start=first_day(today), **part)
    else:
        rows = rows.filter(TABS[tab])
    return tab, with_names(rows), ("next_on", "id") if tab == "call" else ("-id",)


def first_day(today):
    """Of the rates, whose last day is today."""
    return today - dt.timedelta(days=RATES_DAYS - 1)


def with_names(checks):
    return checks.select_related("customer", "person", "call__outcome", "taken_by", "recalled_by")


def lines(checks) -> list:
    """A page of checks, each with `label` (its topic)."""
    for check in checks:
        check.label = rule_label(check.topic)
    return checks


def counts(store) -> dict[str, int]:
    """{tab: checks}. One query."""
    return SpotCheck.objects.filter(store=store).aggregate(
        **{tab: Count("pk", filter=where) for tab, where in TABS.items()}
    )


def whole(check) -> dict:
    """What was written down, what she told, who said what."""
    answers = Answer.objects.select_related("question")
    rows = list(
        check.answers.select_related("outcome__item", "outcome__response").prefetch_related(
            Prefetch("outcome__response__answers", answers)
        )
    )
    for row in rows:
        row.key = row.outcome.response.key_answer if row.outcome and row.outcome.response else None
        row.pair = compared(row)
    log = list(check.log.select_related("by"))
    for line in log:
        line.detail = log_detail(line)
    return {"check": check, "label": rule_label(check.topic), "visit": _visit(check), "answers": rows, "log": log}


def _visit(check):
    """As it was written down, with the answers to every question."""
    visit = visit_of(check.call)
    for outcome in visit.outcomes:
        found = (
            outcome.response.answers.select_related("question").order_by("question__order") if outcome.response else []
        )
        outcome.said = [(str(answer.question), answer.words, answer.is_alarm) for answer in found]
    return visit


@dataclass(frozen=True)
class Rate:
    """Items of the checks of one person and topic. `agree` of `judged`; `untold` could not be told, misunderstandings included."""

    person: str
    topic: str
    checks: int
    agree: int
    differ: int
    untold: int
    person_id: int = 0
    topic_code: str = ""

    @property
    def judged(self) -> int:
        return self.agree + self.differ

    @property
    def share(self) -> int | None:
        return round(100 * self.agree / self.judged) if self.judged else None

    @property
    def is_small(self) -> bool:
        return self.judged < FEW


def rates_of(store, *, start, end) -> list[Rate]:
    """By person and topic, then each person's whole (topic ""). Opinions about the manner count nowhere. Two queries."""
    answers = SpotAnswer.objects.filter(
        check_of__store=store, check_of__day__range=(start, end), check_of__state__in=RECALLED
    ).exclude(item=Item.MANNER)
    pardoned = Q(agreement=Agreement.DIFFERS, check_of__decision=Decision.MISUNDERSTANDING)
    columns = {
        "checks": Count("check_of", distinct=True),
        "agree": Count("pk", filter=Q(agreement=Agreement.AGREES)),
        "differ": Count("pk", filter=Q(agreement=Agreement.DIFFERS) & ~Q(check_of__decision=Decision.MISUNDERSTANDING)),
        "untold": Count("pk", filter=Q(agreement=Agreement.UNTOLD) | pardoned),
    }
    rows = list(answers.order_by().values("check_of__person", "check_of__topic").annotate(**columns))
    names = dict(User.objects.filter(pk__in={row["check_of__person"] for row in rows}).values_list("pk", "full_name"))
    found = []
    for person, name in sorted(names.items(), key=lambda pair: (pair[1], pair[0])):
        hers = sorted(
            (row for row in rows if row["check_of__person"] == person), key=lambda row: row["check_of__topic"]
        )
        parts = [{key: row[key] for key in columns} for row in hers]
        together = {key: sum(part[key] for part in parts) for key in columns}
        found.append(Rate(name, "", **together, person_id=person))
        found += [
            Rate(name, rule_label(row["check_of__topic"]), **part, person_id=person, topic_code=row["check_of__topic"])
            for row, part in zip(hers, parts, strict=True)
        ]
    return found
