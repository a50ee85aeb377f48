"""The demo dealership: believable, repeatable, and made by nothing but the real services."""

import datetime as dt
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from accounts.choices import Role
from accounts.models import Store, User
from common.vins import has_good_check_digit
from complaints.choices import ComplaintState
from complaints.models import Complaint, ComplaintNote
from customers.conflicts import conflicts_of
from customers.duplicates import pairs_of
from customers.models import Customer, Delivery, RepairOrder, Vehicle
from demo.life import LEFT_ALONE, Desk
from demo.world import World
from dms.inbox.folders import folder_of
from dms.models import Batch
from followups.models import Call, CallCard, DueItem
from followups.services.cards import check_cards
from tests.factories.complaints import make_complaint

TODAY = dt.date(2026, 3, 18)


def test_the_world_is_the_same_for_the_same_day_and_never_after_it():
    first, again = World(TODAY, vehicles=60), World(TODAY, vehicles=60)
    assert [car.vin for car in first.cars] == [car.vin for car in again.cars]
    assert max(car.delivered_on for car in first.cars) <= TODAY
    assert all(visit.opened_on <= TODAY for car in first.cars for visit in car.visits)
    assert len({car.vin for car in first.cars}) == 60


def test_demo_vins_carry_a_right_check_digit():
    assert all(has_good_check_digit(car.vin) for car in World(TODAY, vehicles=40).cars)


@pytest.mark.django_db
def test_an_empty_database_becomes_a_working_dealership(capsys):
    call_command("load_demo", vehicles=150, days=8)
    store = Store.objects.get()
    assert set(User.objects.values_list("role", flat=True)) == set(Role.values)
    shown = set(Complaint.objects.values_list("state", flat=True))
    assert shown >= set(ComplaintState.values) - {"void", "closed"}, "a case in every state that one can be shown in"
    assert set(Batch.objects.values_list("state", "sheet")) == {
        ("done", "owners"),
        ("done", "repair_orders"),
        ("done", "policies"),
    }
    assert Delivery.objects.count() >= 145
    assert RepairOrder.objects.filter(bringer__isnull=False).exists()
    assert Vehicle.objects.filter(store=store).count() >= 150 - 1
    assert DueItem.objects.filter(state="done").exists()
    assert Call.objects.filter(level="reached").exists()
    assert CallCard.objects.filter(is_open=True).exists()
    assert check_cards(store) == []

    # The pages of an import show life: conflicts, duplicates, checked data, sheets that went out, a file of the night.
    manager = User.objects.get(username="zhou")
    assert conflicts_of(manager).count() >= 3 and conflicts_of(manager, tab="decided").exists()
    assert set(pairs_of(manager).values_list("reason", flat=True)) >= {"number", "address"}
    assert pairs_of(manager, "same").count() == 1
    assert Customer.objects.filter(verified__has_key="address").exists()
    [night] = folder_of(store).glob("*.csv")
    assert "工单号" in night.read_bytes().decode("gb18030")

    call_command("demo_accounts")
    assert "demo-2026" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_store_that_is_there_is_left_alone(pudong):
    call_command("load_demo", if_empty=True)
    assert Store.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("load_demo")


@pytest.mark.django_db
def test_complaints_of_the_demo_are_handled_closed_reopened_and_some_forgotten(pudong, li, zhou, wang, now):
    opened_at = now - dt.timedelta(days=9)
    made = [make_complaint(wang, by=li, now=opened_at) for _ in range(LEFT_ALONE)]
    desk = Desk(pudong, [li], zhou)
    for offset in range(9):
        desk.handle_complaints(TODAY - dt.timedelta(days=9 - offset), now)
    assert Counter(Complaint.objects.values_list("state", flat=True))["closed"] == len(made) - 1
    forgotten = Complaint.objects.get(state="received")
    assert forgotten.pk % LEFT_ALONE == 0
    assert ComplaintNote.objects.filter(code="reopened").count() == 1
    assert {complaint.handler for complaint in Complaint.objects.filter(state="closed")} == {li}
