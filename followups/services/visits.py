"""Calls and what they meant: a number tried, a card saved.

Errors of what was typed are one ValidationError by field: `outcome`, `number`, `answered_by`, `topics` of the attempt;
`topic<item id>-outcome`, `-note`, `-promise_at`, `-q<question id>`, `-cause`, `-severity`, `-department`, `-summary` of
a topic (`topic_field`); a note that an unsuccessful attempt must have is at `note`.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.services import SUMMARY_LENGTH, open_complaint
from customers.models import Phone, RepairOrder
from cvp.services import key_answered, record_response
from followups.choices import (
    EFFECTIVE_PEOPLE,
    PROMISING,
    AnsweredBy,
    CloseReason,
    Effect,
    ItemState,
    Level,
    PlanKind,
)
from followups.models import Call, Draft, DueItem, Outcome, PlannedCall, Script
from followups.rules import BY_CODE
from followups.services import aftermath, odometer, situations
from followups.services.claims import LeaseLost, holding
from followups.services.planned import make_promise
from followups.services.restraint import lock_relatives
from followups.services.sittings import BAD_NUMBER, Sitting
from followups.services.situations import Also

LINE_BROKE = dt.timedelta(minutes=5)  # then she is called again
SAME_CLICK = dt.timedelta(seconds=5)  # the same number with the same result again so soon is a double click
NOTHING = Also()

__all__ = [
    "Attempt",
    "ComplaintDraft",
    "LeaseLost",
    "Topic",
    "TopicGone",
    "log_attempt",
    "save_visit",
    "topic_field",
]


class TopicGone(Exception):
    """`item` is not open any more: the day's run or somebody else closed it."""

    def __init__(self, item):
        self.item = item
        super().__init__(f"{item} is {item.state}")


@dataclass(frozen=True)
class ComplaintDraft:
    """What complaints.services.open_complaint needs: a code of the store's cause tree, codes of complaints.choices."""

    cause: str
    severity: str
    department: str
    summary: str


@dataclass(frozen=True)
class Attempt:
    """One number tried. `outcome` is a code of the store's outcome list; for a reached one that of the main topic.

    With `phone_id` (a number of this customer) `number` is read from it. `answered_by` is needed where somebody was reached.
    """

    phone_id: int | None
    number: str
    outcome: str
    answered_by: str = ""
    note: str = ""


@dataclass(frozen=True)
class Topic:
    """What the call meant for one item; `outcome` is a code of level `reached`. `answers` are raw keys by question id.

    `script_id` is the script that stood on the screen.
    """

    item_id: int
    outcome: str
    note: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)
    promise_at: dt.datetime | None = None
    complaint: ComplaintDraft | None = None
    script_id: int | None = None


def topic_field(item_id, name) -> str:
    """The key under which a ValidationError of save_visit tells a fault of a topic."""
    return f"topic{item_id}-{name}"


@transaction.atomic
def log_attempt(card, attempt: Attempt, *, token, by, now) -> Call:
    """A number tried without reaching anybody, while she stays on the card to try the next one.

    The topics at hand have failed for today already (so a page that is closed now rings nobody twice), but nothing is closed
    before the card is saved. Raises LeaseLost, ValidationError. A double click gives the same Call.
    """
    card = holding(card, token=token, by=by)
    twin = Call.objects.filter(
        visit=token, number=attempt.number, outcome__code=attempt.outcome, at__gt=now - SAME_CLICK, undone_at=None
    ).first()
    if twin is not None:
        return twin
    sitting = Sitting(card, token=token, by=by, now=now)
    outcome, phone, number = _checked_attempt(sitting, attempt, topics=())
    if outcome.level == Level.REACHED:
        raise ValidationError({"outcome": _("Somebody was reached: save the card instead.")})
    call = sitting.dial_number(phone, number, outcome, note=attempt.note)
    _apply_failure(sitting, call, outcome, may_close=False)
    sitting.write()
    sitting.recompute()
    return call


