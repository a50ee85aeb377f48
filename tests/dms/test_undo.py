"""The undo as a job: asked for once, run in steps, resumed, found by the sweep, told to the queue, shown on its pages."""

import datetime as dt
import json
import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from audit.models import Change
from customers.models import Customer, Delivery, Phone, Vehicle
from customers.services import update_customer
from dms import services, undo
from dms.choices import BatchState
from dms.errors import WrongState
from dms.forecast import forecast
from dms.models import Batch, UndoRemnant
from dms.takeback import TakeBack, retirement_order
from followups.models import Call, DueItem
from followups.services.cards import check_cards
from followups.services.generation import generate_after_batch, generate_due
from tests.customers.facts import living, rows
from tests.dms.exports import OWNERS, bring_in, owner, vin, xlsx
from tests.followups.desk import call, done

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """As sudden as a lost process: no handler of the run gets to see it."""


def many(count, **values):
    return [OWNERS, *(owner(n, name=f"车主{n}", **values) for n in range(count))]


def items(store):
    columns = ("rule", "fact_id", "round", "customer__name", "state", "reason", "due_on")
    return sorted(map(str, DueItem.objects.filter(store=store).values_list(*columns)))


# --- who may, when ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [state for state in BatchState if state not in ("done", "failed")])
def test_only_what_has_run_can_be_undone(pudong, zhou, state):
    batch = bring_in(pudong, *many(1))
    Batch.objects.filter(pk=batch.pk).update(state=state)
    with pytest.raises(WrongState):
        undo.undo_batch(batch, by=zhou)
    assert Vehicle.objects.alive().count() == 1


def test_a_failed_import_that_wrote_nothing_cannot_be_undone(pudong, zhou):
    batch = bring_in(pudong, *many(1))
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.FAILED, rows_done=0)
    with pytest.raises(WrongState):
        undo.undo_batch(batch, by=zhou)


def test_a_batch_that_failed_half_way_gives_back_its_half(pudong, zhou, settings, monkeypatch):
    settings.IMPORT_CHUNK_ROWS = 2
    batch = services.stage_upload(store=pudong, by=zhou, file_name="a.xlsx", content=xlsx(*many(6)))
    services.preview_batch(batch)
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.QUEUED, heartbeat_at=timezone.now())
    advance, chunks = services._advance, []

    def fail(batch, **values):
        chunks.append(values.get("groups"))
        if len(chunks) == 4:
            raise RuntimeError
        return advance(batch, **values)

    monkeypatch.setattr(services, "_advance", fail)
    with pytest.raises(RuntimeError):
        services.run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.FAILED and Vehicle.objects.alive().count() == 4
    undo.undo_now(batch, by=zhou)
    assert not any(living(pudong).values())


def test_who_asked_is_recorded_and_the_worker_is_rung_once(pudong, zhou, django_capture_on_commit_callbacks):
    batch = bring_in(pudong, *many(2))
    with django_capture_on_commit_callbacks(execute=True) as bells:
        undo.undo_batch(batch, by=zhou)
        with pytest.raises(WrongState):
            undo.undo_batch(batch, by=zhou)
    assert len(bells) >= 1
    batch.refresh_from_db()
    assert (batch.state, batch.undone_by) == (BatchState.UNDONE, zhou)
    assert batch.undone_at is not None
    assert undo.numbers_of(batch)["retired"] == 10  # two each of customer, phone, car, stretch, delivery


# --- steps ------------------------------------------------------------------------------------------------------------
def two_batches(store):
    first = bring_in(store, *many(7))
    sold = (owner(n, name=f"新主{n}", phone=f"1390000{n:04d}", day="2026-03-05") for n in range(5))
    return first, bring_in(store, OWNERS, *sold, *many(9)[6:])


@pytest.mark.parametrize("at", range(1, 16))
def test_killed_at_any_step_it_goes_on_and_ends_alike(pudong, settings, monkeypatch, at):
    settings.IMPORT_CHUNK_ROWS = 3
    first, second = two_batches(pudong)
    step, steps = TakeBack.step, []

    def killed(self, *args):
        result = step(self, *args)
        steps.append(args)
        if len(steps) == at:
            raise Killed
        return result

    monkeypatch.setattr(TakeBack, "step", killed)
    with pytest.raises(Killed):
        undo.undo_now(second, by=None)
    monkeypatch.setattr(TakeBack, "step", step)
    Batch.objects.filter(pk=second.pk).update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    assert undo.find_undoing(timezone.now()) == [second.pk]
    second = undo.run_undo(second.pk)
    assert second.state == BatchState.UNDONE and not second.remnants.exists()
    names = set(Vehicle.objects.alive().values_list("vin", "owner__name"))
    assert names == {(vin(n), f"车主{n}") for n in range(7)}
    assert undo.numbers_of(second)["left"] == 0
    assert second.undo["restored"]["customers.Vehicle"] == 5
    undo.undo_now(first, by=None)
    assert not any(living(pudong).values())


