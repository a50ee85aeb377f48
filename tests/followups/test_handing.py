"""Handing over what a person holds, and what happens by itself when she is not there."""

import datetime as dt
import itertools

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse
from django.utils import timezone

from accounts.absences import change_absence, end_absence, enter_absence
from accounts.services import deactivate_account, update_account
from audit.models import Change
from complaints.models import Complaint
from complaints.services import take_over
from followups.choices import Held, ItemState
from followups.models import CallCard, Draft, DueItem, Handed, HandOver, PlannedCall
from followups.reading.holdings import holdings_of, notes_on
from followups.services import handing
from followups.services.away import free_the_absent
from followups.services.cards import check_cards, recompute_cards
from followups.services.claims import take_card, take_next
from followups.services.generation import generate_due
from followups.services.handing import hand_over
from followups.services.planned import plan_promise
from followups.services.steering import assign_cards
from office.models import Notice
from tests.factories.complaints import make_complaint
from tests.factories.customers import make_customer
from tests.factories.followups import make_card

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
_serial = itertools.count(1)
ALL = dict.fromkeys(Held, ())


@pytest.fixture
def promise(pudong, li, now):
    """promise(at, to=李) of a customer of her own."""

    def _promise(at, to=li):
        customer = make_customer(pudong, name=f"客户{next(_serial)}号")
        return plan_promise(customer, at=at, subject="报价", by=to, now=now - 30 * DAY, pinned_to=to)

    return _promise


def pins():
    """{planned call: its item's person}, and the fact says the same."""
    found = {
        item.fact_id: item.pinned_to for item in DueItem.objects.filter(rule="promise").select_related("pinned_to")
    }
    assert found == {fact.pk: fact.pinned_to for fact in PlannedCall.objects.select_related("pinned_to")}
    return found