@transaction.atomic
def save_visit(
    card, *, token, by, now, attempt: Attempt, topics: list[Topic], typed: dict | None = None, also: Also = NOTHING
) -> Call:
    """Save the last number tried and what it meant, and give the card back.

    Reached: each of `topics` gets its outcome; a topic of the card that is left out stays as it is. Not reached or invalid:
    the attempt applies to all topics at hand, and `topics` are ignored. Raises LeaseLost (somebody else took the card; an
    expired lease that nobody took may still save), TopicGone, ValidationError (module docstring). Saving the same token
    twice gives the first Call again. `typed` ({field: [values]}) is what an undo puts back as draft; without it the
    autosaved draft is. `also`: what the situation brings about beside the topics (services.situations).
    """
    relatives = lock_relatives(card)
    try:
        card = holding(card, token=token, by=by)
    except LeaseLost:
        saved = saved_visit(token, by)
        if saved is None:
            raise
        return saved
    sitting = Sitting(card, token=token, by=by, now=now)
    sitting.also = also
    situations.check(sitting, also)
    outcome, phone, number = _checked_attempt(sitting, attempt, topics)
    is_reached = outcome.level == Level.REACHED
    work = _checked_topics(sitting, attempt, topics) if is_reached else []
    if typed is None:
        typed = Draft.objects.filter(card=card, user=by).values_list("data", flat=True).first()
    call = sitting.dial_number(
        phone,
        number,
        outcome,
        answered_by=attempt.answered_by if is_reached else "",
        note=attempt.note,
        draft=typed,
        saves=True,
    )
    odometer.take_readings(sitting, call, work)
    if is_reached:
        _apply_topics(sitting, call, work)
    else:
        _apply_failure(sitting, call, outcome, may_close=True)
    aftermath.follow_topics(sitting, call, work)
    situations.follow(sitting, call, also)
    situations.checked(sitting.customer, sitting.items.values())
    aftermath.follow_numbers(sitting)
    sitting.write()
    aftermath.follow_reach(sitting, connected=is_reached)
    sitting.leave(call, connected=is_reached, relatives=relatives)
    if outcome.effect == Effect.DROPPED:
        situations.keep_typed(card, by, typed, now)
    return call


def saved_visit(token, by) -> Call | None:
    """The call that saved the card under this token."""
    return Call.objects.filter(visit=token, by=by, undone_at__isnull=True, undo_data__saves=True).first()


# --- What was typed ---------------------------------------------------------------------------------------------------
@dataclass
class _Work:
    """A checked topic."""

    topic: Topic
    item: DueItem
    outcome: Outcome
    version: object
    is_answered: bool
    is_put_off: bool = False  # answered, and asked again when the kilometres are reached
    script: Script | None = None  # that stood on the screen


def _checked_attempt(sitting, attempt, topics):
    """(outcome, phone or None, number). Raises ValidationError."""
    faults = {}
    outcome = Outcome.objects.filter(
        store_id=sitting.card.store_id, code=attempt.outcome, retired_at__isnull=True
    ).first()
    if outcome is None:
        raise ValidationError({"outcome": _("Please choose how the call went.")})
    phone = None
    if attempt.phone_id is not None:
        phone = Phone.objects.alive().filter(pk=attempt.phone_id, customer_id=sitting.card.customer_id).first()
        if phone is None:
            faults["number"] = _("This number is no longer the customer's.")
    number = phone.number if phone else attempt.number.strip()
    # A card without any number can only be called invalid.
    if phone is None and not number and outcome.level != Level.INVALID:
        faults.setdefault("number", _("Please choose the number that was dialled."))
    if len(number) > Call._meta.get_field("number").max_length:
        faults["number"] = _("This is no telephone number.")
    if outcome.level == Level.REACHED:
        if attempt.answered_by not in AnsweredBy.values:
            faults["answered_by"] = _("Please choose who answered.")
        if not topics and not sitting.also:
            faults["topics"] = _("Please choose an outcome for each topic.")
    elif outcome.note_required and not attempt.note.strip():
        faults["note"] = _("Please add a note.")
    if faults:
        raise ValidationError(faults)
    return outcome, phone, number


def _checked_topics(sitting, attempt, topics) -> list[_Work]:
    """Raises TopicGone, ValidationError."""
    rules = {item.rule for item in sitting.items.values()}
    shown = {topic.script_id for topic in topics if topic.script_id}
    scripts = Script.objects.filter(
        Q(is_current=True) | Q(pk__in=shown), store_id=sitting.card.store_id, rule__in=rules
    )
    scripts = {script.pk: script for script in scripts.select_related("version").defer("body_zh", "body_en")}
    versions = {script.rule: script.version for script in scripts.values() if script.is_current and script.version_id}
    outcomes = {
        outcome.code: outcome
        for outcome in Outcome.objects.filter(
            store_id=sitting.card.store_id, level=Level.REACHED, retired_at__isnull=True
        )
    }
    faults, work = {}, []
    for topic in topics:
        item = sitting.items.get(topic.item_id)
        if item is None:
            raise TopicGone(DueItem.objects.get(pk=topic.item_id, customer_id=sitting.card.customer_id))
        outcome = outcomes.get(topic.outcome)
        if outcome is None:
            faults[topic_field(item.pk, "outcome")] = _("Please choose an outcome for this topic.")
            continue
        version = versions.get(item.rule)
        faults |= _faults(topic, outcome, version, attempt, sitting.now)
        is_answered = _is_answered(topic, version, faults)
        if version is not None and outcome.effect == Effect.DONE and not is_answered:
            key = version.questions.get(is_key=True)
            faults.setdefault(
                topic_field(item.pk, f"q{key.pk}"), _("Please ask this question, or choose another outcome.")
            )
        script = scripts.get(topic.script_id)
        script = script if script is not None and script.rule == item.rule else None
        piece = _Work(topic, item, outcome, version, is_answered, script=script)
        for name, fault in odometer.faults_of(piece, sitting.today).items():
            faults.setdefault(topic_field(item.pk, name), fault)
        work.append(piece)
    if any(piece.outcome.effect in (Effect.DO_NOT_CALL, Effect.DECEASED) for piece in work):
        for piece in work:
            if piece.outcome.effect in PROMISING:
                faults[topic_field(piece.item.pk, "outcome")] = _("A customer who wants no calls is promised none.")
    if faults:
        raise ValidationError(faults)
    return work


