"""The live board: who is on which card, what each has done today, which promises are at risk; and the rows behind each number.

A number and its rows are one definition (NUMBERS), so that they cannot differ. The board asks the same few questions whatever the people
and the rows. Nothing here ranks people against one another: lines stand by name.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from accounts.models import User
from common.masking import masked
from common.paging import capped_count, keyset_page
from common.templatetags.dcrc import listed
from followups import wording
from followups.choices import ItemState, Level
from followups.models import Call, CallCard, CallOutcome, DeskDial, Draft, DueItem
from followups.reading.care_list import items_of
from followups.reading.decisions import undecided_count
from followups.reading.items import why_now, with_facts
from followups.reading.queue import overdue
from followups.services.dials import desk_of

PACE = dt.timedelta(hours=1)
TEAM = 0  # in an address: what belongs to nobody
_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Moment:
    """What the board is asked for: `now` in the store's zone, `midnight` before it, the store's dial."""

    store: object
    now: dt.datetime
    midnight: dt.datetime
    dial: DeskDial

    @property
    def tomorrow(self):
        return self.midnight + dt.timedelta(days=1)


def moment_of(store, now: dt.datetime) -> Moment:
    return Moment(store, now, now.replace(hour=0, minute=0, second=0, microsecond=0), desk_of(store))


# --- What is counted, and the rows that a number opens ------------------------------------------------------------------
@dataclass(frozen=True)
class Number:
    """`rows` of a moment; `person` is the column that says whose a row is; `only` narrows the rows; `unit` is counted once each."""

    label: str | LazyText
    rows: Callable[[Moment], object]
    person: str
    only: Callable[[Moment], Q] = lambda moment: Q()
    unit: str = "pk"


def _calls(moment):
    return Call.objects.filter(store=moment.store, at__gte=moment.midnight, undone_at__isnull=True)


def _outcomes(moment):
    calls = Q(call__store=moment.store, call__at__gte=moment.midnight, call__undone_at__isnull=True)
    return CallOutcome.objects.filter(calls)


def _promises(moment):
    """Of today, and those that are late."""
    return DueItem.objects.open().filter(store=moment.store, due_at__lt=moment.tomorrow)


def _drafts(moment):
    return Draft.objects.filter(card__store=moment.store)


def _reserved(moment):
    return CallCard.objects.open().filter(store=moment.store, assigned_to__isnull=False, assigned_until__gt=moment.now)


def _at_risk(moment):
    """Due within the grace, or late already."""
    return Q(due_at__lte=moment.now + dt.timedelta(minutes=moment.dial.promise_grace_minutes))


NUMBERS = {
    "calls": Number(gettext_lazy("Numbers tried"), _calls, "by"),
    "topics": Number(pgettext_lazy("figure", "Topics dialled"), _outcomes, "call__by", unit="item"),
    "connected": Number(pgettext_lazy("figure", "Connected"), _calls, "by", lambda moment: Q(level=Level.REACHED)),
    "effective": Number(
        pgettext_lazy("figure", "Effective"), _outcomes, "call__by", lambda moment: Q(is_effective=True), unit="item"
    ),
    "pace": Number(gettext_lazy("Last hour"), _calls, "by", lambda moment: Q(at__gt=moment.now - PACE)),
    "promises": Number(gettext_lazy("Promised today"), _promises, "pinned_to"),
    "risk": Number(gettext_lazy("At risk"), _promises, "pinned_to", _at_risk),
    "late": Number(gettext_lazy("Late"), _promises, "pinned_to", lambda moment: Q(due_at__lt=moment.now)),
    "drafts": Number(gettext_lazy("Drafts"), _drafts, "user"),
    "reserved": Number(gettext_lazy("Reserved"), _reserved, "assigned_to"),
}


def rows_of(what: str, moment: Moment, person: int | None):
    """The rows behind a number, of one person (TEAM: of nobody) or of all: calls, topics, drafts or cards."""
    number = NUMBERS[what]
    rows = number.rows(moment).filter(number.only(moment))
    if person is not None:
        rows = rows.filter(**{f"{number.person}__isnull": True} if person == TEAM else {number.person: person})
    return DueItem.objects.filter(pk__in=rows.values("item")) if number.unit == "item" else rows


class NoSuchPerson(LookupError):
    """Nobody of this store: of another store's nobody is told even the name."""


