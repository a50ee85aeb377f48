"""What the manager and the specialist do with a drawn call: take, not reached, asked again, answer, decide.

Every verb locks the check, and every deed leaves a line of the log; nothing is overwritten.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.calendar import calendar_of
from audit.choices import AccessKind
from audit.services import record_access
from customers.choices import Channel, PhoneState
from customers.models import Phone
from customers.services import record_contact
from cvp.choices import Scale
from followups.services.cards import recompute_cards
from followups.services.restraint import open_relatives
from office import services as office
from quality import matching
from quality.choices import Agreement, CheckState, Decision, Item, LogCode, Obstacle
from quality.models import SpotAnswer, SpotAttempt, SpotCheck, SpotLog
from quality.services.drawing import dial_of
from quality.services.obstacles import obstacles_of

HELD_MINUTES = 30
ORIGIN = "quality.attempt"
NOTICE = "spot_check_differs"


class NotOpen(Exception):  # noqa: N818
    """The check does not stand where this step leads on from: it was worked on by somebody else meanwhile."""


class Held(Exception):  # noqa: N818
    """`by` is calling this customer now."""

    def __init__(self, by):
        self.by = by
        super().__init__(f"held by {by}")


class NotNow(Exception):  # noqa: N818
    """`obstacle` speaks against calling her (choices.Obstacle)."""

    def __init__(self, obstacle):
        self.obstacle = obstacle
        super().__init__(str(obstacle))


class OwnCall(Exception):  # noqa: N818
    """Nobody checks a call of her own."""


@dataclass(frozen=True)
class Told:
    """What the customer tells: codes of quality.choices; `answers` {call outcome id: stored number, or None for unknown}."""

    called: str
    answered_by: str = ""
    answers: dict | None = None
    follow_up: str = ""
    manner: str = ""
    note: str = ""


# --- Calling again ------------------------------------------------------------------------------------------------------
def obstacle_of(check, *, now) -> Obstacle | None:
    if check.call.undone_at is not None:
        return Obstacle.UNDONE
    return obstacles_of(check.store, [check.customer_id], now=now).get(check.customer_id)


@transaction.atomic
def take_check(check, *, by, now) -> SpotCheck:
    """`by` is going to call this customer: for half an hour nobody else does. Each of her numbers is revealed, with an access line.

    Raises NotOpen, OwnCall, Held, NotNow.
    """
    check = _locked(check)
    if check.person_id == by.pk:
        raise OwnCall
    if check.state != CheckState.OPEN or check.next_on > check.store.day_of(now):
        raise NotOpen
    if _is_held(check, now) and check.taken_by_id != by.pk:
        raise Held(check.taken_by)
    obstacle = obstacle_of(check, now=now)
    if obstacle is not None:
        raise NotNow(obstacle)
    check.taken_by, check.taken_at = by, now
    check.save(update_fields=["taken_by", "taken_at"])
    for phone in numbers_of(check):
        record_access(
            phone, by=by, kind=AccessKind.REVEAL, customer_id=check.customer_id, params={"spot_check": check.pk}
        )
    return check


def numbers_of(check) -> list[Phone]:
    """The numbers she may be called at, the one that was dialled first."""
    phones = Phone.objects.alive().filter(customer=check.customer_id, state__in=(PhoneState.UNKNOWN, PhoneState.GOOD))
    return sorted(phones, key=lambda phone: (phone.number != check.call.number, not phone.is_primary, phone.pk))


def is_mine(check, by, now) -> bool:
    return check.state == CheckState.OPEN and check.taken_by_id == by.pk and _is_held(check, now)


def _is_held(check, now):
    return check.taken_at is not None and now - check.taken_at < dt.timedelta(minutes=HELD_MINUTES)


@transaction.atomic
def log_unreached(check, *, by, now, reason) -> SpotCheck:
    """She was rung and could not tell: again on another work day, at most QualityDial.attempts times. Raises NotOpen."""
    check = _taken(check, by)
    _attempt(check, by=by, now=now, reached=False, reason=reason)
    check.next_on = calendar_of(check.store).next_workday(check.store.day_of(now) + dt.timedelta(days=1))
    if check.attempts >= dial_of(check.store).attempts:
        check.state = CheckState.UNREACHED
    check.save(update_fields=["state", "attempts", "next_on", "taken_by", "taken_at"])
    _log(check, LogCode.UNREACHED, by=by, now=now, reason=reason)
    return check


@transaction.atomic
def record_recall(check, *, told: Told, by, now) -> SpotCheck:
    """What she tells, item by item, beside what was written down. Where an item differs the specialist is asked. Raises NotOpen."""
    check = _taken(check, by)
    _attempt(check, by=by, now=now, reached=True, reason="")
    answers = _matched(check, told)
    SpotAnswer.objects.bulk_create(answers)
    differs = any(answer.agreement == Agreement.DIFFERS for answer in answers)
    check.state = CheckState.DIFFERS if differs else CheckState.AGREES
    check.recalled_at, check.recalled_by = now, by
    check.save(update_fields=["state", "attempts", "taken_by", "taken_at", "recalled_at", "recalled_by"])
    _log(check, LogCode.RECALLED, by=by, now=now, text=told.note)
    if differs:
        office.notify_person(
            check.person,
            store=check.store,
            code=NOTICE,
            key=f"{NOTICE}-{check.pk}",
            params={"customer": check.customer.name},
            url_name="quality:my_check",
            url_args=[check.pk],
        )
    return check


@transaction.atomic
def drop_check(check, *, by, now) -> SpotCheck:
    """She may not be called: only for a reason that the records tell, so that nobody picks. Raises NotOpen."""
    check = _locked(check)
    obstacle = obstacle_of(check, now=now) if check.state == CheckState.OPEN else None
    if obstacle is None:
        raise NotOpen
    check.state, check.dropped_for = CheckState.DROPPED, obstacle
    check.save(update_fields=["state", "dropped_for"])
    _log(check, LogCode.DROPPED, by=by, now=now, reason=str(obstacle))
    return check


def _attempt(check, *, by, now, reached, reason):
    """One row a day, one line of the contact ledger, which the budget counts, and the card of everybody it concerns."""
    day = check.store.day_of(now)
    made = SpotAttempt.objects.create(check_of=check, day=day, at=now, by=by, reached=reached, reason=reason)
    check.attempts += 1
    check.taken_by = check.taken_at = None
    record_contact(
        check.customer,
        at=now,
        channel=Channel.PHONE_OUT,
        connected=reached,
        by=by,
        topics=[],
        summary={"code": "spot_check", "reached": reached},
        origin=ORIGIN,
        origin_id=made.pk,
    )
    recompute_cards([check.customer_id, *sorted(open_relatives([check.customer_id]))], store=check.store, now=now)


# --- Matching -----------------------------------------------------------------------------------------------------------
def asked_again(check) -> list:
    """The call's outcomes whose key answer is one of fixed ones, each with it as `key`."""
    outcomes = check.call.outcomes.filter(response__isnull=False, response__is_void=False)
    found = []
    for outcome in outcomes.select_related("item", "response").prefetch_related("response__answers__question"):
        outcome.key = outcome.response.key_answer
        if outcome.key is not None and outcome.key.number is not None:
            found.append(outcome)
    return found


