"""What an import changed in the queue: its own calls and no others, told on the page of the import."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from dms.models import Batch
from followups.models import DueItem, GenerationRun, ImportEffect
from followups.reading import effects
from followups.services.effects import find_unheard, record_effect
from followups.services.generation import generate_after_batch, generate_due
from followups.tasks import sweep_after_imports
from tests.dms.exports import ORDERS, OWNERS, bring_in, order, owner, vin
from tests.factories.customers import make_customer, make_delivery, make_vehicle


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def days(pudong, now):
    """days(n): the day n days before the store's today, as a file writes it."""
    return lambda back: (pudong.day_of(now) - dt.timedelta(days=back)).isoformat()


def effect_of(store, *rows):
    """(batch, its effect) of these rows, imported and generated."""
    batch = bring_in(store, *rows)
    generate_after_batch(store.pk, batch.pk, now=timezone.now())
    return batch, ImportEffect.objects.get(batch=batch)


def test_new_calls_are_counted_by_rule_with_their_customers(pudong, days):
    _batch, effect = effect_of(
        pudong, OWNERS, owner(1, day=days(3)), owner(2, name="李明", day=days(3)), owner(3, day=days(60))
    )
    assert effect.counts["delivery_3dc"]["open"] == 2
    assert effect.counts["delivery_3dc"]["late"] == 1
    assert (effect.customers, effect.today, len(effect.items)) == (2, 2, 2)


def test_calls_of_other_facts_in_the_same_run_are_not_its_own(pudong, days, now):
    other = make_customer(pudong, name="别人", number="13700000009")
    make_delivery(make_vehicle(other, vin=vin(90)), pudong.day_of(now) - dt.timedelta(days=3))
    _batch, effect = effect_of(pudong, OWNERS, owner(1, day=days(3)))
    assert DueItem.objects.filter(rule="delivery_3dc").count() == 2
    assert effect.counts["delivery_3dc"]["open"] == 1
    assert effect.customers == 1


def test_corrected_day_moves_its_call_or_closes_it_with_the_reason(pudong, days):
    effect_of(pudong, OWNERS, owner(1, day=days(3)), owner(2, day=days(4), phone="13800000099"))
    _batch, effect = effect_of(pudong, OWNERS, owner(1, day=days(2)), owner(2, day=days(90), phone="13800000099"))
    numbers = effect.counts["delivery_3dc"]
    assert numbers["moved"] == 1
    assert numbers["closed"] == {"fact_moved": 1}
    assert numbers["open"] == 0


def test_same_file_again_changes_nothing_for_the_desks(pudong, days):
    rows = [ORDERS, order("RO1", vin(1), opened=days(4), settled=days(3))]
    bring_in(pudong, OWNERS, owner(1, day="2026-01-05"))
    _batch, first = effect_of(pudong, *rows)
    assert first.counts["service_3dc"]["open"] == 1
    _batch, again = effect_of(pudong, *rows)
    assert again.counts == {}
    assert (again.customers, again.items) == (0, [])


def test_is_found_whichever_run_made_the_calls_and_stays_as_it_was(pudong, days, now):
    batch = bring_in(pudong, OWNERS, owner(1, day=days(3)))
    generate_due(pudong, today=pudong.day_of(now), now=timezone.now())  # the morning run came first
    generate_after_batch(pudong.pk, batch.pk, now=timezone.now())
    effect = ImportEffect.objects.get()
    assert effect.counts["delivery_3dc"]["open"] == 1
    DueItem.objects.update(state="done")
    assert record_effect(batch.pk, now=timezone.now()).counts == effect.counts


def test_batch_that_is_not_done_leaves_no_effect(pudong):
    batch = bring_in(pudong, OWNERS, owner(1))
    Batch.objects.filter(pk=batch.pk).update(state="undone")
    assert record_effect(batch.pk, now=timezone.now()) is None


# --- the panel ------------------------------------------------------------------------------------------------------
def panel(client, batch):
    return client.get(reverse("followups:import_effect", args=[batch.pk])).content.decode()


def test_panel_polls_until_it_is_worked_out(login, zhou, pudong, days):
    batch = bring_in(pudong, OWNERS, owner(1, day=days(3)))
    client = login(zhou)
    assert 'hx-trigger="every 3s"' in panel(client, batch)
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - dt.timedelta(minutes=5))
    assert "后台任务进程" in panel(client, batch)
    Batch.objects.filter(pk=batch.pk).update(finished_at=timezone.now() - dt.timedelta(hours=1))
    assert "every 3s" not in panel(client, batch)
    generate_after_batch(pudong.pk, batch.pk, now=timezone.now())
    text = panel(client, batch)
    assert "every 3s" not in text
    assert "王雅丽" in text


