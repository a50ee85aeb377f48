"""The doors of the run: tasks and commands."""

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Store
from customers.models import Delivery
from dms.models import Batch
from followups.models import DueItem, GenerationRun
from followups.rules import RULES
from followups.services.generation import generate_due
from followups.services.planned import plan_promise
from followups.tasks import generate_after_import, generate_due_items, wake_due_promises
from tests.factories.customers import make_customer, make_delivery, make_vehicle

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
COUNTS = {"created", "closed", "superseded", "expired", "updated", "let_go"}


@pytest.fixture
def real_today(pudong):
    return pudong.day_of(timezone.now())


@pytest.fixture
def delivered(pudong, xuhui, real_today):
    """A car at each store, handed over yesterday."""
    for store in (pudong, xuhui):
        make_delivery(make_vehicle(make_customer(store, name="客户")), real_today - DAY)


def stores_with_items():
    return set(DueItem.objects.values_list("store__code", flat=True))


def test_the_morning_job_runs_all_active_stores(delivered):
    Store.objects.filter(code="XH").update(is_active=False)
    generate_due_items()
    assert stores_with_items() == {"PD"}
    Store.objects.update(is_active=True)
    generate_due_items.delay()
    assert stores_with_items() == {"PD", "XH"}


def test_the_job_can_run_one_store(delivered, xuhui):
    generate_due_items(xuhui.pk)
    assert stores_with_items() == {"XH"}


def test_one_failing_store_does_not_stop_the_others(delivered, caplog):
    Store.objects.filter(code="PD").update(time_zone="Nowhere/Land")
    generate_due_items()
    assert stores_with_items() == {"XH"}
    assert "generation failed for store PD" in caplog.text


def test_the_day_is_the_stores_own(pudong):
    """Half past eleven in the evening in Auckland is another day in Shanghai."""
    Store.objects.update(time_zone="Pacific/Kiritimati")  # 14 hours before UTC: the first to have any day
    generate_due_items()
    day = timezone.now().astimezone(Store.objects.get().zone).date()
    assert GenerationRun.objects.get().day == day


def test_after_an_import_facts_are_read_from_its_start_however_long_it_took(pudong, focus, real_today):
    now = timezone.now()
    generate_due(pudong, today=real_today, now=now)
    make_delivery(focus, real_today - 60 * DAY)  # long closed: found by its moment of change, or not at all
    Delivery.objects.update(changed_at=now - dt.timedelta(minutes=30))  # its chunk committed, the import went on
    generate_due(pudong, today=real_today, now=timezone.now())
    assert not DueItem.objects.exists()
    batch = Batch.objects.create(
        store=pudong, file_name="车主.xlsx", sha256="0" * 64, started_at=now - dt.timedelta(minutes=31)
    )
    generate_after_import(pudong.pk, batch.pk)
    assert set(DueItem.objects.values_list("state", flat=True)) == {"expired"}


def test_promises_are_woken_at_every_active_store(pudong, focus, wang, li, real_today):
    now = timezone.now()
    make_delivery(focus, real_today - DAY)
    generate_due(pudong, today=real_today, now=now)
    DueItem.objects.update(callable_at=now - 3 * DAY)
    plan_promise(wang, at=now + dt.timedelta(minutes=5), subject="报价", by=li, now=now - DAY, pinned_to=li)
    assert wang.card.rank > 0
    wake_due_promises()
    wang.card.refresh_from_db()
    assert (wang.card.rank < 0, wang.card.pinned_to) == (True, li)


# --- Commands ---------------------------------------------------------------------------------------------------------


def printed(capsys, *args):
    call_command("generate_due", *args)
    return capsys.readouterr().out


def test_generate_due_prints_one_json_object(delivered, real_today, capsys):
    report = json.loads(printed(capsys, "--json"))
    assert set(report) == {"date", "stores", "seconds"}
    assert report["date"] == real_today.isoformat()
    assert isinstance(report["seconds"], float)
    assert set(report["stores"]) == {"PD", "XH"}
    assert list(report["stores"]["PD"]) == [rule.code for rule in RULES]
    assert all(set(counts) == COUNTS for counts in report["stores"]["PD"].values())
    assert report["stores"]["XH"]["delivery_3dc"] == dict.fromkeys(COUNTS, 0) | {"created": 1}
    again = json.loads(printed(capsys, "--json"))
    assert {number for counts in again["stores"]["PD"].values() for number in counts.values()} == {0}


def test_generate_due_for_a_day_and_a_store(delivered, real_today, capsys):
    before = (real_today - 2 * DAY).isoformat()
    report = json.loads(printed(capsys, "--json", "--store", "PD", "--date", before))
    assert (report["date"], set(report["stores"])) == (before, {"PD"})
    assert not DueItem.objects.exists()
    later = (real_today + 5 * DAY).isoformat()
    report = json.loads(printed(capsys, "--json", "--store", "PD", "--date", later))
    assert report["stores"]["PD"]["delivery_7dc"]["created"] == 1
    assert stores_with_items() == {"PD"}


def test_generate_due_prints_a_table_for_people(delivered, capsys):
    text = printed(capsys, "--store", "PD")
    assert "delivery_3dc" in text
    assert "let_go" in text
    assert "{" not in text


@pytest.mark.parametrize("command", ["generate_due", "check_cards"])
def test_an_unknown_store_is_said(command, db):
    with pytest.raises(CommandError, match="XX"):
        call_command(command, "--store", "XX")


def test_a_day_that_is_none_is_refused(db):
    with pytest.raises(CommandError, match="--date"):
        call_command("generate_due", "--date", "2026-02-30")


def test_a_failing_store_makes_the_command_fail_after_the_others_were_done(delivered, capsys):
    Store.objects.filter(code="PD").update(time_zone="Nowhere/Land")
    with pytest.raises(CommandError, match="PD"):
        call_command("generate_due", "--json", "--date", timezone.localdate().isoformat())
    assert set(json.loads(capsys.readouterr().out)["stores"]) == {"XH"}