def person_of(query, store) -> tuple[int | None, str]:
    """(id, name) of the person that the query of a rows page names: (None, "") for all, (TEAM, "") for nobody's. Raises NoSuchPerson."""
    text = query.get("person", "")
    if not text:
        return None, ""
    if text == str(TEAM):
        return TEAM, ""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NoSuchPerson
    person = User.objects.filter(pk=int(text), store=store).first()
    if person is None:
        raise NoSuchPerson
    return person.pk, person.full_name


def _split(moment) -> dict[str, dict[int, int]]:
    """{number: {person: count}}: one query for each table, not for each number."""
    found = {what: defaultdict(int) for what in NUMBERS}
    groups = defaultdict(list)
    for what, number in NUMBERS.items():
        groups[number.rows, number.person].append(what)
    for (rows, person), whats in groups.items():
        counts = {
            f"n_{what}": Count(NUMBERS[what].unit, filter=NUMBERS[what].only(moment) or None, distinct=True)
            for what in whats
        }
        for row in rows(moment).order_by().values(person).annotate(**counts):
            for what in whats:
                found[what][row[person] or TEAM] = row[f"n_{what}"]
    return found


# --- The page ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Cell:
    number: int
    url: str  # "" for a nought: it has no rows
    label: str | LazyText


@dataclass(frozen=True)
class OnCard:
    """The card a person is on. `minutes`: since she took it; `quiet`: since the last sign of work on it (taken, typed, dialled, the
    lease renewed). `is_stuck`: quiet for longer than the store's dial, however long the call takes; `is_over`: the lease has run out."""

    pk: int
    customer: str
    topics: str
    minutes: int | None
    quiet: int
    until: dt.datetime
    is_stuck: bool
    is_over: bool


@dataclass
class PersonLine:
    name: str
    team: str
    is_here: bool
    cells: dict[str, Cell]
    on: OnCard | None = None
    last: str = ""

    @property
    def shown(self):
        return self.cells.items()


@dataclass(frozen=True)
class Total:
    label: str
    count: str  # "1,000+" at most
    url: str  # opens its rows; "" for a nought
    tone: str
    unit: str = ""  # what is counted: two pages that count different things must not look alike


@dataclass
class Board:
    now: dt.datetime
    totals: list[Total]
    lines: list[PersonLine]
    absent: str  # names of those who are not here today
    sums: dict[str, Cell]
    grace: int  # minutes; what "at risk" means
    patience: int  # minutes without a sign of work; what "stuck" means
    alarms = ("risk", "late")

    @property
    def sum_cells(self):
        return self.sums.items()


def board_of(store, now: dt.datetime, *, team: int | None = None) -> Board:
    """`now` in the store's zone; `team` narrows the people, never the totals of the store. Sixteen queries."""
    moment = moment_of(store, now)
    counts, cards, last = _split(moment), _cards_of(moment), _last_calls(moment)
    people = User.objects.with_perm("followups.work_queue", backend=_BACKEND).filter(store=store, is_active=True)
    if team is not None:
        people = people.filter(team=team)
    lines, absent = [], []
    people = people.order_by("full_name", "pk").values_list("pk", "full_name", "last_login", "team__name")
    for pk, name, seen, team_name in people:
        cells = {what: _cell(what, counts[what].get(pk, 0), pk) for what in NUMBERS}
        is_here = (seen is not None and seen >= moment.midnight) or bool(cells["calls"].number) or pk in cards
        has_work = any(cells[what].number for what in ("promises", "reserved", "drafts"))
        if not (is_here or has_work):
            absent.append(name)
            continue
        at = last.get(pk)
        words = wording.moment(at, now) if at else ""
        lines.append(PersonLine(name, team_name or "", is_here, cells, cards.get(pk), words))
    sums = {what: _cell(what, count, None) for what, count in _sums(counts, moment).items()}
    if team is None and (counts["promises"].get(TEAM) or counts["reserved"].get(TEAM)):
        lines.append(_team_line(counts))
    return Board(
        now,
        _totals(moment, sums),
        lines,
        listed(absent),
        sums,
        moment.dial.promise_grace_minutes,
        moment.dial.stuck_minutes,
    )