class TestHandOver:
    def test_promises_go_to_a_colleague_with_the_note(self, promise, li, chen, zhou, pudong, now):
        planned = promise(now + DAY)
        row = hand_over(li, {Held.PROMISE: [chen]}, store=pudong, by=zhou, now=now, note="她要报价单")
        assert pins() == {planned.pk: chen}
        item = DueItem.objects.get()
        assert (item.due_at, item.state, item.pinned_until > item.due_at) == (now + DAY, ItemState.OPEN, True)
        assert planned.customer.card.pinned_to == chen
        (note,) = notes_on(planned.customer.card, now)
        assert note.note == "她要报价单" and "李静" in note.words
        notice = Notice.objects.get(user=chen)
        assert "她要报价单" in notice.text and "李静" in notice.text
        assert notice.url == reverse("followups:handed", args=[row.pk])
        change = Change.objects.get(deed="hand_over", model="followups.plannedcall")
        assert change.changes == {"pinned_to": [li.pk, chen.pk]} and change.actor_id == zhou.pk
        assert check_cards(pudong, now=now) == []

    def test_to_the_team_is_pinned_to_nobody_and_anybody_may_take_it(self, promise, li, chen, zhou, pudong, now):
        planned = promise(now + dt.timedelta(minutes=1))
        assert take_next(chen, now=now) is None
        hand_over(li, {Held.PROMISE: []}, store=pudong, by=zhou, now=now)
        assert pins() == {planned.pk: None}
        assert take_next(chen, now=now).customer == planned.customer
        assert not Notice.objects.filter(user=chen).exists()

    def test_evenly_and_never_to_who_is_away_that_day(self, promise, li, chen, zhou, pudong, now, today):
        facts = [promise(now + dt.timedelta(days=1, minutes=number)) for number in range(4)]
        later = promise(now + 5 * DAY)
        enter_absence(zhou, kind="leave", first_on=today + 5 * DAY, last_on=today + 5 * DAY, by=None, now=now)
        enter_absence(chen, kind="leave", first_on=today + 5 * DAY, last_on=today + 5 * DAY, by=None, now=now)
        hand_over(li, {Held.PROMISE: [chen, zhou]}, store=pudong, by=zhou, now=now)
        found = pins()
        assert sorted(found[fact.pk].username for fact in facts) == ["chen", "chen", "zhou", "zhou"]
        assert found[later.pk] is None
        assert check_cards(pudong, now=now) == []

    def test_twice_moves_nothing_twice(self, promise, li, chen, zhou, pudong, now):
        promise(now + DAY)
        hand_over(li, {Held.PROMISE: [chen]}, store=pudong, by=zhou, now=now)
        assert hand_over(li, {Held.PROMISE: [zhou]}, store=pudong, by=zhou, now=now) is None
        assert Handed.objects.count() == HandOver.objects.count() == Notice.objects.count() == 1

    def test_killed_between_lots_it_goes_on_with_the_rest(self, promise, li, chen, zhou, pudong, now, monkeypatch):
        facts = [promise(now + DAY) for _number in range(3)]
        monkeypatch.setattr(handing, "LOT", 2)
        keep, seen = handing._Run.keep, []

        def dying(run, lines):
            keep(run, lines)
            seen.append(len(lines))
            if len(seen) == 2:
                raise MemoryError

        monkeypatch.setattr(handing._Run, "keep", dying)
        with pytest.raises(MemoryError):
            hand_over(li, {Held.PROMISE: [chen]}, store=pudong, by=zhou, now=now)
        assert sorted(str(person) for person in pins().values()) == sorted(["陈晨", "陈晨", "李静"])
        assert not Notice.objects.exists()
        monkeypatch.setattr(handing._Run, "keep", keep)
        hand_over(li, {Held.PROMISE: [chen]}, store=pudong, by=zhou, now=now)
        assert pins() == {fact.pk: chen for fact in facts}
        free_the_absent(pudong, now=now)  # and the first two are told as well
        assert Notice.objects.filter(user=chen).count() == 2

    def test_the_next_run_does_not_put_it_back(self, promise, li, chen, zhou, pudong, now):
        planned = promise(now + DAY)
        hand_over(li, {Held.PROMISE: [chen]}, store=pudong, by=zhou, now=now)
        generate_due(pudong, today=now.date(), now=now, full=True)
        assert pins() == {planned.pk: chen}

    def test_a_card_on_her_desk_goes_back_and_what_she_typed_stays(self, li, zhou, pudong, now, today):
        card = take_card(make_card(pudong, today=today, now=now).pk, user=li, now=now)
        Draft.objects.create(card=card, user=li, data={"note": ["她明天来"]}, updated_at=now)
        hand_over(li, {Held.LEASE: []}, store=pudong, by=zhou, now=now)
        card.refresh_from_db()
        assert (card.lease_by, card.lease_token) == (None, None)
        assert Draft.objects.get().user == li

    def test_a_draft_goes_to_a_person_unless_she_has_one_of_her_own(self, li, chen, zhou, pudong, now, today):
        cards = [make_card(pudong, today=today, now=now) for _number in range(2)]
        for card in cards:
            Draft.objects.create(card=card, user=li, data={"note": ["李"]}, updated_at=now)
        Draft.objects.create(card=cards[0], user=chen, data={"note": ["陈"]}, updated_at=now)
        hand_over(li, {Held.DRAFT: [chen]}, store=pudong, by=zhou, now=now)
        assert {(draft.card_id, draft.user_id, draft.data["note"][0]) for draft in Draft.objects.all()} == {
            (cards[0].pk, li.pk, "李"),
            (cards[0].pk, chen.pk, "陈"),
            (cards[1].pk, chen.pk, "李"),
        }

    def test_complaints_go_with_a_note_of_the_case(self, li, chen, zhou, wang, now, pudong):
        complaint = make_complaint(wang, by=zhou, now=now)
        take_over(complaint, by=li, now=now)
        hand_over(li, {Held.COMPLAINT: [chen]}, store=pudong, by=zhou, now=now, note="周五前回复")
        complaint = Complaint.objects.get()
        assert complaint.handler == chen
        note = complaint.notes.last()
        assert (note.code, note.text, note.params) == ("handed_over", "周五前回复", {"from": "李静", "to": "陈晨"})
        assert "周五前回复" in Notice.objects.get(user=chen).text

    def test_who_spoke_with_her_last_hands_that_over_too(self, li, chen, zhou, pudong, now, today):
        card = make_card(pudong, today=today, now=now, callable_at=now)
        CallCard.objects.filter(pk=card.pk).update(last_by=li)
        _spoken_once(card.customer, li, now)
        recompute_cards([card.customer_id], store=pudong, now=now)
        assert CallCard.objects.get().kept_for == li
        hand_over(li, {Held.KEPT: [chen]}, store=pudong, by=zhou, now=now)
        assert CallCard.objects.get().kept_for == chen
        assert check_cards(pudong, now=now) == []

    def test_what_is_not_named_stays(self, promise, li, zhou, pudong, now, wang):
        planned, complaint = promise(now + DAY), make_complaint(wang, by=zhou, now=now)
        take_over(complaint, by=li, now=now)
        hand_over(li, {Held.COMPLAINT: []}, store=pudong, by=zhou, now=now)
        assert pins() == {planned.pk: li} and Complaint.objects.get().handler is None