def _faults(topic, outcome, version, attempt, now) -> dict:
    faults = {}
    if outcome.note_required and not (topic.note.strip() or attempt.note.strip()):
        faults[topic_field(topic.item_id, "note")] = _("Please add a note.")
    if outcome.effect in (Effect.PROMISE, Effect.HANDED_OVER):
        if topic.promise_at is None:
            faults[topic_field(topic.item_id, "promise_at")] = _("Please enter the agreed time.")
        elif topic.promise_at <= now:
            faults[topic_field(topic.item_id, "promise_at")] = _("The agreed time has passed already.")
    if topic.answers and version is None:
        faults[topic_field(topic.item_id, "outcome")] = _("This topic has no questionnaire any more.")
    return faults


def _is_answered(topic, version, faults) -> bool:
    """Whether the key question has an answer; puts faults of the answers into `faults`."""
    if version is None or not topic.answers:
        return False
    try:
        return key_answered(version, topic.answers)
    except ValidationError as fault:
        faults |= _moved(fault, topic)
        return False


def _moved(fault, topic) -> dict:
    """A neighbour's faults by field, under the keys of this topic."""
    return {topic_field(topic.item_id, name): errors for name, errors in fault.error_dict.items()}


# --- What it does -----------------------------------------------------------------------------------------------------
def _apply_failure(sitting, call, outcome, *, may_close):
    if outcome.effect in BAD_NUMBER:
        sitting.apply_bad_number(call, outcome, may_close=may_close)
    else:
        sitting.apply_retry(call, outcome, may_close=may_close)


def _apply_topics(sitting, call, work):
    promises: dict[dt.datetime, PlannedCall] = {}
    heard = call.answered_by in EFFECTIVE_PEOPLE
    for piece in work:
        item, outcome = piece.item, piece.outcome
        sitting.count(item)
        item.connected_at = item.connected_at or sitting.now
        is_meant = not BY_CODE[item.rule].for_owner or call.answered_by == AnsweredBy.OWNER
        is_effective = heard and is_meant and (piece.is_answered if piece.version else outcome.effect == Effect.DONE)
        if is_effective:
            item.effective_at = item.effective_at or sitting.now
        planned = _apply_effect(sitting, call, piece, promises)
        sitting.note(
            call,
            item,
            outcome,
            is_effective=is_effective,
            planned=planned,
            response=_response(sitting, piece),
            complaint=_complaint(sitting, call, piece),
            script=piece.script,
            note=piece.topic.note,
        )
    _sweep(sitting, call, work)


def _apply_effect(sitting, call, piece, promises) -> PlannedCall | None:
    item, effect = piece.item, piece.outcome.effect
    if effect == Effect.DONE:
        piece.is_put_off = odometer.put_off(sitting, piece)
        if not piece.is_put_off:
            sitting.close(item, ItemState.DONE, CloseReason.CALLED)
    elif effect == Effect.DECLINED:
        sitting.close(item, ItemState.DECLINED, CloseReason.REFUSED)
    elif effect == Effect.DO_NOT_CALL:
        sitting.close(item, ItemState.DECLINED, CloseReason.DO_NOT_CALL)
    elif effect == Effect.CAR_GONE:
        sitting.close(item, ItemState.OBSOLETE, CloseReason.CAR_GONE, why=aftermath.gone_why(piece.outcome))
    elif effect == Effect.NO_TOPIC:
        sitting.close(item, ItemState.DECLINED, CloseReason.OTHER_TOPIC)
    elif effect == Effect.DECEASED:
        sitting.close(item, ItemState.OBSOLETE, CloseReason.DECEASED)
    elif effect == Effect.FLEET:
        sitting.close(item, ItemState.OBSOLETE, CloseReason.FLEET)
    elif effect in PROMISING:
        return _promise(sitting, call, piece, promises)
    else:
        sitting.come_back(item)
    return None