def _sums(counts, moment) -> dict[str, int]:
    """Of the whole store; a topic that two people called about is one."""
    sums = {what: sum(by_person.values()) for what, by_person in counts.items()}
    shared = [what for what, number in NUMBERS.items() if number.unit != "pk"]
    numbers = {
        what: Count(NUMBERS[what].unit, filter=NUMBERS[what].only(moment) or None, distinct=True) for what in shared
    }
    return sums | _outcomes(moment).aggregate(**numbers)


def _team_line(counts) -> PersonLine:
    cells = {what: _cell(what, counts[what].get(TEAM, 0), TEAM) for what in NUMBERS}
    return PersonLine(_("The team's"), "", True, cells)


def _cell(what, number, person) -> Cell:
    if not number:
        return Cell(0, "", NUMBERS[what].label)
    parameters = {} if person is None else {"person": person}
    address = reverse("followups:board_rows", args=[what])
    url = f"{address}?{urlencode(parameters)}" if parameters else address
    return Cell(number, url, NUMBERS[what].label)


def _cards_of(moment) -> dict[int, OnCard]:
    cards = CallCard.objects.filter(store=moment.store, lease_by__isnull=False)
    hers = {"card": OuterRef("pk")}
    typed = Draft.objects.filter(**hers, user=OuterRef("lease_by")).values("updated_at")[:1]
    dialled = (
        Call.objects.filter(**hers, by=OuterRef("lease_by"), undone_at__isnull=True).order_by("-at").values("at")[:1]
    )
    cards = cards.annotate(typed=Subquery(typed), dialled=Subquery(dialled))
    columns = ("pk", "lease_by_id", "customer__name", "rules", "leased_at", "lease_until", "typed", "dialled")
    lease, found = dt.timedelta(minutes=moment.dial.lease_minutes), {}
    for pk, person, customer, rules, since, until, *signs in cards.values_list(*columns):
        renewed = until - lease  # the desk renews a lease only where somebody has touched it
        last = max(at for at in (since, renewed, *signs) if at is not None and (since is None or at >= since))
        quiet = max(0, _minutes(moment.now - last))
        is_stuck = quiet >= moment.dial.stuck_minutes
        minutes = _minutes(moment.now - since) if since else None
        found[person] = OnCard(pk, customer, _topics(rules), minutes, quiet, until, is_stuck, until <= moment.now)
    return found