def _spoken_once(customer, person, now):
    from customers.services.contacts import record_contact

    record_contact(
        customer,
        channel="phone_out",
        at=now - 20 * DAY,
        by=person,
        connected=True,
        topics=[],
        summary="",
        origin="followups.call",
        origin_id=1,
    )


class TestAway:
    def test_promises_of_the_absence_go_to_the_deputy_and_the_managers_are_told(
        self, promise, li, chen, zhou, pudong, now, today
    ):
        within, after = promise(now + DAY), promise(now + 4 * DAY)
        absence = enter_absence(
            li, kind="leave", first_on=today, last_on=today + 2 * DAY, deputy=chen, by=zhou, now=now
        )
        assert free_the_absent(pudong, now=now) == 1
        assert pins() == {within.pk: chen, after.pk: li}
        assert "李静" in Notice.objects.get(user=zhou).text and "陈晨" in Notice.objects.get(user=zhou).text
        assert free_the_absent(pudong, now=now) == 0
        change_absence(absence, {"last_on": today + 4 * DAY}, by=zhou, now=now)
        free_the_absent(pudong, now=now)
        assert pins() == {within.pk: chen, after.pk: chen}

    def test_nothing_moves_before_it_begins(self, promise, li, zhou, pudong, now, today):
        planned = promise(now + DAY)
        enter_absence(li, kind="leave", first_on=today + DAY, last_on=today + DAY, by=zhou, now=now)
        assert free_the_absent(pudong, now=now) == 0
        assert pins() == {planned.pk: li}
        free_the_absent(pudong, now=now + DAY)
        assert pins() == {planned.pk: None}

    def test_a_machine_that_was_off_catches_up(self, promise, li, zhou, pudong, now, today):
        planned = promise(now + 2 * DAY)
        enter_absence(li, kind="illness", first_on=today, last_on=today + 3 * DAY, by=zhou, now=now)
        free_the_absent(pudong, now=now + 3 * DAY)
        assert pins() == {planned.pk: None}

    def test_back_early_doubles_nothing(self, promise, li, chen, zhou, pudong, now, today):
        promise(now + 2 * DAY)
        absence = enter_absence(
            li, kind="leave", first_on=today, last_on=today + 3 * DAY, deputy=chen, by=zhou, now=now
        )
        free_the_absent(pudong, now=now)
        end_absence(absence, back_on=today + DAY, by=zhou, now=now)
        assert free_the_absent(pudong, now=now + DAY) == 0
        assert DueItem.objects.count() == PlannedCall.objects.count() == 1

    def test_a_deputy_who_is_away_that_day_too(self, promise, li, chen, zhou, pudong, now, today):
        first, second = promise(now + dt.timedelta(hours=3)), promise(now + DAY)
        enter_absence(li, kind="leave", first_on=today, last_on=today + DAY, deputy=chen, by=zhou, now=now)
        enter_absence(chen, kind="day_off", first_on=today + DAY, last_on=today + DAY, by=zhou, now=now)
        free_the_absent(pudong, now=now)
        assert pins() == {first.pk: chen, second.pk: None}

    def test_a_card_is_not_kept_for_who_is_away(self, li, chen, zhou, pudong, now, today):
        card = make_card(pudong, today=today, now=now, callable_at=now - dt.timedelta(minutes=5))
        type(li).objects.filter(pk=li.pk).update(last_login=now - dt.timedelta(minutes=30))
        CallCard.objects.filter(pk=card.pk).update(last_by=li)
        _spoken_once(card.customer, li, now)
        recompute_cards([card.customer_id], store=pudong, now=now)
        assert take_next(chen, now=now) is None
        enter_absence(li, kind="illness", first_on=today, last_on=today, by=zhou, now=now)
        assert take_next(chen, now=now).pk == card.pk

    def test_the_callers_limit_waits_for_nobody_who_is_away(self, li, chen, zhou, pudong, now, today):
        card = make_card(pudong, today=today, now=now, callable_at=now - dt.timedelta(minutes=5))
        type(li).objects.filter(pk=li.pk).update(last_login=now - dt.timedelta(minutes=30))
        _spoken_once(card.customer, li, now)
        CallCard.objects.filter(pk=card.pk).update(callers_until=now + 100 * DAY)
        assert take_next(chen, now=now) is None
        enter_absence(li, kind="illness", first_on=today, last_on=today, by=zhou, now=now)
        assert take_next(chen, now=now).pk == card.pk


