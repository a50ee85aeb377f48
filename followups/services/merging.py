"""Calls and cards of two files that become one (customers.services.merging), and of one that becomes two again."""

from django.db.models import Q

from customers.models import Customer
from customers.services.errors import MergeRefused
from followups.choices import CloseReason, ItemState
from followups.models import Call, CallCard, CallOutcome, Draft, DueItem, Override, Skip
from followups.rules import RULES, UNRESTRAINED
from followups.services.cards import lock_cards, recompute_cards
from followups.services.wishes import fitting

ABOUT_HER = [rule.code for rule in RULES if rule.fact is Customer]
PENDING = (ItemState.OPEN, ItemState.TO_SEND)
_STATE = ("state", "reason", "reason_params", "closed_at")
_ON_CARD = {"calls": Call, "skips": Skip, "overrides": Override}


def lock_both(kept_id, gone_id, *, by, now):
    """Both cards locked, before anything else. Raises MergeRefused while somebody has one of them in hand."""
    lock_cards([kept_id, gone_id])
    held = CallCard.objects.filter(customer_id__in=(kept_id, gone_id), lease_until__gt=now, lease_by__isnull=False)
    card = held.select_related("lease_by", "customer").first()
    if card is not None:
        raise MergeRefused(
            "held_by_you" if card.lease_by_id == by.pk else "held",
            person=card.lease_by.full_name,
            name=card.customer.name,
        )


def join_calls(kept_id, gone_id, *, now) -> dict:
    """Topics, calls, skips and drafts of the gone file are the kept one's. Of two topics about the same thing one is closed, and what
    a wish of either file forbids. Gives what `part_calls` needs."""
    kept, gone = (CallCard.objects.select_related("store").get(customer_id=pk) for pk in (kept_id, gone_id))
    done = {"closed": {}, "last_by": [kept.last_by_id, gone.last_by_id]}
    done["facts"] = _move_facts(kept_id, gone_id, done["closed"], now)
    items = DueItem.objects.filter(customer_id=gone_id)
    done["items"] = sorted(items.values_list("pk", flat=True))
    items.update(customer_id=kept_id)
    for name, model in _ON_CARD.items():
        rows = model.objects.filter(card=gone)
        done[name] = sorted(rows.values_list("pk", flat=True))
        rows.update(card=kept)
    drafts = Draft.objects.filter(card=gone).exclude(user__in=Draft.objects.filter(card=kept).values("user"))
    done["drafts"] = sorted(drafts.values_list("pk", flat=True))
    Draft.objects.filter(pk__in=done["drafts"]).update(card=kept)
    if kept.last_by_id is None and gone.last_by_id is not None:
        CallCard.objects.filter(pk=kept.pk).update(last_by=gone.last_by_id)
    _close_unwanted(kept, done["closed"], now)
    recompute_cards([kept_id, gone_id], store=kept.store, now=now)
    return done


def _move_facts(kept_id, gone_id, closed, now) -> list[int]:
    """Topics about her as a person (birthday, lost contact): once for both files."""
    about = DueItem.objects.filter(rule__in=ABOUT_HER)
    known = list(about.filter(fact_id=kept_id).values_list("rule", "round", "state"))
    rounds = {(rule, turn) for rule, turn, _state in known}
    pending = {rule for rule, _turn, state in known if state in PENDING}
    moved = []
    for item in about.filter(fact_id=gone_id).order_by("pk"):
        is_pending = item.state in PENDING
        if (item.rule, item.round) not in rounds and not (is_pending and item.rule in pending):
            moved.append(item.pk)
        elif is_pending:
            _close([item], closed, ItemState.OBSOLETE, CloseReason.FACT_VOID, now)
    DueItem.objects.filter(pk__in=moved).update(fact_id=kept_id)
    return moved


def _close_unwanted(card, closed, now):
    for state in PENDING:
        items = DueItem.objects.filter(customer_id=card.customer_id, state=state).exclude(rule__in=UNRESTRAINED)
        unwanted = list(items.filter(fitting(state, card.store.day_of(now))))
        is_quiet = Customer.objects.filter(pk=card.customer_id, do_not_call=True).exists()
        reason = CloseReason.DO_NOT_CALL if is_quiet else CloseReason.OTHER_TOPIC
        _close(unwanted, closed, ItemState.DECLINED, reason, now)


def _close(items, closed, state, reason, now):
    for item in items:
        before = [getattr(item, name) for name in _STATE[:-1]]
        item.state, item.reason, item.reason_params, item.closed_at = state, reason, {}, now
        item.save(update_fields=_STATE)
        closed[str(item.pk)] = [before, [str(state), str(reason), {}]]


def part_calls(kept_id, gone_id, done, *, since, now) -> dict:
    """The other way; gives {code: number} of the topics that stay, because somebody has called about them since the merge."""
    kept, gone = (CallCard.objects.select_related("store").get(customer_id=pk) for pk in (kept_id, gone_id))
    worked = CallOutcome.objects.filter(item__in=done["items"], call__at__gte=since, call__undone_at__isnull=True)
    worked = set(worked.exclude(call__in=done["calls"]).values_list("item_id", flat=True))
    back = DueItem.objects.filter(pk__in=set(done["items"]) - worked, customer_id=kept_id)
    moved = len(back)
    back.update(customer_id=gone_id)
    DueItem.objects.filter(pk__in=set(done["facts"]) - worked, fact_id=kept_id).update(fact_id=gone_id)
    for name, model in _ON_CARD.items():
        model.objects.filter(pk__in=done[name], card=kept).update(card=gone)
    Draft.objects.filter(pk__in=done["drafts"], card=kept).update(card=gone)
    for item in DueItem.objects.filter(Q(pk__in=list(map(int, done["closed"])))):
        before, after = done["closed"][str(item.pk)]
        if [item.state, item.reason, item.reason_params] == after:
            item.state, item.reason, item.reason_params = before
            item.closed_at = None
            item.save(update_fields=_STATE)
    mine, hers = done["last_by"]
    CallCard.objects.filter(pk=kept.pk, last_by=hers).update(last_by=mine)
    recompute_cards([kept_id, gone_id], store=kept.store, now=now)
    left = len(done["items"]) - moved
    return {"followups.DueItem.customer": left} if left else {}
