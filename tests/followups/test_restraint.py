"""How often a customer is contacted and by how many people; what rests, what does not, whom a card is offered to."""

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from audit.models import Change
from common.bands import call_time_later
from customers.models import Contact
from customers.services import add_phone, record_contact, void_contact
from followups.models import DeskDial, Override
from followups.services.cards import check_cards, recompute_cards, wake_promises
from followups.services.claims import release, take_card, take_next
from followups.services.generation import generate_due
from followups.services.overrides import Restrained, Why
from followups.services.planned import plan_manual, plan_promise
from followups.services.undo import undo_visit
from tests.conftest import at
from tests.factories.customers import make_customer
from tests.factories.followups import make_item
from tests.followups.desk import again, call, card_of, done

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
_serial = itertools.count(1)


@pytest.fixture
def item(wang, focus, today, now):
    return make_item(wang, today=today, now=now)


def contacted(customer, moment, by=None, *, channel="phone_out", connected=True, **fields) -> Contact:
    how = {"channel": channel, "connected": connected, "by": by, "topics": [], "summary": {}}
    return record_contact(customer, at=moment, **{**how, **fields})


def card_after(customer, now):
    recompute_cards([customer.pk], store=customer.store, now=now)
    assert check_cards(customer.store, now=now) == []
    return card_of(customer)