def test_a_second_worker_leaves_at_once_and_one_that_was_overtaken_writes_nothing(pudong, settings, monkeypatch):
    settings.IMPORT_CHUNK_ROWS = 2
    batch = bring_in(pudong, *many(6))
    step, beside = TakeBack.step, []

    def overtake(self, *args):
        result = step(self, *args)
        if len(beside) == 2:
            Batch.objects.filter(pk=batch.pk).update(undo={**self.batch.undo, "token": "another"})
        beside.append(undo.run_undo(batch.pk).state)
        return result

    monkeypatch.setattr(TakeBack, "step", overtake)
    ended = undo.undo_now(batch, by=None)
    assert set(beside) == {BatchState.UNDOING} and ended.state == BatchState.UNDOING
    # What the step after the takeover wrote was rolled back with it.
    assert ended.undo["token"] != "another"


def test_a_bug_leaves_a_sentence_and_asking_again_goes_on(pudong, settings, monkeypatch, zhou):
    settings.IMPORT_CHUNK_ROWS = 2
    batch = bring_in(pudong, *many(6))
    step, steps = TakeBack.step, []

    def broken(self, *args):
        steps.append(args)
        if len(steps) == 3:
            raise ZeroDivisionError
        return step(self, *args)

    monkeypatch.setattr(TakeBack, "step", broken)
    with pytest.raises(ZeroDivisionError):
        undo.undo_now(batch, by=zhou)
    batch.refresh_from_db()
    assert (batch.state, batch.error_code) == (BatchState.FAILED, "undo_stopped")
    monkeypatch.undo()
    assert undo.undo_now(batch, by=zhou).state == BatchState.UNDONE
    assert not any(living(pudong).values())


def test_no_step_takes_more_than_a_lot_however_much_a_chunk_has_changed(pudong, monkeypatch):
    monkeypatch.setattr(undo, "LOTS", (4, 1))
    bring_in(pudong, *many(9, day="2026-03-01"))
    second = bring_in(pudong, *many(9, day="2026-03-05", model="蒙迪欧"))  # one chunk: nine cars and their deliveries
    step, sizes = TakeBack.step, []

    def measured(self, *args, **how):
        result = step(self, *args, **how)
        sizes.append(sum(len(table.old) for table in self.tables.values() if vars(table)) or result.done)
        return result

    monkeypatch.setattr(TakeBack, "step", measured)
    assert undo.numbers_of(undo.undo_now(second, by=None))["restored"] == 18
    assert max(sizes) == 4


def test_a_place_that_stays_taken_stops_a_stage_that_has_no_way_round(pudong, monkeypatch):
    batch, tried = bring_in(pudong, *many(1)), []

    def taken(self, kind, label, cursor, lot, **how):
        tried.append(lot)
        raise IntegrityError

    stages = TakeBack(batch).stages()
    monkeypatch.setattr(TakeBack, "stages", lambda self: stages[1:])
    monkeypatch.setattr(TakeBack, "step", taken)
    with pytest.raises(IntegrityError):
        undo.undo_now(batch, by=None)
    assert tried == list(undo.LOTS)
    assert Batch.objects.get().error_code == "undo_stopped"


def test_what_points_at_others_goes_first():
    labels = [
        "customers.Phone",
        "customers.Customer",
        "customers.Ownership",
        "customers.RepairOrder",
        "customers.Vehicle",
    ]
    place = retirement_order(labels).index
    assert place("customers.RepairOrder") < place("customers.Vehicle") < place("customers.Ownership")
    assert place("customers.Ownership") < place("customers.Customer") < place("customers.Phone")


def test_another_import_between_the_steps_keeps_what_it_told(pudong, settings, monkeypatch):
    settings.IMPORT_CHUNK_ROWS = 2
    batch = bring_in(pudong, *many(6))
    note, others = undo._note, []

    def note_then_import(noted, result):
        note(noted, result)
        if not others:
            others.append(bring_in(pudong, OWNERS, owner(3, name="车主3", plate="沪B33333"), owner(20, name="别人")))

    monkeypatch.setattr(undo, "_note", note_then_import)
    undo.undo_now(batch, by=None)
    assert set(Vehicle.objects.alive().values_list("vin", "plate")) == {(vin(3), "沪B33333"), (vin(20), "沪A00020")}


# --- the queue --------------------------------------------------------------------------------------------------------
def run_day(store, batch, now):
    generate_after_batch(store.pk, batch.pk, now=now)