def _minutes(span: dt.timedelta) -> int:
    return int(span.total_seconds() // 60)


def _last_calls(moment) -> dict[int, dt.datetime]:
    """When each last did something that is kept: a call of today, or a draft."""
    calls = dict(_calls(moment).order_by().values_list("by").annotate(Max("at")))
    for person, at in _drafts(moment).order_by().values_list("user").annotate(Max("updated_at")):
        calls[person] = max(at, calls.get(person, at))
    return calls


def _totals(moment, sums) -> list[Total]:
    store, today = moment.store, moment.now.date()
    cards = CallCard.objects.filter(store=store)
    queue, promises = reverse("followups:queue"), sums["risk"]
    due_today = {"start": today, "end": today, "state": ItemState.OPEN}
    due = DueItem.objects.open().filter(store=store, due_on=today)
    messages = items_of(store, "", today)
    people, topics = pgettext("unit", "customers"), pgettext("unit", "topics")
    found = [
        (_("Callable now"), capped_count(cards.callable(moment.now)), f"{queue}?tab=ready", "", people),
        (_("Overdue"), capped_count(overdue(cards, today)), f"{queue}?tab=overdue", "bad", people),
        (
            _("Due today and still open"),
            capped_count(due),
            f"{reverse('followups:items')}?{urlencode(due_today)}",
            "",
            topics,
        ),
        (_("Promises at risk"), f"{promises.number:,}", promises.url, "bad", ""),
        (_("Expired, to decide"), undecided_count(store) or "0", reverse("followups:decisions"), "warn", topics),
        (_("Messages to send"), capped_count(messages), reverse("followups:care_list"), "", ""),
    ]
    return [Total(*row) if row[1] != "0" else Total(row[0], "0", "", "", row[4]) for row in found]


# --- The rows behind a number -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Opened:
    """One row as the list shows it. `detail` and `tone`: how it stands; `customer_id` leads to her page, `url` to the call. `is_open`:
    there is something left that can be given to a person."""

    customer_id: int
    customer: str
    what: str
    at: str
    person: str
    detail: str = ""
    tone: str = ""
    url: str = ""
    is_open: bool = True


RELATED = {
    Call: ("customer", "by", "outcome"),
    DueItem: ("customer", "vehicle", "pinned_to"),
    Draft: ("card__customer", "user"),
    CallCard: ("customer", "assigned_to"),
}
ORDERS = {Call: ("-id",), DueItem: ("due_on", "id"), Draft: ("id",), CallCard: ("rank", "id")}


def opened(what: str, moment: Moment, person: int | None, *, after="") -> tuple[list[Opened], str, int]:
    """A page of the rows behind a number, worded, the token of the next one, and how many there are."""
    rows, now = rows_of(what, moment, person), moment.now
    count, model = rows.count(), rows.model
    rows = with_facts(rows) if model is DueItem else rows
    page = keyset_page(rows.select_related(*RELATED[model]), ORDERS[model], after=after)
    if NUMBERS[what].unit == "item":
        made = _made(page.rows, what, moment, person)
        return [_dialled(item, now, made[item.pk]) for item in page.rows], page.next, count
    word = {Call: _call, DueItem: _topic, Draft: _draft, CallCard: _card}[model]
    return [word(row, now) for row in page.rows], page.next, count


def _made(items, what, moment, person) -> dict[int, list[CallOutcome]]:
    """{topic: what was written down about it, the newest last}: who dialled is whose call it was, not who promised one."""
    number = NUMBERS[what]
    outcomes = number.rows(moment).filter(number.only(moment), item__in=[item.pk for item in items])
    if person is not None:
        outcomes = outcomes.filter(call__by=person)
    found = defaultdict(list)
    for outcome in outcomes.select_related("call__by").order_by("call__at", "pk"):
        found[outcome.item_id].append(outcome)
    return found


def _dialled(item, now, outcomes):
    row, people = _topic(item, now), dict.fromkeys(outcome.call.by.full_name for outcome in outcomes)
    url = reverse("followups:call", args=[outcomes[-1].call_id])
    return replace(row, person=listed(people), url=url)


def _call(call, now):
    url, at = reverse("followups:call", args=[call.pk]), wording.moment(call.at, now)
    return Opened(
        call.customer_id,
        call.customer.name,
        masked(call.number),
        at,
        call.by.full_name,
        call.outcome.label,
        "",
        url,
        False,
    )


def _topic(item, now):
    why, person = why_now(item, now), item.pinned_to.full_name if item.pinned_to else ""
    what = f"{why.label} {why.subject}".strip()
    if item.state != ItemState.OPEN:
        return Opened(
            item.customer_id, item.customer.name, what, why.car, person, item.get_state_display(), "good", is_open=False
        )
    return Opened(item.customer_id, item.customer.name, what, why.car, person, why.urgency.text, why.urgency.tone)


def _draft(draft, now):
    customer = draft.card.customer
    at = wording.moment(draft.updated_at, now)
    return Opened(customer.pk, customer.name, _topics(draft.card.rules), at, draft.user.full_name)


def _card(card, now):
    until = wording.day((card.assigned_until - dt.timedelta(seconds=1)).astimezone(now.tzinfo).date())
    words = pgettext("move", "until %(day)s") % {"day": until}
    return Opened(card.customer_id, card.customer.name, _topics(card.rules), "", card.assigned_to.full_name, words)


def _topics(rules) -> str:
    return listed(wording.rule_label(code) for code in rules[:3])