class TestLeavers:
    def test_the_page_says_what_she_holds_before_the_account_is_closed(self, promise, li, qian, login, now):
        promise(timezone.now() + DAY)
        client, address = login(qian), reverse("accounts:person_deactivate", args=[li.pk])
        answer = client.post(address)
        li.refresh_from_db()
        assert answer.status_code == 409 and li.is_active
        assert reverse("followups:hand_over", args=[li.pk]) in answer.text
        assert client.post(address, {"anyway": "1"}).status_code == 302
        li.refresh_from_db()
        assert not li.is_active and set(pins().values()) == {None}

    def test_who_holds_nothing_leaves_at_once(self, li, qian, login):
        login(qian).post(reverse("accounts:person_deactivate", args=[li.pk]))
        li.refresh_from_db()
        assert not li.is_active

    def test_nothing_stays_pinned_to_a_closed_account(self, promise, li, qian, zhou, pudong, now, today, wang):
        planned, complaint = promise(now + DAY), make_complaint(wang, by=zhou, now=now)
        take_over(complaint, by=li, now=now)
        take_card(make_card(pudong, today=today, now=now).pk, user=li, now=now)
        deactivate_account(li, by=qian)
        (wrong,) = check_cards(pudong, now=now)
        assert (wrong.column, wrong.card_says) == ("pinned_to_id", li.pk)
        with pytest.raises(CommandError):
            call_command("check_cards")
        free_the_absent(pudong, now=now)
        assert pins() == {planned.pk: None} and Complaint.objects.get().handler is None
        assert not CallCard.objects.filter(lease_by=li).exists()
        assert check_cards(pudong, now=now) == []
        assert "李静" in Notice.objects.get(user=zhou).text

    def test_who_went_to_another_store_holds_nothing_here(self, promise, li, qian, xuhui, pudong, now):
        planned = promise(now + DAY)
        update_account(li, {"store": xuhui}, by=qian)
        free_the_absent(pudong, now=now)
        assert pins() == {planned.pk: None}

    def test_the_other_stores_work_is_left_alone(self, promise, li, zhao, xuhui, pudong, now):
        theirs = plan_promise(make_customer(xuhui), at=now + DAY, subject="x", by=zhao, now=now, pinned_to=zhao)
        deactivate_account(li, by=None)
        free_the_absent(pudong, now=now)
        assert pins() == {theirs.pk: zhao}

    def test_has_left_takes_everything(self, promise, li, chen, zhou, pudong, now, today, wang):
        planned, complaint = promise(now + 90 * DAY), make_complaint(wang, by=zhou, now=now)
        take_over(complaint, by=li, now=now)
        enter_absence(li, kind="left", first_on=today, last_on=None, deputy=chen, by=zhou, now=now)
        free_the_absent(pudong, now=now)
        assert pins() == {planned.pk: chen} and Complaint.objects.get().handler == chen


