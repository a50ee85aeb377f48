"""The lists of this app as sheets (office.exports): what their pages show, by the same filters."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from followups import wording
from followups.filters import listed as listed_items
from followups.forms import OverrideFilter
from followups.models import Call, CallCard, Draft, DueItem, Override
from followups.reading import board, care_list, decisions, queue
from followups.reading.items import item_rows, with_last_call
from followups.rules import BY_CODE
from office.exports.lists import Column, Kind, ListExport, NoSuchList, Selection
from office.exports.words import filter_words


def _rules(codes):
    return [str(wording.rule_label(code)) for code in codes]


# --- The queue ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Card:
    """A card of the queue with its topics, as named tuples (queue.CARD, queue.ITEM)."""

    card: object
    topics: list


def _cars(row, name):
    return list(dict.fromkeys(getattr(topic, name) for topic in row.topics))


CARD = (
    Column(gettext_lazy("Customer"), lambda row: row.card.customer__name),
    Column(gettext_lazy("Segment"), lambda row: row.card.customer__segment),
    Column(gettext_lazy("Phone"), lambda row: row.card.number, Kind.PHONE),
    Column(gettext_lazy("Topics"), lambda row: _rules(topic.rule for topic in row.topics)),
    Column(gettext_lazy("Subject"), lambda row: [topic.subject for topic in row.topics]),
    Column(gettext_lazy("Plate"), lambda row: _cars(row, "vehicle__plate"), Kind.PLATE),
    Column("VIN", lambda row: _cars(row, "vehicle__vin"), Kind.VIN),
    Column(gettext_lazy("Earliest deadline"), lambda row: min((topic.due_on for topic in row.topics), default=None)),
    Column(gettext_lazy("Callable from"), lambda row: row.card.callable_at),
    Column(gettext_lazy("Attempts"), lambda row: max((topic.attempts for topic in row.topics), default=0)),
    Column(gettext_lazy("Promised by"), lambda row: row.card.pinned_to__full_name),
    Column(gettext_lazy("Reserved for"), lambda row: row.card.assigned_to__full_name),
)


def _cards(rows):
    topics = queue.topics_of([card.customer_id for card in rows])
    return [_Card(card, topics[card.customer_id]) for card in rows]


def call_queue(asked):
    tab, rule = queue.chosen(asked.query)
    cards, order = queue.listed(asked.user, asked.now, tab=tab, rule=rule)
    words = [(_("Cards"), str(queue.TABS[tab]))]
    words += [(_("Topic"), str(wording.rule_label(rule)))] if rule else []
    return Selection(cards, order, CARD, words, read=_cards, people=lambda row: (row.card.customer_id,))


# --- Due items ----------------------------------------------------------------------------------------------------------
ITEM = (
    Column(gettext_lazy("Customer"), lambda row: row.item.customer.name),
    Column(gettext_lazy("Topic"), lambda row: row.why.label),
    Column(gettext_lazy("Subject"), lambda row: row.why.subject),
    Column(gettext_lazy("Plate"), lambda row: row.item.vehicle and row.item.vehicle.plate, Kind.PLATE),
    Column("VIN", lambda row: row.item.vehicle and row.item.vehicle.vin, Kind.VIN),
    Column(gettext_lazy("Deadline"), lambda row: row.item.due_on),
    Column(gettext_lazy("State"), lambda row: row.item.get_state_display()),
    Column(gettext_lazy("Because"), lambda row: row.because),
    Column(gettext_lazy("Attempts"), lambda row: row.item.attempts),
    Column(gettext_lazy("Dialled"), lambda row: row.item.dialled_at),
    Column(gettext_lazy("Connected"), lambda row: row.item.connected_at),
    Column(gettext_lazy("Effective"), lambda row: row.item.effective_at),
)


def item_selection(found, asked, words, title=""):
    """Due items in the columns of their list; also for the rows behind a figure."""
    return Selection(
        with_last_call(found),
        ("due_on", "id"),
        ITEM,
        words,
        read=lambda rows: item_rows(rows, asked.store, asked.now),
        people=lambda row: (row.item.customer_id,),
        title=title,
    )


def items(asked):
    found = listed_items(asked.user, asked.query)
    return item_selection(found.qs, asked, filter_words(found.form))


# --- The care list ------------------------------------------------------------------------------------------------------
CARE = (
    Column(gettext_lazy("Day"), lambda row: row.item.due_on),
    Column(gettext_lazy("Kind"), lambda row: row.label),
    Column(gettext_lazy("Customer"), lambda row: row.name),
    Column(gettext_lazy("Phone"), lambda row: row.phone and row.phone.number, Kind.PHONE),
    Column(gettext_lazy("WeChat"), lambda row: row.wechat, Kind.ID),
    Column(gettext_lazy("Plate"), lambda row: row.item.vehicle and row.item.vehicle.plate, Kind.PLATE),
    Column(gettext_lazy("Message"), lambda row: row.text),
    Column(gettext_lazy("State"), lambda row: [text for _tone, text in row.tags]),
)


def care(asked):
    tab, kind = care_list.chosen(asked.query)
    rows, order = care_list.listed(asked.store, asked.now, tab=tab, kind=kind)
    words = [(_("Messages"), str(care_list.TABS[tab]))]
    words += [(_("Kind"), str(wording.rule_label(kind)))] if kind else []
    return Selection(
        rows,
        order,
        CARE,
        words,
        read=lambda page: care_list.rows_of(page, asked.user, asked.now),
        people=lambda row: (row.item.customer_id,),
    )


# --- Calls not made in time ---------------------------------------------------------------------------------------------
UNDECIDED = (
    Column(gettext_lazy("Customer"), lambda item: item.customer.name),
    Column(gettext_lazy("Phone"), lambda item: item.number, Kind.PHONE),
    Column(gettext_lazy("Topic"), lambda item: wording.rule_label(item.rule)),
    Column(gettext_lazy("Subject"), lambda item: item.subject),
    Column(gettext_lazy("Plate"), lambda item: item.vehicle and item.vehicle.plate, Kind.PLATE),
    Column(gettext_lazy("Deadline"), lambda item: item.due_on),
    Column(gettext_lazy("No longer useful after"), lambda item: item.expires_on),
    Column(gettext_lazy("Attempts"), lambda item: item.attempts),
)


def undecided(asked):
    rule, use = asked.query.get("rule"), asked.query.get("use")
    if rule not in BY_CODE or use not in decisions.USES:
        raise NoSuchList
    rows = decisions.listed(asked.store, rule, use, asked.now.date())
    words = [(_("Topic"), str(wording.rule_label(rule))), (_("Use of a call"), str(decisions.USES[use][0]))]
    return Selection(rows, decisions.ORDER, UNDECIDED, words, people=lambda item: (item.customer_id,))


# --- Called all the same ------------------------------------------------------------------------------------------------
OVERRIDE = (
    Column(gettext_lazy("Customer"), lambda row: row.card.customer.name),
    Column(gettext_lazy("When"), lambda row: row.at),
    Column(gettext_lazy("By"), lambda row: row.by.full_name),
    Column(gettext_lazy("Restraint"), lambda row: row.get_restraint_display()),
    Column(gettext_lazy("Reason"), lambda row: row.get_reason_display()),
    Column(pgettext_lazy("on a call", "Note"), lambda row: row.note),
)


def overrides(asked):
    form = OverrideFilter(asked.query, store=asked.store)
    rows = form.narrow(Override.objects.visible_to(asked.user).select_related("by", "card__customer"))
    words = filter_words(form)
    return Selection(rows, ("-at", "-id"), OVERRIDE, words, people=lambda row: (row.card.customer_id,))


# --- The rows behind a number of the board --------------------------------------------------------------------------------
CALL = (
    Column(gettext_lazy("When"), lambda call: call.at),
    Column(gettext_lazy("Customer"), lambda call: call.customer.name),
    Column(gettext_lazy("Number dialled"), lambda call: call.number, Kind.PHONE),
    Column(pgettext_lazy("figures", "Person"), lambda call: call.by.full_name),
    Column(gettext_lazy("Level"), lambda call: call.get_level_display()),
    Column(gettext_lazy("Result"), lambda call: call.outcome.label),
    Column(gettext_lazy("Who answered"), lambda call: call.get_answered_by_display()),
    Column(pgettext_lazy("on a call", "Note"), lambda call: call.note),
)
DRAFT = (
    Column(gettext_lazy("Customer"), lambda draft: draft.card.customer.name),
    Column(gettext_lazy("Topics"), lambda draft: _rules(draft.card.rules)),
    Column(gettext_lazy("When"), lambda draft: draft.updated_at),
    Column(gettext_lazy("Person"), lambda draft: draft.user.full_name),
)
RESERVED = (
    Column(gettext_lazy("Customer"), lambda card: card.customer.name),
    Column(gettext_lazy("Topics"), lambda card: _rules(card.rules)),
    Column(gettext_lazy("Reserved for"), lambda card: str(card.assigned_to or "")),
    Column(gettext_lazy("Reserved until"), lambda card: card.assigned_until),
)
BOARD = {
    Call: (CALL, lambda call: (call.customer_id,)),
    Draft: (DRAFT, lambda draft: (draft.card.customer_id,)),
    CallCard: (RESERVED, lambda card: (card.customer_id,)),
}


def call_selection(calls, words, title=""):
    """Calls in the columns of their list; also for the rows behind a figure."""
    rows = calls.select_related("customer", "by", "outcome")
    return Selection(rows, ("-id",), CALL, words, people=lambda call: (call.customer_id,), title=title)


def board_rows(asked):
    number = board.NUMBERS.get(asked.query.get("what"))
    if number is None:
        raise NoSuchList
    try:
        person, name = board.person_of(asked.query, asked.store)
    except board.NoSuchPerson:
        raise NoSuchList from None
    rows = board.rows_of(asked.query["what"], board.moment_of(asked.store, asked.now), person)
    words = [(_("Day"), asked.now.date().isoformat()), (_("Number"), str(number.label))]
    words += [(_("Person"), name or _("The team's"))] if person is not None else []
    if rows.model is DueItem:
        return item_selection(rows, asked, words)
    columns, people = BOARD[rows.model]
    rows = rows.select_related(*board.RELATED[rows.model])
    return Selection(rows, board.ORDERS[rows.model], columns, words, people=people)


MANAGE = "followups.manage_queue"
EXPORTS = [
    ListExport("queue", gettext_lazy("Call queue"), "followups.work_queue", "followups:queue", call_queue),
    ListExport("items", gettext_lazy("Due calls"), "reports.view_figures", "followups:items", items),
    ListExport("care", gettext_lazy("Care list"), "followups.work_queue", "followups:care_list", care),
    ListExport("undecided", gettext_lazy("Calls not made in time"), MANAGE, "followups:decisions", undecided),
    ListExport("overrides", gettext_lazy("Called all the same"), MANAGE, "followups:overrides", overrides),
    ListExport("board", gettext_lazy("Live board"), MANAGE, "followups:board_rows", board_rows, path=("what",)),
]
