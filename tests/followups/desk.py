"""Small words for tests of the desk."""

from cvp.services import current_version
from followups.models import CallCard, DueItem, Script
from followups.services.claims import take_card
from followups.services.visits import Attempt, Topic, log_attempt, save_visit
from tests.factories.cvp import answers_of

QUESTIONNAIRES = {"delivery_3dc": "sales_3dc", "delivery_7dc": "sales_7dc", "service_3dc": "service_3dc"}


def version_of(item):
    """The questionnaire version that the item's script names; makes the script where the store has none."""
    version = current_version(item.store, QUESTIONNAIRES[item.rule])
    words = {"body_zh": "您好。", "body_en": "Hello.", "version": version}
    script, _created = Script.objects.get_or_create(store=item.store, rule=item.rule, is_current=True, defaults=words)
    return script.version


def done(item, **raw) -> Topic:
    """The topic is done; where it has a questionnaire the key question is answered, by default with the best."""
    if item.rule not in QUESTIONNAIRES:
        return Topic(item.pk, "done")
    return Topic(item.pk, "done", answers=answers_of(version_of(item), **({"overall": "1"} | raw)))


def dialled(customer, outcome, *, number=None, **fields) -> Attempt:
    phones = customer.phones.filter(is_void=False)
    phone = phones.filter(number=number).first() if number else phones.first()
    if outcome in {"done", "call_back", "declined", "car_sold", "no_more_calls", "not_available", "no_topic"}:
        fields.setdefault("answered_by", "owner")
    return Attempt(phone.pk if phone else None, number or (phone.number if phone else ""), outcome, **fields)


def call(customer, outcome, *, by, now, topics=(), log=(), typed=None, **fields):
    """Take the customer's card, log the attempts of `log`, save the last one; gives the Call."""
    card = take_card(customer.card.pk, user=by, now=now)
    token = card.lease_token
    for attempt in log:
        log_attempt(card, attempt, token=token, by=by, now=now)
    attempt = dialled(customer, outcome, **fields)
    return save_visit(card, token=token, by=by, now=now, attempt=attempt, topics=list(topics), typed=typed)


def again(item) -> DueItem:
    return DueItem.objects.get(pk=item.pk)


def card_of(customer) -> CallCard:
    return CallCard.objects.get(customer=customer)