def test_calls_close_with_the_undo_and_the_same_ones_open_again(pudong, zhou):
    now = timezone.now()
    day = (pudong.day_of(now) - dt.timedelta(days=2)).isoformat()
    generate_due(pudong, today=pudong.day_of(now), now=now)
    batch = bring_in(pudong, OWNERS, owner(1, day=day))
    run_day(pudong, batch, timezone.now())
    opened = items(pudong)
    assert DueItem.objects.open().count() == 1
    batch = undo.undo_now(batch, by=zhou)
    run_day(pudong, batch, timezone.now())
    assert DueItem.objects.get().reason == "fact_void" and check_cards(pudong) == []
    again = bring_in(pudong, OWNERS, owner(1, day=day))
    run_day(pudong, again, timezone.now())
    assert items(pudong) == opened
    assert DueItem.objects.open().count() == 1 and check_cards(pudong) == []


def test_calls_that_an_import_closed_are_open_again(pudong, zhou):
    now = timezone.now()
    header = ["VIN", "车主", "销售日期", "是否本公司购车"]
    day = (pudong.day_of(now) - dt.timedelta(days=2)).isoformat()
    bring_in(pudong, header, [vin(1), "甲乙", day, "是"])
    generate_due(pudong, today=pudong.day_of(now), now=now)
    opened = items(pudong)
    batch = bring_in(pudong, header, [vin(1), "甲乙", day, "否"])
    run_day(pudong, batch, timezone.now())
    assert not DueItem.objects.open().exists()
    batch = undo.undo_now(batch, by=zhou)
    run_day(pudong, batch, timezone.now())
    assert items(pudong) == opened and DueItem.objects.open().count() == 1


def test_the_undo_rings_for_the_queue(pudong, zhou, settings, django_capture_on_commit_callbacks):
    day = (pudong.day_of(timezone.now()) - dt.timedelta(days=2)).isoformat()
    with django_capture_on_commit_callbacks(execute=True):
        batch = bring_in(pudong, OWNERS, owner(1, day=day))
    assert DueItem.objects.open().count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        undo.undo_now(batch, by=zhou)
    assert not DueItem.objects.open().exists()


def test_what_was_called_about_stays_and_is_never_called_about_twice(pudong, li, today, now):
    batch = bring_in(pudong, OWNERS, owner(1), owner(2, name="李四"))
    generate_due(pudong, today=dt.date(2026, 3, 3), now=now)
    item = DueItem.objects.open().get(customer__name="王雅丽", rule="delivery_3dc")
    call(item.customer, "done", by=li, now=now, topics=[done(item)])
    batch = undo.undo_now(batch, by=None)
    assert Vehicle.objects.alive().get().vin == vin(1) and Delivery.objects.alive().count() == 1
    assert Phone.objects.alive().get().number == "13800000001"
    codes = set(batch.remnants.values_list("model", "code"))
    assert ("customers.Delivery", "followups.DueItem.fact_id") in codes
    assert ("customers.Customer", "customers.Contact.customer") in codes
    again = bring_in(pudong, OWNERS, owner(1), owner(2, name="李四"))
    assert again.counts["created"] == 1 and again.counts["unchanged"] == 1
    generate_due(pudong, today=dt.date(2026, 3, 3), now=now)
    item.refresh_from_db()
    assert item.state == "done" and Call.objects.count() == 1
    assert DueItem.objects.filter(rule="delivery_3dc").count() == 2


