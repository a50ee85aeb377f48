"""The care list as a page and as a sheet for an SMS platform: whom to send what, by day and kind."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, gettext_lazy, gettext_noop
from django.utils.translation import gettext as _

from common.festivals import next_festivals
from common.masking import masked
from common.paging import keyset_page
from customers.choices import Channel
from customers.models import Phone
from followups import wording
from followups.choices import CloseReason, Festival, ItemState
from followups.models import DueItem
from followups.reading.items import with_facts
from followups.reading.topics import facts_of, script_words, scripts_of
from followups.rules import BY_CODE
from followups.scripts import MESSAGE_CASES, message
from followups.services.care_list import FESTIVAL, mobiles, quiet_about
from followups.services.undecided import MESSAGES

PAGE = 50
EXPORT_LIMIT = 20_000
FESTIVAL_DAYS = 45  # so long before a festival its list may be made
COLUMNS = (gettext_noop("Phone"), gettext_noop("Message"), gettext_noop("Name"), gettext_noop("Kind"), gettext_noop("Day"))  # fmt: skip
# The tabs, in their order.
TABS: dict[str, LazyText] = {
    "now": gettext_lazy("To send now"),
    "later": gettext_lazy("To send later"),
    "sent": gettext_lazy("Sent"),
    "missed": gettext_lazy("Missed"),
    "dropped": gettext_lazy("Not sent"),
}


def items_of(store, tab: str, today: dt.date):
    """The messages under a tab."""
    items = DueItem.objects.filter(store=store)
    if tab == "sent":
        return items.filter(state=ItemState.DONE, reason=CloseReason.SENT)
    if tab == "missed":
        return items.filter(MESSAGES, state=ItemState.EXPIRED)
    if tab == "dropped":
        return items.filter(MESSAGES, state=ItemState.DECLINED)
    items = items.filter(state=ItemState.TO_SEND, expires_on__gte=today)
    return items.filter(opens_on__gt=today) if tab == "later" else items.filter(opens_on__lte=today)


@dataclass(slots=True)
class Row:
    """One message. `phone` takes a text message (None: there is none); `tags` are (tone, text)."""

    item: DueItem
    label: str
    name: str
    phone: Phone | None
    number: str
    wechat: str
    car: str
    day: str
    text: str
    tags: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class CarePage:
    """`kinds`: (rule code, label, how many under this tab); `festivals`: (code and year, words) of lists that may be made."""

    tab: str
    kinds: list[tuple[str, str, int]]
    total: int
    rows: list[Row]
    next: str
    festivals: list[tuple[str, str]]
    can_mark: bool


def chosen(query) -> tuple[str, str]:
    """(tab, rule code or "") that the query of the care list names."""
    tab = query["tab"] if query.get("tab") in TABS else "now"
    return tab, query["kind"] if query.get("kind") in BY_CODE else ""


def listed(store, now: dt.datetime, *, tab: str, kind: str = ""):
    """(the items under a tab, of one kind if it is named, with all that a row of them shows; their order)."""
    items = items_of(store, tab, now.date())
    if kind:
        items = items.filter(rule=kind)
    order = ("-due_on", "-id") if tab in ("sent", "missed", "dropped") else ("due_on", "id")
    return _with_all(items, now.date()), order


def care_page(user, now: dt.datetime, *, tab: str, kind: str = "", after: str = "") -> CarePage:
    """A handful of queries whatever the rows; `now` in the store's zone."""
    items = items_of(user.store, tab, now.date())
    counts = Counter(dict(items.order_by().values_list("rule").annotate(Count("pk"))))
    kinds = [(code, str(wording.rule_label(code)), count) for code, count in sorted(counts.items())]
    listed_items, order = listed(user.store, now, tab=tab, kind=kind)
    page = keyset_page(listed_items, order, after=after, size=PAGE)
    total = counts[kind] if kind else counts.total()
    is_open = tab in ("now", "later")
    return CarePage(tab, kinds, total, rows_of(page.rows, user, now), page.next, _festivals(now.date()), is_open)