class TestBudget:
    def test_two_contacts_in_seven_days_let_a_card_rest_until_the_older_is_a_week_ago(self, wang, item, li, now):
        first = now - 3 * DAY
        contacted(wang, first, li)
        assert card_after(wang, now).rested_until is None
        contacted(wang, now - DAY, None, channel="sms", connected=False)
        card = card_after(wang, now)
        assert card.rested_until == card.callable_at == first + 7 * DAY
        assert again(item).due_on == item.due_on
        assert take_next(li, now=now) is None
        assert take_next(li, now=first + 7 * DAY).pk == card.pk  # by itself: nothing needs to run for it

    @pytest.mark.parametrize(
        ("channel", "connected", "counts"),
        [
            ("phone_out", True, True),
            ("phone_out", False, False),
            ("phone_in", True, False),
            ("visit", True, False),
            ("sms", False, True),
            ("wechat", False, True),
        ],
    )
    def test_what_counts_is_what_reached_her_from_us(self, wang, item, li, now, channel, connected, counts):
        for hours in (5, 6):
            contacted(wang, now - hours * HOUR, li, channel=channel, connected=connected)
        assert (card_after(wang, now).rested_until is not None) == counts

    def test_what_was_undone_counts_no_more(self, wang, item, li, now):
        for number in (1, 2):
            contacted(wang, now - number * HOUR, li, origin="x.y", origin_id=number)
        assert card_after(wang, now).rested_until
        void_contact("x.y", 1)
        assert card_after(wang, now).rested_until is None

    def test_who_shares_a_number_is_contacted_together(self, pudong, wang, item, li, now, today):
        son = make_customer(pudong, name="王小明", number="13812345678")
        make_item(son, today=today, now=now)
        contacted(wang, now - HOUR, li)
        contacted(son, now - DAY, li)
        recompute_cards([wang.pk, son.pk], store=pudong, now=now)
        assert [card_after(who, now).rested_until for who in (wang, son)] == [now - DAY + 7 * DAY] * 2

    def test_two_numbers_in_common_count_a_contact_once(self, pudong, wang, item, li, now, today):
        son = make_customer(pudong, name="王小明", number="13812345678")
        for who in (wang, son):
            add_phone(who, "02158881234", by=li, source="form", now=now)
        contacted(son, now - HOUR, li)
        assert card_after(wang, now).rested_until is None

    def test_another_stores_contacts_with_the_same_number_are_not_ours(self, xuhui, wang, item, zhao, now):
        hers = make_customer(xuhui, name="王雅丽", number="13812345678")
        for hours in (1, 2):
            contacted(hers, now - hours * HOUR, zhao)
        assert card_after(wang, now).rested_until is None

    def test_the_dial_says_how_many_and_how_long(self, pudong, wang, item, li, now):
        DeskDial.objects.filter(store=pudong).update(budget_contacts=1, budget_days=30)
        contacted(wang, now - 20 * DAY, li)
        assert card_after(wang, now).rested_until == now + 10 * DAY

    def test_a_promise_comes_all_the_same_and_the_rest_waits(self, wang, item, li, now):
        for hours in (1, 2):
            contacted(wang, now - hours * HOUR, li)
        plan_promise(wang, at=now + 2 * HOUR, subject="问价格", by=li, now=now, pinned_to=li)
        card = card_after(wang, now)
        assert card.rested_until == now - 2 * HOUR + 7 * DAY
        assert card.callable_at == now + 2 * HOUR - 15 * MINUTE
        later = now + 2 * HOUR
        assert take_card(card.pk, user=li, now=later).lease_by == li  # without a reason

    def test_a_task_that_we_set_ourselves_waits(self, wang, focus, li, now, today):
        for hours in (1, 2):
            contacted(wang, now - hours * HOUR, li)
        plan_manual(wang, opens_on=today, due_on=today, expires_on=None, subject="备胎", by=li, now=now)
        card = card_after(wang, now)
        assert card.callable_at == card.rested_until > now

    def test_a_topic_that_opens_later_anyway_does_not_rest(self, wang, focus, li, now, today):
        for hours in (1, 2):
            contacted(wang, now - hours * HOUR, li)
        make_item(wang, today=today, now=now, callable_at=now + 20 * DAY)
        card = card_after(wang, now)
        assert (card.rested_until, card.callable_at) == (None, now + 20 * DAY)

    def test_a_skip_and_a_rest_end_with_the_later(self, wang, item, li, now):
        for hours in (1, 2):
            contacted(wang, now - hours * HOUR, li)
        card = card_of(wang)
        for until, callable_at in ((now + HOUR, now - 2 * HOUR + 7 * DAY), (now + 9 * DAY, now + 9 * DAY)):
            type(card).objects.filter(pk=card.pk).update(skipped_until=until)
            assert card_after(wang, now).callable_at == callable_at

    def test_the_second_saved_call_lets_what_is_left_rest_and_its_undo_wakes_it(
        self, pudong, wang, item, li, now, today
    ):
        son = make_customer(pudong, name="王小明", number="13812345678")
        make_item(son, today=today, now=now)
        other = make_item(wang, "delivery_7dc", today=today, now=now)
        contacted(son, now - DAY, li)
        recompute_cards([wang.pk, son.pk], store=pudong, now=now)
        made = call(wang, "done", by=li, now=now, topics=[done(item)])
        rests = [card_of(who).rested_until for who in (wang, son)]
        assert rests == [now - DAY + 7 * DAY] * 2  # the relative's card too, in the same transaction
        assert again(other).state == "open"
        assert check_cards(pudong, now=now) == []
        undo_visit(made, by=li, now=now + MINUTE)
        assert [card_of(who).rested_until for who in (wang, son)] == [None, None]
        assert check_cards(pudong, now=now + MINUTE) == []

    @pytest.mark.parametrize("whose", ["own", "shared"])
    def test_the_run_finds_what_somebody_else_wrote(self, pudong, wang, item, li, whose):
        now = timezone.now()
        today = pudong.day_of(now)
        make_item(wang, "delivery_7dc", today=today, now=now)
        generate_due(pudong, today=today, now=now)
        who = wang if whose == "own" else make_customer(pudong, name="王小明", number="13812345678")
        for hours in (1, 2):
            contacted(who, now - hours * HOUR, channel="sms")
        assert card_of(wang).rested_until is None
        generate_due(pudong, today=today, now=now)
        assert card_of(wang).rested_until == now - 2 * HOUR + 7 * DAY
        Contact.objects.update(is_void=True, changed_at=timezone.now())
        generate_due(pudong, today=today, now=now)
        assert card_of(wang).rested_until is None
        assert check_cards(pudong, now=now) == []

    @pytest.mark.parametrize("whose", ["hers", "the other's"])
    def test_a_number_that_is_shared_no_more_lets_her_rest_no_more(self, pudong, wang, item, li, whose):
        """An import gave it to both, and was undone."""
        now = timezone.now()
        today = pudong.day_of(now)
        make_item(wang, "delivery_7dc", today=today, now=now)
        son = make_customer(pudong, name="王小明", number="13812345678")
        for hours in (1, 2):
            contacted(son, now - hours * HOUR, li)
        generate_due(pudong, today=today, now=now)
        assert card_of(wang).rested_until == now - 2 * HOUR + 7 * DAY
        owner = wang if whose == "hers" else son
        owner.phones.update(is_void=True, changed_at=timezone.now())
        generate_due(pudong, today=today, now=now)
        assert card_of(wang).rested_until is None
        assert check_cards(pudong, now=now) == []

    def test_a_card_that_became_full_while_she_spoke_is_saved_all_the_same(self, wang, item, li, now):
        from followups.services.visits import save_visit
        from tests.followups.desk import dialled

        card = take_next(li, now=now)
        for minutes in (1, 2):
            contacted(wang, now - minutes * MINUTE, None, channel="sms")
        recompute_cards([wang.pk], store=wang.store, now=now)
        save_visit(card, token=card.lease_token, by=li, now=now, attempt=dialled(wang, "done"), topics=[done(item)])
        assert again(item).state == "done"
        assert wang.contacts.count() == 3


