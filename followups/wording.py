"""Days and moments as a specialist says them. Pure: `today` and `now` are arguments, `now` in the store's own zone."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, gettext_lazy, gettext_noop, ngettext, pgettext
from django.utils.translation import gettext as _

from common.templatetags.dcrc import listed
from followups.choices import Decision, Festival, PassedOver
from followups.rules import BY_CODE

SHEET_LABELS = {"care_list": gettext_lazy("Sheet for the SMS platform")}  # of sheets in access lines


@dataclass(frozen=True)
class Words:
    """A text and how loud it is: "" calm, "warn" soon, "bad" late (the tones of the `tag` component)."""

    text: str
    tone: str = ""

    def __str__(self):
        return self.text


def rule_label(code: str) -> str | LazyText:
    """What a rule is called; a rule that is no longer declared shows its code."""
    return BY_CODE[code].label if code in BY_CODE else code


def decision(code: str) -> str | LazyText:
    return dict(Decision.choices).get(code, code)


def day(value: dt.date) -> str:
    """`3月5日`, `5 Mar`."""
    return date_format(value, pgettext("date format: day and month", "j M"))


def day_and_year(value: dt.date, today: dt.date | None = None) -> str:
    """`2026年3月5日`; without the year where it is that of `today`."""
    if today is not None and value.year == today.year:
        return day(value)
    return date_format(value, pgettext("date format: day, month and year", "j M Y"))


def moment(at: dt.datetime, now: dt.datetime) -> str:
    """`今天 18:00`, `明天 09:30`, `周四 14:00` within six days, else `3月28日 14:00`."""
    local = at.astimezone(now.tzinfo)
    distance = (local.date() - now.date()).days
    clock = f"{local:%H:%M}"
    if distance == 0:
        return _("today %(clock)s") % {"clock": clock}
    if distance == 1:
        return _("tomorrow %(clock)s") % {"clock": clock}
    if distance == -1:
        return _("yesterday %(clock)s") % {"clock": clock}
    if 1 < distance < 7:
        return f"{date_format(local.date(), 'D')} {clock}"
    return f"{day(local.date())} {clock}"


def callable_from(at: dt.datetime, now: dt.datetime) -> str:
    """`17:45起可打` today, else with the day."""
    local = at.astimezone(now.tzinfo)
    when = f"{local:%H:%M}" if local.date() == now.date() else moment(at, now)
    return _("callable from %(moment)s") % {"moment": when}


def quiet_words(until: dt.datetime | None, now: dt.datetime) -> str:
    """Why nothing is offered by itself; "" in call time."""
    if until is None:
        return ""
    words = _("Outside call hours nothing but promised calls is offered. It goes on %(moment)s.")
    return words % {"moment": moment(until.astimezone(now.tzinfo), now)}


def past_day(value: dt.date, today: dt.date) -> str:
    """When something was: `今天`, `昨天`, `12天前` within two months, else the date with its year."""
    distance = (today - value).days
    if distance == 0:
        return _("today")
    if distance == 1:
        return _("yesterday")
    if 1 < distance <= 60:
        return ngettext("%(n)d day ago", "%(n)d days ago", distance) % {"n": distance}
    return value.isoformat()


def minutes_from(at: dt.datetime, now: dt.datetime) -> Words:
    """`8分钟后`, `已过12分钟`, `2小时后`; louder the nearer it is."""
    minutes = round((at - now).total_seconds() / 60)
    if minutes < 0:
        return Words(_span(-minutes, late=True), "bad")
    if minutes == 0:
        return Words(_("now"), "warn")
    return Words(_span(minutes, late=False), "warn" if minutes <= 30 else "")


def _span(minutes: int, *, late: bool) -> str:
    if minutes < 60:
        words = ngettext("%(n)d minute late", "%(n)d minutes late", minutes) if late else _("in %(n)d min")
        return words % {"n": minutes}
    hours = minutes // 60
    if hours < 24:
        words = ngettext("%(n)d hour late", "%(n)d hours late", hours) if late else _("in %(n)d h")
        return words % {"n": hours}
    days = hours // 24
    words = ngettext("%(n)d day late", "%(n)d days late", days) if late else _("in %(n)d d")
    return words % {"n": days}


def deadline(due_on: dt.date, today: dt.date) -> Words:
    """`逾期2天`, `今日到期`, `明日到期`, `3天后到期`."""
    left = (due_on - today).days
    if left < 0:
        return Words(ngettext("%(n)d day overdue", "%(n)d days overdue", -left) % {"n": -left}, "bad")
    if left == 0:
        return Words(_("due today"), "warn")
    if left == 1:
        return Words(_("due tomorrow"), "warn")
    return Words(ngettext("due in %(n)d day", "due in %(n)d days", left) % {"n": left})


def urgency(item, now: dt.datetime) -> Words:
    """Of a promise the agreed time, of everything else its deadline."""
    if item.due_at is None:
        return deadline(item.due_on, now.date())
    left = minutes_from(item.due_at, now)
    if item.due_at.astimezone(now.tzinfo).date() > now.date():
        return Words(_("agreed for %(moment)s") % {"moment": moment(item.due_at, now)})
    return Words(
        _("agreed for %(moment)s, %(left)s") % {"moment": moment(item.due_at, now), "left": left}, left.tone or "warn"
    )


def nth_day(anchor_on: dt.date | None, today: dt.date) -> str:
    """`第3天`: how many days after what it is about; nothing for what has no such day."""
    if anchor_on is None:
        return ""
    return _("day %(n)d") % {"n": (today - anchor_on).days}


def greeting(now: dt.datetime) -> str:
    """By the store's clock."""
    if now.hour < 12:
        return _("Good morning")
    return _("Good afternoon") if now.hour < 18 else _("Good evening")


