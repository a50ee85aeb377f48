import datetime as dt

from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services import create_account
from quality.models import SpotCheck
from tests.doors import Door
from tests.factories.quality import make_check


def _specialist(store):
    return create_account(
        username=f"drawn-{store.code}", full_name="李静", role=Role.SPECIALIST, store=store, password="Door-keeper-2"
    )


def a_check(store):
    known = SpotCheck.objects.filter(store=store).first()  # a day is drawn once
    if known is not None:
        return {"pk": known.pk}
    return {"pk": make_check(store, _specialist(store), now=timezone.now()).pk}


def my_own_check(store):
    """Of whoever stands at the door of this store, where somebody does."""
    kwargs = a_check(store)
    visitor = User.objects.filter(username=f"door-{store.code}").first()
    moment = timezone.now() - dt.timedelta(minutes=1)
    changes = {"recalled_at": moment, "state": "differs"}
    if visitor is not None:
        changes["person"] = visitor
    SpotCheck.objects.filter(**kwargs).update(**changes)
    return kwargs


def a_person(store):
    return {"person": _specialist(store).pk, "what": "calls"}


WORK = "quality.work_checks"
DOORS = [
    Door("quality:pace_rows", WORK, row="a_person"),
    Door("quality:checks", WORK),
    Door("quality:rates", WORK),
    Door("quality:dial", WORK),
    Door("quality:pace", WORK),
    Door("quality:mine", "quality.answer_checks"),
    Door("quality:my_check", "quality.answer_checks", row="my_own_check"),
    Door("quality:check", WORK, row="a_check"),
    Door("quality:take", WORK, method="post", row="a_check", ok=302),
    Door("quality:unreached", WORK, method="post", row="a_check", data={"reason": "busy"}, ok=302),
    Door("quality:recall", WORK, method="post", row="a_check", data={"called": "no"}, ok=302),
    Door("quality:drop", WORK, method="post", row="a_check", ok=302),
    Door("quality:decide", WORK, method="post", row="a_check", data={"decision": "mistake", "text": "x"}, ok=302),
]
