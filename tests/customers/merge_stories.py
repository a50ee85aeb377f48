"""Files with a bit of everything in them, by the dice, and a picture of the whole database."""

import datetime as dt

from django.apps import apps

from audit.choices import Source
from customers.services import learn_hour, record_contact, set_wish
from followups.models import Draft
from followups.services.cards import recompute_cards
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_conflict, make_customer, make_delivery, make_order, make_phone, make_vehicle
from tests.factories.cvp import make_response
from tests.factories.followups import make_item, make_planned
from tests.followups.desk import call

LATER = dt.timedelta(minutes=20)
NOT_TOLD = {"audit.Change", "customers.Merge", "sessions.Session", "customers.DuplicatePair"}
STAMPS = {"changed_at"}


def everything() -> dict:
    """{model: its rows without their stamps}; a derived pair by what it says."""
    picture = {}
    for model in apps.get_models():
        if model._meta.label in NOT_TOLD or not model._meta.managed:
            continue
        names = [field.attname for field in model._meta.concrete_fields if field.name not in STAMPS]
        picture[model._meta.label] = sorted(map(_words, model._base_manager.values_list(*names)))
    pairs = apps.get_model("customers.DuplicatePair")._base_manager.values_list("first_id", "second_id", "state")
    picture["pairs"] = sorted(pair for pair in pairs if pair[2] != "open")
    return picture


def _words(row) -> str:
    """The keys of a JSON object have no order."""
    return repr([sorted(value.items()) if isinstance(value, dict) else value for value in row])


def make_files(store, dice, *, by, today, now, files):
    """Customers whose numbers, wishes, calls and cars overlap as those of doubles do."""
    numbers = [f"1380000000{digit}" for digit in range(4)]
    people = []
    for place in range(files):
        fields = {
            "name": dice.choice(["王建国", "王建国先生", "王 建国"]),
            "address": dice.choice(["", "世纪大道1号", "世纪大道100号3楼"]),
            "wechat": dice.choice(["", "wx1"]),
            "note": dice.choice(["", "急性子", "只要下午打"]),
            "birthday": dice.choice([None, 815, 1007]),
            "birthday_is_lunar": dice.random() < 0.3,
            "dms_no": dice.choice(["", f"K{place}"]),
            "stage": dice.choice(["owner", "contact", "prospect"]),
            "kind": dice.choice(["private", "company"]),
            "unreachable_on": dice.choice([None, None, today - dt.timedelta(days=place + 1)]),
            "unreachable_round": dice.randrange(3),
            "verified": {name: now.isoformat() for name in ("name", "address") if dice.random() < 0.4},
        }
        people.append(_fill(make_customer(store, **fields), numbers, dice, by=by, today=today, now=now))
    for person in people:
        learn_hour(person)
        if dice.random() < 0.3:
            set_wish(
                person, channel=dice.choice(["", "sms", "phone_out"]), reason="别打", by=by, source=Source.FORM, now=now
            )
    recompute_cards([person.pk for person in people], store=store, now=now)
    return people


def _fill(person, numbers, dice, *, by, today, now):
    store = person.store
    for place, number in enumerate(dice.sample(numbers, dice.randrange(1, 4))):
        is_void = place > 0 and dice.random() < 0.3
        stamp = {"verified_at": now - dt.timedelta(days=dice.randrange(90)), "verified_by": "李静"}
        state = dice.choice(["unknown", "good", "wrong"])
        make_phone(
            person,
            number,
            is_primary=place == 0,
            is_void=is_void,
            state=state,
            **(stamp if dice.random() < 0.4 else {}),
        )
    for _ in range(dice.randrange(3)):
        car = make_vehicle(person)
        make_order(car, today - dt.timedelta(days=dice.randrange(400)), owner=dice.choice([person, None]))
        make_delivery(car, today - dt.timedelta(days=500))
    if dice.random() < 0.6:
        make_item(person, today=today, now=now)
    if dice.random() < 0.5:
        make_item(
            person,
            "birthday",
            today=today,
            now=now,
            fact=person,
            anchor_on=today,
            round="2026",
            state=dice.choice(["to_send", "done"]),
        )
    if dice.random() < 0.5:
        state = dice.choice(["open", "done"])
        make_item(
            person,
            "lost_contact",
            today=today,
            now=now,
            fact=person,
            anchor_on=today,
            round=dice.choice(["1-1", "1-2"]),
            state=state,
        )
    if dice.random() < 0.6:
        record_contact(
            person, at=now - dt.timedelta(days=40), channel="phone_out", connected=True, by=by, topics=[], summary={}
        )
    if dice.random() < 0.5:
        make_complaint(person, by=by, now=now)
    if dice.random() < 0.5:
        make_response(person, by=by, now=now)
    if dice.random() < 0.5:
        make_planned(person, due_on=today)
    if dice.random() < 0.4 and person.address:
        make_conflict(person, "address", person.address, "别处")
    recompute_cards([person.pk], store=store, now=now)
    if person.card.is_open and dice.random() < 0.5:
        call(person, "no_answer", by=by, now=now - dt.timedelta(minutes=30))
    if dice.random() < 0.5:
        Draft.objects.create(card=person.card, user=by, data={"note": ["半句话"]}, updated_at=now)
    return person
