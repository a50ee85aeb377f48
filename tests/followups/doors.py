from django.utils import timezone

from accounts.models import User
from followups.models import CallCard
from followups.services.claims import take_card
from followups.services.visits import save_visit
from tests.doors import Door
from tests.factories.customers import make_customer
from tests.factories.followups import make_card
from tests.followups.desk import dialled

QUEUE = "followups.work_queue"


def fresh_card(store) -> CallCard:
    now = timezone.now()
    return make_card(store, today=store.day_of(now), now=now)


def visitor(store) -> User | None:
    """The person of this store who knocks (tests/test_doors.py), if it is one who can hold a card."""
    return User.objects.filter(username=f"door-{store.code}").first()


def free_card(store):
    return {"pk": fresh_card(store).pk}


def held_card(store):
    """A card that the visitor of this store holds."""
    card = fresh_card(store)
    if visitor(store):
        take_card(card.pk, user=visitor(store), now=timezone.now())
    return {"pk": card.pk}


def call_just_made(store):
    """A call that the visitor of this store, else somebody else, has just saved."""
    from accounts.services import create_account

    now = timezone.now()
    card = fresh_card(store)
    by = visitor(store) or create_account(
        username="caller", full_name="打", role="specialist", store=store, password="Calls-all-day-1"
    )
    card = take_card(card.pk, user=by, now=now)
    attempt = dialled(card.customer, "no_answer")
    call = save_visit(card, token=card.lease_token, by=by, now=now, attempt=attempt, topics=[])
    return {"pk": call.pk}


def a_customer(store):
    return {"customer_id": make_customer(store, name="门前客").pk}


def a_finished_import(store):
    from tests.factories.dms import done_batch

    return {"batch_id": done_batch(store).pk}


DOORS = [
    Door("followups:queue", QUEUE),
    Door("followups:take_next", QUEUE, method="post", ok=302),
    Door("followups:take", QUEUE, method="post", row="free_card", ok=302),
    Door("followups:desk", QUEUE, row="held_card"),
    Door("followups:save", QUEUE, method="post", row="held_card"),
    Door("followups:attempt", QUEUE, method="post", row="held_card"),
    Door("followups:correct_phone", QUEUE, method="post", row="held_card"),
    Door("followups:skip", QUEUE, method="post", row="held_card"),
    Door("followups:release", QUEUE, method="post", row="held_card", ok=302),
    Door("followups:renew", QUEUE, method="post", row="held_card"),
    Door("followups:draft", QUEUE, method="post", row="held_card"),
    Door("followups:discard_draft", QUEUE, method="post", row="held_card", ok=302),
    Door("followups:call", "customers.view_customer", row="call_just_made"),
    Door("followups:undo", QUEUE, method="post", row="call_just_made", ok=302),
    Door("followups:customer_panel", QUEUE, row="a_customer"),
    Door("followups:plan", QUEUE, row="a_customer"),
    Door("followups:import_effect", QUEUE, row="a_finished_import"),
    Door("followups:items", "reports.view_figures"),
]
