"""Every rule, from the day of its fact to the three dates of its call."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts.models import User
from customers.models import Policy
from followups.defaults import seed_store
from followups.defaults.scripts import SCRIPTS
from followups.models import DueItem, RuleDial, Script
from followups.rules import BY_CODE, RULES
from followups.scripts import PLACEHOLDERS
from followups.services.generation import generate_due
from tests.conftest import at
from tests.factories.complaints import change_state, make_complaint
from tests.factories.customers import make_customer, make_delivery, make_order
from tests.factories.followups import make_planned

pytestmark = pytest.mark.django_db


def day(text):
    return dt.date.fromisoformat(text)


@dataclass(frozen=True)
class Case:
    """`fact_day`: the day of the fact (make_fact); for planned calls the agreed or typed day, for birthdays the number.

    `expires` None: never.
    """

    rule: str
    fact_day: str
    opens: str
    due: str
    expires: str | None
    round: str = "1"

    def __str__(self):
        return f"{self.rule} {self.fact_day} {self.round}"

    @property
    def step(self):
        steps = BY_CODE[self.rule].steps
        return next((step for step in steps if self.round.endswith(f".{step.code}")), steps[-1] if steps else None)

    @property
    def is_last(self):
        """No later step takes its place."""
        return self.step is None or self.step == BY_CODE[self.rule].steps[-1]


CASES = [
    Case("delivery_3dc", "2026-03-10", "2026-03-11", "2026-03-13", "2026-03-20"),
    Case("delivery_3dc", "2026-02-27", "2026-02-28", "2026-03-02", "2026-03-09"),
    Case("delivery_3dc", "2028-02-28", "2028-02-29", "2028-03-02", "2028-03-09"),
    Case("delivery_7dc", "2026-03-10", "2026-03-15", "2026-03-17", "2026-03-24"),
    Case("delivery_7dc", "2026-12-28", "2027-01-02", "2027-01-04", "2027-01-11"),
    Case("delivery_3w", "2026-03-10", "2026-03-28", "2026-03-31", "2026-04-07"),
    Case("delivery_3w", "2028-02-10", "2028-02-28", "2028-03-02", "2028-03-09"),
    Case("quarterly_care", "2026-03-10", "2026-06-05", "2026-06-08", "2026-06-22", "1"),
    Case("quarterly_care", "2026-10-04", "2026-12-30", "2027-01-02", "2027-01-16", "1"),
    Case("quarterly_care", "2026-03-10", "2028-02-25", "2028-02-28", "2028-03-13", "8"),
    Case("service_3dc", "2026-03-10", "2026-03-12", "2026-03-13", "2026-03-25"),
    Case("service_3dc", "2026-12-30", "2027-01-01", "2027-01-02", "2027-01-14"),
    Case("first_service", "2026-03-10", "2026-08-21", "2026-08-31", "2026-11-09"),  # six months after the hand-over
    Case("first_service", "2026-07-10", "2026-12-21", "2026-12-31", "2027-03-11"),
    Case("periodic_service", "2026-06-20", "2026-05-31", "2026-06-10", "2026-08-19", "d20261"),
    Case("periodic_service", "2028-03-10", "2028-02-19", "2028-02-29", "2028-05-09", "d20281"),
    Case("renewal", "2026-09-30", "2026-08-16", "2026-08-18", "2026-10-07", "0.45"),
    Case("renewal", "2026-09-30", "2026-08-28", "2026-08-30", "2026-10-07", "0.33"),
    Case("renewal", "2026-09-30", "2026-08-31", "2026-09-02", "2026-10-07", "0.30"),
    Case("renewal", "2026-09-30", "2026-09-15", "2026-09-17", "2026-10-07", "0.15"),
    Case("renewal", "2026-09-30", "2026-09-23", "2026-09-25", "2026-10-07", "0.7"),
    Case("renewal", "2027-01-05", "2026-12-29", "2026-12-31", "2027-01-12", "0.7"),
    Case("renewal", "2026-09-30", "2027-08-16", "2027-08-18", "2027-10-07", "1.45"),
    Case("warranty_end", "2026-06-20", "2026-05-06", "2026-05-21", "2026-06-20"),
    Case("warranty_end", "2028-02-29", "2028-01-15", "2028-01-30", "2028-02-29"),
    Case("inspection", "2026-06-20", "2026-05-06", "2026-05-21", "2026-06-20", "2026"),
    Case("inspection", "2027-01-15", "2026-12-01", "2026-12-16", "2027-01-15", "2027"),
    Case("thin_ice", "2026-03-10", "2026-12-10", "2026-12-24", "2027-03-10"),
    Case("thin_ice", "2026-05-31", "2027-02-28", "2027-03-14", "2027-05-29"),
    Case("churn_12", "2026-03-10", "2027-03-10", "2027-04-09", "2028-03-09"),
    Case("churn_12", "2028-02-29", "2029-02-28", "2029-03-30", "2030-02-28"),
    Case("lost_contact", "2026-03-10", "2026-03-10", "2026-03-13", "2026-04-08", "1.message"),
    Case("lost_contact", "2026-03-10", "2026-04-09", "2026-04-24", "2026-06-08", "1.call"),
    Case("birthday", "1007", "2026-10-06", "2026-10-07", "2026-10-10", "2026"),
    Case("birthday", "101", "2026-12-31", "2027-01-01", "2027-01-04", "2027"),
    Case("birthday", "229", "2028-02-28", "2028-02-29", "2028-03-03", "2028"),
    Case("birthday", "815 lunar", "2026-09-24", "2026-09-25", "2026-09-28", "2026"),
    Case("birthday", "101 lunar", "2027-02-05", "2027-02-06", "2027-02-09", "2027"),
    Case("birthday_call", "1007", "2026-10-06", "2026-10-07", "2026-10-10", "2026"),
    Case("anniversary", "2024-05-20", "2026-05-19", "2026-05-20", "2026-05-23", "2026"),
    Case("anniversary", "2024-01-01", "2026-12-31", "2027-01-01", "2027-01-04", "2027"),
    Case("anniversary", "2024-02-29", "2026-02-27", "2026-02-28", "2026-03-03", "2026"),
    Case("anniversary", "2024-02-29", "2028-02-28", "2028-02-29", "2028-03-03", "2028"),
    Case("anniversary_call", "2024-05-20", "2026-05-19", "2026-05-20", "2026-05-23", "2026"),
    Case("complaint_recontact", "2026-03-10", "2026-03-10", "2026-03-13", "2026-03-20", "1"),
    Case("complaint_recontact", "2026-12-30", "2026-12-30", "2027-01-02", "2027-01-09", "1"),
    Case("complaint_resurvey", "2026-03-10", "2026-03-18", "2026-03-20", "2026-03-30"),
    Case("complaint_resurvey", "2028-02-22", "2028-03-01", "2028-03-03", "2028-03-13"),
    Case("promise", "2026-03-20", "2026-03-20", "2026-03-20", None),
    Case("manual", "2026-03-20", "2026-03-18", "2026-03-20", "2026-03-27"),
    Case("manual", "2026-03-20", "2026-03-20", "2026-03-20", None),
]


def make_fact(case, car, by):
    """What the rule watches, made as life makes it; for rules of care plans what these are worked out from."""
    owner, store = car.owner, car.store
    if case.rule in ("birthday", "birthday_call"):
        return birthday(case, car)
    if case.rule == "promise" or case.rule == "manual":
        return planned(case, car)
    on = day(case.fact_day)
    if case.rule == "lost_contact":
        type(owner).objects.filter(pk=owner.pk).update(unreachable_on=on, unreachable_round=1)
        return owner
    if case.rule.startswith("complaint"):
        return complaint(case, owner, by, at(store, on, 15))
    told = {
        "periodic_service": "next_service_on",
        "warranty_end": "warranty_ends_on",
        "inspection": "inspection_due_on",
    }
    if case.rule in told:
        type(car).objects.filter(pk=car.pk).update(**{told[case.rule]: on})
        return car
    if case.rule == "first_service":
        make_delivery(car, on)
        return car
    if case.rule == "renewal":
        return make_policy(car, on)
    if case.rule in ("thin_ice", "churn_12"):
        make_order(car, on)
        return car
    if case.rule == "service_3dc":
        return make_order(car, on)
    if case.rule == "anniversary_call":
        faithful(car)
    return make_delivery(car, on)


def faithful(car):
    """Four visits within two years: class A."""
    for month in (3, 6, 9, 12):
        make_order(car, dt.date(2025, month, 1))


def birthday(case, car):
    number, _space, calendar = case.fact_day.partition(" ")
    if case.rule == "birthday_call":
        faithful(car)
    owner = car.owner
    owner.birthday, owner.birthday_is_lunar = int(number), bool(calendar)
    owner.save()
    return owner


def complaint(case, owner, by, moment):
    found = make_complaint(owner, by=by, now=moment)
    change_state(found, "handling", by=by, now=moment)
    change_state(found, "solved", by=by, now=moment, resolution="返工，试车正常。")
    if case.rule == "complaint_resurvey":
        change_state(found, "closed", by=by, now=moment, unasked="书面确认")
    return found


def make_policy(car, ends_on):
    starts_on = dt.date(ends_on.year - 1, ends_on.month, ends_on.day) + dt.timedelta(days=1)
    return Policy.objects.create(
        store=car.store,
        vehicle=car,
        customer=car.owner,
        cover="commercial",
        policy_no=f"P{ends_on:%Y%m%d}",
        starts_on=starts_on,
        ends_on=ends_on,
        is_ours=True,
    )


def planned(case, car):
    expires_on = case.expires and day(case.expires)
    agreed_at = at(car.store, day(case.fact_day), 15) if case.rule == "promise" else None
    return make_planned(
        car.owner,
        kind=case.rule,
        opens_on=day(case.opens),
        due_on=day(case.due),
        expires_on=expires_on,
        agreed_at=agreed_at,
        vehicle=car,
    )


def test_every_rule_has_a_case():
    assert {case.rule for case in CASES} == {rule.code for rule in RULES if not rule.by_hand}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fact_brings_its_call_in_its_window(case, pudong, focus, zhou):
    rule = BY_CODE[case.rule]
    fact = make_fact(case, focus, zhou)
    opens = day(case.opens)
    items = DueItem.objects.filter(rule=case.rule, round=case.round)
    if rule.cycle == "visit_round":
        items = DueItem.objects.filter(rule=case.rule)

    def run(today):
        generate_due(pudong, today=today, now=at(pudong, today, 10), rules=(rule,))

    if not rule.is_planned:
        run(opens - dt.timedelta(days=1))
        assert not items.exists()
    run(opens)
    item = items.get()
    live = "to_send" if case.step is not None and case.step.is_message else "open"
    assert (item.fact_id, item.customer, item.state) == (fact.pk, focus.owner, live)
    assert item.vehicle == (focus if rule.vehicle and not case.rule.startswith("complaint") else None)
    assert (item.opens_on, item.due_on) == (opens, day(case.due))
    assert item.expires_on == (day(case.expires) if case.expires else None)
    if item.expires_on and case.is_last:
        run(item.expires_on)
        assert items.get().state == live
        run(item.expires_on + dt.timedelta(days=1))
        assert (items.get().state, items.get().reason) == ("expired", "window_passed")


def test_after_service_whoever_brought_the_car_is_called(pudong, focus, today, now):
    husband = make_customer(pudong, name="刘伟", number="13987654321", stage="contact")
    make_order(focus, today - dt.timedelta(days=2), bringer=husband)
    generate_due(pudong, today=today, now=now)
    assert DueItem.objects.get().customer == husband


@pytest.mark.parametrize("absent", ["unknown", "void"])
def test_after_service_the_owner_is_called_where_nobody_else_can_be(absent, pudong, focus, today, now):
    husband = make_customer(pudong, name="刘伟", number="13987654321", stage="contact", is_void=True)
    make_order(focus, today - dt.timedelta(days=2), bringer=husband if absent == "void" else None)
    generate_due(pudong, today=today, now=now)
    assert DueItem.objects.get().customer == focus.owner


def test_an_order_not_settled_yet_brings_no_call(pudong, focus, today, now):
    make_order(focus, today - dt.timedelta(days=2), settled_on=None)
    generate_due(pudong, today=today, now=now)
    assert not DueItem.objects.exists()


def test_nobody_is_called_whom_the_store_does_not_know(pudong, focus, today, now):
    make_order(focus, today - dt.timedelta(days=2), bringer=None, owner=None)
    assert generate_due(pudong, today=today, now=now)["service_3dc"]["created"] == 0


def test_a_store_starts_with_a_dial_for_every_step_and_a_script_for_every_rule(pudong):
    dials = {(dial.rule, dial.step): (dial.opens, dial.due, dial.expires) for dial in RuleDial.objects.all()}
    assert dials == {
        (rule.code, step.code): (step.opens, step.due, step.expires) for rule in RULES for step in rule.steps
    }
    assert {script.rule for script in Script.objects.filter(store=pudong)} == set(BY_CODE)


def test_seeding_again_leaves_what_the_store_has_edited(pudong):
    RuleDial.objects.filter(rule="delivery_3dc").update(due=4)
    Script.objects.filter(rule="delivery_3dc").update(body_zh="你好")
    seed_store(pudong)
    assert RuleDial.objects.get(rule="delivery_3dc").due == 4
    assert Script.objects.get(rule="delivery_3dc").body_zh == "你好"


def test_scripts_after_sales_and_service_ask_their_questionnaires(pudong):
    codes = dict(Script.objects.values_list("rule", "version__questionnaire__code"))
    assert {rule: code for rule, code in codes.items() if code} == {
        "delivery_3dc": "sales_3dc",
        "delivery_7dc": "sales_7dc",
        "delivery_3w": "care",
        "quarterly_care": "care",
        "service_3dc": "service_3dc",
        "first_service": "service_due",
        "periodic_service": "service_due",
        "renewal": "renewal",
        "thin_ice": "away",
        "churn_12": "away",
        "complaint_recontact": "complaint_recontact",
        "complaint_resurvey": "complaint_resurvey",
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.rule)
def test_scripts_use_only_words_the_desk_can_fill_the_same_in_both_languages(script):
    words = [set(re.findall(r"\{(\w*)\}", text)) for text in (script.zh, script.en)]
    assert words[0] == words[1]
    assert words[0] <= set(PLACEHOLDERS)


def test_every_rule_is_explained_in_the_rules_handbook():
    text = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### `(\w+)`", text, re.M)) == set(BY_CODE)


# --- The ladder of a renewal ------------------------------------------------------------------------------------------
def ladder(pudong, focus, upto):
    """The renewal's calls as they stand when step `upto` opens, each earlier one settled with the customer."""
    rule = BY_CODE["renewal"]
    make_policy(focus, day("2026-09-30"))
    found = {}
    for step in rule.steps:
        today = day("2026-09-30") + dt.timedelta(days=step.opens)
        generate_due(pudong, today=today, now=at(pudong, today, 10), rules=(rule,))
        found[step.code] = DueItem.objects.get(rule="renewal", round=f"0.{step.code}")
        if step.code == upto:
            return found[step.code]
        yield_to(found[step.code])
    return None