class TestOverride:
    @pytest.fixture
    def full(self, wang, item, li, now):
        for hours in (1, 2):
            contacted(wang, now - hours * HOUR, li)
        return card_after(wang, now)

    def test_without_a_reason_it_is_refused_and_the_former_lease_stays(self, pudong, full, chen, now, today):
        other = make_customer(pudong, name="别人", number="13900000000")
        make_item(other, today=today, now=now)
        held = take_card(other.card.pk, user=chen, now=now)
        with pytest.raises(Restrained) as refusal:
            take_card(full.pk, user=chen, now=now)
        assert [str(each.restraint) for each in refusal.value.obstacles] == ["budget"]
        assert [contact.by_name for contact in refusal.value.obstacles[0].contacts] == ["李静", "李静"]
        held.refresh_from_db()
        assert held.lease_by == chen

    def test_with_a_reason_it_is_taken_and_written_down(self, wang, full, chen, now):
        card = take_card(full.pk, user=chen, now=now, why=Why("asked", "她说今天打"))
        assert card.lease_by == chen
        row = Override.objects.get()
        assert (row.card, row.by, row.at, row.restraint, row.reason, row.note) == (
            full, chen, now, "budget", "asked", "她说今天打",
        )  # fmt: skip
        line = Change.objects.of_record(row).get()
        assert (line.customer_id, line.actor_name) == (wang.pk, "陈晨")

    def test_a_reason_holds_for_the_day_and_the_person_until_the_next_contact(self, wang, full, li, chen, now):
        card = take_card(full.pk, user=chen, now=now, why=Why("asked"))
        release(card, token=card.lease_token)
        card = take_card(full.pk, user=chen, now=now + MINUTE)
        release(card, token=card.lease_token)
        with pytest.raises(Restrained):
            take_card(full.pk, user=li, now=now + MINUTE)
        contacted(wang, now + 2 * MINUTE, chen)
        with pytest.raises(Restrained):
            take_card(full.pk, user=chen, now=now + 3 * MINUTE)
        assert Override.objects.count() == 1

    def test_a_reason_without_need_is_not_written_down(self, wang, item, li, now):
        take_card(card_of(wang).pk, user=li, now=now, why=Why("asked"))
        assert not Override.objects.exists()


class TestCallers:
    @pytest.fixture
    def people(self, pudong, now):
        return [self.person(pudong, now) for _ in range(4)]

    @staticmethod
    def person(store, now):
        from accounts.services import create_account

        name = f"caller{next(_serial)}"
        made = create_account(username=name, full_name=name, role="specialist", store=store, password="Calls-all-day-1")
        type(made).objects.filter(pk=made.pk).update(last_login=now - HOUR)
        return made

    @pytest.fixture
    def heard(self, wang, item, people, now):
        for days, person in enumerate(people[:3], start=20):
            contacted(wang, now - days * DAY, person)
        return card_after(wang, now)

    def test_who_has_heard_three_people_is_offered_to_these_alone(self, heard, people, now):
        assert heard.callers_until == now - 22 * DAY + 365 * DAY
        assert take_next(people[3], now=now) is None
        for person in people[:3]:
            card = take_next(person, now=now)
            assert card.pk == heard.pk
            release(card, token=card.lease_token)

    def test_a_promise_that_has_come_waits_for_none_of_the_three(self, pudong, wang, heard, people, now):
        plan_promise(wang, at=now + HOUR, subject="回电", by=people[0], now=now, pinned_to=people[0])
        assert take_next(people[3], now=now) is None
        later = now + HOUR + 20 * MINUTE
        wake_promises(pudong, now=later)
        assert take_next(people[3], now=later).pk == heard.pk

    def test_a_fourth_needs_a_reason(self, heard, people, now):
        with pytest.raises(Restrained) as refusal:
            take_card(heard.pk, user=people[3], now=now)
        obstacle = refusal.value.obstacles[0]
        assert (obstacle.restraint, obstacle.people) == ("callers", sorted(person.pk for person in people[:3]))
        take_card(heard.pk, user=people[3], now=now, why=Why("manager"))
        assert Override.objects.get().restraint == "callers"

    def test_when_all_have_left_the_limit_is_free(self, heard, people, now):
        for person in people[:3]:
            assert take_next(people[3], now=now) is None
            type(person).objects.filter(pk=person.pk).update(is_active=False)
        assert take_next(people[3], now=now).pk == heard.pk

    def test_when_all_are_away_for_a_week_the_limit_is_free(self, heard, people, now):
        ids = [person.pk for person in people[:3]]
        type(people[0]).objects.filter(pk__in=ids).update(last_login=now - 9 * DAY)
        assert take_card(heard.pk, user=people[3], now=now).lease_by == people[3]

    def test_after_a_year_a_voice_is_forgotten(self, heard, people, now):
        later = heard.callers_until
        type(people[0]).objects.update(last_login=later)
        assert take_next(people[3], now=later - MINUTE) is None
        assert take_next(people[3], now=later).pk == heard.pk

    def test_what_nobody_answered_and_messages_are_no_voices(self, wang, item, people, now):
        for days, person in enumerate(people[:3], start=20):
            contacted(wang, now - days * DAY, person, connected=False)
            contacted(wang, now - days * DAY, person, channel="wechat")
        assert card_after(wang, now).callers_until is None

    def test_a_promise_that_has_come_is_anybodys(self, wang, heard, people, now):
        plan_promise(wang, at=now + HOUR, subject="", by=people[0], now=now)
        assert take_card(heard.pk, user=people[3], now=now + HOUR).lease_by == people[3]