def _with_all(items, today):
    quiet = quiet_about("customer_id", "vehicle_id", OuterRef("rule"), channel=Channel.SMS, today=today)
    return with_facts(items.select_related("customer", "vehicle__care", "closed_by")).annotate(is_quiet=quiet)


def rows_of(items, user, now: dt.datetime) -> list[Row]:
    """The items with their messages: facts (a query per table), scripts, numbers."""
    facts, scripts = facts_of(items), scripts_of(items, user.store_id)
    phones = {}
    for phone in mobiles({item.customer_id for item in items}):
        phones.setdefault(phone.customer_id, phone)
    return [
        _row(item, facts.get((item.rule, item.fact_id)), scripts.get(item.rule), phones, user, now) for item in items
    ]


def _row(item, fact, script, phones, user, now) -> Row:
    customer, phone = item.customer, phones.get(item.customer_id)
    return Row(
        item=item,
        label=str(wording.rule_label(item.rule)),
        name=customer.name,
        phone=phone,
        number=masked(phone.number) if phone else "",
        wechat=customer.wechat,
        car=item.vehicle.name if item.vehicle else "",
        day=wording.day(item.due_on),
        text=message_of(item, fact, script, user, now),
        tags=_tags(item, phone, now),
    )


def message_of(item, fact, script, user, now) -> str:
    """What to send, from the store's current script of the rule; "" where there is none."""
    if script is None:
        return ""
    customer = item.customer
    words = script_words(item, fact, customer, user, now, customer.contact_person or customer.name)
    if item.rule == FESTIVAL:
        words["festival"] = festival_name(item)
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return message(getattr(script, f"body_{language}"), words, MESSAGE_CASES[language])


def festival_name(item) -> str:
    """Of a festival greeting, whose round is `<year>.<festival>`."""
    code = item.round.partition(".")[2]
    return str(Festival(code).label) if code in Festival.values else ""


def _tags(item, phone, now) -> list[tuple[str, str]]:
    if item.state == ItemState.DONE:
        channel = Channel(item.reason_params["channel"]).label if item.reason_params.get("channel") else ""
        return [("good", str(channel)), ("", _who_when(item, now))]
    if item.state == ItemState.DECLINED:
        return [("warn", item.reason_params.get("note") or str(item.get_reason_display()))]
    if item.state == ItemState.EXPIRED:
        return [("bad", str(item.get_state_display()))]
    tags = []
    urgency = wording.deadline(item.due_on, now.date())
    if urgency.tone:
        tags.append((urgency.tone, urgency.text))
    if phone is None:
        tags.append(("warn", _("no mobile number")))
    if item.is_quiet:
        tags.append(("bad", _("wants no text messages")))
    return tags


def _who_when(item, now) -> str:
    return f"{wording.moment(item.closed_at, now)} {item.closed_by or ''}".strip() if item.closed_at else ""


def _festivals(today) -> list[tuple[str, str]]:
    return [
        (f"{code}.{day.year}", f"{Festival(code).label} {wording.day(day)}")
        for day, code in next_festivals(today, FESTIVAL_DAYS)
    ]


# --- The sheet ----------------------------------------------------------------------------------------------------------
def export_rows(user, now: dt.datetime, *, kind: str = "") -> tuple[list[DueItem], list[list[str]]]:
    """(the items, the lines of the sheet) of what may be sent now as a text message: with a mobile number, and no wish against it."""
    items = items_of(user.store, "now", now.date())
    if kind:
        items = items.filter(rule=kind)
    items = list(_with_all(items, now.date()).filter(is_quiet=False).order_by("due_on", "id")[:EXPORT_LIMIT])
    rows = [row for row in rows_of(items, user, now) if row.phone is not None]
    lines = [[row.phone.number, row.text, row.name, row.label, row.item.due_on.isoformat()] for row in rows]
    return [row.item for row in rows], lines
