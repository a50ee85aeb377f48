from django.utils import timezone

from accounts.models import User
from followups.models import CallCard, DialVersion, HandOver
from followups.services.claims import take_card
from followups.services.visits import save_visit
from tests.doors import Door
from tests.factories.customers import make_customer
from tests.factories.followups import make_card
from tests.followups.desk import dialled

QUEUE = "followups.work_queue"
MANAGE = "followups.manage_queue"


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


def a_wish(store):
    from customers.services import set_wish

    customer = make_customer(store, name="门前客")
    return {"pk": set_wish(customer, reason="勿扰", by=None, source="form", now=timezone.now()).pk}


def a_finished_import(store):
    from tests.factories.dms import done_batch

    return {"batch_id": done_batch(store).pk}


def a_rule(store):
    return {"rule": "delivery_3dc"}


def a_version(store):
    version = DialVersion.objects.create(store=store, number=1, at=timezone.now())
    return {"pk": version.pk}


def a_call_from_her(store):
    from followups.services.inbound import record_inbound

    customer = make_customer(store, name="来电客")
    return {"pk": record_inbound(customer, topics=[], note="问营业时间", by=None, now=timezone.now()).pk}


def a_move(store):
    """A move of one card for nobody in particular, that may be undone."""
    from accounts.services import create_account
    from followups.services.steering import assign_cards

    by = create_account(username="mover", full_name="移", role="manager", store=store, password="Moves-all-day-1")
    return {"pk": assign_cards([fresh_card(store)], to=by, by=by, now=timezone.now(), note="分派").pk}


def a_number(store):
    return {"what": "calls"}


def an_outcome(store):
    from followups.models import Outcome

    return {"pk": Outcome.objects.get(store=store, code="busy").pk}


def a_level(store):
    return {"level": "reached"}


def a_script(store):
    from followups.models import Script

    return {"pk": Script.objects.get(store=store, rule="delivery_3dc").pk}


SEES = ("customers.view_customer",)


def a_colleague(store):
    from accounts.services import create_account

    known = User.objects.filter(username=f"leaver-{store.code}").first()
    if known is not None:
        return {"pk": known.pk}
    return {
        "pk": create_account(
            username=f"leaver-{store.code}",
            full_name="走人",
            role="specialist",
            store=store,
            password="Calls-all-day-1",
        ).pk
    }


def a_hand_over(store):
    person = User.objects.get(pk=a_colleague(store)["pk"])
    return {"pk": HandOver.objects.create(store=store, person=person, at=timezone.now()).pk}


DOORS = [
    Door("followups:hand_over", "followups.hand_over", row="a_colleague", also=("accounts.view_user",)),
    Door("followups:handed", QUEUE, row="a_hand_over"),
    Door("followups:queue", QUEUE),
    Door("followups:take_next", QUEUE, method="post", ok=302),
    Door("followups:take", QUEUE, method="post", row="free_card", ok=302),
    Door("followups:desk", QUEUE, row="held_card"),
    Door("followups:save", QUEUE, method="post", row="held_card"),
    Door("followups:attempt", QUEUE, method="post", row="held_card"),
    Door("followups:situation", QUEUE, method="post", row="held_card"),
    Door("followups:colleagues", QUEUE, row="free_card"),
    Door("followups:previous", QUEUE, ok=302),
    Door("followups:correct_phone", QUEUE, method="post", row="held_card"),
    Door("followups:numbers", QUEUE, method="post", row="held_card"),
    Door("followups:skip", QUEUE, method="post", row="held_card"),
    Door("followups:release", QUEUE, method="post", row="held_card", ok=302),
    Door("followups:renew", QUEUE, method="post", row="held_card"),
    Door("followups:draft", QUEUE, method="post", row="held_card"),
    Door("followups:discard_draft", QUEUE, method="post", row="held_card", ok=302),
    Door("followups:call", "customers.view_customer", row="call_just_made"),
    Door("followups:undo", QUEUE, method="post", row="call_just_made", ok=302),
    Door("followups:customer_panel", QUEUE, row="a_customer"),
    Door("followups:plan", QUEUE, row="a_customer"),
    Door("followups:inbound", QUEUE, row="a_customer"),
    Door("followups:undo_inbound", QUEUE, method="post", row="a_call_from_her", ok=302),
    Door("followups:import_effect", QUEUE, row="a_finished_import"),
    Door("followups:wishes_panel", "customers.view_customer", row="a_customer"),
    Door(
        "followups:wish",
        "customers.change_customer",
        method="post",
        row="a_customer",
        data={"channel": "phone_out", "reason": "不想被打扰"},
        ok=302,
    ),
    Door("followups:wish_lift", "customers.change_customer", method="post", row="a_wish", ok=302),
    Door("followups:override", QUEUE, row="free_card"),
    Door("followups:take_back", MANAGE, row="held_card"),
    Door("followups:assign", MANAGE, row="a_customer"),
    Door("followups:board", MANAGE),
    Door("followups:board_live", MANAGE),
    Door("followups:board_rows", MANAGE, row="a_number", foreign=None),
    Door("followups:my_day", QUEUE),
    Door("followups:moves", MANAGE),
    Door("followups:move_new", MANAGE),
    Door("followups:move", MANAGE, row="a_move"),
    Door("followups:move_undo", MANAGE, method="post", row="a_move", ok=302),
    Door("followups:overrides", "followups.manage_queue"),
    Door("followups:items", "reports.view_figures"),
    Door("followups:care_list", QUEUE),
    Door("followups:care_send", QUEUE, method="post", ok=302),
    Door("followups:care_export", "customers.reveal_phone", method="post", also=(QUEUE,), ok=302),
    Door("followups:care_festival", MANAGE, method="post", ok=302),
    Door("followups:moving", "accounts.change_calendarday"),
    Door("followups:dials", QUEUE),
    Door("followups:dial", MANAGE, row="a_rule", foreign=None),
    Door("followups:dial_desk", MANAGE),
    Door("followups:dial_versions", QUEUE),
    Door("followups:dial_restore", MANAGE, method="post", row="a_version", ok=302),
    Door("followups:outcomes", MANAGE),
    Door("followups:outcome", MANAGE, row="an_outcome"),
    Door("followups:outcome_new", MANAGE, row="a_level", foreign=None),
    Door("followups:outcome_move", MANAGE, method="post", row="an_outcome", data={"to": "up"}, ok=302),
    Door("followups:outcome_retire", MANAGE, method="post", row="an_outcome", ok=302),
    Door("followups:outcome_revive", MANAGE, method="post", row="an_outcome", ok=302),
    Door("followups:scripts", MANAGE),
    Door("followups:script", MANAGE, row="a_rule", foreign=None, also=SEES),
    Door("followups:script_preview", MANAGE, method="post", row="a_rule", foreign=None, also=SEES),
    Door("followups:script_customers", MANAGE, row="a_rule", foreign=None, also=SEES),
    Door("followups:script_history", MANAGE, row="a_rule", foreign=None),
    Door("followups:script_again", MANAGE, method="post", row="a_script", ok=302),
    Door("followups:script_reset", MANAGE, method="post", row="a_rule", foreign=None, ok=302),
    Door("followups:decisions", MANAGE),
    Door("followups:decide", MANAGE, method="post"),
]