def test_numbers_open_their_calls_and_no_others(login, zhou, pudong, days, now):
    other = make_customer(pudong, name="别人", number="13700000009")
    make_delivery(make_vehicle(other, vin=vin(90)), pudong.day_of(now) - dt.timedelta(days=3))
    batch, _effect = effect_of(pudong, OWNERS, owner(1, day=days(3)))
    client = login(zhou)
    url = f"{reverse('followups:items')}?rule=delivery_3dc&state=open&batch={batch.pk}&is_new=true"
    assert url.replace("&", "&amp;") in panel(client, batch)
    response = client.get(url)
    assert [row.item.customer.name for row in response.context["rows"]] == ["王雅丽"]
    assert batch.file_name in response.content.decode()
    again, effect = effect_of(pudong, OWNERS, owner(1, day=days(2)), owner(2, name="李明", day=days(3)))
    assert (effect.counts["delivery_3dc"]["open"], effect.counts["delivery_3dc"]["moved"]) == (1, 1)
    rows = client.get(url.replace(f"batch={batch.pk}", f"batch={again.pk}")).context["rows"]
    assert [row.item.customer.name for row in rows] == ["李明"]


def test_nothing_changed_is_said_so(login, zhou, pudong):
    batch, _effect = effect_of(pudong, OWNERS, owner(1, day=""))
    assert "没有带来" in panel(login(zhou), batch)


def test_stands_on_the_page_of_the_import_for_who_works_the_queue(login, zhou, qian, pudong):
    batch = bring_in(pudong, OWNERS, owner(1))
    url = reverse("followups:import_effect", args=[batch.pk])
    page = reverse("dms:batch", args=[batch.pk])
    assert f'hx-get="{url}"' in login(zhou).get(page).content.decode()
    assert url not in login(qian).get(page).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_panel_costs_the_same_for_one_and_three(count, login, zhou, pudong, days, django_assert_max_num_queries):
    batch, _effect = effect_of(
        pudong, OWNERS, *(owner(number, name=f"客户{number}", day=days(3)) for number in range(count))
    )
    client = login(zhou)
    panel(client, batch)
    with django_assert_max_num_queries(7):
        assert panel(client, batch).count("客户") >= count


def test_who_is_not_named_is_counted(login, zhou, li, pudong, days, monkeypatch):
    monkeypatch.setattr(effects, "FIRST", 2)
    rows = [owner(number, name=f"客户{number}", day=days(3)) for number in range(5)]
    batch, _effect = effect_of(pudong, OWNERS, *rows)
    text = panel(login(zhou), batch)
    assert text.count(">客户") == 2
    assert "另有 3 位客户未列出" in text
    url = f"{reverse('followups:items')}?state=open&batch={batch.pk}"
    assert url.replace("&", "&amp;") in text and url not in panel(login(li), batch)
    assert len(login(zhou).get(url).context["rows"]) >= 5
    DueItem.objects.filter(customer__name__in=["客户0", "客户1"]).update(state="done")
    assert "另有 3 位客户未列出" in panel(login(zhou), batch)


def test_an_import_whose_bell_was_lost_is_followed_by_a_run_after_all(pudong, days):
    batch = bring_in(pudong, OWNERS, owner(1, day=days(3)))  # within a test's transaction nothing rings
    assert find_unheard(timezone.now()) == []  # the worker may be about to hear it
    later = timezone.now() - dt.timedelta(minutes=3)
    Batch.objects.filter(pk=batch.pk).update(finished_at=later)
    assert find_unheard(timezone.now()) == [(pudong.pk, batch.pk)]

    sweep_after_imports()

    assert DueItem.objects.filter(rule="delivery_3dc", state="open").count() == 1
    assert ImportEffect.objects.get(batch=batch).counts["delivery_3dc"]["open"] == 1
    assert find_unheard(timezone.now()) == []


def test_so_is_the_undo_of_one(pudong, days):
    batch, _effect = effect_of(pudong, OWNERS, owner(1, day=days(3)))
    long_ago = timezone.now() - dt.timedelta(minutes=3)
    GenerationRun.objects.update(finished_at=long_ago - dt.timedelta(minutes=1))
    Batch.objects.filter(pk=batch.pk).update(state="undone", undone_at=long_ago)
    assert find_unheard(timezone.now()) == [(pudong.pk, batch.pk)]
    sweep_after_imports()
    assert find_unheard(timezone.now()) == []


def test_another_stores_import_narrows_nothing(login, zhou, xuhui, pudong, days):
    foreign, _effect = effect_of(xuhui, OWNERS, owner(1, day=days(3)))
    response = login(zhou).get(reverse("followups:items"), {"batch": foreign.pk, "is_new": "true"})
    assert response.status_code == 200
    assert response.context["rows"] == []
    assert foreign.file_name not in response.content.decode()