def has_follow_up(check) -> bool:
    """Something was promised on the call: another call, or that a complaint is looked after."""
    return check.call.outcomes.filter(Q(planned__isnull=False) | Q(complaint__isnull=False)).exists()


def _matched(check, told) -> list[SpotAnswer]:
    rows = [_row(check, Item.CALLED, told.called, matching.of_called(told.called))]
    if told.called != "yes":  # who was not called cannot tell the rest
        return rows
    written = check.call.answered_by
    rows.append(
        _row(check, Item.ANSWERED_BY, told.answered_by, matching.of_person(written, told.answered_by), written=written)
    )
    for outcome in asked_again(check):
        key, number = outcome.key, (told.answers or {}).get(outcome.pk)
        agreement = matching.of_answer(
            key.number, number, limit=key.question.alarm_at, is_scale=key.question.scale == Scale.FIVE
        )
        said = matching.UNKNOWN if number is None else str(number)
        rows.append(_row(check, Item.KEY_ANSWER, said, agreement, written=str(key.number), outcome=outcome))
    if told.follow_up and has_follow_up(check):
        rows.append(_row(check, Item.FOLLOW_UP, told.follow_up, matching.of_follow_up(told.follow_up)))
    if told.manner:
        rows.append(_row(check, Item.MANNER, told.manner, ""))
    return rows


def _row(check, item, told, agreement, **fields):
    return SpotAnswer(check_of=check, item=item, told=told, agreement=agreement, **fields)


# --- Who says what about a difference -------------------------------------------------------------------------------------
@transaction.atomic
def answer_check(check, *, text, by, now) -> SpotCheck:
    """The specialist's own words about a difference; later ones are added. Raises NotOpen, ValidationError."""
    check = _locked(check)
    if check.person_id != by.pk or check.state not in (CheckState.DIFFERS, CheckState.ANSWERED):
        raise NotOpen
    _log(check, LogCode.ANSWER, by=by, now=now, text=_words(text))
    check.state = CheckState.ANSWERED
    check.save(update_fields=["state"])
    return check


@transaction.atomic
def decide_check(check, *, decision, text, by, now) -> SpotCheck:
    """What a difference was. Only after the specialist has answered; who works here no longer is not waited for. Raises NotOpen, OwnCall."""
    check = _locked(check)
    if check.person_id == by.pk:
        raise OwnCall
    is_heard = check.state == CheckState.ANSWERED or (check.state == CheckState.DIFFERS and not check.person.is_active)
    if not is_heard:
        raise NotOpen
    check.state, check.decision = CheckState.DECIDED, Decision(decision)
    check.save(update_fields=["state", "decision"])
    _log(check, LogCode.DECIDED, by=by, now=now, text=_words(text), decision=str(check.decision))
    office.resolve(store=check.store, key=f"{NOTICE}-{check.pk}")
    return check


def _words(text):
    if not text.strip():
        raise ValidationError({"text": _("Please write a few words.")})
    return text.strip()[:1000]


def _log(check, code, *, by, now, text="", **params):
    SpotLog.objects.create(check_of=check, at=now, by=by, code=code, text=text, params=params)


def _locked(check) -> SpotCheck:
    checks = SpotCheck.objects.select_for_update(of=("self",))
    return checks.select_related("store", "customer__store", "call", "person", "taken_by").get(pk=check.pk)


def _taken(check, by) -> SpotCheck:
    """Held by `by`, be it for longer than half an hour, if nobody has taken it over."""
    check = _locked(check)
    if check.state != CheckState.OPEN or check.taken_by_id != by.pk:
        raise NotOpen
    return check
