"""Calls whose window passed unworked, for the manager's one decision: grouped by rule, ranked by whether a call is still of use.

How long past is too long depends on the call: one that was of use for a year is worth making a week late, one that was of use for
ten days hardly. So each rule is measured by the length of its own window (the dial's, from opening to last day).
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.masking import masked
from common.paging import capped_count, keyset_page
from customers.models import Phone
from followups import wording
from followups.models import DueItem
from followups.reading.items import WhyNow, why_now, with_facts
from followups.services.cards import OTHER_LAG, lags_of
from followups.services.dials import windows_of
from followups.services.undecided import undecided

UNMEASURED_DAYS = 7  # what counts as the window of a task that a person typed
FRESH, LATE, OLD = "fresh", "late", "old"
USES: dict[str, tuple[LazyText, str]] = {
    FRESH: (gettext_lazy("Still of use"), "good"),
    LATE: (gettext_lazy("Perhaps of use"), "warn"),
    OLD: (gettext_lazy("Hardly of use"), ""),
}
LATE_WINDOWS = 3  # "perhaps" ends after so many windows
HISTORY_SHOWN = 8
ORDER = ("-expires_on", "-id")


@dataclass(frozen=True)
class Group:
    """The undecided items of one rule that are as useful as each other."""

    rule: str
    label: str
    use: str
    use_label: LazyText
    tone: str
    count: int
    first: dt.date  # last days of use, from … to …
    last: dt.date

    @property
    def is_one_day(self):
        return self.first == self.last


def undecided_count(store) -> str:
    """How many as text, "" for none, "1,000+" at most."""
    count = capped_count(undecided(store))
    return "" if count == "0" else count


def spans_of(store) -> dict[str, int]:
    """{rule code: days its longest window is open}."""
    return {
        code: max((window.expires - window.opens for window in windows), default=UNMEASURED_DAYS) or 1
        for code, windows in windows_of(store).items()
    }


def bounds(use: str, span: int, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """(first, last) of the last days of use that count as `use`, both included; None: open."""
    fresh = today - dt.timedelta(days=span)
    late = today - dt.timedelta(days=LATE_WINDOWS * span)
    day = dt.timedelta(days=1)
    return {FRESH: (fresh, None), LATE: (late, fresh - day), OLD: (None, late - day)}[use]


def use_of(expires_on: dt.date, span: int, today: dt.date) -> str:
    past = (today - expires_on).days
    if past <= span:
        return FRESH
    return LATE if past <= LATE_WINDOWS * span else OLD


def groups_of(store, today: dt.date) -> list[Group]:
    """Most useful first, then by the rule's weight. Three queries."""
    spans, lags = spans_of(store), lags_of(store)
    days = undecided(store).order_by().values_list("rule", "expires_on").annotate(count=Count("pk"))
    found = defaultdict(lambda: [0, dt.date.max, dt.date.min])
    for rule, expires_on, count in days:
        group = found[rule, use_of(expires_on, spans.get(rule, UNMEASURED_DAYS), today)]
        group[:] = group[0] + count, min(group[1], expires_on), max(group[2], expires_on)
    order = {use: place for place, use in enumerate(USES)}
    ranked = sorted(found, key=lambda key: (order[key[1]], lags.get(key[0], OTHER_LAG), key[0]))
    return [Group(rule, str(wording.rule_label(rule)), use, *USES[use], *found[rule, use]) for rule, use in ranked]


def group_items(store, rule: str, use: str, today: dt.date):
    """The undecided items of one group."""
    first, last = bounds(use, spans_of(store).get(rule, UNMEASURED_DAYS), today)
    items = undecided(store).filter(rule=rule)
    if first is not None:
        items = items.filter(expires_on__gte=first)
    return items if last is None else items.filter(expires_on__lte=last)


def listed(store, rule: str, use: str, today: dt.date):
    """The items of one group, with what a row of them shows; in ORDER."""
    number = Phone.objects.alive().filter(customer_id=OuterRef("customer_id")).order_by("-is_primary", "id")
    items = with_facts(group_items(store, rule, use, today)).select_related("customer", "vehicle", "decided_by")
    return items.annotate(number=Subquery(number.values("number")[:1]))


@dataclass(frozen=True)
class Decided:
    at: dt.datetime
    person: str
    decision: str
    words: str
    label: str
    note: str
    count: int


def decided_lately(store) -> list[Decided]:
    """The last decisions, one line for each rule of each."""
    rows = (
        DueItem.objects.filter(store=store, decided_at__isnull=False)
        .exclude(decision="")  # called in vain until its new last day: it waits for a decision again
        .order_by("-decided_at", "rule")
        .values("decided_at", "decided_by__full_name", "decision", "decision_note", "rule")
        .annotate(count=Count("pk"))[:HISTORY_SHOWN]
    )
    return [
        Decided(
            row["decided_at"],
            row["decided_by__full_name"] or "",
            row["decision"],
            str(wording.decision(row["decision"])),
            str(wording.rule_label(row["rule"])),
            row["decision_note"],
            row["count"],
        )
        for row in rows
    ]


def chosen_items(store, values: dict, today: dt.date):
    """The items that a DecisionForm means: the whole group as its page showed it, or those that were marked."""
    items = group_items(store, values["rule"], values["use"], today).filter(closed_at__lte=values["as_of"])
    return items if values["whole"] else items.filter(pk__in=values["item"])


@dataclass(frozen=True)
class Row:
    """One undecided call; `past` how long its last day is over, `before` that it was opened again once already."""

    item: DueItem
    why: WhyNow
    number: str
    past: str
    before: str


@dataclass
class DecisionPage:
    groups: list[Group]
    total: int
    decided: list[Decided]
    chosen: Group | None = None
    rows: list[Row] = field(default_factory=list)
    next: str = ""


def decision_page(store, now: dt.datetime, *, rule: str, use: str, after: str = "") -> DecisionPage:
    """Six queries, or eight with the rows of a group; `now` in the store's zone. A group that is gone shows the list of groups."""
    today = now.date()
    groups = groups_of(store, today)
    page = DecisionPage(groups, sum(group.count for group in groups), decided_lately(store))
    page.chosen = next((group for group in groups if (group.rule, group.use) == (rule, use)), None)
    if page.chosen is not None:
        found = keyset_page(listed(store, rule, use, today), ORDER, after=after)
        page.rows, page.next = [_row(item, now) for item in found.rows], found.next
    return page


def _row(item, now) -> Row:
    before = ""
    if item.decided_at is not None:
        words = {"day": wording.day(item.decided_at.astimezone(now.tzinfo).date()), "person": item.decided_by or ""}
        before = _("opened again on %(day)s by %(person)s") % words
    past = wording.past_day(item.expires_on, now.date())
    return Row(item, why_now(item, now), masked(item.number or "") or "—", past, before)