# --- the command ------------------------------------------------------------------------------------------------------
def command(*args):
    out, err = StringIO(), StringIO()
    try:
        call_command("undo_import", *args, stdout=out, stderr=err)
    except SystemExit as stop:
        return stop.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_undoes_and_says_what_it_did(pudong, zhou, now):
    batch = bring_in(pudong, OWNERS, owner(1))
    update_customer(Customer.objects.get(), {"note": "老客户"}, by=zhou, source="form", now=now)
    code, out, _err = command(str(batch.pk), "--json")
    answer = json.loads(out)
    assert code == 0 and answer["state"] == "undone" and answer["batch"] == batch.pk
    assert (answer["restored"], answer["retired"], answer["kept"], answer["left"]) == (0, 3, 2, 0)
    assert answer["remnants"] == [
        {"model": "customers.Customer", "object_id": Customer.objects.get().pk, "field": None, "code": "corrected_by_hand", "reason": "周敏已手工修改。"}
    ]  # fmt: skip
    code, out, _err = command(str(batch.pk), "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "wrong_state"
    code, _out, err = command("999999")
    assert code == 2 and err.strip() == "没有编号为 999999 的导入。"


# --- the pages --------------------------------------------------------------------------------------------------------
def test_the_page_says_in_numbers_what_will_happen_and_then_what_happened(pudong, zhou, login):
    first = bring_in(pudong, *many(3))
    bring_in(pudong, OWNERS, owner(0, name="车主0", plate="沪B00000"))
    update_customer(Customer.objects.get(name="车主2"), {"note": "老客户"}, by=zhou, source="form", now=timezone.now())
    person = login(zhou)
    page = person.get(reverse("dms:batch", args=[first.pk]))
    assert reverse("dms:undo", args=[first.pk]) in page.text
    page = person.get(reverse("dms:undo", args=[first.pk]))
    forecast = page.context["forecast"]
    assert forecast.retired["customers.Vehicle"] == 3 and forecast.restored == {}
    assert (forecast.newer, forecast.told_by_newer, forecast.edited) == (1, 1, 1)
    assert list(forecast.kept.values()) == [1]
    answer = person.post(reverse("dms:undo", args=[first.pk]))
    assert answer.status_code == 302
    undo.run_undo(first.pk)
    page = person.get(reverse("dms:batch", args=[first.pk]))
    assert "此导入已撤销" in page.text and reverse("dms:remnants", args=[first.pk]) in page.text
    page = person.get(reverse("dms:remnants", args=[first.pk]))
    assert "周敏已手工修改" in page.text and "车主2" in page.text
    kept = Customer.objects.get(name="车主2")
    assert reverse("customers:detail", args=[kept.pk]) in page.text


def test_what_was_brought_back_can_be_taken_back_again_on_the_page(pudong, zhou, login):
    first = bring_in(pudong, *many(3))
    told = forecast(first)
    undo.undo_now(first, by=zhou)
    again = bring_in(pudong, *many(3))
    assert forecast(again) == told and told.retired["customers.Vehicle"] == 3
    assert "disabled" not in login(zhou).get(reverse("dms:undo", args=[again.pk])).text.split("form-foot")[1]
    assert undo.undo_now(again, by=zhou).undo["retired"] == told.retired


def test_parts_of_what_is_kept_are_counted_as_kept(pudong, zhou, login):
    batch = bring_in(pudong, *many(1))
    update_customer(Customer.objects.get(), {"note": "老客户"}, by=zhou, source="form", now=timezone.now())
    told = forecast(batch).retired
    done = undo.undo_now(batch, by=zhou).undo
    assert done["kept"] == {"customers.Customer": 1, "customers.Phone": 1}
    assert {label: done["retired"].get(label, 0) + done["kept"].get(label, 0) for label in told} == told
    assert "保留的记录" in login(zhou).get(reverse("dms:batch", args=[batch.pk])).text


def test_the_list_of_what_was_left_costs_the_same_for_three_as_for_one(
    pudong, zhou, login, django_assert_max_num_queries
):
    batch = bring_in(pudong, *many(3))
    counts = []
    for number in (1, 3):
        UndoRemnant.objects.all().delete()
        for customer in Customer.objects.order_by("pk")[:number]:
            UndoRemnant.objects.create(batch=batch, model="customers.Customer", object_id=customer.pk, customer_id=customer.pk, label=customer.name, code="told_later")  # fmt: skip
        person = login(zhou)
        with django_assert_max_num_queries(100) as queries:
            person.get(reverse("dms:remnants", args=[batch.pk]))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_running_undo_shows_how_far_it_is(pudong, zhou, login):
    batch = bring_in(pudong, *many(3))
    Batch.objects.filter(pk=batch.pk).update(state=BatchState.UNDOING, undo={"done": 3, "total": 12, "stage": 1}, heartbeat_at=timezone.now())  # fmt: skip
    page = login(zhou).get(reverse("dms:batch", args=[batch.pk]))
    assert 'max="12"' in page.text and 'value="3"' in page.text and "正在撤销" in page.text


def test_a_specialist_may_not_undo_and_another_store_sees_nothing(pudong, zhou, li, zhao, login):
    batch = bring_in(pudong, *many(1))
    assert login(li).post(reverse("dms:undo", args=[batch.pk])).status_code == 403
    assert Vehicle.objects.alive().exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_undo_once(pudong, zhou, login):
    batch = bring_in(pudong, *many(4))
    answers, start = [], threading.Barrier(2)

    def click():
        visitor = login(zhou)
        start.wait()
        try:
            answers.append(visitor.post(reverse("dms:undo", args=[batch.pk])).status_code)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()
    batch.refresh_from_db()
    assert answers == [302, 302] and batch.state == BatchState.UNDONE
    assert not any(living(pudong).values())
    lines = Change.objects.filter(batch_id=batch.pk, deed="undo")
    assert lines.count() == sum(rows(pudong).values())