class TestKept:
    @pytest.fixture
    def spoken(self, wang, item, li, chen, now):
        """Chen spoke with her last, and is at work; the card is callable since eight minutes."""
        contacted(wang, now - 20 * DAY, chen)
        type(chen).objects.update(last_login=now - HOUR)
        type(item).objects.filter(pk=item.pk).update(callable_at=now - 8 * MINUTE)
        type(wang.card).objects.filter(pk=wang.card.pk).update(last_by=chen)
        return card_after(wang, now)

    def test_the_card_is_offered_first_to_who_spoke_last(self, spoken, li, chen, now):
        assert (spoken.kept_for, spoken.kept_until) == (chen, at(spoken.store, now.date(), 14, 22))
        assert take_next(li, now=now) is None
        card = take_next(chen, now=now)
        assert card.pk == spoken.pk
        release(card, token=card.lease_token)
        assert take_next(li, now=spoken.kept_until).pk == spoken.pk

    def test_anybody_may_choose_it_by_hand(self, spoken, li, now):
        assert take_card(spoken.pk, user=li, now=now).lease_by == li

    @pytest.mark.parametrize("change", [{"is_active": False}, {"last_login": None}, {"store": None}])
    def test_it_waits_for_nobody_who_is_not_there(self, spoken, li, chen, now, change):
        type(chen).objects.filter(pk=chen.pk).update(**change)
        assert take_next(li, now=now).pk == spoken.pk

    def test_who_has_called_today_is_there_though_she_logged_in_yesterday(self, pudong, spoken, li, chen, now, today):
        type(chen).objects.filter(pk=chen.pk).update(last_login=now - 2 * DAY)
        other = make_customer(pudong, name="别人", number="13900000000")
        make_item(other, today=today, now=now)
        call(other, "no_answer", by=chen, now=now)
        assert take_next(li, now=now) is None

    def test_a_promise_that_has_come_waits_for_nobody_else(self, wang, spoken, li, chen, now):
        plan_promise(wang, at=now + MINUTE, subject="", by=li, now=now, pinned_to=li)
        assert card_after(wang, now).kept_for is None
        assert take_next(li, now=now).pk == spoken.pk

    def test_the_count_of_what_is_left_says_what_would_be_offered(self, spoken, li, chen, now):
        from followups.reading.counts import counts_of

        local = now.astimezone(spoken.store.zone)
        assert [counts_of(who, local, ["left"])[0]["left"] for who in (li, chen)] == [0, 1]


@pytest.mark.parametrize(
    ("clock", "minutes", "then"),
    [
        ((9, 0), 120, (11, 0)),
        ((11, 0), 60, (14, 30)),  # the break does not count
        ((8, 0), 30, (9, 30)),
        ((19, 30), 120, (20, 0)),  # not into the next day
        ((21, 0), 60, (21, 0)),
        ((12, 0), 15, (14, 15)),
    ],
)
def test_call_time_is_counted_within_the_day(pudong, today, clock, minutes, then):
    bands = DeskDial().bands
    assert call_time_later(at(pudong, today, *clock), pudong.zone, bands, minutes) == at(pudong, today, *then)
