"""Every rule, from the day of its fact to the three dates of its call."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from customers.models import Delivery, RepairOrder
from followups.defaults import seed_store
from followups.defaults.scripts import SCRIPTS
from followups.models import DueItem, RuleDial, Script
from followups.rules import BY_CODE, RULES
from followups.scripts import PLACEHOLDERS
from followups.services.generation import generate_due
from tests.conftest import at
from tests.factories.customers import make_customer, make_delivery, make_order
from tests.factories.followups import make_planned

pytestmark = pytest.mark.django_db


def day(text):
    return dt.date.fromisoformat(text)


@dataclass(frozen=True)
class Case:
    """`fact_day`: the day of the fact; for planned calls the agreed or typed day. `expires` None: never."""

    rule: str
    fact_day: str
    opens: str
    due: str
    expires: str | None


CASES = [
    Case("delivery_3dc", "2026-03-10", "2026-03-11", "2026-03-13", "2026-03-20"),
    Case("delivery_3dc", "2026-02-27", "2026-02-28", "2026-03-02", "2026-03-09"),
    Case("delivery_3dc", "2028-02-28", "2028-02-29", "2028-03-02", "2028-03-09"),
    Case("delivery_7dc", "2026-03-10", "2026-03-15", "2026-03-17", "2026-03-24"),
    Case("delivery_7dc", "2026-12-28", "2027-01-02", "2027-01-04", "2027-01-11"),
    Case("service_3dc", "2026-03-10", "2026-03-12", "2026-03-13", "2026-03-25"),
    Case("service_3dc", "2026-12-30", "2027-01-01", "2027-01-02", "2027-01-14"),
    Case("promise", "2026-03-20", "2026-03-20", "2026-03-20", None),
    Case("manual", "2026-03-20", "2026-03-18", "2026-03-20", "2026-03-27"),
    Case("manual", "2026-03-20", "2026-03-20", "2026-03-20", None),
]


def make_fact(case, vehicle):
    rule = BY_CODE[case.rule]
    if rule.fact is Delivery:
        return make_delivery(vehicle, day(case.fact_day))
    if rule.fact is RepairOrder:
        return make_order(vehicle, day(case.fact_day))
    expires_on = case.expires and day(case.expires)
    agreed_at = at(vehicle.store, day(case.fact_day), 15) if case.rule == "promise" else None
    return make_planned(
        vehicle.owner,
        kind=case.rule,
        opens_on=day(case.opens),
        due_on=day(case.due),
        expires_on=expires_on,
        agreed_at=agreed_at,
        vehicle=vehicle,
    )


def test_every_rule_has_a_case():
    assert {case.rule for case in CASES} == {rule.code for rule in RULES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.fact_day}")
def test_a_fact_brings_its_call_in_its_window(case, pudong, focus, now):
    fact = make_fact(case, focus)
    opens = day(case.opens)
    items = DueItem.objects.filter(rule=case.rule)
    if not BY_CODE[case.rule].is_planned:
        generate_due(pudong, today=opens - dt.timedelta(days=1), now=now)
        assert not items.exists()
    generate_due(pudong, today=opens, now=now)
    item = items.get()
    assert (item.fact_id, item.customer, item.vehicle, item.state) == (fact.pk, focus.owner, focus, "open")
    assert (item.opens_on, item.due_on) == (opens, day(case.due))
    assert item.expires_on == (day(case.expires) if case.expires else None)
    if item.expires_on:
        generate_due(pudong, today=item.expires_on, now=now)
        assert items.get().state == "open"
        generate_due(pudong, today=item.expires_on + dt.timedelta(days=1), now=now)
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
    assert codes == {
        "delivery_3dc": "sales_3dc",
        "delivery_7dc": "sales_7dc",
        "service_3dc": "service_3dc",
        "promise": None,
        "manual": None,
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.rule)
def test_scripts_use_only_words_the_desk_can_fill_the_same_in_both_languages(script):
    words = [set(re.findall(r"\{(\w*)\}", text)) for text in (script.zh, script.en)]
    assert words[0] == words[1]
    assert words[0] <= set(PLACEHOLDERS)


def test_every_rule_is_explained_in_the_rules_handbook():
    text = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### `(\w+)`", text, re.M)) == set(BY_CODE)
