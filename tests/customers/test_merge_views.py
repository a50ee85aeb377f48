"""The side-by-side page: what it proposes, what it refuses, and the addresses of a file that is part of another one."""

import datetime as dt

import pytest
from django.urls import reverse

from customers.merging import Value, best_of, side_by_side, without_title
from customers.models import Customer, DuplicatePair, Merge
from customers.services.duplicates import refresh_duplicates
from followups.services.claims import take_card
from tests.factories.customers import make_customer, make_vehicle
from tests.factories.followups import make_item

pytestmark = pytest.mark.django_db
NUMBER = "13800000001"


@pytest.fixture
def pair(pudong, now):
    first = make_customer(pudong, name="王建国", number=NUMBER, dms_no="K1", address="老地址12号", note="急性子")
    stamp = {"address": now.isoformat()}
    second = make_customer(
        pudong, name="王建国先生", number=NUMBER, address="新地址34号", wechat="wx1", note="下午打", verified=stamp
    )
    refresh_duplicates(pudong, [first.pk])
    return DuplicatePair.objects.get(first=first, second=second)


DAY = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [
        (Value("a"), Value(""), "first"),
        (Value(""), Value("b", verified_at=None), "second"),
        (Value("a", at=DAY), Value("b", at=DAY - dt.timedelta(days=99), verified_at=DAY), "second"),
        (Value("a", verified_at=DAY), Value("b", verified_at=DAY - dt.timedelta(1)), "first"),
        (Value("a", at=DAY - dt.timedelta(1)), Value("b", at=DAY), "second"),
        (Value("a", at=DAY), Value("b", at=DAY), "second"),
    ],
)
def test_confirmed_beats_newer_beats_the_kept_one(first, second, chosen):
    assert best_of(first, second, "second") == chosen


def test_the_page_proposes(pair):
    page = side_by_side(pair)
    assert page.kept == "first"
    chosen = {row.name: row.chosen for row in page.rows}
    assert chosen == {"name": "first", "address": "second", "note": "both", "wechat": "second"}
    assert [label for label, _words in page.alike][0] == "客户性质"
    assert [row.key for row in page.rows if not row.is_settled] == [1, 2, 3]


def test_it_is_merged_as_chosen_and_her_old_address_leads_on(pair, login, zhou, li):
    client = login(zhou)
    url = f"/customers/duplicates/{pair.pk}/merge/"
    text = client.get(url).text
    assert NUMBER not in text and "138****0001" in text and "老地址12号" in text
    seen = text.split('name="seen" value="')[1].split('"')[0]
    data = {"seen": seen, "keep": "first", "choice-name": "first", "choice-address": "first", "choice-note": "both"}
    assert client.post(url, data).headers["Location"] == f"/customers/{pair.first_id}/"
    kept = Customer.objects.get(pk=pair.first_id)
    assert (kept.name, kept.address, kept.wechat, kept.note) == ("王建国", "老地址12号", "wx1", "急性子\n下午打")
    assert login(li).get(f"/customers/{pair.second_id}/").headers["Location"] == f"/customers/{kept.pk}/"
    page = client.get(f"/customers/{kept.pk}/").text
    assert "王建国先生" in page and "/undo/" in page
    assert "/undo/" not in login(li).get(f"/customers/{kept.pk}/").text
    assert "王建国先生" in client.get(f"/customers/{kept.pk}/history/").text
    # Somebody who still has the page open is led to the one file.
    assert client.post(url, data).status_code == 302 and Merge.objects.count() == 1


def test_what_changed_meanwhile_is_shown_and_choices_stay(pair, login, zhou):
    client = login(zhou)
    url = f"/customers/duplicates/{pair.pk}/merge/"
    seen = side_by_side(pair).fingerprint
    Customer.objects.filter(pk=pair.second_id).update(address="刚改的地址")
    answer = client.post(url, {"seen": seen, "keep": "second", "choice-address": "first"})
    assert answer.status_code == 409 and "刚改的地址" in answer.text
    assert answer.context["form"].kept == "second" and not Merge.objects.exists()
    row = next(row for row in answer.context["page"].rows if row.name == "address")
    assert row.chosen == "first"