def spaced(number: str) -> str:
    """A number one can read aloud: `138 1234 5678`, `021-33586797`."""
    if len(number) == 11 and number.startswith("1"):
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    if not number.startswith("0") or len(number) < 10:
        return number
    area = 3 if number[1] in "12" else 4  # 010 and 02x; all others have four
    return f"{number[:area]}-{number[area:]}"


def held_until(customer, by, until) -> str:
    """That a colleague is on the phone with a customer, and when the card is free again at the latest."""
    words = {"person": by, "customer": customer}
    if until is None:
        return _("%(person)s is on the phone with %(customer)s.") % words
    clock = f"{timezone.localtime(until):%H:%M}"
    return _("%(person)s holds the card of %(customer)s until %(clock)s at most; once it is saved it can be taken.") % (
        words | {"clock": clock}
    )


def nothing_open(customer) -> str:
    return _("There is nothing left to call %(customer)s about.") % {"customer": customer}


def why_not_undone(refusal) -> str:
    """A refusal of services.undo in words (TooLate, CannotUndo)."""
    reason = getattr(refusal, "reason", "too_late")
    words = {
        "too_late": _("Too late: this call can no longer be undone."),
        "undone": _("This call is undone already."),
        "not_yours": _("Only the person who made the call can undo it."),
        "not_last": _("Undo your later call first."),
        "card_taken": _("%(person)s is on this card now, so the call stands.")
        % {"person": getattr(refusal, "by", None)},
        "worked_again": _("This customer was worked on again meanwhile, so the call stands."),
        "complaint_handled": _("Complaint %(number)s is being handled already, so the call stands.")
        % {"number": getattr(refusal, "complaint", None)},
    }
    return words.get(reason, words["too_late"])


def why_not_taken_back(refusal) -> str:
    """A refusal of services.inbound in words."""
    return {
        "too_late": _("Too late: this call from the customer can no longer be taken back."),
        "undone": _("This call from the customer is taken back already."),
    }.get(refusal.reason, _("One of its topics was worked on again meanwhile, so it stands."))


def contact(row) -> str:
    """One line of the contact ledger in a few words: the outcome of our calls, else its channel."""
    labels = row.summary if isinstance(row.summary, dict) else {}
    words = labels.get("en" if (get_language() or "").startswith("en") else "zh")
    topics = listed(rule_label(code) for code in row.topics[:2])
    return " · ".join(text for text in (topics, words or row.get_channel_display()) if text)