class TestPages:
    def test_the_page_counts_and_hands_over(self, promise, li, chen, zhou, login, now, wang):
        promise(timezone.now() + DAY)
        complaint = make_complaint(wang, by=zhou, now=now)
        take_over(complaint, by=li, now=now)
        client, address = login(zhou), reverse("followups:hand_over", args=[li.pk])
        page = client.get(address)
        assert [(held.kind, held.count) for held in page.context["form"].holdings] == [("promise", 1), ("complaint", 1)]
        answer = client.post(address, {"to_promise": chen.pk, "to_complaint": "", "note": "拜托"}, follow=True)
        assert set(pins().values()) == {chen} and Complaint.objects.get().handler == li
        assert "拜托" in answer.text and "陈晨" in answer.text

    def test_a_stranger_is_no_receiver(self, promise, li, zhao, zhou, login):
        promise(timezone.now() + DAY)
        answer = login(zhou).post(reverse("followups:hand_over", args=[li.pk]), {"to_promise": zhao.pk})
        assert "to_promise" in answer.context["form"].errors and set(pins().values()) == {li}

    def test_only_what_falls_into_the_absence(self, promise, li, chen, zhou, login, pudong):
        now = timezone.now()
        day = pudong.day_of(now)
        within, after = promise(now + DAY), promise(now + 9 * DAY)
        absence = enter_absence(li, kind="leave", first_on=day, last_on=day + 2 * DAY, deputy=chen, by=zhou, now=now)
        client, address = login(zhou), f"{reverse('followups:hand_over', args=[li.pk])}?absence={absence.pk}"
        form = client.get(address).context["form"]
        assert form["to_promise"].value() == str(chen.pk)
        client.post(address, {"to_promise": chen.pk, "through": form["through"].value()})
        assert pins() == {within.pk: chen, after.pk: li}

    def test_whoever_gets_it_reads_her_part(self, promise, li, chen, zhou, login, pudong, now):
        mine, other = promise(now + DAY), promise(now + DAY)
        hand_over(li, {Held.PROMISE: [chen, zhou]}, store=pudong, by=zhou, now=now, note="见备注")
        row = HandOver.objects.get()
        address = reverse("followups:handed", args=[row.pk])
        names = {pins()[fact.pk]: fact.customer.name for fact in (mine, other)}
        text = login(chen).get(address).text
        assert names[chen] in text and names[zhou] not in text and "见备注" in text
        whole = login(zhou).get(address).text
        assert names[chen] in whole and names[zhou] in whole

    def test_as_many_queries_for_three_as_for_one(
        self, promise, li, zhou, login, pudong, django_assert_max_num_queries, django_assert_num_queries
    ):
        now, client, address = timezone.now(), login(zhou), reverse("followups:hand_over", args=[li.pk])
        promise(now + DAY)
        client.get(address)
        with django_assert_max_num_queries(22) as one:
            client.get(address)
        promise(now + DAY), promise(now + 2 * DAY)
        with django_assert_num_queries(len(one)):
            assert client.get(address).context["form"].holdings[0].count == 3

    def test_the_desk_shows_the_note(self, promise, li, chen, zhou, login, pudong):
        now = timezone.now()
        planned = promise(now + dt.timedelta(minutes=2))
        hand_over(li, {Held.PROMISE: [chen]}, store=pudong, by=zhou, now=now, note="她只要报价")
        card = take_card(planned.customer.card.pk, user=chen, now=now)
        assert "她只要报价" in login(chen).get(reverse("followups:desk", args=[card.pk])).text
        DueItem.objects.update(state=ItemState.DONE)
        assert notes_on(card, now) == []

    def test_holdings_are_hers_alone(self, promise, li, chen, pudong, now):
        promise(now + DAY, to=chen)
        assert holdings_of(li, pudong, now) == []
        assert [held.kind for held in holdings_of(chen, pudong, now)] == ["promise"]


def test_reserved_cards_are_shown_and_go_along_until_their_day(li, chen, zhou, pudong, today, now):
    cards = [make_card(pudong, today=today, now=now) for _number in range(3)]
    assign_cards(cards, to=li, by=zhou, now=now, note="熟客")
    until = CallCard.objects.get(pk=cards[0].pk).assigned_until
    (held,) = holdings_of(li, pudong, now)
    assert (held.kind, held.count) == (Held.RESERVED, 3)
    row = hand_over(li, {Held.RESERVED: [chen]}, store=pudong, by=zhou, now=now, note="请接着打")
    assert set(CallCard.objects.values_list("assigned_to", "assigned_until")) == {(chen.pk, until)}
    assert row.lines.count() == 3 and "3" in Notice.objects.get(user=chen, key=f"handed-{row.pk}").text
    hand_over(chen, {Held.RESERVED: []}, store=pudong, by=zhou, now=now)
    assert set(CallCard.objects.values_list("assigned_to", "assigned_until")) == {(None, None)}
    assert holdings_of(chen, pudong, now) == []