def _promise(sitting, call, piece, promises) -> PlannedCall:
    """One promise per agreed moment, however many topics wait for it. A promise that is put off is kept, and a new one made."""
    item, effect = piece.item, piece.outcome.effect
    at = sitting.now + LINE_BROKE if effect == Effect.DROPPED else piece.topic.promise_at
    if at not in promises:
        promises[at] = make_promise(
            sitting.customer,
            at=at,
            subject=_subject(sitting, call, piece),
            by=sitting.by,
            now=sitting.now,
            vehicle=item.vehicle,
            topic=aftermath.topic_of(item),
            pinned_to=sitting.by,
        )
        if effect == Effect.DROPPED:  # not at once, as a promise of today would be
            DueItem.objects.filter(rule=PlanKind.PROMISE, fact_id=promises[at].pk).update(callable_at=at)
    if item.due_at is not None:
        sitting.close(item, ItemState.DONE, CloseReason.CALLED)
    else:
        item.callable_at = at
    return promises[at]


def _subject(sitting, call, piece) -> str:
    words = (piece.topic.note or call.note)[:200]
    if piece.outcome.effect == Effect.DROPPED:
        return words or _("The line broke: go on where you stopped")
    if piece.outcome.effect == Effect.HANDED_OVER and sitting.also.hand_over:
        return situations.check_words(sitting.also.hand_over.words)
    return words


def _response(sitting, piece):
    """Answers are kept once the topic is closed, or answered and put off; a topic that comes back is asked again."""
    comes_back = piece.item.state == ItemState.OPEN and not piece.is_put_off
    if piece.version is None or not piece.topic.answers or comes_back:
        return None
    if not any(raw.strip() for raw in piece.topic.answers.values()):
        return None
    try:
        return record_response(
            piece.version,
            customer=sitting.customer,
            by=sitting.by,
            now=sitting.now,
            answers=piece.topic.answers,
            vehicle=piece.item.vehicle,
        )
    except ValidationError as fault:
        raise ValidationError(_moved(fault, piece.topic)) from fault


def _complaint(sitting, call, piece):
    draft, note = piece.topic.complaint, call.note
    if draft is None:
        return None
    order = None
    if BY_CODE[piece.item.rule].fact is RepairOrder:
        order = RepairOrder.objects.filter(pk=piece.item.fact_id).first()
    words = _told(draft.summary, note, piece.topic.note)
    try:
        if piece.item.rule == "complaint_recontact" and (same := aftermath.reopen(piece.item, words, call, sitting)):
            return same
        return open_complaint(
            sitting.customer,
            by=sitting.by,
            now=sitting.now,
            cause=draft.cause,
            severity=draft.severity,
            department=draft.department,
            summary=words,
            vehicle=piece.item.vehicle,
            repair_order=order,
        )
    except ValidationError as fault:
        raise ValidationError(_moved(fault, piece.topic)) from fault


def _told(summary, *notes) -> str:
    """What the customer said, with the notes of the call where they are not in it yet: whoever handles the complaint reads them
    there. A note for which there is no room stays on the call alone.
    """
    for note in notes:
        longer = f"{summary}\n{note.strip()}"
        if note.strip() and note.strip() not in summary and len(longer) <= SUMMARY_LENGTH:
            summary = longer
    return summary


def _sweep(sitting, call, work):
    """A car that is gone closes its other topics, a refusal of a topic its other items, a refusal of all calls, or
    her death, every open topic.

    What was promised her, what somebody planned and her complaints outlive car and topic: what is said of these themselves ends them.
    """
    for piece in work:
        if piece.outcome.effect == Effect.CAR_GONE and piece.item.vehicle_id is not None:
            others = [item for item in sitting.still_open() if item.vehicle_id == piece.item.vehicle_id]
            others = [item for item in others if BY_CODE[item.rule].goes_with_car]
            why = aftermath.gone_why(piece.outcome)
            sitting.close_along(call, piece.outcome, others, ItemState.OBSOLETE, CloseReason.CAR_GONE, why=why)
        elif piece.outcome.effect == Effect.NO_TOPIC:
            topic = aftermath.topic_of(piece.item)
            others = [item for item in sitting.still_open() if item.rule == topic and not BY_CODE[topic].is_planned]
            sitting.close_along(call, piece.outcome, others, ItemState.DECLINED, CloseReason.OTHER_TOPIC)
    for piece in work:
        if piece.outcome.effect == Effect.DECEASED:
            sitting.close_along(call, piece.outcome, sitting.still_open(), ItemState.OBSOLETE, CloseReason.DECEASED)
        elif piece.outcome.effect == Effect.DO_NOT_CALL:
            sitting.close_along(call, piece.outcome, sitting.still_open(), ItemState.DECLINED, CloseReason.DO_NOT_CALL)