def test_a_card_in_hand_is_named(pair, login, zhou, li, today, now):
    make_item(pair.second, today=today, now=now)
    take_card(pair.second.card.pk, user=li, now=dt.datetime.now(dt.UTC))
    data = {"seen": side_by_side(pair).fingerprint, "keep": "first"}
    answer = login(zhou).post(f"/customers/duplicates/{pair.pk}/merge/", data)
    assert answer.status_code == 409 and "李静" in answer.text


def test_the_undo_says_what_stays(pair, login, zhou):
    client = login(zhou)
    client.post(f"/customers/duplicates/{pair.pk}/merge/", {"seen": side_by_side(pair).fingerprint, "keep": "first"})
    merge = Merge.objects.get()
    make_vehicle(merge.kept)
    Customer.objects.filter(pk=merge.kept_id).update(wechat="wx9")
    text = client.post(f"/customers/merges/{merge.pk}/undo/", follow=True).text
    assert "微信" in text and merge.kept.name in text
    assert Customer.objects.alive().count() == 2
    assert "已" in client.post(f"/customers/merges/{merge.pk}/undo/", follow=True).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_merges_costs_the_same(count, pudong, login, zhou, now, django_assert_max_num_queries):
    from customers.services.merging import merge_customers

    for _ in range(count):
        merge_customers(make_customer(pudong), make_customer(pudong), choices={}, by=zhou, now=now)
    client = login(zhou)
    client.get("/customers/merges/")
    with django_assert_max_num_queries(9):
        assert client.get("/customers/merges/").text.count("<tr>") == count + 1


@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [("刘芳", "刘芳女士", "first"), ("刘斌先生", "刘斌", "second"), ("刘斌", "刘太太", ""), ("刘芳", "刘方", "")],
)
def test_a_title_is_no_part_of_a_name(first, second, chosen):
    assert without_title(Value(first), Value(second)) == chosen


class TestPickedByHand:
    """Two files that nothing has put side by side."""

    def files(self, store):
        return make_customer(store, name="周国强", number="13811110000"), make_customer(
            store, name="周老师", number="13922220000"
        )

    def test_the_other_file_is_searched_for_and_stands_beside_hers(self, login, zhou, pudong, xuhui):
        first, second = self.files(pudong)
        make_customer(xuhui, name="周老师")
        page = login(zhou).get(reverse("customers:merge_with", args=[first.pk]), {"q": "周"})
        assert [hit.customer for hit in page.context["found"].hits] == [second]  # not herself, not the other store's
        address = reverse("customers:merge_picked", args=[first.pk, second.pk])
        assert address in page.content.decode()
        beside = login(zhou).get(address).content.decode()
        assert "人工指定" in beside and "周老师" in beside and not DuplicatePair.objects.exists()

    def test_they_are_merged_and_taken_apart_again(self, login, zhou, pudong, now):
        first, second = self.files(pudong)
        address, client = reverse("customers:merge_picked", args=[second.pk, first.pk]), login(zhou)
        seen = client.get(address).context["page"].fingerprint
        client.post(address, {"keep": "first", "seen": seen})
        merge = Merge.objects.get()
        assert (merge.kept, merge.gone, merge.pair.reason) == (first, second, "picked")
        assert client.get(address)["Location"] == reverse("customers:detail", args=[second.pk])
        client.post(reverse("customers:merge_undo", args=[merge.pk]))
        assert not Customer.objects.get(pk=second.pk).is_void

    def test_who_was_held_for_different_people_can_be_merged_and_it_is_said(self, login, zhou, pudong, now):
        first, second = self.files(pudong)
        DuplicatePair.objects.create(
            store=pudong,
            first=first,
            second=second,
            reason="shared",
            state="different",
            decided_by=zhou,
            decided_at=now,
        )
        page = login(zhou).get(reverse("customers:merge_picked", args=[first.pk, second.pk])).content.decode()
        assert "周敏曾认定这是不同的人" in page

    def test_a_file_is_no_pair_with_itself(self, login, zhou, pudong):
        first, _second = self.files(pudong)
        assert login(zhou).get(reverse("customers:merge_picked", args=[first.pk, first.pk])).status_code == 404