def word_contacts(rows) -> dict[int, str]:
    """{contact id: text} for the timeline of the customer's page (settings.CONTACT_ORIGINS)."""
    return {row.pk: contact(row) for row in rows}


def sent(result) -> list[tuple[int, str]]:
    """What became of marking messages (services.care_list.Sent): (level of the message, sentence)."""
    lines = []
    if result.done:
        words = ngettext("%(count)s message is marked as sent.", "%(count)s messages are marked as sent.", result.done)
        lines.append((messages.SUCCESS, words % {"count": f"{result.done:,}"}))
    if result.quiet:
        words = ngettext(
            "%(count)s customer does not want such messages and was passed over.",
            "%(count)s customers do not want such messages and were passed over.",
            result.quiet,
        )
        lines.append((messages.WARNING, words % {"count": f"{result.quiet:,}"}))
    return lines or [(messages.INFO, _("Nothing was left to mark: these messages are done already."))]


def dropped(count: int) -> list[tuple[int, str]]:
    if not count:
        return [(messages.INFO, _("Nothing was left to mark: these messages are done already."))]
    words = ngettext("%(count)s message will not be sent.", "%(count)s messages will not be sent.", count)
    return [(messages.SUCCESS, words % {"count": f"{count:,}"})]


def festival_made(code: str, count: int) -> str:
    label = dict(Festival.choices)[code]
    if not count:
        return _("%(festival)s: nobody new, the list is complete.") % {"festival": label}
    words = ngettext(
        "%(festival)s: %(count)s greeting is on the list.", "%(festival)s: %(count)s greetings are on the list.", count
    )
    return words % {"festival": label, "count": f"{count:,}"}


WHY_KEPT = {
    "quiet": gettext_noop("the customer does not want this call"),
    "asks_no_more": gettext_noop("there is no longer a reason for the call"),
    "off": gettext_noop("the rule is switched off"),
    "later": gettext_noop("a later step or turn took its place"),
}


def decided(result, decision_code: str) -> list[tuple[int, str]]:
    """What became of a decision (services.decisions.Decided): (level of the message, sentence)."""
    lines = []
    number = {"count": f"{result.done:,}"}
    if result.done and decision_code == Decision.CALL:
        words = ngettext(
            "%(count)s call stands in the queue again.", "%(count)s calls stand in the queue again.", result.done
        )
        lines.append((messages.SUCCESS, words % number))
    elif result.done:
        words = ngettext("%(count)s call was let go.", "%(count)s calls were let go.", result.done)
        lines.append((messages.SUCCESS, words % number))
    for why, count in sorted(result.kept.items()):
        words = ngettext(
            "%(count)s call still waits for a decision: %(why)s.",
            "%(count)s calls still wait for a decision: %(why)s.",
            count,
        )
        lines.append((messages.WARNING, words % {"count": f"{count:,}", "why": _(WHY_KEPT[why])}))
    return lines or [(messages.INFO, _("Nothing was left to decide here."))]


def moved_one(move, customer) -> tuple[int, str]:
    """What became of giving one customer to a person, or to the team (QueueMove): (level of the message, sentence)."""
    if move.moved:
        return messages.SUCCESS, _("%(customer)s: done, and the people are told.") % {"customer": customer}
    why = next(iter(move.passed), PassedOver.CLOSED)
    words = {"customer": customer, "why": dict(PassedOver.choices).get(why, why)}
    return messages.WARNING, _("%(customer)s was left as it was: %(why)s.") % words


def taken_back(move, card) -> tuple[int, str]:
    if move is None:
        return messages.INFO, _("Nobody holds the card of %(customer)s any more.") % {"customer": card.customer}
    return messages.SUCCESS, _("The card of %(customer)s is free again.") % {"customer": card.customer}


def why_move_stays(refusal) -> str:
    """A refusal of services.steering in words (CannotUndoMove)."""
    return {
        "too_late": _("Too late: a move can be undone for a day."),
        "undone": _("This move is undone already."),
        "running": _("This move is still under way."),
        "lease": _("A card that was taken back stays so."),
    }[refusal.reason]