def yield_to(item):
    """Settled by a person, the owner having answered the question."""
    moment = dt.datetime.combine(item.opens_on, dt.time(11), tzinfo=item.store.zone)
    DueItem.objects.filter(pk=item.pk).update(
        state="done", reason="called", effective_at=moment, closed_at=moment, closed_by=User.objects.first()
    )


def test_after_three_effective_contacts_the_rest_of_the_ladder_is_not_called(pudong, focus, zhou):
    assert ladder(pudong, focus, "30").state == "open"
    DueItem.objects.all().delete()
    Policy.objects.all().delete()
    item = ladder(pudong, focus, "15")
    assert (item.state, item.reason) == ("obsolete", "enough")


def test_who_has_said_no_is_not_asked_again_in_this_ladder_but_in_the_next_year(pudong, focus, zhou):
    item = ladder(pudong, focus, "45")
    DueItem.objects.filter(pk=item.pk).update(state="declined", reason="refused", closed_by=zhou)
    rule = BY_CODE["renewal"]
    for today, round_, state in (("2026-08-28", "0.33", "obsolete"), ("2027-08-16", "1.45", "open")):
        generate_due(pudong, today=day(today), now=at(pudong, day(today), 10), rules=(rule,))
        assert DueItem.objects.get(rule="renewal", round=round_).state == state
